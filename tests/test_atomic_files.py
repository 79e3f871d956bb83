import csv
import os
import platform
import subprocess
import sys

import pandas as pd
import pytest

from csatext.atomic_files import (
    check_folder,
    claimed_folder,
    file_hash,
    prepare_folder,
    whole_workbook,
    write_csv,
    write_json,
    write_parquet,
    write_text,
    write_whole,
)
from csatext.errors import InputError, OutputError


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    write_text("旧", path)

    def break_off(target):
        target.write_text("半")
        raise OSError("full")

    with pytest.raises(OSError, match="full"):
        write_whole(path, break_off)
    assert path.read_text("utf-8") == "旧"
    assert [item.name for item in tmp_path.iterdir()] == ["a.txt"]


def test_csv_cells_are_no_formulas_and_keep_their_line_breaks(tmp_path):
    texts = ["=1+1", "+86", "-5 分", "@a", "\t=x", "＝1+1", "＠a", "\n=x", "一\r二\n三", '说"好"', None]
    frame = pd.DataFrame({"text": texts, "=HYPERLINK(1)": range(len(texts))})
    write_csv(frame, tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with (tmp_path / "t.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["text", "'=HYPERLINK(1)"]
    shown = ["'=1+1", "'+86", "'-5 分", "'@a", "'\t=x", "'＝1+1", "'＠a", "'\n=x", "一\r二\n三", '说"好"', ""]
    assert [row[0] for row in rows[1:]] == shown
    assert frame["text"].tolist()[0] == "=1+1"


def test_parquet_keeps_types_and_takes_mixed_columns(tmp_path):
    index = pd.Index(["a", "b"], name="doc_id")
    frame = pd.DataFrame({"mixed": pd.Series([1, "x"], dtype=object), "flag": [True, False]})
    frame = frame.set_index(index)
    frame.attrs = {"reason": {1, 2}}
    write_parquet(frame, tmp_path / "t.parquet")
    back = pd.read_parquet(tmp_path / "t.parquet")
    assert back["mixed"].tolist() == ["1", "x"]
    assert back["flag"].dtype == bool
    assert back.index.name == "doc_id"
    assert frame["mixed"].tolist() == [1, "x"]


def test_json_is_readable_chinese(tmp_path):
    write_json({"标题": "报告"}, tmp_path / "m.json")
    assert (tmp_path / "m.json").read_text("utf-8") == '{\n  "标题": "报告"\n}\n'


def test_the_hash_of_a_folder_depends_on_names_and_contents(tmp_path):
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "a").write_text("1")
    first = file_hash(tmp_path / "d")
    (tmp_path / "d" / "a").rename(tmp_path / "d" / "b")
    assert file_hash(tmp_path / "d") != first
    # SHA-256 of "abc", from FIPS 180-2.
    (tmp_path / "abc").write_text("abc")
    assert file_hash(tmp_path / "abc").startswith("ba7816bf8f01cfea414140de5dae2223")


def test_folders_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("x")
    for path in (tmp_path / "file", tmp_path / "file" / "deep" / "er"):
        with pytest.raises(InputError, match="是一个文件"):
            prepare_folder(path)
    check_folder(tmp_path / "new" / "deep")
    assert not (tmp_path / "new").exists()
    prepare_folder(tmp_path / "new" / "deep")
    assert (tmp_path / "new" / "deep").is_dir()


def test_a_folder_that_may_not_be_written(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(InputError, match="不可写"):
        prepare_folder(tmp_path)


def test_a_folder_is_held_by_one_run_and_gone_where_nothing_was_written(tmp_path):
    out = tmp_path / "a" / "out"
    with claimed_folder(out):
        assert (out / ".csatext.lock").read_text("utf-8").startswith(f"{os.getpid()} ")
    assert not (tmp_path / "a").exists()
    with claimed_folder(out):
        (out / "facts").write_text("x")
    assert [item.name for item in out.iterdir()] == ["facts"]
    with pytest.raises(ZeroDivisionError), claimed_folder(tmp_path / "b"):
        raise ZeroDivisionError
    assert not (tmp_path / "b").exists()


def test_a_folder_in_the_place_of_the_lock_is_named(tmp_path):
    (tmp_path / ".csatext.lock").mkdir()
    with pytest.raises(OutputError, match="占着锁文件的位置"), claimed_folder(tmp_path):
        pass


def test_a_workbook_is_whole_or_not_there(tmp_path):
    with whole_workbook(tmp_path / "a.xlsx") as book:
        book.add_worksheet().write(0, 0, "=1+1")
    assert pd.read_excel(tmp_path / "a.xlsx", header=None).iloc[0, 0] == "=1+1"
    with pytest.raises(ZeroDivisionError), whole_workbook(tmp_path / "b.xlsx") as book:
        book.add_worksheet()
        raise ZeroDivisionError
    with pytest.raises(OSError), whole_workbook(tmp_path / "missing" / "c.xlsx") as book:
        book.add_worksheet()
    assert [item.name for item in tmp_path.iterdir()] == ["a.xlsx"]


def test_a_living_holder_is_named_and_a_dead_one_is_no_obstacle(tmp_path):
    lock = tmp_path / ".csatext.lock"
    parent = os.getppid()
    lock.write_text(f"{parent} {platform.node()}", "utf-8")
    with pytest.raises(InputError, match=f"进程 {parent}"), claimed_folder(tmp_path):
        pass
    assert lock.exists()
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    for dead in (f"{child.pid} {platform.node()}", "", "\x00", "x y"):
        lock.write_text(dead, "utf-8")
        with claimed_folder(tmp_path):
            assert lock.exists()
        assert not lock.exists()
    lock.write_text("1 elsewhere", "utf-8")
    with pytest.raises(InputError, match="主机 elsewhere"), claimed_folder(tmp_path):
        pass
    os.utime(lock, (0, 0))
    with claimed_folder(tmp_path):
        pass
