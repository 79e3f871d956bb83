import numpy as np
import pandas as pd

from csatext.text.terms.joined_terms import PhraseMatcher
from csatext.text.tokenization.token_table import TokenTable


def test_phrases_are_joined_and_the_vocabulary_stays_sorted() -> None:
    vocabulary = np.array(["a", "b", "bc", "d"], object)
    table = TokenTable(np.array([0, 1, 3, 2], np.int32), np.array([0, 3, 4]), vocabulary)
    joined = PhraseMatcher(["bd", "bc", "ab"]).join(pd.Series(["abd", "bc"]), table)
    assert joined.vocabulary.tolist() == ["a", "ab", "b", "bc", "bd", "d"]
    assert joined.lists() == [["ab", "d"], ["bc"]]
