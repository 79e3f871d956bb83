"""Configuration of the site: ``sphinx-build -W docs OUT``; nothing is fetched while it is built."""

from __future__ import annotations

import ast
import shutil
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT))

import csatext  # noqa: E402

project = "csatext"
author = "The csatext authors"
project_copyright = author
version = release = csatext.__version__
language = "en"

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "myst_nb",
]
templates_path = ["_templates"]
exclude_patterns = ["_build"]

autosummary_generate = True
autodoc_preserve_defaults = True
autodoc_typehints = "none"  # types stand in the docstrings
numpydoc_show_class_members = False  # the template of a class lists them
numpydoc_validation_checks: set[str] = set()  # tests/test_public_names.py checks

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 2
nb_execution_mode = "off"  # tests/test_documents.py runs them

html_theme = "pydata_sphinx_theme"
html_title = "csatext"
html_show_sourcelink = False
html_theme_options = {
    "navbar_end": ["theme-switcher"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "show_prev_next": False,
}

# Groups of the reference in the order of the road; a folder without a title stands under its own name.
_TITLES = {
    "datasets": "Simulated contact centre",
    "ingest": "Files, contacts and dialogues",
    "text": "Text and corpus",
    "privacy": "Personal data",
    "lexicon": "Word lists",
    "taxonomy": "Taxonomy",
    "analysis": "Analysis",
    "aggregation": "Tables",
    "reporting": "Report",
    "persistence": "Models on disk",
    "schema": "Schemas",
    "errors": "Errors",
}


def _reference() -> str:
    """Return the page that lists every name of ``csatext.__all__``, by the folder it comes from."""
    rooms: dict[str, list[str]] = {room: [] for room in _TITLES}
    for home, names in csatext._HOMES.items():
        rooms.setdefault(home.split(".")[1], []).extend(names)
    lines = ["Reference", "=========", "", "Every public name, as ``import csatext as ct`` gives it.", ""]
    for room, names in rooms.items():
        if names:
            title = _TITLES.get(room, room)
            lines += [title, "-" * len(title), "", ".. currentmodule:: csatext", "", ".. autosummary::"]
            lines += ["   :toctree: api", "", *(f"   {name}" for name in sorted(names)), ""]
    return "\n".join(lines)


def _modules() -> str:
    """Return the page that lists every module with the first line of its docstring."""
    lines = ["# Modules", "", "What each module is, in the words of its first line.", ""]
    root = ROOT / "csatext" if (ROOT / "csatext").is_dir() else Path(str(csatext.__file__)).parent
    for folder in sorted({path.parent for path in root.rglob("*.py")}):
        name = ".".join(("csatext", *folder.relative_to(root).parts))
        lines += [f"## {name}", "", _first_line(folder / "__init__.py"), ""]
        files = sorted(path for path in folder.glob("*.py") if path.name != "__init__.py")
        if files:
            lines += ["| module | what it is |", "|---|---|"]
            lines += [f"| `{path.stem}` | {_first_line(path)} |" for path in files]
            lines.append("")
    return "\n".join(lines)


def _first_line(path: Path) -> str:
    return (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").split("\n")[0]


def _write_generated(app: Any, config: Any) -> None:
    """Write the generated pages and copy the notebooks; git ignores all of them."""
    (HERE / "reference").mkdir(exist_ok=True)
    pages = {HERE / "reference" / "index.rst": _reference(), HERE / "modules.md": _modules()}
    for path, text in pages.items():
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
    for notebook in sorted((ROOT / "notebooks").glob("*.ipynb")):
        shutil.copy2(notebook, HERE / "notebooks" / notebook.name)


def _say_what_a_constant_is(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Take the docstring of a constant from its module: the class of its value says nothing of it."""
    if what != "data":
        return
    short = name.rpartition(".")[2]
    home = import_module(csatext._HOME_OF[short])
    body = ast.parse(Path(str(home.__file__)).read_text("utf-8")).body
    for at, node in enumerate(body[:-1]):
        targets = getattr(node, "targets", [getattr(node, "target", None)])
        after = body[at + 1]
        if any(getattr(target, "id", "") == short for target in targets) and isinstance(after, ast.Expr):
            lines[:] = str(ast.literal_eval(after.value)).splitlines()


def _skip_metadata_routing(app: Any, what: str, name: str, obj: Any, skip: bool, options: Any) -> bool | None:
    """Leave out what scikit-learn adds to every estimator (``set_fit_request``)."""
    return True if name.startswith("set_") and name.endswith("_request") else None


def setup(app: Any) -> dict[str, bool]:
    """Connect what is made before the pages are read."""
    app.connect("config-inited", _write_generated)
    app.connect("autodoc-skip-member", _skip_metadata_routing)
    app.connect("autodoc-process-docstring", _say_what_a_constant_is)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
