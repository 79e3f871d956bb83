"""How objects show themselves in a notebook: their shape, their first rows, what can be done next.

Only markup: no script, no style that reaches beyond it. Texts are cut, and what could act in a page or turn
the order of letters is written out. Tables of results are plain DataFrames: pandas shows their first rows,
and a subclass would be lost at the next selection; what is known about them stands in ``attrs``.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import pandas as pd

from csatext.errors import escape_controls
from csatext.strings import encodable

__all__ = ["EstimatorCard", "card", "in_markup"]

_CELL = 60
_ROWS, _COLUMNS = 5, 8
_LABEL, _NOTE = "color:#7a8793;padding-right:1em", "color:#7a8793;font-size:90%"
_HIDDEN = frozenset(("get_feature_names_out",))


def in_markup(text: object, most: int | None = None) -> str:
    r"""Return a text as markup that only shows it: on one line, cut, without marks that steer.

    Parameters
    ----------
    text : object
    most : int, optional
        Characters shown.

    Examples
    --------
    >>> in_markup("<b>快\u202e递\n慢", 6)
    '&lt;b&gt;快\\u202e递…'
    """
    whole = str(text)
    shown = whole if most is None else whole[:most]
    shown = encodable(shown).replace("\n", " ").replace("\t", " ")
    return escape(escape_controls(shown)) + ("…" if len(shown) < len(whole) else "")


def card(
    title: str,
    facts: Sequence[tuple[str, object]] = (),
    table: pd.DataFrame | None = None,
    next_steps: Sequence[str] = (),
) -> str:
    """Return the markup of an object.

    Parameters
    ----------
    title : str
    facts : sequence of (str, object)
        Name and value, a line each.
    table : DataFrame, optional
        Its first five rows and first eight columns are shown.
    next_steps : sequence of str
        Calls that may follow.

    Examples
    --------
    >>> card("Corpus", [("文档", 2)], next_steps=["ct.Sentiment().transform(corpus)"]).count("<script")
    0
    """
    parts = [f"<b>{in_markup(title, 200)}</b>"]
    if facts:
        lines = "".join(
            f'<tr><td style="{_LABEL}">{in_markup(name, _CELL)}</td><td>{in_markup(value, 200)}</td></tr>'
            for name, value in facts
        )
        parts.append(f"<table>{lines}</table>")
    if table is not None:
        parts.append(_first_rows(table))
    if next_steps:
        calls = "　".join(f"<code>{in_markup(step, 200)}</code>" for step in next_steps)
        parts.append(f'<p style="{_NOTE}">接着可以：{calls}</p>')
    return f"<div>{''.join(parts)}</div>"


def _first_rows(table: pd.DataFrame) -> str:
    shown = table.iloc[:_ROWS, :_COLUMNS]
    if shown.index.name is not None:
        shown = shown.reset_index()
    heads = "".join(f"<th>{in_markup(name, _CELL)}</th>" for name in shown.columns)
    rows = "".join(
        f"<tr>{''.join(f'<td>{in_markup(_cell(value), _CELL)}</td>' for value in row)}</tr>"
        for row in shown.itertuples(index=False, name=None)
    )
    size = f"{len(table):,} 行 × {table.shape[1]:,} 列"
    part = "" if shown.shape[0] == len(table) and table.shape[1] <= _COLUMNS else "，只显示开头"
    body = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    return f'{body}<p style="{_NOTE}">{size}{part}</p>'


def _cell(value: Any) -> object:
    if isinstance(value, float):
        return "" if value != value else f"{value:.4g}"
    return "" if value is None or value is pd.NA or value is pd.NaT else value


class EstimatorCard:
    """What an estimator shows in a notebook, in place of scikit-learn's diagram, which holds a script.

    Examples
    --------
    >>> import csatext as ct
    >>> "还没有训练" in ct.TopicModel(2)._repr_html_()
    True
    """

    def _html_repr(self) -> str:
        fitted = {
            name: value
            for name, value in vars(self).items()
            if name.endswith("_") and not name.startswith("_") and value is not None
        }
        facts: list[tuple[str, object]] = [
            (name, _size(value)) for name, value in fitted.items() if _size(value)
        ]
        tables = [value for value in fitted.values() if isinstance(value, pd.DataFrame)]
        verbs = [
            name
            for kind in type(self).__mro__
            if kind.__module__.startswith("csatext")
            for name, value in vars(kind).items()
            if callable(value) and not name.startswith("_") and name not in _HIDDEN
        ]
        state = "已训练" if fitted else "还没有训练，或不需要训练"
        calls = [f".{name}(…)" for name in dict.fromkeys(verbs)]
        return card(repr(self), [("状态", state), *facts], tables[0] if tables else None, calls)

    def _repr_html_(self) -> str:
        return self._html_repr()

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self._html_repr()}


def _size(value: Any) -> str:
    """Return what a fitted attribute is, in a few words; empty where that says nothing."""
    if isinstance(value, pd.DataFrame) or getattr(value, "ndim", 0) >= 1:
        return " × ".join(f"{length:,}" for length in value.shape)
    if isinstance(value, bool | int | float | str):
        return f"{value:.4g}" if isinstance(value, float) else str(value)
    return f"{len(value):,} 项" if isinstance(value, list | tuple | dict | frozenset | set) else ""
