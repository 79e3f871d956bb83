"""Tables of contacts in which a cause is planted, for the tests of root causes."""

import numpy as np
import pandas as pd

from csatext.aggregation.root_causes import root_causes

CHANNELS = ["电话", "在线", "邮件", "门店"]
PRODUCTS = ["宽带", "手机", "电视", "固话", "云盘"]
REGIONS = ["东", "南", "西"]
WEEKS = ["W1", "W2", "W3", "W4", "W5"]


def facts(seed, n=30000, rate=0.1, cause=None, factor=1.0, now="W5"):
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "week": rng.choice(WEEKS, n),
            "channel": rng.choice(CHANNELS, n, p=[0.4, 0.3, 0.2, 0.1]),
            "product": rng.choice(PRODUCTS, n),
            "region": rng.choice(REGIONS, n),
        }
    )
    inside = (table["week"] == now).to_numpy()
    for name, value in (cause or {}).items():
        inside = inside & (table[name] == value).to_numpy()
    probability = np.where(inside, rate * factor, rate) if cause is not None else np.full(n, rate)
    table["bad"] = (rng.random(n) < probability).astype(int)
    return table


def causes(table, **changes):
    arguments = {
        "numerator": "bad",
        "by": ["channel", "product", "region"],
        "period": "week",
        "current": "W5",
        "baseline": ["W1", "W2", "W3", "W4"],
    }
    return root_causes(table, **(arguments | changes))


def named(row):
    return {name: row[name] for name in ("channel", "product", "region") if pd.notna(row[name])}
