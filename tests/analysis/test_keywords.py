"""Keywords: statistics by hand and by scipy, groups of every kind, no keywords where there are none."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.feature_extraction.text import TfidfTransformer
from statsmodels.stats.proportion import proportion_confint

import csatext as ct
from csatext.analysis import keyness
from csatext.analysis.keywords import new_terms

TEXTS = ["退款 退款 太慢", "退款 物流", "物流 太慢", "安装 师傅", "安装 物流 物流"]
GROUPS = ["钱", "钱", "货", "货", "货"]


@pytest.fixture(scope="module")
def small():
    return ct.Vectorizer().fit_transform(TEXTS)


@pytest.fixture(scope="module")
def table(corpus):
    groups = pd.Series(np.arange(len(corpus)) % 3, index=corpus.doc_ids).map({0: "a", 1: "b", 2: "c"})
    return ct.KeywordExtractor(None).by_group(corpus, groups, direction="both"), groups


def test_frequencies_by_hand(small):
    table = ct.KeywordExtractor(None, min_docs=1).frequencies(small, GROUPS).set_index(["group", "term"])
    row = table.loc[("钱", "退款")]
    # Group 钱 has 5 counted tokens in 2 documents; 退款 stands 3 times, in both.
    assert row[["rank", "n", "n_docs", "rate", "doc_rate"]].tolist() == [1, 3, 2, 0.6, 1.0]
    assert (row["low"], row["high"]) == pytest.approx(proportion_confint(2, 2, method="wilson"))
    assert ("货", "退款") not in table.index
    assert table.loc[("货", "物流"), "n"] == 3


def test_frequencies_of_the_whole_corpus(small):
    table = ct.KeywordExtractor(1, min_docs=1).frequencies(small, level=0.9)
    assert table[["group", "term", "n", "n_docs"]].values.tolist() == [["all", "物流", 4, 3]]
    expected = proportion_confint(3, 5, alpha=0.1, method="wilson")
    assert table.loc[0, ["low", "high"]].tolist() == pytest.approx(expected)


def test_keyness_by_hand(small):
    table = ct.KeywordExtractor(None, min_docs=1).by_group(small, GROUPS, direction="both")
    row = table.set_index(["group", "term"]).loc[("钱", "退款")]
    n, rest, total, others = 3, 0, 5, 7
    g2 = 2 * (
        n * math.log(n / (3 * 5 / 12)) + 2 * math.log(2 / (9 * 5 / 12)) + 7 * math.log(7 / (9 * 7 / 12))
    )
    assert row["g2"] == pytest.approx(g2, abs=1e-9)
    alpha, size = 0.01 * 3, 0.01 * 12
    odds = math.log((n + alpha) / (total + size - n - alpha)) - math.log(alpha / (others + size - alpha))
    assert row["log_odds"] == pytest.approx(odds, abs=1e-9)
    assert row["z"] == pytest.approx(odds / math.sqrt(1 / (n + alpha) + 1 / (rest + alpha)), abs=1e-9)
    assert row["log_ratio"] == pytest.approx(math.log2((3 / 5) / (0.5 / 7)), abs=1e-9)
    assert row["rate"] == 0.6 and row["n_docs"] == 2


def test_g2_is_that_of_scipy_and_q_that_of_benjamini_hochberg(corpus, table):
    keyness, groups = table
    counts = pd.DataFrame(corpus.dtm.toarray(), columns=corpus.terms).groupby(groups.to_numpy()).sum()
    totals, frequency = counts.sum(axis=1), counts.sum()
    for row in keyness.sample(60, random_state=0).itertuples():
        n = counts.at[row.group, row.term]
        rest, others = frequency[row.term] - n, totals.sum() - totals[row.group]
        cells = [[n, rest], [totals[row.group] - n, others - rest]]
        expected = stats.chi2_contingency(cells, correction=False, lambda_="log-likelihood")[0]
        assert row.g2 == pytest.approx(expected, abs=1e-9)
    order, least = np.argsort(keyness["p"].to_numpy()), 1.0
    for rank in range(len(keyness), 0, -1):
        least = min(least, keyness["p"].iloc[order[rank - 1]] * len(keyness) / rank)
        assert keyness["q"].iloc[order[rank - 1]] == pytest.approx(least, abs=1e-9)


def test_score_p_is_that_of_a_permutation_of_documents(small):
    rng = np.random.default_rng(0)
    dtm = small.dtm[rng.integers(0, 5, 80)]
    codes = np.arange(80) % 2
    # Sums over blocks of documents are those over all.
    halves = [keyness.GroupCounts.of(dtm[rows], codes[rows], 2) for rows in (slice(0, 33), slice(33, 80))]
    p = keyness.document_p(halves[0] + halves[1])
    np.testing.assert_array_equal(p, keyness.document_p(keyness.GroupCounts.of(dtm, codes, 2)))
    lengths, counts = dtm.sum(axis=1), dtm.toarray()
    residual = counts - counts.sum(axis=0) / lengths.sum() * lengths[:, None]
    seen = np.abs(residual[codes == 0].sum(axis=0))
    draws = np.array([np.abs(residual[rng.permutation(80)[:40]].sum(axis=0)) for _ in range(4000)])
    np.testing.assert_allclose(p[0], (draws >= seen - 1e-9).mean(axis=0), atol=0.12)
    np.testing.assert_allclose(p[0], p[1])


def test_positive_negative_and_both(table, corpus):
    keyness, groups = table
    extractor = ct.KeywordExtractor(None)
    positive, negative = (extractor.by_group(corpus, groups, direction=d) for d in ("positive", "negative"))
    assert (positive["z"] > 0).all() and (negative["z"] < 0).all()
    assert len(positive) + len(negative) == (keyness["z"] != 0).sum()
    for frame, sign in ((positive, 1), (negative, -1)):
        for _, part in frame.groupby("group"):
            assert (sign * part["z"]).is_monotonic_decreasing
            assert part["rank"].tolist() == list(range(1, len(part) + 1))


def test_shuffled_groups_have_no_keywords(corpus):
    rng = np.random.default_rng(1)
    extractor = ct.KeywordExtractor(None)
    shares = []
    for _ in range(12):
        table = extractor.by_group(
            corpus, rng.choice(list("abc"), len(corpus), p=[0.1, 0.3, 0.6]), direction="both"
        )
        shares.append((table["q"] <= 0.05).mean())
    assert max(shares) <= 0.05 and np.mean(shares) <= 0.01


def test_true_groups_have_keywords(center, corpus):
    table = ct.KeywordExtractor(5).by_group(corpus, center.truth["kind"].reindex(corpus.doc_ids))
    assert (table["q"] <= 0.05).mean() > 0.5


def test_documents_without_a_group_are_left_out(small):
    extractor = ct.KeywordExtractor(None, min_docs=1)
    with_na = extractor.by_group(small, ["钱", "钱", "货", None, float("nan")], direction="both")
    without = extractor.by_group(small[:3], ["钱", "钱", "货"], direction="both")
    pd.testing.assert_frame_equal(with_na, without)


def test_a_group_of_one_document(small):
    table = ct.KeywordExtractor(None, min_docs=1).by_group(small, ["甲", "乙", "乙", "乙", "乙"])
    assert np.isfinite(table[["log_odds", "z", "g2", "log_ratio", "p", "q"]].to_numpy()).all()
    assert table[table["group"] == "甲"]["term"].iloc[0] == "退款"


@pytest.mark.parametrize("groups", [["甲"] * 5, [None] * 5])
def test_fewer_than_two_groups(small, groups):
    table = ct.KeywordExtractor(min_docs=1).by_group(small, groups)
    assert table.empty and "两个" in table.attrs["reason"]


def test_no_term_with_support(small):
    table = ct.KeywordExtractor(min_docs=99).by_group(small, GROUPS)
    assert table.empty and "min_docs" in table.attrs["reason"]


def test_groups_are_aligned_by_doc_id(small):
    extractor = ct.KeywordExtractor(None, min_docs=1)
    by_id = pd.Series(GROUPS, index=small.doc_ids)[::-1]
    pd.testing.assert_frame_equal(extractor.by_group(small, by_id), extractor.by_group(small, GROUPS))
    with pytest.raises(ct.SchemaError):
        extractor.by_group(small, by_id[:3])
    with pytest.raises(ct.SchemaError):
        extractor.by_group(small, GROUPS[:3])


def test_keywords_of_documents_are_weighted_as_by_scikit_learn(small):
    extractor = ct.KeywordExtractor(None, content_only=False).fit(small)
    expected = TfidfTransformer().fit_transform(small.dtm).toarray()
    for row in extractor.by_document(small).itertuples():
        at = small.terms.tolist().index(row.term)
        assert row.tf_idf == pytest.approx(expected[int(row.doc_id), at])
        assert row.n == small.dtm[int(row.doc_id), at]
    assert extractor.transform(small)["keywords"].str.split(" ").map(len).tolist() == [2, 2, 2, 2, 2]


def test_synonyms_are_counted_together():
    corpus = ct.Vectorizer().fit_transform(["打热线", "打400热线", "拨打4S店", "去4s店"])
    own = ct.KeywordExtractor(None, min_docs=1, synonyms={"4s店": "4S店"}).frequencies(corpus)
    assert own.set_index("term").loc["4S店", ["n", "n_docs"]].tolist() == [2, 2]
    shipped = ct.KeywordExtractor(None, min_docs=1, synonyms="default").frequencies(corpus)
    assert shipped.set_index("term").loc["4S店", "n"] == 2 and "4s店" not in shipped["term"].tolist()
    with pytest.raises(ct.ParameterError, match="default"):
        ct.KeywordExtractor(synonyms="shipped").frequencies(corpus)


def test_evidence_of_each_keyword_comes_from_its_group(center, corpus):
    groups = center.truth["kind"].reindex(corpus.doc_ids)
    extractor = ct.KeywordExtractor(3)
    table = extractor.by_group(corpus, groups)
    evidence = extractor.evidence(corpus, table, groups, n=2)
    assert (evidence.groupby(["group", "keyword"]).size() <= 2).all()
    assert set(zip(evidence["group"], evidence["keyword"], strict=True)) == set(
        zip(table["group"], table["term"], strict=True)
    )
    assert (groups[evidence["doc_id"]].to_numpy() == evidence["group"]).all()
    source = center.contacts.set_index("doc_id")["text"]
    for row in evidence.head(20).itertuples():
        assert source[row.doc_id][row.start : row.end] == row.term


def test_evidence_shows_synonyms_and_refuses_other_tables():
    corpus = ct.Vectorizer().fit_transform(["打热线", "去4s店", "到4S店"])
    extractor = ct.KeywordExtractor(1, min_docs=1, synonyms={"4s店": "4S店"})
    evidence = extractor.evidence(corpus, extractor.frequencies(corpus))
    assert evidence[["keyword", "term"]].values.tolist() == [["4S店", "4s店"], ["4S店", "4S店"]]
    assert extractor.evidence(corpus, extractor.frequencies(corpus)[:0]).empty
    with pytest.raises(ct.SchemaError, match="term"):
        extractor.evidence(corpus, pd.DataFrame({"group": ["all"], "word": ["退款"]}))


def test_wrong_direction(small):
    with pytest.raises(ct.ParameterError, match="positive"):
        ct.KeywordExtractor().by_group(small, GROUPS, direction="up")


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 60), st.integers(1, 60))
def test_g2_of_any_table(n, rest, more, others):
    cells = np.array([[n, rest], [more, others]])
    got = keyness.g2(*(np.array([[float(value)]]) for value in (n, rest, n + more, rest + others)))[0, 0]
    if n + rest == 0:
        assert got == 0
    else:
        expected = stats.chi2_contingency(cells, correction=False, lambda_="log-likelihood")[0]
        assert got == pytest.approx(expected, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 40), st.data())
def test_twice_the_tail_of_fisher(n_docs, data):
    holding, members = data.draw(st.integers(1, n_docs)), data.draw(st.integers(1, n_docs - 1))
    low, high = max(0, holding + members - n_docs), min(holding, members)
    observed = data.draw(st.integers(low, high))
    expectation = members * holding / n_docs
    law = stats.hypergeom(n_docs, holding, members)
    tail = law.sf(observed - 1) if observed > expectation else law.cdf(observed)
    got = keyness._fisher(np.array([observed]), n_docs, np.array([holding]), np.array([members]))
    assert got[0] == pytest.approx(min(2 * tail, 1), abs=1e-9)


def test_new_terms_are_those_that_did_not_occur_before():
    texts = ["闪退 物流"] * 40 + ["物流 太慢"] * 40 + ["退款 太慢"] * 40
    corpus = ct.Vectorizer().fit_transform(texts)
    at = np.arange(120)
    mine, before, others = at < 40, (at >= 40) & (at < 80), at >= 80
    # 物流 is more frequent than in all others, and as frequent as before.
    assert new_terms(corpus, mine, before, others) == ["闪退"]
    assert set(new_terms(corpus, mine, before & (at < 60), others)) == {"闪退", "物流"}
    with pytest.raises(ct.ParameterError, match="alpha 是误报率"):
        new_terms(corpus, mine, before, others, alpha=0.95)
