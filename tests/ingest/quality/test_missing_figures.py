"""Texts that speak of a figure, table or list that is not there; plain complaints do not."""

import pandas as pd
import pytest

import csatext as ct
from csatext.ingest.quality.missing_figures import lacks_figure, table_flags

TABLE = "班组 | 来电\n---|---\n甲组 | 120"


@pytest.mark.parametrize(
    "text",
    [
        "各班组接通率如下图所示，甲组最高。",
        "各班組接通率如下圖所示，甲組最高。",
        "处理流程见附图",
        "箱子压坏了（如图），要求赔偿",
        "明细见下表：",
        "由表3所示的数可知",
        "图2-1所示为进线高峰",
        "等待优化：\n以上为热线用户放弃率情况，可见等得越久走得越多",
        "等待优化\n\n以上为热线用户放弃率情况",
        "以上是上周数据，请看。",
        "每天要看的指标如下：\n电话\n邮件\n三、指标从哪里来",
        "监控数据如下:\n热线\n在线",
        "本周结论如下：",
        f"{TABLE}\n来电走势如上图所示",
    ],
)
def test_what_is_missing_is_seen(text):
    assert lacks_figure(text)
    assert table_flags(pd.Series([text]))[1].tolist() == [True]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "以上情况属实，请尽快处理。",
        "以上是我的诉求，希望答复",
        "退款三天没到，客服推来推去。以上为我的投诉情况。",
        "甲组接通率 92%，乙组 88%，以上为各组接通率情况。",
        "二楼以上是住户，六十岁以上为多数",
        "经过如下：\n我上月下单，到现在没有发货，客服说再等等",
        "诉求如下：1、退款；2、道歉",
        "指标如下：\n1. 接通率\n2. 弃呼率",
        "指标如下：\n核心部分\n1. 接通率\n2. 弃呼率",
        "指标如下：\n接通率\n弃呼率\n满意度",
        f"数据如下：\n{TABLE}",
        f"{TABLE}\n由上表可见甲组最忙，见上表。",
        "来电走势如下图所示\n<img src='a.png'>",
        "看得见图书馆，如图书一样，如表面所见，手表中看不中用",
        "在网上图是好看，实物不行；快递地图中找不到；大家参考下图片",
        "不如下次再买，价格千元以下",
    ],
)
def test_what_is_there_is_left_alone(text):
    assert not lacks_figure(text)
    assert table_flags(pd.Series([text]))[1].tolist() == [False]


def test_findings_of_check_name_their_rows():
    texts = ["退款太慢", TABLE, "流程见附图", None, "明细如下："]
    contacts = pd.DataFrame({"doc_id": list("abcde"), "text": texts}, index=[7, 3, 3, 1, 0])
    found = ct.check(contacts).set_index("check")
    assert found.loc["pipe_table", ["n", "total"]].tolist() == [1, 5]
    assert found.loc["missing_figure", "n"] == 2
    assert found.loc["pipe_table", "detail"].endswith("doc_id b")
    assert found.loc["missing_figure", "detail"].endswith("doc_id c、e")
    quiet = ct.check(contacts.head(1)).set_index("check")
    assert quiet.loc["missing_figure", "n"] == 0 and "doc_id" not in quiet.loc["missing_figure", "detail"]
