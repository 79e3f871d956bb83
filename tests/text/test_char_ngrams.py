from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from csatext.text.char_ngrams import char_ngrams


def brute_force(texts, low, high):
    found = []
    for text in texts:
        grams: dict[str, int] = {}
        for size in range(low, high + 1):
            for at in range(len(text) - size + 1):
                gram = text[at : at + size]
                if not set(gram) & set(" \t\r\n\u3000"):
                    grams[gram] = grams.get(gram, 0) + 1
        found.append(sorted(grams.values()))
    return found


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(alphabet="退款太慢 ab\n", max_size=12), min_size=1, max_size=5))
def test_counts_equal_a_loop(texts):
    counts = char_ngrams(pd.Series(texts, dtype="str"), (1, 3), 2**30)
    rows = [sorted(counts.data[counts.indptr[row] : counts.indptr[row + 1]]) for row in range(len(texts))]
    assert rows == brute_force(texts, 1, 3)


def test_a_text_does_not_run_into_the_next():
    assert char_ngrams(pd.Series(["退", "款"]), (2, 2)).nnz == 0


def test_the_same_gram_has_the_same_column():
    counts = char_ngrams(pd.Series(["退款", "要退款", "𠮷野"]), (2, 2))
    first, second = counts[[0]].indices, counts[[1]].indices
    assert set(first) <= set(second)
    assert counts.shape == (3, 2**18)
    assert np.array_equal(np.diff(counts.indptr), [1, 2, 1])
