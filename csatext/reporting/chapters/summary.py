"""The summary: what a manager reads if nothing else is read, each sentence with its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from csatext.aggregation.breakdown import Overview, above_rest
from csatext.aggregation.episodes import dimensions_in_episodes
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
    format_number,
)
from csatext.reporting.sentences import Figure, Sentence, figure, interval, join, say
from csatext.reporting.standard_tables import CHART_VALUES, TAGS

__all__ = ["cards", "episode_sentence", "machine_note", "summary"]

_MOST_EPISODES = 5
_MOST_CELLS = 3

Tables = Mapping[str, pd.DataFrame]


def cards(
    tables: Tables, whole: Overview, flag: FlagNames, measure: str
) -> tuple[dict[str, str | Figure], ...]:
    """Return the figures at the head of the page; corrected rates where people have tagged a sample."""
    made: list[dict[str, str | Figure]] = [
        {"value": _overall(tables, "contacts", "number"), "label": "联络数"}
    ]
    if whole.denominator:
        made.append(_rate_card(tables, "measure", measure, flag.rate))
    if whole.complaints is not None and flag.rate != "投诉率":
        made.append(_rate_card(tables, "complaints", "is_complaint", "投诉率"))
    if whole.classified is not None:
        label = "命中投诉类别的占比" if whole.complaints is None else "投诉中已归类的占比"
        made.append({"value": _overall(tables, "classified", "percent"), "label": label})
    if whole.csat is not None:
        made.append({"value": _overall(tables, "csat", "score"), "label": "满意度均分"})
    if "episodes" in tables:
        rises = int(tables["episodes"]["is_rise"].sum())
        what = flag.rate if tables["episodes"].attrs.get("is_rate", True) else "联络数"
        made.append({"value": format_number(rises), "label": f"{what}升高的异动"})
    return tuple(made)


def _overall(tables: Tables, name: str, form: str, column: str = "value") -> Figure:
    """Return a figure of all contacts."""
    table = tables["overview"]
    return figure("overview", table[table["figure"] == name].iloc[0], ["figure"], column, form)


def _rate_card(tables: Tables, name: str, measure: str, rate: str) -> dict[str, str | Figure]:
    row = audited_row(tables, measure)
    if row is None or pd.isna(row["rate"]):
        return {"value": _overall(tables, name, "percent"), "label": rate}
    corrected = figure("audited_flags", row, ["flag"], "rate", "percent")
    return {"value": corrected, "label": f"{rate}（抽检校正）"}


def machine_note(tables: Tables, whole: Overview, measure: str) -> Sentence:
    """Return which figures of the head are a machine's, and whether tags of people have corrected them."""
    flags = [measure, *(["is_complaint"] if whole.complaints is not None else [])]
    known = [name for name in dict.fromkeys(flags) if audited_row(tables, name) is not None]
    said = join("", [correction_sentence(tables, name) for name in known])
    machine = [flag_names(name).rate for name in flags if name not in known and is_by_machine(name)]
    if whole.classified is not None and "audited_categories" not in tables:
        machine.append("投诉类别")
    machine = list(dict.fromkeys(machine))
    return said + (f"{'、'.join(machine)}由机器判断，未经抽检校正。" if machine else "")


def summary(tables: Tables, figures: Figures, flag: FlagNames) -> tuple[Sentence, ...]:
    """Return the sentences, most general first; those without evidence in the tables are left out."""
    sentences = [
        _scope(tables, figures.overview, flag, audited_row(tables, figures.measure)),
        _latest(tables, flag),
        *_changes(tables, figures, flag),
        _worst_category(tables, flag),
        *_worst_cells(tables, flag),
        *risk_sentences(tables),
        _rejected(tables),
    ]
    return tuple(sentence for sentence in sentences if sentence)


def episode_sentence(
    row: Mapping[str, Any],
    cell: str,
    freq: str,
    flag: FlagNames,
    *,
    is_rate: bool = True,
    unseen_before: str = "首次出现",
) -> Sentence:
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
    when = dated_period(first, freq) + ("" if first == last else f"至 {last}")
    moved, more = ("升到", "多") if row["is_rise"] else ("降到", "少")

    def at(column: str, form: str) -> Figure:
        return figure("episodes", row, ["rank"], column, form)

    counts = say("{part}/{whole}", part=at("numerator", "number"), whole=at("denominator", "number"))
    if not is_rate:
        what = say(
            "联络数由每期 {before} 条{moved} {after} 条",
            before=at("before", "number"), moved=moved, after=at("after", "number"),
        )  # fmt: skip
    elif pd.isna(row["before"]):
        what = say(
            "{unseen}，{counts}（{rate} {after}）",
            unseen=unseen_before, counts=counts, rate=flag.rate, after=at("after", "percent"),
        )  # fmt: skip
    else:
        what = say(
            "{rate}由 {before} {moved} {after}（{counts}）",
            rate=flag.rate, before=at("before", "percent"), moved=moved, after=at("after", "percent"),
            counts=counts,
        )  # fmt: skip
    sentence = say("{when}，{cell}：{what}", when=when, cell=cell, what=what)
    if pd.notna(row["excess"]):
        sentence += say("，比原来的水平{more}出约 {excess} 条", more=more, excess=at("excess", "size"))
        ends = ("excess_low", "excess_high")
        if not any(pd.isna(row[end]) for end in ends):
            low, high = sorted(ends, key=lambda end: abs(row[end]))
            sentence += say(
                "（区间 {range}）", range=interval("episodes", row, ["rank"], "size", (low, high))
            )
    if pd.notna(row["top_category"]):
        sentence += f"，以「{row['top_category']}」为主"
    if pd.notna(row["words"]):
        sentence += f"，相关词：{'、'.join(str(row['words']).split('、')[:6])}"
    return sentence + ("；到最后一个完整时段仍在持续。" if row["is_current"] else "。")


def _scope(tables: Tables, whole: Overview, flag: FlagNames, audited: Any) -> Sentence:
    span = ""
    if whole.first is not None and whole.last is not None:
        span = f"{whole.first:%Y-%m-%d} 至 {whole.last:%Y-%m-%d} "
    sentence = say("{span}共 {n} 条联络", span=span, n=_overall(tables, "contacts", "number"))
    if not whole.denominator:
        return sentence + "。"
    raw = _overall(tables, "measure", "percent")
    if audited is not None and pd.notna(audited["rate"]):
        return sentence + say(
            "，{name} {rate}（按抽检校正，95% 区间 {range}；机器判断 {raw}）。",
            name=flag.rate, rate=figure("audited_flags", audited, ["flag"], "rate", "percent"),
            range=interval("audited_flags", audited, ["flag"], "percent"), raw=raw,
        )  # fmt: skip
    table = tables["overview"]
    row = table[table["figure"] == "measure"].iloc[0]
    return sentence + say(
        "，{name} {raw}（{part}/{whole}，95% 区间 {range}）。",
        name=flag.rate, raw=raw, part=_overall(tables, "measure", "number", "numerator"),
        whole=_overall(tables, "measure", "number", "denominator"),
        range=interval("overview", row, ["figure"], "percent"),
    )  # fmt: skip


def _latest(tables: Tables, flag: FlagNames) -> Sentence:
    """Return the comparison of the last complete period with those before it."""
    if "trend_total" not in tables:
        return Sentence()
    if "latest_change" not in tables:
        return Sentence(("完整的时段不足两个，无法比较前后变化。",))
    row = tables["latest_change"].iloc[0]

    def at(column: str, form: str) -> Figure:
        return figure("latest_change", row, [], column, form)

    freq = str(tables["trend_total"].attrs.get("freq", "W"))
    named = {
        "period": row["period"],
        "n": at("n", "number"),
        "n_before": at("n_before", "number"),
        "span": f"{row['periods_before']} {period_name(freq)}",
    }
    if "root_causes" in tables and not tables["root_causes"].attrs.get("is_rate", True):
        return say("最近一个完整时段 {period} 有 {n} 条联络，之前 {span}平均每期 {n_before} 条。", **named)
    now = say(
        "最近一个完整时段 {period}（{n} 条）{rate} {value}",
        rate=flag.rate, value=at("value", "percent"), **named,
    )  # fmt: skip
    if pd.isna(row["difference"]):
        return now + "。"
    return now + say(
        "，与之前 {span}的 {before} 相比 {change}（区间 {range}），{verdict}。",
        before=at("before", "percent"), change=at("difference", "points"),
        range=interval("latest_change", row, [], "points"),
        verdict="超出随机波动" if row["is_significant"] else "在随机波动之内", **named,
    )  # fmt: skip


def _changes(tables: Tables, figures: Figures, flag: FlagNames) -> list[Sentence]:
    found = tables.get("episodes")
    if found is None:
        return []
    attrs = tables["root_causes"].attrs
    is_rate = bool(attrs.get("is_rate", True))
    sentences = [] if is_rate else [Sentence((constant_sentence(figures.overview, flag),))]
    rises = found[found["is_rise"]]
    if not len(rises):
        return [*sentences, Sentence((f"根因：{attrs.get('reason', '没有发现升高的异动')}。",))]
    by = dimensions_in_episodes(found)
    for row in rises.head(_MOST_EPISODES).to_dict("records"):
        where, new = cell_name(row, by), unseen(row, figures.courses, attrs)
        sentences.append(
            episode_sentence(row, where, attrs["freq"], flag, is_rate=is_rate, unseen_before=new)
        )
    if len(rises) > _MOST_EPISODES:
        sentences.append(Sentence((f"另有 {len(rises) - _MOST_EPISODES} 起升高的异动，见「根因」。",)))
    return sentences


def _worst_category(tables: Tables, flag: FlagNames) -> Sentence:
    table = tables.get("category_shares")
    if table is None:
        return Sentence()
    flag = flag_names(str(table.attrs.get("measure") or "is_complaint"))
    named = table[(table["category"] != UNCLASSIFIED) & (table["numerator"] > 0)]
    listed = [
        say(
            "「{category}」{n} 条（{share}）",
            category=row["category"],
            n=figure("category_shares", row, ["category"], "numerator", "number"),
            share=figure("category_shares", row, ["category"], "share", "percent"),
        )
        for row in named.head(_MOST_CELLS).to_dict("records")
    ]
    if not listed:
        return Sentence()
    return say("{flagged}最多的投诉类别：{listed}。", flagged=flag.flagged, listed=join("、", listed))


def _worst_cells(tables: Tables, flag: FlagNames) -> list[Sentence]:
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
        listed = [
            say(
                "「{cell}」{value}（{difference}，q {q}）",
                cell=str(row[name]), value=figure(key, row, [name], "value", "percent"),
                difference=figure(key, row, [name], "difference", "points"),
                q=figure(key, row, [name], "q", "p"),
            )
            for row in high.head(_MOST_CELLS).to_dict("records")
        ]  # fmt: skip
        more = f" 等 {len(high)} 个" if len(high) > _MOST_CELLS else ""
        among = f"{len(table)} 个{name_of(name)}中" if len(table) > CHART_VALUES else f"{name_of(name)}中"
        said = "{among}{rate}显著高于其余的：{listed}{more}。"
        sentences.append(say(said, among=among, rate=flag.rate, listed=join("、", listed), more=more))
    return sentences


def _rejected(tables: Tables) -> Sentence:
    quality = tables.get("quality")
    if quality is None:
        return Sentence()
    lost = quality[quality["check"] == "rejected"]
    return join(
        "",
        [
            say(
                "读入时剔除 {n} 行：{why}。",
                n=figure("quality", row, ["check", "column", "detail"], "n", "number"), why=row["detail"],
            )
            for row in lost.to_dict("records")
        ],
    )  # fmt: skip
