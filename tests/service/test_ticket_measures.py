"""Tickets: completed, repeated, first-contact resolution; stages and backlog."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import csatext as ct

TICKETS = pd.DataFrame(
    {
        "doc_id": list("123456"),
        "customer_id": ["a", "a", "a", "b", None, "c"],
        "category": ["退款", "退款", "物流", "退款", "退款", "物流"],
        "created_at": pd.to_datetime(
            ["2026-05-01", "2026-05-08", "2026-05-09", "2026-05-02", "2026-05-02", "2026-05-20"]
        ),
        "closed_at": pd.to_datetime(["2026-05-02", None, "2026-05-10", "2026-05-01", "2026-05-03", None]),
    }
)


def test_a_table_worked_out_by_hand():
    found = ct.ticket_measures(TICKETS, window_days=7, as_of="2026-05-25")
    assert found["completed"].tolist() == [True, False, True, True, True, False]
    # the clock of ticket 4 is wrong: closed before it was opened
    assert found.attrs["repairs"] == {"先办结后创建": 1}
    day = 86_400
    assert found["resolve_seconds"].tolist() == pytest.approx(
        [day, np.nan, day, np.nan, day, np.nan], nan_ok=True
    )
    assert found["open_age_seconds"].dropna().tolist() == [18 * day, 6 * day]  # to the end of 25 May
    # just seven days later is within the window; no customer, and a window not passed, are not known
    assert found["repeated_within_window"].tolist() == [True, True, False, False, pd.NA, pd.NA]
    # 2 and 3 follow another contact of the customer: not the first of a case
    assert found["first_contact_resolved"].tolist() == [False, pd.NA, pd.NA, True, pd.NA, pd.NA]


def test_a_repeat_for_the_same_reason_only():
    found = ct.ticket_measures(TICKETS, same_reason="category", as_of="2026-06-30")
    assert found["repeated_within_window"].tolist() == [True, False, False, False, pd.NA, False]
    assert found["first_contact_resolved"].tolist() == [False, pd.NA, True, True, pd.NA, False]


def test_reopened_by_events_and_by_status():
    events = pd.DataFrame(
        {
            "doc_id": ["1", "1", "1", "2", "2"],
            "stage": ["受理", "已完成", "处理", "受理", "已完成"],
            "entered_at": ["2026-05-01", "2026-05-02", "2026-05-03", "2026-05-08", "2026-05-09"],
        }
    )
    assert ct.ticket_measures(TICKETS, events)["reopened"].tolist() == [
        True,
        False,
        False,
        False,
        False,
        False,
    ]
    by_status = TICKETS.drop(columns="closed_at").assign(
        status=["已关闭", "处理中", "done", None, "关闭", "待派"]
    )
    found = ct.ticket_measures(by_status)
    assert found["completed"].tolist() == [True, False, True, pd.NA, True, False]
    assert found.attrs["absent"] == {"resolve_seconds": "closed_at", "reopened": "reopened"}


def test_bad_input():
    with pytest.raises(ct.SchemaError, match="created_at"):
        ct.ticket_measures(TICKETS.drop(columns="created_at"))
    with pytest.raises(ct.SchemaError, match="categori"):
        ct.ticket_measures(TICKETS, same_reason="categori")
    with pytest.raises(ct.ParameterError, match="window_days"):
        ct.ticket_measures(TICKETS, window_days=0)
    assert "没有数据行" in ct.ticket_measures(TICKETS.iloc[:0]).attrs["reason"]
    assert ct.ticket_measures(TICKETS[["doc_id", "created_at"]]).attrs["absent"] == {
        "completed": "closed_at",
        "resolved": "closed_at",
        "open_age_seconds": "closed_at",
        "resolve_seconds": "closed_at",
        "repeated_within_window": "customer_id",
        "first_contact_resolved": "customer_id",
        "reopened": "reopened",
    }


CONTACTS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", None]), st.sampled_from(["x", "y"]), st.integers(0, 20), st.booleans()
    ),
    min_size=1,
    max_size=14,
)


@settings(max_examples=25, deadline=None)
@given(CONTACTS, st.booleans())
def test_random_tickets_equal_the_loop(drawn, same):
    day = pd.Timestamp("2026-05-01")
    frame = pd.DataFrame(
        [
            {
                "doc_id": f"d{i}",
                "customer_id": who,
                "category": why,
                "created_at": day + pd.Timedelta(days=at),
                "closed_at": day + pd.Timedelta(days=at, hours=5) if done else pd.NaT,
            }
            for i, (who, why, at, done) in enumerate(drawn)
        ]
    )
    found = ct.ticket_measures(frame, window_days=5, same_reason="category" if same else None)
    end = max(at for _, _, at, _ in drawn) + 1
    for i, (who, why, at, done) in enumerate(drawn):
        others = [
            (j, when)
            for j, (other, reason, when, _) in enumerate(drawn)
            if j != i and other == who and (reason == why or not same)
        ]
        after = [when - at for j, when in others if (when, j) > (at, i)]
        before = [at - when for j, when in others if (when, j) < (at, i)]
        if who is None or at + 5 > end:
            wanted = first = pd.NA
        else:
            wanted = any(days <= 5 for days in after)
            first = pd.NA if any(days <= 5 for days in before) else done and not wanted
        row = found.loc[f"d{i}"]
        assert row["repeated_within_window"] is wanted or row["repeated_within_window"] == wanted
        assert row["first_contact_resolved"] is first or row["first_contact_resolved"] == first


def test_stages_are_timed_to_the_next_one_and_open_ones_are_censored():
    hours = {"1": [0, 2, 10], "2": [0, 4, 10], "3": [0, 6]}
    stages = ["受理", "派单", "已完成"]
    events = pd.DataFrame(
        [
            {
                "doc_id": doc,
                "stage": stages[i],
                "entered_at": pd.Timestamp("2026-05-01") + pd.Timedelta(hours=h),
            }
            for doc, entered in hours.items()
            for i, h in enumerate(entered)
        ]
    )
    table = ct.stage_durations(events, as_of="2026-05-01 16:00").set_index("stage")
    assert table.index.tolist() == ["派单", "受理"]  # 已完成 is where a ticket waits for nothing
    assert table.loc["受理", ["n", "n_open", "median_hours", "total_hours"]].tolist() == [3, 0, 4, 12]
    # stays of 派单: 8, 6, and 10 not ended: survival 2/3 after 6, 1/3 after 8
    assert table.loc["派单", ["n", "n_open", "median_hours", "total_hours"]].tolist() == [3, 1, 8, 24]
    assert table.loc["派单", "mean_hours"] == pytest.approx(6 + 2 * 2 / 3 + 2 / 3)
    assert table["is_bottleneck"].tolist() == [True, False]
    assert table["share"].tolist() == pytest.approx([24 / 36, 12 / 36])
    dirty = events.assign(left_at=events["entered_at"] - pd.Timedelta(hours=1))
    assert ct.stage_durations(dirty).attrs["repairs"] == {"先离开后进入": 8}
    with pytest.raises(ct.SchemaError, match="stage"):
        ct.stage_durations(events.drop(columns="stage"))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 200), st.one_of(st.none(), st.integers(-5, 200))), min_size=1, max_size=20
    )
)
def test_the_backlog_equals_a_count_by_loop(drawn):
    origin = pd.Timestamp("2026-05-01")
    opened = [origin + pd.Timedelta(hours=at) for at, _ in drawn]
    closed = [
        pd.NaT if stay is None else start + pd.Timedelta(hours=stay)
        for start, (_, stay) in zip(opened, drawn, strict=True)
    ]
    table = ct.backlog(pd.DataFrame({"created_at": opened, "closed_at": closed}), "D", bands=[1, 3])
    running = 0
    for day, part in table.groupby("period"):
        end = day + pd.Timedelta(days=1)
        ages = [
            (end - start).total_seconds() / 86_400
            for start, stop in zip(opened, closed, strict=True)
            if start < end and (pd.isna(stop) or max(stop, start) >= end)
        ]
        wanted = [sum(a <= 1 for a in ages), sum(1 < a <= 3 for a in ages), sum(a > 3 for a in ages)]
        assert part["n"].tolist() == wanted
        running += part["opened"].iloc[0] - part["closed"].iloc[0]
        assert part["open"].iloc[0] == running == len(ages)


def test_the_backlog_by_month_and_bad_arguments():
    tickets = pd.DataFrame({"created_at": ["2026-04-20", "2026-05-02"], "closed_at": ["2026-05-10", None]})
    table = ct.backlog(tickets, "M", bands=[30], as_of="2026-05-20")
    assert table[["label", "open", "band", "n"]].values.tolist() == [
        ["2026-04", 1, "30 天以内", 1],
        ["2026-04", 1, "超过 30 天", 0],
        ["2026-05", 1, "30 天以内", 1],
        ["2026-05", 1, "超过 30 天", 0],
    ]
    for bad in ({"freq": "h"}, {"bands": [3, 1]}, {"bands": []}):
        with pytest.raises(ct.ParameterError, match=next(iter(bad))):
            ct.backlog(tickets, **bad)
    with pytest.raises(ct.SchemaError, match="closed_at"):
        ct.backlog(tickets[["created_at"]])


def test_what_was_closed_and_not_resolved_has_no_time_to_resolve():
    tickets = pd.DataFrame(
        {"created_at": "2026-05-01 09:00", "closed_at": "2026-05-01 10:00", "resolved": [True, False, None]}
    )
    found = ct.ticket_measures(tickets)
    assert found["resolve_seconds"].tolist() == pytest.approx([3600, np.nan, 3600], nan_ok=True)
    assert found["completed"].tolist() == [True] * 3


WORK_ORDERS = {
    "空调不制冷，检查压缩机烧坏，更换压缩机，原因为电压不稳": [
        ("压缩机", "不制冷", "电压异常", True), ("压缩机", "烧毁", "电压异常", True)
    ],
    "主板故障，屏幕破裂，摔坏": [("主板", "损坏", "使用不当", False), ("显示屏", "破裂", "使用不当", False)],
    "未发现漏水，一切正常": [],
    "进水管堵塞，已更换进水管": [("管路", "堵塞", None, True)],
    "建议观察滤网": [("滤芯滤网", None, None, False)],
    "客户说没网": [(None, "无法上网", None, False)],
    "電池鼓包，自然老化": [("电池", "不充电", "自然老化", False)],
}  # fmt: skip


def test_work_orders_become_parts_faults_and_reasons():
    tickets = pd.DataFrame({"doc_id": list(WORK_ORDERS), "text": list(WORK_ORDERS), "region": "华东"})
    found = ct.fault_records(tickets)
    for doc, wanted in WORK_ORDERS.items():
        rows = found[found["doc_id"] == doc][["part", "fault", "reason", "is_replaced"]]
        got = [tuple(None if pd.isna(x) else x for x in row) for row in rows.to_numpy()]
        assert sorted(got, key=str) == sorted(wanted, key=str), doc
    assert found.attrs["n_without"] == 1
    assert set(found["region"]) == {"华东"}
    parts = ct.fault_records(tickets, by_part=True)
    assert parts["part"].tolist().count("压缩机") == 1
    assert parts["part"].notna().all()


def test_demand_for_parts_is_forecast():
    days = pd.date_range("2026-03-02", periods=56).repeat(3)
    tickets = pd.DataFrame({"created_at": days, "text": ["水泵堵塞", "更换主板，烧坏", "更换主板"] * 56})
    table = ct.forecast(ct.fault_records(tickets, by_part=True), 7, by="part", calendar=None)
    assert table.groupby("part")["value"].sum().to_dict() == {"主板": 14, "水泵": 7}


def test_bad_work_orders_are_told_in_chinese(tmp_path):
    with pytest.raises(ct.SchemaError, match="text"):
        ct.fault_records(pd.DataFrame({"内容": ["主板坏了"]}))
    with pytest.raises(ct.ParameterError, match="by_part"):
        ct.fault_records(pd.DataFrame({"text": ["主板坏了"]}), by_part="部件")
    own = tmp_path / "own.yaml"
    own.write_text(
        "name: own\ncategories:\n- {id: part, label_zh: 部件, patterns: [主板]}\n"
        "- {id: x, label_zh: 别的, patterns: [屏幕]}\n",
        "utf-8",
    )
    with pytest.raises(ct.ParameterError, match=r"缺 fault、reason"):
        ct.fault_records(pd.DataFrame({"text": ["主板坏了"]}), taxonomy=own)
    assert "没有数据行" in ct.fault_records(pd.DataFrame({"text": []})).attrs["reason"]
    assert "没有一张工单" in ct.fault_records(pd.DataFrame({"text": ["谢谢"]})).attrs["reason"]
