"""A measure by dimensions: every cell with its counts, interval and comparison with the rest."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import special

from csatext.aggregation.audit.audited_cells import audited_cells, check_auditable, compared_rates
from csatext.aggregation.inputs.arguments import as_number, as_whole, check_columns, is_numeric
from csatext.aggregation.inputs.dimensions import cell_codes, encode_dimension, free_dimensions
from csatext.aggregation.inputs.kpi_measures import kpi_named, measured
from csatext.aggregation.inputs.measures import measure_kind, rows_are_contacts
from csatext.aggregation.statistics.cell_tests import rate_test, ratio_test
from csatext.aggregation.statistics.intervals import bootstrap_interval, divide, garwood, shrink
from csatext.argument_types import check_simple_types
from csatext.errors import ParameterError
from csatext.inference import ALPHA, benjamini_hochberg, check_alpha, check_level, wilson
from csatext.labels import UNCLASSIFIED
from csatext.schema import conform
from csatext.schema.aggregation import BREAKDOWN

__all__ = ["Overview", "above_rest", "breakdown", "numerator_shares", "overview"]

_SMALL = 30
_TOTAL = (
    "合计随联络量变大，不与其余比较（rest、p、q 为空）；要比较，请用比率或人均的指标，"
    "例如销售额之外看客单价、询单成功率。"
)
_HIDDEN = ["value", "low", "high", "difference", "p", "shrunken"]


class Overview(NamedTuple):
    """All facts in one row.

    Attributes
    ----------
    n : int
        Contacts.
    first, last : Timestamp or None
        First and last time of a contact.
    numerator, denominator : float
        Contacts with the flag, and with a known flag.
    value, low, high : float
        Rate and its Wilson interval of 95 %; NaN where no flag is known.
    classified : float or None
        Share of the complaints with a category, of all contacts where ``is_complaint`` is not there; None
        without categories.
    complaints : float or None
        Share of the contacts that are complaints; None without ``is_complaint``.
    to_review : float or None
        Share of the contacts that a person should look at; None without ``needs_review``.
    csat : float or None
        Mean score; None without scores.
    """

    n: int
    first: pd.Timestamp | None
    last: pd.Timestamp | None
    numerator: float
    denominator: float
    value: float
    low: float
    high: float
    classified: float | None
    complaints: float | None
    to_review: float | None
    csat: float | None


def overview(facts: pd.DataFrame, measure: str, time: str = "created_at") -> Overview:
    """Return the size of the facts, the rate of a flag and the other figures at the head of a report.

    Parameters
    ----------
    facts : DataFrame
        One row a contact; ``category``, ``is_complaint``, ``needs_review`` and ``csat`` are used where
        they exist.
    measure : str
        A flag.
    time : str, default "created_at"

    Raises
    ------
    SchemaError
        The measure is not there, or neither a number nor a flag.

    Examples
    --------
    >>> found = overview(pd.DataFrame({"is_negative": [True, False, None, True]}), "is_negative")
    >>> found.n, found.numerator, found.denominator, round(found.low, 3), round(found.high, 3)
    (4, 2.0, 3.0, 0.208, 0.939)
    """
    check_columns(facts, [measure], "measure")
    known = pd.Series(as_number(facts, measure)).dropna()
    low, high = wilson(known.sum(), len(known))
    times = facts[time].dropna() if time in facts.columns else facts.index[:0]
    scores = (
        facts["csat"] if "csat" in facts.columns and is_numeric(facts["csat"]) else pd.Series([], dtype=float)
    )
    return Overview(
        n=len(facts),
        first=times.min() if len(times) else None,
        last=times.max() if len(times) else None,
        numerator=float(known.sum()),
        denominator=float(len(known)),
        value=float(known.mean()),
        low=float(low),
        high=float(high),
        classified=_classified(facts),
        complaints=_share_of(facts, "is_complaint"),
        to_review=_share_of(facts, "needs_review"),
        csat=float(scores.mean()) if scores.notna().any() else None,
    )


def _share_of(facts: pd.DataFrame, flag: str) -> float | None:
    """Return the share of the contacts with a flag, None where there is no such flag."""
    return float(pd.Series(as_number(facts, flag)).mean()) if flag in facts.columns else None


def _classified(facts: pd.DataFrame) -> float | None:
    """Return the share of complaints with a category, of all contacts where complaints are not told."""
    if "category" not in facts.columns:
        return None
    looked = facts["category"]
    if "is_complaint" in facts.columns:
        looked = looked[facts["is_complaint"].fillna(False).astype(bool)]
    return float((looked != UNCLASSIFIED).mean()) if len(looked) else None


def above_rest(table: pd.DataFrame, alpha: float = ALPHA) -> pd.DataFrame:
    """Return the cells whose value is significantly above that of the rest.

    Parameters
    ----------
    table : DataFrame
        Table ``breakdown``.
    alpha : float, default 0.05
        Error rate: cells with q under it.

    Returns
    -------
    DataFrame
        Rows of ``table`` in its order, with ``excess``: how much less the numerator would be with the
        rest's value.

    Examples
    --------
    >>> facts = pd.DataFrame({"channel": ["电话"] * 90 + ["在线"] * 90})
    >>> facts["is_negative"] = [1, 1, 0] * 30 + [1, 0, 0] * 30
    >>> above_rest(breakdown(facts, "channel", "is_negative"))[["channel", "excess"]].values.tolist()
    [['电话', 30.0]]
    """
    high = table[(table["q"] < check_alpha(alpha)) & (table["difference"] > 0)]
    return high.assign(excess=high["difference"] * high["denominator"])


def numerator_shares(table: pd.DataFrame) -> pd.Series:
    """Return each cell's share of the numerator of all cells; NaN where that is 0.

    Examples
    --------
    >>> numerator_shares(pd.DataFrame({"numerator": [3.0, 1.0]})).tolist()
    [0.75, 0.25]
    """
    return pd.Series(divide(table["numerator"], table["numerator"].sum()), index=table.index)


@check_simple_types
def breakdown(
    facts: pd.DataFrame,
    by: str | Sequence[str],
    measure: str,
    denominator: str | None = None,
    *,
    level: float = 0.95,
    min_n: int = 5,
    margins: bool = False,
    max_cells: int = 100_000,
    random_state: int = 0,
    kind: str | None = None,
    audit: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Break a measure down by dimensions.

    Parameters
    ----------
    facts : DataFrame
        One row a contact, or a counted table (numerator and denominator a row).
    by : str or list of str
        Dimension columns. Their values are shown as text, a missing one as ``(空)``.
    measure : str
        A flag (gives a rate), a number (gives a mean), the id of a KPI (:func:`csatext.kpi_definitions`;
        totals such as ``sales`` have intervals and no test: they grow with the contacts), or with
        ``denominator`` what is summed above the line. Rows where it is missing count in ``n`` only.
    denominator : str, optional
        Column summed below the line (agent messages over customer messages). A flag over a flag that
        contains it (paid over asked) is a rate. So is a counted table (423 complaints of 1,526
        contacts): whole numbers that lie between 0 and a whole denominator in every row. All else is a
        ratio; so is every table with ``doc_id``, whose rows are contacts and not counts of them.
    level : float, default 0.95
        Coverage of the intervals.
    min_n : int, default 5
        Cells with fewer known rows are suppressed: their counts stay, so that the table adds up, their
        value, interval and tests are NA, and they stand last.
    margins : bool, default False
        Add a row for each value of each smaller set of dimensions, and the total; there NA means any.
    max_cells : int, default 100000
        All combinations of observed values are listed, those without rows too; more are refused.
    random_state : int, default 0
        Seed of the bootstrap.
    kind : {"rate", "ratio", "mean"}, optional
        Kind of numerator over denominator, where it cannot be inferred. Amounts that happen to be whole
        and never above the denominator (refunded of paid, in yuan) are no counts of independent trials:
        say ``"ratio"``, or their interval is far too narrow. ``"mean"``, without a denominator: the mean
        of scores that happen to be 0 and 1.
    audit : DataFrame, optional
        Tags of people (see :func:`csatext.audited_rates`): values and intervals of a flag are then corrected
        ones, ``numerator`` what they make of the denominator, and a cell whose correction is borrowed has
        no test; one that cannot be corrected has no value. ``attrs["audit"]`` says how many cells are which.

    Returns
    -------
    DataFrame
        Table ``breakdown`` (:mod:`csatext.schema.aggregation`): rank, the dimensions, n, numerator,
        denominator, value, low, high, rest, difference, p, q, shrunken, small, suppressed.
        ``attrs``: measure, kind (rate, mean, ratio), counted (whether rows were read as counts: then n,
        ``min_n`` and small go by the summed denominator), interval, test, level, min_n, rows, missing,
        value (overall), reason where the table is empty, and note where every cell of whole numbers is
        suppressed: they may be counts. A cell whose denominator sums to 0 has no
        value and stands after those that have one.

    Raises
    ------
    SchemaError
        A column is missing, or the measure is not a number or flag.
    ParameterError
        An argument has a value that is not allowed, there would be more than ``max_cells`` cells, or
        ``audit`` is given for something else than a flag of contacts.

    See Also
    --------
    csatext.audited_rates : the corrected rates with bias, precision and recall.
    csatext.trend, csatext.decompose : over periods.

    Notes
    -----
    Rates: Wilson's (1927) interval; score test against the rest, Fisher's mid-p (Lancaster 1961) where an
    expected count is below 5. Means and ratios: bootstrap over rows (above 500 rows Student's t with a term
    for skewness); the larger p of Welch's (1947) test, adjusted for skewness, and a permutation test. ``q``
    corrects over all rows shown (Benjamini and Hochberg 1995). Rows are in order of the empirical-Bayes value
    (Morris 1983), so that a cell of few
    rows does not head the list by luck.

    Examples
    --------
    >>> facts = pd.DataFrame({"channel": ["电话"] * 40 + ["在线"] * 40})
    >>> facts["is_negative"] = [1, 0] * 20 + [1, 0, 0, 0] * 10
    >>> breakdown(facts, "channel", "is_negative")[["rank", "channel", "n", "value", "rest"]]
       rank channel   n  value  rest
    0     1      电话  40   0.50  0.25
    1     2      在线  40   0.25  0.50
    >>> counted = pd.DataFrame({"channel": ["电话", "在线"], "bad": [423, 127], "contacts": [1526, 861]})
    >>> breakdown(counted, "channel", "bad", "contacts")[["channel", "n", "value", "low", "high"]].round(3)
      channel     n  value    low   high
    0      电话  1526  0.277  0.255  0.300
    1      在线   861  0.148  0.125  0.173
    """
    dimensions = free_dimensions(by, BREAKDOWN)
    check_columns(facts, dimensions, "by")
    named = kpi_named(facts, measure)
    if margins and named is not None and named.per == "customer" and denominator is None:
        raise ParameterError(
            f"指标「{named.id}」（{named.name_zh}）一人只算一次，小计里同一人会算几次，不能用 margins=True；"
            "请对每组维度分别调用 breakdown。"
        )
    given = measured(facts, measure, denominator, kind, by=dimensions, totals=True)
    facts, denominator, kind = given.facts, given.denominator, given.kind
    check_columns(facts, [measure], "measure")
    check_columns(facts, [] if denominator is None else [denominator], "denominator")
    check_level(level)
    top = as_whole(as_number(facts, measure))
    bottom = None if denominator is None else as_whole(as_number(facts, denominator))
    is_total = given.weight is not None or kind == "sum"
    if is_total:
        found = "count" if given.weight is not None else "sum"
    else:
        found = measure_kind(top, bottom, kind=kind, are_contacts=rows_are_contacts(facts), measure=measure)
    kind, counted = ("rate", True) if found == "proportion" else (found, False)
    if audit is not None:
        check_auditable("breakdown", kind, is_plain=bottom is None)
    known = ~np.isnan(top) if bottom is None else ~(np.isnan(top) | np.isnan(bottom))
    if bottom is None:
        bottom = np.ones(len(facts))
    elif (bottom[known] < 0).any():
        raise ParameterError(f"分母列「{denominator}」有负数；分母必须大于等于 0。")
    if kind == "rate" and not counted:
        known &= bottom == 1
    weight = np.nan_to_num(bottom) if counted else np.ones(len(facts))
    encoded = [encode_dimension(facts[name]) for name in dimensions]
    sizes = range(len(dimensions) + 1) if margins else [len(dimensions)]
    subsets = [s for size in sizes for s in combinations(range(len(dimensions)), size)]
    cells = sum(int(np.prod([len(encoded[i][1]) for i in s], dtype=object)) for s in subsets)
    if cells > max_cells:
        raise ParameterError(
            f"{'、'.join(dimensions)} 的组合共有 {cells} 个，超过上限 max_cells={max_cells}；"
            "请减少维度、合并稀少的取值，或调大 max_cells。"
        )
    parts = []
    corrections: dict[str, int] = {}
    for subset in subsets:
        codes, labels = cell_codes([encoded[i] for i in subset], len(facts))
        values_of = {dimensions[i]: labels[place] for place, i in enumerate(subset)}
        size = len(labels[0]) if labels else 1
        columns = _cells(kind, top, bottom, weight, codes, known, size, min_n, level, random_state)
        if audit is not None and len(facts):
            seen = _audited(facts, audit, measure, pd.DataFrame(values_of), columns, level)
            for name, n_cells in seen.items():
                corrections[name] = corrections.get(name, 0) + n_cells
        frame = pd.DataFrame(values_of | columns).reindex(columns=[*dimensions, *columns])
        parts.append(_ordered(frame, dimensions))
    table = pd.concat(parts, ignore_index=True) if len(facts) else parts[-1].iloc[:0]
    table[dimensions] = table[dimensions].astype("str")
    table["q"] = benjamini_hochberg(table["p"].to_numpy())
    table["rank"] = np.arange(1, len(table) + 1)
    overall = top[known].sum() if is_total else divide(top[known].sum(), bottom[known].sum())
    table.attrs = {
        "measure": measure, "denominator": denominator, "kind": kind, "counted": counted,
        "level": level, "min_n": min_n,
        "interval": "wilson" if kind == "rate" else "bootstrap",
        "test": "score, mid-p" if kind == "rate" else "welch (Hall), permutation",
        "rows": len(facts), "missing": int((~known).sum()),
        "value": None if np.isnan(overall) else float(overall),
    }  # fmt: skip
    if audit is not None:
        table.attrs |= {"interval": "audited", "test": "normal, corrected rates", "audit": corrections}
    if is_total:
        table.attrs |= {"interval": "poisson" if kind == "count" else "compound poisson", "test": None}
        table.attrs["note"] = _TOTAL
    if not len(facts):
        table.attrs["reason"] = "表里没有数据行。"
    elif not known.any():
        table.attrs["reason"] = f"列「{measure}」全是空值。"
    elif kind == "mean" and table["suppressed"].all() and (top[known] == np.rint(top[known])).all():
        table.attrs["note"] = (
            f"每组不足 {max(min_n, 1)} 行，数值都不显示；列「{measure}」都是整数，现在当作每行一个值来平均。"
            f'如果它是条数：要比率，请写 denominator="总数列"；要合计，请用 trend(…, count={measure!r})。'
        )
    return conform(table, BREAKDOWN, dimensions)


def _audited(
    facts: pd.DataFrame,
    audit: pd.DataFrame,
    measure: str,
    cells: pd.DataFrame,
    columns: dict[str, Any],
    level: float,
) -> dict[str, int]:
    """Put corrected rates into the columns of one set of dimensions; return how many cells have which."""
    rates = audited_cells(facts, audit, measure, cells, level=level)
    corrected = {name: rates[name].to_numpy() for name in ("low", "high")} | {
        "value": rates["rate"].to_numpy()
    }
    corrected |= compared_rates(rates, columns["denominator"], level)
    for name, values in corrected.items():
        hidden = columns["suppressed"] & (name in _HIDDEN)
        columns[name] = np.where(hidden, np.nan, values)
    columns["numerator"] = rates["rate"].to_numpy() * columns["denominator"]
    return {str(name): int(n) for name, n in rates["correction"].value_counts().items()}


def _cells(
    kind: str,
    top: np.ndarray,
    bottom: np.ndarray,
    weight: np.ndarray,
    codes: np.ndarray,
    known: np.ndarray,
    size: int,
    min_n: int,
    level: float,
    random_state: int,
) -> dict[str, Any]:
    """Return all columns of one set of dimensions but rank and q."""
    n = np.bincount(codes, weight, minlength=size)
    used, top, bottom = codes[known], top[known], bottom[known]
    count = np.bincount(used, weight[known], minlength=size)
    numerator, denominator = (np.bincount(used, part, minlength=size) for part in (top, bottom))
    suppressed = count < max(min_n, 1)
    if kind in ("count", "sum"):
        half = special.ndtri(0.5 + level / 2) * np.sqrt(np.bincount(used, top**2, minlength=size))
        low, high = garwood(numerator, level) if kind == "count" else (numerator - half, numerator + half)
        columns = {
            "n": n, "numerator": numerator, "denominator": np.nan, "value": numerator, "low": low,
            "high": high, "rest": np.nan, "difference": np.nan, "p": np.nan, "shrunken": np.nan,
            "small": count < max(_SMALL, min_n), "suppressed": suppressed,
        }  # fmt: skip
        for name in _HIDDEN:
            columns[name] = np.where(suppressed, np.nan, columns[name])
        return columns
    value = divide(numerator, denominator)
    rest = divide(top.sum() - numerator, bottom.sum() - denominator)
    if kind == "rate":
        low, high = wilson(numerator, denominator, level)
        p = rate_test(numerator, denominator, top.sum() - numerator, bottom.sum() - denominator)
        overall = divide(top.sum(), bottom.sum())
        variance = divide(overall * (1 - overall), denominator)
    else:
        low, high = bootstrap_interval(top, bottom, used, ~suppressed, level=level, random_state=random_state)
        p, variance = ratio_test(top, bottom, used, ~suppressed)
    columns = {
        "n": n, "numerator": numerator, "denominator": denominator, "value": value, "low": low, "high": high,
        "rest": rest, "difference": value - rest, "p": p, "shrunken": shrink(value, variance)[0],
        "small": count < max(_SMALL, min_n), "suppressed": suppressed,
    }  # fmt: skip
    for name in _HIDDEN:
        columns[name] = np.where(suppressed | np.isnan(value), np.nan, columns[name])
    return columns


def _ordered(frame: pd.DataFrame, dimensions: list[str]) -> pd.DataFrame:
    order = ["suppressed", "shrunken", "value", "n", *dimensions]
    return frame.sort_values(order, ascending=[True, False, False, False] + [True] * len(dimensions))
