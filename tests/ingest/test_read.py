"""read_contacts and read_input: one road for every kind of file; rows in = contacts + rejects."""

import json
import sqlite3
from pathlib import Path

import opencc
import pandas as pd
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import csatext as ct
from csatext.errors import ParameterError
from csatext.ingest.contacts import read_input
from csatext.schema import conform
from csatext.schema.contacts import CONTACTS, QUALITY, REJECTS

PLAIN = (
    "工单编号,投诉内容,投诉时间,渠道,满意度\n"
    "T1,退款一周没到账,2024/5/1 10:00,电话,2\n"
    "T2,物流太慢,2024年5月2日,在线,5\n"
)


def write(folder: Path, name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "big5", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_csv_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    text = opencc.OpenCC("s2t").convert(PLAIN) if encoding == "big5" else PLAIN
    contacts = ct.read_contacts(write(tmp_path, "a.csv", text, encoding))
    assert contacts.columns.tolist() == ["doc_id", "text", "created_at", "channel", "csat"]
    assert contacts["doc_id"].tolist() == ["T1", "T2"]
    assert contacts["text"].iloc[1] == "物流太慢"
    assert contacts["created_at"].tolist() == [pd.Timestamp("2024-05-01 10:00"), pd.Timestamp("2024-05-02")]
    assert str(contacts["created_at"].dtype) == "datetime64[us]"
    assert contacts["csat"].tolist() == [2, 5]


def test_result_tables_conform_and_attrs_are_plain(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", PLAIN + "T3,,2024/5/3,电话,1\nT1,重复编号 13800000000,2024/5/4,电话,1\n")
    result = read_input(path)
    assert result.rows == len(result.contacts) + len(result.rejects) == 4
    conform(result.contacts, CONTACTS)
    assert list(result.rejects.columns) == [c.name for c in REJECTS.columns]
    assert list(result.quality.columns) == [c.name for c in QUALITY.columns]
    assert result.rejects["reason"].tolist() == ["文本为空", "doc_id 与前面的行重复"]
    assert result.rejects["line"].tolist() == [4, 5]
    assert "13800000000" in result.rejects["raw"].iloc[1]
    contacts = ct.read_contacts(path)
    assert json.loads(json.dumps(contacts.attrs)) == contacts.attrs
    assert "13800000000" not in json.dumps(contacts.attrs)
    assert contacts.attrs["rows"] == 4
    assert pd.concat([contacts, contacts]).shape[0] == 4


def test_mapping_by_the_caller_wins(tmp_path: Path) -> None:
    path = write(
        tmp_path, "a.csv", "编号,投诉内容,处理备注\n1,退款慢,已联系客户说明\n2,物流慢,已催促仓库发货\n"
    )
    contacts = ct.read_contacts(path, columns={"text": "处理备注", "doc_id": "编号"})
    assert contacts["text"].tolist() == ["已联系客户说明", "已催促仓库发货"]
    assert contacts["投诉内容"].tolist() == ["退款慢", "物流慢"]


def test_missing_doc_id_is_made_and_said(tmp_path: Path) -> None:
    contacts = ct.read_contacts(write(tmp_path, "a.csv", "review,label\n好,1\n差,0\n"))
    assert contacts["doc_id"].tolist() == ["1", "2"]
    assert "doc_id_made" in [row["check"] for row in contacts.attrs["quality"]]


def test_a_session_number_is_no_identifier(tmp_path: Path) -> None:
    rows = "".join(f"s{i // 5},第{i}句话说的是别的事\n" for i in range(40))
    contacts = ct.read_contacts(write(tmp_path, "a.csv", "session_id,content\n" + rows))
    assert len(contacts) == 40
    assert contacts["doc_id"].is_unique
    assert contacts["session_id"].nunique() == 8


def test_one_text_a_line(tmp_path: Path) -> None:
    contacts = ct.read_contacts(write(tmp_path, "a.txt", "太慢了\n退款,没到,很差\n\n还行\n"))
    assert contacts["text"].tolist() == ["太慢了", "退款,没到,很差", "还行"]


DATED = "编号,内容,时间\n1,慢,2024/5/1\n2,差,上个月底\n3,贵,\n4,坏,2024/5/4\n"


def test_a_row_whose_date_cannot_be_read_is_a_reject(tmp_path: Path) -> None:
    result = read_input(write(tmp_path, "a.csv", DATED))
    assert result.contacts["doc_id"].tolist() == ["1", "3", "4"]
    assert result.contacts["created_at"].isna().tolist() == [False, True, False]
    assert result.contacts.columns.tolist() == ["doc_id", "text", "created_at"]
    assert result.rejects[["line", "reason", "raw"]].values.tolist() == [
        [3, "日期读不出：上个月底", "2,差,上个月底"]
    ]
    assert result.rows == 4
    quality = result.quality.set_index("check")
    assert (quality.loc["date_unreadable", "n"], quality.loc["rejected", "n"]) == (1, 1)


def test_or_it_stays_without_date(tmp_path: Path) -> None:
    contacts = ct.read_contacts(write(tmp_path, "a.csv", DATED), unreadable_dates="keep")
    assert contacts["created_at"].isna().tolist() == [False, True, True, False]
    assert contacts["created_at_text"].tolist()[1] == "上个月底"
    assert "date_unreadable" in [row["check"] for row in contacts.attrs["quality"]]
    with pytest.raises(ParameterError, match="unreadable_dates"):
        ct.read_contacts(tmp_path / "a.csv", unreadable_dates="drop")


def test_a_column_that_holds_no_dates_costs_no_rows(tmp_path: Path) -> None:
    text = "编号,内容,时间\n1,慢,2024/5/1\n2,差,上午场\n3,贵,下午场\n4,坏,\n"
    result = read_input(write(tmp_path, "a.csv", text))
    assert (len(result.contacts), len(result.rejects)) == (4, 0)
    assert result.contacts["created_at_text"].tolist()[1:3] == ["上午场", "下午场"]
    assert result.quality["detail"].str.contains("3 个日期里只有 1 个读得出").any()


def test_a_reason_quotes_no_words_of_a_person(tmp_path: Path) -> None:
    result = read_input(write(tmp_path, "a.csv", DATED.replace("上个月底", "请找张先生 13800000000")))
    assert result.rejects["reason"].tolist() == ["日期读不出：（17 字，不是日期）"]
    assert not result.quality["detail"].str.contains("张先生").any()


def test_written_dates_are_always_text(tmp_path: Path) -> None:
    frame = pd.DataFrame({"编号": ["1", "2", "3"], "内容": ["慢", "差", "贵"], "时间": [43990.0, 7.0, 99.0]})
    frame.to_parquet(tmp_path / "a.parquet")
    contacts = ct.read_contacts(tmp_path / "a.parquet")
    assert isinstance(contacts["created_at_text"].dtype, pd.StringDtype)
    assert contacts["created_at_text"].tolist()[1:] == ["7", "99"]


def test_folder_with_clashing_numbers(tmp_path: Path) -> None:
    write(tmp_path, "a.csv", "编号,内容\n1,慢\n2,差\n3,冷\n")
    write(tmp_path, "b.tsv", "编号\t投诉内容\n1\t贵\n2\t冷淡\n3\t吵\n", "gb18030")
    write(tmp_path, "说明.docx", "x")
    contacts = ct.read_contacts(tmp_path)
    assert contacts["doc_id"].tolist() == ["a-1", "a-2", "a-3", "b-1", "b-2", "b-3"]
    assert contacts["source"].tolist() == ["a.csv"] * 3 + ["b.tsv"] * 3


def test_same_frame_from_every_format(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"工单编号": ["T1", "T2"], "投诉内容": ["退款,慢\n第二行", '他说"好"'], "满意度": [3, 4]}
    )
    frame.to_csv(tmp_path / "a.csv", index=False)
    frame.to_csv(tmp_path / "a.tsv", index=False, sep="\t")
    frame.to_parquet(tmp_path / "a.parquet")
    frame.to_json(tmp_path / "a.json", orient="records", force_ascii=False)
    frame.to_json(tmp_path / "a.jsonl", orient="records", lines=True, force_ascii=False)
    frame.to_excel(tmp_path / "a.xlsx", index=False)
    with sqlite3.connect(tmp_path / "a.db") as connection:
        frame.to_sql("工单", connection, index=False)
    read = [ct.read_contacts(tmp_path / f"a.{e}") for e in ("csv", "tsv", "parquet", "json", "jsonl", "xlsx")]
    read.append(ct.read_contacts(f"sqlite:///{tmp_path / 'a.db'}", query='select * from "工单"'))
    for contacts in read:
        assert contacts.to_dict("list") == {
            "doc_id": ["T1", "T2"],
            "text": ["退款,慢\n第二行", '他说"好"'],
            "csat": [3, 4],
        }


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"", "文件是空的"),
        ("a.csv", b"\n \n", "文件是空的"),
        ("a.csv", "工单编号,投诉内容\n", "只有表头"),
        ("a.csv", "工单编号,投诉内容\n1,\n2,NULL\n", "文本列全是空值"),
        ("a.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "不是文本"),
        ("a.csv", b"\x1f\x8b\x08\x00abc", "压缩文件"),
        ("a.xls", "<html><table><tr><td>内容</td></tr></table></html>", "网页"),
        ("a.xlsx", b"PK\x03\x04[Content_Types].xml", "已损坏"),
        ("a.parquet", b"PAR1xx", "Parquet"),
        ("a.json", "[1, 2]", "没有一行是 JSON 记录"),
        ("a.pdf", "x", "不支持 .pdf"),
        ("a.csv", "金额,部门\n1,甲\n2,乙\n", "没有找到文本列"),
    ],
)
def test_bad_input_is_one_chinese_sentence(
    tmp_path: Path, name: str, content: str | bytes, message: str
) -> None:
    with pytest.raises(ct.InputError, match=message) as caught:
        ct.read_contacts(write(tmp_path, name, content))
    assert str(caught.value).endswith("。")


def test_paths_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ct.InputError, match="不存在"):
        ct.read_contacts(tmp_path / "没有.csv")
    with pytest.raises(ct.InputError, match="没有可读的文件"):
        ct.read_contacts(tmp_path)
    with pytest.raises(ct.ParameterError, match="path"):
        ct.read_contacts(3)  # type: ignore[arg-type]


def test_arguments_that_cannot_be_used(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", PLAIN)
    with pytest.raises(ct.InputError, match="是不是想写「投诉内容」"):
        ct.read_contacts(path, columns={"text": "投诉內容物"})
    with pytest.raises(ct.InputError, match="写反"):
        ct.read_contacts(path, columns={"渠道": "channel"})
    with pytest.raises(ct.ParameterError, match="encoding"):
        ct.read_contacts(path, encoding="base64")
    with pytest.raises(ct.ParameterError, match="timezone"):
        ct.read_contacts(path, timezone="火星")
    with pytest.raises(ct.ParameterError, match="query"):
        ct.read_contacts("sqlite:///x.db")


def test_a_cell_of_two_megabytes(tmp_path: Path) -> None:
    long = "慢" * 700_000
    contacts = ct.read_contacts(write(tmp_path, "a.csv", f'编号,内容\n1,{long}\n2,"差\n很差"\n'))
    assert contacts["text"].str.len().tolist() == [700_000, 4]


def test_errors_hold_no_personal_data(tmp_path: Path) -> None:
    with pytest.raises(ct.InputError) as caught:
        ct.read_contacts(write(tmp_path, "a.csv", "单位,电话13812345678\n1,2\n3,4\n"))
    assert "13812345678" not in str(caught.value)
    with pytest.raises(ct.InputError) as caught:
        ct.read_contacts("nosuch://user:secret@host/db", query="select 1")
    assert "secret" not in str(caught.value)


def _workbook(path: Path) -> bytes:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate([["投诉内容", "时间"], ["慢", "2024/1/1"], ["差", 45000]]):
            sheet.write_row(row, 0, cells)
    return path.read_bytes()


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    folder = tmp_path_factory.mktemp("seeds")
    pd.DataFrame({"text": ["慢", None], "n": [1, 2]}).to_parquet(folder / "a.parquet")
    texts = [PLAIN, '{"id":1,"text":"慢"}\n{"id":2}\n', '[{"text":"慢","a":{"b":[1]}}]', "慢\n差\n"]
    return [
        *(text.encode(encoding) for text in texts for encoding in ("utf-8", "gb18030", "utf-16")),
        (folder / "a.parquet").read_bytes(),
        _workbook(folder / "a.xlsx"),
    ]


PIECES = st.sampled_from(
    [b"", b'"', b",", b"\n", b"\r", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"{", b"[[[", b"\\ud800"]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_bytes_raise_anything_but_our_errors(
    seeds: list[bytes], tmp_path: Path, data: st.DataObject
) -> None:
    content = bytearray(data.draw(st.one_of(st.binary(max_size=200), st.sampled_from(seeds))))
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(content)))
        content[at : at + data.draw(st.integers(0, 3))] = data.draw(PIECES)
    ending = data.draw(
        st.sampled_from([".csv", ".tsv", ".txt", ".json", ".jsonl", ".xlsx", ".xls", ".parquet", ""])
    )
    path = write(tmp_path, f"f{ending}", bytes(content))
    try:
        result = read_input(path)
    except ct.CsatextError:
        return
    assert result.rows == len(result.contacts) + len(result.rejects)
    assert result.contacts["doc_id"].is_unique
    conform(result.contacts, CONTACTS)
