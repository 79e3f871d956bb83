"""Dimensions may be named as the input names them."""

import pandas as pd
import pytest

from csatext.batch.columns.required_columns import checked_tables
from csatext.batch.configuration import TablesSection
from csatext.cli import _freq
from csatext.errors import ConfigError

CONTACTS = pd.DataFrame(columns=["doc_id", "text", "channel", "product", "餐厅", "a,b"])


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (["channel"], ["channel"]),
        (["渠道"], ["channel"]),
        (["渠道,产品"], ["channel", "product"]),
        (["渠道、餐厅", "channel"], ["channel", "餐厅"]),
        (["a,b"], ["a,b"]),
        ([], []),
    ],
)
def test_a_header_of_the_input_names_its_column(given, wanted):
    assert checked_tables(CONTACTS, TablesSection(by=given)).by == wanted


@pytest.mark.parametrize("given", ["门店", "渠道,门店", "，"])
def test_what_names_no_column_is_refused(given):
    with pytest.raises(ConfigError, match="不存在"):
        checked_tables(CONTACTS, TablesSection(by=[given]))


@pytest.mark.parametrize(
    ("given", "wanted"), [("week", "W"), ("月", "M"), ("Q", "Q"), ("daily", "D"), ("年", "年")]
)
def test_usual_words_for_periods(given, wanted):
    assert _freq(given) == wanted
