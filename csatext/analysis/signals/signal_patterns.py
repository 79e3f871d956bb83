"""Patterns of the service signals, compiled once: what each stands for, how grave it is, how it is read."""

from __future__ import annotations

import re
from functools import cache
from itertools import chain
from typing import NamedTuple

import numpy as np
import pandas as pd

from csatext.analysis.rules.pattern_index import PatternIndex
from csatext.lexicon import Lexicon
from csatext.taxonomy.patterns import parse_pattern

__all__ = ["SIGNALS", "Signal", "SignalPatterns", "signal_patterns"]


class Signal(NamedTuple):
    """A signal, and the readings of a clause that take it back.

    Attributes
    ----------
    name : str
        As in columns: ``signal_anger``.
    asserted : bool
        Whether the clause must assert it in every way; otherwise it must not be denied, and ``suspensions``
        alone count.
    suspensions : tuple of str
        Keys of :attr:`csatext.text.clauses.clause_reading.ClauseReading.suspended`.
    risk : bool
        Whether it counts for the severity of a contact.
    feeling : bool
        Whether it is meant in an inquiry as well (请问你们凭什么扣费).
    """

    name: str
    asserted: bool = True
    suspensions: tuple[str, ...] = ()
    risk: bool = True
    feeling: bool = False


_THREAT = ("hearsay", "question", "condition", "other")
"""A threat is made by a wish as well (希望帮我销户), and after a condition: 再不解决我就起诉."""
SIGNALS = (
    Signal("anger", feeling=True),
    # 担心 is itself a word that takes back what follows it.
    Signal("anxiety", False, ("condition", "other", "less"), feeling=True),
    Signal("disappointment", feeling=True),
    # 希望尽快, 能不能快点: wishes and questions are what asks for speed and for a change.
    Signal("urgency", False, ("hearsay", "other"), feeling=True),
    Signal("effort", feeling=True),
    Signal("escalation", False, _THREAT),
    Signal("churn", False, _THREAT),
    Signal("praise", risk=False),
    Signal("suggestion", False, ("hearsay", "other"), risk=False),
    Signal("safety"),
    Signal("legal", False, _THREAT),
)
"""Every signal, in the order of the columns."""
_FORMULA, _INTENT, _INQUIRY = "formula", "intent", "inquiry"
_NUMBERS = {
    "{数}": (
        *"二两三四五六七八九十几数23456789Nn",
        *(
            "好几",
            "多",
            "好多",
            "很多",
            "无数",
            "若干",
            "十几",
            "十多",
            "几十",
            "二十",
            "三十",
            "四十",
            "五十",
        ),
        *(
            "10",
            "11",
            "12",
            "13",
            "14",
            "15",
            "16",
            "18",
            "20",
            "24",
            "25",
            "30",
            "35",
            "40",
            "45",
            "48",
            "50",
        ),
    ),
    "{多}": (
        *"六七八九十6789Nn",
        *(
            "无数",
            "十几",
            "十多",
            "十余",
            "几十",
            "数十",
            "上十",
            "上百",
            "几百",
            "二十",
            "三十",
            "四十",
            "五十",
        ),
        *("10", "11", "12", "13", "14", "15", "16", "17", "18", "20", "25", "30", "40", "50", "100"),
    ),
}
"""What stands for a number from two on, and for a large one, in the words of a pattern: 打了 .. {数}次."""
_NUMBER_WORD = re.compile(r"\{[数多]\}")
_CROSSING = 14
"""A pattern with a gap as wide as this one may go on in the next clause; others stand in one."""


class SignalPatterns(NamedTuple):
    """Compiled patterns, each with a number.

    Attributes
    ----------
    searched : PatternIndex
    signals : ndarray of bool, shape (n_patterns, n_signals)
        Signals that a pattern stands for.
    severity : ndarray of int64
        1 to 3; 0 of a pattern that stands for none.
    takes_back : ndarray of bool, shape (n_patterns, n_signals)
        Signals whose hits within a pattern do not count: 垃圾 in 垃圾分类 is no anger.
    formula : ndarray of bool
        Whether a pattern counts in every reading of its clause: 是不是要我投诉才处理.
    intent : ndarray of bool
        Words by which a condition leads to a threat: 我就, 只能.
    inquiry : ndarray of bool
        Words whose clause asks, or tells of others: 请问, 我同事说.
    crossing : ndarray of bool
        Whether a pattern may go over the end of a clause.
    """

    searched: PatternIndex
    signals: np.ndarray
    severity: np.ndarray
    takes_back: np.ndarray
    formula: np.ndarray
    intent: np.ndarray
    inquiry: np.ndarray
    crossing: np.ndarray


@cache
def signal_patterns() -> SignalPatterns:
    """Return the patterns of ``lexicons/service_signals.tsv``."""
    table = Lexicon.load("service_signals").table.fillna({"severity": "0"}).fillna("")
    patterns = [parse_pattern(_with_numbers(term)) for term in table["term"]]
    use = table["use"].to_numpy(object)
    return SignalPatterns(
        PatternIndex(patterns),
        _named(table["signals"]),
        table["severity"].astype(float).to_numpy(np.int64),
        _named(table["takes_back"]),
        use == _FORMULA,
        use == _INTENT,
        use == _INQUIRY,
        np.array([max(pattern.gaps, default=0) >= _CROSSING for pattern in patterns]),
    )


def _with_numbers(term: str) -> str:
    """Return a pattern with every number written out in the words that hold one."""
    steps = [
        "|".join(chain.from_iterable(map(_with_number, step.split("|")))) if "{" in step else step
        for step in term.split(" ")
    ]
    return " ".join(steps)


def _with_number(word: str) -> list[str]:
    """Return a word once for every number that its mark stands for."""
    found = _NUMBER_WORD.search(word)
    if found is None:
        return [word]
    return [word[: found.start()] + number + word[found.end() :] for number in _NUMBERS[found[0]]]


def _named(cells: pd.Series) -> np.ndarray:
    """Return whether each cell names each signal, shape (n_patterns, n_signals)."""
    lists = [set(cell.split(",")) for cell in cells]
    return np.array([[signal.name in given for signal in SIGNALS] for given in lists])
