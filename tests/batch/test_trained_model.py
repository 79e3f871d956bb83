"""A trained classifier in `run` and `annotate`: its answers, and what a person should look at."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from openpyxl import load_workbook
from sklearn.pipeline import Pipeline

import csatext as ct
from csatext.batch.annotate import annotate
from csatext.batch.configuration import AnalysisSection, Configuration
from csatext.batch.pipeline import run
from csatext.cli import main

LATE = [f"快递等了{n}天还没送到" for n in range(2, 42)]
MONEY = [f"退款{n}块钱一直没有退" for n in range(2, 42)]
LABELS = ["物流"] * 40 + ["退款"] * 40
STRANGE = "啾啾嘟嘟"


@pytest.fixture(scope="module")
def vectorizer():
    return ct.Vectorizer().fit(LATE + MONEY)


@pytest.fixture(scope="module")
def classifier(vectorizer):
    return ct.ComplaintClassifier(precision=0.9).fit(vectorizer.transform(LATE + MONEY), LABELS)


@pytest.fixture
def model(classifier, tmp_path):
    return ct.save(classifier, tmp_path / "model.csatext")


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "in.csv"
    table = pd.DataFrame({"工单编号": range(6), "内容": [*LATE[:3], *MONEY[:2], STRANGE]})
    table.to_csv(path, index=False)
    return path


def settings(path, **more):
    return Configuration(analysis=AnalysisSection(model=str(path), n_topics=0, **more))


def facts_of(source, out, configuration):
    return pd.read_parquet(run(source, out, configuration).out / "facts.parquet")


def page_of(out):
    return re.sub("<[^>]+>", "", (out / "report.html").read_text("utf-8"))


def test_the_answers_of_a_model_stand_in_the_facts_and_the_report(source, model, tmp_path):
    facts = facts_of(source, tmp_path / "out", settings(model))
    assert facts["complaint"].tolist()[:5] == ["物流"] * 3 + ["退款"] * 2
    # The last contact holds no word that the model knows.
    assert facts["needs_review"].tolist() == [False] * 5 + [True]
    page = page_of(tmp_path / "out")
    assert "分类器从 80 条人工标注学得" in page
    assert "达不到承诺的准确率 90.0% 的 1 条（16.7%）待复核" in page
    trained = pd.read_parquet(tmp_path / "out" / "tables" / "trained_model.parquet").iloc[0]
    assert (trained["n_human"], trained["n_weak"], trained["n_categories"]) == (80, 0, 2)
    assert trained["promised_precision"] == 0.9


def test_a_pipeline_segments_by_its_own_vectorizer(source, classifier, vectorizer, tmp_path):
    path = ct.save(Pipeline([("counts", vectorizer), ("classes", classifier)]), tmp_path / "both.csatext")
    facts = facts_of(source, tmp_path / "out", settings(path))
    assert facts["complaint"].tolist()[:5] == ["物流"] * 3 + ["退款"] * 2


def test_without_a_model_the_rules_say_what_is_in_doubt(tmp_path):
    path = tmp_path / "in.csv"
    texts = ["快递丢了，没人处理", "快递丢了", "气死我了，太让人失望了，我要投诉你们", "请问营业时间"]
    pd.DataFrame({"编号": range(4), "内容": texts}).to_csv(path, index=False)
    facts = facts_of(path, tmp_path / "out", Configuration(analysis=AnalysisSection(n_topics=0)))
    # One clear category; a complaint that none claims; an inquiry.
    assert facts["needs_review"].tolist()[1:] == [False, True, False]
    assert "规则不承诺准确率" in page_of(tmp_path / "out")


def test_the_workbook_has_the_answers_and_what_to_review(source, model, tmp_path):
    annotate(source, tmp_path / "out.xlsx", settings(model), lambda step: None)
    book = load_workbook(tmp_path / "out.xlsx")
    header, *rows = ([cell.value for cell in row] for row in book["联络"].iter_rows())
    table = pd.DataFrame(rows, columns=header)
    assert table["待复核"].tolist() == ["否"] * 5 + ["是"]
    assert table["模型类别"].tolist()[:5] == ["物流"] * 3 + ["退款"] * 2
    assert {"物流", "退款", "配送延误"} <= {cell.value for cell in book["可选类别"]["A"]}


@pytest.mark.parametrize("made", [ct.Sentiment(), ct.ComplaintClassifier()])
def test_what_is_no_trained_classifier_is_refused(source, tmp_path, capsys, made):
    path = ct.save(made, tmp_path / "other.csatext")
    assert main(["run", str(source), "-o", str(tmp_path / "out"), "--model", str(path)]) == 2
    assert "不是训练好的 ComplaintClassifier" in capsys.readouterr().err
    assert not (tmp_path / "out" / "facts.parquet").exists()


def test_a_topic_model_is_taken_as_it_is_and_says_how_well_it_fits(source, vectorizer, tmp_path):
    topics = ct.TopicModel(2, n_iter=30, n_runs=2, labels={0: "甲", 1: "乙"})
    steps = Pipeline([("counts", vectorizer), ("topics", topics)]).fit(LATE + MONEY)
    done = run(source, tmp_path / "out", settings(ct.save(steps, tmp_path / "topics.csatext")))
    facts = pd.read_parquet(done.out / "facts.parquet")
    # The last contact holds no word that the model knows.
    assert facts["topic"].isna().tolist() == [False] * 5 + [True]
    assert set(facts["topic_label"].dropna()) == {"甲", "乙"}
    fit = pd.read_parquet(done.out / "tables" / "topic_fit.parquet")
    assert (fit["n_docs"].tolist(), fit["fits"].tolist()) in (([3, 2], [True] * 2), ([2, 3], [True] * 2))
