"""Shares of topics in documents as columns that every verb takes as a measure."""

from __future__ import annotations

import pandas as pd

from csatext.analysis.topics.topic_model import TopicModel, checked_topic_model
from csatext.argument_types import check_simple_types
from csatext.text.corpus import Corpus

__all__ = ["shares_by_topic"]


@check_simple_types
def shares_by_topic(model: TopicModel, corpus: Corpus, *, prefix: str = "主题：") -> pd.DataFrame:
    """Return the share of each topic in each document, in columns named by the topics' names.

    Parameters
    ----------
    model : TopicModel
        Fitted.
    corpus : Corpus
        Counted on the terms that were learnt.
    prefix : str, default "主题："
        Begins the column names, so that a topic called like a column of the contacts is none. Topics of the
        same name get their number behind it.

    Returns
    -------
    DataFrame, shape (n_docs, n_topics)
        Indexed by doc_id; rows sum to 1, NA where no word is known. ``attrs["topics"]`` gives the number of
        each column's topic. Beside the contacts in :func:`csatext.build_facts` each column is a measure: the
        mean share with its interval, by group (:func:`csatext.breakdown`) and over time
        (:func:`csatext.trend`).

    Raises
    ------
    ParameterError
        ``model`` is no TopicModel, or ``corpus`` is no Corpus.
    NotFittedError
        The model is not fitted.
    SchemaError
        The corpus was counted on other terms.

    See Also
    --------
    csatext.TopicModel.distribution : the same under numbers.

    Notes
    -----
    A mean share counts a contact of two topics for both. Counting main topics gives it to one of them, which
    overstates large topics and has no measure of doubt.

    Examples
    --------
    >>> import csatext as ct
    >>> contacts = pd.DataFrame({"text": ["退款没到账", "快递破损"] * 20, "channel": ["电话", "在线"] * 20})
    >>> corpus = ct.Vectorizer().fit_transform(contacts)
    >>> model = ct.TopicModel(2).fit(corpus)
    >>> shares = ct.shares_by_topic(model.relabel(lambda terms: "钱" if "退款" in terms else "物流"), corpus)
    >>> facts = ct.build_facts(corpus, shares)
    >>> ct.breakdown(facts, "channel", "主题：钱")[["channel", "n", "value"]].round(2).values.tolist()
    [['电话', 20, 0.97], ['在线', 20, 0.01]]
    """
    checked_topic_model(model)
    names = pd.Series(model.names(), dtype=object)
    numbers = pd.Series(model.topic_ids_).astype(str)
    columns = (prefix + names).where(~names.duplicated(keep=False), prefix + names + "（" + numbers + "）")
    shares = model.distribution(corpus).set_axis(columns.tolist(), axis=1)
    shares.attrs["topics"] = dict(zip(columns.tolist(), model.topic_ids_.tolist(), strict=True))
    return shares
