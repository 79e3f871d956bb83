"""Times at fixed width: the same as the standard library reads, and nothing else."""

import datetime as dt

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csatext.dates.fixed_width import parse_fixed

EPOCH = dt.datetime(1970, 1, 1)


@pytest.mark.parametrize("form", ["%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y.%m.%d", "%Y-%m-%dT%H:%M:%S"])
@settings(max_examples=50, deadline=None)
@given(st.lists(st.datetimes(dt.datetime(1000, 1, 1), dt.datetime(9999, 12, 31)), min_size=1, max_size=20))
def test_as_the_standard_library(form: str, moments: list[dt.datetime]) -> None:
    # strftime does not pad years below 1000 on every platform; these begin at 1000.
    written = [moment.strftime(form) for moment in moments]
    seconds, read = parse_fixed(pa.array(written, pa.large_string()))
    assert read.all()
    assert seconds.tolist() == [int((dt.datetime.strptime(w, form) - EPOCH).total_seconds()) for w in written]


def test_what_is_no_date_is_left() -> None:
    cells = [
        "2023-02-29",
        "2024-13-01",
        "2024-00-10",
        "2024-05-32",
        "2024-05/01",
        "2024-05-01 24:00",
        "2024-05-01 10:60",
        "2024-05-01x10:00",
        "二〇二四年",
        "abcdefghij",
        "",
    ]
    assert not parse_fixed(pa.array(cells, pa.large_string()))[1].any()


def test_a_slice_of_a_longer_column() -> None:
    cells = pa.array(["x", "2024-02-29", "2024-02-29 00:01", "y"], pa.large_string()).slice(1, 2)
    seconds, read = parse_fixed(cells)
    assert read.tolist() == [True, True]
    assert seconds[1] - seconds[0] == 60
