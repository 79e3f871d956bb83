"""Sentence templates compiled to arrays, so that a hundred thousand sentences are drawn at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml

from csatext.errors import LexiconError
from csatext.lexicon import lexicon_path

__all__ = ["Phrasebook", "read_yaml"]

_PIECE = re.compile(r"\(([^()]*)\)|[^()<>]+|<\w+>")
_OPTION = re.compile(r"([^()<>|]*)(?:<(\w+)>([^()<>|]*))?")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Codes = npt.NDArray[np.int64]
Strings = npt.NDArray[np.object_]


def read_yaml(name: str) -> Any:
    """Return the data of ``lexicons/demo/<name>`` as plain lists and dicts."""
    return yaml.load(lexicon_path(f"demo/{name}").read_text("utf-8"), Loader=_LOADER)


class Phrasebook:
    """Groups of sentence templates.

    In a template ``(a|b|)`` is a choice, one of which may be empty, and ``<slot>`` is replaced by
    the contact's value of that slot. Choices do not nest; each option holds one slot at most.

    Parameters
    ----------
    groups : mapping of str to sequence of str
        Templates by the name of their group.
    slots : sequence of str
        Names a slot may have, in the order of the rows of ``values`` in :meth:`render`.

    Raises
    ------
    LexiconError
        A template names an unknown slot or has an open bracket.

    Examples
    --------
    >>> book = Phrasebook({"late": ["(快递|包裹)<days>没动"]}, ["days"])
    >>> values = np.array([["三天", "5天"]], dtype=object)
    >>> lines = book.render(book.draw(np.array([0, 0]), np.random.default_rng(0)), np.array([0, 1]),
    ...                     values, np.random.default_rng(0))
    >>> [line[2:] for line in lines]
    ['三天没动', '5天没动']
    """

    def __init__(self, groups: Mapping[str, Sequence[str]], slots: Sequence[str]) -> None:
        self.group_code = {name: code for code, name in enumerate(groups)}
        sizes = [len(templates) for templates in groups.values()]
        self._size = np.array(sizes, dtype=np.int64)
        self._start = np.concatenate([[0], np.cumsum(self._size)[:-1]])
        pool: list[tuple[str, int, str]] = []
        compiled: list[list[tuple[int, int]]] = []
        slot_code = {name: code for code, name in enumerate(slots)}
        for name, templates in groups.items():
            for number, template in enumerate(templates, start=1):
                pieces: list[tuple[int, int]] = []
                for options in _pieces(template, slot_code, f"{name} {number}"):
                    pieces.append((len(pool), len(options)))
                    pool.extend(options)
                compiled.append(pieces)
        width = max((len(pieces) for pieces in compiled), default=0)
        table = np.zeros((len(compiled), width, 2), dtype=np.int64)
        for row, pieces in enumerate(compiled):
            table[row, : len(pieces)] = pieces
        self._first, self._count = table[:, :, 0], table[:, :, 1]
        self._before = np.array([before for before, _, _ in pool], dtype=object)
        self._slot = np.array([slot for _, slot, _ in pool], dtype=np.int64)
        self._after = np.array([after for _, _, after in pool], dtype=object)

    def draw(self, groups: Codes, rng: np.random.Generator) -> Codes:
        """Return one template of each group code, each template of a group equally likely."""
        return self._start[groups] + (rng.random(len(groups)) * self._size[groups]).astype(np.int64)

    def render(self, templates: Codes, rows: Codes, values: Strings, rng: np.random.Generator) -> Strings:
        """Return the sentences.

        Parameters
        ----------
        templates : int array, shape (m,)
            From :meth:`draw`.
        rows : int array, shape (m,)
            Column of ``values`` each sentence takes its slots from.
        values : object array, shape (n_slots, n_rows)
            Slot values, strings.
        rng : numpy.random.Generator
            Decides the choices.

        Returns
        -------
        object array of str, shape (m,)
        """
        lines: Strings = np.full(len(templates), "", dtype=object)
        for place in range(self._first.shape[1]):
            count = self._count[templates, place]
            live = np.flatnonzero(count)
            if not len(live):
                break
            drawn = (rng.random(len(live)) * count[live]).astype(np.int64)
            option = self._first[templates[live], place] + drawn
            piece = self._before[option]
            slot = self._slot[option]
            filled = np.flatnonzero(slot >= 0)
            piece[filled] += values[slot[filled], rows[live[filled]]] + self._after[option[filled]]
            lines[live] += piece
        return lines


def _pieces(template: str, slot_code: Mapping[str, int], where: str) -> Iterator[list[tuple[str, int, str]]]:
    """Yield the options of each piece of a template: text before, number of the slot or -1, text after."""
    at = 0
    for found in _PIECE.finditer(template):
        if found.start() != at:
            break
        at = found.end()
        options = [_OPTION.fullmatch(option) for option in (found[1] or found[0]).split("|")]
        parsed = [(o[1], slot_code.get(o[2], -1), o[3] or "") for o in options if o is not None]
        if len(parsed) < len(options) or any(o[2] and o[2] not in slot_code for o in options if o):
            raise LexiconError.bad_line(f"demo/{where}", 1, f"槽位或选项写错了：{found[0]}")
        yield parsed
    if at != len(template):
        raise LexiconError.bad_line(f"demo/{where}", 1, f"括号不成对或嵌套：{template}")
