"""Files that are none, files that change while they are read, names, and places that cannot be written."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from hostile_inputs.case import (
    FAILED,
    IN_USE,
    NOT_WRITTEN,
    OK,
    USAGE,
    Case,
    Ready,
    good_rows,
    named,
    run_words,
)

__all__ = ["cases"]

SPECIAL: dict[str, Callable[[Path], object]] = {
    "a pipe": os.mkfifo,
    "a link to /dev/zero": lambda path: path.symlink_to("/dev/zero"),
    "a link to a terminal": lambda path: path.symlink_to("/dev/tty"),
    "a folder": Path.mkdir,
    "a broken link": lambda path: path.symlink_to("nothing"),
    "memory of the process": lambda path: path.symlink_to("/proc/self/mem"),
}


def sound(folder: Path, name: str = "a.csv") -> Path:
    named(folder)
    path = folder / name
    path.write_text(good_rows(), "utf-8")
    return path


def special(ready: Ready) -> Iterator[Case]:
    verbs: dict[str, Callable[[Path], Sequence[str | bytes]]] = {
        "run": lambda _folder: run_words("s.csv"),
        "run by a model": lambda folder: [
            "run",
            "s.csv",
            "-o",
            "out",
            "--model",
            str(ready.copy("model", folder)),
            "--incremental",
        ],
    }
    for what, make in SPECIAL.items():
        for verb, words in verbs.items():
            if verb != "run" and what not in ("a pipe", "a folder"):
                continue

            def made(
                folder: Path,
                make: Callable[[Path], object] = make,
                words: Callable[..., Sequence[str | bytes]] = words,
            ) -> Sequence[str | bytes]:
                named(folder)
                make(folder / "s.csv")
                return words(folder)

            yield Case(f"{verb}: {what}", made)
    doors: dict[str, Sequence[str | bytes]] = {
        "a taxonomy": ["annotate", "a.csv", "-o", "out.csv", "--taxonomy", "s.yaml"],
        "a classifier": ["annotate", "a.csv", "-o", "out.csv", "--model", "s.yaml"],
        "tags to train on": ["train", "s.yaml", "-o", "out.csv"],
        "a marked workbook": ["tag", "import", "s.xlsx", "--store", "out.csv"],
        "a store of tags": ["tag", "agreement", "s.yaml"],
        "facts": ["report", "s.yaml", "-o", "out.html"],
        "a report": ["verify", "s.yaml", "run"],
        "a run": ["validate", "s.yaml"],
        "annotated facts": ["aggregate", "s.yaml", "-o", "out"],
        "a run that is compared": ["compare", "run", "s.yaml", "-o", "out.html"],
        "tags that correct a report": ["report", "run", "-o", "out.html", "--audit", "s.yaml"],
    }
    for at, (door, words) in enumerate(doors.items()):
        for what in (("a pipe", "a link to /dev/zero")[at % 2],):

            def made(
                folder: Path, words: Sequence[str | bytes] = words, what: str = what
            ) -> Sequence[str | bytes]:
                sound(folder)
                if "run" in words:
                    ready.copy("run", folder)
                for name in ("s.yaml", "s.xlsx"):
                    SPECIAL[what](folder / name)
                return words

            yield Case(f"{what} as {door}", made, (FAILED, USAGE), writes=("out", "out.csv", "out.html"))


def folders(ready: Ready) -> Iterator[Case]:
    def full(folder: Path) -> None:
        given = folder / "given"
        given.mkdir()
        sound(given)
        sound(folder)
        os.chdir(given)
        for number, make in enumerate(SPECIAL.values()):
            make(given / f"s{number}.csv")
        (given / "above").symlink_to("..")
        (given / "deep").mkdir()
        (given / "deep" / "again").symlink_to(given)
        (given / "b.xlsx").write_bytes(b"PK\x03\x04")
        os.chdir(folder)

    def run(folder: Path) -> Sequence[str | bytes]:
        full(folder)
        return run_words("given")

    def by_model(folder: Path) -> Sequence[str | bytes]:
        full(folder)
        return ["run", "given", "-o", "out", "--model", str(ready.copy("model", folder)), "--incremental"]

    yield Case("a folder of everything that is no file: run", run, (OK,))
    yield Case("a folder of everything that is no file: by a model", by_model, (OK,))

    def names(folder: Path, *, model: bool) -> Sequence[str | bytes]:
        given = folder / "given"
        given.mkdir()
        named(folder)
        one = "编号,内容,渠道,创建时间\n"
        for number, name in enumerate(
            (b"new\nline.csv", b"\x1b[2Jclear.csv", b"\xff\xfe.csv", "电话13912345678.csv".encode(), b"-o.csv", b" .csv",
             b"a" * 250 + b".csv", b"<script>.csv", b"=cmd.csv", "\u202evsc.csv".encode(), b"$(touch x).csv", b"..csv")
        ):  # fmt: skip
            text = one + "".join(
                f"{number}-{i},宽带掉线太慢了{i},电话,2026-01-{1 + i:02d}\n" for i in range(9)
            )
            Path(os.fsdecode(os.fsencode(given) + b"/" + name)).write_text(text, "utf-8")
        if model:
            return ["run", "given", "-o", "out", "--model", str(ready.copy("model", folder)), "--incremental"]
        return run_words("given")

    hides = ("13912345678", "\x1b[2J", "\u202e")
    yield Case(
        "names of files made to do harm: run",
        partial(names, model=False),
        (OK,),
        hides=hides,
        check=no_number,
    )
    yield Case(
        "names of files made to do harm: by a model",
        partial(names, model=True),
        (OK,),
        hides=hides,
        check=no_number,
    )

    def alone(folder: Path, name: bytes = b"") -> Sequence[str | bytes]:
        sound(folder)
        (folder / "a.csv").rename(folder / os.fsdecode(name))
        return run_words(name)

    for name in (b"\xff\xfe.csv", b"a\nb.csv", "电话13912345678.csv".encode()):
        yield Case(
            f"a file called {name!r}",
            partial(alone, name=name),
            (OK,),
            hides=("13912345678", "\x1b[2J"),
            check=no_number,
        )

    def rights(folder: Path, *, where: str) -> Sequence[str | bytes]:
        sound(folder)
        (folder / "given").mkdir()
        sound(folder / "given")
        (folder / where).chmod(0)
        return run_words(where.split("/")[0] if where == "given" else where)

    yield Case("a file that may not be read", partial(rights, where="a.csv"), how="no rights")
    yield Case("a folder that may not be read", partial(rights, where="given"), how="no rights")

    def some(folder: Path) -> Sequence[str | bytes]:
        (folder / "given").mkdir()
        sound(folder)
        sound(folder / "given")
        sound(folder / "given", "b.csv").chmod(0)
        return ["run", "given", "-o", "out", "--model", str(ready.copy("model", folder)), "--incremental"]

    yield Case("one file of two may not be read: by a model", some, (OK, FAILED), how="no rights")


def no_number(folder: Path) -> str:
    """Return the name of an output that holds the number in the name of a file."""
    number = b"13912345678"
    found = [
        path.name for path in (folder / "out").rglob("*") if path.is_file() and number in path.read_bytes()
    ]
    return f"the number stands in {found[0]}" if found else ""


def changing() -> Iterator[Case]:
    def large(folder: Path) -> Sequence[str | bytes]:
        named(folder)
        (folder / "a.csv").write_text(good_rows(6_000), "utf-8")
        return run_words("a.csv")

    def shrink(folder: Path) -> None:
        path = folder / "a.csv"
        if path.exists():
            os.truncate(path, path.stat().st_size // 2)

    def grow(folder: Path) -> None:
        with (folder / "a.csv").open("ab") as file:
            file.write(b"x" * 100_000)

    def swap(folder: Path) -> None:
        (folder / "b").write_bytes(b"PK\x03\x04")
        (folder / "b").replace(folder / "a.csv")

    def pipe(folder: Path) -> None:
        path = folder / "a.csv"
        path.unlink(missing_ok=True)
        os.mkfifo(path)

    for name, during in (
        ("shrinks", shrink),
        ("grows", grow),
        ("goes", lambda folder: (folder / "a.csv").unlink(missing_ok=True)),
        ("is another", swap),
        ("becomes a pipe", pipe),
    ):
        yield Case(
            f"a file that {name} while it is read",
            large,
            (OK, FAILED),
            during=during,
            writes=("out", "a.csv", "b"),
        )


def outputs(ready: Ready) -> Iterator[Case]:
    verbs: dict[str, Callable[[Path], Sequence[str | bytes]]] = {
        "run": lambda _f: run_words("a.csv"),
        "run by a model": lambda f: ["run", "a.csv", "-o", "out", "--model", str(ready.copy("model", f))],
        "fit": lambda _f: ["fit", "a.csv", "-o", "out", "--config", "fast.toml"],
        "annotate": lambda _f: ["annotate", "a.csv", "-o", "out/a.csv"],
        "annotate by a model": lambda f: ["annotate", "a.csv", "-o", "out", "--model", str(ready.copy("model", f))],
        "aggregate": lambda f: ["aggregate", ready.copy("facts", f).name, "-o", "out"],
        "report": lambda f: ["report", ready.copy("run", f).name, "-o", "out/r.html", "--xlsx"],
        "compare": lambda f: ["compare", ready.copy("run", f).name, "run", "-o", "out/r.html", "--xlsx"],
        "train": lambda f: ["train", ready.copy("good.csv", f, "t.csv").name, "--column", "text=内容", "--column", "category=类别", "-o", "out/m.csatext"],
        "tag export": lambda _f: ["tag", "export", "a.csv", "-o", "out/t.xlsx", "--n", "20"],
        "tag import": lambda f: ["tag", "import", ready.copy("tags.xlsx", f).name, "--store", "out/t.parquet"],
    }  # fmt: skip

    def made(
        folder: Path, words: Callable[[Path], Sequence[str | bytes]], place: Callable[[Path], object]
    ) -> Sequence[str | bytes]:
        sound(folder)
        place(folder / "out")
        return words(folder)

    # A tag store or a report of a few kilobytes fits on a small disk.
    small = {"annotate", "annotate by a model", "tag export", "tag import", "train"}
    places: dict[str, tuple[Callable[[Path], object], str, tuple[int, ...]]] = {
        "small disk": (Path.mkdir, "small disk", (NOT_WRITTEN,)),
        "read-only disk": (Path.mkdir, "read-only disk", (NOT_WRITTEN,)),
        "small files": (Path.mkdir, "small files", (NOT_WRITTEN,)),
        "output is a file": (lambda path: path.write_text("kept"), "plain", (USAGE, NOT_WRITTEN)),
        "output may not be written": (lambda path: path.mkdir(0o555), "no rights", (NOT_WRITTEN,)),
    }
    for at, (verb, words) in enumerate(verbs.items()):
        for number, (what, (place, how, codes)) in enumerate(places.items()):
            # A run meets every place, each of the other verbs meets two.
            if verb != "run" and number not in (at % 5, (at + 2) % 5):
                continue
            fits = verb in small and what in ("small disk", "small files")
            yield Case(
                f"{what}: {verb}",
                partial(made, words=words, place=place),
                (OK, *codes) if fits else codes,
                how=how,
                writes=("out",) if place is Path.mkdir else (),
            )
    yield Case(
        "standard output is full",
        partial(made, words=verbs["run"], place=Path.mkdir),
        (NOT_WRITTEN,),
        how="full stdout",
    )

    def inside(folder: Path) -> Sequence[str | bytes]:
        (folder / "given").mkdir()
        sound(folder)
        sound(folder / "given")
        return run_words("given", "-o", "given/out")

    yield Case("output in the folder that is read", inside, (OK, FAILED, USAGE), writes=("given",))
    yield Case(
        "output is the folder that is read",
        lambda f: [*inside(f)[:2], "-o", "given", "--config", "fast.toml"],
        (OK, FAILED, USAGE),
        writes=("given",),
    )


def locks(ready: Ready) -> Iterator[Case]:
    name = ".csatext.lock"
    host = platform.node()

    def made(folder: Path, place: Callable[[Path], object], *, model: bool = False) -> Sequence[str | bytes]:
        sound(folder)
        (folder / "out").mkdir()
        place(folder / "out" / name)
        if model:
            return ["run", "a.csv", "-o", "out", "--model", str(ready.copy("model", folder))]
        return run_words("a.csv")

    places: dict[str, tuple[Callable[[Path], object], tuple[int, ...]]] = {
        "a living process": (lambda path: path.write_text(f"{os.getpid()} {host}"), (IN_USE,)),
        "a process that has ended": (lambda path: path.write_text(f"4194000 {host}"), (OK,)),
        "another host": (lambda path: path.write_text("17 elsewhere"), (IN_USE,)),
        "another host called <script>\x1b[2J": (
            lambda path: path.write_text("17 \x1b[2J<script>"),
            (IN_USE,),
        ),
        "a pipe": (os.mkfifo, (OK, NOT_WRITTEN)),
        "a folder": (Path.mkdir, (NOT_WRITTEN,)),
        "a link to /dev/zero": (lambda path: path.symlink_to("/dev/zero"), (OK, NOT_WRITTEN)),
        "a link to a file outside": (lambda path: path.symlink_to("../canary/kept.txt"), (OK, NOT_WRITTEN)),
    }
    for whose, (place, codes) in places.items():
        yield Case(f"lock of {whose}", partial(made, place=place), codes, hides=("\x1b[2J",))
    yield Case(
        "lock of a living process: by a model",
        partial(made, place=places["a living process"][0], model=True),
        (IN_USE,),
    )


def links(ready: Ready) -> Iterator[Case]:
    def made(folder: Path, name: str, *, verb: str, target: str) -> Sequence[str | bytes]:
        sound(folder)
        (folder / "victim").mkdir()
        (folder / "victim" / "kept.txt").write_text("kept secret")
        place = folder / "out" / name
        place.parent.mkdir(parents=True)
        place.symlink_to(os.path.relpath(folder / target, place.parent))
        if verb == "run":
            return run_words("a.csv")
        if verb == "fit":
            return ["fit", "a.csv", "-o", "out", "--config", "fast.toml"]
        if verb == "aggregate":
            return ["aggregate", ready.copy("facts", folder).name, "-o", "out"]
        if verb == "annotate":
            return ["annotate", "a.csv", "-o", "out", "--model", str(ready.copy("model", folder))]
        if verb == "fit and run":
            return ["run", "a.csv", "-o", "out", "--incremental", "--config", "fast.toml"]
        return ["run", "a.csv", "-o", "out", "--model", str(ready.copy("model", folder)), "--incremental"]

    for verb in ("run", "aggregate"):
        yield Case(
            f"{verb}: tables is a link",
            partial(made, name="tables", verb=verb, target="victim"),
            (NOT_WRITTEN,),
        )
    for verb, name in (("by a model", "partitions"), ("annotate", "model")):
        yield Case(
            f"{verb}: {name} is a link",
            partial(made, name=name, verb=verb, target="victim"),
            (OK, NOT_WRITTEN),
        )
    yield Case(
        "fit and run: model is a link",
        partial(made, name="model", verb="fit and run", target="victim"),
        (OK, NOT_WRITTEN),
    )
    yield Case(
        "fit: tables is a link", partial(made, name="tables", verb="fit", target="victim"), (OK, NOT_WRITTEN)
    )
    for name in ("facts.parquet", "manifest.json"):
        yield Case(
            f"run: {name} is a link",
            partial(made, name=name, verb="run", target="victim/kept.txt"),
            (OK, NOT_WRITTEN),
        )
    for name in ("annotations.json", "partitions/.pseudonyms.key"):
        yield Case(
            f"by a model: {name} is a link",
            partial(made, name=name, verb="by a model", target="victim/kept.txt"),
            (OK, NOT_WRITTEN),
        )

    def at(folder: Path, words: Sequence[str], name: str) -> Sequence[str]:
        sound(folder)
        ready.copy("run", folder)
        (folder / "victim").mkdir()
        (folder / "victim" / "kept.txt").write_text("kept secret")
        (folder / name).symlink_to("victim/kept.txt")
        return words

    for name, words in {
        "out.csv": ["annotate", "a.csv", "-o", "out.csv"],
        "out.html": ["report", "run", "-o", "out.html"],
        "out.pptx": ["report", "run", "-o", "o.html", "--pptx", "out.pptx"],
    }.items():
        yield Case(
            f"{words[0]}: {name} is a link",
            partial(at, words=words, name=name),
            (OK, NOT_WRITTEN),
            writes=(name, "o.html"),
        )


def cases(ready: Ready) -> Iterator[Case]:
    yield from special(ready)
    yield from folders(ready)
    yield from changing()
    yield from outputs(ready)
    yield from locks(ready)
    yield from links(ready)
