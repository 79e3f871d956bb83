"""Chat measures and KPIs by agent and day: seconds and memory, beside the pandas that analysts write.

Run: python benchmarks/kpis.py [turns]               (default 500,000; the bar is 5,000,000 in 60 s and 4 GB)
     python benchmarks/kpis.py --loops [centres]     (default 200: random centres against plain loops)
"""

from __future__ import annotations

import os
import resource
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

import csatext as ct

TEXTS = np.array(["怎么还没发货呢", "好的", "请稍等，我看一下", "谢谢您"])
PANDAS_DIALOGUES = 5_000
"""Dialogues given to groupby-apply: it takes a millisecond each, so that all of them take minutes."""


def make_turns(n: int, seed: int = 0) -> pd.DataFrame:
    """Return about ``n`` turns of dialogues of ten, answered by 200 agents in 31 days."""
    rng = np.random.default_rng(seed)
    size = 10
    docs = max(n // size, 1)
    doc = np.repeat(np.arange(docs), size)
    role = rng.choice(np.array(["customer", "agent", "bot"], dtype=object), len(doc), p=[0.5, 0.45, 0.05])
    role[::size] = "customer"
    begin = pd.Timestamp("2026-05-01").value // 1000 + rng.integers(0, 31 * 86_400, docs) * 1_000_000
    step = (rng.exponential(30, len(doc)) * 1e6).astype("int64").reshape(docs, size)
    started = (np.cumsum(step, axis=1) + begin[:, None]).ravel()
    agent = np.char.add("A", rng.integers(100, 300, docs).astype("U3"))[doc]
    return pd.DataFrame(
        {
            "doc_id": pd.array(np.char.add("d", np.arange(docs).astype("U8"))[doc], dtype="str"),
            "turn_id": np.tile(np.arange(size), docs),
            "role": pd.array(role, dtype="str"),
            "text": pd.array(TEXTS[rng.integers(0, 4, len(doc))], dtype="str"),
            "started_at": started.astype("datetime64[us]"),
            "agent_id": pd.array(agent, dtype="str"),
            "is_template": rng.random(len(doc)) < 0.2,
        }
    )  # fmt: skip


def as_analysts_write(group: pd.DataFrame) -> pd.Series:
    """Return five measures of one dialogue, in the usual groupby-apply."""
    customer, agent = group[group["role"] == "customer"], group[group["role"] != "customer"]
    asked = customer["started_at"].min()
    after = agent[agent["started_at"] > asked]
    block = (group["role"].eq("customer") != group["role"].shift().eq("customer")).cumsum()
    return pd.Series(
        {
            "n_customer": len(customer), "n_agent": len(agent), "blocks": block.nunique(),
            "first": (after["started_at"].min() - asked).total_seconds() if len(after) else np.nan,
            "span": (group["started_at"].max() - group["started_at"].min()).total_seconds(),
        }
    )  # fmt: skip


def measure(n: int) -> None:
    turns = make_turns(n)
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    begin = time.perf_counter()
    table = ct.conversation_measures(turns, unit="agent")
    middle = time.perf_counter()
    found = ct.kpis(table, by="agent_id", freq="D")
    end = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"{len(turns):,} turns, {turns['doc_id'].nunique():,} dialogues, {table['agent_id'].nunique()} agents"
    )
    print(f"conversation_measures(unit='agent')  {middle - begin:6.1f} s")
    print(f"kpis(by='agent_id', freq='D')        {end - middle:6.1f} s")
    print(f"{found['metric'].nunique()} metrics, {len(found):,} rows")
    print(f"memory: turns {held:.1f} GB, peak {peak:.1f} GB")
    part = turns[turns["doc_id"].isin(turns["doc_id"].unique()[:PANDAS_DIALOGUES])]
    begin = time.perf_counter()
    part.groupby("doc_id", sort=False)[["role", "started_at"]].apply(as_analysts_write)
    took = time.perf_counter() - begin
    share = len(part) / len(turns)
    print(f"groupby-apply of five measures       {took / share:6.0f} s, by {len(part):,} turns")
    begin = time.perf_counter()
    ct.conversation_measures(part.drop(columns="is_template"))
    took = time.perf_counter() - begin
    print(f"with templates learnt from texts     {took / share:6.1f} s, by {len(part):,} turns")


def compare(centres: int) -> None:
    """Compare random centres with the loops of the tests; raises where a number differs."""
    os.environ["CSATEXT_RANDOM_CENTRES"] = str(centres)
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
    sys.path.insert(1, str(Path(__file__).resolve().parents[1] / "tests" / "performance"))
    from service.test_conversation_measures import (
        test_random_dialogues_by_agent_equal_the_loop_and_add_up as by_agent,
    )
    from service.test_conversation_measures import test_random_dialogues_equal_the_loop as by_contact

    for check in (by_contact, by_agent, by_day):
        check()
        print(f"{check.__name__}: {centres} random centres are equal")


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if arguments[:1] == ["--loops"]:
        compare(int(arguments[1]) if len(arguments) > 1 else 200)
    else:
        measure(int(arguments[0]) if arguments else 500_000)
