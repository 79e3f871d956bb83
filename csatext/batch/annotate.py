"""Annotated contacts in one table, for use in other tools."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pandas as pd

from csatext.atomic_files import check_folder, prepare_folder, write_csv, write_parquet, write_whole
from csatext.batch.configuration import Configuration
from csatext.batch.pipeline import annotated_contacts, masked_input, read_source
from csatext.errors import InputError
from csatext.privacy.outputs import mask_sentence

__all__ = ["ENDINGS", "annotate"]

ENDINGS = (".parquet", ".csv", ".xlsx")
"""Endings of a file that can be written."""
_SHEET_ROWS, _CELL_CHARACTERS = 1_048_575, 32_767
_NO_CLOCK = datetime(2000, 1, 1)
_TEXT_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def annotate(
    source: str | Path,
    out: str | Path,
    configuration: Configuration,
    progress: Callable[[str], None],
    *,
    with_text: bool = False,
) -> tuple[int, int]:
    """Write every contact of an input with its sentiment, category and topic.

    Parameters
    ----------
    source : path
        Any input of :func:`csatext.batch.pipeline.run`.
    out : path
        A ``.parquet``, ``.csv`` or ``.xlsx`` file; replaced as a whole.
    configuration : Configuration
        Sections ``input``, ``text`` and ``analysis`` are used.
    progress : callable
        Called with the name of each step when it begins.
    with_text : bool, default False
        Add the column ``text``: cleaned and redacted.

    Returns
    -------
    contacts, rejects : int

    Raises
    ------
    InputError
        An ending that is not written, or more rows than a sheet holds; nothing has been written.
    """
    out = Path(out)
    ending = out.suffix.lower()
    if ending not in ENDINGS:
        raise InputError(
            f"无法写出「{out}」：不支持 {ending or '没有扩展名'} 的文件；请用 {'、'.join(ENDINGS)} 之一。"
        )
    check_folder(out.parent)
    read = masked_input(read_source(source, configuration, progress), configuration.privacy)
    corpus, facts, _, _ = annotated_contacts(read.contacts, configuration, progress, redacted=read.redacted)
    if with_text:
        facts.insert(0, "text" if "text" not in facts else "text_redacted", corpus.texts)
    if ending == ".xlsx" and len(facts) > _SHEET_ROWS:
        raise InputError(
            f"共 {len(facts):,} 行，超过一张 Excel 工作表的 {_SHEET_ROWS:,} 行；请写成 .csv 或 .parquet。"
        )
    progress(f"写入 {mask_sentence(out.name)}")
    prepare_folder(out.parent)
    {".parquet": write_parquet, ".csv": write_csv, ".xlsx": _write_xlsx}[ending](facts, out)
    return len(facts), len(read.rejects)


def _write_xlsx(facts: pd.DataFrame, path: Path) -> None:
    frame = facts.reset_index()
    for name in frame.columns:
        if not isinstance(frame[name].dtype, pd.StringDtype) and frame[name].dtype != object:
            continue
        frame[name] = frame[name].astype("str").str.slice(0, _CELL_CHARACTERS)

    def write(target: Path) -> None:
        with pd.ExcelWriter(target, engine="xlsxwriter", engine_kwargs={"options": _TEXT_OPTIONS}) as writer:
            writer.book.set_properties({"created": _NO_CLOCK})
            frame.to_excel(writer, sheet_name="联络", index=False, freeze_panes=(1, 1))

    write_whole(path, write)
