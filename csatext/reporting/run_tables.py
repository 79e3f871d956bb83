"""What a report, a workbook or a deck is made of: facts, tables and where they come from."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from csatext.argument_types import as_table
from csatext.errors import InputError, ParameterError
from csatext.privacy.personal_columns import mask_columns, mask_values
from csatext.regular_files import check_regular, read_json_object
from csatext.reporting.service_tables import service_tables
from csatext.reporting.standard_tables import absent_tables, standard_tables
from csatext.schema.analysis import DOCUMENT_TOPICS, RULES
from csatext.strings import encodable

__all__ = ["RunTables", "files_hash", "mask_table", "run_tables", "table_stem"]

_MEASURE = "is_negative"
_MANIFEST = "manifest.json"
_WHAT_TO_DO = "请给出 csatext run 的输出文件夹"
_LONGEST_STEM = 150
"""Bytes of a name, of which file systems allow 255, with what a temporary file adds: columns bear whole
questions of a survey."""


@dataclass(frozen=True)
class RunTables:
    """Facts and tables, without personal data, with their provenance.

    Attributes
    ----------
    facts : DataFrame
    tables : dict of str to DataFrame
        By name, with their ``attrs``.
    absent : dict of str to str
        What could not be made, with the reason in Chinese.
    measure : str
        The flag that is broken down.
    title : str
        Heading; empty where none was given.
    run_hash : str
        Hash over facts and tables of the run (:func:`files_hash`); empty for facts that belong to none.
    """

    facts: pd.DataFrame
    tables: dict[str, pd.DataFrame]
    absent: dict[str, str]
    measure: str
    title: str = ""
    run_hash: str = ""


def files_hash(files: Mapping[str, str]) -> str:
    """Return one hash for the facts and tables of a run.

    Parameters
    ----------
    files : mapping of str to str
        Names relative to the folder of the run and their SHA-256, as its manifest lists them. Only Parquet
        files count: pages and sheets are made of them.

    Examples
    --------
    >>> files = {"facts.parquet": "ab", "tables/topics.parquet": "cd"}
    >>> files_hash(files) == files_hash({**files, "report.html": "ef"})
    True
    """
    lines = "".join(f"{name} {files[name]}\n" for name in sorted(files) if name.endswith(".parquet"))
    return hashlib.sha256(lines.encode()).hexdigest()


def table_stem(table: str) -> str:
    """Return the name of a table's files: no characters that a file name may not have, and not too long.

    Examples
    --------
    >>> table_stem("breakdown_渠道/来源")
    'breakdown_渠道_来源'
    >>> len(table_stem("breakdown_" + "您对本次服务是否满意" * 20).encode()) <= 150
    True
    """
    stem = re.sub(r'[\\/:*?"<>|\x00-\x1f]', "_", table)
    whole = stem.encode("utf-8", "replace")
    if len(whole) <= _LONGEST_STEM:
        return stem
    return f"{whole[: _LONGEST_STEM - 9].decode('utf-8', 'ignore')}_{hashlib.sha256(whole).hexdigest()[:8]}"


def run_tables(
    source: pd.DataFrame | str | PathLike[str] | Any,
    *,
    measure: str | None = None,
    tables: Mapping[str, pd.DataFrame] | None = None,
    absent: Mapping[str, str] | None = None,
    keep: Iterable[str] = (),
) -> RunTables:
    """Return facts and tables, whatever they are given as.

    Parameters
    ----------
    source : DataFrame, path, RunResult or RunTables
        Facts; the folder of a run; what a run returned; what this function returned, which is neither read
        nor masked again.
    measure : str, optional
        The flag that is broken down; None takes the run's, ``is_negative`` for facts. Another one than the
        run's has the tables made anew.
    tables : mapping of str to DataFrame, optional
        Tables instead of the run's or the standard ones.
    absent : mapping of str to str, optional
        What could not be made; None takes the run's or what the facts do not allow.
    keep : iterable of str
        Columns of facts and of ``tables`` shown as they are; personal data in the others is masked
        (:mod:`csatext.privacy.personal_columns`). A run has masked its own, but for what it was told to keep.

    Raises
    ------
    ParameterError
        ``source`` is none of these, or an argument is of another type.
    InputError
        The folder is no finished run, or one of its files cannot be read.
    SchemaError
        The facts lack the measure.
    """
    for name, given in (("tables", tables), ("absent", absent)):
        if given is not None and not isinstance(given, Mapping):
            raise ParameterError.wrong_type(name, given, "字典（名字 -> 内容），或 None")
    for name, table in (tables or {}).items():
        as_table(table, f"tables[{name!r}]")
    if isinstance(source, RunTables) and measure is None and tables is None and absent is None:
        return source
    if isinstance(source, RunTables):
        found = source
    elif isinstance(source, pd.DataFrame):
        found = RunTables(source, {}, {}, _MEASURE)
    else:
        found = _read_run(_folder(source))
    if measure is not None and measure != found.measure:
        found = replace(found, tables={}, measure=measure)
    # What a run has written is masked, and words that it made (a topic, a category) would be masked wrongly.
    is_masked = not isinstance(source, pd.DataFrame)
    facts = (
        found.facts if is_masked else mask_columns(_encodable(found.facts), keep=_kept(keep), orders=False)
    )
    made = mask_tables(tables, keep) if tables is not None else found.tables
    if tables is None and not made:
        service, unmade = service_tables(facts)
        made = standard_tables(facts, measure=found.measure) | service
        found = replace(found, absent=found.absent or absent_tables(facts) | unmade)
    left_out = absent if absent is not None else found.absent or absent_tables(facts)
    return replace(found, facts=facts, tables=made, absent=dict(left_out))


def _kept(keep: Iterable[str]) -> set[str]:
    # The owner of a category is a department of the taxonomy, not who served the customer.
    # Names of topics are words joined by dots, which a transliterated name looks like.
    return {*keep, *(column.name for table in (RULES, DOCUMENT_TOPICS) for column in table.columns)}


def mask_table(table: pd.DataFrame, keep: Iterable[str] = ()) -> pd.DataFrame:
    """Return a table without the personal data that its values show, but for the columns to keep."""
    return mask_tables({"": table}, keep)[""]


def mask_tables(tables: Mapping[str, pd.DataFrame], keep: Iterable[str] = ()) -> dict[str, pd.DataFrame]:
    """Return tables without the personal data that their values show, but for the columns to keep.

    Values recur in most tables: each different one is read once.
    """
    kept = _kept(keep)
    texts = {
        (key, name): _as_text(table[name])
        for key, table in tables.items()
        for name, kind in table.dtypes.items()
        if kind.kind == "O" and name not in kept
    }
    if not texts:
        return dict(tables)
    values = pd.Series(pd.concat(list(texts.values())).dropna().unique(), dtype="str")
    after = mask_values(values)
    differs = (after != values).to_numpy(bool)
    changed = dict(zip(values[differs], after[differs], strict=True))
    masked = dict(tables)
    for (key, name), column in texts.items():
        if column.isin(list(changed)).any():
            shown = column.map(lambda value: changed.get(value, value), na_action="ignore").astype("str")
            masked[key] = masked[key].assign(**{str(name): shown})
    return masked


def _encodable(facts: pd.DataFrame) -> pd.DataFrame:
    """Return facts whose columns of Python objects hold no half of a surrogate pair."""
    objects = [
        name
        for name, kind in facts.dtypes.items()
        if kind.kind == "O" and not isinstance(kind, pd.StringDtype)
    ]
    changed = {
        str(name): facts[name].map(lambda value: encodable(value) if isinstance(value, str) else value)
        for name in objects
    }
    return facts.assign(**changed) if changed else facts


def _as_text(column: pd.Series) -> pd.Series:
    """Return values as text; half a surrogate pair, which no text column holds, is replaced."""
    if isinstance(column.dtype, pd.StringDtype):
        return column
    return column.map(lambda value: encodable(str(value)), na_action="ignore").astype("str")


def _folder(source: Any) -> Path:
    given = getattr(source, "out", source)
    if not isinstance(given, str | PathLike):
        raise ParameterError.wrong_type("source", source, "事实表，或 csatext run 的输出文件夹")
    return Path(given)


def _read_run(folder: Path) -> RunTables:
    """Return a finished run as it stands in its folder."""
    path = folder / _MANIFEST
    try:
        known = read_json_object(path)
        files, settings = dict(known["files"]), known["configuration"]
        names, measure = list(known["tables"]), str(settings["tables"]["measure"])
        title = str(settings["report"]["title"])
        run_hash = files_hash(files)
        absent = {str(name): str(why) for name, why in dict(known.get("absent", {})).items()}
    except OSError as error:
        why = "里面没有 manifest.json" if folder.is_dir() else "不是文件夹，或没有权限"
        raise InputError.unreadable(folder, why, _WHAT_TO_DO) from error
    except (ValueError, KeyError, TypeError) as error:
        raise InputError.unreadable(path, "不是一次运行的清单", _WHAT_TO_DO) from error
    stems = {name: table_stem(name) for name in names}
    try:
        tables = {name: _table(folder / "tables" / f"{stem}.parquet") for name, stem in stems.items()}
        facts = _table(folder / "facts.parquet")
    except (OSError, pa.ArrowInvalid) as error:
        raise InputError.unreadable(folder, "有的文件不在或已损坏", "请重新运行 csatext run") from error
    if measure not in facts or not (is_bool_dtype(facts[measure]) or is_numeric_dtype(facts[measure])):
        raise InputError.unreadable(folder, f"facts 里没有可用的列「{measure}」", "请重新运行 csatext run")
    return RunTables(facts, tables, absent, measure, title, run_hash)


def _table(path: Path) -> pd.DataFrame:
    """Return a table of a run.

    Raises
    ------
    InputError
        It is no regular file.
    OSError, ArrowInvalid
        It is not there, or no Parquet.
    """
    check_regular(path)
    return pd.read_parquet(path)
