import numpy as np
import pandas as pd
import pytest

import csatext as ct
from csatext.batch.configuration import AnalysisSection, Configuration, TablesSection
from csatext.batch.phases import new_topics
from csatext.batch.phases.fit import fit
from csatext.batch.phases.run_by_model import run_by_model

GIVEN = Configuration(analysis=AnalysisSection(n_topics=4), tables=TablesSection(by=["channel"]))
FAULTS = ("鼓包", "冒烟", "发烫")


def silent(step):
    assert step


@pytest.fixture(scope="module")
def earlier():
    found = ct.simulate_center(900, random_state=4, weeks=6).contacts
    return found[["doc_id", "text", "created_at", "channel"]].reset_index(drop=True)


@pytest.fixture(scope="module")
def model(earlier, tmp_path_factory):
    folder = tmp_path_factory.mktemp("kept")
    earlier.to_csv(folder / "earlier.csv", index=False)
    return fit(folder / "earlier.csv", folder / "model", GIVEN, silent).folder


def week_after(earlier, texts):
    begin = pd.to_datetime(earlier["created_at"]).max().normalize() + pd.Timedelta(days=8)
    times = begin + pd.to_timedelta(np.arange(len(texts)) * 30, unit="min")
    ids = [f"N{at}" for at in range(len(texts))]
    return pd.DataFrame({"doc_id": ids, "text": texts, "created_at": times, "channel": "电话"})


def test_a_topic_that_the_model_does_not_know_is_an_alert(earlier, model, tmp_path):
    usual = earlier["text"].iloc[:100].tolist()
    new = [f"充电宝{FAULTS[at % 3]}又{FAULTS[(at + 1 + at % 2) % 3]}，烫手" for at in range(60)]
    pd.concat([earlier, week_after(earlier, usual + new)]).to_csv(tmp_path / "in.csv", index=False)
    done = run_by_model(tmp_path / "in.csv", tmp_path / "out", GIVEN, silent, model=model, n_jobs=1)
    found = pd.read_parquet(done.out / "tables" / "emerging_topics.parquet")
    assert found["is_new"].all()
    assert found["label"].str.contains("烫手").any()
    assert found["n_docs"].sum() == pytest.approx(60, abs=6)
    assert "最近一周新出现或明显增多的主题" in (done.out / "report.html").read_text("utf-8")


def test_a_week_like_those_before_has_no_new_topic(earlier, model, tmp_path):
    pd.concat([earlier, week_after(earlier, earlier["text"].iloc[100:250].tolist())]).to_csv(
        tmp_path / "in.csv", index=False
    )
    done = run_by_model(tmp_path / "in.csv", tmp_path / "out", GIVEN, silent, model=model, n_jobs=1)
    assert pd.read_parquet(done.out / "tables" / "emerging_topics.parquet").empty
    assert "最近一周新出现或明显增多的主题" not in (done.out / "report.html").read_text("utf-8")


def test_contacts_are_evenly_spread():
    assert new_topics._spread(np.arange(10), 10).tolist() == list(range(10))
    assert new_topics._spread(np.arange(10), 4).tolist() == [0, 3, 6, 9]
