"""Files cut short, of other kinds than their endings say, of random bytes, and archives that swell."""

from __future__ import annotations

import gzip
import json
import random
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pandas as pd
import xlsxwriter

from hostile_inputs.case import FAILED, MENDED, OK, Case, given, good_rows

__all__ = ["cases"]

TYPES = b"<Types/>"
SHEET = "xl/worksheets/sheet1.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
RANDOM = random.Random(7).randbytes(60_000)


def table() -> pd.DataFrame:
    return pd.read_csv(BytesIO(good_rows(60).encode()))


def workbook() -> bytes:
    held = BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for at, line in enumerate(good_rows(60).splitlines()):
            sheet.write_row(at, 0, line.split(","))
    return held.getvalue()


def parquet() -> bytes:
    held = BytesIO()
    table().to_parquet(held)
    return held.getvalue()


def records() -> str:
    return json.dumps(table().to_dict("records"), ensure_ascii=False)


def lines() -> str:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in table().to_dict("records"))


def ods(content: bytes) -> bytes:
    return packed({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": content})


def ods_table() -> bytes:
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    rows = "".join(
        "<table:table-row>" + "".join(map(cell.format, line.split(","))) + "</table:table-row>"
        for line in good_rows(40).splitlines()
    )
    names = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    )
    return ods(
        f'<?xml version="1.0"?><office:document-content {names}><office:body><office:spreadsheet>'
        f'<table:table table:name="a">{rows}</table:table></office:spreadsheet></office:body>'
        f"</office:document-content>".encode()
    )


def packed(parts: dict[str, bytes]) -> bytes:
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return held.getvalue()


def replaced(data: bytes, changed: dict[str, bytes], added: dict[str, bytes] | None = None) -> bytes:
    """Return a package with some of its parts replaced."""
    with zipfile.ZipFile(BytesIO(data)) as package:
        parts = {name: changed.get(name, package.read(name)) for name in package.namelist()}
    return packed(parts | (added or {}))


def page() -> bytes:
    rows = "".join(
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in line.split(",")) + "</tr>"
        for line in good_rows(40).splitlines()
    )
    return f"<html><meta charset=utf-8><table>{rows}</table></html>".encode()


def truncated() -> Iterator[Case]:
    sound: dict[str, bytes] = {
        "a.csv": good_rows().encode(),
        "b.csv": good_rows().encode("utf-16"),
        "a.csv.gz": gzip.compress(good_rows().encode()),
        "a.xlsx": workbook(),
        "a.ods": ods_table(),
        "a.parquet": parquet(),
        "a.json": records().encode(),
        "a.jsonl": lines().encode(),
        "a.html.xls": page(),
        "a.xls": OLE + RANDOM,
        "a.srt": "1\n00:00:01,000 --> 00:00:04,000\n客户：宽带掉线三天\n\n".encode() * 20,
    }
    for file, data in sound.items():
        for share in (0.5,):
            cut = data[: int(len(data) * share) | 1]
            yield given(f"cut to {share:.0%}: {file}", file, cut, verb="check")
        yield given(
            f"middle overwritten: {file}",
            file,
            data[: len(data) // 3] + RANDOM[:200] + data[len(data) // 2 :],
            verb="check",
        )


def wrong_kinds() -> Iterator[Case]:
    for ending in ("csv", "xlsx", "xls", "parquet", "json"):
        yield given(f"random bytes: .{ending}", f"a.{ending}", RANDOM)
    yield given("workbook called .csv", "a.csv", workbook(), codes=(OK,))
    yield given("parquet called .json", "a.json", parquet(), codes=(OK,))
    yield given("json called .parquet", "a.parquet", records())
    yield given("picture called .csv", "a.csv", b"\x89PNG\r\n\x1a\n" + RANDOM)
    yield given("zip called .xlsx", "a.xlsx", packed({"a.csv": b"a,b\n1,2\n"}), codes=(FAILED,))
    yield given(
        "document called .xlsx",
        "a.xlsx",
        packed({"[Content_Types].xml": TYPES, "word/document.xml": b"<w/>"}),
        codes=(FAILED,),
    )
    yield given("rar called .csv", "a.csv", b"Rar!\x1a\x07\x01\x00" + RANDOM, codes=(FAILED,))
    yield given("tar with ../ called .csv", "a.csv", tar(), codes=(FAILED,))
    yield given("empty file", "a.csv", b"", codes=(FAILED,))
    yield given("zeros only", "a.csv", bytes(5_000_000), codes=(FAILED,))
    yield given(
        "a pickle called .parquet",
        "a.parquet",
        b"\x80\x04\x95\x1d\0\0\0\0\0\0\0\x8c\x05posix\x8c\x06system\x93.",
        codes=(FAILED,),
    )


def tar() -> bytes:
    held = BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        entry = tarfile.TarInfo("../../canary/kept.txt")
        entry.size = 4
        archive.addfile(entry, BytesIO(b"harm"))
    return held.getvalue()


def packed_thrice(_path: Path) -> bytes:
    return gzip.compress(gzip.compress(gzip.compress(bytes(200 << 20), 1)))


def swelling_gzip(path: Path) -> None:
    """Write 4.6 GB of zeros as many gzip files in one."""
    member = gzip.compress(bytes(64 << 20), 1)
    path.write_bytes(member * 72)


def swelling_workbook(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        package.writestr("[Content_Types].xml", TYPES)
        with package.open(SHEET, "w", force_zip64=True) as sheet:
            for _ in range(44):
                sheet.write(b" " * (50 << 20))


def lying_workbook(path: Path) -> None:
    """Write a sheet of 800 MB whose directory claims a kilobyte."""
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        package.writestr("[Content_Types].xml", TYPES)
        package.writestr(SHEET, b" " * (800 << 20))
    data = bytearray(held.getvalue())
    at = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 1000)
    first = data.rindex(b"PK\x03\x04", 0, at)
    struct.pack_into("<I", data, first + 22, 1000)
    path.write_bytes(bytes(data))


def overlapping_workbook(path: Path) -> None:
    """Write a package whose directory lists one part 30,000 times under different names."""
    body = zlib.compress(b" " * (1 << 20), 9)[2:-4]
    name = b"xl/media/a.bin"
    local = struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, 8, 0, 0, 0, len(body), 1 << 20, len(name), 0)
    data = local + name + body
    entries = b""
    n = 30_000
    for number in range(n):
        own = f"xl/m/{number:09d}".encode()
        entries += struct.pack(
            "<IHHHHHHIIIHHHHHII",
            0x02014B50,
            20,
            20,
            0,
            8,
            0,
            0,
            0,
            len(body),
            1 << 20,
            len(own),
            0,
            0,
            0,
            0,
            0,
            0,
        )
        entries += own
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, n, n, len(entries), len(data), 0)
    path.write_bytes(data + entries + end)


def many_parts(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("[Content_Types].xml", TYPES)
        for number in range(60_000):
            package.writestr(f"xl/m/{number}", b"")


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "haha">'
    + b"".join(b'<!ENTITY %c "%s">' % (97 + i, b"&%c;" % (96 + i) * 10) for i in range(1, 12))
    + b"]><worksheet><sheetData><row><c t='inlineStr'><is><t>&l;</t></is></c></row></sheetData></worksheet>"
)
OUTSIDE = (
    b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><worksheet><sheetData><row>'
    b"<c t='inlineStr'><is><t>&x;</t></is></c></row></sheetData></worksheet>"
)


def archives() -> Iterator[Case]:
    yield given("gzip of 4.6 GB", "a.csv.gz", swelling_gzip, codes=(FAILED,))
    yield given("gzip in gzip in gzip", "a.csv.gz", packed_thrice, codes=(FAILED,))
    yield given(
        "gzip of 200,000 members", "a.csv.gz", lambda _path: gzip.compress(b"") * 200_000, codes=(FAILED,)
    )
    yield given(
        "gzip with a wrong checksum",
        "a.csv.gz",
        gzip.compress(good_rows().encode())[:-8] + b"\1" * 8,
        codes=(FAILED,),
    )
    yield given(
        "gzip with bytes behind it",
        "a.csv.gz",
        gzip.compress(good_rows().encode()) + RANDOM,
        codes=(OK, FAILED),
    )
    yield given("workbook of 2.2 GB", "a.xlsx", swelling_workbook, codes=(FAILED,))
    yield given("workbook that claims a kilobyte and has 800 MB", "a.xlsx", lying_workbook, codes=(FAILED,))
    yield given("workbook of overlapping parts", "a.xlsx", overlapping_workbook, codes=(FAILED,))
    yield given("workbook of 60,000 parts", "a.xlsx", many_parts, codes=(FAILED,))
    yield given(
        "workbook in a workbook", "a.xlsx", replaced(workbook(), {SHEET: workbook()}), codes=(FAILED,)
    )
    for name, xml in (("entities that swell", LAUGHS), ("an entity of another file", OUTSIDE)):
        yield given(f"workbook with {name}", "a.xlsx", replaced(workbook(), {SHEET: xml}), hides=("root:",))
        yield given(f"ods with {name}", "a.ods", ods(xml), hides=("root:",))
    yield given(
        "workbook with ../ in names",
        "a.xlsx",
        replaced(workbook(), {}, {"../../canary/kept.txt": b"harm"}),
        codes=(OK,),
    )
    deep = b"<a>" * 500_000 + b"</a>" * 500_000
    yield given("workbook of deep XML", "a.xlsx", replaced(workbook(), {SHEET: deep}))
    yield given(
        "workbook under a password",
        "a.xls",
        OLE + "EncryptedPackage".encode("utf-16-le") + RANDOM,
        codes=(FAILED,),
    )
    wide = b'<table:table-row table:number-rows-repeated="1048000"><table:table-cell office:value-type="string" table:number-columns-repeated="16000"/>'
    yield given("ods of 16 billion cells", "a.ods", ods(wide), codes=(FAILED,))


def page_of(n: int) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(b"<table>" * n + b"<td>x" * n)


def pages() -> Iterator[Case]:
    yield given("page of 200,000 tables in one another", "a.xls", page_of(200_000))
    yield given(
        "page with a script",
        "a.html.xls",
        page().replace(b"<td>", b"<td><script>alert(1337)</script>"),
        verb="check",
        codes=(OK, FAILED, MENDED),
    )


def cases() -> Iterator[Case]:
    yield from truncated()
    yield from wrong_kinds()
    yield from archives()
    yield from pages()
