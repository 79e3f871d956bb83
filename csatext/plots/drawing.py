"""What the charts share: rows under safe names, tooltips, titles, axes, fonts and colours."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from importlib import import_module
from types import ModuleType
from typing import Any, ParamSpec

import pandas as pd
from pandas.api.types import is_bool_dtype, is_datetime64_any_dtype, is_numeric_dtype

from csatext.argument_types import as_table
from csatext.labels import flag_names, name_of
from csatext.schema import Table, column_names
from csatext.strings import encodable

__all__ = [
    "ACCENT",
    "COLOURS",
    "FONTS",
    "GREY",
    "Chart",
    "ChartData",
    "Drawing",
    "dimension_names",
    "draws",
    "field_names",
    "measure_name",
    "not_drawn",
    "reason",
    "row_names",
    "share_columns",
]

Chart = Any
"""A chart of Altair, which is imported when one is drawn."""
_P = ParamSpec("_P")
FONTS = "PingFang SC, Microsoft YaHei, Noto Sans SC, csatext, sans-serif"
"""macOS, Windows, Linux; ``csatext`` is the font that saved files carry (:mod:`csatext.plots.fonts`)."""
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7A6A00", "#666666")
"""Okabe and Ito (2008), distinguishable with colour vision deficiency; yellow is darkened for white paper."""
ACCENT, GREY = COLOURS[0], "#8a949e"
_TITLES = {
    "n": "件数",
    "numerator": "分子",
    "denominator": "分母",
    "value": "数值",
    "low": "区间下限",
    "high": "区间上限",
    "rest": "其余",
    "label": "时段",
    "period": "时段",
    "is_complete": "时段完整",
    "rank": "名次",
    "term": "词",
    "n_docs": "篇数",
    "group": "组",
    "estimate": "效应量",
    "share": "占比",
    "message": "说明",
}
"""Names of columns of results, beside the names of the contacts' columns in :mod:`csatext.labels`."""
_FORMATS = {"percent": ".1%", "number": ",.4~f", "whole": ",d", "p": ".2~g"}
_LABEL_LIMIT = 220
"""Pixels of a name beside an axis; the tooltip has it in full."""


def _altair() -> ModuleType:
    """Return Altair, which takes a second to load: a run that draws nothing does without it."""
    return import_module("altair")


def draws(plot: Callable[_P, Chart]) -> Callable[_P, Chart]:
    """Return the function, which has Altair check the chart when it is shown or saved, not while it is built.

    Altair checks by default every axis, mark and layer against the schema of Vega-Lite as soon as it is made,
    and all of them again with the layer or chart that they become part of.

    Examples
    --------
    >>> @draws
    ... def empty():
    ...     return _altair().Chart(mark="none")
    >>> type(empty()).__name__
    'Chart'
    """

    @wraps(plot)
    def drawn(*args: _P.args, **kwargs: _P.kwargs) -> Chart:
        with import_module("altair.utils.schemapi").debug_mode(False):
            return plot(*args, **kwargs)

    return drawn


def dimension_names(table: pd.DataFrame, schema: Table) -> list[Any]:
    """Return the columns of a table that the caller named, in order.

    Parameters
    ----------
    table : DataFrame
    schema : Table

    Raises
    ------
    ParameterError
        ``table`` is no DataFrame.
    SchemaError
        A column of the schema is missing.

    Examples
    --------
    >>> import csatext as ct
    >>> from csatext.schema.aggregation import BREAKDOWN
    >>> facts = pd.DataFrame({"channel": ["电话"] * 5, "csat": [1, 2, 3, 4, 5]})
    >>> dimension_names(ct.breakdown(facts, "channel", "csat"), BREAKDOWN)
    ['channel']
    """
    fixed = column_names(schema)
    as_table(table, schema.name, [column.name for column in schema.columns])
    return [name for name in table.columns if name not in fixed]


def row_names(table: pd.DataFrame, columns: Sequence[Any], anything: str = "全部") -> pd.Series:
    """Return what each row is called by some of its columns; rows that are called alike get a number.

    Parameters
    ----------
    table : DataFrame
    columns : sequence
    anything : str, default "全部"
        Stands for a missing value.

    Examples
    --------
    >>> row_names(pd.DataFrame({"a": ["电话", None, "电话"], "b": [1, 2, 1]}), ["a", "b"]).tolist()
    ['电话 · 1', '全部 · 2', '电话 · 1 (2)']
    """
    parts = [table[name].astype(object).where(table[name].notna(), anything).map(str) for name in columns]
    names = parts[0] if parts else pd.Series("整体", index=table.index, dtype=object)
    for part in parts[1:]:
        names = names + " · " + part
    names = names.map(encodable).astype(object)
    again = names.groupby(names, sort=False).cumcount()
    return names.where(again == 0, names + " (" + (again + 1).astype(str) + ")")


def measure_name(table: pd.DataFrame) -> str:
    """Return the Chinese name of what a table measures, by its ``attrs``.

    Examples
    --------
    >>> table = pd.DataFrame()
    >>> table.attrs = {"measure": "is_negative", "kind": "rate"}
    >>> measure_name(table), measure_name(pd.DataFrame())
    ('负面率', '件数')
    """
    measure = table.attrs.get("measure")
    if measure is None:
        return "件数"
    is_rate = table.attrs.get("kind") == "rate" and table.attrs.get("denominator") is None
    return flag_names(measure).rate if is_rate else name_of(measure)


def share_columns(table: pd.DataFrame) -> list[str]:
    """Return the columns that are shares, where the ``attrs`` of a table say that it holds rates."""
    shares = ["value", "low", "high", "mean", "rest", "difference", "shrunken"]
    return shares if table.attrs.get("kind") == "rate" else []


def not_drawn(number: int, unit: str) -> str | None:
    """Return a note on what there was no room for, None where there was.

    Examples
    --------
    >>> not_drawn(3, "组"), not_drawn(-1, "组")
    ('另有 3 组没有画出', None)
    """
    return f"另有 {number} {unit}没有画出" if number > 0 else None


def reason(table: pd.DataFrame) -> str | None:
    """Return why a table has no rows, None where it has some."""
    return None if len(table) else str(table.attrs.get("reason", "表里没有数据行。"))


def field_names(table: pd.DataFrame) -> dict[Any, str]:
    """Return the names that columns have in a chart: by place, so that a column may bear any name.

    Examples
    --------
    >>> field_names(pd.DataFrame({"渠道": ["电话"], "n": [3]}))
    {'渠道': 'c0', 'n': 'c1'}
    """
    return {name: f"c{place}" for place, name in enumerate(table.columns)}


class ChartData:
    """Rows of a table for Altair, under names of ours.

    Altair and Vega-Lite read dots and brackets in the name of a field as a path and a colon as its type, so
    that a column of any name works only if it is called otherwise: fields are ``c0``, ``c1`` ..., and the
    names of the columns are titles, which are plain text. The rows are inline, to which no limit of Altair
    applies.

    Parameters
    ----------
    table : DataFrame
        Column names are distinct.
    titles : mapping of str to str
        Names shown instead of those of the columns.

    Examples
    --------
    >>> data = ChartData(pd.DataFrame({"a.b[0]": ["慢"], "n": [3]}))
    >>> data.field("a.b[0]"), data.title("n"), data.records
    ('c0', '件数', [{'c0': '慢', 'c1': 3.0}])
    """

    def __init__(self, table: pd.DataFrame, titles: Mapping[Any, str] | None = None) -> None:
        self._fields = field_names(table)
        self._titles = dict(titles or {})
        columns = [_plain(table[name]) for name in table.columns]
        fields = list(self._fields.values())
        self.records = [dict(zip(fields, row, strict=True)) for row in zip(*columns, strict=True)]

    def field(self, name: Any) -> str:
        """Return the name that a column has in the chart."""
        return self._fields[name]

    def title(self, name: Any) -> str:
        """Return the name of a column that is shown."""
        text = self._titles.get(name) or _TITLES.get(name) or name_of(str(name))
        return encodable(text)


def _plain(column: pd.Series) -> list[Any]:
    """Return values that JSON has: text, finite numbers, switches, times as text, None."""
    if is_datetime64_any_dtype(column.dtype):
        # With a time of day, or a browser takes the date for midnight in Greenwich.
        return column.dt.strftime("%Y-%m-%dT%H:%M:%S").astype(object).where(column.notna(), None).tolist()
    if is_bool_dtype(column.dtype):
        return [None if pd.isna(value) else bool(value) for value in column]
    if is_numeric_dtype(column.dtype):
        numbers = column.astype("Float64").to_numpy(float, na_value=math.nan)
        return [value if math.isfinite(value) else None for value in numbers.tolist()]
    return [None if pd.isna(value) else encodable(str(value)) for value in column.astype(object)]


class Drawing:
    """Encodings of one table: x and y, colours and tooltips with the titles and fonts of the house.

    Parameters
    ----------
    table : DataFrame
        What is drawn, and what the tooltips tell.
    titles : mapping of str to str, optional
        Names shown instead of those of the columns.
    percent : iterable of str
        Columns shown in percent.

    Examples
    --------
    >>> drawing = Drawing(pd.DataFrame({"渠道": ["电话"], "value": [0.25]}), percent=["value"])
    >>> drawing.tooltip(["渠道", "value"])[1].to_dict()["format"]
    '.1%'
    """

    def __init__(
        self, table: pd.DataFrame, titles: Mapping[Any, str] | None = None, percent: Iterable[Any] = ()
    ) -> None:
        self.alt = _altair()
        self._table, self._percent = table, frozenset(percent)
        self.data = ChartData(table, titles)

    def chart(self) -> Chart:
        """Return a chart without marks and rows, to be a layer: Altair copies rows with every layer."""
        return self.alt.Chart()

    def rows(self) -> Any:
        """Return the rows for the whole chart."""
        rows = self.alt.InlineData(values=[])
        # Given at once, each cell would be checked against the schema of Vega-Lite.
        rows["values"] = self.data.records
        return rows

    def layers(self, *charts: Chart, width: int, height: Any) -> Chart:
        """Return charts over each other, on the rows but where one has its own."""
        return self.alt.layer(*charts, data=self.rows(), width=width, height=height)

    def end(self, channel: str, name: Any) -> Any:
        """Return the second end of a bar, rule or band: ``channel`` is X2 or Y2."""
        return getattr(self.alt, channel)(self.data.field(name))

    def one_colour(self, colour: str) -> Any:
        """Return a colour that all marks have."""
        return self.alt.ColorValue(colour)

    def number(
        self,
        channel: str,
        name: Any,
        *,
        title: str | None = None,
        zero: bool = False,
        domain: Sequence[float] | None = None,
    ) -> Any:
        """Return an axis of numbers.

        Parameters
        ----------
        channel : {"X", "Y"}
        name : str
        title : str, optional
        zero : bool, default False
            Whether the axis begins at 0.
        domain : sequence of two float, optional
            Ends of the axis, which has no ticks then: places on a map have no unit.
        """
        shown = title or self.data.title(name)
        axis = self._axis(shown, format=".1~%" if name in self._percent else _FORMATS["number"])
        scale = self.alt.Scale(zero=zero)
        if domain is not None:
            axis = self.alt.Axis(title=None, labels=False, ticks=False)
            scale = self.alt.Scale(domain=list(domain), nice=False)
        return getattr(self.alt, channel)(
            f"{self.data.field(name)}:Q", axis=axis, scale=scale, title=self.data.title(name)
        )

    def time(self, name: Any) -> Any:
        """Return an axis of time from left to right."""
        axis = self._axis(None, format="%Y-%m-%d", labelOverlap=True)
        return self.alt.X(f"{self.data.field(name)}:T", axis=axis, title=self.data.title(name))

    def names(self, channel: str, name: Any, *, order: str | None = None) -> Any:
        """Return an axis of names in the order of the table, or of a column."""
        axis = self._axis(None, labelLimit=_LABEL_LIMIT)
        sort = None if order is None else self.alt.SortField(self.data.field(order), order="ascending")
        return getattr(self.alt, channel)(
            f"{self.data.field(name)}:N", sort=sort, axis=axis, title=self.data.title(name)
        )

    def colour(self, name: Any, order: Sequence[str], colours: Sequence[str] = COLOURS) -> Any:
        """Return a colour for each value of a column, with a legend where there are several.

        Parameters
        ----------
        name : str
        order : sequence of str
            Values, in the order of the legend.
        colours : sequence of str
            Used again where there are more values.
        """
        shown = [colours[place % len(colours)] for place in range(len(order))]
        legend = self.alt.Legend(title=None, labelFont=FONTS, labelLimit=_LABEL_LIMIT)
        scale = self.alt.Scale(domain=list(order), range=shown)
        return self.alt.Color(
            f"{self.data.field(name)}:N", scale=scale, legend=legend if len(order) > 1 else None
        )

    def tooltip(self, names: Sequence[Any]) -> list[Any]:
        """Return the lines of a tooltip; columns that the table does not have are left out."""
        lines = []
        for name in [name for name in names if name in self._table.columns]:
            dtype = self._table[name].dtype
            kind, form = "N", None
            if is_datetime64_any_dtype(dtype):
                kind, form = "T", "%Y-%m-%d %H:%M"
            elif is_numeric_dtype(dtype) and not is_bool_dtype(dtype):
                kind, form = "Q", self._format(name)
            title = self.data.title(name)
            # The browser shows a line called so as a heading, or loads it as a picture.
            title += " " * (title in ("title", "image"))
            options = {} if form is None else {"format": form}
            lines.append(self.alt.Tooltip(f"{self.data.field(name)}:{kind}", title=title, **options))
        return lines

    def titled(self, chart: Chart, title: str, *notes: str | None) -> Chart:
        """Return the chart, now under a title; notes that are not empty stand below it."""
        below = [encodable(note) for note in notes if note]
        options = {"subtitle": below, "subtitleFont": FONTS, "subtitleColor": "#52606d"} if below else {}
        # Its method properties would copy the chart, every layer of it.
        chart.title = self.alt.TitleParams(encodable(title), font=FONTS, anchor="start", **options)
        return chart

    def _axis(self, title: str | None, **options: Any) -> Any:
        given = {name: value for name, value in options.items() if value is not None}
        return self.alt.Axis(title=title, labelFont=FONTS, titleFont=FONTS, **given)

    def _format(self, name: Any) -> str:
        if name in self._percent:
            return _FORMATS["percent"]
        if name in ("p", "q"):
            return _FORMATS["p"]
        whole = name in self._table.columns and str(self._table[name].dtype).lower().startswith("int")
        return _FORMATS["whole" if whole else "number"]
