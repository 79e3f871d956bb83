"""Site boilerplate: sentences and lines found by their repetition across records (REQUIREMENTS row 5)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

import ahocorasick_rs
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from csatext.argument_types import as_names, as_table, check_simple_types
from csatext.errors import ParameterError
from csatext.lexicon import Lexicon
from csatext.schema import conform
from csatext.schema.text import BOILERPLATE
from csatext.strings import string_array
from csatext.text.offsets import Edit
from csatext.text.steps.step import Step

__all__ = ["find_boilerplate", "remove_boilerplate"]

_END = r"\n\r。！？!?"
_AFTER = re.compile(rf"[{_END}]*")
_LEAST_RATIO = 10.0
"""Least ratio of observed to expected records of a boilerplate sentence."""

_SHORTEST, _LONG = 4, 8
"""Characters from which, and up to which, a line below ``min_length`` is looked at."""

_SHORT_SHARE = 0.5
_SAME_PLACE = 0.9
"""A short line is boilerplate in half of all records, nine times in ten as far from the head or the tail."""

_ANSWER = re.compile(
    r"(?:好|行|可以|嗯|哦|是|对|没有?|不|谢|多谢|感谢|你好|您好|在吗?|请问|麻烦|辛苦|知道|明白|再见|拜|已|收到|满意|客服|人工|转)"
)
"""How answers begin that people give at the end of a contact, or at its head."""

_WITHIN = 0.6
"""Weight of the bigram estimate against the unigram one (Jelinek-Mercer smoothing)."""


@check_simple_types
def find_boilerplate(
    texts: pa.Array | pa.ChunkedArray | pd.Series,
    *,
    min_records: int = 5,
    min_share: float = 0.001,
    min_length: int = 8,
) -> pd.DataFrame:
    """Return the sentences and lines that many records share: notices, navigation, greeting templates.

    Records are cut at line ends and at 。！？; a piece is boilerplate when it is long enough, stands in
    enough records, in ten times as many as a character bigram model of all different pieces expects, and
    either in as many *different* texts or alone (a default review). A long complaint that was only filed
    many times over is therefore none. A shorter line, from four characters, is boilerplate where it is one
    of ``lexicons/site_navigation.tsv`` (免费试用), or stands in half of all records at the same place from
    the head or the tail and is no answer (好的谢谢).

    Parameters
    ----------
    texts : pyarrow.Array, pyarrow.ChunkedArray or Series, shape (n,)
        Texts as they were read: cleaning takes line ends away.
    min_records : int
        Least number of records.
    min_share : float
        Least share of all records, from 0 to 1.
    min_length : int
        Least length in characters of a piece that needs no other sign.

    Returns
    -------
    DataFrame
        Table ``boilerplate``: rank, sentence, n_records, share, n_texts, expected.

    Raises
    ------
    ParameterError
        A threshold is out of range, or the column does not hold text.

    Examples
    --------
    >>> notice = "温馨提示：本店不提供到付服务。"
    >>> texts = pd.Series([f"{notice}第{number}位客户说物流慢" for number in range(6)])
    >>> find_boilerplate(texts)[["rank", "sentence", "n_records"]].to_dict("records")
    [{'rank': 1, 'sentence': '温馨提示：本店不提供到付服务', 'n_records': 6}]
    """
    if min_records < 2:
        raise ParameterError.out_of_range("min_records", min_records, "不小于 2 的整数")
    if not 0 <= min_share <= 1:
        raise ParameterError.out_of_range("min_share", min_share, "0 到 1 之间")
    if min_length < 1:
        raise ParameterError.out_of_range("min_length", min_length, "不小于 1 的整数")
    pieces = _pieces(string_array(texts), min(min_length, _SHORTEST))
    counts = (
        pieces.groupby("sentence", sort=False)
        .agg(n_records=("record", "size"), n_texts=("text", "nunique"), alone=("alone", "sum"))
        .reset_index()
    )
    least = max(min_records, math.ceil(min_share * len(texts)))
    spread = (counts["n_texts"] >= min_records) | (counts["alone"] * 2 >= counts["n_records"])
    found = counts[(counts["n_records"] >= least) & spread].copy()
    found = found[_long_or_navigation(found, pieces, min_length, len(texts))]
    found["share"] = found["n_records"] / max(len(texts), 1)
    found["expected"] = _expected(counts["sentence"], found["sentence"], len(pieces))
    found = found[found["n_records"] >= _LEAST_RATIO * found["expected"]]
    found = found.sort_values(["n_records", "sentence"], ascending=[False, True], ignore_index=True)
    found.insert(0, "rank", np.arange(1, len(found) + 1))
    return conform(found, BOILERPLATE)


def _pieces(column: pa.Array | pa.ChunkedArray, min_length: int) -> pd.DataFrame:
    """Return a row for each different piece of each record: sentence, record, text (code), alone, place."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    split = pc.split_pattern_regex(pc.utf8_trim_whitespace(array), f"[{_END}]+")
    sentence = pc.utf8_trim_whitespace(pc.list_flatten(split))
    record = pc.list_parent_indices(split).to_numpy()
    long = pc.greater_equal(pc.utf8_length(sentence), min_length).to_numpy(zero_copy_only=False)
    filled = pc.not_equal(sentence, "").to_numpy(zero_copy_only=False)
    parts = np.bincount(record[filled], minlength=len(array))
    text = pc.dictionary_encode(array).indices.to_numpy()
    table = pd.DataFrame({"sentence": sentence.filter(pa.array(long)).to_pandas(), "record": record[long]})
    table["text"] = text[table["record"]]
    table["alone"] = parts[table["record"]] == 1
    order = (np.cumsum(filled) - 1)[long]
    table["head"] = order - (np.cumsum(parts) - parts)[table["record"]]
    table["tail"] = parts[table["record"]] - table["head"]
    return table.drop_duplicates(["sentence", "record"])


def _long_or_navigation(found: pd.DataFrame, pieces: pd.DataFrame, min_length: int, n: int) -> pd.Series:
    """Return which pieces are long enough, or short lines that a site puts at the same place."""
    sentence = found["sentence"]
    long = sentence.str.len() >= min_length
    if long.all():
        return long
    short = pieces[pieces["sentence"].isin(sentence[~long])]
    same = pd.concat(
        [short.groupby(["sentence", place]).size().groupby("sentence").max() for place in ("head", "tail")],
        axis=1,
    ).max(axis=1)
    placed = sentence.map(same).fillna(0) >= _SAME_PLACE * found["n_records"]
    answers = sentence.str.match(_ANSWER)
    frequent = (found["n_records"] >= _SHORT_SHARE * n) & (found["alone"] == 0)
    navigation = sentence.isin(Lexicon.load("site_navigation").terms)
    return long | (sentence.str.len() < _LONG) & (navigation | (placed & frequent & ~answers))


def _expected(distinct: pd.Series, wanted: pd.Series, total: int) -> list[float]:
    """Return the expected count of each wanted piece among ``total`` pieces under a character bigram model.

    The bigram model counts every different piece once, so that a repeated one does not explain itself.
    """
    codes = _codes("\n" + "\n".join(distinct) + "\n")
    single, times = np.unique(codes, return_counts=True)
    double, both = np.unique(codes[:-1] << 21 | codes[1:], return_counts=True)
    expected = []
    for sentence in wanted:
        own = _codes(f"\n{sentence}\n")
        first = times[np.searchsorted(single, own)]
        pair = both[np.searchsorted(double, own[:-1] << 21 | own[1:])]
        probability = _WITHIN * pair / first[:-1] + (1 - _WITHIN) * first[1:] / len(codes)
        expected.append(total * math.exp(float(np.log(probability).sum())))
    return expected


def _codes(text: str) -> NDArray[np.int64]:
    return np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32).astype(np.int64)


def remove_boilerplate(sentences: pd.DataFrame | Iterable[str]) -> Step:
    """Make a cleaning step that removes sentences, each only where it stands as a whole sentence or line.

    Put it before the other steps: they change the text that was found.

    Parameters
    ----------
    sentences : DataFrame or iterable of str
        The table of `find_boilerplate` (drop the rows to keep), or sentences.

    Returns
    -------
    Step
        Give it to ``steps`` of :func:`csatext.clean` or :class:`csatext.Vectorizer`.

    Examples
    --------
    >>> step = remove_boilerplate(["温馨提示：本店不提供到付服务"])
    >>> step("温馨提示：本店不提供到付服务。物流慢")
    '物流慢'
    >>> step("客服说温馨提示：本店不提供到付服务，我不同意")
    '客服说温馨提示：本店不提供到付服务，我不同意'
    """
    if isinstance(sentences, pd.DataFrame):
        listed = as_table(sentences, "sentences", ["sentence"])["sentence"].astype("str").tolist()
    else:
        listed = as_names(sentences, "sentences", "句子的列表，或 find_boilerplate 的结果")
    wanted = sorted(set(listed) - {""})
    finder = ahocorasick_rs.AhoCorasick(wanted, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)

    def find(text: str) -> list[Edit]:
        edits: list[Edit] = []
        done = 0
        for _, start, end in finder.find_matches_as_indexes(text):
            if _begins(text, start, done) and _ends(text, end):
                after = _AFTER.match(text, end)
                done = after.end() if after else end
                edits.append((start, done, ""))
        return edits

    return Step("remove_boilerplate", find, min_length=min(map(len, wanted), default=1))


def _begins(text: str, start: int, done: int) -> bool:
    """Whether a sentence can begin at ``start``: nothing but blanks since the last one's end."""
    before = text[max(done, start - 200) : start]
    kept = before.rstrip(" \t\u3000")
    return not kept or kept[-1] in "\n\r。！？!?"


def _ends(text: str, end: int) -> bool:
    kept = text[end : end + 200].lstrip(" \t\u3000")
    return not kept or kept[0] in "\n\r。！？!?"
