"""Any file of dialogues becomes turns, and turns become contacts."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike

import pandas as pd

from csatext.ingest.columns.masking import mask_column
from csatext.ingest.dialogues.customer_text import contacts_from_turns, turn_spans
from csatext.ingest.dialogues.sources import load_spoken
from csatext.ingest.quality.checks import quality_table
from csatext.ingest.raw_table import Records
from csatext.ingest.turn_table import to_turns
from csatext.schema import conform
from csatext.schema.contacts import REJECTS

__all__ = ["contacts_from_turns", "read_turns", "turn_spans"]


def read_turns(
    path: str | PathLike[str],
    *,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    sheet: str | int | None = None,
    delimiter: str | None = None,
    timezone: str = "Asia/Shanghai",
) -> pd.DataFrame:
    r"""Read any file of dialogues into turns, one row an utterance.

    Tables with one row an utterance; JSON and JSON lines of dialogues under any keys; tables with a
    dialogue in a cell, as JSON or as ``角色：内容``; tables with a column for each side; SRT and WebVTT;
    text files of transcripts; a folder of any of these. REQUIREMENTS rows 9 to 11 and 17.

    Parameters
    ----------
    path : str or path-like
        File or folder.
    columns : mapping of str to str, optional
        Canonical name (``doc_id``, ``role``, ``text``, ``turn_no``, ``started_at`` ...) -> header; wins
        over ``lexicons/turn_columns.tsv``.
    encoding : str, optional
        Overrides the guess for text files.
    sheet : str or int, optional
        Sheet of a workbook; None takes the first that holds a table.
    delimiter : str, optional
        Overrides the guess for delimited files.
    timezone : str, default "Asia/Shanghai"
        In whose wall clock epochs and times with a zone are given.

    Returns
    -------
    DataFrame
        Table ``turns``: ``doc_id``, ``turn_id`` (from 0 in each dialogue), ``role`` (customer, agent, bot,
        system), ``text``, then ``role_inferred`` (bool: no label or flag named the role), ``speaker`` (the
        label as written), ``started_at`` and ``ended_at`` (datetime64[us]) or ``start_seconds`` and
        ``end_seconds`` (from the start of a call whose date is not known), ``turn_no``, and the other
        columns, repeated. Rows of a dialogue are in the order of the file unless a turn number or time says
        otherwise. ``attrs["quality"]``, ``attrs["rejects"]`` and ``attrs["rows"]`` are as
        :func:`csatext.read_contacts` gives them: rows = turns + rejects, always.

    Raises
    ------
    InputError
        Nothing there to read, a damaged file, or nothing in it that looks like a dialogue.
    ParameterError
        An argument has a value that is not allowed.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "T1.txt")
    ...     _ = path.write_text("客服：您好，请讲\n用户：退款没到\n还要等多久\n", encoding="utf-8")
    ...     turns = read_turns(path)
    >>> turns[["doc_id", "turn_id", "role"]].values.tolist()
    [['T1', 0, 'agent'], ['T1', 1, 'customer']]
    """
    spoken = load_spoken(
        path, columns=columns, encoding=encoding, sheet=sheet, delimiter=delimiter, timezone=timezone
    )
    turns, rejected, notes = to_turns(spoken, path, timezone)
    rejects = pd.DataFrame(
        [(source, *reject) for source, reject in rejected], columns=["source", "line", "reason", "raw"]
    )
    rejects = conform(rejects.astype({"line": "Int64"}), REJECTS)
    rejects = rejects.assign(raw=mask_column(rejects["raw"]))
    turns.attrs = {
        "rows": len(turns) + len(rejects),
        "quality": Records(quality_table(notes).to_dict("records")),
        "rejects": Records(rejects.astype(object).where(rejects.notna(), None).to_dict("records")),
    }
    return turns
