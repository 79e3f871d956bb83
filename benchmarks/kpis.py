"""Chat measures and KPIs by agent and day: seconds and memory, beside the pandas that analysts write.

Run: python benchmarks/kpis.py [turns]               (default 500,000; the bar is 5,000,000 in 60 s and 4 GB)
     python benchmarks/kpis.py --loops [centres]     (default 200: random centres against plain loops)
     python benchmarks/kpis.py --real [folder]       (default ../shared/data: chats and letters with times,
                                                      against pandas without csatext)
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

import csatext as ct

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
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
            "ended_at": (started + rng.integers(1, 20, len(doc)) * 1_000_000).astype("datetime64[us]"),
            "customer_id": pd.array(np.char.add("u", (np.arange(docs) // 2).astype("U8"))[doc], dtype="str"),
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


def with_other_columns(table: pd.DataFrame, seed: int = 1) -> pd.DataFrame:
    """Return the measures with random columns for every KPI that dialogues do not give."""
    rng = np.random.default_rng(seed)
    read = {name for columns in ct.kpi_definitions()["columns"] for name in columns.split("、")}
    flags = "is_ paid_ survey_ answer record has_ follow card abandon complet reopen repeat satisf resolved"
    added = {}
    for name in sorted(read - {*table.columns}):
        values = rng.integers(
            0, 2 if name.startswith((*flags.split(), "first_contact", "replied")) else 60, len(table)
        )
        added[name] = values if name not in ("paid_amount", "paid_items") else values * 3.0
    return table.assign(**added)


def measure(n: int) -> None:
    turns = make_turns(n)
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    clock = [(time.perf_counter(), time.process_time())]

    def told(what: str) -> None:
        clock.append((time.perf_counter(), time.process_time()))
        wall, processor = (now - before for now, before in zip(clock[-1], clock[-2], strict=True))
        print(f"{what:<37}{wall:6.1f} s, {processor:.1f} s of processor")

    size = f"{len(turns):,} turns, {turns['doc_id'].nunique():,} dialogues"
    print(f"{size}, {turns['agent_id'].nunique()} agents")
    clock = [(time.perf_counter(), time.process_time())]
    table = ct.conversation_measures(turns, unit="agent")
    told("conversation_measures(unit='agent')")
    found = ct.kpis(table, by="agent_id", freq="D")
    told(f"{found['metric'].nunique()} KPIs of chats by agent and day")
    every = with_other_columns(table)
    clock.append((time.perf_counter(), time.process_time()))
    found = ct.kpis(every, by="agent_id", freq="D")
    told(f"all {found['metric'].nunique()} KPIs by agent and day")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{len(found):,} rows; absent: {found.attrs['absent'] or 'none'}")
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
    from random_centres import AS_OF, WINDOW, random_centres
    from service.test_conversation_measures import (
        test_random_dialogues_by_agent_equal_the_loop_and_add_up as by_agent,
    )
    from service.test_conversation_measures import test_random_dialogues_equal_the_loop as by_contact
    from service_loops import contact_loop
    from test_random_centres import (
        check_measures,
        check_metrics,
        facts_of,
        named_customers,
    )

    for check in (by_contact, by_agent):
        check()
        print(f"{check.__name__}: {centres} random centres are equal")
    for seed in range(3):
        tables = random_centres(centres, seed)
        rows = named_customers(contact_loop(tables, WINDOW, AS_OF))
        facts = facts_of(tables)
        check_measures(facts, rows)
        cells = check_metrics(facts, rows)
        print(f"seed {seed}: {len(facts):,} contacts of {centres} centres, {cells:,} cells of KPIs are equal")


def compare_real(folder: Path) -> None:
    """Compare real data with pandas written without csatext; raises where a number differs."""
    _retail(folder / "dialogues" / "retail_chat_dev.tsv")
    _helpdesk(folder / "dialogues" / "weibo_helpdesk_dev.jsonl")
    _letters(folder / "complaints" / "gov_fujian4.csv")


def _same(name: str, found: float, wanted: float) -> None:
    if not np.isclose(found, wanted, rtol=1e-12, equal_nan=True):
        raise SystemExit(f"{name}: {found} is not {wanted}")
    print(f"  {name:<34}{found:>14.6f}")


def _compare_chats(name: str, frame: pd.DataFrame) -> None:
    """Compare counts of chats without times; ``frame``: doc, agent (bool), text, in order."""
    turns = pd.DataFrame(
        {
            "doc_id": frame["doc"], "turn_id": np.arange(len(frame)), "text": frame["text"],
            "role": np.where(frame["agent"], "agent", "customer"), "is_template": False,
        }
    )  # fmt: skip
    found = ct.conversation_measures(turns)
    values = ct.kpis(found).set_index("metric")["value"]
    first = frame.groupby("doc").cumcount() == 0
    new = first | (frame["agent"] != frame["agent"].shift())
    runs = frame[new]
    of_doc = frame.groupby("doc")
    asked = of_doc["agent"].transform(lambda side: (~side).cumsum() > 0)
    customer = ~frame["agent"]
    replied = (frame["agent"] & asked).groupby(frame["doc"]).any()[customer.groupby(frame["doc"]).any()]
    answered = (~runs["agent"] & (runs.groupby("doc")["agent"].shift(-1).eq(True))).sum()
    words = frame["text"].fillna("").str.replace(r"[^\w]|_", "", regex=True)
    mine = frame[customer & (words.str.len() >= 4)].assign(words=words)
    again = mine.duplicated(["doc", "words"]).groupby(mine["doc"]).any()
    docs = frame["doc"].nunique()
    print(f"{name}: {docs:,} dialogues, {len(frame):,} messages")
    _same("answer_question_ratio", values["answer_question_ratio"], frame["agent"].sum() / customer.sum())
    merged = runs["agent"].sum() / (~runs["agent"]).sum()
    _same("answer_question_ratio_merged", values["answer_question_ratio_merged"], merged)
    _same("reply_rate", values["reply_rate"], replied.mean())
    _same("response_rate", values["response_rate"], answered / (~runs["agent"]).sum())
    _same("served_customers", values["served_customers"], customer.groupby(frame["doc"]).any().sum())
    _same("reasked_rate", values["reasked_rate"], again.sum() / docs)
    turns_of = (~runs["agent"]).groupby(runs["doc"]).sum()
    repeats = mine.duplicated(["doc", "words"]).groupby(mine["doc"]).sum().reindex(turns_of.index).fillna(0)
    if "customer_effort" in values:
        _same("customer_effort", values["customer_effort"], (turns_of + repeats).mean())


def _retail(path: Path) -> None:
    frame = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False, quoting=3)
    frame = frame[frame["waiter_send"].isin(["0", "1"])].reset_index(drop=True)
    order = frame.assign(at=range(len(frame))).groupby("session_id", sort=False)["at"].transform("min")
    frame = frame.iloc[np.lexsort((np.arange(len(frame)), order))].reset_index(drop=True)
    chats = pd.DataFrame(
        {"doc": frame["session_id"], "agent": frame["waiter_send"] == "1", "text": frame["content"]}
    )
    _compare_chats(path.name, chats)


def _helpdesk(path: Path) -> None:
    rows = []
    for line in path.read_text("utf-8").splitlines():
        dialogue = json.loads(line)
        rows += [
            (dialogue["id"], turn["sender"] != "customer", text)
            for turn in dialogue["turns"]
            for text in turn["utterances"]
        ]
    _compare_chats(path.name, pd.DataFrame(rows, columns=["doc", "agent", "text"]))


def _letters(path: Path) -> None:
    """Compare letters with the time of the reply: hours, share answered, by month."""
    raw = ct.read_contacts(path)
    print(f"{path.name}: {len(raw):,} letters, columns {', '.join(raw.columns)}")
    replied = next(name for name in ("replied_at", "closed_at", "resolved_at") if name in raw.columns)
    tickets = raw.rename(columns={replied: "closed_at"})[["doc_id", "created_at", "closed_at"]]
    facts = tickets.set_index("doc_id")[["created_at"]].join(ct.ticket_measures(tickets))
    table = ct.kpis(facts, metrics=["time_to_resolve", "completion_rate"], freq="M")
    values = table.set_index(["metric", "period"])["value"]
    frame = pd.read_csv(path, dtype=str)
    names = [name for name in frame.columns if "时间" in name]
    begin, end = (pd.to_datetime(frame[name], errors="coerce", format="mixed") for name in names[:2])
    hours = (end - begin).dt.total_seconds() / 3600
    month = begin.dt.to_period("M").dt.start_time
    wanted = hours.where(hours >= 0).groupby(month).mean()
    for period, value in wanted.items():
        if not np.isclose(values["time_to_resolve", period], value, equal_nan=True):
            raise SystemExit(f"{period}: {values['time_to_resolve', period]} is not {value}")
    print(f"  time_to_resolve of {len(wanted)} months is equal; {hours.mean():.1f} hours in all")
    _same("completion_rate", values["completion_rate"].iloc[-1], end.notna().groupby(month).mean().iloc[-1])


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if arguments[:1] == ["--loops"]:
        compare(int(arguments[1]) if len(arguments) > 1 else 200)
    elif arguments[:1] == ["--real"]:
        compare_real(Path(arguments[1]) if len(arguments) > 1 else DATA)
    else:
        measure(int(arguments[0]) if arguments else 500_000)
