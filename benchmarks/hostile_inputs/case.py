"""A hostile input: the files it is made of, the command it is given to, and what must come of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = [
    "FAILED",
    "IN_USE",
    "MENDED",
    "NOT_WRITTEN",
    "OK",
    "USAGE",
    "Case",
    "Ready",
    "given",
    "named",
    "run_words",
]

OK, FAILED, USAGE, MENDED, NOT_WRITTEN, IN_USE = range(6)
Make = Callable[[Path], Sequence[str | bytes]]
PHRASES = (
    "宽带掉线三天了一直没人上门处理，太慢了",
    "话费多扣了二十元，客服说不清楚，要求退款",
    "师傅态度很好，问题很快解决了，谢谢",
    "快递送错地址，电话打了五次都没人接",
    "请问套餐怎么改，在哪里可以查到流量",
    "退款申请提交两周还没到账，非常失望",
)


@dataclass(frozen=True)
class Case:
    """A hostile input.

    Attributes
    ----------
    name : str
    make : callable
        Makes the files in an empty folder and returns the words after ``csatext``.
    codes : tuple of int
        Exit codes that are right.
    says : str
        Pattern that the output must hold.
    hides : tuple of str
        What the output must not hold.
    writes : tuple of str
        Names in the folder that the command may make or change; nothing else.
    check : callable, optional
        Returns what is wrong with what was written, empty for nothing.
    how : str
        ``plain``; ``no rights``: root without the right to pass over permissions; ``small disk``: a file
        system of 300 KB on ``out``; ``read-only disk``; ``small files``: no file over 20 KB; ``full stdout``.
    during : callable, optional
        Called over and over while the command runs.
    """

    name: str
    make: Make
    codes: tuple[int, ...] = (FAILED,)
    says: str = ""
    hides: tuple[str, ...] = ()
    writes: tuple[str, ...] = ("out",)
    check: Callable[[Path], str] | None = None
    how: str = "plain"
    during: Callable[[Path], None] | None = None


@dataclass(frozen=True)
class Ready:
    """What sound commands made before: copied into the folder of a case and spoilt there.

    Attributes
    ----------
    folder : Path
        Holds ``good.csv``, ``run`` (of ``csatext run``), ``model`` (``fit``), ``night`` (``run --model``),
        ``facts`` (``annotate --model``), ``classifier.csatext`` (``train``), ``tags.xlsx`` (``tag export``).
    """

    folder: Path

    def copy(self, name: str, folder: Path, new: str = "") -> Path:
        """Copy one of these into a folder and return the copy."""
        source, target = self.folder / name, folder / (new or name)
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copyfile(source, target)
        return target


def good_rows(n: int = 240) -> str:
    """Return contacts as a CSV."""
    lines = ["编号,内容,渠道,产品,创建时间,类别"]
    lines += [
        f"T{i},{PHRASES[i % 6]}第{i}次,{('电话', '在线')[i % 2]},{('宽带', '手机')[i % 3 % 2]},"
        f"2026-0{1 + i % 3}-{1 + i % 28:02d},{('网络', '费用', '表扬')[i % 3]}"
        for i in range(n)
    ]
    return "\n".join(lines) + "\n"


def run_words(source: str | bytes, *more: str) -> list[str | bytes]:
    """Return the words of a run that leaves topics out."""
    return ["run", source, "-o", "out", "--config", "fast.toml", *more]


def named(folder: Path) -> None:
    """Write the configuration that :func:`run_words` names."""
    (folder / "fast.toml").write_text("[analysis]\nn_topics = 0\n", "utf-8")


def given(
    name: str,
    file: str,
    content: bytes | str | Callable[[Path], object],
    *,
    codes: tuple[int, ...] = (OK, FAILED),
    verb: str = "run",
    **more: object,
) -> Case:
    """Return the case of one file that is read; it may be read in part, or refused.

    A callable makes what is large when the case comes: it writes the file, or returns what is written.
    """

    def make(folder: Path) -> Sequence[str | bytes]:
        path = folder / file
        data = content(path) if callable(content) else content
        if isinstance(data, str):
            path.write_bytes(data.encode("utf-8", "surrogatepass"))
        elif isinstance(data, bytes):
            path.write_bytes(data)
        named(folder)
        if verb == "check":
            return ["check", file]
        return ["annotate", file, "-o", "out.parquet"] if verb == "annotate" else run_words(file)

    if verb == "check":
        codes = (*codes, MENDED)
    writes = {"check": (), "annotate": ("out.parquet",)}.get(verb, ("out",))
    return Case(name, make, codes, writes=writes, **more)  # type: ignore[arg-type]
