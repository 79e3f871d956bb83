"""Log records of a command: lines with the time, or JSON lines, without personal data.

Steps, progress, warnings of libraries and the end of a command pass through one formatter, which masks every
string: names of files and headers, which are the user's, and what a library quotes of them.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any, NamedTuple, TextIO

from csatext.errors import escape_controls
from csatext.privacy.outputs import mask_sentence
from csatext.progress import Reading, Steps, write_plain
from csatext.strings import encodable

__all__ = ["LOG_FORMATS", "LogStream", "LoggedSteps", "log_of_parent", "log_of_worker", "logged"]

LOG_FORMATS = ("text", "json")
_SECONDS = 3
"""Decimals of seconds and rates."""


class LogStream(NamedTuple):
    """How records are written, and which run they are of.

    Attributes
    ----------
    form : str
        One of :data:`LOG_FORMATS`.
    run : str
        Random for each command, and in no output: it tells the records of two runs in one log apart.
    """

    form: str
    run: str


_CURRENT: ContextVar[LogStream | None] = ContextVar("csatext_log", default=None)


class _Formatter(logging.Formatter):
    """A record as one line; fields of ours stand in ``record.fields``."""

    def __init__(self, log: LogStream) -> None:
        super().__init__()
        self._log = log

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        time = time.replace("+00:00", "Z")
        level = record.levelname.lower()
        fields: Mapping[str, Any] | None = getattr(record, "fields", None)
        if fields is None:
            fields = {"event": "log", "logger": record.name, "message": _single_line(record)}
        if self._log.form == "json":
            values = {"time": time, "level": level, "run": self._log.run, **_masked(dict(fields))}
            return json.dumps(values, ensure_ascii=False, default=str)
        said = getattr(record, "sentence", None) or f"{record.name}: {_single_line(record)}"
        return f"{time} {level.upper()} {escape_controls(_clean(said))}"


def _single_line(record: logging.LogRecord) -> str:
    """Return what a library says, and the class of its error: the message of an error may quote data."""
    said = " ".join(record.getMessage().split())
    error = record.exc_info[0] if record.exc_info else None
    return said if error is None else f"{said} ({error.__name__})"


def _clean(text: str) -> str:
    return encodable(mask_sentence(text))


def _masked(value: Any) -> Any:
    """Return nested values with every string masked and every number short."""
    if isinstance(value, dict):
        return {key: _masked(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, str):
        return _clean(value)
    return round(value, _SECONDS) if isinstance(value, float) else value


class _PlainHandler(logging.StreamHandler[TextIO]):
    """Writes lines as all that csatext writes to a terminal: what its encoding lacks is an escape."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            write_plain(self.stream, f"{self.format(record)}\n")
            self.flush()
        except (OSError, ValueError):
            self.handleError(record)


@contextmanager
def logged(stream: TextIO, form: str) -> Iterator[LogStream]:
    """Write the log records of a command to a stream, Python's warnings among them.

    Parameters
    ----------
    stream : text file
    form : {"text", "json"}

    Yields
    ------
    LogStream
    """
    log = LogStream(form, token_hex(6))
    handler = _PlainHandler(stream)
    handler.setFormatter(_Formatter(log))
    token = _CURRENT.set(log)
    root = logging.getLogger()
    root.addHandler(handler)
    logging.captureWarnings(True)
    try:
        yield log
    finally:
        logging.captureWarnings(False)
        root.removeHandler(handler)
        _CURRENT.reset(token)


def log_of_parent() -> LogStream | None:
    """Return how the command that runs here writes its log, for :func:`log_of_worker`; None without one.

    Examples
    --------
    >>> log_of_parent() is None
    True
    """
    return _CURRENT.get()


def log_of_worker(log: LogStream | None) -> None:
    """Let a worker process write its warnings as its parent does: called once, when it begins.

    Parameters
    ----------
    log : LogStream or None
        From :func:`log_of_parent` of the parent.
    """
    if log is None:
        return
    handler = _PlainHandler()
    handler.setFormatter(_Formatter(log))
    logging.getLogger().addHandler(handler)
    logging.captureWarnings(True)


class LoggedSteps(Steps):
    """Steps and progress of a command as log records.

    Parameters
    ----------
    stream : text file
        Of :func:`logged`.
    log : LogStream
    """

    def __init__(self, stream: TextIO, log: LogStream) -> None:
        super().__init__(stream)
        self.is_terminal = False
        self._log = log
        self._handler = _PlainHandler(stream)
        self._handler.setFormatter(_Formatter(log))

    def __call__(self, step: str) -> None:
        """Begin a step."""
        if self.verbose:
            seconds = self.begin_step()
            fields = {"event": "step", "step": step, "number": self.number, "seconds": seconds}
            self.record(fields, f"[{self.number}] {step} …")

    def show(self, reading: Reading) -> None:
        """Write how far counted work is."""
        fields = {
            "event": "progress",
            "step": reading.name,
            "done": reading.done,
            "total": reading.total,
            "unit": reading.unit,
            "seconds": reading.seconds,
            "per_second": reading.per_second,
            "seconds_left": reading.seconds_left,
        }
        self.record(fields, f"    {reading.sentence}")

    def record(self, fields: Mapping[str, Any], sentence: str, level: int = logging.INFO) -> None:
        """Write a record of ours.

        Parameters
        ----------
        fields : mapping of str to object
            With ``event``; what JSON lines hold.
        sentence : str
            What text lines hold; empty: the record stands in JSON lines alone.
        level : int
        """
        if not sentence and self._log.form == "text":
            return
        given = {"name": "csatext", "levelno": level, "levelname": logging.getLevelName(level)}
        record = logging.makeLogRecord({**given, "fields": dict(fields), "sentence": sentence})
        self._handler.emit(record)
