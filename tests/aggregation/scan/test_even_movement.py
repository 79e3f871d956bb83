"""How the change of the whole is spread over values."""

import pandas as pd
import pytest

from csatext.aggregation.scan.cells import read_rows
from csatext.aggregation.scan.even_movement import movement, values_gone
from csatext.aggregation.scan.expected_rates import expect
from csatext.aggregation.scan.scan import frequent_groups


def read(now, before=None, sizes=None):
    """Return cells of three products with 1,000 contacts a period, 100 of them bad in the baseline."""
    before = before or {"A": 100, "B": 100, "C": 100}
    rows = [(week, name, bad, 1000) for week in (0, 1) for name, bad in before.items()]
    rows += [(2, name, bad, (sizes or {}).get(name, 1000)) for name, bad in now.items()]
    table = pd.DataFrame(rows, columns=["week", "product", "bad", "n"])
    return read_rows(
        table, numerator="bad", denominator="n", by="product", period="week", current=2, baseline=[0, 1]
    ).cells()


@pytest.mark.parametrize(
    ("now", "kind"),
    [
        ({"A": 150, "B": 150, "C": 150}, "even"),
        ({"A": 100, "B": 100, "C": 250}, "one value"),
        ({"A": 120, "B": 180, "C": 260}, "unclear"),
    ],
)
def test_kinds(now, kind):
    cells = read(now)
    found = movement(cells, expect(cells, frequent_groups(cells, 2)), 0.05)
    assert found.kind == kind
    if kind == "one value":
        assert cells.levels[found.dim][found.code] == "C"


def test_a_change_of_sizes_is_a_change_of_the_mix():
    # C has three times the rate and three times the contacts: no rate moved.
    cells = read({"A": 100, "B": 100, "C": 900}, {"A": 100, "B": 100, "C": 300}, {"C": 3000})
    assert movement(cells, expect(cells, frequent_groups(cells, 2)), 0.05).kind == "mix"


def test_values_gone_largest_first():
    cells = read({"A": 100}, {"A": 100, "B": 100, "C": 100})
    assert [cells.levels[dim][code] for dim, code in values_gone(cells)] == ["B", "C"]
    assert values_gone(read({"A": 100, "B": 100, "C": 100})) == []
