import numpy as np
import pytest

from csatext.aggregation.inputs.arguments import as_whole


@pytest.mark.parametrize(
    "values",
    [
        [0.29 * 100, 3.0, np.nan],  # 28.999999999999996
        [5e-17, 7.000000000000001],
        [1e9 + 1e-4],
    ],
)
def test_rounding_errors_are_taken_off_counts(values):
    assert as_whole(np.array(values)).tolist() == pytest.approx(np.rint(values).tolist(), abs=0, nan_ok=True)


@pytest.mark.parametrize("values", [[2.5, 3.0], [1_234_567.89], [1e-10, 2e-10], [1.00001], [np.nan], []])
def test_other_numbers_stay(values):
    np.testing.assert_array_equal(as_whole(np.array(values)), values)
