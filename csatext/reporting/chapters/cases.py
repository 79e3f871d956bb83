"""The chapter of cases: contacts to read, filtered by what they are about, evidence highlighted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from csatext.labels import POLARITY_NAMES, name_of
from csatext.reporting.chapters.page import Block, Section
from csatext.reporting.examples import CASES_A_CATEGORY
from csatext.schema import column_names
from csatext.schema.batch import CASES

__all__ = ["CaseList", "case_chapter"]

_FIRST = 20
_LONGEST = 600
"""Characters of a case; those of a run are shorter, examples that a caller gives may be anything."""
_MOST_VALUES = 60
"""Values of a column that a list can be chosen from."""
_NAMES = {"category": "投诉类别", "period": "月份", "polarity": "情感", "cause": "异动"}

Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class CaseList:
    """Cases and what they can be filtered by, as the page's script reads them.

    Attributes
    ----------
    filters : list of dict
        Name, label and values of each.
    rows : list of dict
        Parts of the text, every second one evidence; source; for each filter the place of its value.
    """

    filters: list[dict[str, Any]]
    rows: list[dict[str, Any]]

    @property
    def first(self) -> Iterator[dict[str, Any]]:
        """The first cases, for pages without a script."""
        yield from self.rows[:_FIRST]


def case_chapter(tables: Tables) -> Section | None:
    """Return the chapter, None without cases."""
    table, rule = tables.get("cases"), ""
    if table is not None and len(table):
        rule = (
            f"抽样规则：每个类别取情感最差的 {CASES_A_CATEGORY} 条，再随机取 {CASES_A_CATEGORY} 条，"
            "每处异动取 3 条。"
        )
    else:
        table = tables.get("examples")
        rule = "每个类别情感最差的几条。"
    if table is None or not len(table):
        return None
    made = _list_of(table)
    note = f"{rule}个人信息已遮盖，标亮的是判断类别和情感的依据；点图上的条也能筛选这里。"
    return Section("典型案例", (Block(cases=made),), note)


def _list_of(table: pd.DataFrame) -> CaseList:
    named = column_names(CASES)
    dimensions = [str(name) for name in table.columns if name not in named and name != "rank"]
    order = ["category", *dimensions, "period", "polarity", "cause"]
    filters, places = [], []
    for name in [name for name in order if name in table]:
        shown = table[name].map(POLARITY_NAMES) if name == "polarity" else table[name]
        texts = [None if pd.isna(value) else str(value) for value in shown]
        values = sorted({text for text in texts if text is not None})
        if len(values) < 2 or len(values) > _MOST_VALUES:
            continue
        at = {value: place for place, value in enumerate(values)}
        filters.append({"name": name, "label": _NAMES.get(name, name_of(name)), "values": values})
        places.append([-1 if text is None else at[text] for text in texts])
    rows = [
        {
            "parts": _parts(_cut(str(row["text"])), row.get("evidence")),
            "source": _source(row),
            "at": [place[number] for place in places],
        }
        for number, row in enumerate(table.to_dict("records"))
    ]
    return CaseList(filters, rows)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _parts(text: str, evidence: Any) -> list[str]:
    """Return a text in parts: between those that are not, what says a word of the evidence."""
    words = [] if evidence is None or pd.isna(evidence) else [word for word in evidence.split("、") if word]
    if not words:
        return [text]
    pattern = "|".join(re.escape(word) for word in sorted(set(words), key=len, reverse=True))
    return re.split(f"({pattern})", text)


def _source(row: Mapping[str, Any]) -> str:
    score = "" if pd.isna(row["sentiment"]) else f" {row['sentiment']:+.2f}"
    parts = [row.get("category"), f"{POLARITY_NAMES.get(row['polarity'], '—')}{score}"]
    parts += [value for name, value in row.items() if name not in column_names(CASES) and name != "rank"]
    parts += [row.get("period"), f"编号 {row['doc_id']}"]
    return " · ".join(str(part) for part in parts if part is not None and not pd.isna(part))
