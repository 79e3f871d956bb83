"""New words: the counts and measures by hand, planted names found, accepted ones into a lexicon."""

import math
import random
from collections import Counter

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

import csatext as ct
from csatext.text.phrases.find_phrases import save_terms
from csatext.text.phrases.ngram_counts import atoms_of, count_grams

TEXTS = ["买了妍蓝，不错", "妍蓝很好用", "客服推荐妍蓝", "这瓶妍蓝破了", "妍很美", "退款太慢", "物流太慢"]
NAMES = [
    "妍蓝",
    "澜沐泽",
    "诗芮QX7",
    "云朵面膜",
    "K90净",
    "蕾柏",
    "煦屿芙朵",
    "小澜音箱",
    "禾维Pro",
    "星空水杯",
]


@pytest.fixture(scope="module")
def corpus():
    return ct.Vectorizer().fit_transform(TEXTS)


@pytest.fixture(scope="module")
def planted(center):
    rng = random.Random(3)
    texts = center.contacts["text"].tolist()
    for name in NAMES:
        for _ in range(rng.randint(6, 25)):
            row = rng.randrange(len(texts))
            place = rng.randrange(len(texts[row]) + 1)
            texts[row] = texts[row][:place] + name + texts[row][place:]
    return ct.Vectorizer().fit_transform(center.contacts.assign(text=texts))


def test_counts_and_measures_by_hand(corpus):
    row = ct.find_phrases(corpus, min_pmi=0).set_index("term").loc["妍蓝"]
    n_characters = sum(len(text.replace("，", "")) for text in TEXTS)
    assert (row["n"], row["n_docs"]) == (4, 4)
    # 妍 stands 5 times, 蓝 4 times; the share of 妍蓝 is taken at the lower end of its interval.
    low = proportion_confint(4, n_characters, method="wilson")[0]
    assert row["pmi"] == pytest.approx(math.log2(low * n_characters**2 / (5 * 4)))
    # Before: 了, the edge, 荐, 瓶; after: the comma, 很, the edge, 破: four of one each.
    assert row["left_entropy"] == pytest.approx(2) and row["right_entropy"] == pytest.approx(2)
    assert row["boundary"] == pytest.approx(proportion_confint(3, 4, method="wilson")[0])
    assert row["kind"] == "new_word"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("甲乙丙丁，", max_size=9), min_size=1, max_size=8))
def test_grams_are_counted_as_by_brute_force(texts):
    corpus = ct.Vectorizer(tokenizer=ct.Tokenizer(lexicons=(), hmm=False), redact=False).fit_transform(texts)
    atoms = atoms_of(corpus)
    levels = count_grams(atoms, 4, 2)
    prepared = corpus.texts.tolist()
    for length, grams in enumerate(levels, 1):
        runs = [run for text in prepared for run in text.split("，")]
        expected = Counter(run[i : i + length] for run in runs for i in range(len(run) - length + 1))
        names = [
            prepared[atoms.rows[at]][atoms.starts[at] : atoms.ends[at + length - 1]] for at in grams.first
        ]
        least = 1 if length == 1 else 2
        assert dict(zip(names, grams.counts, strict=True)) == {
            gram: n for gram, n in expected.items() if n >= least and "，" not in gram
        }


def test_latin_runs_are_one_atom_and_blanks_next_to_them_do_not_split():
    atoms = atoms_of(ct.Vectorizer().fit_transform(["小白·Air 好，vivo X9 a"]))
    assert (atoms.codes >= 0).sum() == 7
    table = ct.find_phrases(
        ct.Vectorizer().fit_transform(["买了Zeno K-X", "Zeno K-X好", "爱Zeno K-X"] * 3), min_pmi=0
    )
    assert "Zeno K-X" in table["term"].tolist()


def test_planted_names_are_found_and_lead(planted):
    table = ct.find_phrases(planted)
    found = table["term"].isin(NAMES)
    assert found.sum() >= 9
    assert found[:15].sum() >= 7
    assert table["rank"].tolist() == list(range(1, len(table) + 1))
    assert table["term"].is_unique


def test_known_words_are_left_out(planted):
    terms = ct.find_phrases(planted, known=["妍蓝", *NAMES[3:5]])["term"].tolist()
    assert not {"妍蓝", *NAMES[3:5]} & set(terms)
    assert "退款" not in terms


def test_a_part_that_stands_in_the_phrase_only_is_left_out(planted):
    terms = ct.find_phrases(planted)["term"].tolist()
    assert "煦屿芙朵" in terms
    assert not {"煦屿", "屿芙", "芙朵", "煦屿芙", "屿芙朵"} & set(terms)


def test_first_seen_and_examples(corpus):
    times = pd.Series(pd.date_range("2026-05-01", periods=7)[::-1], index=corpus.doc_ids)
    row = ct.find_phrases(corpus, min_pmi=0, times=times).set_index("term").loc["妍蓝"]
    # Document 3 is the last of the four that hold it, and the earliest in time.
    assert row["first_seen"] == pd.Timestamp("2026-05-04")
    assert row["examples"].split("\n") == ["买了妍蓝，不错", "妍蓝很好用", "这瓶妍蓝破了"]
    assert ct.find_phrases(corpus, min_pmi=0)["first_seen"].isna().all()
    zoned = times.where(times.index != 3).dt.tz_localize("Asia/Shanghai")
    late = ct.find_phrases(corpus, min_pmi=0, times=zoned).set_index("term").loc["妍蓝"]
    assert late["first_seen"] == pd.Timestamp("2026-05-05")


def test_times_of_other_documents(corpus):
    with pytest.raises(ct.SchemaError):
        ct.find_phrases(corpus, times=pd.Series(pd.Timestamp("2026-05-01"), index=[99]))


def test_accepted_terms_go_into_a_lexicon_that_the_tokenizer_takes(planted, tmp_path):
    table = ct.find_phrases(planted)
    path = save_terms(table[table["term"].isin(["妍蓝", "煦屿芙朵"])], tmp_path / "mine.tsv")
    assert save_terms(table[table["term"] == "诗芮QX7"], path) == path
    lexicon = ct.Lexicon.load(path)
    assert set(lexicon) == {"妍蓝", "煦屿芙朵", "诗芮QX7"}
    assert ct.Tokenizer(lexicon)("买了诗芮QX7和妍蓝") == ["买", "了", "诗芮QX7", "和", "妍蓝"]
    with pytest.raises(ct.SchemaError, match="term"):
        save_terms(pd.DataFrame({"word": ["妍蓝"]}), path)


@pytest.mark.parametrize("texts", [[], [""], ["，，"], ["退款"]])
def test_nothing_to_find_is_an_empty_table(texts):
    assert ct.find_phrases(ct.Vectorizer().fit_transform(texts)).empty


@pytest.mark.parametrize("wrong", [{"min_count": 1}, {"max_length": 1}, {"n": 0}])
def test_wrong_arguments(corpus, wrong):
    with pytest.raises(ct.ParameterError):
        ct.find_phrases(corpus, **wrong)
