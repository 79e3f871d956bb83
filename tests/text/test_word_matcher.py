import ahocorasick_rs
import numpy as np
import pandas as pd
import pytest

from csatext.text.joined_texts import JoinedTexts, joined_chunks
from csatext.text.word_matcher import WordMatcher


def points(text):
    return np.array([ord(mark) for mark in text], np.uint32)


def spans(found):
    return list(zip(found.word.tolist(), found.starts.tolist(), found.ends.tolist(), strict=True))


@pytest.mark.parametrize("seed", range(4))
def test_words_are_those_of_an_aho_corasick_automaton(seed):
    rng = np.random.default_rng(seed)
    words = sorted({"".join(rng.choice(list("甲乙丙丁"), rng.integers(1, 6))) for _ in range(40)})
    text = "".join(rng.choice(list("甲乙丙丁戊\n"), 3000))
    matcher = WordMatcher(words)
    every = ahocorasick_rs.AhoCorasick(words).find_matches_as_indexes(text, overlapping=True)
    assert sorted(spans(matcher.overlapping(points(text)))) == sorted(every)
    kind = ahocorasick_rs.MatchKind.LeftmostLongest
    longest = ahocorasick_rs.AhoCorasick(words, matchkind=kind).find_matches_as_indexes(text)
    assert spans(matcher.longest(points(text))) == longest


def test_of_words_that_overlap_the_first_is_taken_and_at_one_place_the_longest():
    matcher = WordMatcher(["甲乙", "乙丙丁", "丙", "丙丁"])
    assert spans(matcher.longest(points("甲乙丙丁"))) == [(0, 0, 2), (3, 2, 4)]
    assert spans(matcher.overlapping(points("甲乙丙丁"))) == [(0, 0, 2), (2, 2, 3), (1, 1, 4), (3, 2, 4)]


@pytest.mark.parametrize("text", ["", "甲", "𠮷甲", "\ud800甲"])
def test_a_word_ends_with_the_text(text):
    matcher = WordMatcher(["甲", "甲乙"])
    wanted = [(0, len(text) - 1, len(text))] if text else []
    assert spans(matcher.longest(points(text))) == spans(matcher.overlapping(points(text))) == wanted


def test_no_words_are_found_where_there_are_none():
    matcher = WordMatcher([])
    assert spans(matcher.longest(points("甲乙"))) == spans(matcher.overlapping(points("甲乙"))) == []


def test_what_is_said_of_a_chunk_is_worked_out_once():
    asked = []

    def work(joined, more=0):
        asked.append(more)
        return len(joined) + more

    chunk = next(joined_chunks(pd.Series(["快递慢", "好"])))
    assert chunk.known(work) is None
    assert [chunk.once(work), chunk.once(work), chunk.once(work, 5), chunk.once(work, 5)] == [2, 2, 7, 7]
    assert asked == [0, 5]
    assert (chunk.known(work), chunk.known(work, 5)) == (2, 7)


def test_latin_capitals_are_folded_and_keep_their_place():
    folded = JoinedTexts(pd.Series(["Wi-Fi慢", "Ａz"])).folded
    assert "".join(map(chr, folded)) == "wi-fi慢\nＡz\n"


def test_a_short_latin_word_is_none_within_a_longer_one():
    matcher = WordMatcher(["ok", "disappointed", "666"])
    points = np.array([ord(one) for one in "smoked 真ok啊 sodisappointedby 16660 666"], np.uint32)
    found = matcher.longest(points)
    assert found.word.tolist() == [0, 1, 2]
    assert found.starts.tolist() == [8, 14, 35]
