"""Turns of many dialogues as arrays, in order, each with its score: what all looks at dialogues share."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from csatext.analysis.sentiment.score import Sentiment
from csatext.argument_types import as_table
from csatext.errors import ParameterError, SchemaError
from csatext.ingest.dialogues.role_inference import infer_roles
from csatext.ingest.dialogues.roles import ROLES, map_roles
from csatext.ingest.dialogues.template_keys import trigger_terms
from csatext.ingest.dialogues.templates import mark_templates
from csatext.schema import conform
from csatext.schema.contacts import TEMPLATES, TURNS
from csatext.strings import string_array
from csatext.text.preparation import Preparation
from csatext.text.vectorization import Vectorizer

__all__ = ["Talk", "group_first", "group_last", "group_means", "talk_of"]

_CANNED = ("button", "card_field", "media")
_WORDS = r"[\p{L}\p{N}\p{So}]"
"""Letters, numbers and emoji: a turn without any says nothing."""


@dataclass(frozen=True)
class Talk:
    """Turns of dialogues, dialogue by dialogue as they first appear, each in the order of its turns.

    Attributes
    ----------
    documents : Index of str
        The dialogues.
    row : ndarray of int64, shape (n_turns,)
        Position of each turn's dialogue in ``documents``; never falls.
    turn : ndarray of int64, shape (n_turns,)
        ``turn_id`` of each.
    customer, agent, bot : ndarray of bool, shape (n_turns,)
        Who speaks; none of them for a system's notices.
    said : ndarray of bool, shape (n_turns,)
        The turn holds words, and is neither a button that a customer pressed nor a card that was sent.
    table : DataFrame, length n_turns
        Schema TURNS, with a role in every row.
    score : ndarray of float64, shape (n_turns,)
        Sentiment of what customers and agents said, -1 to 1; NaN for all other turns.
    """

    documents: pd.Index
    row: np.ndarray
    turn: np.ndarray
    customer: np.ndarray
    agent: np.ndarray
    bot: np.ndarray
    said: np.ndarray
    table: pd.DataFrame
    score: np.ndarray

    def __len__(self) -> int:
        return len(self.documents)

    @property
    def texts(self) -> pd.Series:
        """The texts as they were read."""
        return self.table["text"]

    @property
    def prepared(self) -> pd.Series:
        """The texts clean and Simplified, as word lists are written."""
        column = Preparation(redact=False).column(string_array(self.texts))
        return pd.Series(pd.array(column, dtype="str"))

    @property
    def service(self) -> np.ndarray:
        """Turns of the service side: agents, and the bot where a dialogue has no agent."""
        manned = np.bincount(self.row[self.agent], minlength=len(self)) > 0
        return self.agent | (self.bot & ~manned[self.row])

    def passages(self) -> np.ndarray:
        """Return the number of the passage of each turn, -1 for turns of neither side.

        A passage is what one side says until the other one speaks; numbers rise through all dialogues.
        """
        service = self.service & self.said
        spoken = np.flatnonzero(service | (self.customer & self.said))
        begins = np.ones(len(spoken), bool)
        begins[1:] = (self.row[spoken][1:] != self.row[spoken][:-1]) | (
            service[spoken][1:] != service[spoken][:-1]
        )
        numbers = np.full(len(self.row), -1, np.int64)
        numbers[spoken] = np.cumsum(begins) - 1
        return numbers


def talk_of(turns: pd.DataFrame, sentiment: Sentiment | None = None, *, scored: bool = True) -> Talk:
    """Return the turns of a table in order, with their scores.

    Parameters
    ----------
    turns : DataFrame
        Schema TURNS, rows in any order; left unchanged. Roles that are missing are inferred from what is
        said. A column ``sentiment`` (-1 to 1) is taken as the scores; a column ``is_template`` says which
        turns nobody wrote for this dialogue: they have no score.
    sentiment : Sentiment, optional
        Scores the turns; None is ``Sentiment()``.
    scored : bool, default True
        Whether scores are wanted.

    Returns
    -------
    Talk

    Raises
    ------
    ParameterError
        ``turns`` is no DataFrame, or ``sentiment`` no Sentiment.
    SchemaError
        A column is missing, or ``sentiment`` of the turns is no score.
    """
    table = as_table(turns, "turns", ("doc_id", "turn_id", "text"))
    if sentiment is not None and not isinstance(sentiment, Sentiment):
        raise ParameterError.wrong_type("sentiment", sentiment, "Sentiment，如 ct.Sentiment()")
    missing = pd.Series(pd.NA, index=table.index, dtype="str")
    table = table.assign(text=table["text"].fillna("").astype("str"), role=table.get("role", missing))
    codes, documents = pd.factorize(table["doc_id"].astype("str"))
    order = np.lexsort((table["turn_id"].to_numpy(), codes))
    order = order[codes[order] >= 0]
    table, row = table.iloc[order].reset_index(drop=True), codes[order].astype(np.int64)
    table = conform(_with_roles(table), TURNS)
    role = table["role"].to_numpy(object)
    talk = Talk(
        pd.Index(documents, name="doc_id"),
        row,
        table["turn_id"].to_numpy(np.int64),
        role == "customer",
        role == "agent",
        role == "bot",
        _said(table),
        table,
        np.full(len(table), np.nan),
    )
    return replace(talk, score=_scores(talk, table, sentiment)) if scored else talk


def _with_roles(table: pd.DataFrame) -> pd.DataFrame:
    """Return the turns with one of the four roles each: as written, by another name of it, or inferred."""
    role = table["role"]
    if role.isin(ROLES).all():
        return table
    known = role.where(role.isin(ROLES), map_roles(role.astype("str").str.strip())).astype("str")
    label = table["speaker"] if "speaker" in table else pd.Series(pd.NA, index=table.index, dtype="str")
    roles, _ = infer_roles(table.assign(role=known, label=label))
    return table.assign(role=roles)


def _said(table: pd.DataFrame) -> np.ndarray:
    worded = pc.match_substring_regex(string_array(table["text"]), _WORDS)
    said = np.array(worded.to_numpy(zero_copy_only=False), bool)
    if "is_template" in table:
        return said & ~table["is_template"].fillna(False).to_numpy(bool)
    # What a customer sends by a button, or as a card, names one: only such turns are looked at.
    names = "|".join(term for kind in _CANNED for term in trigger_terms(kind))
    named = pc.match_substring_regex(string_array(table["text"]), f"(?i){names}")
    named = np.array(named.to_numpy(zero_copy_only=False), bool)
    customer = np.flatnonzero((table["role"] == "customer").to_numpy() & named)
    none = pd.DataFrame({column.name: [] for column in TEMPLATES.columns})
    canned = mark_templates(table.iloc[customer].reset_index(drop=True), conform(none, TEMPLATES))
    said[customer] &= ~canned["is_template"].to_numpy(bool)
    return said


def _scores(talk: Talk, table: pd.DataFrame, sentiment: Sentiment | None) -> np.ndarray:
    wanted = np.flatnonzero(talk.said & (talk.customer | talk.agent))
    scores = np.full(len(table), np.nan)
    if "sentiment" in table:
        given = pd.to_numeric(table["sentiment"], errors="coerce").to_numpy(np.float64)
        if np.nanmax(np.abs(given), initial=0.0) > 1 or (np.isnan(given).all() and len(given)):
            raise SchemaError("列「sentiment」应是 -1 到 1 的情感分；不是的话请先改名，分数会另算。")
        scores[wanted] = given[wanted]
        return scores
    codes, different = pd.factorize(table["text"].iloc[wanted])
    if len(different):
        corpus = Vectorizer(redact=False).fit_transform(pd.Series(different))
        found = (sentiment or Sentiment()).transform(corpus)["sentiment"].to_numpy(np.float64)
        scores[wanted] = found[codes]
    return scores


def group_first(row: np.ndarray, values: np.ndarray, n_groups: int, empty: float = np.nan) -> np.ndarray:
    """Return the first value of each group; ``row`` never falls.

    Examples
    --------
    >>> group_first(np.array([0, 0, 2]), np.array([5.0, 6.0, 7.0]), 3).tolist()
    [5.0, nan, 7.0]
    """
    result = np.full(n_groups, empty)
    result[row[::-1]] = values[::-1]
    return result


def group_last(row: np.ndarray, values: np.ndarray, n_groups: int, empty: float = np.nan) -> np.ndarray:
    """Return the last value of each group; ``row`` never falls."""
    result = np.full(n_groups, empty)
    result[row] = values
    return result


def group_means(row: np.ndarray, values: np.ndarray, n_groups: int, empty: float = np.nan) -> np.ndarray:
    """Return the mean of each group.

    Examples
    --------
    >>> group_means(np.array([0, 0, 2]), np.array([5.0, 6.0, 7.0]), 3, empty=0.0).tolist()
    [5.5, 0.0, 7.0]
    """
    n = np.bincount(row, minlength=n_groups)
    total = np.bincount(row, values, minlength=n_groups)
    return np.where(n > 0, total / np.maximum(n, 1), empty)
