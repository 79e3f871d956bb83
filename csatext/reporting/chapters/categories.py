"""The chapter on complaint categories: shares, subcategories, changes, keywords."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from csatext.aggregation.breakdown import Overview, numerator_shares
from csatext.inference import ALPHA
from csatext.labels import EMPTY, UNCLASSIFIED, FlagNames, flag_names
from csatext.plots.by_group import plot_breakdown
from csatext.plots.over_time import plot_trend
from csatext.reporting.chapters.page import (
    Block,
    Columns,
    Section,
    TableSource,
    TextTable,
    as_breakdown,
    picture,
    text_table,
)
from csatext.reporting.chapters.trends import counts_of
from csatext.reporting.chapters.wording import is_by_machine
from csatext.reporting.format import (
    format_interval,
    format_intervals,
    format_number,
    format_percent,
    format_points,
)
from csatext.reporting.standard_tables import TAGS

__all__ = ["category_chapter"]

_WORDS = 8
_MOST_SUBCATEGORIES = 15
_COMPLAINTS_ONLY = 0.9
"""Share of complaints from which a set is an export of complaints."""


def category_chapter(
    tables: Mapping[str, pd.DataFrame], whole: Overview, flag: FlagNames, measure: str
) -> Section | None:
    """Return the chapter, None without categories; a trained classifier's stand below those by rules."""
    complaint = "breakdown_is_complaint_category" in tables or "breakdown_is_complaint_complaint" in tables
    kind, flag = ("is_complaint_", flag_names("is_complaint")) if complaint else ("", flag)
    counted = "is_complaint" if complaint else measure
    by_rules, by_model = (tables.get(f"breakdown_{kind}{name}") for name in TAGS)
    if by_model is not None:
        by_model = by_model.rename(columns={TAGS[1]: TAGS[0]})
    table = by_model if by_rules is None else by_rules
    if table is None or not len(table):
        return None
    ordered = table.sort_values(["numerator", "category"], ascending=[False, True], kind="stable")
    ordered = ordered.assign(share=numerator_shares(ordered))
    shown, words = _rows(ordered, tables.get("keywords_category"), flag), "查看表格与特征词"
    first = _first_block(tables.get("category_shares"), flag, shown, words)
    blocks = [first or Block(f"各类别的{flag.flagged}", table=shown, name=f"各类别的{flag.flagged}")]
    if "audited_categories" in tables:
        blocks.append(_corrected(tables["audited_categories"]))
    blocks += [
        block
        for block in (_subcategories(tables.get("subcategory_shares")), *_courses(tables))
        if block is not None
    ]
    if by_rules is not None and by_model is not None:
        found = by_model.assign(share=numerator_shares(by_model))
        found = found.sort_values(["numerator", "category"], ascending=[False, True], kind="stable")
        blocks.append(Block("训练好的分类器给出的类别", table=_rows(found, None, flag), folded="查看表格"))
    lead = _lead(tables, ordered, whole, by_rules is not None)
    if is_by_machine(counted) or "audited_categories" not in tables:
        what = f"各类别的{flag.flagged}" if is_by_machine(counted) else "类别"
        lead += f"{what}由机器判断，未经抽检校正。"
    return Section("投诉分类", tuple(blocks), lead)


def _first_block(shares: pd.DataFrame | None, flag: FlagNames, table: TextTable, folded: str) -> Block | None:
    """Return the shares of all categories, what no rule claims among them; None without their table."""
    if shares is None or not len(shares):
        return None
    drawn = as_breakdown(shares.assign(value=shares["share"], n=shares["numerator"]), "category")
    drawn.attrs = {"measure": f"占{flag.flagged}", "kind": "rate", "denominator": flag.flagged}
    first = shares.iloc[0]
    largest = "还没有类别的" if first["category"] == UNCLASSIFIED else f"「{first['category']}」"
    title = f"{largest}最多，占{flag.flagged}的 {format_percent(first['share'])}"
    alt = f"条形图：各类别占{flag.flagged}的份额与 95% 区间。{title}。"
    note = f"占全部{flag.flagged}的份额；横线为 95% 区间；{UNCLASSIFIED}的是没有规则认领的"
    shown = picture(plot_breakdown(drawn), alt, note, opens=(drawn, ["category"]), rows=len(drawn))
    return Block(title, shown, table, folded, name=f"各类别的{flag.flagged}")


def _subcategories(shares: pd.DataFrame | None) -> Block | None:
    """Return the largest subcategories."""
    if shares is None:
        return None
    named = shares[shares["subcategory"].notna() & ~shares["subcategory"].isin(["", UNCLASSIFIED, EMPTY])]
    if not len(named):
        return None
    flagged = flag_names(str(shares.attrs.get("measure") or "is_complaint")).flagged
    shown = named.assign(range=format_intervals(named, format_percent))
    columns: Columns = [
        ("subcategory", "子类", None),
        ("category", "投诉类别", None),
        ("numerator", flagged, format_number),
        ("share", f"占{flagged}", format_percent),
        ("range", "95% 区间", None),
    ]
    source = TableSource("subcategory_shares", named, ["category", "subcategory"])
    title = f"最多的子类是「{named['subcategory'].iloc[0]}」"
    return Block(title, table=text_table(shown, columns, _MOST_SUBCATEGORIES, source), name="最多的子类")


def _courses(tables: Mapping[str, pd.DataFrame]) -> list[Block]:
    """Return the number of contacts of each category over time, and what has changed of late."""
    blocks = []
    course, changes = tables.get("trend_category"), tables.get("category_changes")
    if course is not None and course["n"].gt(0).any():
        counts = counts_of(course[course["category"] != UNCLASSIFIED])
        if len(counts):
            drawn = picture(
                plot_trend(counts, max_groups=6), "折线图：联络最多的六类每个时段的联络数。",
                opens=(counts, ["category"]),
            )  # fmt: skip
            blocks.append(Block("各类别的联络数走势", drawn, note="联络最多的六类。"))
    if changes is not None and len(changes):
        moved = changes[changes["has_changed"].astype(bool)]
        rose = moved[(moved["difference"] > 0) & (moved["category"] != UNCLASSIFIED)]
        period = changes["period"].iloc[0]
        title = f"{period} 没有哪一类的占比明显变化"
        if len(moved):
            title = f"{period} 有 {len(moved)} 类的占比明显变化"
        if len(rose):
            title = f"{period} 占比明显上升：{'、'.join(f'「{name}」' for name in rose['category'].head(3))}"
        shown = changes.assign(
            range=[
                format_interval(low, high, format_points)
                for low, high in zip(changes["low"], changes["high"], strict=True)
            ],
            verdict=["明显变化" if known else "随机波动之内" for known in changes["has_changed"]],
        )
        columns: Columns = [
            ("category", "投诉类别", None),
            ("n", f"{period} 联络数", format_number),
            ("n_before", "之前每期", format_number),
            ("value", "占联络", format_percent),
            ("before", "之前占联络", format_percent),
            ("difference", "变化", format_points),
            ("range", "区间", None),
            ("verdict", "结论", None),
        ]
        table = text_table(shown, columns, 40, TableSource("category_changes", changes, ["category"]))
        blocks.append(
            Block(title, table=table, note="区间按类别个数校正，各类一起成立。", name="各类别的变化")
        )
    return blocks


def _corrected(rates: pd.DataFrame) -> Block:
    """Return the share of each category in all contacts as tags of people correct it."""
    shown = rates.assign(range=format_intervals(rates, format_percent))
    columns: Columns = [
        ("category", "投诉类别", None),
        ("raw_rate", "机器判断的占比", format_percent),
        ("rate", "校正后", format_percent),
        ("range", "95% 区间", None),
        ("precision", "精确率", format_percent),
        ("recall", "召回率", format_percent),
    ]
    n = format_number(int(rates.attrs.get("n_tagged", 0)))
    note = (
        f"占全部联络的比例，按 {n} 条抽检校正；精确率是机器说的里面人也认可的，"
        "召回率是人认可的里面机器说到的。"
    )
    return Block("各类别的占比（抽检校正）", table=text_table(shown, columns), note=note)


def _lead(tables: Mapping[str, pd.DataFrame], ordered: pd.DataFrame, whole: Overview, by_rules: bool) -> str:
    """Return what a reader must know of the categories: by what they were found, and of what contacts."""
    lead = "按规则归类，一条联络取其主要类别；" if by_rules else "由训练好的分类器归类；"
    lead += "个人信息已遮盖。" + _review(tables, whole)
    choice = tables.get("pack_choice")
    if choice is not None:
        chosen = choice[choice["chosen"]]
        shown = "、".join(
            f"「{row.label_zh}」" + (f"（{format_percent(row.share)} 的联络命中）" if row.n_docs else "")
            for row in chosen.itertuples(index=False)
        )
        lead += f"分类体系按命中选了{shown}。"
    if "breakdown_is_complaint_category" in tables:
        rate = ordered["numerator"].sum() / max(ordered["denominator"].sum(), 1)
        if rate >= _COMPLAINTS_ONLY:
            lead += f"这批联络几乎都是投诉（{format_percent(rate)}），投诉率没有比较意义，请看条数和占比。"
    return lead


def _review(tables: Mapping[str, pd.DataFrame], whole: Overview) -> str:
    """Return how many contacts a person should look at, and why."""
    if whole.to_review is None or pd.isna(whole.to_review):
        return ""
    n, share = format_number(round(whole.to_review * whole.n)), format_percent(whole.to_review)
    trained = tables.get("trained_model")
    if trained is None or not len(trained):
        why = "没有归类的投诉，或两个类别的依据相近" if trained is None and "taxonomy" in tables else ""
        return f"待复核 {n} 条（{share}）{f'：{why}；规则不承诺准确率' if why else ''}。"
    model = trained.iloc[0]
    lead = (
        f"分类器从 {format_number(model['n_human'])} 条人工标注学得，留出样本上的 F1 为 {model['f1']:.2f}；"
    )
    if pd.isna(model["promised_precision"]):
        return f"{lead}没有承诺准确率，待复核 {n} 条（{share}）是没有认识的词。"
    promised = format_percent(model["promised_precision"])
    if model["n_needed"] > 0:
        return (
            f"{lead}现有标注验证不了承诺的准确率 {promised}，全部联络待复核；"
            f"估计需要约 {format_number(model['n_needed'])} 条标注。"
        )
    return f"{lead}达不到承诺的准确率 {promised} 的 {n} 条（{share}）待复核；承诺只对与标注同类的联络成立。"


def _rows(ordered: pd.DataFrame, keywords: pd.DataFrame | None, flag: FlagNames) -> TextTable:
    shown = ordered.assign(range=format_intervals(ordered, format_percent), words="—")
    if keywords is not None:
        firm = keywords[(keywords["q"] < ALPHA) & (keywords["rank"] <= _WORDS)]
        words = firm.groupby("group")["term"].agg("、".join)
        shown["words"] = [words.get(name, "—") for name in shown["category"]]
    columns: Columns = [
        ("category", "投诉类别", None),
        ("n", "联络数", format_number),
        ("numerator", flag.flagged, format_number),
        ("share", f"占{flag.flagged}", format_percent),
        ("value", flag.rate, format_percent),
        ("range", "95% 区间", None),
        ("words", "特征词", None),
    ]
    return text_table(shown, columns)
