import gzip
import io
import json

import pandas as pd
import pyarrow.parquet as pq
import pytest

from csatext.batch.preview import file_heads
from csatext.batch.preview.file_heads import file_head
from csatext.errors import InputError
from csatext.ingest.formats.registry import Source
from csatext.ingest.options import ReadOptions


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    monkeypatch.setattr(file_heads, "_BYTES", 2_000)
    monkeypatch.setattr(file_heads, "_WHOLE", 4_000)
    monkeypatch.setattr(file_heads, "_ROWS", 50)


N = 1_000


def table():
    return pd.DataFrame({"编号": [f"T{i}" for i in range(N)], "内容": ['快递,慢\n"真的"'] * N})


def rows_of(path):
    """The rows of the head, as the usual door reads them, and how many the whole is taken to have."""
    source = Source(path.name, path)
    head = file_head(path, source.ending)
    frame = Source(path.name, path, ReadOptions(), content=head.content).raw.frame
    return frame, len(frame) / head.share


def files(folder):
    frame = table()
    frame.to_csv(folder / "a.csv", index=False)
    frame.to_csv(folder / "gbk.csv", index=False, encoding="gb18030")
    frame.to_csv(folder / "wide.csv", index=False, encoding="utf-16", sep="\t", quoting=1)
    (folder / "a.csv.gz").write_bytes(gzip.compress((folder / "a.csv").read_bytes()))
    frame.to_parquet(folder / "a.parquet", index=False)
    frame.to_excel(folder / "a.xlsx", index=False, engine="openpyxl")
    frame.to_json(folder / "a.json", orient="records", force_ascii=False)
    frame.to_json(folder / "a.jsonl", orient="records", lines=True, force_ascii=False)
    return sorted(folder.iterdir())


def test_the_head_of_every_format_is_a_file_whose_rows_are_the_first(tmp_path):
    wanted = table()
    for path in files(tmp_path):
        frame, total = rows_of(path)
        assert 5 <= len(frame) < N / 2, path.name
        first = frame.iloc[:, :2].astype("str").reset_index(drop=True)
        assert first.iloc[:, 0].tolist() == wanted["编号"].head(len(frame)).tolist(), path.name
        assert set(first.iloc[:, 1]) == {'快递,慢\n"真的"'}, path.name
        # Packed bytes and shared strings are spread less evenly than rows.
        assert total == pytest.approx(N, rel=0.5), path.name
    assert rows_of(tmp_path / "a.parquet")[1] == N


def test_no_more_than_the_head_is_read(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    table().to_csv(path, index=False)
    taken = []

    class Counted(io.FileIO):
        def read(self, n=-1):
            taken.append(n)
            return super().read(n)

    monkeypatch.setattr(type(path), "open", lambda self, mode: Counted(str(self), "r"))
    file_head(path)
    assert taken == [2_000]


def test_a_line_break_within_quotes_ends_no_record():
    cut = file_heads._first_records
    assert cut(b'a,b\n1,"x\ny"\n2,"z\n') == (12, b'a,b\n1,"x\ny"\n')
    # Without a partner a quotation mark is a letter.
    assert cut(b'a\n5" pipe\nnext') == (10, b'a\n5" pipe\n')


def test_a_list_of_json_is_cut_behind_an_object():
    kept, content = file_heads._first_objects('[{"a": "好"}, {"a": [1, {"b": 2}]}, {"a": "th'.encode())
    assert json.loads(content) == [{"a": "好"}, {"a": [1, {"b": 2}]}]
    assert kept == pytest.approx(38, abs=4)


def test_what_cannot_be_cut_is_read_whole_or_refused(tmp_path):
    nested = tmp_path / "a.json"
    nested.write_text(json.dumps({"data": [{"内容": "慢"}] * 200}, indent=1), "utf-8")
    assert nested.stat().st_size > 2_000
    with pytest.raises(InputError, match="不能只读开头"):
        file_head(nested, ".json")
    nested.write_text(json.dumps({"data": [{"内容": "慢"}] * 80}, indent=1), "utf-8")
    assert 2_000 < nested.stat().st_size < 4_000
    head = file_head(nested, ".json")
    assert (head.share, head.content) == (1.0, nested.read_bytes())


def test_small_files_are_their_own_head(tmp_path):
    pq.write_table(pq.read_table(_one(tmp_path)), tmp_path / "b.parquet")
    head = file_head(tmp_path / "b.parquet")
    assert (head.share, head.content) == (1.0, (tmp_path / "b.parquet").read_bytes())


def _one(folder):
    table().head(1).to_parquet(folder / "one.parquet")
    return folder / "one.parquet"
