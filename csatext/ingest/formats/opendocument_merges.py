"""Merged cells of OpenDocument spreadsheets, of which the reader of workbooks does not tell."""

from __future__ import annotations

from io import BytesIO
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from csatext.ingest.formats.grid import MergedRange

__all__ = ["merged_of_opendocument"]

_CONTENT = "content.xml"
_CELLS = ("table:table-cell", "table:covered-table-cell")
_CHUNK = 1 << 20


def merged_of_opendocument(data: bytes) -> dict[str, list[MergedRange]]:
    """Return the merged ranges of each sheet (OpenDocument 1.3, 9.1.4); none where it is another file.

    Parameters
    ----------
    data : bytes
        A package whose sizes were checked.
    """
    try:
        with ZipFile(BytesIO(data)) as package, package.open(_CONTENT) as content:
            places = _Places()
            while chunk := content.read(_CHUNK):
                places.parser.Parse(chunk)
            return places.merged
    except (BadZipFile, KeyError, OSError, ValueError, expat.ExpatError):
        # Whether the file can be read at all the reader of workbooks says.
        return {}


class _Places:
    """Where the parser is: sheet, row and column."""

    def __init__(self) -> None:
        self.merged: dict[str, list[MergedRange]] = {}
        self._ranges: list[MergedRange] = []
        self._row = self._column = 0
        self._repeated = 1
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = self._refuse

    def _refuse(self, *_: object) -> None:
        raise ValueError("a document type may declare entities that grow")

    def _start(self, tag: str, given: dict[str, str]) -> None:
        if tag in _CELLS:
            down = int(given.get("table:number-rows-spanned", 1))
            right = int(given.get("table:number-columns-spanned", 1))
            if down > 1 or right > 1:
                last = self._row + down - 1, self._column + right - 1
                self._ranges.append(((self._row, self._column), last))
            self._column += int(given.get("table:number-columns-repeated", 1))
        elif tag == "table:table-row":
            self._column, self._repeated = 0, int(given.get("table:number-rows-repeated", 1))
        elif tag == "table:table":
            self._row = 0
            self._ranges = self.merged.setdefault(given.get("table:name", ""), [])

    def _end(self, tag: str) -> None:
        if tag == "table:table-row":
            self._row += self._repeated
