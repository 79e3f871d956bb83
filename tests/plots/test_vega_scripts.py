from hashlib import sha256
from importlib.resources import files

import altair as alt

from csatext.plots.vega_scripts import SCRIPTS, drawing_scripts


def test_the_library_is_what_was_published_and_fits_what_altair_writes():
    folder = files("csatext.plots") / "vega"
    for script in SCRIPTS:
        assert sha256((folder / script.file).read_bytes()).hexdigest() == script.sha256
        licence = (folder / f"LICENSE-{script.package}.txt").read_text("utf-8")
        assert "Redistribution and use in source and binary forms" in licence
    (version,) = [script.version for script in SCRIPTS if script.package == "vega-lite"]
    assert alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2] == version.split(".")[:2]


def test_the_interpreter_needs_no_module_of_its_own():
    vega, lite, interpreter = drawing_scripts()
    assert "import {" not in interpreter and "export {" not in interpreter
    assert interpreter.rstrip().endswith("globalThis.vegaInterpreter = expression;\n})();")
    # Nothing in them ends the script of a page.
    assert not any("</script" in text.lower() or "<!--" in text for text in (vega, lite, interpreter))
