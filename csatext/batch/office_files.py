"""Workbook and slides beside the page of a report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow as pa

from csatext.errors import InputError
from csatext.regular_files import check_regular
from csatext.reporting.audited_tables import audited_tables
from csatext.reporting.deck.deck_template import open_master
from csatext.reporting.deck.write_deck import deck_of
from csatext.reporting.office.meeting_tables import meeting_tables
from csatext.reporting.run_tables import RunTables, run_tables
from csatext.reporting.workbook.write_workbook import workbook_of
from csatext.tagging.tag_store import tags_for

__all__ = ["write_office_files"]

_FACTS, _MANIFEST = "facts.parquet", "manifest.json"
_WHAT_TO_DO = "请给出 csatext run 的输出文件夹，或其中的 facts.parquet"


def write_office_files(
    source: str | Path | RunTables,
    page: str | Path,
    xlsx: str | None,
    pptx: str | None,
    title: str,
    progress: Callable[[str], None],
    *,
    audit: str | Path = "",
) -> list[Path]:
    """Write the workbook, the slides or both.

    Parameters
    ----------
    source : path or RunTables
        The folder of a run, its ``facts.parquet``, or any Parquet file of facts; a run that is read already.
    page : path
        The page of the report: what has no path of its own is written beside it, under its name.
    xlsx, pptx : str or None
        Paths; empty for beside the page, None for none.
    title : str
        Empty for that of the run.
    progress : callable
        Called with the name of each step when it begins.
    audit : path
        A store of tags; empty for none.

    Returns
    -------
    list of Path
        The files written; tables are made once for both.

    Raises
    ------
    InputError
        The source is no run and no facts, a path has another ending, or python-pptx is not installed.
    """
    wanted = [
        (ending, write, Path(given) if given else Path(page).with_suffix(ending))
        for ending, write, given in ((".xlsx", workbook_of, xlsx), (".pptx", deck_of, pptx))
        if given is not None
    ]
    for ending, _, path in wanted:
        if path.suffix.lower() != ending:
            raise InputError(
                f"「{path.name}」不是 {ending} 文件名；请用 --{ending[1:]} 指定一个 {ending} 文件。"
            )
    if not wanted:
        return []
    if pptx is not None:
        open_master(None)  # a missing package is told of before the work
    progress("读取运行结果")
    run = source if isinstance(source, RunTables) else _run_of(Path(source))
    tags = tags_for(run.facts, audit)
    if tags is not None:
        run = replace(run, tables={**run.tables, **audited_tables(run.facts, run.tables, tags, run.measure)})
    progress("汇总表")
    run = meeting_tables(run)
    written = []
    for ending, write, path in wanted:
        progress("工作簿" if ending == ".xlsx" else "幻灯片")
        written.append(write(run, path, title=title))
    return written


def _run_of(source: Path) -> RunTables:
    if source.is_dir():
        return run_tables(source)
    if source.name == _FACTS and (source.parent / _MANIFEST).is_file():
        return run_tables(source.parent)
    check_regular(source, _WHAT_TO_DO)
    try:
        return run_tables(pd.read_parquet(source))
    except (OSError, pa.ArrowInvalid) as error:
        raise InputError.unreadable(source, "文件不存在、没有权限或不是 Parquet 文件", _WHAT_TO_DO) from error
