"""The drawing library that pages carry: Vega, Vega-Lite and Vega's interpreter, with their licences."""

from __future__ import annotations

from importlib.resources import files
from typing import NamedTuple

__all__ = ["SCRIPTS", "Script", "drawing_scripts"]


class Script(NamedTuple):
    """A file of the library, as its package on npm has it.

    Attributes
    ----------
    package, version : str
    file : str
        In the folder ``build`` of the package, and in ``csatext/plots/vega``.
    sha256 : str
    """

    package: str
    version: str
    file: str
    sha256: str


SCRIPTS = (
    Script(
        "vega", "6.4.0", "vega.min.js", "8f6a3587cf8d4f42c7e08120e3eb05d067e746d554e39d2dcf52acc0bd5ba28f"
    ),
    Script(
        "vega-lite",
        "6.4.3",
        "vega-lite.min.js",
        "35a9821df838825b05a6a73e9414b58747a1b18321583858ed903c66393a5c7e",
    ),
    Script(
        "vega-interpreter",
        "2.3.2",
        "vega-interpreter.js",
        "c0bdb735a63f9276f136e8d90d7fdf5d8e9df8031eb069048fc9975c876fd7f9",
    ),
)
"""In the order in which a page needs them; all are under the 3-clause BSD licence (``LICENSE-*.txt``)."""
_IMPORT = "import { ascending, isString, DisallowedObjectProperties } from 'vega-util';"
_BEGIN = "(() => {\nconst { ascending, isString, DisallowedObjectProperties } = vega;"
_EXPORT = "export { expression as expressionInterpreter };"
_END = "globalThis.vegaInterpreter = expression;\n})();"


def drawing_scripts() -> list[str]:
    """Return the scripts of a page that draws Vega-Lite without evaluating text as code.

    ``vega``, ``vegaLite`` and ``vegaInterpreter`` are global then. The interpreter is published as a module,
    which a page without further files cannot import: its first and last line are replaced.

    Examples
    --------
    >>> [len(script) > 9000 for script in drawing_scripts()]
    [True, True, True]
    """
    folder = files("csatext.plots") / "vega"
    texts = [(folder / script.file).read_text("utf-8") for script in SCRIPTS]
    inner = texts[-1].replace(_IMPORT, _BEGIN).replace(_EXPORT, _END)
    # A comment that names a map of the source is not sought by a page that carries none.
    return [text.split("//# sourceMappingURL=")[0] for text in (*texts[:-1], inner)]
