"""Bytes to text: the encoding given or found, line by line where a file mixes them, marks taken off."""

from __future__ import annotations

import codecs
from collections import Counter

from csatext.errors import InputError, ParameterError
from csatext.ingest.detection import BYTES, detect_encoding, narrowest, surely_utf8
from csatext.ingest.raw_table import Note
from csatext.ingest.repair.character_frequencies import log_likelihood

__all__ = ["decode", "decode_bytes"]

_OFFERED = ("utf-8", "gb18030", "big5", "utf-16", "utf-16-le", "utf-16-be")
_MIXED = ("utf-8", *BYTES)
_SAMPLE = 60_000
_LOST = "\ufffd"


def _decode_line(line: bytes, main: str, tally: Counter[str]) -> str:
    """Return the likeliest reading of a line that is not of the main encoding; lost bytes are U+FFFD."""
    readings = {name: line.decode(name, "replace") for name in dict.fromkeys((main, *_MIXED))}
    scores = {name: log_likelihood(text) for name, text in readings.items()}
    best = narrowest(max(scores, key=lambda n: scores[n]), scores)
    tally[best] += 1
    return readings[best]


def decode_bytes(cell: bytes) -> str:
    """Return one cell that should be UTF-8, mended where it is not; lost bytes are U+FFFD.

    Examples
    --------
    >>> decode_bytes("退款".encode()), decode_bytes("退款一直没有到账".encode("gb18030"))
    ('退款', '退款一直没有到账')
    """
    whole = _whole(cell, "utf-8")
    return _decode_line(cell, "utf-8", Counter()) if whole is None else whole


def _is_utf8(line: bytes) -> bool:
    """Return whether a line beyond ASCII is valid UTF-8; almost no line of another encoding is."""
    return not line.isascii() and _whole(line, "utf-8") is not None


def _by_lines(data: bytes, main: str) -> tuple[str, list[Note]]:
    """Return the text decoded line by line, and how many lines were of another encoding or damaged."""
    tally: Counter[str] = Counter()
    texts: list[str] = []
    lines = data.split(b"\n")
    whole = _whole(data, main)
    if whole is not None:
        texts = whole.split("\n")
        for i, line in enumerate(lines):
            if _is_utf8(line):
                texts[i] = _decode_line(line, main, tally)
    else:
        for line in lines:
            text = _whole(line, main)
            other = text is None or (main != "utf-8" and _is_utf8(line))
            texts.append(_decode_line(line, main, tally) if other else str(text))
    tally.pop(main, None)
    notes = [
        Note("encoding_rows", "", n, len(lines), f"{n} 行的编码是 {name}，已分行解码")
        for name, n in sorted(tally.items())
    ]
    damaged = sum(_LOST in text for text in texts)
    if damaged:
        notes.append(
            Note("bad_bytes", "", damaged, len(lines), f"{damaged} 行有丢失或多余的字节，坏处显示为 {_LOST}")
        )
    return "\n".join(texts), notes


def decode(data: bytes, path: object, encoding: str | None = None) -> tuple[str, list[Note]]:
    """Return the text of a file and what was guessed about it.

    Parameters
    ----------
    data : bytes
        The whole file.
    path : object
        Named in errors.
    encoding : str, optional
        A Python codec name; gb2312 and gbk are read as gb18030, which contains them.

    Returns
    -------
    text : str
        Without byte order mark.
    notes : list of Note
        The encoding; lines of another encoding; lines with bytes that no encoding explains.

    Raises
    ------
    ParameterError
        ``encoding`` is not a text encoding that Python knows.
    InputError
        The bytes are not text.
    """
    text = None
    if encoding is None:
        text = _plain_utf8(data)
        name, confidence = ("utf-8", 0.99) if text is not None else detect_encoding(data)
        said = f"编码：{name}（把握 {confidence:.0%}）"
    else:
        name = _canonical(encoding)
        said = f"编码：{name}（指定）"
    notes = [Note("encoding", "", 1, 1, said)]
    if text is None and (encoding is not None or name not in ("utf-8", *BYTES)):
        text = _whole(data, name)
    if text is None and name not in ("utf-8", "utf-8-sig", *BYTES):
        text = _damaged(data, name, path)
    if text is None:
        text, more = _by_lines(data.removeprefix(codecs.BOM_UTF8), "utf-8" if name == "utf-8-sig" else name)
        notes += more
    text, more = _without_marks(text, path)
    return text, [*notes, *more]


def _without_marks(text: str, path: object) -> tuple[str, list[Note]]:
    """Return the text without byte order marks, end-of-file marks and NUL, and what there was."""
    notes: list[Note] = []
    text = text.removeprefix("\ufeff").rstrip("\x1a\x00")
    _refuse_binary(text, path)
    if "\n\ufeff" in text:
        n = text.count("\n\ufeff")
        notes.append(Note("byte_order_marks", "", n, n, f"去掉行首的 {n} 个字节序标记（拼接的文件）"))
        text = text.replace("\n\ufeff", "\n")
    if "\x00" in text:
        n = text.count("\x00")
        notes.append(Note("nul_characters", "", n, len(text), f"去掉 {n} 个空字符（NUL）"))
        text = text.replace("\x00", "")
    return text, notes


def _plain_utf8(data: bytes) -> str | None:
    """Return the text where it is UTF-8 without any doubt, None where it must be looked at."""
    if b"\x00" in data[:_SAMPLE]:
        return None
    text = _whole(data, "utf-8")
    return text if text is not None and (text.isascii() or surely_utf8(text)) else None


def _whole(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except UnicodeError:
        return None


def _damaged(data: bytes, name: str, path: object) -> str:
    """Return the text of an encoding that is not read by lines, lost bytes as U+FFFD."""
    try:
        return data.decode(name, "replace")
    except UnicodeError as error:
        what = "请去掉 encoding= 让程序判断，或换一个编码"
        raise InputError.unreadable(path, f"不能按 {name} 解码", what) from error


def _canonical(encoding: str) -> str:
    try:
        name = codecs.lookup(encoding).name
        "a".encode(name)
    except (LookupError, TypeError, ValueError) as error:
        raise ParameterError.not_allowed("encoding", encoding, _OFFERED) from error
    return "gb18030" if name in ("gb2312", "gbk", "cp936", "hz") else name


def _refuse_binary(text: str, path: object) -> None:
    """Raise for content that is not text: many control characters, or mostly damage."""
    piece = text[:_SAMPLE]
    odd = sum(c < " " and c not in "\t\n\r\f\x0b\x1a\x01" for c in piece)
    lost = piece.count(_LOST)
    if odd > 0.02 * len(piece) + 2 or lost > 0.3 * len(piece) + 2:
        what = "请导出为 CSV 或 XLSX 再读；文本文件可用 encoding= 指定编码"
        raise InputError.unreadable(path, "内容不是文本（像是二进制文件）", what)
