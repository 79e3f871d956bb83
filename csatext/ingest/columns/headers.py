"""Header names to canonical columns: ``lexicons/columns.tsv``, with the caller's mapping on top."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

import opencc
import pandas as pd

from csatext.errors import InputError, LexiconError, ParameterError, nearest
from csatext.ingest.columns.masking import mask
from csatext.ingest.columns.time_column import choose_time, date_parts
from csatext.ingest.columns.values import as_identifiers, as_text
from csatext.ingest.raw_table import Note
from csatext.lexicon import lexicon_path

__all__ = ["Known", "known_headers", "map_columns", "normal_header"]

KINDS = ("id", "text", "time", "number", "category", "flag")
_BRACKETED = re.compile(r"([(\[{【<][^)\]}】>]*+\Z)|[(\[{【<][^)\]}】>]*+[)\]}】>]")
"""A remark; what is opened and never closed is the first group, so that no later bracket is tried again."""
_QUESTION = re.compile(
    r"^\s*(?:第\s*\d{1,3}\s*[题問问題]|\(\d{1,3}\)|\[\d{1,3}\]|[QqTt]?\d{1,3}\s*[、,:)]|[QqTt]?\d{1,3}\s*\.(?!\d)"
    r"|[QqTt]\d{1,3}(?=[\s\u4e00-\u9fff]))[\s、.:]*(?=\S)"
)
"""The number of a question in front of it, as surveys export their headers."""
_SEPARATORS = re.compile(r"[\W_]+")
_LONG_TEXT = 8
_GLANCE = 50
_NESTED = 100_000
"""A header of its own always stands before a part of a nested one."""
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
    text = unicodedata.normalize("NFKC", name)
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


def _filled(column: pd.Series) -> tuple[int, float]:
    """Return the number of cells with content and their mean length."""
    sample = column.iloc[:5000].dropna().astype("str").str.strip()
    lengths = sample.str.len()
    n = int((lengths > 0).sum())
    return n, float(lengths.sum()) / n if n else 0.0


def _has_content(column: pd.Series) -> bool:
    return any(_filled(cells)[0] > 0 for cells in (column.iloc[:_GLANCE], column))


def _by_caller(frame: pd.DataFrame, columns: Mapping[str, str], path: object) -> dict[str, str]:
    """Return header -> canonical for the caller's mapping (canonical -> header)."""
    names = [str(name) for name in frame.columns]
    normal = {normal_header(name): name for name in reversed(names)}
    chosen: dict[str, str] = {}
    if not isinstance(columns, Mapping):
        raise ParameterError.wrong_type("columns", columns, '{"规范列名": "表头"}')
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


def _guess_text(frame: pd.DataFrame, free: Sequence[str]) -> str | None:
    """Return the one column of long text, None where there is none or more than one."""
    if len(frame.columns) == 1:
        return str(frame.columns[0])
    long: list[str] = []
    for name in free:
        n, mean = _filled(frame[name])
        if n and mean >= _LONG_TEXT:
            sample = frame[name].iloc[:5000].dropna().astype("str")
            wordy = sample.str.contains(r"[\u4e00-\u9fff]|[A-Za-z]{2,}\s+[A-Za-z]{2,}", regex=True).mean()
            if wordy > 0.5 and sample.nunique() > 0.5 * len(sample):
                long.append(name)
    return long[0] if len(long) == 1 else None


def map_columns(
    frame: pd.DataFrame, columns: Mapping[str, str] | None, path: object
) -> tuple[pd.DataFrame, list[Note]]:
    """Return the frame under canonical names, and what was decided.

    The caller's mapping wins; then the lexicon, where the header that stands earlier in it wins over
    a later one unless it has no content at all. A column that loses keeps its own name.

    Parameters
    ----------
    frame : DataFrame, shape (n, n_columns)
        Unique string column names.
    columns : mapping of str to str, or None
        Canonical name -> header.
    path : object
        Named in errors.

    Returns
    -------
    frame : DataFrame, shape (n, n_columns)
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
    names = [str(name) for name in frame.columns]
    rename = _by_caller(frame, columns or {}, path)
    n = len(frame)
    notes = [Note("column_mapping", c, n, n, f"由「{h}」得到（调用者指定）") for h, c in rename.items()]
    found = _candidates([name for name in names if name not in rename])
    if "created_at" not in rename.values():
        _assign_time(frame, found, rename, notes)
    for canonical, headers in found.items():
        if canonical in rename.values() or canonical in ("doc_id", "created_at"):
            continue
        free = [header for header in headers if header not in rename]
        if free:
            _assign(frame, canonical, free, rename, notes)
    if "text" not in rename.values():
        guess = _guess_text(frame, [name for name in names if name not in rename])
        if guess is None:
            raise InputError.no_text_column(path, map(mask, names))
        rename[guess] = "text"
        notes.append(Note("column_mapping", "text", n, n, f"「{guess}」是唯一的长文本列，当作文本"))
    if "doc_id" in found and "doc_id" not in rename.values():
        text = frame[next(header for header, canonical in rename.items() if canonical == "text")]
        free = [header for header in found["doc_id"] if header not in rename]
        good = [header for header in free if header == "doc_id" or identifies(frame[header], text)]
        if good:
            _assign(frame, "doc_id", good, rename, notes)
        elif free:
            detail = f"「{'、'.join(free)}」有重复，不能当编号，保留原名"
            notes.append(Note("column_mapping", "doc_id", 0, n, detail))
    final = {name: rename.get(name, name) for name in names}
    for name in names:
        if name not in rename and name in rename.values():
            final[name] = f"{name}_原列"
    return frame.rename(columns=final), notes


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
    best = next((header for header in headers if _has_content(frame[header])), headers[0])
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
