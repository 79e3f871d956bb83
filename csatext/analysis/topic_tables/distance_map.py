"""Topics as a map: how far they are from each other, and the terms of each with their counts."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.spatial.distance import jensenshannon, pdist, squareform

from csatext.analysis.topics.topic_model import TopicModel, checked_topic_model
from csatext.schema import conform
from csatext.schema.analysis import TOPIC_MAP, TOPIC_MAP_TERMS
from csatext.text.corpus import Corpus

__all__ = ["TopicMap", "topic_map"]


class TopicMap(NamedTuple):
    """What :func:`csatext.topic_map` returns.

    Attributes
    ----------
    topics : DataFrame
        A row a topic with its place (schema TOPIC_MAP). ``attrs["explained"]`` is the share of the variance
        of the distances that the two axes hold.
    terms : DataFrame
        The terms shown of each topic with their counts (schema TOPIC_MAP_TERMS).
    """

    topics: pd.DataFrame
    terms: pd.DataFrame


def topic_map(model: TopicModel, corpus: Corpus) -> TopicMap:
    """Return where the topics of a model lie, and how often their terms occur in some documents.

    Parameters
    ----------
    model : TopicModel
        Fitted.
    corpus : Corpus
        Counted on the terms that were learnt: the documents that shares and counts are of.

    Returns
    -------
    TopicMap
        Tables ``topics`` and ``terms``. Topics that are close use the same terms.

    Raises
    ------
    ParameterError
        ``model`` is no TopicModel, or ``corpus`` is no Corpus.
    NotFittedError
        The model is not fitted.
    SchemaError
        The corpus was counted on other terms.

    Notes
    -----
    Distance of two topics: the square root of the Jensen-Shannon divergence of their terms in bits, from 0 to
    1 (Endres and Schindelin 2003). Places: classical multidimensional scaling (Torgerson 1952), as pyLDAvis
    does it (there of the divergence itself); of each axis the largest coordinate is positive, so that the
    same topics give the same map.

    Examples
    --------
    >>> import csatext as ct
    >>> texts = ["退款没到账", "退款多久到账", "退款到账慢"] * 9 + ["快递丢了", "快递没到", "快递破损"] * 9
    >>> corpus = ct.Vectorizer().fit_transform(texts)
    >>> found = ct.topic_map(ct.TopicModel(2).fit(corpus), corpus)
    >>> found.topics[["topic", "n_docs"]].values.tolist()
    [[0, 27], [1, 27]]
    """
    checked_topic_model(model)
    theta = model.distribution(corpus).to_numpy()
    known = ~np.isnan(theta).any(axis=1)
    lengths = np.asarray(corpus.dtm @ model.components_.any(axis=0).astype(np.int64), float)
    tokens = (theta[known] * lengths[known, None]).sum(axis=0)
    main = np.bincount(theta[known].argmax(axis=1), minlength=len(tokens))
    places, explained = _scaled(squareform(pdist(model.components_, jensenshannon, base=2)))
    first = model.topics_.drop_duplicates("topic").set_index("topic").reindex(model.topic_ids_)
    topics = pd.DataFrame(
        {
            "topic": model.topic_ids_,
            "label": model.names(),
            "share": tokens / max(tokens.sum(), 1.0),
            "n_docs": main,
            "coherence": first["coherence"].fillna(0.0).to_numpy(),
            "x": places[:, 0],
            "y": places[:, 1],
        }
    )
    topics.attrs["explained"] = explained
    shown = model.topics_
    at = pd.Index(model.topic_ids_).get_indexer(shown["topic"])
    counts = np.bincount(corpus.dtm.indices, corpus.dtm.data, minlength=len(corpus.terms))
    expected = tokens[at] * shown["probability"].to_numpy()
    terms = shown[["topic", "label", "rank", "term", "probability", "relevance"]].assign(
        n_topic=expected, n=counts[np.searchsorted(corpus.terms, shown["term"].to_numpy(object))]
    )
    return TopicMap(conform(topics, TOPIC_MAP), conform(terms, TOPIC_MAP_TERMS))


def _scaled(distances: np.ndarray) -> tuple[np.ndarray, float]:
    """Return two coordinates a row by classical multidimensional scaling, and the variance they hold."""
    n = len(distances)
    centring = np.eye(n) - 1 / n
    values, vectors = np.linalg.eigh(-centring @ (np.nan_to_num(distances) ** 2) @ centring / 2)
    positive = np.maximum(values, 0.0)
    places = np.zeros((n, 2))
    for axis, at in enumerate(np.argsort(-values, kind="stable")[:2]):
        column = vectors[:, at] * np.sqrt(positive[at])
        places[:, axis] = column * (1.0 if column[np.argmax(np.abs(column).round(9))] >= 0 else -1.0)
    total = positive.sum()
    return places, float(np.sort(positive)[-2:].sum() / total) if total > 0 else 1.0
