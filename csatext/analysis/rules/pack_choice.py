"""Which shipped taxonomies fit a set of contacts."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from csatext.analysis.rules.asserted_hits import chunk_hits
from csatext.analysis.rules.compiled_taxonomy import CompiledTaxonomy
from csatext.schema import conform
from csatext.schema.analysis import PACK_CHOICE
from csatext.taxonomy import Taxonomy
from csatext.taxonomy.packs import PACKS
from csatext.taxonomy.tree import joined, own_ids
from csatext.text.corpus import Corpus, checked_corpus
from csatext.text.joined_texts import joined_chunks

__all__ = ["choose_packs", "chosen_taxonomy"]

_SAMPLE = 3_000
"""Documents that are looked at: a share of .1 is known to within .01."""
_LEAST, _MORE = 0.25, 0.20
"""Share of the documents that the first pack must claim by categories of its own, and that each further pack
must add. Chosen on the development sets: the pack of the trade claims .30 to .94 there."""
_GENERAL = "general"


def choose_packs(corpus: Corpus) -> pd.DataFrame:
    """Return how well each shipped taxonomy fits, and which are to be used.

    Parameters
    ----------
    corpus : Corpus
        The contacts; of more than 3,000 an even sample by doc_id is looked at.

    Returns
    -------
    DataFrame
        One row a pack (schema PACK_CHOICE), the best first. ``share`` counts contacts that assert a category
        of the pack's own, beyond those that all packs have. Where none reaches one in four, ``general`` is
        chosen.

    Raises
    ------
    ParameterError
        ``corpus`` is no Corpus.

    Examples
    --------
    >>> import csatext as ct
    >>> corpus = ct.Vectorizer().fit_transform(["宽带老是断网", "手机没信号", "流量不够用就限速"])
    >>> ct.choose_packs(corpus).iloc[0]["pack"]
    'telecom'
    """
    checked_corpus(corpus)
    order = np.argsort(corpus.doc_ids.astype(str).to_numpy(), kind="stable")
    step = np.linspace(0, len(order) - 1, min(len(order), _SAMPLE)).astype(np.int64)
    sample = corpus[np.sort(order[step])] if len(order) else corpus
    claimed = _claimed(sample)
    n_docs = max(len(sample), 1)
    chosen: list[str] = []
    covered = np.zeros(len(sample), bool)
    for least in (_LEAST, _MORE, _MORE):
        gains = {name: (hit & ~covered).sum() / n_docs for name, hit in claimed.items() if name not in chosen}
        best = max(gains, key=lambda name: gains[name])
        if gains[best] < least:
            break
        chosen.append(best)
        covered |= claimed[best]
    chosen = chosen or [_GENERAL]
    rows = [
        (name, PACKS[name], int(hit.sum()), hit.sum() / n_docs, name in chosen)
        for name, hit in claimed.items()
    ]
    if chosen == [_GENERAL]:
        rows.append((_GENERAL, PACKS[_GENERAL], 0, 0.0, True))
    frame = pd.DataFrame(rows, columns=["pack", "label_zh", "n_docs", "share", "chosen"])
    frame = frame.sort_values(["chosen", "n_docs", "pack"], ascending=[False, False, True], ignore_index=True)
    return conform(frame, PACK_CHOICE)


def chosen_taxonomy(choice: pd.DataFrame) -> Taxonomy:
    """Return the chosen packs joined into one taxonomy.

    Examples
    --------
    >>> chosen_taxonomy(pd.DataFrame({"pack": ["telecom", "apps"], "chosen": [True, False]})).name
    'telecom'
    """
    names = choice.loc[choice["chosen"], "pack"].tolist()
    return Taxonomy.load(names[0]) if len(names) == 1 else joined([Taxonomy.load(name) for name in names])


@cache
def _own(name: str) -> CompiledTaxonomy:
    """Return the categories that a pack has beyond the common core, compiled."""
    return CompiledTaxonomy(Taxonomy.load(name), own_ids(name))


def _claimed(corpus: Corpus) -> dict[str, np.ndarray]:
    """Return, for each pack, which documents assert a category of its own."""
    claimed = {name: np.zeros(len(corpus), bool) for name in PACKS if name != _GENERAL}
    for chunk in joined_chunks(corpus.texts, tokens=corpus.token_table):
        for name, rows in claimed.items():
            compiled = _own(name)
            hits = chunk_hits(chunk, compiled)
            rows[hits.row[compiled.category_of[hits.pattern] >= 0]] = True
    return claimed
