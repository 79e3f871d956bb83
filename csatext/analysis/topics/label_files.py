"""Names of topics in a file that people edit; a line is found again by its terms."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from csatext.argument_types import as_path
from csatext.atomic_files import write_whole
from csatext.errors import InputError, ParameterError, SchemaError
from csatext.ingest.formats.registry import open_tables

__all__ = ["made_labels", "read_labels", "write_labels"]

_COLUMNS = ("topic", "label", "terms")
_LEAST_COMMON = 0.25
"""Terms in common, as a share of those of either (Jaccard), for a line to name a topic (chosen)."""


def write_labels(path: str | PathLike[str], topics: pd.DataFrame) -> None:
    """Write a line a topic: number, name, terms.

    Parameters
    ----------
    path : path
    topics : DataFrame
        Table ``topics``.
    """
    groups = topics.groupby("topic", sort=False)
    labels = groups["label"].first().map(lambda label: " ".join(label.split()))
    lines = pd.DataFrame({"label": labels, "terms": groups["term"].agg(" ".join)})
    text = lines.reset_index()[list(_COLUMNS)].to_csv(sep="\t", index=False, lineterminator="\n")

    def write(target: Path) -> None:
        target.write_text(text, encoding="utf-8")

    write_whole(as_path(path), write)


def read_labels(path: str | PathLike[str], topics: pd.DataFrame) -> dict[int, str]:
    """Return the names of a file for topics of today, whatever numbers they had when it was written.

    Parameters
    ----------
    path : path
        Of :func:`write_labels`; it may have been saved by a spreadsheet program, in another encoding or as a
        workbook.
    topics : DataFrame
        Table ``topics``.

    Returns
    -------
    dict of int to str
        Lines and topics are matched one to one so that they have the most terms in common (Kuhn 1955);
        topics without a line are not named.

    Raises
    ------
    InputError
        The file is not there, or holds no table.
    SchemaError
        A column is missing.
    """
    source = as_path(path)
    if not source.is_file():
        raise InputError(
            f"找不到主题标签文件「{source}」；请先用 model.write_labels 写出，再改其中的 label 列。"
        )
    lines = open_tables(source)[0].raw.frame
    for name in _COLUMNS[1:]:
        if name not in lines.columns:
            raise SchemaError.missing_column(str(source), name, lines.columns)
    lines = lines[list(_COLUMNS[1:])].astype("str").fillna("")
    words = [set(terms.split()) for terms in lines["terms"]]
    groups = [(int(topic), set(terms)) for topic, terms in topics.groupby("topic", sort=False)["term"]]
    common = np.array([[len(ours & theirs) / len(ours | theirs) for _, theirs in groups] for ours in words])
    if not common.size:
        return {}
    row, column = linear_sum_assignment(-common)
    return {
        groups[there][0]: lines["label"].iloc[here]
        for here, there in zip(row, column, strict=True)
        if common[here, there] >= _LEAST_COMMON and lines["label"].iloc[here].strip()
    }


def made_labels(namer: Callable[[list[str]], str], topics: pd.DataFrame) -> dict[int, str]:
    """Return the names that a function makes of the terms of each topic.

    Parameters
    ----------
    namer : callable
    topics : DataFrame
        Table ``topics``.

    Raises
    ------
    ParameterError
        What it returns is no text, or empty.

    Examples
    --------
    >>> topics = pd.DataFrame({"topic": [0, 0], "term": ["退款", "到账"]})
    >>> made_labels(" ".join, topics)
    {0: '退款 到账'}
    """
    names = {}
    for topic, terms in topics.groupby("topic", sort=False)["term"]:
        name = namer(terms.tolist())
        if not isinstance(name, str) or not name.strip():
            raise ParameterError.wrong_type("labels 的返回值", name, "不为空的字符串")
        names[int(topic)] = " ".join(name.split())
    return names
