"""Damaged files of every kind through every door: a result, or one of our errors; the seed is fixed."""

import gzip
import io
import json
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import csatext as ct
from csatext.cli import main
from csatext.errors import CsatextError

ROWS = [
    {
        "编号": f"T{i}",
        "内容": f"第{i}次反映宽带掉线，师傅没有上门",
        "渠道": ("电话", "在线")[i % 2],
        "时间": f"2026-05-{i % 28 + 1:02d} 10:00",
    }
    for i in range(12)
]
N_FILES = 45
ENDINGS = (".csv", ".xlsx", ".xls", ".json", ".jsonl", ".parquet", ".gz", ".html", ".txt", ".ods", "")
BRACKETS = ((b"[", b"]"), (b'{"a":', b"}"), (b"<table><tr><td>", b"</table>"), (b'"', b'"'))


def whole_files() -> dict[str, bytes]:
    frame = pd.DataFrame(ROWS)
    packed: dict[str, bytes] = {}
    for ending, write in ((".xlsx", frame.to_excel), (".parquet", frame.to_parquet)):
        buffer = io.BytesIO()
        write(buffer, index=False)
        packed[ending] = buffer.getvalue()
    table = frame.to_csv(index=False)
    spoken = "".join(f"客服：您好第{i}位\n用户：第{i}次反映掉线\n" for i in range(8))
    return {
        **packed,
        ".csv": table.encode(),
        ".tsv": table.replace(",", "\t").encode("gb18030"),
        ".json": json.dumps(ROWS, ensure_ascii=False).encode(),
        ".jsonl": "\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS).encode(),
        ".csv.gz": gzip.compress(table.encode()),
        ".xls": frame.to_html(index=False).encode(),
        ".txt": spoken.encode("utf-16"),
    }


def cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(1, len(data))]


def flipped(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice((1, 3, 30))):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def with_nul(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + b"\0" * rng.choice((1, 20, 400)) + data[at:]


def without_a_piece(data: bytes, rng: random.Random) -> bytes:
    first, last = sorted(rng.randrange(len(data)) for _ in range(2))
    return data[:first] + data[last:] or b"x"


def nested(data: bytes, rng: random.Random) -> bytes:
    at, n = rng.randrange(len(data)), rng.choice((50, 400, 3000))
    first, last = rng.choice(BRACKETS)
    return data[:at] + first * n + last * rng.choice((n, 0)) + data[at:]


def with_noise(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + rng.randbytes(rng.choice((5, 500))) + data[at:]


MUTATIONS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    cut,
    flipped,
    with_nul,
    without_a_piece,
    nested,
    with_noise,
)


def test_damaged_files_end_in_a_result_or_our_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = random.Random(20260531)
    files = whole_files()
    ends: Counter[str] = Counter()
    for number in range(N_FILES):
        ending = list(files)[number % len(files)]
        data = MUTATIONS[number % len(MUTATIONS)](files[ending], rng)
        shown = rng.choice(ENDINGS) if number % 4 == 0 else ending
        path = tmp_path / f"f{number}{shown}"
        path.write_bytes(data)
        try:
            end = "read" if len(ct.read_contacts(path)) else "empty"
        except CsatextError as error:
            end = "refused"
            assert any("\u4e00" <= sign <= "\u9fff" for sign in str(error))
        code = main(["check", str(path)])
        assert code in (0, 1, 3)  # 3: read, with something to mend
        assert "Traceback" not in capsys.readouterr().err
        ends[end] += 1
    # Both ends are reached: damage is not all refused, nor all passed over.
    assert ends["read"] >= N_FILES // 4
    assert ends["refused"] >= N_FILES // 6
    assert ends["empty"] == 0
