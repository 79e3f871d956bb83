"""The last door: columns beside the text, and rejected rows, without personal data."""

from __future__ import annotations

import re

import pandas as pd
from pandas.api import types

from csatext.text.preparation import text_array
from csatext.text.redaction import redact_column

__all__ = ["mask_columns", "mask_rejects"]

_PERSONAL = re.compile(
    r"姓名|联系人|收件人|户主|机主|持卡人|电话|手机|座机|身份证|证件号|邮箱|住址|地址|车牌|微信|银行卡|卡号"
    r"|(?i:phone|mobile|e-?mail|address|id_?card|full_?name|real_?name|customer_?name)"
)
_LEAST_DIGITS = 10**6
_MASK = "[已脱敏]"


def mask_columns(contacts: pd.DataFrame) -> pd.DataFrame:
    """Return contacts whose columns beside ``text`` hold no personal data.

    A column whose header says that it holds names, numbers or addresses of people is masked
    whole; in other text columns, and in columns of long whole numbers, the values found are.
    ``doc_id`` and ``text`` stay: the text is redacted where it is cleaned, and an identifier that
    were masked could repeat.

    Parameters
    ----------
    contacts : DataFrame
        Left unchanged.
    """
    masked = contacts.copy(deep=False)
    for name in contacts.columns.difference(["doc_id", "text"], sort=False):
        column = contacts[name]
        if _PERSONAL.search(str(name)):
            masked[name] = pd.Series(_MASK, index=column.index, dtype="str").where(column.notna())
        elif isinstance(column.dtype, pd.StringDtype) or column.dtype == object:
            masked[name] = _redacted(column)
        elif types.is_integer_dtype(column) and column.abs().max() >= _LEAST_DIGITS:
            written = column.astype("str")
            redacted = _redacted(written)
            if not redacted.equals(written):
                masked[name] = redacted
    return masked


def mask_rejects(rejects: pd.DataFrame) -> pd.DataFrame:
    """Return the rejects table with personal data in ``raw`` masked."""
    return rejects.assign(raw=_redacted(rejects["raw"].astype("str")))


def _redacted(column: pd.Series) -> pd.Series:
    codes, values = pd.factorize(column)
    if not len(values):
        return column
    kept = pd.array(redact_column(text_array(values.astype("str"))), dtype="str")
    return pd.Series(kept.take(codes, allow_fill=True), index=column.index, name=column.name)
