"""Whether an input is made of dialogues or of contacts, inferred from what it holds and not from its name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

import pandas as pd

from csatext.errors import CsatextError, InputError
from csatext.ingest.columns.headers import known_headers, normal_header
from csatext.ingest.columns.values import as_identifiers, as_text
from csatext.ingest.dialogues.json_dialogues import find_dialogues, holds_dialogues, is_flat
from csatext.ingest.dialogues.layouts import exchanges, nested_column, transcript_cells
from csatext.ingest.dialogues.roles import anonymous, flag_role, map_roles, role_of
from csatext.ingest.dialogues.subtitles import looks_like_subtitles
from csatext.ingest.dialogues.transcripts import find_grammar, split_transcript
from csatext.ingest.dialogues.turn_columns import candidates, map_turns, pick_role, pick_text
from csatext.ingest.formats.json_values import loads, pieces
from csatext.ingest.formats.registry import PLAIN, RECORDS, SUBTITLES, Source
from csatext.ingest.raw_table import RawTable

__all__ = ["is_dialogue_table", "is_dialogue_text", "is_dialogues"]

_SAMPLE = 20_000
_RECORD_SAMPLE, _CELL_SAMPLE = 50, 200
_GLANCE = 200_000
_HALF = 0.5
_SURE = 0.9
_FEW = 4
"""Most speakers of a chat, in the mean, whose list its messages alone may distinguish from contacts."""
_NAMED = 0.3
"""Least share of speakers with a role's name where the header says that the rows are a dialogue's."""
_CONVERSATION = ("会话", "对话", "通话", "录音", "session", "conversation", "conv", "dialog", "call", "chat")


def is_dialogue_text(source: Source) -> bool:
    """Return whether a file is dialogues by its content as a text: subtitles, JSON of turns, a transcript.

    Tables are judged by :func:`is_dialogue_table`.

    Parameters
    ----------
    source : Source

    Raises
    ------
    InputError
        The file cannot be read.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "a.jsonl")
    ...     turns = '{"role": "user", "text": "退款"}, {"role": "agent", "text": "您好"}'
    ...     _ = path.write_text('{"id": 1, "turns": [%s]}' % turns, encoding="utf-8")
    ...     is_dialogue_text(Source("a.jsonl", path))
    True
    """
    if source.ending in SUBTITLES:
        return True
    text = source.text if source.ending in (*RECORDS, *PLAIN) else None
    if text is None:
        return False
    if source.ending in RECORDS or text.lstrip("\ufeff \r\n\t").startswith(("{", "[")):
        values = _records(text)
        if source.ending in RECORDS or any(isinstance(value, dict | list) for value in values):
            return _holds_turns(values, source.where)
    return looks_like_subtitles(text) or _two_sides(
        [text[:_GLANCE].replace("\r\n", "\n").replace("\r", "\n")]
    )


def _records(text: str) -> list[Any]:
    """Return the first values of JSON or JSON lines; a list stands for its items."""
    try:
        value = loads(text.lstrip("\ufeff"))
    except ValueError:
        return [piece.value for piece in islice(pieces(text), _RECORD_SAMPLE) if piece.value is not None]
    return value[:_RECORD_SAMPLE] if isinstance(value, list) else [value]


def _holds_turns(values: Sequence[Any], path: object) -> bool:
    """Return whether JSON records hold dialogues: both sides speak, or several lists without known roles.

    One list of objects with a key such as ``author`` may as well be a list of contacts.
    """
    if 2 * sum(holds_dialogues(value) for value in values) <= len(values) and not is_flat(values):
        return False
    found = find_dialogues(values)
    if not found.utterances:
        return False
    frame, given = found.table()
    turns = map_turns(frame, given, path, "Asia/Shanghai").frame
    if {"start_seconds", "end_seconds"} <= set(turns) and len(turns) > 1:
        # Texts with a beginning and an end in seconds are recognised speech, whoever speaks.
        return True
    if found.messages and "speaker" in turns and 1 < turns["speaker"].nunique() <= _FEW * len(found.fields):
        return True
    known = turns["role"].notna() & (turns["role"] != "customer")
    if len(found.fields) > 1 and not known.any() and not _names_text(found.fields[0]):
        return True
    return _both_speak(turns["role"], pd.Series([u.dialogue for u in found.utterances]), turns.get("speaker"))


def _has_turns(raw: RawTable) -> bool:
    """Return whether cells hold lists of turns; beside a text of its own they must be of two sides."""
    found = nested_column(raw, None)
    if found is None:
        return False
    turns = map_turns(found.frame, found.given, "", "Asia/Shanghai").frame
    own = [str(name) for name in raw.frame.columns if name in found.frame.columns]
    return not _names_text(own) or _both_speak(turns["role"], turns["doc_id"], turns.get("speaker"))


def _names_text(names: Iterable[str]) -> bool:
    """Return whether one of the names is that of a contact's text."""
    known = [known_headers().get(normal_header(name)) for name in names]
    return any(column is not None and column.canonical == "text" for column in known)


def _both_speak(roles: pd.Series, ids: pd.Series, labels: pd.Series | None = None) -> bool:
    """Return whether in most dialogues of several turns a customer and the service side speak."""
    names = pd.Series(pd.NA, index=roles.index, dtype="str") if labels is None else labels
    apart = names.isin([name for name in names.dropna().unique() if anonymous(name)])
    sides = {"customer": (roles == "customer") | apart, "service": roles.isin(["agent", "bot"]) | apart}
    both = pd.DataFrame(sides).groupby(ids.to_numpy(), sort=False).any().all(axis=1)
    several = ids.value_counts().reindex(both.index) > 1
    return float(both[several].mean()) >= _HALF


def _two_sides(cells: Sequence[str], header: str = "") -> bool:
    """Return whether most texts are transcripts: of a customer and the service side, or numbered speakers.

    Letters (A：, B：) count in a column whose header names a conversation alone, or behind the beginning and
    end of what was said: lists begin with them too.
    """
    grammar = find_grammar(cells)
    if grammar is None:
        return False
    least = 0 if _names_conversation(header) else 1
    both = 0
    for cell in cells:
        lines = split_transcript(cell, grammar)
        labels = {line.label for line in lines if line.label is not None}
        timed = {line.label for line in lines if line.ended is not None}
        roles = {role_of(label) for label in labels}
        apart = sum(anonymous(label) and (len(label.strip()) > least or label in timed) for label in labels)
        # Chat programs write the customer's own name in the line above what was said.
        customer = "customer" in roles or (None in roles and grammar in ("head_lines", "stamped"))
        both += apart > 1 or (customer and bool(roles & {"agent", "bot"}))
    return 2 * both > len(cells)


def _names_conversation(header: str) -> bool:
    return any(word in normal_header(header) for word in _CONVERSATION)


def is_dialogue_table(raw: RawTable) -> bool:
    """Return whether a table is dialogues: one row a turn, turns or a transcript in a cell, a column a side.

    One row a turn: an identifier that repeats, and under most identifiers both a customer and the service
    side speak (names of ``lexicons/roles.tsv``, directions, or a flag). Where the header names a
    conversation (会话ID, session_id), role names in the column of the speaker are enough. A table of
    tickets with a column 角色 or 处理人 is neither: its identifiers stand once, or nobody is a customer.

    Examples
    --------
    >>> frame = pd.DataFrame({"会话ID": ["1", "1"], "角色": ["客服", "用户"], "内容": ["在的", "退款"]})
    >>> is_dialogue_table(RawTable(frame))
    True
    >>> is_dialogue_table(RawTable(frame.assign(会话ID=["1", "2"])))
    False
    """
    frame = raw.frame
    if frame.empty:
        return False
    if _has_transcripts(frame) or _has_turns(_head(raw, _RECORD_SAMPLE)):
        return True
    head = _head(raw, _SAMPLE)
    sides = exchanges(head, None)
    if sides is not None:
        return not _names_text(map(str, frame.columns)) or _repeats(head.frame) is not None
    return _is_long(head.frame)


def _head(raw: RawTable, rows: int) -> RawTable:
    return RawTable(raw.frame.iloc[:rows], None if raw.lines is None else raw.lines[:rows])


def _has_transcripts(frame: pd.DataFrame) -> bool:
    for name in frame.columns:
        if frame[name].dtype.kind in "iufbM":
            continue
        cells = as_text(frame[name].iloc[:_CELL_SAMPLE]).dropna()
        if len(cells) and _two_sides(transcript_cells(cells), str(name)):
            return True
    return False


def _repeats(frame: pd.DataFrame) -> tuple[pd.Series, bool] | None:
    """Return the identifier under which most rows stand with others, and whether it names conversations."""
    for name in candidates([str(name) for name in frame.columns], "doc_id"):
        ids = as_identifiers(frame[name])
        sizes = ids.map(ids.value_counts())
        if len(ids) and float((sizes > 1).mean()) >= _HALF:
            return ids, _names_conversation(name)
    return None


def _is_long(frame: pd.DataFrame) -> bool:
    repeated = _repeats(frame)
    if repeated is None and candidates([str(name) for name in frame.columns], "doc_id"):
        return False
    ids, conversation = repeated or (pd.Series("", index=frame.index), False)
    names = [str(name) for name in frame.columns if not frame[name].isna().all()]
    header, how = pick_role(frame, [name for name in names if not ids.equals(frame[name])], ids)
    if header is None or pick_text(frame, [name for name in names if name != header]) is None:
        return False
    flagged = flag_role(header, frame[header]) if how == "flag" else None
    roles = flagged[1] if flagged is not None else map_roles(as_text(frame[header]).str.strip())
    if not ((roles == "customer") | roles.isna()).any():
        return False
    known = float(roles.notna().mean())
    if conversation and how in ("name", "flag", "apart") and known >= _NAMED:
        return True
    return (repeated is not None or known >= _SURE) and _both_speak(roles, ids)


def _renamed(raw: RawTable, columns: Mapping[str, str]) -> RawTable:
    """Return the table with the caller's columns under their canonical names."""
    names = {header: name for name, header in columns.items() if name not in raw.frame.columns}
    return RawTable(raw.frame.rename(columns=names), raw.lines) if names else raw


def is_dialogues(sources: Sequence[Source], path: object, columns: Mapping[str, str] | None = None) -> bool:
    """Return whether an input is dialogues.

    Parameters
    ----------
    sources : sequence of Source
        Of :func:`csatext.ingest.formats.registry.open_tables`.
    path : object
        Named in errors.
    columns : mapping of str to str, optional
        Canonical name -> header, by the caller.

    Raises
    ------
    InputError
        A folder holds both.

    Examples
    --------
    >>> tickets = pd.DataFrame({"工单号": ["1", "2"], "处理人": ["客服", "客服"], "内容": ["慢", "差"]})
    >>> is_dialogues([Source("a.csv", raw=RawTable(tickets))], "a.csv")
    False
    """
    found: dict[str, bool] = {}
    for source in sources:
        try:
            dialogue = is_dialogue_text(source)
            if not dialogue and source.tabular:
                dialogue = is_dialogue_table(_renamed(source.raw, columns or {}))
        except CsatextError:
            # What cannot be read is named by the reader.
            continue
        if dialogue or source.tabular:
            found[source.name] = dialogue
    if len(set(found.values())) > 1:
        some = next(name for name, dialogue in found.items() if dialogue)
        other = next(name for name, dialogue in found.items() if not dialogue)
        why = f"里面有对话（如「{some}」），也有一行一条联络的表（如「{other}」）"
        raise InputError.unreadable(path, why, "请分放两个文件夹，或用 --kind turns / --kind contacts 指定")
    return any(found.values())
