"""New words and collocations: n-grams with high mutual information and high branching entropy."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from csatext.argument_types import as_names, as_path, as_table, check_simple_types
from csatext.dates.period_names import read_times
from csatext.errors import ParameterError, SchemaError
from csatext.lexicon import Lexicon
from csatext.schema import conform
from csatext.schema.text import PHRASES
from csatext.text.corpus import Corpus, checked_corpus
from csatext.text.phrases.association import NO_TIME, association_measures
from csatext.text.phrases.ngram_counts import Atoms, Grams, atoms_of, count_grams
from csatext.text.tokenization.jieba_dictionary import frequencies

__all__ = ["find_phrases", "save_terms"]

_LEAST_BOUNDARY = 0.1
_MOSTLY = 0.7
_EXAMPLES, _CONTEXT = 3, 10


@check_simple_types
def find_phrases(
    corpus: Corpus,
    *,
    min_count: int = 4,
    max_length: int = 8,
    min_pmi: float = 3.0,
    known: Iterable[str] = (),
    times: pd.Series | None = None,
    n: int | None = None,
) -> pd.DataFrame:
    """Return new words, which the dictionary lacks, and collocations.

    Parameters
    ----------
    corpus : Corpus
        The documents.
    min_count : int, default 4
        Fewest occurrences.
    max_length : int, default 8
        Most characters; a Latin run or a number with its unit counts as one.
    min_pmi : float, default 3.0
        Least pointwise mutual information, in bits, at the weakest split.
    known : iterable of str, optional
        Words to leave out, such as terms added before; words of the dictionary always are.
    times : Series of datetime by doc_id, optional
        Fills ``first_seen``.
    n : int or None
        Rows returned; None for all.

    Returns
    -------
    DataFrame
        Schema PHRASES. Rank falls with ``pmi * boundary``, taken down by the share of stop
        words in the sequence and up by the share of it that segmentation breaks to single characters.

    Raises
    ------
    ParameterError
        A number out of range.
    SchemaError
        ``times`` lacks documents of the corpus.

    Notes
    -----
    ``pmi`` is the pointwise mutual information ``log2(p(ab) / (p(a) p(b)))`` (Church and Hanks 1990) at the
    split where it is least; ``left_entropy`` and ``right_entropy`` are branching entropies (Jin and
    Tanaka-Ishii 2006). Both measures overestimate rare
    n-grams. ``p(ab)``, and the share of occurrences with another than the commonest neighbour, are
    therefore lower bounds of Wilson's (1927) 95 % interval. Each edge of a clause counts as a distinct
    neighbour. A part of a longer phrase that has seven
    tenths of its occurrences is left out.

    Examples
    --------
    >>> import csatext as ct
    >>> texts = ["买了妍蓝，不错", "妍蓝很好用", "客服推荐妍蓝", "这瓶妍蓝破了", "退款太慢", "物流太慢"]
    >>> found = find_phrases(ct.Vectorizer().fit_transform(texts), min_pmi=1)
    >>> found[["term", "n", "n_docs"]].values.tolist()
    [['妍蓝', 4, 4]]
    """
    checked_corpus(corpus)
    for name, value, least in (("min_count", min_count, 2), ("max_length", max_length, 2)):
        if value < least:
            raise ParameterError.out_of_range(name, value, f"不小于 {least}")
    if n is not None and n < 1:
        raise ParameterError.out_of_range("n", n, "不小于 1，或 None 表示全部")
    atoms = atoms_of(corpus)
    levels = count_grams(atoms, max_length, min_count)
    seen = _first_times(corpus, times)
    flags = _flags(corpus, atoms)
    parts = [
        association_measures(atoms, levels, length, min_pmi, flags, seen)
        for length in range(2, len(levels) + 1)
    ]
    texts = corpus.texts.to_numpy(object)
    frame = pd.concat(parts, ignore_index=True)
    frame = frame[frame["boundary"] >= _LEAST_BOUNDARY]
    frame["term"] = [texts[row][start:end] for row, start, end in _places(atoms, frame, frame["first"])]
    frame = _chosen(frame, frozenset(as_names(known, "known", "由词组成的列表")))[:n].reset_index(drop=True)
    frame["rank"] = np.arange(1, len(frame) + 1)
    frame["kind"] = np.where(frame["broken"] > 0, "new_word", "collocation")
    frame["examples"] = _examples(texts, atoms, levels, frame)
    return conform(frame, PHRASES)


def save_terms(phrases: pd.DataFrame, path: str | Path) -> Path:
    """Add the terms of a table to a lexicon file, which ``Lexicon.load`` and ``Tokenizer`` take.

    Parameters
    ----------
    phrases : DataFrame
        With a column ``term``: the accepted rows of :func:`find_phrases`.
    path : str or pathlib.Path
        A TSV (or CSV) file; terms that stand there already stay as they are.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    SchemaError
        No column ``term``.
    LexiconError
        The file that is there cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save_terms(pd.DataFrame({"term": ["妍蓝"], "n": [4]}), Path(folder) / "mine.tsv")
    ...     Lexicon.load(path).terms
    ('妍蓝',)
    """
    as_table(phrases, "phrases", ["term"])
    columns = [name for name in ("term", "kind", "n") if name in phrases.columns]
    accepted = Lexicon.from_table(phrases[columns].rename(columns={"n": "freq"}), origin="find_phrases")
    target = as_path(path)
    if target.exists():
        accepted = Lexicon.load(target).merge(accepted, on_conflict="ours")
    return accepted.save(target)


def _first_times(corpus: Corpus, times: pd.Series | None) -> np.ndarray:
    """Return the time of each document in microseconds, the largest integer where it has none."""
    if times is None:
        return np.full(len(corpus), NO_TIME)
    if not isinstance(times, pd.Series):
        raise ParameterError.wrong_type("times", times, "以 doc_id 为索引的 Series")
    missing = int((~corpus.doc_ids.isin(times.index)).sum())
    if missing:
        raise SchemaError.foreign_index("times", missing)
    micro = read_times(times.reindex(corpus.doc_ids), "times").to_numpy()
    return np.where(np.isnat(micro), NO_TIME, micro.view(np.int64))


def _flags(corpus: Corpus, atoms: Atoms) -> tuple[np.ndarray, np.ndarray]:
    """Return, as running totals, how many atoms are of stop words, and of broken words.

    Broken are single characters and what the dictionary does not hold.
    """
    lists = ("stopwords", "negators", "intensifiers")
    stop = frozenset(term for name in lists for term in Lexicon.load(name).terms)
    words = corpus.token_table.vocabulary.tolist()
    table = frequencies()
    is_stop = np.array([word in stop for word in words] + [False])
    broken = np.array([len(word) == 1 or word not in table for word in words] + [False])
    is_atom = atoms.codes >= 0
    first, second = (np.cumsum(flag[atoms.tokens] & is_atom) for flag in (is_stop, broken))
    return np.concatenate(([0], first)), np.concatenate(([0], second))


def _chosen(frame: pd.DataFrame, known: frozenset[str]) -> pd.DataFrame:
    """Return the phrases without known words and parts of longer phrases, in order."""
    table = frequencies()
    new = [term not in known and term not in table for term in frame["term"]]
    frame = frame[np.array(new, bool)]
    score = frame["pmi"] * frame["boundary"] * (1 - frame["stop"]) * (1 + frame["broken"])
    frame = frame.assign(score=score).sort_values(
        ["score", "term"], ascending=[False, True], ignore_index=True
    )
    frame = frame.drop_duplicates("term")
    counts = dict(zip(frame["term"], frame["n"], strict=True))
    parts = {
        term[start:end]
        for term in counts
        for start in range(len(term))
        for end in range(start + 2, len(term) + 1)
        if end - start < len(term) and counts[term] >= _MOSTLY * counts.get(term[start:end], np.inf)
    }
    return frame[~frame["term"].isin(parts)]


def _places(atoms: Atoms, frame: pd.DataFrame, at: pd.Series) -> zip[tuple[int, int, int]]:
    first = at.to_numpy(np.int64)
    last = first + frame["length"].to_numpy(np.int64) - 1
    return zip(
        atoms.rows[first].tolist(), atoms.starts[first].tolist(), atoms.ends[last].tolist(), strict=True
    )


def _examples(texts: np.ndarray, atoms: Atoms, levels: list[Grams], frame: pd.DataFrame) -> list[str]:
    """Return up to three places of each phrase, from the first to the last of the corpus."""
    lines: list[list[str]] = [[] for _ in range(len(frame))]
    for length, rows in frame.groupby("length").groups.items():
        ids = levels[length - 1].ids
        number = np.full(int(ids.max()) + 2, -1)
        number[frame.loc[rows, "id"]] = rows
        places = np.flatnonzero(number[ids] >= 0)
        places = places[np.argsort(number[ids[places]], kind="stable")]
        bounds = np.searchsorted(number[ids[places]], rows, side="left")
        counts = frame.loc[rows, "n"].to_numpy()
        for step in range(_EXAMPLES):
            picked = places[bounds + (counts - 1) * step // (_EXAMPLES - 1)]
            for row, (doc, start, end) in zip(
                rows, _places(atoms, frame.loc[rows], pd.Series(picked)), strict=True
            ):
                text = texts[doc]
                context = text[max(start - _CONTEXT, 0) : end + _CONTEXT].replace("\n", " ")
                if context not in lines[row]:
                    lines[row].append(context)
    return ["\n".join(found) for found in lines]
