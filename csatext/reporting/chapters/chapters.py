"""The chapters of the report, each made from the tables by their names; who is shown which."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import pandas as pd

from csatext.errors import ParameterError
from csatext.labels import FlagNames, flag_names
from csatext.reporting.chapters.cases import case_chapter
from csatext.reporting.chapters.categories import category_chapter
from csatext.reporting.chapters.changes import cause_chapter
from csatext.reporting.chapters.closing import advice_chapter, methods_chapter, quality_chapter
from csatext.reporting.chapters.feelings import feelings_chapter
from csatext.reporting.chapters.figures import Figures
from csatext.reporting.chapters.first_answers import answers
from csatext.reporting.chapters.page import Section
from csatext.reporting.chapters.service_figures import agent_chapter, service_chapter
from csatext.reporting.chapters.summary import cards, machine_note, summary
from csatext.reporting.chapters.trends import trend_chapter
from csatext.reporting.chapters.where import where_chapter
from csatext.reporting.chapters.words import keyword_chapter, topic_chapter
from csatext.reporting.summary_tables import summary_tables

__all__ = ["AUDIENCES", "CHAPTERS", "Chapter", "chapters", "chosen_chapters"]

Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class _Given:
    """What chapters are made of."""

    tables: Tables
    figures: Figures
    flag: FlagNames
    measure: str
    absent: Mapping[str, str]


class Chapter(NamedTuple):
    """A chapter: its id, its name, what makes it, and why it is not there where there is nothing for it."""

    id: str
    name: str
    make: Callable[[_Given], Section | None]
    why: str


def _summary(given: _Given) -> Section:
    whole = given.figures.overview
    return Section(
        "摘要",
        cards=cards(given.tables, whole, given.flag, given.measure),
        sentences=summary(given.tables, given.figures, given.flag),
        note=machine_note(given.tables, whole, given.measure),
        answers=answers(given.tables),
    )


_NEEDS_TEXT = "要有文本：请对 csatext run 的输出文件夹做报告"
CHAPTERS = (
    Chapter("summary", "摘要", _summary, ""),
    Chapter("quality", "数据质量", lambda one: quality_chapter(one.tables), _NEEDS_TEXT),
    Chapter(
        "categories", "投诉分类",
        lambda one: category_chapter(one.tables, one.figures.overview, one.flag, one.measure),
        "没有投诉类别（列「category」或「complaint」）",
    ),
    Chapter("feelings", "情感与风险", lambda one: feelings_chapter(one.tables), "没有情感和服务信号的列"),
    Chapter("keywords", "关键词", lambda one: keyword_chapter(one.tables), _NEEDS_TEXT),
    Chapter(
        "topics", "主题", lambda one: topic_chapter(one.tables, one.flag), "没有主题（列「topic_label」）"
    ),
    Chapter(
        "where", "渠道×产品", lambda one: where_chapter(one.tables, one.flag, one.measure),
        "没有渠道、产品这样的列",
    ),
    Chapter(
        "trends", "趋势与预警", lambda one: trend_chapter(one.tables, one.flag, one.measure),
        "没有可用的时间",
    ),
    Chapter(
        "causes", "根因",
        lambda one: cause_chapter(
            one.tables, one.figures.overview, one.figures.courses, one.flag, one.measure
        ),
        "要有时间，和渠道、产品这样的列",
    ),
    Chapter(
        "service", "服务指标", lambda one: service_chapter(one.tables),
        "没有满意度、是否解决、等待时长、办结时间这样的列",
    ),
    Chapter("agents", "客服表现", lambda one: agent_chapter(one.tables), "没有客服的列，或没有指标"),
    Chapter("cases", "典型案例", lambda one: case_chapter(one.tables), _NEEDS_TEXT),
    Chapter(
        "advice", "建议", lambda one: advice_chapter(one.tables), "没有明显变差的指标，也没有带建议的投诉子类"
    ),
    Chapter("methods", "方法与口径", lambda one: methods_chapter(one.flag, one.absent), ""),
)  # fmt: skip
"""In the order of the page."""
_ALL = tuple(chapter.id for chapter in CHAPTERS)
AUDIENCES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "service": (
        "客服",
        (
            "summary", "categories", "feelings", "trends", "causes", "service", "agents", "cases", "advice",
            "methods",
        ),
    ),
    "marketing": (
        "市场",
        ("summary", "categories", "feelings", "keywords", "topics", "where", "trends", "cases", "methods"),
    ),
    "product": (
        "产品",
        (
            "summary", "categories", "keywords", "topics", "where", "trends", "causes", "cases", "advice",
            "methods",
        ),
    ),
    "quality": (
        "质量",
        (
            "summary", "quality", "categories", "feelings", "where", "causes", "service", "agents", "cases",
            "advice", "methods",
        ),
    ),
}  # fmt: skip
"""Departments: English name -> Chinese name and chapters, after REQUIREMENTS row 98."""


def chosen_chapters(sections: Iterable[str] | str | None, audience: str | None) -> tuple[str, ...]:
    """Return the ids of chapters: those named, those of a department, or all.

    Parameters
    ----------
    sections : iterable of str, optional
        Names or ids, in the order that is wanted; a text holds them parted by commas.
    audience : str, optional
        Chinese or English name of a department.

    Raises
    ------
    ParameterError
        There is no such chapter or department.

    Examples
    --------
    >>> chosen_chapters(["摘要", "causes"], None), chosen_chapters(None, "市场部")[-1]
    (('summary', 'causes'), 'methods')
    """
    if sections is not None:
        named = {name: chapter.id for chapter in CHAPTERS for name in (chapter.id, chapter.name)}
        parts = (
            sections.replace("，", ",").replace("、", ",").split(",")
            if isinstance(sections, str)
            else sections
        )
        wanted = [part.strip() if isinstance(part, str) else part for part in parts]
        wanted = [part for part in wanted if part != ""]
        for part in wanted:
            if part not in named:
                raise ParameterError.not_allowed("sections", part, [chapter.name for chapter in CHAPTERS])
        if not wanted:
            raise ParameterError.not_allowed("sections", sections, [chapter.name for chapter in CHAPTERS])
        return tuple(dict.fromkeys(named[part] for part in wanted))
    if audience is None:
        return _ALL
    given = audience.strip().lower()
    for name, (chinese, ids) in AUDIENCES.items():
        if given in (name, chinese, f"{chinese}部"):
            return ids
    allowed = [f"{chinese}（{name}）" for name, (chinese, _) in AUDIENCES.items()]
    raise ParameterError.not_allowed("audience", audience, allowed)


def chapters(
    tables: Tables,
    figures: Figures,
    measure: str,
    absent: Mapping[str, str],
    chosen: Iterable[str] = _ALL,
) -> list[Section]:
    """Return the chapters whose tables are there; the others stand in the last one with the reason.

    Parameters
    ----------
    tables : mapping of str to DataFrame
    figures : Figures
        Of the facts as a whole.
    measure : str
        The flag that is broken down.
    absent : mapping of str to str
        Tables that could not be made, with the reason.
    chosen : iterable of str
        Ids of chapters, in the order of the page.
    """
    # What a run has written stays as it is; tables of other origin may lack these.
    tables = summary_tables(tables, figures.overview, figures.latest) | dict(tables)
    known = {chapter.id: chapter for chapter in CHAPTERS}
    given = _Given(tables, figures, flag_names(measure), measure, absent)
    made: dict[str, Section] = {}
    unmade = dict(absent)
    for name in dict.fromkeys(chosen):
        section = None if name == "methods" else known[name].make(given)
        if section is not None:
            made[name] = replace(section, id=name)
        elif name != "methods":
            unmade[f"章节「{known[name].name}」"] = known[name].why
    if "methods" in chosen:
        made["methods"] = replace(methods_chapter(given.flag, unmade), id="methods")
    return [made[name] for name in dict.fromkeys(chosen) if name in made]
