"""Tables with one column for each speaker: what both sides said in one row becomes two turns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from csatext.ingest.columns.values import as_text, blank
from csatext.ingest.dialogues.layouts import Expanded, row_lines
from csatext.ingest.dialogues.role_inference import service_scores
from csatext.ingest.dialogues.roles import anonymous, role_of
from csatext.ingest.raw_table import RawTable, Reject, row_text
from csatext.ingest.turn_columns import candidates

__all__ = ["exchanges"]

_WORDS = 4
_SAMPLE = 1000
_MESSAGE = re.compile(
    r"[ _-]*(?:消息|信息|内容|文本|发言|话术|语句|说的话|说|回复|答复|提问"
    r"|text|messages?|msg|content|utterance|said|reply|query)$",
    re.IGNORECASE,
)


def exchanges(raw: RawTable, columns: Mapping[str, str] | None) -> Expanded | None:
    """Return the utterances of a table with one column for each speaker, None for any other table.

    Examples
    --------
    >>> raw = RawTable(pd.DataFrame({"id": ["1"], "用户": ["退款怎么还没到"], "客服": ["请您稍等一下"]}))
    >>> exchanges(raw, None).frame["speaker"].tolist()
    ['用户', '客服']
    """
    frame = raw.frame
    names = [str(name) for name in frame.columns]
    sides = _sides(frame)
    others = [name for name in names if name not in sides]
    if len(sides) < 2 or _speech(frame, others) or "text" in (columns or {}) or "role" in (columns or {}):
        return None
    rows = np.repeat(np.arange(len(frame)), len(sides))
    texts = np.column_stack([as_text(frame[name]).to_numpy(dtype=object) for name in sides]).ravel()
    long = frame[others].iloc[rows].reset_index(drop=True)
    labels = np.array([_MESSAGE.sub("", name) or name for name in sides], dtype=object)
    long["speaker"] = pd.array(np.tile(labels, len(frame)), dtype="str")
    long["\0text"] = pd.array(texts, dtype="str")
    kept = ~blank(long["\0text"])
    given = {"role": "speaker", "text": "\0text"}
    ids = candidates(others, "doc_id")
    if not ids:
        long["\0doc"] = pd.array((rows + 1).astype(str), dtype="str")
    given["doc_id"] = ids[0] if ids else "\0doc"
    spoken = np.zeros(len(frame), dtype=np.bool_)
    spoken[rows[kept]] = True
    lines = row_lines(raw)
    rejects = [
        Reject(int(lines[i]) or None, "文本为空", row_text(frame.iloc[i])) for i in np.flatnonzero(~spoken)
    ]
    return Expanded(long[kept].reset_index(drop=True), given, lines[rows[kept]], rejects)


def _speech(frame: pd.DataFrame, names: Sequence[str]) -> bool:
    """Return whether one of the names is that of a text, and something stands under it."""
    return any(not blank(as_text(frame[name])).all() for name in candidates(names, "text"))


def _sides(frame: pd.DataFrame) -> list[str]:
    """Return the columns of what each side said.

    A header that is a speaker and a word for a message (客户消息, agent_text) says so; under a header that
    is a speaker alone (客户, 客服) stand names too: its texts must be of four characters in the mean, or
    sound like speech.
    """
    names = [str(name) for name in frame.columns]
    bare = {name: _MESSAGE.sub("", name) for name in names}
    told = [name for name in names if bare[name] not in ("", name) and role_of(bare[name], whole=True)]
    if len({role_of(bare[name], whole=True) for name in told}) > 1:
        return told
    sides = [name for name in names if role_of(name, whole=True) or anonymous(name)]
    texts = [as_text(frame[name].iloc[:_SAMPLE]) for name in sides]
    long = [text.str.len().mean() >= _WORDS for text in texts]
    if all(long) or sum(long) > 1:
        return [name for name, enough in zip(sides, long, strict=True) if enough]
    spoken = [bool(service_scores(text.dropna()).any()) for text in texts]
    return sides if any(spoken) and len({role_of(name, whole=True) for name in sides}) > 1 else []
