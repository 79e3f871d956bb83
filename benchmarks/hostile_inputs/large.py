"""Inputs of more than 8 MB, which are sampled and annotated in sections: lines without end, quotes, changes."""

from __future__ import annotations

import gzip
import json
import os
import random
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from hostile_inputs.case import FAILED, OK, PHRASES, Case, Ready, given, named, run_words

__all__ = ["cases"]

HEAD = "编号,内容,附件\n"
MB = 1 << 20


def bulky(start: int, end: int, size: int = 4_000) -> str:
    """Return rows whose third cell is long, so that a few thousand of them are a large input."""
    filler = "x" * size
    return "".join(f"T{i},{PHRASES[i % 6]}第{i}次,{filler}\n" for i in range(start, end))


def records(start: int, end: int) -> str:
    filler = "x" * 4_000
    return "".join(
        json.dumps({"编号": f"T{i}", "内容": f"{PHRASES[i % 6]}第{i}次", "附件": filler}, ensure_ascii=False)
        + "\n"
        for i in range(start, end)
    )


def pieces(*parts: str | bytes | tuple[bytes, int]) -> Callable[[Path], object]:
    """Return what writes parts one after another; of a pair the first is written so many times."""

    def write(path: Path) -> None:
        with path.open("wb") as file:
            for part in parts:
                if isinstance(part, tuple):
                    for _ in range(part[1]):
                        file.write(part[0])
                else:
                    file.write(part.encode() if isinstance(part, str) else part)

    return write


def members(head: str, piece: bytes, n: int) -> Callable[[Path], object]:
    """Return what writes a gzip file of a head and a piece n times, each packed by itself."""

    def write(path: Path) -> None:
        packed = gzip.compress(piece, 1)
        with path.open("wb") as file:
            file.write(gzip.compress(head.encode()))
            for _ in range(n):
                file.write(packed)

    return write


def lines_without_end() -> Iterator[Case]:
    yield given("40 MB without a line end", "a.csv", pieces((b"x" * MB, 40)), codes=(FAILED,))
    yield given(
        "a line of 300 MB behind sound rows",
        "a.csv",
        pieces(HEAD, bulky(0, 2_500), (b"x" * MB, 300)),
        codes=(FAILED,),
    )
    yield given(
        "gzip of one line of 4.6 GB", "a.csv.gz", members(HEAD + "1,", b"x" * (64 * MB), 72), codes=(FAILED,)
    )
    yield given("gzip of 3 GB of line ends", "a.csv.gz", members(HEAD + bulky(0, 500), b"\n" * (64 * MB), 48))
    yield given("a cell of 100 MB among rows", "a.csv", pieces(HEAD, bulky(0, 2_500), 'T9,"', (b"x" * MB, 100), '",x\n', bulky(2_500, 3_000)))  # fmt: skip
    yield given("15,000,000 rows of one comma", "a.csv", pieces(HEAD, bulky(0, 300), (b",\n" * MB, 15)))
    wide = ",".join(f"c{i}" for i in range(200_000)) + ",内容\n" + ("1," * 200_000 + "慢了\n") * 40
    yield given("200,000 columns and 40 rows", "a.csv", lambda _path: wide)


def quotes() -> Iterator[Case]:
    for name, quote in (("on the second row", 1), ("on a row in the middle", 5_000)):
        text = HEAD + bulky(0, quote) + 'T-1,"宽带掉线太慢了,x\n' + bulky(quote, 10_000)
        yield given(f"40 MB, a quote that never closes {name}", "a.csv", pieces(text))
    broken = "".join(f'T{i},"{PHRASES[i % 6]}第{i}次,{"x" * 4_000}\n' for i in range(5_000))
    yield given("20 MB, a quote on every row that never closes", "a.csv", pieces(HEAD, broken))
    yield given("20 MB of quotes", "a.csv", pieces(HEAD, bulky(0, 100), (b'"' * MB, 20)))
    yield given(
        "20 MB of quotes and line ends", "a.csv", pieces(HEAD, bulky(0, 100), (b'"\n' * (MB // 2), 20))
    )


def lines_of_json() -> Iterator[Case]:
    good = records(0, 2_500)
    long = '{"编号":"x","内容":"'
    yield given(
        "JSON lines, one of 100 MB",
        "a.jsonl",
        pieces(good, long, (b"x" * MB, 100), '"}\n', records(2_500, 2_600)),
    )
    yield given(
        "JSON lines, the last of 300 MB and open",
        "a.jsonl",
        pieces(good, long, (b"x" * MB, 300)),
        codes=(FAILED,),
    )
    deep = '{"编号":"x","内容":' + "[" * 3_000_000 + "\n"
    yield given("JSON lines, one 3,000,000 levels deep", "a.jsonl", pieces(good, deep, records(2_500, 2_600)))
    cut = "".join(
        line[:-9] + "\n" if at % 2 else line for at, line in enumerate(good.splitlines(keepends=True))
    )
    yield given("JSON lines, every second cut", "a.jsonl", pieces(good[: 5 * MB], "\n", cut))
    keys = "".join(
        json.dumps({"编号": f"K{i}", "内容": "太慢了", f"k{i}": "x" * 4_000}, ensure_ascii=False) + "\n"
        for i in range(5_000)
    )
    yield given("JSON lines, a key of its own in each", "a.jsonl", pieces(records(0, 300), keys))


def bytes_of_all_kinds() -> Iterator[Case]:
    yield given("100 MB of NUL behind sound rows", "a.csv", pieces(HEAD, bulky(0, 2_500), (bytes(MB), 100)))
    yield given("NUL after every letter, 20 MB", "a.csv", lambda _path: "\0".join(HEAD + bulky(0, 2_500)))
    noise = random.Random(11).randbytes(20 * MB)
    yield given("20 MB of random bytes behind sound rows", "a.csv", pieces(HEAD, bulky(0, 2_500), noise))
    other = bulky(2_500, 5_000).encode("gb18030")
    yield given("another encoding from the middle on", "a.csv", pieces(HEAD, bulky(0, 2_500), other))
    shifted = "".join(f"{i},x,x,x,x,x,T{i},{'太慢了' * 400}\n" for i in range(5_000))
    yield given("other columns from the middle on", "a.csv", pieces(HEAD, bulky(0, 2_500), HEAD, shifted))
    one = "".join(f"C1,{('客户', '客服')[i % 2]},{PHRASES[i % 6]}{'慢' * 300}\n" for i in range(12_000))
    yield given("12,000 turns of one dialogue", "a.csv", pieces("会话,角色,内容\n", one))


def parquet(path: Path) -> None:
    texts = [f"{PHRASES[i % 6]}第{i}次" for i in range(5_000)]
    noise = random.Random(5)
    filler = [noise.randbytes(1_000).hex() for _ in range(5_000)]
    table = pa.table({"编号": [f"T{i}" for i in range(5_000)], "内容": texts, "附件": filler})
    pq.write_table(table, path, row_group_size=500, compression="zstd")


def damaged() -> Iterator[Case]:
    def cut(path: Path) -> None:
        parquet(path)
        os.truncate(path, path.stat().st_size // 2)

    def overwritten(path: Path) -> None:
        parquet(path)
        data = bytearray(path.read_bytes())
        middle = len(data) // 2
        data[middle : middle + 200_000] = random.Random(3).randbytes(200_000)
        path.write_bytes(data)

    yield given("Parquet of 5,000 rows cut in half", "a.parquet", cut, codes=(FAILED,))
    yield given("Parquet of 5,000 rows, its middle overwritten", "a.parquet", overwritten, codes=(FAILED,))

    def packed(path: Path) -> None:
        noise = random.Random(5)
        rows = "".join(f"T{i},{PHRASES[i % 6]}第{i}次,{noise.randbytes(2_000).hex()}\n" for i in range(6_000))
        path.write_bytes(gzip.compress((HEAD + rows).encode(), 1))

    def half(path: Path) -> None:
        packed(path)
        os.truncate(path, path.stat().st_size // 2)

    def spoilt(path: Path) -> None:
        packed(path)
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 0xFF
        path.write_bytes(data)

    yield given("gzip of 24 MB cut in half", "a.csv.gz", half, codes=(FAILED,))
    yield given("gzip of 24 MB, a byte of its middle turned", "a.csv.gz", spoilt, codes=(FAILED,))

    def folder(path: Path) -> Sequence[str | bytes]:
        named(path)
        (path / "given").mkdir()
        for number in range(60):
            text = HEAD + bulky(number * 50, number * 50 + 50)
            data = text.encode() if number % 3 else random.Random(number).randbytes(200_000)
            (path / "given" / f"{number}.csv").write_bytes(data)
        return run_words("given")

    yield Case("a folder of 60 files, every third random bytes", folder, (OK,))


def changing() -> Iterator[Case]:
    def large(folder: Path) -> Sequence[str | bytes]:
        named(folder)
        pieces(HEAD, bulky(0, 10_000))(folder / "a.csv")
        return run_words("a.csv")

    def learnt(folder: Path) -> bool:
        """Return whether the model is there: the sample was read, and annotating has not ended."""
        return (folder / "out" / "model" / "model.json").exists()

    def shrink(folder: Path) -> None:
        path = folder / "a.csv"
        if learnt(folder) and path.exists() and path.stat().st_size > 20 * MB:
            os.truncate(path, 15 * MB)

    def empty(folder: Path) -> None:
        if learnt(folder):
            os.truncate(folder / "a.csv", 0)

    def go(folder: Path) -> None:
        if learnt(folder):
            (folder / "a.csv").unlink(missing_ok=True)

    def swap(folder: Path) -> None:
        if learnt(folder) and not (folder / "b").exists():
            (folder / "b").write_bytes(b"PK\x03\x04" + bytes(10 * MB))
            os.link(folder / "b", folder / "c")
            (folder / "c").replace(folder / "a.csv")

    for name, during in (("shrinks", shrink), ("is emptied", empty), ("goes", go), ("is another", swap)):
        yield Case(
            f"a file that {name} between its sample and annotating",
            large,
            (OK, FAILED),
            during=during,
            writes=("out", "a.csv", "b", "c"),
        )


def queries(ready: Ready) -> Iterator[Case]:
    def made(folder: Path, rows: str, query: str, *, model: bool = False) -> Sequence[str | bytes]:
        named(folder)
        with sqlite3.connect(folder / "a.db") as connection:
            connection.execute("create table t (id, text, other)")
            for at in range(300):
                connection.execute(
                    "insert into t values (?, ?, ?)", (f"T{at}", f"{PHRASES[at % 6]}第{at}次", "电话")
                )
            connection.execute(rows)
        connection.close()
        words = run_words("sqlite:///a.db", "--query", query)
        return [*words, "--model", str(ready.copy("model", folder))] if model else words

    plain = "select id as 编号, text as 内容, other as 渠道 from t"
    hostile = {
        "cells of every type": "insert into t select case id when 'T1' then x'ff00' else 1e400 end, case when id < 'T2' then randomblob(99) else 17 end, null from t",
        "a cell of 100 MB": "insert into t values ('x', zeroblob(100000000), 'x')",
        "a text of 100 MB": "insert into t values ('x', hex(zeroblob(50000000)), 'x')",
        "NUL and formulas": "insert into t select id || 'f', '=cmd|'' /C calc''!A0' || char(0) || id, '<script>' from t",
        "text that is no UTF-8": "insert into t select id || 'f', cast(x'fffe80' as text), cast(x'ff' as text) from t",
    }
    for name, rows in hostile.items():
        yield Case(f"rows of a query: {name}", partial(made, rows=rows, query=plain), (OK, FAILED))
    for name, query in {
        "columns named alike": "select id as 编号, text as 内容, other as 内容 from t",
        "columns of nothing": "select id as '', text as '内容', other as '\n' from t",
        "2,000 columns": "select id as 编号, text as 内容, " + ", ".join(f"{i} as c{i}" for i in range(1_900)) + " from t",
        "no rows": "select id as 编号, text as 内容 from t where 0",
        "no select": "drop table nothing",
    }.items():  # fmt: skip
        yield Case(f"a query of {name}", partial(made, rows="select 1", query=query), (OK, FAILED))
    rows = hostile["cells of every type"]
    yield Case(
        "rows of a query by a model: cells of every type",
        partial(made, rows=rows, query=plain, model=True),
        (OK, FAILED),
    )


def cases(ready: Ready) -> Iterator[Case]:
    yield from lines_without_end()
    yield from quotes()
    yield from lines_of_json()
    yield from bytes_of_all_kinds()
    yield from damaged()
    yield from changing()
    yield from queries(ready)
