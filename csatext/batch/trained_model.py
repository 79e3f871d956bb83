"""A trained classifier in the main job: read from disk, applied, and described for the report."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from csatext.analysis.classification.complaint_classifier import ComplaintClassifier
from csatext.errors import ConfigError
from csatext.persistence import load
from csatext.schema import conform
from csatext.schema.analysis import TRAINED_MODEL
from csatext.text.corpus import Corpus
from csatext.text.vectorization import Vectorizer, recounted

__all__ = ["load_model", "model_answers", "model_table"]


def load_model(path: str) -> ComplaintClassifier | Pipeline:
    """Return the trained classifier of a file that :func:`csatext.save` wrote.

    Parameters
    ----------
    path : str
        A fitted :class:`csatext.ComplaintClassifier`, or a scikit-learn pipeline of a Vectorizer and one.

    Raises
    ------
    InputError
        The file cannot be read.
    ConfigError
        It holds something else, or a classifier that was not fitted.
    """
    model = load(path)
    classifier = _classifier(model)
    if classifier is None or not hasattr(classifier, "scorer_"):
        raise ConfigError(
            f"模型「{path}」不是训练好的 ComplaintClassifier；请先 fit，"
            "再用 csatext.save 写出它，或写出 Pipeline([Vectorizer, ComplaintClassifier])。"
        )
    return model


def _classifier(model: Any) -> ComplaintClassifier | None:
    if isinstance(model, Pipeline):
        steps = [step for _, step in model.steps]
        if len(steps) != 2 or not isinstance(steps[0], Vectorizer):
            return None
        model = steps[1]
    return model if isinstance(model, ComplaintClassifier) else None


def model_answers(
    model: ComplaintClassifier | Pipeline, corpus: Corpus, contacts: pd.DataFrame
) -> pd.DataFrame:
    """Return the answers of a trained classifier, categories as text (schema COMPLAINTS).

    Parameters
    ----------
    model : ComplaintClassifier or Pipeline
        From :func:`load_model`.
    corpus : Corpus
        The contacts; counted anew on the terms that the classifier knows.
    contacts : DataFrame
        The same contacts, which a pipeline segments by its own Vectorizer.
    """
    if isinstance(model, Pipeline):
        corpus = model[:-1].transform(contacts)
        model = model[-1]
    answers = model.transform(recounted(corpus, model.terms_))
    return answers.assign(complaint=answers["complaint"].astype("str"))


def model_table(model: ComplaintClassifier | Pipeline) -> pd.DataFrame:
    """Return what the answers rest on, from the model card (schema TRAINED_MODEL)."""
    card = (model[-1] if isinstance(model, Pipeline) else model).card_
    metrics, promise = card["metrics"], card["promise"] or {}
    row = {
        "n_human": card["n_human"],
        "n_weak": card["n_weak"],
        "n_categories": len(card["classes"]),
        "f1": metrics.get("macro_f1", metrics.get("micro_f1")),
        "accuracy": metrics["accuracy"],
        "calibration_error": metrics["expected_calibration_error"],
        "promised_precision": promise.get("precision", np.nan),
        "n_answered": promise.get("n_answered"),
        "n_right": promise.get("n_right"),
        "n_needed": promise.get("n_needed"),
        "data_sha256": card["data_sha256"],
    }
    return conform(pd.DataFrame([row]), TRAINED_MODEL)
