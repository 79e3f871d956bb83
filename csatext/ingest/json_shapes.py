"""What a JSON value is in a file of dialogues: a list of turns, a turn, what was said, who said it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from csatext.ingest.dialogues.roles import anonymous, flag_role_of, role_of
from csatext.ingest.turn_columns import candidates

__all__ = [
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
