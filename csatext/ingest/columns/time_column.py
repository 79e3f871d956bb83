"""Which column says when a contact came in: inferred from its content, with its header as evidence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from csatext.dates.empty import empty_dates
from csatext.dates.parse import parse_times
from csatext.ingest.columns.values import as_text, blank

__all__ = ["Choice", "choose_time", "date_parts", "names_clock"]

_SAMPLE = 2_000
_HALF = 0.5
"""Share of filled cells that must be times in a column whose header names the time of a contact."""
_NEARLY_ALL = 0.9
"""The same for a header that is not known."""
_LONGEST = 40
"""Characters of a cell beyond which it is no time."""
_RECENT = pd.Timestamp("2000-01-01")
_LAST = pd.Timestamp("2100-01-01")
_OTHER_TIME = re.compile(
    r"办结|完成|完结|结束|结案|关闭|解决|更新|修改|变更|到期|截止|有效|失效|期限|期望|要求|承诺|预约|预计|计划|应|"
    r"出生|生日|生产|出厂|处理|回访|回复|答复|反馈|打印|导出|同步|删除|审核|签收|发货|送达|安装|激活|入职|注册|"
    r"支付|付款|退款|首次|最后|最近|上次|下次|响应|时长|耗时|用时|等待|剩余|"
    r"birth|dob|due|expir|(?<!op)end|close|finish|complete|resol|updat|modif|repl|respon|delet|export|print|sync|"
    r"schedul|appoint|deadline|target|valid|ship|deliver|paid|pay|last|next|duration"
)
"""Words of a header by which its times are of something else than a contact's beginning."""
_OF_BEGINNING = re.compile(
    r"报|来|受理|发生|创建|新建|提交|登记|申请|申报|接|进线|投诉|反映|咨询|求助|开始|产生|建|录入|填|诉求|评|留言|故障|"
    r"creat|open|start|begin|receiv|submit|report|regist|post|incident|occur|call|contact|enter|log"
)
_REQUESTED = re.compile(r"(?:申请|提交|发起|创建|登记|受理|上报)(?:日期|时间|時間|时刻)$")
"""Beginnings of a contact about something that :data:`_OTHER_TIME` names: 退款申请时间."""
_OF_TIME = re.compile(
    r"日期|时间|時間|时刻|年月|月份|月$|^周|周次|日$|date|time|month|week|day|period|(?:_at|on)$|^ts$"
    r"|(?:created|opened|started|submitted|received|reported|logged|创建|提交)$"
)
"""Headers under which bare digits may be a time."""
_OF_CLOCK = re.compile(r"(?:时间|時間|时刻|钟点|time)$")
_BARE = r"^\s*\d+(?:\.\d+)?\s*$"
_DIGITS = r"^\s*20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:(?:[01]\d|2[0-3])(?:[0-5]\d){1,2})?\s*$"
"""Dates in digits alone (20260301): numbers of another kind are never all days of the calendar."""
_FEW = 5
_YEAR = ("年", "年份", "年度", "year", "yyyy", "yr")
_MONTH = ("月", "月份", "month", "mm", "mon")
_DAY = ("日", "日期", "天", "号", "几号", "day", "dd", "date", "dayofmonth")
_PARTS = ((_YEAR, 1990, 2100), (_MONTH, 1, 12), (_DAY, 1, 31))


class Choice(NamedTuple):
    """The ``header`` that is taken, and the note on it."""

    header: str
    detail: str


def _sample(column: pd.Series) -> pd.Series:
    """Return some filled cells of a column, evenly over its length."""
    some = column.iloc[:: max(1, len(column) // _SAMPLE)]
    if pd.api.types.is_datetime64_any_dtype(some.dtype):
        return some.dropna()
    texts = as_text(some)
    return some[~(blank(texts) | empty_dates(texts))]


def _share(column: pd.Series, bare_too: bool) -> float:
    """Return the share of filled cells that are times of this century; 0 where digits alone may not be."""
    cells = _sample(column)
    if cells.empty:
        return 0.0
    if bare_too and pd.api.types.is_datetime64_any_dtype(cells.dtype):
        return 1.0  # the file itself says that these are times, whatever the century
    if not pd.api.types.is_datetime64_any_dtype(cells.dtype):
        texts = as_text(cells)
        if float((texts.str.len() <= _LONGEST).mean()) < _HALF:
            return 0.0
        are_days = len(texts) >= _FEW and float(texts.str.match(_DIGITS).mean()) >= _NEARLY_ALL
        if not bare_too and not are_days and float(texts.str.match(_BARE).mean()) >= _HALF:
            return 0.0
    values = parse_times(cells).values
    return float(((values >= _RECENT) & (values < _LAST)).mean())


def names_clock(plain: str) -> bool:
    """Return whether a header, in its normal form, may name the time of day of a contact.

    Examples
    --------
    >>> names_clock("报障时间"), names_clock("处理时间"), names_clock("通话时长")
    (True, False, False)
    """
    return _OF_CLOCK.search(plain) is not None and not _is_other(plain)


def _is_other(plain: str) -> bool:
    """Return whether a header names the time of something else than a contact's beginning."""
    return _OTHER_TIME.search(plain) is not None and _REQUESTED.search(plain) is None


def date_parts(frame: pd.DataFrame, normal: Mapping[str, str]) -> list[str]:
    """Return the columns that hold year and month, and day where there is one; none where they do not.

    Parameters
    ----------
    frame : DataFrame
    normal : mapping of str to str
        Header -> its normal form (:func:`csatext.ingest.columns.headers.normal_header`).

    Examples
    --------
    >>> frame = pd.DataFrame({"年": ["2026", "2026"], "月": ["3", "4"], "text": ["慢", "贵"]})
    >>> date_parts(frame, {name: name for name in frame.columns})
    ['年', '月']
    """
    found: list[str] = []
    for names, least, most in _PARTS:
        fitting = [header for header, plain in normal.items() if plain in names and header in frame.columns]
        good = [header for header in fitting if _counts(frame[header], names[0], least, most)]
        if not good:
            break
        found.append(good[0])
    return found if len(found) >= 2 else []


def _counts(column: pd.Series, unit: str, least: int, most: int) -> bool:
    """Return whether nearly all filled cells are whole numbers of a range, with or without their unit."""
    texts = as_text(_sample(column)).str.strip().str.replace(rf"\s*[{unit}号份度]+$", "", regex=True)
    if texts.empty:
        return False
    numbers = pd.to_numeric(texts.str.replace(r"\.0+$", "", regex=True), errors="coerce")
    return float(((numbers % 1 == 0) & numbers.between(least, most)).mean()) >= _NEARLY_ALL


def choose_time(
    frame: pd.DataFrame, known: Sequence[str], free: Mapping[str, str], started: Sequence[str]
) -> Choice | None:
    """Return the column that says when each contact came in.

    Parameters
    ----------
    frame : DataFrame, shape (n, n_columns)
    known : sequence of str
        Headers that name the time of a contact, best first.
    free : mapping of str to str
        Header -> normal form of those that name nothing known.
    started : sequence of str
        Headers that name a beginning, of a call or a conversation.

    Returns
    -------
    Choice or None
        The first of ``known`` that holds times; else the one of ``free`` that does (of several the one whose
        header speaks of a beginning, then the earliest); else the first of ``started``. None where no
        column holds times.

    Examples
    --------
    >>> frame = pd.DataFrame({"日期": ["3", "17"], "故障开始时间": ["2026-05-03 9:00", "2026-05-17 8:30"]})
    >>> choose_time(frame, ["日期"], {"故障开始时间": "故障开始时间"}, []).header
    '故障开始时间'
    """
    for header in known:
        if _share(frame[header], bare_too=True) >= _HALF:
            return Choice(header, "")
    lost = "".join(f"，「{header}」里不是时间" for header in known if not _sample(frame[header]).empty)
    shares = {
        header: _share(frame[header], bare_too=bool(_OF_TIME.search(plain)))
        for header, plain in free.items()
        if not _is_other(plain)
    }
    timed = [header for header, share in shares.items() if share >= _NEARLY_ALL]
    if timed:
        best = min(timed, key=lambda header: (not _OF_BEGINNING.search(free[header]), _middle(frame[header])))
        also = "、".join(header for header in timed if header != best)
        rest = f"；「{also}」里也是时间，要换请用 columns={{'created_at': …}}" if also else ""
        return Choice(best, f"「{best}」里 {shares[best]:.0%} 是时间，当作 created_at{lost}{rest}")
    for header in started:
        if _share(frame[header], bare_too=True) >= _NEARLY_ALL:
            return Choice(header, f"没有别的时间列，「{header}」当作 created_at{lost}")
    return None


def _middle(column: pd.Series) -> pd.Timestamp:
    return parse_times(_sample(column)).values.median()
