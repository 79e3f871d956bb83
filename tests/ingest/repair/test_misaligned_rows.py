"""Misaligned rows are realigned or rejected; sound rows stay as they are."""

import re
from pathlib import Path

import pytest

from csatext.ingest.contacts import ReadResult, read_input
from csatext.ingest.repair.column_profiles import _BY_KIND, _CLASSES, with_prefix

HEADER = "工单号,客户,内容,时间,渠道,得分"
CHANNELS = ("电话", "在线", "邮件")


def row(i: int) -> list[str]:
    return [
        f"T{i:03d}",
        f"U{i}",
        f"第{i}条退款一直没有到账请处理",
        f"2020/6/{i % 28 + 1}",
        CHANNELS[i % 3],
        str(i % 5 + 1),
    ]


MISALIGNMENTS = {
    "second lost": lambda cells: [*cells[:1], *cells[2:], ""],
    "first lost": lambda cells: [*cells[1:], ""],
    "gap before all": lambda cells: ["", *cells[:-1]],
    "gap before text": lambda cells: [*cells[:2], "", *cells[2:-1]],
    "two lost": lambda cells: [*cells[2:], "", ""],
}


def read(folder: Path, rows: list[list[str]], header: str = HEADER) -> ReadResult:
    path = folder / "a.csv"
    path.write_text("\n".join([header, *map(",".join, rows)]) + "\n", "utf-8")
    result = read_input(path)
    assert result.rows == len(rows) == len(result.contacts) + len(result.rejects)
    return result


@pytest.mark.parametrize("misalignment", MISALIGNMENTS)
@pytest.mark.parametrize(("n", "every"), [(300, 20), (300, 3), (60, 40), (8, 8), (5, 5), (3, 3)])
def test_misaligned_rows_are_put_right_or_rejected(
    tmp_path: Path, misalignment: str, n: int, every: int
) -> None:
    bad = {i for i in range(n) if i % every == every - 1}
    result = read(tmp_path, [MISALIGNMENTS[misalignment](row(i)) if i in bad else row(i) for i in range(n)])
    texts = result.contacts["text"].tolist()
    assert set(texts) <= {row(i)[2] for i in range(n)}
    assert {row(i)[2] for i in range(n) if i not in bad} <= set(texts)
    assert (result.rejects["line"] - 2).isin(bad).all()
    assert result.rejects["reason"].str.startswith("列错位").all()


def test_a_lost_cell_stays_lost_and_the_others_come_back(tmp_path: Path) -> None:
    result = read(
        tmp_path, [MISALIGNMENTS["second lost"](row(i)) if i % 20 == 7 else row(i) for i in range(300)]
    )
    found = result.contacts.set_index("doc_id").loc["T027"]
    assert found["created_at"].strftime("%Y-%m-%d") == "2020-06-28"
    assert (found["channel"], found["csat"], found["text"]) == ("电话", 3, row(27)[2])
    assert len(result.rejects) == 0
    note = result.quality.set_index("check").loc["torn_rows"]
    assert note["n"] == 15


def test_a_swap_is_rejected_at_any_rate(tmp_path: Path) -> None:
    rows = [row(i) for i in range(100)]
    for i in range(0, 100, 10):
        rows[i][2], rows[i][3] = rows[i][3], rows[i][2]
    result = read(tmp_path, rows)
    assert len(result.rejects) == 10
    assert len(result.contacts) == 90


def test_columns_that_hold_a_mixture_lose_nothing(tmp_path: Path) -> None:
    rows = [row(i) for i in range(200)]
    for i in range(0, 200, 4):
        rows[i][0] = f"客诉〔2020〕{i}号"
        rows[i][3] = "客户记不清楚是哪一天了"
    for i in range(1, 200, 10):
        rows[i][1], rows[i][4] = "", "门店王经理代客户登记"
    result = read(tmp_path, rows)
    assert len(result.contacts) == 200 - 50 * (result.contacts["created_at"].notna().all())
    assert result.contacts["text"].str.startswith("第").all()
    assert not result.rejects["reason"].str.startswith("列错位").any()


def test_where_every_other_row_is_misaligned_nothing_is_touched_and_it_is_noted(tmp_path: Path) -> None:
    result = read(tmp_path, [MISALIGNMENTS["second lost"](row(i)) if i % 2 else row(i) for i in range(4000)])
    assert result.rows == 4000
    note = result.quality.set_index("check").loc["torn_rows"]
    assert note["n"] == 2000
    assert "占比过高" in note["detail"]


FIELDS = "工单号,投诉内容,责任部门,处理时长,创建时间,状态,备注"
DEPARTMENTS = ("客服部", "物流部", "质量部", "售后部")
ODD = {
    "department and duration": {2: "0", 3: "处理中"},
    "department and date": {2: "12", 4: "待定日期"},
    "date for a department": {2: "2026-01-01", 3: "48小时内"},
    "state and duration": {5: "5", 3: "不知道"},
    "gap and words": {2: "", 3: "转其他单位"},
    "remark of a date": {6: "2026-05-01", 3: "处理中"},
    "three of them": {2: "3", 3: "还不知道", 5: "1"},
    "sentence for a duration": {2: "7", 3: "客户要求加急所以没有计时长"},
}


@pytest.mark.parametrize("odd", ODD)
def test_a_row_of_odd_cells_whose_text_and_date_fit_stays(tmp_path: Path, odd: str) -> None:
    rows = [
        [
            f"T{i:04d}",
            f"第{i}次反映退款一直没有到账请处理",
            DEPARTMENTS[i % 4],
            str(3 + i % 70),
            f"2026-0{1 + i % 6}-{1 + i % 28:02d}",
            ("已办结", "处理中")[i % 2],
            "" if i % 3 else f"第{i}条的备注",
        ]
        for i in range(400)
    ]
    for i in (50, 170, 290):
        for column, cell in ODD[odd].items():
            rows[i][column] = cell
    result = read(tmp_path, rows, FIELDS)
    assert not result.rejects["reason"].str.startswith("列错位").any()
    assert result.contacts["text"].tolist() == [row[1] for row in rows]
    assert result.contacts.set_index("doc_id").loc["T0051", "责任部门"] == DEPARTMENTS[51 % 4]


def test_to_the_patterns_of_columns_all_digits_are_alike() -> None:
    # find_misaligned tries them on shapes: each digit as nought.
    rows = [[f"T{i}"] for i in range(30)]
    prefixed = with_prefix([_BY_KIND["id"]._replace(pattern=_CLASSES[3])], rows)[0].pattern
    patterns = [*_CLASSES, prefixed, *(shape.pattern for shape in _BY_KIND.values() if shape.pattern)]
    cells = [
        "17",
        "+1.9e17",
        "95%",
        "'98年7月",
        "2024/5/31 下午3点05分",
        "T2024-19",
        "AB_93",
        "3 4",
        "T",
        "T1a",
        '="93"',
    ]
    for pattern in patterns:
        found = [bool(pattern.match(cell)) for cell in cells]
        assert found == [bool(pattern.match(re.sub("[0-9]", "0", cell))) for cell in cells]
        assert any(found)
