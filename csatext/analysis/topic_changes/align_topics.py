"""The same number for the same topic in two models: kept, split, merged, born and died topics."""

from __future__ import annotations

import numpy as np
import pandas as pd

from csatext.analysis.topics.alignment import Alignment, aligned, on_terms
from csatext.analysis.topics.folding import shares_in_documents
from csatext.analysis.topics.topic_model import TopicModel, checked_topic_model
from csatext.errors import SchemaError
from csatext.schema import conform
from csatext.schema.analysis import ALIGNED_TOPICS
from csatext.text.corpus import Corpus, checked_corpus

__all__ = ["align_topics"]


def align_topics(old: TopicModel, new: TopicModel, corpus: Corpus) -> pd.DataFrame:
    """Return which topic of a new model is which of an old one (schema ALIGNED_TOPICS).

    Parameters
    ----------
    old, new : TopicModel
        Fitted, on the same or on other documents; their terms may differ.
    corpus : Corpus
        Documents that both give topics to, such as those of both months. Terms that a model does not know are
        left out for it.

    Returns
    -------
    DataFrame
        A row a topic of the new model, several where one was split or merged, and one for each old topic that
        died. ``topic`` is the lasting number: that of the old topic, or one not used before.
        ``new.renumber(table)`` gives the new model these numbers and the old names.

    Raises
    ------
    ParameterError
        One of the models is none, or ``corpus`` is no Corpus.
    NotFittedError
        One of them is not fitted.
    SchemaError
        A model knows no term of the corpus.

    Notes
    -----
    Similarity is the geometric mean of the Bhattacharyya coefficient of the terms and the correlation of the
    shares over the documents; topics are matched one to one with the largest sum by the Hungarian method
    (Kuhn 1955), and are the same from 0.5. ``p`` is the error level: the share of pairs of topics not matched
    that are as similar. Two fits apart find other topics: seven to eight of ten are in both, most of which
    keep their number. For numbers that last from month to month use :meth:`csatext.TopicModel.update`.

    Examples
    --------
    >>> import csatext as ct
    >>> texts = ["退款没到账", "退款审核太慢"] * 20 + ["快递破损", "快递丢失"] * 20
    >>> corpus = ct.Vectorizer().fit_transform(texts)
    >>> models = [ct.TopicModel(2, random_state=seed).fit(corpus) for seed in (0, 1)]
    >>> ct.align_topics(*models, corpus)["change"].tolist()
    ['kept', 'kept']
    """
    checked_corpus(corpus)
    sides = []
    for name, model in (("old", old), ("new", new)):
        checked_topic_model(model, name)
        components = on_terms(model.components_, model.terms_, corpus.terms)
        known = components.any(axis=0)
        if not known.any():
            raise SchemaError.foreign_vocabulary(model)
        shares = shares_in_documents(corpus.dtm, components, model.doc_topic_prior)
        shares[np.asarray(corpus.dtm @ known.astype(np.int64)) == 0] = np.nan
        sides.append((components, shares, model.topic_ids_, model.names()))
    (first, old_shares, old_ids, old_labels), (second, new_shares, new_ids, new_labels) = sides
    alignment = Alignment(first, second, old_shares, new_shares)
    table = aligned(alignment, old_ids, old_labels, new_ids, new_labels)
    return conform(table, ALIGNED_TOPICS)
