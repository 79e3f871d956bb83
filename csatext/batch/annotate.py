"""Annotated contacts in one table, for use in other tools and for people who check the categories."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd

from csatext.atomic_files import (
    WORKBOOK_OPTIONS,
    check_folder,
    prepare_folder,
    write_bytes,
    write_csv,
    write_parquet,
)
from csatext.batch.columns.reserved_columns import INPUT_ENDING, RESULT_COLUMNS
from csatext.batch.configuration import Configuration
from csatext.batch.contact_analyses import analyse_contacts, annotate_contacts
from csatext.batch.phases.run_model import load_run_model
from csatext.batch.pipeline import masked_input, read_source
from csatext.errors import InputError
from csatext.labels import KIND_NAMES, POLARITY_NAMES, UNCLASSIFIED, name_of
from csatext.privacy.outputs import mask_sentence

__all__ = ["ENDINGS", "annotate"]

ENDINGS = (".parquet", ".csv", ".xlsx")
"""Endings of a file that can be written."""
_SHEET_ROWS, _CELL_CHARACTERS = 1_048_575, 32_767
_NO_CLOCK = datetime(2000, 1, 1)
_HEADER = re.compile(r"^由「([^「」]+)」得到")
"""A note of the reader on a column that it renamed."""
_REVIEW = ("人工类别", "备注")
"""Empty columns for the person who checks."""
_CHOICES_SHEET = "可选类别"
_WIDE, _NARROW = 40, 12
_LONG_COLUMNS = ("全部类别", "命中词", "文本")


def annotate(
    source: str | Path,
    out: str | Path,
    configuration: Configuration,
    progress: Callable[[str], None],
    *,
    with_text: bool = False,
    model: str | Path = "",
) -> tuple[int, int]:
    """Write every contact of an input with its categories, kind, sentiment and topic.

    The columns of the input come first, under the headers that the file had; a workbook has Chinese names for
    the results, a filter, drop-down lists of the categories and two empty columns for the person who checks.

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
    model : path
        Folder of :func:`csatext.batch.phases.fit.fit`, by which the contacts are annotated; empty learns from
        them what there is to learn.

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
    if model:
        progress("标注")
        fitted = load_run_model(model)
        key = configuration.privacy.pseudonymize or None
        corpus, _, facts = annotate_contacts(
            read.contacts, fitted, redacted=read.redacted, turns=read.utterances, key=key
        )
        taxonomy = fitted.tables["taxonomy"]
    else:
        corpus, _, facts, tables, _, _ = analyse_contacts(
            read.contacts, configuration, progress, redacted=read.redacted, turns=read.utterances
        )
        taxonomy = tables["taxonomy"]
    if with_text:
        facts.insert(0, "text" if "text" not in facts else "text_redacted", corpus.texts)
    if ending == ".xlsx" and len(facts) > _SHEET_ROWS:
        raise InputError(
            f"共 {len(facts):,} 行，超过一张 Excel 工作表的 {_SHEET_ROWS:,} 行；请写成 .csv 或 .parquet。"
        )
    progress(f"写入 {mask_sentence(out.name)}")
    prepare_folder(out.parent)
    table = _with_given_headers(facts.reset_index(), read.quality)
    if ending == ".xlsx":
        _write_xlsx(table, taxonomy, out)
    else:
        {".parquet": write_parquet, ".csv": write_csv}[ending](_rounded(table), out)
    return len(facts), len(read.rejects)


def _with_given_headers(facts: pd.DataFrame, quality: pd.DataFrame) -> pd.DataFrame:
    """Return the facts with the headers that the input had, results last."""
    notes = quality[quality["check"] == "column_mapping"]
    headers: dict[str, str] = {}
    for column, detail in zip(notes["column"], notes["detail"], strict=True):
        found = _HEADER.match(str(detail))
        # The text is not the input's: it is cleaned and redacted, and of a dialogue one side only.
        if found is not None and column in facts.columns and column != "text":
            headers[str(column)] = found.group(1)
    results = [name for name in facts.columns if name in RESULT_COLUMNS]
    given = [name for name in facts.columns if name not in RESULT_COLUMNS]
    taken = set(results)
    renamed: dict[Any, str] = {}
    for name in given:
        header = headers.get(str(name), str(name))
        renamed[name] = header if header not in taken else str(name)
        taken.add(renamed[name])
    return facts[[*given, *results]].rename(columns=renamed)


def _rounded(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with scores and probabilities of two digits."""
    scores = [name for name in table if name in RESULT_COLUMNS and table[name].dtype.kind == "f"]
    return table.assign(**{name: table[name].round(2) for name in scores})


def _write_xlsx(table: pd.DataFrame, taxonomy: pd.DataFrame, path: Path) -> None:
    frame = _shown(table)
    answers = (
        table["complaint"].dropna().unique().tolist() if "complaint" in RESULT_COLUMNS & {*table} else []
    )
    choices = list(dict.fromkeys([*sorted(answers), *_choices(taxonomy)]))

    held = BytesIO()
    with pd.ExcelWriter(held, engine="xlsxwriter", engine_kwargs={"options": WORKBOOK_OPTIONS}) as writer:
        writer.book.set_properties({"created": _NO_CLOCK})
        frame.to_excel(writer, sheet_name="联络", index=False, freeze_panes=(1, 1))
        pd.DataFrame({"类别": choices}).to_excel(writer, sheet_name=_CHOICES_SHEET, index=False)
        _arrange(writer.sheets["联络"], frame, len(choices))
    write_bytes(held.getbuffer(), path)


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table as a workbook shows it: Chinese names and values, texts that fit a cell."""
    frame = _rounded(table)
    for name, words in (("kind", KIND_NAMES), ("polarity", POLARITY_NAMES)):
        if name in frame:
            frame[name] = frame[name].map(words)
    for name in ("is_complaint", "is_negative", "needs_review"):
        if name in frame:
            frame[name] = frame[name].map({True: "是", False: "否"})
    for name in frame.columns:
        if isinstance(frame[name].dtype, pd.StringDtype) or frame[name].dtype == object:
            frame[name] = frame[name].astype("str").str.slice(0, _CELL_CHARACTERS)
    names: dict[Any, str] = {}
    for name in frame.columns:
        # The results bear Chinese names here, so that a header of the input need not give way.
        ours = name in RESULT_COLUMNS or name == "text"
        shown = name_of(name) if ours else str(name).removesuffix(INPUT_ENDING)
        names[name] = shown if shown not in names.values() else str(name)
    frame = frame.rename(columns=names)
    for name in _REVIEW:
        if name not in frame:
            frame[name] = ""
    return frame


def _choices(taxonomy: pd.DataFrame) -> list[str]:
    """Return what a person may choose from: every category of the lowest level, and none."""
    parents = set(taxonomy["parent"].dropna())
    return [*taxonomy.loc[~taxonomy["id"].isin(parents), "label_zh"], UNCLASSIFIED]


def _arrange(sheet: Any, frame: pd.DataFrame, n_choices: int) -> None:
    """Give a sheet its filter, widths and drop-down lists."""
    last = max(len(frame), 1)
    sheet.autofilter(0, 0, last, len(frame.columns) - 1)
    rules: Mapping[str, Any] = {
        "人工类别": {"validate": "list", "source": f"={_CHOICES_SHEET}!$A$2:$A${n_choices + 1}"},
        "联络类型": {"validate": "list", "source": list(KIND_NAMES.values())},
        "是否投诉": {"validate": "list", "source": ["是", "否"]},
    }
    for at, name in enumerate(frame.columns):
        sheet.set_column(at, at, _WIDE if name in _LONG_COLUMNS else _NARROW)
        if name in rules:
            sheet.data_validation(1, at, last, at, dict(rules[name]))
