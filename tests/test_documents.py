"""README code and notebooks run as they stand."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import csatext as ct
from csatext.cli import main

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with the files that the README speaks of."""
    center = ct.simulate_center(1500, random_state=1)
    center.contacts.to_csv(tmp_path / "contacts.csv", index=False)
    center.turns.to_parquet(tmp_path / "turns.parquet")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_python_of_the_readme_runs(folder):
    blocks = re.findall(r"```python\n(.*?)```", README, re.S)
    assert blocks
    scope: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, "README.md", "exec"), scope)
    assert (folder / "report.html").stat().st_size > 100_000


def test_commands_of_the_readme_run(folder):
    lines = [
        line
        for block in re.findall(r"```console\n(.*?)```", README, re.S)
        for line in block.splitlines()
        if line.startswith("csatext ")
    ]
    assert {line.split()[1] for line in lines} >= {"run", "check"}
    for line in lines:
        if line.split()[1] != "demo":
            assert main(shlex.split(line, comments=True)[1:]) == 0, line


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_notebook_runs(path, tmp_path):
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=180, resources={"metadata": {"path": str(tmp_path)}}).execute()
