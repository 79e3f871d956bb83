"""How many tags an interval of a wanted width costs, and of which contacts."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import special

from csatext.aggregation.audit.adjudication import adjudicate, labels_are_flags, machine_labels
from csatext.argument_types import check_simple_types
from csatext.errors import ParameterError, SchemaError
from csatext.schema import conform
from csatext.schema.audit import TAG_BUDGET

__all__ = ["tag_budget"]

_LEVEL = 0.95
_ACCURACY = 0.8
"""Share of right machine labels that is assumed where no tag shows it (chosen: a cautious one)."""
_PRIOR = 0.5
"""Pseudo-tags of each kind in a share (prior of Jeffreys)."""
_LEAST = 2


@check_simple_types
def tag_budget(
    facts: pd.DataFrame, tags: pd.DataFrame | None = None, *, measure: str, width: float
) -> pd.DataFrame:
    """Return how many contacts people have to tag until the corrected rate has an interval of a width.

    Parameters
    ----------
    facts : DataFrame
        One row a contact with ``doc_id`` and the machine's label.
    tags : DataFrame, optional
        Tags so far, as for :func:`csatext.audited_rates`: they show how often the machine is right. Without
        them 80 % are assumed.
    measure : str
        A flag, or a category: then every category is to have an interval of that width at most.
    width : float
        Width of the 95 % interval of the rate of all contacts, such as 0.04 for plus or minus two points.

    Returns
    -------
    DataFrame
        Table ``tag_budget``, one row a machine label, largest need first; the last column is the width of the
        whole that the tags needed give. ``attrs``: measure, width, n_needed, n_more, and ``n_proportional``:
        how many tags it takes where they are spread by the size of strata, as ``sample_for_tagging`` does.

    Raises
    ------
    ParameterError, SchemaError
        ``width`` outside 0 to 1; a column is missing or of the wrong type; contacts repeat.

    See Also
    --------
    csatext.sample_for_tagging : draws the sample; ``by`` the measure.

    Notes
    -----
    Strata are machine labels, and stratification by a label is what its prediction-powered correction is
    worth (Cochran 1977, section 5.5: Neyman allocation ``n_h ~ N_h S_h``, with finite population correction).
    ``S_h`` is that of the share of tags with the flag, half a pseudo-tag of each kind added; of categories
    the largest.

    Examples
    --------
    >>> facts = pd.DataFrame({"doc_id": range(10_000), "urgent": [True, False, False, False] * 2_500})
    >>> tag_budget(facts, measure="urgent", width=0.06)[["stratum", "n", "n_needed"]]
      stratum     n  n_needed
    0       否  7500       480
    1       是  2500       160
    """
    if not 0 < width < 1:
        raise ParameterError.out_of_range("width", width, "0 与 1 之间，例如 0.04（正负两个百分点）")
    is_flag = labels_are_flags(facts, measure)
    known = facts[facts[measure].notna()]
    ids = pd.Index((known["doc_id"] if "doc_id" in known.columns else known.index).astype("str"))
    if not ids.is_unique:
        raise SchemaError.duplicate_key("facts", ["doc_id"], int(ids.duplicated().sum()))
    label, names = machine_labels(known, measure, flag=is_flag)
    strata = names.to_numpy()
    size = np.bincount(label, minlength=len(strata))
    tagged, share, variance = _people(tags, measure, is_flag, ids, label, strata)
    part = size / max(size.sum(), 1)
    target = (width / (2 * special.ndtri(0.5 + _LEVEL / 2))) ** 2
    needed = _neyman(size, part, variance, target)
    expected = 2 * special.ndtri(0.5 + _LEVEL / 2)
    expected *= np.sqrt((part**2 * variance * (1 / np.maximum(needed, 1) - 1 / size)).sum())
    table = pd.DataFrame(
        {
            "stratum": [{0.0: "否", 1.0: "是"}[value] for value in strata] if is_flag else strata,
            "n": size,
            "n_tagged": tagged,
            "expected_rate": share,
            "n_needed": needed,
            "n_more": np.maximum(needed - tagged, 0),
            "width": expected,
        }
    ).sort_values("n_needed", ascending=False, kind="stable", ignore_index=True)
    more = int(table["n_more"].sum())
    within = (part * variance).sum()
    proportional = int(np.ceil(within / (target + within / max(size.sum(), 1))))
    table.attrs = {
        "measure": measure, "width": width, "n_needed": int(needed.sum()), "n_more": more,
        "n_proportional": proportional,
    }  # fmt: skip
    if table.empty:
        table.attrs["reason"] = "表里没有数据行。"
    return conform(table, TAG_BUDGET)


def _people(
    tags: pd.DataFrame | None,
    measure: str,
    is_flag: bool,
    ids: pd.Index,
    label: np.ndarray,
    strata: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return tags, share with the machine's label (or the flag) and largest variance of each stratum."""
    size = len(strata)
    if tags is None:
        tagged = np.zeros(size, dtype=np.int64)
        right = np.full(size, _ACCURACY)
        share = np.where(strata == 0.0, 1 - _ACCURACY, right) if is_flag else right
        return tagged, share, right * (1 - right)
    human = adjudicate(tags, measure, flag=is_flag)
    rows = ids.get_indexer(human.doc_id)
    used = rows >= 0
    cell = label[rows[used]]
    tagged = np.bincount(cell, minlength=size)
    weight = human.weight[used]
    total = np.bincount(cell, weight, minlength=size)
    scale = tagged / np.where(total > 0, total, 1.0)
    largest, own = np.zeros(size), np.zeros(size)
    for one in [1.0] if is_flag else sorted({*strata, *human.votes["label"]}, key=str):
        hits = np.bincount(cell, weight * human.share_of(one)[used], minlength=size) * scale
        share = (hits + _PRIOR) / (tagged + 2 * _PRIOR)
        largest = np.maximum(largest, share * (1 - share))
        mine = np.ones(size, dtype=bool) if is_flag else strata == one
        own[mine] = share[mine]
    return tagged, own, largest


def _neyman(size: np.ndarray, part: np.ndarray, variance: np.ndarray, target: float) -> np.ndarray:
    """Return the least tags of each stratum that give a variance; a stratum used up is taken whole."""
    whole = np.zeros(len(size), dtype=bool)
    needed = np.zeros(len(size))
    for _ in range(len(size) + 1):
        open_ = ~whole
        spread = part * np.sqrt(variance)
        bound = target + (part**2 * variance / np.maximum(size, 1))[open_].sum()
        needed[open_] = spread[open_] * spread[open_].sum() / bound
        needed[whole] = size[whole]
        over = open_ & (needed > size)
        if not over.any():
            break
        whole |= over
    return np.minimum(np.maximum(np.ceil(needed), np.minimum(_LEAST, size)), size).astype(np.int64)
