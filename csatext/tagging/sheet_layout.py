"""The sheets and columns of tagging workbooks; writer and reader know them from here alone."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from csatext.errors import ParameterError

__all__ = [
    "CATEGORIES",
    "CHOICES_SHEET",
    "CODE_PREFIX",
    "DEFINITIONS_SHEET",
    "DRAWN_SHEET",
    "HELP_SHEET",
    "MOST_CHARACTERS",
    "TAGS_SHEET",
    "SheetColumn",
    "SheetLayout",
    "flag_layout",
    "row_code",
    "text_code",
]

TAGS_SHEET, DEFINITIONS_SHEET, HELP_SHEET = "标注", "分类说明", "填写说明"
CHOICES_SHEET, DRAWN_SHEET = "选项", "抽样"
CODE_PREFIX = "x"
"""Stands before a code in a cell, lest a spreadsheet takes 16 digits, or 1e15, for a number."""
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


_CONTACT = (
    SheetColumn("doc_id", "编号", ("联络编号", "doc_id", "id"), 16),
    SheetColumn("text", "文本", ("客户文本", "text"), 60),
    SheetColumn("dialogue", "对话", ("完整对话",), 60),
)
_EVIDENCE = SheetColumn("evidence", "依据", ("命中词",), 20)
_REST = (
    SheetColumn("note", "备注", ("说明", "note"), 24, is_filled_in=True),
    SheetColumn("annotator", "标注人", ("标注员", "质检员", "annotator"), is_filled_in=True),
    SheetColumn("probability", "抽中概率", (), is_hidden=True),
    SheetColumn("stratum", "抽样分层", (), is_hidden=True),
    SheetColumn("version", "分类版本", (), is_hidden=True),
    SheetColumn("code", "校验码", (), is_hidden=True),
)
"""The hidden ones come back with a file that keeps one sheet alone, such as a CSV."""

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


class SheetLayout:
    """The columns of a tagging sheet in their order.

    Parameters
    ----------
    columns : sequence of SheetColumn
    answers : tuple of str
        Names of those that hold answers.
    """

    def __init__(self, columns: Sequence[SheetColumn], answers: tuple[str, ...]) -> None:
        self.columns, self.answers = tuple(columns), answers
        self.headers = {column.name: column.header for column in columns}
        self._called = {
            _plain(header): column.name for column in columns for header in (column.header, *column.others)
        }

    def called(self, header: str) -> str | None:
        """Return the column that a header names, None where it names none of ours.

        Examples
        --------
        >>> CATEGORIES.called(" 一级类别（必填）"), CATEGORIES.called("一级 类别 "), CATEGORIES.called("备忘")
        ('category', 'category', None)
        """
        plain = _plain(header)
        return self._called.get(plain) or self._called.get(plain.removesuffix("必填").removesuffix("可选"))


CATEGORIES = SheetLayout(
    (
        *_CONTACT,
        SheetColumn("suggested", "建议一级", ("机器一级",)),
        SheetColumn("suggested_below", "建议二级", ("机器二级",), 16),
        SheetColumn("confidence", "置信度", ("建议置信度",), 8),
        _EVIDENCE,
        SheetColumn("category", "一级类别", ("一级", "人工一级", "大类", "category"), 16, is_filled_in=True),
        SheetColumn(
            "subcategory", "二级类别", ("二级", "人工二级", "小类", "subcategory"), 18, is_filled_in=True
        ),
        *_REST,
    ),
    ("category", "subcategory"),
)
"""Where people tell the category of a contact."""


def flag_layout(flags: Mapping[str, str]) -> SheetLayout:
    """Return the columns of a sheet where people answer flags, each a column.

    Parameters
    ----------
    flags : mapping of str to str
        Header of each flag.

    Raises
    ------
    ParameterError
        Two columns of the sheet would have one header.

    Examples
    --------
    >>> flag_layout({"qa_greeting": "开场问候"}).called("开场 问候")
    'qa_greeting'
    """
    answers = [
        SheetColumn(name, header, () if header == name else (name,), 10, is_filled_in=True)
        for name, header in flags.items()
    ]
    columns = (*_CONTACT, SheetColumn("suggested", "机器判断", (), 22), _EVIDENCE, *answers, *_REST)
    names = [_plain(name) for column in columns for name in (column.header, *column.others)]
    for column in answers:
        if (
            not _plain(column.header)
            or max(names.count(_plain(one)) for one in (column.header, column.name)) > 1
        ):
            raise ParameterError.out_of_range(
                "flags", column.header, "互不相同、与表里其他列也不同的名字（字母、数字、汉字）"
            )
    return SheetLayout(columns, tuple(flags))
