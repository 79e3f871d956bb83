"""The first screen: what is the biggest complaint, is it rising, where, why, and how sure are we."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from csatext.aggregation.episodes import dimensions_in_episodes
from csatext.inference import ALPHA
from csatext.labels import EMPTY, PLACEHOLDERS, UNCLASSIFIED, cell_name, flag_names, name_of, period_name
from csatext.reporting.sentences import Sentence, figure, interval, join, say

__all__ = ["answers"]

_MOST_PLACES, _MOST_WORDS = 3, 6

Tables = Mapping[str, pd.DataFrame]
Answer = tuple[str, Sentence]


def answers(tables: Tables) -> tuple[Answer, ...]:
    """Return questions with their answers; empty without categories. What no table says is left out."""
    shares = tables.get("category_shares")
    if shares is None:
        return ()
    named = shares[(shares["category"] != UNCLASSIFIED) & (shares["numerator"] > 0)]
    if not len(named):
        return ()
    top = named.iloc[0]
    given = (
        ("最大的投诉是什么", _biggest(shares, top)),
        ("在升还是在降", _course(tables, top["category"])),
        ("集中在哪里", _places(tables, top["category"])),
        ("为什么", _reasons(tables, top["category"])),
        ("有多大把握", _sureness(tables, shares, top)),
    )
    return tuple((question, answer) for question, answer in given if answer)


def _flagged(shares: pd.DataFrame) -> str:
    return flag_names(str(shares.attrs.get("measure") or "is_complaint")).flagged.removesuffix("数")


def _share(row: Mapping[str, Any] | pd.Series, column: str, form: str) -> Any:
    return figure("category_shares", row, ["category"], column, form)


def _biggest(shares: pd.DataFrame, top: pd.Series) -> Sentence:
    what = _flagged(shares)
    said = say(
        "「{category}」：{n} 条，占{what}的 {share}",
        category=str(top["category"]), n=_share(top, "numerator", "number"), what=what,
        share=_share(top, "share", "percent"),
    )  # fmt: skip
    rest = shares[(shares["category"] == UNCLASSIFIED) & (shares["numerator"] > top["numerator"])]
    if len(rest):
        said += say(
            "；另有 {n} 条（{share}）还没有类别可归",
            n=_share(rest.iloc[0], "numerator", "number"), share=_share(rest.iloc[0], "share", "percent"),
        )  # fmt: skip
    return said + "。"


def _course(tables: Tables, category: Any) -> Sentence:
    changes = tables.get("category_changes")
    row = None if changes is None else changes[changes["category"] == category]
    if row is None or not len(row) or pd.isna(row["difference"].iloc[0]):
        return Sentence(("没有足够的完整时段，无法判断。",))
    found = row.iloc[0]

    def at(column: str, form: str) -> Any:
        return figure("category_changes", found, ["category"], column, form)

    moved = "在升" if found["difference"] > 0 else "在降"
    verdict = moved if found["has_changed"] else "没有明显变化"
    freq = str(tables["trend_category"].attrs.get("freq", "W")) if "trend_category" in tables else "W"
    return say(
        "{verdict}：{period} 占联络的 {value}（{n} 条），之前 {span}是 {before}，"
        "相差 {difference}（区间 {range}）。",
        verdict=verdict, period=str(found["period"]), value=at("value", "percent"), n=at("n", "number"),
        span=f"{found['periods_before']} {period_name(freq)}", before=at("before", "percent"),
        difference=at("difference", "points"),
        range=interval("category_changes", found, ["category"], "points"),
    )  # fmt: skip


def _places(tables: Tables, category: Any) -> Sentence:
    cells = tables.get("category_cells")
    if cells is None:
        return Sentence()
    high = cells[(cells["q"] < ALPHA) & (cells["difference"] > 0) & ~cells["cell"].isin(PLACEHOLDERS)]
    high = high[high["category"] == category].sort_values("difference", ascending=False, kind="stable")
    if not len(high):
        return Sentence(("各处的占比没有显著差别。",))
    keys = ["dimension", "cell"]
    listed = [
        say(
            "{dimension}「{cell}」占 {value}（其余 {rest}）",
            dimension=name_of(row["dimension"]), cell=str(row["cell"]),
            value=figure("category_cells", row, keys, "value", "percent"),
            rest=figure("category_cells", row, keys, "rest", "percent"),
        )
        for row in high.drop_duplicates("dimension").head(_MOST_PLACES).to_dict("records")
    ]  # fmt: skip
    return join("；", listed) + "。"


def _reasons(tables: Tables, category: Any) -> Sentence:
    parts: list[Sentence] = []
    shares = tables.get("subcategory_shares")
    if shares is not None:
        below = shares[(shares["category"] == category) & shares["subcategory"].notna()]
        below = below[~below["subcategory"].isin(["", UNCLASSIFIED, EMPTY])]
        if len(below):
            row = below.iloc[0]
            n = figure("subcategory_shares", row, ["category", "subcategory"], "numerator", "number")
            parts.append(say("以「{name}」为多（{n} 条）", name=str(row["subcategory"]), n=n))
    words = tables.get("keywords_category")
    if words is not None:
        firm = words[(words["group"] == category) & (words["q"] < ALPHA)].head(_MOST_WORDS)
        if len(firm):
            parts.append(Sentence((f"客户说的是{'、'.join(firm['term'])}",)))
    found = tables.get("episodes")
    if found is not None and "top_category" in found:
        mine = found[(found["top_category"] == category) & found["is_rise"]]
        if len(mine):
            row = mine.iloc[0]
            where = cell_name(row.to_dict(), dimensions_in_episodes(found))
            excess = figure("episodes", row, ["rank"], "excess", "size")
            when = str(row["first_period"])
            parts.append(say("{when} {where} 多出约 {excess} 条", when=when, where=where, excess=excess))
    return join("；", parts) + "。" if parts else Sentence()


def _sureness(tables: Tables, shares: pd.DataFrame, top: pd.Series) -> Sentence:
    said = say(
        "按 {n} 条{what}算，这一份额的 95% 区间是 {range}",
        n=_share(top, "denominator", "number"), what=_flagged(shares),
        range=interval("category_shares", top, ["category"], "percent"),
    )  # fmt: skip
    rates = tables.get("audited_categories")
    if rates is None or not len(rates[rates["category"] == top["category"]]):
        return said + "；类别由机器判断，未经抽检校正，区间只含抽样误差。"
    row = rates[rates["category"] == top["category"]].iloc[0]
    return said + say(
        "；抽检里机器说的有 {precision} 人也认可，校正后占全部联络的 {rate}（{range}）。",
        precision=figure("audited_categories", row, ["category"], "precision", "percent"),
        rate=figure("audited_categories", row, ["category"], "rate", "percent"),
        range=interval("audited_categories", row, ["category"], "percent"),
    )  # fmt: skip
