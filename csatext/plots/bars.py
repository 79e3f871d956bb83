"""Bars of contributions: keywords of groups, causes of a change."""

from __future__ import annotations

from typing import Any

import pandas as pd

from csatext.argument_types import as_whole_number, check_simple_types
from csatext.labels import cell_name
from csatext.plots.drawing import (
    ACCENT,
    COLOURS,
    FONTS,
    GREY,
    Chart,
    Drawing,
    dimension_names,
    draws,
    not_drawn,
    reason,
    row_names,
)
from csatext.schema.analysis import KEYNESS
from csatext.schema.causes import ROOT_CAUSES

__all__ = ["plot_keyness", "plot_root_causes"]

_NAME: Any = ("name",)
_FROM: Any = ("from",)
_TO: Any = ("to",)
_LOW: Any = ("low",)
_HIGH: Any = ("high",)
_KIND: Any = ("kind",)
"""Keys of columns that are drawn and not in the table: no column of a user is called so."""
_ROW, _WIDTH = 20, 480
_COLUMNS = 3


@check_simple_types
@draws
def plot_keyness(
    keyness: pd.DataFrame, *, title: str = "", max_terms: int = 15, max_groups: int = 8
) -> Chart:
    """Draw the keywords of each group: bars of the z score, one panel a group.

    Parameters
    ----------
    keyness : DataFrame
        Of :meth:`csatext.KeywordExtractor.by_group`.
    title : str, optional
        What stands above.
    max_terms : int, default 15
        Terms a group: the first by rank.
    max_groups : int, default 8
        Panels: the first groups; a note says how many are not drawn.

    Returns
    -------
    altair.FacetChart
        One panel a group, the most characteristic term above.

    Raises
    ------
    ParameterError
        ``keyness`` is no table, or a number is under 1.
    SchemaError
        A column of the table is missing.

    Examples
    --------
    >>> import csatext as ct
    >>> corpus = ct.Vectorizer().fit_transform(["退款没到账", "快递破损"] * 9)
    >>> table = ct.KeywordExtractor().by_group(corpus, ["钱", "物"] * 9)
    >>> ct.plot_keyness(table).to_dict()["columns"]
    2
    """
    as_whole_number(max_terms, "max_terms", 1)
    as_whole_number(max_groups, "max_groups", 1)
    dimension_names(keyness, KEYNESS)
    groups = list(dict.fromkeys(keyness["group"]))
    shown = keyness[(keyness["rank"] <= max_terms) & keyness["group"].isin(groups[:max_groups])]
    frame = shown.reset_index(drop=True)
    titles = {
        "z": "z 值",
        "log_odds": "对数优势",
        "rate": "词频率",
        "n": "出现次数",
        "q": "q（多重检验校正后）",
    }
    drawing = Drawing(frame, titles)
    tips = ["group", "term", "n", "n_docs", "rate", "z", "log_odds", "log_ratio", "g2", "p", "q"]
    bars = (
        drawing.chart()
        .mark_bar(color=ACCENT, opacity=0.8)
        .encode(
            y=drawing.names("Y", "term"),
            x=drawing.number("X", "z", title="z 值", zero=True),
            tooltip=drawing.tooltip(tips),
        )
        .properties(width=180, height=drawing.alt.Step(_ROW))
    )
    header = drawing.alt.Header(title=None, labelFont=FONTS, labelFontWeight="bold", labelLimit=180)
    facet = drawing.alt.Facet(f"{drawing.data.field('group')}:N", sort=groups[:max_groups], header=header)
    columns = max(min(_COLUMNS, len(groups)), 1)
    chart = bars.facet(facet, columns=columns, data=drawing.rows()).resolve_scale(y="independent")
    note = not_drawn(len(groups) - max_groups, "组")
    return drawing.titled(chart, title or "各组关键词", note, reason(keyness))


@check_simple_types
@draws
def plot_root_causes(causes: pd.DataFrame, *, title: str = "", max_rows: int = 40) -> Chart:
    """Draw root causes as a waterfall: each contribution begins where the one before ends.

    Parameters
    ----------
    causes : DataFrame
        Of :func:`csatext.root_causes`. Alternatives compete with their cause and are not drawn.
    title : str, optional
        What stands above.
    max_rows : int, default 40
        Causes drawn; a note says how many are not.

    Returns
    -------
    altair.LayerChart
        The last bar is the change of all (``attrs``), where the table tells it. Contributions exclude the
        rows above, so that they may be added; the rules are their intervals.

    Raises
    ------
    ParameterError
        ``causes`` is no table, or ``max_rows`` is under 1.
    SchemaError
        A column of the table is missing.

    Examples
    --------
    >>> import csatext as ct
    >>> days = pd.date_range("2026-05-04", periods=14).repeat(60)
    >>> facts = pd.DataFrame({"created_at": days, "carrier": ["云梭", "顺程", "达远"] * 280})
    >>> facts["late"] = (facts["carrier"] == "云梭") & (facts["created_at"] >= "2026-05-11")
    >>> facts["week"] = facts["created_at"].dt.strftime("%G-W%V")
    >>> where = {"numerator": "late", "by": ["carrier"], "period": "week"}
    >>> where |= {"current": "2026-W20", "baseline": "2026-W19"}
    >>> causes = ct.root_causes(facts, **where)
    >>> chart = ct.plot_root_causes(causes)
    >>> chart.data.values[0]["c0"]
    '承运商=云梭'
    """
    as_whole_number(max_rows, "max_rows", 1)
    dimensions = dimension_names(causes, ROOT_CAUSES)
    own = causes[causes["alternative_to"].isna()]
    frame = own.head(max_rows).reset_index(drop=True)
    cells = pd.DataFrame({"cell": [cell_name(row, dimensions) for row in frame.to_dict("records")]})
    end = frame["contribution"].astype(float).cumsum()
    start = end.shift(fill_value=0.0)
    frame.insert(0, _NAME, row_names(cells, ["cell"]))
    frame[_FROM], frame[_TO] = start, end
    frame[_LOW] = start + frame["contribution_low"]
    frame[_HIGH] = start + frame["contribution_high"]
    frame[_KIND] = ["推高" if value > 0 else "拉低" for value in frame["contribution"]]
    change = causes.attrs.get("change")
    if change is not None and len(frame):
        whole: dict[Any, Any] = {_NAME: "全部变化", _FROM: 0.0, _TO: float(change), _KIND: "合计"}
        whole |= {"contribution": float(change)}
        frame = pd.concat([frame, pd.DataFrame([whole])], ignore_index=True)
    titles: dict[Any, str] = {
        _NAME: "原因",
        "contribution": "贡献",
        "contribution_low": "贡献下限",
        "contribution_high": "贡献上限",
    }
    titles |= {"before": "之前", "after": "现在", "share": "占总变化", "words": "特征词", _KIND: "方向"}
    titles |= {"denominator_after": "现在的分母", "denominator_before": "之前的分母"}
    drawing = Drawing(frame, titles, percent=["share"])
    tips = [*dimensions, "contribution", "contribution_low", "contribution_high", "share", "before", "after"]
    tips += ["denominator_before", "denominator_after", "p", "q", "words"]
    base = drawing.chart().encode(y=drawing.names("Y", _NAME), tooltip=drawing.tooltip(tips))
    colours = (COLOURS[1], COLOURS[0], GREY)
    bars = base.mark_bar(opacity=0.8).encode(
        x=drawing.number("X", _FROM, title="贡献", zero=True),
        x2=drawing.end("X2", _TO),
        color=drawing.colour(_KIND, ["推高", "拉低", "合计"], colours),
    )
    rules = base.mark_rule(strokeWidth=2, color="#1f2933").encode(
        x=drawing.number("X", _LOW, title="贡献", zero=True), x2=drawing.end("X2", _HIGH)
    )
    chart = drawing.layers(bars, rules, width=_WIDTH, height=drawing.alt.Step(_ROW))
    caution = causes.attrs.get("caution")
    note = not_drawn(len(own) - max_rows, "个原因")
    return drawing.titled(chart, title or "变化的原因", note, caution, reason(causes))
