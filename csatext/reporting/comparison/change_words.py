"""Words for a comparison of runs: sections, judgements, forms of numbers; page and workbook share them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from csatext.labels import name_of
from csatext.reporting.sentences import Figure, Sentence, figure, interval, say

__all__ = [
    "KEYS",
    "SECTION_NAMES",
    "TABLE",
    "ShownChange",
    "changes_in",
    "findings",
    "headline",
    "runs_compared",
]

TABLE = "run_comparison"
KEYS = ("section", "dimension", "item")
SECTION_NAMES = {
    "measure": ("总体", "所有联络里的比率"),
    "volume": ("联络量", "每天的联络数"),
    "kpi": ("服务指标", "两次运行都能算的指标"),
    "signal": ("风险信号", "有这种信号的联络占全部联络的比例"),
    "category": ("投诉类别", "归入这一类的联络占全部联络的比例"),
    "effects": (
        "变化的分解",
        "总体的变化拆成三份：构成（各组占比变了）、比率（组内的率变了）、进出（只在一次运行里有的组）；三份相加就是变化",
    ),
    "cell": ("各组的率", "总体指标在每一组里的值，以及它对总变化的贡献"),
    "mix": ("联络的构成", "每一组的联络占全部联络的比例"),
    "topic": ("主题", "属于这个主题的联络占全部联络的比例"),
    "keyword": ("关键词", "提到这个词的联络占全部联络的比例"),
}
"""Name of each section and what its values are, in order."""
_STATUS = {
    "rose": "上升",
    "fell": "下降",
    "new": "新出现",
    "gone": "消失",
    "unclear": "没有清楚的变化",
    "not_compared": "不比较",
}
_FORMS = {"share": ("percent", "points"), "score": ("score", "score")}
_FOUND = {
    "measure": "{name}{moved}：{before} → {after}（q = {q}）",
    "volume": "{name}{moved}：{before} → {after}（q = {q}）",
    "kpi": "{name}{moved}：{before} → {after}（q = {q}）",
    "signal": "信号「{name}」{moved}：{before} → {after}（q = {q}）",
    "category": "类别「{name}」占比{moved}：{before} → {after}（q = {q}）",
    "cell": "{dimension}「{name}」的率{moved}：{before} → {after}（q = {q}）",
    "mix": "{dimension}「{name}」的联络占比{moved}：{before} → {after}（q = {q}）",
    "topic": "主题「{name}」占比{moved}：{before} → {after}（q = {q}）",
    "keyword": "词「{name}」{moved}：{before} → {after}（q = {q}）",
}


class ShownChange:
    """A row of the table as it is shown.

    Parameters
    ----------
    row : Series
        Of table ``run_comparison``.
    alpha : float
    """

    def __init__(self, row: pd.Series, alpha: float) -> None:
        self.row = row
        self.section = str(row["section"])
        self.name = name_of(str(row["label"]))
        self.dimension = "" if pd.isna(row["dimension"]) else name_of(str(row["dimension"]))
        self.status = str(row["status"])
        self.note = "" if pd.isna(row["note"]) else str(row["note"])
        self.is_clear = bool(pd.notna(row["q"]) and row["q"] < alpha)
        self._form, self._change_form = _FORMS.get(str(row["unit"]), ("number", "number"))

    @property
    def moved(self) -> str:
        """What happened, in words."""
        return _STATUS.get(self.status, "没有清楚的变化")

    @property
    def verdict(self) -> str:
        """``better``, ``worse`` or empty, where the change is clear and a direction is good."""
        if not self.is_clear or self.row["good"] not in ("up", "down"):
            return ""
        return "better" if (self.row["change"] > 0) == (self.row["good"] == "up") else "worse"

    def cell(self, column: str) -> Figure:
        """Return a number with the place that it comes from."""
        form = self._change_form if column in _IN_UNITS_OF_CHANGE else self._form
        whole = {"p": "p", "q": "p", "numerator_after": "number", "denominator_after": "number"}
        return figure(TABLE, self.row, KEYS, column, whole.get(column, form))

    @property
    def interval(self) -> Sentence:
        """The interval of the change."""
        return interval(TABLE, self.row, KEYS, self._change_form)

    @property
    def sentence(self) -> Sentence:
        """What happened, with its numbers."""
        named = {"name": self.name, "moved": self.moved, "dimension": self.dimension}
        numbers = {column: self.cell(column) for column in ("before", "after", "q")}
        return say(_FOUND[self.section], **named, **numbers)


_IN_UNITS_OF_CHANGE = frozenset(("change", "low", "high", "mix_effect", "rate_effect", "entry_effect"))


def changes_in(table: pd.DataFrame, section: str) -> list[ShownChange]:
    """Return the rows of a section."""
    alpha = float(table.attrs.get("alpha", 0.05))
    return [ShownChange(row, alpha) for _, row in table[table["section"] == section].iterrows()]


def headline(table: pd.DataFrame) -> list[Sentence]:
    """Return what happened to the measure and to the number of contacts."""
    said = []
    for change in [*changes_in(table, "measure")[:1], *changes_in(table, "volume")]:
        if change.status == "not_compared":
            said.append(say("{name}：{note}。", name=change.name, note=change.note))
            continue
        said.append(
            say(
                "{name}从 {before} 变为 {after}，变化 {change}（95% 区间 {interval}，q = {q}）：{moved}。",
                name=change.name,
                before=change.cell("before"),
                after=change.cell("after"),
                change=change.cell("change"),
                interval=change.interval,
                q=change.cell("q"),
                moved=change.moved,
            )
        )
    return said


def findings(table: pd.DataFrame) -> list[ShownChange]:
    """Return the clear changes besides the measure's, those with the strongest evidence first."""
    sections = [name for name in SECTION_NAMES if name not in ("measure", "volume", "effects")]
    found = [change for name in sections for change in changes_in(table, name) if change.is_clear]
    return sorted(found, key=lambda change: float(change.row["q"]))


def runs_compared(table: pd.DataFrame) -> list[tuple[str, str]]:
    """Return what the two runs are, a line each."""
    lines = []
    for name, side in (("前一次", "before"), ("后一次", "after")):
        span: Any = table.attrs.get(f"span_{side}")
        when = "没有时间" if span is None else f"{span[0]} 至 {span[1]}"
        n = int(table.attrs.get(f"n_{side}", 0))
        lines.append((name, f"{when}，{n:,} 条联络"))
    return lines
