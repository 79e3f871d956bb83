"""Files of dialogues to tables with one row an utterance: which shape a file has, and how it opens."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csatext.errors import InputError, ParameterError
from csatext.ingest.dialogues.json_dialogues import find_dialogues, holds_dialogues, whole_characters
from csatext.ingest.dialogues.layouts import exchanges, nested_column, transcript_column, transcript_file
from csatext.ingest.dialogues.subtitles import looks_like_subtitles, read_subtitles
from csatext.ingest.dialogues.transcripts import find_grammar
from csatext.ingest.dialogues.turn_columns import candidates, chosen_columns, map_turns
from csatext.ingest.formats.delimited import read_delimited
from csatext.ingest.formats.encodings import decode
from csatext.ingest.formats.json_parquet import read_json, read_parquet
from csatext.ingest.formats.json_values import json_lines
from csatext.ingest.formats.registry import ENDINGS, read_bytes
from csatext.ingest.formats.workbooks import read_workbook
from csatext.ingest.raw_table import RAW_LIMIT, Note, RawTable, Reject
from csatext.ingest.repair.table_cleanup import tidy

__all__ = ["TURN_ENDINGS", "Spoken", "load_spoken"]

_SUBTITLES = (".srt", ".vtt")
_RECORDS = (".json", ".jsonl", ".ndjson")
_PLAIN = (".txt", ".log", ".md", "")
TURN_ENDINGS = (*ENDINGS, *_SUBTITLES, ".log", ".md")
"""File endings that hold dialogues, in lower case."""
_ESCAPED = re.compile(r"\\[uU][dD][89a-fA-F]|[\ud800-\udfff]")
_BOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_WHAT = "请给出一行一句的表（会话、角色、内容）、对话的 JSON，或「角色：内容」的文本"


@dataclass(frozen=True)
class Spoken:
    """The utterances of one file under canonical names, with what was lost and decided on the way.

    ``lines`` is the line (0: none) of each row, ``frame.doc_id`` is NA where the file names no dialogue.
    """

    name: str
    frame: pd.DataFrame
    lines: NDArray[np.int64]
    rejects: list[Reject] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


@dataclass(frozen=True)
class _Asked:
    columns: Mapping[str, str] | None
    encoding: str | None
    sheet: str | int | None
    delimiter: str | None
    timezone: str
    dayfirst: bool | None = None


def load_spoken(
    path: str | PathLike[str],
    *,
    columns: Mapping[str, str] | None,
    encoding: str | None,
    sheet: str | int | None,
    delimiter: str | None,
    timezone: str,
    dayfirst: bool | None = None,
) -> list[Spoken]:
    """Return the utterances of a file, or of every file of a folder in the order of their names.

    Raises
    ------
    InputError
        Nothing there that can be read as dialogues.
    ParameterError
        An argument has the wrong type.
    """
    if not isinstance(path, str | PathLike):
        raise ParameterError.wrong_type("path", path, "文件路径或文件夹")
    if columns is not None and not isinstance(columns, Mapping):
        raise ParameterError.wrong_type("columns", columns, '{"规范列名": "表头"}')
    asked = _Asked(columns, encoding, sheet, delimiter, timezone, dayfirst)
    where = Path(path)
    try:
        files = sorted(where.iterdir()) if where.is_dir() else None
    except (OSError, ValueError) as error:
        raise InputError.unreadable(repr(str(path)), "系统无法打开这个路径", "请检查路径和权限") from error
    if files is None:
        if where.suffix.lower() not in (*TURN_ENDINGS, ""):
            what = f"请另存为 {'、'.join(TURN_ENDINGS)} 之一"
            raise InputError.unreadable(where, f"不支持 {where.suffix} 文件", what)
        return [_load(where, asked)]
    fitting = [
        file
        for file in files
        if file.is_file() and file.suffix.lower() in TURN_ENDINGS and not file.name.startswith((".", "~$"))
    ]
    if not fitting:
        raise InputError.unreadable(where, "文件夹里没有可读的文件", f"请放入 {'、'.join(TURN_ENDINGS)} 之一")
    return [_load(file, asked) for file in fitting]


def _load(path: Path, asked: _Asked) -> Spoken:
    data = read_bytes(path)
    ending = path.suffix.lower()
    if data.startswith(b"PAR1") or ending in (".parquet", ".pq"):
        return _from_table(read_parquet(data, path), path, asked)
    if data.startswith(_BOOKS):
        return _from_table(read_workbook(data, path, asked.sheet), path, asked)
    text, notes = decode(data, path, asked.encoding)
    if not text.strip():
        raise InputError.unreadable(path, "文件是空的", "请检查导出是否完成")
    spoken = _from_text(text, path, ending, asked)
    return replace(spoken, notes=notes + spoken.notes)


def _from_text(text: str, path: Path, ending: str, asked: _Asked) -> Spoken:
    if ending in _SUBTITLES or (ending in _PLAIN and looks_like_subtitles(text)):
        return _from_subtitles(text, path, asked)
    if ending in _RECORDS or (ending in _PLAIN and text.lstrip("\ufeff \r\n\t").startswith(("{", "["))):
        found = _from_json(text, path, asked)
        if found is not None:
            return found
    if ending in _PLAIN and not _is_table(text, path, asked):
        normal = text.replace("\r\n", "\n").replace("\r", "\n")
        grammar = find_grammar([normal])
        if grammar is not None:
            return _finish(*transcript_file(normal, grammar), path, asked)
    return _from_table(read_delimited(text, path, asked.delimiter), path, asked)


def _is_table(text: str, path: Path, asked: _Asked) -> bool:
    """Return whether a text begins with a header that names a role or a dialogue beside a text."""
    first = text.lstrip("\ufeff").split("\n", 1)[0]
    names = [name.strip().strip('"') for name in re.split(r"[\t,;|]", first)]
    return (
        len(names) > 1
        and bool(candidates(names, "text"))
        and bool(candidates(names, "role") or candidates(names, "doc_id"))
    )


def _from_subtitles(text: str, path: Path, asked: _Asked) -> Spoken:
    cues, rejects = read_subtitles(text.replace("\r\n", "\n").replace("\r", "\n"))
    if not cues:
        raise InputError.unreadable(path, "字幕里没有一句话", "请检查导出是否完成")
    frame = pd.DataFrame(
        {
            "speaker": pd.array([cue.label for cue in cues], dtype="str"),
            "text": pd.array([cue.text for cue in cues], dtype="str"),
            "start_seconds": [cue.start for cue in cues],
            "end_seconds": [cue.end for cue in cues],
        }
    )
    lines = np.array([cue.line for cue in cues], dtype=np.int64)
    return _finish(frame, {"role": "speaker"}, lines, rejects, path, asked)


def _finish(
    frame: pd.DataFrame,
    given: Mapping[str, str],
    lines: NDArray[np.int64],
    rejects: list[Reject],
    path: Path,
    asked: _Asked,
    notes: Sequence[Note] = (),
) -> Spoken:
    """Return the rows under canonical names; the caller's mapping wins over what the shape says."""
    chosen = chosen_columns([str(name) for name in frame.columns], asked.columns, path)
    settled = {**{k: v for k, v in given.items() if v not in chosen.values()}, **chosen}
    used = {k: v for k, v in settled.items() if v in frame.columns}
    mapped = map_turns(frame, used, path, asked.timezone, asked.dayfirst)
    said = [
        Note("column_mapping", c, len(frame), len(frame), f"由「{h}」得到（调用者指定）")
        for c, h in chosen.items()
    ]
    return Spoken(path.name, mapped.frame, lines, rejects, [*notes, *said, *mapped.notes])


def _from_table(raw: RawTable, path: Path, asked: _Asked) -> Spoken:
    """Return the utterances of a table: nested cells, transcripts in cells, exchanges, or one a row."""
    raw = tidy(raw)
    if raw.frame.empty:
        raise InputError.unreadable(path, "没有数据行", "请检查导出条件，或换一个文件")
    shapes: tuple[Callable[[RawTable, Mapping[str, str] | None], Any], ...] = (
        nested_column,
        transcript_column,
        exchanges,
    )
    for shape in shapes:
        found = shape(raw, asked.columns)
        if found is not None:
            frame, given, lines, rejects = found
            rest = replace(
                asked,
                columns={
                    name: header for name, header in (asked.columns or {}).items() if header in frame.columns
                },
            )
            return _finish(frame, given, lines, [*raw.rejects, *rejects], path, rest, raw.notes)
    lines = raw.lines if raw.lines is not None else np.zeros(len(raw.frame), dtype=np.int64)
    spoken = _finish(raw.frame, {}, lines, raw.rejects, path, asked, raw.notes)
    if (
        spoken.frame["role"].isna().all()
        and "speaker" not in spoken.frame
        and spoken.frame["doc_id"].isna().all()
    ):
        raise InputError.unreadable(path, "看不出谁在说话，也没有会话编号", _WHAT)
    return spoken


def _from_json(text: str, path: Path, asked: _Asked) -> Spoken | None:
    """Return the utterances of JSON or JSON lines; None where the text is not JSON after all."""
    try:
        records, lines, rejects = _parse(text)
        if records is None:
            return None
        records, halves = whole_characters(records) if _ESCAPED.search(text) is not None else (records, 0)
        whole = records if lines is not None or isinstance(records, list) else [records]
        if not any(holds_dialogues(record) for record in whole):
            if not (isinstance(records, list) and lines is None and _is_bare(records)):
                return _from_table(read_json(text, path), path, asked)
            whole = [records]
        found = find_dialogues(whole, "turns")
    except RecursionError as error:
        raise InputError.unreadable(path, "JSON 嵌套过深", _WHAT) from error
    at = np.array(lines, dtype=np.int64) if lines is not None else np.zeros(len(whole), dtype=np.int64)
    rejects += [Reject(int(at[i]) or None, "没有找到对话", stray[:RAW_LIMIT]) for i, stray in found.strays]
    if not found.utterances:
        raise InputError.unreadable(path, "JSON 里没有对话", _WHAT)
    frame, given = found.table()
    rows = at[found.records[[u.dialogue for u in found.utterances]]]
    notes = [
        Note("format", "", len(found.fields), len(found.fields), f"嵌套的 JSON，{len(found.fields)} 个对话")
    ]
    if halves:
        detail = f"{halves} 个残缺的字符（半个代理对）换成了「?」"
        notes.append(Note("lone_surrogates", "", halves, len(found.utterances), detail))
    return _finish(frame, given, rows, rejects, path, asked, notes)


def _is_bare(records: list[Any]) -> bool:
    """Return whether a list is one dialogue without objects: pairs, or plain strings."""
    return all(isinstance(record, str | list) for record in records[:20])


def _parse(text: str) -> tuple[Any, list[int] | None, list[Reject]]:
    """Return the value of a JSON text, or its records and their lines; None where it is neither."""

    def constant(_name: str) -> None:
        """Read NaN and Infinity as no value."""

    try:
        # Depth of the whole is the caller's to refuse; that of a line costs the line.
        return json.loads(text.lstrip("\ufeff"), parse_constant=constant), None, []
    except ValueError:
        records, lines, broken = json_lines(text)
    rejects = [Reject(piece.line, "不是合法的 JSON", piece.raw[:RAW_LIMIT]) for piece in broken]
    good = any(isinstance(record, dict | list) for record in records)
    return (records, lines, rejects) if good else (None, None, rejects)
