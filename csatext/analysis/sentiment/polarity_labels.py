"""Labels of polarity, in the words and numbers that people use, as positions in ``POLARITIES``."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from csatext.analysis.sentiment.polarity_model import POLARITIES
from csatext.errors import ParameterError, SchemaError
from csatext.text.corpus import Corpus

__all__ = ["read_polarities"]

_NAMES = {
    "负面": "negative", "消极": "negative", "负向": "negative", "差评": "negative", "负": "negative",
    "不满意": "negative", "中性": "neutral", "中立": "neutral", "中评": "neutral", "中": "neutral",
    "正面": "positive", "积极": "positive", "正向": "positive", "好评": "positive", "正": "positive",
    "满意": "positive",
}  # fmt: skip
_BINARY = {0: "negative", 1: "positive"}
_SIGNED = {-1: "negative", 0: "neutral", 1: "positive"}


def read_polarities(corpus: Corpus, labels: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows that have a label, and the position of each label in ``POLARITIES``.

    Parameters
    ----------
    corpus : Corpus
        The documents.
    labels : Series by doc_id or array-like of length n_docs
        Names in English or Chinese; 0 and 1, False and True; or -1, 0 and 1. Missing ones are left out.

    Raises
    ------
    ParameterError
        A label is no polarity, or there is none.
    SchemaError
        Labels do not cover the documents.
    """
    if isinstance(labels, pd.Series) and not labels.index.equals(corpus.doc_ids):
        missing = int((~corpus.doc_ids.isin(labels.index)).sum())
        if missing:
            raise SchemaError.foreign_index("y", missing)
        labels = labels.reindex(corpus.doc_ids)
    if np.ndim(labels) != 1 or len(labels) != len(corpus):
        raise ParameterError.wrong_type("y", labels, f"一列标签，共 {len(corpus)} 个")
    given = pd.Series(np.asarray(labels, object)).dropna()
    named = given.map(lambda one: one.strip() if isinstance(one, str) else one)
    numbers = _SIGNED if (named == -1).any() else _BINARY
    known = named.map(lambda one: _NAMES.get(one, one) if isinstance(one, str) else numbers.get(one, one))
    for label in known.unique():
        if label not in POLARITIES:
            raise ParameterError.not_allowed("y", label, [*POLARITIES, *_NAMES, -1, 0, 1])
    if known.empty:
        raise ParameterError.out_of_range("y", 0, "至少有一个标签")
    return known.index.to_numpy(np.int64), known.map(POLARITIES.index).to_numpy(np.int64)
