"""Columns against each other: times out of order, negative durations, rows that come too late, states."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csatext.dates.parse import parse_times
from csatext.ingest.columns.headers import normal_header
from csatext.ingest.columns.values import as_text, blank
from csatext.ingest.raw_table import Note

__all__ = ["consistency_notes"]

_EXAMPLES = 3
_ORDER = (
    ("created_at", "replied_at"),
    ("created_at", "resolved_at"),
    ("created_at", "closed_at"),
    ("created_at", "updated_at"),
    ("queued_at", "answered_at"),
    ("created_at", "answered_at"),
    ("queued_at", "abandoned_at"),
    ("created_at", "abandoned_at"),
    ("started_at", "ended_at"),
    ("answered_at", "ended_at"),
    ("created_at", "ended_at"),
    ("ordered_at", "paid_at"),
    ("entered_at", "left_at"),
)
"""Which of two times comes first; the second is judged by the first pair whose columns are there."""
_AFTER = re.compile(
    r"(?:办结|完成|完结|结束|结案|关闭|解决|回访|回复|答复|响应|派单|分派|处理|更新|签收|评价|退款|升级|首响)(?:时间|日期|时刻)$"
    r"|(?:closed?|finish(?:ed)?|complet(?:ed|ion)|end(?:ed)?|resolved|replied|responded|updated|rated|solved|reply|response|resolution|closing|assigned)"
    r"(?:at|time|date|on)$"
)
"""Headers of times that come after a contact began, under which no canonical column is known."""
_BEFORE = re.compile(
    r"(?:发生|故障|事发|事件|案发|出险|故障开始|下单|购买|签收)(?:时间|日期)$"
    r"|(?:occurr?(?:ed|ence)|incident|happened|order|purchase)(?:at|time|date|on)$"
)
"""Headers of times at which the matter arose, before it was reported."""
_DURATION = re.compile(
    r"时长|耗时|用时|等待|排队|响铃|历时|秒数|分钟数|小时数|天数$"
    r"|duration|elapsed|latency|wait(?:ing)?(?:time)?(?:s|sec|min|ms|seconds|minutes|hours|days)?$"
    r"|(?:handle|handling|talk|ring|hold|queue|resolution|response|reply)time|seconds$|minutes$|hours$|^aht$|^asa$"
)
_NEGATIVE = r"^\s*[-－−]\s*\d"
_ENDED = re.compile(
    r"^(?:已)?(?:解决|办结|关闭|完成|结案|完结|closed|resolved|done|finished|completed|solved)$"
)
_OPEN = re.compile(
    r"^(?:待|未|正在)?(?:处理中|处理|受理中|办理中|进行中|跟进中|办结|解决|分派|派单|受理)$"
    r"|^(?:open|pending|new|inprogress|processing|waiting)$"
)
_NOT_OPEN = re.compile(r"^(?:处理|办结|解决|分派|派单|受理)$")
_LATE_REPORT = pd.Timedelta(days=180)
_GAP = pd.Timedelta(days=30)
"""Least time without a contact after which the few rows that follow are late."""
_USUAL, _TIMES = 0.95, 10
"""Quantile of the times between contacts, and how many of it the gap must have."""
_TAIL = 0.01
"""Share of the rows that may be such a tail; one row always may."""
_LEAST_ROWS = 10


def consistency_notes(contacts: pd.DataFrame) -> list[Note]:
    """Return how many rows contradict themselves from column to column, with examples by ``doc_id``.

    Checks: ``time_order`` (closed, resolved, replied, ended, updated before it was created, and the like),
    ``duration_negative``, ``late_row`` (``created_at`` more than 30 days after the file's other rows, and ten
    times the usual time between contacts: at most 1 % of 10 rows or more), ``reported_late`` (more than 180
    days after the matter arose), ``resolved_without_close`` and ``closed_while_open``. A check whose columns
    are not there has no row. Where one of two times has no time of day in any row, only days are compared.

    Parameters
    ----------
    contacts : DataFrame
        Table ``contacts``.

    Returns
    -------
    list of Note

    Examples
    --------
    >>> contacts = pd.DataFrame({"doc_id": ["7", "8"], "text": ["慢", "贵"]})
    >>> contacts["created_at"] = pd.to_datetime(["2026-05-03 10:00", "2026-05-04 09:00"])
    >>> contacts["closed_at"] = pd.to_datetime(["2026-05-02 18:00", "2026-05-04 12:00"])
    >>> [(note.check, note.column, note.n, note.detail) for note in consistency_notes(contacts)]
    [('time_order', 'closed_at', 1, '1 行的「closed_at」早于「created_at」；例如 doc_id 7')]
    """
    return [*_orders(contacts), *_durations(contacts), *_late(contacts), *_states(contacts)]


def _note(
    contacts: pd.DataFrame, check: str, column: str, rows: NDArray[np.bool_], total: int, finding: str
) -> Note:
    n = int(rows.sum())
    examples = "、".join(contacts.loc[rows, "doc_id"].dropna().head(_EXAMPLES).astype("str"))
    detail = f"{n} 行{finding}；例如 doc_id {examples}" if n else f"没有{finding.removeprefix('的')}的行"
    return Note(check, column, n, total, detail)


def _times(contacts: pd.DataFrame, pattern: re.Pattern[str], known: set[str]) -> dict[str, pd.Series]:
    """Return the columns of times beside the canonical ones whose header is like a pattern."""
    found = {}
    for name in map(str, contacts.columns):
        if name in known or name.endswith("_text") or not pattern.search(normal_header(name)):
            continue
        column = contacts[name]
        if not pd.api.types.is_datetime64_any_dtype(column.dtype):
            if pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_bool_dtype(column.dtype):
                continue
            column = parse_times(column).values
        if column.notna().any():
            found[name] = column
    return found


def _dated(column: pd.Series) -> bool:
    """Return whether no time of a column has a time of day."""
    times = column.dropna()
    return bool((times == times.dt.normalize()).all())


def _orders(contacts: pd.DataFrame) -> list[Note]:
    known = {name for pair in _ORDER for name in pair}
    columns = {name: contacts[name] for name in known if name in contacts.columns}
    columns = {
        name: column for name, column in columns.items() if pd.api.types.is_datetime64_any_dtype(column.dtype)
    }
    begun = {b: a for a, b in reversed(_ORDER) if a in columns and b in columns}
    pairs = [(a, b) for b, a in begun.items()]
    if "created_at" in columns:
        after, before = _times(contacts, _AFTER, known), _times(contacts, _BEFORE, known)
        columns |= after | before
        pairs += [("created_at", name) for name in after]
        pairs += [(name, "created_at") for name in before]
    notes = []
    for first, second in pairs:
        earlier, later = columns[first], columns[second]
        both = (earlier.notna() & later.notna()).to_numpy()
        if _dated(earlier) or _dated(later):
            earlier, later = earlier.dt.normalize(), later.dt.normalize()
        rows = both & (later < earlier).to_numpy(dtype=np.bool_)
        column, finding = (first if second == "created_at" else second), f"的「{second}」早于「{first}」"
        notes.append(_note(contacts, "time_order", column, rows, int(both.sum()), finding))
        if second == "created_at":
            late = both & (later - earlier > _LATE_REPORT).to_numpy(dtype=np.bool_)
            finding = f"在「{first}」之后超过 {_LATE_REPORT.days} 天才报"
            notes.append(_note(contacts, "reported_late", first, late, int(both.sum()), finding))
    return notes


def _durations(contacts: pd.DataFrame) -> list[Note]:
    notes = []
    for name in map(str, contacts.columns):
        column = contacts[name]
        if not _DURATION.search(normal_header(name)) or pd.api.types.is_datetime64_any_dtype(column.dtype):
            continue
        if pd.api.types.is_timedelta64_dtype(column.dtype):
            rows, filled = (column < pd.Timedelta(0)).to_numpy(dtype=np.bool_), column.notna()
        elif pd.api.types.is_numeric_dtype(column.dtype):
            rows, filled = (column < 0).fillna(False).to_numpy(dtype=np.bool_), column.notna()
        else:
            texts = as_text(column)
            rows = texts.str.match(_NEGATIVE).fillna(False).to_numpy(dtype=np.bool_)
            filled = pd.Series(~blank(texts))
        total = int(filled.sum())
        if total:
            notes.append(_note(contacts, "duration_negative", name, rows, total, f"的「{name}」是负数"))
    return notes


def _late(contacts: pd.DataFrame) -> list[Note]:
    """Return the few rows that stand long after all others."""
    if "created_at" not in contacts.columns:
        return []
    times = contacts["created_at"]
    if not pd.api.types.is_datetime64_any_dtype(times.dtype) or times.notna().sum() < _LEAST_ROWS:
        return []
    ordered = times.dropna().sort_values()
    most = max(1, int(_TAIL * len(ordered)))
    steps = ordered.diff().iloc[-most:]
    usual = ordered.diff().quantile(_USUAL, interpolation="lower") if len(ordered) > most + 1 else _GAP
    wide = steps[steps > max(_GAP, _TIMES * usual)]
    rows = np.zeros(len(contacts), dtype=np.bool_)
    if len(wide):
        rows = (times >= ordered.loc[wide.index[0]]).to_numpy(dtype=np.bool_)
    finding = f"的时间比其他行晚 {_GAP.days} 天以上"
    return [_note(contacts, "late_row", "created_at", rows, len(ordered), finding)]


def _states(contacts: pd.DataFrame) -> list[Note]:
    """Return the rows that are resolved without a time of it, or open with one."""
    closed = [
        contacts[name]
        for name in ("closed_at", "resolved_at")
        if name in contacts.columns and pd.api.types.is_datetime64_any_dtype(contacts[name].dtype)
    ]
    if not closed:
        return []
    timed = np.logical_or.reduce([column.notna().to_numpy() for column in closed])
    ended = np.zeros(len(contacts), dtype=np.bool_)
    unended = ended.copy()
    seen = False
    if "resolved" in contacts.columns and pd.api.types.is_bool_dtype(contacts["resolved"].dtype):
        ended |= contacts["resolved"].fillna(False).to_numpy(dtype=np.bool_)
        seen = True
    if "status" in contacts.columns:
        words = as_text(contacts["status"]).map(normal_header, na_action="ignore")
        ended |= words.str.match(_ENDED.pattern).fillna(False).to_numpy(dtype=np.bool_)
        is_open = words.str.match(_OPEN.pattern) & ~words.str.match(_NOT_OPEN.pattern)
        unended |= is_open.fillna(False).to_numpy(dtype=np.bool_)
        seen = True
    if not seen:
        return []
    column = "closed_at" if "closed_at" in contacts.columns else "resolved_at"
    return [
        _note(
            contacts,
            "resolved_without_close",
            column,
            ended & ~timed,
            int(ended.sum()),
            "已解决或办结，却没有办结时间",
        ),
        _note(
            contacts,
            "closed_while_open",
            column,
            unended & timed,
            int(unended.sum()),
            "还在处理，却有办结时间",
        ),
    ]
