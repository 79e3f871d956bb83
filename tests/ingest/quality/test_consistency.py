"""Columns against each other; every count by hand."""

from __future__ import annotations

import pandas as pd
import pytest

import csatext as ct
from csatext.ingest.quality.consistency import consistency_notes


def table(**columns: list[object]) -> pd.DataFrame:
    n = len(next(iter(columns.values())))
    frame = pd.DataFrame({"doc_id": [f"D{i}" for i in range(n)], "text": "慢", **columns})
    for name in frame.columns:
        if name.endswith("_at"):
            frame[name] = pd.to_datetime(frame[name], format="mixed")
    return frame


def found(frame: pd.DataFrame) -> dict[tuple[str, str], tuple[int, int]]:
    return {(note.check, note.column): (note.n, note.total) for note in consistency_notes(frame)}


@pytest.mark.parametrize("later", ["closed_at", "resolved_at", "replied_at", "updated_at", "ended_at"])
def test_what_comes_later_and_stands_earlier(later: str) -> None:
    frame = table(
        created_at=["2026-05-03 10:00", "2026-05-03 10:00", "2026-05-03 10:00"],
        **{later: ["2026-05-03 09:59", "2026-05-03 10:00", None]},
    )
    assert found(frame)["time_order", later] == (1, 2)
    (note,) = [note for note in consistency_notes(frame) if note.check == "time_order"]
    assert note.detail.endswith("doc_id D0")


@pytest.mark.parametrize(
    "header", ["办理完成时间", "回访时间", "处理时间", "Finished_Time", "派单日期", "first_reply_at"]
)
def test_a_time_under_a_header_that_is_not_known(header: str) -> None:
    frame = table(created_at=["2026-05-03 10:00"] * 2, **{header: ["2026-05-01 09:00", "2026-05-04 09:00"]})
    assert found(frame)["time_order", header] == (1, 2)


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("queued_at", "answered_at"),
        ("queued_at", "abandoned_at"),
        ("answered_at", "ended_at"),
        ("ordered_at", "paid_at"),
        ("entered_at", "left_at"),
    ],
)
def test_clocks_of_calls_orders_and_stages(earlier: str, later: str) -> None:
    times = {earlier: ["2026-05-03 10:00"] * 2, later: ["2026-05-03 09:59", "2026-05-03 10:00"]}
    assert found(table(**times))["time_order", later] == (1, 2)


def test_days_are_compared_with_days() -> None:
    frame = table(created_at=["2026-05-03 10:00", "2026-05-03 10:00"], closed_at=["2026-05-03", "2026-05-02"])
    assert found(frame)["time_order", "closed_at"] == (1, 2)


def test_a_call_ends_after_it_began() -> None:
    frame = table(
        created_at=["2026-05-03"] * 2,
        started_at=["2026-05-03 10:00", "2026-05-03 11:00"],
        ended_at=["2026-05-03 09:00", "2026-05-03 11:05"],
    )
    assert found(frame)["time_order", "ended_at"] == (1, 2)


@pytest.mark.parametrize("header", ["事发时间", "故障日期", "incident_date", "案发日期", "出险时间"])
def test_reported_before_or_long_after_it_happened(header: str) -> None:
    frame = table(
        created_at=["2026-05-03 10:00"] * 3,
        **{header: ["2026-05-04 09:00", "2025-01-04 09:00", "2026-05-03 09:00"]},
    )
    assert found(frame)["time_order", header] == (1, 3)
    assert found(frame)["reported_late", header] == (1, 3)


@pytest.mark.parametrize(
    "header", ["等待时长", "通话时长(秒)", "排队时间", "处理耗时", "wait_time", "duration"]
)
@pytest.mark.parametrize("values", [[-5, 0, 7], ["-5秒", "0秒", "7秒"], [-0.5, None, 2.0]])
def test_negative_durations(header: str, values: list[object]) -> None:
    frame = table(**{header: values})
    n, total = found(frame)["duration_negative", header]
    assert (n, total) == (1, sum(value is not None for value in values))


@pytest.mark.parametrize("header", ["waiter_send", "温度", "余额", "评分变化", "language"])
def test_other_negative_numbers_are_none_of_it(header: str) -> None:
    assert not [key for key in found(table(**{header: [-1, 2]})) if key[0] == "duration_negative"]


def test_a_row_long_after_the_others() -> None:
    days = [f"2026-03-{i + 1:02d}" for i in range(28)]
    assert found(table(created_at=[*days, "2026-09-30"]))["late_row", "created_at"] == (1, 29)
    assert found(table(created_at=[*days, "2026-04-05"]))["late_row", "created_at"] == (0, 29)
    months = [f"{2024 + i // 12}-{i % 12 + 1:02d}-01" for i in range(24)]
    assert found(table(created_at=months))["late_row", "created_at"] == (0, 24)


@pytest.mark.parametrize("state", ["已解决", "已办结", "Closed", "resolved", "已結案"])
def test_resolved_without_a_time(state: str) -> None:
    frame = table(status=[state, state, "处理中"], closed_at=["2026-05-03", None, None])
    assert found(frame)["resolved_without_close", "closed_at"] == (1, 2)
    assert found(frame)["closed_while_open", "closed_at"] == (0, 1)


@pytest.mark.parametrize("state", ["处理中", "待处理", "未解决", "Pending", "in progress"])
def test_open_with_a_time_of_closing(state: str) -> None:
    frame = table(status=[state, state, "已办结"], closed_at=["2026-05-03", None, "2026-05-04"])
    assert found(frame)["closed_while_open", "closed_at"] == (1, 2)


def test_a_flag_of_resolution() -> None:
    frame = table(resolved=[True, True, False], resolved_at=["2026-05-03", None, None])
    assert found(frame)["resolved_without_close", "resolved_at"] == (1, 2)


def test_columns_that_are_not_there_say_nothing() -> None:
    assert consistency_notes(table(channel=["电话"])) == []


def test_check_holds_them() -> None:
    frame = table(created_at=["2026-05-03"], closed_at=["2026-05-01"])
    row = ct.check(frame, now="2026-06-01").set_index("check").loc["time_order"]
    assert (row["column"], row["n"]) == ("closed_at", 1)
