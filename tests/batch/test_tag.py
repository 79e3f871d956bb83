import json
import re
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from tagging.chat_server import serving, texts_of
from tagging.exported_sample import TAXONOMY

from csatext.cli import main

EXPORTS = Path(__file__).parents[1] / "tagging" / "exports"
SENTENCES = (
    "退款一直不到账，等了三周",
    "快递员态度很差",
    "电话打不通，没人接听",
    "请问怎么开发票",
    "包裹丢了，没人管",
)


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    path = tmp_path_factory.mktemp("in") / "五月.csv"
    rows = [(f"T{at}", f"2026-05-{at % 28 + 1:02d}", f"{SENTENCES[at % 5]}（{at}）") for at in range(60)]
    pd.DataFrame(rows, columns=["编号", "时间", "内容"]).to_csv(path, index=False)
    return path


def shown(path):
    """Return the words of a page: numbers stand in elements of their own."""
    return re.sub("<[^<>]*>", "", path.read_text("utf-8"))


def tagged(path, name, answers):
    book = openpyxl.load_workbook(path)
    page = book["标注"]
    for row, (first, who) in answers.items():
        page[f"H{row}"], page[f"K{row}"] = first, who
    book.save(path.with_name(name))
    return str(path.with_name(name))


def test_a_sample_goes_out_comes_back_and_people_are_compared(tmp_path, capsys, source):
    out, store = tmp_path / "质检.xlsx", tmp_path / "tags.parquet"
    assert main(["tag", "export", str(source), "-o", str(out), "--n", "20", "--strategy", "random"]) == 0
    assert "抽出 20 条" in capsys.readouterr().out
    page = openpyxl.load_workbook(out)["标注"]
    assert page.max_row == 21
    assert {page[f"D{row}"].value for row in range(2, 22)} >= {"退换退款"}
    one = tagged(out, "甲.xlsx", dict.fromkeys(range(2, 8), ("退换退款", "甲")))
    other = tagged(
        out, "乙.xlsx", {row: ("退换退款" if row > 3 else "物流配送", "乙") for row in range(2, 8)}
    )
    assert main(["tag", "import", one, other, "--store", str(store), "--date", "2026-05-31"]) == 3
    said = capsys.readouterr().out
    assert "新增 12，改动 0" in said
    assert "请裁定" in said
    kept = pd.read_parquet(store)
    assert set(kept["tagged_on"]) == {"2026-05-31"}
    assert kept["inclusion_probability"].round(6).unique().tolist() == [round(20 / 60, 6)]
    main(["tag", "import", one, other, "--store", str(store), "--date", "2026-06-01"])
    assert "新增 0，改动 0" in capsys.readouterr().out
    assert main(["tag", "agreement", str(store)]) == 0
    said = capsys.readouterr().out
    assert "kappa" in said
    assert "不一致 2 条" in said


def test_a_language_model_tags_the_same_sample(tmp_path, capsys, source, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    out, store = tmp_path / "质检.xlsx", tmp_path / "tags.parquet"
    drawn = ["--n", "9", "--strategy", "random"]
    command = ["tag", "llm", str(source), "--llm", "m", "--store", str(store)]
    command += ["--date", "2026-05-31", *drawn]
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert main(command) != 0
    assert "OPENAI_API_KEY" in capsys.readouterr().err

    def write(texts):
        return json.dumps([{"id": one["id"], "category": "未归类"} for one in texts[:8]])

    with serving([], write) as chat:
        monkeypatch.setenv("OPENAI_BASE_URL", chat.url)
        monkeypatch.setenv("OPENAI_API_KEY", "test")
        assert main([*command[:-5], "31/5", *drawn]) != 0  # refused before anything is paid for
        assert chat.requests == []
        assert main([*command, "--max-calls", "1"]) == 3
    said = capsys.readouterr().out
    assert "调用 1 次，输入 1000 token，输出 10 token" in said
    assert "读到 8 条标注：新增 8" in said
    kept = pd.read_parquet(store)
    assert set(kept["annotator"]) == {"m"}
    assert main(["tag", "export", str(source), "-o", str(out), *drawn]) == 0
    page = openpyxl.load_workbook(out)["标注"]
    texts = [page[f"B{row}"].value for row in range(2, 11)]
    assert [one["text"] for one in texts_of(chat.requests[0])] == [str(text) for text in texts]


def test_bad_cells_are_listed_and_the_code_says_to_mend(tmp_path, capsys, source):
    out = tmp_path / "质检.xlsx"
    main(
        [
            "tag",
            "export",
            str(source),
            "-o",
            str(out),
            "--n",
            "10",
            "--annotators",
            "甲",
            "--annotators",
            "乙",
        ]
    )
    assert "质检-甲.xlsx" in capsys.readouterr().out
    bad = tagged(tmp_path / "质检-甲.xlsx", "回.xlsx", {2: ("没有的类", "甲")})
    assert main(["tag", "import", bad, "--store", str(tmp_path / "t.parquet")]) == 3
    said = capsys.readouterr().out
    assert "回.xlsx\t标注\t2\t一级类别\t没有的类" in said
    assert not (tmp_path / "t.parquet").exists()


def test_the_folder_of_a_run_finds_its_input(tmp_path, capsys, source):
    run = tmp_path / "out"
    assert main(["run", str(source), "-o", str(run)]) == 0
    capsys.readouterr()
    out = tmp_path / "质检.xlsx"
    assert main(["tag", "export", str(run), "-o", str(out), "--n", "10"]) == 1
    assert "请加 --input 原文件" in capsys.readouterr().err
    assert main(["tag", "export", str(run), "-o", str(out), "--n", "10", "--input", str(source)]) == 0
    assert openpyxl.load_workbook(out)["标注"].max_row == 11


def test_flags_of_a_run_are_tagged_and_correct_its_report(tmp_path, capsys, source):
    run, out, store = tmp_path / "out", tmp_path / "质检.xlsx", tmp_path / "flags.parquet"
    main(["run", str(source), "-o", str(run)])
    asked = ["--flag", "is_negative"]
    where = ["--input", str(source), "--n", "40", "--strategy", "random"]
    assert main(["tag", "export", str(run), "-o", str(out), *where, *asked]) == 0
    book = openpyxl.load_workbook(out)
    page = book["标注"]
    place = {cell.value: cell.column for cell in page[1]}
    for row in range(2, 42):
        page.cell(row, place["是否负面"]).value = "是" if row < 12 else "否"
    book.save(out)
    assert main(["tag", "import", str(out), "--store", str(store), *asked]) == 0
    facts = str(run / "facts.parquet")
    capsys.readouterr()
    assert main(["report", facts, "-o", str(tmp_path / "r.html"), "--audit", str(store)]) == 0
    assert "按 40 条抽检校正后为" in shown(tmp_path / "r.html")
    assert main(["report", facts, "-o", str(tmp_path / "r.html"), "--audit", "none.parquet"]) == 1
    assert "文件不存在" in capsys.readouterr().err
    again = ["run", str(source), "-o", str(tmp_path / "again"), "--audit", str(store)]
    assert main(again) == 0
    assert "按 40 条抽检校正后为" in shown(tmp_path / "again" / "report.html")
    assert (tmp_path / "again" / "tables" / "audited_flags.csv").is_file()


def test_dialogues_are_tagged_by_a_scorecard(tmp_path, capsys):
    lines = ["会话编号,轮次,角色,内容"]
    for at in range(12):
        lines += [f"d{at},1,客服,您好", f"d{at},2,客户,退款没有到账", f"d{at},3,客服,已为您申请退款，再见"]
    source, out, store = tmp_path / "turns.csv", tmp_path / "评分.xlsx", tmp_path / "qa.parquet"
    source.write_text("\n".join(lines), encoding="utf-8")
    card = ["--scorecard", "general"]
    assert (
        main(["tag", "export", str(source), "-o", str(out), "--n", "12", *card, "--strategy", "random"]) == 0
    )
    book = openpyxl.load_workbook(out)
    page = book["标注"]
    place = {cell.value: cell.column for cell in page[1]}
    assert page.cell(2, place["机器判断"]).value.startswith("开场问候：通过\n核对信息：不通过")
    assert page.cell(2, place["对话"]).value == "坐席：您好\n客户：退款没有到账\n坐席：已为您申请退款，再见"
    page.cell(2, place["开场问候"]).value = "通过"
    book.save(out)
    assert main(["tag", "import", str(out), "--store", str(store), *card]) == 0
    assert pd.read_parquet(store)["qa_greeting"].tolist() == [True]
    assert main(["tag", "agreement", str(store)]) == 0
    assert main(["tag", "export", str(source), "-o", str(out), *card, "--flag", "is_negative"]) == 2
    assert "--flag 与 --scorecard" in capsys.readouterr().err


def shop(folder):
    """Return the file of the taxonomy of the exports."""
    names = ("id", "label_zh", "parent", "definition")
    entries = [
        {name: value for name in names if (value := getattr(one, name))} for one in TAXONOMY.categories
    ]
    path = folder / "shop.yaml"
    path.write_text(json.dumps({"name": "shop", "version": "3", "categories": entries}), "utf-8")
    return str(path)


def test_exports_of_every_tool_end_in_the_same_store(tmp_path, capsys):
    card = ["--taxonomy", shop(tmp_path), "--date", "2026-05-31", "--name", "1=张三", "--name", "2=李四"]
    card += ["--name", "doccano_anna=张三", "--name", "doccano_bob=李四"]
    stores = {}
    for name, files in {
        "json": ["label_studio.json"],
        "csv": ["label_studio.csv"],
        "jsonl": ["doccano_anna.jsonl", "doccano_bob.jsonl"],
    }.items():
        store = tmp_path / f"{name}.parquet"
        paths = [str(EXPORTS / file) for file in files]
        assert main(["tag", "import", *paths, "--store", str(store), *card]) == 3
        columns = ["doc_id", "annotator", "category", "subcategory", "inclusion_probability"]
        rows = pd.read_parquet(store)[columns].fillna("")
        stores[name] = sorted(rows.itertuples(index=False, name=None))
        assert main(["tag", "import", *paths, *paths[::-1], "--store", str(store), *card]) == 3
        assert "新增 0，改动 0" in capsys.readouterr().out
    assert len(stores["json"]) == 7
    assert {row[:4] for row in stores["json"]} == {row[:4] for row in stores["jsonl"]}
    assert stores["json"] == stores["csv"]
    # Those of two tools are read together: what one person said in both is one tag.
    both = [str(EXPORTS / name) for name in ("label_studio.json", "doccano_anna.jsonl")]
    assert main(["tag", "import", *both, "--store", str(tmp_path / "both.parquet"), *card]) == 3
    assert "新增 7" in capsys.readouterr().out
    assert main(["tag", "import", *both, "--store", "x.parquet", "--name", "张三"]) == 2
    assert "--name「张三」不可用" in capsys.readouterr().err


def test_a_sample_goes_out_to_other_tools(tmp_path, capsys, source):
    drawn = ["--n", "8", "--strategy", "random"]
    for name, beside in {"任务.json": "任务.xml", "数据.jsonl": "数据-类别.json"}.items():
        assert main(["tag", "export", str(source), "-o", str(tmp_path / name), *drawn]) == 0
        assert beside in capsys.readouterr().out
        assert (tmp_path / beside).is_file()
        assert main(["tag", "import", str(tmp_path / name), "--store", str(tmp_path / "s.parquet")]) == 0
        assert "还没有填一格标注" in capsys.readouterr().out
    tasks = json.loads((tmp_path / "任务.json").read_text("utf-8"))
    lines = [json.loads(line) for line in (tmp_path / "数据.jsonl").read_text("utf-8").splitlines()]
    assert [task["data"]["doc_id"] for task in tasks] == [line["doc_id"] for line in lines]
    assert any(task.get("predictions") for task in tasks)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            ["-o", "任务.xls"],
            "「任务.xls」的后缀不对；可用 .xlsx（工作簿）、.json（Label Studio）、.jsonl（doccano）",
        ),
        (["-o", "a.json", "--format", "doccano"], "后缀不对"),
        (["-o", "a.json", "--scorecard", "general"], "Label Studio 只能标类别"),
        (["-o", "a.jsonl", "--flag", "is_negative"], "doccano 只能标类别"),
        (["-o", "a.jsonl", "--annotators", "甲"], "--annotators 只用于工作簿"),
    ],
)
def test_what_another_tool_cannot_do_is_said(capsys, source, asked, said):
    assert main(["tag", "export", str(source), *asked]) == 2
    assert said in capsys.readouterr().err


def test_wrong_usage_is_a_sentence(tmp_path, capsys):
    assert main(["tag"]) == 2
    assert main(["tag", "agreement", str(tmp_path / "none.parquet")]) == 1
    assert "请先用 csatext tag import" in capsys.readouterr().err
