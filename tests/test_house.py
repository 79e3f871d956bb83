"""The rules of the house, as checks: style, types, layers, names, documents."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections import Counter
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

import csatext as ct
from csatext.schema.dictionary import table_dictionary

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted((ROOT / "csatext").rglob("*.py"))
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, timeout=280)


@pytest.mark.parametrize("verb", [["check"], ["format", "--check"]], ids=["lint", "format"])
def test_style(verb):
    result = run("-m", "ruff", *verb, "csatext", "tests", "benchmarks", "docs")
    assert result.returncode == 0, result.stdout + result.stderr


def test_types():
    result = run("-m", "mypy")
    assert result.returncode == 0, result.stdout + result.stderr


def test_layers():
    result = run("-c", "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())")
    assert result.returncode == 0, result.stdout + result.stderr


class Source(NamedTuple):
    """What the rules look at in a module; the whole tree of all modules would take hundreds of MB."""

    docstring: str | None
    classes: list[str]
    imports: list[tuple[str, list[str]]]


@cache
def sources() -> dict[Path, Source]:
    """Return every module, parsed once."""
    found = {}
    for path in SOURCES:
        tree = ast.parse(path.read_text("utf-8"))
        found[path] = Source(
            ast.get_docstring(tree),
            [node.name for node in tree.body if isinstance(node, ast.ClassDef)],
            [
                (str(node.module), [alias.name for alias in node.names])
                for node in ast.walk(tree)
                if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("csatext")
            ],
        )
    return found


def test_every_module_says_what_it_is():
    assert [path for path, source in sources().items() if not source.docstring] == []


def test_a_folder_is_found_through_at_a_glance():
    # A folder of more modules gives its reason in the docstring of its __init__.
    full = [
        folder
        for folder in {path.parent for path in SOURCES}
        if len([path for path in folder.glob("*.py") if path.name != "__init__.py"]) > 15
        and "modules because" not in (sources()[folder / "__init__.py"].docstring or "")
    ]
    assert full == []


def test_names_of_modules_and_classes_stand_for_one_thing():
    modules = Counter(
        path.stem for path in SOURCES if path.name != "__init__.py" and path.parent.name != "schema"
    )
    classes = Counter(
        name for source in sources().values() for name in source.classes if not name.startswith("_")
    )
    assert {name: n for name, n in (modules + classes).items() if n > 1} == {}


def test_no_three_siblings_begin_alike():
    heads = Counter((path.parent, path.stem.split("_")[0]) for path in SOURCES if path.name != "__init__.py")
    assert {f"{folder.name}/{head}_*": n for (folder, head), n in heads.items() if n > 2} == {}


def test_imports_make_no_circle():
    names = {path: ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in SOURCES}
    modules = {name.removesuffix(".__init__") for name in names.values()}
    imports: dict[str, set[str]] = {}
    for path, name in names.items():
        found = imports.setdefault(name.removesuffix(".__init__"), set())
        for module, imported in sources()[path].imports:
            found |= {f"{module}.{each}" for each in imported} & modules or {module}
    order = TopologicalSorter(imports)
    order.prepare()  # raises CycleError


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


def test_the_dictionary_of_tables_is_up_to_date():
    page = (ROOT / "docs" / "tables.md").read_text("utf-8")
    assert page == table_dictionary(), "run: python benchmarks/refresh_tables.py"


def test_architecture_names_every_folder():
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    folders = {f"{path.parent.relative_to(ROOT).as_posix()}/" for path in SOURCES}
    assert sorted(folder for folder in folders if f"`{folder}`" not in page) == []


def test_architecture_shows_the_layers_of_the_contract():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    wanted = [
        [part.removeprefix("csatext.") for part in layer.split(" | ") if not part.startswith("(")]
        for layer in contracts[0]["layers"]
    ]
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    shown = re.search(r"## Layers\n.*?```text\n(.*?)```", page, re.S)
    assert shown is not None
    assert [line.split(" | ") for line in shown.group(1).splitlines()] == wanted


@pytest.mark.parametrize(
    "name", ["README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/benchmarks.md"]
)
def test_paths_named_in_a_document_exist(name):
    # `privacy/across_turns` is short for csatext/privacy/across_turns.py, `pii.py` for a script.
    page = re.sub(r"```.*?```", "", (ROOT / name).read_text("utf-8"), flags=re.S)
    named = re.findall(r"`([\w.]+(?:/[\w.]+)*/?)`", page, re.ASCII)
    paths = [path for path in named if "/" in path or path.endswith((".py", ".md", ".tsv", ".yaml"))]
    assert paths
    made = ("out/", "csatext-demo/")  # what a command of the document writes
    missing = [
        path for path in paths if not path.startswith(made) and not any(map(Path.exists, places(path)))
    ]
    assert missing == []


def places(path: str) -> list[Path]:
    return [ROOT / path, ROOT / "csatext" / path, ROOT / "csatext" / f"{path}.py", ROOT / "benchmarks" / path]


def test_readme_is_short():
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) < 250


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_notebooks_are_stripped(path):
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


def test_changelog_names_the_version():
    assert f"## {ct.__version__}" in (ROOT / "CHANGELOG.md").read_text("utf-8")
