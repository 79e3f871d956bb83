"""Sources of dialogues to tables with one row an utterance: which shape each of them has."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csatext.errors import CsatextError, InputError
from csatext.ingest.dialogues.json_dialogues import find_dialogues, holds_dialogues, is_flat, whole_characters
from csatext.ingest.dialogues.layouts import exchanges, nested_column, transcript_column, transcript_file
from csatext.ingest.dialogues.subtitles import looks_like_subtitles, read_subtitles
from csatext.ingest.dialogues.transcripts import find_grammar
from csatext.ingest.dialogues.turn_columns import candidates, chosen_columns, map_turns
from csatext.ingest.formats.json_parquet import read_json
from csatext.ingest.formats.json_values import json_lines
from csatext.ingest.formats.registry import PLAIN, RECORDS, SUBTITLES, Source, failed
from csatext.ingest.options import ReadOptions
from csatext.ingest.raw_table import RAW_LIMIT, Note, RawTable, Reject
from csatext.ingest.repair.table_cleanup import tidy

__all__ = ["Spoken", "load_spoken"]

_ESCAPED = re.compile(r"\\[uU][dD][89a-fA-F]|[\ud800-\udfff]")
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


def load_spoken(sources: Sequence[Source], options: ReadOptions) -> list[Spoken]:
    """Return the utterances of each source; of a file among several that has none, the reason as a reject.

    Raises
    ------
    InputError
        Nothing there that can be read as dialogues.
    ParameterError
        An option has a value that does not fit.
    """
    found: list[Spoken] = []
    errors: list[CsatextError] = []
    for source in sources:
        try:
            spoken = _load(source, options)
        except CsatextError as error:
            errors.append(error)
            lost = failed(error)
            frame = pd.DataFrame({name: pd.array([], dtype="str") for name in ("doc_id", "role", "text")})
            none = np.array([], dtype=np.int64)
            spoken = Spoken(source.name, frame, none, lost.rejects, lost.notes)
        found.append(replace(spoken, notes=[*source.notes, *spoken.notes]))
    if len(errors) == len(sources):
        raise errors[0]
    return found


def _load(source: Source, options: ReadOptions) -> Spoken:
    text = source.text if source.ending in (*PLAIN, *RECORDS, *SUBTITLES) else None
    if text is None:
        return _from_table(source.raw, source, options)
    if source.ending in SUBTITLES or (source.ending in PLAIN and looks_like_subtitles(text)):
        return _from_subtitles(text, source, options)
    if source.ending in RECORDS or (
        source.ending in PLAIN and text.lstrip("\ufeff \r\n\t").startswith(("{", "["))
    ):
        found = _from_json(text, source, options)
        if found is not None:
            return found
    if source.ending in PLAIN and not _is_table(text):
        normal = text.replace("\r\n", "\n").replace("\r", "\n")
        grammar = find_grammar([normal])
        if grammar is not None:
            return _finish(*transcript_file(normal, grammar), source, options)
    return _from_table(source.raw, source, options)


def _is_table(text: str) -> bool:
    """Return whether a text begins with a header that names a role or a dialogue beside a text."""
    first = text.lstrip("\ufeff").split("\n", 1)[0]
    names = [name.strip().strip('"') for name in re.split(r"[\t,;|]", first)]
    return (
        len(names) > 1
        and bool(candidates(names, "text"))
        and bool(candidates(names, "role") or candidates(names, "doc_id"))
    )


def _from_subtitles(text: str, source: Source, options: ReadOptions) -> Spoken:
    cues, rejects = read_subtitles(text.replace("\r\n", "\n").replace("\r", "\n"))
    if not cues:
        raise InputError.unreadable(source.where, "字幕里没有一句话", "请检查导出是否完成")
    frame = pd.DataFrame(
        {
            "speaker": pd.array([cue.label for cue in cues], dtype="str"),
            "text": pd.array([cue.text for cue in cues], dtype="str"),
            "start_seconds": [cue.start for cue in cues],
            "end_seconds": [cue.end for cue in cues],
        }
    )
    lines = np.array([cue.line for cue in cues], dtype=np.int64)
    return _finish(frame, {"role": "speaker"}, lines, rejects, source, options)


def _finish(
    frame: pd.DataFrame,
    given: Mapping[str, str],
    lines: NDArray[np.int64],
    rejects: list[Reject],
    source: Source,
    options: ReadOptions,
    notes: Sequence[Note] = (),
) -> Spoken:
    """Return the rows under canonical names; the caller's mapping wins over what the shape says."""
    chosen = chosen_columns([str(name) for name in frame.columns], options.single_columns(), source.where)
    settled = {**{k: v for k, v in given.items() if v not in chosen.values()}, **chosen}
    there = {name: header for name, header in settled.items() if header in frame.columns}
    mapped = map_turns(frame, there, source.where, options.timezone, options.dayfirst)
    said = [
        Note("column_mapping", c, len(frame), len(frame), f"由「{h}」得到（调用者指定）")
        for c, h in chosen.items()
    ]
    return Spoken(source.name, mapped.frame, lines, rejects, [*notes, *said, *mapped.notes])


def _from_table(raw: RawTable, source: Source, options: ReadOptions) -> Spoken:
    """Return the utterances of a table: nested cells, transcripts in cells, exchanges, or one a row."""
    if raw.frame.empty:
        raise InputError.unreadable(source.where, "没有数据行", "请检查导出条件，或换一个文件")
    shapes: tuple[Callable[[RawTable, Mapping[str, str] | None], Any], ...] = (
        nested_column,
        transcript_column,
        exchanges,
    )
    for shape in shapes:
        found = shape(raw, options.single_columns())
        if found is not None:
            frame, given, lines, rejects = found
            given_columns = options.single_columns()
            there = {name: header for name, header in given_columns.items() if header in frame.columns}
            rest = replace(options, columns=there)
            return _finish(frame, given, lines, [*raw.rejects, *rejects], source, rest, raw.notes)
    lines = raw.lines if raw.lines is not None else np.zeros(len(raw.frame), dtype=np.int64)
    spoken = _finish(raw.frame, {}, lines, raw.rejects, source, options, raw.notes)
    if (
        spoken.frame["role"].isna().all()
        and "speaker" not in spoken.frame
        and spoken.frame["doc_id"].isna().all()
    ):
        raise InputError.unreadable(source.where, "看不出谁在说话，也没有会话编号", _WHAT)
    return spoken


def _from_json(text: str, source: Source, options: ReadOptions) -> Spoken | None:
    """Return the utterances of JSON or JSON lines; None where the text is not JSON after all."""
    try:
        records, lines, rejects = _parse(text)
        if records is None:
            return None
        records, halves = whole_characters(records) if _ESCAPED.search(text) is not None else (records, 0)
        whole = records if lines is not None or isinstance(records, list) else [records]
        if not any(holds_dialogues(record) for record in whole) and not is_flat(whole):
            raw = source.raw if source.ending in RECORDS else tidy(read_json(text, source.where))
            return _from_table(raw, source, options)
        found = find_dialogues(whole, "turns")
    except RecursionError as error:
        raise InputError.unreadable(source.where, "JSON 嵌套过深", _WHAT) from error
    at = np.array(lines, dtype=np.int64) if lines is not None else np.zeros(len(whole), dtype=np.int64)
    rejects += [Reject(int(at[i]) or None, "没有找到对话", stray[:RAW_LIMIT]) for i, stray in found.strays]
    if not found.utterances:
        raise InputError.unreadable(source.where, "JSON 里没有对话", _WHAT)
    frame, given = found.table()
    rows = at[found.records]
    notes = [
        Note("format", "", len(found.fields), len(found.fields), f"嵌套的 JSON，{len(found.fields)} 个对话")
    ]
    if halves:
        detail = f"{halves} 个残缺的字符（半个代理对）换成了「?」"
        notes.append(Note("lone_surrogates", "", halves, len(found.utterances), detail))
    return _finish(frame, given, rows, rejects, source, options, notes)


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
