"""Surveys, orders, costs and customers: by hand, and orders against a loop."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import csatext as ct


def test_surveys_on_both_scales():
    five = pd.DataFrame({"csat": [5, 4, 3, None, 7], "nps": [10, 9, 7, 6, 11]})
    found = ct.survey_measures(five, csat_scale=5)
    assert found["satisfied"].tolist() == [True, True, False, pd.NA, pd.NA]
    assert found["promoter"].tolist() == [True, True, False, False, pd.NA]
    assert found["detractor"].tolist() == [False, False, False, True, pd.NA]
    assert found.attrs["repairs"] == {"满意度越界": 1, "推荐意愿越界": 1}
    assert found.attrs["absent"] == {"survey_invited": "survey_invited", "survey_commented": "comment"}
    hundred = ct.survey_measures(pd.DataFrame({"csat": [95, 80, 79]}))
    assert (hundred.attrs["scale"], hundred["satisfied"].tolist()) == (100, [True, True, False])
    apart = pd.DataFrame({"doc_id": ["a", "b"], "nps": [10, 11], "invited": [1, 1], "answered": [1, 0]})
    contacts = pd.DataFrame({"doc_id": ["a", "b", "c"], "channel": "电话"})
    facts = ct.build_facts(contacts, ct.survey_measures(apart))
    values = ct.kpis(facts, metrics=["nps", "participation_rate"]).set_index("metric")["value"]
    assert values.to_dict() == {"nps": 100.0, "participation_rate": 0.5}
    with pytest.raises(ct.ParameterError, match="scale"):
        ct.survey_measures(five, csat_scale=7)
    with pytest.raises(ct.SchemaError, match="没有 csat"):
        ct.survey_measures(pd.DataFrame({"score": [5]}))


def test_what_silence_allows():
    surveys = pd.DataFrame(
        {
            "csat": [5, 1, 4, None, None],
            "survey_invited": [1, 1, 0, 1, 1],
            "comment": ["好", " ", None, None, "慢"],
        }
    )
    found = ct.survey_measures(surveys)
    # the third answered without an invitation on record: it was invited; 2 of 5 satisfied, 2 silent
    assert found.attrs["repairs"] == {"没有邀请却有评价": 1}
    assert found.attrs["satisfied_range"] == [2 / 5, 4 / 5]
    assert found["survey_commented"].tolist() == [True, False, False, False, True]
    rate = ct.kpis(
        ct.build_facts(surveys.rename_axis("doc_id"), found.set_axis(surveys.index)),
        metrics=["participation_rate"],
    )
    assert rate["value"].tolist() == [3 / 5]


def test_answered_calls_are_no_answered_surveys():
    contacts = pd.DataFrame({"csat": [5, None], "survey_invited": [1, 1], "answered": [True, True]})
    assert ct.survey_measures(contacts)["survey_answered"].tolist() == [True, False]
    short = pd.DataFrame({"csat": [5, None], "invited": [1, 1], "answered": [True, True]})
    assert ct.survey_measures(short)["survey_answered"].tolist() == [True, True]


ORDERS = pd.DataFrame(
    {
        "order_id": ["o1", "o2", "o3", "o4", "o4"],
        "customer_id": ["a", "a", "b", "c", "c"],
        "ordered_at": pd.to_datetime(
            [
                "2026-05-01 10:00",
                "2026-05-06 09:00",
                "2026-05-02 09:00",
                "2026-05-03 09:00",
                "2026-05-03 09:00",
            ]
        ),
        "paid_at": pd.to_datetime(
            ["2026-05-02 23:59", "2026-05-06 10:00", None, "2026-05-03 09:30", "2026-05-03 09:30"]
        ),
        "amount": [100.0, 50.0, 70.0, 30.0, 30.0],
        "items": [2, 1, 1, 3, 3],
    }
)
CONTACTS = pd.DataFrame(
    {
        "doc_id": ["1", "2", "3", "4"],
        "customer_id": ["a", "a", "b", "d"],
        "created_at": pd.to_datetime(
            ["2026-05-01 09:00", "2026-05-04 09:00", "2026-05-02 08:00", "2026-05-03 08:00"]
        ),
    }
)


def test_orders_worked_out_by_hand():
    found = ct.order_measures(ORDERS, CONTACTS)
    assert found["is_presales"].tolist() == [True, False, True, True]  # a ordered three days before contact 2
    assert found["paid_next_day"].tolist() == [
        True,
        False,
        False,
        False,
    ]  # 2 May is the next day, to its last minute
    assert found["paid_finally"].tolist() == [True, True, False, False]  # 6 May is two days after 4 May
    assert found["paid_amount"].tolist() == [100, 50, 0, 0]
    assert found["paid_items"].tolist() == [2, 1, 0, 0]
    assert found["n_orders"].tolist() == [1, 0, 1, 1]
    assert found.attrs["repairs"] == {"重复的订单": 1}
    assert found.attrs["unattributed"] == 1  # c was never in contact
    assert found.attrs["orders_left"] == 1  # nobody was in contact on 6 May
    short = ct.order_measures(ORDERS, CONTACTS, final_days=1)
    assert short["paid_finally"].tolist() == [True, False, False, False]
    with pytest.raises(ct.SchemaError, match="customer_id"):
        ct.order_measures(ORDERS.drop(columns="customer_id"), CONTACTS)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 200)), min_size=1, max_size=8),
    st.lists(
        st.tuples(st.sampled_from("abc"), st.integers(0, 240), st.integers(1, 9), st.booleans()), max_size=8
    ),
)
def test_random_orders_equal_the_loop(contacts, orders):
    origin = pd.Timestamp("2026-05-01")

    def at(hours):
        return origin + pd.Timedelta(hours=hours)

    frame = pd.DataFrame(
        {
            "doc_id": [str(i) for i in range(len(contacts))],
            "customer_id": [c for c, _ in contacts],
            "created_at": [at(h) for _, h in contacts],
        }
    )
    sold = pd.DataFrame(
        {
            "order_id": range(len(orders)),
            "customer_id": [c for c, *_ in orders],
            "ordered_at": pd.to_datetime([at(h) for _, h, *_ in orders]),
            "paid_at": pd.to_datetime([at(h) if paid else pd.NaT for _, h, _, paid in orders]),
            "amount": np.array([a for *_, a, _ in orders], dtype=float),
        }
    )
    found = ct.order_measures(sold, frame)
    amount, soon, finally_ = ([0.0] * len(contacts) for _ in range(3))
    for who, when, money, paid in orders:
        before = [(h, i) for i, (c, h) in enumerate(contacts) if c == who and h <= when]
        if paid and before:
            hour, last = max(before)
            days = (at(when).normalize() - at(hour).normalize()).days
            if days <= 4:
                amount[last] += money
                finally_[last] = 1
                soon[last] = max(soon[last], days <= 1)
    assert found["paid_amount"].tolist() == amount
    assert found["paid_finally"].tolist() == [bool(x) for x in finally_]
    assert found["paid_next_day"].tolist() == [bool(x) for x in soon]
    for i, (who, hour) in enumerate(contacts):
        recent = any(c == who and 0 < hour - h <= 15 * 24 for c, h, *_ in orders)
        assert found["is_presales"].iloc[i] == (not recent)
    days = {at(h).date() for _, h in contacts}
    assert found["n_orders"].sum() == pytest.approx(sum(at(h).date() in days for _, h, *_ in orders))


def test_costs():
    contacts = pd.DataFrame(
        {"cost": [4.0, 6.0, -1.0], "compensation": [None, 20.0, 5.0], "responsible": ["否", "是", None]}
    )
    found = ct.cost_measures(contacts)
    assert found["contact_cost"].tolist() == pytest.approx([4, 6, np.nan], nan_ok=True)
    assert found["compensation_cost"].tolist() == [0, 20, 5]
    assert found["poor_quality_cost"].tolist() == pytest.approx([0, 26, np.nan], nan_ok=True)
    assert found.attrs["repairs"] == {"成本是负数": 1}
    timed = ct.cost_measures(pd.DataFrame({"handle_seconds": [1800.0]}), cost_per_contact=2, cost_per_hour=40)
    assert timed["contact_cost"].tolist() == [22]
    assert timed.attrs["absent"] == {"compensation_cost": "compensation", "poor_quality_cost": "responsible"}
    with pytest.raises(ct.ParameterError, match="cost_per_hour"):
        ct.cost_measures(contacts, cost_per_hour=-1)
    with pytest.raises(ct.SchemaError, match="category"):
        ct.cost_measures(contacts, poor_quality=["商品质量"])


def test_customers():
    contacts = pd.DataFrame(
        {
            "doc_id": list("12345"),
            "customer_id": ["a", "b", "a", None, "a"],
            "created_at": ["2026-01-01", "2026-05-02", "2026-05-03", "2026-05-04", "2026-05-05"],
            "is_complaint": [True, False, True, True, False],
        }
    )
    found = ct.customer_measures(contacts)
    assert found["is_new_customer"].tolist() == [True, True, False, pd.NA, False]
    assert found["n_contacts_before"].tolist() == [0, 0, 1, pd.NA, 2]
    assert found["days_since_previous"].tolist() == pytest.approx(
        [np.nan, np.nan, 122, np.nan, 2], nan_ok=True
    )
    assert found["is_repeat_complainer"].tolist() == [False, False, True, pd.NA, False]
    assert found.attrs["customers"] == {
        "distinct": 2,
        "new": 2,
        "returning": 1,
        "lost": 0,
        "without_id": 1,
        "contacts_per_customer": 2.0,
    }
    late = ct.customer_measures(contacts, as_of="2026-08-01")
    assert late.attrs["customers"]["lost"] == 1  # b, 91 days after 2 May; a came on 5 May, 89 days before
    known = pd.DataFrame(
        {
            "customer_id": ["a", "b"],
            "registered_at": ["2020-01-01", "2026-05-01"],
            "segment": ["老客", "新客"],
        }
    )
    found = ct.customer_measures(contacts, known)
    assert found["is_new_customer"].tolist() == [False, True, False, pd.NA, False]
    assert found.attrs["segments"] == {"老客": 0.5, "新客": 0.5}
    with pytest.raises(ct.SchemaError, match="重复"):
        ct.customer_measures(contacts, pd.concat([known, known]))
