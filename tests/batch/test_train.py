import pandas as pd
import pytest

from csatext.cli import main
from csatext.tagging.tag_store import add_tags

SAID = {"物流": ("快递太慢了", "包裹还没到", "快递丢了"), "退款": ("退款没到账", "不给退钱", "退款太慢")}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("train")
    rows = [(f"T{at}", f"{SAID[one][at % 3]}，第{at}次", one) for at, one in enumerate(["物流", "退款"] * 20)]
    table = pd.DataFrame(rows, columns=["编号", "内容", "类别"])
    table.drop(columns="类别").to_csv(folder / "原文.csv", index=False)
    table.to_csv(folder / "标注表.csv", index=False)
    tags = pd.DataFrame({"doc_id": table["编号"], "annotator": "甲", "category": table["类别"], "note": ""})
    tags = tags.assign(subcategory=None, inclusion_probability=0.5, taxonomy_version="", stratum="")
    divided = tags.head(2).assign(annotator="乙", category="其他")
    add_tags(pd.concat([tags, divided], ignore_index=True), folder / "tags.parquet", "2026-05-31")
    return folder


def test_tags_become_a_model_that_tags_the_rest(files, capsys):
    store, model, out = files / "tags.parquet", files / "a.model", files / "out.parquet"
    assert main(["train", str(store), "--input", str(files / "原文.csv"), "-o", str(model)]) == 0
    assert "用 38 条标注学了 2 个类别，2 条标注人意见不一" in capsys.readouterr().out
    assert main(["annotate", str(files / "原文.csv"), "-o", str(out), "--model", str(model)]) == 0
    table = pd.read_parquet(out)
    wanted = ["物流", "退款"] * 20
    assert (table["complaint"] == wanted).mean() > 0.95
    assert {"complaint_probability", "needs_review"} <= set(table)


def test_a_table_with_texts_and_labels_is_enough(files, capsys):
    assert main(["train", str(files / "标注表.csv"), "-o", str(files / "b.model")]) == 0
    assert "用 40 条标注学了 2 个类别。" in capsys.readouterr().out


def test_a_tampered_model_and_missing_texts_are_refused(files, capsys):
    model = files / "c.model"
    main(["train", str(files / "标注表.csv"), "-o", str(model)])
    data = bytearray(model.read_bytes())
    data[len(data) // 2] ^= 0xFF
    model.write_bytes(bytes(data))
    capsys.readouterr()
    out = files / "never.csv"
    assert main(["annotate", str(files / "原文.csv"), "-o", str(out), "--model", str(model)]) == 1
    assert "c.model" in capsys.readouterr().err
    assert not out.exists()
    assert main(["train", str(files / "原文.csv"), "-o", str(files / "d.model")]) == 1
    assert "没有类别列" in capsys.readouterr().err


def test_a_store_without_its_texts_is_said_to_need_them(files, capsys):
    assert main(["train", str(files / "tags.parquet"), "-o", str(files / "e.model")]) == 1
    said = capsys.readouterr().err.splitlines()
    assert said[-1].endswith("是标注库，里面没有文本；请加 --input 原文件（抽样时读的那一份）。")
