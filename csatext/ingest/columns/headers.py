"""Header names to canonical columns: ``lexicons/columns.tsv``, with the caller's mapping on top."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import opencc
import pandas as pd

from csatext.errors import InputError, LexiconError, ParameterError, nearest
from csatext.ingest.columns.masking import mask
from csatext.ingest.columns.text_column import choose_text
from csatext.ingest.columns.time_column import choose_time, date_parts
from csatext.ingest.columns.values import as_identifiers, as_text, blank, rounded_ids
from csatext.ingest.formats.limits import LONGEST_NAME
from csatext.ingest.raw_table import Note
from csatext.lexicon import lexicon_path
from csatext.strings import encodable

__all__ = ["Known", "identifies", "kind_of", "known_headers", "map_columns", "normal_header", "unknown_names"]

KINDS = ("id", "text", "time", "number", "category", "flag")
_BRACKETED = re.compile(r"([(\[{【<][^)\]}】>]*+\Z)|[(\[{【<][^)\]}】>]*+[)\]}】>]")
"""A remark; what is opened and never closed is the first group, so that no later bracket is tried again."""
_QUESTION = re.compile(
    r"^\s*(?:第\s*\d{1,3}\s*[题問问題]|\(\d{1,3}\)|\[\d{1,3}\]|[QqTt]?\d{1,3}\s*[、,:)]|[QqTt]?\d{1,3}\s*\.(?!\d)"
    r"|[QqTt]\d{1,3}(?=[\s\u4e00-\u9fff]))[\s、.:]*(?=\S)"
)
"""The number of a question in front of it, as surveys export their headers."""
_SEPARATORS = re.compile(r"[\W_]+")
_GLANCE = 50
_NESTED = 100_000
"""A header of its own always stands before a part of a nested one."""
_SEVERAL = re.compile(r"[,，、+＋;；|]")
"""What stands between the headers of a text that is joined from several columns."""
_MOSTLY = 0.5
"""Share of identifiers that Excel must have rounded for a column to be one that it spoilt."""
_OF_MANY = re.compile(
    r"会话|对话|通话|呼叫|录音|标识|用户|客户|session|conversation|dialog|chat|call|message|^uid|user"
)
"""Words of a header of identifiers that stand for more than one contact."""
_OF_TURNS = {"role", "speaker", "turn_id", "turn_no", "turns"}
"""Canonical columns that only dialogues have."""
_CONFLICTS = 0.1
"""Share of rows in which an identifier may stand with another text than before."""


class Known(NamedTuple):
    """What a header stands for; a lower ``rank`` is the better name for its column."""

    canonical: str
    kind: str
    rank: int


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@cache
def normal_header(name: str) -> str:
    r"""Return a header in the form in which headers are compared.

    NFKC (full width), Traditional to Simplified, case folded; remarks in brackets, blanks and
    punctuation dropped, the byte order mark and the number of a question among them.

    Examples
    --------
    >>> normal_header("\ufeff ＊投訴內容（必填）")
    '投诉内容'
    >>> normal_header("3、您的建议"), normal_header("Q3.意见")
    ('您的建议', '意见')
    >>> normal_header("Created_At")
    'createdat'
    """
    text = unicodedata.normalize("NFKC", encodable(name[:LONGEST_NAME]))
    text = _QUESTION.sub("", text)
    bare = _BRACKETED.sub(r"\1", text) or text
    return _SEPARATORS.sub("", _converter().convert(bare).casefold())


@cache
def known_headers() -> Mapping[str, Known]:
    """Return every header of ``lexicons/columns.tsv`` in its normal form.

    Raises
    ------
    LexiconError
        A line does not have three fields, an unknown kind, or a header that stands twice.

    Examples
    --------
    >>> known_headers()[normal_header("投诉内容")].canonical
    'text'
    """
    path = lexicon_path("columns.tsv")
    found: dict[str, Known] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line or line.startswith("#"):
            continue
        fields = line.split("\t")
        if len(fields) != 3 or fields[1] not in KINDS:
            raise LexiconError.bad_line(path.name, number, f"应为三列，第二列是 {'、'.join(KINDS)} 之一")
        canonical, kind, header = fields
        key = normal_header(header)
        if found.get(key, Known(canonical, kind, 0)).canonical != canonical:
            raise LexiconError.bad_line(path.name, number, f"表头「{header}」已经用于另一列")
        found.setdefault(key, Known(canonical, kind, number))
    return found


def kind_of(canonical: str) -> str | None:
    """Return the kind of a canonical column, None for a column that is not known.

    Examples
    --------
    >>> kind_of("created_at"), kind_of("部门备注")
    ('time', None)
    """
    known = known_headers().get(normal_header(canonical))
    return known.kind if known is not None and known.canonical == canonical else None


def _is_filled(column: pd.Series) -> bool:
    """Return whether a column has content."""
    return any(not blank(as_text(cells)).all() for cells in (column.iloc[:_GLANCE], column))


def unknown_names(columns: Mapping[str, object]) -> list[str]:
    """Return a sentence for each name of the caller's mapping that is not canonical but much like one.

    Names of the caller's own are allowed: a sentence is no error.

    Examples
    --------
    >>> unknown_names({"txt": "内容", "channel": "渠道"})
    ['「txt」不是标准列名，按自定义列保留；是不是想写 text？']
    >>> unknown_names({"门店": "店名"})
    ['「门店」不是标准列名，按自定义列保留。']
    """
    canonical = sorted({known.canonical for known in known_headers().values()} | _OF_TURNS)
    notes = []
    for name in map(str, columns):
        if name not in canonical:
            known = known_headers().get(normal_header(name))
            hint = known.canonical if known is not None else nearest(name.casefold(), canonical)
            end = f"；是不是想写 {hint}？" if hint else "。"
            notes.append(f"「{name}」不是标准列名，按自定义列保留{end}")
    return notes


def _resolved(header: str, names: Sequence[str]) -> str | None:
    """Return the header of the table that is meant, None where there is none."""
    if header in names:
        return header
    return {normal_header(name): name for name in reversed(names)}.get(normal_header(header))


def _parts(given: object, names: Sequence[str]) -> list[str] | None:
    """Return the headers whose columns are joined to the text; None where one column is the text."""
    if isinstance(given, list | tuple) and all(isinstance(part, str) for part in given):
        return [str(part) for part in given]
    if not isinstance(given, str) or _resolved(given, names) is not None:
        return None
    parts = [part.strip() for part in _SEVERAL.split(given) if part.strip()]
    fitting = len(parts) > 1 and all(_resolved(part, names) is not None for part in parts)
    return parts if fitting else None


def with_joined_text(
    frame: pd.DataFrame, columns: Mapping[str, str | Sequence[str]], path: object
) -> tuple[pd.DataFrame, Mapping[str, str | Sequence[str]]]:
    """Return the frame with a column of the text that is joined from several, and the mapping to it.

    Cells stand under each other, empty ones left out, and one that the next begins with (a title that the
    body repeats).

    Raises
    ------
    InputError
        A header is not there.
    ParameterError
        The mapping is none, or another column than ``text`` is given several headers.
    """
    if not isinstance(columns, Mapping):
        raise ParameterError.wrong_type("columns", columns, '{"规范列名": "表头"}')
    names = [str(name) for name in frame.columns]
    several = {name: given for name, given in columns.items() if isinstance(given, list | tuple)}
    for name, given in several.items():
        if name != "text" or not given or not all(isinstance(part, str) for part in given):
            wanted = (
                '{"规范列名": "表头"}，都是字符串；只有 text 可以写几个表头，如 {"text": ["标题", "内容"]}'
            )
            raise ParameterError.wrong_type("columns", (name, given), wanted)
    parts = _parts(columns.get("text"), names)
    if parts is None:
        return frame, columns
    found = [_resolved(part, names) for part in parts]
    lost = [part for part, header in zip(parts, found, strict=True) if header is None]
    if lost:
        what = f"现有列：{'、'.join(map(mask, names[:30]))}"
        raise InputError.unreadable(path, f"columns 里写的列「{lost[0]}」不存在", what)
    headers = [header for header in dict.fromkeys(found) if header is not None]
    joined = pd.Series("", index=frame.index, dtype="str")
    for header in headers:
        cells = as_text(frame[header])
        cells = cells.mask(blank(cells), "").str.strip()
        repeated = [after.startswith(before) for before, after in zip(joined, cells, strict=True)]
        joined = cells.where(np.array(repeated, dtype=np.bool_), joined + "\n" + cells).str.strip()
    name = "+".join(headers)
    while name in names:
        name += "+"
    return frame.assign(**{name: joined}), {**columns, "text": name}


def _by_caller(
    frame: pd.DataFrame, columns: Mapping[str, str | Sequence[str]], path: object
) -> dict[str, str]:
    """Return header -> canonical for the caller's mapping (canonical -> header)."""
    names = [str(name) for name in frame.columns]
    normal = {normal_header(name): name for name in reversed(names)}
    chosen: dict[str, str] = {}
    for canonical, header in columns.items():
        if not isinstance(canonical, str) or not isinstance(header, str) or not canonical.strip():
            raise ParameterError.wrong_type(
                "columns", (canonical, header), '{"规范列名": "表头"}，都是字符串'
            )
        found = header if header in names else normal.get(normal_header(header))
        if found is None and canonical == "text":
            raise InputError.no_text_column(path, map(mask, names), header)
        if found is None and canonical in names:
            what = '写法是 {"规范列名": "表头"}，可能写反了'
            raise InputError.unreadable(path, f"columns 里写的列「{header}」不存在", what)
        if found is None:
            hint = nearest(header, names)
            what = f"是不是想写「{hint}」" if hint else f"现有列：{'、'.join(names[:30])}"
            raise InputError.unreadable(path, f"columns 里写的列「{header}」不存在", what)
        if found in chosen:
            raise ParameterError.not_allowed(
                f"columns[{canonical!r}]", header, [n for n in names if n not in chosen]
            )
        chosen[found] = canonical
    return chosen


def _candidates(names: Sequence[str]) -> dict[str, list[str]]:
    """Return canonical -> headers, best first; of a nested name (``ticket.content``) the last part counts."""
    found: dict[str, list[tuple[int, str]]] = {}
    for name in names:
        known = known_headers().get(normal_header(name))
        nested = 0
        if known is None and "." in name:
            known, nested = known_headers().get(normal_header(name.rpartition(".")[2])), _NESTED
        if known is not None:
            found.setdefault(known.canonical, []).append((known.rank + nested, name))
    return {canonical: [header for _, header in sorted(ranked)] for canonical, ranked in found.items()}


def map_columns(
    frame: pd.DataFrame,
    columns: Mapping[str, str | Sequence[str]] | None,
    path: object,
    versions: bool = False,
) -> tuple[pd.DataFrame, list[Note]]:
    """Return the frame under canonical names, and what was decided.

    The caller's mapping wins; then the lexicon, where the header that stands earlier in it wins over
    a later one unless it has no content at all. The text and the time of a contact are inferred from what the
    columns hold, too (:func:`csatext.ingest.columns.text_column.choose_text`). A column that loses
    keeps its own name.

    Parameters
    ----------
    frame : DataFrame, shape (n, n_columns)
        Unique string column names.
    columns : mapping of str to str, or None
        Canonical name -> header; for ``text`` also a list of headers, whose cells are joined.
    path : object
        Named in errors.
    versions : bool, default False
        Whether rows of one identifier are versions of one contact, of which one will stay: it may then
        repeat with other texts, unless its header names a conversation or a person.

    Returns
    -------
    frame : DataFrame, shape (n, n_columns)
        One column more where texts were joined.
    notes : list of Note

    Raises
    ------
    InputError
        No column holds the text, or a header of ``columns`` is not there.
    ParameterError
        ``columns`` is not a mapping of names, or uses one header twice.

    Examples
    --------
    >>> frame, notes = map_columns(pd.DataFrame({"投诉内容": ["退款太慢"], "渠道": ["电话"]}), None, "a.csv")
    >>> frame.columns.tolist()
    ['text', 'channel']
    """
    frame, given = with_joined_text(frame, columns or {}, path)
    names = [str(name) for name in frame.columns]
    rename = _by_caller(frame, given, path)
    n = len(frame)
    notes = [Note("column_mapping", c, n, n, f"由「{h}」得到（调用者指定）") for h, c in rename.items()]
    found = _candidates([name for name in names if name not in rename])
    if "created_at" not in rename.values():
        _assign_time(frame, found, rename, notes)
    if "text" not in rename.values():
        _assign_text(frame, found, rename, notes, path)
    for canonical, headers in found.items():
        if canonical in rename.values() or canonical in ("doc_id", "created_at"):
            continue
        free = [header for header in headers if header not in rename]
        if free:
            _assign(frame, canonical, free, rename, notes)
    if "doc_id" not in rename.values():
        _assign_id(frame, found.get("doc_id", ()), rename, notes, versions)
    final = {name: rename.get(name, name) for name in names}
    for name in names:
        if name not in rename and (name in rename.values() or name == "doc_id"):
            final[name] = f"{name}_原列"
    return frame.rename(columns=final), notes


def _assign_text(
    frame: pd.DataFrame,
    found: Mapping[str, Sequence[str]],
    rename: dict[str, str],
    notes: list[Note],
    path: object,
) -> None:
    """Give the name ``text`` to the column that holds what customers said, and say so.

    Raises
    ------
    InputError
        No column does, or two hold about as much.
    """
    names = [str(name) for name in frame.columns]
    known = [header for header in found.get("text", ()) if header not in rename]
    of_lexicon = {header for headers in found.values() for header in headers}
    free = {name: normal_header(name) for name in names if name not in rename and name not in of_lexicon}
    titles = [header for header in found.get("title", ()) if header not in rename]
    choice = choose_text(frame, known, free, titles)
    if choice is None and len(names) == 1:
        _assign(frame, "text", names, rename, notes)
    elif choice is None and known:
        _assign(frame, "text", known, rename, notes)
    elif choice is None:
        raise InputError.no_text_column(path, map(mask, names))
    elif choice.detail:
        rename[choice.header] = "text"
        notes.append(Note("column_mapping", "text", len(frame), len(frame), choice.detail))
    else:
        others = [header for header in known if header != choice.header]
        _assign(frame, "text", [choice.header, *others], rename, notes)


def _assign_id(
    frame: pd.DataFrame, headers: Sequence[str], rename: dict[str, str], notes: list[Note], versions: bool
) -> None:
    """Give the name ``doc_id`` to the first header whose cells name each contact; say why none does."""
    text = frame[next(header for header, canonical in rename.items() if canonical == "text")]
    free = [header for header in headers if header not in rename]
    rounded = {header: rounded_ids(frame[header]) for header in free}
    spoilt = [
        header
        for header in free
        if rounded[header].sum() > _MOSTLY * (~blank(as_text(frame[header]))).sum()
        and as_identifiers(frame[header]).dropna().duplicated().any()
    ]
    good = [
        header
        for header in free
        if header not in spoilt
        and (
            header == "doc_id"
            or (versions and not _OF_MANY.search(normal_header(header)))
            or identifies(frame[header], text)
        )
    ]
    if good:
        _assign(frame, "doc_id", good, rename, notes)
    elif free:
        repeated = [header for header in free if header not in spoilt]
        detail = f"「{'、'.join(repeated)}」有重复，不能当编号，保留原名" if repeated else ""
        for header in spoilt:
            n = int(rounded[header].sum())
            detail += f"；「{header}」有 {n} 行被 Excel 改成科学计数或末位补零（只留 15 位），"
            detail += "不同的编号变成了同一个，不能当编号，原列保留；请按文本格式重新导出"
        lost = sum(int(rounded[header].sum()) for header in spoilt)
        notes.append(Note("column_mapping", "doc_id", lost, len(frame), detail.lstrip("；")))


def _assign_time(
    frame: pd.DataFrame, found: Mapping[str, Sequence[str]], rename: dict[str, str], notes: list[Note]
) -> None:
    """Give the name ``created_at`` to the column that holds the times of the contacts, and say so.

    Where no column holds times, the best header keeps the name, and reading says what is wrong with its
    cells; year, month and day in columns of their own are put together later.
    """
    normal = {str(name): normal_header(str(name)) for name in frame.columns if name not in rename}
    known = [header for header in found.get("created_at", ()) if header not in rename]
    of_lexicon = {header for headers in found.values() for header in headers}
    free = {header: plain for header, plain in normal.items() if header not in of_lexicon}
    parts = date_parts(frame, normal)
    started = [header for header in found.get("started_at", ()) if header not in rename]
    if parts:
        # A year and a month alone are less than a column of days.
        free = {} if len(parts) > 2 else {h: plain for h, plain in free.items() if h not in parts}
    choice = choose_time(frame, known, free, [] if parts else started)
    if choice is not None and choice.detail:
        rename[choice.header] = "created_at"
        notes.append(Note("column_mapping", "created_at", len(frame), len(frame), choice.detail))
    elif choice is not None:
        others = [header for header in known if header != choice.header]
        _assign(frame, "created_at", [choice.header, *others], rename, notes)
    elif known and not parts:
        _assign(frame, "created_at", known, rename, notes)


def _assign(
    frame: pd.DataFrame, canonical: str, headers: Sequence[str], rename: dict[str, str], notes: list[Note]
) -> None:
    """Give a canonical name to the best of its headers (the first with content) and say so."""
    best = next((header for header in headers if _is_filled(frame[header])), headers[0])
    rename[best] = canonical
    losers = [header for header in headers if header != best]
    if best != canonical or losers:
        also = f"；「{'、'.join(losers)}」保留原名" if losers else ""
        notes.append(Note("column_mapping", canonical, len(frame), len(frame), f"由「{best}」得到{also}"))


def identifies(ids: pd.Series, text: pd.Series) -> bool:
    """Return whether a column names each contact: values repeat (nearly) only together with the text.

    Examples
    --------
    >>> identifies(pd.Series(["1", "2", "2"]), pd.Series(["慢", "贵", "贵"]))
    True
    >>> identifies(pd.Series(["u1"] * 50), pd.Series([str(i) for i in range(50)]))
    False
    """
    filled = as_identifiers(ids).dropna()
    if filled.empty:
        return False
    if filled.is_unique:
        return True
    rows = pd.DataFrame({"id": filled, "text": as_text(text.loc[filled.index])})
    distinct = len(rows.drop_duplicates())
    return distinct - filled.nunique() <= max(1, _CONFLICTS * distinct)
