"""Answers of a language model: read with what little repair is safe, and checked against what was asked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from csatext.errors import escape_controls
from csatext.ingest.formats.json_values import loads
from csatext.tagging.choices import Choices

__all__ = ["Answers", "ModelAnswer", "checked_answer", "read_answers"]

_LONGEST = 200_000
"""Characters of an answer that are read: a batch needs some thousands."""
_MOST_FAILED = 1_000
"""Braces that begin nothing, after which the rest of an answer is not looked at."""
_REASON = 200
_THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL)
"""What models that reason aloud write before their answer."""
_FENCED = re.compile(r"```[a-zA-Z]*\s*\n(.*?)```", re.DOTALL)
_TRAILING_COMMA = re.compile(r'("(?:[^"\\]|\\.)*+(?:"|\\?\Z))|,(?=\s*+[}\]])', re.DOTALL)
_QUOTES = "\"'“”‘’「」『』 \t\n"
_DECODER = json.JSONDecoder(strict=False)


class ModelAnswer(NamedTuple):
    """A category of the taxonomy with the reason, and the passage of the text that was quoted."""

    category: str
    subcategory: str | None
    reason: str
    start: int
    end: int

    @property
    def has_quote(self) -> bool:
        """Whether a passage of the text was quoted."""
        return self.end > self.start


@dataclass
class Answers:
    """What an answer holds.

    Attributes
    ----------
    found : dict of ModelAnswer
        By key of the text.
    problems : dict of str
        What is wrong, for each text without a usable answer.
    not_asked : int
        Answers about texts that were not asked about.
    quotes_dropped : int
        Quotations that the text does not hold.
    """

    found: dict[str, ModelAnswer] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    not_asked: int = 0
    quotes_dropped: int = 0


def read_answers(content: str, asked: Mapping[str, str], choices: Choices) -> Answers:
    """Return the usable answers in what a model wrote, and what is wrong with the others.

    Parameters
    ----------
    content : str
        JSON, perhaps in a code fence, among other words, with a trailing comma or cut off.
    asked : mapping
        Text by key.
    choices : Choices
        What may be answered.

    Examples
    --------
    >>> import csatext as ct
    >>> choices = Choices(ct.Taxonomy.load())
    >>> said = '好的：{"answers": [{"id": "0-a", "category": "退款迟缓", "quote": "不到账",}, {"id": "1-'
    >>> read = read_answers(said, {"0-a": "退款不到账", "1-b": "很慢"}, choices)
    >>> read.found["0-a"][:2], read.problems
    (('退换退款', '退款迟缓'), {'1-b': '缺少这个 id 的答案'})
    """
    read = Answers()
    given: dict[str, list[dict[str, Any]]] = {}
    is_empty = True
    for one in _objects(content):
        is_empty = False
        key = str(one.get("id", "")).strip()
        if key in asked:
            given.setdefault(key, []).append(one)
        else:
            read.not_asked += 1
    for key, text in asked.items():
        if key not in given:
            read.problems[key] = "回答里没有可读的 JSON" if is_empty else "缺少这个 id 的答案"
            continue
        answers = [checked_answer(one, text, choices) for one in given[key]]
        wrong = [one for one in answers if isinstance(one, str)]
        right = [one for one in answers if isinstance(one, ModelAnswer)]
        if wrong:
            read.problems[key] = wrong[0]
        elif len({answer[:2] for answer in right}) > 1:
            read.problems[key] = "同一个 id 给了几个不同的类别"
        else:
            read.found[key] = right[0]
            quoted = _plain(given[key][0].get("quote")).strip(_QUOTES)
            read.quotes_dropped += bool(quoted) and not right[0].has_quote
    return read


def checked_answer(given: Mapping[str, Any], text: str, choices: Choices) -> ModelAnswer | str:
    """Return an answer with the names of the taxonomy, or a sentence on what is wrong with it.

    Parameters
    ----------
    given : mapping
        ``category`` (names of levels together, a name or an identifier), optionally ``subcategory``,
        ``reason`` and ``quote``.
    text : str
        What was asked about; a quotation that it does not hold is dropped.
    choices : Choices
    """
    first, second = _category(given.get("category")), _category(given.get("subcategory"))
    if not first and not second:
        return "没有给类别"
    if first and second:
        answer = choices.answer(choices.spelled(first), choices.spelled(second))
    else:
        answer = choices.named(first or second)
    if isinstance(answer, str):
        return answer
    quoted = _plain(given.get("quote")).strip(_QUOTES)
    start = max(text.find(quoted), 0)
    end = start + len(quoted) if quoted and quoted in text else start
    reason = " ".join(escape_controls(_plain(given.get("reason"))).split())[:_REASON]
    return ModelAnswer(*answer, reason, start, end)


def _plain(value: object) -> str:
    """Return a string that a file can hold: half of a surrogate pair, which JSON can spell, is none."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _category(value: object) -> str:
    if isinstance(value, list) and value and all(isinstance(name, str) for name in value):
        return _plain("/".join(value))
    return _plain(value).strip()


def _objects(content: str) -> Iterator[dict[str, Any]]:
    """Yield the objects in what a model wrote that are answers by their form."""
    text = _THOUGHT.sub("", content[:_LONGEST])
    fenced = _FENCED.search(text)
    for part in (text, *([fenced.group(1)] if fenced is not None else [])):
        try:
            value = loads(_TRAILING_COMMA.sub(lambda found: found.group(1) or "", part))
        except ValueError:
            continue
        yield from _listed(value)
        return
    yield from _whole_ones(_TRAILING_COMMA.sub(lambda found: found.group(1) or "", text))


def _listed(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the answers of a value: a list, an object with a list, one answer, or categories by key."""
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, dict))
    elif isinstance(value, dict) and "id" in value:
        yield value
    elif isinstance(value, dict):
        lists = [one for one in value.values() if isinstance(one, list)]
        if lists:
            yield from _listed(lists[0])
            return
        for key, one in value.items():
            yield {"id": key, **(one if isinstance(one, dict) else {"category": one})}


def _whole_ones(text: str) -> Iterator[dict[str, Any]]:
    """Yield the answers that are whole in a text that is not: one cut off, or with words between."""
    at = failed = 0
    while failed < _MOST_FAILED:
        at = text.find("{", at)
        if at < 0:
            return
        try:
            value, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            failed += 1
            at += 1
            continue
        yield from _listed(value)
        at = end
