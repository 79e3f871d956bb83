"""No code in files, and every test that SECURITY.md names is there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CODE_IN_DATA = {"pickle", "cPickle", "_pickle", "marshal", "shelve", "dill", "cloudpickle", "jsonpickle"}
CALLS = {"eval", "exec", "compile", "__import__", "joblib.load", "joblib.dump", "torch.load"}
READERS = {"read_pickle", "to_pickle", "unsafe_load", "full_load", "load_all"}
DATA_LOADERS = {"_LOADER"}
OPTIONS = {"allow_pickle", "Loader", "trusted", "shell"}


SUSPECT = re.compile(
    r"pickle|marshal|shelve|dill|joblib|torch|yaml|skops|\.load\(|_load|load_all|shell|__import__"
    r"|(?<![.\w])(?:eval|exec|compile)\("
)
"""What a module must hold to be looked at: one of the names above."""


def unsafe(tree: ast.AST) -> Iterator[str]:
    """Yield what in a module could store or load code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (a.name for a in node.names if a.name.split(".")[0] in CODE_IN_DATA)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if module.split(".")[0] in CODE_IN_DATA:
                yield module
            if module.split(".")[0] in ("joblib", "torch"):
                yield from (f"{module}.{a.name}" for a in node.names if a.name in ("load", "dump", "Memory"))
        elif isinstance(node, ast.Call):
            yield from unsafe_call(node)


def dotted(node: ast.expr) -> str:
    """Return the name that a call is made by, such as ``np.load``."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def unsafe_call(node: ast.Call) -> Iterator[str]:
    name = dotted(node.func)
    given = {word.arg: ast.unparse(word.value) for word in node.keywords if word.arg in OPTIONS}
    if name in CALLS or name.rpartition(".")[2] in READERS:
        yield name
    elif name in ("np.load", "numpy.load") and given.get("allow_pickle") != "False":
        yield f"{name} with objects"
    elif name in ("yaml.load", "yaml.parse") and given.get("Loader") not in DATA_LOADERS:
        yield f"{name} with {given.get('Loader')}"
    elif name in ("skops.io.load", "skops.io.loads") and given.get("trusted") != "[]":
        yield f"{name} with trusted types"
    elif given.get("allow_pickle") == "True" or given.get("shell") == "True":
        yield f"{name} with objects or a shell"


def test_no_code_is_stored_or_loaded() -> None:
    modules = sorted((ROOT / "csatext").rglob("*.py"))
    found = [
        f"{path.relative_to(ROOT)}: {what}"
        for path in modules
        if SUSPECT.search(text := path.read_text("utf-8")) is not None
        for what in unsafe(ast.parse(text))
    ]
    assert len(modules) > 300
    assert found == []


def test_yaml_is_read_as_data() -> None:
    loaders = {
        line.strip()
        for path in (ROOT / "csatext").rglob("*.py")
        for line in path.read_text("utf-8").splitlines()
        if re.match(r"_LOADER\s*[:=]", line)
    }
    assert loaders == {'_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)'}


@pytest.mark.parametrize(
    "line",
    [
        "import pickle",
        "from marshal import loads",
        "from joblib import load",
        "joblib.load(path)",
        "pd.read_pickle(path)",
        "np.load(path)",
        "np.load(path, allow_pickle=True)",
        "yaml.load(text)",
        "yaml.load(text, Loader=yaml.Loader)",
        "yaml.unsafe_load(text)",
        "skops.io.loads(data, trusted=types)",
        "eval(text)",
        "subprocess.run(words, shell=True)",
    ],
)
def test_what_loads_code_is_found(line: str) -> None:
    assert SUSPECT.search(line) is not None
    assert list(unsafe(ast.parse(line)))


def test_data_is_not_taken_for_code() -> None:
    lines = "np.load(f, allow_pickle=False)\nyaml.load(t, Loader=_LOADER)\nre.compile('a')\njson.loads(t)"
    assert list(unsafe(ast.parse(lines))) == []


def test_every_test_that_the_promises_name_is_there() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", (ROOT / "SECURITY.md").read_text("utf-8"))
    absent = [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / path).is_file() or f"def {name}(" not in (ROOT / path).read_text("utf-8")
    ]
    assert len(named) > 20
    assert absent == []


def test_every_promise_names_a_test() -> None:
    text = (ROOT / "SECURITY.md").read_text("utf-8")
    rows = [line for line in text.splitlines() if line.startswith("|")][2:]
    assert len(rows) > 10
    assert [row for row in rows if "::test_" not in row] == []
