"""What a dialogue costs the customer: saying the same again, being passed on."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from csatext.analysis.conversations.talk import Talk
from csatext.lexicon import Lexicon
from csatext.text.char_ngrams import char_ngrams
from csatext.text.joined_texts import joined_chunks
from csatext.text.word_matcher import WordMatcher

__all__ = ["repeats", "transfers"]

_MASKS = r"\[[^\[\]]{1,12}\]"
_ALIKE = 0.6
"""Dice coefficient of character pairs from which a turn says an earlier one again (chosen)."""
_SHORTEST = 5
"""Characters of a turn that can be said again: 好的, 在吗 and 谢谢 come again for other reasons."""
_BACK = 10
"""Earlier turns of the customer that a turn is compared with (chosen)."""


def repeats(talk: Talk, prepared: pd.Series) -> np.ndarray:
    """Return how many turns of each customer say again, after a reply, what was said before.

    Parameters
    ----------
    talk : Talk
        The turns.
    prepared : Series of str, length n_turns
        Their prepared texts.

    Returns
    -------
    ndarray of int64, shape (n_dialogues,)
    """
    passage = talk.passages()
    # Masks and placeholders ([手机号], [图片]) are alike in different turns.
    prepared = prepared.str.replace(_MASKS, "", regex=True)
    long = prepared.str.len().to_numpy(np.int64) >= _SHORTEST
    at = np.flatnonzero(talk.customer & (passage >= 0) & long)
    if not len(at):
        return np.zeros(len(talk), np.int64)
    # Only customers who speak long enough twice can repeat themselves.
    several = np.bincount(talk.row[at], minlength=len(talk)) > 1
    at = at[several[talk.row[at]]]
    pairs = char_ngrams(prepared.iloc[at], (2, 2))
    pairs.data[:] = 1
    size = np.diff(pairs.indptr)
    again = np.zeros(len(at), bool)
    for back in range(1, min(_BACK, len(at) - 1) + 1):
        later = np.arange(back, len(at))
        compared = (talk.row[at[later]] == talk.row[at[later - back]]) & ~again[later]
        later = later[compared & (passage[at[later]] != passage[at[later - back]])]
        if not len(later):
            continue
        shared = np.asarray(pairs[later].multiply(pairs[later - back]).sum(axis=1)).ravel()
        again[later] |= 2 * shared >= _ALIKE * np.maximum(size[later] + size[later - back], 1)
    return np.bincount(talk.row[at[again]], minlength=len(talk))


def transfers(talk: Talk, prepared: pd.Series) -> np.ndarray:
    """Return how often each customer is passed on to somebody else.

    The greater of two counts: changes of who serves (from the bot to a person, from one label in the column
    ``speaker`` to another), and passages of the service side that announce it (``transfer`` in
    ``lexicons/dialogue_cues.tsv``: 为您转接).

    Parameters
    ----------
    talk, prepared
        As :func:`repeats` takes them.

    Returns
    -------
    ndarray of int64, shape (n_dialogues,)
    """
    served = np.flatnonzero((talk.agent | talk.bot) & talk.said)
    label = pd.factorize(talk.table["speaker"])[0] if "speaker" in talk.table else np.full(len(talk.row), -1)
    who = 2 * label[served] + talk.bot[served]
    changed = (talk.row[served][1:] == talk.row[served][:-1]) & (who[1:] != who[:-1])
    moved = np.bincount(talk.row[served][1:][changed], minlength=len(talk))
    passage = np.cumsum(np.diff(talk.customer.astype(np.int8), prepend=0) != 0)
    told = np.zeros(len(served), bool)
    for chunk in joined_chunks(prepared.iloc[served]):
        found = _announcements().overlapping(chunk.folded)
        told[chunk.first_row + chunk.rows_of(found.starts)] = True
    places = np.unique(np.column_stack([talk.row[served[told]], passage[served[told]]]), axis=0)
    return np.maximum(moved, np.bincount(places[:, 0], minlength=len(talk)))


@cache
def _announcements() -> WordMatcher:
    table = Lexicon.load("dialogue_cues").table
    return WordMatcher(table.loc[table["kind"] == "transfer", "term"].tolist())
