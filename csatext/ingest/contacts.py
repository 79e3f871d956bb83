"""Raw tables to contacts: canonical columns, times, identifiers; every row that falls out is a reject."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csatext.dates.parse import parse_times
from csatext.errors import CsatextError, InputError
from csatext.ingest.columns.column_types import type_columns
from csatext.ingest.columns.date_and_clock import join_clocks, join_parts
from csatext.ingest.columns.headers import identifies, map_columns, with_joined_text
from csatext.ingest.columns.masking import mask_column
from csatext.ingest.columns.unreadable_dates import UNREADABLE, shown_date, unreadable_rows
from csatext.ingest.columns.values import as_identifiers, as_text, blank
from csatext.ingest.formats.database import source_name
from csatext.ingest.formats.files import stems
from csatext.ingest.formats.registry import Source, failed, only_tables, open_tables
from csatext.ingest.options import ReadOptions
from csatext.ingest.quality.checks import quality_table
from csatext.ingest.raw_table import Note, RawTable, Records, Reject, row_text
from csatext.ingest.repair.mojibake import mend_columns
from csatext.progress import counted
from csatext.schema import conform
from csatext.schema.contacts import CONTACTS, REJECTS

__all__ = [
    "REPEATED",
    "WHOLE_ROW",
    "ReadResult",
    "read_contacts",
    "read_input",
    "read_sources",
    "to_contacts",
]

WHOLE_ROW = "整行重复"
REPEATED = {
    "first": "doc_id 与前面的行重复",
    "last": "doc_id 与后面的行重复",
    "latest": "doc_id 与更新时间更晚的行重复",
}
"""Why a row goes that shares its identifier with another, by the choice of ``duplicates``."""


def _usable(
    sources: Sequence[Source], options: ReadOptions, path: object
) -> tuple[list[RawTable], list[pd.DataFrame], list[list[Note]]]:
    """Return the tables, the frame of each under canonical names (empty where there is none) and notes.

    A file of a folder that has no text column is one that cannot be read, unless none can.
    """
    versions = options.duplicates in ("last", "latest")
    tables: list[RawTable] = []
    frames: list[pd.DataFrame] = []
    notes: list[list[Note]] = []
    errors: list[CsatextError] = []
    for source in sources:
        file_notes: list[Note] = []
        try:
            raw = source.raw
            named = path if len(sources) == 1 else f"{path}/{source.name}"
            if source.names:
                frame = with_joined_text(raw.frame, options.columns, named)[0].rename(columns=source.names)
            else:
                frame, file_notes = map_columns(raw.frame, options.columns, named, versions)
            frame, mended = mend_columns(frame)
            file_notes += mended
        except CsatextError as error:
            if source.error is None and not isinstance(error, InputError):
                raise
            errors.append(error)
            raw = failed(error)
            frame, file_notes = raw.frame, []
        source.release()
        tables.append(raw)
        frames.append(frame)
        notes.append([*source.notes, *raw.notes, *file_notes])
    if len(errors) == len(sources):
        raise errors[0]
    return tables, frames, notes


def _stacked(
    names: Sequence[str], tables: Sequence[RawTable], frames: Sequence[pd.DataFrame]
) -> tuple[pd.DataFrame, NDArray[np.int64], NDArray[np.int64]]:
    """Return the tables under each other: frame, line (0 where none) and source number of each row."""
    lines = [
        raw.lines if raw.lines is not None else np.zeros(len(frame), dtype=np.int64)
        for raw, frame in zip(tables, frames, strict=True)
    ]
    number = np.repeat(np.arange(len(names)), [len(frame) for frame in frames])
    if len(frames) == 1:
        return frames[0], lines[0], number
    stacked = pd.concat([frame for frame in frames if len(frame)] or [*frames], ignore_index=True)
    stacked = stacked.rename(columns={"source": "source_原列"})
    stacked["source"] = np.array(names, dtype=object)[number]
    return stacked, np.concatenate(lines), number


def _identified(
    frame: pd.DataFrame, made: Callable[[], pd.Series], before: pd.Series | None, notes: list[Note]
) -> pd.DataFrame:
    """Return the frame with a ``doc_id`` in each row, made from the row number where there is none."""
    n = len(frame)
    if "doc_id" not in frame.columns:
        refused = any(note.check == "column_mapping" and note.column == "doc_id" for note in notes)
        why = "编号列不能用" if refused else "没有编号列"
        notes.append(Note("doc_id_made", "doc_id", n, n, f"{why}，用行号作 doc_id"))
        return frame.assign(doc_id=made())
    ids = as_identifiers(frame["doc_id"])
    missing = int(ids.isna().sum())
    if missing:
        notes.append(Note("doc_id_made", "doc_id", missing, n, f"{missing} 行没有编号，用行号代替"))
    if before is not None and not identifies(ids, frame["text"]):
        notes.append(Note("doc_id_made", "doc_id", n, n, "不同文件里的编号相同，编号前加了文件名"))
        ids = before + "-" + ids
    return frame.assign(doc_id=ids.where(ids.notna(), "行" + made()) if missing else ids)


def _row_numbers(number: NDArray[np.int64], before: pd.Series | None, index: pd.Index) -> pd.Series:
    """Return the position of each row in its source, from 1, behind its name if there are more."""
    within = pd.Series(number, index=index).groupby(number).cumcount() + 1
    return within.astype("str") if before is None else before + "-" + within.astype("str")


def _repeated(frame: pd.DataFrame, options: ReadOptions, path: object, lines: NDArray[np.int64]) -> pd.Series:
    """Return which rows go because another row of the same ``doc_id`` stays, as ``duplicates`` says.

    Raises
    ------
    InputError
        Identifiers repeat and ``duplicates`` is ``error``, or ``latest`` without a time of updating.
    """
    repeated = frame["doc_id"].duplicated()
    if not repeated.any() or options.duplicates == "first":
        return repeated
    if options.duplicates == "error":
        shown = "、".join(str(line) for line in lines[repeated.to_numpy()][:3] if line)
        raise InputError.repeated_ids(source_name(str(path)), int(repeated.sum()), shown)
    if options.duplicates == "last":
        return frame["doc_id"].duplicated(keep="last")
    if "updated_at" not in frame.columns:
        raise InputError.unreadable(
            source_name(str(path)),
            'duplicates="latest" 要按更新时间取舍，但没有「更新时间」（updated_at）列',
            '请用 columns={"updated_at": "列名"} 指定，或改用 duplicates="last"（留最后一行）',
        )
    several = frame.loc[frame["doc_id"].duplicated(keep=False), ["doc_id", "updated_at"]]
    times = parse_times(several["updated_at"], options.timezone, options.dayfirst).values
    order = several.assign(updated_at=times).sort_values("updated_at", kind="stable", na_position="first")
    return order["doc_id"].duplicated(keep="last").reindex(frame.index, fill_value=False)


def to_contacts(
    sources: Sequence[Source],
    path: object,
    options: ReadOptions,
) -> tuple[pd.DataFrame, list[tuple[str, Reject]], list[Note]]:
    """Return contacts, rejects with the name of their source, and notes.

    Rejected here are rows without any text, rows whose ``doc_id`` stands in another row, and rows whose
    date cannot be read (:func:`csatext.ingest.columns.unreadable_dates.unreadable_rows`). A header
    of the lexicon whose values repeat with other texts in more than a tenth of the rows is no identifier
    (a session, a customer): it keeps its name and row numbers are used.

    Parameters
    ----------
    sources : sequence of Source
        At least one.
    path : object
        Named in errors.
    options : ReadOptions
        Of them ``columns``, ``timezone``, ``dayfirst``, ``duplicates`` and ``unreadable_dates``.

    Returns
    -------
    contacts : DataFrame
        Table ``contacts``.
    rejects : list of (str, Reject)
        In the order of the input.
    notes : list of Note

    Raises
    ------
    InputError
        No text column, or no text in it; identifiers repeat and may not.
    """
    tables, frames, file_notes = _usable(sources, options, path)
    notes = [note for more in file_notes for note in more]
    names = [source.name for source in sources]
    raw, lines, number = _stacked(names, tables, frames)
    before = None
    if len(sources) > 1:
        before = pd.Series(np.array(stems(names))[number], index=raw.index, dtype="str")
    is_section = any(source.names for source in sources)
    if raw.empty and not is_section:
        lost = Counter(reject.reason for table in tables for reject in table.rejects)
        why = f"{lost.total()} 行都不能用（{lost.most_common(1)[0][0]}）" if lost else "没有数据行"
        raise InputError.unreadable(path, why, "请检查分隔符、引号和导出条件")
    frame = raw.assign(text=as_text(raw["text"]))
    empty = blank(frame["text"])
    if empty.all() and not is_section:
        raise InputError.unreadable(
            path, "文本列全是空值", '请检查导出，或用 columns={"text": "列名"} 换一列'
        )
    frame = _identified(frame, lambda: _row_numbers(number, before, raw.index), before, notes)
    written = frame.columns.intersection(["doc_id", "updated_at"], sort=False)
    repeated = _repeated(frame.loc[~empty, written], options, path, lines[~empty])
    repeated = repeated.reindex(frame.index, fill_value=False).to_numpy()
    keep: Literal["first", "last"] = "first" if options.duplicates == "first" else "last"
    whole = (
        frame[~empty].duplicated(keep=keep).reindex(frame.index, fill_value=False).to_numpy()
        if repeated.any()
        else repeated
    )
    rejects = [(names[i], reject) for i, table in enumerate(tables) for reject in table.rejects]
    lost_rows = np.flatnonzero(empty | repeated)
    for row, cells in zip(lost_rows, raw.iloc[lost_rows].to_numpy(dtype=object), strict=True):
        reason = "文本为空" if empty[row] else WHOLE_ROW if whole[row] else REPEATED[options.duplicates]
        line = int(lines[row]) or None
        rejects.append((names[number[row]], Reject(line, reason, row_text(cells))))
    kept_rows = np.flatnonzero(~(empty | repeated))
    kept = frame if len(kept_rows) == len(frame) else frame.iloc[kept_rows]
    kept, parts = join_parts(kept.reset_index(drop=True))
    kept, joined = join_clocks(kept)
    kept, typed = type_columns(kept, options.timezone, options.dayfirst)
    undated, date_notes = unreadable_rows(kept, options.unreadable_dates, bool(joined))
    for row, date in zip(kept_rows[undated], kept.loc[undated].get("created_at_text", ()), strict=True):
        reason = f"{UNREADABLE}：{shown_date(str(date))}"
        cells = raw.iloc[[row]].to_numpy(dtype=object)[0]
        rejects.append((names[number[row]], Reject(int(lines[row]) or None, reason, row_text(cells))))
    if undated.any():
        kept = kept[~undated].reset_index(drop=True)
        if kept["created_at_text"].isna().all():
            kept = kept.drop(columns="created_at_text")
    order = {name: i for i, name in enumerate(names)}
    rejects.sort(key=lambda item: (order[item[0]], item[1].line or 0))
    total = len(raw) + sum(len(table.rejects) for table in tables)
    if rejects:
        reasons = Counter(
            UNREADABLE if reject.reason.startswith(UNREADABLE) else reject.reason for _, reject in rejects
        )
        detail = "；".join(f"{reason} {n} 行" for reason, n in reasons.items())
        notes.append(Note("rejected", "", len(rejects), total, detail))
    return conform(kept, CONTACTS), rejects, notes + parts + joined + typed + date_notes


class ReadResult(NamedTuple):
    """Everything an input gave: ``rows == len(contacts) + len(rejects)``, always.

    For dialogues ``turns`` is the number of turns that the contacts were made of, and
    ``rows == turns + len(rejects)``; None otherwise. ``rejects.raw`` is as it was read: mask or redact it
    before it is stored or shown. ``outside`` contacts were left out because they are not of the time that was
    asked for; they count as contacts in these sums. ``redacted`` says that the road itself has masked the
    texts, as that of dialogues does over turns; nothing that stands in the data can say so. ``utterances``
    are the turns of dialogues, personal data masked; None for an input of contacts.
    """

    contacts: pd.DataFrame
    rejects: pd.DataFrame
    quality: pd.DataFrame
    rows: int
    turns: int | None = None
    outside: int = 0
    redacted: bool = False
    utterances: pd.DataFrame | None = None


def _rejects(rejects: list[tuple[str, Reject]]) -> pd.DataFrame:
    rows = [(source, *reject) for source, reject in rejects]
    frame = pd.DataFrame(rows, columns=["source", "line", "reason", "raw"])
    frame["line"] = frame["line"].astype("Int64")
    return conform(frame, REJECTS)


def read_input(path: str | PathLike[str], options: ReadOptions | None = None) -> ReadResult:
    """Return the contacts of an input with its rejects and quality.

    Returns
    -------
    ReadResult
        ``contacts`` without attrs, ``rejects`` with the rows as they were read (not masked).

    Raises
    ------
    InputError, ParameterError
        As :func:`read_contacts`.
    """
    options = options or ReadOptions(duplicates="first")
    return read_sources(only_tables(open_tables(path, options), path), path, options)


def read_sources(sources: Sequence[Source], path: str | PathLike[str], options: ReadOptions) -> ReadResult:
    """Return what tables give as contacts; ``path`` is named in errors.

    Raises
    ------
    InputError, ParameterError
        As :func:`read_contacts`.
    """
    contacts, rejects, notes = to_contacts(sources, path, options)
    return ReadResult(contacts, _rejects(rejects), quality_table(notes), len(contacts) + len(rejects))


def read_contacts(
    path: str | PathLike[str],
    *,
    columns: Mapping[str, str | Sequence[str]] | None = None,
    encoding: str | None = None,
    sheet: str | int | None = None,
    delimiter: str | None = None,
    query: str | None = None,
    timezone: str = "Asia/Shanghai",
    unreadable_dates: str = "reject",
    dayfirst: bool | None = None,
    duplicates: str = "first",
    verbose: bool = True,
) -> pd.DataFrame:
    r"""Return the contacts of any file of customer-service text, one row a contact.

    Parameters
    ----------
    path : str or path-like
        CSV, TSV, text, XLSX, XLS, ODS, JSON, JSON lines or Parquet, also packed as ``.gz``; a folder of
        such files, those in its folders included (a column ``source`` then names the file); or a
        SQLAlchemy URL such as ``sqlite:///x.db`` with ``query``.
    columns : mapping of str to str, optional
        Canonical name -> header, such as ``{"text": "投诉内容"}``; wins over ``lexicons/columns.tsv``. The
        text may be joined from several columns: ``{"text": ["标题", "内容"]}``.
    encoding : str, optional
        Overrides the guess for text files.
    sheet : str or int, optional
        Sheet of a workbook by name or position from 0; None takes the first that holds a table, and those
        of the same header (a column 工作表 then names the sheet).
    delimiter : str, optional
        Overrides the guess for delimited files; one character or several.
    query : str, optional
        SQL, for a database.
    timezone : str, default "Asia/Shanghai"
        In whose wall clock epochs and times with a zone are given.
    unreadable_dates : {"reject", "keep"}, default "reject"
        What becomes of a row whose ``created_at`` is written and cannot be read: it goes to the rejects,
        its date named in the reason, or stays without date, its text in ``created_at_text``. Where fewer
        than half of the dates can be read the column is not one of dates, and all rows stay.
    dayfirst : bool, optional
        Whether ``1/3/2026`` is the first of March. None: as the column proves (``25/3/2026`` stands in it),
        else the month comes first and quality says so (``date_order``).
    duplicates : {"first", "last", "latest", "error"}, default "first"
        Which of the rows that share a ``doc_id`` stays: the first, the last, or the one whose
        ``updated_at`` (更新时间) is the latest; the others go to the rejects. ``error`` ends reading
        instead, as ``csatext run`` does unless configured otherwise.
    verbose : bool, default True
        Show that reading goes on where it takes more than two seconds.

    Returns
    -------
    DataFrame
        Table ``contacts``: ``doc_id``, ``text``, then the other columns under canonical names or their
        own. ``attrs["quality"]`` (rows of table ``quality``) tells what was guessed and mended,
        ``attrs["rejects"]`` (rows of table ``rejects``, long digit runs and e-mail addresses masked) what
        could not be used, ``attrs["rows"]`` how many rows came in: contacts + rejects, always. Other times
        than ``created_at`` that cannot be read are empty, their text in ``<column>_text``.

    Raises
    ------
    InputError
        Nothing there to read, a damaged or binary file, no rows under the header, no text column, a
        text column without any text; the sentence says what to do.
    ParameterError
        An argument has a value that is not allowed.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "五月.csv")
    ...     _ = path.write_bytes("工单编号,投诉内容,渠道\nT1,退款一周没到账,电话\n".encode("gb18030"))
    ...     contacts = read_contacts(path)
    >>> contacts.columns.tolist()
    ['doc_id', 'text', 'channel']
    >>> contacts.attrs["rows"]
    1
    """
    options = ReadOptions.of(
        columns=columns,
        encoding=encoding,
        sheet=sheet,
        delimiter=delimiter,
        query=query,
        timezone=timezone,
        unreadable_dates=unreadable_dates,
        dayfirst=dayfirst,
        duplicates=duplicates,
    )
    with counted("读取", None, verbose=verbose):
        result = read_input(path, options)
        rejects = result.rejects.assign(raw=mask_column(result.rejects["raw"]))
    contacts = result.contacts
    contacts.attrs = {
        "rows": result.rows,
        "quality": Records(result.quality.to_dict("records")),
        "rejects": Records(rejects.astype(object).where(rejects.notna(), None).to_dict("records")),
    }
    return contacts
