"""Simulate the null distribution of the dip: the table in csatext/aggregation/dip_null.py.

python benchmarks/dip_null.py            # whole table, some hours
python benchmarks/dip_null.py --quick    # 2,000 samples up to n = 200: compare with the table
"""

import argparse

import numpy as np

from csatext.aggregation.statistics.dip import PROBABILITIES, QUANTILES, SIZES, dip_statistic


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    for n, quantiles in zip(SIZES, QUANTILES, strict=True):
        if quick and n > 200:
            break
        draws = 2000 if quick else 100_000 if n <= 1000 else 40_000
        rng = np.random.default_rng(int(n))
        dips = np.array([dip_statistic(rng.random(n)) for _ in range(draws)])
        found = np.quantile(dips, PROBABILITIES) * np.sqrt(n)
        distance = np.abs(found - quantiles)[:-4].max()
        print(f"{n}: {found.round(4).tolist()},  # farthest from the table: {distance:.4f}")


if __name__ == "__main__":
    main()
