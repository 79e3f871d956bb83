"""Check of the configuration's columns, before the long work begins."""

from __future__ import annotations

import pandas as pd

from csatext.aggregation.inputs.measures import has_flags
from csatext.batch.configuration import TablesSection
from csatext.batch.reserved_columns import RESULT_COLUMNS
from csatext.errors import ConfigError, nearest
from csatext.schema import column_names
from csatext.schema.aggregation import BREAKDOWN
from csatext.schema.batch import EPISODES, ROOT_CAUSES_BY_PERIOD
from csatext.schema.time import TREND

__all__ = ["check_tables"]

_TABLE_COLUMNS = column_names(BREAKDOWN, TREND, ROOT_CAUSES_BY_PERIOD, EPISODES)


def check_tables(contacts: pd.DataFrame, tables: TablesSection) -> None:
    """Check the columns of section ``[tables]`` against those of the contacts.

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
