import numpy as np
import pandas as pd
import pytest

from csatext.aggregation.panel.coverage import floor
from csatext.aggregation.panel.panel import as_freq, labels, make_panel, next_starts
from csatext.errors import ParameterError


@pytest.mark.parametrize(
    ("freq", "start", "label"),
    [
        ("h", "2026-05-03 21:00", "2026-05-03 21:00"),
        ("D", "2026-05-03", "2026-05-03"),
        ("W", "2026-04-27", "2026-W18"),
        ("M", "2026-05-01", "2026-05"),
        ("Q", "2026-04-01", "2026Q2"),
        ("Y", "2026-01-01", "2026"),
    ],
)
def test_start_and_name_of_the_period_of_a_sunday_evening(freq, start, label):
    moment = pd.Timestamp("2026-05-03 21:40")
    assert floor(moment, freq) == pd.Timestamp(start)
    assert labels(pd.DatetimeIndex([pd.Timestamp(start)]), freq).tolist() == [label]


def test_iso_weeks_around_new_year():
    starts = next_starts(pd.Timestamp("2025-12-22"), "W", 2)
    assert labels(starts, "W").tolist() == ["2026-W01", "2026-W02"]


def test_aliases():
    assert [as_freq(name) for name in ("MS", "week", "H", "QE", "W-MON")] == ["M", "W", "h", "Q", "W"]
    with pytest.raises(ParameterError, match="freq"):
        as_freq(7)


def test_sums_agree_with_a_loop():
    rng = np.random.default_rng(0)
    facts = pd.DataFrame(
        {
            "t": pd.Timestamp("2026-03-02") + pd.to_timedelta(rng.integers(0, 14, 200), unit="D"),
            "a": rng.choice(["x", "y"], 200),
            "b": rng.choice([1, 2], 200),
            "score": rng.choice([1.0, 2.5, np.nan], 200),
        }
    )
    panel = make_panel(facts, "t", "D", ["a", "b"], "score")
    for g, (a, b) in enumerate(panel.groups.itertuples(index=False)):
        for p, day in enumerate(panel.starts):
            cell = facts[(facts["a"] == a) & (facts["b"] == b) & (facts["t"] == day)]["score"]
            assert panel.n[g, p] == len(cell)
            assert panel.denominator[g, p] == cell.notna().sum()
            assert panel.numerator[g, p] == pytest.approx(cell.sum())
            assert panel.error[g, p] == pytest.approx(cell.sem(), nan_ok=True)


def test_too_many_cells_is_an_error_that_says_what_to_do():
    facts = pd.DataFrame({"t": ["1900-01-01", "2026-01-01"] * 60, "g": range(120)})
    with pytest.raises(ParameterError, match="更粗的 freq"):
        make_panel(facts, "t", "h", ["g"], None)
