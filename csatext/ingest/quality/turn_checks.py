"""Checks of dialogues: clocks that run backwards, roles that are missing, sides that never speak."""

from __future__ import annotations

import pandas as pd

from csatext.ingest.columns.values import blank
from csatext.ingest.raw_table import Note
from csatext.schema import conform
from csatext.schema.contacts import TURNS

__all__ = ["turn_notes"]

_ROLES = ("customer", "agent", "bot", "system")
_STAFF = ("agent", "bot")


def _clock(table: pd.DataFrame) -> list[Note]:
    if "started_at" not in table.columns or not pd.api.types.is_datetime64_any_dtype(table["started_at"]):
        return []
    timed = table[table["started_at"].notna()].sort_values(["doc_id", "turn_id"], kind="stable")
    before = timed.groupby("doc_id", sort=False)["started_at"].shift()
    back = int((timed["started_at"] < before).sum())
    notes = [Note("turn_clock_backwards", "started_at", back, len(timed), "比同一对话的上一句还早")]
    if "ended_at" in table.columns and pd.api.types.is_datetime64_any_dtype(table["ended_at"]):
        both = table[["started_at", "ended_at"]].dropna()
        early = int((both["ended_at"] < both["started_at"]).sum())
        notes.append(Note("turn_ends_before_start", "ended_at", early, len(both), "结束时间早于开始时间"))
    return notes


def _sessions(table: pd.DataFrame) -> list[Note]:
    """Return how many dialogues begin while their agent is still in an earlier one."""
    if not {"agent_id", "started_at"} <= {*table.columns}:
        return []
    if not pd.api.types.is_datetime64_any_dtype(table["started_at"]):
        return []
    spoken = table[(table["role"] == "agent") & table["agent_id"].notna() & table["started_at"].notna()]
    spans = spoken.groupby(["agent_id", "doc_id"], sort=True)["started_at"].agg(["min", "max"]).reset_index()
    spans = spans.sort_values(["agent_id", "min"], kind="stable")
    until = spans.groupby("agent_id")["max"].cummax().groupby(spans["agent_id"]).shift()
    overlapping = int((spans["min"] < until).sum())
    return [Note("sessions_overlap", "agent_id", overlapping, len(spans), "客服在上一场没结束时又接了一场")]


def _repeated(table: pd.DataFrame) -> Note:
    same = ["doc_id", "turn_id", "role", "text", *(["started_at"] if "started_at" in table.columns else [])]
    return Note(
        "turn_repeated",
        "turn_id",
        int(table[same].duplicated().sum()),
        len(table),
        "与前面某一句完全相同的行",
    )


def turn_notes(turns: pd.DataFrame, contacts: pd.DataFrame) -> list[Note]:
    """Return the findings about turns.

    Parameters
    ----------
    turns : DataFrame
        Table ``turns``; ``started_at``, ``ended_at`` and ``role_inferred`` are looked at where present.
    contacts : DataFrame
        Table ``contacts``.

    Returns
    -------
    list of Note

    Raises
    ------
    SchemaError
        ``turns`` lacks a column of its table.

    Examples
    --------
    >>> turns = pd.DataFrame({"doc_id": ["1", "1"], "turn_id": [0, 1], "text": ["在吗", ""]})
    >>> turns["role"] = ["customer", ""]
    >>> notes = turn_notes(turns, pd.DataFrame({"doc_id": ["1"], "text": ["在吗"]}))
    >>> {note.check: note.n for note in notes}["role_missing"]
    1
    """
    table = conform(turns, TURNS)
    n = len(table)
    missing = int((~table["role"].isin(_ROLES)).sum())
    dialogues = table["doc_id"].nunique()
    customers = set(table.loc[table["role"] == "customer", "doc_id"])
    staff = set(table.loc[table["role"].isin(_STAFF), "doc_id"])
    one_sided = dialogues - len(customers & staff)
    foreign = int((~table["doc_id"].isin(contacts["doc_id"])).sum())
    notes = [
        *_clock(table),
        *_sessions(table),
        _repeated(table),
        Note("role_missing", "role", missing, n, "角色缺失或不认识"),
        Note("dialogue_one_sided", "role", one_sided, dialogues, "只有一方说话的对话"),
        Note("turn_empty", "text", int(blank(table["text"]).sum()), n, "没有内容的一句"),
        Note("turn_without_contact", "doc_id", foreign, n, "doc_id 不在 contacts 里"),
    ]
    if "role_inferred" in table.columns:
        inferred = int(table["role_inferred"].fillna(False).astype("bool").sum())
        notes.append(Note("role_inferred", "role", inferred, n, "角色是推断的"))
    return notes
