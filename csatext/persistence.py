"""Models as data: JSON and arrays in one zip file, scikit-learn estimators by skops; no code is stored."""

from __future__ import annotations

import datetime
import hashlib
import io
import json
import math
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import fields
from importlib import import_module
from os import PathLike
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline

import csatext
from csatext.analysis.aspects.aspect_sentiment import AspectSentiment
from csatext.analysis.classification.abstention import Promise
from csatext.analysis.classification.calibration import PlattScaling, Tempering
from csatext.analysis.classification.complaint_classifier import ComplaintClassifier
from csatext.analysis.classification.estimator_scores import EstimatorScores
from csatext.analysis.classification.features import FeatureSpace
from csatext.analysis.classification.label_thresholds import LabelThresholds
from csatext.analysis.classification.linear_scores import LinearScores, Settings
from csatext.analysis.conversations.satisfaction_model import SatisfactionModel
from csatext.analysis.keywords import KeywordExtractor
from csatext.analysis.kinds.contact_kind import ContactKind
from csatext.analysis.rules.rule_classifier import RuleClassifier
from csatext.analysis.sentiment.adaptation import Adaptation
from csatext.analysis.sentiment.character_runs import NgramWeights
from csatext.analysis.sentiment.score import Sentiment
from csatext.analysis.sentiment.snownlp_sentiment import SnowNLPSentiment
from csatext.analysis.signals.service_signals import ServiceSignals
from csatext.analysis.topics.topic_model import TopicModel
from csatext.argument_types import as_path
from csatext.atomic_files import write_bytes
from csatext.errors import InputError, ParameterError
from csatext.regular_files import check_regular
from csatext.taxonomy import Taxonomy
from csatext.text.cleaning import DEFAULT_STEPS
from csatext.text.tokenization.tokenizer import Tokenizer
from csatext.text.vectorization import Vectorizer

__all__ = ["load", "save"]

_FORMAT = 4
_DIGEST = "sha256"
_FITTED = re.compile("[a-z][a-z0-9_]*_")
_SMALL, _LARGEST = 64 << 20, 1 << 30
_MOST_PACKED = 100
"""How many times its size a file may unpack to: weights hardly shrink, a zip bomb grows a thousandfold."""
_DAMAGE = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    NotImplementedError,
    RuntimeError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What reading a damaged file raises; RuntimeError is raised for encrypted entries and deep nesting."""
_ESTIMATORS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        AspectSentiment,
        ContactKind,
        ComplaintClassifier,
        KeywordExtractor,
        Pipeline,
        RuleClassifier,
        SatisfactionModel,
        Sentiment,
        ServiceSignals,
        SnowNLPSentiment,
        TopicModel,
        Vectorizer,
    )
}
_RECORDS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        Adaptation,
        EstimatorScores,
        FeatureSpace,
        LabelThresholds,
        LinearScores,
        NgramWeights,
        PlattScaling,
        Promise,
        Settings,
        Tempering,
    )
}
"""Parts of a fitted classifier: their fields are data."""
_STEPS = {step.__name__ if hasattr(step, "__name__") else step.name: step for step in DEFAULT_STEPS}
# A key that opens pseudonyms must not travel with the model.
_SECRETS = ("pseudonymize",)
_PARTS = ("model.json", "arrays.npz", "model_card.json")
_WHAT_TO_DO = "请用 csatext.save 写出的文件"


def _skops() -> ModuleType:
    """Return skops, which takes half a second to load: most models hold no estimator that needs it."""
    return import_module("skops.io")


def save(estimator: Any, path: str | PathLike[str], *, date: str | datetime.date | None = None) -> Path:
    """Write a csatext estimator, or a pipeline of them, to one file.

    Parameters
    ----------
    estimator : estimator
        Fitted or not. A pseudonym key is left out: set it again after loading.
    path : path
        Replaced as a whole.
    date : date, "2026-05-01", or None
        Day that the model card bears. The card of a classifier stands in the file as ``model_card.json``
        and in its ``card_``: digest of the data, version of the taxonomy, held-out metrics.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    ParameterError
        The estimator is none of ours, or holds something that is not data, such as a function of the
        user's or a scikit-learn estimator that skops does not trust; or ``date`` is no date.

    Examples
    --------
    >>> import csatext as ct, tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = ct.save(ct.TopicModel(n_topics=7), pathlib.Path(folder) / "topics.csatext")
    ...     ct.load(path)
    TopicModel(n_topics=7)
    """
    path = as_path(path)
    arrays: dict[str, np.ndarray] = {}
    blobs: dict[str, bytes] = {}
    writer = _Writer(arrays, blobs, _iso(date))
    content = {"format": _FORMAT, "csatext": csatext.__version__, "model": writer.estimator(estimator)}
    card = json.dumps({"csatext": csatext.__version__, "models": writer.cards}, ensure_ascii=False, indent=1)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        packed = io.BytesIO()
        named: dict[str, Any] = arrays
        np.savez(packed, **named)
        files = {
            "model.json": json.dumps(content, ensure_ascii=False).encode(),
            "arrays.npz": packed.getvalue(),
            "model_card.json": card.encode(),
            **blobs,
        }
        for name, data in {**files, _DIGEST: _digest(files).encode()}.items():
            # A fixed time keeps the same model the same bytes.
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    write_bytes(buffer.getbuffer(), path)
    return path


def _iso(date: str | datetime.date | None) -> str | None:
    if date is None or isinstance(date, datetime.date):
        return None if date is None else date.isoformat()[:10]
    try:
        return datetime.date.fromisoformat(date).isoformat()
    except (TypeError, ValueError) as error:
        raise ParameterError.wrong_type("date", date, "日期，写作 2026-05-01") from error


def _digest(files: Mapping[str, bytes]) -> str:
    """Return the SHA-256 of all files of a model but the digest itself."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\0{len(files[name])}\0".encode())
        digest.update(files[name])
    return digest.hexdigest()


def load(path: str | PathLike[str]) -> Any:
    """Read what :func:`save` wrote.

    Parameters
    ----------
    path : path
        A file of :func:`save`.

    Returns
    -------
    estimator
        As it was saved, without a pseudonym key.

    Raises
    ------
    InputError
        The file is no saved model, was changed or damaged, is of another format, holds a type that is not
        allowed, or unpacks to more than 100 times its size.

    Examples
    --------
    >>> load("missing.csatext")
    Traceback (most recent call last):
    ...
    csatext.errors.InputError: 无法读取「missing.csatext」：No such file or directory；请检查路径和权限。
    """
    path = as_path(path)
    check_regular(path)
    try:
        files = _unpacked(path)
        content = json.loads(files["model.json"])
        if content["format"] != _FORMAT:
            raise InputError.unreadable(
                path, f"格式版本是 {content['format']!r}", "请换用写出它的 csatext 版本"
            )
        blobs = {name: data for name, data in files.items() if name not in _PARTS}
        reader = _Reader(path, _arrays(files["arrays.npz"]), blobs)
        estimator = reader.estimator(content["model"])
        if reader.has_unused():
            raise InputError.unreadable(path, "含有模型用不到的内容", _WHAT_TO_DO)
        return estimator
    except InputError:
        raise
    except OSError as error:
        raise InputError.unreadable(path, error.strerror or "读取出错", "请检查路径和权限") from error
    except _DAMAGE as error:
        raise InputError.unreadable(path, "不是 csatext 保存的模型，或已损坏", _WHAT_TO_DO) from error


def _unpacked(path: Path) -> dict[str, bytes]:
    """Return the files of a model, none of which was changed since it was saved.

    Raises
    ------
    InputError
        What is inside is too large for the file, or does not have the digest that was saved with it.
    """
    allowed = min(max(path.stat().st_size * _MOST_PACKED, _SMALL), _LARGEST)
    with zipfile.ZipFile(path) as archive:
        if sum(item.file_size for item in archive.infolist()) > allowed:
            raise InputError.unreadable(path, f"解压后超过 {allowed >> 20} MB", _WHAT_TO_DO)
        files: dict[str, bytes] = {}
        for item in archive.infolist():
            if item.filename in files:
                raise ValueError(item.filename)
            with archive.open(item) as packed:
                # The size in the directory of a zip file is only a claim.
                files[item.filename] = packed.read(item.file_size + 1)
    if files.pop(_DIGEST).decode("ascii") != _digest(files):
        raise InputError.unreadable(path, "内容被改动过或已损坏", _WHAT_TO_DO)
    return files


def _arrays(data: bytes) -> dict[str, np.ndarray]:
    """Return the arrays of an npz file; a header that claims more than there is would take memory first."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for item in archive.infolist():
            with archive.open(item) as file:
                major, _ = np.lib.format.read_magic(file)
                read = (
                    np.lib.format.read_array_header_1_0 if major == 1 else np.lib.format.read_array_header_2_0
                )
                shape, _, dtype = read(file)
                if math.prod(shape) * dtype.itemsize > item.file_size:
                    raise ValueError(item.filename)
    with np.load(io.BytesIO(data), allow_pickle=False) as packed:
        return dict(packed)


def _check_weights(classifier: ComplaintClassifier) -> None:
    """Raise ValueError where the parts of a classifier do not fit each other, or a weight is no number."""
    space, scorer = classifier.space_, classifier.scorer_
    n_classes = len(classifier.classes_)
    shapes = [
        (classifier.parents_, (n_classes,)),
        (space.word_idf, (len(classifier.terms_),)),
        (space.ngram_idf, (space.ngram_columns.size,)),
        (space.ngram_columns, (space.ngram_columns.size,)),
        (space.latent_columns, (len(space.latent_axes),)),
        (space.latent_axes, space.latent_axes.shape[:2]),
    ]
    if isinstance(scorer, LinearScores):
        shapes += [
            (scorer.weights, (n_classes, space.word_idf.size + space.ngram_columns.size)),
            (scorer.dense_weights, (n_classes, scorer.dense_weights.shape[-1])),
            (scorer.intercepts, (n_classes,)),
        ]
    for array, shape in shapes:
        if array.shape != shape or array.dtype.kind not in "fi" or not np.isfinite(array).all():
            raise ValueError(shape)


class _Writer:
    def __init__(self, arrays: dict[str, np.ndarray], blobs: dict[str, bytes], date: str | None) -> None:
        self._arrays = arrays
        self._blobs = blobs
        self._date = date
        self.cards: list[dict[str, Any]] = []

    def estimator(self, estimator: Any) -> dict[str, Any]:
        name = type(estimator).__name__
        if _ESTIMATORS.get(name) is not type(estimator):
            raise ParameterError.wrong_type("estimator", estimator, "、".join(_ESTIMATORS))
        parameters = {
            key: None if key in _SECRETS else self.value(value)
            for key, value in estimator.get_params(deep=False).items()
        }
        state = {
            key: value
            for key, value in vars(estimator).items()
            if key.endswith("_") and not key.startswith("_")
        }
        if "card_" in state:
            state["card_"] = {**state["card_"], "date": self._date or state["card_"].get("date")}
            self.cards.append(state["card_"])
        fitted = {key: self.value(value) for key, value in state.items()}
        return {"class": name, "parameters": parameters, "fitted": fitted}

    def value(self, value: Any) -> Any:
        if value is None or isinstance(value, bool | int | float | str):
            return value
        if isinstance(value, np.generic):
            return value.item()
        if isinstance(value, np.ndarray):
            return self._array(value)
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if isinstance(value, tuple):
            return {"tuple": [self.value(item) for item in value]}
        if isinstance(value, dict):
            return {"dict": [[self.value(key), self.value(item)] for key, item in value.items()]}
        if isinstance(value, pd.DataFrame):
            columns = {str(name): self._array(value[name].to_numpy()) for name in value.columns}
            return {"frame": columns, "dtypes": [str(dtype) for dtype in value.dtypes]}
        if isinstance(value, Tokenizer):
            return {"tokenizer": [list(value.terms), value.engine, value.hmm, value.quantities]}
        if isinstance(value, Taxonomy):
            return {"taxonomy": value.as_data()}
        if type(value) in _ESTIMATORS.values():
            return {"estimator": self.estimator(value)}
        if _RECORDS.get(type(value).__name__) is type(value):
            return {
                "record": [
                    type(value).__name__,
                    {field.name: self.value(getattr(value, field.name)) for field in fields(value)},
                ]
            }
        if isinstance(value, BaseEstimator):
            return self._foreign(value)
        step = getattr(value, "__name__", getattr(value, "name", None))
        if step in _STEPS and _STEPS[step] == value:
            return {"step": step}
        raise ParameterError(
            f"模型里有不能保存的内容：{value!r}；只能保存数据，请去掉自定义函数后再保存"
            "（embedding 请先 set_params(embedding=None)，载入后再设回）。"
        )

    def _array(self, array: np.ndarray) -> Any:
        if array.dtype == object or array.dtype.kind in "US":
            return {"objects": [self.value(item) for item in array.tolist()]}
        name = f"a{len(self._arrays)}"
        self._arrays[name] = array
        return {"array": name}

    def _foreign(self, estimator: BaseEstimator) -> dict[str, str]:
        data = _skops().dumps(estimator)
        untrusted = _skops().get_untrusted_types(data=data)
        if untrusted:
            raise ParameterError(
                f"分类器里有不能保存的内容：{'、'.join(untrusted)}；请换用 scikit-learn 自带的估计器。"
            )
        name = f"estimator{len(self._blobs)}.skops"
        self._blobs[name] = data
        return {"skops": name}


class _Reader:
    def __init__(self, path: Path, arrays: dict[str, np.ndarray], blobs: dict[str, bytes]) -> None:
        self._path = path
        self._arrays = arrays
        self._blobs = blobs
        self._used: set[str] = set()
        self._forms: dict[str, Callable[[Any], Any]] = {
            "objects": lambda items: np.array([self.value(item) for item in items] + [None], object)[:-1],
            "array": self._array,
            "tuple": lambda items: tuple(self.value(item) for item in items),
            "dict": lambda pairs: {self.value(key): self.value(item) for key, item in pairs},
            "tokenizer": lambda given: Tokenizer(
                given[0], lexicons=(), engine=given[1], hmm=given[2], quantities=given[3]
            ),
            "taxonomy": Taxonomy.from_data,
            "estimator": self.estimator,
            "record": self._record,
            "skops": self._foreign,
            "step": lambda name: _STEPS[name],
        }

    def estimator(self, content: dict[str, Any]) -> Any:
        name = content["class"]
        if name not in _ESTIMATORS:
            raise InputError.unreadable(self._path, f"含有不允许的类型「{name}」", _WHAT_TO_DO)
        estimator = _ESTIMATORS[name](
            **{key: self.value(item) for key, item in content["parameters"].items()}
        )
        for key, item in content["fitted"].items():
            if not _FITTED.fullmatch(key):
                raise InputError.unreadable(self._path, f"含有不认识的内容「{key}」", _WHAT_TO_DO)
            setattr(estimator, key, self.value(item))
        if isinstance(estimator, ComplaintClassifier) and hasattr(estimator, "scorer_"):
            _check_weights(estimator)
        return estimator

    def value(self, content: Any) -> Any:
        if isinstance(content, list):
            return [self.value(item) for item in content]
        if not isinstance(content, dict):
            return content
        if "frame" in content:
            columns = {name: self.value(item) for name, item in content["frame"].items()}
            frame = pd.DataFrame(columns)
            return frame.astype(dict(zip(frame.columns, content["dtypes"], strict=True)))
        form = next(iter(content), None)
        if form not in self._forms:
            raise InputError.unreadable(self._path, f"含有不认识的内容「{form}」", _WHAT_TO_DO)
        return self._forms[form](content[form])

    def has_unused(self) -> bool:
        """Return whether the file holds more than the estimator refers to."""
        return self._used != self._arrays.keys() | self._blobs.keys()

    def _array(self, name: str) -> np.ndarray:
        self._used.add(name)
        return self._arrays[name]

    def _record(self, content: list[Any]) -> Any:
        name, given = content
        if name not in _RECORDS:
            raise InputError.unreadable(self._path, f"含有不允许的类型「{name}」", _WHAT_TO_DO)
        return _RECORDS[name](**{key: self.value(item) for key, item in given.items()})

    def _foreign(self, name: str) -> Any:
        self._used.add(name)
        data = self._blobs[name]
        untrusted = _skops().get_untrusted_types(data=data)
        if untrusted:
            raise InputError.unreadable(
                self._path, f"含有不允许的类型「{'、'.join(untrusted)}」", _WHAT_TO_DO
            )
        return _skops().loads(data, trusted=[])
