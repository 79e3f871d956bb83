"""Why a text was cut as it was: what made each token, what competed with it, what would change it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate, pairwise

import numpy as np
import pandas as pd

from csatext.schema import conform
from csatext.schema.text import EXPLANATION
from csatext.text.offsets import span_array
from csatext.text.tokenization.jieba_dictionary import competing_words, frequencies

__all__ = ["explain"]

ADDED, DICTIONARY, HMM, QUANTITY, SINGLE, LATIN, MARK = (
    "添加的词",
    "词典",
    "HMM 新词",
    "数量格式",
    "单字",
    "字母数字",
    "符号",
)
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")
_LATIN = re.compile(r"[A-Za-z0-9]")
_RUN = re.compile(r"[\u4e00-\u9fffA-Za-z0-9+#&._%\-]+")
_LISTED = 8
_LOST = "添加的词，与更长或更靠前的添加词重叠"

Place = tuple[int, int]
Competitor = tuple[int, int, str]


def explain(
    text: str, tokens: list[str], protected: Sequence[Place], matches: Sequence[Place]
) -> pd.DataFrame:
    """Return one row a token (schema EXPLANATION); see :meth:`csatext.Tokenizer.explain`.

    Parameters
    ----------
    text : str
        A text or a single word.
    tokens : list of str
        The tokens of the text.
    protected : sequence of (int, int)
        Start and end of the spans kept whole: added terms and quantities.
    matches : sequence of (int, int)
        Start and end of every added term in the text, those that lost their place to another included.

    Returns
    -------
    DataFrame
        ``attrs["sentence"]`` says the same in one Chinese sentence.

    Examples
    --------
    >>> table = explain("秒退款3天", ["秒退款", "3天"], [(0, 3), (3, 5)], [(0, 3)])
    >>> table[["token", "source"]].values.tolist()
    [['秒退款', '添加的词'], ['3天', '数量格式']]
    """
    bounds = list(pairwise([0, *accumulate(map(len, tokens))]))
    kept, added = set(protected), set(matches)
    competitors = _rival_terms(text, matches, kept) + _rival_words(text, protected)
    sources = [_source(text[start:end], (start, end) in kept, (start, end) in added) for start, end in bounds]
    rivals = _overlapping(competitors, bounds)
    frame = pd.DataFrame(
        {
            "token": tokens,
            "start": [start for start, _ in bounds],
            "end": [end for _, end in bounds],
            "source": sources,
            "frequency": pd.array(
                [
                    frequencies().get(token) if source in (DICTIONARY, SINGLE) else None
                    for token, source in zip(tokens, sources, strict=True)
                ],
                "Int64",
            ),
            "competitors": ["；".join(words.values()) for words in rivals],
            "advice": [_advice(at, tokens, sources[at], words) for at, words in enumerate(rivals)],
        },
        columns=[column.name for column in EXPLANATION.columns],
    )
    frame.attrs["sentence"] = _sentence(text, tokens, sources)
    return conform(frame, EXPLANATION)


def _source(token: str, protected: bool, added: bool) -> str:
    if protected:
        return ADDED if added else QUANTITY
    if _HAN.fullmatch(token) and len(token) == 1:
        return SINGLE
    if token in frequencies():
        return DICTIONARY
    if _HAN.fullmatch(token):
        return HMM
    return LATIN if _LATIN.search(token) else MARK


def _rival_terms(text: str, matches: Sequence[Place], kept: set[Place]) -> list[tuple[Competitor, str]]:
    """Return the added terms that lost their place to a longer one, or to an earlier one as long."""
    return [
        ((start, end, text[start:end]), f"{text[start:end]}（{_LOST}）")
        for start, end in matches
        if (start, end) not in kept
    ]


def _rival_words(text: str, protected: Sequence[Place]) -> list[tuple[Competitor, str]]:
    found = []
    ends = [0, *(end for _, end in protected)]
    starts = [*(start for start, _ in protected), len(text)]
    for first, last in zip(ends, starts, strict=True):
        for run in _RUN.finditer(text, first, last):
            for word in competing_words(run.group()):
                place = (run.start() + word.start, run.start() + word.end, word.word)
                won = word.needed <= word.frequency
                need = "" if won else f"，胜出需要 {word.needed:,}"
                found.append((place, f"{word.word}（词典，词频 {word.frequency:,}{need}）"))
    return found


def _overlapping(
    competitors: list[tuple[Competitor, str]], bounds: list[tuple[int, int]]
) -> list[dict[str, str]]:
    """Return, for each place, the words that overlap it without lying within it, with their descriptions."""
    places = span_array([place[:2] for place, _ in competitors])
    touching = []
    for start, end in bounds:
        touches = (places[:, 0] < end) & (places[:, 1] > start)
        within = (places[:, 0] >= start) & (places[:, 1] <= end)
        found = [competitors[at] for at in np.flatnonzero(touches & ~within)]
        touching.append({word: remark for (_, _, word), remark in found})
    return touching


def _advice(at: int, tokens: list[str], source: str, rivals: dict[str, str]) -> str:
    token = tokens[at]
    if source == MARK:
        return ""
    if source == QUANTITY:
        return "要拆开数字和单位，请用 Tokenizer(quantities=False)"
    if source == ADDED:
        return f"总是保持完整；不要它时，请从 terms 中去掉「{token}」"
    if rivals:
        word, remark = next(iter(rivals.items()))
        if _LOST in remark:
            return f"「{word}」已添加，但位置被占；请去掉与它重叠的添加词"
        return f"想得到「{word}」，请用 Tokenizer(terms=[{_quoted([word])}])"
    if source == HMM:
        return f"HMM 猜出的词；猜对了请加入 terms=[{_quoted([token])}] 固定，猜错了请加入正确的词"
    wider = [
        a + b for a, b in ((tokens[at - 1] if at else "", token), (token, "".join(tokens[at + 1 : at + 2])))
    ]
    wider = [word for word in wider if word != token and _HAN.fullmatch(word)]
    if source == LATIN or not wider:
        return "要与相邻的字连成一个词，请把整个词加入 terms"
    choice = " 或 ".join(f"[{_quoted([word])}]" for word in wider)
    return f"要与相邻的词连成一个词，请用 terms={choice}"


def _quoted(words: list[str]) -> str:
    return "、".join(f'"{word}"' for word in words)


def _sentence(text: str, tokens: list[str], sources: list[str]) -> str:
    if not tokens:
        return "文本为空，没有词。"
    known = frequencies()
    parts = []
    for token, source in list(zip(tokens, sources, strict=True))[:_LISTED]:
        count = known.get(token)
        weight = f"，词频 {count:,}" if count and source in (DICTIONARY, SINGLE) else ""
        parts.append(f"{token}（{source}{weight}）")
    more = f" 等 {len(tokens)} 个词" if len(tokens) > _LISTED else ""
    start = f"「{text}」" if len(text) <= 20 else "这段文本"
    cut = f"{start}切成：{'、'.join(parts)}{more}"
    if len(tokens) > 1 and len(text) <= 20 and all(source != MARK for source in sources):
        return f'{cut}；要整体成词，请用 Tokenizer(terms=["{text}"])。'
    if len(tokens) == 1:
        return f"{cut}；它已是一个词。"
    return f"{cut}；要让某个词保持完整，请把它加入 Tokenizer(terms=[...])。"
