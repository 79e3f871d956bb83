"""The tables of a run as the slides of an analysis meeting."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from csatext.argument_types import as_path, check_simple_types
from csatext.atomic_files import prepare_folder, refuse_folder, write_whole
from csatext.errors import InputError
from csatext.reporting.deck.advice import advice, conclusion, method
from csatext.reporting.deck.deck_template import open_master
from csatext.reporting.deck.experience import channels, complaints, gap, loyalty, needs, satisfaction
from csatext.reporting.deck.opening import background, customers, goals, structure
from csatext.reporting.deck.operations import ability, centre, process, ratings, resources
from csatext.reporting.deck.slide_drawing import draw_cover, draw_slide
from csatext.reporting.deck.slides import SlidePlan
from csatext.reporting.office.meeting_tables import meeting_tables
from csatext.reporting.run_tables import RunTables, run_tables
from csatext.strings import xml_text

__all__ = ["CHAPTERS", "deck_of", "slide_plans", "write_deck"]

_TITLE = "客户之声分析报告"
_NO_CLOCK = datetime(2000, 1, 1)
CHAPTERS: tuple[tuple[str, Callable[[RunTables], list[SlidePlan]]], ...] = (
    ("背景", background),
    ("目标", goals),
    ("客户概览", customers),
    ("结构", structure),
    ("满意度", satisfaction),
    ("投诉", complaints),
    ("渠道", channels),
    ("忠诚度", loyalty),
    ("需求", needs),
    ("体验差距", gap),
    ("服务能力", ability),
    ("流程", process),
    ("联络中心效能", centre),
    ("评分", ratings),
    ("资源", resources),
    ("建议", advice),
    ("结论", conclusion),
)
"""The chapters of an analysis meeting (article 001), in its order."""


@check_simple_types
def write_deck(
    run: pd.DataFrame | str | PathLike[str] | Any,
    path: str | PathLike[str],
    *,
    template: str | PathLike[str] | None = None,
    title: str = "",
) -> Path:
    """Write the tables of a run as slides.

    Chapters of an analysis meeting, those alone for which there is data: 背景, 目标, 客户概览, 结构, 满意度,
    投诉, 渠道, 忠诚度, 需求, 体验差距, 服务能力, 流程, 联络中心效能, 评分, 资源, 建议, 结论. Titles say the
    finding with its number, charts are native ones that can be edited, notes hold definition, n, interval and
    the cell of each number.

    Parameters
    ----------
    run : DataFrame, path or result of a run
        Facts (:func:`csatext.build_facts`), the folder that ``csatext run`` wrote, or what a run returned.
        Personal data is masked.
    path : path
        A ``.pptx`` file; replaced as a whole.
    template : path, optional
        A ``.pptx`` or ``.potx`` file whose layouts are used; its own slides are left out.
    title : str
        Of the first slide; empty takes the run's.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    InputError
        python-pptx is not installed, the folder is no finished run, the template is broken or has a
        password, or ``path`` has another ending or cannot be written.
    ParameterError
        ``run`` is none of these.

    Notes
    -----
    A rise or a fall is said only where its test holds (Mann-Kendall over complete periods, corrected for all
    measures; intervals of changes that leave 0 out). Tables show up to eight rows and say what is left out.

    Examples
    --------
    >>> import tempfile
    >>> facts = pd.DataFrame({"channel": ["电话", "在线"] * 20, "is_negative": [True, False] * 20})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_deck(facts, Path(folder) / "report.pptx").name
    'report.pptx'
    """
    path = as_path(path)
    if path.suffix.lower() != ".pptx":
        raise InputError(f"幻灯片只写成 .pptx，不能写成「{path.name}」；请换一个文件名。")
    open_master(None if template is None else as_path(template, "template"))
    return deck_of(meeting_tables(run_tables(run)), path, None if template is None else Path(template), title)


def deck_of(run: RunTables, path: Path, template: Path | None = None, title: str = "") -> Path:
    """Write the deck of a run that has the tables of a meeting; see :func:`write_deck`."""
    master = open_master(template)
    prepare_folder(path.parent)
    refuse_folder(path, ".pptx")
    heading = xml_text(title or run.title or _TITLE)
    draw_cover(master, heading, _under_title(run))
    for number, plan in enumerate(slide_plans(run), start=2):
        draw_slide(master, plan, run, number)
    about = master.deck.core_properties
    about.title, about.author, about.language = heading, "", "zh-CN"
    about.created = about.modified = _NO_CLOCK
    write_whole(path, lambda temporary: master.deck.save(str(temporary)))
    return path


def slide_plans(run: RunTables) -> list[SlidePlan]:
    """Return what the slides say, in the order of the chapters; a chapter without data has none."""
    plans: list[SlidePlan] = []
    empty = []
    for name, make in CHAPTERS:
        found = make(run) if len(run.facts) else []
        plans += found
        if not found:
            empty.append(name)
    return plans + method(run, empty)


def _under_title(run: RunTables) -> list[str]:
    lines = []
    overview = run.tables.get("overview")
    if overview is not None and overview.attrs.get("first"):
        lines.append(f"{overview.attrs['first']} 至 {overview.attrs['last']}")
    lines.append(f"n = {len(run.facts):,} 条联络")
    if run.run_hash:
        lines.append(f"运行 {run.run_hash[:12]}")
    return lines
