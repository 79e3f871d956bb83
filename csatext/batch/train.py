"""A classifier learnt from tags, as one file of data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pyarrow.parquet as pq
from sklearn.pipeline import Pipeline

from csatext.aggregation.audit.adjudication import adjudicate
from csatext.analysis.classification.complaint_classifier import ComplaintClassifier
from csatext.atomic_files import check_folder, prepare_folder
from csatext.batch.configuration import Configuration
from csatext.batch.pipeline import masked_input, read_source
from csatext.errors import InputError, ParameterError
from csatext.persistence import save
from csatext.tagging.tag_store import current_tags, read_store
from csatext.text.tokenization.tokenizer import Tokenizer
from csatext.text.vectorization import Vectorizer

__all__ = ["Trained", "train"]

_LABELS = ("一级类别", "人工类别", "类别", "category", "category_input", "label")
"""Columns that may hold the label in a table with texts."""


class Trained(NamedTuple):
    """What a model was learnt from: tagged contacts used, categories, contacts whose people are divided."""

    contacts: int
    categories: int
    divided: int


def train(
    tags: str | Path,
    out: str | Path,
    configuration: Configuration,
    progress: Callable[[str], None],
    *,
    original: str = "",
    date: str | None = None,
) -> Trained:
    """Learn a classifier from a store of tags and the texts they are of, or from a table that has both.

    Parameters
    ----------
    tags : path
        A store (``csatext tag import``), or without ``original`` a table with a text and a label column.
    out : path
        The model, which :func:`csatext.load` reads.
    configuration : Configuration
        Sections ``input`` and ``text`` are used.
    progress : callable
        Called with the name of each step when it begins.
    original : str
        The input whose contacts were tagged.
    date : str, optional
        Date of the model card.

    Raises
    ------
    InputError
        A file cannot be read, tags have no text, or there are too few of them.
    """
    out = Path(out)
    check_folder(out.parent)
    if not original and _is_store(Path(tags)):
        raise InputError.unreadable(tags, "是标注库，里面没有文本", "请加 --input 原文件（抽样时读的那一份）")
    read = masked_input(read_source(original or tags, configuration, progress), configuration.privacy)
    contacts = read.contacts
    divided = 0
    if original:
        labels, divided = _labels_of_store(Path(tags))
        labels = labels.reindex(contacts["doc_id"].astype("str"))
    else:
        column = next((name for name in _LABELS if name in contacts), None)
        if column is None:
            what = (
                "如果是 csatext tag import 的标注库，请加 --input 原文件；如果是表格，请把类别列命名为 类别"
            )
            raise InputError.unreadable(tags, "没有类别列", what)
        labels = contacts[column].astype("str").str.strip().replace("", None)
    known = labels.notna().to_numpy()
    if not known.any():
        raise InputError.unreadable(
            original or tags, "没有一条联络有标注", "请检查标注库与原文件的编号是否一致"
        )
    used = contacts[known]
    progress(f"训练：{len(used)} 条标注")
    model = Pipeline(
        [
            (
                "texts",
                Vectorizer(
                    tokenizer=Tokenizer(configuration.text.terms, lexicons=configuration.text.lexicons),
                    simplify=configuration.text.simplify,
                    redact=not read.redacted,
                ),
            ),
            ("categories", ComplaintClassifier()),
        ]
    )
    try:
        model.fit(used, labels[known].to_numpy())
    except ParameterError as error:
        raise InputError(f"标注太少，无法训练：{error}") from error
    prepare_folder(out.parent)
    save(model, out, date=date)
    return Trained(len(used), int(labels[known].nunique()), divided)


def _is_store(path: Path) -> bool:
    """Return whether a file is a store of tags: these have no texts."""
    if path.suffix != ".parquet" or not path.is_file():
        return False
    try:
        names = set(pq.read_schema(path).names)
    except (OSError, ValueError):  # whoever reads it says why
        return False
    return {"doc_id", "annotator", "category", "tagged_on"} <= names and "text" not in names


def _labels_of_store(path: Path) -> tuple[pd.Series, int]:
    """Return the label of each contact of a store, by doc_id; divided ones are left out and counted."""
    if not path.is_file():
        raise InputError.unreadable(path, "文件不存在", "请先用 csatext tag import 存入标注")
    tags = current_tags(read_store(path))
    below = tags["subcategory"].fillna("").astype("str")
    tags["answer"] = tags["category"].where(below == "", tags["category"] + "/" + below)
    # What counts here is the label alone: tags without a known probability teach as well as others.
    human = adjudicate(tags.assign(inclusion_probability=1.0, stratum=""), "answer", flag=False)
    agreed = human.votes[human.votes["share"] == 1]
    return pd.Series(agreed["label"].to_numpy(), index=human.doc_id[agreed["doc"]]), human.n_divided
