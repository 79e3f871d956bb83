"""Messages in the form in which templates are compared: names, numbers and orders become one mark."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from csatext.ingest.dialogues.role_inference import service_scores
from csatext.lexicon import Lexicon
from csatext.strings import string_array, string_column

__all__ = [
    "GAP",
    "SLOT",
    "canned_pattern",
    "cut_pieces",
    "is_card",
    "keys_of",
    "kind_of_message",
    "shown",
    "trigger_terms",
    "weight",
]

SLOT = "＊"
"""Stands in a template for a name, number, order or other value."""

GAP = "\u22ef"
"""Stands in a template for a short stretch that differs from message to message."""

_HAN = "\u4e00-\u9fff"
_SLOTS = (
    (rf"(?i)(?:https?://|www\.)[^\s{_HAN}]+", "#"),
    (r"[\[【{<][^\[\]【】{}<>\n]{1,12}[\]】}>]", "#"),
    (r"[“\"「《][^“”\"「」《》\n]{1,20}[”\"」》]", "#"),
    (r"(?i)[a-z]*[0-9][0-9a-z:：.,/\-年月日时時点點分秒号號]*", "#"),
    (r"[*＊×#]+|[xX]{2,}", "#"),
    (r"[零〇一二三四五六七八九十百千万两幺]{2,}", "#"),
    (rf"(尊敬的|亲爱的|您好|你好|，|,|。|^)[{_HAN}]{{1,3}}(先生|女士|小姐|老师|同学)", "${1}#${2}"),
    (rf"(我是|客服|专员|顾问|坐席|助手|管家|小二)[{_HAN}]{{1,3}}(为您|很高兴|竭诚)", "${1}#${2}"),
    (rf"(，|,|。|^)[小阿][{_HAN}]{{1,2}}(为您|很高兴|竭诚)", "${1}#${2}"),
    (rf"(客服|专员|顾问|坐席|我是)小[{_HAN}]{{1,2}}", "${1}#"),
)
_DROPPED = "[^#0-9a-z\u3400-\u9fff]+"
_CARD_END = 4
_PIECES = r"[。！？!?\n\r；;~～]+|[ \t　]+"
_KINDS = (
    *("survey", "menu", "session", "transfer", "closing", "greeting", "hold", "apology", "request", "thanks"),
    "hello",
)


@cache
def trigger_terms(kind: str) -> tuple[str, ...]:
    """Return the terms of one kind of ``lexicons/dialogue_cues.tsv``, longest first."""
    terms = [entry.term for entry in Lexicon.load("dialogue_cues").entries if entry.get("kind") == kind]
    return tuple(sorted(terms, key=lambda term: (-len(term), term)))


def _marked(texts: pa.Array) -> pa.Array:
    marked = texts
    for pattern, mark in _SLOTS:
        marked = pc.replace_substring_regex(
            marked, pattern, mark.replace("${1}", r"\1").replace("${2}", r"\2")
        )
    return marked


def keys_of(texts: pd.Series) -> pd.Series:
    """Return messages without punctuation and case, each slot as ``#``.

    Examples
    --------
    >>> keys_of(pd.Series(["您好，客服小美为您服务！", "您好, 客服小丽为您服务", "订单A123已发货"])).tolist()
    ['您好客服#为您服务', '您好客服#为您服务', '订单#已发货']
    """
    folded = pc.utf8_lower(pc.utf8_normalize(string_array(texts), form="NFKC"))
    bare = pc.replace_substring_regex(_marked(folded), _DROPPED, "")
    keys = pc.replace_substring_regex(bare, "#+", "#")
    return pd.Series(keys.to_pandas().to_numpy(), index=texts.index, dtype="str")


def shown(texts: pd.Series) -> pd.Series:
    """Return messages with each slot as ``＊``: nothing that names a person or an order.

    Examples
    --------
    >>> shown(pd.Series(["您的订单A123已发货。"])).tolist()
    ['您的订单＊已发货。']
    """
    column = string_column(texts)
    marked = pc.replace_substring_regex(_marked(column), "#+", SLOT)
    return pd.Series(pc.utf8_trim_whitespace(marked).to_pandas().to_numpy(), index=texts.index, dtype="str")


def cut_pieces(texts: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return the sentences of messages, and the row position of each.

    Examples
    --------
    >>> [column.tolist() for column in cut_pieces(pd.Series(["好的。请稍等", "在吗"]))]
    [['好的', '请稍等', '在吗'], [0, 0, 1]]
    """
    column = string_array(texts)
    # Blanks inside a bracketed slot are no end of a sentence.
    lists = pc.split_pattern_regex(pc.utf8_trim_whitespace(column), _PIECES)
    pieces = pc.list_flatten(lists).to_pandas().astype("str")
    return pieces, pd.Series(pc.list_parent_indices(lists).to_numpy())


def weight(keys: pd.Series) -> pd.Series:
    """Return how many characters of a key are words, not slots."""
    return keys.str.len() - keys.str.count("#")


@cache
def canned_pattern(kind: str) -> str:
    """Return the pattern of the keys that are a customer's button, order card field or media alone.

    Examples
    --------
    >>> import re
    >>> [bool(re.search(canned_pattern("button"), key)) for key in ("转人工", "转人工太难了")]
    [True, False]
    """
    terms = "|".join(trigger_terms(kind))
    return rf"^(?:#?(?:{terms})#?)+$" if kind == "card_field" else rf"^(?:{terms})+$"


def is_card(keys: pd.Series) -> pd.Series:
    """Return which keys of customers are order cards: two fields or more, and no word of a person's own.

    Examples
    --------
    >>> is_card(pd.Series(["通过网页发送订单号#商品编号#", "订单号#商品编号#为什么没发货"])).tolist()
    [True, False]
    """
    column = string_array(keys)
    terms = "|".join(trigger_terms("card_field"))
    fields = pc.count_substring_regex(column, terms).to_numpy(zero_copy_only=False)
    ended = pc.match_substring_regex(column, f"(?:{terms})#?[^#]{{0,{_CARD_END}}}#?$")
    card = (fields > 1) & ended.to_numpy(zero_copy_only=False).astype(np.bool_)
    card[card] = service_scores(keys[card]) >= 0
    return pd.Series(card, index=keys.index)


def kind_of_message(texts: pd.Series) -> pd.Series:
    """Return what a service message is for, by its words: greeting, hold, closing, survey ... or other.

    Examples
    --------
    >>> kind_of_message(pd.Series(["请您稍等", "祝您生活愉快", "本店支持开票"])).tolist()
    ['hold', 'closing', 'other']
    """
    kinds = pd.Series("other", index=texts.index, dtype="str")
    column = string_array(texts)
    for kind in reversed(_KINDS):
        found = pc.match_substring_regex(column, "|".join(trigger_terms(kind))).to_numpy(zero_copy_only=False)
        kinds = kinds.mask(pd.Series(found, index=texts.index).fillna(False).astype("bool"), kind)
    return kinds.replace("hello", "greeting")
