"""When a run may be ended: at once, or where what is written is whole.

SIGTERM is how a scheduler, a container or a shutdown asks a process to end. It acts as Ctrl-C does, but
within :func:`ends_between` it waits for the next :func:`check_stop`, one partition later at most. A second
SIGTERM, and Ctrl-C, never wait.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from csatext.errors import StoppedError

__all__ = ["StopRequests", "check_stop", "ends_between", "stop_requests"]


class StopRequests:
    """Requests of the system to end, of one command.

    Attributes
    ----------
    asked : bool
        Whether SIGTERM came.
    """

    def __init__(self) -> None:
        self.asked = False
        self._waiting = 0

    def receive(self, _number: int, _frame: Any) -> None:
        """Take a signal: raise at once, or leave it to the next safe point."""
        again, self.asked = self.asked, True
        if again or not self._waiting:
            raise KeyboardInterrupt

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Let the first signal wait for a safe point."""
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1


_REQUESTS: ContextVar[StopRequests | None] = ContextVar("csatext_stop_requests", default=None)


@contextmanager
def stop_requests() -> Iterator[StopRequests]:
    """Take SIGTERM for the command that runs within; outside of the main thread nothing is taken.

    Yields
    ------
    StopRequests

    Examples
    --------
    >>> with stop_requests() as requests:
    ...     requests.asked
    False
    """
    requests = StopRequests()
    token = _REQUESTS.set(requests)
    try:
        try:
            before = signal.signal(signal.SIGTERM, requests.receive)
        except ValueError:
            yield requests
            return
        try:
            yield requests
        finally:
            signal.signal(signal.SIGTERM, before)
    finally:
        _REQUESTS.reset(token)


@contextmanager
def ends_between() -> Iterator[None]:
    """Let SIGTERM wait for the next :func:`check_stop`: around a loop over things that end whole.

    Without a command that takes signals (a program that calls the library, a worker process) nothing changes.

    Examples
    --------
    >>> with ends_between():
    ...     for partition in range(2):
    ...         check_stop()
    """
    requests = _REQUESTS.get()
    if requests is None:
        yield
        return
    with requests.waiting():
        yield
    check_stop()


def check_stop() -> None:
    """Raise where the system has asked the command to end: a safe point.

    Raises
    ------
    StoppedError
        SIGTERM came.

    Examples
    --------
    >>> check_stop()
    """
    requests = _REQUESTS.get()
    if requests is not None and requests.asked:
        raise StoppedError.by_signal()
