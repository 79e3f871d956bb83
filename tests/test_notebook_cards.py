"""What objects show in a notebook: their shape, first rows and next steps, and nothing that acts."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pandas as pd
import pytest

import csatext as ct

HOSTILE = '<script>alert(1)</script>"\u202e\ud800 {{7*7}} ' + "长" * 1_000_000


class Tags(HTMLParser):
    """Tags and attributes of some markup, all closed in order."""

    def __init__(self, markup):
        super().__init__()
        self.open, self.seen, self.attributes = [], set(), set()
        self.feed(markup)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.seen.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def shows_only(markup):
    markup.encode("utf-8")
    tags = Tags(markup)
    assert tags.seen <= {"div", "b", "table", "thead", "tbody", "tr", "th", "td", "p", "code", "mark"}
    assert tags.attributes <= {"style", "title"}
    assert "\u202e" not in markup and len(markup) < 20_000
    return re.sub(r"<[^>]*>", "", markup)


@pytest.fixture(scope="module")
def corpus():
    texts = [HOSTILE, "客服态度太差，打13812345678没人接", "很好"] * 4
    contacts = pd.DataFrame({"doc_id": [f"<b>{at}" for at in range(12)]})
    contacts["text"] = pd.Series(texts, dtype=object)
    contacts["<i>列"] = HOSTILE[:99].replace("\ud800", "")
    return ct.Vectorizer().fit_transform(contacts)


def test_a_corpus_shows_its_shape_first_rows_and_next_steps(corpus):
    said = shows_only(corpus._repr_html_())
    assert "Corpus(docs=12" in said and "ct.Sentiment().transform(corpus)" in said
    assert "[手机号]" in said and "13812345678" not in said
    assert "&lt;i&gt;列" in said and "&lt;b&gt;0" in said
    assert shows_only(corpus[:0]._repr_html_())


@pytest.mark.parametrize(
    ("made", "wanted"),
    [
        (lambda: ct.simulate_center(200), ["200 条（contacts）", "200 行 ×", "只显示开头"]),
        (ct.Taxonomy.load, ["Taxonomy(first_level=", "ct.RuleClassifier(taxonomy)"]),
        (ct.QAScorecard.load, ["开场问候", "一票否决", "15 行 × 5 列"]),
    ],
)
def test_data_show_themselves(made, wanted):
    said = shows_only(made()._repr_html_())
    assert [words for words in wanted if words not in said] == []


def test_estimators_show_what_they_have_learnt_and_no_script(corpus):
    kinds = [ct.KeywordExtractor, ct.TopicModel, ct.RuleClassifier, ct.ComplaintClassifier, ct.Sentiment]
    kinds += [ct.ServiceSignals, ct.ContactKind, ct.AspectSentiment, ct.SnowNLPSentiment, ct.Vectorizer]
    for kind in [*kinds, ct.SatisfactionModel]:
        said = shows_only(kind()._repr_html_())
        assert kind.__name__ in said and ".fit(…)" in said and "还没有训练" in said
    model = ct.TopicModel(2, n_iter=10, n_runs=1).fit(corpus)
    said = shows_only(model._repr_mimebundle_()["text/html"])
    assert "已训练" in said and "components_" in said and ".transform(…)" in said
    assert "***" in ct.Vectorizer(pseudonymize="secret")._repr_html_()
    assert "secret" not in ct.Vectorizer(pseudonymize="secret")._repr_html_()
