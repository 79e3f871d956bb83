"""The page of a comparison of two runs: static, offline, without a script."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import pandas as pd
from jinja2 import Environment

from csatext.errors import escape_controls
from csatext.plots.fonts import font_face
from csatext.reporting.comparison.change_words import (
    SECTION_NAMES,
    ShownChange,
    changes_in,
    findings,
    headline,
    runs_compared,
)
from csatext.schema.service import RUN_COMPARISON
from csatext.strings import encodable

__all__ = ["render_comparison"]

_FONT_PLACE = "/* font */"
"""Where the font stands in the page: its characters are known when the rest is written."""
_FOUND, _OPEN, _MOST = 15, 12, 60


def render_comparison(table: pd.DataFrame, title: str = "两次运行对比") -> str:
    """Return the page of a comparison.

    Parameters
    ----------
    table : DataFrame
        Of :func:`csatext.compare_runs`.
    title : str

    Examples
    --------
    >>> import csatext as ct
    >>> last = pd.DataFrame({"channel": ["电话", "在线"] * 100, "is_negative": [1, 0, 0, 0] * 50})
    >>> page = render_comparison(ct.compare_runs(last, last.assign(is_negative=[1, 0] * 100)))
    >>> "负面率从" in page and "<script" not in page
    True
    """
    found = findings(table)
    sections = [_section(table, name) for name in SECTION_NAMES]
    source = (files("csatext.reporting.comparison") / "comparison.html.j2").read_text("utf-8")
    template = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(source)
    page = template.render(
        title=title,
        font_face=_FONT_PLACE,
        runs=runs_compared(table),
        hashes=(table.attrs.get("run_before", ""), table.attrs.get("run_after", "")),
        notes=table.attrs.get("notes", []),
        headline=headline(table),
        found=found[:_FOUND],
        more=max(len(found) - _FOUND, 0),
        sections=[section for section in sections if section["rows"]],
        alpha=table.attrs.get("alpha", 0.05),
        columns=[(column.name, column.meaning) for column in RUN_COMPARISON.columns],
    )
    bare = escape_controls(encodable(page))
    return bare.replace(_FONT_PLACE, font_face(bare), 1)


def _section(table: pd.DataFrame, name: str) -> dict[str, Any]:
    rows = changes_in(table, name)
    if name == "cell":
        # The strongest evidence first, over all dimensions.
        rows = sorted(rows, key=lambda change: (_of(change, "q"), -abs(_of(change, "change", 0.0))))
    heading, meaning = SECTION_NAMES[name]
    return {
        "name": name,
        "title": heading,
        "meaning": meaning,
        "has_dimension": name in ("cell", "mix"),
        "has_effects": name in ("cell", "effects"),
        "rows": rows[:_OPEN],
        "folded": rows[_OPEN:_MOST],
        "left_out": max(len(rows) - _MOST, 0),
    }


def _of(change: ShownChange, column: str, missing: float = 2.0) -> float:
    value = change.row[column]
    return missing if pd.isna(value) else float(value)
