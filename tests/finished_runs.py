"""A finished run made by hand: what is in it is known to the last cell."""

from __future__ import annotations

import numpy as np
import pandas as pd

from csatext.atomic_files import file_hash, write_json, write_parquet


def facts_table(n=3, start=0):
    at = np.arange(start, start + n)
    return pd.DataFrame(
        {
            "created_at": pd.to_datetime("2026-05-30 09:00:00.000001") + pd.to_timedelta(at, unit="D"),
            "channel": pd.Series(["电话", "在线", None], dtype="str").reindex(at % 3).to_numpy(),
            "sentiment": np.array([0.25, np.nan, -1.5])[at % 3],
            "is_negative": pd.array([True, None, False], dtype="boolean")[at % 3],
            "topic": pd.array([1, None, 3], dtype="Int64")[at % 3],
            "Name": pd.Series("=1+1", index=at, dtype="str").to_numpy(),
            "name": pd.Series("a\x00b😀", index=at, dtype="str").to_numpy(),
            '引"号 %s:x': pd.Series("值", index=at, dtype="str").to_numpy(),
        },
        index=pd.Index([f"T{i}" for i in at], name="doc_id"),
    )


def write_run(folder, facts, state="s"):
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    rejects = pd.DataFrame(
        {"source": ["a.csv"], "line": pd.array([7], dtype="Int64"), "reason": ["空"], "raw": [""]}
    )
    trend = pd.DataFrame({"period": pd.to_datetime(["2026-05-01"]), "n": [3], "ratio": [np.inf]})
    files = {}
    for name, table in {"facts": facts, "rejects": rejects, "tables/trend": trend}.items():
        write_parquet(table, folder / f"{name}.parquet")
        files[f"{name}.parquet"] = file_hash(folder / f"{name}.parquet")
    write_json({"state": state, "rows": {"rows": len(facts)}, "files": files}, folder / "manifest.json")
    return folder
