"""The column that says when a contact came in is inferred from its content; headers are those of exports."""

from pathlib import Path

import pandas as pd
import pytest

import csatext as ct
from csatext.batch.configuration import load_configuration
from csatext.errors import ConfigError, ParameterError
from csatext.ingest.options import ReadOptions

TEXTS = ["退款太慢了，一直没到账", "客服态度很差，不解决问题", "网络断了三天，没人来修"]
TIMES = ["2026-05-03 09:00", "2026-05-17 08:30", "2026-05-25 01:00"]


def _read(folder: Path, columns: dict[str, list[str]], **options: object) -> pd.DataFrame:
    frame = pd.DataFrame({"投诉内容": TEXTS, **columns})
    frame.to_csv(folder / "a.csv", index=False)
    return ct.read_contacts(folder / "a.csv", **options)


def _notes(contacts: pd.DataFrame, check: str) -> list[str]:
    return [row["detail"] for row in contacts.attrs["quality"] if row["check"] == check]


def _mapping(contacts: pd.DataFrame) -> str:
    return next(
        row["detail"]
        for row in contacts.attrs["quality"]
        if (row["check"], row["column"]) == ("column_mapping", "created_at")
    )


@pytest.mark.parametrize(
    "header",
    ["报障时间", "opened", "上报时刻", "Incident Start", "工单生成", "Case Open Date", "退款申请时间"],
)
def test_a_lone_column_of_times_is_taken_and_noted(tmp_path, header):
    contacts = _read(tmp_path, {header: TIMES})
    assert contacts["created_at"].tolist() == [pd.Timestamp(time) for time in TIMES]
    assert header in _mapping(contacts)


@pytest.mark.parametrize("header", ["日期", "时间", "date"])
def test_a_known_header_without_times_gives_way_to_a_column_of_times(tmp_path, header):
    contacts = _read(tmp_path, {header: ["3", "17", "25"], "故障开始时间": TIMES})
    assert contacts["created_at"].dt.day.tolist() == [3, 17, 25]
    assert contacts[header].tolist() == [3, 17, 25]
    assert f"「{header}」里不是时间" in _mapping(contacts)


def test_a_known_header_with_times_is_kept(tmp_path):
    contacts = _read(tmp_path, {"故障时刻": ["2020-01-01"] * 3, "受理时间": TIMES})
    assert contacts["created_at"].dt.year.tolist() == [2026] * 3


@pytest.mark.parametrize("header", ["出生日期", "到期日", "办理完成日", "updated on", "下次回访日"])
def test_times_of_something_else_are_left(tmp_path, header):
    assert "created_at" not in _read(tmp_path, {header: TIMES}).columns


def test_numbers_are_no_times_unless_the_header_says_so(tmp_path):
    assert "created_at" not in _read(tmp_path, {"金额": ["45000", "46000", "47000"]}).columns
    contacts = _read(tmp_path, {"月份": ["202603", "202604", "202604"]})
    assert contacts["created_at"].dt.strftime("%F").tolist() == ["2026-03-01", "2026-04-01", "2026-04-01"]
    assert len(_notes(contacts, "date_period")) == 1


def test_digits_that_are_all_days_are_times_under_any_header(tmp_path):
    days = [f"202603{day:02d}" for day in range(1, 7)]
    path = tmp_path / "a.csv"
    pd.DataFrame({"ERDAT": days, "text": [f"宽带断了{day}" for day in days]}).to_csv(path, index=False)
    assert ct.read_contacts(path)["created_at"].dt.day.tolist() == [1, 2, 3, 4, 5, 6]
    # A number whose month would be 13.
    pd.DataFrame({"KUNNR": ["20261301", *days[1:]], "text": days}).replace(days[2], "20263103").to_csv(path)
    assert "created_at" not in ct.read_contacts(path, columns={"text": "text"}).columns


def test_bare_epochs_are_times_where_something_was_created(tmp_path):
    path = tmp_path / "a.csv"
    epochs = [1772000000000 + 86_400_000 * day for day in range(6)]
    pd.DataFrame({"conversation_created": epochs, "text": [f"宽带断了{e}" for e in epochs]}).to_csv(path)
    assert ct.read_contacts(path)["created_at"].dt.year.tolist() == [2026] * 6


def test_of_several_columns_the_one_of_the_beginning_is_taken(tmp_path):
    later = [time.replace("2026-05", "2026-06") for time in TIMES]
    contacts = _read(tmp_path, {"派工时刻": later, "上报时刻": TIMES})
    assert contacts["created_at"].dt.month.tolist() == [5] * 3
    assert "派工时刻" in _mapping(contacts)
    # Where no header tells, the earlier one.
    assert _read(tmp_path, {"时刻二": later, "时刻一": TIMES})["created_at"].dt.month.tolist() == [5] * 3


def test_the_start_of_a_call_serves_where_nothing_else_does(tmp_path):
    contacts = _read(tmp_path, {"start_time": TIMES})
    assert contacts["created_at"].dt.day.tolist() == [3, 17, 25]
    both = _read(tmp_path, {"start_time": TIMES, "受理时间": ["2026-01-01"] * 3})
    assert both["created_at"].dt.month.tolist() == [1] * 3
    assert both["started_at"].dt.month.tolist() == [5] * 3


@pytest.mark.parametrize(
    ("columns", "wanted"),
    [
        ({"年": ["2026"] * 3, "月": ["3", "4", "12"], "日": ["1", "30", "31"]}, ["03-01", "04-30", "12-31"]),
        (
            {"年份": ["2026年"] * 3, "月份": ["3月"] * 3, "日期": ["1日", "2日", "3日"]},
            ["03-01", "03-02", "03-03"],
        ),
        ({"Year": ["2026"] * 3, "Month": ["3", "4", "5"]}, ["03-01", "04-01", "05-01"]),
    ],
)
def test_year_month_and_day_in_columns_of_their_own(tmp_path, columns, wanted):
    contacts = _read(tmp_path, columns)
    assert contacts["created_at"].dt.strftime("%m-%d").tolist() == wanted
    assert len(_notes(contacts, "date_and_clock")) == 1
    assert set(columns) <= set(contacts.columns)


def test_a_day_that_no_month_has_is_a_reject(tmp_path):
    contacts = _read(tmp_path, {"年": ["2026"] * 3, "月": ["3", "4", "2"], "日": ["1", "2", "30"]})
    assert (len(contacts), len(contacts.attrs["rejects"])) == (2, 1)


def test_date_and_time_of_day_under_headers_that_are_not_known(tmp_path):
    contacts = _read(
        tmp_path,
        {"报障日期": ["2026-05-03"] * 3, "报障时间": ["9:00", "8:30", "1:00"], "处理时间": ["0:10"] * 3},
    )
    assert contacts["created_at"].dt.hour.tolist() == [9, 8, 1]


def test_order_of_day_and_month_is_noted_and_may_be_given(tmp_path):
    days = {"日期": ["1/3/2026", "4/3/2026", "7/3/2026"]}
    contacts = _read(tmp_path, days)
    assert contacts["created_at"].dt.month.tolist() == [1, 4, 7]
    (note,) = _notes(contacts, "date_order")
    assert "2026-01-03 至 2026-07-03" in note
    assert "2026-03-01 至 2026-03-07" in note
    assert "dayfirst=True" in note
    given = _read(tmp_path, days, dayfirst=True)
    assert given["created_at"].dt.strftime("%m%d").tolist() == ["0301", "0304", "0307"]
    assert _notes(given, "date_order") == []
    proven = _read(tmp_path, {"日期": ["1/3/2026", "4/3/2026", "17/3/2026"]})
    assert proven["created_at"].dt.month.tolist() == [3] * 3
    assert _notes(proven, "date_order") == []
    with pytest.raises(ParameterError, match="dayfirst"):
        _read(tmp_path, days, dayfirst="yes")


def test_order_of_day_and_month_in_turns(tmp_path):
    rows = ["1,客户,退款没到,1/3/2026 9:00", "1,客服,您好,1/3/2026 9:01", "2,客户,太慢,7/3/2026 9:00"]
    (tmp_path / "t.csv").write_text("会话ID,角色,内容,发送时间\n" + "\n".join(rows), "utf-8")
    turns = ct.read_turns(tmp_path / "t.csv")
    assert turns["started_at"].dt.month.tolist() == [1, 1, 7]
    assert len(_notes(turns, "date_order")) == 1
    assert ct.read_turns(tmp_path / "t.csv", dayfirst=True)["started_at"].dt.month.tolist() == [3] * 3


def test_order_of_day_and_month_in_the_configuration(tmp_path):
    path = tmp_path / "csatext.toml"
    path.write_text("[input]\ndayfirst = true\n", "utf-8")
    assert load_configuration(path).input.dayfirst is True
    assert ReadOptions().dayfirst is None
    path.write_text('[input]\ndayfirst = "yes"\n', "utf-8")
    with pytest.raises(ConfigError, match="dayfirst"):
        load_configuration(path)
