"""Service signals: a battery of sentences, and what readings of a clause do to them."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import csatext as ct
from csatext.analysis.signals.signal_hits import find_signals
from csatext.analysis.signals.signal_patterns import SIGNALS
from csatext.labels import name_of
from csatext.text.joined_texts import joined_chunks

BATTERY = Path(__file__).with_name("signal_battery.tsv")
NAMES = [signal.name for signal in SIGNALS]


def signals(*texts):
    result = ct.ServiceSignals().transform(ct.Vectorizer().fit_transform(list(texts)))
    return [set(names.split("、")) - {""} for names in result["signals"]]


@pytest.fixture(scope="module")
def battery():
    with BATTERY.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    wanted = [set(row["signals"].split(",")) - {""} for row in rows]
    return [row["text"] for row in rows], wanted, signals(*(row["text"] for row in rows))


def test_the_battery_is_right_at_95_percent(battery):
    texts, wanted, found = battery
    assert len(texts) >= 200
    wrong = [(text, want, got) for text, want, got in zip(texts, wanted, found, strict=True) if want != got]
    assert len(wrong) <= 0.05 * len(texts), wrong


@pytest.mark.parametrize("name", NAMES)
def test_every_signal_of_the_battery_is_found_and_seldom_wrong(battery, name):
    _, wanted, found = battery
    want, got = (np.array([name in one for one in given]) for given in (wanted, found))
    assert want.sum() >= 12
    assert (want & got).sum() >= 0.9 * max(want.sum(), got.sum())


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("再不解决我就投诉到12315", {"escalation"}),
        ("如果不处理就销户", {"churn"}),
        ("如果销户，积分怎么算", set()),
        ("怎么销户", set()),
        ("我会起诉", {"escalation", "legal"}),
        ("我不会起诉你们", set()),
        ("是不是非要我曝光你们才处理", {"escalation"}),
        ("听说他们店漏电", set()),
        ("客服说马上处理", set()),
        ("请马上处理", {"urgency"}),
        ("谢谢，不用了", set()),
        ("垃圾分类几点投放", set()),
    ],
)
def test_what_is_meant_depends_on_the_clause(text, wanted):
    assert signals(text) == [wanted]


def test_severity_is_the_gravest_of_the_risks():
    corpus = ct.Vectorizer().fit_transform(["服务特别好", "有点失望", "有点失望，我要打12315", ""])
    result = ct.ServiceSignals().transform(corpus)
    assert result["risk_severity"].tolist() == [0, 1, 3, 0]
    assert result["severity_disappointment"].tolist() == [0, 1, 1, 0]
    flags = result.filter(regex="^signal_").to_numpy()
    severities = result.filter(regex="^severity_").to_numpy()
    assert ((severities > 0) == flags).all()
    assert result["signals"].tolist()[3] == ""


def test_evidence_is_traced_to_the_text_as_it_was_read():
    text = "  太失望了！！！！我的电话13812345678，再不回电我就去消协投诉"
    corpus = ct.Vectorizer().fit_transform([text])
    evidence = ct.ServiceSignals().evidence(corpus)
    found = [text[start:end] for start, end in zip(evidence["start"], evidence["end"], strict=True)]
    assert found == ["太失望了", "再不回电我就去消协投诉"]
    assert evidence["signal"].tolist() == ["disappointment", "escalation"]
    assert evidence["term"].tolist() == found


def test_evidence_agrees_with_the_flags(battery):
    corpus = ct.Vectorizer().fit_transform(battery[0])
    evidence = ct.ServiceSignals().evidence(corpus)
    flags = ct.ServiceSignals().transform(corpus)
    for name in NAMES:
        told = evidence.loc[evidence["signal"] == name, "doc_id"].unique()
        assert set(told) == set(flags.index[flags[f"signal_{name}"]])


def test_a_hit_within_a_longer_one_is_no_evidence_but_counts_for_its_severity():
    # What follows 不处理 is pressure; the court named in it is graver.
    hits = find_signals(pd.Series(["不处理就起诉"]))
    hits = hits.take(hits.signal == NAMES.index("escalation"))
    assert hits.severity.tolist() == [2, 3]
    outer = hits.outermost()
    assert (outer.start.tolist(), outer.end.tolist(), outer.severity.tolist()) == ([0], [6], [3])


def test_chunks_give_what_one_text_gives(battery, monkeypatch):
    texts = pd.Series(battery[0])
    whole = find_signals(texts)
    monkeypatch.setattr(
        "csatext.analysis.signals.signal_hits.joined_chunks",
        lambda given: joined_chunks(given, 50),
    )
    parts = find_signals(texts)
    for one, other in zip(whole, parts, strict=True):
        assert one.tolist() == other.tolist()


@pytest.fixture(scope="module")
def facts():
    """Contacts of eight weeks; in the last, the branch in the north threatens to leave."""
    days = pd.date_range("2026-03-02", periods=56)
    rows = [
        {
            "doc_id": f"{day:%m%d}-{branch}-{k}",
            "created_at": day,
            "branch": branch,
            "text": "如果不处理就销户" if branch == "北" and day >= days[49] and k < 6 else "查一下余额",
        }
        for day in days
        for branch in ("北", "南")
        for k in range(8)
    ]
    corpus = ct.Vectorizer().fit_transform(pd.DataFrame(rows))
    return ct.build_facts(
        corpus, ct.ServiceSignals().transform(corpus), ct.RuleClassifier().transform(corpus)
    )


def test_signals_are_measures_of_facts(facts):
    table = ct.breakdown(facts, "branch", "signal_churn").set_index("branch")
    assert table.loc["北", ["numerator", "denominator"]].tolist() == [42, 448]
    assert table.loc["南", "numerator"] == 0


def test_alerts_take_a_signal(facts):
    found = ct.alerts(facts, by=["branch"], measure="signal_churn")
    assert set(found["branch"].dropna()) == {"北"}


def test_root_causes_take_a_signal(facts):
    causes = ct.root_causes(
        facts,
        numerator="signal_churn",
        by=["branch"],
        period="week",
        current="2026-W17",
        baseline=["2026-W13", "2026-W14", "2026-W15", "2026-W16"],
    )
    assert causes.iloc[0]["branch"] == "北"


def test_names_of_the_columns_are_chinese():
    columns = ct.ServiceSignals().transform(ct.Vectorizer().fit_transform(["好"])).columns
    names = [name_of(column) for column in columns]
    assert all(name != column for name, column in zip(names, columns, strict=True))
    assert len(set(names)) == len(names)
