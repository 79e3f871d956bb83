"""The summary: what a manager reads if nothing else is read, each sentence with its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from csatext.aggregation.breakdown import Overview, above_rest, numerator_shares
from csatext.aggregation.episodes import dimensions_in_episodes
from csatext.aggregation.trend import LatestChange
from csatext.labels import (
    PLACEHOLDERS,
    UNCLASSIFIED,
    FlagNames,
    cell_name,
    dated_period,
    flag_names,
    name_of,
    period_name,
)
from csatext.reporting.chapters.feelings import risk_sentences
from csatext.reporting.chapters.figures import Figures
from csatext.reporting.chapters.wording import (
    audited_row,
    constant_sentence,
    correction_sentence,
    is_by_machine,
    unseen,
)
from csatext.reporting.format import (
    format_interval,
    format_number,
    format_p_value,
    format_percent,
    format_points,
    format_whole,
)
from csatext.reporting.standard_tables import CHART_VALUES, TAGS

__all__ = ["cards", "episode_sentence", "machine_note", "summary"]

_MOST_EPISODES = 5
_MOST_CELLS = 3

Tables = Mapping[str, pd.DataFrame]


def cards(tables: Tables, whole: Overview, flag: FlagNames, measure: str) -> tuple[dict[str, str], ...]:
    """Return the figures at the head of the page; corrected rates where people have tagged a sample."""
    made = [{"value": format_number(whole.n), "label": "联络数"}]
    if whole.denominator:
        made.append(_rate_card(tables, measure, whole.value, flag.rate))
    if whole.complaints is not None and flag.rate != "投诉率":
        made.append(_rate_card(tables, "is_complaint", whole.complaints, "投诉率"))
    if whole.classified is not None:
        label = "命中投诉类别的占比" if whole.complaints is None else "投诉中已归类的占比"
        made.append({"value": format_percent(whole.classified), "label": label})
    if whole.csat is not None:
        made.append({"value": f"{whole.csat:.2f}", "label": "满意度均分"})
    if "episodes" in tables:
        rises = int(tables["episodes"]["is_rise"].sum())
        what = flag.rate if tables["episodes"].attrs.get("is_rate", True) else "联络数"
        made.append({"value": format_number(rises), "label": f"{what}升高的异动"})
    return tuple(made)


def _rate_card(tables: Tables, measure: str, value: float, rate: str) -> dict[str, str]:
    row = audited_row(tables, measure)
    if row is None or pd.isna(row["rate"]):
        return {"value": format_percent(value), "label": rate}
    return {"value": format_percent(row["rate"]), "label": f"{rate}（抽检校正）"}


def machine_note(tables: Tables, whole: Overview, measure: str) -> str:
    """Return which figures of the head are a machine's, and whether tags of people have corrected them."""
    flags = [measure, *(["is_complaint"] if whole.complaints is not None else [])]
    known = [name for name in dict.fromkeys(flags) if audited_row(tables, name) is not None]
    said = "".join(correction_sentence(tables, name) for name in known)
    machine = [flag_names(name).rate for name in flags if name not in known and is_by_machine(name)]
    if whole.classified is not None and "audited_categories" not in tables:
        machine.append("投诉类别")
    machine = list(dict.fromkeys(machine))
    return said + (f"{'、'.join(machine)}由机器判断，未经抽检校正。" if machine else "")


def summary(tables: Tables, figures: Figures, flag: FlagNames) -> tuple[str, ...]:
    """Return the sentences, most general first; those without evidence in the tables are left out."""
    sentences = [
        _scope(figures.overview, flag, audited_row(tables, figures.measure)),
        _latest(tables, figures.latest, flag),
    ]
    sentences += [
        *_changes(tables, figures, flag),
        _worst_category(tables, flag),
        *_worst_cells(tables, flag),
        *risk_sentences(tables),
    ]
    return tuple(sentence for sentence in [*sentences, _rejected(tables)] if sentence)


def episode_sentence(
    row: Mapping[str, Any],
    cell: str,
    freq: str,
    flag: FlagNames,
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
    flag : FlagNames
    is_rate : bool, default True
        Whether the rate is explained; False: the number of contacts.
    unseen_before : str
        How to say that there were no contacts to compare with.
    """
    first, last = row["first_period"], row["last_period"]
    sentence = dated_period(first, freq) + ("" if first == last else f"至 {last}") + f"，{cell}："
    moved, more = ("升到", "多") if row["is_rise"] else ("降到", "少")
    before, after = (format_percent(row[name]) for name in ("before", "after"))
    counts = f"{format_number(row['numerator'])}/{format_number(row['denominator'])}"
    if not is_rate:
        sentence += f"联络数由每期 {format_number(row['before'])} 条{moved} {format_number(row['after'])} 条"
    elif pd.isna(row["before"]):
        sentence += f"{unseen_before}，{counts}（{flag.rate} {after}）"
    else:
        sentence += f"{flag.rate}由 {before} {moved} {after}（{counts}）"
    if pd.notna(row["excess"]):
        sentence += f"，比原来的水平{more}出约 {format_whole(abs(row['excess']))} 条"
        ends = row["excess_low"], row["excess_high"]
        if not any(pd.isna(end) for end in ends):
            low, high = sorted(abs(end) for end in ends)
            sentence += f"（区间 {format_interval(low, high, format_whole)}）"
    if pd.notna(row["top_category"]):
        sentence += f"，以「{row['top_category']}」为主"
    if pd.notna(row["words"]):
        sentence += f"，相关词：{'、'.join(str(row['words']).split('、')[:6])}"
    return sentence + ("；到最后一个完整时段仍在持续。" if row["is_current"] else "。")


def _scope(whole: Overview, flag: FlagNames, audited: Any) -> str:
    sentence = f"共 {format_number(whole.n)} 条联络"
    if whole.first is not None and whole.last is not None:
        sentence = f"{whole.first:%Y-%m-%d} 至 {whole.last:%Y-%m-%d} {sentence}"
    if not whole.denominator:
        return sentence + "。"
    if audited is not None and pd.notna(audited["rate"]):
        return (
            f"{sentence}，{flag.rate} {format_percent(audited['rate'])}（按抽检校正，95% 区间 "
            f"{format_interval(audited['low'], audited['high'], format_percent)}；机器判断 "
            f"{format_percent(whole.value)}）。"
        )
    return (
        f"{sentence}，{flag.rate} {format_percent(whole.value)}"
        f"（{format_number(whole.numerator)}/{format_number(whole.denominator)}，"
        f"95% 区间 {format_interval(whole.low, whole.high, format_percent)}）。"
    )


def _latest(tables: Tables, latest: LatestChange | None, flag: FlagNames) -> str:
    """Return the comparison of the last complete period with those before it."""
    if "trend_total" not in tables:
        return ""
    if latest is None:
        return "完整的时段不足两个，无法比较前后变化。"
    freq = str(tables["trend_total"].attrs.get("freq", "W"))
    span = f"{latest.periods_before} {period_name(freq)}"
    if "root_causes" in tables and not tables["root_causes"].attrs.get("is_rate", True):
        return (
            f"最近一个完整时段 {latest.label} 有 {format_number(latest.n)} 条联络，"
            f"之前 {span}平均每期 {format_number(latest.n_before)} 条。"
        )
    n, value = format_number(latest.n), format_percent(latest.value)
    now = f"最近一个完整时段 {latest.label}（{n} 条）{flag.rate} {value}"
    change = latest.difference
    if pd.isna(change.value):
        return f"{now}。"
    verdict = "超出随机波动" if change.is_significant else "在随机波动之内"
    return (
        f"{now}，与之前 {span}的 {format_percent(latest.before)} 相比 {format_points(change.value)}"
        f"（区间 {format_interval(change.low, change.high, format_points)}），{verdict}。"
    )


def _changes(tables: Tables, figures: Figures, flag: FlagNames) -> list[str]:
    found = tables.get("episodes")
    if found is None:
        return []
    attrs = tables["root_causes"].attrs
    is_rate = bool(attrs.get("is_rate", True))
    sentences = [] if is_rate else [constant_sentence(figures.overview, flag)]
    rises = found[found["is_rise"]]
    if not len(rises):
        return [*sentences, f"变化与根因：{attrs.get('reason', '没有发现升高的异动')}。"]
    by = dimensions_in_episodes(found)
    for row in rises.head(_MOST_EPISODES).to_dict("records"):
        where, new = cell_name(row, by), unseen(row, figures.courses, attrs)
        sentence = episode_sentence(row, where, attrs["freq"], flag, is_rate=is_rate, unseen_before=new)
        sentences.append(sentence)
    if len(rises) > _MOST_EPISODES:
        sentences.append(f"另有 {len(rises) - _MOST_EPISODES} 起升高的异动，见「变化与根因」。")
    return sentences


def _worst_category(tables: Tables, flag: FlagNames) -> str:
    table = tables.get("breakdown_is_complaint_category")
    if table is not None:
        flag = flag_names("is_complaint")
    else:
        table = tables.get("breakdown_category")
    if table is None:
        return ""
    table = table.assign(share=numerator_shares(table))
    named = table[(table["category"] != UNCLASSIFIED) & (table["numerator"] > 0)]
    if not len(named):
        return ""
    top = named.sort_values(["numerator", "category"], ascending=[False, True]).head(_MOST_CELLS)
    listed = "、".join(
        f"「{row.category}」{format_number(row.numerator)} 条（{format_percent(row.share)}）"
        for row in top.itertuples(index=False)
    )
    return f"{flag.flagged}最多的投诉类别：{listed}。"


def _worst_cells(tables: Tables, flag: FlagNames) -> list[str]:
    """Return a sentence a dimension: the values whose rate is significantly above the rest."""
    sentences = []
    for key, table in tables.items():
        name = key.removeprefix("breakdown_")
        if not key.startswith("breakdown_") or name not in table.columns or name in TAGS:
            continue
        high = above_rest(table).sort_values("difference", ascending=False, kind="stable")
        high = high[~high[name].isin(PLACEHOLDERS)]
        if not len(high):
            continue
        listed = "、".join(
            f"「{row[name]}」{format_percent(row['value'])}"
            f"（{format_points(row['difference'])}，q {format_p_value(row['q'])}）"
            for row in high.head(_MOST_CELLS).to_dict("records")
        )
        more = f" 等 {len(high)} 个" if len(high) > _MOST_CELLS else ""
        among = f"{len(table)} 个{name_of(name)}中" if len(table) > CHART_VALUES else f"{name_of(name)}中"
        sentences.append(f"{among}{flag.rate}显著高于其余的：{listed}{more}。")
    return sentences


def _rejected(tables: Tables) -> str:
    quality = tables.get("quality")
    if quality is None:
        return ""
    lost = quality[quality["check"] == "rejected"]
    return "".join(
        f"读入时剔除 {format_number(row.n)} 行：{row.detail}。" for row in lost.itertuples(index=False)
    )
