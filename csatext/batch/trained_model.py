"""A trained classifier or topic model in the main job: read from disk, applied, and described."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from csatext.analysis.classification.complaint_classifier import ComplaintClassifier
from csatext.analysis.topics.topic_model import TopicModel
from csatext.errors import ConfigError
from csatext.persistence import load
from csatext.schema import conform
from csatext.schema.analysis import TRAINED_MODEL
from csatext.text.corpus import Corpus
from csatext.text.vectorization import Vectorizer, recounted

__all__ = ["applied_topics", "load_model", "model_answers", "model_table", "topic_answers", "topics_of"]


def load_model(path: str) -> ComplaintClassifier | TopicModel | Pipeline:
    """Return the trained classifier or topic model of a file that :func:`csatext.save` wrote.

    Parameters
    ----------
    path : str
        A fitted :class:`csatext.ComplaintClassifier` or :class:`csatext.TopicModel`, or a scikit-learn
        pipeline of a Vectorizer and one.

    Raises
    ------
    InputError
        The file cannot be read.
    ConfigError
        It holds something else, or a model that was not fitted.
    """
    model = load(path)
    last = _last(model)
    if not hasattr(last, "components_" if isinstance(last, TopicModel) else "scorer_"):
        raise ConfigError(
            f"模型「{path}」不是训练好的 ComplaintClassifier 或 TopicModel；请先 fit，"
            "再用 csatext.save 写出它，或写出 Pipeline([Vectorizer, ComplaintClassifier])。"
        )
    return model


def _last(model: Any) -> ComplaintClassifier | TopicModel | None:
    if isinstance(model, Pipeline):
        steps = [step for _, step in model.steps]
        if len(steps) != 2 or not isinstance(steps[0], Vectorizer):
            return None
        model = steps[1]
    return model if isinstance(model, (ComplaintClassifier, TopicModel)) else None


def topics_of(model: Any) -> TopicModel | None:
    """Return the topic model of what :func:`load_model` returned, None where it is a classifier."""
    last = _last(model)
    return last if isinstance(last, TopicModel) else None


def applied_topics(
    model: TopicModel | Pipeline, shown: Corpus, contacts: pd.DataFrame
) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """Return the topics of the contacts by a model that learns nothing new, and tables about it.

    Parameters
    ----------
    model : TopicModel or Pipeline
        From :func:`load_model`.
    shown : Corpus
        The contacts, counted by what says something; counted anew on the terms that the model knows.
    contacts : DataFrame
        The same contacts, which a pipeline segments by its own Vectorizer, with the phrases it knows.

    Returns
    -------
    answers : DataFrame
        Schema DOCUMENT_TOPICS.
    tables : dict of str to DataFrame
        ``topics`` as they were learnt, and ``topic_fit``.
    """
    counted, last = _counted_for(model, shown, contacts)
    return last.transform(counted), {"topics": last.topics_, "topic_fit": last.goodness_of_fit(counted)}


def topic_answers(model: TopicModel | Pipeline, shown: Corpus, contacts: pd.DataFrame) -> pd.DataFrame:
    """Return the topics of the contacts, without the tables of :func:`applied_topics`.

    Parameters
    ----------
    model, shown, contacts
        As there.
    """
    counted, last = _counted_for(model, shown, contacts)
    return last.transform(counted)


def _counted_for(
    model: TopicModel | Pipeline, shown: Corpus, contacts: pd.DataFrame
) -> tuple[Corpus, TopicModel]:
    """Return the contacts counted on the terms that a topic model knows, and the topic model."""
    if isinstance(model, Pipeline):
        shown, model = model[:-1].transform(contacts), model[-1]
    return recounted(shown, model.terms_), model


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
