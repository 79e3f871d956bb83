"""Whether the configuration's columns are there, asked before the long work begins."""

from __future__ import annotations

import pandas as pd
from pandas.api import types

from csatext.batch.configuration import TablesSection
from csatext.batch.reserved_columns import RESULT_COLUMNS
from csatext.errors import ConfigError, nearest
from csatext.schema.aggregation import BREAKDOWN
from csatext.schema.batch import EPISODES, ROOT_CAUSES_BY_PERIOD
from csatext.schema.time import TREND

__all__ = ["check_tables"]

_TABLE_COLUMNS = frozenset(
    column.name for table in (BREAKDOWN, TREND, ROOT_CAUSES_BY_PERIOD, EPISODES) for column in table.columns
)


def check_tables(contacts: pd.DataFrame, tables: TablesSection) -> None:
    """Hold section ``[tables]`` against the columns of the contacts.

    Raises
    ------
    ConfigError
        A column of ``by`` or ``measure`` is neither in the contacts nor among the results, a
        dimension has the name of a result's column, or the measure is not a flag.
    """
    known = [str(name) for name in contacts.columns if name not in ("doc_id", "text")]
    known += sorted(RESULT_COLUMNS)
    for key, names in (("by", tables.by), ("measure", [tables.measure])):
        for name in names:
            if name not in known:
                hint = nearest(name, known)
                meant = f"是不是想写「{hint}」？" if hint else ""
                raise ConfigError(
                    f"配置 tables.{key} 里的列「{name}」不存在；可用的列：{'、'.join(known)}。{meant}"
                )
    for name in tables.by:
        if name in _TABLE_COLUMNS:
            raise ConfigError(
                f"配置 tables.by 里的列「{name}」与结果表的列同名；"
                f'请在 [input.columns] 里给它另起一个名字，如 "{name}_维度" = "{name}"。'
            )
    if tables.measure in contacts.columns and not _is_flag(contacts[tables.measure]):
        raise ConfigError(
            f"配置 tables.measure 的列「{tables.measure}」不是是否列；请换一个取值只有 是/否（或 1/0）的列。"
        )
    if tables.measure in RESULT_COLUMNS - {"is_negative"}:
        raise ConfigError(
            f"配置 tables.measure 不能是「{tables.measure}」；请用 is_negative 或输入里的是否列。"
        )


def _is_flag(column: pd.Series) -> bool:
    if types.is_bool_dtype(column):
        return True
    return (
        types.is_numeric_dtype(column) and bool(column.dropna().isin([0, 1]).all()) and column.notna().any()
    )
