"""Any file becomes contacts: one road from the path to the table, with rejects and quality."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from typing import NamedTuple

import pandas as pd

from csatext.errors import ParameterError
from csatext.ingest.columns.masking import mask_column
from csatext.ingest.contacts import to_contacts
from csatext.ingest.formats.registry import Source, load_sources
from csatext.ingest.quality.checks import quality_table
from csatext.ingest.raw_table import Records, Reject
from csatext.schema import conform
from csatext.schema.contacts import REJECTS

__all__ = ["ReadResult", "read_contacts", "read_input", "read_sources"]

_UNREADABLE_DATES = ("reject", "keep")


class ReadResult(NamedTuple):
    """Everything an input gave: ``rows == len(contacts) + len(rejects)``, always.

    For dialogues ``turns`` is the number of turns that the contacts were made of, and
    ``rows == turns + len(rejects)``; None otherwise. ``rejects.raw`` is as it was read: mask or redact it
    before it is stored or shown.
    """

    contacts: pd.DataFrame
    rejects: pd.DataFrame
    quality: pd.DataFrame
    rows: int
    turns: int | None = None


def _rejects(rejects: list[tuple[str, Reject]]) -> pd.DataFrame:
    rows = [(source, *reject) for source, reject in rejects]
    frame = pd.DataFrame(rows, columns=["source", "line", "reason", "raw"])
    frame["line"] = frame["line"].astype("Int64")
    return conform(frame, REJECTS)


def read_input(
    path: str | PathLike[str],
    *,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    sheet: str | int | None = None,
    delimiter: str | None = None,
    query: str | None = None,
    timezone: str = "Asia/Shanghai",
    unreadable_dates: str = "reject",
) -> ReadResult:
    """Read an input into contacts, rejects and quality; see :func:`read_contacts` for the arguments.

    Returns
    -------
    ReadResult
        ``contacts`` without attrs, ``rejects`` with the rows as they were read (not masked).

    Raises
    ------
    InputError, ParameterError
        As :func:`read_contacts`.
    """
    sources: list[Source] = load_sources(
        path, encoding=encoding, sheet=sheet, delimiter=delimiter, query=query
    )
    return read_sources(sources, path, columns, timezone, unreadable_dates)


def read_sources(
    sources: list[Source],
    path: str | PathLike[str],
    columns: Mapping[str, str] | None = None,
    timezone: str = "Asia/Shanghai",
    unreadable_dates: str = "reject",
) -> ReadResult:
    """Return what raw tables give as contacts; ``path`` is named in errors.

    Raises
    ------
    InputError, ParameterError
        As :func:`read_contacts`.
    """
    if unreadable_dates not in _UNREADABLE_DATES:
        raise ParameterError.not_allowed("unreadable_dates", unreadable_dates, _UNREADABLE_DATES)
    contacts, rejects, notes = to_contacts(sources, path, columns, timezone, unreadable_dates)
    return ReadResult(contacts, _rejects(rejects), quality_table(notes), len(contacts) + len(rejects))


def read_contacts(
    path: str | PathLike[str],
    *,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    sheet: str | int | None = None,
    delimiter: str | None = None,
    query: str | None = None,
    timezone: str = "Asia/Shanghai",
    unreadable_dates: str = "reject",
) -> pd.DataFrame:
    r"""Read any file of customer-service text into contacts, one row a contact.

    Parameters
    ----------
    path : str or path-like
        CSV, TSV, text, XLSX, XLS, ODS, JSON, JSON lines or Parquet, also packed as ``.gz``; a folder of
        such files, those in its folders included (a column ``source`` then names the file); or a
        SQLAlchemy URL such as ``sqlite:///x.db`` with ``query``.
    columns : mapping of str to str, optional
        Canonical name -> header, such as ``{"text": "投诉内容"}``; wins over ``lexicons/columns.tsv``.
    encoding : str, optional
        Overrides the guess for text files.
    sheet : str or int, optional
        Sheet of a workbook by name or position from 0; None takes the first that holds a table.
    delimiter : str, optional
        Overrides the guess for delimited files.
    query : str, optional
        SQL, for a database.
    timezone : str, default "Asia/Shanghai"
        In whose wall clock epochs and times with a zone are given.
    unreadable_dates : {"reject", "keep"}, default "reject"
        What becomes of a row whose ``created_at`` is written and cannot be read: it goes to the rejects,
        its date named in the reason, or stays without date, its text in ``created_at_text``. Where fewer
        than half of the dates can be read the column is not one of dates, and all rows stay.

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
    result = read_input(
        path,
        columns=columns,
        encoding=encoding,
        sheet=sheet,
        delimiter=delimiter,
        query=query,
        timezone=timezone,
        unreadable_dates=unreadable_dates,
    )
    rejects = result.rejects.assign(raw=mask_column(result.rejects["raw"]))
    contacts = result.contacts
    contacts.attrs = {
        "rows": result.rows,
        "quality": Records(result.quality.to_dict("records")),
        "rejects": Records(rejects.astype(object).where(rejects.notna(), None).to_dict("records")),
    }
    return contacts
