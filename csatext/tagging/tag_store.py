"""The store of tags: one Parquet file that only grows."""

from __future__ import annotations

from datetime import date
from os import PathLike
from pathlib import Path

import pandas as pd
import pyarrow as pa

from csatext.argument_types import as_path, as_table
from csatext.atomic_files import prepare_folder, write_parquet
from csatext.errors import InputError, ParameterError
from csatext.regular_files import check_regular
from csatext.schema import conform
from csatext.schema.audit import TAG_STORE, TAGS

__all__ = ["add_tags", "current_tags", "day_of", "read_store"]

_KEY = ["doc_id", "annotator"]
_SAID = ["category", "subcategory", "note", "taxonomy_version"]


def read_store(path: str | PathLike[str]) -> pd.DataFrame:
    """Return every tag ever imported (table ``tag_store``), oldest first; none where there is no file.

    Raises
    ------
    InputError
        The file is no store of tags.
    """
    path = as_path(path)
    if not path.exists():
        return conform(pd.DataFrame(columns=[column.name for column in TAG_STORE.columns]), TAG_STORE)
    check_regular(path)
    try:
        return conform(pd.read_parquet(path), TAG_STORE)
    except (OSError, ValueError, pa.ArrowInvalid) as error:
        raise InputError.unreadable(
            path, "不是标注库", "请给出 csatext tag import --store 写出的文件"
        ) from error


def current_tags(store: pd.DataFrame) -> pd.DataFrame:
    """Return the last tag of each contact and person (table ``tags``).

    Examples
    --------
    >>> old = {"doc_id": "a", "annotator": "甲", "category": "物流", "subcategory": None, "note": ""}
    >>> old |= {"inclusion_probability": 0.1, "taxonomy_version": "", "stratum": ""}
    >>> old["tagged_on"] = "2026-05-01"
    >>> store = pd.DataFrame([old, old | {"category": "退款", "tagged_on": "2026-05-08"}])
    >>> current_tags(store)["category"].tolist()
    ['退款']
    """
    return conform(store.drop_duplicates(_KEY, keep="last").reset_index(drop=True), TAGS)


def day_of(tagged_on: date | str) -> str:
    """Return a date as the store holds it.

    Raises
    ------
    ParameterError
        It is none.

    Examples
    --------
    >>> day_of(date(2026, 5, 31)), day_of("2026-05-31")
    ('2026-05-31', '2026-05-31')
    """
    try:
        day = tagged_on if isinstance(tagged_on, date) else date.fromisoformat(str(tagged_on))
    except ValueError as error:
        raise ParameterError.out_of_range("tagged_on", tagged_on, "日期，例如 2026-05-31") from error
    return day.isoformat()[:10]


def add_tags(tags: pd.DataFrame, path: str | PathLike[str], tagged_on: date | str) -> tuple[int, int]:
    """Add to a store what is new in it; earlier tags stay, the last of a person holds.

    Parameters
    ----------
    tags : DataFrame
        Table ``tags``.
    path : path
        A ``.parquet`` file, made where it is not there, replaced as a whole.
    tagged_on : date
        Date of the import.

    Returns
    -------
    new, changed : int
        Tags of contacts that their person had not tagged before, and tags that differ from the last one.
        Nothing is written where there are none.

    Raises
    ------
    ParameterError, SchemaError
        ``tags`` lacks a column, or ``tagged_on`` is no date.
    InputError
        The file is no store of tags.
    """
    as_table(tags, "tags")
    path = Path(as_path(path))
    day = day_of(tagged_on)
    store = read_store(path)
    given = conform(tags, TAGS)
    last = current_tags(store)
    both = given[_KEY].merge(last, on=_KEY, how="left", indicator=True)
    is_new = (both["_merge"] == "left_only").to_numpy()
    differs = pd.concat(
        [both[name].fillna("") != given[name].fillna("").to_numpy() for name in _SAID], axis=1
    )
    is_changed = differs.any(axis=1).to_numpy() & ~is_new
    added = given[is_new | is_changed].assign(tagged_on=day)
    if len(added):
        prepare_folder(path.parent)
        write_parquet(conform(pd.concat([store, added], ignore_index=True), TAG_STORE), path)
    return int(is_new.sum()), int(is_changed.sum())
