"""Calls of a chat service: counted, limited, repeated where that helps, without tracebacks of its client."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, NamedTuple

from csatext.errors import ParameterError

__all__ = ["ChatCalls", "Reply"]

_ATTEMPTS = 7
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 60.0
"""Seconds before the second attempt, doubled each time: together 63, more than the minute in which services
count calls (chosen)."""
_MOST_TOLD = 600.0
"""Seconds that are waited because a service says so; one that says more is not waited for."""
_MOST_FAILED = 20
"""Failed attempts in a row after which a service is taken to be down: the halves of a batch in which every
text is refused fail less often before one of their parts goes through (chosen)."""
_USELESS = frozenset({401, 402, 403, 404})
"""Key, balance, rights, model: wrong for the next call too."""
_AGAIN = frozenset({200, 408, 409, 425, 429})
"""Worth another attempt, as are all from 500 on; 200 is an answer that the client could not read."""
_SECRET = re.compile(r"(?<![A-Za-z])sk-[\w*.-]{4,}|Bearer \S+")
"""Keys of services, which some repeat when they refuse one."""
_UNREACHED = ("Timeout", "Connect")
"""Parts of the names of errors that clients raise when no answer came."""
_CLIENT = "OpenAI 兼容的同步客户端，例如 openai.OpenAI(base_url=…, api_key=…)"


class Reply(NamedTuple):
    """What the model wrote; or None, why, and whether further calls are useless."""

    content: str | None
    why: str = ""
    is_over: bool = False


class _Trouble(NamedTuple):
    """Why an attempt failed, whether another may help, whether none will, seconds that the service names."""

    why: str
    again: bool
    useless: bool = False
    told: float | None = None


@dataclass
class ChatCalls:
    """Calls of one model.

    Parameters
    ----------
    client : object
        Has ``chat.completions.create``.
    model : str
    options : mapping
        Further arguments of each call.
    max_calls : int
        Attempts, repeated ones included.
    sleep : callable
        Waits for some seconds.

    Attributes
    ----------
    calls, prompt_tokens, completion_tokens : int
    calls_without_usage : int
        Answers whose tokens the service does not tell.
    has_failed : bool
        Whether further calls are useless.

    Raises
    ------
    ParameterError
        ``client`` is none.
    """

    client: Any
    model: str
    options: Mapping[str, Any]
    max_calls: int
    sleep: Callable[[float], None]
    calls: int = field(default=0, init=False)
    prompt_tokens: int = field(default=0, init=False)
    completion_tokens: int = field(default=0, init=False)
    calls_without_usage: int = field(default=0, init=False)
    has_failed: bool = field(default=False, init=False)
    _failed: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        # The official client repeats calls by itself; these would not be counted.
        bare = getattr(self.client, "with_options", None)
        client = bare(max_retries=0) if callable(bare) else self.client
        create = getattr(getattr(getattr(client, "chat", None), "completions", None), "create", None)
        if not callable(create):
            raise ParameterError.wrong_type("client", self.client, _CLIENT)
        self._create: Callable[..., Any] = create

    def ask(self, messages: list[dict[str, str]]) -> Reply:
        """Return what the model writes, after as many attempts as may help."""
        trouble = _Trouble("", again=True)
        for attempt in range(_ATTEMPTS):
            if attempt:
                wait = min(_FIRST_WAIT * 2 ** (attempt - 1), _LONGEST_WAIT)
                self.sleep(wait if trouble.told is None else trouble.told)
            if self.calls >= self.max_calls:
                return Reply(None, f"已达到调用上限 {self.max_calls} 次", is_over=True)
            self.calls += 1
            content, trouble = self._attempt(messages)
            if content is not None:
                self._failed = 0
                return Reply(content)
            self._failed += 1
            if trouble.useless or self._failed >= _MOST_FAILED:
                self.has_failed = True
                return Reply(None, trouble.why, is_over=True)
            if not trouble.again or (trouble.told or 0) > _MOST_TOLD:
                break
        return Reply(None, trouble.why)

    def _attempt(self, messages: list[dict[str, str]]) -> tuple[str | None, _Trouble]:
        try:
            answer = self._create(model=self.model, messages=messages, **self.options)
        except Exception as error:
            trouble = _trouble(error)
            if trouble is None:
                raise
            return None, trouble
        if inspect.iscoroutine(answer):
            answer.close()
            raise ParameterError.wrong_type("client", self.client, _CLIENT)
        return self._content(answer)

    def _content(self, answer: Any) -> tuple[str | None, _Trouble]:
        """Return what an answer says, and count its tokens."""
        usage = getattr(answer, "usage", None)
        tokens = [getattr(usage, name, None) for name in ("prompt_tokens", "completion_tokens")]
        if all(isinstance(n, int) for n in tokens):
            self.prompt_tokens += tokens[0] or 0
            self.completion_tokens += tokens[1] or 0
        else:
            self.calls_without_usage += 1
        choices = getattr(answer, "choices", None)
        message = getattr(choices[0], "message", None) if isinstance(choices, list) and choices else None
        if message is None:
            return None, _Trouble("服务返回的不是对话的格式", again=True)
        content = getattr(message, "content", None)
        return (content if isinstance(content, str) else ""), _Trouble("", again=False)


def _trouble(error: Exception) -> _Trouble | None:
    """Return what an error of a client says of the service, None where it is an error of the program.

    Clients are told by what their errors bear, so that none of them must be installed.
    """
    status = getattr(error, "status_code", None)
    said = _SECRET.sub("***", " ".join(str(error).split()))[:200]
    if isinstance(status, int):
        useless = status in _USELESS or getattr(error, "code", None) == "insufficient_quota"
        again = status in _AGAIN or status >= HTTPStatus.INTERNAL_SERVER_ERROR
        return _Trouble(f"服务返回 {status}：{said}", again, useless, _told(error))
    names = [kind.__name__ for kind in type(error).__mro__]
    if isinstance(error, OSError) or any(part in name for name in names for part in _UNREACHED):
        return _Trouble(f"连不上服务或超时：{said or names[0]}", again=True)
    # What clients raise for a body that is no JSON.
    return _Trouble(f"服务返回的不是 JSON：{said}", again=True) if isinstance(error, ValueError) else None


def _told(error: Exception) -> float | None:
    """Return the seconds of Retry-After; a date, which needs a clock that agrees, is not read."""
    headers = getattr(getattr(error, "response", None), "headers", None)
    get = getattr(headers, "get", None)
    given = get("retry-after") or get("Retry-After") if callable(get) else None
    try:
        seconds = float(given)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return seconds if 0 <= seconds < float("inf") else None
