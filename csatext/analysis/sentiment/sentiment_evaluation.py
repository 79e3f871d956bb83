"""How well a sentiment score agrees with what people say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import special, stats

from csatext.analysis.classification.evaluation import evaluate_classifier
from csatext.analysis.sentiment.polarity_labels import POLARITIES, read_polarities
from csatext.errors import ParameterError, SchemaError
from csatext.inference import wilson
from csatext.schema import conform
from csatext.schema.feelings import LENGTH_SCORES, POLARITY_SCORES, POLARITY_SHARES, SENTIMENT_EVALUATION
from csatext.text.corpus import Corpus, checked_corpus

__all__ = ["evaluate_sentiment"]

_LEVEL = 0.95
_LENGTHS = (0, 10, 20, 50, 100, 200, 500)
"""Least length of each group of texts, in characters (chosen)."""
_LEAST_RANKED = 4
"""Documents below which a correlation has no interval."""
_NEGATIVE, _NEUTRAL, _POSITIVE = range(3)


def evaluate_sentiment(
    y_true: Any, result: pd.DataFrame, *, read_as: str = "auto", corpus: Corpus | None = None
) -> dict[str, pd.DataFrame]:
    """Return how well a sentiment score agrees with people, as tables.

    Parameters
    ----------
    y_true : Series by doc_id or array-like
        What people say: names (positive, 负面, 好评 and the like), 1 and 0 or True and False (1 is positive),
        stars from 1 to 5, or votes around 0; missing and blank values do not count.
    result : DataFrame
        What ``transform`` of :class:`csatext.Sentiment` or :class:`csatext.SnowNLPSentiment` returned:
        columns ``sentiment`` and ``polarity``, by doc_id; with ``confidence`` calibration is told.
    read_as : {"auto", "names", "binary", "stars", "votes"}, default "auto"
        What ``y_true`` is. Of numbers, one below 0 makes votes (0 is neutral), 0 and 1 alone are binary, 1
        to 5 are stars (3 is neutral). Table ``polarities_read`` says how each value was read.
    corpus : Corpus or None
        The documents: adds ``length_scores``.

    Returns
    -------
    dict of str to DataFrame
        ``evaluation``, ``polarity_scores``, ``polarity_shares``, ``confusion``, ``polarities_read``;
        ``calibration_curve`` where there is a confidence, ``length_scores`` with ``corpus``.

    Raises
    ------
    SchemaError
        ``y_true`` or ``corpus`` is of other documents, or ``result`` lacks a column.
    ParameterError
        Nothing is annotated, or a value of ``y_true`` cannot be read.

    Notes
    -----
    Intervals at 95 %. Accuracy, precision, recall and shares: Wilson (1927). Balanced accuracy is the mean
    recall of the polarities that occur, its variance the mean of theirs over their number. The area under
    the ROC curve is that of positive against negative documents, its variance after DeLong, DeLong and
    Clarke-Pearson (1988), "Comparing the areas under two or more correlated receiver operating
    characteristic curves". Spearman's correlation: Fisher's z with variance ``(1 + r^2 / 2) / (n - 3)``
    (Bonett and Wright 2000, "Sample size requirements for estimating Pearson, Kendall and Spearman
    correlations"). Calibration error in ten bins of equal width (Guo et al. 2017). A score that has a neutral
    answer for documents that people never call neutral loses accuracy by it: compare it with one that has
    none by ``sign_accuracy``, ``balanced_sign_accuracy`` and ``auc``.

    Examples
    --------
    >>> result = pd.DataFrame(
    ...     {"sentiment": [0.9, -0.2, -0.8, 0.1], "polarity": ["positive", "negative", "negative", "neutral"]}
    ... )
    >>> tables = evaluate_sentiment(["好评", "好评", "差评", None], result)
    >>> tables["evaluation"].set_index("metric")["value"][["balanced_accuracy", "auc"]].tolist()
    [0.75, 1.0]
    """
    _check(result)
    labels = read_polarities(result.index, y_true, read_as)
    known = labels.polarity >= 0
    if not known.any():
        raise ParameterError("y_true 全是空值；请至少给一条联络的情感。")
    truth = labels.polarity[known]
    score = result["sentiment"].to_numpy(float)[known]
    given = _positions(result["polarity"][known])
    confidence = result["confidence"] if "confidence" in result else pd.Series(np.nan, result.index)
    answers = pd.DataFrame({"complaint": result["polarity"], "complaint_probability": confidence})
    names = np.array([*POLARITIES, None], object)[labels.polarity]
    tables = evaluate_classifier(pd.Series(names, result.index, dtype=object), answers)
    rows = [*_figures(truth, given, score), *_spearman(labels.vote[known], score)]
    scores = tables["class_scores"].rename(columns={"complaint": "polarity"})
    occurring = scores.loc[scores["n_true"] > 0, "f1"]
    rows.append(("macro_f1", float(occurring.mean()), np.nan, np.nan, len(truth)))
    evaluation = pd.DataFrame(rows, columns=tables["evaluation"].columns)
    calibrated = bool(confidence[known].notna().any())
    if calibrated:
        gap = tables["evaluation"].query("metric == 'expected_calibration_error'")
        evaluation = pd.concat([evaluation, gap], ignore_index=True)
    made = {
        "evaluation": conform(evaluation, SENTIMENT_EVALUATION),
        "polarity_scores": conform(scores, POLARITY_SCORES),
        "polarity_shares": _shares(truth, given),
        "confusion": tables["confusion"],
        "polarities_read": labels.table,
    }
    if calibrated:
        made["calibration_curve"] = tables["calibration_curve"]
    if corpus is not None:
        made["length_scores"] = _by_length(checked_corpus(corpus), result, known, truth, given, score)
    return made


def _check(result: pd.DataFrame) -> None:
    if not isinstance(result, pd.DataFrame):
        raise ParameterError.wrong_type("result", result, "Sentiment().transform(corpus) 的结果表")
    for column in ("sentiment", "polarity"):
        if column not in result.columns:
            raise SchemaError.missing_column("result", column, result.columns)


def _positions(polarity: pd.Series) -> np.ndarray:
    found = polarity.map({name: at for at, name in enumerate(POLARITIES)})
    if found.isna().any():
        raise ParameterError.not_allowed("polarity", polarity[found.isna()].iloc[0], POLARITIES)
    return found.to_numpy(np.int64)


def _figures(
    truth: np.ndarray, given: np.ndarray, score: np.ndarray
) -> list[tuple[str, float, float, float, int]]:
    """Return rows of the evaluation: metric, value, low, high, documents."""
    clear = truth != _NEUTRAL
    sign = np.where(score > 0, _POSITIVE, np.where(score < 0, _NEGATIVE, _NEUTRAL))
    rows = []
    for prefix, right, of in (("", given == truth, truth), ("sign_", (sign == truth)[clear], truth[clear])):
        n = len(of)
        low, high = wilson([right.sum()], [n], _LEVEL)
        rows.append((f"{prefix}accuracy", right.mean() if n else np.nan, low[0], high[0], n))
        rows.append((f"balanced_{prefix}accuracy", *_balanced(right, of), n))
    rows.append(("auc", *_auc(score[truth == _POSITIVE], score[truth == _NEGATIVE]), int(clear.sum())))
    negative = float((truth == _NEGATIVE).mean())
    rows.append(("zero_point", float(np.quantile(score, negative)), np.nan, np.nan, len(truth)))
    return rows


def _balanced(right: np.ndarray, truth: np.ndarray) -> tuple[float, float, float]:
    """Return the mean recall over the polarities that occur, with its interval."""
    n = np.bincount(truth, minlength=len(POLARITIES))
    occurs = n > 0
    if not occurs.any():
        return np.nan, np.nan, np.nan
    recall = np.bincount(truth, right, minlength=len(POLARITIES))[occurs] / n[occurs]
    value = float(recall.mean())
    return (value, *_around(value, float(np.sqrt((recall * (1 - recall) / n[occurs]).sum()) / occurs.sum())))


def _around(value: float, error: float) -> tuple[float, float]:
    half = float(special.ndtri(0.5 + _LEVEL / 2)) * error
    return max(value - half, 0.0), min(value + half, 1.0)


def _auc(positive: np.ndarray, negative: np.ndarray) -> tuple[float, float, float]:
    """Return the probability that a positive document has the higher score, with DeLong's interval."""
    n, m = len(positive), len(negative)
    if not n or not m:
        return np.nan, np.nan, np.nan
    rank = stats.rankdata(np.concatenate((positive, negative)))
    above = (rank[:n] - stats.rankdata(positive)) / m
    below = 1 - (rank[n:] - stats.rankdata(negative)) / n
    value = float(above.mean())
    if min(n, m) == 1:
        return value, np.nan, np.nan
    return (value, *_around(value, float(np.sqrt(above.var(ddof=1) / n + below.var(ddof=1) / m))))


def _spearman(vote: np.ndarray, score: np.ndarray) -> list[tuple[str, float, float, float, int]]:
    """Return the rank correlation with votes or stars, nothing where there are none that differ."""
    held = ~np.isnan(vote)
    vote, score = vote[held], score[held]
    n = len(vote)
    if n < _LEAST_RANKED or np.ptp(vote) == 0 or np.ptp(score) == 0:
        return []
    value = float(stats.spearmanr(vote, score).statistic)
    half = special.ndtri(0.5 + _LEVEL / 2) * np.sqrt((1 + value**2 / 2) / (n - 3))
    inside = np.clip(value, -1 + 1e-12, 1 - 1e-12)
    low, high = np.tanh(np.arctanh(inside) - half), np.tanh(np.arctanh(inside) + half)
    return [("spearman", value, float(low), float(high), n)]


def _shares(truth: np.ndarray, given: np.ndarray) -> pd.DataFrame:
    n = len(truth)
    frame = pd.DataFrame({"polarity": POLARITIES})
    for name, values in (("true", truth), ("predicted", given)):
        count = np.bincount(values, minlength=len(POLARITIES))
        low, high = wilson(count, np.full(len(count), n), _LEVEL)
        frame[f"n_{name}"], frame[f"share_{name}"] = count, count / n
        frame[f"{name}_low"], frame[f"{name}_high"] = low, high
    return conform(frame.assign(difference=frame["share_predicted"] - frame["share_true"]), POLARITY_SHARES)


def _by_length(
    corpus: Corpus,
    result: pd.DataFrame,
    known: np.ndarray,
    truth: np.ndarray,
    given: np.ndarray,
    score: np.ndarray,
) -> pd.DataFrame:
    if not corpus.doc_ids.equals(result.index):
        raise SchemaError.foreign_index("corpus", int((~corpus.doc_ids.isin(result.index)).sum()))
    length = corpus.texts.str.len().fillna(0).to_numpy(np.int64)[known]
    group = np.searchsorted(_LENGTHS, length, side="right") - 1
    rows = []
    for at in np.unique(group):
        mine = group == at
        right, n = (truth == given)[mine], int(mine.sum())
        low, high = wilson([right.sum()], [n], _LEVEL)
        rows.append(
            {
                "at_least": _LENGTHS[at],
                "below": _LENGTHS[at + 1] if at + 1 < len(_LENGTHS) else None,
                "n": n,
                "accuracy": right.mean(),
                "low": low[0],
                "high": high[0],
                "balanced_accuracy": _balanced(right, truth[mine])[0],
                "share_negative_true": (truth[mine] == _NEGATIVE).mean(),
                "share_negative_predicted": (given[mine] == _NEGATIVE).mean(),
                "mean_absolute_score": np.abs(score[mine]).mean(),
            }
        )
    return conform(pd.DataFrame(rows).astype({"below": "Int64"}), LENGTH_SCORES)
