"""Boilerplate: planted notices are found and removed, what customers say stays."""

import pandas as pd
import pyarrow as pa
import pytest

from csatext.errors import ParameterError
from csatext.schema import conform
from csatext.schema.text import BOILERPLATE
from csatext.text.boilerplate import find_boilerplate, remove_boilerplate
from csatext.text.cleaning import DEFAULT_STEPS, clean_column

NOTICE = "本站资源由用户自行上传，如有疑问请联系管理员"
GREETING = "亲，小店欢迎光临，需要哪款尽管吩咐一声"
COMPLAINTS = [f"第{n}单的快递员态度{'好' if n % 2 else '差'}，等了{n}天" for n in range(40)]


def planted():
    texts = [
        f"{GREETING}？\n{complaint}。\n{NOTICE}" if n % 2 else f"{complaint}！{NOTICE}。"
        for n, complaint in enumerate(COMPLAINTS)
    ]
    return pd.Series(texts)


def test_planted_sentences_are_found_with_their_counts():
    found = find_boilerplate(planted())
    assert found["sentence"].tolist() == [NOTICE, GREETING]
    assert found["rank"].tolist() == [1, 2]
    assert found["n_records"].tolist() == [40, 20]
    assert found["share"].tolist() == [1.0, 0.5]
    assert found["n_texts"].tolist() == [40, 20]
    assert (found["expected"] < 1).all()
    pd.testing.assert_frame_equal(found, conform(found, BOILERPLATE))


def test_removal_leaves_what_customers_say():
    step = remove_boilerplate(find_boilerplate(planted()))
    left = clean_column(planted(), steps=[step, *DEFAULT_STEPS]).to_pylist()
    assert left == [f"{complaint}。" if n % 2 else f"{complaint}！" for n, complaint in enumerate(COMPLAINTS)]


def test_removal_keeps_a_quotation():
    step = remove_boilerplate([NOTICE, GREETING])
    assert step(f"他只会说{GREETING}。") == f"他只会说{GREETING}。"
    assert step(f" {GREETING}？ {NOTICE}\n好") == "  好"
    assert step(NOTICE) == ""
    assert remove_boilerplate([])("好") == "好"


def test_the_same_complaint_filed_often_is_none():
    complaint = "快递员把包裹扔在门口就走了。客服说三天内回复，到现在没有消息。"
    others = [f"{complaint}。" for complaint in COMPLAINTS]
    assert find_boilerplate(pd.Series([complaint] * 20 + others)).empty


def test_a_default_review_is_found():
    found = find_boilerplate(pd.Series(["该用户没有填写评价内容"] * 8 + COMPLAINTS))
    assert found["sentence"].tolist() == ["该用户没有填写评价内容"]
    assert found["n_texts"].tolist() == [1]


def test_expected_count_by_hand():
    # Different pieces 甲乙, 甲丙, 丁戊: 10 symbols with 4 ends, one of them before the first piece.
    texts = pd.Series(["甲乙"] * 90 + ["甲丙", "丁戊"])
    start_first = 0.6 * 2 / 4 + 0.4 * 2 / 10
    first_second = 0.6 * 1 / 2 + 0.4 * 1 / 10
    second_end = 0.6 * 1 / 1 + 0.4 * 4 / 10
    expected = 92 * start_first * first_second * second_end
    assert 10 * expected > 90
    assert find_boilerplate(texts, min_length=2).empty
    found = find_boilerplate(pd.Series(["甲乙"] * 900 + ["甲丙", "丁戊", "己庚", "辛壬癸"] * 9), min_length=2)
    # Now 4 more pieces of 2, 2 and 3: 10 + 3 + 4 symbols, 6 ends; 936 pieces in all.
    start_first = 0.6 * 2 / 6 + 0.4 * 2 / 17
    first_second = 0.6 * 1 / 2 + 0.4 * 1 / 17
    second_end = 0.6 * 1 / 1 + 0.4 * 6 / 17
    assert found["sentence"].tolist() == ["甲乙"]
    assert found["expected"].iloc[0] == pytest.approx(936 * start_first * first_second * second_end)


def test_thresholds_and_empty_columns():
    assert find_boilerplate(pd.Series([], dtype="str")).empty
    assert find_boilerplate(pa.array([None, ""])).empty
    assert find_boilerplate(planted(), min_records=30)["sentence"].tolist() == [NOTICE]
    assert find_boilerplate(planted(), min_share=0.6)["sentence"].tolist() == [NOTICE]
    assert find_boilerplate(planted(), min_length=22)["sentence"].tolist() == [NOTICE]
    for wrong in ({"min_records": 1}, {"min_share": 2}, {"min_length": 0}):
        with pytest.raises(ParameterError):
            find_boilerplate(planted(), **wrong)


def site_records(*tail):
    return [
        f"快递第{n}次延误{'很' * (n % 3)}慢，客服{n * 7 % 11}号不管。\n" + "\n".join(tail) for n in range(30)
    ]


def test_short_lines_of_a_site_are_found_and_removed():
    texts = site_records("免费试用", "文章导航")
    found = find_boilerplate(pd.Series(texts))
    assert {"免费试用", "文章导航"} <= set(found["sentence"])
    assert remove_boilerplate(found)(texts[3]).strip() == texts[3].split("\n")[0]
    assert "报价方案" in set(find_boilerplate(pd.Series(site_records("报价方案")))["sentence"])


def test_short_answers_and_words_at_any_place_are_no_boilerplate():
    assert "好的谢谢" not in set(find_boilerplate(pd.Series(site_records("好的谢谢")))["sentence"])
    apart = [
        "\n".join(["甲乙丙丁"[n % 4] * 3 + str(n)] * (n % 4) + ["换货退款"] + [f"第{n}次"] * (n % 3))
        for n in range(60)
    ]
    assert "换货退款" not in set(find_boilerplate(pd.Series(apart))["sentence"])
    alone = ["质量很好"] * 20 + [f"第{n}件坏了" for n in range(10)]
    assert len(find_boilerplate(pd.Series(alone))) == 0
