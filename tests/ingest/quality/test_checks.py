"""check: every count worked out by hand on small tables; near duplicates against brute force."""

import numpy as np
import pandas as pd
import pytest

import csatext as ct
from csatext.ingest.quality.near_duplicates import near_duplicates
from csatext.ingest.quality.scripts import scripts

CONTACTS = pd.DataFrame(
    {
        "doc_id": ["1", "2", "3", "3", "5", "6"],
        "text": ["退款太慢", "退款太慢", "客服態度很差", "bad service", "退款太慢！！", "坏\ufffd了\ue123"],
        "created_at": pd.to_datetime(
            ["2024-01-01", "2030-01-01", None, "1980-01-01", "2024-02-01", "2024-03-01"]
        ),
        "csat": [5.0, 4.0, None, 9.0, 1.0, 2.0],
        "channel": ["电话", "", "N/A", None, "在线", "在线"],
    }
)


def counts(frame: pd.DataFrame) -> dict[tuple[str, str], int]:
    return {(row.check, row.column): int(row.n) for row in frame.itertuples()}


def test_counts_by_hand() -> None:
    found = counts(ct.check(CONTACTS, now="2026-01-01"))
    assert found["missing", "text"] == 0
    assert found["missing", "channel"] == 3
    assert found["missing", "created_at"] == 1
    assert found["date_future", "created_at"] == 1
    assert found["date_ancient", "created_at"] == 1
    assert found["duplicate_id", "doc_id"] == 1
    assert found["duplicate_text", "text"] == 1
    assert found["near_duplicate_text", "text"] == 1
    assert found["bad_characters", "text"] == 1
    assert found["private_characters", "text"] == 1
    assert found["script_traditional", "text"] == 1
    assert found["script_latin", "text"] == 1
    assert found["script_none", "text"] == 0


def test_score_outside_the_scale_of_nearly_all() -> None:
    csat = pd.Series([1, 2, 3, 4, 5] * 40 + [9])
    frame = pd.DataFrame({"doc_id": csat.index.astype(str), "text": "好", "csat": csat, "nps": csat})
    found = counts(ct.check(frame))
    assert found["score_range", "csat"] == 1
    assert found["score_range", "nps"] == 0


def test_rates_and_key() -> None:
    table = ct.check(CONTACTS)
    assert not table.duplicated(["check", "column"]).any()
    row = table[table["check"].eq("duplicate_id")].iloc[0]
    assert row["rate"] == pytest.approx(1 / 6)


def test_turns() -> None:
    turns = pd.DataFrame(
        {
            "doc_id": ["1", "1", "1", "2", "9"],
            "turn_id": [0, 1, 2, 0, 0],
            "role": ["customer", "agent", "customer", "agent", "谁"],
            "text": ["在吗", "您好", "", "您好", "喂"],
            "started_at": pd.to_datetime(
                ["2024-01-01 10:00", "2024-01-01 09:59", "2024-01-01 10:02", None, None]
            ),
            "ended_at": pd.to_datetime(["2024-01-01 10:01", "2024-01-01 09:58", None, None, None]),
            "role_inferred": [False, True, False, False, False],
        }
    )
    found = counts(ct.check(CONTACTS, turns))
    assert found["turn_clock_backwards", "started_at"] == 1
    assert found["turn_ends_before_start", "ended_at"] == 1
    assert found["role_missing", "role"] == 1
    assert found["role_inferred", "role"] == 1
    assert found["dialogue_one_sided", "role"] == 2
    assert found["turn_empty", "text"] == 1
    assert found["turn_without_contact", "doc_id"] == 1


def test_what_the_reader_mended_is_noted(tmp_path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("编号,内容\n1,慢\n2,\n".encode("gb18030"))
    table = ct.check(ct.read_contacts(path)).set_index("check")
    assert "gb18030" in table.loc["encoding", "detail"]
    assert table.loc["rejected", "n"] == 1


def test_errors_and_input_left_alone() -> None:
    before = CONTACTS.copy()
    ct.check(CONTACTS)
    pd.testing.assert_frame_equal(CONTACTS, before)
    with pytest.raises(ct.SchemaError, match="text"):
        ct.check(CONTACTS[["doc_id"]])
    with pytest.raises(ct.ParameterError, match="now"):
        ct.check(CONTACTS, now="某天")


def test_empty_contacts() -> None:
    assert (ct.check(CONTACTS.iloc[:0])["n"] == 0).all()


def shingles(text: str) -> set[str]:
    return {text[i : i + 3] for i in range(max(1, len(text) - 2))}


def test_near_duplicates_against_jaccard_by_brute_force() -> None:
    rng = np.random.default_rng(3)
    letters = np.array(list("的一是不了人我在有他这中大来上个国到说们为子和你地出道也时年"))
    texts: list[str] = []
    for _ in range(60):
        base = "".join(rng.choice(letters, 60))
        texts += [base, base[:30] + "甲" + base[31:], "".join(rng.choice(letters, 60))]
    found = near_duplicates(pd.Series(texts))
    assert (found < np.arange(len(texts))).all()
    for i, j in enumerate(found):
        best = max(
            (
                len(shingles(texts[i]) & shingles(t)) / len(shingles(texts[i]) | shingles(t))
                for t in texts[:i]
            ),
            default=0,
        )
        if best > 0.85:
            assert j >= 0
        if best < 0.5:
            assert j < 0


def test_near_duplicates_of_short_and_empty_texts() -> None:
    assert near_duplicates(pd.Series(["好", "好！", "好的", "", "", "……"])).tolist() == [
        -1,
        0,
        -1,
        -1,
        -1,
        -1,
    ]
    assert near_duplicates(pd.Series([], dtype="str")).tolist() == []


def test_scripts() -> None:
    texts = ["客服态度", "客服態度", "你好", "OK", "", "１２３", "ok 好", None]
    wanted = ["simplified", "traditional", "simplified", "latin", "none", "none", "simplified", "none"]
    assert scripts(pd.Series(texts)).tolist() == wanted
