import itertools
import re

import chinese_calendar
import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2_contingency
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import f1_score

import csatext as ct
from csatext.datasets.people import chinese_number
from csatext.datasets.phrasebook import Phrasebook
from csatext.datasets.simulate import Incident, simulate_center
from csatext.errors import LexiconError, ParameterError
from csatext.lexicon import lexicon_path
from csatext.schema import conform
from csatext.schema.contacts import CONTACTS, TURNS
from csatext.schema.datasets import INCIDENTS, TRUTH

DIMENSIONS = ["channel", "product", "region", "carrier"]


@pytest.fixture(scope="module")
def center():
    return simulate_center(20_000, random_state=0)


@pytest.fixture(scope="module")
def quiet():
    return simulate_center(20_000, random_state=1, incidents=[])


def iso_week(times):
    return pd.Series([f"{t.isocalendar()[0]}-W{t.isocalendar()[1]:02d}" for t in times], index=times.index)


def in_cell(contacts, incident):
    inside = pd.Series(True, index=contacts.index)
    for dimension in DIMENSIONS:
        if pd.notna(incident[dimension]):
            inside &= contacts[dimension] == incident[dimension]
    return inside


def with_truth(made):
    facts = made.contacts.join(made.truth, on="doc_id")
    return facts.assign(week=iso_week(facts["created_at"]))


def test_tables_keep_their_promise(center):
    for frame, table in zip(center, (CONTACTS, TURNS, TRUTH, INCIDENTS), strict=True):
        pd.testing.assert_frame_equal(conform(frame, table), frame)
        if table.key:
            assert not frame.duplicated(list(table.key)).any()
    assert list(center.truth.index) == list(center.contacts["doc_id"])
    assert set(center.turns["doc_id"]) == set(center.contacts["doc_id"])
    assert set(center.turns["role"]) == {"customer", "agent", "bot", "system"}
    assert center.contacts["csat"].dropna().between(1, 5).all()
    assert center.contacts["nps"].dropna().between(0, 10).all()
    assert center.contacts["csat"].isna().mean() == pytest.approx(0.65, abs=0.02)
    assert not (center.turns["text"] == "").any()


def test_same_seed_same_tables_and_inputs_stay():
    first, again, other = (simulate_center(600, random_state=seed) for seed in (5, 5, 6))
    for one, two in zip(first, again, strict=True):
        pd.testing.assert_frame_equal(one, two)
    assert not first.contacts["text"].equals(other.contacts["text"])


def test_time_runs_forward(center):
    contacts, turns = center.contacts, center.turns
    assert contacts["created_at"].is_monotonic_increasing
    assert contacts["created_at"].min() >= pd.Timestamp("2026-01-05")
    assert contacts["created_at"].max() < pd.Timestamp("2026-01-05") + pd.Timedelta(weeks=26)
    assert (turns["ended_at"] >= turns["started_at"]).all()
    same = turns["doc_id"].eq(turns["doc_id"].shift())
    assert (turns["started_at"] >= turns["ended_at"].shift())[same].all()
    first = turns.drop_duplicates("doc_id").set_index("doc_id")["started_at"]
    assert (first.to_numpy() >= contacts["created_at"].to_numpy()).all()
    assert (turns["turn_id"].to_numpy()[~same.to_numpy()] == 0).all()
    closed = contacts.dropna(subset="closed_at")
    assert (closed["closed_at"] > closed["created_at"]).all()
    # what was not resolved at once is closed some days later, and open where the data end before
    assert closed["resolved"].eq(False).any()
    assert contacts["closed_at"].isna().mean() < 0.05


def test_wait_is_the_time_to_the_first_agent_turn():
    made = simulate_center(400, random_state=2)
    agent = made.turns[made.turns["role"] == "agent"].drop_duplicates("doc_id").set_index("doc_id")
    contacts = made.contacts.set_index("doc_id").loc[agent.index]
    before = made.turns[made.turns["role"] != "agent"].groupby("doc_id")["ended_at"].min()
    seconds = (agent["started_at"] - contacts["created_at"]).dt.total_seconds()
    # A bot or the customer's own words come first in part of the contacts: never less than the wait.
    assert (seconds >= contacts["wait_seconds"] - 0.001).all()
    direct = before.reindex(agent.index) > agent["started_at"]
    np.testing.assert_allclose(seconds[direct], contacts["wait_seconds"][direct], atol=0.001)


def test_text_holds_the_customer_utterances():
    made = simulate_center(300, random_state=3)
    for row in made.contacts.itertuples():
        turns = made.turns[(made.turns["doc_id"] == row.doc_id) & (made.turns["role"] == "customer")]
        assert row.text == "\n".join(turns["text"])


def test_personal_data_is_valid_for_detectors_and_nobodys(center):
    text = "\n".join(center.turns["text"])
    mobiles = re.findall(r"(?<!\d)1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?![\dX])", text)
    assert len(mobiles) > 500 and all(number.startswith("154") for number in mobiles)
    identities = re.findall(r"(?<!\d)\d{17}[\dX](?!\d)", text)
    assert len(identities) > 100
    for number in identities:
        total = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(number[:17]))
        assert "10X98765432"[total % 11] == number[17] and number.startswith("10")
    cards = re.findall(r"(?<!\d)\d{19}(?!\d)", text)
    assert len(cards) > 100
    for number in cards:
        doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number))]
        assert sum(value // 10 + value % 10 for value in doubled) % 10 == 0 and number.startswith("629999")
    assert set(re.findall(r"@[a-z.]+", text)) == {"@example.com"}
    assert re.search(r"幺五四[零幺二三四五六七八九]{8}", text)


def test_texts_are_varied_and_kinds_mixed(center):
    assert center.contacts["text"].nunique() > 0.95 * len(center.contacts)
    truth = center.truth
    assert 0.45 < truth["is_complaint"].mean() < 0.55
    assert truth.loc[truth["is_complaint"], "cause"].nunique() >= 12
    assert truth["is_negative"].groupby(truth["is_complaint"]).mean().round(1).tolist() == [0.0, 0.9]
    assert truth["second_cause"].notna().sum() > 500
    assert not truth.loc[truth["second_cause"].notna(), "second_cause"].isin(["咨询", "办理"]).any()


def test_a_classifier_is_good_but_not_perfect(center):
    texts, causes = center.contacts["text"], center.truth["cause"].to_numpy()
    matrix = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), min_df=5).fit_transform(texts)
    half = np.arange(len(texts)) % 2 == 0
    model = SGDClassifier(loss="log_loss", alpha=1e-5, random_state=0).fit(matrix[half], causes[half])
    assert 0.85 <= f1_score(causes[~half], model.predict(matrix[~half]), average="macro") <= 0.95


def test_incidents_stand_out_by_eight_standard_errors(center):
    facts = with_truth(center)
    weeks = sorted(facts["week"].unique())
    assert len(center.incidents) >= 4
    for incident in center.incidents.to_dict("records"):
        at = weeks.index(incident["first_week"])
        inside = in_cell(facts, incident)
        now, before = facts["week"] == weeks[at], facts["week"].isin(weeks[at - 4 : at])
        rate = facts["is_complaint"][inside & now].mean()
        for usual in (
            facts["is_complaint"][inside & before].mean(),
            facts["is_complaint"][now & ~inside].mean(),
        ):
            error = np.sqrt(usual * (1 - usual) / (inside & now).sum())
            assert (rate - usual) / error >= 7  # 8 expected, 1 for chance
        caused = facts["incident"] == incident["name"]
        assert caused.sum() == incident["n_contacts"]
        assert inside[caused].all() and (facts["cause"][caused] == incident["cause"]).all()
        assert facts["week"][caused].between(incident["first_week"], incident["last_week"]).all()


def test_incidents_are_among_the_first_root_causes(center):
    facts = with_truth(center)
    weeks = sorted(facts["week"].unique())
    for incident in center.incidents.to_dict("records"):
        at = weeks.index(incident["first_week"])
        found = ct.root_causes(
            facts,
            numerator="is_complaint",
            by=DIMENSIONS,
            period="week",
            current=weeks[at],
            baseline=weeks[at - 4 : at],
        ).head(5)
        same = [found[d].isna() if pd.isna(incident[d]) else found[d] == incident[d] for d in DIMENSIONS]
        assert np.logical_and.reduce(same).any(), incident["name"]


def test_nothing_happens_without_incidents(quiet):
    facts = with_truth(quiet)
    assert quiet.incidents.empty and facts["incident"].isna().all()
    weeks = sorted(facts["week"].unique())
    for column in ("is_complaint", "is_negative"):
        assert chi2_contingency(pd.crosstab(facts["week"], facts[column])).pvalue > 0.01
    for at in (6, 14, 25):
        found = ct.root_causes(
            facts,
            numerator="is_complaint",
            by=DIMENSIONS,
            period="week",
            current=weeks[at],
            baseline=weeks[at - 4 : at],
            alpha=0.05 / 22,
        )
        assert found.empty


def test_rates_differ_moderately_between_dimensions(quiet):
    facts = with_truth(quiet)
    for dimension in ("channel", "product", "region"):
        rates = facts.groupby(dimension)["is_negative"].mean()
        assert 0.02 < rates.max() - rates.min() < 0.2


def test_volume_follows_the_chinese_calendar(center):
    daily = center.contacts["created_at"].dt.normalize().value_counts().sort_index()
    usual = daily["2026-01-12":"2026-02-01"].mean()
    assert daily["2026-02-16":"2026-02-19"].mean() < 0.55 * usual
    assert daily["2026-05-01":"2026-05-03"].mean() < 0.8 * usual
    assert daily["2026-06-16":"2026-06-18"].mean() > 1.3 * usual
    table = pd.read_csv(lexicon_path("demo/calendar.tsv"), sep="\t", parse_dates=["first", "last"])
    for first, last in table.loc[table["factor"] < 0.8, ["first", "last"]].itertuples(index=False):
        assert all(chinese_calendar.is_holiday(day.date()) for day in pd.date_range(first, last))


def test_own_incident_multiplies_the_complaints_of_its_cell():
    incident = Incident("压件", "物流超时", "2026-W08", "2026-W09", 6.0, carrier="云梭物流", channel="在线")
    made = simulate_center(40_000, 4, weeks=8, incidents=[incident])
    facts = with_truth(made)
    inside = (facts["carrier"] == "云梭物流") & (facts["channel"] == "在线") & facts["is_complaint"]
    late = facts["week"].isin(["2026-W08", "2026-W09"])
    # Volume changes with the season: complaints are compared with those of the other cells.
    other = facts["is_complaint"] & ~inside
    ratio = inside[late].sum() / other[late].sum() / (inside[~late].sum() / other[~late].sum())
    # About 650 usual complaints in the cell: a standard error of 5 %.
    assert ratio == pytest.approx(6.0, rel=0.15)
    assert made.incidents.loc[0, ["region", "product"]].isna().all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"product": "手机套仓"}, "手机套餐"),
        ({"cause": "物流超市"}, "物流超时"),
        ({"first_week": "2025-W50"}, "2026-W02"),
        ({"last_week": "2026-W02"}, "first_week"),
        ({"multiplier": 0.5}, "不小于 1"),
        ({"product": "会员云盘"}, "投诉原因"),
    ],
)
def test_bad_incidents_are_refused_with_a_hint(change, message):
    good = {
        "name": "压件",
        "cause": "物流超时",
        "first_week": "2026-W03",
        "last_week": "2026-W04",
        "multiplier": 3.0,
    }
    with pytest.raises(ParameterError, match=message):
        simulate_center(100, weeks=4, incidents=[Incident(**{**good, **change})])


def test_bad_arguments_are_refused():
    twice = [Incident("压件", "物流超时", "2026-W03", "2026-W03", 3.0)] * 2
    for arguments in ({"n_contacts": 0}, {"weeks": 0}, {"start": "开年"}, {"incidents": twice}):
        with pytest.raises(ParameterError):
            simulate_center(**{"n_contacts": 50, "weeks": 4, **arguments})


def test_small_and_short_centres_work():
    assert len(simulate_center(1, incidents=[]).contacts) == 1
    made = simulate_center(50, start="2027-03-03", weeks=1)
    assert made.incidents.empty and len(made.contacts) == 50
    assert made.contacts["created_at"].dt.year.eq(2027).all()


def test_phrasebook_writes_every_combination_and_no_other():
    book = Phrasebook({"a": ["(快递|包裹|)<days>没(动|到<days>|)"]}, ["n", "days"])
    values = np.array([["9", "9"], ["三天", "5天"]], dtype=object)
    rng = np.random.default_rng(0)
    rows = np.arange(400) % 2
    lines = book.render(book.draw(np.zeros(400, dtype=np.int64), rng), rows, values, rng)
    for row, days in enumerate(["三天", "5天"]):
        wanted = {
            a + days + "没" + b for a, b in itertools.product(["快递", "包裹", ""], ["动", f"到{days}", ""])
        }
        assert set(lines[rows == row]) == wanted


@pytest.mark.parametrize("template", ["退<几天>款", "(退|换", "退)款", "(退(货|款)|换)", "退<款"])
def test_phrasebook_refuses_a_bad_template(template):
    with pytest.raises(LexiconError, match="demo/late"):
        Phrasebook({"late": [template]}, ["days"])


def test_chinese_numbers_read_back():
    digits = {character: value for value, character in enumerate("零一二三四五六七八九")}
    for number in range(1, 10_000):
        total, last = 0, None
        for character in chinese_number(number):
            unit = {"十": 10, "百": 100, "千": 1000}.get(character)
            if unit is None:
                last = digits[character]
            else:
                total, last = total + (1 if last is None else last) * unit, 0
        assert total + (last or 0) == number
