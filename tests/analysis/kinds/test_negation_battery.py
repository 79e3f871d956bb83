from pathlib import Path

import pandas as pd
import pytest

import csatext as ct
from csatext.labels import UNCLASSIFIED

BATTERY = pd.read_csv(Path(__file__).with_name("negation_battery.tsv"), sep="\t")


@pytest.fixture(scope="module")
def right():
    # No complaint has no category either.
    corpus = ct.Vectorizer().fit_transform(BATTERY["sentence"].tolist())
    complaint = ct.ContactKind().transform(corpus)["is_complaint"].to_numpy(bool)
    untagged = ct.RuleClassifier().transform(corpus)["category"].eq(UNCLASSIFIED).to_numpy(bool)
    wanted = BATTERY["is_complaint"].to_numpy(bool)
    return (complaint & wanted) | (~complaint & untagged & ~wanted)


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_what_is_denied_asked_or_wished_is_no_complaint(right, number):
    mine = BATTERY["list"].eq(number).to_numpy()
    missed = BATTERY.loc[mine & ~right, ["grammar", "sentence"]]
    assert right[mine].mean() >= 0.95, missed.to_string()
