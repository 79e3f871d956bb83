"""What changed between two runs: measure, KPIs, signals, categories, dimensions, topics, keywords."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.types import is_float_dtype

from csatext.aggregation.decompose import decompose
from csatext.aggregation.inputs.arguments import as_number
from csatext.aggregation.inputs.measures import is_flag
from csatext.aggregation.statistics.change_tests import (
    LEAST_DAYS,
    Compared,
    DailySums,
    daily_change,
    mean_change,
    rate_change,
)
from csatext.dates.period_names import read_times
from csatext.inference import benjamini_hochberg
from csatext.labels import EMPTY, PLACEHOLDERS, flag_names, name_of
from csatext.performance.evaluated import Evaluated, evaluate_kpis, time_of
from csatext.performance.measured_facts import with_measures
from csatext.schema import conform
from csatext.schema.service import RUN_COMPARISON
from csatext.service.definitions import Definition
from csatext.service.formulas.contributions import Contributions

__all__ = ["SECTIONS", "RunSide", "run_changes"]

Array = npt.NDArray[np.float64]
Row = dict[str, Any]

SECTIONS = ("measure", "volume", "kpi", "signal", "category", "effects", "cell", "mix", "topic", "keyword")
"""Sections of the table, in its order."""
_CATEGORIES = ("category", "complaint")
_MOST_ITEMS = 200
"""Values of a dimension or category that are compared: the most frequent ones."""
_KEYWORDS_SHOWN = 50
_ALIKE = 0.5
"""Part of the terms that two topics of one number must share to be one topic."""
_SPANS_ALIKE = 0.1
_SAME_AS = {"is_negative": "negative_rate", "is_complaint": "complaint_rate"}
"""KPIs that are a flag's rate under another name."""
_GOOD = {"is_negative": "down", "is_complaint": "down", "signal_praise": "up", "signal_suggestion": "none"}
_PSEUDONYMS = r"^(?:坐席|客户)-\d+$|^\[.+\]$"
_NOT_TESTED = "占位值，不作为发现"
_BEFORE, _AFTER, _RUN, _CELL, _TOP, _BOTTOM = "before", "after", "_run", "_cell", "_top", "_bottom"


@dataclass(frozen=True)
class RunSide:
    """One of two runs.

    Attributes
    ----------
    facts : DataFrame
        One row a contact.
    tables : mapping of str to DataFrame
        Of the run; ``topics``, ``vocabulary`` (else ``frequencies``) and ``taxonomy`` are read where they are
        there.
    """

    facts: pd.DataFrame
    tables: Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class _Dated:
    """A side with the day of each contact."""

    facts: pd.DataFrame
    tables: Mapping[str, pd.DataFrame]
    day: npt.NDArray[np.int64]
    n_days: int
    first: pd.Timestamp | None
    last: pd.Timestamp | None

    def sums(self, codes: npt.NDArray[np.int64], n_items: int, amounts: Array | None = None) -> Array:
        """Return sums by day and item, the last row for contacts without a day; code -1 counts nowhere."""
        used = codes >= 0
        at = self.day[used] * n_items + codes[used]
        weights = None if amounts is None else amounts[used]
        size = (self.n_days + 1) * n_items
        return np.bincount(at, weights, minlength=size).astype("float64").reshape(self.n_days + 1, n_items)

    def whole(self, amounts: Array | None = None) -> Array:
        """Return sums by day over all contacts, shape (n_days + 1, 1)."""
        return self.sums(np.zeros(len(self.facts), np.int64), 1, amounts)


@dataclass(frozen=True)
class _Pair:
    """Both sides, what is compared of them, and notes on what is not."""

    old: _Dated
    new: _Dated
    measure: str
    level: float
    notes: list[str]

    @property
    def sides(self) -> tuple[_Dated, _Dated]:
        return self.old, self.new

    def both_have(self, name: str) -> bool:
        """Return whether both have a column; note where one has."""
        there = [name in side.facts.columns for side in self.sides]
        if any(there) and not all(there):
            self.notes.append(f"列「{name}」只在{'前' if there[0] else '后'}一次运行里有，不比较。")
        return all(there)


def run_changes(
    before: RunSide,
    after: RunSide,
    *,
    measure: str,
    by: Sequence[str],
    alpha: float = 0.05,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return what rose, fell, is new and is gone (table ``run_comparison``).

    Parameters
    ----------
    before, after : RunSide
    measure : str
        A flag or score that both have.
    by : sequence of str
        Dimensions; those that one side lacks are left out and noted.
    alpha : float, default 0.05
        A change is named where its q is below.
    level : float, default 0.95
        Coverage of intervals.

    Returns
    -------
    DataFrame
        ``attrs``: ``measure``, ``alpha``, ``level``, ``n_before``, ``n_after``, ``span_before`` and
        ``span_after`` (first and last day, or None), ``notes`` (what was done or could not be, in Chinese).

    Notes
    -----
    Sampling units are contacts and days, whichever finds less
    (:mod:`csatext.aggregation.statistics.change_tests`). All p values of the table are corrected together
    (Benjamini and Hochberg 1995), each section with the same total weight whatever its length (Genovese,
    Roeder and Wasserman 2006, Biometrika 93, 509-524), so that a thousand words do not drown the measure.

    Examples
    --------
    >>> old = pd.DataFrame({"channel": ["电话", "在线"] * 100, "is_negative": [True] * 50 + [False] * 150})
    >>> new = old.assign(is_negative=[True, False] * 100)
    >>> table = run_changes(RunSide(old, {}), RunSide(new, {}), measure="is_negative", by=["channel"])
    >>> table[["label", "status", "before", "after"]].head(1).values.tolist()
    [['负面率', 'rose', 0.25, 0.5]]
    """
    old, new = (_dated(side) for side in (before, after))
    notes: list[str] = []
    old, new = _without_shared(old, new, notes)
    pair = _Pair(old, new, measure, level, notes)
    _note_days(pair)
    rows = [
        *_measures(pair), *_volume(pair), *_kpis(pair), *_signals(pair), *_categories(pair),
        *_dimensions(pair, by), *_topics(pair), *_keywords(pair),
    ]  # fmt: skip
    table = _corrected(pd.DataFrame(rows, columns=[column.name for column in RUN_COMPARISON.columns]), alpha)
    result = conform(table, RUN_COMPARISON)
    result.attrs = {
        "measure": measure, "alpha": alpha, "level": level, "notes": notes,
        "n_before": len(old.facts), "n_after": len(new.facts),
        "span_before": _span(old), "span_after": _span(new),
    }  # fmt: skip
    return result


def _dated(side: RunSide) -> _Dated:
    facts = side.facts
    when = time_of(facts, None)
    times = None if when is None else read_times(facts[when], when).dt.normalize()
    if times is None or times.isna().all():
        return _Dated(facts, side.tables, np.zeros(len(facts), np.int64), 0, None, None)
    first, last = times.min(), times.max()
    n_days = (last - first).days + 1
    day = (times - first).dt.days.fillna(n_days).to_numpy(np.int64)
    return _Dated(facts, side.tables, day, n_days, first, last)


def _span(side: _Dated) -> tuple[str, str] | None:
    if side.first is None or side.last is None:
        return None
    return f"{side.first:%Y-%m-%d}", f"{side.last:%Y-%m-%d}"


def _without_shared(old: _Dated, new: _Dated, notes: list[str]) -> tuple[_Dated, _Dated]:
    """Return the sides without the contacts that both hold: they stay in the earlier run."""
    keys = [_keys(side) for side in (old, new)]
    if old.first is None or new.first is None or old.last is None or new.last is None:
        if keys[0].equals(keys[1]):
            notes.append("两次运行的编号完全相同，又没有时间可以核对；如果是同一次运行，下面不会有变化。")
        return old, new
    overlap = max(old.first, new.first) <= min(old.last, new.last)
    if old.first > new.last:
        notes.append("前一次运行的时间晚于后一次；请确认两个文件夹的先后没有写反。")
    again = [keys[1].isin(keys[0]), keys[0].isin(keys[1])]
    n = int(again[0].sum())
    if n and n == len(keys[1]) == len(keys[0]):
        notes.append("两次运行的联络完全相同；变化只会来自不同的设置或版本。")
    elif n and n < len(keys[1]):
        notes.append(f"后一次运行里有 {n:,} 条联络前一次已经有，只算在前一次里；关键词的频数仍含这些联络。")
        new = _kept(new, ~again[0])
    elif n:
        notes.append(f"后一次运行的 {n:,} 条联络前一次都有，从前一次里去掉；关键词的频数仍含这些联络。")
        old = _kept(old, ~again[1])
    elif overlap:
        notes.append("两次运行的时间有重叠，但没有相同的联络；比较的是两批联络，不是两段时间。")
    return old, new


def _keys(side: _Dated) -> pd.Index:
    """Return what tells contacts apart over runs: identifier and time, as row numbers begin anew."""
    facts = side.facts
    ids = facts["doc_id"] if "doc_id" in facts.columns else facts.index
    when = time_of(facts, None)
    if when is None:
        return pd.Index(ids).astype(str)
    return pd.MultiIndex.from_arrays([pd.Index(ids).astype(str), read_times(facts[when], when)])


def _kept(side: _Dated, kept: npt.NDArray[np.bool_]) -> _Dated:
    return _dated(RunSide(side.facts[kept], side.tables))


def _note_days(pair: _Pair) -> None:
    if min(side.n_days for side in pair.sides) < LEAST_DAYS:
        pair.notes.append(
            f"至少一次运行没有时间或不足 {LEAST_DAYS} 天，检验只按联络计算，日与日之间的波动没有计入。"
        )


def _row(section: str, item: str, label: str, **given: Any) -> Row:
    return {"section": section, "item": item, "label": label, "good": "none", **given}


def _rows_of(found: Compared, old: DailySums, new: DailySums, unit: str) -> list[Row]:
    """Return the numbers of each item."""
    tops = [side.top.sum(axis=0) for side in (old, new)]
    bottoms = [side.bottom.sum(axis=0) for side in (old, new)]
    return [
        {
            "unit": unit, "before": found.before[at], "after": found.after[at],
            "change": found.after[at] - found.before[at], "low": found.low[at], "high": found.high[at],
            "numerator_before": tops[0][at], "denominator_before": bottoms[0][at],
            "numerator_after": tops[1][at], "denominator_after": bottoms[1][at], "p": found.p[at],
        }
        for at in range(len(found.p))
    ]  # fmt: skip


def _flag_row(pair: _Pair, section: str, name: str, label: str) -> Row:
    """Return a flag or score of all contacts."""
    values = [as_number(side.facts, name) for side in pair.sides]
    row = _row(section, name, label, good=_GOOD.get(name, "down" if section == "signal" else "none"))
    if any(np.isnan(value).all() for value in values):
        which = "、".join(
            said for said, value in zip(("前", "后"), values, strict=True) if np.isnan(value).all()
        )
        return row | {"note": f"{which}一次运行里「{name}」没有值", "status": "not_compared"}
    known = [~np.isnan(value) for value in values]
    tops = [np.where(there, value, 0.0) for there, value in zip(known, values, strict=True)]
    old, new = (
        DailySums(side.whole(top), side.whole(there.astype("float64")))
        for side, top, there in zip(pair.sides, tops, known, strict=True)
    )
    if is_flag(np.concatenate(values)):
        return row | _rows_of(rate_change(old, new, pair.level), old, new, "share")[0]
    rows = [value[there] for value, there in zip(values, known, strict=True)]
    ones = [np.ones(len(value)) for value in rows]
    found = mean_change((rows[0], rows[1]), (ones[0], ones[1]), old, new, pair.level)
    return row | _rows_of(found, old, new, "score")[0]


def _measures(pair: _Pair) -> list[Row]:
    names = dict.fromkeys([pair.measure, "is_complaint"])
    return [
        _flag_row(pair, "measure", name, flag_names(name).rate)
        for name in names
        if name == pair.measure or pair.both_have(name)
    ]


def _signals(pair: _Pair) -> list[Row]:
    columns = dict.fromkeys(name for side in pair.sides for name in side.facts.columns)
    names = [name for name in columns if isinstance(name, str) and name.startswith("signal_")]
    return [_flag_row(pair, "signal", name, name_of(name)) for name in names if pair.both_have(name)]


def _volume(pair: _Pair) -> list[Row]:
    row = _row("volume", "contacts", "每天的联络量")
    if min(side.n_days for side in pair.sides) < LEAST_DAYS:
        return [row | {"note": "没有时间，或天数太少", "status": "not_compared"}]
    return [row | _daily(pair, *(side.whole() for side in pair.sides))]


def _daily(pair: _Pair, old: Array, new: Array, *, is_count: bool = True) -> Row:
    """Return amounts a day of one item."""
    before, after = (DailySums(top, np.r_[np.ones((len(top) - 1, 1)), [[0.0]]]) for top in (old, new))
    found = daily_change(before, after, is_count=is_count, level=pair.level)
    return _rows_of(found, before, after, "a day")[0]


def _kpis(pair: _Pair) -> list[Row]:
    """Return the KPIs that both sides' columns allow."""
    facts = [with_measures(side.facts)[0] for side in pair.sides]
    evaluated = [evaluate_kpis(table, None, None) for table in facts]
    skipped = {"contacts", *(_SAME_AS.get(name, "") for name in (pair.measure, "is_complaint"))}
    old, new = (
        {one.id: (one, found) for one, found in _in_one_cell(made, len(table)) if one.id not in skipped}
        for made, table in zip(evaluated, facts, strict=True)
    )
    only = [name for name in {**old, **new} if (name in old) != (name in new)]
    if only:
        shown = "、".join(({**old, **new}[name][0]).name_zh for name in only)
        pair.notes.append(f"这些指标只有一次运行能算，不比较：{shown}。")
    return [_kpi_row(pair, one, found, new[name][1]) for name, (one, found) in old.items() if name in new]


def _in_one_cell(made: Evaluated, n: int) -> list[tuple[Definition, Contributions]]:
    return list(made.in_cells(np.zeros(n, np.int64)))


def _kpi_row(pair: _Pair, one: Definition, old: Contributions, new: Contributions) -> Row:
    row = _row("kpi", one.id, _named(one), good=one.direction)
    days = [side.n_days for side in pair.sides]
    if one.per == "customer" and abs(days[1] - days[0]) > _SPANS_ALIKE * max(days):
        why = "按客户计的指标随时间长短变化，两次运行的天数不同"
        return row | {"note": why, "status": "not_compared"}
    samples, tops, bottoms = [], [], []
    for side, found in zip(pair.sides, (old, new), strict=True):
        used = ~np.isnan(found.top)
        top, bottom = found.top[used], found.bottom[used]
        day = replace(side, facts=side.facts.iloc[found.rows[used]], day=side.day[found.rows[used]])
        samples.append(DailySums(day.whole(top), day.whole(bottom)))
        tops.append(top)
        bottoms.append(bottom)
    sums = samples[0], samples[1]
    if one.kind in ("count", "sum"):
        if min(days) < LEAST_DAYS:
            return row | {"note": "没有时间，或天数太少", "status": "not_compared"}
        daily = _daily(pair, samples[0].top, samples[1].top, is_count=one.kind == "count")
        return row | daily | {"label": f"{_named(one)}，每天"}
    if not all(bottom.sum() > 0 for bottom in bottoms):
        return row | {"note": "有一次运行的分母是 0", "status": "not_compared"}
    if one.kind == "rate":
        return row | _rows_of(rate_change(*sums, pair.level), *sums, "share")[0]
    compared = mean_change((tops[0], tops[1]), (bottoms[0], bottoms[1]), *sums, pair.level)
    return row | _rows_of(compared, *sums, "amount")[0]


def _named(one: Definition) -> str:
    """Return the name of a KPI with its unit."""
    is_said = one.kind == "rate" or one.unit in one.name_zh or not one.unit
    return one.name_zh if is_said else f"{one.name_zh}（{one.unit}）"


def _values(pair: _Pair, name: str) -> tuple[list[npt.NDArray[np.int64]], list[str], bool]:
    """Return the code of each contact's value on both sides, the values, and whether others were left out."""
    texts = [_text(side.facts[name]) for side in pair.sides]
    counts = pd.concat(texts).value_counts(sort=False)
    names = counts.sort_values(ascending=False, kind="stable").index[:_MOST_ITEMS]
    index = pd.Index(sorted(names))
    codes = [index.get_indexer(pd.Index(text)).astype(np.int64) for text in texts]
    return codes, index.tolist(), len(counts) > len(names)


def _text(column: pd.Series) -> pd.Series:
    if is_float_dtype(column.dtype):
        known = column.dropna()
        column = column.astype("Int64") if bool((known % 1 == 0).all()) else column
    return column.astype("str").where(column.notna(), EMPTY).astype(object)


def _shares(pair: _Pair, section: str, name: str, labels: Mapping[str, str] | None = None) -> list[Row]:
    """Return the share of contacts of each value of a column."""
    codes, values, cut = _values(pair, name)
    if cut:
        pair.notes.append(f"列「{name}」的值太多，只比较最多的 {_MOST_ITEMS} 个。")
    old, new = (
        DailySums(side.sums(code, len(values)), np.repeat(side.whole(), len(values), axis=1))
        for side, code in zip(pair.sides, codes, strict=True)
    )
    found = _rows_of(rate_change(old, new, pair.level), old, new, "share")
    return [
        _row(section, value, (labels or {}).get(value, value), dimension=name) | numbers | _presence(numbers)
        | _placeholder(value)
        for value, numbers in zip(values, found, strict=True)
    ]  # fmt: skip


def _presence(numbers: Row) -> Row:
    if numbers["numerator_before"] == 0 and numbers["numerator_after"] > 0:
        return {"status": "new"}
    return {"status": "gone"} if numbers["numerator_after"] == 0 and numbers["numerator_before"] > 0 else {}


def _placeholder(value: str) -> Row:
    return {"p": np.nan, "note": _NOT_TESTED} if value in PLACEHOLDERS else {}


def _categories(pair: _Pair) -> list[Row]:
    rows: list[Row] = []
    trees = [side.tables.get("taxonomy") for side in pair.sides]
    known = [None if tree is None else {*tree["label_zh"].dropna()} for tree in trees]
    differ = all(tree is not None for tree in trees) and not _same_tree(trees[0], trees[1])
    if differ:
        pair.notes.append(
            "两次运行的分类体系不同；只在一边的类别不比较，同名类别的含义也可能变了，请看两边的定义。"
        )
    for name in _CATEGORIES:
        if not pair.both_have(name):
            continue
        found = _shares(pair, "category", name)
        if differ and name == _CATEGORIES[0]:
            found = [row | _foreign(row["item"], known) for row in found]
        rows += found
    return rows


def _same_tree(one: Any, two: Any) -> bool:
    columns = [name for name in ("id", "label_zh", "n_patterns", "definition") if name in one and name in two]
    left, right = (tree[columns].astype("str").reset_index(drop=True) for tree in (one, two))
    return bool(left.equals(right))


def _foreign(value: str, known: list[set[str] | None]) -> Row:
    there = [value in (names or set()) for names in known]
    if all(there) or not any(there):
        return {}
    return {"p": np.nan, "status": "not_compared", "note": "只在一边的分类体系里有"}


def _dimensions(pair: _Pair, by: Sequence[str]) -> list[Row]:
    rows: list[Row] = []
    for name in by:
        if not pair.both_have(name):
            continue
        if any(_hides_people(side.facts[name]) for side in pair.sides):
            pair.notes.append(f"列「{name}」是化名，两次运行的编号不是同一个人，不比较。")
            continue
        rows += [*_cells(pair, name), *_shares(pair, "mix", name)]
    return rows


def _hides_people(column: pd.Series) -> bool:
    """Return whether values are pseudonyms, which every run numbers anew."""
    values = pd.Series(column.dropna().unique()).astype("str")
    return bool(len(values)) and bool(values.str.contains(_PSEUDONYMS).mean() > _ALIKE)


def _cells(pair: _Pair, name: str) -> list[Row]:
    """Return the measure in each value of a dimension, with the parts of its change."""
    codes, values, _ = _values(pair, name)
    amounts = [as_number(side.facts, pair.measure) for side in pair.sides]
    if any(np.isnan(amount).all() for amount in amounts):
        return []
    known = [~np.isnan(amount) for amount in amounts]
    before, after = (
        DailySums(
            side.sums(code, len(values), np.where(there, amount, 0.0)),
            side.sums(code, len(values), there.astype("float64")),
        )
        for side, code, amount, there in zip(pair.sides, codes, amounts, known, strict=True)
    )
    if is_flag(np.concatenate(amounts)):
        found, unit = rate_change(before, after, pair.level), "share"
    else:
        found, unit = _means(pair, codes, amounts, known, (before, after)), "score"
    parts = _effects(codes, amounts, known)
    rows = [
        _row("cell", value, value, dimension=name, good=_GOOD.get(pair.measure, "none"))
        | numbers | _cell_presence(numbers) | _placeholder(value)
        | {f"{effect}_effect": parts.get((at, effect), 0.0) for effect in ("mix", "rate", "entry")}
        for at, (value, numbers) in enumerate(zip(values, _rows_of(found, before, after, unit), strict=True))
    ]  # fmt: skip
    whole = _flag_row(pair, "effects", pair.measure, name_of(name))
    totals = {
        f"{effect}_effect": sum(value for (_, kind), value in parts.items() if kind == effect)
        for effect in ("mix", "rate", "entry")
    }
    return [whole | totals | {"dimension": name, "item": name, "p": np.nan}, *rows]


def _cell_presence(numbers: Row) -> Row:
    if numbers["denominator_before"] == 0 and numbers["denominator_after"] > 0:
        return {"status": "new"}
    gone = numbers["denominator_after"] == 0 and numbers["denominator_before"] > 0
    return {"status": "gone"} if gone else {}


def _means(
    pair: _Pair,
    codes: list[npt.NDArray[np.int64]],
    amounts: list[Array],
    known: list[npt.NDArray[np.bool_]],
    samples: tuple[DailySums, DailySums],
) -> Compared:
    """Return the comparison of a score in each cell."""
    parts = []
    for at in range(samples[0].top.shape[1]):
        rows = [
            amount[there & (code == at)] for amount, there, code in zip(amounts, known, codes, strict=True)
        ]
        old, new = (DailySums(side.top[:, [at]], side.bottom[:, [at]]) for side in samples)
        if min(map(len, rows)) == 0:
            mean = [row.mean() if len(row) else np.nan for row in rows]
            parts.append((*mean, np.nan, np.nan, np.nan))
            continue
        ones = [np.ones(len(row)) for row in rows]
        found = mean_change((rows[0], rows[1]), (ones[0], ones[1]), old, new, pair.level)
        parts.append(tuple(float(values[0]) for values in found))
    return Compared(*np.array(parts, dtype="float64").reshape(-1, 5).T)


def _effects(
    codes: list[npt.NDArray[np.int64]], amounts: list[Array], known: list[npt.NDArray[np.bool_]]
) -> dict[tuple[int, str], float]:
    """Return the parts of the change of all by cell and effect."""
    frames = [
        pd.DataFrame({_RUN: run, _CELL: code[there], _TOP: amount[there], _BOTTOM: 1.0})
        for run, code, amount, there in zip((_BEFORE, _AFTER), codes, amounts, known, strict=True)
    ]
    table = decompose(
        pd.concat(frames, ignore_index=True),
        numerator=_TOP, denominator=_BOTTOM, by=_CELL, period=_RUN, current=_AFTER, baseline=_BEFORE,
    )  # fmt: skip
    effect = table["effect"].replace({"new": "entry", "vanished": "entry"})
    sums = table.assign(effect=effect).groupby([_CELL, "effect"])["contribution"].sum()
    return {(int(str(cell)), str(kind)): float(value) for (cell, kind), value in sums.items()}


def _topics(pair: _Pair) -> list[Row]:
    tables = [side.tables.get("topics") for side in pair.sides]
    there = ["topic" in side.facts.columns for side in pair.sides]
    if not any(there):
        return []
    row = _row("topic", "topic", "主题", status="not_compared")
    if not all(there) or any(table is None for table in tables):
        return [row | {"note": "只有一次运行有主题，或没有主题表，不能比较"}]
    terms = [
        {str(topic): {*own["term"]} for topic, own in table.groupby("topic")}
        for table in tables
        if table is not None
    ]
    shared = [(terms[0][at], terms[1][at]) for at in terms[0].keys() & terms[1].keys()]
    alike = [len(one & two) >= _ALIKE * min(len(one), len(two)) for one, two in shared]
    if not alike or not all(alike):
        why = "两次运行的主题是各自训练的，编号对不上；请用 --model 让两次运行使用同一个主题模型"
        return [row | {"note": why}]
    labels = {
        str(topic): str(label)
        for table in tables
        if table is not None
        for topic, label in zip(table["topic"], table["label"], strict=True)
    }
    return [row for row in _shares(pair, "topic", "topic", labels) if row["item"] != EMPTY]


def _keywords(pair: _Pair) -> list[Row]:
    """Return the words whose share of contacts changed, from the frequencies of both runs."""
    tables = [side.tables.get("vocabulary", side.tables.get("frequencies")) for side in pair.sides]
    if any(table is None or not len(table) for table in tables):
        return []
    frames = [
        table.drop_duplicates("term").set_index("term")[["n_docs", "doc_rate"]]
        for table in tables
        if table is not None
    ]
    terms = frames[0].index.union(frames[1].index)
    least = [int(frame["n_docs"].min()) for frame in frames]
    sizes = [float(np.rint((frame["n_docs"] / frame["doc_rate"]).max())) for frame in frames]
    seen = [frame["n_docs"].reindex(terms).to_numpy(np.float64, na_value=np.nan) for frame in frames]
    # A word that a run does not list is in fewer contacts than any that it lists: of the numbers that this
    # allows the one nearest to the other run's is tested.
    at_most = [
        np.where(np.isnan(n), np.fmin(few - 1.0, np.rint(other * size / whole)), n)
        for n, few, other, size, whole in zip(seen, least, seen[::-1], sizes, sizes[::-1], strict=True)
    ]
    before, after = (
        DailySums(n[None, :], np.full((1, len(terms)), size)) for n, size in zip(at_most, sizes, strict=True)
    )
    found = rate_change(before, after, pair.level)
    rows = []
    for at, (term, numbers) in enumerate(zip(terms, _rows_of(found, before, after, "share"), strict=True)):
        status, note = {}, None
        for missing, name, side in ((seen[0][at], "new", "before"), (seen[1][at], "gone", "after")):
            if np.isnan(missing):
                few = least[0 if side == "before" else 1]
                status = {"status": name, side: np.nan, f"numerator_{side}": np.nan}
                note = f"不到 {few} 条联络提到的词不在词频表里，检验按不利于发现的条数"
        rows.append(_row("keyword", str(term), str(term)) | numbers | status | {"note": note})
    return rows


def _corrected(table: pd.DataFrame, alpha: float) -> pd.DataFrame:
    """Return the rows with q and status, in order; of words without a change the first ones."""
    p = table["p"].astype("float64")
    sections = table.loc[p.notna(), "section"]
    # Each section has the same weight in all: a p value is weighed by the size of its section.
    weight = table["section"].map(sections.value_counts()) * sections.nunique() / max(len(sections), 1)
    table["q"] = benjamini_hochberg(np.minimum(p * weight, 1.0))
    change = table["change"].astype("float64")
    moved = np.where(change > 0, "rose", "fell")
    found = np.where(table["q"] < alpha, moved, "unclear")
    table["status"] = table["status"].where(table["status"].notna(), found)
    keys = pd.DataFrame(
        {
            "section": table["section"].map({name: at for at, name in enumerate(SECTIONS)}),
            "dimension": table["dimension"].astype("str").fillna(""),
            # The flags of all contacts keep their order: what is compared comes first.
            "q": table["q"].fillna(2.0).mask(table["section"] == "measure", 0.0),
            "p": p.fillna(2.0).mask(table["section"] == "measure", 0.0),
            "size": (-change.abs().fillna(0.0)).mask(table["section"] == "measure", 0.0),
        }
    )
    ordered = table.loc[keys.sort_values(list(keys.columns), kind="stable").index]
    is_word = ordered["section"] == "keyword"
    kept = ordered[~is_word | (is_word.cumsum() <= _KEYWORDS_SHOWN) | (ordered["q"] < alpha)]
    return kept.assign(rank=np.arange(1, len(kept) + 1)).reset_index(drop=True)
