"""Documents that show best what a topic is about."""

from __future__ import annotations

import numpy as np
import pandas as pd

from csatext.text.corpus import Corpus

__all__ = ["representative_rows"]

_EXCERPT = 120
"""Characters of an excerpt."""


def representative_rows(
    corpus: Corpus, theta: np.ndarray, topics: pd.DataFrame, ids: np.ndarray, n: int
) -> pd.DataFrame:
    """Return up to ``n`` documents of different texts for each topic, best first.

    Parameters
    ----------
    corpus : Corpus
    theta : ndarray, shape (n_docs, n_topics)
        Shares, 0 where no word is known.
    topics : DataFrame
        Table ``topics``.
    ids : ndarray of int
        Numbers of the columns of ``theta``.
    n : int
    """
    texts = corpus.texts.to_numpy(object)
    column_of = {topic: column for column, topic in enumerate(ids.tolist())}
    rows = []
    for topic, group in topics.groupby("topic", sort=False):
        terms = group["term"].tolist()
        columns = np.searchsorted(corpus.terms, terms)
        held = (corpus.dtm[:, columns] > 0).tocsr()
        share = theta[:, column_of[topic]]
        # A text of one word belongs wholly to a topic and shows nothing: terms count beside the share.
        score = share * np.log1p(np.asarray(held.sum(axis=1)).ravel())
        seen: set[str] = set()
        for row in np.lexsort((np.arange(len(score)), -score)):
            if score[row] <= 0 or len(seen) == n:
                break
            if texts[row] in seen:
                continue
            seen.add(texts[row])
            found = sorted(held.indices[held.indptr[row] : held.indptr[row + 1]].tolist())
            shown = " ".join(terms[at] for at in found)
            excerpt = texts[row][:_EXCERPT].replace("\n", " ")
            rows.append((topic, group["label"].iloc[0], len(seen), row, share[row], shown, excerpt))
    names = ["topic", "label", "rank", "doc_id", "share", "terms", "excerpt"]
    frame = pd.DataFrame(rows, columns=names)
    return frame.assign(doc_id=corpus.doc_ids[frame["doc_id"].to_numpy(np.int64)])
