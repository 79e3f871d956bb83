"""The quality report of an input: what is missing, odd, repeated or out of order, and what was mended."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pandas as pd

from csatext.dates.period_names import read_moment
from csatext.errors import ParameterError
from csatext.ingest.columns.values import as_text, blank
from csatext.ingest.quality.consistency import consistency_notes
from csatext.ingest.quality.missing_figures import table_flags
from csatext.ingest.quality.near_duplicates import near_duplicates
from csatext.ingest.quality.scripts import scripts
from csatext.ingest.quality.turn_checks import turn_notes
from csatext.ingest.raw_table import Note
from csatext.schema import conform
from csatext.schema.contacts import CONTACTS, QUALITY

__all__ = ["check", "quality_table", "summed_quality", "verdict"]

_EARLIEST = pd.Timestamp("1990-01-01")
_SCALES = (5.0, 10.0, 100.0)
_EXAMPLES = 3
_TOLERATED = {
    ("missing", "text"): 0.05,
    ("missing", "created_at"): 0.2,
    ("duplicate_id", ""): 0.0,
    ("rejected", ""): 0.05,
    ("bad_characters", ""): 0.02,
    ("date_future", "created_at"): 0.01,
    ("date_unreadable", "created_at"): 0.05,
    ("script_none", ""): 0.2,
    ("turn_empty", ""): 0.05,
    ("role_missing", ""): 0.2,
    ("dialogue_one_sided", ""): 0.5,
}
"""Shares of rows up to which a finding is noted only (chosen); column "" stands for any."""
_COUNT = re.compile(r"(?<!\d)\d++(?= ?[行格句条个])")
"""A count in what is said of a part of an input."""
_CLAUSES = 8
_SCRIPT_LABELS = {"traditional": "繁体中文", "latin": "没有中文、只有拉丁字母", "none": "没有中文也没有字母"}


def quality_table(notes: list[Note]) -> pd.DataFrame:
    """Return notes as table ``quality``; notes of one check and column become one row.

    Examples
    --------
    >>> quality_table([Note("torn_rows", "", 1, 10, "一"), Note("torn_rows", "", 2, 10, "二")])["n"].tolist()
    [3]
    """
    merged: dict[tuple[str, str], Note] = {}
    for note in notes:
        old = merged.get((note.check, note.column))
        if old is None:
            merged[note.check, note.column] = note
            continue
        detail = old.detail if note.detail in old.detail else f"{old.detail}；{note.detail}"
        merged[note.check, note.column] = old._replace(
            n=old.n + note.n, total=max(old.total, note.total), detail=detail
        )
    frame = pd.DataFrame(list(merged.values()), columns=list(Note._fields))
    frame["rate"] = frame["n"] / frame["total"].where(frame["total"] > 0, 1)
    return conform(frame, QUALITY)


def summed_quality(notes: Sequence[Note]) -> pd.DataFrame:
    """Return notes about parts of an input as table ``quality`` of the whole.

    Rows add up, and so do the counts in what is said; what is said of several parts alike is said once.

    Examples
    --------
    >>> parts = [Note("rejected", "", 1, 9, "文本为空 1 行"), Note("rejected", "", 2, 9, "文本为空 2 行")]
    >>> summed_quality(parts)[["n", "total", "detail"]].values.tolist()
    [[3, 18, '文本为空 3 行']]
    """
    kept: dict[tuple[str, str], Note] = {}
    clauses: dict[tuple[str, str], dict[str, list[int]]] = {}
    for note in notes:
        key = (note.check, note.column)
        old = kept.get(key)
        n, total = (0, 0) if old is None else (old.n, old.total)
        kept[key] = note._replace(n=n + note.n, total=total + note.total)
        said = clauses.setdefault(key, {})
        for clause in note.detail.split("；"):
            form, counts = _COUNT.sub("\0", clause), [int(count) for count in _COUNT.findall(clause)]
            said[form] = [a + b for a, b in zip(said.get(form, [0] * len(counts)), counts, strict=True)]
    return quality_table([note._replace(detail=_said(clauses[key])) for key, note in kept.items()])


def _said(clauses: Mapping[str, Sequence[int]]) -> str:
    """Return clauses with their counts; of many different ones the first."""
    spoken = []
    for form, counts in list(clauses.items())[:_CLAUSES]:
        pieces = form.split("\0")
        numbers = [*map(str, counts), ""]
        spoken.append("".join(f"{piece}{number}" for piece, number in zip(pieces, numbers, strict=True)))
    return "；".join(spoken) + ("；等" if len(clauses) > _CLAUSES else "")


def verdict(quality: pd.DataFrame) -> list[str]:
    """Return what must be put right before a table of the input can be trusted, worst first.

    Parameters
    ----------
    quality : DataFrame
        Table ``quality``, of :func:`check`.

    Returns
    -------
    list of str
        One sentence a finding whose share is above what :data:`_TOLERATED` allows; empty where all is well.

    Examples
    --------
    >>> verdict(quality_table([Note("duplicate_id", "doc_id", 3, 10, "doc_id 与前面某行相同")]))
    ['doc_id：doc_id 与前面某行相同（3/10）']
    """
    found = []
    for row in quality.itertuples(index=False):
        allowed = _TOLERATED.get((row.check, row.column), _TOLERATED.get((row.check, "")))
        if allowed is not None and row.rate > allowed:
            where = f"{row.column}：" if row.column else ""
            found.append((row.rate - allowed, f"{where}{row.detail}（{row.n}/{row.total}）"))
    return [sentence for _, sentence in sorted(found, key=lambda item: -item[0])]


def _completeness(contacts: pd.DataFrame) -> list[Note]:
    notes = []
    for name in contacts.columns:
        column = contacts[name]
        texts = isinstance(column.dtype, pd.StringDtype) or column.dtype == object
        missing = int(blank(as_text(column)).sum()) if texts else int(column.isna().sum())
        notes.append(
            Note("missing", str(name), missing, len(contacts), f"{missing} 行没有值" if missing else "齐全")
        )
    return notes


def _dates(contacts: pd.DataFrame, now: pd.Timestamp) -> list[Note]:
    notes = []
    for name in contacts.columns:
        if not pd.api.types.is_datetime64_dtype(contacts[name].dtype):
            continue
        times, n = contacts[name], int(contacts[name].notna().sum())
        span = f"{times.min():%Y-%m-%d} 至 {times.max():%Y-%m-%d}" if n else "没有时间"
        notes.append(
            Note("date_future", str(name), int((times > now).sum()), n, f"晚于现在的时间；范围 {span}")
        )
        early = int((times < _EARLIEST).sum())
        notes.append(
            Note("date_ancient", str(name), early, n, f"早于 {_EARLIEST.year} 年的时间；范围 {span}")
        )
    return notes


def _scores(contacts: pd.DataFrame) -> list[Note]:
    """Return how many scores lie off their scale: nps 0-10, csat the least of 5, 10, 100 that fits 99 %."""
    notes = []
    for name in ("csat", "nps"):
        if name not in contacts.columns or not pd.api.types.is_numeric_dtype(contacts[name].dtype):
            continue
        values = contacts[name].dropna().astype("float64")
        if values.empty:
            continue
        high = float(values.quantile(0.99, interpolation="lower"))
        scale = 10.0 if name == "nps" else next((s for s in _SCALES if high <= s), _SCALES[-1])
        out = int(((values < 0) | (values > scale)).sum())
        notes.append(
            Note("score_range", name, out, len(values), f"不在 0 到 {scale:g} 分之间（按 {scale:g} 分制看）")
        )
    return notes


def _texts(contacts: pd.DataFrame) -> list[Note]:
    text = contacts["text"].fillna("")
    n = len(text)
    exact = text.duplicated().to_numpy()
    near = (near_duplicates(text) >= 0) & ~exact
    damaged = int(text.str.contains("\ufffd", regex=False).sum())
    private = int(text.str.contains("[\ue000-\uf8ff]", regex=True).sum())
    notes = [
        Note("duplicate_text", "text", int(exact.sum()), n, "与前面某行的文本完全相同"),
        Note(
            "near_duplicate_text",
            "text",
            int(near.sum()),
            n,
            "与前面某行几乎相同（不计标点、数字、大小写）",
        ),
        Note("bad_characters", "text", damaged, n, "文本里有无法还原的字符（U+FFFD）"),
        Note("private_characters", "text", private, n, "文本里有私用区字符，多为 GBK 错位，清洗时会尝试还原"),
    ]
    found = scripts(text).value_counts()
    notes += [
        Note(f"script_{script}", "text", int(found.get(script, 0)), n, label)
        for script, label in _SCRIPT_LABELS.items()
    ]
    for check, flags, what in zip(
        ("pipe_table", "missing_figure"),
        table_flags(text),
        ("有压成竖线行的表格，可用 ct.pipe_tables 取出", "提到的图、表或清单不在文本里"),
        strict=True,
    ):
        examples = "、".join(contacts["doc_id"][flags].dropna().head(_EXAMPLES))
        detail = f"{what}；例如 doc_id {examples}" if examples else what
        notes.append(Note(check, "text", int(flags.sum()), n, detail))
    return notes


def check(
    contacts: pd.DataFrame, turns: pd.DataFrame | None = None, *, now: pd.Timestamp | str | None = None
) -> pd.DataFrame:
    """Return what there is to know about the quality of an input before anything is concluded from it.

    Checks: ``missing`` (each column), ``date_future`` and ``date_ancient`` (each time column),
    ``score_range`` (csat, nps), ``duplicate_id``, ``duplicate_text``, ``near_duplicate_text``,
    ``bad_characters``, ``private_characters``, ``script_traditional``, ``script_latin``, ``script_none``,
    ``pipe_table``, ``missing_figure`` (with examples by doc_id); columns against each other
    (``time_order``, ``duration_negative``, ``late_row``, ``reported_late``, ``resolved_without_close``,
    ``closed_while_open``; :func:`csatext.ingest.quality.consistency.consistency_notes`);
    for turns ``turn_clock_backwards``, ``turn_ends_before_start``, ``role_missing``,
    ``role_inferred``, ``dialogue_one_sided``, ``turn_empty``, ``turn_without_contact``; and the rows of
    ``contacts.attrs["quality"]``, which tell what the reader guessed and mended. REQUIREMENTS row 12.

    Parameters
    ----------
    contacts : DataFrame
        Table ``contacts``.
    turns : DataFrame, optional
        Table ``turns``.
    now : Timestamp or str, optional
        What counts as the future begins here; the clock's time where None.

    Returns
    -------
    DataFrame
        Table ``quality``: check, column, n, total, rate, detail.

    Raises
    ------
    SchemaError
        ``contacts`` has no ``doc_id`` or ``text``, or ``turns`` none of its columns.
    ParameterError
        ``now`` is not a time, or ``contacts`` or ``turns`` no table.

    Examples
    --------
    >>> contacts = pd.DataFrame({"doc_id": ["1", "2", "2"], "text": ["退款太慢", "退款太慢", "服務很差"]})
    >>> found = check(contacts, now="2026-01-01").set_index("check")["n"]
    >>> int(found["duplicate_id"]), int(found["duplicate_text"]), int(found["script_traditional"])
    (1, 1, 1)
    """
    moment = pd.Timestamp.now() if now is None else read_moment(now, "now")
    for name, given, verb in (("contacts", contacts, "read_contacts"), ("turns", turns, "read_turns")):
        if not isinstance(given, pd.DataFrame) and (given is not None or name == "contacts"):
            raise ParameterError.wrong_type(name, given, f"一张表；文件请先用 ct.{verb}(路径) 读取")
    table = conform(contacts, CONTACTS)
    n = len(table)
    repeated = int(table["doc_id"].dropna().duplicated().sum())
    notes = [
        *_completeness(table),
        Note("duplicate_id", "doc_id", repeated, n, "doc_id 与前面某行相同"),
        *_dates(table, moment),
        *_scores(table),
        *_texts(table),
        *consistency_notes(table),
        *(turn_notes(turns, table) if turns is not None else []),
    ]
    seen = {(note.check, note.column) for note in notes}
    notes += [
        Note(row["check"], row["column"], int(row["n"]), int(row["total"]), row["detail"])
        for row in contacts.attrs.get("quality", [])
        if (row["check"], row["column"]) not in seen
    ]
    return quality_table(notes)
