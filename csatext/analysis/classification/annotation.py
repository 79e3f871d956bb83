"""Labels as people give them, by document: one category or several, and some documents without."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from csatext.errors import ParameterError, SchemaError

__all__ = ["LEVEL_MARK", "Annotation", "aligned_labels", "read_annotation"]

LEVEL_MARK = "/"
"""Between the levels of a category: 物流配送/配送延误."""
JOINED_BY = "、"
"""Between the categories of a document in a result; labels may also be joined by ``;`` or ``|``."""
_JOINTS = re.compile("[、;；|｜]")
# What a missing value becomes when a column is made text, and characters that no one sees.
_MISSING = frozenset(("nan", "NaN", "None", "<NA>", "NaT"))
_UNSEEN = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")


@dataclass(frozen=True)
class Annotation:
    """Categories of documents.

    Attributes
    ----------
    classes : ndarray, shape (n_classes,)
        Sorted.
    indicator : ndarray of bool, shape (n_docs, n_classes)
        Whether a document has a category; rows of documents without annotation are False.
    known : ndarray of bool, shape (n_docs,)
        Whether a document is annotated.
    """

    classes: np.ndarray
    indicator: np.ndarray
    known: np.ndarray

    def widened(self, classes: np.ndarray) -> Annotation:
        """Return the same annotation over more classes, all of these among them."""
        indicator = np.zeros((len(self.known), len(classes)), bool)
        at = {label: column for column, label in enumerate(classes.tolist())}
        indicator[:, [at[label] for label in self.classes.tolist()]] = self.indicator
        return Annotation(classes, indicator, self.known)


def read_annotation(doc_ids: pd.Index, labels: Any, multilabel: bool, name: str = "labels") -> Annotation:
    """Return the labels of documents.

    Parameters
    ----------
    doc_ids : Index
        The documents.
    labels : None, Series by doc_id, array-like of length n_docs, or DataFrame of 0 and 1
        Empty or blank: not annotated. With ``multilabel`` a list of categories a document, or their names
        joined by ``、``, ``;`` or ``|``, or a frame with a column a category.
    multilabel : bool
        Whether a document may have several.
    name : str, default "labels"
        Name of the argument, for messages.

    Returns
    -------
    Annotation

    Raises
    ------
    SchemaError
        There are more or fewer labels than documents, or they are of other documents.
    ParameterError
        Labels of several columns or lists without ``multilabel``, or names of different kinds.
    """
    if labels is None:
        return Annotation(
            np.empty(0, object), np.zeros((len(doc_ids), 0), bool), np.zeros(len(doc_ids), bool)
        )
    if isinstance(labels, pd.DataFrame) or np.ndim(_peek(labels)) == 2:
        if not multilabel:
            wanted = "一列标签（每条联络一个），不是多列；一条联络有几个类别时请用 multilabel=True"
            raise ParameterError.wrong_type(name, labels, wanted)
        return _from_frame(
            doc_ids, labels if isinstance(labels, pd.DataFrame) else pd.DataFrame(labels), name
        )
    values = aligned_labels(doc_ids, labels, name)
    return _from_sets(values) if multilabel else _from_names(values, name)


def _peek(labels: Any) -> Any:
    """Return labels in a form whose number of dimensions numpy can tell; lists of lists have one."""
    return labels if isinstance(labels, np.ndarray) else np.empty(0)


def aligned_labels(doc_ids: pd.Index, labels: Any, name: str) -> list[Any]:
    """Return one label a document; a Series is looked up by doc_id, what it leaves out is missing."""
    if isinstance(labels, str | bytes | Mapping | set) or not isinstance(labels, Iterable):
        raise ParameterError.wrong_type(name, labels, "每条联络一个标签的 Series 或列表")
    if isinstance(labels, pd.Series):
        if not labels.index.equals(doc_ids):
            labels = _by_doc_id(doc_ids, labels, name)
        return labels.tolist()
    values = list(labels)
    if len(values) != len(doc_ids):
        raise _of_other_length(name, len(values), len(doc_ids))
    return values


def _of_other_length(name: str, n: int, n_docs: int) -> SchemaError:
    return SchemaError(f"{name} 有 {n} 个值，语料有 {n_docs} 篇文档；两者必须一样长。")


def _by_doc_id(doc_ids: pd.Index, labels: Any, name: str) -> Any:
    """Return labels in the order of the documents; those that a Series leaves out are not annotated."""
    missing = int((~doc_ids.isin(labels.index)).sum())
    foreign = int((~labels.index.isin(doc_ids)).sum())
    if missing and foreign:
        if not isinstance(labels.index, pd.RangeIndex):
            raise SchemaError.foreign_index(name, foreign)
        if len(labels) != len(doc_ids):
            raise _of_other_length(name, len(labels), len(doc_ids))
        return labels.set_axis(doc_ids)
    if not labels.index.is_unique:
        raise SchemaError.duplicate_key(name, ["doc_id"], int(labels.index.duplicated().sum()))
    return labels.reindex(doc_ids)


def _from_names(values: list[Any], name: str) -> Annotation:
    if any(isinstance(value, list | tuple | set | frozenset | np.ndarray) for value in values):
        wanted = "每条联络一个类别；一条联络有几个类别时请用 multilabel=True"
        raise ParameterError.wrong_type(name, values, wanted)
    given = pd.Series([_trimmed(value) for value in values], dtype=object)
    known = given.notna().to_numpy()
    found = _alike([_plain(value) for value in given[known]])
    classes = _as_classes(sorted(set(found)))
    indicator = np.zeros((len(values), len(classes)), bool)
    at = {label: column for column, label in enumerate(classes.tolist())}
    indicator[np.flatnonzero(known), [at[label] for label in found]] = True
    return Annotation(classes, indicator, known)


def _from_sets(values: list[Any]) -> Annotation:
    """Return the categories of lists or joined names; an empty list says that a document has none."""
    sets: list[list[Any] | None] = []
    for value in values:
        if isinstance(value, list | tuple | set | frozenset | np.ndarray):
            items = [_trimmed(item) for item in value]
            sets.append([_plain(item) for item in items if not pd.isna(item)])
        elif isinstance(value, str):
            names = [_trimmed(name) for name in _JOINTS.split(value)]
            sets.append([name for name in names if name is not None] or None)
        else:
            sets.append(None if pd.isna(value) else [_plain(value)])
    known = np.array([members is not None for members in sets], bool)
    alike = iter(_alike([item for members in sets if members for item in members]))
    sets = [None if members is None else [next(alike) for _ in members] for members in sets]
    classes = _as_classes(sorted({item for members in sets if members for item in members}))
    indicator = np.zeros((len(values), len(classes)), bool)
    at = {label: column for column, label in enumerate(classes.tolist())}
    for row, members in enumerate(sets):
        indicator[row, [at[label] for label in members or ()]] = True
    return Annotation(classes, indicator, known)


def _from_frame(doc_ids: pd.Index, frame: pd.DataFrame, name: str) -> Annotation:
    if not isinstance(frame.index, pd.RangeIndex) and not frame.index.equals(doc_ids):
        frame = _by_doc_id(doc_ids, frame, name)
    if len(frame) != len(doc_ids):
        raise _of_other_length(name, len(frame), len(doc_ids))
    try:
        values = frame.astype("Float64").to_numpy(float, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise ParameterError.wrong_type(name, frame, "每个类别一列、只有 0 和 1 的表") from error
    known = ~np.isnan(values).all(axis=1)
    filled = np.nan_to_num(values)
    if not np.isin(filled, (0, 1)).all():
        raise ParameterError(f"{name} 表里有 0 和 1 以外的值；请每个类别一列，属于写 1，不属于写 0。")
    order = sorted(range(frame.shape[1]), key=lambda column: str(frame.columns[column]))
    names: np.ndarray = _as_classes([_plain(frame.columns[column]) for column in order])
    if len(set(names.tolist())) < len(names):
        raise ParameterError(f"{name} 表里有同名的列；每个类别请只留一列。")
    return Annotation(names, filled[:, order] > 0, known)


def _trimmed(label: Any) -> Any:
    """Return a label without blanks around it, None where nothing is left or a missing value was written."""
    if not isinstance(label, str):
        return label
    trimmed = _UNSEEN.sub("", label).strip()
    return None if trimmed in _MISSING else trimmed or None


def _plain(value: Any) -> Any:
    """Return a numpy scalar as Python has it; a whole number that became a fraction through NA as whole."""
    value = value.item() if isinstance(value, np.generic) else value
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _alike(names: list[Any]) -> list[Any]:
    """Return names as text where some are: a cell of Excel that holds 1 beside others that hold words."""
    return [str(name) for name in names] if any(isinstance(name, str) for name in names) else names


def _as_classes(names: list[Any]) -> np.ndarray:
    """Return names as an array that keeps numbers and flags as they are and text as objects."""
    if names and all(isinstance(name, bool | int | float) for name in names):
        return np.array(names)
    classes = np.empty(len(names), object)
    classes[:] = names
    return classes
