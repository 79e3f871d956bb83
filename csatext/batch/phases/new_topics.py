"""Topics of the last week that a kept model does not know, or knew to be rare: an alert of a nightly run."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
from pandas.api import types
from sklearn.base import clone

from csatext.analysis.topic_changes.emerging_topics import emerging_topics
from csatext.analysis.topics.topic_model import TopicModel
from csatext.batch.phases.run_model import RunModel
from csatext.batch.phases.stored_contacts import StoredTexts

__all__ = ["new_topics"]

_BEFORE, _LATEST = 20_000, 10_000
"""Contacts that are looked at, evenly spread: of all, and of the last week. They are segmented anew, since
words that the model has never seen make a topic new: five seconds."""
_LEAST = 500
"""Contacts below which nothing is looked for: a topic needs some dozens in a week to be told from chance."""


def new_topics(model: RunModel, facts: pd.DataFrame, texts: StoredTexts) -> pd.DataFrame | None:
    """Return the topics that emerged in the last week (schema EMERGING_TOPICS).

    Parameters
    ----------
    model : RunModel
        Its topics stay as they are, so that they have the same numbers every night.
    facts : DataFrame
        Of all contacts.
    texts : StoredTexts
        Of the same contacts, prepared.

    Returns
    -------
    DataFrame or None
        None where there are no topics, no times, a single week or few contacts.
    """
    topics = model.topics
    if not isinstance(topics, TopicModel) or not types.is_datetime64_any_dtype(facts.get("created_at")):
        return None
    times = facts["created_at"]
    dated = np.flatnonzero(times.notna())
    if len(dated) < _LEAST:
        return None
    week = times.iloc[dated].dt.to_period("W").astype("int64").to_numpy()
    is_last = week == week.max()
    if is_last.all():
        return None
    last = _spread(dated[is_last], _LATEST)
    chosen = np.union1d(_spread(dated, _BEFORE), last)
    contacts = pd.DataFrame(
        {
            "doc_id": facts.index[chosen].astype("str"),
            "text": pd.Series(texts.take(pa.array(chosen)).to_pandas(), dtype="str"),
        }
    )
    vectorizer = clone(model.shown).set_params(
        tokenizer=model.vectorizer.tokenizer, simplify=model.vectorizer.simplify, redact=False
    )
    counted = vectorizer.fit_transform(contacts)
    return emerging_topics(topics, counted, times.iloc[chosen], freq="W", find_new=True)


def _spread(at: np.ndarray, most: int) -> np.ndarray:
    """Return at most so many positions, evenly spread over those given."""
    return at[:: max(1, -(-len(at) // most))]
