"""Texts that hold a flattened table, and texts that speak of a figure, table or list which is not there."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pyarrow.compute as pc
from numpy.typing import NDArray

from csatext.ingest.quality.pipe_rows import PIPE, pipe_blocks
from csatext.strings import string_array

__all__ = ["lacks_figure", "table_flags"]

_SIMPLE = str.maketrans(
    "圖見為參詳請閱顯況數據趨勢佈統計線業務來電話進諮詢訴單訂標構對",
    "图见为参详请阅显况数据趋势布统计线业务来电话进咨询诉单订标构对",
)
_NUMBER = "(?:[0-9]{1,2}(?:[-.][0-9]{1,2})?|[一二三四五六七八九十]{1,2})"
_END = r"(?=[\s，。、；：！？,.;:!?()（）\]】]|$)"
_SHOWN = rf"\s?(?:中?所示|中?可见|中?可以看|显示|{_END})"
_SEE = "(?:如|详?见|参[见考照阅]|请看)"
_SAYS = "(?:中?所示|[为是中]|显示|可见|可以看)"
_FIGURE = re.compile(
    rf"{_SEE}(?:以?[下上附左右]图|图片?)\s?{_NUMBER}?{_SHOWN}|(?<![身网线街配传发晒地])[下上左右附]图{_SAYS}"
    rf"|图\s?{_NUMBER}\s?中?所示"
)
_TABLE = re.compile(
    rf"{_SEE}(?:以?[下上附左右]列?表格?\s?{_NUMBER}?|表\s?{_NUMBER}|表格){_SHOWN}"
    rf"|(?<![身网线])[下上附]列?表格?{_SAYS}|(?<![水电气手])表\s?{_NUMBER}\s?中?所示"
)
_PICTURE = re.compile(r"<img\b|!\[[^\]\n]{0,80}\]\(|\[(?:图片|image)\]", re.IGNORECASE)

_MEASURE = "(?:率|比例|占比|趋势|走势|分布|曲线|(?:业务|来电|话务|进线|咨询|投诉|工单|订单)量)"
_SHEET = "(?:情况|数据|统计|对比|图表?|表格?)"
_ABOVE = re.compile(
    r"(?:(?<=[\s，。；：！？,.;:!?)）])|^)以上(?:为|是|就是|即为)[^，。；：！？,.;:!?\n]{0,30}?"
    rf"(?:(?P<measure>{_MEASURE}){_SHEET}?|{_SHEET}){_END}"
)
_LOOK_BACK, _LOOK_AHEAD = 80, 300
_NOTHING = re.compile(r"(?:^|[:：])\s*$")
_MARK = re.compile(rf"^\s{{0,{_LOOK_BACK}}}+[(（]?[0-9]{{1,2}}[)）.、]", re.MULTILINE)
_VALUE = re.compile(rf"[{PIPE}\t0-9%％]")
_LOOSE_END = re.compile(r"(?:如下|以下)(?:[^，。；！？,;!?\s]{0,8})[:：]\s*\Z")
_LIST = re.compile(
    rf"(?:指标|数据|图|表|{_MEASURE}|统计|公式|流程|架构|结构)(?:图|表|情况|数据)?如下[:：][^\S\n]*\n"
)
_ITEM = re.compile(
    r"\s*(?:[-*•·●○◆◇■□▪✓√＊—–]|[(（【\[]?(?:[0-9]{1,3}|[一二三四五六七八九十]{1,3}|[a-zA-Z])[)）】\].、．:：]"
    r"|[①-⑳]|第[一二三四五六七八九十]|首先|其一)"
)
_CONTENT = re.compile(rf"[{PIPE}\t0-9:：，。；,;=＝]")
_FIRST_ITEM = re.compile(r"\s*[(（【\[]?(?:1(?![0-9])|一|①|[-*•·●○◆◇■□▪✓√])")
_SHORT, _LEAST_ITEMS = 20, 3
_SUSPECT = (
    "[如见見参參详詳看照考阅閱以下上附左右列][下上附左右列]?[图圖表]|[图圖表]\\s?[0-9一二三四五六七八九十]"
    "|以上[为為是就即]|如下[:：]|[如以]下\\S{0,8}[:：]\\s*$"
)


def lacks_figure(text: str) -> bool:
    r"""Return whether a text speaks of a figure, table or list that is not in it. REQUIREMENTS row 7.

    It does where it points at a figure (如下图所示, 见附图) and holds no picture; at a table (见下表) and
    holds neither a picture nor a table of pipes or tabs; where it sums up (以上为…情况) and nothing stands
    above, or a rate and no number does; where it ends with …如下：; or where 指标如下： and the like stand
    before lines that are neither items nor three short names.

    Parameters
    ----------
    text : str
        Text with its line ends, Simplified or Traditional.

    Returns
    -------
    bool

    Examples
    --------
    >>> lacks_figure("各班组的接通率如下图所示。"), lacks_figure("本月目标如下：")
    (True, True)
    >>> lacks_figure("诉求如下：\n1. 退款"), lacks_figure("以上是我的诉求，请尽快处理")
    (False, False)
    """
    text = text.translate(_SIMPLE)
    if _FIGURE.search(text) and not _PICTURE.search(text):
        return True
    if _TABLE.search(text) and not (_PICTURE.search(text) or "\t" in text.strip() or pipe_blocks(text)):
        return True
    return (
        _LOOSE_END.search(text) is not None
        or any(_nothing_above(text, match) for match in _ABOVE.finditer(text))
        or any(_no_list(text[match.end() : match.end() + _LOOK_AHEAD]) for match in _LIST.finditer(text))
    )


def _nothing_above(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - _LOOK_BACK) : match.start()]
    if _NOTHING.search(before):
        return True
    return match["measure"] is not None and not _VALUE.search(_MARK.sub("", before))


def _no_list(after: str) -> bool:
    """Return whether what follows is no list: no item, no values, and fewer than three short names."""
    lines = [line for line in after.split("\n") if line.strip()]
    for names, line in enumerate(lines[:_LEAST_ITEMS]):
        if _ITEM.match(line) or _CONTENT.search(line) or len(line.strip()) > _SHORT:
            return names > 0 and _FIRST_ITEM.match(line) is None
    return len(lines) < _LEAST_ITEMS


def table_flags(texts: pd.Series) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which texts hold a flattened table, and which speak of a figure that is not there.

    Parameters
    ----------
    texts : Series of str, shape (n,)
        NA counts as empty.

    Returns
    -------
    tuple of two ndarray of bool, shape (n,)

    Examples
    --------
    >>> piped, lacking = table_flags(pd.Series(["好|坏", "流程见附图", None]))
    >>> piped.tolist(), lacking.tolist()
    ([False, False, False], [False, True, False])
    """
    cells = string_array(texts)
    flags = []
    for pattern, test in ((f"[{PIPE}]", lambda text: bool(pipe_blocks(text))), (_SUSPECT, lacks_figure)):
        flag = pc.fill_null(pc.match_substring_regex(cells, pattern), False).to_numpy(zero_copy_only=False)
        flag = flag.copy()
        flag[flag] = [test(text) for text in cells.take(np.flatnonzero(flag)).to_pylist()]
        flags.append(flag)
    return flags[0], flags[1]
