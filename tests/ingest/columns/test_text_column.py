"""The text of a contact is told from its sentences, whatever the header says."""

from __future__ import annotations

import pandas as pd
import pytest

import csatext as ct
from csatext.ingest.columns.headers import map_columns, unknown_names
from csatext.ingest.columns.text_column import prose

SAID = [
    "昨天买的洗衣机今天就不转了，客服让我等",
    "快递放在楼下被别人拿走，没有人管",
    "办了套餐以后每个月多扣二十块",
    "空调噪音太大，晚上睡不着觉",
    "预约了三次都没有师傅上门",
    "退货运费凭什么让我出？",
]
ANSWERED = [
    "您好，您反映的问题已收悉，经核实，已安排人员处理，感谢您的支持。",
    "尊敬的用户：感谢您的来信，我司已联系您处理，敬请谅解。",
    "经查，该处由我局负责，现已修复，感谢关注。",
    "已致电客户安抚，客户表示认可。",
    "您好，退款已为您办理，请您耐心等待。",
    "经与物业沟通，已督促其整改，感谢您的反馈！",
]
ENGLISH = [
    "My router keeps dropping the connection",
    "The courier left it in the rain",
    "I was charged twice for this order",
    "Nobody is answering my calls",
    "The app is not working again",
    "I want my money back please",
]
TRADITIONAL = [
    "店員態度很差，還罵人",
    "等了三個月還沒退款",
    "為什麼要多收運費",
    "客服電話一直打不通",
    "東西壞了不給換",
    "落單兩次都唔得，冇人應",
]
CHAT = ["在吗", "什么时候发货", "怎么还没到啊", "能退吗", "我要投诉", "尺码偏大吗"]
OTHER = {
    "links": [f"https://img.example.cn/我不想要了/{i}.jpg" for i in range(6)],
    "records": [f'{{"page": {i}, "note": "我不想要了，退款"}}' for i in range(6)],
    "times": [f"2026年3月{i + 1}日 上午9点{i}分" for i in range(6)],
    "addresses": [f"杭州市西湖区和平路{i}号{i}幢{i}室" for i in range(6)],
    "numbers": [f"A{i:05d}" for i in range(6)],
    "labels": ["服务态度不好", "产品质量不合格"] * 3,
    "replies": ANSWERED,
}


def taken(frame: pd.DataFrame) -> str:
    mapped, _ = map_columns(frame, None, "a.csv")
    return str(frame.columns[mapped.columns.get_loc("text")])


@pytest.mark.parametrize("said", [SAID, ENGLISH, TRADITIONAL, CHAT], ids=["zh", "en", "hant", "chat"])
@pytest.mark.parametrize("other", OTHER)
@pytest.mark.parametrize("n", [6, 4])
def test_the_column_of_sentences_is_taken_under_any_header(said: list[str], other: str, n: int) -> None:
    frame = pd.DataFrame({"k1": [str(i) for i in range(6)], "k2": OTHER[other], "k3": said})
    assert taken(frame.head(n)) == "k3"


@pytest.mark.parametrize(
    ("headers", "wanted"),
    [
        (["编号", "来信", "官方答复"], "来信"),
        (["id", "客户怎么说", "处理经过"], "客户怎么说"),
        (["id", "来电记录", "回访结果"], "来电记录"),
        (["id", "用户回复", "商家回复"], "用户回复"),
        (["id", "q", "response"], "q"),
        (["id", "信件", "反馈"], "信件"),
        (["id", "事项", "解决方案"], "事项"),
    ],
)
def test_what_the_office_answered_is_never_the_text(headers: list[str], wanted: str) -> None:
    rows = list(zip(map(str, range(6)), SAID, ANSWERED, strict=True))
    assert taken(pd.DataFrame(rows, columns=headers)) == wanted


@pytest.mark.parametrize("known", ["内容", "留言详情", "content", "message", "评价"])
@pytest.mark.parametrize("other", ["links", "records", "times", "numbers"])
def test_a_known_header_without_sentences_gives_way(known: str, other: str) -> None:
    frame = pd.DataFrame({known: OTHER[other], "说说": SAID})
    mapped, notes = map_columns(frame, None, "a.csv")
    assert mapped["text"].tolist() == SAID
    assert any("没有句子" in note.detail and known in note.detail for note in notes)


def test_a_known_header_with_short_words_stays_where_nothing_is_better() -> None:
    frame = pd.DataFrame({"评价": ["好", "慢", "差"], "店铺": ["甲店", "乙店", "丙店"]})
    assert taken(frame) == "评价"


def test_complaints_of_cars() -> None:
    frame = pd.DataFrame(
        {
            "id": ["1", "2", "3", "4"],
            "投诉品牌": ["甲", "乙", "乙", "丙"],
            "投诉车系": ["X1", "Y2", "Y2", "Z"],
            "投诉车型": ["2024款 1.5T", "2023款 2.0L", "2023款 2.0L", "2022款"],
            "问题简述": ["行驶中突然熄火，修了三次", "低速顿挫严重", "车漆起泡，不给处理", "刹车一直异响"],
            "典型问题": ["发动机-熄火;服务-维修差", "变速器-顿挫", "车身-漆面", "制动-异响"],
            "投诉时间": ["2026-03-01", "2026-03-02", "2026-03-02", "2026-03-03"],
        }
    )
    assert taken(frame) == "问题简述"


@pytest.mark.parametrize(
    "header",
    [
        "您还有什么意见或者建议？",
        "3、您认为我们哪里还可以改进？",
        "Q9_open",
        "想对我们说的话",
        "Any comments?",
    ],
)
def test_the_open_question_of_a_survey(header: str) -> None:
    answers = [
        "无",
        "希望多点优惠",
        "没有",
        "排队太久",
        "挺好的",
        "客服很难打通",
        None,
        "价格太贵了",
        "还行吧",
        "无",
    ]
    frame = pd.DataFrame({"您的性别": ["男", "女"] * 5, "您的年龄": ["18-25", "26-35"] * 5, header: answers})
    mapped, notes = map_columns(frame, None, "a.csv")
    assert mapped["text"].iloc[1] == "希望多点优惠"
    assert any(header in note.detail for note in notes)


def test_a_body_wins_over_its_title() -> None:
    bodies = [f"{said}。{other}。" * 2 for said, other in zip(SAID, SAID[::-1], strict=True)]
    assert taken(pd.DataFrame({"a": [said[:8] for said in SAID], "b": bodies})) == "b"


def test_a_title_alone_is_the_text() -> None:
    assert taken(pd.DataFrame({"编号": list("123456"), "标题": SAID})) == "标题"


def test_two_that_are_close_are_refused_unless_a_header_tells() -> None:
    with pytest.raises(ct.InputError, match="没有找到文本列"):
        map_columns(pd.DataFrame({"甲": SAID, "乙": SAID[::-1]}), None, "a.csv")
    assert taken(pd.DataFrame({"甲": SAID, "客户反映的内容": SAID[::-1]})) == "客户反映的内容"


@pytest.mark.parametrize("other", ["links", "records", "times", "addresses", "numbers"])
def test_without_sentences_nothing_is_the_text(other: str) -> None:
    with pytest.raises(ct.InputError, match="没有找到文本列"):
        map_columns(pd.DataFrame({"a": OTHER[other], "b": OTHER["numbers"]}), None, "a.csv")


def test_a_cell_of_two_megabytes_is_cut_before_it_is_looked_at() -> None:
    assert prose(pd.Series(["我" * 2_000_000, "1"])).mass == 200.0


@pytest.mark.parametrize(
    "given", [["标题", "内容"], ("标题", "内容"), "标题,内容", "标题，内容", "标题+内容", [" 標題", "内容"]]
)
def test_title_and_body_are_joined(given: object) -> None:
    frame = pd.DataFrame(
        {"标题": ["宽带掉线", "退费", None, "只有标题"], "内容": ["宽带掉线，断了十次", "多扣三十", "慢", ""]}
    )
    mapped, notes = map_columns(frame, {"text": given}, "a.csv")
    assert mapped["text"].tolist() == ["宽带掉线，断了十次", "退费\n多扣三十", "慢", "只有标题"]
    assert mapped["title"].tolist()[:2] == ["宽带掉线", "退费"]
    assert "调用者指定" in notes[0].detail


def test_a_header_with_a_comma_is_one_header() -> None:
    frame = pd.DataFrame({"标题,内容": ["慢"], "标题": ["甲"], "内容": ["乙"]})
    assert map_columns(frame, {"text": "标题,内容"}, "a.csv")[0]["text"].tolist() == ["慢"]


def test_what_cannot_be_joined_is_said() -> None:
    frame = pd.DataFrame({"标题": ["甲"], "内容": ["乙"]})
    with pytest.raises(ct.InputError, match="正文"):
        map_columns(frame, {"text": ["标题", "正文"]}, "a.csv")
    with pytest.raises(ct.ParameterError, match="只有 text"):
        map_columns(frame, {"channel": ["标题", "内容"]}, "a.csv")
    with pytest.raises(ct.ParameterError, match="columns"):
        map_columns(frame, {"text": []}, "a.csv")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("txt", "text"),
        ("Text_", "text"),
        ("内容", "text"),
        ("create_at", "created_at"),
        ("chanel", "channel"),
    ],
)
def test_a_name_that_is_not_canonical_is_said(name: str, hint: str) -> None:
    assert unknown_names({name: "x"}) == [f"「{name}」不是标准列名，按自定义列保留；是不是想写 {hint}？"]


@pytest.mark.parametrize("name", ["text", "doc_id", "created_at", "role", "updated_at"])
def test_a_canonical_name_is_not_remarked_on(name: str) -> None:
    assert unknown_names({name: "x"}) == []
