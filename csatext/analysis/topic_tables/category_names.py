"""Names of topics from the categories of their documents."""

from __future__ import annotations

import numpy as np
import pandas as pd

from csatext.analysis.topics.topic_model import TopicModel, checked_topic_model
from csatext.errors import ParameterError, SchemaError
from csatext.labels import UNCLASSIFIED
from csatext.text.corpus import Corpus

__all__ = ["category_names"]

_TERMS = 2
"""Terms behind the category, which tell its topics apart."""
_LEAST_SHARE = 0.4
"""Share of a topic's documents, weighted by the topic's share in them, that the category has (chosen)."""
_LEAST_LIFT = 2.0
"""A category gives the name where its share has doubled at least against all documents (chosen)."""


def category_names(model: TopicModel, corpus: Corpus, categories: pd.Series) -> dict[int, str]:
    """Return names of topics by the category that most of their documents have.

    Parameters
    ----------
    model : TopicModel
        Fitted.
    corpus : Corpus
        Counted on the terms that were learnt.
    categories : Series by doc_id
        Of :class:`csatext.RuleClassifier`, of a classifier or of people; documents without one, or not in it,
        are left out, as are those of 未归类.

    Returns
    -------
    dict of int to str
        For :meth:`csatext.TopicModel.relabel`: category and first two terms (``发票与凭证：增值税·抬头``).
        Topics are left out of which no category has two fifths of the documents, or of which it is not twice
        its share of all documents: they keep their name of terms.

    Raises
    ------
    ParameterError
        ``model`` is no TopicModel, ``corpus`` is no Corpus, or ``categories`` is no Series.
    NotFittedError
        The model is not fitted.
    SchemaError
        The corpus was counted on other terms, or ``categories`` has a doc_id twice.

    Examples
    --------
    >>> import csatext as ct
    >>> corpus = ct.Vectorizer().fit_transform(["发票抬头写错", "快递破损", "热水器漏水"] * 9)
    >>> model = ct.TopicModel(3).fit(corpus)
    >>> categories = pd.Series(["发票与凭证", "物流配送", "未归类"] * 9, index=corpus.doc_ids)
    >>> categories[:9] = ["发票与凭证", "物流配送", "产品质量"] * 3
    >>> sorted(name[:4] for name in ct.category_names(model, corpus, categories).values())
    ['产品质量', '发票与凭', '物流配送']
    """
    checked_topic_model(model)
    if not isinstance(categories, pd.Series):
        raise ParameterError.wrong_type("categories", categories, "以 doc_id 为索引的 Series")
    if categories.index.has_duplicates:
        raise SchemaError.duplicate_key("categories", ["doc_id"], int(categories.index.duplicated().sum()))
    shares = model.distribution(corpus)
    given = categories.reindex(shares.index)
    known = given.notna() & (given != UNCLASSIFIED) & shares.notna().all(axis=1)
    codes, names = pd.factorize(given[known].astype(str), sort=True)
    if not len(names):
        return {}
    weights = shares[known].to_numpy()
    of_topic = np.stack([weights[codes == code].sum(axis=0) for code in range(len(names))])
    part = of_topic / np.maximum(of_topic.sum(axis=0), np.finfo(float).tiny)
    overall = np.bincount(codes, minlength=len(names)) / len(codes)
    terms = model.topics_.groupby("topic", sort=False)["term"].agg(list)
    found = {}
    for place, topic in enumerate(model.topic_ids_.tolist()):
        best = int(part[:, place].argmax())
        if part[best, place] >= _LEAST_SHARE and part[best, place] >= _LEAST_LIFT * overall[best]:
            found[topic] = f"{names[best]}：{'·'.join(terms.get(topic, [])[:_TERMS])}"
    return found
