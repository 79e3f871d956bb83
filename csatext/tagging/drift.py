"""What changed between two sets of contacts that a model tags: labels, confidence, words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from csatext.aggregation.inputs.arguments import as_list, as_number, check_columns
from csatext.aggregation.statistics.cell_tests import rate_test
from csatext.argument_types import check_simple_types
from csatext.errors import ParameterError
from csatext.inference import benjamini_hochberg
from csatext.labels import EMPTY, cell_name
from csatext.schema import conform
from csatext.schema.audit import DRIFT
from csatext.text.corpus import Corpus

__all__ = ["drift"]

_CONFIDENCE = ("confidence", "complaint_probability", "category_probability", "kind_probability")
_LEAST_DOCS = 5
"""Documents that must hold a term in both sets together (chosen)."""
_MOST_TERMS = 50
"""Terms shown of a group (chosen)."""


@check_simple_types
def drift(
    before: Corpus | pd.DataFrame,
    after: Corpus | pd.DataFrame,
    *,
    label: str = "category",
    by: str | Sequence[str] | None = None,
) -> pd.DataFrame:
    """Return what changed between two sets of contacts: label mix, confidence and words.

    A model that learnt from the one may err on the other where these differ; tag a new sample then.

    Parameters
    ----------
    before, after : Corpus or DataFrame
        Facts (labels, confidence), or corpora, whose words are compared too and whose ``docs`` hold the other
        columns.
    label : str, default "category"
        Column of the labels; left out where it is not there.
    by : str or list of str, optional
        Dimensions: everything is shown for each combination as well, where both sets have it.

    Returns
    -------
    DataFrame
        Table ``drift``: "label_mix" shares of each label, "confidence" the mean of the first column of
        confidence that both have, "term" the share of documents that hold a word, for words whose share
        changed most surely (50 a group).

    Raises
    ------
    ParameterError, SchemaError
        The two are of different or other types, or a dimension is missing.

    Notes
    -----
    Shares: score test, mid-p of Fisher's test where few are expected
    (:func:`csatext.aggregation.statistics.cell_tests.rate_test`). Means: Welch (1947). ``q`` corrects over
    the rows of a kind before the 50 are chosen (Benjamini and Hochberg 1995).

    Examples
    --------
    >>> before = pd.DataFrame({"category": ["物流"] * 80 + ["退款"] * 20})
    >>> after = pd.DataFrame({"category": ["物流"] * 50 + ["退款"] * 50})
    >>> drift(before, after)[["what", "name", "before", "after"]].head(1).values.tolist()
    [['label_mix', '物流', 0.8, 0.5]]
    """
    if type(before) is not type(after) or not isinstance(before, (Corpus, pd.DataFrame)):
        raise ParameterError.wrong_type("before、after", before, "两个 Corpus，或两张 facts 表")
    tables = [part.docs if isinstance(part, Corpus) else part for part in (before, after)]
    names = as_list(by)
    for table in tables:
        check_columns(table, names, "by")
    parts = []
    for group, old, new in _groups(tables, names):
        kinds = [_labels(tables, old, new, label), _confidence(tables, old, new)]
        if isinstance(before, Corpus) and isinstance(after, Corpus):
            kinds.append(_terms(before, after, old, new))
        parts += [kind.assign(group=group) for kind in kinds if len(kind)]
    columns = [column.name for column in DRIFT.columns]
    frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    frame["difference"] = frame["after"] - frame["before"]
    frame["q"] = np.nan
    for what in frame["what"].unique():
        rows = frame["what"] == what
        frame.loc[rows, "q"] = benjamini_hochberg(frame.loc[rows, "p"].astype("float64"))
    order = {"label_mix": 0, "confidence": 1, "term": 2}
    frame["size"] = -frame["difference"].abs()
    frame["place"] = frame["what"].map(order)
    frame = frame.sort_values(["place", "p", "size", "name"], kind="stable", ignore_index=True)
    of_group = frame.groupby(["what", "group"], dropna=False).cumcount()
    frame = frame[(frame["what"] != "term") | (of_group < _MOST_TERMS)].reset_index(drop=True)
    frame["rank"] = frame.groupby("what").cumcount() + 1
    frame.attrs = {"n_before": len(tables[0]), "n_after": len(tables[1])}
    if frame.empty:
        frame.attrs["reason"] = "两批联络没有可以比较的列（类别、置信度）和词。"
    return conform(frame, DRIFT)


def _groups(tables: list[pd.DataFrame], by: list[str]) -> Iterator[tuple[str | None, np.ndarray, np.ndarray]]:
    """Yield all contacts, then each combination that both sets have: its name and its rows."""
    yield None, np.arange(len(tables[0])), np.arange(len(tables[1]))
    if not by:
        return
    old, new = (
        pd.MultiIndex.from_frame(table[by].astype("str").where(table[by].notna(), EMPTY)) for table in tables
    )
    for key in sorted({*old} & {*new}):
        name = cell_name(dict(zip(by, key, strict=True)), by)
        yield name, np.flatnonzero(old == key), np.flatnonzero(new == key)


def _rows(what: str, names: Sequence[object], counts: list[np.ndarray], sizes: list[int]) -> pd.DataFrame:
    """Return the shares of two sets with the p value of no change."""
    whole = [np.full(len(names), size) for size in sizes]
    return pd.DataFrame(
        {
            "what": what,
            "name": [str(name) for name in names],
            "before": counts[0] / max(sizes[0], 1),
            "after": counts[1] / max(sizes[1], 1),
            "p": rate_test(counts[1], whole[1], counts[0], whole[0]),
        }
    )


def _labels(tables: list[pd.DataFrame], old: np.ndarray, new: np.ndarray, label: str) -> pd.DataFrame:
    if any(label not in table for table in tables):
        return pd.DataFrame()
    given = [
        table[label].iloc[rows].dropna().astype("str") for table, rows in zip(tables, (old, new), strict=True)
    ]
    names = sorted({*given[0], *given[1]})
    counts = [part.value_counts().reindex(names, fill_value=0).to_numpy() for part in given]
    return _rows("label_mix", names, counts, [len(part) for part in given])


def _confidence(tables: list[pd.DataFrame], old: np.ndarray, new: np.ndarray) -> pd.DataFrame:
    name = next((name for name in _CONFIDENCE if all(name in table for table in tables)), None)
    if name is None:
        return pd.DataFrame()
    given = [as_number(table, name)[rows] for table, rows in zip(tables, (old, new), strict=True)]
    given = [part[~np.isnan(part)] for part in given]
    if min(map(len, given)) < 2:
        return pd.DataFrame()
    p = 1.0 if np.ptp(np.concatenate(given)) == 0 else float(stats.ttest_ind(*given, equal_var=False).pvalue)
    means = {"before": [given[0].mean()], "after": [given[1].mean()]}
    return pd.DataFrame({"what": "confidence", "name": [name], **means, "p": p})


def _terms(before: Corpus, after: Corpus, old: np.ndarray, new: np.ndarray) -> pd.DataFrame:
    """Return the terms by the share of documents that hold them, those in few documents left out."""
    names = np.union1d(before.terms.astype("str"), after.terms.astype("str"))
    counts = []
    for corpus, rows in ((before, old), (after, new)):
        held = np.zeros(len(names))
        at = np.searchsorted(names, corpus.terms.astype("str"))
        held[at] = np.asarray((corpus.dtm[rows] > 0).sum(axis=0)).ravel()
        counts.append(held)
    kept = counts[0] + counts[1] >= _LEAST_DOCS
    return _rows("term", names[kept].tolist(), [count[kept] for count in counts], [len(old), len(new)])
