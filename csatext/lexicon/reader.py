"""Bytes of a word list to rows of cells, each with its line number; no meaning is given to them here."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import chardet

from csatext.errors import InputError, LexiconError
from csatext.regular_files import read_whole

__all__ = ["SUFFIXES", "check_header", "read_rows"]

SUFFIXES = (".tsv", ".csv", ".txt")
"""Endings of the files that count as word lists in a folder."""

_HEADERS = {"词": "term", "词语": "term", "词条": "term", "术语": "term", "关键词": "term", "word": "term"}
_HEADERS |= {"极性": "valence", "情感值": "valence", "系数": "factor", "级别": "level", "频次": "freq"}
_HEADERS |= {"标准词": "canonical", "同义词": "canonical", "领域": "domain", "类别": "kind"}
_HEADERS |= {"来源": "source", "备注": "note", "说明": "note", "分组": "group", "词性": "tag"}

_TAGS = "a|ad|ag|an|b|c|d|df|dg|e|eng|f|g|h|i|j|k|l|m|mg|mq|n|ng|nr|nrfg|nrt|ns|nt|nz|o|p|q"
_TAGS += "|r|rg|rr|rz|s|t|tg|u|ud|ug|uj|ul|uv|uz|v|vd|vg|vi|vn|vq|x|y|z|zg"
_KNOWN_TAGS = frozenset(_TAGS.split("|"))
"""Parts of speech of jieba."""

_BLANK = " \u3000\u00a0\ufeff\u200b\r\n"
"""What may stand around a cell without belonging to it."""

_LARGEST = 16 << 20
"""Bytes of a word list; jieba's large dictionary, of 584,000 words, has 8 MB."""
_MOST_CELLS, _LONGEST_LINE = 100, 20_000
"""Cells and characters of a line, which may hold a remark."""
_DETECTED = 20_000
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def read_rows(path: Path, encoding: str | None = None) -> tuple[list[str], list[tuple[int, list[str]]]]:
    r"""Return the rows of a word list.

    Parameters
    ----------
    path : pathlib.Path
        TSV or CSV with a header line, or one word a line, or ``word freq tag``.
    encoding : str, optional
        Overrides the recognition.

    Returns
    -------
    header : list of str
        Column names in English, ``term`` among them.
    rows : list of (int, list of str)
        Line number from 1, and as many cells as there are columns.

    Raises
    ------
    LexiconError
        A line cannot be used.
    InputError
        The file cannot be opened.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "words.txt"
    ...     _ = file.write_text("首次解决率\n退款 15 v\n", encoding="gb18030")
    ...     read_rows(file)
    (['term', 'freq', 'tag'], [(1, ['首次解决率', '', '']), (2, ['退款', '15', 'v'])])
    """
    text = _decode(path, encoding)
    lines = [(n, line.strip(_BLANK)) for n, line in enumerate(re.split(r"\r\n|\r|\n", text), start=1)]
    lines = [(n, line) for n, line in lines if line.strip() and not line.startswith("#")]
    for n, line in lines:
        if len(line) > _LONGEST_LINE:
            why = f"这一行有 {len(line):,} 个字，上限 {_LONGEST_LINE:,}；请每行一个词"
            raise LexiconError.bad_line(path, n, why)
    if not lines:
        return ["term"], []
    delimiter = _delimiter(lines[0][1], path.suffix.lower())
    rows = [(n, _split(path, n, line, delimiter)) for n, line in lines]
    first = rows[0][1]
    if "term" in [_english(cell) for cell in first]:
        header = check_header(path, rows[0][0], first)
        return header, [(n, _padded(path, n, cells, len(header))) for n, cells in rows[1:]]
    wide = next((n for n, cells in rows if len(cells) > 1), None)
    if wide is not None:
        why = "这一行有多列，但文件没有表头；请在第一行写列名，例如 term 和 canonical"
        raise LexiconError.bad_line(path, wide, why)
    parsed = [(n, _jieba(cells[0])) for n, cells in rows]
    width = max(i + 1 for _, cells in parsed for i in range(3) if cells[i])
    return ["term", "freq", "tag"][:width], [(n, cells[:width]) for n, cells in parsed]


def _delimiter(first: str, suffix: str) -> str:
    """Return tab where the first line has one, else comma where it is a header or the file says CSV."""
    if "\t" in first:
        return "\t"
    is_header = "term" in [_english(cell) for cell in first.split(",")]
    return "," if is_header or suffix == ".csv" else "\t"


def check_header(origin: object, line: int, cells: Sequence[str]) -> list[str]:
    """Return the column names in English; refuse a header without ``term`` or with a name twice.

    Examples
    --------
    >>> check_header("my.tsv", 1, ["词语", "极性"])
    ['term', 'valence']
    """
    header = [_english(cell) for cell in cells]
    if "term" not in header:
        raise LexiconError.bad_line(origin, line, f"没有 term（词）列；现有列：{'、'.join(header)}")
    repeated = [name for name in header if header.count(name) > 1 or not name]
    if repeated:
        raise LexiconError.bad_line(origin, line, f"列名「{repeated[0]}」重复或为空；请给每列不同的名字")
    return header


def _english(cell: str) -> str:
    name = cell.strip(_BLANK)
    return _HEADERS.get(name.lower(), name.lower())


def _decode(path: Path, encoding: str | None) -> str:
    try:
        data = read_whole(path, _LARGEST, "请只留下要用的词，或分成几个文件")
    except InputError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "无法打开"
        raise InputError.unreadable(path, reason, "请检查路径和权限") from error
    if data.startswith(_WORKBOOKS):
        raise InputError.unreadable(path, "是 Excel 工作簿或压缩文件，不是文本", "请另存为 UTF-8 的 CSV 再读")
    name = encoding or _guess(data)
    try:
        text = data.decode(name)
    except LookupError as error:
        raise InputError.unreadable(path, f"不认识编码「{name}」", "请改用 utf-8、gb18030 或 big5") from error
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        why = f"按 {name} 解码失败；请另存为 UTF-8，或用 encoding= 指定编码"
        raise LexiconError.bad_line(path, line, why) from error
    except UnicodeError as error:
        why = f"不能按 {name} 解码"
        raise InputError.unreadable(path, why, "请另存为 UTF-8，或用 encoding= 指定编码") from error
    if "\ufffd" in text or "\0" in text:
        line = len(re.split(r"\r\n|\r|\n", re.split("[\ufffd\0]", text)[0]))
        raise LexiconError.bad_line(path, line, "有无法识别的字符（乱码）；请用原文件另存为 UTF-8")
    return text


def _guess(data: bytes) -> str:
    """Return the encoding: byte-order mark, NUL bytes of UTF-16, strict UTF-8, Big5 or GB18030."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in data and not _is_utf8(data):
        # the NUL is the high byte of a tab, a line end or a Latin letter: its place gives the byte order
        return "utf-16-le" if data[1::2].count(0) > data[::2].count(0) else "utf-16-be"
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Big5 bytes decode as GB18030 without an error, so the detector decides between the two
        big5 = str(chardet.detect(_sample(data))["encoding"]).lower().startswith(("big5", "cp950"))
        return "big5hkscs" if big5 else "gb18030"
    return "utf-8-sig"


def _is_utf8(data: bytes) -> bool:
    """Return whether bytes beyond ASCII are UTF-8 and hold NUL by mistake: text of UTF-16 hardly ever is."""
    try:
        return not data.decode("utf-8").isascii()
    except UnicodeDecodeError:
        return False


def _sample(data: bytes) -> bytes:
    """Return lines from the first byte beyond ASCII on: enough for the detector, which is slow."""
    beyond = next(re.finditer(rb"[\x80-\xff]", data)).start()
    first = data.rfind(b"\n", 0, beyond) + 1
    return data[max(first, beyond - _DETECTED) : beyond + _DETECTED]


def _split(path: Path, line: int, text: str, delimiter: str) -> list[str]:
    """Return the cells of one line; none runs over lines, so that a stray quote cannot swallow the file."""
    if '"' not in text:
        # What a reader of CSV would give, in a fifth of its time.
        return _stripped(path, line, text.split(delimiter))
    try:
        (cells,) = csv.reader([text], delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise LexiconError.bad_line(path, line, '引号没有成对；含引号的词请写成 "" 加外层引号') from error
    return _stripped(path, line, cells)


def _stripped(path: Path, line: int, cells: list[str]) -> list[str]:
    if len(cells) > _MOST_CELLS:
        why = f"有 {len(cells):,} 格，上限 {_MOST_CELLS}；请检查分隔符，每行一个词"
        raise LexiconError.bad_line(path, line, why)
    return [cell.strip(_BLANK) for cell in cells]


def _padded(path: Path, line: int, cells: list[str], width: int) -> list[str]:
    if len(cells) > width:
        why = f"有 {len(cells)} 列，表头只有 {width} 列；请删去多出的分隔符"
        raise LexiconError.bad_line(path, line, why)
    return cells + [""] * (width - len(cells))


def _jieba(line: str) -> list[str]:
    """Return the cells of ``word freq tag``; ``iPhone 15`` is one term, as it may be a model name."""
    term, tag = _parted(line, lambda word: word in _KNOWN_TAGS)
    term, freq = _parted(term, lambda word: word.isascii() and word.isdigit())
    latin = term[-1].isascii()
    return [line, "", ""] if latin and not (freq and tag) else [term, freq, tag]


def _parted(line: str, is_last: Callable[[str], bool]) -> tuple[str, str]:
    """Return a line without its last word where that is of a kind and not all there is, and that word."""
    before, _, last = line.rpartition(" ")
    before = before.rstrip(" ")
    return (before, last) if before and is_last(last) else (line, "")
