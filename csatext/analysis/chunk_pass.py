"""One pass over the chunks of a corpus for any number of analyses, which share what they read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pandas as pd

from csatext.progress import counted
from csatext.text.corpus import Corpus
from csatext.text.joined_texts import JoinedTexts, joined_chunks

__all__ = ["ChunkPass", "run_passes"]


class ChunkPass(NamedTuple):
    """What an analysis takes from each chunk, and the table that it makes of all of them.

    Attributes
    ----------
    read : callable
        Takes a chunk; returns hits or a few numbers a text, never what has the size of the text. What others
        may ask for as well goes through :meth:`csatext.text.joined_texts.JoinedTexts.once`.
    finish : callable
        Takes the list of what ``read`` returned, in order of the chunks; returns the table.
    """

    read: Callable[[JoinedTexts], Any]
    finish: Callable[[list[Any]], pd.DataFrame]


def run_passes(corpus: Corpus, passes: Sequence[ChunkPass], *, verbose: bool = True) -> list[pd.DataFrame]:
    """Return the table of each analysis; clauses, polar words and hits of a chunk are read once for all.

    Parameters
    ----------
    corpus : Corpus
        The documents.
    passes : sequence of ChunkPass
        They read each chunk in this order.
    verbose : bool, default True
        Show progress where it takes more than two seconds.

    Notes
    -----
    Memory is that of one chunk and of what each pass keeps of it, whatever the size of the corpus.

    Examples
    --------
    >>> import csatext as ct
    >>> corpus = ct.Vectorizer().fit_transform(["快递太慢", "客服很好"])
    >>> lengths = ChunkPass(lambda chunk: chunk.texts.str.len(), lambda parts: pd.concat(parts).to_frame())
    >>> [table["text"].tolist() for table in run_passes(corpus, [lengths])]
    [[4, 4]]
    """
    parts: list[list[Any]] = [[] for _ in passes]
    with counted("逐条分析", len(corpus), verbose=verbose) as count:
        for chunk in joined_chunks(corpus.texts, tokens=corpus.token_table):
            for found, one in zip(parts, passes, strict=True):
                found.append(one.read(chunk))
            count.add(len(chunk))
    return [one.finish(found) for found, one in zip(parts, passes, strict=True)]
