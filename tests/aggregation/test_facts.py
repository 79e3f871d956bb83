from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csatext.aggregation.facts import build_facts, join
from csatext.errors import ParameterError, SchemaError


def times(*moments):
    return pd.to_datetime(list(moments), format="mixed")


def corpus(**columns):
    n = len(next(iter(columns.values())))
    return SimpleNamespace(
        docs=pd.DataFrame(columns, index=pd.Index([f"d{i}" for i in range(n)], name="doc_id"))
    )


def test_facts_keep_rows_order_and_index_and_leave_inputs_alone():
    c = corpus(channel=["电话", "在线", "工单"], created_at=times("2026-05-11 09:30", "2027-01-01", None))
    before = c.docs.copy()
    result = pd.DataFrame(
        {"is_negative": [True, False, True], "polarity": [-1, 1, -1]}, index=["d2", "d0", "d1"]
    )
    facts = build_facts(c, result, pd.Series([7, 8, 9], index=c.docs.index, name="topic"))
    assert facts.index.tolist() == ["d0", "d1", "d2"]
    assert facts.index.name == "doc_id"
    assert facts["is_negative"].tolist() == [False, True, True]
    assert facts["is_negative"].dtype == bool
    assert facts["polarity"].tolist() == [1, -1, -1]
    assert facts["topic"].tolist() == [7, 8, 9]
    assert facts["date"].iloc[0] == pd.Timestamp("2026-05-11")
    # 1 January 2027 is a Friday: ISO week 53 of 2026
    assert facts["week"].tolist()[:2] == ["2026-W20", "2026-W53"]
    assert facts["month"].tolist()[:2] == ["2026-05", "2027-01"]
    assert facts[["date", "week", "month"]].iloc[2].isna().all()
    pd.testing.assert_frame_equal(c.docs, before)


def test_missing_documents_become_na_without_changing_kind():
    c = corpus(channel=["电话", "在线"])
    facts = build_facts(
        c, pd.DataFrame({"flag": [True], "count": [3], "score": [0.5], "label": ["物流"]}, index=["d1"])
    )
    assert facts["flag"].isna().tolist() == [True, False]
    assert str(facts["flag"].dtype) == "boolean"
    assert str(facts["count"].dtype) == "Int64"
    assert np.isnan(facts["score"].iloc[0])
    assert facts["label"].iloc[1] == "物流"


def test_a_period_column_of_the_user_is_kept():
    facts = build_facts(corpus(created_at=pd.to_datetime(["2026-05-11"]), week=["第20周"]))
    assert facts["week"].tolist() == ["第20周"]


def test_zoned_and_written_times_are_read_as_wall_time():
    zoned = pd.to_datetime(["2026-05-11 00:30"]).tz_localize("Asia/Shanghai")
    assert build_facts(corpus(created_at=zoned))["date"].tolist() == [pd.Timestamp("2026-05-11")]
    assert build_facts(corpus(created_at=["2026-05-11 23:59"]))["month"].tolist() == ["2026-05"]
    with pytest.raises(SchemaError, match="created_at"):
        build_facts(corpus(created_at=["昨天"]))


def test_facts_survive_parquet(tmp_path):
    c = corpus(mixed=[1, "二"], created_at=pd.to_datetime(["2026-05-11", None]), tags=[["a"], []])
    c.docs.attrs["quality"] = pd.DataFrame({"check": ["x"]})
    facts = build_facts(c, pd.Series([True], index=["d0"], name="flag"))
    facts.to_parquet(tmp_path / "facts.parquet")
    back = pd.read_parquet(tmp_path / "facts.parquet")
    assert back.index.tolist() == ["d0", "d1"]
    assert back["mixed"].tolist() == ["1", "二"]
    assert facts.attrs == {}


def test_bad_results_are_refused():
    c = corpus(topic=[1, 2])
    with pytest.raises(SchemaError, match="1 个 doc_id 不在语料中"):
        build_facts(c, pd.Series([1], index=["x"], name="a"))
    with pytest.raises(SchemaError, match="1 行重复"):
        build_facts(c, pd.Series([1, 2], index=["d0", "d0"], name="a"))
    with pytest.raises(SchemaError, match=r"「topic」同时在 corpus.docs 和第 1 个结果里"):
        build_facts(c, pd.Series([1, 2], index=["d0", "d1"], name="topic"))
    with pytest.raises(SchemaError, match="第 1 个结果 和第 2 个结果里"):
        build_facts(c, *[pd.Series([1, 2], index=["d0", "d1"], name="a")] * 2)
    with pytest.raises(ParameterError, match="没有名字"):
        build_facts(c, pd.Series([1, 2], index=["d0", "d1"]))
    with pytest.raises(ParameterError, match="list"):
        build_facts(c, [1, 2])


def test_measures_take_the_place_of_the_raw_columns_they_were_read_from():
    c = corpus(answered=["是", "否"], channel=["电话", "电话"])
    measures = pd.DataFrame({"answered": [True, False]}, index=["d0", "d1"])
    with pytest.raises(SchemaError, match="「answered」"):
        build_facts(c, measures)
    measures["held"] = np.nan
    measures.attrs |= {"repairs": {}, "absent": {"held": "hold_seconds"}}
    assert "held" not in build_facts(c, measures)
    assert build_facts(c, measures)["answered"].tolist() == [True, False]
    assert c.docs["answered"].tolist() == ["是", "否"]


def test_results_with_doc_id_as_a_column():
    c = corpus(channel=["电话", "在线"])
    flags = pd.DataFrame({"doc_id": ["d1", "d0"], "flag": [True, False]})
    indexed = flags.set_index("doc_id")
    pd.testing.assert_frame_equal(build_facts(c, flags), build_facts(c, indexed))
    assert flags.columns.tolist() == ["doc_id", "flag"]
    with pytest.raises(SchemaError, match="1 个 doc_id 不在语料中"):
        build_facts(c, flags.assign(doc_id=["d1", "d7"]))
    with pytest.raises(SchemaError, match="1 行重复"):
        build_facts(c, flags.assign(doc_id=["d1", "d1"]))


def test_a_table_of_contacts_in_place_of_the_corpus():
    contacts = pd.DataFrame({"doc_id": ["a", "b"], "text": ["退款慢", "好"], "channel": ["电话", "在线"]})
    score = pd.Series([1.5], index=["b"], name="score")
    facts = build_facts(contacts, score)
    assert facts.columns.tolist() == ["channel", "score"]
    assert facts.index.tolist() == ["a", "b"] and facts.index.name == "doc_id"
    again = build_facts(facts, pd.Series([7, 8], index=["a", "b"], name="topic"))
    assert again["topic"].tolist() == [7, 8] and again["score"].isna().tolist() == [True, False]
    with pytest.raises(SchemaError, match="缺少列「doc_id」"):
        build_facts(contacts.drop(columns="doc_id"), score)
    for wrong in ([contacts], None, "corpus"):
        with pytest.raises(ParameterError, match="参数 corpus 的类型"):
            build_facts(wrong, score)


def test_empty_corpus():
    c = SimpleNamespace(
        docs=pd.DataFrame({"created_at": pd.to_datetime([])}, index=pd.Index([], name="doc_id"))
    )
    assert build_facts(c).columns.tolist() == ["created_at", "date", "week", "month"]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 6), st.lists(st.integers(0, 5), unique=True, max_size=6), st.integers(0, 99))
def test_row_count_never_changes(n, held, seed):
    c = SimpleNamespace(docs=pd.DataFrame({"a": range(n)}, index=pd.RangeIndex(n, name="doc_id")))
    held = [h for h in held if h < n]
    facts = build_facts(c, pd.Series(range(len(held)), index=held, name="v", dtype="int64"))
    assert facts.index.tolist() == list(range(n))
    assert facts["v"].notna().sum() == len(held)
    table = pd.DataFrame({"a": np.random.default_rng(seed).permutation(4), "w": range(4)})
    joined = join(facts, table, on="a")
    expected = facts.merge(table, on="a", how="left")["w"]
    assert joined["w"].astype("float").tolist() == pytest.approx(
        expected.astype("float").tolist(), nan_ok=True
    )


def test_join_refuses_fan_out_and_counts_it():
    facts = pd.DataFrame({"customer": ["a", "a", "b"]})
    table = pd.DataFrame({"customer": ["a", "a", "c"], "level": [1, 2, 3]})
    with pytest.raises(SchemaError, match=r"1 个键（customer）出现不止一次，facts 的 2 行会被重复"):
        join(facts, table, on="customer")
    with pytest.raises(SchemaError, match=r"facts.*1 行重复"):
        join(facts, table.drop(0), on="customer", validate="one_to_one")
    with pytest.raises(ParameterError, match="many_to_one"):
        join(facts, table, on="customer", validate="one_to_many")
    with pytest.raises(SchemaError, match=r"facts.*1 行重复"):
        join(facts, table.drop(0), on="customer", validate="1:1")
    pd.testing.assert_frame_equal(
        join(facts, table.drop(0), on="customer", validate="m:1"), join(facts, table.drop(0), on="customer")
    )


def test_join_by_index_key_and_missing_keys():
    facts = pd.DataFrame({"customer": ["a", None, "z"]}, index=pd.Index(["d0", "d1", "d2"], name="doc_id"))
    table = pd.DataFrame({"customer": ["a", None, None], "vip": [True, True, False]})
    joined = join(facts, table, on="customer")
    assert joined.index.equals(facts.index)
    assert joined["vip"].isna().tolist() == [False, True, True]
    assert joined.attrs["joins"] == [{"on": ["customer"], "columns": ["vip"], "matched": 1, "unmatched": 2}]
    orders = pd.DataFrame({"doc_id": ["d2"], "paid": [9.5]})
    again = join(joined, orders, on="doc_id")
    assert again["paid"].tolist()[2] == 9.5
    assert len(again.attrs["joins"]) == 2
    assert len(joined.attrs["joins"]) == 1


def test_join_keys_of_different_types_never_match_silently():
    with pytest.raises(SchemaError, match="永远对不上"):
        join(pd.DataFrame({"k": ["1"]}), pd.DataFrame({"k": [1], "v": [2]}), on="k")
    joined = join(pd.DataFrame({"k": pd.Categorical(["1"])}), pd.DataFrame({"k": ["1"], "v": [2]}), on="k")
    assert joined["v"].tolist() == [2]


def test_join_column_there_already():
    facts, table = pd.DataFrame({"k": [1], "v": [0]}), pd.DataFrame({"k": [1], "v": [2]})
    with pytest.raises(SchemaError, match="suffix"):
        join(facts, table, on="k")
    assert join(facts, table, on="k", suffix="_crm")["v_crm"].tolist() == [2]


PRICES = pd.DataFrame(
    {
        "sku": ["A", "A", "B"],
        "region": ["东", "东", "东"],
        "price": [10, 12, 7],
        "begin": pd.to_datetime(["2026-05-01", "2026-06-01", None]),
        "end": pd.to_datetime(["2026-05-31", None, "2026-05-15"]),
    }
)


def test_price_list_by_time():
    facts = pd.DataFrame(
        {
            "sku": ["A", "A", "A", "B", "B", "A", "A"],
            "region": ["东", "东", "东", "东", "东", "西", "东"],
            "created_at": times(
                "2026-04-30 23:59",
                "2026-05-31 23:59",
                "2026-06-01",
                "2020-01-01",
                "2026-05-16",
                "2026-06-01",
                None,
            ),
        }
    )
    joined = join(facts, PRICES, on=["sku", "region"], valid_from="begin", valid_to="end")
    assert joined["price"].fillna(-1).tolist() == [-1, 10, 12, 7, -1, -1, -1]
    assert joined.attrs["joins"][0]["unmatched"] == 4
    assert "begin" not in joined
    half_open = join(facts, PRICES, on=["sku", "region"], valid_from="begin", valid_to="end", closed="left")
    assert half_open["price"].fillna(-1).tolist() == [-1, -1, 12, 7, -1, -1, -1]


def test_price_list_that_overlaps_or_runs_backwards():
    facts = pd.DataFrame({"sku": ["A"], "created_at": pd.to_datetime(["2026-05-31"])})
    overlap = PRICES.assign(end=pd.to_datetime(["2026-06-01", None, None])).drop(columns="region")
    with pytest.raises(SchemaError, match="1 个键（sku）的有效期互相重叠"):
        join(facts, overlap, on="sku", valid_from="begin", valid_to="end")
    assert join(facts, overlap, on="sku", valid_from="begin", valid_to="end", closed="left")[
        "price"
    ].tolist() == [10]
    backwards = PRICES.assign(end=pd.to_datetime(["2026-04-01", None, None]))
    with pytest.raises(SchemaError, match="1 行的失效时间不晚于生效时间"):
        join(facts, backwards, on="sku", valid_from="begin", valid_to="end")


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_timed_join_equals_a_loop(seed):
    rng = np.random.default_rng(seed)
    cuts = {k: np.sort(rng.choice(60, 6, replace=False)) for k in "abc"}
    rows = [(k, c[i], c[i + 1], f"{k}{i}") for k, c in cuts.items() for i in (0, 2, 4)]
    day = pd.Timestamp("2026-01-01")
    table = pd.DataFrame(rows, columns=["k", "s", "e", "label"]).sample(frac=1, random_state=seed)
    facts = pd.DataFrame({"k": rng.choice(list("abcd"), 30), "t": rng.integers(0, 60, 30)})
    expected = [
        next((r.label for r in table.itertuples() if r.k == f.k and r.s <= f.t < r.e), None)
        for f in facts.itertuples()
    ]
    dated = table.assign(s=day + pd.to_timedelta(table["s"], "D"), e=day + pd.to_timedelta(table["e"], "D"))
    facts = facts.assign(created_at=day + pd.to_timedelta(facts["t"], "D"))
    joined = join(facts, dated, on="k", valid_from="s", valid_to="e", closed="left")
    assert [None if pd.isna(v) else v for v in joined["label"]] == expected


def test_late_data_are_flagged():
    facts = pd.DataFrame(
        {
            "customer": list("abc"),
            "created_at": pd.to_datetime(["2026-05-26 23:00", "2026-05-30 01:00", "2026-05-31 09:00"]),
        }
    )
    orders = pd.DataFrame({"customer": list("abc"), "paid_next_day": [1, 0, 0], "paid_final": [1, 0, 0]})
    joined = join(facts, orders, on="customer", complete_after={"paid_next_day": 1, "paid_final": 4})
    assert joined["paid_next_day_complete"].tolist() == [True, True, False]
    assert joined["paid_final_complete"].tolist() == [True, False, False]
    assert joined.attrs["joins"][0]["complete_as_of"] == {
        "paid_next_day": "2026-05-30",
        "paid_final": "2026-05-27",
    }
    later = join(
        facts, orders[["customer", "paid_final"]], on="customer", complete_after=4, as_of="2026-06-03"
    )
    assert later["paid_final_complete"].tolist() == [True, True, False]
    with pytest.raises(ParameterError, match="complete_after"):
        join(facts, orders, on="customer", complete_after=-1)


def test_price_list_with_beginnings_only():
    facts = pd.DataFrame(
        {"sku": ["A", "A", "A"], "created_at": times("2026-04-01", "2026-05-31 23:00", "2026-06-01")}
    )
    table = PRICES.drop(columns=["region", "end"]).iloc[:2]
    assert join(facts, table, on="sku", valid_from="begin")["price"].fillna(0).tolist() == [0, 10, 12]
    with pytest.raises(SchemaError, match="1 行的失效时间不晚于生效时间"):
        join(facts, pd.concat([table, table.iloc[:1]]), on="sku", valid_from="begin")
