"""Recognised speech to plain records: sentences with their speaker, without the words below them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any

from csatext.ingest.columns.headers import normal_header
from csatext.ingest.dialogues.message_bodies import opened
from csatext.ingest.dialogues.roles import anonymous
from csatext.ingest.dialogues.turn_columns import candidates

__all__ = ["are_words", "join_words", "plain_sentences"]

_WORDS = ("words", "word", "wordlist", "wordsresultlist", "wordsinfo", "wordinfo", "tokens", "wordsegments")
"""Keys of a list of words, in normal form."""
_WORD = ("punctuatedword", "word", "w", "wordsname", "text", "content", "value", "token")
_GUESSES = ("alternatives", "nbest", "hypotheses")
"""Keys of a list of readings of one sentence, the likeliest first."""
_SHORT = 4
"""Longest word in Chinese characters, in the mean."""
_WORD_TYPES = ("pronunciation", "punctuation")
_SAMPLE = 50
_SIDES = 8
"""Most channels or speakers of one call whose sentences stand apart."""
_LATIN = re.compile(r"[0-9A-Za-z]")


@lru_cache(maxsize=4096)
def _keys(names: tuple[str, ...], wanted: tuple[str, ...]) -> tuple[str, ...]:
    normal = {normal_header(name): name for name in reversed(names)}
    return tuple(normal[key] for key in wanted if key in normal)


@lru_cache(maxsize=4096)
def _named(names: tuple[str, ...], canonical: str) -> tuple[str, ...]:
    return tuple(candidates(names, canonical))


def _word(item: Mapping[str, Any]) -> str | None:
    """Return the text of a word: under its own key, or in the likeliest of its readings."""
    for guesses in (item[key] for key in _keys(tuple(item), _GUESSES)):
        if isinstance(guesses, list) and guesses and isinstance(guesses[0], dict):
            return _word(guesses[0])
    return next((item[k] for k in _keys(tuple(item), _WORD) if isinstance(item[k], str)), None)


def are_words(value: Any, key: str) -> bool:
    """Return whether a list holds the words of recognised speech: by their key and length, or their type.

    Examples
    --------
    >>> are_words([{"word": "您好", "start": 0.1}, {"word": "请讲", "start": 0.4}], "words")
    True
    >>> are_words([{"speaker": "客服", "text": "您好，请问有什么可以帮您"}], "words")
    False
    """
    head = value[:_SAMPLE] if isinstance(value, list) else []
    if not head or not all(isinstance(item, dict) for item in head):
        return False
    if all(item.get("type") in _WORD_TYPES for item in head):
        return True
    if normal_header(key) not in _WORDS:
        return False
    texts = [_word(item) for item in head]
    # A word of an alphabet is one piece, however long.
    sizes = [0 if t is None else 1 if t.isascii() and " " not in t.strip() else len(t.strip()) for t in texts]
    return None not in texts and sum(sizes) <= _SHORT * len(sizes)


def _joined(words: Sequence[Mapping[str, Any]]) -> str:
    """Return words as a text: a blank between two that end and begin with a letter or digit."""
    text = ""
    for item in words:
        word = _word(item) or ""
        apart = text and word and _LATIN.match(word[0]) and (_LATIN.match(text[-1]) or text[-1] in ",.?!;:")
        text += f" {word}" if apart else word
    return text.strip()


def _speaker(item: Mapping[str, Any]) -> Any:
    return next((item[key] for key in _named(tuple(item), "role") if isinstance(item[key], str | int)), None)


def _spanned(words: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return when the first of the words begins and the last one ends, under their own keys."""
    found: dict[str, Any] = {}
    for name, item in (("started_at", words[0]), ("ended_at", words[-1])):
        key = next(iter(_named(tuple(item), name)), None)
        if key is not None:
            found[key] = item[key]
    return found


def join_words(words: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return words as sentences: those of one speaker that stand together are one.

    Examples
    --------
    >>> words = [("您", "A"), ("好", "A"), ("退", "B")]
    >>> join_words([{"word": word, "speaker": who} for word, who in words])
    [{'text': '您好', 'speaker': 'A'}, {'text': '退', 'speaker': 'B'}]
    """
    last, speakers = None, []
    for item in words:
        # A mark of punctuation has no speaker of its own.
        last = _speaker(item) if _speaker(item) is not None else last
        speakers.append(last)
    pairs = groupby(zip(speakers, words, strict=True), key=lambda pair: pair[0])
    runs = [(speaker, [word for _, word in run]) for speaker, run in pairs]
    return [
        {"text": _joined(run), **_spanned(run), **({"speaker": who} if who is not None else {})}
        for who, run in runs
    ]


def _own_text(record: Mapping[str, Any]) -> str | None:
    """Return the key of what a sentence says."""
    names = _named(tuple(record), "text")
    return next((key for key in names if isinstance(record[key], str) and record[key].strip()), None)


def _lattice(record: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return a sentence of iFlytek, ``st.rt[].ws[].cw[].w``; None for any other record.

    https://www.xfyun.cn/doc/asr/ifasr_new/API.html : ``bg`` and ``ed`` in milliseconds, ``rl`` the speaker
    from 1, 0 where they were not separated.
    """
    best = opened(record.get("json_1best", record.get("cn")))
    sentence = best.get("st") if isinstance(best, dict) else None
    if not isinstance(sentence, dict) or not isinstance(sentence.get("rt"), list):
        return None
    parts = [
        word["cw"][0]
        for part in sentence["rt"]
        for word in (part.get("ws") or [] if isinstance(part, dict) else [])
        if isinstance(word, dict) and isinstance(word.get("cw"), list) and word["cw"]
    ]
    found: dict[str, Any] = {"text": _joined([part for part in parts if isinstance(part, dict)])}
    found |= {name: sentence[key] for key, name in (("bg", "start_ms"), ("ed", "end_ms")) if key in sentence}
    speaker = str(sentence.get("rl", "0"))
    return found if speaker == "0" else {**found, "speaker": speaker}


def _likeliest(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a sentence whose readings stand in a list as its likeliest reading."""
    key = next(iter(_keys(tuple(record), _GUESSES)), None)
    guesses = record[key] if key is not None else None
    if not isinstance(guesses, list) or not guesses or not isinstance(guesses[0], dict) or _own_text(record):
        return dict(record)
    return {name: value for name, value in record.items() if name != key} | guesses[0]


def _inner(record: Mapping[str, Any]) -> str | None:
    """Return the key of the sentences of a channel or speaker: a list of timed texts."""
    for name, value in record.items():
        if isinstance(value, list) and value and not are_words(value, name):
            head = [item for item in value[:_SAMPLE] if isinstance(item, dict)]
            timed = [item for item in head if _own_text(item) and _named(tuple(item), "started_at")]
            if len(timed) == min(len(value), _SAMPLE):
                return name
    return None


def _side(record: Mapping[str, Any]) -> Any:
    """Return which channel or speaker a block of sentences is of; None for any other record.

    A record that names a dialogue, or whose channel is called web or phone, is a dialogue.
    """
    side = _speaker(record)
    side = record.get("channel") if side is None else side
    named = any(record[key] not in (None, "") for key in _named(tuple(record), "doc_id"))
    is_side = isinstance(side, str | int) and not named and anonymous(str(side))
    return side if is_side else None


def _blocks(items: Sequence[Any]) -> list[dict[str, Any]] | None:
    """Return the sentences of blocks, one for each channel or speaker; None where the items are no blocks."""
    if not all(isinstance(item, dict) for item in items) or not items or _side(items[0]) is None:
        return None
    sides = [_side(item) for item in items]
    inner = [_inner(item) if side is not None else None for item, side in zip(items, sides, strict=True)]
    if None in inner or len(set(map(str, sides))) > _SIDES:
        return None
    several = len(set(map(str, sides))) > 1
    found: list[dict[str, Any]] = []
    for item, key, side in zip(items, inner, sides, strict=True):
        for sentence in item[str(key)]:
            if not isinstance(sentence, dict):
                continue
            # Each channel counts its sentences from 1, so that their numbers are no order of the call.
            counted = _named(tuple(sentence), "turn_no") if several else ()
            plain = {name: value for name, value in sentence.items() if name not in counted}
            own = _speaker(plain) is not None and not several
            found.append(plain if own else {**plain, "role": str(side)})
    return found


def _sentence(record: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a record as sentences without words; a record without any is returned itself."""
    nested = (v[0] if isinstance(v, list) and v else v for v in record.values())
    if "json_1best" not in record and not any(isinstance(value, dict) for value in nested):
        return [record]
    lattice = _lattice(record)
    if lattice is not None:
        return [lattice]
    best = _likeliest(record)
    key = next((name for name in best if are_words(best[name], name)), None)
    if key is None:
        result = best if _own_text(best) and len(best) != len(record) else record
    else:
        result = {name: value for name, value in best.items() if name != key}
        runs = join_words(best[key])
        speakers = {str(run["speaker"]) for run in runs if "speaker" in run}
        if _speaker(result) is None and len(speakers) > 1:
            rest = {k: v for k, v in result.items() if k not in _named(tuple(result), "text")}
            return [{**rest, **run} for run in runs]
        if _speaker(result) is None and speakers:
            result["speaker"] = speakers.pop()
        texts = [result[name] for name in _named(tuple(result), "text")]
        listed = any(isinstance(text, list) and text and isinstance(text[0], str) for text in texts)
        if _own_text(result) is None and not listed:
            result = {**_spanned(best[key]), **result, "text": _joined(best[key])}
    side = _side(record) if result is not record and _speaker(result) is None else None
    if side is not None:
        result["channel_id"] = side
    return [result]


def plain_sentences(items: Sequence[Any], key: str) -> list[tuple[int, Any]]:
    """Return the items of a list, sentences of recognised speech without their words, each with its place.

    Sentences of channels or speakers that stand apart come together, each with its side; words that stand
    alone are joined by speaker; a sentence in which the speaker changes becomes two. All other items are
    returned as they are.

    Parameters
    ----------
    items : sequence
        JSON values.
    key : str
        Name of the list.

    Returns
    -------
    list of (int, value)

    Examples
    --------
    >>> words = [{"Word": "您"}, {"Word": "好"}]
    >>> plain_sentences([{"SpeakerId": 0, "FinalSentence": "您好", "Words": words}], "ResultDetail")
    [(0, {'SpeakerId': 0, 'FinalSentence': '您好'})]
    """
    if are_words(items, key):
        return list(enumerate(join_words([item for item in items if isinstance(item, dict)])))
    blocks = _blocks(items)
    if blocks is not None:
        return [(0, part) for block in blocks for part in _sentence(block)]
    return [
        (place, part)
        for place, item in enumerate(items)
        for part in (_sentence(item) if isinstance(item, dict) else [item])
    ]
