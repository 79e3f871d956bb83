"""The last door: identifiers, columns beside the text and rejected rows, without personal data."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from csatext.errors import mask_numbers
from csatext.privacy.kinds import ID_KINDS, MESSAGE_KINDS
from csatext.privacy.personal_columns import (
    HIDDEN_VALUE,
    are_agents,
    are_orders,
    can_be_names,
    mask_columns,
    mask_values,
)
from csatext.privacy.redact import redact, redact_column
from csatext.strings import string_array

__all__ = ["mask_columns", "mask_doc_ids", "mask_rejects", "mask_sentence"]

_NAMES = re.compile(r"姓名|名字|客户名|人$|主$|(?i:name)")
_ID_SHAPES = (
    r"1[3-9]\d[ -]?\d{4}[ -]?\d{4}|0\d{2,3}[ -]?\d{7}|@|[^\x00-\x7f]|[A-Za-z]\d{8}"
    r"|\d{6}(?:19|20)?\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}"
)
"""What an identifier that is looked at closely must hold: most files have none."""
_SAMPLE = 1000
_CARD_SHARE = 0.3
"""An identifier column with more bank card numbers than this holds them on purpose: chance gives 0.07."""
_BEFORE, _AFTER = r"(?<![^,，\t;；|\"'])", r"(?![^,，\t;；|\"'])"
_QQ = re.compile(r"(?i:(?<![a-z])qq(?![a-z]))")
_ORDER_CELL = rf"{_BEFORE}[A-Za-z]{{0,4}}\d{{10,}}[A-Za-z0-9]*{_AFTER}"
_QQ_CELL = rf"{_BEFORE}(?!(?:19|20)\d\d[01]\d[0-3]\d{_AFTER})[1-9]\d{{6,10}}{_AFTER}"
_HAN_CELL = rf"{_BEFORE}[\u4e00-\u9fff·]{{2,8}}{_AFTER}"


def mask_doc_ids(contacts: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return contacts with identifiers that are personal data masked, and how many there were.

    A masked identifier ends in the number of the row (from 1), so that identifiers stay unique.

    Examples
    --------
    >>> mask_doc_ids(pd.DataFrame({"doc_id": ["T1", "13800138000"]}))[0]["doc_id"].tolist()
    ['T1', '[手机号]#2']
    """
    ids = contacts["doc_id"].astype("str")
    cards = redact_column(string_array(ids.iloc[:_SAMPLE]), kinds=["bank_card"])
    on_purpose = float((ids.iloc[:_SAMPLE] != pd.Series(cards.to_pylist(), index=ids.index[:_SAMPLE])).mean())
    kinds = [*ID_KINDS, "bank_card"] if on_purpose > _CARD_SHARE else [*ID_KINDS]
    held = np.flatnonzero(ids.str.contains(_ID_SHAPES, regex=True) | (on_purpose > _CARD_SHARE))
    before = ids.iloc[held]
    after = pd.Series(
        redact_column(string_array(before), kinds=kinds).to_pylist(), index=before.index, dtype="str"
    )
    changed = held[(after != before).to_numpy(bool)]
    if not len(changed):
        return contacts, 0
    masked = ids.to_numpy(object).copy()
    masked[changed] = [f"{new}#{at + 1}" for new, at in zip(after[after != before], changed, strict=True)]
    return contacts.assign(doc_id=pd.Series(masked, index=ids.index, dtype="str")), len(changed)


def mask_rejects(rejects: pd.DataFrame, columns: pd.Index | None = None) -> pd.DataFrame:
    """Return the rejects table with personal data in ``raw`` and ``source`` masked.

    Parameters
    ----------
    rejects : DataFrame
    columns : Index, optional
        Headers of the input. Where one says that it holds names (of agents too), numbers of orders or of
        QQ, cells of rejected rows that can be one are masked too: without its header a cell cannot be told.
    """
    raw = mask_values(rejects["raw"].astype("str"))
    headers = [] if columns is None else [str(name) for name in columns]
    if any(_NAMES.search(name) or are_agents(name) for name in headers):
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
