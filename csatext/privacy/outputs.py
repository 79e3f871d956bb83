"""Outputs without personal data: identifiers, metadata columns, rejected rows and messages."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from csatext.errors import mask_numbers
from csatext.privacy.kinds import ID_KINDS, MASK_LABELS, MESSAGE_KINDS
from csatext.privacy.personal_columns import (
    HIDDEN_VALUE,
    are_agents,
    are_orders,
    are_people,
    can_be_names,
    hold_names,
    mask_columns,
    mask_values,
)
from csatext.privacy.redact import redact, redact_column
from csatext.strings import string_array

__all__ = ["hold_names", "mask_columns", "mask_doc_ids", "mask_rejects", "mask_sentence"]

_NAMES = re.compile(r"姓名|名字|客户名|人$|主$|(?i:name)")
_MOBILE_ID = r"^1[3-9]\d{9}$"
_ID_SHAPES = (
    r"(?:^|\D)(?:\+?86[- ]?|0086[- ]?|0)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?:\D|$)|(?:^"
    r"|\D)\(?0[1-9]\d{0,2}\)?[ -]?\d{3,4}[ -]?\d{4}(?:\D|$)"
    r"|@|\*|\(\d\)|\+\d|00(?:85|88)\d|(?:^|[^A-Za-z0-9])[A-Za-z]{1,2}\d{7,10}(?:$|[^A-Za-z0-9])"
    r"|\d{6}[ -]?(?:19|20)?\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[ -]?\d{3}"
)
"""What an identifier of Latin letters and digits that is read as text must hold: most files have none."""
_PAPER_ID = r"^[A-Za-z]{1,2}\d{7,9}$"
_RANDOM_ID = r"(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$"
_NOT_LATIN = r"[^\x00-\x7f]"
_DENSE = 50
"""Numbers after the same letters that lie closer than this to each other on average count something."""
_SAMPLE = 1000
_CARD_SHARE = 0.3
"""Above this share of bank card numbers an identifier column holds them on purpose; chance gives 0.07."""
_BEFORE, _AFTER = r"(?<![^,，\t;；|\"'])", r"(?![^,，\t;；|\"'])"
_QQ = re.compile(r"(?i:(?<![a-z])qq(?![a-z]))")
_ORDER_CELL = rf"{_BEFORE}[A-Za-z]{{0,4}}\d{{10,}}[A-Za-z0-9]*{_AFTER}"
_QQ_CELL = rf"{_BEFORE}(?!(?:19|20)\d\d[01]\d[0-3]\d{_AFTER})[1-9]\d{{6,10}}{_AFTER}"
_HAN_CELL = rf"{_BEFORE}[\u4e00-\u9fff·]{{2,8}}{_AFTER}"


def mask_doc_ids(contacts: pd.DataFrame, rows_before: int = 0) -> tuple[pd.DataFrame, int]:
    """Return contacts with identifiers that are personal data masked, and how many there were.

    A masked identifier ends in the number of the row (from 1, or behind the ``rows_before`` rows of its file
    that are elsewhere), so that identifiers stay unique.

    Examples
    --------
    >>> mask_doc_ids(pd.DataFrame({"doc_id": ["T1", "13800138000"]}))[0]["doc_id"].tolist()
    ['T1', '[手机号]#2']
    """
    ids = contacts["doc_id"].astype("str")
    cards = redact_column(string_array(ids.iloc[:_SAMPLE]), kinds=["bank_card"])
    on_purpose = float((ids.iloc[:_SAMPLE] != pd.Series(cards.to_pylist(), index=ids.index[:_SAMPLE])).mean())
    kinds = [*ID_KINDS, "bank_card"] if on_purpose > _CARD_SHARE else [*ID_KINDS]
    held = np.flatnonzero(_are_read(ids) | (on_purpose > _CARD_SHARE))
    before = ids.iloc[held]
    mobile = before.str.contains(_MOBILE_ID, regex=True)
    read = redact_column(string_array(before[~mobile]), kinds=kinds).to_pylist()
    after = pd.Series(f"[{MASK_LABELS['mobile']}]", index=before.index, dtype="str")
    after[~mobile] = pd.array(read, dtype="str")
    changed = held[(after != before).to_numpy(bool)]
    if not len(changed):
        return contacts, 0
    masked = ids.to_numpy(object).copy()
    masked[changed] = [
        f"{new}#{at + 1 + rows_before}" for new, at in zip(after[after != before], changed, strict=True)
    ]
    return contacts.assign(doc_id=pd.Series(masked, index=ids.index, dtype="str")), len(changed)


def _are_read(ids: pd.Series) -> np.ndarray:
    """Return which identifiers have a shape that can be personal data.

    Identifiers with non-Latin letters are classified by their shape (digits as zeros), each shape once.
    Letters with a counter look like passports; they are classified by how close their numbers lie.
    """
    chosen = ids.str.contains(_ID_SHAPES, regex=True) & ~ids.str.contains(_RANDOM_ID, regex=True)
    chosen = chosen.to_numpy(bool, copy=True)
    papers = np.flatnonzero(chosen & ids.str.contains(_PAPER_ID, regex=True).to_numpy(bool))
    if len(papers):
        parts = ids.iloc[papers].str.extract(r"^(?P<letters>[A-Za-z]+)(?P<number>\d+)$")
        numbers = parts["number"].astype("int64")
        grouped = numbers.groupby(parts["letters"].to_numpy())
        spread = (grouped.transform("max") - grouped.transform("min")) / grouped.transform("size").clip(
            lower=2
        )
        counts = (spread <= _DENSE) & (grouped.transform("size") > 2)
        chosen[papers[counts.to_numpy(bool)]] = False
    other = np.flatnonzero(ids.str.contains(_NOT_LATIN, regex=True).to_numpy(bool))
    if len(other):
        shapes = ids.iloc[other].str.replace(r"[0-9]", "0", regex=True)
        codes, values = pd.factorize(shapes)
        shown = redact_column(string_array(values), kinds=ID_KINDS).to_pylist()
        named = np.array([new != old for new, old in zip(shown, values, strict=True)], dtype=bool)
        chosen[other] |= named[codes]
    return chosen


def mask_rejects(
    rejects: pd.DataFrame, columns: pd.Index | None = None, *, named: bool = False
) -> pd.DataFrame:
    """Return the rejects table with personal data in ``raw`` and ``source`` masked.

    Parameters
    ----------
    rejects : DataFrame
    columns : Index, optional
        Headers of the input. Where one says that it holds names (of agents too), numbers of orders or of
        QQ, cells of rejected rows that can be one are masked too: without its header a cell is ambiguous.
    named : bool, default False
        Whether the values of a column of the input are names.
    """
    raw = mask_values(rejects["raw"].astype("str"))
    headers = [] if columns is None else [str(name) for name in columns]
    if named or any(_NAMES.search(name) or are_agents(name) or are_people(name) for name in headers):
        cells = pd.Index(raw.str.findall(_HAN_CELL).explode().dropna().unique())
        names = cells[can_be_names(cells)] if len(cells) else cells
        if len(names):
            either = "|".join(map(re.escape, names))
            raw = raw.str.replace(f"{_BEFORE}(?:{either}){_AFTER}", HIDDEN_VALUE, regex=True)
    if any(are_orders(name) for name in headers):
        raw = raw.str.replace(_ORDER_CELL, "[单号]", regex=True)
    if any(_QQ.search(name) for name in headers):
        raw = raw.str.replace(_QQ_CELL, HIDDEN_VALUE, regex=True)
    return rejects.assign(raw=raw, source=rejects["source"].map(mask_sentence, na_action="ignore"))


def mask_sentence(sentence: str) -> str:
    """Return a sentence for a log or a terminal, or a file's name, without numbers and addresses of people.

    Errors quote column names, and the first row of a file without headers is a contact.

    Examples
    --------
    >>> mask_sentence("没有找到文本列；现有列：13800138000、很慢")
    '没有找到文本列；现有列：[手机号]、很慢'
    >>> mask_sentence("读取 客诉13800138000导出.csv")
    '读取 客诉[手机号]导出.csv'
    """
    return mask_numbers(redact(sentence, kinds=MESSAGE_KINDS))
