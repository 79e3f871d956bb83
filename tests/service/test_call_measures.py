"""Calls: parts of a call, occupancy, and when callers give up, beside statsmodels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight

import csatext as ct
from csatext.service.survival import kaplan_meier, median

CALLS = pd.DataFrame(
    {
        "doc_id": ["1", "2", "3", "4"],
        "agent_id": ["甲", "甲", None, "乙"],
        "answered": ["是", "是", "否", "是"],
        "queued_at": pd.to_datetime(
            ["2026-05-01 09:00:00", "2026-05-01 09:01:00", "2026-05-01 09:02:00", "2026-05-01 23:59:50"]
        ),
        "answered_at": pd.to_datetime(
            ["2026-05-01 09:00:20", "2026-05-01 09:01:05", None, "2026-05-02 00:00:10"]
        ),
        "ended_at": pd.to_datetime(
            ["2026-05-01 09:03:20", "2026-05-01 09:04:05", "2026-05-01 09:02:40", "2026-05-02 00:02:10"]
        ),
        "hold_seconds": [30, None, None, 20],
        "acw_seconds": [60, 40, None, None],
    }
)


def test_a_table_worked_out_by_hand():
    shifts = pd.DataFrame(
        {
            "agent_id": ["甲", "甲", "丙"],
            "started_at": ["2026-05-01 09:00", "2026-05-01 13:00", "2026-05-01 09:00"],
            "ended_at": ["2026-05-01 10:00", "2026-05-01 14:00", "2026-05-01 10:00"],
        }
    )
    found = ct.call_measures(CALLS, shifts=shifts)
    assert found["answered"].tolist() == [True, True, False, True]
    assert found["abandoned"].tolist() == [False, False, True, False]
    assert found["waiting_seconds"].tolist() == [20, 5, 40, 20]  # over midnight too
    # answered to ended less hold
    assert found["talking_seconds"].dropna().tolist() == [150, 180, 100]
    assert found["handling_seconds"].dropna().tolist() == [240, 220, 120]
    # 甲 is busy from 09:00:20 to 09:04:20 and, with the second call, to 09:04:45: 240 + 25
    assert found["busy_seconds"].tolist()[:2] == [240, 25]
    assert found["ready_seconds"].tolist() == [7200, 0, 0, 0]
    assert found.attrs["ready_seconds_left"] == 3600
    assert found.attrs["absent"] == {}
    facts = ct.build_facts(CALLS, found)
    occupied = ct.kpis(facts, metrics=["occupancy"], by="agent_id").set_index("agent_id")["value"]
    assert occupied["甲"] == 265 / 7200


def test_a_night_shift_is_parted_at_midnight_and_overlaps_count_once():
    calls = pd.DataFrame(
        {
            "agent_id": ["甲", "甲"], "answered": [True, True], "talk_seconds": [60, 60], "hold_seconds": 0,
            "acw_seconds": 0, "answered_at": ["2026-05-01 23:00", "2026-05-02 01:00"],
        }
    )  # fmt: skip
    shifts = pd.DataFrame(
        [
            ("甲", "2026-05-01 22:00", "2026-05-02 02:00"), ("甲", "2026-05-02 01:30", "2026-05-02 03:00"),
            ("甲", "2026-05-02 02:00", "2026-05-02 02:30"), ("甲", "2026-05-02 09:00", "2026-05-02 08:00"),
            ("甲", "2026-04-01 09:00", "2026-05-03 08:00"), ("乙", "2026-05-01 23:30", "2026-05-02 00:30"),
        ],
        columns=["agent_id", "started_at", "ended_at"],
    )  # fmt: skip
    found = ct.call_measures(calls, shifts=shifts)
    assert found["ready_seconds"].tolist() == [2 * 3600, 3 * 3600]
    assert found.attrs["ready_seconds_left"] == 3600
    assert found.attrs["repairs"] == {"班次先结束后开始": 1, "班次超过一周": 1}


def test_lengths_are_read_as_telephone_systems_write_them():
    calls = pd.DataFrame({"answered": ["是"] * 4, "talk_seconds": ["01:00:05", "3分20秒", "02:05", "90"]})
    assert ct.call_measures(calls)["talking_seconds"].tolist() == [3605, 200, 125, 90]
    with pytest.raises(ct.SchemaError, match=r"「talk_seconds」.*「很久」"):
        ct.call_measures(calls.assign(talk_seconds="很久"))


def test_what_is_missing_or_wrong_is_said():
    found = ct.call_measures(CALLS[["doc_id", "answered"]])
    assert found.attrs["absent"] == {
        "waiting_seconds": "wait_seconds",
        "holding_seconds": "hold_seconds",
        "after_call_seconds": "acw_seconds",
        "talking_seconds": "talk_seconds",
        "handling_seconds": "acw_seconds、hold_seconds、talk_seconds",
        "busy_seconds": "agent_id、answered_at",
        "ready_seconds": "shifts",
    }
    dirty = pd.DataFrame(
        {"answered": [1, 1], "abandoned": [1, 0], "wait_seconds": [-5, 3], "talk_seconds": [9, -1]}
    )
    found = ct.call_measures(dirty)
    assert found.attrs["repairs"] == {"接起又放弃": 1, "等待是负数": 1, "通话是负数": 1}
    assert found["abandoned"].tolist() == [False, False]
    assert ct.call_measures(pd.concat([CALLS, CALLS.iloc[:1]])).attrs["repairs"] == {"重复的行": 1}
    with pytest.raises(ct.SchemaError, match="看不出哪些来电接起了"):
        ct.call_measures(pd.DataFrame({"doc_id": ["1"]}))
    with pytest.raises(ct.SchemaError, match="1 行重复"):
        ct.call_measures(pd.concat([CALLS, CALLS.iloc[:1].assign(answered="否")]))
    with pytest.raises(ct.SchemaError, match=r"应是是/否标记.*「也许」"):
        ct.call_measures(pd.DataFrame({"answered": ["也许"]}))


DURATIONS = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=30)


@settings(max_examples=25, deadline=None)
@given(DURATIONS)
def test_kaplan_meier_equals_statsmodels(drawn):
    time, event = (np.array(part, dtype=float) for part in zip(*drawn, strict=True))
    found = kaplan_meier(time, event)
    if not event.any():
        assert (found.value == 1).all()
        return
    wanted = SurvfuncRight(time, event)
    at = np.isin(found.times, wanted.surv_times)
    assert found.value[at] == pytest.approx(wanted.surv_prob, abs=1e-12)
    assert found.at_risk[at] == pytest.approx(wanted.n_risk)
    inside = (wanted.surv_prob > 0) & (wanted.surv_prob < 1)
    low, high = (ends[at][inside] for ends in (found.low, found.high))
    s, se = wanted.surv_prob[inside], wanted.surv_prob_se[inside]
    # log(-log S) +- z se / (S |log S|)
    z = 1.959963984540054 * se / (s * np.abs(np.log(s)))
    assert low == pytest.approx(s ** np.exp(z), abs=1e-9)
    assert high == pytest.approx(s ** np.exp(-z), abs=1e-9)
    half = wanted.surv_times[wanted.surv_prob <= 0.5 + 1e-12]
    assert median(found)[0] == pytest.approx(half[0] if len(half) else np.nan, nan_ok=True)


@settings(max_examples=25, deadline=None)
@given(DURATIONS)
def test_the_curve_is_kaplan_meier_by_bin(drawn):
    time, event = (np.array(part, dtype=float) for part in zip(*drawn, strict=True))
    calls = pd.DataFrame({"answered": event == 0, "wait_seconds": time})
    table = ct.abandonment_curve(calls, bins=[0, 3, 6, 12])
    curve = kaplan_meier(time, event)
    for row in table.itertuples():
        first = row.wait_from == 0
        inside = (time <= row.wait_to) & ((time > row.wait_from) | first)
        assert row.abandoned == (inside & (event == 1)).sum()
        assert row.answered == (inside & (event == 0)).sum()
        assert row.at_risk == (len(time) if first else (time > row.wait_from).sum())
        stays = np.prod(
            1
            - (curve.events / curve.at_risk)[
                (curve.times <= row.wait_to) & ((curve.times > row.wait_from) | first)
            ]
        )
        if not np.isnan(row.hazard):
            assert row.hazard == pytest.approx(1 - stays)
            assert np.isnan(row.low) or row.low - 1e-12 <= row.hazard <= row.high + 1e-12


def test_an_answered_call_is_censored_and_not_patient():
    # 10 wait: 5 are answered at 5 s, of the other five 1 gives up at 15 s, and the rest are answered at 30
    calls = pd.DataFrame({"answered": [1] * 5 + [0] + [1] * 4, "wait_seconds": [5] * 5 + [15] + [30] * 4})
    table = ct.abandonment_curve(calls, bins=[0, 10, 20, 40])
    assert table["at_risk"].tolist() == [10, 5, 4]
    assert table["hazard"].tolist() == pytest.approx([0, 0.2, 0])
    assert table["still_waiting"].tolist() == [1, 0.8, 0.8]
    # effective size of 1 of 5 seen throughout is 5: Wilson 1 of 5
    assert table.loc[1, ["low", "high"]].tolist() == pytest.approx([0.0362, 0.6245], abs=5e-5)
    assert table.attrs["median_patience"] is None


def test_bad_bins_and_no_waits():
    calls = pd.DataFrame({"answered": [True], "wait_seconds": [3]})
    for bins in ([0], [5, 3], [-1, 2], 7, ["a", "b"]):
        with pytest.raises(ct.ParameterError, match="bins"):
            ct.abandonment_curve(calls, bins=bins)
    with pytest.raises(ct.ParameterError, match="没有等待时间"):
        ct.abandonment_curve(calls[["answered"]])
    assert "没有数据行" in ct.abandonment_curve(calls.iloc[:0]).attrs["reason"]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("甲乙"), st.integers(0, 50), st.integers(0, 20)), min_size=1, max_size=12
    )
)
def test_busy_time_of_an_agent_who_answers_two_at_once_is_the_union_of_the_calls(drawn):
    calls = pd.DataFrame(
        {
            "agent_id": [agent for agent, *_ in drawn],
            "answered_at": [pd.Timestamp("2026-05-01") + pd.Timedelta(seconds=at) for _, at, _ in drawn],
            "talk_seconds": [length for *_, length in drawn],
            "hold_seconds": 0,
            "acw_seconds": 0,
        }
    )
    busy = ct.call_measures(calls)["busy_seconds"].groupby(calls["agent_id"].to_numpy()).sum()
    for agent in busy.index:
        seconds = {s for who, at, length in drawn if who == agent for s in range(at, at + length)}
        assert busy[agent] == pytest.approx(len(seconds))
