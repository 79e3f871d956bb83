"""Code in README, site and notebooks runs as it stands, and the site builds."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from jupyter_core.utils import run_sync
from nbclient import NotebookClient

import csatext as ct
from csatext.batch.configuration import load_configuration
from csatext.cli import main

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
GUIDE = sorted((ROOT / "docs" / "guide").glob("*.md"))
PAGES = [
    README,
    *GUIDE,
    ROOT / "docs" / "index.md",
    ROOT / "docs" / "architecture.md",
    ROOT / "docs" / "benchmarks.md",
]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text("utf-8"), re.S | re.M)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the files that the documents speak of."""
    path = tmp_path_factory.mktemp("documents")
    center = ct.simulate_center(600, random_state=1, weeks=21)  # to the end of May, the last month named
    center.contacts.to_csv(path / "contacts.csv", index=False)
    (path / "incoming").mkdir()
    center.contacts.head(200).to_csv(path / "incoming" / "monday.csv", index=False)
    center.turns.to_parquet(path / "turns.parquet")
    (path / "ours.yaml").write_text(blocks(ROOT / "docs" / "guide" / "categories.md", "yaml")[0], "utf-8")
    return path


@pytest.fixture(scope="module")
def road(folder):
    """What the README's code leaves behind; the pages of the guide go on from there."""
    scope: dict[str, object] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for block in blocks(README, "python"):
            exec(compile(block, "README.md", "exec"), scope)
    return scope


def test_python_of_the_readme_runs(folder, road):
    assert len(road["facts"]) == 600
    assert (folder / "report.html").stat().st_size > 100_000


@pytest.mark.parametrize("page", [page for page in PAGES[1:] if blocks(page, "python")], ids=name_of)
def test_python_of_a_page_runs(page, folder, road, monkeypatch):
    monkeypatch.chdir(folder)
    scope = dict(road)
    for block in blocks(page, "python"):
        exec(compile(block, name_of(page), "exec"), scope)


def test_commands_of_the_pages_run(folder, tmp_path, monkeypatch):
    # Columns that no command names make more tables of the same kinds, of all columns in tests/batch.
    kept = ["doc_id", "text", "created_at", "channel"]
    (tmp_path / "incoming").mkdir()
    for name in ("contacts.csv", "incoming/monday.csv"):
        pd.read_csv(folder / name, dtype="str")[kept].to_csv(tmp_path / name, index=False)
    monkeypatch.chdir(tmp_path)
    found = [line for page in PAGES for block in blocks(page, "console") for line in block.splitlines()]
    lines = [line for line in dict.fromkeys(found) if line.startswith("csatext ")]
    assert {line.split()[1] for line in lines} >= {"demo", "run", "check", "annotate", "report"}
    for line in lines:
        if line.split()[1] != "demo":  # 20,000 contacts; tests/batch runs it on fewer
            assert main(shlex.split(line, comments=True)[1:]) == 0, line


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "toml")], ids=name_of)
def test_configuration_of_a_page_can_be_read(page, tmp_path):
    for number, block in enumerate(blocks(page, "toml")):
        path = tmp_path / f"{number}.toml"
        path.write_text(block, "utf-8")
        load_configuration(path)


@pytest.fixture(scope="module")
def kernel():
    """A kernel that the notebooks share: a start costs seconds, and a reset leaves no name."""
    starter = NotebookClient(nbformat.v4.new_notebook())
    manager = starter.create_kernel_manager()
    starter.start_new_kernel(env={**os.environ, "PYTHONPATH": str(ROOT)})
    yield manager
    run_sync(manager.shutdown_kernel)(now=True)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_notebook_runs(path, tmp_path, kernel):
    notebook = nbformat.read(path, as_version=4)
    clean = nbformat.v4.new_code_cell(f"%cd -q {tmp_path}\n%reset -f")
    notebook.cells.insert(0, clean)
    NotebookClient(notebook, km=kernel, timeout=180).execute()


def test_site_builds_and_holds_every_public_name(tmp_path):
    # From a copy: what the build generates beside the pages stays out of the tree.
    for name in ("docs", "notebooks"):
        ignored = shutil.ignore_patterns("_build", "reference", "modules.md", ".ipynb_checkpoints")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
    shutil.copy(README, tmp_path)
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-W",
        "--keep-going",
        "-q",
        str(tmp_path / "docs"),
        str(tmp_path / "out"),
    ]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280)
    assert result.returncode == 0, result.stderr
    pages = {path.stem for path in (tmp_path / "out" / "reference" / "api").glob("*.html")}
    assert pages == {f"csatext.{name}" for name in ct.__all__}
    assert len(list((tmp_path / "out" / "notebooks").glob("0*.html"))) == len(NOTEBOOKS)
    fetched = re.compile(
        r'<(?:script|img|iframe)[^>]*src="https?:|<link[^>]*rel="stylesheet"[^>]*href="https?:'
    )
    sources = {path.name: path.read_text("utf-8") for path in (tmp_path / "out").rglob("*.html")}
    assert [name for name, text in sources.items() if fetched.search(text)] == []
