"""Where the lexicon data lie, and how a line of them is read."""

from __future__ import annotations

from functools import cache
from pathlib import Path

__all__ = ["lexicon_path"]


@cache
def _folder() -> Path:
    here = Path(__file__).resolve().parent
    shipped = here / "_lexicons"
    return shipped if shipped.is_dir() else here.parent / "lexicons"


def lexicon_path(name: str) -> Path:
    """Return the path of a file in ``lexicons/``, installed or in a source tree.

    Parameters
    ----------
    name : str
        Path relative to ``lexicons/``, such as ``"columns.tsv"``.

    Returns
    -------
    pathlib.Path

    Examples
    --------
    >>> lexicon_path("columns.tsv").name
    'columns.tsv'
    """
    return _folder() / name
