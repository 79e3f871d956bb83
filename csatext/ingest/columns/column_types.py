"""Columns to the types of their kinds: times, identifiers, scores, flags; what cannot be read stays text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from csatext.dates.parse import parse_times
from csatext.ingest.columns.date_notes import date_notes
from csatext.ingest.columns.headers import kind_of, known_headers, normal_header
from csatext.ingest.columns.masking import mask
from csatext.ingest.columns.ratings import read_ratings
from csatext.ingest.columns.values import (
    as_flags,
    as_identifiers,
    as_text,
    blank,
    blanks_as_missing,
    plain_value,
    rounded_ids,
)
from csatext.ingest.raw_table import Note

__all__ = ["type_columns"]

_EXAMPLES = 3


def type_columns(
    frame: pd.DataFrame, timezone: str, dayfirst: bool | None = None
) -> tuple[pd.DataFrame, list[Note]]:
    """Return the frame with every column but ``doc_id`` and ``text`` as its kind says, and what was lost.

    Parameters
    ----------
    frame : DataFrame, shape (n, n_columns)
        Canonical names where they are known.
    timezone : str
        IANA name.
    dayfirst : bool, optional
        Whether ``1/3/2026`` is in March; None: by content.

    Returns
    -------
    frame : DataFrame
        Times and numbers that cannot be read stay as they were written in ``<column>_text``.
    notes : list of Note

    Examples
    --------
    >>> frame = pd.DataFrame({"doc_id": ["1", "2"], "text": ["慢", "差"], "csat": ["4分", "5"]})
    >>> type_columns(frame, "Asia/Shanghai")[0]["csat"].tolist()
    [4, 5]
    """
    notes = _lost_digits(frame, [str(name) for name in frame.columns if _identifies(str(name))])
    timed = _times(frame, timezone, dayfirst, notes)
    written = timed.columns.difference(frame.columns)
    typed = _typed(timed.drop(columns=written), timezone, notes)
    return typed.join(timed[written]) if len(written) else typed, notes


def _times(frame: pd.DataFrame, timezone: str, dayfirst: bool | None, notes: list[Note]) -> pd.DataFrame:
    """Return the frame with its time columns parsed; what cannot be read stays as text beside them."""
    result = frame.copy(deep=False)
    for name in frame.columns:
        if kind_of(name) != "time":
            continue
        times = parse_times(frame[name], timezone, dayfirst)
        result[name] = times.values
        if times.unreadable.any():
            result[f"{name}_text"] = as_text(frame[name]).where(times.unreadable)
        notes.extend(date_notes(frame[name], times, str(name), timezone))
    return result


def _typed(frame: pd.DataFrame, timezone: str, notes: list[Note]) -> pd.DataFrame:
    """Return the frame with every column but ``doc_id``, ``text`` and times as its kind says."""
    result = frame.copy(deep=False)
    for name in frame.columns:
        column, kind = frame[name], kind_of(name)
        if name in ("doc_id", "text") or kind == "time":
            continue
        if kind == "id" or (_identifies(str(name)) and rounded_ids(column).any()):
            # As a number 4.51E+17 would seem to have digits that it has lost.
            result[name] = as_identifiers(column)
        elif kind == "number":
            result = _numbered(result, str(name), notes)
        elif kind == "flag":
            flags = as_flags(column)
            result[name] = plain_value(column) if flags is None else flags
        elif kind in ("category", "text"):
            texts = as_text(column)
            texts = texts.str.strip() if kind == "category" else texts
            result[name] = blanks_as_missing(texts)
        elif _holds_times(column):
            result[name] = parse_times(column, timezone).values
        else:
            result[name] = plain_value(column)
    return result


def _numbered(frame: pd.DataFrame, name: str, notes: list[Note]) -> pd.DataFrame:
    """Return the frame with a column of scores as numbers, where nearly all cells are, the rest as text."""
    written = as_text(frame[name])
    ratings = read_ratings(written, name)
    if ratings is not None:
        notes.extend(ratings.notes)
        added = {f"{name}_text": written.where(ratings.unread)} if ratings.unread.any() else {}
        return frame.assign(**{name: ratings.values, **added})
    filled = written[~blank(written)]
    if len(filled):
        seen = "、".join(mask(text[:30]) for text in filled.unique()[:_EXAMPLES])
        detail = f"多数不是分数，这一列留作文本；例如：{seen}"
        notes.append(Note("number_unreadable", name, len(filled), len(frame), detail))
    return frame.assign(**{name: plain_value(frame[name])})


def _identifies(name: str) -> bool:
    known = known_headers().get(normal_header(name.removesuffix("_原列")))
    return known is not None and known.kind == "id"


def _lost_digits(frame: pd.DataFrame, ids: Sequence[str]) -> list[Note]:
    """Return how many identifiers Excel wrote as 1.00008E+11: their last digits are lost in the file."""
    notes: list[Note] = []
    for name in ids:
        n = int(rounded_ids(frame[name]).sum())
        if n:
            detail = f"{n} 行的编号被 Excel 写成科学计数（如 1.0E+11）或补零，末位已丢失；请按文本重新导出"
            notes.append(Note("id_digits_lost", name, n, len(frame), detail))
    return notes


def _holds_times(column: pd.Series) -> bool:
    """Return whether a column came with the type of a time, from Parquet, a database or a workbook."""
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return True
    if column.dtype != object:
        return False
    return {type(value) for value in column if value is not None} in (
        {dt.datetime},
        {dt.date},
        {pd.Timestamp},
    )
