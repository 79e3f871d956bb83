"""The summary: what a manager reads if nothing else is read, each sentence with its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from csatext.aggregation.episodes import dimensions_in_episodes
from csatext.aggregation.statistics.intervals import rate_difference, wilson
from csatext.labels import Measure, cell_name, dated_period, name_of, period_name
from csatext.reporting.chapters.wording import constant_sentence, unseen
from csatext.reporting.format import (
    format_interval,
    format_number,
    format_p_value,
    format_percent,
    format_points,
    format_whole,
)
from csatext.reporting.standard_tables import CHART_VALUES

__all__ = ["cards", "episode_sentence", "summary"]

_MOST_EPISODES = 5
_MOST_CELLS = 3
_UNKNOWN = "未归类"

Tables = Mapping[str, pd.DataFrame]


def cards(facts: pd.DataFrame, tables: Tables, column: str, measure: Measure) -> tuple[dict[str, str], ...]:
    """Return the figures at the head of the page."""
    made = [{"value": format_number(len(facts)), "label": "联络数"}]
    known = facts[column].dropna()
    if len(known):
        made.append({"value": format_percent(known.astype(float).mean()), "label": measure.rate})
    if "category" in facts:
        hit = (facts["category"] != _UNKNOWN).mean()
        made.append({"value": format_percent(hit), "label": "命中投诉类别的占比"})
    if "csat" in facts and pd.api.types.is_numeric_dtype(facts["csat"]) and facts["csat"].notna().any():
        made.append({"value": f"{facts['csat'].mean():.2f}", "label": "满意度均分"})
    if "episodes" in tables:
        rises = int(tables["episodes"]["is_rise"].sum())
        what = measure.rate if tables["episodes"].attrs.get("is_rate", True) else "联络数"
        made.append({"value": format_number(rises), "label": f"{what}升高的异动"})
    return tuple(made)


def summary(facts: pd.DataFrame, tables: Tables, column: str, measure: Measure) -> tuple[str, ...]:
    """Return the sentences, most general first; those that the tables do not bear out are left out."""
    said = [
        _scope(facts, column, measure),
        _latest(tables, measure),
        *_changes(facts, tables, column, measure),
    ]
    said += [_worst_category(tables, measure), *_worst_cells(tables, measure), _rejected(tables)]
    return tuple(sentence for sentence in said if sentence)


def episode_sentence(
    row: Mapping[str, Any],
    cell: str,
    freq: str,
    measure: Measure,
    *,
    is_rate: bool = True,
    unseen_before: str = "首次出现",
) -> str:
    """Return what happened in an episode: where, when, how much, what about.

    Parameters
    ----------
    row : mapping
        A row of table ``episodes``.
    cell : str
        What it names.
    freq : str
    measure : Measure
    is_rate : bool, default True
        Whether the rate is explained; False: the number of contacts.
    unseen_before : str
        How to say that there were no contacts to compare with.
    """
    first, last = row["first_period"], row["last_period"]
    said = dated_period(first, freq) + ("" if first == last else f"至 {last}") + f"，{cell}："
    moved, more = ("升到", "多") if row["is_rise"] else ("降到", "少")
    before, after = (format_percent(row[name]) for name in ("before", "after"))
    counts = f"{format_number(row['numerator'])}/{format_number(row['denominator'])}"
    if not is_rate:
        said += f"联络数由每期 {format_number(row['before'])} 条{moved} {format_number(row['after'])} 条"
    elif pd.isna(row["before"]):
        said += f"{unseen_before}，{counts}（{measure.rate} {after}）"
    else:
        said += f"{measure.rate}由 {before} {moved} {after}（{counts}）"
    if pd.notna(row["excess"]):
        said += f"，比原来的水平{more}出约 {format_whole(abs(row['excess']))} 条"
        ends = row["excess_low"], row["excess_high"]
        if not any(pd.isna(end) for end in ends):
            low, high = sorted(abs(end) for end in ends)
            said += f"（区间 {format_interval(low, high, format_whole)}）"
    if pd.notna(row["top_category"]):
        said += f"，以「{row['top_category']}」为主"
    if pd.notna(row["words"]):
        said += f"，相关词：{'、'.join(str(row['words']).split('、')[:6])}"
    return said + ("；到最后一个完整时段仍在持续。" if row["is_current"] else "。")


def _scope(facts: pd.DataFrame, column: str, measure: Measure) -> str:
    known = facts[column].dropna().astype(float)
    said = f"共 {format_number(len(facts))} 条联络"
    if "created_at" in facts and facts["created_at"].notna().any():
        first, last = facts["created_at"].min(), facts["created_at"].max()
        said = f"{first:%Y-%m-%d} 至 {last:%Y-%m-%d} {said}"
    if not len(known):
        return said + "。"
    low, high = wilson([known.sum()], [len(known)])
    return (
        f"{said}，{measure.rate} {format_percent(known.mean())}"
        f"（{format_number(known.sum())}/{format_number(len(known))}，"
        f"95% 区间 {format_interval(low[0], high[0], format_percent)}）。"
    )


def _latest(tables: Tables, measure: Measure) -> str:
    """Compare the last complete period with those before it."""
    total = tables.get("trend_total")
    if total is None:
        return ""
    whole = total[total["is_complete"] & (total["denominator"] > 0)]
    back = int(tables["root_causes"].attrs.get("baseline_periods", 4)) if "root_causes" in tables else 4
    if len(whole) < 2:
        return "完整的时段不足两个，无法比较前后变化。"
    last, past = whole.iloc[-1], whole.iloc[-1 - back : -1]
    freq = str(total.attrs.get("freq", "W"))
    span = f"{len(past)} {period_name(freq)}"
    if "root_causes" in tables and not tables["root_causes"].attrs.get("is_rate", True):
        return (
            f"最近一个完整时段 {last['label']} 有 {format_number(last['n'])} 条联络，"
            f"之前 {span}平均每期 {format_number(past['n'].mean())} 条。"
        )
    before = float(past["numerator"].sum()), float(past["denominator"].sum())
    events = float(last["numerator"]) if pd.notna(last["numerator"]) else float("nan")
    after = events, float(last["denominator"])
    found = rate_difference(before, after)
    n, value = format_number(last["n"]), format_percent(last["value"])
    now = f"最近一个完整时段 {last['label']}（{n} 条）{measure.rate} {value}"
    if pd.isna(found.value):
        return f"{now}。"
    verdict = "超出随机波动" if found.is_significant else "在随机波动之内"
    return (
        f"{now}，与之前 {span}的 {format_percent(before[0] / before[1])} 相比 {format_points(found.value)}"
        f"（区间 {format_interval(found.low, found.high, format_points)}），{verdict}。"
    )


def _changes(facts: pd.DataFrame, tables: Tables, column: str, measure: Measure) -> list[str]:
    found = tables.get("episodes")
    if found is None:
        return []
    attrs = tables["root_causes"].attrs
    is_rate = bool(attrs.get("is_rate", True))
    said = [] if is_rate else [constant_sentence(facts, column, measure)]
    rises = found[found["is_rise"]]
    if not len(rises):
        return [*said, f"变化与根因：{attrs.get('reason', '没有发现升高的异动')}。"]
    by = dimensions_in_episodes(found)
    for row in rises.head(_MOST_EPISODES).to_dict("records"):
        unseen_before = unseen(facts, row, by, attrs) if pd.isna(row["before"]) else ""
        said.append(
            episode_sentence(
                row,
                cell_name(row, by),
                attrs["freq"],
                measure,
                is_rate=is_rate,
                unseen_before=unseen_before,
            )
        )
    if len(rises) > _MOST_EPISODES:
        said.append(f"另有 {len(rises) - _MOST_EPISODES} 起升高的异动，见「变化与根因」。")
    return said


def _worst_category(tables: Tables, measure: Measure) -> str:
    table = tables.get("breakdown_category")
    if table is None:
        return ""
    total = table["numerator"].sum()
    named = table[(table["category"] != _UNKNOWN) & (table["numerator"] > 0)]
    if not total or not len(named):
        return ""
    top = named.sort_values(["numerator", "category"], ascending=[False, True]).head(_MOST_CELLS)
    listed = "、".join(
        f"「{row.category}」{format_number(row.numerator)} 条（{format_percent(row.numerator / total)}）"
        for row in top.itertuples(index=False)
    )
    return f"{measure.flagged}最多的投诉类别：{listed}。"


def _worst_cells(tables: Tables, measure: Measure) -> list[str]:
    """Name the values of each dimension whose rate is above the rest beyond chance."""
    said = []
    for key, table in tables.items():
        name = key.removeprefix("breakdown_")
        if not key.startswith("breakdown_") or name not in table.columns or name == "category":
            continue
        high = table[(table["q"] < 0.05) & (table["difference"] > 0)]
        if not len(high):
            continue
        high = high.sort_values("difference", ascending=False, kind="stable")
        listed = "、".join(
            f"「{row[name]}」{format_percent(row['value'])}"
            f"（{format_points(row['difference'])}，q {format_p_value(row['q'])}）"
            for row in high.head(_MOST_CELLS).to_dict("records")
        )
        more = f" 等 {len(high)} 个" if len(high) > _MOST_CELLS else ""
        among = f"{len(table)} 个{name_of(name)}中" if len(table) > CHART_VALUES else f"{name_of(name)}中"
        said.append(f"{among}{measure.rate}显著高于其余的：{listed}{more}。")
    return said


def _rejected(tables: Tables) -> str:
    quality = tables.get("quality")
    if quality is None:
        return ""
    lost = quality[quality["check"] == "rejected"]
    return "".join(
        f"读入时剔除 {format_number(row.n)} 行：{row.detail}。" for row in lost.itertuples(index=False)
    )
