"""Which opinion is about what: one sentence a rule of the grammar."""

from __future__ import annotations

import pytest

import csatext as ct

CATERING = ct.AspectSentiment(ct.Taxonomy.load("catering"), level=2)
RULES = [
    # the nearest name before the opinion
    ("老板推荐的烤鱼不错", {"口味": "positive"}),
    ("味道好服务差", {"口味": "positive", "服务态度": "negative"}),
    # names joined by a conjunction, standing side by side, or over commas
    ("味道和服务都很好", {"口味": "positive", "服务态度": "positive"}),
    ("环境服务都不错", {"环境装修": "positive", "服务态度": "positive"}),
    ("环境，服务，味道都不错", {"环境装修": "positive", "服务态度": "positive", "口味": "positive"}),
    # a bare topic, and a name after 的
    ("味道嘛，马马虎虎", {"口味": "neutral"}),
    ("喜欢这里的环境", {"环境装修": "positive"}),
    # words that have their polarity beside certain names only
    ("分量大", {"分量": "positive"}),
    ("噪音大", {"噪音": "negative"}),
    ("价格高", {"价格": "negative"}),
    ("性价比高", {"性价比": "positive"}),
    # words of one character within others
    ("快递柜在楼下", {}),
    ("慢慢走", {}),
    # denied words turn, also before a word of degree
    ("没有异味", {"卫生": "positive"}),
    ("一点异味都没有", {"卫生": "positive"}),
    ("味道不太辣", {"口味": "positive"}),
    ("不是很好吃", {"口味": "negative"}),
    ("不是难吃就是太咸", {"口味": "negative"}),
    # what is asked, wished or supposed says nothing
    ("请问味道好吃吗", {}),
    ("希望上菜快一点", {}),
    ("如果便宜点就好了", {}),
    # but what one will do again does
    ("下次还会再来", {"再来意愿": "positive"}),
    # weak words are adverbs or auxiliaries elsewhere
    ("味道可以", {"口味": "positive"}),
    ("桌子可以加长", {}),
    # a fact is neutral
    ("人均80", {"价格": "neutral"}),
    ("人均80有点贵", {"价格": "negative"}),
    # Latin letters around a word
    ("the food is niceness", {}),
]


@pytest.mark.parametrize(("text", "wanted"), RULES)
def test_what_an_opinion_is_about(text, wanted):
    found = CATERING.transform(ct.Vectorizer().fit_transform([text]))
    assert dict(zip(found["aspect"], found["polarity"], strict=True)) == wanted
