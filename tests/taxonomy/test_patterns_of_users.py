"""Regular expressions of users: RE2 and a bounded size, and a sentence for what is not accepted."""

import time
from pathlib import Path

import pandas as pd
import pytest

import csatext as ct
from csatext.errors import LexiconError
from csatext.taxonomy import Category
from csatext.taxonomy.patterns import PatternError, parse_pattern
from csatext.taxonomy.qa_scorecard import QAScorecard


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        (r"退款(?=慢)", "不支持环视.*写进 except.*甲 .. 乙"),
        (r"(?<!不)退款", "不支持环视"),
        (r"(退|款)\1", "不支持回溯引用.*用 | 分开"),
        (r"(?P<a>退)(?P=a)", "不支持回溯引用"),
        (r"(?>退+)款", "不支持原子组和占有量词"),
        (r"退++款", "去掉它们即可"),
        (r"退\C", r"不支持 \\C.*任意一个字请写 \."),
        (r"(退", "括号要成对"),
        (r"(?:(?:a{900}){900}){900}", "最多重复 1000 次"),
        (r"退.{900}款", "多出 899 个字，最多 100 个；.*甲 ..20.. 乙"),
        (r"(?:.{0,30}慢){30}", "多出 928 个字"),
        ("词" * 1001, "有 1,001 个字，最多 1000 个"),
        ("a*", "连空文本也能匹配"),
        ("", "后面没有正则表达式"),
    ],
)
def test_what_is_refused_says_what_to_write_instead(expression: str, why: str) -> None:
    with pytest.raises(PatternError, match=why):
        parse_pattern(f"re:{expression}")


@pytest.mark.parametrize(
    "expression",
    [
        "第[三四五]次来电",
        "退.{0,20}款.{0,40}慢",
        r"\(\?=a\)",
        r"\\C退",
        "[*+]+元",
        r"\p{Han}{2,8}店",
        "(?i:app)闪退",
        r"[\]\d]{4,}",
        "(?:" + "|".join(f"词{i}" for i in range(200)) + ")",
    ],
)
def test_what_is_accepted_is_left_as_it_is(expression: str) -> None:
    assert parse_pattern(f"re:{expression}").expression == expression


CATASTROPHIC = ("(a+)+$", "(a|aa|aaa)+b", "(.*)*(.*)*(.*)*x", "(a?){50}a{50}b", "(?:a|b|ab)*c")


def test_catastrophic_expressions_are_quick() -> None:
    """Of the five, Python's own engine needs longer than the age of the world for the first."""
    text = "a" * 20_000 + "!"
    categories = [Category(str(at), str(at), patterns=(f"re:{one}",)) for at, one in enumerate(CATASTROPHIC)]
    contacts = pd.DataFrame({"doc_id": ["1", "2"], "text": [text, "b" + "a" * 50 + "b"]})
    corpus = ct.Vectorizer(min_df=1).fit_transform(contacts)
    rules = ct.RuleClassifier(ct.Taxonomy(categories)).fit(corpus)
    start = time.process_time()
    found = rules.transform(corpus)
    assert time.process_time() - start < 5
    assert set(found.index) <= {"1", "2"}


@pytest.mark.parametrize("said", [r"re:(?<!不)您好", r"re:(您)\1"])
def test_a_scorecard_has_the_same_guard(said: str) -> None:
    with pytest.raises(LexiconError, match=r"「hello」.*不支持"):
        QAScorecard.load({"items": [{"id": "hello", "said": [said], "weight": 10}]})


def test_a_taxonomy_names_the_line_of_an_expression(tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    path.write_text("- id: a\n  label_zh: 甲\n  patterns:\n    - 慢\n    - re:退款(?!慢)\n", "utf-8")
    with pytest.raises(LexiconError, match=r"第 5 行有误.*不支持环视"):
        ct.Taxonomy.load(path)
