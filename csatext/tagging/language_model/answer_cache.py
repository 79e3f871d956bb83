"""Answers that were paid for, on disk: a file that only grows, so that a run goes on where one stopped."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from csatext.atomic_files import prepare_folder
from csatext.errors import InputError
from csatext.regular_files import read_whole

__all__ = ["AnswerCache"]

_HEAD = {"csatext": "answers of a language model", "format": 1}
_MOST = 4 << 30
_OTHER = "请换一个文件名，或给出同一参数上次写出的文件"


class AnswerCache:
    """Answers by the hash of what was asked.

    Each line is whole or is not read: one that was cut off when a run was killed costs one question.

    Parameters
    ----------
    path : Path or None
        JSON lines, made where nothing is there; None keeps nothing.

    Raises
    ------
    InputError
        The file is something else, or may not be written.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     AnswerCache(Path(folder, "cache.jsonl")).add({"k": {"category": "退款"}})
    ...     AnswerCache(Path(folder, "cache.jsonl")).get("k")
    {'category': '退款'}
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._known: dict[str, dict[str, Any]] = {}
        self._is_cut = False
        if path is None:
            return
        if path.exists():
            self._read(path)
        if not path.exists() or not path.stat().st_size:
            prepare_folder(path.parent)
            self._append([_HEAD])

    def get(self, key: str) -> dict[str, Any] | None:
        """Return the answer of a question, None where it was not asked before."""
        return self._known.get(key)

    def add(self, answers: Mapping[str, dict[str, Any]]) -> None:
        """Keep answers; they are on disk when this returns."""
        self._known.update(answers)
        if answers:
            self._append([{"key": key, "answer": answer} for key, answer in answers.items()])

    def _read(self, path: Path) -> None:
        try:
            lines = read_whole(path, _MOST, "请换一个文件名").split(b"\n")
        except OSError as error:
            raise InputError.unreadable(path, str(error.strerror), "请检查权限") from error
        values = [_value(line) for line in lines]
        if any(lines) and values[0] != _HEAD:
            raise InputError.unreadable(path, "不是语言模型答案的缓存", _OTHER)
        for value in values[1:]:
            if isinstance(value.get("key"), str) and isinstance(value.get("answer"), dict):
                self._known[value["key"]] = value["answer"]
        self._is_cut = bool(lines[-1])

    def _append(self, values: list[dict[str, Any]]) -> None:
        """Write lines at the end in one go: two runs may share a file."""
        if self._path is None:
            return
        written = "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values)
        data = (b"\n" if self._is_cut else b"") + written.encode("utf-8")
        try:
            with self._path.open("ab", buffering=0) as file:
                file.write(data)
                os.fsync(file.fileno())
        except OSError as error:
            raise InputError(f"无法写入缓存「{self._path}」：{error.strerror}；请换一个位置。") from error
        self._is_cut = False


def _value(line: bytes) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
