"""One incident, many tickets: contacts about the same event are one case."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from csatext.analysis.grouping.weighted_terms import weighted_terms
from csatext.argument_types import as_table, check_simple_types
from csatext.dates.period_names import read_times
from csatext.errors import ParameterError, SchemaError
from csatext.ingest.quality.near_duplicates import near_duplicates
from csatext.labels import UNCLASSIFIED
from csatext.schema import conform
from csatext.schema.analysis import CASES, CONTACT_CASES
from csatext.text.corpus import Corpus, checked_corpus

__all__ = ["case_table", "group_cases"]

_PLACE = ("product", "region")
_SHARED = (*_PLACE, "category")
_COPIES = 3
"""Contacts of one copied text that make a burst."""
_NEIGHBOURS = 200
"""Earlier contacts of the same place and product, within the window, that a contact is compared with."""
_BLOCK = 20_000
_SHORTEST = 4
"""Terms below which a contact says too little to be matched by likeness."""


@check_simple_types
def group_cases(
    corpus: Corpus,
    facts: pd.DataFrame,
    by: str | Sequence[str] | None = None,
    *,
    time: str = "created_at",
    customer: str = "customer_id",
    window: str | pd.Timedelta = "3D",
    similarity: float = 0.2,
) -> pd.DataFrame:
    """Return the case of each contact: near-duplicates, and like contacts of one place, product and time.

    Parameters
    ----------
    corpus : Corpus
        The contacts.
    facts : DataFrame
        One row a contact, indexed by doc_id.
    by : str or sequence of str, optional
        Columns that contacts of one event share; None is those of product, region and category that the facts
        have. Contacts of several customers that are unclassified, or lack a value in one of the columns, are
        matched as copies of one text alone; so are all where the facts have neither product nor region.
    time : str, default "created_at"
        Column of the time; without it, contacts are matched as copies, or by their customer, whenever they
        were.
    customer : str, default "customer_id"
        Column of the customer; contacts of one customer within the window are one case where they agree in
        ``by``.
    window : str or Timedelta, default "3D"
        Longest time between neighbouring contacts of one case.
    similarity : float, default 0.2
        Least cosine between the weighted terms of two contacts of one event; 1 leaves copies only. In the
        simulated centre .2 joins 40 % of the contacts of an incident, and 98 % of a case have one cause.

    Returns
    -------
    DataFrame
        One row a contact, indexed by doc_id (schema CONTACT_CASES): ``case_weight`` is 1 / ``case_size``, so
        that its sum counts each case once.

    Raises
    ------
    ParameterError
        ``similarity`` is not in (0, 1], ``window`` no length of time, ``corpus`` no Corpus or ``facts`` no
        table.
    SchemaError
        The facts lack documents of the corpus, or a column of ``by``.

    Notes
    -----
    Copies are found by MinHash over runs of three characters (Broder 1997). Cases are the connected
    components of the graph of copies and like contacts, so that their number does not depend on the order of
    the rows.

    Examples
    --------
    >>> import csatext as ct
    >>> contacts = pd.DataFrame(
    ...     {
    ...         "doc_id": ["a", "b", "c"],
    ...         "text": ["天河区今早断网，到现在没恢复", "天河区今早断网，到现在没恢复！", "退款还没到账"],
    ...         "created_at": pd.to_datetime(["2026-05-01", "2026-05-02", "2026-05-02"]),
    ...     }
    ... )
    >>> corpus = ct.Vectorizer().fit_transform(contacts)
    >>> ct.group_cases(corpus, ct.build_facts(corpus))["case_size"].tolist()
    [2, 2, 1]
    """
    checked_corpus(corpus)
    if not isinstance(similarity, int | float) or not 0 < similarity <= 1:
        raise ParameterError.out_of_range("similarity", similarity, "大于 0 且不大于 1")
    width = _length(window)
    wanted = [] if by is None else [by] if isinstance(by, str) else list(by)
    as_table(facts, "facts", wanted)
    missing = int((~corpus.doc_ids.isin(facts.index)).sum())
    if missing:
        raise SchemaError.foreign_index("facts", missing)
    facts = facts.reindex(corpus.doc_ids)
    names = [name for name in _SHARED if name in facts.columns] if by is None else wanted
    moments = _moments(facts, time)
    cell, known = _cells(facts, names)
    # A category alone makes no event, for it says nothing of the place; nor does a place without a time.
    placed = time in facts.columns and (by is not None or any(name in _PLACE for name in names))
    place = np.where(known & placed, cell, -1)
    pairs = [_copied(corpus, moments, width)]
    if customer in facts.columns:
        pairs.append(_consecutive(_joint(facts[customer], cell), moments, width))
    pairs.append(_like(corpus, place, moments, width, similarity))
    first, second = np.concatenate([one for one, _ in pairs]), np.concatenate([two for _, two in pairs])
    graph = sparse.coo_array((np.ones(len(first), bool), (first, second)), shape=(len(facts), len(facts)))
    _, case = connected_components(graph, directed=False)
    return _described(corpus, facts, case, moments, customer, pairs[0])


@check_simple_types
def case_table(
    facts: pd.DataFrame, *, time: str = "created_at", customer: str = "customer_id"
) -> pd.DataFrame:
    """Return one row a case of several contacts, the largest first.

    Parameters
    ----------
    facts : DataFrame
        With the columns of :func:`group_cases` (join it by :func:`csatext.build_facts`).
    time, customer : str
        As for :func:`group_cases`.

    Returns
    -------
    DataFrame
        Schema CASES: contacts, customers, first and last time, and the channels, products, regions and
        categories of each case. The columns let it be laid beside alerts and root causes of the same cells
        and periods.

    Raises
    ------
    ParameterError
        ``facts`` is no DataFrame.
    SchemaError
        There is no column ``case_id``.

    Examples
    --------
    >>> facts = pd.DataFrame({"case_id": ["a", "a"], "case_size": 2, "channel": ["热线", "在线"]})
    >>> case_table(facts)[["case_id", "n_contacts", "channels"]].values.tolist()
    [['a', 2, '在线、热线']]
    """
    as_table(facts, "facts", ["case_id", "case_size"])
    held = facts[facts["case_size"] > 1]
    moments = _moments(held, time) if time in held else pd.Series(pd.NaT, held.index, "datetime64[ns]")
    groups = held.groupby("case_id", sort=True)
    columns = {
        "n_contacts": groups.size(),
        "n_customers": groups[customer].nunique() if customer in held else groups.size(),
        "n_copies": groups["is_copy"].sum() if "is_copy" in held else 0,
        "first": moments.groupby(held["case_id"]).min(),
        "last": moments.groupby(held["case_id"]).max(),
    }
    for plural, name in (
        ("channels", "channel"), ("products", "product"), ("regions", "region"), ("case_categories",
        "category"),
    ):  # fmt: skip
        columns[plural] = groups[name].agg(_values) if name in held else ""
    frame = pd.DataFrame(columns, index=groups.size().index).reset_index()
    frame = frame.sort_values(["n_contacts", "case_id"], ascending=[False, True], ignore_index=True)
    frame.insert(0, "rank", np.arange(1, len(frame) + 1))
    return conform(frame, CASES)


def _values(column: pd.Series) -> str:
    values = sorted(map(str, column.dropna().unique()))
    return "、".join([value for value in values if value != UNCLASSIFIED] or values)


def _length(window: object) -> np.timedelta64:
    try:
        length = pd.Timedelta(window)
    except (ValueError, TypeError) as error:
        raise ParameterError.wrong_type("window", window, "一段时间，如 '3D' 或 '12h'") from error
    if pd.isna(length) or length <= pd.Timedelta(0):
        raise ParameterError.out_of_range("window", window, "大于 0 的一段时间，如 '3D'")
    return length.to_timedelta64()


def _moments(facts: pd.DataFrame, time: str) -> pd.Series:
    """Return the times; where there is no column, or no time, contacts count as of one moment."""
    if time not in facts.columns:
        return pd.Series(pd.Timestamp(0), index=facts.index)
    return read_times(facts[time], time)


def _joint(column: pd.Series, cell: np.ndarray) -> np.ndarray:
    """Return one number for each pair of a column's value and a cell, -1 where the value is missing."""
    codes, _ = pd.factorize(column)
    joint = codes.astype(np.int64) * (cell.max(initial=0) + 1) + cell
    return np.where(codes < 0, -1, joint)


def _cells(facts: pd.DataFrame, names: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return one number for each combination of values, and whether all its values are known."""
    if not names:
        return np.zeros(len(facts), np.int64), np.ones(len(facts), bool)
    cells = facts[names].astype(object)
    known = (cells.notna() & (cells != UNCLASSIFIED) & (cells != "")).all(axis=1).to_numpy()
    codes, _ = pd.factorize(pd.MultiIndex.from_frame(cells.astype(str)))
    return codes, known


def _copied(corpus: Corpus, moments: pd.Series, width: np.timedelta64) -> tuple[np.ndarray, np.ndarray]:
    """Return pairs of a contact and its copy, near in time along the chain of the copies."""
    earlier = near_duplicates(corpus.texts)
    head = np.where(earlier >= 0, earlier, np.arange(len(earlier)))
    for _ in range(20):
        further = head[head]
        if np.array_equal(further, head):
            break
        head = further
    repeated = np.bincount(head, minlength=len(head))[head] > 1
    return _consecutive(np.where(repeated, head, -1), moments, width)


def _consecutive(
    group: np.ndarray, moments: pd.Series, width: np.timedelta64
) -> tuple[np.ndarray, np.ndarray]:
    """Return pairs of neighbours in time of one group (-1 is none), no farther apart than the width."""
    at = np.flatnonzero(group >= 0)
    times = moments.to_numpy("datetime64[ns]")
    order = at[np.lexsort((times[at], group[at]))]
    near = (group[order[1:]] == group[order[:-1]]) & (times[order[1:]] - times[order[:-1]] <= width)
    return order[:-1][near], order[1:][near]


def _like(
    corpus: Corpus, place: np.ndarray, moments: pd.Series, width: np.timedelta64, similarity: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return pairs of like contacts of one place that are near in time.

    A contact is compared with at most 200 of the same place before it: the work is linear in their number.
    """
    times = moments.to_numpy("datetime64[ns]")
    weights = weighted_terms(corpus)
    enough = np.diff(weights.indptr) >= _SHORTEST
    at = np.flatnonzero((place >= 0) & enough)
    order = at[np.lexsort((corpus.doc_ids.astype(str).to_numpy()[at], times[at], place[at]))]
    first, second = [], []
    for lag in range(1, _NEIGHBOURS + 1):
        later, before = order[lag:], order[:-lag]
        near = (place[later] == place[before]) & (times[later] - times[before] <= width)
        if not near.any():
            break
        later, before = later[near], before[near]
        for start in range(0, len(later), _BLOCK):
            one, two = later[start : start + _BLOCK], before[start : start + _BLOCK]
            cosine = np.asarray(weights[one].multiply(weights[two]).sum(axis=1)).ravel()
            alike = cosine >= similarity
            first.append(one[alike])
            second.append(two[alike])
    if not first:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    return np.concatenate(first), np.concatenate(second)


def _described(
    corpus: Corpus,
    facts: pd.DataFrame,
    case: np.ndarray,
    moments: pd.Series,
    customer: str,
    copies: tuple[np.ndarray, np.ndarray],
) -> pd.DataFrame:
    times = moments.to_numpy("datetime64[ns]")
    ids = corpus.doc_ids.astype(str).to_numpy()
    order = np.lexsort((ids, times, case))
    head = order[np.flatnonzero(np.diff(case[order], prepend=-1))]
    size = np.bincount(case)
    copied = np.zeros(len(case), bool)
    copied[np.concatenate(copies)] = True
    copies_in_case = np.bincount(case, copied, minlength=len(size))
    who = facts[customer] if customer in facts.columns else pd.Series(ids, index=facts.index)
    n_customers = who.groupby(case).nunique().reindex(range(len(size)), fill_value=0).to_numpy()
    frame = pd.DataFrame(
        {
            "case_id": pd.Index(ids[head])[case],
            "case_size": size[case],
            "case_customers": n_customers[case],
            "case_weight": 1 / size[case],
            "is_first": np.isin(np.arange(len(case)), head),
            "is_copy": copied,
            "is_burst": copied & (copies_in_case[case] >= _COPIES),
        },
        index=corpus.doc_ids,
    )
    return conform(frame, CONTACT_CASES)
