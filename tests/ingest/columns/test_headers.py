"""Header names to canonical columns."""

import time

import pandas as pd
import pytest

import csatext as ct
from csatext.ingest.columns.headers import known_headers, map_columns, normal_header


@pytest.mark.parametrize(
    ("header", "canonical"),
    [
        ("\ufeff投诉内容", "text"),
        (" 投 诉 内 容 ", "text"),
        ("投訴內容", "text"),
        ("投诉内容（必填）", "text"),
        ("*投诉内容：", "text"),
        ("ＣＯＮＴＥＮＴ", "text"),
        ("Review Text", "text"),
        ("来源渠道", "channel"),
        ("产品名称", "product"),
        ("地区", "region"),
        ("坐席工号", "agent_id"),
        ("客户号", "customer_id"),
        ("满意度", "csat"),
        ("Create Time", "created_at"),
        ("是否解决", "resolved"),
        ("客户诉求", "text"),
        ("gmt_create", "created_at"),
        ("受理方式", "channel"),
    ],
)
def test_headers(header: str, canonical: str) -> None:
    assert known_headers()[normal_header(header)].canonical == canonical


def test_the_better_header_wins_and_the_other_keeps_its_name() -> None:
    frame = pd.DataFrame({"内容": ["次要的话"], "投诉内容": ["主要的话"]})
    mapped, notes = map_columns(frame, None, "a.csv")
    assert mapped.columns.tolist() == ["内容", "text"]
    assert "保留原名" in notes[0].detail


def test_an_empty_column_never_wins() -> None:
    frame = pd.DataFrame({"投诉内容": ["", None], "内容": ["慢", "差"]})
    assert map_columns(frame, None, "a.csv")[0].columns.tolist() == ["投诉内容", "text"]


def test_the_only_long_text_is_guessed_and_said() -> None:
    frame = pd.DataFrame(
        {"代码": ["A1", "A2"], "情况说明书": ["宽带一直掉线没有人来修", "快递放门口被人拿走了"]}
    )
    mapped, notes = map_columns(frame, None, "a.csv")
    assert mapped.columns.tolist() == ["代码", "text"]
    assert "唯一的长文本列" in notes[-1].detail


def test_two_long_texts_are_not_guessed() -> None:
    long = ["宽带一直掉线没有人来修", "快递放门口被人拿走了"]
    with pytest.raises(ct.InputError, match="甲、乙"):
        map_columns(pd.DataFrame({"甲": long, "乙": long[::-1]}), None, "a.csv")


def test_a_name_that_is_taken_is_kept_beside() -> None:
    frame = pd.DataFrame({"text": ["旧"], "备注": ["新"]})
    mapped, _ = map_columns(frame, {"text": "备注"}, "a.csv")
    assert mapped.columns.tolist() == ["text_原列", "text"]


def test_the_last_part_of_a_nested_name_counts_but_a_whole_name_wins() -> None:
    frame = pd.DataFrame({"ticket.content": ["一句话"], "ticket.created_at": ["2024"], "channel": ["电话"]})
    assert map_columns(frame, None, "a.json")[0].columns.tolist() == ["text", "created_at", "channel"]
    frame = pd.DataFrame({"answer.content": ["答复"], "留言": ["问题"]})
    assert map_columns(frame, None, "a.json")[0].columns.tolist() == ["answer.content", "text"]


def test_kinds_become_types(tmp_path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "编号,内容,满意度,是否解决,客户号,金额,备注\n007,慢,4分,是,001,1.5,\n008,差,5分,否,002,2,无\n",
        "utf-8",
    )
    contacts = ct.read_contacts(path)
    assert contacts["doc_id"].tolist() == ["007", "008"]
    assert contacts["csat"].tolist() == [4.0, 5.0]
    assert contacts["resolved"].tolist() == [True, False]
    assert contacts["customer_id"].tolist() == ["001", "002"]
    assert contacts["金额"].tolist() == [1.5, 2.0]
    assert contacts["备注"].isna().tolist() == [True, False]


REGIONAL = {
    "created_at": "建立時間 建立日期 客訴日期 反映時間 進件日期 填單日期 立案日期",
    "channel": "管道 通路 來源管道 進線管道 案件來源",
    "text": "客訴內容 訊息 客戶意見 回饋內容 建议与意见 陳情內容 案情摘要",
    "doc_id": "案號 客訴編號 項次",
}


@pytest.mark.parametrize("canonical", REGIONAL)
def test_headers_of_taiwan_and_hong_kong(canonical: str) -> None:
    found = [known_headers().get(normal_header(header)) for header in REGIONAL[canonical].split()]
    assert [known.canonical if known else None for known in found] == [canonical] * len(found)


@pytest.mark.parametrize("unit", ["<", "(", "<(", "【a"])
def test_an_open_bracket_over_and_over_takes_no_time(unit):
    name = "投诉内容" + unit * 100_000
    start = time.process_time()
    assert normal_header(name).startswith("投诉内容")
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("内容（必填）", "内容"), ("内容(a", "内容a"), ("(甲)内容(乙", "内容乙"), ("内容((x)y)", "内容y")],
)
def test_remarks_in_brackets_go_and_what_never_closes_stays(name, wanted):
    assert normal_header(name) == wanted
