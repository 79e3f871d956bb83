"""Reserved column names: those of results, and headers that are no names."""

from __future__ import annotations

import pandas as pd

from csatext.aggregation.episodes import PERIOD_COLUMNS
from csatext.privacy.outputs import mask_sentence
from csatext.schema import column_names
from csatext.schema.analysis import COMPLAINTS, CONTACT_KINDS, DOCUMENT_TOPICS, RULES
from csatext.schema.feelings import CONVERSATIONS, SENTIMENT, SERVICE_SIGNALS

__all__ = ["INPUT_ENDING", "RESULT_COLUMNS", "free_names"]

RESULT_COLUMNS = column_names(
    SENTIMENT, SERVICE_SIGNALS, RULES, CONTACT_KINDS, DOCUMENT_TOPICS, COMPLAINTS, CONVERSATIONS
) | {*PERIOD_COLUMNS.values()}
"""Columns that analyses and the calendar add to the facts."""
INPUT_ENDING = "_input"
"""Added to a column of the input that bears the name of a result."""


def free_names(contacts: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return contacts without reserved column names, and the renamed columns.

    Parameters
    ----------
    contacts : DataFrame
        Left unchanged. Names that are not text become text.

    Returns
    -------
    contacts : DataFrame
    renamed : dict of str to str
        Old name to new name.

    Examples
    --------
    >>> free_names(pd.DataFrame(columns=["text", "category"]))[1]
    {'category': 'category_input'}
    """
    taken: set[str] = set()
    names, renamed = [], {}
    for given in contacts.columns:
        name = str(given)
        new = mask_sentence(name) + (INPUT_ENDING if name in RESULT_COLUMNS else "")
        while new in taken or (new != name and new in contacts.columns):
            new += INPUT_ENDING
        taken.add(new)
        names.append(new)
        if new != name:
            renamed[mask_sentence(name)] = new
    return contacts.set_axis(names, axis=1), renamed
