"""The report: one HTML file that opens offline and shows Chinese on any machine."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment
from markupsafe import Markup

from csatext.argument_types import as_path, check_simple_types
from csatext.atomic_files import write_text
from csatext.errors import SchemaError, escape_controls
from csatext.plots.fonts import font_face, missing_glyphs
from csatext.plots.vega_scripts import drawing_scripts
from csatext.reporting.audited_tables import audited_tables
from csatext.reporting.chapters.cases import CaseList
from csatext.reporting.chapters.chapters import chapters, chosen_chapters
from csatext.reporting.chapters.figures import read_figures
from csatext.reporting.chapters.page import Section
from csatext.reporting.run_tables import RunTables, mask_table, run_tables
from csatext.reporting.span import of_span, span_of
from csatext.reporting.standard_tables import absent_tables
from csatext.strings import encodable

__all__ = ["render_report", "write_report"]

_TITLE = "客户之声分析报告"
_PLACES = ("/* font */", "/* script */", "/* policy */")
"""Where the font, the scripts and their hashes stand in the page: they are known when the rest is written."""
_ADDRESS = re.compile('( data-row="[^"]*")')
_LONGEST_TEXT = 500
"""Characters of a name in a chart."""


@check_simple_types
def write_report(
    facts: pd.DataFrame | str | PathLike[str] | Any,
    path: str | PathLike[str],
    *,
    tables: Mapping[str, pd.DataFrame] | None = None,
    title: str = _TITLE,
    sections: Sequence[str] | str | None = None,
    audience: str | None = None,
    examples: pd.DataFrame | None = None,
    measure: str | None = None,
    absent: Mapping[str, str] | None = None,
    keep: Iterable[str] = (),
    audit: pd.DataFrame | None = None,
    since: str = "",
    until: str = "",
) -> Path:
    """Write the report of some facts, or of a run, as one page.

    Parameters
    ----------
    facts : DataFrame, path or RunResult
        From :func:`csatext.build_facts`; or the folder that ``csatext run`` wrote, which also has what needs
        the texts: keywords, topics, cases.
    path : path
        The file; replaced as a whole.
    tables : mapping of str to DataFrame, optional
        Tables to show by their names; None takes those of the run, or makes the standard ones.
    title : str
        Heading of the page; where none is given, that of the run.
    sections : sequence of str, optional
        Chapters by their names (摘要, 数据质量, 投诉分类, 情感与风险, 关键词, 主题, 渠道×产品, 趋势与预警,
        根因, 服务指标, 客服表现, 典型案例, 建议, 方法与口径) or ids, in the order that is wanted. None
        takes those of ``audience``.
    audience : str, optional
        The department that reads it: 客服 (service), 市场 (marketing), 产品 (product) or 质量 (quality). None
        writes all chapters.
    examples : DataFrame, optional
        From :func:`csatext.reporting.examples.examples`; shown where there is no table ``cases``.
    measure : str, optional
        The flag that is broken down and explained; None takes the run's, ``is_negative`` for facts.
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
    since, until : str
        First and last day that is reported, as 2026-05-01, or a month, as 2026-05. What was before stays as
        the baseline of trends, changes and causes. Empty reports all.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    ParameterError
        An argument is of another type; there is no such chapter, department or day.
    InputError
        The folder is no finished run, or there are no contacts in the time asked for.
    SchemaError
        ``facts`` lack a column that the standard tables need, or ``audit`` has no flag of the facts.

    Notes
    -----
    The page needs no network and loads nothing; its policy forbids it. Charts are drawn in the page by Vega
    in its interpreted mode, so that no text is ever run as code. Without JavaScript sentences and tables
    stand there.

    Examples
    --------
    >>> import tempfile
    >>> facts = pd.DataFrame({"channel": ["电话", "在线"] * 20, "is_negative": [True, False] * 20})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_report(facts, Path(folder) / "report.html").name
    'report.html'
    """
    path = as_path(path)
    chosen = chosen_chapters(sections, audience)
    span = span_of(since, until)
    run = run_tables(facts, measure=measure, tables=tables, absent=absent, keep=keep)
    history = run.facts
    if span is not None:
        run, history = of_span(run, span, made=tables is None)
    shown = run.tables
    if audit is not None:
        # Tags know contacts by the identifiers that they were drawn with.
        known = run.facts
        if isinstance(facts, pd.DataFrame) and "doc_id" in facts:
            known = known.assign(doc_id=facts["doc_id"].loc[known.index])
        shown = shown | audited_tables(known, shown, audit, run.measure)
    if examples is not None:
        shown = shown | {"examples": mask_table(examples, keep)}
    if title == _TITLE and run.title:
        title = run.title
    page = _page(run, shown, title=title, chosen=chosen, history=history, span=(since, until))
    write_text(page, path)
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
    unmade = absent_tables(facts) if absent is None else dict(absent)
    run = RunTables(facts, dict(tables), dict(unmade), measure, title, run_hash)
    return _page(run, tables, title=title, chosen=chosen_chapters(None, None), history=facts)


def _page(
    run: RunTables,
    tables: Mapping[str, pd.DataFrame],
    *,
    title: str,
    chosen: Sequence[str],
    history: pd.DataFrame,
    span: tuple[str, str] = ("", ""),
) -> str:
    if run.measure not in run.facts.columns:
        raise SchemaError.missing_column("facts", run.measure, run.facts.columns)
    figures = read_figures(run.facts, tables, run.measure, history)
    sections = chapters(tables, figures, run.measure, run.absent, chosen)
    font, script, policy = _PLACES
    folder = files("csatext.reporting")
    source = (folder / "report.html.j2").read_text("utf-8")
    template = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(source)
    data = Markup(_data(sections))
    bare = template.render(
        title=title, sections=sections, run_hash=run.run_hash, data=data, font_face=font, script=script,
        policy=policy, style=Markup((folder / "page.css").read_text("utf-8")), subtitle=_subtitle(figures),
        span=" ".join(span).strip() and " ".join(end or "-" for end in span),
    )  # fmt: skip
    # Names of rows stay as the tables have them: they are addresses.
    bare = encodable(escape_controls(bare))
    words = missing_glyphs(bare)
    parts = _ADDRESS.split(bare) if words else [bare]
    bare = "".join(part if at % 2 else part.translate(words) for at, part in enumerate(parts))
    own = (folder / "page.js").read_text("utf-8")
    code = "\n;\n".join([*drawing_scripts(), own])
    filled = {font: font_face(bare + own), script: code, policy: _policy(code)}
    for place, text in filled.items():
        bare = bare.replace(place, text, 1)
    return bare


def _subtitle(figures: Any) -> str:
    whole = figures.overview
    if whole.first is None or whole.last is None:
        return ""
    return f"{whole.first:%Y-%m-%d} 至 {whole.last:%Y-%m-%d}"


def _policy(code: str) -> str:
    """Return what the page may do: run this one script, no other, and load nothing."""
    seen = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode("ascii")
    return (
        f"default-src 'none'; script-src 'sha256-{seen}'; style-src 'unsafe-inline'; font-src data:; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _data(sections: Sequence[Section]) -> str:
    """Return what the page's script reads, as JSON that no text can end; pictures are numbered on the way."""
    pictures = [
        block.picture for section in sections for block in section.blocks if block.picture is not None
    ]
    for place, one in enumerate(pictures):
        one.place = place
    lists = [block.cases for section in sections for block in section.blocks if block.cases is not None]
    data: dict[str, Any] = {"charts": [{"spec": one.spec, "fields": one.fields} for one in pictures]}
    if lists:
        data["cases"] = _case_data(lists[0])
    text = json.dumps(_plain(data), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _case_data(cases: CaseList) -> dict[str, Any]:
    return {"filters": cases.filters, "rows": cases.rows}


def _plain(value: Any) -> Any:
    """Return nested values whose texts steer no terminal, turn no letters and are no page long."""
    if isinstance(value, dict):
        return {_plain(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, str):
        cut = value if len(value) <= _LONGEST_TEXT else value[:_LONGEST_TEXT] + "…"
        return escape_controls(cut)
    return value
