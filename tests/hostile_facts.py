"""Facts whose values mean harm, and facts that lack what a report would like to have."""

from __future__ import annotations

import numpy as np
import pandas as pd

HOSTILE = (
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "\u202eabc",
    "a\x00b\x1bc",
    "\ud800x",
    "长" * 40_000,
    "http://example.invalid/",
    "]]>&amp;",
    "无",
    "_x0041_",
    "\ufffe",
    "",
)


def hostile_facts(n: int = 360) -> pd.DataFrame:
    """Return facts of nine weeks whose channels are hostile texts."""
    rng = np.random.default_rng(0)

    def drawn(values: tuple[str, ...]) -> pd.Series:
        return pd.Series(rng.choice(np.array(values, dtype=object), n), dtype=object)

    facts = pd.DataFrame({"channel": drawn(HOSTILE), "category": drawn((*HOSTILE[:6], "未归类"))})
    facts["is_negative"], facts["is_complaint"] = rng.random(n) < 0.5, rng.random(n) < 0.4
    facts["csat"], facts["nps"] = rng.integers(1, 6, n), rng.integers(0, 11, n)
    facts["resolved"] = rng.random(n) < 0.7
    facts["=机型[:*?/\\]" + "长" * 40] = drawn(("甲", "乙"))
    minutes = np.arange(n) * 63 * 1440 // n
    facts["created_at"] = pd.Timestamp("2026-01-05") + pd.to_timedelta(minutes, unit="min")
    return facts


def lacking() -> dict[str, pd.DataFrame]:
    """Return facts that lack something, by what they lack."""
    whole = hostile_facts(120).iloc[:, :-2].assign(created_at=hostile_facts(120)["created_at"])
    whole["channel"] = np.where(np.arange(120) % 2, "电话", "在线")
    return {
        "no channel": whole.drop(columns="channel"),
        "no times": whole.drop(columns="created_at"),
        "no scores": whole.drop(columns=["csat", "nps", "resolved"]),
        "one month": whole[whole["created_at"] < "2026-02-01"],
        "one contact": whole.head(1),
        "a flag alone": whole[["is_negative"]],
        "none": whole.head(0),
    }
