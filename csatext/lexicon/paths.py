"""Where the shipped word lists lie, and which file a name means."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from csatext.errors import InputError, nearest

__all__ = ["find", "is_shipped", "lexicon_path", "shipped_name"]


@cache
def _folder() -> Path:
    here = Path(__file__).resolve().parent.parent
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


def find(path: str | Path) -> Path:
    """Return the shipped list of that name, or the path itself where something is there.

    Parameters
    ----------
    path : str or pathlib.Path
        A str that names a shipped list or folder means that one; a Path is always taken as it is.

    Raises
    ------
    InputError
        Neither a shipped list nor an existing path; names the shipped lists.

    Examples
    --------
    >>> find("negators").name
    'negators.tsv'
    """
    shipped = _shipped_lists()
    if isinstance(path, str) and path in shipped:
        return lexicon_path(f"{path}.tsv")
    if isinstance(path, str) and any(name.startswith(f"{path}/") for name in shipped):
        return lexicon_path(path)
    if not _exists(Path(path)):
        like = nearest(str(path), shipped)
        hint = f"；是不是想用自带的「{like}」" if like is not None else ""
        todo = f"请检查路径，或用自带词表的名字：{'、'.join(sorted(shipped))}{hint}"
        raise InputError.unreadable(path, "没有这个文件、文件夹或自带词表", todo)
    return Path(path)


@cache
def _shipped_lists() -> frozenset[str]:
    return frozenset(shipped_name(path).removesuffix(".tsv") for path in _folder().rglob("*.tsv"))


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False  # A name that is too long, or holds NUL.


def shipped_name(path: Path) -> str:
    """Return the path relative to ``lexicons/`` for a shipped file, the whole path for any other.

    Examples
    --------
    >>> shipped_name(lexicon_path("negators.tsv")), shipped_name(Path("my.tsv"))
    ('negators.tsv', 'my.tsv')
    """
    return path.relative_to(_folder()).as_posix() if is_shipped(path) else str(path)


def is_shipped(path: Path) -> bool:
    """Return whether a file or folder is one of ``lexicons/``.

    Examples
    --------
    >>> is_shipped(lexicon_path("negators.tsv")), is_shipped(Path("my.tsv"))
    (True, False)
    """
    return path.is_relative_to(_folder())
