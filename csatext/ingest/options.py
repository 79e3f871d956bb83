"""How an input is read: one set of options for contacts, dialogues, detection and configuration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from csatext.dates.period_names import read_moment
from csatext.errors import ParameterError

__all__ = ["DUPLICATES", "KINDS", "UNREADABLE_DATES", "ReadOptions"]

KINDS = ("auto", "contacts", "turns")
DUPLICATES = ("error", "first", "last", "latest")
UNREADABLE_DATES = ("reject", "keep")


@dataclass(frozen=True)
class ReadOptions:
    """What the caller says of an input; whatever is left out is found from the content.

    Parameters
    ----------
    columns : mapping of str to str
        Canonical name -> header, such as ``{"text": "投诉内容"}``; wins over the shipped mapping. For
        ``text`` also a list of headers, whose cells are joined: ``{"text": ["标题", "内容"]}``.
    encoding : str
        Of text files; empty: detected.
    sheet : str or int
        Sheet of a workbook by name, or by position from 0; empty: the first that holds a table, and those
        of the same header.
    delimiter : str
        Of delimited files, one character or several; empty: detected.
    query : str
        SQL, for a database.
    timezone : str
        IANA name, in whose wall clock epochs and times with a zone are given.
    kind : {"auto", "contacts", "turns"}
        ``contacts``: one row a contact; ``turns``: dialogues, of which the customer's side is taken.
    duplicates : {"error", "first", "last", "latest"}
        What becomes of rows that share a ``doc_id``: reading ends; or all but the first, the last, or the one
        whose ``updated_at`` is the latest go to the rejects.
    since, until : str
        First and last day (or month, week, quarter) of the contacts that are analysed; empty: no limit. Those
        outside are counted and left out.
    unreadable_dates : {"reject", "keep"}
        What becomes of rows of contacts whose date is written and cannot be read.
    dayfirst : bool, optional
        Whether ``1/3/2026`` is the first of March; left out: as the column proves, else the month comes first
        and quality says so.

    Raises
    ------
    ParameterError
        An option has a value that is not allowed.

    Examples
    --------
    >>> ReadOptions(columns={"text": "投诉内容"}).timezone
    'Asia/Shanghai'
    """

    columns: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    encoding: str = ""
    sheet: str | int = ""
    delimiter: str = ""
    query: str = ""
    timezone: str = "Asia/Shanghai"
    kind: str = "auto"
    duplicates: str = "error"
    unreadable_dates: str = "reject"
    since: str = ""
    until: str = ""
    dayfirst: bool | None = None

    def __post_init__(self) -> None:
        """Refuse values that are not allowed."""
        if not isinstance(self.columns, Mapping):
            raise ParameterError.wrong_type("columns", self.columns, '{"规范列名": "表头"}')
        if self.dayfirst is not None and not isinstance(self.dayfirst, bool):
            raise ParameterError.wrong_type(
                "dayfirst", self.dayfirst, "True（日在前）、False（月在前）或不写"
            )
        for name, allowed in (
            ("kind", KINDS),
            ("duplicates", DUPLICATES),
            ("unreadable_dates", UNREADABLE_DATES),
        ):
            if getattr(self, name) not in allowed:
                raise ParameterError.not_allowed(name, getattr(self, name), allowed)
        first, last = self.span
        if first > last:
            raise ParameterError.out_of_range("until", self.until, f"不早于 since={self.since}")

    @property
    def span(self) -> tuple[pd.Timestamp, pd.Timestamp]:
        """First and last moment of the contacts that are analysed.

        Raises
        ------
        ParameterError
            ``since`` or ``until`` is no date.

        Examples
        --------
        >>> [str(moment) for moment in ReadOptions(since="2026-05", until="2026-05").span]
        ['2026-05-01 00:00:00', '2026-05-31 23:59:59.999999']
        """
        first = read_moment(self.since, "since") if self.since else pd.Timestamp.min
        return first, read_moment(self.until, "until", last=True) if self.until else pd.Timestamp.max

    @classmethod
    def of(cls, **given: Any) -> ReadOptions:
        """Return the options of a caller for whom None is an option that is left out.

        Examples
        --------
        >>> ReadOptions.of(encoding=None, sheet=0).sheet
        0
        """
        return cls(**{name: value for name, value in given.items() if value is not None})

    def single_columns(self) -> dict[str, str]:
        """Return the mapping of columns for dialogues, in which each name has one header.

        Raises
        ------
        ParameterError
            A name has several headers.

        Examples
        --------
        >>> ReadOptions(columns={"role": "谁"}).single_columns()
        {'role': '谁'}
        """
        single = {name: header for name, header in self.columns.items() if isinstance(header, str)}
        for name in self.columns:
            if name not in single:
                wanted = '{"规范列名": "表头"}，都是字符串；对话的一列不能由几列连成'
                raise ParameterError.wrong_type("columns", (name, self.columns[name]), wanted)
        return single
