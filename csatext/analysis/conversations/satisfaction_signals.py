"""Signals of a dialogue that go with the satisfaction of its customer, each a number of small range."""

from __future__ import annotations

import numpy as np
import pandas as pd

from csatext.analysis.conversations.talk import Talk, group_first, group_last, group_means
from csatext.analysis.conversations.talk_cues import CUES

__all__ = ["SIGNALS", "satisfaction_signals", "sides"]

SIGNALS = (
    "score_first",
    "score_last",
    "score_after_reply",
    "thanks",
    "solved",
    "consents",
    "complains",
    "asks_at_end",
    "denies_at_end",
    "agent_apologises",
    "has_reply",
    "customer_last",
    "log_turns",
    "log_length",
)
"""Columns of :func:`satisfaction_signals`."""
_MOST_TURNS, _LONGEST = 20, 400
"""Turns, and characters of the customer, beyond which a dialogue is no longer (chosen: what people judged in
the dialogues that the weights were chosen on has at most 13 turns)."""


def sides(talk: Talk) -> dict[str, np.ndarray]:
    """Return parts of the dialogues as masks over turns.

    Returns
    -------
    dict of str to ndarray of bool
        ``customer``, ``agent``: all of a side; ``first``, ``last``: the customer's first and last passage;
        ``later``: the customer after the first reply; ``agent_last``: the last passage of the service side.
    """
    n, row = len(talk), talk.row
    passage = talk.passages()
    customer, service = talk.customer & (passage >= 0), talk.service & (passage >= 0)

    def of(mask: np.ndarray, pick: object) -> np.ndarray:
        at = pick(row[mask], passage[mask].astype(np.float64), n)  # type: ignore[operator]
        return np.asarray(mask & (passage == at[row]))

    replied = group_first(row[service], passage[service].astype(np.float64), n, empty=np.inf)
    return {
        "customer": customer,
        "agent": service,
        "first": of(customer, group_first),
        "last": of(customer, group_last),
        "later": customer & (passage > replied[row]),
        "agent_last": of(service, group_last),
    }


def satisfaction_signals(talk: Talk, cues: np.ndarray) -> pd.DataFrame:
    """Return the signals of each dialogue.

    Parameters
    ----------
    talk : Talk
        The turns with their scores.
    cues : ndarray of bool, shape (n_turns, len(CUES))
        Of :func:`csatext.analysis.conversations.talk_cues.find_cues`.

    Returns
    -------
    DataFrame of float, shape (n_dialogues, len(SIGNALS))
        Scores -1 to 1 (0 where nothing was said), marks 0 or 1, logarithms of 1 + turns and 1 + characters.
    """
    n, row, part = len(talk), talk.row, sides(talk)
    number = {name: at for at, name in enumerate(CUES)}

    def holds(mask: np.ndarray, *names: str) -> np.ndarray:
        marked = mask & cues[:, [number[name] for name in names]].any(axis=1)
        return np.asarray(np.bincount(row[marked], minlength=n) > 0)

    def scores(mask: np.ndarray, way: object) -> np.ndarray:
        kept = mask & ~np.isnan(talk.score)
        return np.asarray(way(row[kept], talk.score[kept], n, empty=0.0))  # type: ignore[operator]

    later = np.bincount(row[part["later"]], minlength=n) > 0
    has_reply = np.bincount(row[part["agent"]], minlength=n) > 0
    # Thanks before any answer are manners; where no answer came they are all there is.
    heard = part["later"] | (part["customer"] & ~has_reply[row])
    spoken = part["customer"] | part["agent"]
    length = np.bincount(row, np.where(part["customer"], talk.texts.str.len(), 0), minlength=n)
    columns = (
        scores(part["customer"], group_first),
        scores(part["customer"], group_last),
        np.where(later, scores(part["later"], group_means), 0.0),
        holds(heard, "thanks"),
        holds(heard, "solved"),
        holds(heard, "consent"),
        holds(part["customer"], "complaint", "demand", "threat"),
        holds(part["last"], "question"),
        holds(part["last"], "denial"),
        holds(part["agent"], "apology"),
        has_reply,
        group_last(row[spoken], part["customer"][spoken].astype(np.float64), n, empty=0.0),
        np.log1p(np.minimum(np.bincount(row[spoken], minlength=n), _MOST_TURNS)),
        np.log1p(np.minimum(length, _LONGEST)),
    )
    table = np.column_stack([np.asarray(column, np.float64) for column in columns]).reshape(n, len(SIGNALS))
    return pd.DataFrame(table, index=talk.documents, columns=list(SIGNALS))
