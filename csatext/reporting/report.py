"""The report: one HTML file that opens offline and shows Chinese on any machine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.resources import files
from os import PathLike
from pathlib import Path

import pandas as pd
from jinja2 import Environment

from csatext.argument_types import as_path, as_table, check_simple_types
from csatext.atomic_files import write_text
from csatext.errors import ParameterError, SchemaError, escape_controls
from csatext.plots.fonts import font_face
from csatext.privacy.personal_columns import mask_columns, mask_values
from csatext.reporting.audited_tables import audited_tables
from csatext.reporting.chapters.chapters import chapters
from csatext.reporting.chapters.figures import read_figures
from csatext.reporting.standard_tables import absent_tables, standard_tables
from csatext.schema.analysis import RULES

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
    as_table(facts, "facts")
    for name, given in (("tables", tables), ("absent", absent)):
        if given is not None and not isinstance(given, Mapping):
            raise ParameterError.wrong_type(name, given, "字典（名字 -> 内容），或 None")
    for name, table in (tables or {}).items():
        as_table(table, f"tables[{name!r}]")
    # The owner of a category is a department of the taxonomy, not who served the customer.
    kept = {*keep, *(column.name for column in RULES.columns)}
    ids = facts["doc_id"] if "doc_id" in facts.columns else None
    facts = mask_columns(facts, keep=kept, orders=False)
    made = standard_tables(facts, measure=measure) if tables is None else tables
    # Tags know contacts by the identifiers that they were drawn with.
    known = facts if ids is None else facts.assign(doc_id=ids)
    audited = {} if audit is None else audited_tables(known, made, audit, measure)
    shown = {**made, **audited} if examples is None else {**made, **audited, "examples": examples}
    masked = {name: _masked(table, kept) for name, table in shown.items()}
    write_text(render_report(facts, masked, title=title, measure=measure, absent=absent), path)
    return path


def _masked(table: pd.DataFrame, kept: set[str]) -> pd.DataFrame:
    """Return a table without the personal data that its values show."""
    texts = [name for name, kind in table.dtypes.items() if kind.kind == "O" and name not in kept]
    return table.assign(**{str(name): mask_values(table[name]) for name in texts})


def render_report(
    facts: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame],
    *,
    title: str = _TITLE,
    measure: str = "is_negative",
    absent: Mapping[str, str] | None = None,
) -> str:
    """Return the report as HTML; see :func:`write_report`."""
    if measure not in facts.columns:
        raise SchemaError.missing_column("facts", measure, facts.columns)
    figures = read_figures(facts, tables, measure)
    sections = chapters(tables, figures, measure, absent_tables(facts) if absent is None else absent)
    source = (files("csatext.reporting") / "report.html.j2").read_text("utf-8")
    template = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(source)
    bare = escape_controls(template.render(title=title, sections=sections, font_face=_FONT_PLACE))
    return bare.replace(_FONT_PLACE, font_face(bare), 1)
