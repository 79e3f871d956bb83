"""Tables of the topics of documents: the main one, and all that have a part in a document."""

from __future__ import annotations

import numpy as np
import pandas as pd

from csatext.schema import conform
from csatext.schema.analysis import CONTACT_TOPICS, DOCUMENT_TOPICS

__all__ = ["main_topics", "several_topics"]


def main_topics(theta: np.ndarray, ids: np.ndarray, names: np.ndarray, doc_ids: pd.Index) -> pd.DataFrame:
    """Return the main topic of each document (schema DOCUMENT_TOPICS).

    Parameters
    ----------
    theta : ndarray, shape (n_docs, n_topics)
        Shares, rows of NaN where no word is known.
    ids, names : ndarray, shape (n_topics,)
    doc_ids : Index
    """
    empty = np.isnan(theta).any(axis=1)
    main = np.where(empty[:, None], 0.0, theta).argmax(axis=1)
    topic = pd.array(ids[main], dtype="Int64")
    topic[empty] = pd.NA
    frame = pd.DataFrame(
        {
            "topic": topic,
            "topic_label": pd.Series(names[main]).mask(empty).astype("str").to_numpy(),
            "topic_probability": theta[np.arange(len(theta)), main],
        },
        index=doc_ids,
    )
    return conform(frame, DOCUMENT_TOPICS)


def several_topics(
    theta: np.ndarray, ids: np.ndarray, names: np.ndarray, doc_ids: pd.Index, min_share: float
) -> pd.DataFrame:
    """Return the main topic and those of a least share of each document (schema CONTACT_TOPICS).

    Parameters
    ----------
    theta, ids, names, doc_ids
        As in :func:`main_topics`.
    min_share : float
    """
    known = ~np.isnan(theta[:, 0]) if theta.shape[1] else np.zeros(len(theta), bool)
    main = np.zeros(theta.shape, bool)
    main[np.flatnonzero(known), np.nan_to_num(theta)[known].argmax(axis=1)] = True
    row, column = np.nonzero(main | (theta >= min_share))
    order = np.lexsort((column, -theta[row, column], row))
    row, column = row[order], column[order]
    frame = pd.DataFrame(
        {
            "doc_id": doc_ids[row],
            "rank": np.arange(len(row)) - np.searchsorted(row, row) + 1,
            "topic": ids[column],
            "topic_label": names[column],
            "share": theta[row, column],
        }
    )
    return conform(frame, CONTACT_TOPICS)
