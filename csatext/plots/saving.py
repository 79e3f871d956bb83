"""Charts as files: one page that needs no network, a picture, or the specification."""

from __future__ import annotations

import json
import re
from importlib import import_module
from importlib.resources import files
from os import PathLike
from types import ModuleType
from typing import Any

from csatext.argument_types import as_path, check_simple_types
from csatext.atomic_files import write_bytes, write_text
from csatext.errors import InputError, ParameterError
from csatext.plots.drawing import FONTS, Chart
from csatext.plots.fonts import font_face

__all__ = ["save_plot"]

_SCRIPT_END = re.compile("</(script)", re.IGNORECASE)
_FORMATS = (".html", ".png", ".svg", ".json")
_PAGE = """<!DOCTYPE html>
<html lang="zh">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>{font}
body {{ margin: 16px; background: white; font-family: {fonts}; }}
select, input, button {{ font: inherit; }}</style>
</head>
<body>
<div id="chart"></div>
<script>{library}</script>
<script type="application/json" id="specification">{specification}</script>
<script>
const specification = JSON.parse(document.getElementById("specification").textContent);
const actions = {{ export: true, source: false, compiled: false, editor: false }};
const options = {{ renderer: "svg", actions: actions }};
const font = document.fonts.load('12px "csatext"');
font.finally(() => vegaEmbed("#chart", specification, options));
</script>
</body>
</html>
"""


@check_simple_types
def save_plot(chart: Chart, path: str | PathLike[str], *, scale: float = 2.0) -> None:
    """Write a chart to a file, Chinese shown on machines that have no Chinese font.

    Parameters
    ----------
    chart : altair.Chart
        Of a function ``plot_...``, or any other of Altair.
    path : path
        ``.html``: one page with everything in it, which loads nothing; ``.png``, ``.svg``: a picture;
        ``.json``: the Vega-Lite specification. Replaced as a whole.
    scale : float, default 2.0
        Pixels of a PNG for each of the chart.

    Raises
    ------
    ParameterError
        ``chart`` is no chart, the ending of ``path`` is another, or ``scale`` is not above 0.
    InputError
        vl-convert is not installed.

    Notes
    -----
    Pages and SVG carry Noto Sans SC (SIL Open Font License), cut down to the characters shown. Text of the
    data cannot end the page's script: ``<`` is written as an escape. The first page of a session takes a few
    seconds, in which the drawing library is put together.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import pandas as pd
    >>> import csatext as ct
    >>> facts = pd.DataFrame({"channel": ["电话", "在线"] * 40, "is_negative": [1, 0, 1, 1] * 20})
    >>> chart = ct.plot_breakdown(ct.breakdown(facts, "channel", "is_negative"))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     ct.save_plot(chart, pathlib.Path(folder) / "chart.json")
    ...     (pathlib.Path(folder) / "chart.json").read_text("utf-8")[:1]
    '{'
    """
    target = as_path(path)
    ending = target.suffix.lower()
    if ending not in _FORMATS:
        raise ParameterError.not_allowed("path", target.name, [f"以 {one} 结尾的文件名" for one in _FORMATS])
    if scale <= 0:
        raise ParameterError.out_of_range("scale", scale, "大于 0")
    if not callable(getattr(chart, "to_dict", None)):
        raise ParameterError.wrong_type("chart", chart, "Altair 的图，例如 ct.plot_trend 的结果")
    specification = chart.to_dict()
    text = json.dumps(specification, ensure_ascii=False)
    if ending == ".json":
        write_text(text, target)
    elif ending == ".html":
        write_text(_page(text), target)
    elif ending == ".svg":
        picture = _converter().vegalite_to_svg(text, vl_version=_version(specification))
        style = f"<defs><style>{font_face(text)}</style></defs>"
        at = picture.index(">", picture.index("<svg")) + 1
        write_text(picture[:at] + style + picture[at:], target)
    else:
        data = _converter().vegalite_to_png(text, vl_version=_version(specification), scale=scale)
        write_bytes(data, target)


def _page(text: str) -> str:
    title = json.loads(text).get("title", "")
    shown = title.get("text", "") if isinstance(title, dict) else title
    words = " ".join(shown) if isinstance(shown, list) else str(shown)
    return _PAGE.format(
        title=words.replace("&", "&amp;").replace("<", "&lt;"),
        font=font_face(text),
        fonts=FONTS,
        library=_SCRIPT_END.sub(r"<\\/\1", _converter().javascript_bundle()),
        specification=text.replace("<", "\\u003c"),
    )


def _version(specification: dict[str, Any]) -> str:
    """Return the version of Vega-Lite that a specification is written in, as 6.4."""
    name = str(specification["$schema"]).rsplit("/", 1)[1]
    return ".".join(name.removeprefix("v").removesuffix(".json").split(".")[:2])


def _converter() -> ModuleType:
    try:
        module = import_module("vl_convert")
    except ImportError as error:
        raise InputError.missing_package("保存图片和网页", "vl-convert", "plots") from error
    # A font that the system has not; others are not touched.
    module.register_font_directory(str(files("pylopdf_fonts_zh_cn")))
    return module
