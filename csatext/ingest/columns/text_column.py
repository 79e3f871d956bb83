"""The column of what the customer said, inferred from its sentences, with its header as evidence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from csatext.ingest.columns.time_column import Choice
from csatext.ingest.columns.values import as_text, blank
from csatext.strings import distinct_cells

__all__ = ["choose_text", "is_reply_header", "prose"]

_SAMPLE = 1_000
_CELL = 400
"""Characters of a cell that are looked at."""
_LEAST_SHARE = 0.3
"""Share of the filled cells that must be sentences under a header that says nothing."""
_HINTED_SHARE = 0.1
"""The same under a header that speaks of words (意见, content), and under one of the lexicon."""
_STRONG_SHARE = 0.5
"""The same for a column that takes the place of one whose header is in the lexicon."""
_STRONG_ROWS = 0.3
_LABEL_SHARE = 0.6
"""The same under a header that speaks of labels (类型, 名称)."""
_VARIETY = 0.1
_VARIETY_OF_FEW, _FEW = 0.5, 30
"""Share of the sentences that must differ, and the number of sentences below which the first holds."""
_REPLIES = 0.4
"""Share of the sentences that sound like an office from which a column is its replies."""
_CLEAR = 2.0
"""How many times the characters of sentences of the next column the best must have."""
_EVIDENCE = 3.0
"""How many times as much a header that speaks of words counts, and as little one that speaks of labels."""
_WORDY_LENGTH = 8

_URL = r"^\s*(?:https?|ftp|file)://|^\s*www\.|^\s*[\w./\\-]+\.(?:html?|jpe?g|png|gif|mp[34]|wav|amr|pdf)\b"
_RECORD = r"^\s*(?:\{\s*[\"'}]|\[\s*[\[{\"'\]\d])|^\s*<[A-Za-z!?/]"
_MOMENT = r"^[\s\d:：./+\-TZ年月日号时時点分秒上下午周星期礼拜一二三四五六天]+$"
_PLACE = "(?:[省市州区區县縣镇鎮乡路街巷弄村苑号號栋幢室楼]|街道|大道|花园|单元)"
_PART = "[^，。！？!?]{0,20}"
_ADDRESS = rf"^{_PART}{_PLACE}{_PART}{_PLACE}{_PART}[\d号號室楼栋幢苑村]\s*$"
_HANZI = "[\u3400-\u4dbf\u4e00-\u9fff]"
_FUNCTION = (
    "[的了吗呢吧啊呀嘛我你您他她它们不没很也还就又才让被把给这那谁是请說说要嗎們沒還讓給這誰請唔咗嘅係冇佢啲]"
    "|怎么|怎麼|什么|什麼|为何|為何|因为|因為|所以|但是|而且|如果|已经|已經|希望|一直|无法|無法|无人|無人|反映|反應"
    "|投诉|投訴|咨询|諮詢|需要|发现|發現|导致|導致|多次|出现|出現|有人|突然|经常|經常|仍然|太[^原阳阴平极]|都[^市江匀]"
    "|收到|到账|到賬|在[^线線]"
)
"""Words that a sentence has and a name, a label or an address has not; 的 alone tells nine in ten."""
_ENDED = f"{_HANZI}[。！？!?~～…]"
_PARTICLE = "[吗呢吧了啊呀嘛嗎啦喔哦]\\s*[。！？!?~～…]*$"
_SPACED = rf"(?:{_HANZI}{{1,6}} +){{4}}{_HANZI}"
"""Words with blanks between them: a text that was segmented."""
_LATIN = r"[A-Za-z']{1,20}(?:[,;:]?\s+[A-Za-z']{1,20}){3}"
_ENGLISH = (
    r"(?i)\b(?:the|to|is|are|was|were|and|my|me|not|no|it|its|i|i'm|a|an|of|for|in|on|this|that|have|has|had|very|but|so"
    r"|you|your|with|be|been|can|cannot|can't|don't|didn't|never|please|we|they|still|after|when|why|how)\b"
)
_OFFICE = (
    r"收悉|(?:答复|回复|答覆|回覆|反馈)如下|感谢(?:您|你|来信|来电|反馈|反映|支持|关注)|感謝您|给您(?:带来|造成)|給您帶來"
    r"|敬请谅解|谅解|諒解|经(?:核实|核查|调查|调阅|了解|查|现场|与|向|我)|經(?:查|調查|核實|了解)|祝您|欢迎您|歡迎"
    r"|我(?:司|局|办|处|部门|单位|行|公司|中心|区|街道|镇)|已(?:转|安排|派|责成|督促|联系|回复|为您|电话|致电|向您|協助|協調)"
    r"|请您(?:耐心|放心|谅解|留意|提供|携带|保持)|尊敬的(?:用户|客户|网友|顾客|会员|先生|女士|市民|业主|旅客)"
    r"|为您(?:处理|解决|核实|查询|办理|服务|登记)|工作人员(?:已|将|会)|客户表示|用户表示|来电人表示|安抚|回访"
    r"|(?i:dear (?:customer|sir|madam|user|guest)|thank you for|we apologi[sz]e|inconvenience|our team)"
)
"""What an office says and a customer does not."""
_REPLY_HEADER = re.compile(
    r"(?<!用户)(?<!客户)(?<!顾客)(?<!买家)(?<!业主)(?<!网友)(?<!市民)"
    r"(?:答复|回复|答覆|回覆|回应|处理(?:结果|意见|情况|过程|措施|方案|内容|备注|记录)|办理(?:结果|意见|情况|过程)"
    r"|解决(?:方案|结果|办法|措施)|回访|整改|审核意见|reply|replies|respon[sd]|resolution|solution|agent|staff|official)"
)
_WORDS_HEADER = re.compile(
    r"内容|描述|简述|叙述|陈述|详情|说明|经过|原话|原声|心声|留言|来信|信件|意见|建议|诉求|评论|点评|评语|反馈|想法|感受"
    r"|正文|文本|全文|对话|聊天|消息|提问|问题$|吐槽|说点|原因描述|content|desc|detail|comment|narrat|message|remark"
    r"|feedback|text|body|review|complain|issue|problem|utter|speech|transcri|verbatim|opinion|suggest|said|query|words"
)
_LABEL_HEADER = re.compile(
    r"昵称|网名|用户名"
    r"|类型|类别|分类|大类|小类|品类|标签|典型|等级|级别|名称|品牌|型号|车型|车系|地址|住址|网址|链接|姓名|单位|部门|标题|主题|题目"
    r"|编号|编码|代码|状态|关键词|渠道|商品|产品|门店|店铺|公司|type|tag|categor|label|class|code|name|brand|model|addr"
    r"|url|link|title|subject|status|keyword|shop|store|product"
)


class Prose(NamedTuple):
    """What a column holds: shares of ``filled`` cells and of all ``rows`` that are sentences.

    ``mass`` is the number of characters of sentences a row, ``variety`` the share of sentences that differ (0
    where they are too few to be written by customers), ``replies`` the share of sentences that sound like an
    office.
    """

    filled: float
    rows: float
    mass: float
    variety: float
    replies: float


_NONE = Prose(0.0, 0.0, 0.0, 0.0, 0.0)


def is_reply_header(plain: str) -> bool:
    """Return whether a header, in its normal form, names what the office answered.

    Examples
    --------
    >>> is_reply_header("官方答复"), is_reply_header("客户回复"), is_reply_header("来信")
    (True, False, False)
    """
    return _REPLY_HEADER.search(plain) is not None


class _Measured(dict[str, Prose]):
    """What the columns of a frame hold, each looked at once, when it is asked for."""

    def __init__(self, frame: pd.DataFrame) -> None:
        super().__init__()
        self._frame = frame

    def __missing__(self, header: str) -> Prose:
        self[header] = prose(self._frame[header])
        return self[header]


def _cells(column: pd.Series) -> tuple[pd.Series, float]:
    """Return the filled cells of a sample, cut, and the share of rows that are filled."""
    some = column.iloc[:: max(1, len(column) // _SAMPLE)]
    texts = as_text(some)
    filled = texts[~blank(texts)].str.slice(0, _CELL).str.strip()
    return filled, len(filled) / len(some) if len(some) else 0.0


def prose(column: pd.Series) -> Prose:
    """Return how far a column holds sentences.

    Examples
    --------
    >>> prose(pd.Series(["宽带又断了，没有人来修", "快递怎么还没到？"])).filled
    1.0
    >>> prose(pd.Series(["https://a.cn/x", "2026-03-01 10:00", '{"a": 1}', "北京市海淀区中关村路1号"])).filled
    0.0
    """
    if pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_datetime64_any_dtype(column.dtype):
        return _NONE
    cells, share = _cells(column)
    if cells.empty:
        return _NONE
    is_sentence = _are_sentences(cells)
    sentences = cells[is_sentence]
    n = len(sentences)
    if not n:
        return _NONE
    variety = sentences.nunique() / n
    if n > 1 and variety <= (_VARIETY_OF_FEW if n < _FEW else _VARIETY):
        variety = 0.0
    mass = float(sentences.str.len().sum()) / len(cells) * share
    office = float(_match(sentences, _OFFICE).mean())
    return Prose(n / len(cells), n / len(cells) * share, mass, variety, office)


def _are_sentences(cells: pd.Series) -> NDArray[np.bool_]:
    """Return which cells are sentences: a function word or a full stop among characters, or English."""
    hanzi = cells.str.count(_HANZI).to_numpy()
    found = (hanzi >= 3) & (_match(cells, _FUNCTION) | _match(cells, _ENDED))
    rest = cells[~found]
    found[~found] = (
        ((hanzi[~found] >= 2) & _search(rest, _PARTICLE))
        | (_search(rest, _LATIN) & _search(rest, _ENGLISH))
        | _match(rest, _SPACED)
    )
    some = cells[found]
    found[found] = ~(
        _search(some, _URL)
        | _search(some, _RECORD)
        | _search(some, _MOMENT)
        | (_search(some, _ADDRESS) & ~_match(some, _ENDED))
    )
    return found


def _match(cells: pd.Series, pattern: str) -> NDArray[np.bool_]:
    """Return which cells a pattern of characters alone finds something in."""
    return distinct_cells(cells).matches(pattern)


def _search(cells: pd.Series, pattern: str) -> NDArray[np.bool_]:
    r"""Return the same for one with classes (``\s``, ``\b``), which mean more beyond ASCII to ``re``."""
    find = re.compile(pattern).search
    return np.fromiter((find(cell) is not None for cell in cells), dtype=np.bool_, count=len(cells))


def choose_text(
    frame: pd.DataFrame, known: Sequence[str], free: Mapping[str, str], titles: Sequence[str] = ()
) -> Choice | None:
    """Return the column that holds what customers said; None where none does or two are close.

    Parameters
    ----------
    frame : DataFrame, shape (n, n_columns)
    known : sequence of str
        Headers that name the text, best first.
    free : mapping of str to str
        Header -> normal form of those that name nothing known.
    titles : sequence of str
        Headers of titles: taken where nothing else holds sentences.

    Returns
    -------
    Choice or None
        The first of ``known`` with content, unless it holds no sentences (or an office's replies) and
        another column does. Else that one of ``free`` that holds twice the sentences of any other,
        its header weighed in; what an office answered is never taken.

    Examples
    --------
    >>> frame = pd.DataFrame({"编号": ["1", "2"], "来信": ["路灯坏了没人修", "楼上太吵了"]})
    >>> frame["官方答复"] = ["您的来信收悉，经核实已派人维修。", "感谢您的来信，我局已上门劝阻。"]
    >>> choose_text(frame, [], {"来信": "来信", "官方答复": "官方答复"}).header
    '来信'
    """
    found = _Measured(frame)
    filled = [header for header in known if not blank(as_text(frame[header].iloc[:_SAMPLE])).all()]
    filled = filled or [header for header in known if not blank(as_text(frame[header])).all()]
    others = {header: plain for header, plain in free.items() if not is_reply_header(plain)}
    if filled:
        return _of_known(found, filled, others)
    candidates = {header: plain for header, plain in others.items() if _viable(found[header], plain)}
    plainly = {header: plain for header, plain in candidates.items() if found[header].replies < _REPLIES}
    best = _clear_best(found, plainly or candidates)
    if candidates:
        return best
    wordy = [header for header, plain in others.items() if _is_wordy(frame[header], plain)]
    if len(wordy) == 1:
        return Choice(wordy[0], f"「{wordy[0]}」是唯一的长文本列，当作文本")
    if not wordy:
        for header in titles:
            if prose(frame[header]).filled >= _LEAST_SHARE:
                return Choice(header, f"没有正文列，「{header}」里是句子，当作文本")
    return None


def _of_known(found: _Measured, filled: Sequence[str], free: Mapping[str, str]) -> Choice:
    """Return the best header of the lexicon, or the column that holds sentences where that one does not."""
    first = filled[0]
    mine = found[first]
    empty = mine.filled < _HINTED_SHARE or (mine.rows < _HINTED_SHARE / 2 and first != "text")
    replies = mine.replies >= _STRONG_SHARE and mine.filled >= _LEAST_SHARE
    if not (empty or replies):
        return Choice(first, "")
    strong = {
        header: free.get(header, "")
        for header in [*filled[1:], *free]
        if found[header].filled >= _STRONG_SHARE
        and found[header].rows >= _STRONG_ROWS
        and found[header].variety > 0
        and found[header].replies < _REPLIES
    }
    if replies:
        strong = {header: plain for header, plain in strong.items() if found[header].replies < _REPLIES / 2}
    best = _clear_best(found, strong)
    if best is None:
        return Choice(first, "")
    why = "是答复" if replies and not empty else "没有句子"
    return Choice(best.header, f"「{first}」里{why}，「{best.header}」里是句子，当作文本")


def _viable(column: Prose, plain: str) -> bool:
    least = _LEAST_SHARE
    if _WORDS_HEADER.search(plain):
        least = _HINTED_SHARE
    elif _LABEL_HEADER.search(plain):
        least = _LABEL_SHARE
    return column.filled >= least and column.variety > 0


def _weight(plain: str) -> float:
    """Return how much the header counts for the column."""
    if _LABEL_HEADER.search(plain):
        return 1 / _EVIDENCE
    return _EVIDENCE if _WORDS_HEADER.search(plain) else 1.0


def _clear_best(found: _Measured, candidates: Mapping[str, str]) -> Choice | None:
    """Return the column with the most sentences; None where the next has more than half as many."""
    scores = {
        header: found[header].mass * found[header].variety * _weight(plain)
        for header, plain in candidates.items()
    }
    ranked = sorted(scores, key=lambda header: -scores[header])
    if not ranked or (len(ranked) > 1 and scores[ranked[0]] < _CLEAR * scores[ranked[1]]):
        return None
    best = ranked[0]
    if len(ranked) == 1:
        return Choice(best, f"「{best}」是唯一的长文本列（{found[best].filled:.0%} 是句子），当作文本")
    also = "、".join(ranked[1:])
    rest = f"；「{also}」里也有句子，要换请用 columns={{'text': …}}"
    return Choice(best, f"「{best}」里句子最多，当作文本{rest}")


def _is_wordy(column: pd.Series, plain: str) -> bool:
    """Return whether cells are long words that differ, where nothing holds a sentence."""
    cells, _ = _cells(column)
    hinted = _WORDS_HEADER.search(plain) is not None
    if cells.empty or (_LABEL_HEADER.search(plain) and not hinted):
        return False
    other = _search(cells, _URL) | _search(cells, _RECORD) | _search(cells, _MOMENT)
    other |= _search(cells, _ADDRESS)
    if float(other.mean()) > 1 - _STRONG_SHARE or cells.nunique() <= _STRONG_SHARE * len(cells):
        return False
    words = cells.str.contains(rf"{_HANZI}{{2}}|[A-Za-z]{{2,}}\s+[A-Za-z]{{2,}}")
    length = float(cells.str.len().mean())
    return bool(words.mean() > _STRONG_SHARE) and (length >= _WORDY_LENGTH or (hinted and length >= 3))
