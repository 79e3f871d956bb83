"""The chapters on customers: satisfaction, complaints, channels, loyalty, needs, expectations."""

from __future__ import annotations

from typing import Any

import pandas as pd

from csatext.aggregation.episodes import dimensions_in_episodes
from csatext.inference import ALPHA
from csatext.labels import PLACEHOLDERS, UNCLASSIFIED, flag_names, name_of
from csatext.reporting.deck.opening import (
    counted,
    kpi_rows,
    kpi_with_interval,
)
from csatext.reporting.deck.slides import Bars, SlidePlan, SlideTable, bars_of, course_of
from csatext.reporting.office.findings import (
    clear_cells,
    compared,
    course,
    episode_place,
    latest,
    leading,
    lower_is_worse,
    most_different,
    named,
    words_of,
)
from csatext.reporting.run_tables import RunTables
from csatext.reporting.sentences import Figure, Sentence, figure, interval, say
from csatext.service.definitions import read_definitions

__all__ = ["channels", "complaints", "gap", "loyalty", "needs", "satisfaction"]

_MOST_ROWS = 8
_NO_NAME = PLACEHOLDERS | {UNCLASSIFIED, ""}


def _worst_name(run: RunTables, name: str) -> str:
    """Return the value that :func:`csatext.reporting.office.findings.compared` names."""
    words = words_of(run, name)
    clear = clear_cells(run.tables[name], words.dimensions[0], words.measure)
    return "" if clear.empty else str(clear[words.dimensions[0]].iloc[0])


def _difference_slide(run: RunTables, chapter: str, name: str, definition: str) -> SlidePlan:
    words = words_of(run, name)
    worse = lower_is_worse(words.measure)
    rows = run.tables[name].sort_values("value", ascending=worse, kind="stable")
    chart = bars_of(run, name, rows=rows, strong=_worst_name(run, name))
    note = Sentence(("误差线是 95% 区间；q 按全部取值校正，小于 0.05 才说差别成立",))
    return SlidePlan(chapter, compared(run, name), chart, None, (note,), (name,), counted(run), definition)


def satisfaction(run: RunTables) -> list[SlidePlan]:
    """Return the slides on satisfaction: its level and course, who differs."""
    rows, known = kpi_rows(run), read_definitions()
    if "csat" not in rows:
        return []
    row = rows["csat"]
    ends = interval("kpis", row, ["metric"], "score")
    title = say(
        "满意度均分 {value}（95% 区间 {ends}）",
        value=figure("kpis", row, ["metric"], "value", "score"),
        ends=ends,
    )
    went = course(run, "csat", "均分")
    title = title + "，" + went if went else title
    points = [
        kpi_with_interval(rows[metric], known)
        for metric in ("csat_satisfied", "participation_rate", "recommend_rate")
        if metric in rows
    ]
    n = say(
        "有评分的 {n} 条，占联络的一部分；不评分的客户未必一样满意",
        n=figure("kpis", row, ["metric"], "n", "whole"),
    )
    chart = course_of(run, "trend_csat") if "trend_csat" in run.tables else None
    tables = ["kpis", *(["trend_csat", "trend_tests"] if chart is not None else [])]
    if chart is None and "shares_csat" in run.tables:
        chart, tables = bars_of(run, "shares_csat", kind="column", most=12), ["kpis", "shares_csat"]
    what = known["csat"].formula + "。"
    said = f"n = {int(row['n']):,} 条有评分的联络"
    slides = [SlidePlan("满意度", title, chart, None, (*points, n), tuple(tables), said, what)]
    name = most_different(run, "breakdown_csat_")
    if name is not None:
        slides.append(_difference_slide(run, "满意度", name, what))
    return slides


def complaints(run: RunTables) -> list[SlidePlan]:
    """Return the slides on complaints: what about, how they go, what changed where, in their words."""
    slides = []
    for name in ("shares_is_complaint_category", "shares_category"):
        if name not in run.tables:
            continue
        said = leading(run, name)
        if said:
            table = run.tables[name]
            first = table[~table["category"].isin(_NO_NAME)].iloc[0]
            points = [_share_line(run, name, row) for row in table.head(4).to_dict("records")]
            if "shares_is_complaint_subcategory" in run.tables and name != "shares_category":
                points.append(say("细到子类：{said}", said=leading(run, "shares_is_complaint_subcategory")))
            chart = bars_of(run, name, strong=str(first["category"]))
            what = "一条联络取其主要类别，按规则（或训练好的分类器）归类；占比 = 该类投诉数 ÷ 全部投诉数。"
            n = f"n = {int(first['denominator']):,} 条{'投诉' if name != 'shares_category' else '联络'}"
            slides.append(SlidePlan("投诉", said, chart, None, tuple(points), (name,), n, what))
        break
    for name, measure in (("trend_is_complaint", "is_complaint"), ("trend_total", run.measure)):
        if name in run.tables and (measure != "is_complaint" or "is_complaint" in run.facts):
            said = course(run, measure, flag_names(measure).rate)
            if said:
                points = [latest(run, flag_names(run.measure).rate)]
                points += [_high_point(run, name)]
                chart = course_of(run, name)
                shown = tuple(point for point in points if point)
                rate = flag_names(measure).rate
                what = f"{rate} = 带该标记的联络数 ÷ 有记录的联络数；"
                what += "升降用 Mann-Kendall 检验，q 对全部度量校正。"
                slides.append(
                    SlidePlan("投诉", said, chart, None, shown, (name, "trend_tests"), counted(run), what)
                )
            break
    slides += _episodes(run)
    slides += _quotes(run)
    return slides


def _share_line(run: RunTables, name: str, row: dict[str, Any]) -> Sentence:
    line = say(
        "{cell}：{n} 条，{share}",
        cell=named(row["category"]),
        n=figure(name, row, ["category"], "numerator", "whole"),
        share=figure(name, row, ["category"], "value", "percent"),
    )
    changed = row["has_changed"]
    if changed is True:
        line += say("（最近 {change}）", change=figure(name, row, ["category"], "change", "points"))
    return line


def _high_point(run: RunTables, name: str) -> Sentence:
    """Return the complete period with the highest value."""
    table = run.tables[name]
    whole = table[table["is_complete"] & table["value"].notna()]
    if len(whole) < 2:
        return Sentence()
    row = whole.loc[whole["value"].idxmax()]
    form = words_of(run, name).value_form
    return say(
        "最高的是 {label}：{value}",
        label=str(row["label"]),
        value=figure(name, row, ["label"], "value", form),
    )


def _episodes(run: RunTables) -> list[SlidePlan]:
    table = run.tables.get("episodes")
    if table is None or not len(table):
        return []
    attrs = run.tables["root_causes"].attrs if "root_causes" in run.tables else {}
    is_rate = bool(attrs.get("is_rate", True))
    form = "percent" if is_rate else "number"
    by = dimensions_in_episodes(table)
    rate = flag_names(run.measure).rate if is_rate else "联络数"
    rises = table[table["is_rise"]]

    def where(row: dict[str, Any], most: int = 22) -> str:
        return episode_place(row, by, most)

    def at(row: dict[str, Any], column: str, how: str = form) -> Figure:
        return figure("episodes", row, ["rank"], column, how)

    shown = (rises if len(rises) else table).head(_MOST_ROWS)
    rows = shown.to_dict("records")
    first = rows[0]
    moved = "升到" if first["is_rise"] else "降到"
    if pd.isna(first["before"]):
        title = say(
            "{cell}的{rate}到 {after}，之前没有联络", cell=where(first), rate=rate, after=at(first, "after")
        )
    else:
        title = say(
            "{cell}的{rate}由 {before} {moved} {after}",
            cell=where(first),
            rate=rate,
            moved=moved,
            before=at(first, "before"),
            after=at(first, "after"),
        )
    title += "，仍在持续" if first["is_current"] else f"（{first['first_period']}）"
    cells = []
    for row in rows:
        when = (
            row["first_period"] if row["n_periods"] == 1 else f"{row['first_period']} 至 {row['last_period']}"
        )
        excess = (
            say(
                "{n}（{ends}）",
                n=at(row, "excess", "whole"),
                ends=interval("episodes", row, ["rank"], "whole", ("excess_low", "excess_high")),
            )
            if pd.notna(row["excess"])
            else "—"
        )
        about = "" if pd.isna(row["top_category"]) else str(row["top_category"])
        cells.append(
            (
                where(row),
                when,
                say("{a} → {b}", a=at(row, "before"), b=at(row, "after")),
                excess,
                named(about, 12),
            )
        )
    headers = ("哪里", "什么时候", rate, "多出件数（95% 区间）", "主要类别")
    grid = SlideTable(
        headers, tuple(cells), (4, 3, 2.4, 3, 2), len(rises if len(rises) else table) - len(rows)
    )
    what = "每个时段与之前各期相比，由哪些维度组合解释变化；连续时段的同一处合为一起；全部组合一起校正。"
    names = ("episodes",)
    slides = [SlidePlan("投诉", title, None, grid, (), names, counted(run), what)]
    drawn = [row for row in rows if pd.notna(row["excess"])]
    if len(drawn) >= 3:
        slides.append(_contributions(run, drawn, [where(row, 14) for row in drawn], rate, what))
    return slides


def _contributions(
    run: RunTables, rows: list[dict[str, Any]], names: list[str], rate: str, what: str
) -> SlidePlan:
    figures = tuple(figure("episodes", row, ["rank"], "excess", "whole") for row in rows)
    ends = tuple((float(row["excess_low"]), float(row["excess_high"])) for row in rows)
    most = max(range(len(rows)), key=lambda at: figures[at].value or 0.0)
    title = say("多出最多的是{cell}：{n} 件", cell=names[most], n=figures[most])
    if len(set(names)) < len(names):
        names = [f"{name}（{place}）" for place, name in enumerate(names, start=1)]
    chart = Bars("bar", tuple(names), "多出件数", figures, ends, frozenset({most}))
    note = Sentence((f"多出件数 = 分母 ×（异动期的{rate} − 之前）；误差线是 95% 区间",))
    return SlidePlan("投诉", title, chart, None, (note,), ("episodes",), counted(run), what)


def _quotes(run: RunTables) -> list[SlidePlan]:
    table = run.tables.get("examples")
    if table is None or not len(table):
        return []
    order = run.tables.get("shares_is_complaint_category", run.tables.get("shares_category"))
    names = [] if order is None else [name for name in order["category"] if name not in _NO_NAME]
    picked = [table[table["category"] == name].head(1) for name in names[:6]]
    picked = [part for part in picked if len(part)] or [table.head(6)]
    rows = [
        (named(row["category"], 10), " ".join(str(row["text"]).split()))
        for part in picked
        for row in part.to_dict("records")
    ]
    title = Sentence((f"客户怎么说：件数最多的 {len(rows)} 类各一句",))
    grid = SlideTable(("投诉类别", "原话（个人信息已遮盖）"), tuple(rows), (1.4, 10), len(table) - len(rows))
    what = "每类取情感分最低的联络，文字最多 120 字；只作说明，不代表比例。"
    return [SlidePlan("投诉", title, None, grid, (), ("examples",), f"n = {len(rows)} 句", what)]


def channels(run: RunTables) -> list[SlidePlan]:
    """Return the slides on channels: which is worse, and where with which product."""
    name = "breakdown_channel"
    if name not in run.tables or words_of(run, name).dimensions != ("channel",):
        return []
    words = words_of(run, name)
    said = words.title.rpartition(" ")[2]
    points = [leading(run, "shares_channel")] if "shares_channel" in run.tables else []
    others = ("breakdown_is_complaint_channel", "breakdown_csat_channel")
    points += [compared(run, other) for other in others if other in run.tables]
    rows = run.tables[name].sort_values("value", ascending=lower_is_worse(words.measure), kind="stable")
    chart = bars_of(run, name, rows=rows, strong=_worst_name(run, name))
    what = f"{said} = 带该标记的联络数 ÷ 有记录的联络数；每个渠道与其余渠道合起来比较，q 对全部渠道校正。"
    points = [point for point in points if point]
    slides = [
        SlidePlan(
            "渠道",
            compared(run, name),
            chart,
            None,
            tuple(points),
            (name, "shares_channel"),
            counted(run),
            what,
        )
    ]
    crossed = [
        one
        for one in run.tables
        if one.startswith("breakdown_channel_") and len(words_of(run, one).dimensions) == 2
    ]
    for one in crossed:
        table = run.tables[one]
        by = list(words_of(run, one).dimensions)
        clear = table[
            (table["q"] < ALPHA) & (table["difference"] > 0) & ~table[by].isin(_NO_NAME).any(axis=1)
        ]
        if not len(clear) or by[1] == "category":
            continue
        rows = clear.sort_values("difference", ascending=False, kind="stable")
        first = rows.iloc[0]
        title = say(
            "{a}·{b}的{said} {value}，高于其余的 {rest}",
            a=named(first[by[0]]),
            b=named(first[by[1]]),
            said=said,
            value=figure(one, first, by, "value", "percent"),
            rest=figure(one, first, by, "rest", "percent"),
        )
        cells = [
            (
                named(row[by[0]]),
                named(row[by[1]]),
                figure(one, row, by, "n", "whole"),
                figure(one, row, by, "value", "percent"),
                interval(one, row, by, "percent"),
                figure(one, row, by, "difference", "points"),
                figure(one, row, by, "q", "p"),
            )
            for row in rows.head(_MOST_ROWS).to_dict("records")
        ]
        headers = (name_of(by[0]), name_of(by[1]), "件数", said, "95% 区间", "与其余相差", "q")
        grid = SlideTable(headers, tuple(cells), (2, 2, 1.3, 1.5, 2.6, 2.4, 1.2), len(rows) - len(cells))
        slides.append(SlidePlan("渠道", title, None, grid, (), (one,), counted(run), what))
        break
    return slides


def loyalty(run: RunTables) -> list[SlidePlan]:
    """Return the slides on loyalty: who recommends, who thinks of leaving, who comes again."""
    rows, known = kpi_rows(run), read_definitions()
    points = [
        kpi_with_interval(rows[metric], known)
        for metric in ("recommend_rate", "repeat_purchase_rate", "repeat_contact_rate")
        if metric in rows
    ]
    risks = run.tables.get("risks")
    if risks is not None and "signal_churn" in set(risks["signal"]):
        row = risks[risks["signal"] == "signal_churn"].iloc[0].to_dict()
        points.append(
            say(
                "{share} 的联络里客户说要离开（95% 区间 {ends}）",
                share=figure("risks", row, ["signal"], "value", "percent"),
                ends=interval("risks", row, ["signal"], "percent"),
            )
        )
    if "nps" not in rows:
        return _churn(run, points)
    row = rows["nps"]
    went = course(run, "nps", "推荐意愿评分")
    title = say(
        "净推荐值 {value}（95% 区间 {ends}）",
        value=figure("kpis", row, ["metric"], "value", "number"),
        ends=interval("kpis", row, ["metric"], "number"),
    )
    chart = bars_of(run, "shares_nps", kind="column", most=12) if "shares_nps" in run.tables else None
    what = known["nps"].formula + "。"
    n = f"n = {int(row['n']):,} 条有推荐意愿评分的联络"
    tables = ("kpis", *(("shares_nps",) if chart is not None else ()))
    points = [point for point in [went, *points] if point]
    slides = [SlidePlan("忠诚度", title, chart, None, tuple(points), tables, n, what)]
    name = most_different(run, "breakdown_nps_")
    if name is not None:
        slides.append(_difference_slide(run, "忠诚度", name, what))
    return slides


def _churn(run: RunTables, points: list[Sentence]) -> list[SlidePlan]:
    """Return the slide on loyalty where nobody was asked: who says that they leave."""
    cells = run.tables.get("risk_cells")
    if not points or cells is None:
        return []
    chart = _signal_bars(run, "signal_churn")
    if chart is None:
        return []
    title = points[-1]
    return [
        SlidePlan(
            "忠诚度",
            title,
            chart,
            None,
            tuple(points[:-1]),
            ("risks", "risk_cells"),
            counted(run),
            "流失风险：客户说要换商家、注销、不再来。",
        )
    ]


def _signal_bars(run: RunTables, signal: str) -> Bars | None:
    """Return the share of a signal by the dimension in which it differs most."""
    cells = run.tables.get("risk_cells")
    if cells is None:
        return None
    rows = cells[(cells["signal"] == signal) & ~cells["cell"].isin(_NO_NAME)]
    if not len(rows):
        return None
    best = rows.loc[rows["q"].idxmin()] if rows["q"].notna().any() else rows.iloc[0]
    rows = rows[rows["dimension"] == best["dimension"]].sort_values("value", ascending=False, kind="stable")
    shown = rows.head(10)
    keys = ["signal", "dimension", "cell"]
    records = shown.to_dict("records")
    strong = {
        at
        for at, row in enumerate(records)
        if pd.notna(row["q"]) and row["q"] < ALPHA and row["difference"] > 0
    }
    return Bars(
        "bar",
        tuple(named(row["cell"], 12) for row in records),
        f"{name_of(signal)}占比",
        tuple(figure("risk_cells", row, keys, "value", "percent") for row in records),
        tuple((float(row["low"]), float(row["high"])) for row in records),
        frozenset(strong),
        left_out=len(rows) - len(shown),
    )


def needs(run: RunTables) -> list[SlidePlan]:
    """Return the slides on what customers want: kinds of contact, topics."""
    slides = []
    if "shares_kind" in run.tables:
        points = []
        for signal in ("signal_suggestion", "signal_urgency"):
            risks = run.tables.get("risks")
            if risks is not None and signal in set(risks["signal"]):
                row = risks[risks["signal"] == signal].iloc[0].to_dict()
                points.append(
                    say(
                        "带「{name}」的联络占 {share}",
                        name=name_of(signal),
                        share=figure("risks", row, ["signal"], "value", "percent"),
                    )
                )
        chart = bars_of(run, "shares_kind")
        what = "联络类型由机器按文本判断：投诉、咨询、办理、建议、表扬、其他。"
        slides.append(
            SlidePlan(
                "需求",
                leading(run, "shares_kind"),
                chart,
                None,
                tuple(points),
                ("shares_kind", "risks"),
                counted(run),
                what,
            )
        )
    topics = run.tables.get("topics")
    if topics is not None and len(topics):
        heads = topics.drop_duplicates("topic").sort_values("n_docs", ascending=False, kind="stable")
        rows = []
        for row in heads.head(_MOST_ROWS).to_dict("records"):
            words = topics[topics["topic"] == row["topic"]].sort_values("rank")["term"].head(8)
            keys = ["topic", "rank"]
            rows.append(
                (
                    named(row["label"], 20),
                    figure("topics", row, keys, "share", "percent"),
                    figure("topics", row, keys, "n_docs", "whole"),
                    named("、".join(map(str, words)), 60),
                )
            )
        title = say("说得最多的主题是「{label}」，占 {share}", label=rows[0][0], share=rows[0][1])
        grid = SlideTable(
            ("主题", "占比", "联络数", "代表词"), tuple(rows), (3, 1.2, 1.3, 6), len(heads) - len(rows)
        )
        what = "主题由 LDA 从文本自动归出，名字是代表词；占比是全部词中的份额，联络数是以它为主的联络。"
        slides.append(SlidePlan("需求", title, None, grid, (), ("topics",), counted(run), what))
    return slides


def gap(run: RunTables) -> list[SlidePlan]:
    """Return the slide on the gap between what customers expect and what they meet."""
    table = run.tables.get("aspect_performance")
    if table is not None and table["performance"].notna().any():
        return [_aspect_gap(run, table)]
    slides = []
    for signal, said in (("signal_disappointment", "期望落空（失望）"), ("signal_effort", "费力")):
        chart = _signal_bars(run, signal)
        risks = run.tables.get("risks")
        if chart is None or risks is None or signal not in set(risks["signal"]):
            continue
        row = risks[risks["signal"] == signal].iloc[0].to_dict()
        title = say(
            "{share} 的联络里客户表示{said}",
            share=figure("risks", row, ["signal"], "value", "percent"),
            said=said,
        )
        strong = [chart.names[at] for at in sorted(chart.strong)][:3]
        points = [
            Sentence((f"显著高于其余的：{'、'.join(strong)}" if strong else "各组没有显著差别",)),
            Sentence(("没有分项评分与期望评分，这里看客户自己说出的落差",)),
        ]
        what = f"客户的话里带有「{name_of(signal)}」信号的联络占比，由机器按文本判断。"
        slides.append(
            SlidePlan(
                "体验差距", title, chart, None, tuple(points), ("risks", "risk_cells"), counted(run), what
            )
        )
    return slides


def _aspect_gap(run: RunTables, table: pd.DataFrame) -> SlidePlan:
    rows = table[table["performance"].notna()].to_dict("records")
    keys = ["aspect"]
    figures = tuple(figure("aspect_performance", row, keys, "performance", "score") for row in rows)
    expected = tuple(figure("aspect_performance", row, keys, "expected", "score") for row in rows)
    has_gap = all(pd.notna(row["expected"]) for row in rows)
    names = tuple(named(name_of(str(row["aspect"])), 12) for row in rows)
    ends = tuple((float(row["low"]), float(row["high"])) for row in rows)
    first = rows[0]
    if has_gap:
        worst = min(rows, key=lambda row: row["gap"])
        title = say(
            "{aspect}与期望差得最多：实际 {real}，期望 {wanted}",
            aspect=named(name_of(str(worst["aspect"]))),
            real=figure("aspect_performance", worst, keys, "performance", "score"),
            wanted=figure("aspect_performance", worst, keys, "expected", "score"),
        )
    else:
        title = say(
            "{aspect}最该先改：均分 {value}", aspect=named(name_of(str(first["aspect"]))), value=figures[0]
        )
    points = [
        Sentence((f"{named(name_of(str(row['aspect'])))}：{row['quadrant']}",))
        for row in rows
        if row["quadrant"]
    ]
    chart = Bars(
        "column", names, "实际", figures, ends, second=expected if has_gap else (), second_said="期望"
    )
    what = "实际 = 分项评分的均值；重要程度 = 与总评分的秩相关；差距 = 实际 − 期望。"
    return SlidePlan(
        "体验差距", title, chart, None, tuple(points), ("aspect_performance",), counted(run), what
    )
