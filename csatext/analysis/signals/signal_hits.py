"""Hits of the service signals in texts, those alone that the text means."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from csatext.analysis.rules.pattern_index import PatternHits
from csatext.analysis.signals.signal_patterns import SIGNALS, SignalPatterns, signal_patterns
from csatext.text.clauses.clause_reading import ClauseReading, Spans
from csatext.text.joined_texts import JoinedTexts, joined_chunks

__all__ = ["SignalHits", "all_signals", "chunk_signals", "find_signals"]


class SignalHits(NamedTuple):
    """Words that a text means as a signal, by row, then signal, then position.

    Attributes
    ----------
    row : ndarray of int64
        Position of the text.
    signal : ndarray of int64
        Position in ``SIGNALS``.
    start, end : ndarray of int64
        Span in the prepared text, from the first word to the end of the last.
    severity : ndarray of int64
        1 to 3.
    """

    row: np.ndarray
    signal: np.ndarray
    start: np.ndarray
    end: np.ndarray
    severity: np.ndarray

    def take(self, chosen: np.ndarray) -> SignalHits:
        """Return the hits that a mask or positions choose."""
        return SignalHits(*(values[chosen] for values in self))

    def outermost(self) -> SignalHits:
        """Return the hits that no other of their signal holds, with the severity of what they hold."""
        order, outer = self._outer(np.ones(len(self.row), bool))
        hits = self.take(order)
        if not len(outer):
            return hits
        # What a hit holds follows it, up to the next that no other holds.
        gravest = np.maximum.reduceat(hits.severity, np.flatnonzero(outer))
        return hits.take(outer)._replace(severity=gravest)

    def without_held(self, holders: np.ndarray) -> SignalHits:
        """Return the hits without those of the chosen ones that another chosen one of their signal holds."""
        order, outer = self._outer(holders)
        return self.take(np.sort(np.concatenate((order[outer], np.flatnonzero(~holders)))))

    def _outer(self, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the chosen hits sorted, and which of them no other one holds."""
        order = np.flatnonzero(chosen)
        keys = (self.end, self.start, self.signal, self.row)
        end, start, signal, row = (values[order] for values in keys)
        order = order[np.lexsort((-end, start, signal, row))]
        end, _, signal, row = (values[order] for values in keys)
        group = np.cumsum((np.diff(row, prepend=-1) != 0) | (np.diff(signal, prepend=-1) != 0))
        place = group * (int(end.max(initial=0)) + 1) + end
        before = np.concatenate(([-1], np.maximum.accumulate(place)[:-1]))[: len(place)]
        return order, place > before


def find_signals(texts: pd.Series) -> SignalHits:
    """Return the signals of texts.

    Parameters
    ----------
    texts : Series of str
        Prepared texts.

    Returns
    -------
    SignalHits

    Examples
    --------
    >>> hits = find_signals(pd.Series(["再不解决我就投诉到12315"]))
    >>> {SIGNALS[signal].name for signal in hits.signal}, int(hits.severity.max())
    ({'escalation'}, 3)
    """
    return all_signals([chunk_signals(chunk) for chunk in joined_chunks(texts)])


def all_signals(parts: list[SignalHits]) -> SignalHits:
    """Return the signals of consecutive chunks together."""
    if not parts:
        nothing = np.empty(0, np.int64)
        return SignalHits(nothing, nothing, nothing, nothing, nothing)
    return SignalHits(*(np.concatenate(values) for values in zip(*parts, strict=True)))


def chunk_signals(joined: JoinedTexts) -> SignalHits:
    """Return the signals of joined texts, as :func:`find_signals` does."""
    patterns, reading = signal_patterns(), joined.once(ClauseReading)
    found = patterns.searched.search(joined, reading.sentence)
    # Of texts without a word that stands for a signal, the others tell nothing.
    row = joined.rows_of(found.starts[:, 0])
    told = np.zeros(len(joined) + 1, bool)
    told[row[patterns.severity[found.pattern] > 0]] = True
    found = found.take(told[row])
    start, end = found.starts[:, 0], found.ends.max(axis=1, initial=0)
    within = reading.clause[start] == reading.clause[np.maximum(end - 1, 0)]
    within |= patterns.crossing[found.pattern]
    within |= found.ends[:, 0] == end
    found = found.take(within)
    meant = _meant(patterns, reading, found)
    hit, signal = np.nonzero(meant)
    start, end = found.starts[hit, 0], found.ends[hit].max(axis=1, initial=0)
    row = joined.rows_of(start)
    origin = joined.offsets[row]
    severity = patterns.severity[found.pattern[hit]]
    hits = SignalHits(joined.first_row + row, signal, start - origin, end - origin, severity)
    # 失望 within 有点失望 does not count; what a pattern of several words holds does.
    hits = hits.without_held(found.starts[hit].max(axis=1, initial=-1) == found.starts[hit, 0])
    return hits.take(np.lexsort((hits.end, hits.start, hits.signal, hits.row)))


def _meant(patterns: SignalPatterns, reading: ClauseReading, found: PatternHits) -> np.ndarray:
    """Return whether each hit is meant as each signal, shape (n_hits, n_signals)."""
    start, end = found.starts[:, 0], found.ends.max(axis=1, initial=0)
    last = np.maximum(end - 1, 0)
    held = found.starts >= 0
    hit = np.repeat(np.arange(len(found.pattern)), held.sum(axis=1))
    asserted = reading.asserted(Spans(hit, found.starts[held], found.ends[held]))
    begin, _ = reading.clause_bounds(start)
    intent = np.sort(start[patterns.intent[found.pattern]])
    threatens = np.searchsorted(intent, begin) < np.searchsorted(intent, start)
    denied = reading.denied(start) & ~(threatens & _affirmed_since(reading, intent, start))
    suspended = {
        kind: covered[start if kind in ("hearsay", "other") else last]
        for kind, covered in reading.suspended.items()
    }
    suspended["condition"] &= ~threatens
    asking = np.zeros(int(reading.clause[-1]) + 1, bool)
    asking[reading.clause[start[patterns.inquiry[found.pattern]]]] = True
    inquired = asking[reading.clause[start]]
    formula = patterns.formula[found.pattern]
    meant = patterns.signals[found.pattern]
    for at, signal in enumerate(SIGNALS):
        if signal.asserted:
            said = asserted
        else:
            said = ~denied & ~np.any([suspended[kind] for kind in signal.suspensions], axis=0)
        if not signal.feeling:
            said = said & ~inquired
        meant[:, at] &= said | formula
    return meant & ~_excepted(patterns, found, start, end, meant)


def _affirmed_since(reading: ClauseReading, intent: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Return whether no negator stands between each hit and the last word of intent before it.

    The negator of a condition reaches over it otherwise: 如果还不赔我会找媒体.
    """
    negators = reading.cues.starts[reading.cues.having("negator", "refusal")]
    last = np.append(intent, 0)[np.searchsorted(intent, start) - 1]
    return np.searchsorted(negators, last) == np.searchsorted(negators, start)


def _excepted(
    patterns: SignalPatterns, found: PatternHits, start: np.ndarray, end: np.ndarray, meant: np.ndarray
) -> np.ndarray:
    """Return which hits overlap an exception of their signal."""
    result = np.zeros_like(meant)
    order = np.argsort(start, kind="stable")
    for at in range(len(SIGNALS)):
        mine = order[patterns.takes_back[found.pattern[order], at]]
        asked = np.flatnonzero(meant[:, at])
        if len(mine) and len(asked):
            reached = np.maximum.accumulate(end[mine])
            before = np.searchsorted(start[mine], end[asked]) - 1
            result[asked, at] = (before >= 0) & (reached[np.maximum(before, 0)] > start[asked])
    return result
