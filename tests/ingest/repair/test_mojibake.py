"""A wrong decoding is undone once a value, in whatever file its column comes from."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from csatext.ingest.contacts import read_contacts
from csatext.ingest.repair import mojibake
from csatext.ingest.repair.mojibake import mend_columns

GARBLED = "在线客服".encode().decode("gb18030")


def test_a_value_is_judged_once(monkeypatch):
    judged: list[str] = []
    mend = mojibake.mend_text

    def counted(text: str) -> str | None:
        judged.append(text)
        return mend(text)

    monkeypatch.setattr(mojibake, "mend_text", counted)
    column = pd.Series([GARBLED, "鱻鱻龘", "电话", None] * 500, dtype="str")
    frame, notes = mend_columns(pd.DataFrame({"channel": column}))
    assert sorted(judged) == sorted([GARBLED, "鱻鱻龘"])
    assert frame["channel"].value_counts().to_dict() == {"在线客服": 500, "鱻鱻龘": 500, "电话": 500}
    assert frame["channel"].isna().sum() == 500
    assert notes[0].n == 500


@pytest.mark.parametrize("ending", ["csv", "jsonl", "json", "xlsx"])
def test_every_format_is_mended_alike(tmp_path, ending):
    rows = [
        {"工单编号": f"T{i}", "投诉内容": f"退款太慢了{i}", "渠道": GARBLED if i % 2 else "电话"}
        for i in range(12)
    ]
    path = tmp_path / f"a.{ending}"
    if ending == "csv":
        pd.DataFrame(rows).to_csv(path, index=False)
    elif ending == "xlsx":
        pd.DataFrame(rows).to_excel(path, index=False)
    elif ending == "json":
        path.write_text(json.dumps(rows), encoding="utf-8")
    else:
        path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    contacts = read_contacts(path)
    assert contacts["channel"].tolist() == ["电话", "在线客服"] * 6
