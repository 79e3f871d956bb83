"""Any file of dialogues becomes turns, and turns become contacts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from os import PathLike

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csatext.dates.parse import parse_times
from csatext.errors import InputError
from csatext.ingest.columns.date_notes import order_notes
from csatext.ingest.columns.headers import kind_of
from csatext.ingest.columns.masking import mask_column
from csatext.ingest.columns.values import as_flags, as_identifiers, as_numbers, as_text, blank, plain_value
from csatext.ingest.dialogues.customer_text import contacts_from_turns, turn_spans
from csatext.ingest.dialogues.role_inference import infer_roles
from csatext.ingest.dialogues.sources import FileUtterances, load_utterances
from csatext.ingest.formats.files import stems
from csatext.ingest.formats.registry import Source, open_tables
from csatext.ingest.options import ReadOptions
from csatext.ingest.quality.checks import quality_table
from csatext.ingest.raw_table import Note, Records, Reject
from csatext.progress import counted
from csatext.schema import conform
from csatext.schema.contacts import REJECTS, TURNS

__all__ = ["contacts_from_turns", "read_turns", "to_turns", "turn_spans", "turns_of_sources"]

_FIRST = ("doc_id", "turn_id", "role", "text", "role_inferred", "speaker", "started_at", "ended_at")
_OWN = (*_FIRST, "start_seconds", "end_seconds", "turn_no")


def _identified(
    loaded: Sequence[FileUtterances], frame: pd.DataFrame, number: NDArray[np.int64], notes: list[Note]
) -> pd.Series:
    """Return a dialogue for each row: as named, else as the row above it, else the file."""
    files = pd.Series(np.array(stems([s.name for s in loaded]), dtype=object)[number], dtype="str")
    ids = frame["doc_id"].groupby(number, sort=False).ffill()
    continued = int((frame["doc_id"].isna() & ids.notna()).sum())
    if continued:
        detail = f"{continued} 行没有会话编号，归到上一行的会话"
        notes.append(Note("turn_continued", "doc_id", continued, len(frame), detail))
    named = pd.DataFrame({"id": ids, "file": number}).dropna().drop_duplicates()
    if len(loaded) > 1 and named["id"].duplicated().any():
        ids = files + "-" + ids
    return ids.where(ids.notna(), files).astype("str")


def _ordered(frame: pd.DataFrame) -> tuple[NDArray[np.int64], int]:
    """Return the rows dialogue by dialogue as they first appear, by turn number, then time, then row."""
    codes = pd.factorize(frame["doc_id"])[0]
    keys: list[NDArray[np.float64]] = []
    for name in ("turn_no", "started_at", "start_seconds"):
        if name not in frame:
            continue
        column = frame[name]
        if pd.api.types.is_datetime64_any_dtype(column.dtype):
            numbers = column.astype("int64").astype("float64").where(column.notna())
        else:
            numbers = column.astype("float64")
        # A turn without a time stays behind the turn that it was written under.
        filled = numbers.groupby(codes, sort=False).ffill().fillna(-np.inf)
        keys.append(filled.to_numpy(dtype=np.float64))
    rows = np.arange(len(frame))
    order = np.lexsort((rows, *reversed(keys), codes))
    inside = order[1:] < order[:-1]
    return order.astype(np.int64), int((inside & (codes[order][1:] == codes[order][:-1])).sum())


def _typed(frame: pd.DataFrame, timezone: str, dayfirst: bool | None, notes: list[Note]) -> pd.DataFrame:
    """Return the frame with the contacts' columns as their kinds say."""
    result = frame.copy(deep=False)
    for name in frame.columns:
        if name in _OWN or name.endswith("_text"):
            continue
        column, kind = frame[name], kind_of(name)
        if kind == "time":
            times = parse_times(column, timezone, dayfirst)
            result[name] = times.values
            notes.extend(order_notes(column, times, str(name)))
            if times.unreadable.any():
                result[f"{name}_text"] = as_text(column).where(times.unreadable)
        elif kind == "id":
            result[name] = as_identifiers(column)
        elif kind == "number":
            numbers = as_numbers(as_text(column), units=True)
            result[name] = plain_value(column) if numbers is None else numbers
        elif kind == "flag":
            flags = as_flags(column)
            result[name] = plain_value(column) if flags is None else flags
        else:
            result[name] = plain_value(column)
    return result


def _anchored(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with times for the offsets of dialogues whose beginning is known."""
    if "created_at" not in frame or not pd.api.types.is_datetime64_any_dtype(frame["created_at"].dtype):
        return frame
    result = frame.copy(deep=False)
    base = result.groupby("doc_id", sort=False)["created_at"].transform("first")
    for name, seconds in (("started_at", "start_seconds"), ("ended_at", "end_seconds")):
        if name in result or seconds not in result:
            continue
        clock = (base - base.dt.normalize()).dt.total_seconds()
        first = result["start_seconds"].groupby(result["doc_id"], sort=False).transform("min")
        # Offsets that begin at the hour of the call are the clock of the day, not the time since it began.
        day = (first >= clock - 60) & (first > 0) & (clock > 0)
        origin = base.where(~day, base.dt.normalize())
        added = pd.to_timedelta(result[seconds], unit="s").astype("timedelta64[us]")
        result[name] = (origin + added).astype("datetime64[us]")
    return result


def _only_apart(frame: pd.DataFrame) -> bool:
    """Return whether labels such as user1 and user2 name one role for both sides: they tell nothing."""
    if "speaker" not in frame or frame["role"].nunique() != 1:
        return False
    known = frame.loc[frame["role"].notna(), ["doc_id", "speaker"]].drop_duplicates()
    both = known.groupby("doc_id", sort=False).size()
    return bool(2 * int((both == 2).sum()) > len(both))


def to_turns(
    loaded: Sequence[FileUtterances], path: object, timezone: str, dayfirst: bool | None = None
) -> tuple[pd.DataFrame, list[tuple[str, Reject]], list[Note]]:
    """Return table ``turns``, rejects with the name of their source, and notes.

    Parameters
    ----------
    loaded : sequence of FileUtterances
        At least one.
    path : object
        Named in errors.
    timezone : str
        IANA name.
    dayfirst : bool, optional
        As :func:`read_turns` takes it.

    Returns
    -------
    turns : DataFrame
    rejects : list of (str, Reject)
    notes : list of Note

    Raises
    ------
    InputError
        No utterance has any text.
    """
    notes = [note for part in loaded for note in part.notes]
    number = np.repeat(np.arange(len(loaded)), [len(part.frame) for part in loaded])
    frame = pd.concat([part.frame for part in loaded], ignore_index=True)
    if frame.empty:
        raise InputError.unreadable(path, "里面没有一句话", "请检查导出是否完成")
    if len(loaded) > 1:
        frame["source"] = pd.array(
            np.array([part.name for part in loaded], dtype=object)[number], dtype="str"
        )
    lines = np.concatenate([part.lines for part in loaded])
    frame["doc_id"] = _identified(loaded, frame, number, notes)
    frame = _anchored(_typed(frame, timezone, dayfirst, notes))
    order, n_reordered = _ordered(frame)
    frame, lines, number = frame.iloc[order].reset_index(drop=True), lines[order], number[order]
    total = len(frame) + sum(len(part.rejects) for part in loaded)
    if n_reordered:
        notes.append(
            Note("turns_sorted", "turn_id", n_reordered, len(frame), "按轮次或时间排了序，原来不在先后顺序上")
        )
    empty = blank(frame["text"])
    if empty.all():
        raise InputError.unreadable(path, "没有一句话有内容", "请检查导出，或用 columns= 指定列")
    names = [part.name for part in loaded]
    rejects = [(part.name, reject) for part in loaded for reject in part.rejects]
    rejects += [
        (names[number[i]], Reject(int(lines[i]) or None, "文本为空", str(frame["doc_id"].iloc[i])))
        for i in np.flatnonzero(empty)
    ]
    rank = {name: i for i, name in enumerate(names)}
    rejects.sort(key=lambda item: (rank[item[0]], item[1].line or 0))
    if rejects:
        reasons = Counter(reject.reason for _, reject in rejects)
        detail = "；".join(f"{reason} {n} 行" for reason, n in reasons.items())
        notes.append(Note("rejected", "", len(rejects), total, detail))
    kept = _with_roles(frame[~empty].reset_index(drop=True), notes)
    kept["turn_id"] = kept.groupby("doc_id", sort=False).cumcount()
    first = [name for name in _FIRST if name in kept.columns]
    kept = kept[[*first, *(name for name in kept.columns if name not in first)]]
    return conform(kept, TURNS), rejects, notes


def _with_roles(frame: pd.DataFrame, notes: list[Note]) -> pd.DataFrame:
    if _only_apart(frame):
        frame["role"] = pd.Series(pd.NA, index=frame.index, dtype="str")
        detail = "两方的名字指同一种角色，只用来区分说话人"
        notes.append(Note("role_mapping", "speaker", len(frame), len(frame), detail))
    known = frame.assign(label=frame.get("speaker", pd.NA))
    roles, inferred = infer_roles(known)
    frame["role"], frame["role_inferred"] = roles, inferred
    n = int(inferred.sum())
    if n:
        detail = f"{n} 句没有写明角色，按说话内容推断，列 role_inferred 为 True"
        notes.append(Note("role_inferred", "role", n, len(frame), detail))
    return frame


def read_turns(
    path: str | PathLike[str],
    *,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    sheet: str | int | None = None,
    delimiter: str | None = None,
    timezone: str = "Asia/Shanghai",
    dayfirst: bool | None = None,
    verbose: bool = True,
) -> pd.DataFrame:
    r"""Return the turns of any file of dialogues, one row an utterance.

    Tables with one row an utterance; JSON and JSON lines of dialogues under any keys; tables with a
    dialogue in a cell, as JSON or as ``角色：内容``; tables with a column for each side; SRT and WebVTT;
    text files of transcripts; a folder of any of these. REQUIREMENTS rows 9 to 11 and 17.

    Parameters
    ----------
    path : str or path-like
        File, also packed as ``.gz``, or folder with its folders. A file of a folder that cannot be read
        as dialogues is a reject with its reason.
    columns : mapping of str to str, optional
        Canonical name (``doc_id``, ``role``, ``text``, ``turn_no``, ``started_at`` ...) -> header; wins
        over ``lexicons/turn_columns.tsv``.
    encoding : str, optional
        Overrides the guess for text files.
    sheet : str or int, optional
        Sheet of a workbook; None takes the first that holds a table, and those of the same header.
    delimiter : str, optional
        Overrides the guess for delimited files.
    timezone : str, default "Asia/Shanghai"
        In whose wall clock epochs and times with a zone are given.
    dayfirst : bool, optional
        Whether ``1/3/2026`` is the first of March, as :func:`csatext.read_contacts` takes it.
    verbose : bool, default True
        Show that reading goes on where it takes more than two seconds.

    Returns
    -------
    DataFrame
        Table ``turns``: ``doc_id``, ``turn_id`` (from 0 in each dialogue), ``role`` (customer, agent, bot,
        system), ``text``, then ``role_inferred`` (bool: no label or flag named the role), ``speaker`` (the
        label as written), ``started_at`` and ``ended_at`` (datetime64[us]) or ``start_seconds`` and
        ``end_seconds`` (from the start of a call whose date is not known), ``turn_no``, and the other
        columns, repeated. Rows of a dialogue are in the order of the file unless a turn number or time says
        otherwise. ``attrs["quality"]``, ``attrs["rejects"]`` and ``attrs["rows"]`` are as
        :func:`csatext.read_contacts` gives them: rows = turns + rejects, always.

    Raises
    ------
    InputError
        Nothing there to read, a damaged file, or nothing in it that looks like a dialogue.
    ParameterError
        An argument has a value that is not allowed.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "T1.txt")
    ...     _ = path.write_text("客服：您好，请讲\n用户：退款没到\n还要等多久\n", encoding="utf-8")
    ...     turns = read_turns(path)
    >>> turns[["doc_id", "turn_id", "role"]].values.tolist()
    [['T1', 0, 'agent'], ['T1', 1, 'customer']]
    """
    options = ReadOptions.of(
        columns=columns,
        encoding=encoding,
        sheet=sheet,
        delimiter=delimiter,
        timezone=timezone,
        dayfirst=dayfirst,
    )
    with counted("读取", None, verbose=verbose):
        return turns_of_sources(open_tables(path, options), path, options)


def turns_of_sources(
    sources: Sequence[Source], path: str | PathLike[str], options: ReadOptions
) -> pd.DataFrame:
    """Return what sources give as turns; ``path`` is named in errors.

    Returns
    -------
    DataFrame
        As :func:`read_turns` returns it.

    Raises
    ------
    InputError, ParameterError
        As :func:`read_turns`.
    """
    turns, rejected, notes = to_turns(
        load_utterances(sources, options), path, options.timezone, options.dayfirst
    )
    rejects = pd.DataFrame(
        [(source, *reject) for source, reject in rejected], columns=["source", "line", "reason", "raw"]
    )
    rejects = conform(rejects.astype({"line": "Int64"}), REJECTS)
    rejects = rejects.assign(raw=mask_column(rejects["raw"]))
    turns.attrs = {
        "rows": len(turns) + len(rejects),
        "quality": Records(quality_table(notes).to_dict("records")),
        "rejects": Records(rejects.astype(object).where(rejects.notna(), None).to_dict("records")),
    }
    return turns
