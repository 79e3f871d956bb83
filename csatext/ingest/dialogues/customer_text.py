"""Turns to contacts: the utterances of one side of a dialogue as one text, and the way back to each turn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from csatext.argument_types import as_names, check_simple_types
from csatext.errors import ParameterError
from csatext.ingest.columns.headers import kind_of
from csatext.ingest.columns.values import blank
from csatext.ingest.dialogues.fillers import EDGE, kept_characters
from csatext.ingest.dialogues.roles import ROLES
from csatext.ingest.dialogues.templates import mark_templates
from csatext.ingest.raw_table import Records
from csatext.schema import conform
from csatext.schema.contacts import CONTACTS, TURN_SPANS, TURNS

__all__ = ["contacts_from_turns", "turn_spans"]

_OF_TURNS = frozenset(
    ("turn_id", "role", "text", "role_inferred", "speaker", "started_at", "ended_at", "start_seconds")
) | {"end_seconds", "turn_no", "is_template", "created_at", "started_at_text", "ended_at_text"}
_SILENT = "，,、；;：:…_~～-— \t\u3000。．.\n\r"
_SAME = 0.95
"""Share of dialogues in which a column nobody knows must be constant to be a contact's."""


class _Texts(NamedTuple):
    """The texts of the dialogues, and the stretches of turns that they are made of."""

    documents: NDArray[np.int64]
    texts: pa.Array
    turn: NDArray[np.int64]
    start: NDArray[np.int64]
    turn_start: NDArray[np.int64]
    length: NDArray[np.int64]


def _prepared(
    turns: pd.DataFrame, roles: Sequence[str], keep_fillers: bool, keep_templates: bool
) -> tuple[pd.DataFrame, pd.DataFrame, pd.Index]:
    """Return all turns in order, the chosen ones that have words, and the dialogues in order."""
    named = as_names(roles, "roles", f"由 {'、'.join(ROLES)} 组成的列表")
    if not named or not all(role in ROLES for role in named):
        raise ParameterError.not_allowed("roles", roles, ROLES)
    for name, flag in (("keep_fillers", keep_fillers), ("keep_templates", keep_templates)):
        if not isinstance(flag, bool):
            raise ParameterError.wrong_type(name, flag, "True 或 False")
    table = conform(turns, TURNS)
    codes, documents = pd.factorize(table["doc_id"])
    order = np.lexsort((table["turn_id"].to_numpy(), codes))
    table = table.assign(code=codes).iloc[order].reset_index(drop=True)
    chosen = table["role"].isin(list(roles)).to_numpy() & ~blank(table["text"])
    utterances = table[chosen]
    if not keep_templates:
        utterances = utterances if "is_template" in utterances.columns else mark_templates(utterances)
        canned = utterances["is_template"].fillna(False).astype("bool")
        # A customer who sent nothing but order cards is a contact all the same.
        utterances = utterances[~canned | canned.groupby(utterances["code"]).transform("all")]
    return table, utterances, documents


def _texts(utterances: pd.DataFrame, keep_fillers: bool) -> _Texts:
    """Return the joined turns of each dialogue, without fillers; ``utterances`` is ordered by dialogue."""
    texts = utterances["text"].tolist()
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    whole = EDGE + "".join(text + EDGE for text in texts)
    starts = np.cumsum(lengths + 1) - lengths
    ends = starts + lengths
    kept = np.ones(len(whole), dtype=np.bool_) if keep_fillers else kept_characters(whole)
    codes = np.frombuffer(whole.encode("utf-32-le"), dtype=np.uint32).copy()
    kept[ends] = kept[0] = False
    document = utterances["code"].to_numpy(dtype=np.int64)
    if not keep_fillers:
        _keep_speaking(codes, kept, starts, ends, document)
    speaks = np.add.reduceat(kept, starts, dtype=np.int64) > 0 if len(starts) else np.zeros(0, dtype=np.bool_)
    starts, ends, document, turn = starts[speaks], ends[speaks], document[speaks], np.flatnonzero(speaks)
    joined = ends[:-1][document[1:] == document[:-1]]
    stretches = np.diff(np.concatenate([[0], kept.astype(np.int8), [0]]))
    first, after = np.flatnonzero(stretches == 1), np.flatnonzero(stretches == -1)
    codes[joined] = ord("\n")
    kept[joined] = True
    place = np.cumsum(kept) - kept
    news = np.flatnonzero(np.diff(document, prepend=-1))
    edges = np.append(place[starts[news]], int(kept.sum())).astype(np.int64)
    owner = np.searchsorted(starts, first, side="right") - 1
    dialogue = np.searchsorted(edges, place[first], side="right") - 1
    return _Texts(
        document[news],
        _strings(codes[kept], edges),
        turn[owner],
        place[first] - edges[dialogue],
        first - starts[owner],
        after - first,
    )


def _keep_speaking(
    codes: NDArray[np.uint32],
    kept: NDArray[np.bool_],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    document: NDArray[np.int64],
) -> None:
    """Drop turns of which pauses alone are left; restore those of dialogues that would have no word left."""
    marks = np.array([ord(mark) for mark in _SILENT], dtype=np.uint32)
    words = np.concatenate([[0], np.cumsum(kept & ~np.isin(codes, marks))])
    before = np.concatenate([[0], np.cumsum(kept)])
    cut = before[ends] - before[starts] < ends - starts
    mute = (words[ends] == words[starts]) & cut
    loud = np.bincount(document[~mute], minlength=int(document.max(initial=-1)) + 1) > 0
    change = np.zeros(len(kept) + 1, dtype=np.int64)
    for turns, value in ((mute & loud[document], 1), (~loud[document], 1 << 32)):
        np.add.at(change, starts[turns], value)
        np.add.at(change, ends[turns], -value)
    state = np.cumsum(change)[:-1]
    kept[(state & 0xFFFFFFFF) > 0] = False
    kept[state >= 1 << 32] = True


def _strings(codes: NDArray[np.uint32], edges: NDArray[np.int64]) -> pa.Array:
    """Return the characters between consecutive edges as strings."""
    width = 1 + (codes > 0x7F).astype(np.int64) + (codes > 0x7FF) + (codes > 0xFFFF)
    offsets = np.concatenate([[0], np.cumsum(width)])[edges]
    data = codes.tobytes().decode("utf-32-le").encode("utf-8")
    return pa.LargeStringArray.from_buffers(
        len(edges) - 1, pa.py_buffer(offsets.tobytes()), pa.py_buffer(data)
    )


@check_simple_types
def contacts_from_turns(
    turns: pd.DataFrame,
    roles: Sequence[str] = ("customer",),
    *,
    keep_fillers: bool = False,
    keep_templates: bool = False,
) -> pd.DataFrame:
    """Return contacts: the utterances of one side of each dialogue joined into one text, one row a contact.

    The turns of the chosen roles, consecutive ones too, stand under each other, a line each. Fillers and
    stutters (:mod:`csatext.ingest.dialogues.fillers`) and templates
    (:func:`csatext.ingest.dialogues.templates.mark_templates`) are left out, but never all that was said: a
    dialogue in which nothing else was said keeps it. :func:`turn_spans` with the same arguments leads from
    the text back to the turns. REQUIREMENTS rows 9, 11 and 17.

    Parameters
    ----------
    turns : DataFrame
        Table ``turns``, rows in any order; left unchanged. A column ``is_template`` is taken as it is.
    roles : sequence of {"customer", "agent", "bot", "system"}, default ("customer",)
        Whose words make the text.
    keep_fillers, keep_templates : bool, default False
        Whether they stay.

    Returns
    -------
    DataFrame
        Table ``contacts``: ``doc_id``, ``text``, ``created_at`` (first start of a turn) and ``ended_at``
        (last end) where turns have times, ``n_turns``, ``n_customer_turns``, ``n_agent_turns`` (messages
        of the whole dialogue), and the columns that belong to the dialogue, with their first value.
        ``attrs["rows"]`` is the number of dialogues: contacts + ``attrs["rejects"]``, always;
        ``attrs["quality"]`` is that of the turns.

    Raises
    ------
    ParameterError
        An unknown role, or an argument of the wrong type.
    SchemaError
        A column of table ``turns`` is missing.

    Examples
    --------
    >>> turns = pd.DataFrame({"doc_id": "1", "turn_id": [0, 1, 2], "role": ["customer", "customer", "agent"],
    ...                       "text": ["嗯，那个，我我我想退款", "转人工", "您好"]})
    >>> contacts_from_turns(turns)[["text", "n_turns"]].values.tolist()
    [['我想退款', 3]]
    """
    table, utterances, documents = _prepared(turns, roles, keep_fillers, keep_templates)
    made = _texts(utterances, keep_fillers)
    contacts = pd.DataFrame({"doc_id": documents[made.documents]})
    contacts["text"] = made.texts.to_pandas().astype("str")
    for name, values in _columns(table).items():
        contacts[name] = values.take(made.documents).array
    mute = np.setdiff1d(np.arange(len(documents)), made.documents)
    who = "、".join(roles)
    sources = table["source"] if "source" in table.columns else pd.Series("", index=table.index)
    source = sources.fillna("").astype(str).groupby(table["code"], sort=True).first()
    rejects = [
        {"source": source[code], "line": None, "reason": f"对话里没有 {who} 说的话", "raw": documents[code]}
        for code in mute
    ]
    contacts.attrs = {
        "rows": len(documents),
        "quality": turns.attrs.get("quality", Records()),
        "rejects": Records(rejects),
    }
    return conform(contacts, CONTACTS)


def _columns(table: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the columns of the dialogues by name, each indexed by the dialogue's number from 0."""
    by = table.groupby("code", sort=True)
    found: dict[str, pd.Series] = {}
    names = [name for name in table.columns if name not in (*_OF_TURNS, "doc_id", "code")]
    began = by["started_at"].min() if _timed(table, "started_at") else None
    if "created_at" in table.columns:
        first = by["created_at"].first()
        began = first if began is None else began.where(began.notna(), first)
    if began is not None:
        found["created_at"] = began
    if _timed(table, "started_at") or _timed(table, "ended_at"):
        last = [by[name].max() for name in ("ended_at", "started_at") if _timed(table, name)]
        found["ended_at"] = last[0] if len(last) == 1 else last[0].where(last[0].notna(), last[1])
    found["n_turns"] = by.size()
    for role in ("customer", "agent"):
        found[f"n_{role}_turns"] = (table["role"] == role).groupby(table["code"], sort=True).sum()
    for name in names:
        if name not in found and _of_dialogue(table, name):
            found[name] = by[name].first()
    return found


def _timed(table: pd.DataFrame, name: str) -> bool:
    return name in table.columns and pd.api.types.is_datetime64_any_dtype(table[name].dtype)


def _of_dialogue(table: pd.DataFrame, name: str) -> bool:
    """Return whether a column is the dialogue's: a known one of contacts, or (nearly) constant in each."""
    if kind_of(name) is not None:
        return True
    pairs = table[["code", name]].dropna()
    different = pairs[~pairs.duplicated()]
    return bool(pairs.empty or pairs["code"].nunique() >= _SAME * len(different))


@check_simple_types
def turn_spans(
    turns: pd.DataFrame,
    roles: Sequence[str] = ("customer",),
    *,
    keep_fillers: bool = False,
    keep_templates: bool = False,
) -> pd.DataFrame:
    """Return which turn each stretch of a contact's text comes from.

    ``contact.text[start:end] == turn.text[turn_start:turn_end]`` in every row; only the newlines between
    turns are in no row.

    Parameters
    ----------
    turns, roles, keep_fillers, keep_templates
        As :func:`contacts_from_turns` was given them.

    Returns
    -------
    DataFrame
        Table ``turn_spans``: doc_id, turn_id, start, end, turn_start, turn_end, in the order of the texts.

    Raises
    ------
    ParameterError, SchemaError
        As :func:`contacts_from_turns`.

    Examples
    --------
    >>> turns = pd.DataFrame({"doc_id": "1", "turn_id": [0, 2], "text": ["嗯，退款", "快点"]})
    >>> turns["role"] = "customer"
    >>> turn_spans(turns).drop(columns="doc_id").values.tolist()
    [[0, 0, 2, 2, 4], [2, 3, 5, 0, 2]]
    """
    _, utterances, documents = _prepared(turns, roles, keep_fillers, keep_templates)
    made = _texts(utterances, keep_fillers)
    spans = pd.DataFrame(
        {
            "doc_id": documents[utterances["code"].to_numpy()[made.turn]],
            "turn_id": utterances["turn_id"].to_numpy()[made.turn],
            "start": made.start,
            "end": made.start + made.length,
            "turn_start": made.turn_start,
            "turn_end": made.turn_start + made.length,
        }
    )
    return conform(spans, TURN_SPANS)
