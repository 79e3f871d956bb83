"""Headers of turn tables and keys of turn records, by ``lexicons/turn_columns.tsv``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from csatext.errors import LexiconError
from csatext.ingest.columns.headers import normal_header
from csatext.lexicon import lexicon_path

__all__ = ["candidates", "turn_headers"]

_WIDTH = 3
_INSIDE = 10_000


@cache
def turn_headers() -> Mapping[str, tuple[tuple[str, int], ...]]:
    """Return for each header in normal form the columns it may stand for, each with its rank.

    Raises
    ------
    LexiconError
        A line does not have three fields.

    Examples
    --------
    >>> [name for name, _ in turn_headers()["发送时间"]]
    ['started_at']
    """
    path = lexicon_path("turn_columns.tsv")
    found: dict[str, tuple[tuple[str, int], ...]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line or line.startswith("#"):
            continue
        fields = line.split("\t")
        if len(fields) != _WIDTH:
            raise LexiconError.bad_line(path.name, number, "应为三列：规范列名、类型、表头")
        canonical, _, header = fields
        key = normal_header(header)
        if canonical not in (name for name, _ in found.get(key, ())):
            found[key] = (*found.get(key, ()), (canonical, number))
    return found


def candidates(names: Iterable[str], canonical: str) -> list[str]:
    """Return the names that may stand for a column, best first.

    A role may stand inside an object too (``author.role``), behind the names that stand alone.

    Examples
    --------
    >>> candidates(["内容", "发送方", "角色"], "role")
    ['角色', '发送方']
    """
    names = list(names)
    ranked = [
        (rank, name)
        for name in names
        for found, rank in turn_headers().get(normal_header(name), ())
        if found == canonical
    ]
    ranked += [
        (_INSIDE + rank, name)
        for name in names
        if canonical == "role" and "." in name and normal_header(name) not in turn_headers()
        for found, rank in turn_headers().get(normal_header(name.rpartition(".")[2]), ())
        if found == canonical
    ]
    return [name for _, name in sorted(ranked)]
