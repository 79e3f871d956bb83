"""What is of the wrong type is refused in our words at every door, never with an error of another library."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import csatext as ct
from csatext.argument_types import as_names, as_path, as_table, as_whole_number

TEXTS = ["快递丢件了", "退款不到账", "态度很差"]
WRONG = {
    "a list": ["快递丢了"],
    "a string": "快递丢了",
    "nothing": None,
    "a path": Path("a.csv"),
    "rows and columns": np.zeros((3, 2)),
    "a number": 5,
    "not a number": float("nan"),
    "a frame": pd.DataFrame({"x": ["a"]}),
    "bytes": b"abc",
    "lists": [["a"], ["b"]],
}


@pytest.fixture(scope="module")
def small():
    return ct.Vectorizer(tokenizer=ct.Tokenizer(lexicons=())).fit_transform(TEXTS)


def vectorize(**changes):
    return ct.Vectorizer(tokenizer=ct.Tokenizer(lexicons=()), **changes).fit_transform(TEXTS)


# Each door, and what it takes of the values above.
DOORS = {
    "turns to contacts": (lambda given, _: ct.contacts_from_turns(given), ()),
    "spans": (lambda given, _: ct.turn_spans(given), ()),
    "templates": (lambda given, _: ct.find_templates(given), ()),
    "marks": (lambda given, _: ct.mark_templates(given), ()),
    "data of turns": (lambda given, _: ct.find_pii_turns(given), ()),
    "redacted turns": (lambda given, _: ct.redact_turns(given), ()),
    "saved terms": (lambda given, _: ct.save_terms(given, "no/such/folder/t.tsv"), ()),
    "report": (lambda given, _: ct.write_report(given, "no/such/folder/r.html"), ()),
    "model": (lambda given, _: ct.load(given), ()),
    "saved model": (lambda given, _: ct.save(ct.Sentiment(), given), ("a string", "a path")),
    "lexicon": (lambda given, _: ct.Lexicon.load(given), ("nothing",)),
    "taxonomy": (lambda given, _: ct.Taxonomy(given), ()),
    "taxonomy file": (lambda given, _: ct.Taxonomy.load(given), ("nothing",)),
    "groups": (lambda given, small: ct.KeywordExtractor().by_group(small, given), ()),
    "labels": (lambda given, small: ct.ComplaintClassifier().fit(small, given), ()),
    "concordance": (lambda given, small: ct.concordance(small, given), ("a list", "a string")),
    "texts": (lambda given, _: ct.clean_column(given), ("a list",)),
    "boilerplate": (lambda given, _: ct.remove_boilerplate(given), ("a list",)),
    "terms": (lambda given, _: ct.Tokenizer(given, lexicons=()), ("a list", "a frame")),
    "lexicons": (lambda given, _: ct.Tokenizer(lexicons=given), ()),
    "contacts": (lambda given, _: ct.Vectorizer().fit_transform(given), ("a list",)),
    "stop words": (lambda given, _: vectorize(stop_words=given), ("a list", "nothing")),
    "least documents": (lambda given, _: vectorize(min_df=given), ("a number",)),
    "kept columns": (lambda given, _: vectorize(keep=given), ("a list",)),
    "processes": (lambda given, _: vectorize(n_jobs=given), ("a number",)),
    "simulation": (lambda given, _: ct.simulate_center(given, weeks=0), ()),
    "cases": (lambda given, _: ct.case_table(given), ()),
    "scheme": (lambda given, _: ct.to_official(pd.DataFrame({"category": ["a"]}), given), ()),
    "period": (lambda given, _: ct.official_table(FACTS, "cca", given), ()),
    "table": (lambda given, _: ct.conform(pd.DataFrame(), given), ()),
}


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("door", DOORS)
def test_a_wrong_type_is_refused(door, wrong, small):
    call, takes = DOORS[door]
    if wrong in takes:
        return
    with pytest.raises(ct.CsatextError) as caught:
        call(WRONG[wrong], small)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in str(caught.value))


FACTS = pd.DataFrame({"created_at": pd.date_range("2026-01-05", periods=9), "a": "x", "flag": [0, 1, 1] * 3})
NUMBERS = {
    "trend": (lambda **given: ct.trend(FACTS, freq="D", **given), ("kind", "level")),
    "alerts": (lambda **given: ct.alerts(FACTS, freq="D", **given), ("min_count", "recent", "false_alarms")),
    "breakdown": (
        lambda **given: ct.breakdown(FACTS, "a", "flag", **given),
        ("min_n", "margins", "max_cells"),
    ),
    "drivers": (lambda **given: ct.drivers(FACTS, "flag", "a", **given), ("n_boot", "random_state")),
    "forecast": (lambda **given: ct.forecast(FACTS, **{"horizon": 3, **given}), ("horizon", "level")),
    "templates": (lambda **given: ct.find_templates(FACTS, **given), ("min_dialogues", "min_share")),
    "boilerplate": (lambda **given: ct.find_boilerplate(TEXTS, **given), ("min_length", "min_share")),
    "simulation": (lambda **given: ct.simulate_center(**given), ("n_contacts", "weeks", "random_state")),
}


@pytest.mark.parametrize("wrong", [["x"], "x", np.zeros((3, 2)), FACTS, {"a": 1}])
@pytest.mark.parametrize(("door", "name"), [(door, name) for door in NUMBERS for name in NUMBERS[door][1]])
def test_numbers_and_switches_of_a_wrong_type_are_refused(door, name, wrong):
    with pytest.raises(ct.ParameterError, match=name):
        NUMBERS[door][0](**{name: wrong})


@pytest.mark.parametrize("wrong", [["x"], "x", np.zeros((3, 2)), FACTS, {"a": 1}, True, float("nan")])
@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (ct.TopicModel, "n_topics"),
        (ct.TopicModel, "n_iter"),
        (ct.Sentiment, "neutral"),
        (ct.SnowNLPSentiment, "neutral"),
        (ct.KeywordExtractor, "min_docs"),
        (ct.ComplaintClassifier, "C"),
    ],
)
def test_parameters_of_estimators_of_a_wrong_type_are_refused(kind, name, wrong, small):
    with pytest.raises(ct.ParameterError, match=name):
        kind().set_params(**{name: wrong}).fit(small, ["a", "b", "a"])


@pytest.mark.parametrize(
    ("check", "given", "message"),
    [
        (as_table, "五月.csv", "read_contacts"),
        (as_path, b"a.csv", "文件路径"),
        (lambda given, name: as_names(given, name, "列名的列表"), ["a", 1], "x 的一项"),
        (lambda given, name: as_whole_number(given, name, 1), True, "整数"),
        (lambda given, name: as_whole_number(given, name, 1), 0, "至少 1"),
    ],
)
def test_the_sentence_says_what_to_give(check, given, message):
    with pytest.raises(ct.ParameterError, match=message):
        check(given, "x")


def test_labels_of_lists_of_unequal_length_and_missing_ones_among_words(small):
    with pytest.raises(ct.ParameterError, match="labels"):
        ct.ComplaintClassifier().fit(small, [["a"], ["a", "b"], ["b"]])
    for missing in (np.nan, "nan", "\u200b"):
        assert ct.ComplaintClassifier().fit(small, ["a", missing, "b"]).n_human_ == 2
    fitted = ct.ComplaintClassifier().fit(small, ["a", "a\u200b", "b\xa0"])
    assert fitted.classes_.tolist() == ["a", "b"]
