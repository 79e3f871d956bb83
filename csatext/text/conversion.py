"""Traditional Chinese to Simplified, with the terms of Taiwan and Hong Kong."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal, NamedTuple, overload

import ahocorasick_rs
import numpy as np
import opencc
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from csatext.errors import ParameterError
from csatext.lexicon import Lexicon
from csatext.strings import map_chunks, replace_rows, string_column
from csatext.text.offsets import Edit, OffsetMap, apply_edits, compose, edit_offsets, identity

__all__ = [
    "AMBIGUOUS",
    "keep_author",
    "simplify_ambiguous",
    "simplify_characters",
    "to_simplified",
    "to_simplified_column",
]

AMBIGUOUS = "後著"
"""GB 2312 has both, so neither proves that a text is Traditional; 後 is never right in a Simplified one."""

_VERBS = (
    "看跟穿随隨接等有带帶拿开開坐站走说說笑哭用住活放挂掛占睡执執凭憑向朝对對围圍忙急存留闲閒空赶趕抱"
    "守盖蓋贴貼写寫印记記想打听聽味本仗逼催拖耗闹鬧盯陪牵牽扶吃喝玩做干幹试試找摸排憋忍冲衝怀懷持冒顶"
    "頂望念惦沿顺順藉借靠伴含戴背举舉提搬抬推拉扛追躲藏躺趴蹲跪跑飞飛飘飄漂流滴亮闪閃响響叫喊唱骂罵吵"
    "争爭抢搶瞒瞞骗騙护護管顾顧照养養抓握捧端夹夾插锁鎖关關堵塞晾泡煮烤烧燒敞披裹包绑綁连連挨缠纏绕繞"
    "指按压壓踩骑騎载載装裝剩欠差缺悬懸吊垂浮累饿餓疼痛闷悶愣醒不"
)
_NAMED = r"名(?![单單字为為气氣著])|作(?![业業])|述|[者称稱录錄]|[书書]立"
_STAYS = re.compile(
    f"(?:[名原显顯卓昭土专專论論编編译譯遗遺所拙撰鉅巨较較旧舊]|見微知|见微知)著|著(?={_NAMED})"
)
_PARTICLE = re.compile(
    rf"(?<=[{_VERBS}])著(?=[\u3400-\u9fff])(?!{_NAMED})"
    "|著(?=[急火凉涼想落迷陆陸眼实實呢装裝衣])(?!实录|實錄)"
    rf"|(?<=[不拖睡坐躺催逼拿哭跪趴盯])著(?!{_NAMED})"
    "|著(?=手[机機做办辦处處进進])"
)
_HAN = [chr(code) for code in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))]
_OTHER_HAN = [chr(code) for code in (*range(0x2E80, 0x2FE0), *range(0xF900, 0xFB00))]
_IN_CONTEXT = "么乾俱剋劄吒哩噁坏彷徵扞於昇氾沈濛甦畫瞭祕脩著蒐薹藉衹袷覆計谿逕釐鉅鍊鍾陞麼"
"""Characters whose conversion depends on their neighbours: those that become another character in a phrase of
OpenCC's TSPhrases or TWVariantsRevPhrases than alone (乾 in 乾隆)."""
_ROW = "\x1e"
"""Record separator of ASCII: stands between rows while they are converted together."""
_ROWS_TOGETHER = 1_000
_RUN, _CONTEXT = 1, 2
"""Kinds of characters: those in runs of Chinese, and those whose conversion depends on the run."""


def simplify_ambiguous(text: str) -> str:
    """Return the text with 後 as 后 and 著 as 着 where it is the particle; the length stays.

    著 stays in 著名, 显著, 名著, 土著 and after an author's name. Where nothing shows that it is the
    particle it stays too: in Traditional text OpenCC decides.

    Examples
    --------
    >>> simplify_ambiguous("然後他很著急，跟著看名著"), simplify_ambiguous("显著，著名，鲁迅著")
    ('然后他很着急，跟着看名著', '显著，著名，鲁迅著')
    """
    if "後" in text:
        text = text.replace("後", "后")
    return _PARTICLE.sub("着", text) if "著" in text else text


def keep_author(before: str, after: str) -> str:
    """Return a converted text with 著 where it means to write or to be known, if the length is the same.

    OpenCC's table for Taiwan makes 土著 and 原著 土着 and 原着.

    Examples
    --------
    >>> keep_author("當地土著", "当地土着")
    '当地土著'
    """
    if "著" not in before or len(before) != len(after):
        return after
    for match in _STAYS.finditer(before):
        at = before.index("著", match.start())
        after = f"{after[:at]}著{after[at + 1 :]}"
    return after


class _Tables(NamedTuple):
    """What is learnt once from OpenCC and the shipped list of terms."""

    opencc: opencc.OpenCC
    traditional: str
    find_traditional: re.Pattern[str]
    find_simplified: re.Pattern[str]
    characters: dict[int, str]
    codes: NDArray[np.uint32]
    kinds: NDArray[np.int8]
    rare: dict[int, str]
    finder: ahocorasick_rs.AhoCorasick
    terms: tuple[str, ...]


@cache
def _tables() -> _Tables:
    joined = "\n".join(_HAN)
    simple = dict(zip(_HAN, opencc.OpenCC("t2s").convert(joined).split("\n"), strict=True))
    complex_ = dict(zip(_HAN, opencc.OpenCC("s2t").convert(joined).split("\n"), strict=True))
    rare = {char: simple.pop(char) for char in _HAN if simple[char] > "\uffff"}
    # A character that the other script's standard has proves nothing: 乾 stands in 乾隆, 里 in 公里.
    mainland, taiwan = _standard("gb2312"), _standard("big5")
    traditional = "".join(char for char in _HAN if simple.get(char, char) != char and char not in mainland)
    simplified = "".join(
        char for char in _HAN if complex_[char] != char == simple.get(char) and char not in taiwan
    )
    tw2s = opencc.OpenCC("tw2s")
    alone = dict(zip(_HAN + _OTHER_HAN, tw2s.convert("\n".join(_HAN + _OTHER_HAN)).split("\n"), strict=True))
    codes = np.arange(0x110000, dtype=np.uint32)
    kinds = np.zeros(0x110000, dtype=np.int8)
    for char, after in alone.items():
        kinds[ord(char)] = _RUN
        if len(after) == 1 and after <= "\uffff":
            codes[ord(char)] = ord(after)
    kinds[[ord("々"), ord("〇")]] = _RUN
    kinds[[ord(char) for char in _IN_CONTEXT]] = _CONTEXT
    kinds[0x20000:0x40000] = _CONTEXT
    lexicon = Lexicon.load("tw_hk_terms")
    return _Tables(
        opencc=tw2s,
        traditional=traditional,
        find_traditional=re.compile(f"[{traditional}]"),
        find_simplified=re.compile(f"[{simplified}]"),
        characters={ord(char): simple[char] for char in traditional},
        codes=codes,
        kinds=kinds,
        rare={ord(after): before for before, after in rare.items()},
        finder=ahocorasick_rs.AhoCorasick(lexicon.terms, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest),
        terms=tuple(str(lexicon[term].get("canonical")) for term in lexicon.terms),
    )


def _standard(encoding: str) -> set[str]:
    return set("".join(_HAN).encode(encoding, "ignore").decode(encoding))


@overload
def to_simplified(text: str, *, return_offsets: Literal[False] = ...) -> str: ...
@overload
def to_simplified(text: str, *, return_offsets: Literal[True]) -> tuple[str, OffsetMap]: ...
def to_simplified(text: str, *, return_offsets: bool = False) -> str | tuple[str, OffsetMap]:
    """Return one text in Simplified Chinese as it is written on the mainland.

    Terms of ``lexicons/tw_hk_terms.tsv`` come first, longest match first; then OpenCC's ``tw2s``
    (https://github.com/BYVoid/OpenCC), whose character table covers Hong Kong's characters too. Its phrase
    table (``tw2sp``) is one of programmers: it turns 呼叫中心 into 调用中心 and 指標 into 指针.

    後 and 著 are disambiguated by their context in any text. But for them a
    text that is Simplified already does not change: without one character that only Traditional text has
    (one that OpenCC simplifies and GB 2312 lacks) it is returned as it is, and where characters that only
    Simplified text has are the more numerous, only the Traditional ones are converted, one by one.

    Parameters
    ----------
    text : str
        Any text.
    return_offsets : bool
        Also return the map to ``text``.

    Returns
    -------
    str, or tuple of str and ndarray of int64, shape (len(converted) + 1,)
        See `csatext.text.offsets` for the map.

    Raises
    ------
    ParameterError
        ``text`` is not a string.

    Examples
    --------
    >>> to_simplified("線上客服的回覆太慢，軟體也當機")
    '在线客服的回复太慢，软件也死机'
    >>> to_simplified("門號", return_offsets=True)[1].tolist()
    [0, 0, 1, 2]
    """
    if not isinstance(text, str):
        raise ParameterError.wrong_type("text", text, "一段文本（str）；一列文本请用 to_simplified_column")
    if not return_offsets:
        return _convert(text)
    text = simplify_ambiguous(text)
    if _kind(text) != "traditional":
        return _convert(text), identity(len(text))
    terms = _term_edits(text)
    termed = apply_edits(text, terms)
    plain, runs = _alone_and_runs(termed)
    offsets = compose(edit_offsets(len(text), terms), edit_offsets(len(termed), runs))
    return apply_edits(plain, runs), offsets


def to_simplified_column(texts: pa.Array | pa.ChunkedArray | pd.Series) -> pa.Array | pa.ChunkedArray:
    """Return a column converted: the same result as `to_simplified` row by row, only faster.

    One pass over the column finds the rows with Traditional characters; these are converted many at once.

    Parameters
    ----------
    texts : pyarrow.Array, pyarrow.ChunkedArray or Series, shape (n,)
        Strings; a missing value counts as an empty text.

    Returns
    -------
    pyarrow.Array or pyarrow.ChunkedArray, shape (n,)
        Strings without missing values; chunked where the input is.

    Raises
    ------
    ParameterError
        The column does not hold text.

    Examples
    --------
    >>> to_simplified_column(pa.array(["資訊", None, "信息"])).to_pylist()
    ['信息', '', '信息']
    """

    def change(array: pa.Array) -> pa.Array:
        some = pc.match_substring_regex(array, f"[{_tables().traditional}{AMBIGUOUS}]")
        return replace_rows(array, some, _convert_rows)

    return map_chunks(string_column(texts).fill_null(""), change)


def _convert(text: str) -> str:
    text = simplify_ambiguous(text)
    kind = _kind(text)
    if kind == "simplified":
        return text
    return simplify_characters(text) if kind == "mixed" else _convert_traditional(text)


def simplify_characters(text: str) -> str:
    """Return the text with each Traditional character simplified on its own; the length stays.

    Examples
    --------
    >>> simplify_characters("數據")
    '数据'
    """
    return text.translate(_tables().characters)


def _kind(text: str) -> Literal["simplified", "mixed", "traditional"]:
    """Return whether a text is Simplified, Simplified with some Traditional characters, or Traditional."""
    tables = _tables()
    traditional = len(tables.find_traditional.findall(text))
    if not traditional:
        return "simplified"
    return "mixed" if len(tables.find_simplified.findall(text)) > traditional else "traditional"


def _term_edits(text: str) -> list[Edit]:
    tables = _tables()
    found = tables.finder.find_matches_as_indexes(text)
    return [(start, end, tables.terms[index]) for index, start, end in found]


def _convert_traditional(text: str) -> str:
    return apply_edits(*_alone_and_runs(apply_edits(text, _term_edits(text))))


def _alone_and_runs(text: str) -> tuple[str, list[Edit]]:
    """Return the text with each character converted alone, and the runs that neighbours make different.

    The table is OpenCC's, character by character; OpenCC itself, ten times as slow, reads only the runs of
    Chinese with a character of `_IN_CONTEXT`, as its phrases never extend beyond a run. Where its answer
    lies outside of the Basic Multilingual Plane the Traditional character stays: nobody writes 𩠌 for 餸.
    """
    tables = _tables()
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    plain = tables.codes[codes].tobytes().decode("utf-32-le", "surrogatepass")
    kinds = tables.kinds[codes]
    positions = np.flatnonzero(kinds == _CONTEXT)
    if not len(positions):
        return plain, []
    in_run = np.concatenate(([False], kinds > 0, [False]))
    edges = np.flatnonzero(in_run[1:] != in_run[:-1])
    starts, ends = edges[::2], edges[1::2]
    which = np.unique(np.searchsorted(starts, positions, side="right") - 1)
    runs = [(int(start), int(end)) for start, end in zip(starts[which], ends[which], strict=True)]
    joined = tables.opencc.convert("\n".join(text[start:end] for start, end in runs)).translate(tables.rare)
    found = [
        ((start, end), keep_author(text[start:end], run))
        for (start, end), run in zip(runs, joined.split("\n"), strict=True)
    ]
    return plain, [(start, end, run) for (start, end), run in found if run != plain[start:end]]


def _convert_rows(rows: list[str]) -> list[str]:
    converted: list[str] = []
    for first in range(0, len(rows), _ROWS_TOGETHER):
        converted += _convert_some(rows[first : first + _ROWS_TOGETHER])
    return converted


def _convert_some(rows: list[str]) -> list[str]:
    """Return rows converted: those of Traditional text together, the others alone."""
    rows = [simplify_ambiguous(row) for row in rows]
    ready = [_not_traditional(row) for row in rows]
    traditional = [row for row, other in zip(rows, ready, strict=True) if other is None]
    joined = _ROW.join(traditional)
    if joined.count(_ROW) != len(traditional) - 1:
        return [_convert(row) for row in rows]
    converted = iter(_convert_traditional(joined).split(_ROW))
    return [next(converted) if row is None else row for row in ready]


def _not_traditional(row: str) -> str | None:
    """Return a row of Simplified text converted, None for Traditional text."""
    tables = _tables()
    if not tables.find_traditional.search(row):
        return row
    if tables.find_simplified.search(row) and _kind(row) == "mixed":
        return simplify_characters(row)
    return None
