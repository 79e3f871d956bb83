import pandas as pd

import csatext as ct
from csatext.reporting.chapters.cases import case_chapter
from csatext.reporting.examples import cases


def test_cases_are_the_worst_and_others_with_their_evidence():
    texts = ["快递太慢了，气死我了"] * 20 + ["快递还行，谢谢"] * 40 + ["退款没到账，失望"] * 5
    corpus = ct.Vectorizer().fit_transform(texts)
    sentiment = ct.Sentiment().transform(corpus)
    facts = pd.DataFrame(index=sentiment.index)
    facts["category"] = ["物流"] * 60 + ["退款"] * 5
    facts["category_terms"] = ["快递"] * 60 + ["退款"] * 5
    facts = facts.join(sentiment[["sentiment", "polarity"]])
    facts["created_at"] = pd.Timestamp("2026-05-20")
    facts["channel"] = ["电话", "在线", "邮件", "电话", "电话"] * 13
    found = cases(corpus, facts, ["channel"])
    # 15 of the worst and 15 others of 物流; all 5 of 退款.
    assert found["category"].value_counts().to_dict() == {"物流": 30, "退款": 5}
    first = found[found["category"] == "物流"].head(15)
    assert first["text"].str.startswith("快递太慢").all()
    assert first["evidence"].str.startswith("快递").all()
    assert set(found["period"]) == {"2026-05"}
    assert found.equals(cases(corpus, facts, ["channel"]))  # the same every time
    chapter = case_chapter({"cases": found})
    shown = chapter.blocks[0].cases
    assert [one["name"] for one in shown.filters] == ["category", "channel", "polarity"]
    parts = shown.rows[0]["parts"]
    assert "快递" in "".join(parts[1::2]) and "".join(parts).startswith("快递太慢")
    assert "15" in str(chapter.note)


def test_examples_of_a_caller_are_cut_and_may_be_anything():
    long = pd.DataFrame(
        {
            "doc_id": ["a", "b"],
            "category": ["物流", None],
            "sentiment": [-0.5, None],
            "polarity": ["negative", None],
            "text": pd.Series(["慢" * 1_000_000, "\ud800 <script>"], dtype=object),
        }
    )
    shown = case_chapter({"examples": long}).blocks[0].cases
    assert [len("".join(row["parts"])) for row in shown.rows] == [601, 10]
    assert case_chapter({}) is None
