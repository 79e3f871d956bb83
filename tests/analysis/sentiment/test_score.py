from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

import csatext as ct
from csatext.analysis.sentiment.adaptation import Adaptation, adapt_by_itself
from csatext.analysis.sentiment.polar_words import valence_hits
from csatext.analysis.sentiment.polarity_model import mixed, polarity_log_odds, talk_share, text_log_odds
from csatext.analysis.sentiment.text_numbers import (
    NUMBERS,
    segment_numbers,
    sentence_segments,
    text_numbers,
)
from csatext.analysis.sentiment.word_model import MODELS, word_model
from csatext.lexicon import lexicon_path
from csatext.text.joined_texts import JoinedTexts


def corpus_of(*texts):
    return ct.Vectorizer().fit_transform(list(texts))


def valence_of(text):
    hits = valence_hits(pd.Series([text]))
    return hits.values.tolist(), [text[start:end] for start, end in zip(hits.starts, hits.ends, strict=True)]


def entry(name, term, column):
    table = ct.Lexicon.load(name).table.set_index("term")
    return float(table.loc[term, column])


def test_negation_turns_and_weakens():
    plain, _ = valence_of("满意")
    assert plain == [entry("polarity", "满意", "valence")]
    negated, words = valence_of("并不耐心")
    assert words == ["并不耐心"]
    assert negated[0] == pytest.approx(-0.7 * entry("polarity", "耐心", "valence"))


def test_intensity_multiplies():
    value, words = valence_of("非常耐心")
    expected = entry("intensifiers", "非常", "factor") * entry("polarity", "耐心", "valence")
    assert words == ["非常耐心"]
    assert value[0] == pytest.approx(expected)


def test_a_clause_mark_ends_the_scope_of_a_negator():
    value, words = valence_of("没有，耐心")
    assert words[-1] == "耐心"
    assert value[-1] == pytest.approx(entry("polarity", "耐心", "valence"))


def test_a_neutral_entry_hides_the_word_inside():
    assert valence_of("请您耐心等待")[1] == []


def test_spans_count_from_the_start_of_each_document():
    hits = valence_hits(pd.Series(["", "客服耐心", "耐心"]))
    assert hits.rows.tolist() == [1, 2]
    assert hits.starts.tolist() == [2, 0]
    assert hits.ends.tolist() == [4, 2]


def test_word_models_are_the_stated_formula():
    weights = pd.read_csv(lexicon_path("sentiment.tsv"), sep="\t", keep_default_na=False, quoting=3)
    weights = weights.set_index("term")
    joined = JoinedTexts(pd.Series(["很好，A好？"]))
    found = word_model().numbers(joined, joined.offsets)[0]
    runs = ["很", "好", "很好", "a", "好", "?", "a好", "好?", "a好?"]
    for at, name in enumerate(MODELS):
        expected = sum(weights[name].get(run, 0.0) for run in runs) / math.sqrt(5 + 2) + weights[name][""]
        assert found[at] == pytest.approx(expected)


def test_balance_of_clauses_is_the_stated_formula():
    good = entry("polarity", "满意", "valence")
    numbers = text_numbers(pd.Series(["满意"]))
    assert numbers[0, NUMBERS.index("balance")] == pytest.approx(
        math.log((2 * math.log1p(good / 2) + 0.5) / 0.5)
    )
    assert numbers[0, NUMBERS.index("worst")] == 0
    assert numbers[0, NUMBERS.index("best")] == pytest.approx(math.tanh(good))


def test_score_is_the_difference_of_two_probabilities():
    result = ct.Sentiment().transform(corpus_of("服务很差，坏了没人修", "非常满意"))
    odds = polarity_log_odds(text_numbers(pd.Series(["服务很差，坏了没人修", "非常满意"])))
    positive, neutral = 1 / (1 + np.exp(-odds[:, 0])), 1 / (1 + np.exp(-odds[:, 1]))
    shares = np.column_stack([(1 - positive) * (1 - neutral), neutral, positive * (1 - neutral)])
    assert result["sentiment"].to_numpy() == pytest.approx(shares[:, 2] - shares[:, 0])
    assert result["confidence"].to_numpy() == pytest.approx(shares.max(axis=1))


def test_neutral_band():
    corpus = corpus_of("态度太差，再也不来了", "请问怎么开通", "非常满意，感谢")
    assert ct.Sentiment().transform(corpus)["polarity"].tolist()[::2] == ["negative", "positive"]
    assert set(ct.Sentiment(neutral=0.999999).transform(corpus)["polarity"]) == {"neutral"}
    with pytest.raises(ct.ParameterError, match="neutral"):
        ct.Sentiment(neutral=1.5).transform(corpus)


def test_evidence_points_into_the_text_as_it_was_read():
    source = "您好！！！！  電話138 0013 8000，客服態度很差"
    corpus = corpus_of(source)
    evidence = ct.Sentiment().evidence(corpus)
    row = evidence[evidence["term"].str.contains("差")].iloc[0]
    assert source[row["start"] : row["end"]].endswith("很差")
    assert row["weight"] < 0


def test_negation_is_not_lost():
    pairs = [
        ("客服很耐心", "客服不耐心"),
        ("很满意", "不满意"),
        ("质量好", "质量不好"),
        ("值得推荐", "不值得推荐"),
    ]
    scores = (
        ct.Sentiment()
        .transform(corpus_of(*[text for pair in pairs for text in pair]))["sentiment"]
        .to_numpy()
    )
    assert (scores[::2] > scores[1::2]).all()


def test_complaints_are_separated_from_inquiries_on_simulated_contacts(center, corpus):
    scores = ct.Sentiment().transform(corpus)["sentiment"]
    assert roc_auc_score(~center.truth["is_negative"], scores) > 0.9


def test_a_text_without_letters_is_neutral_without_confidence():
    result = ct.Sentiment().transform(corpus_of("", "……", "好"))
    assert result["sentiment"].tolist()[:2] == [0.0, 0.0]
    assert result["polarity"].tolist()[:2] == ["neutral", "neutral"]
    assert result["confidence"].tolist()[:2] == [0.0, 0.0]


BATTERY = pd.read_csv(Path(__file__).with_name("polarity_battery.tsv"), sep="\t")


def test_battery_over_the_grammar_and_the_words_of_service():
    result = ct.Sentiment().transform(corpus_of(*BATTERY["sentence"]))
    right = result["polarity"].to_numpy() == BATTERY["polarity"].to_numpy()
    missed = BATTERY.assign(got=result["polarity"].to_numpy())[~right]
    assert len(BATTERY) >= 300
    assert right.mean() >= 0.95, missed.to_string()


@pytest.mark.parametrize("pleasant", [1, 2, 4, 8])
def test_a_complaint_stays_one_whatever_pleasant_sentences_follow(pleasant):
    follows = [
        "快递员很有礼貌",
        "包装也漂亮",
        "颜色好看",
        "页面清楚",
        "送来得很快",
        "价格便宜",
        "地方好找",
        "早餐丰富",
    ]
    complaints = ["客服态度恶劣，钱扣了货没到", "坏了三个月没人修，打电话都不接", "多扣了两百块钱，死活不退"]
    texts = ["。".join([complaint, *follows[:pleasant]]) for complaint in complaints]
    assert set(ct.Sentiment().transform(corpus_of(*texts))["polarity"]) == {"negative"}


def test_labels_teach_words_that_nobody_knows():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 300)
    texts = [f"订单{number}号{'咕噜咕噜' if good else '叽歪叽歪'}" for number, good in enumerate(labels)]
    corpus = corpus_of(*texts)
    before = (ct.Sentiment().transform(corpus)["sentiment"].to_numpy() > 0) == labels
    model = ct.Sentiment().fit(corpus[:200], labels[:200])
    after = model.transform(corpus[200:])
    assert before.mean() < 0.7
    assert ((after["sentiment"].to_numpy() > 0) == labels[200:]).all()
    assert set(after["polarity"]) == {"negative", "positive"}


def test_few_labels_leave_the_score_nearly_as_it_was():
    texts = ["太差了", "很满意", "坏了没人修", "好用"]
    corpus = corpus_of(*texts)
    shipped = ct.Sentiment().transform(corpus)["sentiment"]
    fitted = ct.Sentiment().fit(corpus, ["负面", "正面", "负面", "正面"]).transform(corpus)["sentiment"]
    assert (np.sign(shipped) == np.sign(fitted)).all()


def test_a_corpus_of_one_polarity_is_said_and_left_as_it_is():
    parts = ["坏了没人修", "钱扣了货没到", "客服态度恶劣", "一直打不通", "退款拖了一个月", "收到的是破的"]
    texts = [f"{a}，{b}" for a in parts for b in parts if a != b] * 3
    corpus = corpus_of(*texts)
    model = ct.Sentiment().fit(corpus)
    assert model.one_polarity_ == "negative"
    assert "负面" in model.notes_[0]
    assert model.transform(corpus).attrs["one_polarity"] == "negative"
    pd.testing.assert_frame_equal(
        model.transform(corpus), ct.Sentiment().transform(corpus), check_names=True, check_flags=False
    )


def test_calibration_moves_confidence_and_nothing_else():
    texts = ["太差了", "很满意", "坏了没人修", "好用"] * 50
    corpus = corpus_of(*texts)
    wrong = [1, 0, 1, 0] * 50
    plain = ct.Sentiment().transform(corpus)
    calibrated = ct.Sentiment().calibrate(corpus, wrong).transform(corpus)
    assert plain["confidence"].gt(0.5).all()
    assert calibrated["confidence"].lt(0.2).all()
    pd.testing.assert_frame_equal(plain.drop(columns="confidence"), calibrated.drop(columns="confidence"))


def test_labels_that_are_no_polarities_are_refused():
    corpus = corpus_of("很好", "太差")
    with pytest.raises(ct.ParameterError, match="y"):
        ct.Sentiment().fit(corpus, ["投诉", "表扬"])
    with pytest.raises(ct.ParameterError, match="标签"):
        ct.Sentiment().fit(corpus, [None, None])
    with pytest.raises(ct.SchemaError, match="一样长"):
        ct.Sentiment().fit(corpus, [0])
    with pytest.raises(ct.SchemaError):
        ct.Sentiment().calibrate(corpus, pd.Series([0, 1], index=["x", "y"]))


def test_evidence_says_why_a_word_does_not_count():
    corpus = corpus_of("信用卡丢了怎么补办", "没有破损", "希望服务更好", "听说质量差")
    evidence = ct.Sentiment().evidence(corpus).groupby("doc_id")["reason"].first()
    assert evidence.tolist() == ["inquiry", "denied", "wished", "reported"]


def test_evidence_of_a_long_text_without_punctuation_stays_small():
    evidence = ct.Sentiment().evidence(corpus_of("快递太慢" * 5000))
    assert len(evidence) >= 5000
    # 100 characters on each side, and the word itself.
    assert evidence["clause"].str.len().max() <= 200 + evidence["term"].str.len().max()


def test_the_models_of_sentences_reviews_and_letters_are_mixed_as_stated():
    numbers = np.zeros((3, len(NUMBERS)))
    numbers[:, NUMBERS.index("characters")] = 110, 110, 16
    numbers[:, NUMBERS.index("service")] = 1, 1, 101
    numbers[:, NUMBERS.index("appealed")] = 0, 0.5, 1
    whole, letter, single = (np.full((3, 2), value) for value in (1.0, 3.0, 2.0))
    found = mixed(numbers, whole, letter, single)
    # Of 110 characters, which may be a review as well, the model of sentences reads half of a half.
    added = math.exp(-110 / 15)  # half of the 2 of sentences, fading over 15 characters
    assert found[0, 0] == pytest.approx(0.25 * 2 + 0.75 * (1 + added))
    assert found[0, 1] == pytest.approx(0.25 * 2 + 0.75 * 1)
    # An office named once counts as half a letter, less what speaks for a review; the text shrinks with as
    # much of the power, its neutral side not at all.
    part = 0.5 / (1 + math.exp(-4))
    read = (1 - part) * (1 + added) + part * 3
    assert found[1, 0] == pytest.approx((0.25 * 2 + 0.75 * read) * 2.1 ** (-0.4 * part))
    assert found[1, 1] == pytest.approx(0.25 * 2 + 0.75 * ((1 - part) * 1 + part * 3))
    short = 1 / (1 + math.exp(-9.4))
    read = short * 2 + (1 - short) * 3
    assert found[2] == pytest.approx([read * 1.16**-0.4, read])


def test_a_complaint_among_plain_sentences_is_not_neutral():
    plain = "我是三号楼的住户。登记的手机尾号是七七一二。今天下午我都在家。"
    complaint = "修了三次还是漏，没人管。"
    corpus = corpus_of(plain, plain + complaint, complaint + plain)
    assert ct.Sentiment().transform(corpus)["polarity"].tolist() == ["neutral", "negative", "negative"]


def test_what_is_said_to_the_service_is_not_read_as_a_review():
    talk = "您好，我想改一下周五的安装时间，改到下午三点以后"
    review = "这本书内容空洞，纸张粗糙，印刷也差，不值得购买"
    numbers = text_numbers(pd.Series([talk, review, talk * 8]))
    share = talk_share(numbers)
    assert share[0] > 0.5
    assert share[1] < 0.1
    assert share[2] < 0.01  # long: for the model of whole texts
    corpus = corpus_of("多扣的钱当天就退回来了", "请把发票寄到滨江大道六十六号，抬头用公司的全称，谢谢")
    assert ct.Sentiment().transform(corpus)["polarity"].tolist() == ["positive", "neutral"]


def test_contacts_without_a_label_teach_the_words_of_the_corpus():
    praise, blame = "很满意，服务好，叽里咕噜", "太差了，坏了没人修，呜里哇啦"
    texts = [f"{praise}{at}号" if at % 2 else f"{blame}{at}号" for at in range(80)]
    model = ct.Sentiment().fit(corpus_of(*texts), [0.0, 1.0] + [np.nan] * 78)
    known = ct.Sentiment().fit(corpus_of(*texts[:2]), [0.0, 1.0])
    unseen = corpus_of("叽里咕噜叽里咕噜", "呜里哇啦呜里哇啦")
    better, plain = (one.transform(unseen)["sentiment"].to_numpy() for one in (model, known))
    assert better[0] > plain[0]
    assert better[1] < plain[1]


def test_words_of_a_corpus_count_less_the_rarer_its_rarer_side_is():
    praise, blame = "很满意，服务好", "太差了，坏了没人修"
    even = pd.Series([f"{praise}{at}" for at in range(70)] + [f"{blame}{at}" for at in range(30)])
    rare = pd.Series([f"{praise}{at}" for at in range(120)] + [f"{blame}{at}" for at in range(30)])
    stacks = [
        adapt_by_itself(texts, polarity_log_odds(text_numbers(texts))).positive_stack
        for texts in (even, rare)
    ]
    assert stacks[0].tolist() == [1.0, 1.5, 0.0]
    assert stacks[1] == pytest.approx([1.0, 1.5 * (0.2 / 0.3) ** 2, 0.0])


@pytest.mark.parametrize(
    "text",
    [
        "装好以后没再漏过水",
        "用到现在没见异味",
        "这批布不容易起球",
        "戴一天耳朵一点都不疼",
        "充电的时候不发烫",
        "零故障",
        "门锁没给我们添一点麻烦",
        "保温杯没有被磕坏",
        "师傅没给我装错过",
        "卡顿一次都没有出现过",
        "真没什么可挑剔的",
        "十箱里没有一箱漏的",
        "汤唔会太咸",
    ],
)
def test_a_fault_that_is_denied_is_no_complaint(text):
    result = ct.Sentiment().transform(corpus_of(text))
    assert result["polarity"].tolist() == ["positive"]


def test_a_construction_before_an_absent_fault_is_no_complaint():
    corpus = corpus_of("用到现在没见异味", "用到现在没见退款")
    evidence = ct.Sentiment().evidence(corpus)
    complained = evidence.loc[evidence["reason"] == "complaint construction", "doc_id"]
    assert complained.tolist() == [1]


def test_a_character_that_judges_beside_its_aspect_only_has_no_valence_alone():
    evidence = ct.Sentiment().evidence(corpus_of("我要办卡", "页面刺眼"))
    assert evidence["term"].tolist() == ["刺眼"]


@pytest.mark.parametrize(
    "text", ["没有被受理", "没给我们解决一点麻烦", "没给我装好", "没人管😡", "一点麻烦都没给我们解决"]
)
def test_what_was_not_done_stays_a_complaint(text):
    assert ct.Sentiment().transform(corpus_of(text))["polarity"].tolist() == ["negative"]


@pytest.mark.parametrize("n", [1, 2, 4, 8])
def test_a_text_that_opens_with_a_complaint_is_one_whatever_follows(n):
    praise = "。".join(["大厅很漂亮", "位置好找", "前台笑得很甜", "颜色很喜欢"] * 2)
    pleasant = "。".join(praise.split("。")[:n])
    texts = corpus_of(
        f"烘干机坏了一个月没人修。{pleasant}。",
        f"米饭有点硬。{pleasant}。",
    )
    assert ct.Sentiment().transform(texts)["is_negative"].tolist() == [True, False]


@pytest.mark.parametrize("n", [1, 2, 4, 8])
@pytest.mark.parametrize(
    "complaint", ["孩子的课上到一半机构关门了。", "订的靠窗房，给了没有窗的。", "预订的房间到店说没有了。"]
)
def test_an_opening_that_tells_of_no_fault_by_name_is_a_complaint_too(complaint, n):
    pleasant = "".join(["大厅很漂亮。", "位置好找。", "前台笑得很甜。", "停车方便。"] * 2)
    text = complaint + "。".join(pleasant.split("。")[:n]) + "。"
    assert ct.Sentiment().transform(corpus_of(text))["is_negative"].tolist() == [True]


def test_a_favourable_verdict_on_the_whole_outweighs_a_mild_opening_unless_it_is_denied():
    pleasant = "孩子的课上到一半机构关门了。大厅很漂亮。位置好找。"
    texts = corpus_of(pleasant, f"{pleasant}总体很满意，推荐。", f"{pleasant}不推荐。")
    assert ct.Sentiment().transform(texts)["is_negative"].tolist() == [True, False, True]


def test_a_letter_that_wishes_something_and_praises_nothing_is_not_positive():
    letter = (
        "关于增设公交站的建议。我们小区入住已满三年，住户有两千多人，出行主要靠公交。"
        "最近的站点在路口以南，走过去大约要二十分钟。希望公交公司考虑在小区东门增设一个站点，"
        "方便老人和学生出行。请问今年有没有这方面的安排？"
    )
    assert ct.Sentiment().transform(corpus_of(letter))["polarity"].tolist() == ["neutral"]


def test_numbers_of_sentences_are_those_of_the_sentences_as_texts():
    texts = [
        ["快递太慢了，盒子也破了。", "颜色很喜欢。"],
        ["客服讲得清楚。", "价格不贵，就是没有发票。", "好"],
    ]
    joined = JoinedTexts(pd.Series(["".join(sentences) for sentences in texts]))
    numbers = segment_numbers(joined, sentence_segments(joined), word_model())
    # A full stop at the end of a text leaves the line end as a segment without words.
    spoken = numbers[[0, 1, 3, 4, 5]]
    alone = text_numbers(pd.Series([sentence for sentences in texts for sentence in sentences]))
    np.testing.assert_allclose(spoken, alone)


def test_an_opening_complaint_that_is_solved_later_is_weighed_as_the_text_is():
    texts = pd.Series(["洗碗机坏了一个月没人修。现在修好了，谢谢。大厅很漂亮。位置好找。"])
    np.testing.assert_array_equal(text_log_odds(texts), polarity_log_odds(text_numbers(texts)))


def test_signs_say_what_is_felt_whatever_the_words_deny():
    result = ct.Sentiment().evidence(corpus_of("没有😡", "不是😍"))
    assert (result["weight"] < 0).tolist() == [True, False]


def test_the_zero_point_of_long_texts_is_not_that_of_short_ones_or_of_another_language():
    texts = pd.Series(["好" * 200, "好" * 50, "thefoodwasservedattheusualtime" * 3])
    adaptation = Adaptation(offset=2.0)
    assert adaptation.log_odds(texts, np.zeros((3, 2)))[:, 0].tolist() == [-2.0, -0.5, 0.0]


@pytest.mark.parametrize(
    "text",
    [
        "玻璃杯寄到新疆，连个裂纹都没有",
        "她的耐心让人没法不感动",
        "多扣的那笔钱，当天就退回来了",
        "网速慢的毛病解决了",
        "没什么可扣分的，挑不出毛病",
        "这家的客服不能更贴心了",
    ],
)
def test_what_is_absent_or_over_is_praise(text):
    assert ct.Sentiment().transform(corpus_of(text))["polarity"].item() == "positive"
