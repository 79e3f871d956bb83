import hashlib
import json
import shutil

import pandas as pd
import pytest

from csatext.batch.configuration import AnalysisSection, Configuration
from csatext.batch.phases.fit import fit
from csatext.batch.phases.run_model import copy_run_model, load_run_model, model_digest, save_run_model
from csatext.errors import InputError, ParameterError


def silent(step):
    assert step


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    above = tmp_path_factory.mktemp("fit")
    frame = pd.DataFrame(
        {"编号": range(60), "内容": ["快递太慢了", "客服态度很好", "退款没到账"] * 20, "渠道": "电话"}
    )
    frame.to_csv(above / "in.csv", index=False)
    given = Configuration(analysis=AnalysisSection(n_topics=2))
    found = fit(above / "in.csv", above / "model", given, silent, sample=40)
    assert (found.fitted, found.contacts) == (40, 60)
    return found.folder


def test_a_model_says_what_it_was_learnt_from(folder):
    model = load_run_model(folder)
    assert (model.card["fitted"], model.card["contacts"]) == (40, 60)
    assert model.card["input"]["name"] == "in.csv"
    assert model.card["configuration"]["analysis"]["n_topics"] == 2
    assert model.rules.n_docs_ == 40
    assert set(model.tables) >= {"taxonomy", "topics"}
    # The columns of the contacts it was fitted to are nobody's business.
    assert model.vectorizer.keep == ()


def test_a_copy_is_the_same_model(folder, tmp_path):
    copy_run_model(folder, tmp_path / "copy", model_digest(folder))
    assert model_digest(tmp_path / "copy") == model_digest(folder)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"copy"}


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda path: (path / "topics.csatext").write_bytes(b"x"), "缺了或被改动过"),
        (lambda path: (path / "tables" / "taxonomy.parquet").unlink(), "缺了或被改动过"),
        (lambda path: (path / "model.json").write_text("{"), "model.json 已损坏"),
        (lambda path: changed(path, files={"../x.csatext": "0"}), "不认识的文件"),
        (lambda path: changed(path, files={"tables/../../x.parquet": "0"}), "不认识的文件"),
        (lambda path: changed(path, files={"/etc/passwd": "0"}), "不认识的文件"),
        (lambda path: changed(path, files={}), "没有可用的「vectorizer」"),
        (lambda path: relisted(path, "tables/taxonomy.parquet", b"no Parquet"), "里面的表不是 Parquet"),
        (lambda path: changed(path, format=9), "格式版本是 9"),
        (lambda path: (path / "model.json").unlink(), "不是模型文件夹"),
    ],
)
def test_a_model_that_was_changed_is_refused(folder, tmp_path, damage, said):
    shutil.copytree(folder, tmp_path / "model")
    damage(tmp_path / "model")
    with pytest.raises(InputError, match=said):
        load_run_model(tmp_path / "model")


def relisted(path, name, content):
    (path / name).write_bytes(content)
    files = json.loads((path / "model.json").read_text("utf-8"))["files"]
    changed(path, files=files | {name: hashlib.sha256(content).hexdigest()})


def changed(path, **values):
    card = json.loads((path / "model.json").read_text("utf-8")) | values
    (path / "model.json").write_text(json.dumps(card), "utf-8")


def test_another_model_than_the_one_asked_for_is_refused(folder):
    with pytest.raises(InputError, match="被换掉了"):
        load_run_model(folder, "0" * 64)


def test_a_folder_of_other_things_is_left_alone(folder, tmp_path):
    (tmp_path / "重要.txt").write_text("x")
    with pytest.raises(InputError, match="已有别的文件"):
        save_run_model(load_run_model(folder), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["重要.txt"]


def test_a_sample_of_nothing_is_refused(tmp_path):
    with pytest.raises(ParameterError, match="sample"):
        fit(tmp_path / "x.csv", tmp_path / "m", Configuration(), silent, sample=0)
