"""A file that is read in sections gives what it gives when it is read whole."""

import csv
import gzip
import io
import json
import sqlite3
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from csatext.errors import InputError
from csatext.ingest.any_input import read_any
from csatext.ingest.formats import files
from csatext.ingest.options import ReadOptions
from csatext.ingest.sections import dialogue_sections, file_sections, record_cuts
from csatext.ingest.sections.file_sections import is_large, query_sections, reading_plan, sections_of
from csatext.ingest.sections.read_section import read_section
from csatext.ingest.sections.record_cuts import cut_records

FIRST = ReadOptions(duplicates="first")


def silent(_):
    """Say nothing."""


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    monkeypatch.setattr(record_cuts, "_BYTES", 600)
    monkeypatch.setattr(record_cuts, "_DOUBTFUL", 2400)
    monkeypatch.setattr(file_sections, "_HEAD", 1500)
    monkeypatch.setattr(file_sections, "MOST_ROWS", 7)
    monkeypatch.setattr(dialogue_sections, "MOST_ROWS", 7)


def in_sections(path, options=FIRST):
    plan = reading_plan(path, path.name, options)
    sections = list(sections_of(path, plan, options))
    read = [read_section(section, plan, options, silent) for section in sections]
    contacts = pd.concat([one.contacts for one, _ in read], ignore_index=True)
    rejects = pd.concat([one.rejects for one, _ in read], ignore_index=True)
    return contacts, rejects, sum(one.rows for one, _ in read), len(sections)


def alike(path, options=FIRST):
    """Compare a file in sections with the whole of it, and return how many sections there were."""
    contacts, rejects, rows, n = in_sections(path, options)
    whole, _ = read_any(path, options, silent)
    pd.testing.assert_frame_equal(contacts, whole.contacts)
    pd.testing.assert_frame_equal(rejects, whole.rejects)
    assert rows == whole.rows
    return n


def rows_of(n):
    return [
        (f"T{at:04d}", f"第{at}件，退款一直没到账", ("电话", "微信")[at % 2], f"2026-03-{1 + at % 28:02d}")
        for at in range(n)
    ]


HEADER = ["工单编号", "投诉内容", "渠道", "创建时间"]


def csv_text(rows, header=HEADER, delimiter=","):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows([header, *rows])
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", "||"])
def test_a_delimited_file_in_any_encoding_of_single_line_ends(tmp_path, encoding, delimiter):
    path = tmp_path / "五月.csv"
    rows = rows_of(60)
    if delimiter == "||":
        text = "\n".join("||".join(row) for row in [HEADER, *rows])
    else:
        text = csv_text(rows, delimiter=delimiter)
    path.write_bytes(text.encode(encoding))
    assert alike(path) > 3


def test_line_ends_inside_quotes_belong_to_a_record(tmp_path):
    rows = [
        (i, f'{text}\n他说"等着"，\r\n\n再没有人来', channel, day) for i, text, channel, day in rows_of(60)
    ]
    path = tmp_path / "a.csv"
    path.write_text(csv_text(rows), "utf-8")
    assert alike(path) > 5


def test_titles_above_the_header_blank_lines_and_windows_line_ends(tmp_path):
    lines = ["五月投诉明细,,,", ",".join(HEADER), *[",".join(row) for row in rows_of(50)]]
    lines.insert(20, "")
    path = tmp_path / "a.csv"
    path.write_bytes("\r\n".join(lines).encode("gb18030"))
    assert alike(path) > 2


def test_rows_without_text_go_to_the_rejects_with_their_lines(tmp_path):
    rows = rows_of(50)
    rows[3] = (rows[3][0], "", *rows[3][2:])
    rows[44] = (rows[44][0], " ", *rows[44][2:])
    path = tmp_path / "a.csv"
    path.write_text(csv_text(rows), "utf-8")
    assert alike(path) > 2
    assert in_sections(path)[1]["line"].tolist() == [5, 46]


def test_row_numbers_that_serve_as_identifiers_count_through_the_file(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(csv_text([row[1:] for row in rows_of(50)], HEADER[1:]), "utf-8")
    assert alike(path) > 2
    assert in_sections(path)[0]["doc_id"].tolist() == [str(at) for at in range(1, 51)]


def test_a_column_that_is_empty_in_a_section_bears_its_name(tmp_path):
    rows = [(*row, "" if at < 30 else "手机") for at, row in enumerate(rows_of(50))]
    path = tmp_path / "a.csv"
    path.write_text(csv_text(rows, [*HEADER, "产品"]), "utf-8")
    assert alike(path) > 2


def test_day_and_month_are_told_apart_by_the_whole_file(tmp_path):
    # Only the last row proves that the day comes first.
    rows = [(f"T{at}", f"第{at}件退款", f"{1 + at % 12}/3/2026") for at in range(60)]
    rows.append(("T99", "最后一件退款", "25/3/2026"))
    path = tmp_path / "a.csv"
    path.write_text(csv_text(rows, ["工单编号", "投诉内容", "创建时间"]), "utf-8")
    contacts = in_sections(path)[0]
    assert set(contacts["created_at"].dt.month) == {3}
    assert contacts["created_at"].iloc[1] == pd.Timestamp(2026, 3, 2)
    alike(path)


def test_json_lines_with_records_that_are_broken(tmp_path):
    lines = [
        json.dumps({"id": i, "内容": text, "渠道": c}, ensure_ascii=False) for i, text, c, _ in rows_of(50)
    ]
    lines[21] = '{"id": "T0021", "内容": '
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    contacts, rejects, rows, n = in_sections(path)
    assert (len(contacts), rejects["line"].tolist(), rows, n > 2) == (49, [22], 50, True)
    assert contacts.columns.tolist() == ["doc_id", "text", "channel"]
    assert contacts["doc_id"].iloc[[0, 21, -1]].tolist() == ["T0000", "T0022", "T0049"]


def test_a_packed_file_is_unpacked_piece_by_piece(tmp_path):
    path = tmp_path / "a.csv.gz"
    text = csv_text(rows_of(60))
    # Two members, as programs that append to a packed file leave them.
    path.write_bytes(gzip.compress(text[:900].encode()) + gzip.compress(text[900:].encode()))
    assert alike(path) > 3


def test_a_packed_file_that_ends_too_early_is_an_error(tmp_path):
    path = tmp_path / "a.csv.gz"
    random = np.random.default_rng(0)
    rows = [
        (i, text + "".join(random.choice([*"天地玄黄宇宙洪荒"], 30)), c, d) for i, text, c, d in rows_of(99)
    ]
    path.write_bytes(gzip.compress(csv_text(rows).encode())[:-40])
    with pytest.raises(InputError, match="压缩文件不完整"):
        in_sections(path)


def test_parquet_by_batches(tmp_path):
    frame = pd.DataFrame(rows_of(40), columns=HEADER)
    frame["满意度"] = pd.array([None if at % 9 == 0 else at % 5 + 1 for at in range(40)], "Int64")
    path = tmp_path / "a.parquet"
    pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), path, row_group_size=11)
    contacts, _, rows, n = in_sections(path)
    assert (rows, n) == (40, 6)
    whole, _ = read_any(path, FIRST, silent)
    pd.testing.assert_frame_equal(contacts, whole.contacts, check_dtype=False)


def test_rows_of_a_query(tmp_path):
    path = tmp_path / "a.db"
    with sqlite3.connect(path) as connection:
        connection.execute("create table t (工单编号, 投诉内容, 渠道)")
        connection.executemany("insert into t values (?, ?, ?)", [row[:3] for row in rows_of(20)])
    url = f"sqlite:///{path}"
    found = list(query_sections(url, "select * from t order by 1"))
    assert [(section.first_row, section.content.num_rows) for section in found] == [(0, 7), (7, 7), (14, 6)]
    plan = file_sections.plan_of_cells(lambda: query_sections(url, "select * from t"), "sqlite", FIRST)
    assert plan.names == {"工单编号": "doc_id", "投诉内容": "text", "渠道": "channel"}


TURNS = ["会话ID", "发送方", "消息内容"]


def turns_of(n):
    return [
        (f"S{at:03d}", who, said)
        for at in range(n)
        for who, said in (
            ("客服", "您好，请讲"),
            ("客户", f"第{at}件没到账"),
            ("客服", "我来查"),
            ("客户", "快一点"),
        )
    ]


def test_a_dialogue_is_never_cut(tmp_path):
    path = tmp_path / "turns.csv"
    path.write_text(csv_text(turns_of(40), TURNS), "utf-8")
    plan = reading_plan(path, path.name, FIRST)
    assert (plan.dialogues, plan.conversation) == (True, "会话ID")
    read = [read_section(section, plan, FIRST, silent) for section in sections_of(path, plan, FIRST)]
    assert len(read) > 3
    turns = pd.concat([one for _, one in read], ignore_index=True)
    whole, every = read_any(path, FIRST, silent)
    assert turns["text"].tolist() == every["text"].tolist()
    assert turns.groupby("doc_id")["turn_id"].agg(list).map(tuple).unique().tolist() == [(0, 1, 2, 3)]
    contacts = pd.concat([one.contacts for one, _ in read], ignore_index=True)
    pd.testing.assert_frame_equal(contacts, whole.contacts)


@pytest.mark.parametrize(("encoding", "mark"), [("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")])
def test_utf_16_has_sections(tmp_path, encoding, mark):
    path = tmp_path / "a.csv"
    path.write_bytes(mark + csv_text(rows_of(60)).encode(encoding))
    for given_encoding in ("", "utf-16"):
        assert alike(path, replace(FIRST, encoding=given_encoding)) > 3
    packed = tmp_path / "b.csv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert alike(packed) > 3


@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(order=st.permutations(range(24)), unnamed=st.sets(st.integers(1, 23), max_size=3))
def test_dialogues_that_interrupt_each_other_are_whole(tmp_path, order, unnamed):
    rows = turns_of(6)
    mixed = [rows[at] for at in order]
    # A row that names no dialogue belongs to the one above it.
    mixed = [("" if at in unnamed and at else name, who, said) for at, (name, who, said) in enumerate(mixed)]
    path = tmp_path / "turns.csv"
    path.write_text(csv_text(mixed, TURNS), "utf-8")
    contacts, rejects, n_rows, _ = in_sections(path, replace(FIRST, kind="turns"))
    whole, _ = read_any(path, replace(FIRST, kind="turns"), silent)
    pd.testing.assert_frame_equal(contacts, whole.contacts)
    assert (n_rows, len(rejects)) == (whole.rows, len(whole.rejects))


def test_only_dialogues_that_overlap_wait_for_each_other(tmp_path, monkeypatch):
    rows = turns_of(48)
    pairs = [rows[start : start + 8] for start in range(0, len(rows), 8)]
    mixed = [row for pair in pairs for one in zip(pair[:4], pair[4:], strict=True) for row in one]
    path = tmp_path / "turns.csv"
    path.write_text(csv_text(mixed, TURNS), "utf-8")
    held = []
    whole = dialogue_sections._whole
    monkeypatch.setattr(
        dialogue_sections,
        "_whole",
        lambda *given: held.append(sum(len(one.frame) for one in given[0])) or whole(*given),
    )
    contacts, _, _, n = in_sections(path)
    assert contacts["doc_id"].tolist() == [f"S{at:03d}" for at in range(48)]
    assert (max(held) < 40, n > 20) == (True, True)


@pytest.mark.parametrize("content", [b"[{}]", "投诉内容\n太慢".encode("utf-32"), b"PK\x03\x04", b""])
def test_what_has_no_sections_is_read_whole(tmp_path, content):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    assert reading_plan(path, path.name, FIRST) is None


def test_a_large_file_is_known_by_bytes_and_parquet_by_rows(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_bytes(b"a" * 100)
    assert not is_large(path)
    monkeypatch.setattr(file_sections, "_LARGE", 99)
    assert is_large(path)
    table = tmp_path / "a.parquet"
    pq.write_table(pa.table({"a": range(5)}), table)
    monkeypatch.setattr(file_sections, "_LARGE", 1 << 30)
    assert not is_large(table)
    monkeypatch.setattr(file_sections, "_LARGE_ROWS", 4)
    assert is_large(table)


# Cutting alone


CELLS = st.text(alphabet='退款,"\n 1', max_size=12)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=40),
    most=st.integers(1, 9),
    sizes=st.lists(st.integers(1, 80), min_size=1),
)
def test_sections_joined_are_the_file_and_none_begins_inside_a_record(rows, most, sizes):
    data = csv_text([("x", a, b) for a, b in rows], ["h", "a", "b"]).encode()
    pieces, at = [], 0
    while at < len(data):
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(data[at : at + size])
        at += size
    sections = list(cut_records(pieces, "a.csv", skip=1, delimiter=",", rows=most))
    assert b"".join(section.content for section in sections) == data.partition(b"\n")[2]
    read = [list(csv.reader(io.StringIO(one.content.decode(), newline=""))) for one in sections]
    assert [tuple(row) for part in read for row in part] == [("x", a, b) for a, b in rows]
    assert all(len(part) <= most for part in read)
    starts = np.cumsum([0, *map(len, read)])[:-1]
    assert [section.first_row for section in sections] == starts.tolist()


def test_a_stray_quote_costs_no_more_than_its_neighbourhood():
    lines = [f'T{at},"退款{at}\n没到",电话'.encode() for at in range(200)]
    lines[50] = 'T50,"退款50没到,电话'.encode()
    data = b"\n".join(lines) + b"\n"
    sections = list(cut_records([data], "a.csv", delimiter=",", rows=20))
    assert b"".join(section.content for section in sections) == data
    # Behind the fault every section begins with a record again.
    assert sum(section.content.startswith(b"T") for section in sections) >= len(sections) - 1
    assert [section.first_line for section in sections] == [
        1 + data[: data.index(section.content)].count(b"\n") for section in sections
    ]


def test_a_line_without_end_is_refused(monkeypatch):
    monkeypatch.setattr(record_cuts, "_ENDLESS", 5000)
    with pytest.raises(InputError, match="有一行超过"):
        list(cut_records((b"a" * 1000 for _ in range(20)), "a.csv", delimiter=","))


def test_a_section_is_cut_without_looking_at_all_that_is_held(monkeypatch):
    monkeypatch.setattr(record_cuts, "_BYTES", 1 << 16)
    looked_at = []
    find = record_cuts.places
    monkeypatch.setattr(
        record_cuts, "places", lambda data, sign: (looked_at.append(data.size), find(data, sign))[1]
    )
    held = b"a,1\n" * (1 << 20)
    sections = cut_records([held], "a.csv", delimiter=",", rows=1 << 20)
    assert b"".join(section.content for section in sections) == held
    # Line ends and quotes of each byte twice at most, not once for each of the 64 sections.
    assert sum(looked_at) <= 4.1 * len(held)


def test_line_ends_without_records_are_passed_over_and_counted():
    held = b"a,1\n" + b"\r\n" * 5_000 + b"b,2\n"
    sections = list(cut_records([held], "a.csv", delimiter=","))
    assert [(one.content.strip(), one.first_row) for one in sections] == [(b"a,1", 0), (b"b,2", 1)]
    assert sections[-1].content.count(b"\n") + sections[-1].first_line == 5_003


def test_a_packed_file_that_swells_is_refused_in_sections(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "LARGEST_FILE", 50_000)
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress("编号,内容\n".encode() + b"1,a\n" * 30_000))
    with pytest.raises(InputError, match="是文件的 100 倍以上"):
        list(files.stream_bytes(path))
    table = pa.table({"编号": ["1"] * 3_000, "内容": ["太慢了" * 100] * 3_000})
    pq.write_table(table, tmp_path / "a.parquet")
    with pytest.raises(InputError, match="是文件的 100 倍以上"):
        in_sections(tmp_path / "a.parquet")


def test_a_section_of_a_query_has_no_more_bytes_than_it_may(tmp_path, monkeypatch):
    monkeypatch.setattr(file_sections, "MOST_ROWS", 1_000)
    monkeypatch.setattr(file_sections, "_ROWS_AT_ONCE", 10)
    monkeypatch.setattr(file_sections, "_CELLS", 20_000)
    texts = ["太慢了" * (i % 100) for i in range(300)]
    with sqlite3.connect(tmp_path / "a.db") as connection:
        pd.DataFrame({"内容": texts}).to_sql("t", connection, index=False)
    connection.close()
    sections = list(query_sections(f"sqlite:///{tmp_path / 'a.db'}", "select * from t"))
    assert [text for one in sections for text in one.content["内容"].to_pylist()] == texts
    assert max(one.content.nbytes for one in sections) <= 20_000
    rows = [one.content.num_rows for one in sections]
    assert [one.first_row for one in sections] == [sum(rows[:at]) for at in range(len(rows))]


def test_a_section_of_parquet_has_no_more_bytes_than_it_may(tmp_path, monkeypatch):
    monkeypatch.setattr(file_sections, "MOST_ROWS", 1_000)
    monkeypatch.setattr(file_sections, "_ROWS_AT_ONCE", 10)
    monkeypatch.setattr(file_sections, "_CELLS", 20_000)
    texts = ["太慢了" * (i % 100) for i in range(300)]
    pq.write_table(pa.table({"内容": texts}), tmp_path / "a.parquet")
    plan = reading_plan(tmp_path / "a.parquet", "a.parquet", FIRST)
    sections = list(sections_of(tmp_path / "a.parquet", plan, FIRST))
    assert [text for one in sections for text in one.content["内容"].to_pylist()] == texts
    assert max(one.content.nbytes for one in sections) <= 20_000
    rows = [one.content.num_rows for one in sections]
    assert [one.first_row for one in sections] == [sum(rows[:at]) for at in range(len(rows))]
