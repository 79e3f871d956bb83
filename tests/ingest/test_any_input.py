"""Dialogues through a run: the customer's side, nothing personal over two turns, every row accounted for."""

import json
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from csatext.batch.configuration import Configuration
from csatext.cli import main
from csatext.errors import ParameterError
from csatext.ingest.any_input import read_any
from csatext.ingest.options import ReadOptions

HALVES = ("幺三八零零", "幺三八零零幺")
ROWS, DIALOGUES = 20, 5


def turns_of(number):
    said = [
        ("客服", f"您好，{number}号为您服务，请报手机号"),
        ("用户", f"嗯，{HALVES[0]}"),
        ("客服", "嗯"),
        ("用户", f"{HALVES[1]}，快递太慢了要退款"),
    ]
    return said if number else said[:1] * 4


def written(folder, shape):
    if shape == "table":
        path = folder / "d.csv"
        rows = [(f"D{n}", role, text) for n in range(DIALOGUES) for role, text in turns_of(n)]
        pd.DataFrame(rows, columns=["会话ID", "角色", "内容"]).to_csv(path, index=False)
    elif shape == "nested":
        path = folder / "d.jsonl"
        lines = [
            {"dialogue_id": f"D{n}", "turns": [{"speaker": r, "text": t} for r, t in turns_of(n)]}
            for n in range(DIALOGUES)
        ]
        path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    else:
        path = folder / "d.csv"
        cells = ["\n".join(f"{r}：{t}" for r, t in turns_of(n)) for n in range(DIALOGUES)]
        pd.DataFrame({"工单号": [f"D{n}" for n in range(DIALOGUES)], "通话内容": cells}).to_csv(
            path, index=False
        )
    return path


def everything(folder):
    for path in folder.rglob("*"):
        if path.suffix == ".parquet":
            yield str(pq.read_table(path).to_pydict())
        elif path.is_file():
            yield path.read_text("utf-8-sig")


@pytest.mark.parametrize("shape", ["table", "nested", "cell"])
def test_a_run_over_dialogues(tmp_path, capsys, shape):
    source, out = written(tmp_path, shape), tmp_path / "out"
    assert main(["run", str(source), "-o", str(out)]) == 0
    said = capsys.readouterr()
    # Dialogue 0 is the desk alone: its four turns are rejects, the other sixteen make four contacts.
    assert "16 句对话合成 4 条联络，4 行剔除" in said.out
    assert "按对话读入：16 句，合成 4 条联络" in said.err
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    assert manifest["rows"] == {"rows": ROWS, "turns": 16, "contacts": 4, "rejects": 4}
    assert manifest["input"]["kind"] == "turns"
    assert manifest["rejects"] == {"对话里没有客户说的话": 4}
    quality = pd.read_parquet(out / "tables" / "quality.parquet").set_index("check")
    assert quality.loc["dialogues", "n"] == 16
    assert quality.loc["dialogues_mute", "n"] == 4
    text = "\n".join(everything(out))
    assert "快递太慢了要退款" in text
    assert not [value for value in (*HALVES, "为您服务，请报") if value in text.replace("号为您", "")]


def test_kind_overrides_what_is_seen(tmp_path, capsys):
    source = written(tmp_path, "table")
    assert main(["annotate", str(source), "-o", str(tmp_path / "a.csv"), "--kind", "contacts"]) == 0
    assert len(pd.read_csv(tmp_path / "a.csv")) == ROWS
    assert main(["annotate", str(source), "-o", str(tmp_path / "b.csv"), "--text"]) == 0
    tagged = pd.read_csv(tmp_path / "b.csv")
    assert len(tagged) == 4
    assert not tagged["text"].str.contains("为您服务").any()
    (tmp_path / "c.toml").write_text('[input]\nkind = "contacts"\n', encoding="utf-8")
    args = ["annotate", str(source), "-o", str(tmp_path / "c.csv"), "--config", str(tmp_path / "c.toml")]
    assert main(args) == 0
    assert len(pd.read_csv(tmp_path / "c.csv")) == ROWS
    assert main([*args, "--kind", "dialogue"]) == 2
    assert "--kind" in capsys.readouterr().err


def test_a_configuration_with_another_kind_is_refused(tmp_path, capsys):
    source = written(tmp_path, "table")
    (tmp_path / "c.toml").write_text('[input]\nkind = "calls"\n', encoding="utf-8")
    args = ["run", str(source), "-o", str(tmp_path / "out"), "--config", str(tmp_path / "c.toml")]
    assert main(args) == 2
    assert "input.kind" in capsys.readouterr().err


def test_check_looks_at_turns(tmp_path, capsys):
    assert main(["check", str(written(tmp_path, "table"))]) == 0
    said = capsys.readouterr().out
    assert "按对话读\t-\t16/20" in said
    assert "只有一方说话的对话\trole\t1/5" in said


def test_a_ticket_table_stays_one_row_a_contact(tmp_path):
    path = tmp_path / "t.csv"
    rows = [(f"T{n}", ["客服", "用户"][n % 2], f"第{n}次退款没到账") for n in range(10)]
    pd.DataFrame(rows, columns=["工单号", "角色", "投诉内容"]).to_csv(path, index=False)
    said = []
    read, turns = read_any(path, ReadOptions(), said.append)
    assert (len(read.contacts), read.turns, turns, said) == (10, None, None, [])


def test_the_command_line_wins_over_the_kind_of_the_file():
    given = Configuration(input=ReadOptions(kind="turns"))
    assert given.with_given(kind="contacts").input.kind == "contacts"
    assert given.with_given(kind="").input.kind == "turns"


@pytest.mark.parametrize("name", ["txt", "Text", "contents", "create_time", "chanel"])
def test_a_name_that_is_not_canonical_is_said_while_reading(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("编号,投诉内容,来自哪\n1,退款一直没到账,电话\n2,没人管这件事,在线\n", encoding="utf-8")
    said: list[str] = []
    read, _ = read_any(path, ReadOptions(columns={name: "来自哪"}), said.append)
    assert [sentence for sentence in said if "不是标准列名" in sentence and name in sentence]
    assert read.contacts[name].tolist() == ["电话", "在线"]


def test_title_and_body_are_contacts_and_no_dialogue(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("编号,标题,内容\n1,退款,一直没到账\n2,态度,没人管这件事\n", encoding="utf-8")
    columns = {"text": ["标题", "内容"]}
    read, turns = read_any(path, ReadOptions(columns=columns), [].append)
    assert turns is None
    assert read.contacts["text"].tolist() == ["退款\n一直没到账", "态度\n没人管这件事"]
    with pytest.raises(ParameterError, match="对话"):
        read_any(path, ReadOptions(columns=columns, kind="turns"), [].append)
