"""The report: one HTML file that opens offline and shows Chinese on any machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from os import PathLike
from pathlib import Path

import pandas as pd
import vl_convert
from jinja2 import Environment
from markupsafe import Markup

from csatext.reporting.cells import number
from csatext.reporting.chapters import Charts, chapters
from csatext.reporting.files import write_text
from csatext.reporting.fonts import font_face
from csatext.reporting.tables import standard_tables

__all__ = ["render_report", "write_report"]

_TITLE = "客户之声分析报告"


def write_report(
    facts: pd.DataFrame,
    path: str | PathLike[str],
    *,
    tables: Mapping[str, pd.DataFrame] | None = None,
    title: str = _TITLE,
    examples: pd.DataFrame | None = None,
) -> Path:
    """Write the report of some facts.

    Parameters
    ----------
    facts : DataFrame
        From :func:`csatext.build_facts`, with ``is_negative``.
    path : path
        The file; replaced as a whole.
    tables : mapping of str to DataFrame, optional
        Tables to show by their names; None makes the standard ones.
    title : str
    examples : DataFrame, optional
        From :func:`csatext.reporting.examples.examples`.

    Returns
    -------
    Path

    Raises
    ------
    SchemaError
        ``facts`` lack a column that the standard tables need.
    """
    page = render_report(
        facts, standard_tables(facts) if tables is None else tables, title=title, examples=examples
    )
    path = Path(path)
    write_text(page, path)
    return path


def render_report(
    facts: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame],
    *,
    title: str = _TITLE,
    examples: pd.DataFrame | None = None,
) -> str:
    """Return the report as HTML; see :func:`write_report`."""
    charts: Charts = {}
    sections = chapters(facts, tables, examples, charts)
    source = (files("csatext.reporting") / "report.html.j2").read_text("utf-8")
    template = Environment(autoescape=True, trim_blocks=True).from_string(source)
    # "</" would end the script element early.
    data = json.dumps(charts, ensure_ascii=False, default=str).replace("</", "<\\/")
    page = {"title": title, "lead": _lead(facts), "sections": sections, "charts": Markup(data)}
    bare = template.render(page, font_face="", bundle="")
    return template.render(page, font_face=Markup(font_face(bare)), bundle=Markup(_bundle()))


def _lead(facts: pd.DataFrame) -> str:
    said = f"共 {number(len(facts))} 条联络"
    if "created_at" in facts and facts["created_at"].notna().any():
        first, last = facts["created_at"].min(), facts["created_at"].max()
        said += f"，{first:%Y-%m-%d} 至 {last:%Y-%m-%d}"
    return said + "。"


@cache
def _bundle() -> str:
    return vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;").replace("</script", "<\\/script")
