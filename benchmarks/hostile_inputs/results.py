"""Folders of results, models and tags that someone has doctored: names that lead outside, code, other shapes."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import random
import shutil
import zipfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hostile_inputs.case import FAILED, MENDED, OK, USAGE, Case, Ready, good_rows, named, run_words

__all__ = ["cases"]

OUTSIDE = (
    "../victim.csv",
    "tables/../../victim.csv",
)
RANDOM = random.Random(3).randbytes(20_000)


class Harm:
    """What a pickle would run."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("touch canary/harmed",)


def changed(path: Path, change: Callable[[Any], Any]) -> None:
    path.write_text(json.dumps(change(json.loads(path.read_text("utf-8"))), ensure_ascii=False), "utf-8")


def prepared(folder: Path) -> None:
    named(folder)
    (folder / "a.csv").write_text(good_rows(), "utf-8")
    (folder / "victim.csv").write_text("kept secret", "utf-8")


def doctored_runs(ready: Ready) -> Iterator[Case]:
    def listing(name: str) -> Callable[[Any], Any]:
        digest = hashlib.sha256(b"kept secret").hexdigest()
        return lambda known: known | {"files": {**known["files"], name: digest}}

    spoils: dict[str, Callable[[Path], object]] = {
        **{f"manifest lists {name}": lambda run, name=name: changed(run / "manifest.json", listing(name)) for name in OUTSIDE},
        "manifest lists tables outside": lambda run: changed(run / "manifest.json", lambda m: m | {"tables": {"../../victim": 1, "..": 1}}),
        "manifest is deep": lambda run: (run / "manifest.json").write_text("[" * 200_000),
        "manifest is 400 MB of blanks": lambda run: (run / "manifest.json").write_bytes(b" " * (400 << 20)),
        "manifest: everything is a number": lambda run: changed(run / "manifest.json", lambda m: dict.fromkeys(m, 7)),
        "manifest: configuration of nonsense": lambda run: changed(run / "manifest.json", lambda m: m | {"configuration": {"tables": {"measure": [1], "by": 5, "freq": "x", "alpha": "y", "baseline_periods": -1}, "report": {"title": {"a": 1}}}}),
        "manifest: title of markup": lambda run: changed(run / "manifest.json", lambda m: m | {"configuration": m["configuration"] | {"report": {"title": "<script>alert(1337)</script>"}}}),
        "manifest is a pipe": lambda run: ((run / "manifest.json").unlink(), os.mkfifo(run / "manifest.json")),
        "facts are a pipe": lambda run: ((run / "facts.parquet").unlink(), os.mkfifo(run / "facts.parquet")),
        "facts are /dev/zero": lambda run: ((run / "facts.parquet").unlink(), (run / "facts.parquet").symlink_to("/dev/zero")),
        "facts are random bytes": lambda run: (run / "facts.parquet").write_bytes(RANDOM),
        "facts are cut": lambda run: os.truncate(run / "facts.parquet", 5_000),
        "facts are another table": lambda run: pd.DataFrame({"x": [1]}).to_parquet(run / "facts.parquet"),
        "facts of other types": lambda run: pd.read_parquet(run / "facts.parquet").astype(str).to_parquet(run / "facts.parquet"),
        "a table is a pipe": lambda run: ((run / "tables" / "breakdown_channel.csv").unlink(), os.mkfifo(run / "tables" / "breakdown_channel.csv")),
    }  # fmt: skip
    doors: dict[str, tuple[Sequence[str], tuple[int, ...], tuple[str, ...]]] = {
        "run again": (run_words("a.csv"), (OK, FAILED), ("out",)),
        "validate": (["validate", "out"], (FAILED, MENDED, OK), ()),
        "report": (["report", "out", "-o", "r.html", "--xlsx"], (FAILED, OK), ("r.html", "r.xlsx")),
        "verify": (["verify", "out/report.html", "out"], (FAILED, MENDED, OK), ()),
        "compare": (["compare", "out", "out", "-o", "r.html"], (FAILED, OK), ("r.html",)),
        "tag export": (
            ["tag", "export", "out", "-o", "t.xlsx", "--n", "10", "--input", "a.csv"],
            (FAILED, OK),
            ("t.xlsx",),
        ),
    }
    everywhere = {
        "manifest is deep",
        "manifest is a pipe",
    }
    for at, (what, spoil) in enumerate(spoils.items()):
        for number, (door, (words, codes, writes)) in enumerate(doors.items()):
            # One door of six meets each; every door meets the worst.
            if what not in everywhere and number != at % 6:
                continue

            def made(
                folder: Path, spoil: Callable[[Path], object] = spoil, words: Sequence[str] = words
            ) -> Sequence[str]:
                prepared(folder)
                spoil(ready.copy("run", folder, "out"))
                return words

            yield Case(f"{what}: {door}", made, codes, writes=writes, hides=("kept secret",))


def doctored_stores(ready: Ready) -> Iterator[Case]:
    def record(store: Path, change: Callable[[Any], Any]) -> None:
        path = next(path for path in (store / "partitions").glob("*.json"))
        changed(path, change)

    def outside(store: Path) -> None:
        ready.copy("run", store.parent, "elsewhere")
        (store.parent / "victim.parquet").write_bytes(
            (store.parent / "elsewhere" / "facts.parquet").read_bytes()
        )
        shutil.rmtree(store.parent / "elsewhere")
        name = next((store / "partitions").glob("*-*.parquet")).name
        # A file of the plain name is there, so that only the path leads outside.
        (store / "partitions" / "victim.parquet").write_bytes((store / "partitions" / name).read_bytes())
        record(store, lambda known: known | {"partitions": ["../../victim.parquet"]})

    def key(store: Path) -> None:
        changed(store / "annotations.json", lambda m: m | {"files": {"../../victim": "x", **m["files"]}})

    def secret(store: Path) -> None:
        (store / "partitions" / ".pseudonyms.key").write_bytes(b"\xff" * 100)

    def pipe(name: str) -> Callable[[Path], object]:
        def make(store: Path) -> None:
            path = next(store.glob(name))
            path.unlink()
            os.mkfifo(path)

        return make

    spoils: dict[str, Callable[[Path], object]] = {
        "a record names a partition outside": outside,
        "the list names a file outside": key,
        "the key of pseudonyms is random": secret,
        "the list is a pipe": pipe("annotations.json"),
        "a partition is a pipe": pipe("partitions/*-*.parquet"),
        "a partition is random": lambda store: next((store / "partitions").glob("*-*.parquet")).write_bytes(
            RANDOM
        ),
        "a record of numbers": lambda store: record(store, lambda known: dict.fromkeys(known, 7)),
        "the model is gone": lambda store: shutil.rmtree(store / "model"),
    }
    for at, (what, spoil) in enumerate(spoils.items()):
        for door in (("aggregate", "run again")[at % 2],):

            def made(
                folder: Path, spoil: Callable[[Path], object] = spoil, door: str = door
            ) -> Sequence[str]:
                prepared(folder)
                spoil(ready.copy("night", folder, "out"))
                if door == "aggregate":
                    return ["aggregate", "out", "-o", "out2"]
                return ["run", "a.csv", "-o", "out", "--incremental"]

            yield Case(f"{what}: {door}", made, (OK, FAILED), writes=("out", "out2"), hides=("kept secret",))


def doctored_models(ready: Ready) -> Iterator[Case]:
    def card(change: Callable[[Any], Any]) -> Callable[[Path], object]:
        return lambda model: changed(model / "model.json", change)

    def more(name: str) -> Callable[[Path], object]:
        digest = hashlib.sha256(b"kept secret").hexdigest()
        return card(lambda known: known | {"files": {**known["files"], name: digest}})

    def relisted(model: Path, name: str, data: bytes) -> None:
        (model / name).write_bytes(data)
        card(lambda known: known | {"files": {**known["files"], name: hashlib.sha256(data).hexdigest()}})(
            model
        )

    def linked(model: Path) -> None:
        (model / "kinds.csatext").rename(model.parent / "kinds.csatext")
        (model / "kinds.csatext").symlink_to("../kinds.csatext")

    def pipe(model: Path) -> None:
        (model / "kinds.csatext").unlink()
        os.mkfifo(model / "kinds.csatext")

    spoils: dict[str, Callable[[Path], object]] = {
        **{f"lists {name}": more(name) for name in ("../victim.csv", "tables/../../victim.csv", )},
        "card is deep": lambda model: (model / "model.json").write_text("[" * 200_000),
        "card of numbers": card(lambda known: dict.fromkeys(known, 7)),
        "a part is cut and listed": lambda model: relisted(model, "vectorizer.csatext", (model / "vectorizer.csatext").read_bytes()[:1_000]),
        "a part is a pickle and listed": lambda model: relisted(model, "kinds.csatext", pickle.dumps(Harm())),
        "a part is a link": linked,
        "a part is a pipe": pipe,
        "a table is a pickle and listed": lambda model: relisted(model, "tables/taxonomy.parquet", pickle.dumps(Harm())),
        "a bit is turned": lambda model: (model / "rules.csatext").write_bytes((model / "rules.csatext").read_bytes()[:-1] + b"\1"),
    }  # fmt: skip
    for what, spoil in spoils.items():

        def made(folder: Path, spoil: Callable[[Path], object] = spoil) -> Sequence[str]:
            prepared(folder)
            spoil(ready.copy("model", folder))
            return ["run", "a.csv", "-o", "out", "--model", "model"]

        codes = (OK, FAILED) if what == "a part is a link" else (FAILED,)
        yield Case(f"model: {what}", made, codes, hides=("kept secret", "root:"))


def parquet_of(columns: dict[str, Any]) -> bytes:
    held = BytesIO()
    pd.DataFrame(columns).to_parquet(held)
    return held.getvalue()


def npz_of_objects() -> bytes:
    held = BytesIO()
    np.savez(held, a0=np.array([Harm()], dtype=object))
    return held.getvalue()


def files_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def signed(files: dict[str, bytes]) -> bytes:
    """Return a model file whose digest fits whatever is in it."""
    files = {name: data for name, data in files.items() if name != "sha256"}
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\0{len(files[name])}\0".encode() + files[name])
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in {**files, "sha256": digest.hexdigest().encode()}.items():
            archive.writestr(name, data)
    return held.getvalue()


def doctored_classifiers(ready: Ready) -> Iterator[Case]:
    def edited(change: Callable[[dict[str, bytes]], dict[str, bytes]]) -> Callable[[bytes], bytes]:
        return lambda data: signed(change(files_of(data)))

    def in_json(old: str, new: str) -> Callable[[bytes], bytes]:
        return edited(
            lambda files: files | {"model.json": files["model.json"].replace(old.encode(), new.encode())}
        )

    def header(files: dict[str, bytes]) -> dict[str, bytes]:
        """Let an array claim 10^15 numbers."""
        claim = BytesIO()
        np.lib.format.write_array_header_1_0(
            claim, {"descr": "<f8", "fortran_order": False, "shape": (10**15,)}
        )
        held = BytesIO()
        with zipfile.ZipFile(held, "w") as archive:
            archive.writestr("a0.npy", claim.getvalue())
        return files | {"arrays.npz": held.getvalue()}

    spoils: dict[str, Callable[[bytes], bytes]] = {
        "a pickle": lambda _data: pickle.dumps(Harm()),
        "arrays of objects": edited(lambda files: files | {"arrays.npz": npz_of_objects()}),
        "an array of 10^15 numbers": edited(header),
        "a class that is not ours": in_json('"class": "ComplaintClassifier"', '"class": "os.system"'),
        "more files than it needs": edited(lambda files: files | {"../../canary/kept.txt": b"harm"}),
        "1.6 GB unpacked": edited(lambda files: files | {"x.skops": bytes(1600 << 20)}),
        "a bit that was turned": lambda data: data[:-600] + bytes([data[-600] ^ 1]) + data[-599:],
    }
    for what, spoil in spoils.items():

        def made(folder: Path, spoil: Callable[[bytes], bytes] = spoil) -> Sequence[str]:
            prepared(folder)
            path = ready.copy("classifier.csatext", folder)
            path.write_bytes(spoil(path.read_bytes()))
            return ["annotate", "a.csv", "-o", "out.csv", "--model", "classifier.csatext"]

        yield Case(f"classifier: {what}", made, (FAILED,), writes=("out.csv",))


def doctored_tags(ready: Ready) -> Iterator[Case]:
    files: dict[str, tuple[str, bytes | str]] = {
        "Label Studio: deep": ("t.json", "[" * 500_000),
        "Label Studio: a task of nonsense": (
            "t.json",
            json.dumps(
                [
                    {
                        "id": "../../x",
                        "data": 5,
                        "annotations": [{"result": "x", "completed_by": {"email": "a"}}],
                    }
                ]
            ),
        ),
        "doccano: 30 MB in a line": ("t.jsonl", '{"id":1,"text":"' + "x" * 30_000_000 + '"}'),
        "a csv of other columns": ("t.csv", good_rows()),
    }
    for what, (name, data) in files.items():

        def made(folder: Path, name: str = name, data: bytes | str = data) -> Sequence[str]:
            prepared(folder)
            path = folder / name
            path.write_bytes(data.encode() if isinstance(data, str) else data)
            if not data:
                whole = ready.copy("tags.xlsx", folder).read_bytes()
                path.write_bytes(whole[: len(whole) // 2])
            return ["tag", "import", name, "--store", "out.parquet"]

        # A task that nobody has answered is none of the three faults: the output says that nothing is filled in.
        codes = (OK,) if what.startswith("doccano") else (FAILED, MENDED)
        yield Case(f"tag import: {what}", made, codes, writes=("out.parquet",))
    for what, data in (("a pickle", pickle.dumps(Harm())), ("another table", parquet_of({"x": [1]}))):

        def stored(folder: Path, words: Sequence[str] = (), data: bytes = data) -> Sequence[str]:
            prepared(folder)
            ready.copy("run", folder)
            ready.copy("tags.xlsx", folder)
            (folder / "s.parquet").write_bytes(data)
            return words

        for door, words in {
            "tag agreement": ["tag", "agreement", "s.parquet"],
            "tag import": ["tag", "import", "tags.xlsx", "--store", "s.parquet"],
            "train": ["train", "s.parquet", "-o", "m.csatext"],
            "run": [*run_words("a.csv"), "--audit", "s.parquet"],
            "report": ["report", "run", "-o", "r.html", "--audit", "s.parquet"],
        }.items():
            if what == "another table" and door not in ("run", "train"):
                continue
            yield Case(f"a store of {what}: {door}", partial(stored, words=words), (FAILED, MENDED, USAGE))


def cases(ready: Ready) -> Iterator[Case]:
    yield from doctored_runs(ready)
    yield from doctored_stores(ready)
    yield from doctored_models(ready)
    yield from doctored_classifiers(ready)
    yield from doctored_tags(ready)
