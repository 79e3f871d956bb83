"""What speech, recognition and typing do to a sentence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import opencc
import pandas as pd

from csatext.datasets.phrasebook import Strings, read_yaml
from csatext.lexicon import lexicon_path

__all__ = ["Noise"]

_SEPARATOR = {"call": "，", "chat": "，", "text": "。"}
_MISTAKES = {"call": 0.10, "chat": 0.05}

Flags = npt.NDArray[np.bool_]


class Noise:
    """Fillers and misheard words in calls, typing mistakes in chats, Traditional characters.

    The word lists are ``lexicons/demo/misheard.tsv`` and the fillers of ``lexicons/demo/fillers.yaml``.

    Examples
    --------
    >>> lines = np.array(["退款还没到，我很着急"], dtype=object)
    >>> Noise().customer(lines, "text", np.array([True]), np.random.default_rng(0)).tolist()
    ['退款還沒到，我很著急。']
    """

    def __init__(self) -> None:
        fillers = read_yaml("fillers.yaml")
        self._fillers = {name: np.array(words, dtype=object) for name, words in fillers.items()}
        self._converter = opencc.OpenCC("s2tw")
        table = pd.read_csv(lexicon_path("demo/misheard.tsv"), sep="\t", dtype="str")
        self._mistakes = {
            style: list(zip(rows["right"], rows["wrong"], strict=True))
            for style, rows in table.groupby("style")
        }

    def separator(self, style: str) -> str:
        """Return what stands between two parts of an utterance."""
        return _SEPARATOR[style]

    def customer(self, lines: Strings, style: str, traditional: Flags, rng: np.random.Generator) -> Strings:
        """Return the customer's lines as they would be read from a recogniser, a chat box or a form."""
        lines = lines.copy()
        if style in _MISTAKES:
            lines = _replaced(lines, self._mistakes[style], _MISTAKES[style], rng)
        if style == "call":
            self._add(lines, "start", 0.3, "，", rng)
            middle = _chosen(len(lines), 0.3, rng)
            words = rng.choice(self._fillers["middle"], len(middle))
            lines[middle] = [
                line.replace("，", f"，{word}，", 1) for line, word in zip(lines[middle], words, strict=True)
            ]
            self._add(lines, "end", 0.2, "", rng)
            lines[_chosen(len(lines), 0.85, rng)] += "。"
        elif style == "chat":
            self._add(lines, "chat_end", 0.25, "", rng)
            spaced = _chosen(len(lines), 0.2, rng)
            lines[spaced] = [line.replace("，", " ") for line in lines[spaced]]
        else:
            lines += "。"
        rows = np.flatnonzero(traditional)
        if len(rows):
            written = self._converter.convert("\n".join(lines[rows]))
            lines[rows] = written.split("\n")
        return lines

    def _add(
        self, lines: Strings, where: str, probability: float, mark: str, rng: np.random.Generator
    ) -> None:
        rows = _chosen(len(lines), probability, rng)
        words = rng.choice(self._fillers[where], len(rows))
        lines[rows] = words + mark + lines[rows] if where == "start" else lines[rows] + mark + words


def _chosen(n: int, probability: float, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    return np.flatnonzero(rng.random(n) < probability)


def _replaced(
    lines: Strings, pairs: Sequence[tuple[str, str]], probability: float, rng: np.random.Generator
) -> Strings:
    for right, wrong in pairs:
        rows = _chosen(len(lines), probability, rng)
        lines[rows] = [line.replace(right, wrong, 1) for line in lines[rows]]
    return lines
