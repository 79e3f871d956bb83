"""Runs of words that stand in many texts, and in which of them each stands."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse

from csatext.lexicon import Lexicon
from csatext.privacy.kinds import MASK
from csatext.text.corpus import Corpus

__all__ = ["frequent_phrases"]

_LONGEST = 12
_CLOSED = 0.9
"""A run is left out where a longer one that holds it stands in so large a share of its texts (chosen)."""
_NO_WORD = rf"^(?:[^\p{{L}}\p{{N}}]*|[\p{{Nd}}.,:%％/\-]+|{MASK.pattern})$"


def frequent_phrases(corpus: Corpus, min_docs: int) -> tuple[sparse.csr_array, list[str]]:
    """Return the runs of one to twelve words that stand in enough texts.

    Marks, numbers and masks end a run; stop words alone are none.

    Parameters
    ----------
    corpus : Corpus
        The texts.
    min_docs : int
        Least number of texts.

    Returns
    -------
    held : csr_array of float, shape (n_texts, n_phrases)
        1 where a text holds a phrase.
    phrases : list of str

    Examples
    --------
    >>> import csatext as ct
    >>> frequent_phrases(ct.Vectorizer().fit_transform(["马上处理", "马上处理好", "处理"]), 2)[1]
    ['处理', '马上处理']
    """
    table = corpus.token_table
    words = pa.array(table.vocabulary, pa.large_string())
    is_word = ~pc.match_substring_regex(words, _NO_WORD).to_numpy(zero_copy_only=False)
    is_stop = np.isin(table.vocabulary, list(Lexicon.load("stopwords").terms)) | ~is_word
    row = np.repeat(np.arange(len(corpus)), np.diff(table.offsets))
    word = np.where(is_word[table.codes], table.codes, -1).astype(np.int64)
    content = np.concatenate(([0], np.cumsum(~is_stop[table.codes])))
    size = max(len(table.vocabulary), 1)
    run, parts, names = word, [], []
    for length in range(1, _LONGEST + 1):
        number, df, first = _numbered(run, row, min_docs)
        if not len(df):
            break
        parts.append((number, df))
        names.append([(at, length) for at in first.tolist()])
        following = np.full(len(word), -1, np.int64)
        following[: max(len(word) - length, 0)] = word[length:]
        together = np.zeros(len(word), bool)
        together[: max(len(word) - length, 0)] = row[length:] == row[: len(row) - length]
        run = np.where((number >= 0) & (following >= 0) & together, number * size + following, -1)
    columns, rows = [], []
    phrases: list[str] = []
    for at, (number, df) in enumerate(parts):
        longer = np.zeros(len(df))
        if at + 1 < len(parts):
            child, child_df = parts[at + 1]
            held = np.flatnonzero(child >= 0)
            for parent in (number[held], number[held + 1]):
                known = parent >= 0
                np.maximum.at(longer, parent[known], child_df[child[held[known]]])
        first = np.array([start for start, _ in names[at]], np.int64)
        told = content[first + at + 1] > content[first]
        kept = (longer < _CLOSED * df) & told
        place = np.where(kept, np.cumsum(kept) - 1 + len(phrases), -1)
        used = np.flatnonzero(number >= 0)
        used = used[kept[number[used]]]
        columns.append(place[number[used]])
        rows.append(row[used])
        phrases += [
            "".join(table.vocabulary[table.codes[start : start + at + 1]].tolist())
            for start in first[kept].tolist()
        ]
    if not phrases:
        return sparse.csr_array((len(corpus), 0)), []
    column, at_row = np.concatenate(columns), np.concatenate(rows)
    held_by = sparse.csr_array((np.ones(len(column)), (at_row, column)), shape=(len(corpus), len(phrases)))
    held_by.sum_duplicates()
    held_by.data[:] = 1
    return held_by, phrases


def _numbered(run: np.ndarray, row: np.ndarray, least: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the number of each frequent run, -1 for the others, its texts and its first place."""
    used = np.flatnonzero(run >= 0)
    different, first, code = np.unique(run[used], return_index=True, return_inverse=True)
    pairs = np.unique(code * (int(row.max(initial=0)) + 1) + row[used])
    df = np.bincount(pairs // (int(row.max(initial=0)) + 1), minlength=len(different))
    kept = df >= least
    place = np.where(kept, np.cumsum(kept) - 1, -1)
    number = np.full(len(run), -1, np.int64)
    number[used] = place[code]
    return number, df[kept], used[first[kept]]
