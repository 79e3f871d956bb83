"""Who is the agent where nobody says so: the words of each speaker, per dialogue, then over all of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

import numpy as np
import pandas as pd
import pyarrow.compute as pc
from numpy.typing import NDArray

from csatext.lexicon import Lexicon
from csatext.strings import string_array

__all__ = ["infer_roles", "likely_sides", "service_scores"]

_SWITCH = 0.8
"""Chance that the other side speaks next."""
_SCALE = 0.5
"""Log-odds of the service side for one point of score."""
_WORDLESS = -0.4
"""Log-odds of the service side for a turn without any trigger word: the desk rarely speaks without one."""
_CLEAR = 3.0
"""Difference of scores from which a dialogue decides for itself, whatever its labels do elsewhere."""
_USUAL = 2.0
"""Weight of a label's usual role against the words of one dialogue (log-odds times this)."""


def likely_sides(
    dialogue: NDArray[np.int64], scores: NDArray[np.float64], known: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Return which turns are the service side's, by the Viterbi path through each dialogue.

    Two states (customer, service) that change places with a chance of 0.8 from turn to turn; the words of
    a turn give its odds. Viterbi 1967, IEEE Transactions on Information Theory 13(2), over all dialogues
    at once, a step a turn.

    Parameters
    ----------
    dialogue : ndarray of int64, shape (n,)
        Dialogue of each turn; turns of a dialogue stand together, in order.
    scores : ndarray of float64, shape (n,)
        From :func:`csatext.ingest.dialogues.role_inference.service_scores`.
    known : ndarray of int64, shape (n,)
        1 for a turn known to be the service side's, -1 for a customer's, 0 for the others.

    Returns
    -------
    ndarray of bool, shape (n,)

    Examples
    --------
    >>> turns = np.zeros(3, dtype=np.int64)
    >>> likely_sides(turns, np.array([6.0, 0.0, 4.0]), turns).tolist()
    [True, False, True]
    """
    n = len(dialogue)
    if not n:
        return np.zeros(0, dtype=np.bool_)
    odds = np.where(scores == 0, _WORDLESS, _SCALE * scores)
    odds = np.where(known != 0, np.sign(known) * 1e6, odds)
    first = np.flatnonzero(np.concatenate([[True], dialogue[1:] != dialogue[:-1]]))
    length = np.diff(np.append(first, n))
    order = np.argsort(-length, kind="stable")
    first, length = first[order], length[order]
    stay, change = np.log(1 - _SWITCH), np.log(_SWITCH)
    # best[:, s] is the log-chance of the best path that ends in state s (0 customer, 1 service).
    best = np.zeros((len(first), 2))
    came = np.zeros((n, 2), dtype=np.int8)
    steps = np.arange(length[0])
    alive = np.searchsorted(-length, -steps, side="left")
    for step in steps:
        live = slice(0, alive[step])
        at = first[live] + step
        if step:
            before = best[live]
            for state in (0, 1):
                kept, switched = before[:, state] + stay, before[:, 1 - state] + change
                came[at, state] = np.where(switched > kept, 1 - state, state)
            best[live] = np.column_stack(
                [np.maximum(before[:, s] + stay, before[:, 1 - s] + change) for s in (0, 1)]
            )
        best[live, 1] += odds[at]
    path = np.zeros(n, dtype=np.int8)
    last = (best[:, 1] > best[:, 0]).astype(np.int8)
    for step in steps[::-1]:
        live = slice(0, alive[step])
        at = first[live] + step
        path[at] = last[live]
        last[live] = came[at, last[live]]
    return path == 1


@cache
def _trigger_patterns() -> Mapping[tuple[str, float], str]:
    """Return one pattern for each role and weight of ``lexicons/dialogue_cues.tsv``."""
    groups: dict[tuple[str, float], list[str]] = {}
    for entry in Lexicon.load("dialogue_cues").entries:
        role, factor = entry.get("role"), entry.get("factor")
        if role is not None and isinstance(factor, float):
            groups.setdefault((str(role), factor), []).append(entry.term)
    return {
        key: "|".join(re.escape(term) for term in sorted(terms, key=len, reverse=True))
        for key, terms in groups.items()
    }


def service_scores(texts: pd.Series) -> NDArray[np.float64]:
    """Return for each utterance how much it sounds like the service side (> 0) or the customer (< 0).

    The weights of the trigger words found, each kind of them at most twice an utterance (REQUIREMENTS row
    17: the roles of a call must be known before its words are judged).

    Examples
    --------
    >>> service_scores(pd.Series(["您好，很高兴为您服务", "我要退款", "三号"])).round().tolist()
    [9.0, -5.0, 0.0]
    """
    column = string_array(texts)
    total = np.zeros(len(texts))
    for (role, factor), pattern in _trigger_patterns().items():
        counts = pc.fill_null(pc.count_substring_regex(column, pattern), 0).to_numpy(zero_copy_only=False)
        total += (factor if role == "agent" else -factor) * np.minimum(counts, 2)
    polite = pc.fill_null(pc.count_substring(column, "您"), 0).to_numpy(zero_copy_only=False)
    return total + np.minimum(polite, 2)


def _by_speaker(turns: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each dialogue and label: known role, score of its words, first turn."""
    rows = turns.assign(score=service_scores(turns["text"]), place=np.arange(len(turns)))
    grouped = rows.groupby(["doc_id", "label"], sort=False, dropna=False)
    speakers = grouped.agg(
        role=("role", "first"), score=("score", "sum"), n=("score", "size"), place=("place", "min")
    )
    speakers = speakers.reset_index()
    # The mean over many turns says less than each turn does, so that a talkative customer is not an agent.
    speakers["score"] /= np.sqrt(speakers["n"])
    return speakers


def _usual(speakers: pd.DataFrame) -> pd.Series:
    """Return for each row the log-odds that its label is the service side in the other dialogues."""
    rest = speakers.groupby("doc_id", sort=False)["score"].transform("sum") - speakers["score"]
    side = np.sign(speakers["score"] - rest) * (np.abs(speakers["score"] - rest) >= _CLEAR)
    agent = (side > 0).groupby(speakers["label"], dropna=False).transform("sum") - (side > 0)
    customer = (side < 0).groupby(speakers["label"], dropna=False).transform("sum") - (side < 0)
    return np.log((agent + 0.5) / (customer + 0.5)).where(speakers["label"].notna(), 0.0)


def infer_roles(turns: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return the role of each turn, inferred where no label names it, and which ones are inferred.

    In each dialogue the speaker whose words are the most like the service side (greetings of the desk,
    您, 为您查询 ...) is the agent, the others are customers unless they too sound like the desk; what the
    same label is in the other dialogues breaks ties. Where one side is known, the unknown one is the other.
    Speakers without any evidence: the one who speaks first is the customer. Turns without a label are
    judged by their own words and by the turns around them (:mod:`csatext.ingest.dialogues.role_inference`).

    Parameters
    ----------
    turns : DataFrame, shape (n, ...)
        Columns ``doc_id``, ``label`` (NA: none), ``role`` (NA: not known), ``text``; rows of a dialogue
        in order. Left unchanged.

    Returns
    -------
    roles : Series of str, shape (n,)
        No NA left.
    inferred : Series of bool, shape (n,)

    Examples
    --------
    >>> turns = pd.DataFrame({"doc_id": "1", "label": ["A", "B"], "role": pd.array([None, None], "str"),
    ...                       "text": ["您好，有什么可以帮您", "我的快递还没到"]})
    >>> infer_roles(turns)[0].tolist()
    ['agent', 'customer']
    """
    inferred = turns["role"].isna()
    if not inferred.any():
        return turns["role"].copy(), inferred
    wanted = turns["doc_id"].isin(turns.loc[inferred, "doc_id"].unique())
    part = turns.loc[wanted, ["doc_id", "label", "role", "text"]].reset_index(drop=True)
    filled = part["role"].where(part["role"].notna(), _of_labels(part))
    if filled.isna().any():
        filled = filled.where(filled.notna(), _of_turns(part, filled))
    roles = turns["role"].copy()
    roles[wanted] = filled.to_numpy()
    return roles.astype("str"), inferred


def _of_labels(part: pd.DataFrame) -> pd.Series:
    """Return the role of each turn by its label; NA for turns without one."""
    speakers = _by_speaker(part)
    open_ = speakers["role"].isna() & speakers["label"].notna()
    evidence = speakers["score"] + _USUAL * _usual(speakers)
    dialogue = speakers["doc_id"]
    has_agent = (speakers["role"] == "agent").groupby(dialogue).transform("any")
    has_customer = (speakers["role"] == "customer").groupby(dialogue).transform("any")
    # A later speaker wins a tie: whoever opens a conversation with a service desk wants something.
    order = pd.DataFrame({"doc_id": dialogue, "evidence": evidence, "place": speakers["place"]})[open_]
    order = order.sort_values(["doc_id", "evidence", "place"], kind="stable")
    best = pd.Series(False, index=speakers.index)
    best[order.groupby("doc_id").tail(1).index] = True
    n_open = open_.groupby(dialogue).transform("sum")
    lone = n_open == 1
    # Of three or more speakers one is the customer, the others are staff, a bot or notices.
    bar = np.where(n_open > 2, 0.0, _CLEAR)
    desk = (best & ~lone) | (lone & (evidence > 0)) | (evidence > bar)
    worst = pd.Series(False, index=speakers.index)
    worst[order.groupby("doc_id").head(1).index] = True
    desk &= ~(worst & ~lone & ~has_customer)
    desk = desk.mask(lone & has_agent & ~has_customer, False).mask(lone & has_customer & ~has_agent, True)
    role = pd.Series(np.where(desk, "agent", "customer"), index=speakers.index).where(open_)
    keys = pd.MultiIndex.from_frame(speakers[["doc_id", "label"]])
    at = keys.get_indexer(pd.MultiIndex.from_frame(part[["doc_id", "label"]]))
    return (
        pd.Series(role.to_numpy(dtype=object)[at], index=part.index)
        .astype("str")
        .where(part["label"].notna())
    )


def _of_turns(part: pd.DataFrame, known: pd.Series) -> pd.Series:
    """Return a role for each turn by its own words and its place between the others."""
    codes, _ = pd.factorize(part["doc_id"])
    order = np.argsort(codes, kind="stable")
    fixed = np.where(known.isna(), 0, np.where(known == "customer", -1, 1)).astype(np.int64)
    service = np.empty(len(part), dtype=np.bool_)
    service[order] = likely_sides(codes[order], service_scores(part["text"])[order], fixed[order])
    return pd.Series(np.where(service, "agent", "customer"), index=part.index, dtype="str")
