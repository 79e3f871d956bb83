"""The public names: which they are, and what their docstrings say."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from functools import cache
from typing import Any

import pytest
from numpydoc.docscrape import NumpyDocString
from numpydoc.validate import validate

import csatext as ct

PUBLIC = [
    "AspectSentiment",
    "ComplaintClassifier",
    "ConfigError",
    "ContactKind",
    "Corpus",
    "CsatextError",
    "DEFAULT_STEPS",
    "Incident",
    "InputError",
    "KeywordExtractor",
    "LLMTagger",
    "Lexicon",
    "LexiconError",
    "NotFittedError",
    "OutputError",
    "OutputInUseError",
    "ParameterError",
    "QAScorecard",
    "RuleClassifier",
    "SatisfactionModel",
    "SchemaError",
    "Sentiment",
    "ServiceSignals",
    "SnowNLPSentiment",
    "StoppedError",
    "Taxonomy",
    "Tokenizer",
    "TopicModel",
    "Vectorizer",
    "abandonment_curve",
    "agent_scorecard",
    "agreement",
    "alerts",
    "align_topics",
    "aspect_performance",
    "associate",
    "audited_rates",
    "backlog",
    "best_and_worst",
    "breakdown",
    "build_facts",
    "business_calendar",
    "call_measures",
    "case_table",
    "category_names",
    "cause_value",
    "changepoints",
    "check",
    "choose_packs",
    "clean",
    "clean_column",
    "compare_runs",
    "concordance",
    "conform",
    "contacts_from_turns",
    "conversation_measures",
    "conversation_sentiment",
    "cost_measures",
    "customer_measures",
    "decompose",
    "distribution",
    "dose_response",
    "drift",
    "drivers",
    "effect",
    "emerging_topics",
    "evaluate_classifier",
    "evaluate_sentiment",
    "fault_records",
    "find_boilerplate",
    "find_phrases",
    "find_pii",
    "find_pii_turns",
    "find_templates",
    "forecast",
    "group_cases",
    "join",
    "kpi_definitions",
    "kpis",
    "label_audit",
    "label_studio_config",
    "learning_curve",
    "load",
    "mark_templates",
    "official_table",
    "order_measures",
    "pipe_tables",
    "plot_agreement",
    "plot_alerts",
    "plot_association",
    "plot_breakdown",
    "plot_distribution",
    "plot_forecast",
    "plot_funnel",
    "plot_keyness",
    "plot_root_causes",
    "plot_scorecard",
    "plot_sentiment_course",
    "plot_topics",
    "plot_trend",
    "qa_totals",
    "read_contacts",
    "read_doccano",
    "read_label_studio",
    "read_tagging_workbook",
    "read_turns",
    "redact",
    "redact_column",
    "redact_turns",
    "remedies",
    "remove_boilerplate",
    "repeat_contacts",
    "residuals",
    "root_causes",
    "rule_report",
    "sample_for_tagging",
    "save",
    "save_plot",
    "save_terms",
    "score_conversations",
    "script_adherence",
    "script_rates",
    "shares_by_topic",
    "show",
    "simulate_center",
    "simulate_service",
    "stage_durations",
    "suggest_categories",
    "survey_measures",
    "tables",
    "tag_budget",
    "ticket_measures",
    "to_official",
    "to_simplified",
    "to_simplified_column",
    "topic_map",
    "trend",
    "trend_tests",
    "turn_spans",
    "turning_points",
    "unusual_changes",
    "verify_report",
    "write_deck",
    "write_doccano",
    "write_label_studio",
    "write_report",
    "write_tagging_workbook",
    "write_workbook",
]

# Checks of numpydoc: sections known and in order, a summary of one line, every parameter and what comes
# back described. Not asked for: parameters given in groups ("as in csatext.trend") have no type of their own.
CHECKS = {
    *("GL05", "GL06", "GL07", "GL08", "GL09", "GL10"),
    *("SS01", "SS02", "SS04", "SS05", "SS06"),
    *("PR01", "PR02", "PR05", "PR06", "PR07", "PR10"),
    *("RT01", "RT02", "RT03", "YD01"),
}

# What rests on a formula, a measured method or a standard says whose it is.
WITH_A_SOURCE = [
    "AspectSentiment",
    "ComplaintClassifier",
    "KeywordExtractor.by_document",
    "KeywordExtractor.by_group",
    "KeywordExtractor.frequencies",
    "Sentiment",
    "TopicModel",
    "agreement",
    "abandonment_curve",
    "agent_scorecard",
    "alerts",
    "align_topics",
    "aspect_performance",
    "associate",
    "best_and_worst",
    "audited_rates",
    "breakdown",
    "changepoints",
    "compare_runs",
    "decompose",
    "distribution",
    "dose_response",
    "drivers",
    "effect",
    "emerging_topics",
    "evaluate_classifier",
    "evaluate_sentiment",
    "find_phrases",
    "find_pii",
    "forecast",
    "kpis",
    "learning_curve",
    "redact",
    "remedies",
    "residuals",
    "root_causes",
    "sample_for_tagging",
    "tag_budget",
    "stage_durations",
    "survey_measures",
    "trend",
    "trend_tests",
    "unusual_changes",
]
SOURCE = re.compile(r"[A-Z]\w+(?: et al\.)?,? \(?(?:19|20)\d\d\b|\b(?:GB|ISO/IEC|RFC) ?\d{3,}")
"""An author with a year, or the number of a standard."""


def is_error(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, Exception)


def documented() -> dict[str, Any]:
    """Return public functions and classes, and the public methods of classes that are no errors."""
    found = {}
    for name in ct.__all__:
        value = getattr(ct, name)
        if callable(value):
            found[name] = value
        if inspect.isclass(value) and not is_error(value):
            members = {
                key: inspect.getattr_static(value, key) for key in vars(value) if not key.startswith("_")
            }
            kinds = property | classmethod | staticmethod
            found |= {
                f"{name}.{key}": member
                for key, member in members.items()
                if inspect.isfunction(member) or isinstance(member, kinds)
            }
    return found


DOCUMENTED = documented()


def home_of(name: str) -> str:
    head, *rest = name.split(".")
    value = getattr(ct, head)
    return ".".join([value.__module__, value.__qualname__, *rest])


def text_of(name: str) -> str:
    return inspect.getdoc(DOCUMENTED[name]) or ""


def test_the_public_names_are_these():
    assert sorted(ct.__all__) == PUBLIC


@pytest.mark.parametrize("name", sorted(DOCUMENTED))
def test_a_docstring_describes_what_goes_in_and_what_comes_back(name):
    errors = [(code, said) for code, said in validate(home_of(name))["errors"] if code in CHECKS]
    if is_error(DOCUMENTED[name]):  # made by its class methods: what it is given is what it says
        errors = [(code, said) for code, said in errors if code != "PR01"]
    assert errors == []


@pytest.mark.parametrize("name", sorted(name for name in DOCUMENTED if "." not in name))
def test_an_example_shows_it_and_each_of_its_methods(name):
    assert ">>>" in text_of(name)
    methods = [key for key in DOCUMENTED if key.startswith(f"{name}.")]
    examples = "\n".join(
        line
        for key in [name, *methods]
        for line in text_of(key).splitlines()
        if line.startswith((">>>", "..."))
    )
    assert [key for key in methods if f".{key.split('.')[1]}" not in examples] == []


@pytest.mark.parametrize("name", sorted(DOCUMENTED))
def test_the_errors_it_raises_are_named(name):
    if is_error(DOCUMENTED[name]):
        return
    said = "\n".join(item.type for key in (name, name.split(".")[0]) for item in raises_section(key))
    assert {error for error in raised_by(DOCUMENTED[name]) if error not in said} == set()


@pytest.mark.parametrize("name", WITH_A_SOURCE)
def test_a_formula_has_its_source(name):
    assert SOURCE.search(text_of(name)), text_of(name)


def raises_section(name: str) -> list[Any]:
    return list(NumpyDocString(text_of(name))["Raises"]) if name in DOCUMENTED else []


def raised_by(value: Any) -> set[str]:
    """Return the errors raised by a function, by what it calls of its module and class, and by checks."""
    owner = None
    if inspect.isclass(value):
        owner, value = value, vars(value).get("__init__")
    elif isinstance(value, property):
        value = value.fget
    value = getattr(value, "__func__", value)
    if not inspect.isfunction(value) or value.__code__.co_filename.startswith("<"):
        return set()  # a class without __init__, or that of a dataclass
    module = inspect.getmodule(value)
    if owner is None and "." in value.__qualname__:
        owner = getattr(module, value.__qualname__.split(".")[0])
    seen, waiting, errors = set(), [value], set()
    while waiting:
        function = waiting.pop()
        if function in seen:
            continue
        seen.add(function)
        names, raised = used_and_raised(function)
        errors |= raised
        for name in names:
            other = getattr(inspect.getmodule(function), name, None) or (
                inspect.getattr_static(owner, name, None) if owner else None
            )
            checks = name.startswith("check") and getattr(other, "__module__", "").startswith("csatext.")
            if inspect.isfunction(other) and (checks or other.__module__ == value.__module__):
                waiting.append(other)
    return errors


@cache
def used_and_raised(function: Any) -> tuple[frozenset[str], frozenset[str]]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    names = {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    names |= {
        node.func.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in ("self", "cls")
    }
    caught = {
        found
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise) and node.exc
        for found in errors_in(node.exc)
    }
    return frozenset(names), frozenset(caught)


def errors_in(node: ast.expr) -> set[str]:
    return {
        part.id
        for part in ast.walk(node)
        if isinstance(part, ast.Name) and is_error(getattr(ct, part.id, None))
    }
