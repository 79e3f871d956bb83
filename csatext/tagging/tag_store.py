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
from csatext.schema.audit import FLAG_STORE, FLAG_TAGS, TAG_STORE, TAGS
from csatext.schema.model import Table

__all__ = ["add_tags", "current_tags", "day_of", "flags_in", "read_store", "tags_for"]

_KEY = ["doc_id", "annotator"]
_SAID = ["category", "subcategory", "note", "taxonomy_version"]


def flags_in(tags: pd.DataFrame) -> list[str]:
    """Return the columns of flags in tags or a store; none where they are of categories.

    Examples
    --------
    >>> flags_in(pd.DataFrame(columns=["doc_id", "annotator", "qa_greeting", "note"]))
    ['qa_greeting']
    """
    own = {column.name for column in (*TAG_STORE.columns, *FLAG_STORE.columns)}
    return [] if "category" in tags.columns else [name for name in map(str, tags.columns) if name not in own]


def _shaped(tags: pd.DataFrame, of_categories: Table, of_flags: Table) -> pd.DataFrame:
    """Return tags in the form of their table; answers to flags are yes, no or missing."""
    flags = flags_in(tags)
    if not flags:
        return conform(tags, of_categories)
    return conform(tags, of_flags, flags).astype(dict.fromkeys(flags, "boolean"))


def read_store(path: str | PathLike[str]) -> pd.DataFrame:
    """Return every tag ever imported (table ``tag_store``, of flags ``flag_store``), oldest first.

    Of categories and without rows where there is no file.

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
        return _shaped(pd.read_parquet(path), TAG_STORE, FLAG_STORE)
    except (OSError, ValueError, TypeError, pa.ArrowInvalid) as error:
        raise InputError.unreadable(
            path, "不是标注库", "请给出 csatext tag import --store 写出的文件"
        ) from error


def current_tags(store: pd.DataFrame) -> pd.DataFrame:
    """Return the last tag of each contact and person (table ``tags``), of flags the last to each.

    Examples
    --------
    >>> old = {"doc_id": "a", "annotator": "甲", "category": "物流", "subcategory": None, "note": ""}
    >>> old |= {"inclusion_probability": 0.1, "taxonomy_version": "", "stratum": ""}
    >>> old["tagged_on"] = "2026-05-01"
    >>> store = pd.DataFrame([old, old | {"category": "退款", "tagged_on": "2026-05-08"}])
    >>> current_tags(store)["category"].tolist()
    ['退款']
    """
    if flags_in(store):
        # ``last`` passes over what is missing: a flag that was not answered again keeps its answer.
        last = store.groupby(_KEY, sort=False).last().reset_index()
    else:
        last = store.drop_duplicates(_KEY, keep="last").reset_index(drop=True)
    return _shaped(last, TAGS, FLAG_TAGS)


def tags_for(facts: pd.DataFrame, path: str | PathLike[str]) -> pd.DataFrame | None:
    """Return the current tags of a store that correct the rates of some facts, None where no path is given.

    Raises
    ------
    InputError
        The file is not there or no store, or none of its tags is of a contact in ``facts``.
    """
    if not str(path):
        return None
    place = as_path(path)
    if not place.is_file():
        raise InputError.unreadable(place, "文件不存在", "请先用 csatext tag import 存入标注")
    tags = current_tags(read_store(place))
    ids = pd.Series(facts["doc_id"] if "doc_id" in facts.columns else facts.index).astype("str")
    if not tags["doc_id"].isin(ids).any():
        raise InputError.unreadable(
            place, "里面没有一条标注是这批联络的", "请检查编号，或给出从这批联络抽样的标注库"
        )
    return tags


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
        Table ``tags``, or ``flag_tags``.
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
        The file is no store of tags, or one of categories where these are of flags.
    """
    as_table(tags, "tags")
    path = Path(as_path(path))
    day = day_of(tagged_on)
    store = read_store(path)
    given = _shaped(tags, TAGS, FLAG_TAGS)
    flags = flags_in(given)
    if len(store) and len(given) and bool(flags) != bool(flags_in(store)):
        held, ours = ("是/否标注", "类别标注") if flags_in(store) else ("类别标注", "是/否标注")
        raise InputError.unreadable(path, f"里面是{held}，这次是{ours}", "请另用一个文件作标注库")
    last = current_tags(store)
    said = [*flags, "note", "scorecard_version"] if flags else _SAID
    both = given[_KEY].merge(last.reindex(columns=[*_KEY, *said]), on=_KEY, how="left", indicator=True)
    is_new = (both["_merge"] == "left_only").to_numpy()
    differs = pd.concat(
        [
            _answered_anew(given[name], both[name])
            if name in flags
            else both[name].astype("str").fillna("") != given[name].fillna("").to_numpy()
            for name in said
        ],
        axis=1,
    )
    is_changed = differs.any(axis=1).to_numpy() & ~is_new
    added = given[is_new | is_changed].assign(tagged_on=day)
    if len(added):
        prepare_folder(path.parent)
        grown = added if store.empty else pd.concat([store, added], ignore_index=True)
        write_parquet(_shaped(grown, TAG_STORE, FLAG_STORE), path)
    return int(is_new.sum()), int(is_changed.sum())


def _answered_anew(given: pd.Series, last: pd.Series) -> pd.Series:
    """Return where a flag has an answer that is not the last one."""
    answers = given.astype("boolean").reset_index(drop=True)
    return answers.notna() & answers.ne(last.astype("boolean")).fillna(True).astype(bool)
