"""Tables flattened to pipe rows: a cleaning step that removes the pipes, and their cells as DataFrames."""

from __future__ import annotations

import re

import pandas as pd

from csatext.errors import ParameterError
from csatext.ingest.quality.pipe_rows import PIPE, PipeBlock, is_rule, pipe_blocks, split_cells
from csatext.ingest.repair.header_row import unique_names
from csatext.text.offsets import Edit
from csatext.text.steps.step import Step

__all__ = ["pipe_tables", "remove_pipes"]

_PIPE = re.compile(f"[{PIPE}]")


def _without_pipes(text: str) -> list[Edit]:
    edits: list[Edit] = []
    for block in pipe_blocks(text):
        for start, end in block.lines:
            if is_rule(text[start:end]):
                edits.append((start, end, ""))
            else:
                edits += [(match.start(), match.end(), " ") for match in _PIPE.finditer(text, start, end)]
    return edits


remove_pipes = Step("表格竖线", _without_pipes, trigger=f"[{PIPE}]")
"""Replaces the pipes of flattened tables by blanks and removes rule rows; needs the line ends of the text."""


def pipe_tables(text: str) -> list[pd.DataFrame]:
    r"""Return the tables of a text that were flattened to rows of cells between pipes.

    What a table is, see `csatext.ingest.quality.pipe_rows.pipe_blocks`. Its first row holds the names, unless
    it begins with its rule row. A row that is broken over several lines is joined until it has as many
    cells as the others; a row with fewer gets missing cells; in one with more the last cell takes the rest.
    REQUIREMENTS row 7.

    Parameters
    ----------
    text : str
        Text as it was read: ``clean`` takes away the line ends.

    Returns
    -------
    list of DataFrame
        In the order of the text; all columns are text, empty cells are missing. Columns without a name are
        called 列1, 列2 ..., repeated names get a number.

    Raises
    ------
    ParameterError
        ``text`` is not a string.

    Examples
    --------
    >>> [table] = pipe_tables("本月目标\n| 指标 | 目标 |\n|---|---|\n| 接通率 | 90% |\n| 弃呼率 | |")
    >>> table.columns.tolist(), table["目标"].tolist()
    (['指标', '目标'], ['90%', nan])
    """
    if not isinstance(text, str):
        raise ParameterError.wrong_type("text", text, "一段文本（str）")
    return [_table(text, block) for block in pipe_blocks(text)]


def _table(text: str, block: PipeBlock) -> pd.DataFrame:
    lines = [text[start:end].strip() for start, end in block.lines]
    has_header = not is_rule(lines[0])
    names = split_cells(lines[0]) if has_header else [""] * block.width
    ruled = next((line for line in lines if is_rule(line)), "")
    rows = _rows(lines[1:], block.width, opens=_PIPE.match(ruled) is not None)
    filled = [[cell or None for cell in row] for row in rows]
    return pd.DataFrame(filled, columns=unique_names(names), dtype="str")


def _rows(lines: list[str], width: int, *, opens: bool) -> list[list[str]]:
    """Return rows of ``width`` cells; ``opens``: a line that begins with a pipe begins a row."""
    rows: list[list[str]] = []
    broken = ""
    for line in lines:
        if is_rule(line):
            continue
        joined = f"{broken} {line}".strip()
        if broken and (len(split_cells(joined)) > width or (opens and _PIPE.match(line))):
            rows.append(split_cells(broken))
            joined = line
        if len(split_cells(joined)) < width:
            broken = joined
        else:
            rows.append(split_cells(joined))
            broken = ""
    if broken:
        rows.append(split_cells(broken))
    last = width - 1
    return [
        (row if len(row) <= width else [*row[:last], " | ".join(row[last:])]) + [""] * (width - len(row))
        for row in rows
    ]
