"""Tables whose rows are dialogues: nested cells and transcripts; text files of transcripts."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csatext.ingest.columns.headers import known_headers, normal_header
from csatext.ingest.columns.values import as_text, blank
from csatext.ingest.dialogues.json_dialogues import find_dialogues, holds_dialogues, whole_characters
from csatext.ingest.dialogues.role_inference import service_scores
from csatext.ingest.dialogues.roles import anonymous, role_of
from csatext.ingest.dialogues.template_keys import kind_of_message
from csatext.ingest.dialogues.transcripts import find_grammar, split_transcript
from csatext.ingest.dialogues.turn_columns import candidates
from csatext.ingest.raw_table import RAW_LIMIT, RawTable, Reject, row_text

__all__ = [
    "Expanded",
    "exchanges",
    "nested_column",
    "transcript_cells",
    "transcript_column",
    "transcript_file",
]

_SAMPLE = 50
# Possessive throughout: a page of rules or blanks costs one pass.
_RULE = re.compile(
    r"^[ \t]*+[=\-*#_~—]{4,}+[ \t]*+(?P<id>\w[\w-]{0,39}+)?+[ \t]*+[=\-*#_~—]*+[ \t]*+$", re.MULTILINE
)
_TITLE = re.compile(
    r"^[ \t#【\[=*-]*+(?:会话|对话|通话|录音|工单|session|dialogue|dialog|conversation|call|case)[ \t]*+"
    r"(?:编号|序号|id|号|no\.?)?[ \t]{0,4}+[:：#]?[ \t]{0,4}+(?P<id>[0-9A-Za-z][\w-]{0,40}+)[ \t】\]=*-]*+$",
    re.MULTILINE | re.IGNORECASE,
)
_BREAK = re.compile(r"\r\n?|<br\s{0,3}/?>|(?:\\r)?\\n(?![A-Za-z])|\\n(?=[A-Za-z]{2,20}[ \t]?[:：])")
"""A line end as exports write it; a backslash and n before a letter may be a path."""
_BLANK_LINES = re.compile(r"\n(?:[ \t]*+\n)++")
_FIELD = re.compile(r"^\s*+([^\s:：]{1,20}+)[ \t]*+[:：][ \t]*+(\S[^\n]*+)$")
_WORDS = 4
_CELLS_READ = 1000
_MESSAGE = re.compile(
    r"(?<![ _-])[ _-]*+(?:消息|信息|内容|文本|发言|话术|语句|说的话|说|回复|答复|提问"
    r"|text|messages?|msg|content|utterance|said|reply|query)$",
    re.IGNORECASE,
)


class Expanded(NamedTuple):
    """One row an utterance: table, canonical name -> column, line of each row (0: none), rejects."""

    frame: pd.DataFrame
    given: dict[str, str]
    lines: NDArray[np.int64]
    rejects: list[Reject]


def row_lines(raw: RawTable) -> NDArray[np.int64]:
    return raw.lines if raw.lines is not None else np.zeros(len(raw.frame), dtype=np.int64)


def _parsed(cell: Any) -> Any:
    """Return the JSON value in a cell: of a list column as it is, of a text by parsing; None where none."""
    if isinstance(cell, np.ndarray):
        return [_parsed(item) if isinstance(item, np.ndarray) else item for item in cell.tolist()]
    if isinstance(cell, list | dict):
        return cell
    if isinstance(cell, str) and cell.lstrip()[:1] in ("[", "{"):
        try:
            return whole_characters(json.loads(cell))[0]
        except (ValueError, RecursionError):
            return None
    return None


def nested_column(raw: RawTable, columns: Mapping[str, str] | None) -> Expanded | None:
    """Return the utterances of a table with a column of lists of turns, None for any other table.

    Examples
    --------
    >>> cell = '[{"role": "客服", "text": "您好"}, {"role": "用户", "text": "退款"}]'
    >>> nested_column(RawTable(pd.DataFrame({"id": ["7"], "turns": [cell]})), None).frame.shape[0]
    2
    """
    for name in raw.frame.columns:
        if raw.frame[name].dtype.kind in "iufbM":
            continue
        sample = [_parsed(cell) for cell in raw.frame[name].dropna().iloc[:_SAMPLE]]
        if 2 * sum(holds_dialogues(value, str(name)) for value in sample) > len(sample) > 0:
            return _nested(raw, str(name))
    return None


def _nested(raw: RawTable, name: str) -> Expanded:
    lines = row_lines(raw)
    values = [_parsed(cell) for cell in raw.frame[name]]
    found = find_dialogues(values, name)
    rejects = [
        Reject(int(lines[row]) or None, "没有找到对话", row_text(raw.frame.iloc[row]))
        for row in sorted({row for row, _ in found.strays})
    ]
    frame, given = found.table()
    rows = found.records
    others = raw.frame.drop(columns=name).iloc[rows].reset_index(drop=True)
    frame = pd.concat([frame, others[[c for c in others.columns if c not in frame.columns]]], axis=1)
    ids = [c for c in candidates([str(c) for c in others.columns], "doc_id") if raw.frame[c].is_unique]
    if ids:
        given["doc_id"] = ids[0]
    return Expanded(frame, given, lines[rows], rejects)


def transcript_cells(column: pd.Series) -> list[str]:
    r"""Return the filled cells of a column with one kind of line end: written breaks become newlines.

    Examples
    --------
    >>> transcript_cells(pd.Series(["客服：您好<br>用户：退款", "客服：在\\n用户：好"]))
    ['客服：您好\n用户：退款', '客服：在\n用户：好']
    """
    cells = as_text(column)
    return [_BREAK.sub("\n", cell) for cell in cells[~blank(cells)]]


def transcript_column(raw: RawTable, columns: Mapping[str, str] | None) -> Expanded | None:
    """Return the utterances of a table with a transcript in each row, None for any other table.

    Examples
    --------
    >>> raw = RawTable(pd.DataFrame({"id": ["7"], "对话": ["客服：您好 用户：退款"]}))
    >>> found = transcript_column(raw, None)
    >>> found.frame[found.given["text"]].tolist()
    ['您好', '退款']
    """
    asked = (columns or {}).get("text")
    names = [asked] if asked in raw.frame.columns else [str(name) for name in raw.frame.columns]
    best: tuple[float, str, str] | None = None
    for name in names:
        cells = transcript_cells(raw.frame[name].iloc[:200])
        grammar = find_grammar(cells)
        size = float(sum(map(len, cells)))
        if grammar is not None and (best is None or size > best[0]):
            best = (size, str(name), grammar)
    return _transcripts(raw, best[1], best[2]) if best is not None else None


def _transcripts(raw: RawTable, name: str, grammar: str) -> Expanded:
    lines = row_lines(raw)
    cells = as_text(raw.frame[name])
    empty = blank(cells)
    rejects = [
        Reject(int(lines[i]) or None, "文本为空", row_text(raw.frame.iloc[i])) for i in np.flatnonzero(empty)
    ]
    rows: list[int] = []
    utterances = []
    for row, cell in enumerate(cells):
        if empty[row]:
            continue
        found = split_transcript(_BREAK.sub("\n", cell), grammar)
        rows += [row] * len(found)
        utterances += found
    others = raw.frame.drop(columns=name).iloc[rows].reset_index(drop=True)
    frame, given = _utterance_table(utterances, others)
    ids = [c for c in candidates([str(c) for c in others.columns], "doc_id") if raw.frame[c].is_unique]
    if ids:
        given["doc_id"] = ids[0]
    else:
        frame["\0doc"] = pd.Series(rows, dtype="int64").add(1).astype("str")
        given["doc_id"] = "\0doc"
    return Expanded(frame, given, lines[rows], rejects)


def _utterance_table(utterances: list[Any], others: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    frame = pd.DataFrame(
        {
            "\0label": pd.array([line.label for line in utterances], dtype="str"),
            "\0text": pd.array([line.text for line in utterances], dtype="str"),
            "\0began": pd.array([line.began for line in utterances], dtype="str"),
            "\0ended": pd.array([line.ended for line in utterances], dtype="str"),
        }
    )
    given = {"role": "\0label", "text": "\0text"}
    for name, column in (("started_at", "\0began"), ("ended_at", "\0ended")):
        if frame[column].notna().any():
            given[name] = column
        else:
            frame = frame.drop(columns=column)
    return pd.concat([frame, others], axis=1), given


def transcript_file(
    text: str, grammar: str
) -> tuple[pd.DataFrame, dict[str, str], NDArray[np.int64], list[Reject]]:
    r"""Return the utterances of a text file of one transcript, or of several under titles or rules.

    Lines such as ``通话编号：T1`` above the first utterance are fields of the dialogue.

    Examples
    --------
    >>> frame, given, lines, rejects = transcript_file("通话编号：T1\n客服：您好\n用户：退款\n", "named")
    >>> frame[given["doc_id"]].tolist(), lines.tolist()
    (['T1', 'T1'], [2, 3])
    """
    titled = {match.start(): match for p in (_TITLE, _RULE) for match in p.finditer(text)}
    cuts = sorted((titled or _openings(text, grammar)).items())
    edges = [0, *(start for start, _ in cuts), len(text)]
    titles = [None, *(match for _, match in cuts)]
    utterances: list[Any] = []
    lines: list[int] = []
    fields: list[dict[str, str]] = []
    rejects: list[Reject] = []
    own: dict[str, str] = {}
    number = 0
    for start, end, title in zip(edges[:-1], edges[1:], titles, strict=True):
        if title is not None:
            own = {**(own if not utterances or number != len(utterances) else {})}
            if title.groupdict().get("id"):
                own["\0doc"] = title["id"]
        body = text[title.end() if title is not None else start : end]
        offset = text.count("\n", 0, end - len(body)) + 1
        at = 0
        for line in split_transcript(body, grammar):
            found = body.find(line.text, at) if line.text else -1
            place = offset + body.count("\n", 0, found) if found >= 0 else offset
            at = found + len(line.text) if found >= 0 else at
            if line.label is None:
                rejects += _preamble(line.text, own, place)
                continue
            utterances.append(line)
            lines.append(place)
            fields.append(own)
        number = len(utterances)
        if any(entry is own for entry in fields[-1:]):
            own = {}
    groups = np.cumsum([i == 0 or fields[i] is not fields[i - 1] for i in range(len(fields))])
    frame, given = _utterance_table(utterances, pd.DataFrame(fields, dtype=object))
    if len(groups) and groups[-1] > 1:
        named = frame["\0doc"] if "\0doc" in frame else pd.Series(pd.NA, index=frame.index)
        frame["\0doc"] = named.where(named.notna(), pd.Series(groups.astype(str)))
    if "\0doc" in frame:
        given["doc_id"] = "\0doc"
    return frame, given, np.array(lines, dtype=np.int64), rejects


def _openings(text: str, grammar: str) -> dict[int, re.Match[str]]:
    """Return the blank lines that part dialogues: the same side opens each block, and with a greeting.

    Paragraphs of one dialogue are parted by blank lines too, but nobody greets twice.
    """
    cuts = list(_BLANK_LINES.finditer(text.rstrip()))
    edges = [0, *(cut.end() for cut in cuts)]
    blocks = [text[a:b] for a, b in zip(edges, [*(cut.start() for cut in cuts), len(text)], strict=True)]
    lines = [split_transcript(block, grammar) for block in blocks]
    firsts = [block[0] for block in lines if block and block[0].label is not None]
    if len(firsts) < len(blocks) or any(len({line.label for line in block}) < 2 for block in lines):
        return {}
    greets = kind_of_message(pd.Series([first.text for first in firsts], dtype="str")) == "greeting"
    same = len({role_of(str(first.label)) for first in firsts}) == 1
    return {cut.start(): cut for cut in cuts} if same and bool(greets.all()) else {}


def _preamble(text: str, own: dict[str, str], line: int) -> list[Reject]:
    """Return the lines above the first utterance as rejects, but put fields among them into ``own``."""
    rejects = []
    for place, written in enumerate(text.split("\n")):
        if not written.strip():
            continue
        found = _FIELD.match(written)
        if found is not None and normal_header(found[1]) in known_headers():
            own[found[1]] = found[2].strip()
        else:
            rejects.append(Reject(line + place, "不属于任何一句话", written.strip()[:RAW_LIMIT]))
    return rejects


def exchanges(raw: RawTable, columns: Mapping[str, str] | None) -> Expanded | None:
    """Return the utterances of a table with one column for each speaker, None for any other table.

    Examples
    --------
    >>> raw = RawTable(pd.DataFrame({"id": ["1"], "用户": ["退款怎么还没到"], "客服": ["请您稍等一下"]}))
    >>> exchanges(raw, None).frame["speaker"].tolist()
    ['用户', '客服']
    """
    frame = raw.frame
    names = [str(name) for name in frame.columns]
    sides = _sides(frame)
    others = [name for name in names if name not in sides]
    if len(sides) < 2 or _speech(frame, others) or "text" in (columns or {}) or "role" in (columns or {}):
        return None
    rows = np.repeat(np.arange(len(frame)), len(sides))
    texts = np.column_stack([as_text(frame[name]).to_numpy(dtype=object) for name in sides]).ravel()
    long = frame[others].iloc[rows].reset_index(drop=True)
    labels = np.array([_MESSAGE.sub("", name) or name for name in sides], dtype=object)
    long["speaker"] = pd.array(np.tile(labels, len(frame)), dtype="str")
    long["\0text"] = pd.array(texts, dtype="str")
    kept = ~blank(long["\0text"])
    given = {"role": "speaker", "text": "\0text"}
    ids = candidates(others, "doc_id")
    if not ids:
        long["\0doc"] = pd.array((rows + 1).astype(str), dtype="str")
    given["doc_id"] = ids[0] if ids else "\0doc"
    has_text = np.zeros(len(frame), dtype=np.bool_)
    has_text[rows[kept]] = True
    lines = row_lines(raw)
    rejects = [
        Reject(int(lines[i]) or None, "文本为空", row_text(frame.iloc[i])) for i in np.flatnonzero(~has_text)
    ]
    return Expanded(long[kept].reset_index(drop=True), given, lines[rows[kept]], rejects)


def _speech(frame: pd.DataFrame, names: Sequence[str]) -> bool:
    """Return whether one of the names is that of a text, and something stands under it."""
    return any(not blank(as_text(frame[name])).all() for name in candidates(names, "text"))


def _sides(frame: pd.DataFrame) -> list[str]:
    """Return the columns that hold the messages of each side.

    A header that is a speaker and a word for a message (客户消息, agent_text) says so; under a header that
    is a speaker alone (客户, 客服) stand names too: its texts must be of four characters in the mean, or
    sound like speech.
    """
    names = [str(name) for name in frame.columns]
    bare = {name: _MESSAGE.sub("", name) for name in names}
    message_columns = [
        name for name in names if bare[name] not in ("", name) and role_of(bare[name], whole=True)
    ]
    if len({role_of(bare[name], whole=True) for name in message_columns}) > 1:
        return message_columns
    sides = [name for name in names if role_of(name, whole=True) or anonymous(name)]
    texts = [as_text(frame[name].iloc[:_CELLS_READ]) for name in sides]
    long = [text.str.len().mean() >= _WORDS for text in texts]
    if all(long) or sum(long) > 1:
        return [name for name, enough in zip(sides, long, strict=True) if enough]
    like_speech = [bool(service_scores(text.dropna()).any()) for text in texts]
    return sides if any(like_speech) and len({role_of(name, whole=True) for name in sides}) > 1 else []
