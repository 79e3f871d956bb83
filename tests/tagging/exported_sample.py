"""The sample whose exports by other tools stand in ``exports/``; texts and names are made up."""

from __future__ import annotations

import pandas as pd

import csatext as ct
from csatext.taxonomy.category import Category

TAXONOMY = ct.Taxonomy(
    (
        Category("refund", "退款"),
        Category("refund.slow", "到账慢", "refund", definition='钱 < 7 天 & "没到"'),
        Category("refund.refused", "不肯退", "refund"),
        Category("bill", '费用, 账单 <b>&"$x"</b>'),
        Category("bill.wrong", "多收 | 错收/漏收", "bill"),
        Category("parcel", "物流"),
        Category("parcel.late", "送得慢", "parcel"),
    ),
    name="shop",
    version="3",
)
TEXTS = {
    "c0": "退款一直不到账",
    "c1": "😡😡快递太慢\n三天没动",
    "c2": "多收了我两块钱，<b>退</b>我 & 道歉",
    "c3": "=1+1 是多少",
    "c4": "请打 13812345678 找我，快递丢了",
    "c5": "不想说什么",
}


def sample() -> tuple[pd.DataFrame, ct.Corpus, pd.DataFrame]:
    """Return the sample, its corpus and what the machine suggests."""
    contacts = pd.DataFrame({"doc_id": [*TEXTS], "text": [*TEXTS.values()]})
    drawn = ct.sample_for_tagging(contacts, len(contacts), strategy="random")
    suggestions = pd.DataFrame(
        {
            "doc_id": ["c0", "c1", "c2"],
            "category": ["退款", "物流", TAXONOMY["bill"].label_zh],
            "subcategory": ["到账慢", "送得慢", "多收 | 错收/漏收"],
            "confidence": [0.9, 0.6, 0.7],
            "category_terms": ["不到账", "太慢", "多收"],
        }
    )
    return drawn.assign(inclusion_probability=0.25), ct.Vectorizer().fit_transform(contacts), suggestions
