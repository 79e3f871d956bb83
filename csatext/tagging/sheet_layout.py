"""The sheets and columns of a tagging workbook; writer and reader know them from here alone."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass

__all__ = [
    "CHOICES_SHEET",
    "COLUMNS",
    "DEFINITIONS_SHEET",
    "DRAWN_SHEET",
    "HELP_SHEET",
    "MOST_CHARACTERS",
    "TAGS_SHEET",
    "SheetColumn",
    "column_called",
    "row_code",
    "text_code",
]

TAGS_SHEET, DEFINITIONS_SHEET, HELP_SHEET = "标注", "分类说明", "填写说明"
CHOICES_SHEET, DRAWN_SHEET = "选项", "抽样"
MOST_CHARACTERS = 32_767
"""Characters that a cell of Excel holds."""


@dataclass(frozen=True)
class SheetColumn:
    """A column of the tagging sheet: what it is for, its header, other headers it may bear, its width."""

    name: str
    header: str
    others: tuple[str, ...] = ()
    width: int = 12
    is_filled_in: bool = False
    is_hidden: bool = False


COLUMNS = (
    SheetColumn("doc_id", "编号", ("联络编号", "doc_id", "id"), 16),
    SheetColumn("text", "文本", ("客户文本", "text"), 60),
    SheetColumn("dialogue", "对话", ("完整对话",), 60),
    SheetColumn("suggested", "建议一级", ("机器一级",)),
    SheetColumn("suggested_below", "建议二级", ("机器二级",), 16),
    SheetColumn("confidence", "置信度", ("建议置信度",), 8),
    SheetColumn("evidence", "依据", ("命中词",), 20),
    SheetColumn("category", "一级类别", ("一级", "人工一级", "大类", "category"), 16, is_filled_in=True),
    SheetColumn(
        "subcategory", "二级类别", ("二级", "人工二级", "小类", "subcategory"), 18, is_filled_in=True
    ),
    SheetColumn("note", "备注", ("说明", "note"), 24, is_filled_in=True),
    SheetColumn("annotator", "标注人", ("标注员", "质检员", "annotator"), is_filled_in=True),
    SheetColumn("probability", "抽中概率", (), is_hidden=True),
    SheetColumn("stratum", "抽样分层", (), is_hidden=True),
    SheetColumn("version", "分类版本", (), is_hidden=True),
    SheetColumn("code", "校验码", (), is_hidden=True),
)
"""Columns in their order. The hidden ones come back with a file that keeps one sheet alone, such as a CSV."""

_NOT_LETTERS = re.compile(r"[\W_]+")
_ESCAPED = re.compile(r"_x[0-9A-Fa-f]{4}_")


def _folded(text: str) -> str:
    """Return a text without what programs change when they save it: blanks, line ends, widths of letters."""
    return _NOT_LETTERS.sub("", unicodedata.normalize("NFKC", _ESCAPED.sub("", text[:MOST_CHARACTERS])))


def text_code(text: str) -> str:
    r"""Return a short code of a text that stays the same when a spreadsheet saves it.

    Examples
    --------
    >>> text_code("退款太慢\r\n！") == text_code("退款太慢 !") != text_code("退款太快")
    True
    """
    folded = _folded(text) or text.strip()
    return hashlib.sha256(folded.encode("utf-8", "replace")).hexdigest()[:16]


def row_code(doc_id: str, text: str) -> str:
    """Return the code that holds a contact and its text together.

    Examples
    --------
    >>> row_code("T1", "退款太慢") == row_code("T1", "退款太慢 "), len(row_code("T1", ""))
    (True, 16)
    """
    return hashlib.sha256(f"{doc_id}\n{text_code(text)}".encode("utf-8", "replace")).hexdigest()[:16]


def _plain(header: str) -> str:
    return _NOT_LETTERS.sub("", unicodedata.normalize("NFKC", header)).lower()


_CALLED = {_plain(header): column.name for column in COLUMNS for header in (column.header, *column.others)}


def column_called(header: str) -> str | None:
    """Return the column that a header names, None where it names none of ours.

    Examples
    --------
    >>> column_called(" 一级类别（必填）"), column_called("一级 类别 "), column_called("备忘")
    ('category', 'category', None)
    """
    plain = _plain(header)
    return _CALLED.get(plain) or _CALLED.get(plain.removesuffix("必填").removesuffix("可选"))
