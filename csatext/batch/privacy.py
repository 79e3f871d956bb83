"""The last door: identifiers, columns beside the text and rejected rows, without personal data."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from pandas.api import types

from csatext.text.preparation import text_array
from csatext.text.redaction import redact, redact_column

__all__ = ["mask_columns", "mask_doc_ids", "mask_rejects", "mask_sentence"]

_PERSONAL = re.compile(
    r"姓名|名字|名称.*客户|客户名|会员名|联系人|收件人|收货人|寄件人|发件人|户主|机主|车主|持卡人|投保人|被保险人"
    r"|电话|手机|座机|联系方式|身份证|证件|护照|驾驶证|邮箱|邮件地址|住址|地址|车牌|微信|银行卡|卡号|账户名|户名|昵称"
    r"|(?i:phone|mobile|\btel\b|e-?mail|address|id_?card|passport|plate|nick_?name|user_?name)"
    r"|(?i:full_?name|real_?name|customer_?name|contact_?name|first_?name|last_?name|open_?id)"
)
_NAMES = re.compile(r"姓名|名字|客户名|人$|主$|(?i:name)")
_ID_KINDS = ("mobile", "landline", "id_card", "passport", "email", "plate", "name")
"""Kinds masked in any identifier; numbers of cards and orders look like identifiers by chance."""
_ID_SHAPES = (
    r"1[3-9]\d[ -]?\d{4}[ -]?\d{4}|0\d{2,3}[ -]?\d{7}|@|[^\x00-\x7f]|[A-Za-z]\d{8}"
    r"|\d{6}(?:19|20)?\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}"
)
"""What an identifier that is looked at closely must hold: most files have none."""
_SAMPLE = 1000
_CARD_SHARE = 0.3
"""An identifier column with more bank card numbers than this holds them on purpose: chance gives 0.07."""
_BEFORE, _AFTER = r"(?<![^,，\t;；|])", r"(?![^,，\t;；|])"
_HAN_CELL = rf"{_BEFORE}[\u4e00-\u9fff·]{{2,8}}{_AFTER}"
_LEAST_DIGITS = 10**6
_MASK = "[已脱敏]"


def mask_columns(contacts: pd.DataFrame) -> pd.DataFrame:
    """Return contacts whose columns beside ``text`` and ``doc_id`` hold no personal data.

    A column whose header says that it holds names, numbers or addresses of people is masked
    whole; in other columns of text, and of long whole numbers, the values found are. Text stays: it
    is redacted where it is cleaned. ``customer_id`` is masked whole where it holds names.

    Parameters
    ----------
    contacts : DataFrame
        Left unchanged.

    Examples
    --------
    >>> made = pd.DataFrame({"text": ["慢"], "联系人": ["甲某"], "备注": ["回电13800138000"]})
    >>> mask_columns(made)[["联系人", "备注"]].values.tolist()
    [['[已脱敏]', '回电[手机号]']]
    """
    masked = contacts.copy(deep=False)
    for name in contacts.columns.difference(["doc_id", "text"], sort=False):
        column = contacts[name]
        if types.is_bool_dtype(column) or types.is_datetime64_any_dtype(column):
            continue
        if _PERSONAL.search(str(name)) or (name == "customer_id" and _are_names(column)):
            masked[name] = pd.Series(_MASK, index=column.index, dtype="str").where(column.notna())
        elif types.is_numeric_dtype(column):
            written = _whole_numbers(column)
            redacted = None if written is None else _redacted(written)
            if redacted is not None and not redacted.equals(written):
                masked[name] = redacted
        else:
            masked[name] = _redacted(column)
    return masked


def mask_doc_ids(contacts: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return contacts with identifiers that are personal data masked, and how many there were.

    A masked identifier ends in the number of the row (from 1), so that identifiers stay unique.

    Examples
    --------
    >>> mask_doc_ids(pd.DataFrame({"doc_id": ["T1", "13800138000"]}))[0]["doc_id"].tolist()
    ['T1', '[手机号]#2']
    """
    ids = contacts["doc_id"].astype("str")
    cards = redact_column(text_array(ids.iloc[:_SAMPLE]), kinds=["bank_card"])
    on_purpose = float((ids.iloc[:_SAMPLE] != pd.Series(cards.to_pylist(), index=ids.index[:_SAMPLE])).mean())
    kinds = [*_ID_KINDS, "bank_card"] if on_purpose > _CARD_SHARE else [*_ID_KINDS]
    held = np.flatnonzero(ids.str.contains(_ID_SHAPES, regex=True) | (on_purpose > _CARD_SHARE))
    before = ids.iloc[held]
    after = pd.Series(
        redact_column(text_array(before), kinds=kinds).to_pylist(), index=before.index, dtype="str"
    )
    changed = held[(after != before).to_numpy(bool)]
    if not len(changed):
        return contacts, 0
    masked = ids.to_numpy(object).copy()
    masked[changed] = [f"{new}#{at + 1}" for new, at in zip(after[after != before], changed, strict=True)]
    return contacts.assign(doc_id=pd.Series(masked, index=ids.index, dtype="str")), len(changed)


def mask_rejects(rejects: pd.DataFrame, columns: pd.Index | None = None) -> pd.DataFrame:
    """Return the rejects table with personal data in ``raw`` masked.

    Parameters
    ----------
    rejects : DataFrame
    columns : Index, optional
        Headers of the input. Where one says that it holds names, cells of rejected rows that can be
        a Chinese name are masked too: without its header a name cannot be told from a word.
    """
    raw = _redacted(rejects["raw"].astype("str"))
    if columns is not None and any(_NAMES.search(str(name)) for name in columns):
        cells = pd.Index(raw.str.findall(_HAN_CELL).explode().dropna().unique())
        names = cells[_can_be_names(cells)] if len(cells) else cells
        if len(names):
            either = "|".join(map(re.escape, names))
            raw = raw.str.replace(f"{_BEFORE}(?:{either}){_AFTER}", _MASK, regex=True)
    return rejects.assign(raw=raw)


def mask_sentence(sentence: str) -> str:
    """Return a sentence for a log or a terminal without numbers and addresses of people.

    Errors quote column names, and the first row of a file without headers is a contact.

    Examples
    --------
    >>> mask_sentence("没有找到文本列；现有列：13800138000、很慢")
    '没有找到文本列；现有列：[手机号]、很慢'
    """
    return redact(
        sentence, kinds=["mobile", "landline", "id_card", "bank_card", "email", "plate", "passport"]
    )


def _can_be_names(values: pd.Index) -> np.ndarray:
    """Return which texts are a name where one is announced."""
    announced = redact_column(text_array("姓名：" + values.astype("str")), kinds=["name"]).to_pylist()
    return np.array([text == "姓名：[姓名]" for text in announced], dtype=bool)


def _are_names(column: pd.Series) -> bool:
    values = pd.Index(column.dropna().astype("str").unique())
    return bool(len(values)) and float(_can_be_names(values).mean()) > 0.5


def _whole_numbers(column: pd.Series) -> pd.Series | None:
    """Return long whole numbers as text; None where the column holds none."""
    numbers = column.astype("Float64")
    whole = ((numbers % 1 == 0) & (numbers.abs() >= _LEAST_DIGITS)).fillna(False).astype(bool)
    if not whole.any():
        return None
    if types.is_integer_dtype(column):
        return column.astype("str")
    return column.astype("str").where(~whole, numbers.where(whole).astype("Int64").astype("str"))


def _redacted(column: pd.Series) -> pd.Series:
    texts = column.astype("str")
    codes, values = pd.factorize(texts)
    if not len(values):
        return texts
    kept = pd.array(redact_column(text_array(values.astype("str"))), dtype="str")
    return pd.Series(kept.take(codes, allow_fill=True), index=column.index, name=column.name)
