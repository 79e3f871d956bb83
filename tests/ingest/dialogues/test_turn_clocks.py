"""Clocks of turns: seconds of a call or of the day, and cells that are none."""

import pandas as pd
import pytest

from csatext.ingest.dialogues.turn_clocks import read_clock


@pytest.mark.parametrize("odd", ["１０:２０", "x", "10:2", "上午"])
def test_one_cell_among_clocks_that_is_none(odd):
    # 10:01 is 36,060 seconds after midnight.
    clock = read_clock(pd.Series([f"10:{i:02d}" for i in range(1, 20)] + [odd]), "时间", "Asia/Shanghai")
    assert clock.seconds.tolist()[:2] == [36_060, 36_120]
    assert clock.seconds.isna().tolist() == [False] * 19 + [True]
    assert (clock.unreadable, clock.of_day) == (1, True)


@pytest.mark.parametrize("odd", ["１．５s", "x", "9分"])
def test_one_cell_among_seconds_that_is_none(odd):
    clock = read_clock(pd.Series([f"{i}.5s" for i in range(9)] + ["250ms", odd]), "时间", "Asia/Shanghai")
    assert clock.seconds.tolist()[:10] == [0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 0.25]
    assert clock.unreadable == 1
