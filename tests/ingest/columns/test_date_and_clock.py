"""Date and time of day in two columns become one time, and only those."""

from pathlib import Path

import pandas as pd
import pytest

import csatext as ct

WANTED = [pd.Timestamp("2024-05-01 09:05:07"), pd.Timestamp("2024-12-31 23:59:00")]


@pytest.mark.parametrize(
    ("header", "first", "second"),
    [
        ("日期,时间", "2024-05-01,09:05:07", "2024-12-31,23:59"),
        ("时间,日期", "09:05:07,2024/5/1", "23:59:00,2024/12/31"),
        ("投诉日期,投诉时间", "2024年5月1日,9时5分7秒", "2024年12月31日,23时59分"),
        ("date,time", "20240501,090507", "20241231,235900"),
        ("来电日期,来电时间", "2024.5.1,上午9:05:07", "2024.12.31,下午11:59"),
    ],
)
def test_two_columns_are_one_time(tmp_path: Path, header: str, first: str, second: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"编号,内容,{header}\n1,慢得很,{first}\n2,差得很,{second}\n", "utf-8")
    contacts = ct.read_contacts(path)
    assert contacts["created_at"].tolist() == WANTED
    assert "date_and_clock" in [row["check"] for row in contacts.attrs["quality"]]


def test_a_gap_in_either_column(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = "".join(f"{i},慢得很,2024-05-0{i},10:0{i}\n" for i in range(1, 10))
    path.write_text("编号,内容,日期,时间\n" + rows + "10,差,2024-05-10,\n11,差,,10:00\n", "utf-8")
    times = ct.read_contacts(path)["created_at"]
    assert times.iloc[9] == pd.Timestamp("2024-05-10")
    assert pd.isna(times.iloc[10])


def test_two_whole_times_stay_two(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("内容,创建时间,提交时间\n慢,2024-05-01 10:00,2024-05-02 11:00\n", "utf-8")
    contacts = ct.read_contacts(path)
    assert contacts["created_at"].tolist() == [pd.Timestamp("2024-05-01 10:00")]
    assert contacts["提交时间"].tolist() == ["2024-05-02 11:00"]
