"""What to do about KPIs that are worse than the rest or than before: causes and remedies of the playbook."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from csatext.aggregation.statistics.cell_tests import rate_test
from csatext.aggregation.statistics.intervals import divide
from csatext.argument_types import as_path, as_table, check_simple_types
from csatext.errors import CsatextError, InputError, LexiconError
from csatext.inference import benjamini_hochberg, check_alpha
from csatext.lexicon.paths import lexicon_path
from csatext.schema import conform, with_reason
from csatext.schema.service import KPIS, REMEDIES
from csatext.service.definitions import Definition, read_definitions
from csatext.taxonomy.yaml_files import parsed_yaml

__all__ = ["remedies"]

Array = npt.NDArray[np.float64]
_REST, _BEFORE = "其余", "以前"
_LEAST_PERIODS = 4
"""Earlier periods that a count or sum is compared with at least: their spread is its only measure."""


class _Play(NamedTuple):
    cause: str
    look: str
    remedies: str


@check_simple_types
def remedies(
    kpis: pd.DataFrame,
    *,
    alpha: float = 0.05,
    playbook: str | PathLike[str] | None = None,
    definitions: str | PathLike[str] | None = None,
) -> pd.DataFrame:
    """Return causes and remedies for the KPIs that are worse than the rest, or than before.

    Parameters
    ----------
    kpis : DataFrame
        Table of :func:`csatext.kpis`: with groups each is compared with the others, with periods the last
        complete one with those before it.
    alpha : float, default 0.05
        Error rate: rows with q under it.
    playbook : path, optional
        YAML of your own, as ``lexicons/playbook.yaml``, in its place.
    definitions : path, optional
        The definitions the KPIs were computed with.

    Returns
    -------
    DataFrame
        Table ``remedies``: one row a KPI that is worse and a cause, with the number it rests on, and
        ``look``, what tells whether it is this cause. ``attrs``: ``n_tested``, ``alpha``,
        ``without_play`` (KPIs that are worse and not in the playbook), and ``reason`` where there is no
        row. REQUIREMENTS row 87.

    Raises
    ------
    SchemaError
        ``kpis`` is no such table.
    ParameterError
        ``alpha`` is none.
    LexiconError, InputError
        The playbook or the definitions cannot be used.

    Notes
    -----
    Rates: as :func:`csatext.breakdown` compares them; means and ratios: normal, standard errors from their
    intervals; counts and sums against earlier periods alone, by the spread of these (Student's t). ``q``
    corrects over all comparisons (Benjamini and Hochberg 1995). KPIs without a direction are left out.

    Examples
    --------
    >>> import csatext as ct
    >>> facts = pd.DataFrame({"agent": ["A"] * 90 + ["B"] * 90, "replied": [True] * 135 + [False] * 45})
    >>> found = remedies(ct.kpis(facts, metrics=["reply_rate"], by="agent"))
    >>> found[["metric", "agent", "value", "reference", "cause"]].head(1).values.tolist()
    [['reply_rate', 'B', 0.5, 1.0, '以为广告、转接前的客户不用回']]
    """
    check_alpha(alpha)
    table = as_table(kpis, "kpis", [column.name for column in KPIS.columns])
    names = {column.name for column in KPIS.columns}
    dimensions = [str(name) for name in table.columns if name not in names]
    known = read_definitions(definitions)
    plays = _plays(lexicon_path("playbook.yaml") if playbook is None else as_path(playbook, "playbook"))
    level = float(table.attrs.get("level", 0.95))
    # Pandas copies the notes of a table with every column and row that is taken from it.
    table = table.copy(deep=False)
    table.attrs = {}
    parts = []
    for metric, rows in table.groupby("metric", sort=False):
        one = known.get(str(metric))
        if one is not None and one.direction != "none":
            parts += _compared(one, rows.reset_index(drop=True), dimensions, level)
    found = (
        pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*dimensions, "metric", "p"])
    )
    found["q"] = benjamini_hochberg(found["p"].to_numpy(dtype="float64"))
    worse = found[found["q"] < alpha] if len(found) else found
    worse = worse[worse["is_worse"].astype("bool")] if len(worse) else worse
    worse = worse.sort_values("p", kind="stable")
    worse["rank"] = np.arange(1, len(worse) + 1)
    rows = [
        {**row, **play._asdict()}
        for row in worse.to_dict("records")
        for play in plays.get(str(row["metric"]), [])
    ]
    columns = [column.name for column in REMEDIES.columns]
    result = pd.DataFrame(rows, columns=[*columns, *dimensions])
    result.attrs = {
        "n_tested": int(found["p"].notna().sum()), "alpha": alpha,
        "without_play": sorted({str(name) for name in worse["metric"]} - plays.keys()) if len(worse) else [],
    }  # fmt: skip
    if not len(result):
        result.attrs["reason"] = (
            f"没有指标明显变差：比较了 {result.attrs['n_tested']} 次（alpha={alpha:g}）。"
            if len(table)
            else "指标表是空的；请先用 ct.kpis(facts, by=…) 或 ct.kpis(facts, freq=…) 得到指标。"
        )
    return with_reason(conform(result, REMEDIES, dimensions))


def _compared(one: Definition, rows: pd.DataFrame, dimensions: list[str], level: float) -> list[pd.DataFrame]:
    """Return both comparisons of one metric."""
    parts = []
    if rows["period"].isna().all():
        last = rows
    else:
        complete = rows[rows["is_complete"].fillna(True).astype("bool")]
        last = complete[complete["period"] == complete["period"].max()]
        earlier = complete[complete["period"] < complete["period"].max()]
        if len(earlier):
            parts.append(_against_past(one, last, earlier, dimensions, level))
    if len(last) > 1 and one.kind not in ("count", "sum"):
        sums = _Sums.of(last, level)
        parts.append(_result(one, last, sums, sums.others(), _REST))
    return parts


class _Sums(NamedTuple):
    """Numerator, denominator and n of cells, and the variance of their value times denominator squared."""

    top: Array
    bottom: Array
    n: Array
    spread: Array

    @classmethod
    def of(cls, rows: pd.DataFrame, level: float) -> _Sums:
        top, bottom, n = (
            np.nan_to_num(rows[c].to_numpy(dtype="float64")) for c in ("numerator", "denominator", "n")
        )
        quantile = stats.t.ppf(0.5 + level / 2, np.where(n > 1, n - 1, np.nan))
        error = (rows["high"] - rows["low"]).to_numpy(dtype="float64") / 2 / quantile
        return cls(top, bottom, n, (error * bottom) ** 2)

    def others(self) -> _Sums:
        """Return the sums of all other cells; unknown spreads are those of cells without rows to speak of."""
        return _Sums(*(np.nansum(part) - np.nan_to_num(part) for part in self))


def _result(one: Definition, rows: pd.DataFrame, ours: _Sums, theirs: _Sums, against: str) -> pd.DataFrame:
    value, reference = divide(ours.top, ours.bottom), divide(theirs.top, theirs.bottom)
    if one.kind == "rate":
        p = rate_test(ours.top, ours.bottom, theirs.top, theirs.bottom)
    else:
        error = np.sqrt(divide(ours.spread, ours.bottom**2) + divide(theirs.spread, theirs.bottom**2))
        p = 2 * stats.norm.sf(np.abs(divide(value - reference, error)))
    return _labelled(one, rows, value, reference, p, against)


def _labelled(
    one: Definition, rows: pd.DataFrame, value: Array, reference: Array, p: Array, against: str
) -> pd.DataFrame:
    frame = rows.drop(columns=["value"]).assign(value=value, reference=reference, p=p, against=against)
    frame["is_worse"] = value < reference if one.direction == "up" else value > reference
    frame["difference"] = value - reference
    frame["name_zh"] = one.name_zh
    return frame.drop(columns=["numerator", "denominator", "n", "low", "high"])


def _against_past(
    one: Definition, last: pd.DataFrame, earlier: pd.DataFrame, dimensions: list[str], level: float
) -> pd.DataFrame:
    """Return the last period of each group against its earlier ones."""
    keys = dimensions or ["metric"]
    last = last.sort_values(keys).reset_index(drop=True)
    where = pd.Index(last[keys[0]]) if len(keys) == 1 else pd.MultiIndex.from_frame(last[keys])
    if one.kind in ("count", "sum"):
        past = earlier.groupby(keys)["value"].agg(["mean", "std", "size"]).reindex(where)
        mean, spread, k = (past[c].to_numpy(dtype="float64") for c in ("mean", "std", "size"))
        value = last["value"].to_numpy(dtype="float64")
        t = divide(np.abs(value - mean), spread * np.sqrt(1 + 1 / k))
        p = np.where(k >= _LEAST_PERIODS, 2 * stats.t.sf(t, np.maximum(k - 1, 1)), np.nan)
        return _labelled(one, last, value, mean, p, _BEFORE)
    sums = _Sums.of(earlier, level)
    frame = earlier[keys].assign(**{name: np.nan_to_num(part) for name, part in sums._asdict().items()})
    added = frame.groupby(keys)[list(sums._fields)].sum()
    past = _Sums(*(added.reindex(where)[name].to_numpy(dtype="float64") for name in sums._fields))
    return _result(one, last, _Sums.of(last, level), past, _BEFORE)


def _plays(path: Path) -> dict[str, list[_Play]]:
    """Return metric -> causes with remedies.

    Raises
    ------
    LexiconError, InputError
        The file cannot be read, or an entry lacks something.
    """
    try:
        loaded = parsed_yaml(path)[1]
    except CsatextError:
        raise
    except (OSError, ValueError) as error:
        raise InputError.unreadable(path, "没有这个文件，或不能打开", "请检查对策文件的路径") from error
    found: dict[str, list[_Play]] = {}
    listed = loaded.get("plays") if isinstance(loaded, dict) else None
    if not isinstance(listed, list):
        raise LexiconError.bad_line(path, 1, "应有 plays：对策的列表")
    for number, play in enumerate(listed, start=1):
        for metric, entry in _checked(path, number, play):
            found.setdefault(metric, []).append(entry)
    return found


def _checked(path: Path, number: int, play: Any) -> list[tuple[str, _Play]]:
    metrics = play.get("metrics") if isinstance(play, dict) else None
    causes = play.get("causes") if isinstance(play, dict) else None
    if not isinstance(metrics, list) or not isinstance(causes, list):
        raise LexiconError(
            f"对策「{path}」第 {number} 项应有 metrics（指标 id 的列表）和 causes（原因的列表）。"
        )
    unknown = sorted({str(name) for name in metrics} - read_definitions().keys())
    if unknown and path == lexicon_path("playbook.yaml"):
        raise LexiconError(f"对策「{path}」第 {number} 项的指标「{unknown[0]}」不在指标定义里。")
    entries = []
    for cause in causes:
        if (
            not isinstance(cause, dict)
            or not cause.get("cause")
            or not isinstance(cause.get("remedies"), list)
        ):
            raise LexiconError(f"对策「{path}」第 {number} 项的原因应有 cause 和 remedies（办法的列表）。")
        words = "；".join(map(str, cause["remedies"]))
        entries.append(_Play(str(cause["cause"]), str(cause.get("look") or ""), words))
    return [(str(metric), entry) for metric in metrics for entry in entries]
