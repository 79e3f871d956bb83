"""The sentences behind a table of keywords."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from csatext.analysis.keyness import group_codes
from csatext.errors import SchemaError
from csatext.schema import conform
from csatext.schema.analysis import KEYWORD_EVIDENCE
from csatext.text.concordance import concordance
from csatext.text.corpus import Corpus

__all__ = ["evidence"]


def evidence(
    corpus: Corpus,
    keywords: pd.DataFrame,
    groups: Any,
    *,
    synonyms: Mapping[str, str],
    n: int,
    width: int,
    random_state: int | None,
) -> pd.DataFrame:
    """Return places of each keyword in its group; see :meth:`csatext.KeywordExtractor.evidence`.

    Raises
    ------
    SchemaError
        ``keywords`` has no column ``group`` or ``term``, or ``groups`` does not cover the corpus.

    Examples
    --------
    >>> import csatext as ct
    >>> corpus = ct.Vectorizer().fit_transform(["打热线很久", "400电话没人接"])
    >>> table = pd.DataFrame({"group": ["all"], "term": ["热线"]})
    >>> options = {"synonyms": {"400电话": "热线"}, "n": 2, "width": 5, "random_state": None}
    >>> evidence(corpus, table, None, **options)["term"].tolist()
    ['热线', '400电话']
    """
    for name in ("group", "term"):
        if name not in keywords.columns:
            raise SchemaError.missing_column("keywords", name, keywords.columns)
    forms: dict[str, list[str]] = {}
    for form, canonical in synonyms.items():
        forms.setdefault(canonical, []).append(form)
    codes, names = (None, []) if groups is None else group_codes(corpus.doc_ids, groups)
    parts = [pd.DataFrame({column.name: [] for column in KEYWORD_EVIDENCE.columns})]
    for group, terms in keywords.groupby("group", sort=False)["term"]:
        own = [at for at, name in enumerate(names) if name == str(group)]
        members = corpus if codes is None else corpus[np.isin(codes, own)]
        for term in terms:
            wanted = [term, *forms.get(term, [])]
            places = concordance(members, wanted, n, width=width, random_state=random_state)
            parts.append(places.assign(group=group, keyword=term))
    found = [part for part in parts if len(part)] or parts[:1]
    return conform(pd.concat(found, ignore_index=True), KEYWORD_EVIDENCE)
