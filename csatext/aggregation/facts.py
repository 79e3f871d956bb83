"""The only join: contacts' columns, analyses and outside tables, one row a contact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import pandas as pd
import pyarrow as pa

from csatext.aggregation.inputs.arguments import as_list, check_columns
from csatext.aggregation.inputs.joins import key_positions, timed_positions, wall_time
from csatext.argument_types import check_simple_types
from csatext.dates.period_names import read_moment
from csatext.errors import ParameterError, SchemaError
from csatext.schema import conform
from csatext.schema.aggregation import FACTS

__all__ = ["build_facts", "join"]

_VALIDATE = {
    "many_to_one": "many_to_one",
    "m:1": "many_to_one",
    "one_to_one": "one_to_one",
    "1:1": "one_to_one",
}
"""Validations of a join, and their abbreviations in pandas."""
_DAY = pd.Timedelta(days=1)


class _HasDocs(Protocol):
    @property
    def docs(self) -> pd.DataFrame: ...


def build_facts(corpus: _HasDocs | pd.DataFrame, *results: pd.DataFrame | pd.Series) -> pd.DataFrame:
    """Return one row a contact: the columns of a corpus joined to its analyses.

    Parameters
    ----------
    corpus : Corpus or DataFrame
        Anything with ``docs``: a DataFrame of the contacts' columns, unique index ``doc_id``. Or such a
        table itself, ``doc_id`` being its index or a column (contacts, facts made before).
    *results : DataFrame or named Series
        Tables of sentiment, topics, rules, classifiers, or columns of your own: ``doc_id`` is the index,
        or a column (as after a round through a CSV file). A contact that a result does not hold gets NA.
        Measures (:func:`csatext.call_measures` and its like) take the place of raw columns of their names;
        those that could not be computed (``attrs["absent"]``) are left out.

    Returns
    -------
    DataFrame, shape (len(corpus), ...)
        Index ``doc_id`` in the corpus's order; the column ``text`` is left out. With ``created_at`` there
        are also ``date`` (midnight), ``week`` (ISO 8601, ``2026-W20``) and ``month`` (``2026-05``), unless
        they were there. Can be written to Parquet.

    Raises
    ------
    SchemaError
        A result holds unknown or repeated doc_ids, or a column that is already there.
    ParameterError
        ``corpus`` has no ``docs`` and no ``doc_id``; a result is neither a DataFrame nor a named Series.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> docs = pd.DataFrame({"channel": ["电话", "在线"]}, index=pd.Index(["a", "b"], name="doc_id"))
    >>> polarity = pd.Series([-1.0], index=["b"], name="sentiment")
    >>> build_facts(SimpleNamespace(docs=docs), polarity)
           channel  sentiment
    doc_id
    a           电话        NaN
    b           在线       -1.0
    """
    docs = _docs(corpus)
    if docs.index.has_duplicates:
        raise SchemaError.duplicate_key("corpus.docs", ["doc_id"], int(docs.index.duplicated().sum()))
    parts = [docs]
    home = dict.fromkeys(docs.columns, "corpus.docs")
    for place, result in enumerate(results, start=1):
        name = f"第 {place} 个结果"
        table = _as_table(result, name, docs.index)
        if "repairs" in getattr(result, "attrs", {}):
            # measures of service: the raw columns of their names, read and repaired; without what is absent
            table = table.drop(columns=[*result.attrs.get("absent", {})], errors="ignore")
            parts = [part.drop(columns=[*table.columns], errors="ignore") for part in parts]
            home = {column: where for column, where in home.items() if column not in table.columns}
        for column in table.columns:
            if column in home:
                raise SchemaError(
                    f"列「{column}」同时在 {home[column]} 和{name}里；请先给其中一个改名，"
                    f'例如 result.rename(columns={{"{column}": "{column}_2"}})。'
                )
        home |= dict.fromkeys(table.columns, name)
        parts.append(_aligned(table, docs.index))
    facts = pd.concat(parts, axis=1).copy()
    facts.attrs = {}
    facts = _with_calendar(facts)
    return conform(_storable(facts), FACTS)


@check_simple_types
def join(
    facts: pd.DataFrame,
    table: pd.DataFrame,
    *,
    on: str | Sequence[str],
    validate: str = "many_to_one",
    valid_from: str | None = None,
    valid_to: str | None = None,
    time: str = "created_at",
    closed: str = "both",
    suffix: str | None = None,
    complete_after: int | Mapping[str, int] | None = None,
    as_of: object = None,
) -> pd.DataFrame:
    """Return facts with the columns of another table; the number of rows never changes.

    Parameters
    ----------
    facts : DataFrame
        One row a contact.
    table : DataFrame
        Customers, orders, a price list, a product tree, ...
    on : str or list of str
        Key columns, in both tables (``doc_id`` may be the index of either). A missing key matches
        nothing.
    validate : {"many_to_one", "one_to_one", "m:1", "1:1"}, default "many_to_one"
        ``many_to_one`` (m:1): a key stands once in ``table`` (once at any time, where it is
        time-valid). ``one_to_one`` (1:1): it stands once in ``facts`` too.
    valid_from, valid_to : str, optional
        Columns of ``table`` between whose times a row holds (a price list). Missing: open end.
        With ``valid_from`` alone, a row holds until the next of its key begins.
    time : str, default "created_at"
        Column of ``facts`` that is compared with them, and that dates late data.
    closed : {"both", "left"}, default "both"
        Whether ``valid_to`` itself, a whole day where it has no time of day, still belongs to the row.
    suffix : str, optional
        Appended to the names of all columns that come from ``table``.
    complete_after : int or mapping of column to int, optional
        Days after which late data are complete: 1 for T+1, 4 for T+4 (REQUIREMENTS rows 33, 44, 45).
        An int stands for every column of ``table``. Each such column gets a flag
        ``<column>_complete``; rows younger than the lag are False.
    as_of : date, optional
        Last day that the data cover wholly. Default: the last day in ``time``.

    Returns
    -------
    DataFrame
        Same rows, same order, same index. ``attrs["joins"]`` has one entry more: ``on``, ``columns``,
        ``matched``, ``unmatched`` (rows) and ``complete_as_of`` (column -> last complete day).

    Raises
    ------
    SchemaError
        A key repeats where it must be unique, validity periods of a key overlap or end before they
        begin, key types differ, a column is missing or already there.
    ParameterError
        An argument has a value that is not allowed.

    Examples
    --------
    >>> facts = pd.DataFrame({"sku": ["A", "A", "B"],
    ...     "created_at": ["2026-05-31 20:00", "2026-06-01", "2026-06-01"]})
    >>> prices = pd.DataFrame({"sku": ["A", "A"], "price": [10.0, 12.0],
    ...     "begin": ["2026-05-01", "2026-06-01"], "end": ["2026-05-31", None]})
    >>> joined = join(facts, prices, on="sku", valid_from="begin", valid_to="end")
    >>> joined["price"].tolist()
    [10.0, 12.0, nan]
    >>> joined.attrs["joins"][0]["unmatched"]
    1
    """
    keys = as_list(on, "on")
    if not keys:
        raise ParameterError("参数 on 是空的；请写至少一个两边都有的键列。")
    if validate not in _VALIDATE:
        raise ParameterError.not_allowed("validate", validate, list(_VALIDATE))
    left, right = _keyed(facts, keys), _keyed(table, keys)
    bounds = [name for name in (valid_from, valid_to) if name is not None]
    check_columns(right, bounds, "valid_from / valid_to")
    if _VALIDATE[validate] == "one_to_one" and left[keys].dropna().duplicated().any():
        raise SchemaError.duplicate_key("facts", keys, int(left[keys].dropna().duplicated().sum()))
    if bounds:
        check_columns(left, [time], "time")
        positions = timed_positions(left, right, keys, time, valid_from, valid_to, closed)
    else:
        positions = key_positions(left, right, keys)
    names = {c: f"{c}{suffix or ''}" for c in right.columns if c not in (*keys, *bounds)}
    for name in names.values():
        if name in facts.columns:
            raise SchemaError(
                f"列「{name}」同时在 facts 和要并入的表里；请用 suffix='_2' 一类的后缀，或先改名。"
            )
    added = _taken(right[list(names)], positions).rename(columns=names)
    added.index = facts.index
    result = pd.concat([facts, added], axis=1)
    matched = int((positions >= 0).sum())
    entry: dict[str, Any] = {
        "on": keys, "columns": list(names.values()), "matched": matched, "unmatched": len(facts) - matched,
    }  # fmt: skip
    if complete_after is not None:
        check_columns(facts, [time], "time")
        lags = complete_after if isinstance(complete_after, Mapping) else dict.fromkeys(names, complete_after)
        check_columns(right[list(names)], list(lags), "complete_after")
        flags, entry["complete_as_of"] = _completeness(
            facts[time], {names[c]: n for c, n in lags.items()}, as_of
        )
        result = pd.concat([result, flags], axis=1)
    result.attrs = {**facts.attrs, "joins": [*facts.attrs.get("joins", []), entry]}
    return result


def _docs(corpus: Any) -> pd.DataFrame:
    """Return the contacts' columns by doc_id, of a corpus or of a table of contacts."""
    docs = corpus if isinstance(corpus, pd.DataFrame) else getattr(corpus, "docs", None)
    if not isinstance(docs, pd.DataFrame):
        raise ParameterError.wrong_type("corpus", corpus, "Vectorizer 得到的 corpus，或带 doc_id 的联系表")
    if docs is not corpus:
        return docs
    docs = _by_doc_id(docs)
    if docs.index.name != "doc_id":
        raise SchemaError.missing_column("corpus", "doc_id", docs.columns)
    return docs.drop(columns="text", errors="ignore")


def _by_doc_id(table: pd.DataFrame) -> pd.DataFrame:
    return table.set_index("doc_id") if "doc_id" in table.columns else table


def _as_table(result: Any, name: str, index: pd.Index) -> pd.DataFrame:
    if isinstance(result, pd.Series):
        if result.name is None:
            raise ParameterError(f"{name}是没有名字的 Series；请先 result.rename('列名')。")
        result = result.to_frame()
    if not isinstance(result, pd.DataFrame):
        raise ParameterError.wrong_type(
            name, result, "以 doc_id 为索引（或带 doc_id 列）的 DataFrame，或有名字的 Series"
        )
    # an index that names the documents stays, whatever the columns are called
    if result.index.name != "doc_id":
        result = _by_doc_id(result)
    if result.index.has_duplicates:
        raise SchemaError.duplicate_key(name, ["doc_id"], int(result.index.duplicated().sum()))
    foreign = int((index.get_indexer(result.index) < 0).sum())
    if foreign:
        raise SchemaError.foreign_index(name, foreign)
    return result


def _aligned(table: pd.DataFrame, index: pd.Index) -> pd.DataFrame:
    if table.index.equals(index):
        return table.set_axis(index, axis=0)
    return _taken(table, table.index.get_indexer(index)).set_axis(index, axis=0)


def _taken(table: pd.DataFrame, positions: np.ndarray) -> pd.DataFrame:
    """Take rows; -1 gives NA without turning flags and counts into objects and floats."""
    missing = positions < 0
    if missing.any():
        kinds = {c: t.kind for c, t in table.dtypes.items() if isinstance(t, np.dtype)}
        nullable = {c: "boolean" if k == "b" else "Int64" for c, k in kinds.items() if k in "biu"}
        table = table.astype(nullable)
    return table.reset_index(drop=True).reindex(np.where(missing, -1, positions))


def _keyed(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    if isinstance(table, pd.DataFrame) and table.index.name in keys and table.index.name not in table.columns:
        table = table.reset_index()
    check_columns(table, keys, "on")
    return table


def _with_calendar(facts: pd.DataFrame) -> pd.DataFrame:
    if "created_at" not in facts.columns:
        return facts
    date = wall_time(facts["created_at"], "created_at").dt.normalize()
    codes, days = pd.factorize(date)
    days = pd.Series(days)
    iso = days.dt.isocalendar()
    week = iso["year"].astype("str") + "-W" + iso["week"].astype("str").str.zfill(2)
    labels = {"date": days, "week": week.astype("str"), "month": days.dt.strftime("%Y-%m").astype("str")}
    for name, label in labels.items():
        if name not in facts.columns:
            facts[name] = label.reindex(codes).set_axis(facts.index)
    return facts


def _storable(facts: pd.DataFrame) -> pd.DataFrame:
    """Make text of object columns that mix types (numbers and words in one Excel column)."""
    for name in [c for c, t in facts.dtypes.items() if t == np.dtype("O")]:
        try:
            pa.array(facts[name], from_pandas=True)
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            facts[name] = facts[name].astype("str").where(facts[name].notna())
    return facts


def _completeness(
    times: pd.Series, lags: Mapping[str, int], as_of: object
) -> tuple[pd.DataFrame, dict[str, str | None]]:
    day = wall_time(times, str(times.name)).dt.normalize()
    last = day.max() if as_of is None else read_moment(as_of, "as_of", last=True).normalize()
    for name, lag in lags.items():
        if isinstance(lag, bool) or not isinstance(lag, (int, np.integer)) or lag < 0:
            raise ParameterError.out_of_range(f"complete_after[{name}]", lag, "0 或正整数（天）")
    flags = {f"{name}_complete": (day + lag * _DAY <= last).to_numpy() for name, lag in lags.items()}
    until = {name: None if pd.isna(last) else str((last - lag * _DAY).date()) for name, lag in lags.items()}
    return pd.DataFrame(flags, index=times.index), until
