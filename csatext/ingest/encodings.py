"""Bytes to text: byte order mark, strict UTF-8, then the likeliest of the Chinese encodings."""

from __future__ import annotations

from csatext.errors import InputError
from csatext.ingest.raw import Note

__all__ = ["decode", "detect_encoding"]


def detect_encoding(data: bytes) -> tuple[str, float]:
    """Return the likeliest encoding."""
    for name in ("utf-8", "gb18030", "big5hkscs"):
        try:
            data.decode(name)
        except UnicodeDecodeError:
            continue
        return name, 1.0
    return "utf-8", 0.0


def decode(data: bytes, path: object, encoding: str | None = None) -> tuple[str, list[Note]]:
    """Return the text."""
    name = encoding or detect_encoding(data)[0]
    try:
        text = data.decode(name, "replace")
    except LookupError as error:
        raise InputError.unreadable(path, f"没有叫 {name} 的编码", "请写 utf-8、gb18030 或 big5") from error
    return text.removeprefix("\ufeff"), [Note("encoding", "", 1, 1, f"编码：{name}")]
