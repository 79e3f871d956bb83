"""Cells to values: what holds nothing, and which identifiers Excel has rounded."""

import pandas as pd
import pyarrow as pa
import pytest

from csatext.ingest.columns.values import blank, rounded_ids

BLANKS = ["", " ", "\t", "\n", "\x85", "\xa0", "\u1680", "\u2003", "\u2028", "\u202f", "\u205f", "\u3000"]
NULLS = ["nan", "NULL", "None", "\\N", "#N/A", "n/a", "<NA>", "NaT", "#REF!", "#VALUE!", " null\u3000"]
WORDS = [
    "退",
    "n",
    "na",
    "nulls",
    "0",
    "-",
    "<",
    "#",
    "\\",
    "\u200b",
    "“",
    "、",
    "ｎｕｌｌ",
    "非常长的一句话 null",
]


def test_blanks_and_written_nulls_hold_nothing():
    column = pd.Series([*BLANKS, *NULLS, None, *WORDS], dtype="str")
    n = len(BLANKS) + len(NULLS) + 1
    assert blank(column).tolist() == [True] * n + [False] * len(WORDS)
    assert blank(pa.array(["x", *BLANKS], pa.large_string()).slice(1)).all()


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        (["4.51E+17", "4.5e17", "T1", "", " 4.51E+17 "], [True, True, False, False, True]),
        (["451000000000000000", "451234567890123000", "T45123456789012000"], [True, True, False]),
        # 15 digits are kept; of longer numbers one in ten ends in nought.
        (["451000000000000", "4510000000000000"], [False, True]),
        (["4512345678901230", "4512345678901231"], [False, False]),
        (["\u30004512345678901230", "退款"], [True, False]),
        (["C0000001", "u17", "4.5", "2024-05-01"], [False] * 4),
        ([451000000000000000, 451234567890123000], [True, True]),
    ],
)
def test_rounded_identifiers(cells, wanted):
    assert rounded_ids(pd.Series(cells)).tolist() == wanted
