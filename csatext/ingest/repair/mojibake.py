"""Text encoded twice (UTF-8 bytes read as GBK, GBK bytes read as Latin-1 ...): undone where proven."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from csatext.ingest.raw_table import Note
from csatext.ingest.repair.character_frequencies import chinese_share, log_likelihood, of_codes
from csatext.strings import code_points, distinct_cells, is_ascii, string_array

__all__ = ["mend_columns", "mend_names", "mend_text"]

_ROUTES = (
    ("gb18030", "utf-8"),
    ("cp1252", "utf-8"),
    ("cp1252", "gb18030"),
    ("cp1252", "big5"),
    ("cp1252", "big5hkscs"),
    ("big5", "utf-8"),
    ("big5", "gb18030"),
    ("gb18030", "big5"),
)
"""Read wrongly as the first, was the second."""
_DOUBTFUL = -4.6
"""Mean log10 probability of the characters beyond ASCII; running Chinese lies near -3."""
_BELIEVED = -4.4
_GAIN = 4.0
"""Decades of likelihood that undoing must win."""
_GAIN_EACH = 1.0
"""Decades of likelihood for each character beyond ASCII; really garbled text gains about three."""
_LEAST = 2
_BEYOND_ASCII, _BEYOND_BMP = 0x80, 0x10000
_HANZI = re.compile("[\u3400-\u9fff\ue000-\uf8ff]")
"""Chinese bytes read as another Chinese encoding never give letters alone."""
_LOST = re.compile("[\ufffd?]+")


def _as_bytes(text: str, name: str) -> bytes | None:
    """Return the bytes that were read wrongly; cp1252 as browsers have it, unassigned bytes kept."""
    try:
        if name != "cp1252":
            return text.encode(name)
        return b"".join(c.encode("latin-1") if ord(c) < 0x100 else c.encode("cp1252") for c in text)
    except UnicodeEncodeError:
        return None


def _undo(text: str, wrong: str, right: str) -> str | None:
    """Return the text read as it should have been; what was lost on the way stays U+FFFD."""
    if wrong != "cp1252" and not _HANZI.search(text):
        return None
    data = _as_bytes(text, wrong)
    if data is not None:
        try:
            return data.decode(right)
        except UnicodeDecodeError:
            pass
    pieces = _LOST.split(text)
    if len(pieces) < 2 or right != "utf-8":
        return None
    encoded = [_as_bytes(piece, wrong) for piece in pieces]
    if any(data is None for data in encoded):
        return None
    return "\ufffd".join(
        data.decode(right, "replace").strip("\ufffd") for data in encoded if data is not None
    )


def mend_text(text: str) -> str | None:
    """Return a text with one wrong decoding undone, None where none is proven.

    Proven means: the characters go back to bytes without an error, those bytes are text in the other
    encoding, and that text is Chinese and likelier by far (a decade a character, four at least). Where
    the wrong reading had already lost bytes (``?`` or U+FFFD), each lost character stays U+FFFD.

    Parameters
    ----------
    text : str

    Returns
    -------
    str or None

    Examples
    --------
    >>> mend_text("客服态度".encode().decode("gb18030"))
    '客服态度'
    >>> mend_text("客服态度很差".encode("gb18030").decode("latin-1"))
    '客服态度很差'
    >>> mend_text("客服态度很差") is None
    True
    """
    before = log_likelihood(text)
    best, best_score = None, -np.inf
    for wrong, right in _ROUTES:
        found = _undo(text, wrong, right)
        if found is None or not found:
            continue
        whole = found.replace("\ufffd", "")
        beyond = [c for c in whole if not c.isascii()]
        if len(beyond) < _LEAST or found.count("\ufffd") > 0.34 * len(found) or chinese_share(whole) < 0.8:
            continue
        score = log_likelihood(found)
        gain = score - before
        believed = log_likelihood("".join(beyond)) / len(beyond) > _BELIEVED
        if score > best_score and believed and gain > max(_GAIN, _GAIN_EACH * len(beyond)):
            best, best_score = found, score
    return best


@cache
def _excess() -> NDArray[np.float32]:
    """Return by how much a character is likelier than doubtful, 0 for ASCII, shape (65537,)."""
    excess = of_codes(np.arange(_BEYOND_BMP + 1, dtype=np.uint32)) - np.float32(_DOUBTFUL)
    excess[:_BEYOND_ASCII] = 0
    return np.asarray(excess)


def _doubtful(texts: pa.Array) -> NDArray[np.bool_]:
    """Return which texts hold characters beyond ASCII that running Chinese would not have."""
    doubt = np.zeros(len(texts), dtype=np.bool_)
    for piece in code_points(texts, ascii_too=False):
        doubt[piece.first : piece.first + piece.lengths.size] = (
            piece.add(_excess().take(piece.codes, mode="clip")) < 0
        )
    return doubt


def mend_columns(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Note]]:
    """Return a frame whose string cells have a proven wrong decoding undone, and a note a column.

    Parameters
    ----------
    frame : DataFrame, shape (n, n_columns)

    Returns
    -------
    frame : DataFrame, shape (n, n_columns)
    notes : list of Note

    Examples
    --------
    >>> wrong = "客服态度".encode().decode("gb18030")
    >>> frame, notes = mend_columns(pd.DataFrame({"text": ["很好", wrong]}))
    >>> frame["text"].tolist(), notes[0].n
    (['很好', '客服态度'], 1)
    """
    result = frame.copy(deep=False)
    notes: list[Note] = []
    for name in frame.columns:
        column = frame[name]
        if not isinstance(column.dtype, pd.StringDtype):
            continue
        whole, n = _mended(column)
        if n:
            result[name] = whole
            detail = f"{n} 行编码过两次（乱码），已还原"
            notes.append(Note("mojibake", str(name), n, len(frame), detail))
    return result, notes


def _mended(column: pd.Series) -> tuple[pd.Series, int]:
    """Return a string column with proven wrong decodings undone, and in how many cells there was one."""
    written = string_array(column)
    if is_ascii(written):
        return column, 0
    # A name or a word that is rare in Chinese stands in thousands of cells: it is judged once.
    cells = distinct_cells(written)
    doubtful = pc.unique(cells.values.filter(pa.array(_doubtful(cells.values))))
    mended = {text: new for text in doubtful.to_pylist() if (new := mend_text(text)) is not None}
    if not mended:
        return column, 0
    wrong = pc.is_in(cells.values, value_set=pa.array(mended, type=cells.values.type))
    rows = cells.spread(wrong.to_numpy(zero_copy_only=False))
    whole = column.copy()
    whole[rows] = column[rows].map(mended)
    return whole, int(rows.sum())


def mend_names(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose column names have a proven wrong decoding undone.

    Examples
    --------
    >>> wrong = "投诉内容".encode().decode("gb18030")
    >>> mend_names(pd.DataFrame({wrong: ["慢"]})).columns.tolist()
    ['投诉内容']
    """
    names = [str(name) for name in frame.columns]
    mended = [name if name.isascii() else mend_text(name) or name for name in names]
    if mended == names or len(set(mended)) < len(mended):
        return frame
    return frame.set_axis(mended, axis="columns")
