"""Tables that were flattened to rows of cells between pipes: where they stand in a text, and their cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

__all__ = ["PIPE", "PipeBlock", "is_rule", "pipe_blocks", "split_cells"]

PIPE = "|｜│"
"""Characters that stand between cells: ASCII, full width, box drawing."""

_PIPE = re.compile(f"[{PIPE}]")
_RULE = re.compile(rf"\s*+[{PIPE}]?\s*+:?-++:?\s*+(?:[{PIPE}]\s*+:?-++:?\s*+)*+[{PIPE}]?\s*")
_LEAST_CELLS = 6
"""Cells in two or more lines of equal width that make a table without a rule row; fewer may be a menu."""


class PipeBlock(NamedTuple):
    """Lines of one flattened table, as spans of the text, and how many cells its rows have."""

    lines: Sequence[tuple[int, int]]
    width: int


def is_rule(line: str) -> bool:
    """Return whether a line is the rule below a header: nothing but dashes, colons and pipes.

    Examples
    --------
    >>> is_rule("---|:---:|"), is_rule("|---|"), is_rule("---"), is_rule("a|---")
    (True, True, False, False)
    """
    return _PIPE.search(line) is not None and _RULE.fullmatch(line) is not None


def split_cells(line: str) -> list[str]:
    """Return the cells of a line, the pipes around it left out.

    Examples
    --------
    >>> split_cells("| 接通率 | |"), split_cells("接通率 | 90%")
    (['接通率', ''], ['接通率', '90%'])
    """
    cells = [cell.strip() for cell in _PIPE.split(line.strip())]
    first = 1 if len(cells) > 1 and not cells[0] else 0
    last = len(cells) - 1 if len(cells) > first + 1 and not cells[-1] else len(cells)
    return cells[first:last]


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for line in text.splitlines(keepends=True):
        yield start, start + len(line)
        start += len(line)


def pipe_blocks(text: str) -> list[PipeBlock]:
    r"""Return where the flattened tables of a text are.

    A table is a stretch of lines with a pipe in each, from the header above its first rule row on
    (``---|---``; GitHub Flavored Markdown, section 4.10); without a rule row, lines of an equal number of
    cells one below the other: three of two cells, or two of more.

    Parameters
    ----------
    text : str
        Text with its line ends.

    Returns
    -------
    list of PipeBlock
        In the order of the text; they do not overlap.

    Examples
    --------
    >>> [block] = pipe_blocks("目标如下\n指标 | 目标\n---|---\n接通率 | 90%\n完")
    >>> block.width, block.lines[0]
    (2, (5, 13))
    >>> pipe_blocks("首页 | 关于我们\n电话 | 地址"), pipe_blocks("好|坏")
    ([], [])
    """
    if _PIPE.search(text) is None:
        return []
    blocks: list[PipeBlock] = []
    for piped, spans in groupby(_lines(text), lambda span: _PIPE.search(text, *span) is not None):
        if piped:
            blocks += _tables(text, list(spans))
    return blocks


def _tables(text: str, spans: list[tuple[int, int]]) -> list[PipeBlock]:
    """Return the tables among consecutive lines with pipes."""
    lines = [text[start:end] for start, end in spans]
    widths = [len(split_cells(line)) for line in lines]
    rule = next((at for at, line in enumerate(lines) if is_rule(line)), None)
    if rule is not None:
        first = rule - 1 if rule and widths[rule - 1] == widths[rule] else rule
        return [PipeBlock(spans[first:], widths[rule])] if len(spans) > first + 1 else []
    blocks = []
    for width, places in groupby(range(len(lines)), lambda at: widths[at]):
        block = [spans[at] for at in places]
        if width > 1 and len(block) > 1 and width * len(block) >= _LEAST_CELLS:
            blocks.append(PipeBlock(block, width))
    return blocks
