"""Two runs compared from the command line: the page, and the workbook where it is wanted."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from csatext.atomic_files import check_folder, prepare_folder, refuse_folder, write_text
from csatext.errors import InputError
from csatext.privacy.outputs import mask_sentence
from csatext.reporting.comparison.compare_runs import compare_runs
from csatext.reporting.comparison.comparison_page import render_comparison
from csatext.reporting.comparison.comparison_workbook import write_comparison

__all__ = ["ComparedRuns", "compare"]

_LOG = logging.getLogger(__name__)


class ComparedRuns(NamedTuple):
    """What was found, and the files that tell it."""

    table: pd.DataFrame
    files: list[Path]


def compare(
    run_a: str | Path,
    run_b: str | Path,
    out: str | Path,
    title: str,
    progress: Callable[[str], None] = _LOG.info,
    *,
    by: Sequence[str] = (),
    measure: str = "",
    workbook: bool = False,
) -> ComparedRuns:
    """Write the comparison of two runs as a page.

    Parameters
    ----------
    run_a, run_b : path
        Folders of the earlier run and of the later one.
    out : path
        The page.
    title : str
    progress : callable
        Called with the name of each step when it begins.
    by : sequence of str
        Dimensions; none takes those of the report.
    measure : str
        Flag that is compared; empty takes the runs'.
    workbook : bool, default False
        Write the workbook beside the page too.

    Raises
    ------
    CsatextError
        A folder is no finished run, a column is missing, or the page cannot be written; nothing has been.
    """
    out = Path(out)
    refuse_folder(out, ".html", "-o")
    if out.suffix.lower() not in (".html", ".htm"):
        raise InputError(
            f"对比只写成网页，不能写成「{out.name}」；请用 -o 指定一个 .html 文件，工作簿加 --xlsx。"
        )
    check_folder(out.parent)
    progress(f"对比 {mask_sentence(Path(run_a).name)} 与 {mask_sentence(Path(run_b).name)}")
    table = compare_runs(run_a, run_b, by=list(by) or None, measure=measure or None)
    progress(f"写入 {mask_sentence(out.name)}")
    prepare_folder(out.parent)
    files = [out]
    if workbook:
        files.append(write_comparison(table, out.with_suffix(".xlsx"), title))
    write_text(render_comparison(table, title), out)
    return ComparedRuns(table, files)
