"""Rules of combined conditions over the hits of patterns: who speaks, where, in what order, how often."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from csatext.analysis.rules.asserted_hits import Hits, find_hits
from csatext.analysis.rules.compiled_taxonomy import CompiledTaxonomy
from csatext.analysis.sentiment.polar_words import valence_hits
from csatext.errors import ParameterError, SchemaError
from csatext.taxonomy.combinations import Rule
from csatext.text.corpus import Corpus

__all__ = ["Conversation", "Places", "conversation_of", "rule_hits", "turn_hits"]

_IN_TURN, _IN_ROW = 1 << 24, 1 << 39
"""Characters of a turn, and of a document, that a position can number."""


class Places(NamedTuple):
    """Places where a rule holds.

    Attributes
    ----------
    row : ndarray of int64
        Position of the document.
    turn : ndarray of int64
        Number of the turn from 1; 0 where the document's own text was read.
    start, end : ndarray of int64
        Span in the text; both 0 where the rule holds for the document as a whole.
    """

    row: np.ndarray
    turn: np.ndarray
    start: np.ndarray
    end: np.ndarray

    def take(self, chosen: np.ndarray) -> Places:
        """Return the places that a mask or positions choose."""
        return Places(*(values[chosen] for values in self))

    def positions(self, at: np.ndarray) -> np.ndarray:
        """Return one number for each place, in order of document, turn and character."""
        return self.row * _IN_ROW + np.minimum(self.turn, 32_767) * _IN_TURN + np.minimum(at, _IN_TURN - 1)


class Conversation(NamedTuple):
    """Turns of the documents of a corpus, in order.

    Attributes
    ----------
    row : ndarray of int64
        Position of the document of each turn.
    number : ndarray of int64
        Number of the turn in its document, from 1.
    role : ndarray of object
        customer, agent, bot or system.
    texts : Series of str
        Prepared as the corpus's texts are.
    started, ended : ndarray of datetime64
        NaT where unknown.
    """

    row: np.ndarray
    number: np.ndarray
    role: np.ndarray
    texts: pd.Series
    started: np.ndarray
    ended: np.ndarray


def conversation_of(corpus: Corpus, turns: pd.DataFrame) -> Conversation:
    """Return the turns of a corpus's documents.

    Parameters
    ----------
    corpus : Corpus
        The documents.
    turns : DataFrame
        Schema TURNS; turns of other documents are left out.

    Returns
    -------
    Conversation

    Raises
    ------
    ParameterError
        ``turns`` is no DataFrame.
    SchemaError
        A column is missing.
    """
    if not isinstance(turns, pd.DataFrame):
        raise ParameterError.wrong_type("turns", turns, "对话表，如 ct.read_turns(路径)")
    for name in ("doc_id", "turn_id", "role", "text"):
        if name not in turns.columns:
            raise SchemaError.missing_column("turns", name, turns.columns)
    row = corpus.doc_ids.get_indexer(turns["doc_id"])
    order = np.lexsort((turns["turn_id"].to_numpy(), row))
    order = order[row[order] >= 0]
    row, held = row[order].astype(np.int64), turns.iloc[order]
    first = np.flatnonzero(np.diff(row, prepend=-1))
    number = np.arange(len(row)) - np.repeat(first, np.diff(np.append(first, len(row)))) + 1
    nothing = pd.Series(pd.NaT, index=held.index)
    started, ended = (
        pd.to_datetime(held.get(name, nothing)).to_numpy("datetime64[ns]")
        for name in ("started_at", "ended_at")
    )
    return Conversation(
        row, number, held["role"].to_numpy(object), corpus.prepared(held["text"]), started, ended
    )


def rule_hits(
    compiled: CompiledTaxonomy, texts: pd.Series, hits: Hits, conversation: Conversation | None
) -> list[tuple[int, Places]]:
    """Return where each rule of a taxonomy holds, with the position of its category.

    Parameters
    ----------
    compiled : CompiledTaxonomy
        The rules.
    texts : Series of str
        Prepared texts of the documents.
    hits : Hits
        Asserted hits of all patterns in them.
    conversation : Conversation or None
        Their turns; without them a rule that needs turns holds nowhere.

    Returns
    -------
    list of (int, Places)
    """
    documents = _Evaluation(compiled, texts, hits, None)
    dialogues = None
    if conversation is not None and any(rule.needs_turns for _, rule in compiled.rules):
        found = find_hits(compiled, conversation.texts)
        dialogues = _Evaluation(compiled, conversation.texts, found, conversation)
    results = []
    for at, rule in compiled.rules:
        space = dialogues if rule.needs_turns else documents
        if space is not None:
            results.append((at, space.found(rule)))
    return results


def turn_hits(
    compiled: CompiledTaxonomy, conversation: Conversation, *, asserted: bool = True
) -> list[tuple[int, Places]]:
    """Return where each rule of a taxonomy holds in the turns, with the position of its category.

    Parameters
    ----------
    compiled : CompiledTaxonomy
        The rules; each is looked for in turns, whether it needs them or not.
    conversation : Conversation
        The turns.
    asserted : bool, default True
        Whether hits that their clause does not assert are left out.

    Returns
    -------
    list of (int, Places)
    """
    found = find_hits(compiled, conversation.texts, asserted=asserted)
    turns = _Evaluation(compiled, conversation.texts, found, conversation)
    return [(at, turns.found(rule)) for at, rule in compiled.rules]


class _Evaluation:
    """Rules evaluated over one set of texts: the documents, or the turns of their dialogues."""

    def __init__(
        self, compiled: CompiledTaxonomy, texts: pd.Series, hits: Hits, conversation: Conversation | None
    ) -> None:
        self._compiled = compiled
        self._texts = texts
        self._hits = hits
        self._conversation = conversation
        self._polar: dict[str, np.ndarray] = {}

    def found(self, rule: Rule) -> Places:
        """Return where a rule holds."""
        parts = [self._words(rule)] if rule.words or rule.category else []
        parts += [_united([self.found(one) for one in rule.any])] if rule.any else []
        parts += [self._timed(rule)] if rule.silence or rule.response_over else []
        parts += [self.found(one) for one in rule.all]
        places = _united(parts)
        for part in parts:
            places = places.take(np.isin(places.row, part.row))
        for one in rule.none:
            places = places.take(~np.isin(places.row, self.found(one).row))
        return self._repeated(self._ordered(self._placed(places, rule), rule), rule.repeat)

    def _words(self, rule: Rule) -> Places:
        numbers = self._compiled.number_of
        chosen = self._hits.pattern == numbers.get(rule.words, -1)
        if rule.category:
            ids = [category.id for category in self._compiled.categories]
            named = {at for at, name in enumerate(ids) if name == rule.category}
            chosen |= np.isin(self._compiled.category_of[self._hits.pattern], list(named))
        if rule.without:
            chosen &= ~self._overlapped(self._hits.take(self._hits.pattern == numbers[rule.without]))
        if rule.polarity:
            chosen &= self._in_polar_clause(rule.polarity)
        mine = self._hits.take(chosen)
        if self._conversation is None:
            return Places(mine.row, np.zeros(len(mine.row), np.int64), mine.start, mine.end)
        return Places(
            self._conversation.row[mine.row], self._conversation.number[mine.row], mine.start, mine.end
        )

    def _overlapped(self, others: Hits) -> np.ndarray:
        """Return which hits one of the others overlaps; others of one pattern are taken as they come."""
        hits = self._hits
        held = np.zeros(len(hits.row), bool)
        starts, stops = others.row * _IN_ROW + others.start, others.row * _IN_ROW + others.end
        order = np.argsort(starts)
        starts, stops = starts[order], np.maximum.accumulate(stops[order]) if len(order) else stops
        if len(starts):
            at = np.searchsorted(starts, hits.row * _IN_ROW + hits.end, side="left") - 1
            held = (at >= 0) & (stops[np.maximum(at, 0)] > hits.row * _IN_ROW + hits.start)
        return held

    def _in_polar_clause(self, polarity: str) -> np.ndarray:
        """Return which hits stand in a clause that holds a polar word of the sign."""
        if polarity not in self._polar:
            words = valence_hits(self._texts)
            signed = words.values < 0 if polarity == "negative" else words.values > 0
            self._polar[polarity] = np.sort(words.rows[signed] * _IN_ROW + words.ends[signed] - 1)
        places, row = self._polar[polarity], self._hits.row * _IN_ROW
        first = np.searchsorted(places, row + self._hits.clause_start)
        return first < np.searchsorted(places, row + self._hits.clause_end)

    def _timed(self, rule: Rule) -> Places:
        """Return the documents with a silence, or an answer of the agent, longer than the rule says."""
        talk = self._conversation
        nothing = np.empty(0, np.int64)
        if talk is None:
            return Places(nothing, nothing, nothing, nothing)
        before = np.where(np.isnat(talk.ended), talk.started, talk.ended)
        waited = np.full(len(talk.row), np.nan)
        waited[1:] = (talk.started[1:] - before[:-1]) / np.timedelta64(1, "s")
        follows = np.append(False, talk.row[1:] == talk.row[:-1]) if len(talk.row) else np.empty(0, bool)
        held = np.ones(len(talk.row), bool)
        if rule.silence:
            held &= follows & (waited > rule.silence)
        if rule.response_over:
            asked = np.append(False, talk.role[:-1] == "customer") if len(talk.row) else follows
            held &= follows & asked & (talk.role == "agent") & (waited > rule.response_over)
        at = np.flatnonzero(held)
        zero = np.zeros(len(at), np.int64)
        return Places(talk.row[at], talk.number[at], zero, zero)

    def _placed(self, places: Places, rule: Rule) -> Places:
        """Return the places that a rule's role and position allow."""
        kept = np.ones(len(places.row), bool)
        if rule.first is not None:
            kept &= places.start < rule.first
        if rule.last is not None:
            kept &= places.end > self._length(places) - rule.last
        if self._conversation is not None:
            if rule.role:
                kept &= self._conversation.role[self._turns(places)] == rule.role
            if rule.after_turn is not None:
                kept &= places.turn > rule.after_turn
            if rule.before_turn is not None:
                kept &= places.turn < rule.before_turn
        return places.take(kept)

    def _turns(self, places: Places) -> np.ndarray:
        """Return the position of the turn of each place among all turns."""
        if self._conversation is None:
            return places.row
        first = np.searchsorted(self._conversation.row, places.row)
        return first + places.turn - 1

    def _length(self, places: Places) -> np.ndarray:
        lengths = self._texts.str.len().fillna(0).to_numpy(np.int64)
        return lengths[self._turns(places)]

    def _ordered(self, places: Places, rule: Rule) -> Places:
        """Return the places before, or after, a hit of another rule and near enough to it."""
        if rule.before is not None:
            other = self.found(rule.before)
            sought = np.append(np.sort(other.positions(other.start)), np.iinfo(np.int64).max)
            here = places.positions(places.end)
            places = places.take(_near(here, sought[np.searchsorted(sought, here)], rule))
        if rule.after is not None:
            other = self.found(rule.after)
            sought = np.append(np.iinfo(np.int64).min, np.sort(other.positions(other.end)))
            here = places.positions(places.start)
            places = places.take(_near(sought[np.searchsorted(sought, here, side="right") - 1], here, rule))
        return places

    @staticmethod
    def _repeated(places: Places, least: int) -> Places:
        if least <= 1 or not len(places.row):
            return places
        distinct = np.unique(places.positions(places.start)) // _IN_ROW
        rows, counts = np.unique(distinct, return_counts=True)
        return places.take(np.isin(places.row, rows[counts >= least]))


def _near(earlier: np.ndarray, later: np.ndarray, rule: Rule) -> np.ndarray:
    """Return which positions are of one document and no farther apart than the rule says."""
    same = earlier // _IN_ROW == later // _IN_ROW
    if rule.within is None:
        return same
    if rule.unit == "turns":
        return same & ((later % _IN_ROW) // _IN_TURN - (earlier % _IN_ROW) // _IN_TURN <= rule.within)
    return same & (later - earlier <= rule.within)


def _united(parts: list[Places]) -> Places:
    if not parts:
        nothing = np.empty(0, np.int64)
        return Places(nothing, nothing, nothing, nothing)
    return Places(*(np.concatenate(values) for values in zip(*parts, strict=True)))
