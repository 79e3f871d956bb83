"""What agents say before customers recover, and before they are lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from csatext.analysis.conversations.agent_phrases import frequent_phrases
from csatext.analysis.conversations.stratified_keyness import stratified_keyness
from csatext.analysis.conversations.talk import Talk, group_first, group_means, talk_of
from csatext.analysis.sentiment.score import Sentiment
from csatext.argument_types import as_names, as_table, as_whole_number
from csatext.inference import benjamini_hochberg
from csatext.schema import conform, with_reason
from csatext.schema.feelings import TURNING_POINTS
from csatext.text.vectorization import Vectorizer

__all__ = ["turning_points"]

_CHANGE = 0.35
"""Least change of the customer's score that is a recovery or a loss, and the score below which the customer
is still lost (chosen: as far from neutral as what is called negative)."""
_BINS, _A_BIN = 10, 60
"""Most groups of replies by the score before them, and the replies that a group has at least (chosen)."""
_SHOWN = 120


class _Replies(NamedTuple):
    """What agents say between two passages of the customer."""

    row: np.ndarray
    turn: np.ndarray
    texts: pd.Series
    before: np.ndarray
    after: np.ndarray
    first: np.ndarray


def turning_points(
    turns: pd.DataFrame,
    *,
    adjust: str | Sequence[str] | None = None,
    min_docs: int = 10,
    sentiment: Sentiment | None = None,
) -> pd.DataFrame:
    """Return the words of agents that go with recoveries of the customer, and with losses.

    A reply is what agents say between two passages of the customer. It is followed by a *recovery* where the
    customer's next passage scores at least .35 better than the one before it, by a *loss* where it scores
    .35 worse, or -.35 and less without a recovery; other replies are left out. Replies are compared with
    others to customers who felt alike before, were at the same stage and had the same kind of case: a phrase
    of apology would else stand beside recoveries only because it answers the angriest.

    Parameters
    ----------
    turns : DataFrame
        Table ``turns``, rows in any order; left unchanged. A column ``sentiment`` is taken as the scores.
    adjust : str or list of str, optional
        Columns of the turns that make the case mix (category, kind, product), by the first value of each
        dialogue.
    min_docs : int, default 10
        Least number of dialogues in whose compared replies a phrase stands.
    sentiment : Sentiment, optional
        Scores the turns; None is ``Sentiment()``.

    Returns
    -------
    DataFrame
        Table ``turning_points``, by p: phrase, ``direction`` (recovery or loss), how many replies and
        dialogues hold it, after how many the customer recovered and how many its strata let expect, odds
        ratio with 95 % interval, ``p``, ``q`` over all phrases, and an example (personal data masked).
        ``attrs`` has ``n_replies``, ``n_recoveries`` and ``n_losses``. Without enough replies it is empty
        and ``attrs["reason"]`` says why.

    Raises
    ------
    ParameterError
        An argument has a value that is not allowed.
    SchemaError
        A column is missing.

    Notes
    -----
    Strata are up to ten equal groups of the score before the reply, first replies apart from later ones,
    times the values of ``adjust``. Tests and odds ratios are Mantel and Haenszel's (see
    :mod:`csatext.analysis.conversations.stratified_keyness`) with dialogues as sampling units; q is Benjamini
    and Hochberg's. The phrases are runs of up to twelve words. An association is no proof: what is said when
    a matter is settled goes with recoveries too. REQUIREMENTS rows 17 and 26.

    Examples
    --------
    >>> said = ["马上为您补发"] * 12 + ["请耐心等待"] * 12
    >>> turns = pd.DataFrame({"doc_id": [str(n) for n in range(24) for _ in range(3)],
    ...     "turn_id": [0, 1, 2] * 24, "role": ["customer", "agent", "customer"] * 24,
    ...     "text": [text for reply in said for text in ("少发一件", reply, "知道了")],
    ...     "sentiment": [s for n in range(24) for s in (-0.5, 0.0, 0.5 if n < 12 else -0.6)]})
    >>> turning_points(turns)[["phrase", "direction", "recovered"]].values.tolist()
    [['请耐心等待', 'loss', 0], ['马上为您补发', 'recovery', 12]]
    """
    least = as_whole_number(min_docs, "min_docs", 1)
    names = (
        []
        if adjust is None
        else [adjust]
        if isinstance(adjust, str)
        else as_names(adjust, "adjust", "列名的列表")
    )
    as_table(turns, "turns", ("doc_id", *names))
    talk = talk_of(turns, sentiment)
    replies = _replies(talk)
    recovered = replies.after - replies.before >= _CHANGE
    lost = ~recovered & ((replies.before - replies.after >= _CHANGE) | (replies.after <= -_CHANGE))
    used = np.flatnonzero(recovered | lost)
    counts = {"n_replies": len(used), "n_recoveries": int(recovered.sum()), "n_losses": int(lost.sum())}
    if not min(counts.values()):
        return _without(counts, "没有可比的回复：客户在客服回复前后都要有话，且有的好转、有的没有。")
    stratum = _strata(replies, used, _mix(turns, talk, names))
    corpus = Vectorizer(stop_words=None).fit_transform(replies.texts.iloc[used].reset_index(drop=True))
    held, phrases = frequent_phrases(corpus, least)
    cluster = replies.row[used]
    first_of = np.unique(cluster, return_inverse=True)[1]
    n_dialogues = _dialogues(held, first_of)
    kept = np.flatnonzero(n_dialogues >= least)
    if not len(kept):
        return _without(counts, f"没有一个说法出现在至少 {least} 个对话的可比回复里；可把 min_docs 调小。")
    held, phrases = held[:, kept], [phrases[at] for at in kept]
    outcome = recovered[used]
    found = stratified_keyness(held, outcome, stratum, cluster)
    better = found.observed >= found.expected
    example = _examples(held, outcome, better)
    shown = corpus.texts.to_numpy(object)[example]
    frame = pd.DataFrame(
        {
            "phrase": phrases,
            "direction": np.where(better, "recovery", "loss"),
            "n": np.asarray(held.sum(axis=0)),
            "n_dialogues": n_dialogues[kept],
            "recovered": found.observed,
            "expected": found.expected,
            "odds_ratio": found.odds_ratio,
            "low": found.low,
            "high": found.high,
            "p": found.p,
            "q": benjamini_hochberg(found.p),
            "doc_id": talk.documents[cluster[example]],
            "turn": replies.turn[used[example]],
            "example": [text if len(text) <= _SHOWN else text[:_SHOWN] + "…" for text in shown],
        }
    )
    order = np.lexsort((np.array(phrases), -frame["n"], frame["p"]))
    frame = frame.iloc[order].reset_index(drop=True)
    frame.insert(0, "rank", np.arange(1, len(frame) + 1))
    result = conform(frame, TURNING_POINTS)
    result.attrs = dict(counts)
    return result


def _replies(talk: Talk) -> _Replies:
    """Return the agents' passages between two scored passages of the customer."""
    passage = talk.passages()
    n = int(passage.max(initial=-1)) + 1
    spoken = np.flatnonzero(passage >= 0)
    number = passage[spoken]
    row = group_first(number, talk.row[spoken].astype(np.float64), n).astype(np.int64)
    turn = group_first(number, talk.turn[spoken].astype(np.float64), n).astype(np.int64)
    scored = spoken[~np.isnan(talk.score[spoken])]
    score = group_means(passage[scored], talk.score[scored], n)
    manned = np.bincount(passage[talk.agent & (passage >= 0)], minlength=n) > 0
    middle = np.flatnonzero(manned)
    middle = middle[(middle > 0) & (middle < n - 1)]
    middle = middle[(row[middle - 1] == row[middle]) & (row[middle + 1] == row[middle])]
    middle = middle[~np.isnan(score[middle - 1]) & ~np.isnan(score[middle + 1])]
    agent = np.flatnonzero(talk.agent & np.isin(passage, middle))
    texts = talk.texts.iloc[agent].groupby(passage[agent], sort=True).agg("\n".join)
    first = np.ones(len(middle), bool)
    first[1:] = row[middle][1:] != row[middle][:-1]
    return _Replies(row[middle], turn[middle], texts, score[middle - 1], score[middle + 1], first)


def _mix(turns: pd.DataFrame, talk: Talk, names: list[str]) -> np.ndarray:
    """Return the number of the case mix of each dialogue."""
    if not names:
        return np.zeros(len(talk), np.int64)
    keys = turns["doc_id"].astype("str")
    first = turns[names].groupby(keys.to_numpy(), sort=False).first().reindex(talk.documents)
    return np.asarray(first.groupby(names, dropna=False, sort=False).ngroup().to_numpy(np.int64))


def _strata(replies: _Replies, used: np.ndarray, mix: np.ndarray) -> np.ndarray:
    """Return the stratum of each compared reply: how the customer felt, the stage, the kind of case."""
    n_bins = int(np.clip(len(used) // _A_BIN, 1, _BINS))
    before = replies.before[used]
    edges = np.unique(np.quantile(before, np.arange(1, n_bins) / n_bins))
    felt = np.searchsorted(edges, before, side="right")
    keys = np.column_stack([felt, replies.first[used], mix[replies.row[used]]])
    return np.asarray(np.unique(keys, axis=0, return_inverse=True)[1]).ravel()


def _dialogues(held: object, dialogue: np.ndarray) -> np.ndarray:
    """Return the number of dialogues that hold each phrase."""
    places = held.tocoo()  # type: ignore[attr-defined]
    n = held.shape[1]  # type: ignore[attr-defined]
    pairs = np.unique(dialogue[places.row].astype(np.int64) * max(n, 1) + places.col)
    return np.bincount(pairs % max(n, 1), minlength=n)


def _examples(held: object, outcome: np.ndarray, better: np.ndarray) -> np.ndarray:
    """Return the first reply with each phrase that was followed by what the phrase goes with."""
    places = held.tocoo()  # type: ignore[attr-defined]
    fits = outcome[places.row] == better[places.col]
    order = np.lexsort((places.row, ~fits, places.col))
    news = np.flatnonzero(np.diff(places.col[order], prepend=-1))
    return np.asarray(places.row[order[news]])


def _without(counts: dict[str, int], reason: str) -> pd.DataFrame:
    empty = pd.DataFrame({column.name: [] for column in TURNING_POINTS.columns})
    result = conform(empty, TURNING_POINTS)
    result.attrs = {**counts, "reason": reason}
    return with_reason(result)
