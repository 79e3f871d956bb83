"""How far people agree who tagged the same contacts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from csatext.aggregation.inputs.arguments import as_list
from csatext.aggregation.statistics.intervals import divide
from csatext.argument_types import as_table, check_simple_types
from csatext.errors import SchemaError
from csatext.inference import check_level
from csatext.labels import ADJUDICATOR, name_of
from csatext.schema import conform
from csatext.schema.audit import AGREEMENT, TAG_CONFUSION, TAG_DISAGREEMENTS

__all__ = ["Agreement", "agreement"]

Array = npt.NDArray[np.float64]

_COLUMNS = ("category", "subcategory")
_RESAMPLES = 1000
_STATISTICS = ("percent", "kappa", "alpha", "ac1")
_HIGH_PERCENT, _APART = 0.8, 0.2
"""Share of agreement and difference of AC1 and kappa from which on the paradox is named (chosen)."""
_FEW = 30


@dataclass(frozen=True)
class Agreement:
    """How far people agree.

    Attributes
    ----------
    scores : DataFrame
        Table ``agreement``.
    confusion : DataFrame
        Table ``tag_confusion``.
    disagreements : DataFrame
        Table ``tag_disagreements``.
    """

    scores: pd.DataFrame
    confusion: pd.DataFrame
    disagreements: pd.DataFrame


@check_simple_types
def agreement(
    tags: pd.DataFrame,
    *,
    columns: str | Sequence[str] | None = None,
    level: float = 0.95,
    random_state: int = 0,
) -> Agreement:
    """Return how far people agree: four coefficients with intervals, confusions, contacts in dispute.

    Parameters
    ----------
    tags : DataFrame
        ``doc_id``, ``annotator`` and columns of labels. A row without a label is not tagged; of several rows
        of one person for a contact the last holds; tags of 裁定 are no independent ones and are left out.
    columns : str or list of str, optional
        Columns of labels; by default ``category`` and ``subcategory``.
    level : float, default 0.95
        Coverage of the intervals.
    random_state : int, default 0
        Seed of the bootstrap.

    Returns
    -------
    Agreement
        ``scores``: one row a column, then one a label against all others. ``attrs["reason"]`` says why there
        is no row.

    Raises
    ------
    ParameterError, SchemaError
        ``tags`` is no table, or a column is missing.

    Notes
    -----
    Cohen (1960), Educational and Psychological Measurement 20, 37-46; of several people the mean over pairs
    (Light 1971). Krippendorff (2011), Computing Krippendorff's alpha-reliability: nominal, any number of
    people, missing tags allowed. Gwet (2008), British Journal of Mathematical and Statistical Psychology 61,
    29-48. Percentile bootstrap over contacts (Efron and Tibshirani 1993), 1,000 resamples. Kappa falls where
    nearly all contacts have one label although people agree (Feinstein and Cicchetti 1990, the paradox of
    prevalence); AC1 does not, and ``note`` says so where they part.

    Examples
    --------
    >>> tags = pd.DataFrame({"doc_id": [1, 2, 3, 4] * 2, "annotator": ["甲"] * 4 + ["乙"] * 4})
    >>> tags["category"] = ["物流", "物流", "退款", "退款", "物流", "物流", "退款", "物流"]
    >>> found = agreement(tags)
    >>> found.scores[["category", "n", "percent", "kappa"]].head(1).values.tolist()
    [[nan, 4, 0.75, 0.5]]
    >>> found.disagreements[["doc_id", "label_a", "label_b"]].values.tolist()
    [['4', '物流', '退款']]
    """
    check_level(level)
    as_table(tags, "tags")
    if "doc_id" not in tags.columns and tags.index.name == "doc_id":
        tags = tags.reset_index()
    names = as_list(columns, "columns") or [name for name in _COLUMNS if name in tags.columns]
    for name in ("doc_id", "annotator", *(names or _COLUMNS[:1])):
        if name not in tags.columns:
            raise SchemaError.missing_column("tags", name, tags.columns)
    scores, confusion, disputes = [], [], []
    for name in names:
        ratings = _ratings(tags, name)
        scores.append(_scores(ratings, name, level, random_state))
        for first, second in combinations(range(len(ratings.people)), 2):
            both = ratings.given[:, [first, second]]
            pair = pd.DataFrame(
                {
                    "doc_id": ratings.doc_id,
                    "measure": name,
                    "annotator_a": ratings.people[first],
                    "annotator_b": ratings.people[second],
                    "label_a": ratings.labels[both[:, 0]],
                    "label_b": ratings.labels[both[:, 1]],
                }
            )[(both >= 0).all(axis=1)]
            confusion.append(pair)
            disputes.append(pair[pair["label_a"] != pair["label_b"]])
    empty = pd.DataFrame(columns=[column.name for column in TAG_DISAGREEMENTS.columns])
    table = pd.concat(scores, ignore_index=True)
    pairs = pd.concat([empty, *confusion], ignore_index=True)
    keys = list(TAG_CONFUSION.key)
    counted = pairs.groupby(keys, sort=False).size().rename("n").reset_index()
    counted = counted.sort_values("n", ascending=False, kind="stable", ignore_index=True)
    table.attrs = {"level": level, "resamples": _RESAMPLES}
    if table.empty:
        table.attrs["reason"] = "没有一条联络由两个人都标过，无法计算一致性；请安排一部分联络由两人各自标注。"
    return Agreement(
        conform(table, AGREEMENT),
        conform(counted, TAG_CONFUSION),
        conform(pd.concat([empty, *disputes], ignore_index=True), TAG_DISAGREEMENTS),
    )


@dataclass(frozen=True)
class _Ratings:
    """Codes of labels, contacts x people, -1 where a person gave none."""

    doc_id: npt.NDArray[np.object_]
    people: npt.NDArray[np.object_]
    labels: npt.NDArray[np.object_]
    given: npt.NDArray[np.int64]


def _ratings(tags: pd.DataFrame, name: str) -> _Ratings:
    column = tags[name]
    texts = column.astype("str").str.strip()
    people = tags["annotator"].astype("str").str.strip()
    known = (column.notna() & (texts != "") & tags["annotator"].notna() & (people != ADJUDICATOR)).to_numpy()
    doc, doc_id = pd.factorize(tags.loc[known, "doc_id"].astype("str"))
    person, names = pd.factorize(people[known], sort=True)
    label, labels = pd.factorize(texts[known], sort=True)
    given = np.full((len(doc_id), len(names)), -1, dtype=np.int64)
    given[doc, person] = label
    seen = [np.asarray(part, dtype=object) for part in (doc_id, names, labels)]
    return _Ratings(seen[0], seen[1], seen[2], given)


def _scores(ratings: _Ratings, name: str, level: float, random_state: int) -> pd.DataFrame:
    """Return the rows of a column: all labels, then each against the others."""
    n_docs = len(ratings.doc_id)
    several = (ratings.given >= 0).sum(axis=1) >= 2
    columns = [column.name for column in AGREEMENT.columns]
    if not several.any():
        return pd.DataFrame(columns=columns)
    rng = np.random.default_rng(random_state)
    # How often each contact is in each resample; the first row is the sample itself.
    drawn_docs = rng.multinomial(n_docs, np.full(n_docs, 1 / n_docs), size=_RESAMPLES)
    times: Array = np.vstack([np.ones((1, n_docs)), drawn_docs])
    views = [(None, ratings.given, len(ratings.labels))]
    if len(ratings.labels) > 2:
        # A label against all others: 1 is the label, 0 another, -1 none.
        views += [
            (label, np.where(ratings.given < 0, -1, (ratings.given == code).astype(np.int64)), 2)
            for code, label in enumerate(ratings.labels)
        ]
    rows = []
    for label, given, q in views:
        seen = _coefficients(given, q, times)
        row: dict[str, object] = {"measure": name, "category": label, "n": int(several.sum())}
        row["n_annotators"] = len(ratings.people)
        for statistic in _STATISTICS:
            drawn = seen[statistic][1:]
            drawn = drawn[~np.isnan(drawn)]
            ends = [(1 - level) / 2, (1 + level) / 2]
            low, high = np.quantile(drawn, ends) if len(drawn) else np.full(2, np.nan)
            row |= {statistic: seen[statistic][0], f"{statistic}_low": low, f"{statistic}_high": high}
        row["note"] = _note(row)
        rows.append(row)
    return pd.DataFrame(rows, columns=columns)


def _coefficients(given: npt.NDArray[np.int64], q: int, times: Array) -> dict[str, Array]:
    """Return each coefficient of each resample, shape (n_resamples,)."""
    n_docs = len(given)
    counts = np.zeros((n_docs, q))
    rows, people = np.nonzero(given >= 0)
    np.add.at(counts, (rows, given[rows, people]), 1)
    ratings = counts.sum(axis=1)
    several = ratings >= 2
    agreeing = divide((counts * (counts - 1)).sum(axis=1), ratings * (ratings - 1))
    percent = divide(times[:, several] @ agreeing[several], times[:, several].sum(axis=1))
    # Gwet: the mean share of a label over contacts.
    share = divide(times @ divide(counts, ratings[:, None]), times.sum(axis=1)[:, None])
    chance = (share * (1 - share)).sum(axis=1) / max(q - 1, 1)
    # Krippendorff: of contacts with two tags or more, each tag counted once.
    disputed = divide((counts * (ratings[:, None] - counts)).sum(axis=1), ratings - 1)
    of_label = times[:, several] @ counts[several]
    total = of_label.sum(axis=1)
    observed = times[:, several] @ disputed[several]
    expected = divide(total**2 - (of_label**2).sum(axis=1), total - 1)
    return {
        "percent": percent,
        "kappa": _kappa(given, q, times),
        "alpha": 1 - divide(observed, expected),
        "ac1": divide(percent - chance, 1 - chance),
    }


def _kappa(given: npt.NDArray[np.int64], q: int, times: Array) -> Array:
    """Return Cohen's kappa of each resample, the mean over the pairs that share contacts."""
    found = []
    for first, second in combinations(range(given.shape[1]), 2):
        both = (given[:, first] >= 0) & (given[:, second] >= 0)
        if not both.any():
            continue
        weight = times[:, both]
        total = weight.sum(axis=1)
        one, other = given[both, first], given[both, second]
        equal = divide(weight @ (one == other).astype("float64"), total)
        margins = [divide(weight @ np.eye(q)[codes], total[:, None]) for codes in (one, other)]
        chance = (margins[0] * margins[1]).sum(axis=1)
        found.append(divide(equal - chance, 1 - chance))
    return np.mean(found, axis=0) if found else np.full(len(times), np.nan)


def _note(row: dict[str, object]) -> str:
    """Return what to mind about a row, in Chinese."""
    percent, kappa, ac1 = (float(row[name]) for name in ("percent", "kappa", "ac1"))  # type: ignore[arg-type]
    said = []
    if int(row["n"]) < _FEW:  # type: ignore[call-overload]
        said.append(f"只有 {row['n']} 条由两人以上标过，区间很宽")
    if percent == 1:
        said.append("没有一条不一致，区间看不出还有多少")
    elif percent >= _HIGH_PERCENT and (np.isnan(kappa) or ac1 - kappa >= _APART):
        value = "无法计算" if np.isnan(kappa) else f"只有 {kappa:.2f}"
        what = name_of(str(row["measure"])) if row["category"] is None else f"「{row['category']}」"
        said.append(
            f"{what}的一致率 {percent:.0%}，kappa {value}，AC1 {ac1:.2f}："
            "绝大多数联络是同一个答案，kappa 把偶然一致估得过高（流行率悖论），请看 AC1 和一致率"
        )
    return "；".join(said) + ("。" if said else "")
