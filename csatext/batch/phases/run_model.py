"""What a run learns from its input, kept apart from it: the model that partitions are annotated by."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from sklearn.pipeline import Pipeline

import csatext
from csatext.analysis.classification.complaint_classifier import ComplaintClassifier
from csatext.analysis.kinds.contact_kind import ContactKind
from csatext.analysis.rules.rule_classifier import RuleClassifier
from csatext.analysis.sentiment.score import Sentiment
from csatext.analysis.topics.topic_model import TopicModel
from csatext.atomic_files import file_hash, prepare_folder, write_json, write_parquet, write_whole
from csatext.batch.output import refuse_link
from csatext.errors import InputError
from csatext.persistence import load, save
from csatext.regular_files import read_whole
from csatext.text.vectorization import Vectorizer

__all__ = ["RunModel", "copy_run_model", "is_run_model", "load_run_model", "model_digest", "save_run_model"]

_CARD = "model.json"
_FORMAT = 1
_TABLES = "tables"
_LARGEST = 16 << 20
_ESTIMATORS: dict[str, tuple[type[Any], ...]] = {
    "vectorizer": (Vectorizer,),
    "shown": (Vectorizer,),
    "sentiment": (Sentiment,),
    "kinds": (ContactKind,),
    "rules": (RuleClassifier,),
    "topics": (TopicModel, Pipeline),
    "classifier": (ComplaintClassifier, Pipeline),
}
"""Parts of a model, each a file of :func:`csatext.save`, and what each may be."""
_OPTIONAL = ("topics", "classifier")
_TABLE = re.compile(r"[a-z][a-z0-9_]*")
_WHAT_TO_DO = "请给出 csatext fit 写出的文件夹"


@dataclass(frozen=True)
class RunModel:
    """Everything that the facts of a contact rest on but the contact itself.

    Attributes
    ----------
    vectorizer, shown : Vectorizer
        Fitted: they count every word, and what says something.
    sentiment : Sentiment
    kinds : ContactKind
    rules : RuleClassifier
    topics : TopicModel, Pipeline or None
    classifier : ComplaintClassifier, Pipeline or None
        A trained one.
    tables : dict of str to DataFrame
        What was learnt, as tables: ``taxonomy``, ``topics``, ``suggested_categories`` and others.
    absent : dict of str to str
        What could not be learnt, with the reason.
    card : dict
        What it was learnt from: input, contacts, sample, configuration.
    """

    vectorizer: Vectorizer
    shown: Vectorizer
    sentiment: Sentiment
    kinds: ContactKind
    rules: RuleClassifier
    topics: TopicModel | Pipeline | None
    classifier: ComplaintClassifier | Pipeline | None
    tables: Mapping[str, pd.DataFrame]
    absent: Mapping[str, str]
    card: Mapping[str, Any] = field(default_factory=dict)


def is_run_model(path: str | Path) -> bool:
    """Return whether a path is the folder of a model, as against the file of a classifier.

    Examples
    --------
    >>> is_run_model("classifier.csatext")
    False
    """
    return Path(path).is_dir()


def save_run_model(model: RunModel, folder: Path) -> Path:
    """Write a model into a folder: data only, ``model.json`` last with the hash of every other file.

    Parameters
    ----------
    model : RunModel
    folder : Path
        Made when it is not there; the files of an earlier model in it are replaced.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    InputError
        The folder holds something else, or cannot be written.
    """
    prepare_folder(folder)
    refuse_link(folder)
    if not (folder / _CARD).exists() and any(path.name[0] != "." for path in folder.iterdir()):
        raise InputError(f"文件夹「{folder}」里已有别的文件；模型请写到一个新的或空的文件夹。")
    (folder / _CARD).unlink(missing_ok=True)
    shutil.rmtree(folder / _TABLES, ignore_errors=True)
    prepare_folder(folder / _TABLES)
    written = []
    for name in _ESTIMATORS:
        path = folder / f"{name}.csatext"
        estimator = getattr(model, name)
        if estimator is None:
            path.unlink(missing_ok=True)
        else:
            written.append(save(estimator, path))
    for name, table in model.tables.items():
        written.append(folder / _TABLES / f"{name}.parquet")
        write_parquet(table, written[-1])
    card = {
        "format": _FORMAT,
        "csatext": csatext.__version__,
        **model.card,
        "absent": dict(model.absent),
        "files": {path.relative_to(folder).as_posix(): file_hash(path) for path in written},
    }
    write_json(card, folder / _CARD)
    return folder


def model_digest(folder: str | Path) -> str:
    """Return what a model is known by: the hash of ``model.json``, which holds those of its other files.

    Raises
    ------
    InputError
        The folder is no model.
    """
    _card(Path(folder))
    return file_hash(Path(folder) / _CARD)


def load_run_model(folder: str | Path, digest: str = "") -> RunModel:
    """Read a model that :func:`save_run_model` wrote, all of it checked by its hashes.

    Parameters
    ----------
    folder : path
    digest : str, optional
        The model that it must be (:func:`model_digest`); empty takes any.

    Raises
    ------
    InputError
        The folder is no model, is of another format, was changed or damaged.

    Examples
    --------
    >>> load_run_model("missing")
    Traceback (most recent call last):
    csatext.errors.InputError: 无法读取「missing」：不是模型文件夹；请给出 csatext fit 写出的文件夹。
    """
    folder = Path(folder)
    card = _card(folder)
    if digest and file_hash(folder / _CARD) != digest:
        raise InputError.unreadable(folder, "模型在运行中被换掉了", "请重新运行")
    for name, wanted in card["files"].items():
        path = folder / name
        if not path.is_file() or file_hash(path) != wanted:
            raise InputError.unreadable(folder, f"模型里的「{name}」缺了或被改动过", "请重新运行 csatext fit")
    parts: dict[str, Any] = {}
    for name, allowed in _ESTIMATORS.items():
        there = f"{name}.csatext" in card["files"]
        parts[name] = load(folder / f"{name}.csatext") if there else None
        if (not there and name not in _OPTIONAL) or (there and not isinstance(parts[name], allowed)):
            raise InputError.unreadable(folder, f"模型里没有可用的「{name}」", _WHAT_TO_DO)
    names = [name for name in card["files"] if name.startswith(f"{_TABLES}/")]
    try:
        tables = {Path(name).stem: pd.read_parquet(folder / name) for name in names}
    except (pa.ArrowException, OSError, ValueError) as error:
        raise InputError.unreadable(folder, "里面的表不是 Parquet，或已损坏", _WHAT_TO_DO) from error
    return RunModel(**parts, tables=tables, absent=card["absent"], card=_learnt_from(card))


def copy_run_model(source: Path, target: Path, digest: str) -> None:
    """Copy a model, all of it checked, in place of another; the same bytes, so that its digest stays.

    Raises
    ------
    InputError
        The source is no model, or is not the one with this digest.
    """
    load_run_model(source, digest)
    made = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        prepare_folder(made / _TABLES)
        for name in [*_card(source)["files"], _CARD]:
            write_whole(made / name, partial(shutil.copyfile, source / name))
        shutil.rmtree(target, ignore_errors=True)
        made.replace(target)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _card(folder: Path) -> dict[str, Any]:
    """Return ``model.json``, each name in it that of a file which a model can have."""
    try:
        card = json.loads(read_whole(folder / _CARD, _LARGEST, _WHAT_TO_DO))
        names = [str(name) for name in card["files"]]
        fits = isinstance(card["absent"], dict) and all(map(_is_ours, names))
    except (OSError, InputError) as error:
        raise InputError.unreadable(folder, "不是模型文件夹", _WHAT_TO_DO) from error
    except (ValueError, TypeError, KeyError, RecursionError, pa.ArrowInvalid) as error:
        raise InputError.unreadable(folder, "model.json 已损坏", _WHAT_TO_DO) from error
    if not fits:
        raise InputError.unreadable(folder, "model.json 里有不认识的文件", _WHAT_TO_DO)
    if card.get("format") != _FORMAT:
        raise InputError.unreadable(
            folder, f"格式版本是 {card.get('format')!r}", "请用这个版本的 csatext fit 重新拟合"
        )
    return dict(card)


def _is_ours(name: str) -> bool:
    """Return whether a name is one of a model's files: never outside its folder."""
    part, _, ending = name.removeprefix(f"{_TABLES}/").partition(".")
    if name.startswith(f"{_TABLES}/"):
        return ending == "parquet" and _TABLE.fullmatch(part) is not None
    return ending == "csatext" and part in _ESTIMATORS


def _learnt_from(card: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in card.items() if name not in ("format", "absent", "files")}
