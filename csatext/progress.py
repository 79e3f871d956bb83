"""Progress of long work: a bar on a terminal and in a notebook, plain lines with the time elsewhere.

Work that can take more than two seconds counts what it has done (:func:`counted`). Where that is shown is not
its matter: a command line shows it beside its :class:`Steps`, a terminal or notebook as a bar of tqdm, all
else as lines of the logger ``csatext.progress`` (level INFO), which are seen where a program asks for them.
"""

from __future__ import annotations

import logging
import shutil
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple, Protocol, TextIO, TypeVar

from csatext.errors import escape_controls

__all__ = ["Count", "Reading", "Steps", "counted", "tracked", "write_plain"]

_LOG = logging.getLogger(__name__)
_AFTER = 2.0
"""Seconds before anything is shown."""
_FRAME = 0.2
"""Seconds between two drawings of a bar."""
_BETWEEN = 10.0
"""Seconds between two plain lines."""
_SLOWEST, _WHOLE = 0.1, 10
"""Rates below the one are not shown, and those from the other on without decimals."""
_BAR = "{desc} {percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt} [{elapsed}<{remaining}, {rate_fmt}]"
_WITHOUT_END = "{desc} {n_fmt} [{elapsed}, {rate_fmt}]"
_WITHOUT_COUNT = "{desc} … [{elapsed}]"
_ERASE = "\r\033[K"
_Item = TypeVar("_Item")


def write_plain(stream: TextIO, text: str) -> None:
    r"""Write text without control characters; what the stream's encoding lacks is written as an escape.

    Examples
    --------
    >>> write_plain(sys.stdout, "渠道\x1b[2J")
    渠道\x1b[2J
    """
    encoding = getattr(stream, "encoding", None) or "utf-8"
    stream.write(escape_controls(text).encode(encoding, "backslashreplace").decode(encoding))


class Reading(NamedTuple):
    """How far counted work is.

    Attributes
    ----------
    name : str
        What is done.
    done : int
    total : int or None
        None where nobody knows.
    unit : str
        What is counted.
    seconds : float
        Since it began.
    """

    name: str
    done: int
    total: int | None
    unit: str
    seconds: float

    @property
    def per_second(self) -> float | None:
        """How many a second; None before the clock has moved."""
        return self.done / self.seconds if self.seconds > 0 else None

    @property
    def seconds_left(self) -> float | None:
        """Seconds to the end at the same rate; None where nobody knows, and at the end."""
        if not self.total or not 0 < self.done < self.total:
            return None
        return self.seconds * (self.total / self.done - 1)

    @property
    def sentence(self) -> str:
        """All of it in Chinese.

        Examples
        --------
        >>> Reading("分词", 50, 100, "条", 5.0).sentence
        '分词 50/100 条（50%），已用 0:05，每秒 10 条，约剩 0:05'
        """
        of = f"/{self.total:,} {self.unit}（{self.done / self.total:.0%}）" if self.total else f" {self.unit}"
        rate = self.per_second or 0.0
        speed = f"，每秒 {_figure(rate)} {self.unit}" if rate >= _SLOWEST else ""
        left = "" if self.seconds_left is None else f"，约剩 {_clock(self.seconds_left)}"
        return f"{self.name} {self.done:,}{of}，已用 {_clock(self.seconds)}{speed}{left}"


class Steps:
    """Named steps of a command: one line that is rewritten on a terminal, plain lines elsewhere.

    What is counted while it is active (``with steps:``) is shown in the same place.

    Parameters
    ----------
    stream : text file
        Where they are written.

    Attributes
    ----------
    verbose : bool
        False: nothing is written, counts included.
    number : int
        Steps that have begun.

    Examples
    --------
    >>> with Steps(sys.stdout) as steps:
    ...     steps("读取")
    [1] 读取 …
    """

    def __init__(self, stream: TextIO) -> None:
        self.verbose = True
        self.stream = stream
        self.is_terminal = stream.isatty()
        self.number = 0
        self._begin = 0.0
        self._said = ""

    def __enter__(self) -> Steps:
        self._token = _SHOWN_BY.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        _SHOWN_BY.reset(self._token)

    def __call__(self, step: str) -> None:
        """Begin a step."""
        if not self.verbose:
            return
        seconds = self.begin_step()
        after = f"（已用 {_clock(seconds)}）" if seconds >= 1 and not self.is_terminal else ""
        self._said = f"[{self.number}] {step} …{after}"
        if self.is_terminal:
            self.again()
        else:
            write_plain(self.stream, f"{self._said}\n")
            self.stream.flush()

    def begin_step(self) -> float:
        """Count a step, and return the seconds since the first."""
        if not self.number:
            self._begin = time.monotonic()
        self.number += 1
        return self.seconds

    @property
    def seconds(self) -> float:
        """Seconds since the first step began."""
        return time.monotonic() - self._begin if self.number else 0.0

    def again(self) -> None:
        """Write the step over what stands in the line of a terminal."""
        self.stream.write(_ERASE)
        write_plain(self.stream, self._said)
        self.stream.flush()

    def show(self, reading: Reading) -> None:
        """Write how far counted work is as a plain line under the step."""
        write_plain(self.stream, f"    {reading.sentence}\n")
        self.stream.flush()

    def close(self) -> None:
        """Leave the line of a terminal empty."""
        if self.is_terminal and self.number:
            self.stream.write(_ERASE)


class _Silence:
    """Stands where nothing is shown: asked for, or part of what is counted already."""


_SILENCE = _Silence()
_SHOWN_BY: ContextVar[Steps | _Silence | None] = ContextVar("csatext_progress", default=None)


class Count(Protocol):
    """What work tells of itself."""

    def add(self, n: int) -> None:
        """``n`` more are done."""

    def at(self, done: int, total: int) -> None:
        """``done`` of ``total`` are done."""


@contextmanager
def counted(name: str, total: int | None, *, unit: str = "条", verbose: bool = True) -> Iterator[Count]:
    """Show how far some work is, from two seconds on; counts inside of it are not shown.

    Parameters
    ----------
    name : str
        What is done, in Chinese.
    total : int or None
        How many there are to do; None where nobody knows.
    unit : str
        What is counted.
    verbose : bool, default True
        False: nothing is shown.

    Yields
    ------
    Count

    Examples
    --------
    >>> with counted("分词", 2) as count:
    ...     count.add(1)
    ...     count.add(1)
    """
    shown_by = _SHOWN_BY.get()
    stream = shown_by.stream if isinstance(shown_by, Steps) else sys.stderr
    count: Any
    if not verbose or shown_by is _SILENCE or (isinstance(shown_by, Steps) and not shown_by.verbose):
        count = _Unseen()
    elif shown_by.is_terminal if isinstance(shown_by, Steps) else _shows_bars(stream):
        count = _Bar(name, total, unit, stream)
    else:
        count = _Lines(name, total, unit, shown_by.show if isinstance(shown_by, Steps) else _log)
    token = _SHOWN_BY.set(_SILENCE)
    try:
        yield count
    finally:
        _SHOWN_BY.reset(token)
        count.close()
        if isinstance(shown_by, Steps) and isinstance(count, _Bar) and count.is_drawn:
            shown_by.again()


def tracked(
    items: Collection[_Item], name: str, *, unit: str = "条", verbose: bool = True
) -> Iterator[_Item]:
    """Yield the items one by one, and count them.

    Parameters
    ----------
    items : collection
    name, unit, verbose
        As in :func:`counted`.

    Yields
    ------
    object

    Examples
    --------
    >>> [week * 2 for week in tracked([1, 2], "根因", unit="期")]
    [2, 4]
    """
    with counted(name, len(items), unit=unit, verbose=verbose) as count:
        for item in items:
            yield item
            count.add(1)


def _log(reading: Reading) -> None:
    _LOG.info(reading.sentence)


def _shows_bars(stream: Any) -> bool:
    """Return whether a stream is a terminal or the output of a notebook's cell."""
    in_notebook = type(stream).__module__.startswith("ipykernel")
    return stream is not None and (in_notebook or bool(getattr(stream, "isatty", bool)()))


class _Unseen:
    def add(self, n: int) -> None:
        """Nothing is shown."""

    def at(self, done: int, total: int) -> None:
        """Nothing is shown."""

    def close(self) -> None:
        """Nothing was shown."""


class _Bar:
    """A bar as tqdm writes it, from two seconds on; it leaves the line empty.

    A thread of its own draws it, so that the time goes on where work tells of itself rarely.
    """

    def __init__(self, name: str, total: int | None, unit: str, stream: TextIO) -> None:
        self._name, self._total, self._unit, self._stream = name, total, unit, stream
        self._done = self._width = 0
        self.is_drawn = False
        self._begin = time.monotonic()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._draw, daemon=True)
        self._thread.start()

    def add(self, n: int) -> None:
        self._done += n

    def at(self, done: int, total: int) -> None:
        self._done, self._total = done, total

    def close(self) -> None:
        self._ended.set()
        self._thread.join()

    def _draw(self) -> None:
        if self._ended.wait(_AFTER):
            return
        from tqdm import tqdm
        from tqdm.utils import disp_len

        is_plain = "utf" not in (getattr(self._stream, "encoding", None) or "utf-8").lower()
        try:
            while not self._ended.wait(_FRAME):
                form = _BAR if self._total else _WITHOUT_END if self._done else _WITHOUT_COUNT
                shown = tqdm.format_meter(
                    self._done, self._total, time.monotonic() - self._begin,
                    ncols=shutil.get_terminal_size().columns - 1, prefix=self._name, ascii=is_plain,
                    unit=f" {self._unit}", bar_format=form,
                )  # fmt: skip
                self._over(shown, disp_len(shown))
            self._over("", 0)
        except (OSError, ValueError):
            return  # the stream is closed: nobody looks any more

    def _over(self, shown: str, width: int) -> None:
        """Write a line over the one before."""
        self.is_drawn = True
        self._stream.write("\r")
        write_plain(self._stream, shown + " " * (self._width - width))
        self._stream.write("" if shown else "\r")
        self._stream.flush()
        self._width = width


class _Lines:
    """Plain lines: the first after two seconds, then one every ten, and the last."""

    def __init__(self, name: str, total: int | None, unit: str, write: Callable[[Reading], None]) -> None:
        self._name, self._total, self._unit, self._write = name, total, unit, write
        self._done = self._said = 0
        self._begin = time.monotonic()
        self._next = self._begin + _AFTER

    def add(self, n: int) -> None:
        self._done += n
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _BETWEEN
            self._say(now - self._begin)

    def at(self, done: int, total: int) -> None:
        self._total = total
        self.add(done - self._done)

    def close(self) -> None:
        if self._said and self._done != self._said:
            self._say(time.monotonic() - self._begin)

    def _say(self, seconds: float) -> None:
        self._said = self._done
        self._write(Reading(self._name, self._done, self._total, self._unit, seconds))


def _figure(rate: float) -> str:
    return f"{rate:,.0f}" if rate >= _WHOLE else f"{rate:.1f}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
