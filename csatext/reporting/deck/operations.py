"""The chapters on the service: what it can do, its process, the contact centre, ratings, resources."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from csatext.labels import EMPTY, PLACEHOLDERS
from csatext.reporting.deck.opening import counted, kpi_name, kpi_number, kpi_rows, kpi_said
from csatext.reporting.deck.slides import SlidePlan, SlideTable, bars_of
from csatext.reporting.office.findings import clear_cells, compared, leading, most_different, named
from csatext.reporting.run_tables import RunTables
from csatext.reporting.sentences import Sentence, figure, interval, join, say
from csatext.service.definitions import read_definitions

__all__ = ["ability", "centre", "process", "ratings", "resources"]

_ABILITY = (
    "resolution_rate",
    "first_contact_resolution",
    "right_first_time",
    "repeat_contact_rate",
    "time_to_resolve",
    "first_response_time",
    "average_response_time",
    "reply_rate",
    "response_rate",
    "slow_response_rate",
)
_CENTRE = (
    "service_level",
    "abandonment_rate",
    "average_wait",
    "average_talk_time",
    "average_handle_time",
    "transfer_rate",
    "occupancy",
    "self_service_rate",
    "cost_per_contact",
)
_PROCESS = ("transfer_rate", "completion_rate", "reopen_rate", "open_age", "customer_effort", "reasked_rate")
_MOST_ROWS, _MOST_CHANNELS = 8, 6


def _lines(run: RunTables, metrics: Sequence[str]) -> list[Sentence]:
    known, rows = read_definitions(), kpi_rows(run)
    return [
        say("{name} {value}", name=kpi_name(known[metric]), value=kpi_said(rows[metric], known))
        for metric in metrics
        if metric in rows
    ]


def _kpi_grid(run: RunTables, metrics: Sequence[str]) -> SlideTable | None:
    """Return KPIs with interval, n and the KPI that shows gaming."""
    known, rows = read_definitions(), kpi_rows(run)
    cells = []
    for metric in metrics:
        if metric not in rows:
            continue
        row, one = rows[metric], known[metric]
        form = kpi_number(one)
        twin = rows.get(one.twin)
        twin_said = (
            say("{name} {value}", name=kpi_name(known[one.twin]), value=kpi_said(twin, known))
            if twin
            else "—"
        )
        cells.append(
            (
                kpi_name(one),
                kpi_said(row, known),
                interval("kpis", row, ["metric"], form),
                figure("kpis", row, ["metric"], "n", "whole"),
                twin_said,
            )
        )
    if not cells:
        return None
    headers = ("指标", "数值", "95% 区间", "计入", "对照指标（防做假）")
    return SlideTable(headers, tuple(cells[:_MOST_ROWS]), (3, 2, 3, 1.6, 4), max(len(cells) - _MOST_ROWS, 0))


def ability(run: RunTables) -> list[SlidePlan]:
    """Return the slides on what the service can do: solved, at once, how fast."""
    grid = _kpi_grid(run, _ABILITY)
    if grid is None:
        return []
    title = join("，", _lines(run, _ABILITY)[:2])
    known, rows = read_definitions(), kpi_rows(run)
    what = " ".join(f"{known[m].name_zh}：{known[m].formula}。" for m in _ABILITY if m in rows)
    slides = [SlidePlan("服务能力", title, None, grid, (), ("kpis",), counted(run), what)]
    name = most_different(run, "breakdown_resolved_")
    if name is not None:
        table = run.tables[name].sort_values("value", kind="stable")
        by = str(table.columns[1])
        clear = clear_cells(table, by, "resolved")
        strong = "" if clear.empty else str(clear[by].iloc[0])
        chart = bars_of(run, name, rows=table, strong=strong)
        points = (Sentence(("误差线是 95% 区间；q 按全部取值校正",)),)
        slides.append(
            SlidePlan(
                "服务能力",
                compared(run, name),
                chart,
                None,
                points,
                (name,),
                counted(run),
                known["resolution_rate"].formula,
            )
        )
    return slides


def process(run: RunTables) -> list[SlidePlan]:
    """Return the slide on the stages of the service: where complaints come up."""
    name = "shares_is_complaint_journey_stage"
    points = _lines(run, _PROCESS)
    if name not in run.tables:
        grid = _kpi_grid(run, _PROCESS)
        if grid is None or len(grid.rows) < 2:
            return []
        return [SlidePlan("流程", join("，", points[:2]), None, grid, (), ("kpis",), counted(run), "")]
    said = leading(run, name)
    if not said:
        return []
    table = run.tables[name]
    first = table[~table["journey_stage"].isin(PLACEHOLDERS)].iloc[0]
    chart = bars_of(run, name, strong=str(first["journey_stage"]))
    if "shares_is_complaint_owner" in run.tables:
        owner = leading(run, "shares_is_complaint_owner")
        points = [say("按责任部门：{owner}", owner=owner), *points] if owner else points
    if "shares_is_complaint_cause_family" in run.tables:
        family = leading(run, "shares_is_complaint_cause_family")
        points = [*points, say("按成因：{family}", family=family)] if family else points
    what = f"环节由投诉类别决定：咨询、下单、交付、使用、售后；{EMPTY}是没有归类的投诉。"
    n = f"n = {int(first['denominator']):,} 条投诉"
    return [SlidePlan("流程", said, chart, None, tuple(points), (name, "kpis"), n, what)]


def centre(run: RunTables) -> list[SlidePlan]:
    """Return the slide on the contact centre: waiting, handling, transfers by channel."""
    known, whole = read_definitions(), kpi_rows(run)
    metrics = [metric for metric in _CENTRE if metric in whole]
    if not metrics:
        return []
    by_channel = run.tables.get("kpis_channel")
    title = join("，", _lines(run, metrics)[:2])
    worse = _worse_channel(run, metrics)
    what = " ".join(f"{known[m].name_zh}：{known[m].formula}。" for m in metrics)
    if by_channel is None:
        grid = _kpi_grid(run, metrics)
        return [SlidePlan("联络中心效能", title, None, grid, (), ("kpis",), counted(run), what)]
    sizes = by_channel.groupby("channel")["n"].max().sort_values(ascending=False, kind="stable")
    names = [name for name in sizes.index if name not in PLACEHOLDERS][:_MOST_CHANNELS]
    cells = []
    for metric in metrics[:_MOST_ROWS]:
        row: list[str | Sentence] = [kpi_name(known[metric]), kpi_said(whole[metric], known)]
        for name in names:
            found = by_channel[(by_channel["metric"] == metric) & (by_channel["channel"] == name)]
            empty = found.empty or pd.isna(found["value"].iloc[0])
            row.append(
                "—"
                if empty
                else kpi_said(
                    found.iloc[0].to_dict(), known, table="kpis_channel", keys=("metric", "channel")
                )
            )
        cells.append(tuple(row))
    headers = ("指标", "全部", *(named(name, 8) for name in names))
    grid = SlideTable(headers, tuple(cells), (2.6, 2, *(2.0 for _ in names)), len(sizes) - len(names))
    points = (Sentence(("只在同样的渠道之间比较人员；工单、邮件的等待含非工作时间",)),)
    tables = ("kpis", "kpis_channel", *(("remedies_channel",) if worse else ()))
    return [SlidePlan("联络中心效能", worse or title, None, grid, points, tables, counted(run), what)]


def _worse_channel(run: RunTables, metrics: Sequence[str]) -> Sentence:
    """Return the channel whose KPI of the centre is clearly worse than the rest's."""
    table = run.tables.get("remedies_channel")
    if table is None or "channel" not in table.columns:
        return Sentence()
    rows = table[
        table["metric"].isin(list(metrics)) & ~table["channel"].isin(PLACEHOLDERS) & table["period"].isna()
    ]
    if not len(rows):
        return Sentence()
    row, known = rows.iloc[0].to_dict(), read_definitions()
    keys = ("metric", "channel", "cause")
    return say(
        "{channel}的{name} {value}，差于其余的 {rest}（q {q}）",
        channel=named(row["channel"]),
        name=kpi_name(known[row["metric"]]),
        value=kpi_said(row, known, table="remedies_channel", keys=keys),
        rest=kpi_said(row, known, table="remedies_channel", keys=keys, column="reference"),
        q=figure("remedies_channel", row, keys, "q", "p"),
    )


def ratings(run: RunTables) -> list[SlidePlan]:
    """Return the slides on ratings: how scores are spread, which agents differ."""
    slides = []
    if "shares_csat" in run.tables:
        table = run.tables["shares_csat"]
        first, last = table.iloc[0].to_dict(), table.iloc[-1].to_dict()
        title = say(
            "最高分 {high} 分占 {share}，最低分 {low} 分占 {least}",
            high=f"{last['csat']:g}",
            low=f"{first['csat']:g}",
            share=figure("shares_csat", last, ["csat"], "value", "percent"),
            least=figure("shares_csat", first, ["csat"], "value", "percent"),
        )
        known, rows = read_definitions(), kpi_rows(run)
        points = _lines(run, ("csat", "csat_satisfied", "participation_rate"))
        tables = ("shares_csat", *(("kpis",) if "csat" in rows else ()))
        n = f"n = {int(last['denominator']):,} 条有评分的联络"
        chart = bars_of(run, "shares_csat", kind="column", most=21)
        slides.append(SlidePlan("评分", title, chart, None, tuple(points), tables, n, known["csat"].formula))
    return slides + _agents(run)


def _agents(run: RunTables) -> list[SlidePlan]:
    card = run.tables.get("scorecard")
    if card is None:
        return []
    known, who = read_definitions(), str(card.columns[1])
    directed = card["metric"].map({name: one.direction != "none" for name, one in known.items()}).eq(True)
    clear = card[(card["verdict"].astype("str").str.len() > 0) & directed].sort_values(["q", "metric", who])
    n_agents = card[who].nunique()
    what = "每位客服与其余客服在同样的类别与渠道构成下相比，q 对全部客服校正；不同渠道的人不互相比较。"
    if not len(clear):
        return []
    keys = ("metric", who)
    cells = [
        (
            named(row[who], 12),
            kpi_name(known[row["metric"]]),
            kpi_said(row, known, table="scorecard", keys=keys),
            kpi_said(row, known, table="scorecard", keys=keys, column="expected"),
            figure("scorecard", row, keys, "n", "whole"),
            figure("scorecard", row, keys, "q", "p"),
            str(row["verdict"]),
        )
        for row in clear.head(_MOST_ROWS).to_dict("records")
    ]
    title = Sentence((f"{n_agents} 位客服里 {clear[who].nunique()} 位与其余有差别",))
    headers = ("客服", "指标", "数值", "同样构成的期望", "计入", "q", "结论")
    grid = SlideTable(headers, tuple(cells), (1.6, 2.6, 1.8, 2, 1.2, 1, 1.5), len(clear) - len(cells))
    return [SlidePlan("评分", title, None, grid, (), ("scorecard",), f"n = {n_agents} 位客服", what)]


def resources(run: RunTables) -> list[SlidePlan]:
    """Return the slides on when work comes in, which staffing follows."""
    slides = []
    points = _lines(run, ("contacts", "average_handle_time", "occupancy", "cost_per_contact"))
    for name, by, said in (("shares_hour", "hour", " 时"), ("shares_weekday", "weekday", "")):
        if name not in run.tables or len(run.tables[name]) < 3:
            continue
        table = run.tables[name]
        top = table.loc[table["value"].idxmax()].to_dict()
        title = say(
            "{cell}{said}来得最多，占全天 {share}"
            if by == "hour"
            else "{cell}{said}来得最多，占一周 {share}",
            cell=str(top[by]),
            said=said,
            share=figure(name, top, [by], "value", "percent"),
        )
        chart = bars_of(run, name, kind="column", most=24, strong=str(top[by]))
        what = "按联络发生的时间（北京时间）统计的占比，用来对照排班。"
        tables = (name, "kpis") if points else (name,)
        slides.append(SlidePlan("资源", title, chart, None, tuple(points), tables, counted(run), what))
        points = []
    return slides
