"""Every number of a written report, held against the run that it names."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from csatext.argument_types import as_path, check_simple_types
from csatext.atomic_files import file_hash
from csatext.errors import InputError
from csatext.regular_files import read_json_object, read_whole
from csatext.reporting.run_tables import RunTables, run_tables
from csatext.reporting.sentences import FORMS, Figure, key_text
from csatext.reporting.span import of_span, span_of
from csatext.reporting.standard_tables import standard_tables
from csatext.schema import conform
from csatext.schema.batch import VERIFICATION

__all__ = ["verify_report"]

_WHAT_TO_DO = "请给出 csatext 写出的报告（.html）"
_LARGEST = 512 << 20
"""Bytes of a page; one of a million contacts has some megabytes."""
_OF_TEXT = ("words",)
"""Columns of the tables that come from the texts, which facts do not hold."""
_CLOSE = 1e-9
"""Relative difference of floating-point numbers that were computed in another order."""


class _Mark(NamedTuple):
    """A number that a page shows, with the address that it bears there."""

    place: str
    figure: Figure


@check_simple_types
def verify_report(page: str | PathLike[str], run: str | PathLike[str]) -> pd.DataFrame:
    """Return what is wrong with the numbers of a report, checked against the run that it was made of.

    Three things are held against each other: the files of the run against the hashes of its manifest; the
    tables that come from facts alone against the same tables computed anew; each number of a sentence and
    of a table of the page against its cell, as it is shown and as it is stored.

    Parameters
    ----------
    page : path
        A report, as ``csatext run`` or :func:`csatext.write_report` wrote it.
    run : path
        Folder of the run.

    Returns
    -------
    DataFrame
        Table ``verification``, a row for each finding; empty where all is right. ``attrs``: ``numbers``
        (numbers of the page that were checked), ``tables`` (tables that were computed anew).

    Raises
    ------
    InputError
        The page cannot be read or is no report, the folder is no finished run, or the page was made of
        another one.

    Examples
    --------
    >>> verify_report("a.html", "no")
    Traceback (most recent call last):
    csatext.errors.InputError: 无法读取「a.html」：文件不存在或没有权限；请给出 csatext 写出的报告（.html）。
    """
    page, folder = as_path(page), as_path(run)
    try:
        text = read_whole(page, _LARGEST, _WHAT_TO_DO).decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = "文件不存在或没有权限" if isinstance(error, OSError) else "不是网页"
        raise InputError.unreadable(page, why, _WHAT_TO_DO) from error
    marks = _Marks()
    marks.feed(text)
    if marks.run_hash is None:
        raise InputError.unreadable(page, "里面没有出处标记", _WHAT_TO_DO)
    known = run_tables(folder)
    if marks.run_hash != known.run_hash:
        whose = "另一次运行" if marks.run_hash else "单独的事实表，不属于任何一次运行"
        raise InputError(
            f"报告「{page.name}」出自{whose}，不能用「{folder}」核对；请给出它自己的输出文件夹。"
        )
    settings = _settings(folder)
    anew = _computed_anew(known, settings)
    findings = [*_file_findings(folder, settings["files"]), *_table_findings(known.tables, anew)]
    if marks.span is not None and (span := span_of(*marks.span)) is not None:
        known, _ = of_span(known, span)
    findings += _number_findings(known.tables, marks.found)
    names = [column.name for column in VERIFICATION.columns]
    result = conform(pd.DataFrame(findings, columns=names), VERIFICATION)
    result.attrs = {"numbers": len(marks.found), "tables": len(anew)}
    return result


def _settings(folder: Path) -> dict[str, Any]:
    return read_json_object(folder / "manifest.json")


def _computed_anew(run: RunTables, settings: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    """Return the tables that facts alone give, with the settings of the run."""
    given = settings["configuration"]["tables"]
    made = standard_tables(
        run.facts,
        by=given["by"] or None,
        measure=given["measure"],
        freq=given["freq"],
        baseline_periods=given["baseline_periods"],
        alpha=given["alpha"],
    )
    return {name: table for name, table in made.items() if name in run.tables}


def _file_findings(folder: Path, files: Mapping[str, str]) -> Iterator[tuple[Any, ...]]:
    for name, wanted in files.items():
        found = file_hash(folder / name) if (folder / name).is_file() else None
        if found != wanted:
            why = "文件不在" if found is None else "文件在运行之后改过"
            yield "文件", name, None, None, wanted[:12], found and found[:12], why


def _table_findings(
    stored: Mapping[str, pd.DataFrame], anew: Mapping[str, pd.DataFrame]
) -> Iterator[tuple[Any, ...]]:
    """Yield the columns of stored tables that differ from those computed anew, with the first such cell."""
    for name, made in anew.items():
        table = stored[name]
        if len(table) != len(made):
            yield "表", name, None, None, f"{len(table)} 行", f"{len(made)} 行", "与事实重算的行数不同"
            continue
        for column in (name for name in made.columns if name in table.columns and name not in _OF_TEXT):
            differ = ~_equal(table[column], made[column])
            if differ.any():
                at = int(np.flatnonzero(differ)[0])
                shown, found = (str(given[column].iloc[at]) for given in (table, made))
                yield "表", name, f"第 {at + 1} 行", column, shown, found, "与事实重算的数不同"


def _equal(stored: pd.Series, made: pd.Series) -> np.ndarray:
    if pd.api.types.is_numeric_dtype(made) and pd.api.types.is_numeric_dtype(stored):
        left, right = (given.astype("Float64").to_numpy(float, na_value=math.nan) for given in (stored, made))
        return np.isclose(left, right, rtol=_CLOSE, atol=_CLOSE, equal_nan=True)
    left, right = (given.astype(object).map(key_text) for given in (stored, made))
    return (left.fillna("").to_numpy() == right.fillna("").to_numpy()) & (
        left.isna().to_numpy() == right.isna().to_numpy()
    )


def _number_findings(tables: Mapping[str, pd.DataFrame], marks: list[_Mark]) -> Iterator[tuple[Any, ...]]:
    places: dict[tuple[str, tuple[str, ...]], dict[tuple[str | None, ...], list[int]]] = {}
    for place, shown in marks:
        row = "，".join(f"{name}={value}" for name, value in shown.row)

        def finding(
            found: str | None, why: str, place: str = place, shown: Figure = shown, row: str = row
        ) -> Any:
            return place, shown.table, row, shown.column, shown.text, found, why

        table = tables.get(shown.table)
        names = tuple(name for name, _ in shown.row)
        if table is None or not {*names, shown.column} <= set(table.columns):
            yield finding(None, "运行里没有这个表或这一列")
            continue
        if (shown.table, names) not in places:
            places[shown.table, names] = _rows_by_key(table, names)
        at = places[shown.table, names].get(tuple(value for _, value in shown.row), [])
        if len(at) != 1:
            yield finding(None, "没有这一行" if not at else f"有 {len(at)} 行同名")
            continue
        value = table[shown.column].iloc[at[0]]
        number = None if pd.isna(value) else float(value)
        same = (
            number == shown.value
            if number is None or shown.value is None
            else math.isclose(number, shown.value, rel_tol=_CLOSE, abs_tol=_CLOSE)
        )
        if not same:
            yield finding(str(value), "与表里的数不同")
        elif shown.form in FORMS and FORMS[shown.form](number) != shown.text:
            yield finding(FORMS[shown.form](number), "写出来的与表里的数不同")


def _rows_by_key(table: pd.DataFrame, names: tuple[str, ...]) -> dict[tuple[str | None, ...], list[int]]:
    """Return the positions of rows by their names; of all rows together where no column names them."""
    if not names:
        return {(): list(range(len(table)))}
    keys = zip(*([key_text(value) for value in table[name]] for name in names), strict=True)
    found: dict[tuple[str | None, ...], list[int]] = {}
    for at, key in enumerate(keys):
        found.setdefault(key, []).append(at)
    return found


class _Marks(HTMLParser):
    """Collects the marked numbers of a page: those of sentences, and the cells of marked tables."""

    def __init__(self) -> None:
        super().__init__()
        self.run_hash: str | None = None
        self.span: tuple[str, str] | None = None
        self.found: list[_Mark] = []
        self._table = self._row = ""
        self._open: tuple[str, dict[str, str]] | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "meta" and given.get("name") == "csatext-run":
            self.run_hash = given.get("content", "")
        elif tag == "meta" and given.get("name") == "csatext-span":
            since, _, until = given.get("content", "").partition(" ")
            self.span = since.strip("-"), until.strip("-")
        elif tag == "table":
            self._table = given.get("data-table", "")
        elif tag == "tr":
            self._row = given.get("data-row", "")
        elif tag == "data" and "data-column" in given:
            self._open, self._text = ("data", {"place": "句子"} | given), ""
        elif tag in ("td", "th") and "data-column" in given and "data-value" in given and self._table:
            where = {"place": "表格", "data-table": self._table, "data-row": self._row}
            self._open, self._text = (tag, where | given | {"value": given["data-value"]}), ""

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self._table = ""
        if self._open is None or tag != self._open[0]:
            return
        given, self._open = self._open[1], None
        try:
            row = json.loads(given.get("data-row") or "{}")
            value = float(given["value"]) if given["value"] else None
            named = tuple((str(name), None if of is None else str(of)) for name, of in row.items())
        except (ValueError, AttributeError):
            named, value = (("data-row", given.get("data-row", "")),), None
        column, form = given.get("data-column", ""), given.get("data-form", "")
        shown = Figure(self._text, given.get("data-table", ""), named, column, value, form)
        self.found.append(_Mark(given["place"], shown))
