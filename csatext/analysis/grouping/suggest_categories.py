"""Categories that a taxonomy lacks: groups of complaints that no category claims, and a rule for each."""

from __future__ import annotations

import re
from itertools import permutations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse
from sklearn.cluster import KMeans
from sklearn.decomposition import TruncatedSVD
from sklearn.preprocessing import normalize

from csatext.analysis.grouping.weighted_terms import weighted_terms
from csatext.argument_types import check_simple_types
from csatext.errors import ParameterError, SchemaError
from csatext.inference import wilson
from csatext.labels import UNCLASSIFIED
from csatext.lexicon import Lexicon
from csatext.schema import conform, with_reason
from csatext.schema.analysis import SUGGESTED_CATEGORIES
from csatext.taxonomy.patterns import GAP
from csatext.text.corpus import Corpus, checked_corpus

__all__ = ["suggest_categories"]

_COMPLAINT, _INQUIRY = "complaint", "inquiry"
_SMALLEST = 5
"""Contacts below which a group is no category."""
_WORDS, _EXAMPLES, _PATTERNS = 6, 3, 4
_RULE_WORDS = 12
"""Words of a group that its rule may be made of."""
_LEAST_HITS = 3
"""Contacts of the group that a pattern hits in each half, so that its precision is no accident."""
_PHRASE_GAP = 2
"""Characters between two words that make a phrase, which is more exact than two words of a sentence."""
_DIMENSIONS, _PER_GROUP, _MOST_GROUPS = 50, 100, 15
_SAMPLE = 5_000
"""Contacts by which the middles of the groups are found; the rest go to the nearest."""
_WEIGHT_OF_PRECISION = 0.5
"""beta of the F measure by which a rule is chosen: precision counts twice as much as recall."""
_JOIN = "、"


@check_simple_types
def suggest_categories(
    corpus: Corpus,
    result: pd.DataFrame,
    *,
    n_groups: int | None = None,
    rule_precision: float = 0.7,
    random_state: int = 0,
) -> pd.DataFrame:
    """Return groups of complaints that no category claims, with words, examples and a rule for each.

    Parameters
    ----------
    corpus : Corpus
        The contacts.
    result : DataFrame
        By doc_id, with ``category`` (of RuleClassifier: 未归类 is unclaimed) or ``complaint`` and
        ``needs_review`` (of ComplaintClassifier). With ``is_complaint``, or ``kind``, other contacts are left
        out; contacts that ask (``kind`` inquiry) are grouped as well, as questions that no answer waits for.
    n_groups : int, optional
        Groups looked for; None is one for about 100 contacts, 2 to 15.
    rule_precision : float, default 0.7
        Least share of the contacts that a rule hits, tagged and other ones among them, that belongs to the
        group; a group without such a rule has none.
    random_state : int, default 0
        Seed of the grouping; the result does not depend on the order of the rows.

    Returns
    -------
    DataFrame
        One row a group, the largest first (schema SUGGESTED_CATEGORIES). ``rule`` holds patterns in the
        language of taxonomy files, empty where none is precise enough; ``precision`` says what share of all
        the contacts that it hits, tagged ones among them, belong to the group. Without rows,
        ``attrs["reason"]`` says why.

    Raises
    ------
    ParameterError
        ``corpus`` is no Corpus, ``result`` no table, ``n_groups`` no whole number of 2 or more, or
        ``rule_precision`` not between 0 and 1.
    SchemaError
        There is no column of categories, or documents are missing.

    Notes
    -----
    Contacts are k-means groups (Lloyd 1982) of their latent semantic vectors (Deerwester et al. 1990). Rules
    are chosen by the F measure of every second contact (beta .5: precision counts twice), of patterns that
    keep ``rule_precision`` there and among the other contacts as well: words, phrases of two words, and two
    words of a sentence. Words that tell the kind of a contact (thanks, 投诉) are in no group and no rule.

    Examples
    --------
    >>> import csatext as ct
    >>> texts = ["充电桩占位没有人管理", "小区充电桩占位严重", "充电桩总被油车占位"] * 8 + ["快递丢了"] * 5
    >>> corpus = ct.Vectorizer().fit_transform(texts)
    >>> unclaimed = pd.DataFrame({"category": ["未归类"] * 24 + ["物流配送"] * 5}, index=corpus.doc_ids)
    >>> ct.suggest_categories(corpus, unclaimed, n_groups=2)["n_docs"].sum()
    np.int64(24)
    """
    checked_corpus(corpus)
    if not isinstance(result, pd.DataFrame):
        raise ParameterError.wrong_type("result", result, "分类结果表，如 RuleClassifier().transform(corpus)")
    if n_groups is not None and (isinstance(n_groups, bool) or not isinstance(n_groups, int) or n_groups < 2):
        raise ParameterError.out_of_range("n_groups", n_groups, "不小于 2 的整数")
    if isinstance(rule_precision, bool) or not 0 < rule_precision < 1:
        raise ParameterError.out_of_range("rule_precision", rule_precision, "大于 0、小于 1，例如 0.7")
    missing = int((~corpus.doc_ids.isin(result.index)).sum())
    if missing:
        raise SchemaError.foreign_index("result", missing)
    held = result.reindex(corpus.doc_ids)
    free = _unclaimed(held)
    kinds = (
        held["kind"].fillna("").to_numpy(object) if "kind" in held else np.full(len(held), _COMPLAINT, object)
    )
    weights = _of_the_matter(weighted_terms(corpus), corpus.terms)
    order = np.argsort(corpus.doc_ids.astype(str).to_numpy(), kind="stable")
    described: list[dict[str, object]] = []
    for kind in (_COMPLAINT, _INQUIRY):
        rows = order[(free & (kinds == kind))[order]]
        if len(rows) >= 2 * _SMALLEST:
            described += _kind_groups(corpus, weights, rows, kind, n_groups, rule_precision, random_state)
    columns = [column.name for column in SUGGESTED_CATEGORIES.columns]
    frame = pd.DataFrame(described, columns=columns)
    if not described:
        n_free = int((free & np.isin(kinds, (_COMPLAINT, _INQUIRY))).sum())
        frame.attrs["reason"] = f"没有归类的投诉只有 {n_free} 条，不足以成组（至少 {2 * _SMALLEST} 条）"
    frame["rank"] = np.arange(1, len(frame) + 1)
    return with_reason(conform(frame, SUGGESTED_CATEGORIES))


def _of_the_matter(weights: sparse.csr_array, terms: np.ndarray) -> sparse.csr_array:
    """Return the weights without those of words that tell the kind of a contact, such as thanks."""
    # Not as an array of fixed width: one term may be as long as a text.
    other = pd.Index(terms).isin(Lexicon.load("contact_kinds").table["term"])
    kept = weights.multiply(~other)
    return sparse.csr_array(normalize(kept)) if 0 not in kept.shape else sparse.csr_array(kept)


def _kind_groups(
    corpus: Corpus,
    weights: sparse.csr_array,
    rows: np.ndarray,
    kind: str,
    n_groups: int | None,
    precision: float,
    random_state: int,
) -> list[dict[str, object]]:
    """Return the groups of contacts of one kind, the largest first."""
    group, likeness = _groups(weights[rows], n_groups, random_state)
    described = [
        {"kind": kind, "share": (group == at).mean()}
        | _described(corpus, weights, rows, np.flatnonzero(group == at), likeness, precision)
        for at in np.unique(group)
        if (group == at).sum() >= _SMALLEST
    ]
    return sorted(described, key=lambda one: (-one["share"], one["words"]))


def _unclaimed(result: pd.DataFrame) -> np.ndarray:
    """Return which contacts complain, or ask, and have no category."""
    if "category" in result.columns:
        free = (result["category"].isna() | (result["category"] == UNCLASSIFIED)).to_numpy()
    elif "needs_review" in result.columns:
        free = result["needs_review"].fillna(True).to_numpy(bool)
    else:
        raise SchemaError.missing_column("result", "category", result.columns)
    if "is_complaint" in result.columns and "kind" not in result.columns:
        return free & result["is_complaint"].fillna(False).to_numpy(bool)
    return free


def _groups(
    weights: sparse.csr_array, n_groups: int | None, random_state: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the group of each row, and its cosine with the middle of its group."""
    n_docs, n_terms = weights.shape
    wanted = n_groups if n_groups is not None else int(np.clip(round(n_docs / _PER_GROUP), 2, _MOST_GROUPS))
    size = min(_DIMENSIONS, n_docs - 1, n_terms - 1)
    if size < 1:
        return np.zeros(n_docs, np.int64), np.ones(n_docs)
    # Texts that are all alike have no variance to explain.
    with np.errstate(divide="ignore", invalid="ignore"):
        latent = normalize(TruncatedSVD(size, random_state=random_state).fit_transform(weights))
    chosen = np.linspace(0, n_docs - 1, min(n_docs, _SAMPLE)).astype(np.int64)
    n_distinct = len(np.unique(latent[chosen].round(9), axis=0))
    model = KMeans(min(wanted, n_distinct), n_init=3, random_state=random_state).fit(latent[chosen])
    group = model.predict(latent)
    middle = normalize(model.cluster_centers_)
    return group, (latent * middle[group]).sum(axis=1)


def _described(
    corpus: Corpus,
    weights: sparse.csr_array,
    rows: np.ndarray,
    mine: np.ndarray,
    likeness: np.ndarray,
    least: float,
) -> dict[str, object]:
    """Return one group: its words, its most typical texts and the rule that would catch it."""
    members = rows[mine]
    mean = np.asarray(weights[members].mean(axis=0)).ravel()
    rest = np.asarray(weights[rows].mean(axis=0)).ravel()
    chosen = np.argsort(-(mean - 0.5 * rest), kind="stable")[: 3 * _WORDS]
    words = [corpus.terms[at] for at in chosen if mean[at] > 0 and len(corpus.terms[at]) > 1][:_RULE_WORDS]
    texts = corpus.texts.to_numpy(object)
    typical = members[np.argsort(-likeness[mine], kind="stable")]
    examples = list(dict.fromkeys(texts[row] for row in typical))[:_EXAMPLES]
    rule, hit = _rule(texts, members, words, least)
    inside = np.zeros(len(texts), bool)
    inside[members] = True
    unclaimed = np.zeros(len(texts), bool)
    unclaimed[rows] = True
    n_hits, n_right = int(hit.sum()), int((hit & inside).sum())
    low, high = wilson(n_right, max(n_hits, 1))
    return {
        "words": _JOIN.join(words[:_WORDS]),
        "n_docs": len(members),
        "rule": rule,
        "n_hits": n_hits,
        "n_claimed": int((hit & ~unclaimed).sum()),
        "precision": n_right / n_hits if n_hits else np.nan,
        "low": float(low) if n_hits else np.nan,
        "high": float(high) if n_hits else np.nan,
        "recall": n_right / len(members),
        "examples": "\n".join(examples),
    }


def _rule(texts: np.ndarray, members: np.ndarray, words: list[str], least: float) -> tuple[str, np.ndarray]:
    """Return the patterns, up to four, that describe the members best, and which texts they hit.

    They are added as long as the F measure grows and the precision of all together is at least ``least``.
    """
    inside = np.zeros(len(texts), bool)
    inside[members] = True
    chosen_on = np.arange(len(texts)) % 2 == 0
    column = pa.array(texts, pa.large_string())
    holds = {word: pc.match_substring(column, word).to_numpy(zero_copy_only=False) for word in words}
    for one, two in permutations(words, 2):
        both = holds[one] & holds[two]
        if (both & inside).sum() >= 2 * _LEAST_HITS:
            for gap in (_PHRASE_GAP, GAP):
                slot = " .. " if gap == GAP else f" ..{gap}.. "
                holds[one + slot + two] = _in_one_sentence(texts, both, one, two, gap)
    precise = {rule: held for rule, held in holds.items() if _is_precise(held, inside, chosen_on, least)}
    halves = {rule: held[chosen_on] for rule, held in precise.items()}
    inside_half = inside[chosen_on]
    kept: list[str] = []
    hit = np.zeros(len(texts), bool)
    best = 0.0
    while len(kept) < _PATTERNS:
        hit_half = hit[chosen_on]
        scored = {
            rule: _f_measure(hit_half | held, inside_half)
            for rule, held in halves.items()
            if rule not in kept
        }
        if not scored:
            break
        rule = max(scored, key=lambda one: scored[one])
        if scored[rule] <= best:
            break
        best = scored[rule]
        kept.append(rule)
        hit = hit | holds[rule]
    return "；".join(kept), hit


def _is_precise(held: np.ndarray, inside: np.ndarray, chosen_on: np.ndarray, least: float) -> bool:
    """Return whether enough of the texts that a pattern hits belong to the group, in either half."""
    for half in (chosen_on, ~chosen_on):
        n_hits, n_right = (held & half).sum(), (held & half & inside).sum()
        if n_right < _LEAST_HITS or n_right < least * n_hits:
            return False
    return True


def _in_one_sentence(texts: np.ndarray, both: np.ndarray, one: str, two: str, gap: int) -> np.ndarray:
    """Return which texts hold two words in this order in a sentence, ``gap`` characters apart at most."""
    expression = re.compile(f"{re.escape(one)}[^。！？!?\n]{{0,{gap}}}?{re.escape(two)}")
    hit = np.zeros(len(texts), bool)
    rows = np.flatnonzero(both)
    hit[rows] = [expression.search(texts[row]) is not None for row in rows]
    return hit


def _f_measure(hit: np.ndarray, inside: np.ndarray) -> float:
    right = (hit & inside).sum()
    if not right:
        return 0.0
    precision, recall = right / hit.sum(), right / inside.sum()
    square = _WEIGHT_OF_PRECISION**2
    return float((1 + square) * precision * recall / (square * precision + recall))
