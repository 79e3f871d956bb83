"""The report: one HTML file that opens offline and shows Chinese on any machine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.resources import files
from os import PathLike
from pathlib import Path

import pandas as pd
from jinja2 import Environment

from csatext.argument_types import as_path, check_simple_types
from csatext.atomic_files import write_text
from csatext.errors import SchemaError, escape_controls
from csatext.plots.fonts import font_face
from csatext.reporting.audited_tables import audited_tables
from csatext.reporting.chapters.chapters import chapters
from csatext.reporting.chapters.figures import read_figures
from csatext.reporting.run_tables import mask_table, run_tables
from csatext.reporting.standard_tables import absent_tables

__all__ = ["render_report", "write_report"]

_TITLE = "客户之声分析报告"
_FONT_PLACE = "/* font */"
"""Where the font stands in the page: its characters are known when the rest is written."""


@check_simple_types
def write_report(
    facts: pd.DataFrame,
    path: str | PathLike[str],
    *,
    tables: Mapping[str, pd.DataFrame] | None = None,
    title: str = _TITLE,
    examples: pd.DataFrame | None = None,
    measure: str = "is_negative",
    absent: Mapping[str, str] | None = None,
    keep: Iterable[str] = (),
    audit: pd.DataFrame | None = None,
) -> Path:
    """Write the report of some facts.

    Parameters
    ----------
    facts : DataFrame
        From :func:`csatext.build_facts`.
    path : path
        The file; replaced as a whole.
    tables : mapping of str to DataFrame, optional
        Tables to show by their names; None makes the standard ones.
    title : str
        Heading of the page.
    examples : DataFrame, optional
        From :func:`csatext.reporting.examples.examples`; shown as table ``examples``.
    measure : str, default "is_negative"
        The flag that is broken down and explained.
    absent : mapping of str to str, optional
        What could not be made, with the reason in Chinese; None asks
        :func:`csatext.reporting.standard_tables.absent_tables`.
    keep : iterable of str
        Columns shown as they are. The others are shown without personal data, names of agents as 坐席-1 (see
        :mod:`csatext.privacy.personal_columns`); in ``tables`` and ``examples`` the values found are masked.
    audit : DataFrame, optional
        Tags of people (see :func:`csatext.audited_rates`): a column for each flag that they have tagged
        (the measure, ``is_complaint``, signals), ``category`` for categories. Rates of all contacts, by
        dimension and by period are then corrected ones with their intervals; causes, pairs and changes
        compare labels of the machine. Each chapter says whether its rates are corrected, 未经抽检校正 where
        they are not.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    ParameterError
        An argument is of another type.
    SchemaError
        ``facts`` lack a column that the standard tables need, or ``audit`` has no flag of the facts.

    Examples
    --------
    >>> import tempfile
    >>> facts = pd.DataFrame({"channel": ["电话", "在线"] * 20, "is_negative": [True, False] * 20})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_report(facts, Path(folder) / "report.html").name
    'report.html'
    """
    path = as_path(path)
    run = run_tables(facts, measure=measure, tables=tables, absent=absent, keep=keep)
    shown = run.tables
    if audit is not None:
        # Tags know contacts by the identifiers that they were drawn with.
        known = run.facts.assign(doc_id=facts["doc_id"]) if "doc_id" in facts else run.facts
        shown = shown | audited_tables(known, shown, audit, measure)
    if examples is not None:
        shown = shown | {"examples": mask_table(examples, keep)}
    write_text(render_report(run.facts, shown, title=title, measure=measure, absent=run.absent), path)
    return path


def render_report(
    facts: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame],
    *,
    title: str = _TITLE,
    measure: str = "is_negative",
    absent: Mapping[str, str] | None = None,
    run_hash: str = "",
) -> str:
    """Return the report as HTML; see :func:`write_report`.

    ``run_hash`` names the run that facts and tables are of (:func:`csatext.reporting.run_tables.files_hash`).
    """
    if measure not in facts.columns:
        raise SchemaError.missing_column("facts", measure, facts.columns)
    figures = read_figures(facts, tables, measure)
    sections = chapters(tables, figures, measure, absent_tables(facts) if absent is None else absent)
    source = (files("csatext.reporting") / "report.html.j2").read_text("utf-8")
    template = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(source)
    bare = escape_controls(
        template.render(title=title, sections=sections, font_face=_FONT_PLACE, run_hash=run_hash)
    )
    return bare.replace(_FONT_PLACE, font_face(bare), 1)
