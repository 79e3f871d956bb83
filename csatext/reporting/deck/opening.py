"""The first chapters: what was looked at, what is asked, who the customers are, what contacts consist of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from csatext.labels import PLACEHOLDERS, check_name, flag_names, name_of, period_name
from csatext.reporting.deck.slides import SlidePlan, SlideTable, bars_of, course_of
from csatext.reporting.office.findings import compared, course, leading, named, words_of
from csatext.reporting.office.meeting_tables import freq_of
from csatext.reporting.office.table_words import kpi_form
from csatext.reporting.run_tables import RunTables
from csatext.reporting.sentences import Figure, Sentence, figure, interval, join, say
from csatext.reporting.standard_tables import dimensions_of
from csatext.service.definitions import Definition, read_definitions

__all__ = [
    "background",
    "counted",
    "customers",
    "goals",
    "kpi_name",
    "kpi_number",
    "kpi_rows",
    "kpi_said",
    "kpi_with_interval",
    "structure",
]

_UNITS = {"比率": "", "比值": "", "千单": ""}
_QUESTIONS = (
    ("contacts", "来了多少", "客户概览"),
    ("csat", "客户满意吗", "满意度"),
    ("complaint_rate", "投诉多吗，投诉什么", "投诉"),
    ("nps", "客户愿意推荐吗", "忠诚度"),
    ("negative_rate", "客户的情绪怎样", "渠道"),
    ("first_contact_resolution", "一次能解决吗", "服务能力"),
    ("resolution_rate", "最终解决了吗", "服务能力"),
    ("average_wait", "等得久吗", "联络中心效能"),
    ("average_handle_time", "处理得快吗", "联络中心效能"),
    ("repeat_contact_rate", "会不会再来问一遍", "服务能力"),
)
"""KPI, the question it answers, and the chapter that does."""
_MOST_STRUCTURES = 3


def counted(run: RunTables) -> str:
    """Return how many contacts a slide is about, as its footer says it."""
    return f"n = {len(run.facts):,} 条联络"


def kpi_rows(run: RunTables, name: str = "kpis") -> dict[str, dict[str, Any]]:
    """Return the rows of a table of KPIs by their id; those without a value are left out."""
    table = run.tables.get(name)
    if table is None:
        return {}
    rows = table[table["value"].notna()].to_dict("records")
    return {str(row["metric"]): row for row in rows}


def kpi_said(
    row: Mapping[str, Any],
    known: Mapping[str, Definition],
    *,
    table: str = "kpis",
    keys: tuple[str, ...] = ("metric",),
    column: str = "value",
) -> Sentence:
    """Return the value of a KPI with its unit."""
    one = known[str(row["metric"])]
    form = kpi_number(one)
    unit = "" if form == "percent" else _UNITS.get(one.unit, f" {one.unit}")
    return say("{value}{unit}", value=figure(table, row, keys, column, form), unit=unit)


def kpi_with_interval(row: Mapping[str, Any], known: Mapping[str, Definition]) -> Sentence:
    """Return a row of table ``kpis`` in words: name, value, interval."""
    definition = known[row["metric"]]
    return say(
        "{name} {value}（95% 区间 {ends}）",
        name=kpi_name(definition),
        value=kpi_said(row, known),
        ends=interval("kpis", row, ["metric"], kpi_number(definition)),
    )


def kpi_number(definition: Definition) -> str:
    """Return how the number of a KPI is written on a slide: seconds whole."""
    return "whole" if definition.unit == "秒" else kpi_form(definition)


def kpi_name(definition: Definition) -> str:
    """Return the name of a KPI without the unit that stands behind its value.

    Examples
    --------
    >>> kpi_name(read_definitions()["csat"])
    '满意度'
    """
    return definition.name_zh.removesuffix("（分）")


def _span(run: RunTables) -> str:
    overview = run.tables.get("overview")
    attrs = {} if overview is None else overview.attrs
    return f"{attrs['first']} 至 {attrs['last']} " if attrs.get("first") and attrs.get("last") else ""


def _contacts(run: RunTables) -> Figure | str:
    overview = run.tables.get("overview")
    if overview is None or "contacts" not in set(overview["figure"]):
        return f"{len(run.facts):,}"
    row = overview[overview["figure"] == "contacts"].iloc[0]
    return figure("overview", row, ["figure"], "value", "whole")


def background(run: RunTables) -> list[SlidePlan]:
    """Return the slide on what was looked at: contacts by period, what is wrong with the input."""
    title = say("{span}共 {n} 条联络", span=_span(run), n=_contacts(run))
    points = [course(run, "contacts", "联络数")]
    quality = run.tables.get("quality")
    if quality is not None:
        for row in quality[quality["check"] == "rejected"].head(2).to_dict("records"):
            n = figure("quality", row, ["check", "column", "detail"], "n", "whole")
            points.append(say("读入时剔除 {n} 行：{why}", n=n, why=named(row["detail"], 40)))
        noted = quality[(quality["check"] != "rejected") & (quality["n"] > 0)]
        for row in noted.sort_values("n", ascending=False, kind="stable").head(2).to_dict("records"):
            n = figure("quality", row, ["check", "column", "detail"], "n", "whole")
            points.append(say("{what}：{n} 处", what=check_name(str(row["check"])), n=n))
    machine = [flag_names(name).rate for name in (run.measure, "is_complaint") if name in run.facts]
    if "audited_flags" not in run.tables and machine:
        points.append(Sentence((f"{'、'.join(dict.fromkeys(machine))}由机器按文本判断，未经抽检校正",)))
    missing = [f"{what}：{why}" for what, why in run.absent.items()][:2]
    points += [Sentence((f"没有{named(text, 44)}",)) for text in missing]
    tables = ["overview"]
    chart = grid = None
    if "trend_total" in run.tables:
        chart, tables = course_of(run, "trend_total", "n", "column"), ["overview", "trend_total"]
    else:
        overview = run.tables.get("overview")
        if overview is not None and len(overview):
            grid = _overview_grid(run, overview)
    points = [point for point in points if point]
    what = "联络数：一次会话、来电或工单算一条。"
    return [SlidePlan("背景", title, chart, grid, tuple(points), tuple(tables), counted(run), what)]


def _overview_grid(run: RunTables, overview: pd.DataFrame) -> SlideTable:
    said = {
        "contacts": ("联络数", "whole"),
        "measure": (flag_names(run.measure).rate, "percent"),
        "complaints": ("投诉率", "percent"),
        "classified": ("已归类的占比", "percent"),
        "to_review": ("待复核的占比", "percent"),
        "csat": ("满意度均分", "score"),
    }
    rows = [
        (said[row["figure"]][0], figure("overview", row, ["figure"], "value", said[row["figure"]][1]))
        for row in overview.to_dict("records")
        if row["figure"] in said
    ]
    return SlideTable(("项目", "数值"), tuple(rows), (3.0, 2.0))


def goals(run: RunTables) -> list[SlidePlan]:
    """Return the slide on the questions of the meeting, each with its number as it stands."""
    known, rows = read_definitions(), kpi_rows(run)
    asked = [(rows[metric], question, chapter) for metric, question, chapter in _QUESTIONS if metric in rows]
    if len(asked) < 2:
        return []
    cells = []
    for row, question, chapter in asked:
        one = known[row["metric"]]
        form = kpi_number(one)
        ends = interval("kpis", row, ["metric"], form)
        cells.append((question, kpi_name(one), kpi_said(row, known), ends, chapter))
    first = [
        say("{name} {value} ", name=kpi_name(known[row["metric"]]), value=kpi_said(row, known))
        for row, *_ in asked[1:3]
    ]
    title = say("从{first}出发，回答 {n} 个问题", first=join("、", first), n=str(len(asked)))
    grid = SlideTable(("问题", "看哪个指标", "现值", "95% 区间", "在哪一章"), tuple(cells), (3, 3, 2, 3, 2))
    what = "各指标的公式见工作簿与 ct.kpi_definitions()；区间是 95% 置信区间。"
    return [SlidePlan("目标", title, None, grid, (), ("kpis",), counted(run), what)]


def customers(run: RunTables) -> list[SlidePlan]:
    """Return the slide on how many customers there are and how often they come."""
    if "shares_visits" not in run.tables:
        return []
    table, known, rows = run.tables["shares_visits"], read_definitions(), kpi_rows(run)
    first = table.iloc[0]
    n = figure("shares_visits", first, ["visits"], "denominator", "whole")
    title = say(
        "{n} 位客户里 {share} 只来过 {visits}",
        n=n,
        visits=str(first["visits"]),
        share=figure("shares_visits", first, ["visits"], "value", "percent"),
    )
    points = [
        kpi_with_interval(rows[metric], known)
        for metric in (
            "contact_frequency",
            "new_customer_share",
            "repeat_contact_rate",
            "inquiring_customers",
        )
        if metric in rows
    ]
    chart = bars_of(run, "shares_visits", kind="column", most=len(table))
    what = "一位客户按客户号认；没有客户号的联络不在内。重复来电按窗口内同一客户再来计。"
    n_said = f"n = {int(first['denominator']):,} 位客户"
    return [SlidePlan("客户概览", title, chart, None, tuple(points), ("shares_visits", "kpis"), n_said, what)]


def structure(run: RunTables) -> list[SlidePlan]:
    """Return a slide for each of the first dimensions: what contacts consist of."""
    slides = []
    for name in dimensions_of(run.facts):
        table = f"shares_{name}"
        if name in ("channel", "agent_id") or table not in run.tables:
            continue
        said = leading(run, table)
        if not said:
            continue
        points = []
        rates = f"breakdown_{name}"
        if rates in run.tables and words_of(run, rates).dimensions == (name,):
            points.append(compared(run, rates))
        points += _moved(run, table, name)
        chart = bars_of(run, table, strong=_first_named(run, table, name))
        what = f"占比 = 该{name_of(name)}的联络数 ÷ 全部联络数；"
        what += "变化比较最近一个完整时段与之前各期，区间对全部取值同时成立。"
        tables = (table, rates) if points and rates in run.tables else (table,)
        slides.append(SlidePlan("结构", said, chart, None, tuple(points), tables, counted(run), what))
        if len(slides) == _MOST_STRUCTURES:
            break
    return slides


def _first_named(run: RunTables, table: str, by: str) -> str:
    known = run.tables[table][~run.tables[table][by].isin(PLACEHOLDERS)]
    return "" if known.empty else str(known[by].iloc[0])


def _moved(run: RunTables, table: str, by: str) -> list[Sentence]:
    """Return the values whose share changed last, or that none did."""
    rows = run.tables[table]
    tested = rows[rows["has_changed"].notna() & ~rows[by].isin(PLACEHOLDERS)]
    if not len(tested):
        return []
    moved = tested[tested["has_changed"].astype(bool)].head(3).to_dict("records")
    freq = period_name(freq_of(run.tables) or "W").removeprefix("个")
    if not moved:
        return [Sentence((f"最近一个完整{freq}，各{name_of(by)}的占比变化都在随机波动之内",))]
    return [
        say(
            "{cell}最近一{freq}占 {after}，之前 {before}（{change}，超出随机波动）",
            cell=named(row[by]),
            freq=freq,
            after=figure(table, row, [by], "after", "percent"),
            before=figure(table, row, [by], "before", "percent"),
            change=figure(table, row, [by], "change", "points"),
        )
        for row in moved
    ]
