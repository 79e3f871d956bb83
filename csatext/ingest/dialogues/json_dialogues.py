"""Nested JSON of dialogues to one row an utterance: the lists of turns are found by their shape."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csatext.ingest.columns.headers import normal_header
from csatext.ingest.dialogues.message_bodies import is_fragments, opened, plain_message
from csatext.ingest.dialogues.recognised_speech import are_words, plain_sentences
from csatext.ingest.dialogues.roles import anonymous, flag_role_of, is_listed, listed_parts, role_of
from csatext.ingest.dialogues.transcripts import split_transcript
from csatext.ingest.dialogues.turn_columns import candidates, own_dialogues

__all__ = [
    "Dialogues",
    "Utterance",
    "find_dialogues",
    "holds_dialogues",
    "is_flat",
    "is_turns",
    "names_turns",
    "other_fields",
    "plain",
    "speaker_keys",
    "text_key",
    "whole_characters",
]

_SAMPLE = 20
_LABEL = 12
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_DEEPEST = 40


@lru_cache(maxsize=4096)
def _candidates(names: tuple[str, ...], canonical: str) -> tuple[str, ...]:
    """Return :func:`candidates` of a record's keys; records of one file share theirs."""
    return tuple(candidates(names, canonical))


@lru_cache(maxsize=4096)
def _has_speaker(names: tuple[str, ...]) -> bool:
    return bool(candidates(names, "role")) or any(flag_role_of(name) is not None for name in names)


@lru_cache(maxsize=4096)
def _has_origin(names: tuple[str, ...]) -> bool:
    """Return whether a message has the origin of WeChat customer service; elsewhere that is a channel."""
    normal = [normal_header(name) for name in names]
    return "origin" in normal and ("msgtype" in normal or "externaluserid" in normal)


@lru_cache(maxsize=4096)
def _names_speaker(key: str) -> bool:
    return anonymous(key) or role_of(key, whole=True) is not None


def whole_characters(value: Any) -> tuple[Any, int]:
    r"""Return a JSON value with each lone surrogate as ``?``, and how many there were.

    Examples
    --------
    >>> whole_characters([{"text": "慢\ud83d"}])
    ([{'text': '慢?'}], 1)
    """
    if isinstance(value, str):
        return _HALF_CHARACTER.subn("?", value)
    if isinstance(value, list):
        items = [whole_characters(item) for item in value]
        return [item for item, _ in items], sum(n for _, n in items)
    if isinstance(value, dict):
        pairs = [(whole_characters(key), whole_characters(inner)) for key, inner in value.items()]
        return {key: inner for (key, _), (inner, _) in pairs}, sum(k + n for (_, k), (_, n) in pairs)
    return value, 0


def plain(value: Any) -> Any:
    """Return a value as a table's cell: lists and objects as JSON text."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


def other_fields(record: Mapping[str, Any], *left_out: str) -> dict[str, Any]:
    """Return a record's other values: nested mappings under dotted names, lists as JSON text."""
    found: dict[str, Any] = {}
    for key, value in record.items():
        if key in left_out:
            continue
        if isinstance(value, dict) and value and not any(isinstance(v, dict | list) for v in value.values()):
            found |= {f"{key}.{name}": inner for name, inner in value.items()}
        else:
            found[key] = plain(value)
    return found


def _speaks(record: Mapping[str, Any]) -> bool:
    """Return whether a record says who speaks: a key for the role, or a flag such as ``is_agent``."""
    return _has_speaker(tuple(record)) or _has_origin(tuple(record))


def _has_role(record: Mapping[str, Any]) -> bool:
    """Return whether a value of the record is the name of a role, whatever its key is called."""
    short = (value for value in record.values() if isinstance(value, str) and len(value) <= _LABEL)
    return any(role_of(value, whole=True) is not None for value in short)


def _sayable(value: Any) -> bool:
    """Return whether a value can be an utterance: a text, a list of texts, objects with text."""
    if isinstance(value, str):
        return True
    if isinstance(value, list):
        return all(
            isinstance(item, str) or (isinstance(item, dict) and text_key(item) and not _speaks(item))
            for item in value
        )
    return isinstance(value, dict) and text_key(value) is not None and not _speaks(value)


def text_key(record: Mapping[str, Any]) -> str | None:
    """Return the key under which a record holds its utterance."""
    found = [key for key in _candidates(tuple(record), "text") if _sayable(record[key])]
    # An empty list of words stands beside the sentence that it was made from.
    return next((key for key in found if record[key] != []), found[0] if found else None)


def speaker_keys(record: Mapping[str, Any]) -> list[str]:
    """Return the keys of a record that are speakers, as in ``{"客服": "您好", "用户": "在吗"}``."""
    return [
        key
        for key, value in record.items()
        if isinstance(value, str | list) and _sayable(value) and _names_speaker(key)
    ]


@lru_cache(maxsize=4096)
def names_turns(key: str) -> bool:
    """Return whether a key is a usual name of a list of turns.

    Examples
    --------
    >>> names_turns("聊天记录"), names_turns("tags")
    (True, False)
    """
    return bool(key and candidates([key], "turns"))


def _plain_items(items: Sequence[Any], key: str) -> list[tuple[int, Any]]:
    """Return the items of a list as plain records, each with its place: bodies opened, words left out."""
    return [
        (place, plain_message(item) if isinstance(item, dict) else item)
        for place, item in plain_sentences(items, key)
    ]


def _alike(items: Sequence[Any]) -> list[Any]:
    """Return the turns that are lists of the usual number of parts."""
    sizes = Counter(len(item) for item in items if is_listed(item))
    usual = sizes.most_common(1)[0][0] if sizes else 0
    return [item for item in items if is_listed(item) and len(item) == usual]


def _any_speaks(items: Sequence[Any]) -> bool:
    return any(isinstance(item, dict) and _speaks(item) for item in items)


def is_flat(records: Sequence[Any]) -> bool:
    """Return whether records are themselves turns: lists, strings, or messages whose bodies must be opened.

    Examples
    --------
    >>> is_flat([["您好", "客服"], ["在吗", "用户"]])
    True
    >>> is_flat([{"from": "u1", "msgtype": "text", "text": {"content": "在吗"}}])
    True
    >>> is_flat([{"role": "客服", "text": "您好"}])
    False
    """
    head = records[:_SAMPLE]
    if all(isinstance(record, str | list) for record in head):
        return True
    rich = any(isinstance(record, dict) and plain_message(record) is not record for record in head)
    return rich and is_turns(records, "turns")


def is_turns(value: Any, key: str) -> bool:
    """Return whether a JSON value is the list of turns of one dialogue."""
    if not isinstance(value, list) or not value:
        return False
    named = names_turns(key)
    if is_fragments(value) and (not named or _candidates((key,), "text")) and not _any_speaks(value):
        return False
    head = [item for _, item in _plain_items(value[:_SAMPLE], key)]
    if are_words(value, key):
        return any(_speaks(item) for item in head)
    if all(isinstance(item, dict) for item in head):
        with_text = [item for item in head if text_key(item) is not None]
        with_speaker = sum(_speaks(item) or _has_role(item) for item in with_text)
        if with_text and (2 * with_speaker >= len(head) or (named and 2 * len(with_text) >= len(head))):
            return True
        return not with_text and sum(bool(speaker_keys(item)) for item in head) * 2 > len(head)
    if all(is_listed(item) for item in head):
        alike = _alike(head)
        return 2 * len(alike) > len(head) and listed_parts(alike) is not None
    return named and all(isinstance(item, str) for item in head)


class Utterance(NamedTuple):
    """One utterance: dialogue and record (numbers from 0), speaker's label, text, what else stands there."""

    dialogue: int
    label: str | None
    text: str
    extras: Mapping[str, Any]
    record: int = 0


def holds_dialogues(value: Any, key: str = "", depth: int = 0) -> bool:
    """Return whether a list of turns is anywhere inside a JSON value.

    Examples
    --------
    >>> holds_dialogues({"id": 1, "turns": [{"sender": "客服", "utterances": ["您好"]}]})
    True
    >>> holds_dialogues({"id": 1, "text": "退款太慢"})
    False
    """
    value = opened(value)
    if depth > _DEEPEST or not isinstance(value, list | dict):
        return False
    if is_turns(value, key):
        return True
    if isinstance(value, list):
        return any(holds_dialogues(item, key, depth + 1) for item in value[:_SAMPLE])
    return any(holds_dialogues(item, str(name), depth + 1) for name, item in value.items())


def _texts_of(value: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each text of one speaker, with the other fields of its object."""
    if isinstance(value, str):
        yield value, {}
    elif isinstance(value, dict):
        key = text_key(value)
        if key is not None:
            for text, extras in _texts_of(value[key]):
                yield text, other_fields(value, key) | dict(extras)
    elif isinstance(value, list):
        for item in value:
            yield from _texts_of(item)
    elif value is not None:
        yield str(value), {}


def _labelled(turns: Sequence[Any]) -> bool:
    """Return whether most of the turns are texts that begin with their speaker, as in ``客服：您好``."""
    texts = [turn for turn in turns[:_SAMPLE] if isinstance(turn, str)]
    heads = [split_transcript(text, "named")[:1] for text in texts]
    return 2 * sum(bool(head) and head[0].label is not None for head in heads) > len(turns[:_SAMPLE])


def _utterances(items: Sequence[tuple[int, Any]]) -> Iterator[tuple[int, Utterance]]:
    """Yield the utterances of plain items, each with its place.

    What is no turn comes out with its JSON text as an extra.
    """
    turns = [item for _, item in items]
    if _labelled(turns):
        label = None
        for place, item in items:
            for line in split_transcript(item, "named") if isinstance(item, str) else []:
                label = line.label or label
                times = {"started_at": line.began, "ended_at": line.ended}
                known = {k: v for k, v in times.items() if v is not None}
                yield place, Utterance(0, label, line.text, known)
            if not isinstance(item, str):
                yield place, Utterance(0, None, "", {"record": plain(item)})
        return
    alike = _alike(turns)
    listed = listed_parts(alike) if alike else None
    width = len(alike[0]) if alike else 0
    for place, item in items:
        if isinstance(item, dict):
            yield from ((place, utterance) for utterance in _of_object(item))
        elif listed is not None and is_listed(item) and len(item) == width:
            who, words, when = listed
            yield place, Utterance(0, item[who], item[words], {} if when is None else {"time": item[when]})
        elif isinstance(item, str):
            yield place, Utterance(0, str(place % 2 + 1), item, {})
        else:
            yield place, Utterance(0, None, "", {"record": plain(item)})


def _of_object(item: Mapping[str, Any]) -> Iterator[Utterance]:
    """Yield what one object says: under its key of a text, or under speakers for keys."""
    key = text_key(item)
    if key is not None:
        fields = other_fields(item, key)
        for text, extras in list(_texts_of(item[key])) or [("", {})]:
            yield Utterance(0, None, text, fields | dict(extras))
        return
    speakers = speaker_keys(item)
    fields = other_fields(item, *speakers)
    for speaker in speakers:
        for text, extras in _texts_of(item[speaker]):
            yield Utterance(0, speaker, text, fields | dict(extras))
    if not speakers:
        yield Utterance(0, None, "", {"record": plain(item)})


class _Walk:
    """The dialogues of one JSON value, in order: their fields, utterances and what was not one."""

    def __init__(self) -> None:
        self.fields: list[dict[str, Any]] = []
        self.utterances: list[Utterance] = []
        self.strays: list[tuple[int, str]] = []
        self._numbers: dict[tuple[str, str], int] = {}
        self.messages = 0

    def turns(self, value: Sequence[Any], fields: Mapping[str, Any], key: str, record: int | None) -> None:
        """Take the turns of one list; ``record`` None: each item is a record of its own."""
        items = _plain_items(value, key)
        self.messages += sum(
            item is not value[place] and plain_message(value[place]) is not value[place]
            for place, item in items[:_SAMPLE]
            if isinstance(value[place], dict)
        )
        own = own_dialogues([item for _, item in items], fields)
        numbers: dict[int, int] = {}
        if own is None:
            self.fields.append(dict(fields))
        else:
            for (place, _), name in zip(items, own[1], strict=True):
                # The second page of an export goes on with the dialogues of the first.
                if (own[0], name) not in self._numbers:
                    self._numbers[own[0], name] = len(self.fields)
                    self.fields.append({**fields, own[0]: name})
                numbers[place] = self._numbers[own[0], name]
        last = len(self.fields) - 1
        for place, utterance in _utterances(items):
            extras = utterance.extras
            if own is not None:
                extras = {name: inner for name, inner in extras.items() if name != own[0]}
            at = place if record is None else record
            self.utterances.append(
                utterance._replace(dialogue=numbers.get(place, last), record=at, extras=extras)
            )

    def visit(self, value: Any, fields: Mapping[str, Any], key: str, record: int, depth: int = 0) -> None:
        value = opened(value)
        if is_turns(value, key):
            self.turns(value, fields, key, record)
        elif isinstance(value, list) and depth < _DEEPEST:
            for item in value:
                self.visit(item, fields, key, record, depth + 1)
        elif isinstance(value, dict) and depth < _DEEPEST:
            self._mapping(value, fields, record, depth)
        else:
            self.strays.append((record, str(plain(value))))

    def _mapping(self, value: dict[str, Any], fields: Mapping[str, Any], record: int, depth: int) -> None:
        turns = [name for name, item in value.items() if is_turns(item, str(name))]
        # Words stand beside or below their sentences.
        turns = [name for name in turns if not are_words(value[name], str(name))] or turns
        named = [name for name in turns if names_turns(str(name))]
        if turns and (named or len(turns) < len(value) or len(turns) == 1):
            fitting = named or turns
            best = fitting[0] if len(fitting) == 1 else max(fitting, key=lambda name: _size(value[name]))
            self.visit(value[best], {**fields, **other_fields(value, best)}, str(best), record, depth + 1)
            return
        inner = [name for name, item in value.items() if holds_dialogues(item, str(name), depth + 1)]
        if not inner:
            self.strays.append((record, str(plain(value))))
            return
        rest = {**fields, **other_fields(value, *inner)}
        for name in inner:
            own = {**rest, "doc_id": str(name)} if len(inner) > 1 else rest
            self.visit(value[name], own, str(name), record, depth + 1)


def _size(turns: Sequence[Any]) -> int:
    return sum(len(utterance.text) for _, utterance in _utterances(_plain_items(turns, "")))


class Dialogues(NamedTuple):
    """What :func:`find_dialogues` found; ``fields[d]`` are the other values of dialogue ``d``.

    ``messages`` is how many items were messages of a chat system, of those looked at.
    """

    utterances: list[Utterance]
    fields: list[dict[str, Any]]
    strays: list[tuple[int, str]]
    messages: int = 0

    @property
    def records(self) -> NDArray[np.int64]:
        """Return the record that each utterance came from."""
        return np.array([utterance.record for utterance in self.utterances], dtype=np.int64)

    def table(self) -> tuple[pd.DataFrame, dict[str, str]]:
        """Return one row an utterance, and canonical name -> column for text, label and dialogue.

        A field of the dialogue that an utterance has too stands under its name with ``会话.`` before it.
        """
        number = np.array([utterance.dialogue for utterance in self.utterances], dtype=np.int64)
        data: dict[str, Any] = {"\0text": pd.array([u.text for u in self.utterances], dtype="str")}
        given = {"text": "\0text", "doc_id": "\0doc"}
        if any(utterance.label is not None for utterance in self.utterances):
            data["\0label"] = pd.array([u.label for u in self.utterances], dtype="str")
            given["role"] = "\0label"
        for name in dict.fromkeys(key for u in self.utterances for key in u.extras):
            data[name] = pd.Series([u.extras.get(name) for u in self.utterances], dtype=object)
        names = list(dict.fromkeys(key for record in self.fields for key in record))
        id_name, ids = self._identifiers(names)
        for name in names:
            if name == id_name:
                continue
            values = np.empty(len(self.fields), dtype=object)
            values[:] = [record.get(name) for record in self.fields]
            data[name if name not in data else f"会话.{name}"] = values[number]
        data["\0doc"] = pd.array(np.array(ids, dtype=object)[number], dtype="str")
        return pd.DataFrame(data), given

    def _identifiers(self, names: Sequence[str]) -> tuple[str | None, list[str | None]]:
        """Return the field that names each dialogue and its values; numbers from 1 where there is none."""
        tails = {name.rpartition(".")[2]: name for name in reversed(names) if "." in name}
        named = candidates(names, "doc_id")
        named += [tails[name] for name in candidates(tails, "doc_id") if tails[name] not in named]
        if len(self.fields) == 1 and not named:
            return None, [None]
        for name in named:
            ids = [record.get(name) for record in self.fields]
            if all(isinstance(i, str | int) and str(i).strip() for i in ids) and len(set(ids)) == len(ids):
                return name, [str(i) for i in ids]
        return None, [str(number) for number in range(1, len(self.fields) + 1)]


def find_dialogues(records: Sequence[Any], key: str = "") -> Dialogues:
    """Return the dialogues inside JSON records, whatever their keys are called.

    A list is the turns of a dialogue when its objects hold a text and say who speaks (a key such as
    ``sender`` or 角色, or a flag such as ``is_agent``), when they have speakers for keys
    (``{"客服": ..., "用户": ...}``, ``{"[SPEAKER 1]": ...}``), when it holds pairs of speaker and text, or
    when its name says so and it holds strings, which are then taken to alternate. Messages of chat systems
    are opened (:mod:`csatext.ingest.dialogues.message_bodies`), recognised speech is read without its words
    (:mod:`csatext.ingest.dialogues.recognised_speech`), and a list of messages of several dialogues falls
    apart by the identifier that they carry. Records that are themselves turns are one list.

    Parameters
    ----------
    records : sequence
        JSON values.
    key : str, optional
        Name under which they stand.

    Returns
    -------
    Dialogues

    Examples
    --------
    >>> found = find_dialogues([{"id": "7", "chat": [{"who": "客服", "said": ["您好", "请讲"]}]}])
    >>> [(u.extras["who"], u.text) for u in found.utterances], found.fields[0]["id"]
    ([('客服', '您好'), ('客服', '请讲')], '7')
    """
    walk = _Walk()
    if not any(holds_dialogues(record) for record in records) and is_flat(records):
        walk.turns(records, {}, key, None)
        return Dialogues(walk.utterances, walk.fields, walk.strays, walk.messages)
    for number, record in enumerate(records):
        walk.visit(record, {}, key, number)
    return Dialogues(walk.utterances, walk.fields, walk.strays, walk.messages)
