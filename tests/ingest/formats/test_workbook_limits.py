"""Damaged and hostile workbooks: refused before any reader makes room for what they claim."""

import struct
import zipfile
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

from csatext.errors import InputError
from csatext.ingest.contacts import read_input
from csatext.ingest.formats import workbooks, xlsx_extent
from csatext.ingest.formats.workbooks import _PanicAsError
from csatext.ingest.formats.xls_container import broken_container, broken_records, container_stream
from csatext.ingest.formats.xlsx_extent import _binary, checked_package

END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
ROWS = [["工单号", "内容", "时间"], *([f"T{i}", f"第{i}条投诉没人管", "2020/6/8"] for i in range(1, 6))]


def container(links: list[int], content: bytes = b"x" * 4096) -> bytes:
    """Return an OLE container: sector 0 the FAT, 1 the directory, 2 to 9 the stream ``Workbook``."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<I", header, 44, 1)
    struct.pack_into("<IIIIIIII", header, 48, 1, 0, 4096, END, 0, END, 0, 0)
    struct.pack_into("<108I", header, 80, *[FREE] * 108)

    def entry(name: str, kind: int, start: int, size: int) -> bytes:
        written = (name + "\0").encode("utf-16-le")
        head = written.ljust(64, b"\0") + struct.pack("<HB", len(written), kind)
        return head.ljust(116, b"\0") + struct.pack("<III", start, size, 0)

    directory = entry("Root Entry", 5, END, 0) + entry("Workbook", 2, 2, len(content))
    fat = struct.pack("<128I", *links, *[FREE] * (128 - len(links)))
    return bytes(header) + fat + directory.ljust(512, b"\0") + content


WHOLE = [FAT, END, 3, 4, 5, 6, 7, 8, 9, END]


def test_a_sound_compound_file() -> None:
    assert not broken_container(container(WHOLE))
    assert container_stream(container(WHOLE), ("workbook",)) == b"x" * 4096
    assert container_stream(container(WHOLE), ("book",)) is None


@pytest.mark.parametrize(
    "links",
    [
        [FAT, 1, *WHOLE[2:]],
        [*WHOLE[:9], 2],
        [*WHOLE[:9], 200],
        [*WHOLE[:5], END, *WHOLE[6:]],
    ],
    ids=["directory in a circle", "stream in a circle", "out of the file", "too short"],
)
def test_a_broken_chain_is_no_workbook(tmp_path: Path, links: list[int]) -> None:
    data = container(links)
    assert broken_container(data)
    path = tmp_path / "a.xls"
    path.write_bytes(data)
    with pytest.raises(InputError, match="工作簿已损坏"):
        read_input(path)


@pytest.mark.parametrize("at", [44, 64, 72])
def test_counts_beyond_the_file(at: int) -> None:
    data = bytearray(container(WHOLE))
    struct.pack_into("<I", data, at, 1 << 30)
    assert broken_container(bytes(data))


@pytest.mark.parametrize(
    "record",
    [
        struct.pack("<HHIIHHH", 0x0200, 14, 0, 1 << 24, 0, 3, 0),
        struct.pack("<HHIIHHH", 0x0200, 14, 0, 8, 0, 0x9B00, 0),
        struct.pack("<HHII", 0x00FC, 8, 9, 1 << 30),
        struct.pack("<HHHHHd", 0x0203, 14, 5, 60_000, 0, 1.5),
    ],
    ids=["rows", "columns", "strings", "cell"],
)
def test_records_that_no_sheet_has(tmp_path: Path, record: bytes) -> None:
    assert broken_records(record)
    path = tmp_path / "a.xls"
    path.write_bytes(container(WHOLE, record.ljust(4096, b"\0")))
    with pytest.raises(InputError, match="工作簿已损坏"):
        read_input(path)


def sheet(folder: Path, cells: dict[tuple[int, int], str]) -> Path:
    path = folder / "a.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        table = workbook.add_worksheet("明细 & 其他")
        for i, row in enumerate(ROWS):
            table.write_row(i, 0, row)
        for (row, column), value in cells.items():
            table.write(row, column, value)
    return path


@pytest.mark.parametrize("far", [(1_048_575, 16_383), (1_048_575, 30), (400_000, 2)])
def test_a_cell_far_below_is_left_out(tmp_path: Path, far: tuple[int, int]) -> None:
    path = sheet(tmp_path, {far: "x"})
    packed = checked_package(path.read_bytes(), path)
    if far[0] * far[1] < 5_000_000:
        assert packed.dropped == {}
        return
    assert packed.dropped == {"xl/worksheets/sheet1.xml": 1}
    result = read_input(path)
    assert (result.rows, len(result.contacts)) == (6, 5)
    assert result.rejects["line"].tolist() == [far[0] + 1]
    assert "离表格极远" in result.rejects["reason"].iloc[0]
    assert result.contacts.columns.tolist() == ["doc_id", "text", "created_at"]
    assert result.quality["detail"].str.contains("1 个单元格离表格极远").any()


def test_cells_strewn_over_the_sheet_are_refused(tmp_path: Path) -> None:
    path = sheet(tmp_path, {(900 * i, 16 * i): "x" for i in range(1, 1000)})
    with pytest.raises(InputError, match="占满内存"):
        read_input(path)


def test_a_wide_row_within_the_table_is_read(tmp_path: Path) -> None:
    result = read_input(sheet(tmp_path, {(3, 300): "备注"}))
    assert len(result.contacts) == 5


def packed(parts: dict[str, bytes]) -> bytes:
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return whole.getvalue()


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    data = bytearray(packed({"[Content_Types].xml": b"<Types/>", "xl/worksheets/sheet1.xml": b" " * 1000}))
    at = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 3 << 30)
    with pytest.raises(InputError, match="解压后有 3072 MB"):
        checked_package(bytes(data), "a.xlsx")


def test_repetitions_of_an_ods(tmp_path: Path) -> None:
    cell = b'<table:table-cell %s table:number-columns-repeated="16000"/>'
    row = b'<table:table-row table:number-rows-repeated="%d">' + cell + b"</table:table-row>"
    empty = packed({"mimetype": b"x", "content.xml": row % (1_048_000, b"")})
    assert checked_package(empty, "a.ods").data == empty
    with pytest.raises(InputError, match="占满内存"):
        full = row % (1_048_000, b'office:value-type="string"')
        checked_package(packed({"mimetype": b"x", "content.xml": full}), "a.ods")


def test_cells_of_a_binary_sheet() -> None:
    row = bytes([0, 4]) + struct.pack("<I", 1_048_575)
    cell = bytes([2, 8]) + struct.pack("<II", 16_383, 0)
    rows, columns = _binary(row + cell)
    assert dict(rows) == {1_048_576: 1}
    assert dict(columns) == {16_384: 1}
    with pytest.raises(InputError, match="占满内存"):
        checked_package(packed({"xl/worksheets/sheet1.bin": row + cell}), "a.xlsb")


def test_a_panic_of_the_reader_is_an_error_of_ours() -> None:
    panic = type("PanicException", (BaseException,), {})
    with pytest.raises(InputError, match="已损坏"), _PanicAsError("a.xls"):
        raise panic
    with pytest.raises(KeyError), _PanicAsError("a.xls"):
        pd.Series(dtype="str")["无"]


def shared(text: str, refers: bytes) -> bytes:
    """Return an XLSX of two shared strings, of which cells refer to some."""
    sheet = b"<worksheet><sheetData><row>" + refers + b"</row></sheetData></worksheet>"
    strings = f"<sst><si><t>短</t></si><si><t>{text}</t></si></sst>".encode()
    return packed({"xl/worksheets/sheet1.xml": sheet, "xl/sharedStrings.xml": strings})


@pytest.mark.parametrize(
    ("cell", "refused"),
    [
        (b'<c r="A1" t="s"><v>1</v></c>', True),
        (b"<x:c t='s' s='3'>\n<x:v>1</x:v></x:c>", True),
        (b'<c r="A1" t="s"><v>0</v></c>', False),
        (b'<c r="A1"><v>1</v></c>', False),
        (b'<c r="A1" t="str"><v>1</v></c>', False),
    ],
)
def test_a_long_string_that_very_many_cells_share(cell: bytes, refused: bool) -> None:
    data = shared("长" * 350_000, cell * 1_000)
    if refused:
        with pytest.raises(InputError, match="重复太多次"):
            checked_package(data, "a.xlsx")
    else:
        assert checked_package(data, "a.xlsx").repeated < 20_000


def test_repetitions_are_counted_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_extent, "_MOST_REPEATED", 40_000)
    # 9,000 bytes and the tags around them, once each in three cells: twice beyond the first.
    refers = b'<c r="A1" t="s"><v>1</v></c>' * 3 + b'<c r="B1" t="s"><v>0</v></c>'
    assert checked_package(shared("长" * 3_000, refers), "a.xlsx").repeated == 2 * (
        9_000 + len("<si><t></t>")
    )


def test_a_long_string_of_a_binary_workbook() -> None:
    string = bytes([19, 0x80 | 0x01, 0x80 | 0x09, 0x3D]) + bytes(1 + (9 << 7) + (0x3D << 14))
    refers = bytes([7, 12]) + struct.pack("<III", 0, 0, 0)
    row = bytes([0, 4]) + struct.pack("<I", 0)
    parts = {"xl/worksheets/sheet1.bin": row + refers * 1_000, "xl/sharedStrings.bin": string}
    with pytest.raises(InputError, match="重复太多次"):
        checked_package(packed(parts), "a.xlsb")


def test_a_long_text_that_an_ods_repeats() -> None:
    cell = (
        '<table:table-cell table:number-columns-repeated="100" office:value-type="string"><text:p>{}</text:p>'
    )
    row = '<table:table-row table:number-rows-repeated="{}">' + cell + "</table:table-cell></table:table-row>"
    for rows, text, refused in (
        (100, "长" * 350_000, True),
        (100, "长" * 10, False),
        (1, "长" * 350_000, False),
    ):
        data = packed({"mimetype": b"x", "content.xml": row.format(rows, text).encode()})
        if refused:
            with pytest.raises(InputError, match="重复太多次"):
                checked_package(data, "a.ods")
        else:
            assert checked_package(data, "a.ods").data == data


def test_texts_that_many_cells_share_are_read_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        table = workbook.add_worksheet()
        for i, cells in enumerate([*ROWS[:3], [], *ROWS[3:]]):
            table.write_row(3 + i, 2, cells)
    wanted = read_input(path).contacts
    monkeypatch.setattr(workbooks, "_SHARED", -1)
    pd.testing.assert_frame_equal(read_input(path).contacts, wanted)
    assert wanted["text"].tolist() == [cells[1] for cells in ROWS[1:]]
