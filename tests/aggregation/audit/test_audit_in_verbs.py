import numpy as np
import pandas as pd
import pytest

import csatext as ct


def center():
    rng = np.random.default_rng(0)
    n = 6000
    channel = rng.choice(["电话", "在线", "邮件"], n, p=[0.6, 0.35, 0.05])
    truth = rng.random(n) < np.where(channel == "电话", 0.3, 0.2)
    days = pd.Timestamp("2026-01-01") + pd.to_timedelta(rng.integers(0, 90, n), unit="D")
    facts = pd.DataFrame({"doc_id": range(n), "channel": channel, "created_at": days, "truth": truth})
    # The machine flags a quarter of the contacts that are not urgent.
    return facts.assign(urgent=truth | (rng.random(n) < 0.25))


def tagged(facts, n=600):
    sample = ct.sample_for_tagging(facts, n, strategy="random", random_state=1)
    return sample.merge(facts[["doc_id", "truth"]], on="doc_id").rename(columns={"truth": "urgent"})


def test_a_breakdown_shows_corrected_rates():
    facts = center()
    tags = tagged(facts)
    table = ct.breakdown(facts, "channel", "urgent", audit=tags).set_index("channel")
    wanted = ct.audited_rates(facts, tags, "urgent", by="channel").set_index("channel")
    for column, name in (("value", "rate"), ("low", "low"), ("high", "high")):
        pd.testing.assert_series_equal(table[column], wanted[name].reindex(table.index), check_names=False)
    assert table["n"].sum() == 6000
    np.testing.assert_allclose(table["numerator"], table["value"] * table["denominator"])
    phone = table.loc["电话"]
    others = table.drop("电话")
    rest = (others["value"] * others["denominator"]).sum() / others["denominator"].sum()
    assert (phone["rest"], phone["difference"]) == (pytest.approx(rest), pytest.approx(phone["value"] - rest))
    assert phone["p"] < 0.05
    # 300 letters have some 30 tags.
    assert table.attrs["audit"] in ({"own": 3}, {"own": 2, "parent": 1})
    raw = ct.breakdown(facts, "channel", "urgent").set_index("channel")
    assert raw.loc["电话", "value"] > phone["high"]


def test_margins_are_corrected_too_and_a_cell_without_evidence_of_its_own_has_no_test():
    facts = center()
    tags = tagged(facts, 200)
    table = ct.breakdown(facts, "channel", "urgent", audit=tags, margins=True)
    total = ct.audited_rates(facts, tags, "urgent").iloc[0]
    assert table["channel"].isna().tolist() == [True, False, False, False]
    assert table["value"][0] == pytest.approx(total["rate"])
    letters = table[table["channel"] == "邮件"].iloc[0]
    assert np.isnan(letters["p"])
    assert letters["low"] < letters["value"] < letters["high"]


def test_a_trend_shows_corrected_rates_and_their_changes():
    facts = center()
    tags = tagged(facts)
    table = ct.trend(facts, freq="M", measure="urgent", audit=tags)
    wanted = ct.audited_rates(facts, tags, "urgent", freq="M")
    for column, name in (("value", "rate"), ("low", "low"), ("high", "high")):
        np.testing.assert_allclose(table[column], wanted[name])
    np.testing.assert_allclose(table["change"][1:], np.diff(table["value"]))
    assert table.attrs["audit"] == {"own": 3}
    assert (ct.trend(facts, freq="M", measure="urgent")["value"] > table["high"]).all()


def test_a_trend_by_groups_borrows_and_keeps_empty_periods():
    facts = center()
    tags = tagged(facts)
    facts = facts[(facts["channel"] != "邮件") | (facts["created_at"] < "2026-02-01")]
    table = ct.trend(facts, freq="W", by="channel", measure="urgent", audit=tags)
    plain = ct.trend(facts, freq="W", by="channel", measure="urgent")
    assert table[["channel", "period", "n"]].equals(plain[["channel", "period", "n"]])
    assert table.loc[table["n"] == 0, "value"].isna().all()
    assert table.loc[table["n"] > 0, "value"].notna().all()
    assert table.attrs["audit"]["parent"] > 20


def test_few_tags_correct_nothing():
    facts = center()
    table = ct.breakdown(facts, "channel", "urgent", audit=tagged(facts, 5))
    assert table[["value", "low", "high", "p"]].isna().all(axis=None)
    assert table.attrs["audit"] == {"none": 3}


def test_other_measures_are_refused():
    facts = center().assign(seconds=3.5, asked=True)
    tags = tagged(facts)
    with pytest.raises(ct.ParameterError, match="只能校正"):
        ct.breakdown(facts, "channel", "seconds", audit=tags)
    with pytest.raises(ct.ParameterError, match="只能校正"):
        ct.breakdown(facts, "channel", "urgent", "asked", audit=tags)
    with pytest.raises(ct.ParameterError, match="只能校正"):
        ct.trend(facts, audit=tags)


def test_verbs_that_cannot_use_tags_say_so():
    facts = center()
    tags = tagged(facts)
    with pytest.raises(ct.ParameterError, match="alerts 用不上 audit"):
        ct.alerts(facts, measure="urgent", audit=tags)
    facts["month"] = facts["created_at"].dt.month
    question = {"numerator": "urgent", "by": "channel", "period": "month", "current": 3, "baseline": [1, 2]}
    with pytest.raises(ct.ParameterError, match="root_causes 用不上 audit"):
        ct.root_causes(facts, **question, audit=tags)
