"""Times at fixed width: the same as the standard library reads, and nothing else."""

import datetime as dt

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csatext.dates.fixed_width import parse_fixed

EPOCH = dt.datetime(1970, 1, 1)


@pytest.mark.parametrize("form", ["%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y.%m.%d", "%Y-%m-%dT%H:%M:%S.%f"])
@settings(max_examples=50, deadline=None)
@given(st.lists(st.datetimes(dt.datetime(1000, 1, 1), dt.datetime(9999, 12, 31)), min_size=1, max_size=20))
def test_as_the_standard_library(form: str, moments: list[dt.datetime]) -> None:
    # strftime does not pad years below 1000 on every platform; these begin at 1000.
    written = [moment.strftime(form) for moment in moments]
    micros, read = parse_fixed(pa.array(written, pa.large_string()))
    assert read.all()
    micro = dt.timedelta(microseconds=1)
    assert micros.tolist() == [(dt.datetime.strptime(w, form) - EPOCH) // micro for w in written]


@pytest.mark.parametrize(
    ("fraction", "micros"),
    [
        (".5", 500_000),
        (".05", 50_000),
        (".123", 123_000),
        (".000001", 1),
        (".1234567", 123_456),
        (".999999999", 999_999),
    ],
)
def test_a_fraction_of_a_second(fraction: str, micros: int) -> None:
    found, read = parse_fixed(pa.array(["1970-01-01 00:00:02" + fraction], pa.large_string()))
    assert (found.tolist(), read.tolist()) == ([2_000_000 + micros], [True])


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
        "2024-05-01 10:00:00.",
        "2024-05-01 10:00:00,5",
        "2024-05-01 10:00:00.5Z",
        "2024-05-01 10:00:00.5 ",
        "2024-05-01 10:00:00.1234567890",
        "2024-05-01 10:00:60.5",
        "",
    ]
    assert not parse_fixed(pa.array(cells, pa.large_string()))[1].any()


def test_a_slice_of_a_longer_column() -> None:
    cells = pa.array(["x", "2024-02-29", "2024-02-29 00:01", "y"], pa.large_string()).slice(1, 2)
    micros, read = parse_fixed(cells)
    assert read.tolist() == [True, True]
    assert micros[1] - micros[0] == 60_000_000
