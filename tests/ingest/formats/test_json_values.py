"""JSON in the shapes that systems write: by key, by column, as rows, in parts, cut short."""

import json
from pathlib import Path

import pytest

import csatext as ct
from csatext.ingest.contacts import read_input

ROWS = [{"工单编号": f"T{i}", "投诉内容": f"第{i}次反映", "渠道": "电话"} for i in range(5)]
NAMES = list(ROWS[0])


def line(row: object) -> str:
    return json.dumps(row, ensure_ascii=False)


@pytest.mark.parametrize(
    "text",
    [
        line({row["工单编号"]: {k: v for k, v in row.items() if k != "工单编号"} for row in ROWS}),
        line({name: {str(i): row[name] for i, row in enumerate(ROWS)} for name in NAMES}),
        line({"columns": NAMES, "index": [0, 1, 2, 3, 4], "data": [list(row.values()) for row in ROWS]}),
        line([NAMES, *(list(row.values()) for row in ROWS)]),
        line({"took": 3, "hits": {"total": 5, "hits": [{"_index": "x", "_source": row} for row in ROWS]}}),
        line({"page": {"no": 1}, "data": {"list": ROWS}}),
        "".join(map(line, ROWS)),
        "\n".join(json.dumps(row, ensure_ascii=False, indent=2) for row in ROWS),
        line(ROWS[:2]) + "\n" + line(ROWS[2:]),
        ",\n".join(map(line, ROWS)),
        "\ufeff" + "\r\n".join(map(line, ROWS)),
    ],
)
def test_shapes(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(text.encode())
    contacts = ct.read_contacts(path)
    assert contacts["doc_id"].tolist() == ["T0", "T1", "T2", "T3", "T4"]
    assert contacts["text"].tolist() == [row["投诉内容"] for row in ROWS]
    assert contacts["channel"].tolist() == ["电话"] * 5


def test_a_list_cut_short_keeps_what_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(line(ROWS)[:-20], "utf-8")
    result = read_input(path)
    assert result.contacts["doc_id"].tolist() == ["T0", "T1", "T2", "T3"]
    assert result.rejects["reason"].tolist() == ["不是合法的 JSON"]
    assert "T4" in result.rejects["raw"].iloc[0]


def test_a_broken_record_among_whole_ones(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    pretty = [json.dumps(row, ensure_ascii=False, indent=1) for row in ROWS]
    path.write_text("\n".join([*pretty[:2], '{"工单编号": 慢', *pretty[2:]]), "utf-8")
    result = read_input(path)
    assert len(result.contacts) == 5
    assert result.rejects["line"].tolist() == [11]
