"""The few marks and scales that charts are drawn with, as SVG text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10

from markupsafe import escape

__all__ = ["AxisScale", "Canvas", "Chart", "nice_ticks"]

_FONT = "'PingFang SC','Microsoft YaHei','Noto Sans SC',csatext,sans-serif"

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Chart:
    """A drawing that a page, a notebook or a converter to PNG can take.

    Attributes
    ----------
    svg : str
        One ``svg`` element; scales with the space it is given.
    """

    svg: str

    def _repr_svg_(self) -> str:
        return self.svg


@dataclass(frozen=True)
class AxisScale:
    """A straight line from values to pixels.

    Examples
    --------
    >>> AxisScale(0, 10, 100, 200)(5)
    150.0
    """

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the pixel of a value."""
        span = (self.high - self.low) or 1.0
        return self.start + (value - self.low) / span * (self.end - self.start)


def nice_ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Return round numbers that cover a range, at most about ``most``.

    Notes
    -----
    Steps of 1, 2 or 5 times a power of ten (Heckbert 1990, "Nice numbers for graph labels").

    Examples
    --------
    >>> nice_ticks(0.31, 0.52)
    [0.3, 0.35, 0.4, 0.45, 0.5, 0.55]
    """
    raw = ((high - low) or abs(high) or 1.0) / most
    power = 10.0 ** floor(log10(raw))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw * (1 - 1e-9))
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [round(step * at, 12) for at in range(first, max(last, first + 1) + 1)]


class Canvas:
    """Collects marks; coordinates are pixels from the upper left corner.

    A mark without a place (a missing number) is left out; a line leaves out such points.

    Parameters
    ----------
    width, height : float
    label : str
        What the drawing shows, for readers who do not see it.
    """

    def __init__(self, width: float, height: float, label: str) -> None:
        self._width, self._height, self._label = width, height, label
        self._marks: list[str] = []

    def chart(self) -> Chart:
        """Return what was drawn."""
        return Chart(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self._width:g} {self._height:g}" '
            f'width="{self._width:g}" role="img" aria-label="{escape(self._label)}" '
            f'font-family="{_FONT}" font-size="12">{"".join(self._marks)}</svg>'
        )

    def line(self, points: Points, colour: str, width: float = 1.0, dash: str = "") -> None:
        """Draw straight lines through the points."""
        points = _known(points)
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        at = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self._marks.append(
            f'<polyline points="{at}" fill="none" stroke="{colour}" stroke-width="{width:g}"{dashes}/>'
        )

    def area(self, points: Points, colour: str, opacity: float) -> None:
        """Fill a polygon."""
        points = _known(points)
        at = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self._marks.append(f'<polygon points="{at}" fill="{colour}" fill-opacity="{opacity:g}"/>')

    def box(self, x: float, y: float, width: float, height: float, colour: str, tip: str = "") -> None:
        """Fill a rectangle."""
        if not isfinite(x + y + width + height):
            return
        self._marks.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{height:.1f}" '
            f'fill="{colour}">{_title(tip)}</rect>'
        )

    def dot(self, x: float, y: float, radius: float, fill: str, colour: str, tip: str = "") -> None:
        """Draw a point; its tip shows where the pointer rests on it."""
        if not isfinite(x + y):
            return
        self._marks.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="{fill}" stroke="{colour}">'
            f"{_title(tip)}</circle>"
        )

    def text(
        self, x: float, y: float, words: str, anchor: str = "start", colour: str = "#52606d", tip: str = ""
    ) -> None:
        """Write words; ``anchor`` is start, middle or end."""
        if not isfinite(x + y):
            return
        self._marks.append(
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">'
            f"{_title(tip)}{escape(words)}</text>"
        )


def _known(points: Points) -> Points:
    return [(x, y) for x, y in points if isfinite(x + y)]


def _title(tip: str) -> str:
    return f"<title>{escape(tip)}</title>" if tip else ""
