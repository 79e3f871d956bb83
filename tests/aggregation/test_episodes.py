import pandas as pd
import pytest

from csatext.aggregation.episodes import episode_courses


def test_the_course_of_an_episode_counts_its_cell_in_every_period():
    facts = pd.DataFrame(
        {
            "week": ["W1", "W1", "W2", "W2", "W2", "W3", "W9"],
            "channel": ["电话", "在线", "电话", "电话", "在线", "在线", "电话"],
            "is_negative": pd.array([True, True, True, False, True, None, True], dtype="boolean"),
        }
    )
    found = pd.DataFrame(
        {"rank": [1, 2], "channel": ["电话", None], "first_period": ["W2", "W1"], "last_period": ["W2", "W2"]}
    )
    table = episode_courses(facts, found, ["W1", "W2", "W3"], "is_negative", "W")
    assert table["rank"].tolist() == [1, 1, 1, 2, 2, 2]
    # 电话: 1 of 1, 1 of 2, none; all channels: 2 of 2, 2 of 3, and one contact whose flag is not known.
    assert table["numerator"].tolist() == [1, 1, 0, 2, 2, 0]
    assert table["denominator"].tolist() == [1, 2, 0, 2, 3, 0]
    assert table["value"].tolist() == pytest.approx(
        [1, 0.5, float("nan"), 1, 2 / 3, float("nan")], nan_ok=True
    )
    assert table["is_inside"].tolist() == [False, True, False, True, True, False]


def test_no_episode_has_no_course():
    none = pd.DataFrame(columns=["rank", "channel", "first_period", "last_period"])
    facts = pd.DataFrame({"week": ["W1"], "channel": ["电话"], "is_negative": [True]})
    assert list(episode_courses(facts, none, ["W1"], "is_negative", "W")) == [
        "rank", "period", "numerator", "denominator", "value", "is_inside",
    ]  # fmt: skip
