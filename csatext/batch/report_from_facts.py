"""A report from an earlier run: its folder, or its facts alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa

from csatext.atomic_files import check_folder, prepare_folder, refuse_folder
from csatext.batch.office_files import write_office_files
from csatext.errors import InputError
from csatext.privacy.outputs import mask_sentence
from csatext.regular_files import check_regular
from csatext.reporting.report import write_report
from csatext.reporting.run_tables import RunTables, run_tables
from csatext.tagging.tag_store import tags_for

__all__ = ["Wanted", "report_of"]

_WHAT_TO_DO = "请给出 csatext run 的输出文件夹，或其中的 facts.parquet"
_TITLE = "客户之声分析报告"


@dataclass(frozen=True)
class Wanted:
    """What a report is to hold, as :func:`csatext.write_report` takes it.

    Attributes
    ----------
    title : str
        Empty for that of the run.
    sections : str or None
        Names of chapters, parted by commas.
    audience : str or None
    since, until : str
    """

    title: str = ""
    sections: str | None = None
    audience: str | None = None
    since: str = ""
    until: str = ""


def report_of(
    facts: str | Path,
    out: str | Path,
    wanted: Wanted,
    progress: Callable[[str], None],
    *,
    audit: str | Path = "",
    xlsx: str | None = None,
    pptx: str | None = None,
) -> list[Path]:
    """Write the report of a run, or of a facts file; the workbook and the slides beside it where asked for.

    Parameters
    ----------
    facts : path
        Folder of a run; or ``facts.parquet`` of one, or any Parquet file with ``is_negative``.
    out : path
        The page.
    wanted : Wanted
    audit : path
        A store of tags (``csatext tag import``); empty for none.
    xlsx, pptx : str or None
        As :func:`csatext.batch.office_files.write_office_files` takes them.
    progress : callable
        Called with the name of each step when it begins.

    Returns
    -------
    list of Path
        The files written, the page first.

    Raises
    ------
    InputError
        The folder is no finished run, the file is not there, is no Parquet or holds no facts; ``audit`` is
        no store, or has no tag of them; there are no contacts in the time asked for.
    ParameterError
        There is no such chapter, department or day.
    """
    facts, out = Path(facts), Path(out)
    if out.suffix.lower() not in (".html", ".htm") and not out.is_dir():
        raise InputError(f"报告只写成网页，不能写成「{out.name}」；请用 -o 指定一个 .html 文件。")
    check_folder(out.parent)
    progress(f"读取 {mask_sentence(facts.name)}")
    source: RunTables | pd.DataFrame = run_tables(facts) if facts.is_dir() else _facts_of(facts)
    table = source.facts if isinstance(source, RunTables) else source
    refuse_folder(out, ".html", "-o")
    progress("报告")
    prepare_folder(out.parent)
    page = write_report(
        source,
        out,
        title=wanted.title or _TITLE,
        sections=wanted.sections,
        audience=wanted.audience,
        audit=tags_for(table, audit),
        since=wanted.since,
        until=wanted.until,
    )
    # A facts file that lies in the folder of a run stands for the whole run in a workbook.
    whole = source if isinstance(source, RunTables) else facts
    return [page, *write_office_files(whole, page, xlsx, pptx, wanted.title, progress, audit=audit)]


def _facts_of(path: Path) -> pd.DataFrame:
    check_regular(path, _WHAT_TO_DO)
    try:
        table = pd.read_parquet(path)
    except (OSError, pa.ArrowInvalid) as error:
        why = "文件不存在或没有权限" if not path.is_file() else "不是 Parquet 文件"
        raise InputError.unreadable(path, why, _WHAT_TO_DO) from error
    if "is_negative" not in table.columns or not len(table):
        why = "里面没有联络" if not len(table) else "没有列 is_negative"
        raise InputError.unreadable(path, why, _WHAT_TO_DO)
    return table
