"""Bring the table of ``lexicons/README.md`` up to date: entries and SHA-256 of every file.

Run from the project's root: ``python benchmarks/refresh_lexicon_readme.py``. Origin and licence are kept as
they stand; a new file gets ``?`` in both, to be filled in by hand (the tests refuse a ``?``).
"""

from __future__ import annotations

import hashlib
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "lexicons"
HEADER = "| file | entries | sha256 | origin | licence |\n|---|---|---|---|---|\n"


def files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "README.md")


def entries(path: Path) -> str:
    """Lines with a fact: not empty, no comment, not the header (which is the first line, or a comment)."""
    if path.suffix != ".tsv":
        return ""
    lines = path.read_text("utf-8").split("\n")
    facts = [line for line in lines if line.strip("\r") and not line.startswith("# ")]
    return str(len(facts) - (not lines[0].startswith("#")))


def row(path: Path, folder: Path, origin: str, licence: str) -> str:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return f"| {path.relative_to(folder).as_posix()} | {entries(path)} | {digest} | {origin} | {licence} |"


def table(folder: Path, text: str) -> str:
    """Return the table of ``folder``, with origin and licence from the README ``text``."""
    cells = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    known = {row[0]: row[-2:] for row in cells}
    return HEADER + "\n".join(
        row(path, folder, *known.get(path.relative_to(folder).as_posix(), ("?", "?")))
        for path in files(folder)
    )


def main() -> None:
    readme = FOLDER / "README.md"
    text = readme.read_text("utf-8")
    head = text[: text.index(HEADER)]
    readme.write_text(head + table(FOLDER, text) + "\n", encoding="utf-8", newline="\n")
    print(f"{readme}: {len(files(FOLDER))} files")


if __name__ == "__main__":
    main()
