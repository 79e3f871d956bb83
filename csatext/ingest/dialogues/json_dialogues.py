"""Nested JSON of dialogues to one row an utterance: the lists of turns are found by their shape."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csatext.ingest.dialogues.roles import anonymous, flag_role_of, role_of
from csatext.ingest.dialogues.transcripts import split_transcript
from csatext.ingest.dialogues.turn_columns import candidates

__all__ = [
    "Dialogues",
    "Utterance",
    "find_dialogues",
    "holds_dialogues",
    "is_pair",
    "is_turns",
    "names_turns",
    "other_fields",
    "plain",
    "speaker_keys",
    "text_key",
    "whole_characters",
]

_SAMPLE = 20
_LABELS = 8
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
    return _has_speaker(tuple(record))


def _has_role(record: Mapping[str, Any]) -> bool:
    """Return whether a value of the record is the name of a role, whatever its key is called."""
    short = (value for value in record.values() if isinstance(value, str) and len(value) <= _LABEL)
    return any(role_of(value, whole=True) is not None for value in short)


def _sayable(value: Any) -> bool:
    """Return whether a value can be what one speaker said: a text, a list of texts, objects with text."""
    if isinstance(value, str):
        return True
    if isinstance(value, list):
        return all(
            isinstance(item, str) or (isinstance(item, dict) and text_key(item) and not _speaks(item))
            for item in value
        )
    return isinstance(value, dict) and text_key(value) is not None and not _speaks(value)


def text_key(record: Mapping[str, Any]) -> str | None:
    """Return the key under which a record holds what was said."""
    return next((key for key in _candidates(tuple(record), "text") if _sayable(record[key])), None)


def speaker_keys(record: Mapping[str, Any]) -> list[str]:
    """Return the keys of a record that are speakers, as in ``{"客服": "您好", "用户": "在吗"}``."""
    return [
        key
        for key, value in record.items()
        if isinstance(value, str | list) and _sayable(value) and _names_speaker(key)
    ]


def is_pair(item: Any) -> bool:
    """Return whether a value is a speaker and what was said: two strings."""
    return isinstance(item, list) and len(item) == 2 and all(isinstance(part, str) for part in item)


def _few_labels(labels: Sequence[str]) -> bool:
    return len(set(labels)) <= _LABELS and (
        len(set(labels)) < len(labels) or all(role_of(label) or anonymous(label) for label in labels)
    )


@lru_cache(maxsize=4096)
def names_turns(key: str) -> bool:
    """Return whether a key is a usual name of a list of turns.

    Examples
    --------
    >>> names_turns("聊天记录"), names_turns("tags")
    (True, False)
    """
    return bool(key and candidates([key], "turns"))


def is_turns(value: Any, key: str) -> bool:
    """Return whether a JSON value is the list of turns of one dialogue."""
    if not isinstance(value, list) or not value:
        return False
    head = value[:_SAMPLE]
    named = names_turns(key)
    if all(isinstance(item, dict) for item in head):
        said = [item for item in head if text_key(item) is not None]
        spoken = sum(_speaks(item) or _has_role(item) for item in said)
        if said and (2 * spoken >= len(head) or (named and 2 * len(said) >= len(head))):
            return True
        return not said and sum(bool(speaker_keys(item)) for item in head) * 2 > len(head)
    if all(is_pair(item) for item in head):
        return _few_labels([item[0] for item in head])
    return named and all(isinstance(item, str) for item in head)


class Utterance(NamedTuple):
    """One utterance: its dialogue (number from 0), speaker's label, text, and what else stands with it."""

    dialogue: int
    label: str | None
    text: str
    extras: Mapping[str, Any]


def holds_dialogues(value: Any, key: str = "", depth: int = 0) -> bool:
    """Return whether a list of turns is anywhere inside a JSON value.

    Examples
    --------
    >>> holds_dialogues({"id": 1, "turns": [{"sender": "客服", "utterances": ["您好"]}]})
    True
    >>> holds_dialogues({"id": 1, "text": "退款太慢"})
    False
    """
    if depth > _DEEPEST or not isinstance(value, list | dict):
        return False
    if is_turns(value, key):
        return True
    if isinstance(value, list):
        return any(holds_dialogues(item, key, depth + 1) for item in value[:_SAMPLE])
    return any(holds_dialogues(item, str(name), depth + 1) for name, item in value.items())


def _said(value: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each text of what one speaker said, with what else stands in its object."""
    if isinstance(value, str):
        yield value, {}
    elif isinstance(value, dict):
        key = text_key(value)
        if key is not None:
            for text, extras in _said(value[key]):
                yield text, other_fields(value, key) | dict(extras)
    elif isinstance(value, list):
        for item in value:
            yield from _said(item)
    elif value is not None:
        yield str(value), {}


def _labelled(turns: Sequence[Any]) -> bool:
    """Return whether most of the turns are texts that begin with their speaker, as in ``客服：您好``."""
    texts = [turn for turn in turns[:_SAMPLE] if isinstance(turn, str)]
    heads = [split_transcript(text, "named")[:1] for text in texts]
    return 2 * sum(bool(head) and head[0].label is not None for head in heads) > len(turns[:_SAMPLE])


def _utterances(turns: Sequence[Any], number: int) -> Iterator[Utterance]:
    """Yield the utterances of one dialogue; what is no turn comes out with its JSON text as an extra."""
    if _labelled(turns):
        label = None
        for item in turns:
            for line in split_transcript(item, "named") if isinstance(item, str) else []:
                label = line.label or label
                times = {"started_at": line.began, "ended_at": line.ended}
                yield Utterance(number, label, line.text, {k: v for k, v in times.items() if v is not None})
            if not isinstance(item, str):
                yield Utterance(number, None, "", {"record": plain(item)})
        return
    for place, item in enumerate(turns):
        if isinstance(item, dict):
            key = text_key(item)
            if key is not None:
                fields = other_fields(item, key)
                said = list(_said(item[key])) or [("", {})]
                for text, extras in said:
                    yield Utterance(number, None, text, fields | dict(extras))
                continue
            speakers = speaker_keys(item)
            fields = other_fields(item, *speakers)
            for speaker in speakers:
                for text, extras in _said(item[speaker]):
                    yield Utterance(number, speaker, text, fields | dict(extras))
            if not speakers:
                yield Utterance(number, None, "", {"record": plain(item)})
        elif is_pair(item):
            yield Utterance(number, item[0], item[1], {})
        elif isinstance(item, str):
            yield Utterance(number, str(place % 2 + 1), item, {})
        else:
            yield Utterance(number, None, "", {"record": plain(item)})


class _Walk:
    """The dialogues of one JSON value, in order: their fields, utterances and what was not one."""

    def __init__(self) -> None:
        self.fields: list[dict[str, Any]] = []
        self.utterances: list[Utterance] = []
        self.strays: list[tuple[int, str]] = []

    def visit(self, value: Any, fields: Mapping[str, Any], key: str, record: int, depth: int = 0) -> None:
        if is_turns(value, key):
            self.utterances += _utterances(value, len(self.fields))
            self.fields.append({**fields, "\0record": record})
        elif isinstance(value, list) and depth < _DEEPEST:
            for item in value:
                self.visit(item, fields, key, record, depth + 1)
        elif isinstance(value, dict) and depth < _DEEPEST:
            self._mapping(value, fields, record, depth)
        else:
            self.strays.append((record, str(plain(value))))

    def _mapping(self, value: dict[str, Any], fields: Mapping[str, Any], record: int, depth: int) -> None:
        turns = [name for name, item in value.items() if is_turns(item, str(name))]
        named = [name for name in turns if names_turns(str(name))]
        if turns and (named or len(turns) < len(value) or len(turns) == 1):
            best = max(named or turns, key=lambda name: _size(value[name]))
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
    return sum(len(utterance.text) for utterance in _utterances(turns, 0))


class Dialogues(NamedTuple):
    """What :func:`find_dialogues` found; ``records[d]`` is the record that dialogue ``d`` came from."""

    utterances: list[Utterance]
    fields: list[dict[str, Any]]
    records: NDArray[np.int64]
    strays: list[tuple[int, str]]

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
        if len(self.fields) == 1 and not candidates(names, "doc_id"):
            return None, [None]
        for name in candidates(names, "doc_id"):
            ids = [record.get(name) for record in self.fields]
            if all(isinstance(i, str | int) and str(i).strip() for i in ids) and len(set(ids)) == len(ids):
                return name, [str(i) for i in ids]
        return None, [str(number) for number in range(1, len(self.fields) + 1)]


def find_dialogues(records: Sequence[Any], key: str = "") -> Dialogues:
    """Return the dialogues inside JSON records, whatever their keys are called.

    A list is the turns of a dialogue when its objects hold a text and say who speaks (a key such as
    ``sender`` or 角色, or a flag such as ``is_agent``), when they have speakers for keys
    (``{"客服": ..., "用户": ...}``, ``{"[SPEAKER 1]": ...}``), when it holds pairs of speaker and text, or
    when its name says so and it holds strings, which are then taken to alternate.

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
    for number, record in enumerate(records):
        walk.visit(record, {}, key, number)
    origin = np.array([fields.pop("\0record") for fields in walk.fields], dtype=np.int64)
    return Dialogues(walk.utterances, walk.fields, origin, walk.strays)
