"""Auto-replies, greetings and canned messages, learnt from their repetition across dialogues."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from csatext.argument_types import check_simple_types
from csatext.errors import ParameterError
from csatext.ingest.dialogues.template_keys import (
    GAP,
    SLOT,
    canned_pattern,
    cut_pieces,
    is_card,
    keys_of,
    kind_of_message,
    shown,
    weight,
)
from csatext.schema import conform
from csatext.schema.contacts import TEMPLATES, TURNS

__all__ = ["find_templates", "mark_templates"]

_DIALOGUES, _SHARE = 3, 0.001
_LEAST = 5
"""Words (characters that are no slot) a learnt template has at least."""
_COVERED = 0.8
_COMMON = 0.7
_LONGEST_GAP = 16
_SIGNATURES: tuple[Callable[[pd.Series], pd.Series], ...] = (
    lambda keys: keys.str[:6] + "#" + keys.str[-6:],
    lambda keys: keys.str[:9] + "#" + keys.str[-3:],
    lambda keys: keys.str[:3] + "#" + keys.str[-9:],
    lambda keys: keys.str[:12],
    lambda keys: keys.str[-12:],
)
_NEAR_LENGTH = 14
_BATCH = 200
_AUTOMATIC = r"^\s*[\[【(（<「]?\s*(?:自动|自動)(?:回复|答复|应答|回覆|回復)\s*[\]】)）>」:：]"
"""How programs mark what they send in a person's name; a customer's are templates when they repeat."""
_CANNED = (("button", "button"), ("card_field", "order_card"), ("media", "media"))


def _pieces(turns: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each different message and sentence of each turn: its key, side, role, dialogue."""
    text = turns["text"].reset_index(drop=True)
    parts, row = cut_pieces(text)
    filled = (parts != "").to_numpy()
    parts, row = parts[filled], row[filled]
    whole = pd.DataFrame({"piece": text, "row": np.arange(len(text)), "whole": True})
    several = row.map(row.value_counts()) > 1
    cut = pd.DataFrame({"piece": parts[several], "row": row[several], "whole": False})
    table = pd.concat([whole, cut], ignore_index=True)
    # Many utterances repeat: each distinct piece is examined once.
    codes, different = pd.factorize(table["piece"])
    table["key"] = keys_of(pd.Series(different, dtype="str")).array.take(codes)
    at = table["row"].to_numpy()
    table["doc"] = pd.factorize(turns["doc_id"])[0][at]
    table["role"] = turns["role"].to_numpy()[at]
    table["customer"] = table["role"] == "customer"
    table["automatic"] = text.str.contains(_AUTOMATIC, regex=True).fillna(False).to_numpy(dtype=np.bool_)[at]
    table["automatic"] &= table["whole"] & table["customer"]
    return table


def _counted(pieces: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each key and side: n, n_dialogues, a message to show, the usual role."""
    pieces = pieces.drop_duplicates(["key", "customer", "row"])
    grouped = pieces.groupby(["key", "customer"], sort=False)
    counts = grouped.agg(
        n=("row", "size"), piece=("piece", "first"), role=("role", "first"), automatic=("automatic", "any")
    )
    counts = counts.reset_index()
    once = pieces[["key", "customer", "doc"]].drop_duplicates()
    dialogues = once.groupby(["key", "customer"], sort=False).size().reset_index(name="n_dialogues")
    return counts.merge(dialogues, on=["key", "customer"], how="left")


def _shared(keys: list[str]) -> str:
    """Return the longest beginning that all keys share."""
    low, high = min(keys), max(keys)
    differ = next((i for i, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), len(low))
    return low[:differ]


def _near(rare: pd.DataFrame, least: int) -> pd.DataFrame:
    """Return templates with one slot that no rule knows: keys that share their beginning and end."""
    found: list[tuple[str, bool, str, int, int]] = []
    left = rare[rare["key"].str.len() >= _NEAR_LENGTH]
    for signature in _SIGNATURES:
        if left.empty:
            break
        groups = left.groupby([signature(left["key"]), left["customer"]], sort=True)
        size = groups["n_dialogues"].transform("sum")
        several = groups["key"].transform("size") > 1
        used: list[int] = []
        chosen = left[(size >= least) & several]
        for (_, customer), group in chosen.groupby([signature(chosen["key"]), chosen["customer"]], sort=True):
            keys = group["key"].tolist()
            head = _shared(keys)
            tail = _shared([key[len(head) :][::-1] for key in keys])[::-1]
            lengths = [len(key) - len(head) - len(tail) for key in keys]
            common = len(head) + len(tail)
            if max(lengths) <= _LONGEST_GAP and common >= _COMMON * (common + float(np.mean(lengths))):
                n, dialogues = int(group["n"].sum()), int(group["n_dialogues"].sum())
                found.append((f"{head}\0{tail}", bool(customer), str(group["role"].iloc[0]), n, dialogues))
                used += group.index.tolist()
        left = left.drop(index=used)
    names = ["key", "customer", "role", "n", "n_dialogues"]
    return pd.DataFrame(found, columns=names)


@check_simple_types
def find_templates(
    turns: pd.DataFrame, *, min_dialogues: int = _DIALOGUES, min_share: float = _SHARE
) -> pd.DataFrame:
    """Return the messages that are sent over and over: greetings, auto-replies, notices, order cards.

    Messages and their sentences are compared without punctuation, with numbers, names and orders as
    slots; what the service side (agent, bot, system) sends in enough dialogues is a template, and so are
    longer messages that differ in one stretch only. A customer's are buttons (转人工), order cards, media
    and what is marked as sent by a program (【自动回复】); what many customers ask in the same words is none.
    REQUIREMENTS row 11 (去除無關資訊).

    Parameters
    ----------
    turns : DataFrame
        Table ``turns``; left unchanged.
    min_dialogues : int, default 3
        Least number of dialogues.
    min_share : float, default 0.001
        Least share of all dialogues, from 0 to 1.

    Returns
    -------
    DataFrame
        Table ``templates``: rank, template, role, kind, n, n_dialogues.

    Raises
    ------
    ParameterError
        A threshold is out of range.
    SchemaError
        A column of table ``turns`` is missing.

    Examples
    --------
    >>> names = ["小美", "小丽", "小云"]
    >>> turns = pd.DataFrame({"doc_id": ["1", "2", "3"], "turn_id": 0, "role": "agent",
    ...                       "text": [f"您好，客服{name}为您服务" for name in names]})
    >>> find_templates(turns)[["template", "kind", "n_dialogues"]].values.tolist()
    [['您好，客服＊为您服务', 'greeting', 3]]
    """
    if min_dialogues < 2:
        raise ParameterError.out_of_range("min_dialogues", min_dialogues, "不小于 2 的整数")
    if not 0 <= min_share <= 1:
        raise ParameterError.out_of_range("min_share", min_share, "0 到 1 之间")
    table = conform(turns, TURNS)
    least = max(min_dialogues, math.ceil(min_share * table["doc_id"].nunique()))
    return _learnt(_pieces(table), least)


def _learnt(pieces: pd.DataFrame, least: int) -> pd.DataFrame:
    """Return table ``templates`` from pieces; ``least`` is the least number of dialogues."""
    counts = _counted(pieces)
    card = counts["customer"] & is_card(counts["key"])
    long = (weight(counts["key"]) >= _LEAST) & (~counts["customer"] | card | counts["automatic"])
    canned = _canned(counts["key"]).where(counts["customer"])
    often = counts["n_dialogues"] >= least
    exact = counts[(often & long) | canned.notna()].copy()
    exact["template"] = shown(exact["piece"])
    exact["kind"] = kind_of_message(exact["piece"])
    exact["kind"] = exact["kind"].mask(canned.notna(), canned).mask(exact["automatic"], "auto_reply")
    near = _near(counts[long & ~often & ~counts["customer"]], least)
    near["template"] = near["key"].str.replace("#", SLOT, regex=False).str.replace("\0", GAP, regex=False)
    near["kind"] = kind_of_message(near["key"])
    found = pd.concat([exact, near], ignore_index=True)
    known = [*(kind for _, kind in _CANNED), "auto_reply"]
    learnt = found["customer"].astype("bool") & ~found["kind"].isin(known)
    found["kind"] = found["kind"].mask(learnt, "order_card")
    found = found.sort_values(["n_dialogues", "n", "template", "role"], ascending=[False, False, True, True])
    found = found.drop_duplicates(["template", "role"], ignore_index=True)
    found["rank"] = np.arange(1, len(found) + 1)
    return conform(found[["rank", "template", "role", "kind", "n", "n_dialogues"]], TEMPLATES)


def _canned(keys: pd.Series) -> pd.Series:
    """Return the kind of a customer's canned message by its words, NA for what a person typed."""
    column = pa.array(keys, type=pa.large_string(), from_pandas=True)
    kinds = pd.Series(pd.NA, index=keys.index, dtype="str")
    for trigger, kind in _CANNED:
        found = pc.match_substring_regex(column, canned_pattern(trigger)).to_numpy(zero_copy_only=False)
        kinds = kinds.mask(pd.Series(found, index=keys.index).astype("bool") & kinds.isna(), kind)
    return kinds


def mark_templates(turns: pd.DataFrame, templates: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the turns with a mark on those that are templates.

    A turn is one when it is a template as a whole, or when at least 80 % of its words (for a customer:
    all) stand in sentences that are. Slots alone (an order number) say nothing either way.

    Parameters
    ----------
    turns : DataFrame, shape (n, ...)
        Table ``turns``; left unchanged.
    templates : DataFrame, optional
        Table of :func:`find_templates`, from these turns or others, rows to be ignored left out; None
        learns it from these turns.

    Returns
    -------
    DataFrame, shape (n, ...)
        ``turns`` with the column ``is_template`` (bool).

    Raises
    ------
    SchemaError
        A column of table ``turns`` or ``templates`` is missing.

    Examples
    --------
    >>> turns = pd.DataFrame({"doc_id": ["1", "1"], "turn_id": [0, 1], "role": "customer",
    ...                       "text": ["转人工", "退款没到"]})
    >>> mark_templates(turns)["is_template"].tolist()
    [True, False]
    """
    table = conform(turns, TURNS)
    pieces = _pieces(table)
    least = max(_DIALOGUES, math.ceil(_SHARE * table["doc_id"].nunique()))
    known = _learnt(pieces, least) if templates is None else conform(templates, TEMPLATES)
    hits = np.zeros(len(pieces), dtype=np.bool_)
    for customer in (False, True):
        side = (pieces["customer"] == customer).to_numpy()
        listed = known[(known["role"] == "customer") == customer]
        hits[side] = _matches(pieces.loc[side, "key"], listed["template"])
    canned = pieces["customer"].to_numpy(dtype=np.bool_)
    hits[canned] |= _canned(pieces.loc[canned, "key"]).notna().to_numpy()
    pieces["words"] = weight(pieces["key"])
    pieces["hit"] = np.where(hits, pieces["words"], 0)
    whole = pieces["whole"].to_numpy()
    marked = hits[whole].copy()
    parts = pieces[~whole].groupby("row")[["words", "hit"]].sum()
    share = parts["hit"] / parts["words"].where(parts["words"] > 0)
    wanted = np.where(table["role"].to_numpy()[parts.index] == "customer", 1.0, _COVERED)
    marked[parts.index[(share >= wanted).to_numpy()]] = True
    result = table.copy(deep=False)
    result["is_template"] = marked
    result.attrs = dict(turns.attrs)
    return result


def _matches(keys: pd.Series, templates: pd.Series) -> NDArray[np.bool_]:
    """Return which keys are a template's; a gap takes any few characters."""
    gaps = templates.str.contains(GAP, regex=False)
    found = keys.isin(set(keys_of(templates[~gaps]))).to_numpy(dtype=np.bool_, copy=True)
    rest = pa.array(keys[~found].unique(), type=pa.large_string())
    hit = np.zeros(len(rest), dtype=np.bool_)
    parts = [keys_of(pd.Series(text.split(GAP), dtype="str")).tolist() for text in templates[gaps]]
    for at in range(0, len(parts), _BATCH):
        gap = f".{{0,{_LONGEST_GAP}}}"
        pattern = "|".join(gap.join(map(re.escape, around)) for around in parts[at : at + _BATCH])
        hit |= pc.match_substring_regex(rest, f"^(?:{pattern})$").to_numpy(zero_copy_only=False)
    similar = set(rest.filter(pa.array(hit)).to_pylist())
    return found | keys.isin(similar).to_numpy(dtype=np.bool_)
