"""A report from the facts of an earlier run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa

from csatext.atomic_files import check_folder, prepare_folder
from csatext.errors import InputError
from csatext.privacy.outputs import mask_sentence
from csatext.regular_files import check_regular
from csatext.reporting.report import write_report
from csatext.tagging.tag_store import tags_for

__all__ = ["report_of"]

_WHAT_TO_DO = "请给出 csatext run 写出的 facts.parquet"


def report_of(
    facts: str | Path,
    out: str | Path,
    title: str,
    progress: Callable[[str], None],
    *,
    audit: str | Path = "",
) -> Path:
    """Write the report of a facts file.

    Parameters
    ----------
    facts : path
        ``facts.parquet`` of a run, or any Parquet file with ``is_negative``.
    out : path
        The page.
    title : str
    audit : path
        A store of tags (``csatext tag import``); empty for none.
    progress : callable
        Called with the name of each step when it begins.

    Raises
    ------
    InputError
        The file is not there, is no Parquet or holds no facts; ``audit`` is no store, or has no tag of them.
    """
    facts, out = Path(facts), Path(out)
    if out.suffix.lower() not in (".html", ".htm") and not out.is_dir():
        raise InputError(f"报告只写成网页，不能写成「{out.name}」；请用 -o 指定一个 .html 文件。")
    check_folder(out.parent)
    progress(f"读取 {mask_sentence(facts.name)}")
    check_regular(facts, _WHAT_TO_DO)
    try:
        table = pd.read_parquet(facts)
    except (OSError, pa.ArrowInvalid) as error:
        why = "文件不存在或没有权限" if not facts.is_file() else "不是 Parquet 文件"
        raise InputError.unreadable(facts, why, _WHAT_TO_DO) from error
    if "is_negative" not in table.columns or not len(table):
        why = "里面没有联络" if not len(table) else "没有列 is_negative"
        raise InputError.unreadable(facts, why, _WHAT_TO_DO)
    if out.is_dir():
        raise InputError(f"输出位置「{out}」是一个文件夹；请用 -o 指定一个 .html 文件。")
    progress("报告")
    prepare_folder(out.parent)
    return write_report(table, out, title=title, audit=tags_for(table, audit))
