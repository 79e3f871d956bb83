"""Bytes to text: the encoding given or found, line by line where a file mixes them, marks taken off."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Mapping
from itertools import islice

import chardet

from csatext.errors import InputError, ParameterError
from csatext.ingest.raw_table import Note
from csatext.ingest.repair.character_frequencies import log_likelihood

__all__ = [
    "BYTES",
    "decode",
    "decode_bytes",
    "decode_part",
    "detect_encoding",
    "found_encoding",
    "likelier_encoding",
    "narrowest",
    "surely_utf8",
]

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
_IMPLAUSIBLE = -5.2
"""Mean log10 probability a character below which no Chinese reading is believed."""
_SIGNS = 0.5
"""Decades of likelihood that one of the Big5 family must gain over a narrower one."""
_NO_CHANCE, _NO_CHANCE_EACH = 3.0, 0.77
"""Decades by which bytes that are valid UTF-8 are likelier to be it; one pair in six is, of GB2312's."""
_PADDING = 1.0
"""Decades that a NUL costs a reading of which it is no part; as a character of UTF-16 two of them cost 8."""
_BEYOND = re.compile(r"[^\x00-\x7f]")
_WIDE = re.compile(r"[^\x00-\u07ff]")
_ODD_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f]")

_JUDGED = frozenset(
    (
        *("utf-8", "utf-8-sig", *BYTES, *_PAIRS, "utf-16", "utf-32"),
        *("ascii", "iso8859-1", "iso8859-15", "cp1252", "shift_jis", "cp932", "euc_jp"),
    )
)
"""Encodings of Chinese and Japanese, and those that programs take where none is set: what they give is known
to be likely or not. Readings as Korean or Russian are not judged."""
_ANY_MARK = tuple(mark for mark, _ in _MARKS)
_SURE, _GAIN = 0.99, 8.0
"""Confidence, and decades of likelihood, by which another encoding than the one given must be likelier."""
_RARE, _COMMON, _ASCII = -4.8, -4.2, -2.6
"""Mean log10 probability of characters beyond ASCII: those of Latin are at -5, running Chinese is near -3."""
_OFFERED = ("utf-8", "gb18030", "big5", "utf-16", "utf-16-le", "utf-16-be")
_MIXED = ("utf-8", *BYTES)
_MIXED_NAMES = ("utf-8-sig", *_MIXED)
_SAMPLE = 60_000
_LOST = "\ufffd"
_SIDE_BY_SIDE = 2
"""Control characters that one delimiter may be made of."""


def _decode_line(line: bytes, main: str, tally: Counter[str]) -> str:
    """Return the likeliest reading of a line that is not of the main encoding; lost bytes are U+FFFD."""
    # One reading at a time: a line may have 100 MB.
    scores = {name: log_likelihood(line.decode(name, "replace")) for name in dict.fromkeys((main, *_MIXED))}
    best = narrowest(max(scores, key=lambda n: scores[n]), scores)
    tally[best] += 1
    return line.decode(best, "replace")


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
        detail = f"编码：{name}（把握 {confidence:.0%}）"
    else:
        name = _canonical(encoding)
        detail = f"编码：{name}（指定）"
        likelier = likelier_encoding(data, name)
        if likelier is not None:
            what = f"这个文件像是 {likelier}，请改成它，或去掉 encoding= 让程序判断"
            raise InputError.unreadable(path, f"按指定的编码 {encoding} 读出来不是中文", what)
    notes = [Note("encoding", "", 1, 1, detail)]
    if text is None and name in _MIXED_NAMES and b"\x00" in data:
        # Before the bytes are decoded: NUL may stand between the two of a character.
        data, more = _without_nul(data)
        notes += more
    if text is None and (encoding is not None or name not in ("utf-8", *BYTES)):
        text = _whole(data, name)
    if text is None and name not in ("utf-8", "utf-8-sig", *BYTES):
        text = _damaged(data, name, path)
    if text is None:
        text, more = _by_lines(data.removeprefix(codecs.BOM_UTF8), "utf-8" if name == "utf-8-sig" else name)
        notes += more
    text, more = _without_marks(text, path)
    return text, [*notes, *more]


def decode_part(data: bytes, path: object, encoding: str) -> tuple[str, list[Note]]:
    r"""Return some lines of a file whose encoding is known, as :func:`decode` reads them.

    Parameters
    ----------
    data : bytes
        Whole lines.
    path : object
        Named in errors.
    encoding : str
        ``utf-8``, ``utf-8-sig`` or one of :data:`BYTES`.

    Raises
    ------
    InputError
        The bytes are not text.

    Examples
    --------
    >>> decode_part("太慢\n".encode("gb18030"), "a.csv", "gb18030")
    ('太慢\n', [])
    """
    data, notes = _without_nul(data) if b"\x00" in data else (data, [])
    main = "utf-8" if encoding == "utf-8-sig" else encoding
    text, more = _plain_utf8(data) if main == "utf-8" else None, list[Note]()
    if text is None:
        text, more = _by_lines(data.removeprefix(codecs.BOM_UTF8), main)
    text, marks = _without_marks(text, path)
    return text, [*notes, *more, *marks]


def found_encoding(data: bytes, given: str = "") -> str:
    """Return the encoding that :func:`decode` reads bytes in.

    Examples
    --------
    >>> found_encoding("太慢".encode()), found_encoding(b"a", "gbk")
    ('utf-8', 'gb18030')
    """
    if given:
        return _canonical(given)
    return "utf-8" if _plain_utf8(data) is not None else detect_encoding(data)[0]


def _without_nul(data: bytes) -> tuple[bytes, list[Note]]:
    """Return the bytes without NUL, and how many there were before the end."""
    whole = data.rstrip(b"\x1a\x00")
    n = whole.count(b"\x00")
    notes = [Note("nul_characters", "", n, len(whole), f"去掉 {n} 个空字符（NUL）")] if n else []
    return whole.replace(b"\x00", b""), notes


def _without_marks(text: str, path: object) -> tuple[str, list[Note]]:
    """Return the text without byte order marks, end-of-file marks and NUL, and what there was."""
    notes: list[Note] = []
    text = text.removeprefix("\ufeff").rstrip("\x1a\x00")
    _refuse_binary(text, path)
    if "\ufeff" in text and "\n\ufeff" in text:  # one character is sought much faster than two
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
    """Raise for content that is not text: many control characters, or mostly damage.

    NUL alone is no sign of it: programs fill cells of fixed width and lost blocks of a disk with it.
    """
    piece = text[:_SAMPLE]
    if "\x00" in piece:
        piece = text.replace("\x00", "")[:_SAMPLE]
    odd = Counter(_ODD_CONTROLS.findall(piece))
    # A control character over and over is a delimiter, or two that stand side by side.
    most = max(odd.values(), default=0)
    often = [c for c, n in odd.items() if n == most]
    n_odd = odd.total() - (most * len(often) if len(often) <= _SIDE_BY_SIDE else 0)
    lost = piece.count(_LOST)
    if n_odd > 0.02 * len(piece) + 2 or lost > 0.3 * len(piece) + 2:
        what = "请导出为 CSV 或 XLSX 再读；文本文件可用 encoding= 指定编码"
        raise InputError.unreadable(path, "内容不是文本（像是二进制文件）", what)


def _strict(data: bytes, name: str) -> str | None:
    """Return the text, None where the bytes are not of this encoding; a cut last character is dropped."""
    try:
        return codecs.getincrementaldecoder(name)("strict").decode(data, final=False)
    except UnicodeDecodeError:
        return None


def _reading(data: bytes, name: str) -> str | None:
    """Return the text without NUL where a character may be one byte: in UTF-16 NUL is half of a letter."""
    return _strict(data if name in _PAIRS else data.replace(b"\x00", b""), name)


def _score(data: bytes, name: str) -> float | None:
    """Return the log likelihood of the bytes read as ``name``, None where they cannot be."""
    text = _reading(data, name)
    if text is None:
        return None
    padding = 0 if name in _PAIRS else data.count(b"\x00")
    return log_likelihood(text.removeprefix("\ufeff")) - _PADDING * padding


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
    beyond = len(_BEYOND.findall(_reading(piece, "utf-8") or ""))
    if "utf-8" in scores and (beyond or b"\x00" not in piece):
        # Bytes of another encoding are seldom valid UTF-8 by chance, less so with each character.
        scores["utf-8"] += _NO_CHANCE + _NO_CHANCE_EACH * beyond
    return _best(piece, scores)


def _best(piece: bytes, scores: dict[str, float]) -> tuple[str, float]:
    """Return the likeliest name, the plainer one where two read the same, and its share."""
    if scores:
        name = max(scores, key=lambda n: scores[n])
        name = narrowest(name, scores)
        text = _reading(piece, name) or ""
        if text and log_likelihood(text) / len(text) >= _IMPLAUSIBLE:
            rivals = [s for n, s in scores.items() if n != name and not (n in _BIG5 and name in _BIG5)]
            gap = scores[name] - max(rivals, default=scores[name] - 10.0)
            return name, 1.0 / (1.0 + 10.0 ** -min(gap, 15.0))
    bare = piece.replace(b"\x00", b"")
    loose = {n: _mean_likelihood(bare.decode(n, "replace")) for n in ("utf-8", *BYTES[:2])}
    name = max(loose, key=lambda n: loose[n])
    if loose[name] >= _IMPLAUSIBLE:
        return name, 0.5
    guess = chardet.detect(piece[:20_000])
    found = guess["encoding"]
    if found and _known(found) and _strict(piece, found) is not None:
        return found.lower(), float(guess["confidence"] or 0.0) * 0.5
    return name, 0.1


def likelier_encoding(data: bytes, name: str) -> str | None:
    """Return the encoding that a file is in where it cannot be in the one given, else None.

    What comes out decides: valid UTF-8 with several characters of three bytes is nothing else; elsewhere
    the characters beyond ASCII of the given reading must be rare ones, those of the other common ones, and
    the whole far less likely. Encodings of Korean, Russian and others are believed.

    Parameters
    ----------
    data : bytes
        The file, or its beginning.
    name : str
        A Python codec name.

    Examples
    --------
    >>> likelier_encoding("退款一直没有到账".encode(), "utf-16-le")
    'utf-8'
    >>> likelier_encoding("退款一直没有到账".encode("utf-16-le"), "utf-16-le") is None
    True
    """
    piece = _sample(data)
    given = piece.decode(name, "replace")
    best, confidence = detect_encoding(piece if not data.startswith(_ANY_MARK) else data[:_SAMPLE])
    bare = piece.replace(b"\x00", b"")
    other = (bare if best == "utf-8" else piece).decode(best, "replace")
    if other.removeprefix("\ufeff") == given.removeprefix("\ufeff"):
        return None
    sure = best.startswith("utf-8") and _strict(bare, "utf-8") is not None and surely_utf8(other)
    if sure and name.removesuffix("-sig") != "utf-8":
        return best
    if name not in _JUDGED or confidence < _SURE:
        return None
    worse, better = _beyond_ascii(given), _beyond_ascii(other)
    gain = log_likelihood(other) - log_likelihood(given)
    return best if worse < _RARE and better > _COMMON and gain > _GAIN else None


def _beyond_ascii(text: str) -> float:
    """Return the mean log10 probability of the characters beyond ASCII; of ASCII alone that of one."""
    beyond = "".join(_BEYOND.findall(text))
    return _mean_likelihood(beyond) if beyond else _ASCII


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
    if first is None:
        return False
    piece = text[first.start() : first.start() + _SAMPLE]
    wide = islice(_WIDE.finditer(piece), 3)
    return len(list(wide)) == 3 or len(list(islice(_BEYOND.finditer(piece), 8))) == 8
