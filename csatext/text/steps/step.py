"""The cleaning step: a named function that finds what to change, and a prefilter for columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from csatext.errors import ParameterError
from csatext.text.offsets import Edit, OffsetMap, align, apply_edits, edit_offsets

__all__ = ["CleaningStep", "Step", "apply_step", "pattern_step", "run_step"]


@dataclass(frozen=True)
class Step:
    r"""One cleaning step: a ``str -> str`` function that also returns which characters it changed.

    Attributes
    ----------
    name : str
        Name of the step, shown to users.
    find : callable
        Takes a text, returns its edits ``(start, end, replacement)``, sorted and not overlapping.
    trigger : str or None
        RE2 pattern that every text changed by the step matches, so that a column is searched once and only
        these rows are worked on. None: no pattern is known, every row of ``min_length`` is worked on.
    min_length : int
        Texts with fewer characters are never changed.
    repeats : bool
        Whether what the step makes visible may need the steps before it (text inside escaped text).

    Examples
    --------
    >>> dash = pattern_step("dash", "—+", "—")
    >>> dash("好——用")
    '好—用'
    >>> dash.find("好——用")
    [(1, 3, '—')]
    """

    name: str
    find: Callable[[str], Sequence[Edit]]
    trigger: str | None = None
    min_length: int = 0
    repeats: bool = False

    def __call__(self, text: str) -> str:
        """Return the changed text."""
        return apply_edits(text, self.find(text))


CleaningStep = Step | Callable[[str], str]
"""What ``clean`` takes: a ``Step``, or any function from text to text."""


def pattern_step(
    name: str,
    pattern: str,
    replacement: str | Callable[[re.Match[str]], str | None],
    *,
    trigger: str | None = None,
    repeats: bool = False,
) -> Step:
    """Make a step of a regular expression.

    Parameters
    ----------
    name : str
        Name of the step.
    pattern : str
        Python regular expression; must not backtrack over long spans.
    replacement : str or callable
        The text put in place of a match, taken literally; or a function from the match to that text, None to
        leave the match as it is.
    trigger : str, optional
        See `Step`. Without it every row of a column is searched.
    repeats : bool
        See `Step`.

    Returns
    -------
    Step

    Examples
    --------
    >>> pattern_step("mask digits", "[0-9]+", lambda m: "#" * len(m[0]))("订单12")
    '订单##'
    """
    search = re.compile(pattern).finditer

    def find(text: str) -> list[Edit]:
        edits: list[Edit] = []
        for match in search(text):
            new = replacement if isinstance(replacement, str) else replacement(match)
            if new is not None and new != match[0]:
                edits.append((match.start(), match.end(), new))
        return edits

    return Step(name, find, trigger, repeats=repeats)


def apply_step(step: CleaningStep, text: str) -> str:
    """Return the text as a step leaves it.

    Raises
    ------
    ParameterError
        A function of the caller's returned something other than text.

    Examples
    --------
    >>> apply_step(str.strip, " 好 ")
    '好'
    """
    changed = step(text)
    if isinstance(changed, str):
        return changed
    name = step.name if isinstance(step, Step) else getattr(step, "__name__", repr(step))
    given = type(changed).__name__
    raise ParameterError(f"参数 steps 里的步骤「{name}」返回了 {given}；要求：每一步都返回一段文本（str）。")


def run_step(step: CleaningStep, text: str) -> tuple[str, OffsetMap | None]:
    """Return the changed text and its map to ``text``, None where nothing changed.

    The map of a plain function is found by ``csatext.text.offsets.align``.

    Examples
    --------
    >>> text, offsets = run_step(str.strip, " 好 ")
    >>> text, offsets.tolist()
    ('好', [1, 3])
    """
    if isinstance(step, Step):
        edits = step.find(text)
        return (apply_edits(text, edits), edit_offsets(len(text), edits)) if edits else (text, None)
    changed = apply_step(step, text)
    return (changed, None) if changed == text else (changed, align(text, changed))
