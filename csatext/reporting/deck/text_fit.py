"""How much room a text takes on a slide: widths by kind of character, lines, the largest size that fits."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["clip", "fitting_size", "n_lines", "text_ems"]

_LINE = 1.3
"""Line height of Chinese fonts in ems (Microsoft YaHei: 1.32; Noto Sans SC 1.45 is set tighter by hand)."""
_NARROW = frozenset(" .,:;!|'iIjlt()[]1-")


def text_ems(text: str) -> float:
    """Return the width of a text on one line in ems: Han 1, capitals 0.68, other letters and digits 0.56.

    Examples
    --------
    >>> text_ems("联络"), round(text_ems("n 20"), 2)
    (2.0, 1.97)
    """
    width = 0.0
    for sign in text:
        if ord(sign) > 0x2E7F or sign in "—…“”‘’×÷":
            width += 1.0
        elif sign in _NARROW:
            width += 0.32 if sign != "1" else 0.56
        elif sign.isupper() or sign in "%@#&mwMW":
            width += 0.82
        else:
            width += 0.55
    return width


def n_lines(text: str, width: float, size: float) -> int:
    """Return the lines that a text takes.

    Parameters
    ----------
    text : str
    width : float
        Room in points.
    size : float
        Of the font, in points.

    Examples
    --------
    >>> n_lines("一二三四五六七八九十", 100, 20), n_lines("", 100, 20)
    (3, 1)
    """
    # A line is not filled to its end: a word or a mark that may not begin a line goes to the next.
    room = max(width / size - 1.0, 1.0)
    return sum(max(1, -int(-text_ems(part) // room)) for part in text.split("\n"))


def fitting_size(
    texts: Sequence[str], width: float, height: float, sizes: Sequence[float], gap: float = 0.0
) -> float | None:
    """Return the first of some sizes, largest first, in which paragraphs fit a box; None where none does.

    Parameters
    ----------
    texts : sequence of str
    width, height : float
        Of the box in points.
    sizes : sequence of float
    gap : float
        Points between paragraphs.

    Examples
    --------
    >>> fitting_size(["一二三四五六七八"] * 2, 100, 70, [20, 12])
    12
    """
    for size in sizes:
        lines = sum(n_lines(text, width, size) for text in texts)
        if lines * size * _LINE + gap * len(texts) <= height:
            return size
    return None


def clip(text: str, ems: float) -> str:
    """Return a text that is at most so wide, its end replaced by a mark where it is cut.

    Examples
    --------
    >>> clip("一二三四五", 3), clip("一二三", 3)
    ('一二…', '一二三')
    """
    if text_ems(text) <= ems:
        return text
    kept = ""
    for sign in text:
        if text_ems(kept + sign) > ems - 1:
            break
        kept += sign
    return f"{kept}…"
