"""Broken rows: what the shape of the file proves is rejoined, the rest is rejected with its line."""

import time
from pathlib import Path

import pytest

import csatext as ct
from csatext.ingest.contacts import read_input
from csatext.ingest.repair.csv_records import read_records

HEADER = "工单编号,投诉内容,投诉时间,渠道,评分"
CHANNELS = ("电话", "在线")
ROWS = [
    f'T{1000 + i},"第{i}次反映没到账，说等等",2024/5/{i % 28 + 1} 10:0{i % 10},{CHANNELS[i % 2]},{i % 5}'
    for i in range(40)
]
REST = "2024/5/3 10:00,电话,3"


def read(folder: Path, broken: str, newline: str = "\n"):
    path = folder / "broken.csv"
    path.write_bytes((newline.join([HEADER, *ROWS[:20], broken, *ROWS[20:]]) + newline).encode())
    return read_input(path)


@pytest.mark.parametrize(
    ("broken", "text"),
    [
        (f"T1999,第一行\n第二行,{REST}", "第一行\n第二行"),
        (f"T1999,第一行\n\n第三行,{REST}", "第一行\n\n第三行"),
        (f"T1999,第一行\r第二行,{REST}", "第一行\r第二行"),
        (f'T1999,"慢了,{REST}', "慢了"),
        (f'T1999,慢了",{REST}', "慢了"),
        (f'T1999,"慢,很慢,{REST}', "慢,很慢"),
        (f'T1999,"第一行\n第二行,{REST}', "第一行\n第二行"),
        (f'T1999,第一行\n第二行",{REST}', "第一行\n第二行"),
        (f'T1999,"他说"很好",不退款",{REST}', '他说"很好",不退款'),
        (f"T1999,慢,很,慢,{REST}", "慢,很,慢"),
        (f"T1999,慢了,{REST},,", "慢了"),
        (f"T1999,,慢了,{REST}", "慢了"),
        ("T1999,慢了,,2024/5/3 10:00,3", "慢了"),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_mended_where_proven(tmp_path: Path, broken: str, text: str, newline: str) -> None:
    result = read(tmp_path, broken, newline)
    assert (result.rows, len(result.rejects)) == (41, 0)
    row = result.contacts.set_index("doc_id").loc["T1999"]
    assert row["text"] == text
    assert str(row["created_at"]) == "2024-05-03 10:00:00"
    assert row["csat"] == 3
    assert result.contacts["doc_id"].tolist()[20] == "T1999"


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ("尾巴而已", "列数不足：1 列"),
        (f"尾巴,{REST}", "列数不足：4 列"),
        ("T1999,慢了", "列数不足：2 列"),
        ("T1999,慢了,电话,2024/5/3 10:00,3", "列错位"),
        (HEADER, "重复的表头行"),
        (",,,,", "文本为空"),
        (f'尾巴",慢",{REST},"', "引号不成对"),
    ],
)
def test_rejected_with_line_and_reason(tmp_path: Path, broken: str, reason: str) -> None:
    result = read(tmp_path, broken)
    assert len(result.contacts) == 40
    assert result.rejects["line"].tolist() == [22]
    assert reason in result.rejects["reason"].iloc[0]
    assert result.rejects["raw"].iloc[0] == broken
    assert result.rejects["source"].iloc[0] == "broken.csv"


def test_an_open_quote_does_not_swallow_the_rows_below(tmp_path: Path) -> None:
    result = read(tmp_path, 'T1999,"开了没关')
    assert len(result.contacts) == 40
    assert len(result.rejects) == 1


def test_the_tail_of_a_torn_neighbour_is_no_date(tmp_path: Path) -> None:
    broken = "T1998,慢,很,慢,一直,没人管\n,2024年5月3日您写信说,到,账,电话,3"
    result = read(tmp_path, broken)
    assert len(result.contacts) == 40
    assert len(result.rejects) == 2


def test_a_lone_return_in_a_bare_field_is_counted(tmp_path: Path) -> None:
    quality = read(tmp_path, f"T1999,第一行\r第二行,{REST}").quality.set_index("check")
    assert quality.loc["torn_rows", "n"] == 1
    assert "字段内回车 1 行" in quality.loc["torn_rows", "detail"]


TINY = "id,text,created_at,channel\n"


def test_every_record_of_a_file_is_torn(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(TINY + "".join(f"{i},前半{i}\n后半,2020/6/{i + 1},电话\n" for i in range(8)), "utf-8")
    result = read_input(path)
    assert result.contacts["text"].tolist() == [f"前半{i}\n后半" for i in range(8)]
    assert result.contacts["created_at"].dt.day.tolist() == [*range(1, 9)]


@pytest.mark.parametrize("whole", [0, 1, 2, 3])
@pytest.mark.parametrize(
    ("broken", "text"),
    [
        ("9,前半\n后半,2020/6/9,电话", "前半\n后半"),
        ('9,"没有引号,2020/6/9,电话', "没有引号"),
        ('9,"没有,引号,2020/6/9,电话', "没有,引号"),
        ("9,多了,逗号,2020/6/9,电话", "多了,逗号"),
        ("9,,错了一列,2020/6/9,电话", "错了一列"),
        ("退款错列了,2020/6/9,电话,", "退款错列了"),
    ],
)
def test_headers_prove_where_rows_are_few(tmp_path: Path, broken: str, text: str, whole: int) -> None:
    path = tmp_path / "a.csv"
    good = [f"{i},退款一直没有到账,2020/6/{i + 1},在线" for i in range(whole)]
    path.write_text(TINY + "\n".join([*good, broken]) + "\n", "utf-8")
    result = read_input(path)
    assert len(result.rejects) == 0
    last = result.contacts.iloc[-1]
    assert (last["text"], str(last["created_at"])[:10], last["channel"]) == (text, "2020-06-09", "电话")


def test_rows_ended_by_carriage_returns_alone(tmp_path: Path) -> None:
    result = read(tmp_path, f"T1998,慢了,{REST}\rT1999,坏了,{REST}")
    assert result.contacts["doc_id"].tolist()[20:22] == ["T1998", "T1999"]
    assert result.contacts["text"].tolist()[20:22] == ["慢了", "坏了"]


def test_text_in_the_last_column_takes_its_own_second_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "label,review\n" + "".join(f"{i % 2},第{i}条评论\n" for i in range(10)) + "续写的一行\n", "utf-8"
    )
    result = read_input(path)
    assert result.contacts["text"].iloc[-1] == "第9条评论\n续写的一行"
    assert len(result.rejects) == 0


def test_a_legal_file_is_not_touched(tmp_path: Path) -> None:
    result = read(tmp_path, 'T1999,"说""好"",\n第二行, 第三行\r末",2024/5/3 10:00,电话,3')
    row = result.contacts.set_index("doc_id").loc["T1999"]
    assert row["text"] == '说"好",\n第二行, 第三行\r末'
    assert "torn_rows" not in result.quality["check"].tolist()


def test_values_the_columns_do_not_know_are_no_fault(tmp_path: Path) -> None:
    result = read(tmp_path, "T1999,慢了,-,微信,N/A")
    assert len(result.contacts) == 41


def test_twin_columns_are_one(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,id_,desc,type,type_\n,7,异响,,甲\n,8,漏油,,乙\n", "utf-8")
    contacts = read_input(path).contacts
    assert contacts["doc_id"].tolist() == ["7", "8"]
    assert contacts["type"].tolist() == ["甲", "乙"]
    assert contacts.columns.tolist() == ["doc_id", "text", "type"]


def test_a_quote_within_a_cell_is_no_repair(tmp_path: Path) -> None:
    rows = "\n".join(f'T{i},客服说"没办法"就挂了,2024-01-{i % 28 + 1:02d}' for i in range(30))
    (tmp_path / "a.csv").write_text(f"工单号,投诉内容,受理时间\n{rows}", "utf-8")
    contacts = ct.read_contacts(tmp_path / "a.csv")
    assert contacts["text"].unique().tolist() == ['客服说"没办法"就挂了']
    assert "torn_rows" not in [row["check"] for row in contacts.attrs["quality"]]


def test_bare_text_cells_of_excel(tmp_path: Path) -> None:
    rows = "\n".join(f'\'{i:05d},第{i}句退款没到账,="1.50"' for i in range(50))
    (tmp_path / "a.csv").write_text(f"工单号,投诉内容,金额\n{rows}", "utf-8")
    contacts = ct.read_contacts(tmp_path / "a.csv")
    assert contacts["doc_id"].tolist()[:2] == ["00000", "00001"]
    assert (len(contacts), contacts.iloc[:, -1].astype("float64").sum()) == (50, 75.0)


def test_a_surplus_comma_in_all_rows_is_said(tmp_path: Path) -> None:
    rows = "\n".join(f"T{i},第{i}句退款没到账,已经三天了,2024-01-{i % 28 + 1:02d}" for i in range(50))
    (tmp_path / "a.csv").write_text(f"工单号,投诉内容,受理时间\n{rows}", "utf-8")
    quality = ct.read_contacts(tmp_path / "a.csv").attrs["quality"]
    assert [(row["n"], row["total"]) for row in quality if row["check"] == "surplus_cells"] == [(50, 50)]


def test_quoted_cells_take_linear_time() -> None:
    started = time.perf_counter()
    (record,) = read_records('",' * 1_500_000, ",")
    assert time.perf_counter() - started < 10
    assert len(record.cells) > 700_000
