"""Where the records of a JSON value are, and the values of a text that holds several."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from csatext.ingest.columns.headers import known_headers, normal_header
from csatext.ingest.columns.values import plain_cell
from csatext.ingest.formats.limits import DEEPEST_JSON, MOST_JSON_VALUES

__all__ = [
    "Piece",
    "TooDeepError",
    "TooLargeError",
    "flat",
    "json_lines",
    "loads",
    "pieces",
    "records",
    "refuse_crowded",
]

_DEEPEST = 5
_BETWEEN = re.compile(r"[\s,\[\]\ufeff]*")
_NEXT = re.compile(r"\n[^\S\n]*+(?=[{\[])")


class Piece(NamedTuple):
    """One value of a text, or None and the ``raw`` text that is none, and why; ``line`` counts from 1."""

    value: Any
    line: int
    raw: str
    why: str = ""


class TooDeepError(ValueError):
    """Lists and objects stand in one another too deeply."""

    def __init__(self) -> None:
        super().__init__(f"嵌套超过 {DEEPEST_JSON} 层")


class TooLargeError(ValueError):
    """There are more values than memory holds."""

    def __init__(self) -> None:
        super().__init__(f"超过 {MOST_JSON_VALUES:,} 个值")


def _nan(_name: str) -> None:
    """Read the NaN and Infinity that Python writers leave in JSON as no value."""


_DECODER = json.JSONDecoder(parse_constant=_nan)


def loads(text: str) -> Any:
    """Return the value of a JSON text.

    Raises
    ------
    ValueError
        Whatever is wrong with it; more than :data:`DEEPEST_JSON` levels of nesting, or more values than
        memory holds.

    Examples
    --------
    >>> loads('{"text": "慢", "n": NaN}')
    {'text': '慢', 'n': None}
    """
    refuse_crowded(text)
    try:
        return _not_deep(json.loads(text, parse_constant=_nan), text)
    except RecursionError as error:
        raise TooDeepError from error


def refuse_crowded(text: str) -> None:
    """Raise for a text of more values than memory holds.

    Raises
    ------
    ValueError
        Commas and brackets are above :data:`MOST_JSON_VALUES`.
    """
    if len(text) > MOST_JSON_VALUES and sum(map(text.count, ",[{")) > MOST_JSON_VALUES:
        raise TooLargeError


def _not_deep(value: Any, text: str) -> Any:
    """Return the value of a text; what follows it down may then call itself."""
    if text.count("[") + text.count("{") <= DEEPEST_JSON:
        return value
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(DEEPEST_JSON):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return value
    raise TooDeepError


def _reason(error: ValueError | RecursionError) -> str:
    """Return why a text is no value, as its reject says."""
    deep = isinstance(error, TooDeepError | RecursionError)
    return f"嵌套超过 {DEEPEST_JSON} 层" if deep else "不是合法的 JSON"


def json_lines(text: str) -> tuple[list[Any], list[int], list[Piece]]:
    r"""Return the values of a text with one on each line, their lines, and the lines that hold none.

    Blank lines, lines with a list's bracket alone and commas between are passed over.

    Examples
    --------
    >>> json_lines('[\n{"a": 1},\n{"a"\n]')
    ([{'a': 1}], [2], [Piece(value=None, line=3, raw='{"a"', why='不是合法的 JSON')])
    """
    found: list[Any] = []
    lines: list[int] = []
    broken: list[Piece] = []
    for number, line in enumerate(text.split("\n"), start=1):
        bare = line.strip().strip("\ufeff").rstrip(",")
        if not bare or bare in ("[", "]"):
            continue
        try:
            found.append(loads(bare))
            lines.append(number)
        except ValueError as error:
            broken.append(Piece(None, number, line.strip(), _reason(error)))
    return found, lines, broken


def pieces(text: str) -> Iterator[Piece]:
    r"""Yield the values that stand one after another in a text, outer list brackets ignored.

    So objects written without anything between them, lists pasted together and a list whose end is
    missing are read as far as they are whole; what cannot be read up to the next line that begins a
    value is one piece without a value.

    Examples
    --------
    >>> [piece.value for piece in pieces('[{"a": 1}, {"a": 2},\n{"a"')]
    [{'a': 1}, {'a': 2}, None]
    """
    at, line, counted = 0, 1, 0
    while True:
        at = _BETWEEN.match(text, at).end()  # type: ignore[union-attr]
        if at >= len(text):
            return
        line += text.count("\n", counted, at)
        counted = at
        try:
            value, end = _DECODER.raw_decode(text, at)
            _not_deep(value, text[at:end])
        except (ValueError, RecursionError) as error:
            following = _NEXT.search(text, at)
            end = following.end() if following is not None else len(text)
            yield Piece(None, line, text[at:end].strip(), _reason(error))
        else:
            yield Piece(value, line, text[at:end])
        at = end


def flat(record: Mapping[str, Any], prefix: str = "", depth: int = 0) -> dict[str, Any]:
    """Return nested mappings as dotted names; lists stay values.

    Examples
    --------
    >>> flat({"order": {"no": "7"}, "tags": ["急"]})
    {'order.no': '7', 'tags': '["急"]'}
    """
    found: dict[str, Any] = {}
    for key, value in record.items():
        name = str(plain_cell(f"{prefix}{key}"))
        if isinstance(value, dict) and value and depth < _DEEPEST:
            found |= flat(value, f"{name}.", depth + 1)
        else:
            found[name] = json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value
    return found


def records(value: Any) -> list[Any] | None:
    """Return the list of records in a JSON value, None where there is none.

    Read are a list; the longest list of objects inside an object; a table of rows (``columns`` beside
    ``data``, or a list of lists under their names); objects by their identifier; columns by their name;
    else the object itself.

    Examples
    --------
    >>> records({"code": 0, "data": {"list": [{"text": "慢"}]}})
    [{'text': '慢'}]
    >>> records({"columns": ["id", "text"], "data": [[1, "慢"]]})
    [{'id': 1, 'text': '慢'}]
    >>> records({"T1": {"text": "慢"}, "T2": {"text": "差"}})
    [{'id': 'T1', 'text': '慢'}, {'id': 'T2', 'text': '差'}]
    >>> records({"text": {"0": "慢", "1": "差"}})
    [{'text': '慢'}, {'text': '差'}]
    """
    if isinstance(value, list):
        return _named_rows(value[0], value[1:]) or value if value else value
    if not isinstance(value, dict):
        return None
    if isinstance(value.get("columns"), list) and isinstance(value.get("data"), list):
        rows = _named_rows(value["columns"], value["data"])
        if rows is not None:
            return rows
    return _by_key(value) or _longest(value) or _columns(value) or ([value] if value else None)


def _named_rows(names: Any, rows: list[Any]) -> list[Any] | None:
    """Return rows that are lists as records under their names; None where they are not that."""
    if not (isinstance(names, list) and names and all(isinstance(name, str) for name in names)):
        return None
    if len(set(names)) < len(names) or not rows or not all(isinstance(row, list) for row in rows):
        return None
    return [dict(zip(names, row, strict=False)) if len(row) <= len(names) else row for row in rows]


def _longest(value: Mapping[str, Any]) -> list[Any] | None:
    """Return the longest list of objects in an object, at any depth that :func:`loads` lets through."""
    lists = [v for v in value.values() if isinstance(v, list) and v and isinstance(v[0], dict)]
    inner = [found for v in value.values() if isinstance(v, dict) for found in [_longest(v)] if found]
    return max(lists or inner, key=len, default=None)


def _by_key(value: Mapping[str, Any]) -> list[Any] | None:
    """Return an object of like objects as records, or as columns where its own names are headers."""
    inner = list(value.values())
    if not all(isinstance(v, dict) and v for v in inner):
        return None
    names = set(inner[0]) if inner else set()
    known = [normal_header(str(name)) in known_headers() for name in value]
    if inner and any(known) and all(set(v) == names for v in inner) and not any(map(_is_nested, inner)):
        return [{name: column[row] for name, column in value.items()} for row in inner[0]]
    if len(inner) < 2 or any(2 * len(names & set(v)) < len(names) for v in inner):
        return None
    named = any(_canonical(name) == "doc_id" for name in names)
    return [v if named else {"id": key, **v} for key, v in value.items()]


def _is_nested(value: Mapping[str, Any]) -> bool:
    return any(isinstance(v, dict | list) for v in value.values())


def _canonical(name: object) -> str:
    known = known_headers().get(normal_header(str(name)))
    return known.canonical if known is not None else ""


def _columns(value: Mapping[str, Any]) -> list[Any] | None:
    """Return an object of equally long lists as records."""
    columns = [v for v in value.values() if isinstance(v, list)]
    if columns and len(columns) == len(value) and len({len(v) for v in columns}) == 1:
        return [dict(zip(value, row, strict=True)) for row in zip(*columns, strict=True)]
    return None
