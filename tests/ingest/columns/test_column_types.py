"""Columns become what their kinds say, and what does not fit is kept and told."""

from pathlib import Path

import pandas as pd

import csatext as ct

HEAD = "工单编号,投诉内容,满意度,客户号,金额,渠道\n"


def read(folder: Path, rows: str) -> pd.DataFrame:
    path = folder / "a.csv"
    path.write_text(HEAD + rows, "utf-8")
    return ct.read_contacts(path)


def checks(contacts: pd.DataFrame) -> dict[str, int]:
    return {row["check"]: row["n"] for row in contacts.attrs["quality"]}


def test_one_word_among_scores(tmp_path: Path) -> None:
    rows = "".join(f"T{i},第{i}次反映,{i % 5 + 1},C{i},1,电话\n" for i in range(19))
    contacts = read(tmp_path, rows + "T19,最后一次,拒评,C19,1,电话\n")
    assert contacts["csat"].tolist()[:5] == [1, 2, 3, 4, 5]
    assert contacts["csat"].isna().tolist() == [False] * 19 + [True]
    assert contacts["csat_text"].tolist()[-1] == "拒评"
    assert checks(contacts)["score_not_given"] == 1


def test_words_for_scores_are_scores(tmp_path: Path) -> None:
    contacts = read(tmp_path, "T1,慢得很,满意,C1,1,电话\nT2,差得很,5,C2,1,电话\n")
    assert contacts["csat"].tolist() == [4, 5]


def test_words_that_are_no_scores_stay_words(tmp_path: Path) -> None:
    contacts = read(tmp_path, "T1,慢得很,再议,C1,1,电话\nT2,差得很,5,C2,1,电话\n")
    assert contacts["csat"].tolist() == ["再议", "5"]


def test_digits_lost_in_excel_are_told(tmp_path: Path) -> None:
    contacts = read(tmp_path, "T1,慢得很,5,1.00008E+11,1,电话\nT2,差得很,4,2.5E+10,1,电话\n")
    assert contacts["customer_id"].tolist() == ["1.00008E+11", "2.5E+10"]
    assert checks(contacts)["id_digits_lost"] == 2


def test_sums_with_thousands_separators(tmp_path: Path) -> None:
    contacts = read(tmp_path, 'T1,慢得很,5,C1,"1,234.50",电话\nT2,差得很,4,C2,99,电话\n')
    assert contacts["金额"].tolist() == [1234.5, 99.0]
    codes = read(tmp_path, 'T1,慢得很,5,C1,"101,202",电话\nT2,差得很,4,C2,103,电话\n')
    assert codes["金额"].tolist() == ["101,202", "103"]


def test_marks_that_keep_digits_text_go(tmp_path: Path) -> None:
    contacts = read(tmp_path, '"=""001""",慢得很,5,\'0017,1, 电话 \n"=""002""",差得很,4,\'0018,1,电话\n')
    assert contacts["doc_id"].tolist() == ["001", "002"]
    assert contacts["customer_id"].tolist() == ["0017", "0018"]
    assert contacts["channel"].tolist() == ["电话", "电话"]


def test_numbers_keep_their_rows_beside_gaps(tmp_path: Path) -> None:
    contacts = read(
        tmp_path, "T1,慢得很,,C1,,电话\nT2,差得很,4,C2,7,电话\nT3,不理人,,C3,,电话\nT4,很慢,2,C4,9,电话\n"
    )
    assert contacts["csat"].fillna(0).tolist() == [0, 4, 0, 2]
    assert contacts["金额"].fillna(0).tolist() == [0, 7, 0, 9]
