"""The encoding of some bytes: byte order mark, strict UTF-8, then the likeliest for Chinese."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping

import chardet

from csatext.ingest.repair.character_frequencies import log_likelihood

__all__ = ["BYTES", "detect_encoding", "narrowest", "surely_utf8"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BIG5 = ("big5", "cp950", "big5hkscs")
BYTES = ("gb18030", *_BIG5)
"""Encodings in which a line end is one byte and a file can be read line by line."""
_PAIRS = ("utf-16-le", "utf-16-be")
_SAMPLE = 60_000
_IMPLAUSIBLE = -5.2
"""Mean log10 probability a character below which no Chinese reading is believed."""
_SIGNS = 0.5
"""Decades of likelihood that one of the Big5 family must gain over a narrower one."""
_NO_CHANCE, _NO_CHANCE_EACH = 3.0, 0.77
"""Decades by which bytes that are valid UTF-8 are likelier to be it; one pair in six is, of GB2312's."""
_BEYOND = re.compile(r"[^\x00-\x7f]")


def _strict(data: bytes, name: str) -> str | None:
    """Return the text, None where the bytes are not of this encoding; a cut last character is dropped."""
    try:
        return codecs.getincrementaldecoder(name)("strict").decode(data, final=False)
    except UnicodeDecodeError:
        return None


def _score(data: bytes, name: str) -> float | None:
    """Return the log likelihood of the bytes read as ``name``, None where they cannot be."""
    text = _strict(data, name)
    return None if text is None else log_likelihood(text.removeprefix("\ufeff"))


def _sample(data: bytes) -> bytes:
    """Return a piece that is rich in non-ASCII bytes, cut at line ends where there are any."""
    if len(data) <= _SAMPLE:
        return data
    step = 1_000
    at = max(
        range(0, len(data) - _SAMPLE, max(step, (len(data) - _SAMPLE) // 50)), key=lambda i: _beyond(data, i)
    )
    at -= at % 4
    if b"\x00" in data[:_SAMPLE]:
        return data[at : at + _SAMPLE]
    start = data.find(b"\n", at, at + _SAMPLE // 2)
    return data[start + 1 if start >= 0 else at : at + _SAMPLE]


def _beyond(data: bytes, at: int) -> int:
    piece = data[at : at + 2_000]
    return len(piece.translate(None, bytes(range(128))))


def detect_encoding(data: bytes) -> tuple[str, float]:
    """Return the likeliest encoding of some bytes and how sure that is.

    A byte order mark decides; then strict UTF-8 (three or more hanzi); then each of
    GB18030, Big5 (also with the Windows and Hong Kong additions), UTF-16 in both orders and short UTF-8
    that can be read without an error is scored by the likelihood of the text under a unigram model of
    Chinese characters; where none is plausible, chardet is asked. A character cut at the end is no error.

    Parameters
    ----------
    data : bytes
        The file, or its beginning.

    Returns
    -------
    name : str
        A Python codec name: ``utf-8``, ``utf-8-sig``, ``gb18030``, ``big5`` (``cp950``, ``big5hkscs``),
        ``utf-16``, ``utf-16-le``, ``utf-16-be`` ...
    confidence : float
        In [0, 1]: 1 for a mark or plain ASCII, else the share of the best reading among all readings.

    Examples
    --------
    >>> detect_encoding("退款一直没有到账，客服也不回复".encode("gb18030"))[0]
    'gb18030'
    >>> detect_encoding("退款一直沒有到帳，客服也不回覆".encode("big5"))[0]
    'big5'
    >>> detect_encoding("退款一直没有到账".encode("utf-16-be"))[0]
    'utf-16-be'
    """
    for mark, name in _MARKS:
        if data.startswith(mark) and _strict(data, name) is not None:
            return name, 1.0
    if b"\x00" not in data:
        if data.isascii():
            return "utf-8", 1.0
        text = _strict(data, "utf-8")
        if text is not None and surely_utf8(text):
            return "utf-8", 0.99
    piece = _sample(data)
    scores: dict[str, float] = {}
    for name in ("utf-8", *BYTES, *_PAIRS):
        score = _score(piece, name)
        if score is not None:
            scores[name] = score
    if "utf-8" in scores:
        # Bytes of another encoding are seldom valid UTF-8 by chance, less so with each character.
        scores["utf-8"] += _NO_CHANCE + _NO_CHANCE_EACH * len(_BEYOND.findall(_strict(piece, "utf-8") or ""))
    return _best(piece, scores)


def _best(piece: bytes, scores: dict[str, float]) -> tuple[str, float]:
    """Return the likeliest name, the plainer one where two read the same, and its share."""
    if scores:
        name = max(scores, key=lambda n: scores[n])
        name = narrowest(name, scores)
        text = _strict(piece, name) or ""
        if text and scores[name] / len(text) >= _IMPLAUSIBLE:
            rivals = [s for n, s in scores.items() if n != name and not (n in _BIG5 and name in _BIG5)]
            gap = scores[name] - max(rivals, default=scores[name] - 10.0)
            return name, 1.0 / (1.0 + 10.0 ** -min(gap, 15.0))
    loose = {n: _mean_likelihood(piece.decode(n, "replace")) for n in ("utf-8", *BYTES[:2])}
    name = max(loose, key=lambda n: loose[n])
    if loose[name] >= _IMPLAUSIBLE:
        return name, 0.5
    guess = chardet.detect(piece[:20_000])
    found = guess["encoding"]
    if found and _known(found) and _strict(piece, found) is not None:
        return found.lower(), float(guess["confidence"] or 0.0) * 0.5
    return name, 0.1


def narrowest(name: str, scores: Mapping[str, float]) -> str:
    """Return the best name, or the narrowest of the Big5 family that reads as well.

    They differ in a few signs that no likelihood tells apart.

    Parameters
    ----------
    name : str
        The name of the highest score.
    scores : mapping of str to float
        Log likelihood of the text by name.

    Examples
    --------
    >>> narrowest("big5hkscs", {"big5": -90.0, "cp950": -50.2, "big5hkscs": -50.0})
    'cp950'
    """
    if name not in _BIG5:
        return name
    return next(n for n in _BIG5 if n in scores and scores[n] > scores[name] - _SIGNS)


def _mean_likelihood(text: str) -> float:
    return log_likelihood(text) / max(1, len(text))


def _known(name: str) -> bool:
    try:
        return codecs.lookup(name) is not None
    except LookupError:
        return False


def surely_utf8(text: str) -> bool:
    """Return whether text that is valid UTF-8 cannot be another encoding's by chance.

    Three characters of three bytes, or eight of any length, from the first beyond ASCII on: two or three
    hanzi of GB18030 often are valid two-byte sequences.
    """
    first = _BEYOND.search(text)
    piece = text[first.start() : first.start() + _SAMPLE] if first is not None else ""
    wide = sum(c >= "\u0800" for c in piece)
    return wide >= 3 or wide + sum("\u0080" <= c < "\u0800" for c in piece) >= 8
