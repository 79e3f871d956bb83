from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

import csatext as ct
from csatext.analysis.sentiment.polar_words import valence_hits
from csatext.lexicon import lexicon_path


def corpus_of(*texts):
    return ct.Vectorizer().fit_transform(list(texts))


def valence_of(text):
    hits = valence_hits(pd.Series([text]))
    return hits.values.tolist(), [text[start:end] for start, end in zip(hits.starts, hits.ends, strict=True)]


def entry(name, term, column):
    table = ct.Lexicon.load(name).table.set_index("term")
    return float(table.loc[term, column])


def test_negation_turns_and_weakens():
    plain, _ = valence_of("满意")
    assert plain == [entry("polarity", "满意", "valence")]
    negated, words = valence_of("并不耐心")
    assert words == ["并不耐心"]
    assert negated[0] == pytest.approx(-0.7 * entry("polarity", "耐心", "valence"))


def test_intensity_multiplies():
    value, words = valence_of("非常耐心")
    expected = entry("intensifiers", "非常", "factor") * entry("polarity", "耐心", "valence")
    assert words == ["非常耐心"]
    assert value[0] == pytest.approx(expected)


def test_a_clause_mark_ends_the_scope_of_a_negator():
    value, words = valence_of("没有，耐心")
    assert words[-1] == "耐心"
    assert value[-1] == pytest.approx(entry("polarity", "耐心", "valence"))


def test_a_neutral_entry_hides_the_word_inside():
    assert valence_of("请您耐心等待")[1] == []


def test_spans_count_from_the_start_of_each_document():
    hits = valence_hits(pd.Series(["", "客服耐心", "耐心"]))
    assert hits.rows.tolist() == [1, 2]
    assert hits.starts.tolist() == [2, 0]
    assert hits.ends.tolist() == [4, 2]


def test_score_is_the_stated_formula():
    text = "满意"
    corpus = corpus_of(text)
    good = entry("polarity", text, "valence")
    weights = pd.read_csv(
        lexicon_path("sentiment.tsv"), sep="\t", keep_default_na=False, quoting=3
    ).set_index(["term", "next"])["weight"]
    model = weights["", ""] + weights[text, ""]
    log_odds = 0.45 * model + 1.1 * math.log((good + 0.5) / 0.5)
    p = 1 / (1 + math.exp(-log_odds))
    assert ct.Sentiment().transform(corpus)["sentiment"].iloc[0] == pytest.approx(2 * p - 1)


def test_neutral_band():
    corpus = corpus_of("态度太差，再也不来了", "请问怎么开通", "非常满意，感谢")
    assert ct.Sentiment().transform(corpus)["polarity"].tolist()[::2] == ["negative", "positive"]
    assert set(ct.Sentiment(neutral=0.999999).transform(corpus)["polarity"]) == {"neutral"}
    with pytest.raises(ct.ParameterError, match="neutral"):
        ct.Sentiment(neutral=1.5).transform(corpus)


def test_evidence_points_into_the_text_as_it_was_read():
    source = "您好！！！！  電話138 0013 8000，客服態度很差"
    corpus = corpus_of(source)
    evidence = ct.Sentiment().evidence(corpus)
    row = evidence[evidence["term"].str.contains("差")].iloc[0]
    assert source[row["start"] : row["end"]].endswith("很差")
    assert row["weight"] < 0


def test_negation_is_not_lost():
    pairs = [
        ("客服很耐心", "客服不耐心"),
        ("很满意", "不满意"),
        ("质量好", "质量不好"),
        ("值得推荐", "不值得推荐"),
    ]
    scores = (
        ct.Sentiment()
        .transform(corpus_of(*[text for pair in pairs for text in pair]))["sentiment"]
        .to_numpy()
    )
    assert (scores[::2] > scores[1::2]).all()


def test_complaints_are_separated_from_inquiries_on_simulated_contacts(center, corpus):
    scores = ct.Sentiment().transform(corpus)["sentiment"]
    assert roc_auc_score(~center.truth["is_negative"], scores) > 0.9


def test_words_that_nobody_knows_score_zero():
    score = ct.Sentiment().transform(corpus_of("㐀㐁㐂", "", "……"))["sentiment"]
    assert np.array_equal(score.to_numpy()[[1]], [0.0])
    assert abs(score.iloc[0]) < 0.35
