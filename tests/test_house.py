"""The rules of the house, as checks: style, types, layers, sizes, documents."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import csatext as ct
from csatext.schema.readme import table_dictionary

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted((ROOT / "csatext").rglob("*.py"))
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, timeout=280)


@pytest.mark.parametrize("verb", [["check"], ["format", "--check"]], ids=["lint", "format"])
def test_style(verb):
    result = run("-m", "ruff", *verb, "csatext", "tests", "benchmarks")
    assert result.returncode == 0, result.stdout + result.stderr


def test_types():
    result = run("-m", "mypy")
    assert result.returncode == 0, result.stdout + result.stderr


def test_layers():
    result = run("-c", "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())")
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_short_and_says_what_it_is(path):
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= 300
    assert ast.get_docstring(ast.parse(text))


def test_no_pickle_no_marshal_no_warning_filter():
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in SOURCES
        for word in re.findall(
            r"^\s*(?:import|from) (?:pickle|marshal|shelve)\b|filterwarnings|simplefilter",
            path.read_text("utf-8"),
            re.M,
        )
    ]
    assert found == []


def test_every_public_name_is_there_and_documented():
    for name in ct.__all__:
        value = getattr(ct, name)
        assert value.__doc__, name
    assert len(set(ct.__all__)) == len(ct.__all__)


def test_public_callables_have_an_example():
    bare = [
        name
        for name in ct.__all__
        if callable(getattr(ct, name))
        and ">>>" not in (getattr(ct, name).__doc__ or "")
        and not issubclass_of_error(getattr(ct, name))
    ]
    assert bare == []


def issubclass_of_error(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, Exception)


def test_import_opens_no_data_and_is_quick():
    code = (
        "import sys, time, pandas\n"
        "opened = []\n"
        "sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == 'open' else None)\n"
        "begin = time.process_time()\n"
        "import csatext\n"
        "took = time.process_time() - begin\n"
        "bad = [p for p in opened if not p.endswith(('.py', '.pyc', '.so')) and 'csatext' in p]\n"
        "print(took)\n"
        "assert not bad, bad\n"
    )
    result = run("-c", code)
    assert result.returncode == 0, result.stderr
    assert float(result.stdout) < 1


def test_table_names_and_columns_are_unique():
    for name, table in ct.tables().items():
        columns = [column.name for column in table.columns]
        assert len(set(columns)) == len(columns), name
        assert table.meaning, name
        assert all(column.meaning for column in table.columns), name


def test_readme_has_the_dictionary_of_tables():
    readme = (ROOT / "README.md").read_text("utf-8")
    assert table_dictionary() in readme, "run: python benchmarks/refresh_readme.py"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_notebooks_are_stripped(path):
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


def test_changelog_names_the_version():
    assert f"## {ct.__version__}" in (ROOT / "CHANGELOG.md").read_text("utf-8")
