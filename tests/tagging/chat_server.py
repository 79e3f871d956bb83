"""A chat service on this machine that speaks OpenAI's protocol and misbehaves as told, and a small client."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

SLOW = object()
"""Answer nothing until an impatient client has gone."""
IMPATIENT = 0.05
"""Seconds."""


def texts_of(request: dict[str, Any]) -> list[dict[str, str]]:
    """Return the texts that a request asks about."""
    return json.loads(request["messages"][1]["content"])["texts"]


class ChatServer:
    """Answers in the order of a script; when that is at its end by ``otherwise``.

    A step is what the model writes (str, or a function of the texts), a status, or a tuple of status, headers
    and body.
    """

    def __init__(self, script: list[Any], otherwise: Callable[[list[dict[str, str]]], str]) -> None:
        self.script = list(script)
        self.otherwise = otherwise
        self.requests: list[dict[str, Any]] = []
        self.url = ""

    def answer(self, request: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body."""
        self.requests.append(request)
        step = self.script.pop(0) if self.script else self.otherwise
        if step is SLOW:
            time.sleep(4 * IMPATIENT)
            step = 500
        if isinstance(step, int):
            return step, {}, json.dumps({"error": {"message": "wrong", "code": None}}).encode()
        if isinstance(step, tuple):
            return step
        content = step(texts_of(request)) if callable(step) else step
        message = {"role": "assistant", "content": content}
        body = {
            "id": "x", "object": "chat.completion", "created": 0, "model": request["model"],
            "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
            "usage": {"prompt_tokens": 1000, "completion_tokens": 10, "total_tokens": 1010},
        }  # fmt: skip
        return 200, {}, json.dumps(body).encode()


@contextmanager
def serving(script: list[Any], otherwise: Callable[[list[dict[str, str]]], str]) -> Iterator[ChatServer]:
    """Run a server on a free port of this machine."""
    chat = ChatServer(script, otherwise)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, headers, body = chat.answer(request)
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *said: object) -> None:
            """Say nothing."""

        def handle(self) -> None:
            try:
                super().handle()
            except (BrokenPipeError, ConnectionResetError):
                return  # the client did not wait

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    chat.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005})
    thread.start()
    try:
        yield chat
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class RefusedError(Exception):
    """An answer with a status that is no success, as clients raise it."""

    def __init__(self, error: urllib.error.HTTPError) -> None:
        super().__init__(f"status {error.code}: {error.read().decode()}")
        self.status_code = error.code
        self.response = error


def small_client(url: str, timeout: float = 30) -> SimpleNamespace:
    """Return a client of a few lines with the shape of the official one."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def create(**body: Any) -> SimpleNamespace:
        data = json.dumps(body).encode()
        request = urllib.request.Request(f"{url}/chat/completions", data)
        try:
            with direct.open(request, timeout=timeout) as answer:
                read = answer.read()
        except urllib.error.HTTPError as error:
            raise RefusedError(error) from error
        return json.loads(read, object_hook=lambda found: SimpleNamespace(**found))

    return SimpleNamespace(chat=SimpleNamespace(completions=SimpleNamespace(create=create)))
