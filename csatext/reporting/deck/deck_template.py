"""The master of a deck: our own, made in code, or that of a user's file."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from csatext.errors import InputError

__all__ = ["ACCENT", "DARK", "GREY", "LATIN", "DeckMaster", "open_master", "pptx"]

DARK, ACCENT, GREY = "1F3864", "2E75B6", "7F7F7F"
LATIN = "Microsoft YaHei"
"""Named for Latin letters and Chinese alike: a font of Windows and WPS; others put theirs in its place."""
_INCH = 914_400
_WIDE = (12_192_000, 6_858_000)
"""16:9 as PowerPoint makes it: 13.33 by 7.5 inches."""
_COLOURS = {
    "dk1": "262626",
    "lt1": "FFFFFF",
    "dk2": DARK,
    "lt2": "EAF1F8",
    "accent1": ACCENT,
    "accent2": "C55A11",
    "accent3": "548235",
    "accent4": "BF9000",
    "accent5": "5B9BD5",
    "accent6": "7F7F7F",
}
_KEPT_LAYOUTS = ("Title Slide", "Title and Content")
_MOST_BYTES = 200 << 20
_BROKEN = (
    AttributeError,
    EOFError,
    IndexError,
    KeyError,
    NotImplementedError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What the readers of ZIP and XML raise at broken files, and at those behind a password."""


def pptx(module: str = "pptx") -> ModuleType:
    """Return python-pptx, or a module of it.

    Raises
    ------
    InputError
        It is not installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise InputError.missing_package("写幻灯片", "python-pptx", "deck") from error


@dataclass(frozen=True)
class DeckMaster:
    """A presentation without slides, and the layouts to use.

    Attributes
    ----------
    deck : pptx.Presentation
    opening, content : layout
        Of the cover and of the other slides.
    title_box, body_box : (int, int, int, int)
        Left, top, width, height of the title and of the room below it, in EMU.
    is_own : bool
        Made here, so that fonts and colours may be set.
    """

    deck: Any
    opening: Any
    content: Any
    title_box: tuple[int, int, int, int]
    body_box: tuple[int, int, int, int]
    is_own: bool


def open_master(template: Path | None) -> DeckMaster:
    """Return our own master, or that of a ``.pptx`` or ``.potx`` file.

    Raises
    ------
    InputError
        python-pptx is not installed, or the file is no presentation, broken or behind a password.
    """
    return _own() if template is None else _given(template)


def _own() -> DeckMaster:
    deck = pptx().Presentation()
    deck.slide_width, deck.slide_height = _WIDE
    layouts = {layout.name: layout for layout in deck.slide_layouts}
    for name, layout in layouts.items():
        if name not in _KEPT_LAYOUTS:
            deck.slide_layouts.remove(layout)
    master = deck.slide_master
    _dress(master)
    title = _box(0.6, 0.62, 12.13, 0.95)
    body = _box(0.6, 1.72, 12.13, 4.98)
    for holder in master, layouts["Title and Content"]:
        for shape in list(holder.placeholders):
            kind = shape.placeholder_format.type.name
            _place(shape, title if kind == "TITLE" else body)
            if kind not in ("TITLE", "OBJECT", "BODY"):
                shape._element.getparent().remove(shape._element)
    opening = layouts["Title Slide"]
    for shape in list(opening.placeholders):
        kind = shape.placeholder_format.type.name
        if kind == "CENTER_TITLE":
            _place(shape, _box(0.9, 2.1, 11.5, 1.5))
        elif kind == "SUBTITLE":
            _place(shape, _box(0.9, 3.85, 11.5, 1.8))
        else:
            shape._element.getparent().remove(shape._element)
    opening.background.fill.solid()
    opening.background.fill.fore_color.rgb = pptx("pptx.dml.color").RGBColor.from_string(DARK)
    align = opening._element.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}lvl1pPr")
    for level in align:
        level.set("algn", "l")
    for layout, name in ((opening, "封面"), (layouts["Title and Content"], "标题和内容")):
        layout._element.cSld.set("name", name)
    return DeckMaster(deck, opening, layouts["Title and Content"], title, body, is_own=True)


def _box(left: float, top: float, width: float, height: float) -> tuple[int, int, int, int]:
    return tuple(round(_INCH * part) for part in (left, top, width, height))  # type: ignore[return-value]


def _place(shape: Any, box: tuple[int, int, int, int]) -> None:
    shape.left, shape.top, shape.width, shape.height = box


def _dress(master: Any) -> None:
    """Give a master our fonts, colours and text styles."""
    theme = next(rel.target_part for rel in master.part.rels.values() if rel.reltype.endswith("/theme"))
    xml = theme.blob.decode("utf-8")
    for name, colour in _COLOURS.items():
        xml = re.sub(
            rf"(<a:{name}>).*?(</a:{name}>)", rf'\g<1><a:srgbClr val="{colour}"/>\g<2>', xml, flags=re.S
        )
    for part in ("majorFont", "minorFont"):
        fonts = f'<a:latin typeface="{LATIN}"/><a:ea typeface="{LATIN}"/><a:cs typeface=""/>'
        xml = re.sub(rf"(<a:{part}>).*?(</a:{part}>)", rf"\g<1>{fonts}\g<2>", xml, flags=re.S)
    theme._blob = xml.encode("utf-8")
    styles = master._element.find("{*}txStyles")
    for level in styles.iterfind(".//{*}titleStyle/{*}lvl1pPr"):
        level.set("algn", "l")
    ns = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
    for run in styles.iterfind(f".//{{*}}titleStyle/{ns}lvl1pPr/{ns}defRPr"):
        run.set("sz", "2400")
        run.set("b", "1")
        for fill in run.findall(f"{ns}solidFill"):
            fill.clear()
            fill.append(fill.makeelement(f"{ns}schemeClr", {"val": "tx2"}))
    shapes = pptx("pptx.enum.shapes").MSO_SHAPE
    colour = pptx("pptx.dml.color").RGBColor
    # A thin band above and a line over the footer.
    for left, top, width, height, fill in (
        (0.0, 0.0, 13.3334, 0.12, DARK),
        (0.6, 6.88, 12.13, 0.01, "BFBFBF"),
    ):
        box = _box(left, top, width, height)
        drawn = _add_rectangle(master, shapes.RECTANGLE, box)
        drawn.fill.solid()
        drawn.fill.fore_color.rgb = colour.from_string(fill)
        drawn.line.fill.background()


def _add_rectangle(master: Any, kind: Any, box: tuple[int, int, int, int]) -> Any:
    """Return a rectangle on a master, where python-pptx adds none itself."""
    tree = master.shapes._spTree
    slide_shapes = pptx("pptx.shapes.autoshape")
    kind_of = pptx("pptx.shapes.autoshape").AutoShapeType(kind)
    element = tree.add_autoshape(
        max(int(number) for number in tree.xpath("//@id") if str(number).isdigit()) + 1,
        "装饰",
        kind_of.prst,
        *box,
    )
    tree.remove(element)
    tree.insert(2, element)
    return slide_shapes.Shape(element, master.shapes)


def _given(path: Path) -> DeckMaster:
    deck = _read(path)
    layouts = [layout for master in deck.slide_masters for layout in master.slide_layouts]
    if not layouts:
        raise InputError.unreadable(path, "里面没有版式", "请换一个有版式的 .pptx 或 .potx 模板")
    _without_slides(deck)
    content = max(layouts, key=_content_rank)
    opening = next((one for one in layouts if _has(one, "CENTER_TITLE")), content)
    width, height = int(deck.slide_width), int(deck.slide_height)
    margin = width // 20
    title = _bounds(_holder(content, "TITLE"), width, height)
    title = title or (margin, height // 16, width - 2 * margin, height // 7)
    body = _bounds(_holder(content, "OBJECT", "BODY"), width, height)
    top = title[1] + title[3] + height // 60
    if body is None or body[2] < width // 2 or body[3] < height // 3:
        body = (margin, top, width - 2 * margin, height - top - height // 10)
    return DeckMaster(deck, opening, content, title, body, is_own=False)


def _read(path: Path) -> Any:
    what_to_do = "请换一个能在 PowerPoint 里打开、没有密码的 .pptx 或 .potx 模板"
    try:
        size = path.stat().st_size if path.is_file() else -1
        data = path.read_bytes() if 0 <= size <= _MOST_BYTES else b""
    except OSError as error:
        raise InputError.unreadable(path, error.strerror or "读取出错", what_to_do) from error
    if size < 0:
        raise InputError.unreadable(path, "文件不存在", what_to_do)
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise InputError.unreadable(path, "设了密码，或是旧的 .ppt 格式", what_to_do)
    broken = pptx("pptx.exc").PythonPptxError
    try:
        return pptx().Presentation(io.BytesIO(_as_presentation(data)))
    except (broken, *_BROKEN) as error:
        raise InputError.unreadable(path, "不是演示文稿，或已损坏", what_to_do) from error


def _as_presentation(data: bytes) -> bytes:
    """Return a template (.potx) as a presentation: the content type of its main part alone differs."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as read,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written,
    ):
        if sum(item.file_size for item in read.infolist()) > _MOST_BYTES:
            raise ValueError("larger than any template")
        for item in read.infolist():
            content = read.read(item)
            if item.filename == "[Content_Types].xml":
                content = content.replace(
                    b"presentationml.template.main+xml", b"presentationml.presentation.main+xml"
                )
            written.writestr(item.filename, content)
    return out.getvalue()


def _without_slides(deck: Any) -> None:
    """Take the slides of a user's file away: its layouts are what is wanted."""
    listed = deck.slides._sldIdLst
    for entry in list(listed):
        deck.part.drop_rel(entry.rId)
        listed.remove(entry)


def _has(layout: Any, *kinds: str) -> bool:
    return _holder(layout, *kinds) is not None


def _holder(layout: Any, *kinds: str) -> Any:
    """Return the first placeholder of a kind, the largest of several."""
    found = [shape for shape in layout.placeholders if shape.placeholder_format.type.name in kinds]
    return max(found, key=lambda shape: (shape.width or 0) * (shape.height or 0), default=None)


def _content_rank(layout: Any) -> tuple[bool, bool, int]:
    """Return how fit a layout is: a title, one body, little else."""
    kinds = [shape.placeholder_format.type.name for shape in layout.placeholders]
    bodies = kinds.count("OBJECT") + kinds.count("BODY")
    return "TITLE" in kinds, bodies == 1, -len(kinds)


def _bounds(shape: Any, width: int, height: int) -> tuple[int, int, int, int] | None:
    """Return left, top, width and height of a placeholder that lies on the slide; None otherwise."""
    if shape is None or None in (shape.left, shape.top, shape.width, shape.height):
        return None
    box = int(shape.left), int(shape.top), int(shape.width), int(shape.height)
    inside = box[0] >= 0 and box[1] >= 0 and box[0] + box[2] <= width and box[1] + box[3] <= height
    return box if inside and box[2] > 0 and box[3] > 0 else None
