"""What programs send in a customer's name."""

import pandas as pd

import csatext as ct
from csatext.ingest.dialogues.templates import find_templates


def test_automatic_replies_in_a_customers_name_are_templates_when_they_repeat():
    away = "【自动回复】您好，我现在有事不在，稍后回复您。"
    rows = [(str(n), turn, text) for n in range(4) for turn, text in enumerate(["退款没到账", away, "快点"])]
    rows += [
        ("x", 0, "自动回复太多，找不到人"),
        ("x", 1, "【自动回复】明天到家"),
        ("y", 0, "您好，我现在有事不在"),
    ]
    turns = pd.DataFrame(rows, columns=["doc_id", "turn_id", "text"]).assign(role="customer")
    found = find_templates(turns)
    assert found[["kind", "n_dialogues"]].values.tolist() == [["auto_reply", 4]]
    texts = ct.contacts_from_turns(turns).set_index("doc_id")["text"]
    assert texts["0"] == "退款没到账\n快点"
    # Sent once, or said without the mark: a person's words.
    assert texts["x"] == "自动回复太多，找不到人\n【自动回复】明天到家"
    assert texts["y"] == "您好，我现在有事不在"
