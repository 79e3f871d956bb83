import json
from html.parser import HTMLParser

import pandas as pd
import pytest

from csatext.errors import ParameterError
from csatext.reporting.sentences import FORMS, figure, interval, join, say

ROW = {"channel": '在线"><script>', "n": 1200.0, "value": 0.25, "low": 0.2, "high": None}


def rate():
    return figure("breakdown_channel", ROW, ["channel"], "value", "percent")


def test_a_sentence_reads_like_one_and_knows_its_cells():
    said = say("共 {n} 条，{rate}。", n=figure("overview", ROW, [], "n", "number"), rate=rate())
    assert str(said) == "共 1,200 条，25.0%。"
    assert [(found.table, found.column, found.value) for found in said.figures] == [
        ("overview", "n", 1200.0),
        ("breakdown_channel", "value", 0.25),
    ]
    assert said and not say("")


def test_marks_hold_the_address_and_words_stay_text():
    class Marks(HTMLParser):
        def __init__(self):
            super().__init__()
            self.seen, self.tags = {}, []

        def handle_starttag(self, tag, attrs):
            self.tags.append(tag)
            self.seen = dict(attrs)

    parser = Marks()
    parser.feed(say("<b>{rate}</b>", rate=rate()).__html__())
    assert parser.tags == ["data"]
    assert json.loads(parser.seen["data-row"]) == {"channel": '在线"><script>'}
    assert (parser.seen["value"], parser.seen["data-form"]) == ("0.25", "percent")


def test_parts_are_sentences_too_and_braces_in_them_are_words():
    said = say("{listed}。", listed=join("、", ["{a}", say("乙 {rate}", rate=rate())])) + "完"
    assert str(said) == "{a}、乙 25.0%。完"
    assert len(said.figures) == 1


def test_an_interval_without_an_end_is_a_dash():
    assert str(interval("t", ROW, ["channel"], "percent")) == "—"
    assert str(interval("t", ROW | {"high": 0.3}, ["channel"], "percent")) == "20.0% – 30.0%"


def test_an_unknown_form_or_part_is_refused():
    with pytest.raises(ParameterError, match="percent"):
        figure("t", ROW, [], "n", "euro")
    with pytest.raises(ParameterError, match="rate"):
        say("{rate}", n="1")


@pytest.mark.parametrize("form", FORMS)
def test_a_missing_number_is_a_dash_in_every_form(form):
    found = figure("t", {"n": pd.NA}, [], "n", form)
    assert (found.text, found.value) == ("—", None)
