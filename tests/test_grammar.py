"""One grammar of arguments in every public verb, and one home for what they share."""

import ast
import inspect
from collections import defaultdict
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import csatext as ct

REQUIRED = inspect.Parameter.empty
FUNCTIONS = {
    name: inspect.signature(getattr(ct, name)).parameters
    for name in ct.__all__
    if inspect.isfunction(getattr(ct, name))
}
METHODS = {
    "KeywordExtractor.frequencies": inspect.signature(ct.KeywordExtractor.frequencies).parameters,
}
VERBS = (
    "alerts", "associate", "audited_rates", "breakdown", "changepoints", "decompose", "distribution",
    "drivers", "effect", "forecast", "residuals", "root_causes", "sample_for_tagging", "tag_budget", "trend",
    "trend_tests",
)  # fmt: skip
"""The verbs that look at one table of facts."""

COLUMN, COLUMNS = "str | None", "str | Sequence[str] | None"
GRAMMAR = {
    "facts": ("pd.DataFrame", REQUIRED),  # the table looked at: a row a contact, or counted
    "time": ("str", "created_at"),  # column of moments, cut into periods of length ``freq``
    "freq": ("str", "W"),  # length of a period
    "period": ("str", REQUIRED),  # column that names periods; ``current`` and ``baseline`` are values of it
    "current": ("Any", REQUIRED),
    "baseline": ("Any", REQUIRED),
    "by": (COLUMNS, None),  # dimensions
    "measure": (COLUMN, None),  # column summed up as what it is: flag a rate, number a mean
    "numerator": ("str", REQUIRED),  # column whose sum, or rate, is explained
    "denominator": (COLUMN, None),  # column that measure or numerator is divided by
    "count": (COLUMN, None),  # column with the contacts that a row stands for
    "kind": (COLUMN, None),  # what a measure is, where numbers cannot tell
    "alpha": ("float", 0.05),  # error rate
    "level": ("float", 0.95),  # coverage of intervals
    "adjust": (COLUMNS, None),
    "calendar": ("CalendarLike", "CN"),
    "start": ("object", None),
    "end": ("object", None),
    "seasonal": ("bool", True),
    "random_state": ("int", 0),
}
MAY_DIFFER = {
    ("write_report", "title"): "客户之声分析报告",  # a chart is called after its measure
    ("alerts", "freq"): "D",  # a warning must not wait for the end of a week
    ("forecast", "freq"): None,  # a Series brings its own
    ("audited_rates", "time"): None,  # rates of all contacts, unless periods are asked for
    ("audited_rates", "freq"): None,
    ("backlog", "freq"): "D",  # what is open is looked at every day
    ("kpis", "freq"): None,  # all periods together
    ("unusual_changes", "freq"): None,  # weeks
    **{
        (verb, "time"): None  # a customer's first message, else created_at
        for verb in ("cause_value", "kpis", "learning_curve", "repeat_contacts", "unusual_changes")
    },
    ("official_table", "freq"): "Q",  # regulators count quarters
}
OTHERS = {
    "measure": {"write_report"},  # is_negative: the report of customers' voices has a usual flag
    "start": {"simulate_center"},  # first day of what is simulated
    "random_state": {"concordance"},  # None: the first places instead of drawn ones
    "n": {"concordance", "find_phrases"},  # a page of places; all phrases
    "min_count": {"find_phrases", "alerts"},  # occurrences of a phrase; contacts in a window
    "min_share": {"root_causes"},  # of the first cause; elsewhere of records
}
"""Verbs outside the statistics whose default differs, with the reason."""


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_speaks_the_grammar(verb):
    parameters = FUNCTIONS[verb]
    assert next(iter(parameters)) == "facts"
    for name, parameter in parameters.items():
        if name not in GRAMMAR:
            continue
        kind, default = GRAMMAR[name]
        if name != "facts" or verb != "forecast":  # a Series of counts is forecast too
            assert parameter.annotation.removesuffix(" | None") == kind.removesuffix(" | None"), name
        assert parameter.default in (REQUIRED, MAY_DIFFER.get((verb, name), default)), name


def test_no_verb_of_the_grammar_is_forgotten():
    told = {name for name, parameters in FUNCTIONS.items() if {"by", "measure", "alpha"} & set(parameters)}
    # Two sets of facts; answers and their facts; tickets of one incident; what is made of KPIs.
    # Answers and their facts; two sets of facts; tickets of one incident; what is made of KPIs.
    others = {"drift", "evaluate_classifier", "group_cases", "write_report"}
    others |= {"agent_scorecard", "kpis", "remedies", "unusual_changes"}
    # Two sets of facts; topics of a corpus; answers and their facts; tickets of one incident; KPIs.
    others = {"evaluate_classifier", "group_cases", "write_report"}
    others |= {"agent_scorecard", "kpis", "remedies", "unusual_changes", "drift", "emerging_topics"}
    others |= {"compare_runs"}
    assert told - set(VERBS) == others
    table = {name for name, parameters in FUNCTIONS.items() if "table" in parameters}
    assert table == {"conform", "join"}  # a promise of columns; what facts are joined to


def test_a_name_has_one_default_in_all_public_functions():
    defaults = defaultdict(lambda: defaultdict(set))
    for verb, parameters in FUNCTIONS.items():
        for name, parameter in parameters.items():
            excused = (verb, name) in MAY_DIFFER or verb in OTHERS.get(name, ())
            if parameter.default is not REQUIRED and not excused:
                defaults[name][repr(parameter.default)].add(verb)
    assert {name: dict(seen) for name, seen in defaults.items() if len(seen) > 1} == {}


def facts():
    rng = np.random.default_rng(0)
    n = 400
    return pd.DataFrame(
        {
            "doc_id": range(n),
            "created_at": pd.Timestamp("2026-01-05") + pd.to_timedelta(np.arange(n) // 4, unit="D"),
            "channel": rng.choice(["电话", "在线"], n),
            "product": rng.choice(["宽带", "手机"], n),
            "is_negative": rng.random(n) < 0.3,
            "csat": rng.integers(1, 6, n),
            "category_id": "attitude.rude",
            "period": np.where(np.arange(n) < 300, "前", "后"),
        }
    )


TAGS = pd.DataFrame({"doc_id": range(400), "inclusion_probability": 1.0, "is_negative": True})
CALLS = {
    "abandonment_curve": ((), {}),
    "agent_scorecard": ((), {}),
    "aspect_performance": ((), {}),
    "associate": (("channel", "csat"), {}),
    "audited_rates": ((TAGS, "is_negative"), {}),
    "breakdown": (("channel", "is_negative"), {}),
    "cause_value": ((1.0,), {}),
    "changepoints": ((), {}),
    "compare_runs": ((None,), {}),  # refused before it looks at the other run
    "distribution": (("csat",), {}),
    "dose_response": (("csat", "is_negative"), {}),
    "drivers": (("csat", "channel"), {}),
    "effect": (("2026-02-20",), {}),
    "emerging_topics": ((None, None), {}),  # refused before it looks at corpus and times
    "forecast": ((7,), {}),
    "kpis": ((), {}),
    "learning_curve": (("csat",), {}),
    "official_table": (("cca",), {}),
    "remedies": ((), {}),
    "root_causes": ((), {"numerator": "is_negative", "by": "channel", "period": "period", "current": "后",
                         "baseline": "前"}),
    "stage_durations": ((), {}),
    "trend": ((), {}),
    "trend_tests": ((), {}),
    "unusual_changes": ((), {}),
}  # fmt: skip


@pytest.mark.parametrize(
    ("argument", "wrong"), [("alpha", 0.95), ("alpha", 0), ("level", 0.05), ("level", 1)]
)
@pytest.mark.parametrize("verb", CALLS)
def test_an_error_rate_and_a_coverage_are_told_apart_by_every_verb(verb, argument, wrong):
    if argument not in FUNCTIONS[verb]:
        with pytest.raises(TypeError, match=argument):
            getattr(ct, verb)(facts(), *CALLS[verb][0], **CALLS[verb][1], **{argument: wrong})
        return
    meaning = {"alpha": "alpha 是误报率", "level": "level 是区间的置信水平"}[argument]
    with pytest.raises(ct.ParameterError, match=meaning):
        getattr(ct, verb)(facts(), *CALLS[verb][0], **CALLS[verb][1], **{argument: wrong})


def test_all_verbs_with_an_error_rate_or_a_coverage_are_called_above():
    assert {name for name in FUNCTIONS if {"alpha", "level"} & set(FUNCTIONS[name])} == {
        *CALLS,
        "agreement",  # of tags, not of facts
    }
    with pytest.raises(ct.ParameterError, match="level 是区间的置信水平"):
        ct.agreement(TAGS.assign(annotator="甲"), columns="is_negative", level=0.05)
    corpus = ct.Vectorizer().fit_transform(["退款太慢"] * 5)
    with pytest.raises(ct.ParameterError, match="level 是区间的置信水平"):
        ct.KeywordExtractor(min_docs=1).frequencies(corpus, level=0.05)


def noise(seed):
    """Return five weeks of 4,000 contacts that are negative with probability .2 wherever they come from."""
    rng = np.random.default_rng(seed)
    n = 4000
    return pd.DataFrame(
        {
            "week": rng.choice(["W1", "W2", "W3", "W4", "W5"], n),
            "channel": rng.choice(["电话", "在线", "邮件", "微信"], n),
            "product": rng.choice(["宽带", "手机", "电视"], n),
            "is_negative": rng.random(n) < 0.2,
        }
    )


def test_root_causes_of_noise_name_none_whatever_the_coverage_of_their_intervals():
    question = {"numerator": "is_negative", "by": ["channel", "product"], "period": "week"}
    question |= {"current": "W5", "baseline": ["W1", "W2", "W3", "W4"]}
    for seed in range(5):
        assert ct.root_causes(noise(seed), **question).empty
        assert ct.root_causes(noise(seed), **question, level=0.99).empty


def test_the_interval_of_a_contribution_has_the_coverage_asked_for():
    planted = noise(0)
    hit = (planted["week"] == "W5") & (planted["channel"] == "电话")
    planted.loc[hit, "is_negative"] = np.random.default_rng(1).random(int(hit.sum())) < 0.6
    question = {"numerator": "is_negative", "by": ["channel", "product"], "period": "week"}
    question |= {"current": "W5", "baseline": ["W1", "W2", "W3", "W4"]}
    wide, usual, strict = (
        ct.root_causes(planted, **question, **given).iloc[0]
        for given in ({"level": 0.99}, {}, {"alpha": 0.001})
    )
    assert usual["channel"] == strict["channel"] == "电话"
    width = {name: row["contribution_high"] - row["contribution_low"] for name, row in
             (("wide", wide), ("usual", usual), ("strict", strict))}  # fmt: skip
    # The quantiles of the normal distribution at .995 and .975; alpha has no part in the interval.
    assert width["wide"] / width["usual"] == pytest.approx(2.5758 / 1.9600, rel=1e-4)
    assert width["strict"] == width["usual"]


ROOM = Path(ct.__file__).parent
HOMES = {
    "(空)": "labels.py",
    "未归类": "labels.py",
    "proportion_confint": None,  # Wilson's interval is csatext.inference.wilson
    "false_discovery_control": "inference.py",
    "multipletests": None,
    "的列同名": "errors.py",
}


def written(path):
    """Return the words and names of a module that are not documentation."""
    tree = ast.parse(path.read_text("utf-8"))
    spoken = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in spoken:
            yield node.value
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.alias):
            yield node.name


def test_what_all_share_has_one_home():
    found = defaultdict(set)
    for path in ROOM.rglob("*.py"):
        for text in written(path):
            for what in HOMES:
                # A column of a schema explains its values to the reader of the dictionary.
                if what in text and path.parent.name != "schema":
                    found[what].add(path.relative_to(ROOM).as_posix())
    assert found == {what: {home} for what, home in HOMES.items() if home is not None}


def test_chapters_receive_tables_and_words_and_draw():
    computing = {"numpy", "scipy", "statsmodels", "csatext.aggregation.statistics", "csatext.inference"}
    for path in (ROOM / "reporting" / "chapters").glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module is not None:
                names = {alias.name for alias in node.names}
                assert not any(node.module.startswith(room) for room in computing) or names == {"ALPHA"}
            elif isinstance(node, ast.Import):
                assert not {alias.name for alias in node.names} & computing
            elif isinstance(node, ast.FunctionDef) and path.name != "figures.py":
                assert "facts" not in [argument.arg for argument in node.args.args]
