"""Check of the configuration's columns, before the long work begins."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd

from csatext.aggregation.inputs.measures import has_flags
from csatext.batch.columns.reserved_columns import RESULT_COLUMNS
from csatext.batch.configuration import TablesSection
from csatext.errors import ConfigError, nearest
from csatext.ingest.columns.headers import known_headers, normal_header
from csatext.labels import name_of
from csatext.schema import column_names
from csatext.schema.aggregation import BREAKDOWN
from csatext.schema.batch import EPISODES, ROOT_CAUSES_BY_PERIOD
from csatext.schema.time import TREND

__all__ = ["checked_tables"]

_BETWEEN = re.compile("[,，、;；]")
_TABLE_COLUMNS = column_names(BREAKDOWN, TREND, ROOT_CAUSES_BY_PERIOD, EPISODES)


def checked_tables(contacts: pd.DataFrame, tables: TablesSection) -> TablesSection:
    """Return section ``[tables]`` with the columns as the contacts have them.

    A dimension may be named by the header of the input (渠道 for ``channel``), several in one string.

    Raises
    ------
    ConfigError
        A column of ``by`` or ``measure`` is neither in the contacts nor among the results, a
        dimension has the name of a result's column, or the measure is not a flag.
    """
    known = [str(name) for name in contacts.columns if name not in ("doc_id", "text")]
    known += sorted(RESULT_COLUMNS)
    by = [name for given in tables.by for name in _named(given, known)]
    tables = replace(tables, by=list(dict.fromkeys(by)))
    for key, names in (("by", tables.by), ("measure", [tables.measure])):
        for name in names:
            if name not in known:
                hint = nearest(name, known)
                meant = f"是不是想写「{hint}」？" if hint else ""
                raise ConfigError(
                    f"配置 tables.{key} 里的列「{name}」不存在；可用的列：{'、'.join(known)}。{meant}"
                )
    taken = sorted(_TABLE_COLUMNS & {*tables.by})
    if taken:
        raise ConfigError.reserved_columns("tables.by", taken)
    if tables.measure in contacts.columns and not has_flags(contacts, tables.measure):
        raise ConfigError(
            f"配置 tables.measure 的列「{tables.measure}」不是是否列；请换一个取值只有 是/否（或 1/0）的列。"
        )
    if tables.measure in RESULT_COLUMNS - {"is_negative", "is_complaint"}:
        raise ConfigError(
            f"配置 tables.measure 不能是「{tables.measure}」；"
            "请用 is_negative、is_complaint 或输入里的是否列。"
        )
    return tables


def _named(given: str, known: list[str]) -> list[str]:
    """Return the columns that a name means; the name itself where it means none."""
    parts = [given] if given in known else [part.strip() for part in _BETWEEN.split(given) if part.strip()]
    meant = []
    for part in parts:
        header = known_headers().get(normal_header(part))
        canonical = next((name for name in known if name_of(name) == part), None)
        if part not in known and header is not None and header.canonical in known:
            canonical = header.canonical
        meant.append(part if part in known else canonical)
    found = [name for name in meant if name is not None]
    return found if found and len(found) == len(parts) else [given]
