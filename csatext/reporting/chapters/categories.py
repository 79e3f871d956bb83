"""The chapter on complaint categories: counts, keywords, utterances of customers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from csatext.aggregation.breakdown import Overview, numerator_shares
from csatext.inference import ALPHA
from csatext.labels import POLARITY_NAMES, UNCLASSIFIED, FlagNames, flag_names
from csatext.reporting.chapters.page import Block, Section, as_markup, text_table
from csatext.reporting.chapters.wording import is_by_machine
from csatext.reporting.charts.charts import count_chart, line_chart
from csatext.reporting.format import format_intervals, format_number, format_percent
from csatext.reporting.standard_tables import TAGS

__all__ = ["category_chapter"]

_WORDS = 8
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
    named = ordered[ordered["category"] != UNCLASSIFIED]
    # What no category claims is shown as what it is, below those that one does.
    drawn = pd.concat([named, ordered[ordered["category"] == UNCLASSIFIED]])
    chart = count_chart(
        drawn["category"].tolist(),
        drawn["numerator"].tolist(),
        [
            f"{format_number(n)} 条，{format_percent(part)}"
            for n, part in zip(drawn["numerator"], drawn["share"], strict=True)
        ],
        title=f"各投诉类别的{flag.flagged}",
    )
    blocks = [
        Block(
            f"各类别的{flag.flagged}",
            as_markup(chart),
            _rows(ordered, tables.get("keywords_category"), flag),
            "查看表格与特征词",
            note="百分比为占全部" + flag.flagged + "的份额。",
        )
    ]
    if "audited_categories" in tables:
        blocks.append(_corrected(tables["audited_categories"]))
    course = tables.get("trend_category")
    if course is not None:
        counts = course[course["category"] != UNCLASSIFIED].assign(value=course["n"].astype(float))
        counts = counts.assign(low=float("nan"), high=float("nan"))
        if counts["value"].notna().any():
            lines = line_chart(counts, "category", title="各投诉类别的联络数走势", percent=False)
            blocks.append(Block("各类别的联络数走势", as_markup(lines), note="联络最多的六类。"))
    if by_rules is not None and by_model is not None:
        shown = by_model.assign(share=numerator_shares(by_model))
        shown = shown.sort_values(["numerator", "category"], ascending=[False, True], kind="stable")
        blocks.append(Block("训练好的分类器给出的类别", table=_rows(shown, None, flag), folded="查看表格"))
    blocks += _quotes(tables.get("examples"), named["category"].tolist())
    lead = _lead(tables, ordered, whole, by_rules is not None)
    if is_by_machine(counted) or "audited_categories" not in tables:
        what = f"各类别的{flag.flagged}" if is_by_machine(counted) else "类别"
        lead += f"{what}由机器判断，未经抽检校正。"
    return Section("投诉类别", tuple(blocks), lead)


def _corrected(rates: pd.DataFrame) -> Block:
    """Return the share of each category in all contacts as tags of people correct it."""
    shown = rates.assign(range=format_intervals(rates, format_percent))
    columns: list[tuple[str, str, Any]] = [
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


def _rows(ordered: pd.DataFrame, keywords: pd.DataFrame | None, flag: FlagNames) -> Any:
    shown = ordered.assign(range=format_intervals(ordered, format_percent), words="—")
    if keywords is not None:
        firm = keywords[(keywords["q"] < ALPHA) & (keywords["rank"] <= _WORDS)]
        words = firm.groupby("group")["term"].agg("、".join)
        shown["words"] = [words.get(name, "—") for name in shown["category"]]
    columns: list[tuple[str, str, Any]] = [
        ("category", "投诉类别", None),
        ("n", "联络数", format_number),
        ("numerator", flag.flagged, format_number),
        ("share", f"占{flag.flagged}", format_percent),
        ("value", flag.rate, format_percent),
        ("range", "95% 区间", None),
        ("words", "特征词", None),
    ]
    return text_table(shown, columns)


def _source(polarity: Any, sentiment: Any, doc_id: Any) -> str:
    score = "" if pd.isna(sentiment) else f" {sentiment:+.2f}"
    return f"{POLARITY_NAMES.get(polarity, '—')}{score}，编号 {doc_id}"


def _quotes(examples: pd.DataFrame | None, order: list[str]) -> list[Block]:
    if examples is None:
        return []
    groups = dict(iter(examples.groupby("category", sort=True)))
    blocks: list[Block] = []
    for name in [*order, *(other for other in groups if other not in order)]:
        if name in groups:
            texts = tuple(
                {
                    "text": row.text,
                    "source": _source(row.polarity, row.sentiment, row.doc_id),
                }
                for row in groups[name].itertuples(index=False)
            )
            blocks.append(Block("" if blocks else "客户原声", quotes=texts, folded=name))
    return blocks
