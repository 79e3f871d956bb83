"""A finished run made by hand: what is in it is known to the last cell."""

import pytest
from finished_runs import facts_table, write_run


@pytest.fixture
def finished(tmp_path):
    return write_run(tmp_path / "out", facts_table())
