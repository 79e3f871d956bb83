"""Masks in place of personal data: one text, a column, with keyed tokens on request."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from typing import Literal, overload

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from csatext.errors import ParameterError
from csatext.privacy.across_turns import turn_values
from csatext.privacy.find import check_text, locate, locate_column
from csatext.privacy.kinds import MASK_LABELS, Found, check_kinds
from csatext.strings import Column, map_chunks, string_column

__all__ = ["redact", "redact_column", "redact_turns"]

_TOKEN_LENGTH = 12
_MASKS = {kind: f"[{label}]" for kind, label in MASK_LABELS.items()}


def _key(pseudonymize: str | bytes | None) -> bytes | None:
    if pseudonymize is None:
        return None
    if not isinstance(pseudonymize, str | bytes):
        raise ParameterError.wrong_type("pseudonymize", pseudonymize, "非空的 str 或 bytes 密钥")
    key = pseudonymize.encode("utf-8", "surrogatepass") if isinstance(pseudonymize, str) else pseudonymize
    if not key:
        raise ParameterError.out_of_range("pseudonymize", "", "非空的密钥")
    return key


def mask_of(found: Found, key: bytes | None) -> str:
    """Return the mask of a value: its kind's label, with a keyed token where a key is given."""
    if key is None:
        return _MASKS[found.kind]
    message = f"{found.kind}:{found.value}".encode()
    return f"[{MASK_LABELS[found.kind]}#{hmac.new(key, message, hashlib.sha256).hexdigest()[:_TOKEN_LENGTH]}]"


def _masked(text: str, values: Iterable[Found], key: bytes | None) -> str:
    parts: list[str] = []
    last = 0
    for found in values:
        start, end, kind, _ = found
        parts += (text[last:start], _MASKS[kind] if key is None else mask_of(found, key))
        last = end
    parts.append(text[last:])
    return "".join(parts)


@overload
def redact(
    text: str,
    *,
    kinds: Iterable[str] | None = ...,
    pseudonymize: str | bytes | None = ...,
    return_offsets: Literal[False] = ...,
) -> str: ...
@overload
def redact(
    text: str,
    *,
    kinds: Iterable[str] | None = ...,
    pseudonymize: str | bytes | None = ...,
    return_offsets: Literal[True],
) -> tuple[str, np.ndarray]: ...
def redact(
    text: str,
    *,
    kinds: Iterable[str] | None = None,
    pseudonymize: str | bytes | None = None,
    return_offsets: bool = False,
) -> str | tuple[str, np.ndarray]:
    """Return a text with its personal data masked.

    Parameters
    ----------
    text : str
        Raw or cleaned.
    kinds : iterable of str, optional
        Kinds to mask (see :data:`csatext.privacy.kinds.KINDS`); all by default.
    pseudonymize : str or bytes, optional
        Key. The mask then carries the first 12 hexadecimal digits of HMAC-SHA256 (RFC 2104) of kind and
        normalised value (spoken digits as digits, no separators), so that one person keeps one token.
    return_offsets : bool
        Also return where each character comes from.

    Returns
    -------
    str or (str, ndarray)
        The masked text; with ``return_offsets`` also an int64 array of shape (len(result) + 1,),
        non-decreasing: position in ``text`` of each character, those of a mask at the start of what it
        hides, last ``len(text)``.

    Raises
    ------
    ParameterError
        ``text`` is no text; an unknown kind; an empty key or one that is not text or bytes. No value is
        shown.

    Examples
    --------
    >>> redact("打13800138000，或发邮件到 someone@example.com")
    '打[手机号]，或发邮件到 [邮箱]'
    >>> redact("幺三八零零幺三八零零零", pseudonymize="k") == redact("138-0013-8000", pseudonymize="k")
    True
    """
    chosen, key = check_kinds(kinds), _key(pseudonymize)
    text = check_text(text, "一列文本请用 redact_column")
    if not return_offsets:
        return _masked(text, locate(text, chosen), key)
    parts: list[str] = []
    offsets: list[np.ndarray] = []
    last = 0
    for found in locate(text, chosen):
        mask = mask_of(found, key)
        parts += (text[last : found.start], mask)
        offsets += (np.arange(last, found.start), np.full(len(mask), found.start))
        last = found.end
    offsets.append(np.arange(last, len(text) + 1))
    return "".join((*parts, text[last:])), np.concatenate(offsets).astype(np.int64)


def redact_column(
    texts: Column,
    *,
    kinds: Iterable[str] | None = None,
    pseudonymize: str | bytes | None = None,
) -> pa.Array | pa.ChunkedArray:
    """Return a column with its personal data masked; each row as :func:`redact` does.

    One pass over the column picks the rows that can hold personal data; only those are read character by
    character.

    Parameters
    ----------
    texts : pyarrow Array or ChunkedArray, Series, or sequence of strings, shape (n,)
        Nulls stay null. Numbers among the texts of a list or of an object column count as their text; half
        a surrogate pair there becomes U+FFFD, as Arrow cannot hold it.
    kinds, pseudonymize
        As in :func:`redact`.

    Returns
    -------
    pyarrow Array, or ChunkedArray where one was given
        Same length and string type.

    Raises
    ------
    ParameterError
        As in :func:`redact`; a column that is not of strings.

    Examples
    --------
    >>> redact_column(pa.array(["很好", None, "电话13800138000"])).to_pylist()
    ['很好', None, '电话[手机号]']
    """
    chosen, key = check_kinds(kinds), _key(pseudonymize)
    return map_chunks(string_column(texts), lambda array: _redact_array(array, chosen, key))


def _redact_array(texts: pa.Array, kinds: frozenset[str], key: bytes | None) -> pa.Array:
    located = locate_column(pc.fill_null(texts, ""), kinds)
    if not located:
        return texts
    rows = np.array(sorted(located))
    before = texts.take(pa.array(rows)).to_pylist()
    after = [_masked(text, located[row], key) for row, text in zip(rows.tolist(), before, strict=True)]
    mask = np.zeros(len(texts), dtype=bool)
    mask[rows] = True
    return pc.replace_with_mask(texts, pa.array(mask), pa.array(after, type=texts.type))


def redact_turns(
    turns: pd.DataFrame, *, kinds: Iterable[str] | None = None, pseudonymize: str | bytes | None = None
) -> pd.DataFrame:
    """Return dialogues with their personal data masked; each turn masks its part of a value.

    Parameters
    ----------
    turns : DataFrame
        Columns ``doc_id, turn_id, role, text`` and any other; left unchanged.
    kinds, pseudonymize
        As in :func:`redact`.

    Returns
    -------
    DataFrame
        ``turns`` with ``text`` masked; numbers among the texts become texts, categories strings.

    Raises
    ------
    SchemaError
        A column is missing.
    ParameterError
        As in :func:`redact`.

    Examples
    --------
    >>> calls = pd.DataFrame({"doc_id": "c1", "turn_id": [0, 1], "role": ["agent", "customer"],
    ...                       "text": ["报一下订单号？", "二零二六零五一二三四"]})
    >>> redact_turns(calls)["text"].tolist()
    ['报一下订单号？', '[单号]']
    """
    chosen, key = check_kinds(kinds), _key(pseudonymize)
    parts: dict[int, list[tuple[int, int, str]]] = {}
    for row, start, end, found in turn_values(turns, chosen):
        parts.setdefault(row, []).append((start, end, mask_of(found, key)))
    texts = turns["text"].tolist()
    for row, masks in parts.items():
        masked = str(texts[row])
        for start, end, mask in sorted(masks, reverse=True):
            masked = masked[:start] + mask + masked[end:]
        texts[row] = masked
    dtype = "str" if isinstance(turns["text"].dtype, pd.CategoricalDtype) else turns["text"].dtype
    return turns.assign(text=pd.Series(texts, index=turns.index, dtype=dtype))
