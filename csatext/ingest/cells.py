"""Object cells of JSON, workbooks and databases made plain: strings, numbers, dates, nothing else."""

from __future__ import annotations

import json
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa

__all__ = ["large_strings", "plain_cell", "plain_cells"]


def large_strings(column: pd.Series) -> pa.LargeStringArray:
    """Return a string column as one Arrow array, NA as the empty string.

    Examples
    --------
    >>> large_strings(pd.Series(["慢", None])).to_pylist()
    ['慢', '']
    """
    cells = pa.array(column, type=pa.large_string(), from_pandas=True)
    whole = cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells
    return whole.fill_null("")


def plain_cell(value: object) -> object:
    r"""Return one cell as a string, number, date or None; lists and records as JSON, bytes as UTF-8.

    Examples
    --------
    >>> plain_cell([1, "慢"]), plain_cell(b"ok"), plain_cell(float("nan")), plain_cell("a\ud800")
    ('[1, "慢"]', 'ok', None, 'a?')
    """
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, list | tuple | dict | set):
        listed = sorted(map(str, value)) if isinstance(value, set) else value
        return json.dumps(listed, ensure_ascii=False, default=str).encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode("utf-8", "replace")
    if isinstance(value, Decimal):
        return float(value)
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return None
    return value


def plain_cells(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with plain cells in its object columns, and names that are valid Unicode.

    Examples
    --------
    >>> plain_cells(pd.DataFrame({"a": [[1], None]}))["a"].tolist()
    ['[1]', None]
    """
    names = [str(plain_cell(str(name))) for name in frame.columns]
    result = frame.set_axis(names, axis="columns")
    for name in names:
        if result[name].dtype == object:
            cells = [plain_cell(value) for value in result[name]]
            result[name] = pd.Series(cells, index=result.index, dtype=object)
    return result
