"""Checks of turns."""

import pandas as pd

from csatext.ingest.quality.turn_checks import turn_notes


def test_sessions_that_overlap_and_rows_twice_are_counted():
    minutes = [0, 10, 5, 20, 30, 30]
    turns = pd.DataFrame(
        {
            "doc_id": ["a", "a", "b", "b", "c", "c"],
            "turn_id": [0, 1, 0, 1, 0, 0],
            "role": "agent",
            "text": "好",
            "agent_id": "甲",
            "started_at": pd.Timestamp("2026-05-01") + pd.to_timedelta(minutes, unit="min"),
        }
    )
    contacts = pd.DataFrame({"doc_id": ["a", "b", "c"], "text": "好"})
    found = {note.check: (note.n, note.total) for note in turn_notes(turns, contacts)}
    # b begins at 5, while a goes on to 10; c begins after both
    assert found["sessions_overlap"] == (1, 3)
    assert found["turn_repeated"] == (1, 6)
