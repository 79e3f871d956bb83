"""One cheap pass over a column: which rows can hold personal data at all."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["may_hold_pii"]

_DIGIT = "0-9０-９零〇○一二三四五六七八九幺两兩壹贰貳叁參肆伍陆陸柒捌玖十百千洞拐勾"
_BETWEEN = (
    r"\s　!-/:-@\[-`！-／：-＠［-｀{-~×●•∗‐-―−。、…·\x1e-\x1f\x{200b}-\x{200f}\x{feff}\x{fe0f}\x{20e3}"
    "嗯啊呃额哦噢诶欸唉哎呀哈呢吧嘛对對好的行那个個这這就是然后後接着再还還有来來下去面边邊前开開头頭稍等看我想您"
    "你记記了吗嗎说說请請讲講继继續四位几幾中间間横橫杠线線空格点點oubleripDT最客户戶顾顧用买買家服坐席座人方"
)
_PATTERN = "|".join(
    (
        f"[{_DIGIT}](?:[{_BETWEEN}]*[{_DIGIT}]){{4}}",
        "[@＠]|艾特|圈[aAａＡ]| at ",
        r"[0-9０-９]+[.．][0-9０-９]+[.．][0-9０-９]+[.．]",
        ":[0-9a-fA-F]{0,4}:[0-9a-fA-F]{1,4}",
        "[京津沪滬渝冀豫云雲辽遼黑湘皖鲁魯新苏蘇浙赣贛鄂桂甘晋晉蒙陕陝吉闽閩贵貴粤粵青藏川宁寧琼瓊][A-Za-zＡ-Ｚａ-ｚ]",
        "[A-Za-z][A-Za-z0-9_-]{4}",
        "[A-Za-z0-9ａ-ｚＡ-Ｚ０-９][*＊xX×●]{3}",
    )
)


def may_hold_pii(texts: pa.Array) -> pa.BooleanArray:
    """Return, per row, whether :func:`csatext.text.pii.find_pii` can find anything; False for null.

    Examples
    --------
    >>> may_hold_pii(pa.array(["物流很慢", "打13800138000", None])).to_pylist()
    [False, True, False]
    """
    return pc.fill_null(pc.match_substring_regex(texts, pattern=_PATTERN), False)
