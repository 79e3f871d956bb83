"""Texts and counts of contacts that stay in the files of their partitions until some are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
from scipy import sparse

from csatext.batch.phases.annotate_partition import counts_of
from csatext.batch.phases.partition_files import read_partition

__all__ = ["StoredCounts", "StoredTexts"]

_HELD = 16
"""Partitions whose column stays in memory: contacts that are asked for together often lie together."""


class _StoredColumn:
    """A column of contacts in the files of partitions.

    Parameters
    ----------
    files : sequence of Path
        Partitions, in order.
    sizes : sequence of int
        Contacts of each.
    rows : ndarray of int64, shape (n,)
        The contacts, counted through all files.
    name : str
        Of the column.
    """

    def __init__(self, files: Sequence[Path], sizes: Sequence[int], rows: np.ndarray, name: str) -> None:
        self._files = files
        self._starts = np.concatenate([[0], np.cumsum(sizes)])
        self._rows = rows
        self._name = name
        self._read = lru_cache(maxsize=_HELD)(self._column)

    def _column(self, file: int) -> pa.Array:
        column = read_partition(self._files[file], self._name.__eq__)[self._name]
        return pa.concat_arrays(column.chunks) if column.num_chunks != 1 else column.chunk(0)

    def _cells(self, at: np.ndarray) -> pa.Array:
        """Return the cells of some contacts, in the order asked for."""
        rows = self._rows[at]
        files = np.searchsorted(self._starts, rows, side="right") - 1
        order = np.argsort(files, kind="stable")
        chunks = []
        for file in np.unique(files):
            mine = order[np.searchsorted(files[order], file) : np.searchsorted(files[order], file, "right")]
            chunks.append(self._read(int(file)).take(pa.array(rows[mine] - self._starts[file])))
        if not chunks:
            return self._read(0).slice(0, 0)
        back = np.empty(len(order), np.int64)
        back[order] = np.arange(len(order))
        return pa.concat_arrays(chunks).take(pa.array(back))


class StoredTexts(_StoredColumn):
    """Prepared texts, some at a time, as a column of Arrow gives them."""

    def take(self, at: pa.Array) -> pa.ChunkedArray:
        """Return the texts of the contacts at these positions."""
        return pa.chunked_array([self._cells(np.asarray(at))])


class StoredCounts(_StoredColumn):
    """A document-term matrix, some rows at a time.

    Parameters
    ----------
    files, sizes, rows, name
        As the base class takes them.
    n_terms : int
        Columns of the matrix.
    """

    def __init__(
        self, files: Sequence[Path], sizes: Sequence[int], rows: np.ndarray, name: str, n_terms: int
    ) -> None:
        super().__init__(files, sizes, rows, name)
        self.shape = (len(rows), n_terms)

    def __getitem__(self, at: np.ndarray | slice) -> sparse.csr_array:
        """Return the counts of the contacts at these positions."""
        places = np.arange(self.shape[0])[at] if isinstance(at, slice) else np.asarray(at)
        return counts_of(pa.chunked_array([self._cells(places)]), self.shape[1])
