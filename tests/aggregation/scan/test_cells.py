"""Tables folded to cells: names that clash, periods without rows, signs."""

import numpy as np
import pandas as pd
import pytest

from csatext.aggregation.root_causes import root_causes
from csatext.aggregation.scan.cells import read_rows
from csatext.errors import ParameterError

TABLE = pd.DataFrame(
    {
        "week": [1, 1, 2, 4, 4],
        "channel": ["电话", "在线", "电话", "电话", None],
        "n": [3, 1, 2, 5, 4],
        "of": [9] * 5,
    }
)


def cells(**changes):
    arguments = {"numerator": "n", "denominator": None, "by": "channel", "period": "week", "current": 4}
    return read_rows(TABLE, **(arguments | {"baseline": [1, 2, 3]} | changes)).cells()


def test_a_count_is_averaged_over_all_periods_named():
    found = cells()
    assert found.n_periods == 3
    assert found.exposure_before.tolist() == [3.0] * 3
    labels = [found.levels[0][code] for code in found.codes[0]]
    before = {str(name): value for name, value in zip(labels, found.events_before, strict=True)}
    assert before == {"在线": 1, "电话": 5, "nan": 0}
    assert sorted(zip(found.period.tolist(), found.events.tolist(), strict=True)) == [(0, 1), (0, 3), (1, 2)]
    assert found.missing_baseline == ["3"] and "按 0" in found.note


def test_a_rate_has_no_exposure_where_there_are_no_rows():
    found = cells(denominator="of")
    assert found.n_periods == 2 and found.exposure_before.sum() == 27
    unknown = TABLE.assign(n=[np.nan, np.nan, 2, 5, 4])
    arguments = {"denominator": "of", "by": "channel", "period": "week", "current": 4, "baseline": [1, 2]}
    kept = read_rows(unknown, numerator="n", **arguments).cells()
    assert (kept.period.tolist(), kept.events.tolist(), kept.n_periods) == ([1], [2.0], 2)
    with pytest.raises(ParameterError, match="current=3 没有可用的数据行"):
        cells(denominator="of", current=3, baseline=[1, 2])
    with pytest.raises(ParameterError, match="baseline=3 没有可用的数据行"):
        cells(denominator="of", baseline=3)


def test_names_of_result_columns_are_refused():
    for name in ("words", "rank", "share"):
        with pytest.raises(ParameterError, match=f"「{name}」与结果表的列同名"):
            root_causes(
                TABLE.rename(columns={"channel": name}),
                numerator="n", by=[name], period="week", current=4, baseline=1,
            )  # fmt: skip


def test_negative_numbers():
    table = TABLE.assign(n=-TABLE["n"])
    arguments = {"denominator": None, "by": "channel", "period": "week", "current": 4, "baseline": 1}
    with pytest.raises(ParameterError, match="列「n」有负数"):
        read_rows(table, numerator="n", **arguments).cells()
    assert read_rows(table, numerator="n", allow_negative=True, **arguments).cells().events_after.sum() == -9
    with pytest.raises(ParameterError, match="列「n」有负数"):
        read_rows(table, numerator="of", allow_negative=True, **(arguments | {"denominator": "n"})).cells()
