"""Tables as bytes: what stands in a cell of a table of Spark."""

from __future__ import annotations

import pyarrow as pa

__all__ = ["packed", "unpacked"]


def packed(table: pa.Table) -> bytes:
    """Return a table as a stream of Arrow."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def unpacked(content: bytes) -> pa.Table:
    """Return the table of a stream.

    Examples
    --------
    >>> unpacked(packed(pa.table({"text": ["太慢"]}))).to_pylist()
    [{'text': '太慢'}]
    """
    return pa.ipc.open_stream(content).read_all()
