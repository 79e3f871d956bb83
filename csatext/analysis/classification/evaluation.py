"""How good a classifier is: by category, by probability, by group, and by the number of labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from csatext.analysis.classification.annotation import LEVEL_MARK, Annotation, read_annotation
from csatext.analysis.classification.calibration import N_BINS, bin_of, calibration_error
from csatext.analysis.classification.model_selection import assign_folds
from csatext.errors import ParameterError, SchemaError
from csatext.inference import wilson
from csatext.labels import EMPTY, UNCLASSIFIED
from csatext.schema import conform
from csatext.schema.analysis import (
    CALIBRATION_CURVE,
    CLASS_SCORES,
    CONFUSION,
    COVERAGE_AT_PRECISION,
    EVALUATION,
    GROUP_SCORES,
    LEARNING_CURVE,
)
from csatext.text.corpus import Corpus

__all__ = ["evaluate_classifier"]

_LEVEL = 0.95
_PRECISIONS = (0.80, 0.85, 0.90, 0.95, 0.99)
_SHARES = (1 / 8, 1 / 4, 1 / 2, 1.0)
"""Of the annotated documents, points of the learning curve (chosen)."""
_DRAWS = 2
_MONTH = "month"


def evaluate_classifier(
    y_true: Any,
    result: pd.DataFrame,
    *,
    multilabel: bool = False,
    facts: pd.DataFrame | None = None,
    by: str | Sequence[str] | None = None,
    time: str = "created_at",
    model: Any = None,
    corpus: Corpus | None = None,
) -> dict[str, pd.DataFrame]:
    """Return how good answers are, as tables.

    Parameters
    ----------
    y_true : Series by doc_id, array-like or DataFrame
        Right categories in the forms that ``fit`` takes; documents without one do not count.
    result : DataFrame
        What :meth:`ComplaintClassifier.transform` returned, or probabilities with a column a category.
    multilabel : bool, default False
        Whether a document may have several categories; of probabilities those of at least .5.
    facts : DataFrame or None
        Metadata by doc_id, as index or column.
    by : str, sequence of str, or None
        Columns of ``facts`` to tell apart; None is ``channel`` if there is one. Months join where there is
        ``time``.
    time : str, default "created_at"
        Column of ``facts`` with moments.
    model, corpus : estimator and Corpus, or None
        Both together add a learning curve: ``model`` is fitted on parts of the corpus with ``y_true``.

    Returns
    -------
    dict of str to DataFrame
        ``evaluation`` (accuracy, F1, calibration error, share answered), ``class_scores``, ``confusion``,
        ``calibration_curve``, ``coverage_at_precision``; ``group_scores`` with ``facts``, ``learning_curve``
        with ``model``.

    Raises
    ------
    SchemaError
        ``y_true`` is of other documents, or a column is missing.
    ParameterError
        Nothing is annotated, or ``result`` is neither of the two tables.

    Notes
    -----
    Intervals at 95 %: Wilson (1927) of precision, recall and accuracy; the F1 of a category is
    ``2 J / (1 + J)`` of ``J = tp / (tp + fp + fn)``, whose Wilson interval is carried over; macro- and
    micro-F1 by the delta method over documents (Takahashi et al. 2022). Calibration error in ten bins of
    equal width (Guo et al. 2017). An answer that names the first level alone is right in
    ``precision_of_answered`` and the calibration where the right category stands below it; accuracy and F1
    ask for the category itself.

    Examples
    --------
    >>> result = pd.DataFrame(
    ...     {"complaint": ["物流", "退款", "退款"], "complaint_probability": [0.9, 0.8, 0.6]}
    ... )
    >>> tables = evaluate_classifier(["物流", "退款", "物流"], result)
    >>> tables["class_scores"][["complaint", "precision", "recall"]].values.tolist()
    [['物流', 1.0, 0.5], ['退款', 0.5, 1.0]]
    """
    if not isinstance(result, pd.DataFrame):
        raise ParameterError.wrong_type("result", result, "transform 的结果表，或每个类别一列的概率表")
    truth = read_annotation(result.index, y_true, multilabel, "y_true")
    if not truth.known.any():
        raise ParameterError("y_true 全是空值；请至少给一条联络的正确类别。")
    answers = _Answers(truth, result, multilabel)
    tables = {
        "evaluation": answers.summary(),
        "class_scores": answers.by_class(),
        "confusion": answers.confusion(),
        "calibration_curve": answers.calibration(),
        "coverage_at_precision": answers.coverage(),
    }
    if facts is not None:
        tables["group_scores"] = answers.by_group(_groups(facts, result.index, by, time))
    elif by is not None:
        raise ParameterError("给了 by 而没有给 facts；请用 facts=元数据表 给出这些列。")
    if model is not None:
        tables["learning_curve"] = _learning_curve(model, corpus, truth, result.index, multilabel)
    return tables


class _Answers:
    """Right and given categories of the annotated documents, over one set of categories."""

    def __init__(self, truth: Annotation, result: pd.DataFrame, multilabel: bool) -> None:
        given, self.confidence, review = _given(result, multilabel)
        names = sorted({*truth.classes.tolist(), *given.classes.tolist()}, key=str)
        classes = np.empty(len(names), object)
        classes[:] = names
        self.classes, self.known, self.exclusive = classes, truth.known, not multilabel
        self.truth = truth.widened(classes).indicator[truth.known]
        self.given = given.widened(classes).indicator[truth.known]
        self.confidence, self.answered = self.confidence[truth.known], ~review[truth.known]
        parents = result.attrs.get("parents", {})
        self.general, true = _with_parents(self.classes, self.truth, parents)
        self.right = ~(self.given & ~true).any(axis=1) & self.given.any(axis=1)
        if multilabel:
            self.exact = (self.given == self.truth).all(axis=1)
        else:
            self.exact = ~(self.given & ~self.truth).any(axis=1) & self.given.any(axis=1)

    def counts(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return, a category, the documents that have it, are given it, and both."""
        return self.truth.sum(axis=0), self.given.sum(axis=0), (self.truth & self.given).sum(axis=0)

    def summary(self) -> pd.DataFrame:
        n = len(self.truth)
        low, high = wilson([self.exact.sum()], [n], _LEVEL)
        rows = [("accuracy", self.exact.mean(), low[0], high[0], n)]
        for name, averaged in (("macro_f1", True), ("micro_f1", False)):
            value, error = _f1_with_error(
                self.truth[:, ~self.general], self.given[:, ~self.general], averaged
            )
            half = special.ndtri(0.5 + _LEVEL / 2) * error
            rows.append((name, value, max(value - half, 0.0), min(value + half, 1.0), n))
        scored = self.given.any(axis=1) & ~np.isnan(self.confidence)
        gap = calibration_error(self.confidence[scored], self.right[scored])
        rows.append(("expected_calibration_error", gap, np.nan, np.nan, int(scored.sum())))
        answered, right = int(self.answered.sum()), int(self.right[self.answered].sum())
        low, high = wilson([answered, right], [n, answered], _LEVEL)
        rows.append(("answered", answered / n, low[0], high[0], n))
        precision = right / answered if answered else np.nan
        rows.append(("precision_of_answered", precision, low[1], high[1], answered))
        return conform(pd.DataFrame(rows, columns=["metric", "value", "low", "high", "n"]), EVALUATION)

    def by_class(self) -> pd.DataFrame:
        n_true, n_given, hits = (counted[~self.general] for counted in self.counts())
        frame = pd.DataFrame(
            {
                "complaint": self.classes[~self.general],
                "n_true": n_true,
                "n_predicted": n_given,
                "n_right": hits,
            }
        )
        union = n_true + n_given - hits
        for name, total in (("precision", n_given), ("recall", n_true), ("f1", union)):
            value = _share(hits, total)
            low, high = wilson(hits, total, _LEVEL)
            if name == "f1":
                value, low, high = (2 * share / (1 + share) for share in (value, low, high))
            frame[name], frame[f"{name}_low"], frame[f"{name}_high"] = value, low, high
        return conform(frame, CLASS_SCORES)

    def confusion(self) -> pd.DataFrame:
        """Return pairs of right and given category; where several are allowed what is missing is (空)."""
        both, missed, extra = self.truth & self.given, self.truth & ~self.given, self.given & ~self.truth
        hit = np.flatnonzero(both.any(axis=0))
        rows = [(self.classes[k], self.classes[k], int(both[:, k].sum())) for k in hit]
        if self.exclusive:
            wrong = missed.T.astype(int) @ extra.astype(int)
            rows += [(self.classes[a], self.classes[b], int(wrong[a, b])) for a, b in np.argwhere(wrong)]
        else:
            rows += [(self.classes[k], EMPTY, int(n)) for k, n in enumerate(missed.sum(axis=0)) if n]
            rows += [(EMPTY, self.classes[k], int(n)) for k, n in enumerate(extra.sum(axis=0)) if n]
        frame = pd.DataFrame(rows, columns=["actual", "predicted", "n"])
        frame["share"] = frame["n"] / frame.groupby("actual")["n"].transform("sum")
        order = np.lexsort((-frame["n"], frame["actual"].astype(str)))
        return conform(frame.iloc[order].reset_index(drop=True), CONFUSION)

    def calibration(self) -> pd.DataFrame:
        scored = self.given.any(axis=1) & ~np.isnan(self.confidence)
        confidence, right = self.confidence[scored], self.right[scored]
        bins = bin_of(confidence)
        n = np.bincount(bins, minlength=N_BINS)
        hits = np.bincount(bins, right, minlength=N_BINS)
        low, high = wilson(hits, n, _LEVEL)
        frame = pd.DataFrame(
            {
                "bin": np.arange(N_BINS) + 1,
                "at_least": np.arange(N_BINS) / N_BINS,
                "n": n,
                "mean_probability": _share(np.bincount(bins, confidence, minlength=N_BINS), n),
                "accuracy": _share(hits, n),
                "low": low,
                "high": high,
            }
        )
        return conform(frame, CALIBRATION_CURVE)

    def coverage(self) -> pd.DataFrame:
        """Return the share answered, the surest first, up to the last at which precision is reached."""
        confidence = np.where(np.isnan(self.confidence), -1.0, self.confidence)
        order = np.argsort(-confidence, kind="stable")
        ranked = confidence[order]
        hits = np.cumsum(self.right[order])
        ends = np.flatnonzero(np.append(ranked[1:] < ranked[:-1], True)) + 1
        rows = []
        for precision in _PRECISIONS:
            reached = ends[(hits[ends - 1] / ends >= precision) & (ranked[ends - 1] >= 0)]
            n = int(reached[-1]) if len(reached) else 0
            right = int(hits[n - 1]) if n else 0
            low, high = wilson([right], [n], _LEVEL)
            least = ranked[n - 1] if n else np.nan
            rows.append((precision, least, n, n / len(ranked), right / n if n else np.nan, low[0], high[0]))
        names = [column.name for column in COVERAGE_AT_PRECISION.columns]
        return conform(pd.DataFrame(rows, columns=names), COVERAGE_AT_PRECISION)

    def by_group(self, groups: pd.DataFrame) -> pd.DataFrame:
        rows = []
        for dimension in groups.columns:
            codes, names = pd.factorize(groups[dimension][self.known], sort=True)
            for code, name in enumerate(names):
                mine = codes == code
                n, right = int(mine.sum()), int(self.exact[mine].sum())
                low, high = wilson([right], [n], _LEVEL)
                f1 = _f1_with_error(self.truth[mine], self.given[mine], True)[0]
                rows.append((dimension, str(name), n, right / n, low[0], high[0], f1))
        names = [column.name for column in GROUP_SCORES.columns]
        return conform(pd.DataFrame(rows, columns=names), GROUP_SCORES)


def _with_parents(
    classes: np.ndarray, truth: np.ndarray, parents: dict[str, str]
) -> tuple[np.ndarray, np.ndarray]:
    """Return which categories are first levels that only answers name, and the truth with these."""
    names = [str(label) for label in classes.tolist()]
    above = [parents.get(name, name.partition(LEVEL_MARK)[0].strip()) for name in names]
    general, true = np.zeros(len(names), bool), truth.copy()
    for at, name in enumerate(names):
        below = [child for child, head in enumerate(above) if head == name and child != at]
        if below and not truth[:, at].any():
            general[at] = True
            true[:, at] = truth[:, below].any(axis=1)
    return general, true


def _given(result: pd.DataFrame, multilabel: bool) -> tuple[Annotation, np.ndarray, np.ndarray]:
    """Return the categories of a result, how sure each document's is, and which a person should review."""
    n = len(result)
    if "complaint" in result.columns:
        complaint = result["complaint"]
        if multilabel:
            complaint = pd.Series(
                [[] if value == UNCLASSIFIED else value for value in complaint], result.index
            )
        given = read_annotation(result.index, complaint, multilabel, "result")
        confidence = result.get("complaint_probability", pd.Series(np.nan, result.index)).to_numpy(float)
        review = result.get("needs_review", pd.Series(False, result.index)).to_numpy(bool)
        return given, confidence, review
    numeric = len(result.columns) and all(pd.api.types.is_numeric_dtype(dtype) for dtype in result.dtypes)
    if not numeric:
        raise ParameterError.wrong_type("result", result, "有 complaint 列的结果表，或每个类别一列的概率表")
    probability = result.to_numpy(float)
    if not np.isfinite(probability).all() or probability.min(initial=0) < 0 or probability.max(initial=0) > 1:
        raise ParameterError("result 不是概率：有 0 到 1 以外的值或空值；请用 predict_proba 的结果。")
    classes = np.empty(len(result.columns), object)
    classes[:] = result.columns.tolist()
    indicator = probability >= 0.5
    if not multilabel:
        indicator = np.zeros(probability.shape, bool)
        indicator[np.arange(n), probability.argmax(axis=1)] = True
    least = np.where(indicator, probability, 2.0).min(axis=1, initial=2.0)
    confidence = np.where(least > 1, 0.0, least)
    return Annotation(classes, indicator, np.ones(n, bool)), confidence, np.zeros(n, bool)


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.asarray(np.where(whole > 0, part / np.maximum(whole, 1), np.nan))


def _f1_with_error(truth: np.ndarray, given: np.ndarray, averaged: bool) -> tuple[float, float]:
    """Return macro-F1 (or micro-F1) and its standard error by the delta method over documents."""
    hits, total = truth & given, truth.astype(int) + given.astype(int)
    if not averaged:
        hits, total = hits.sum(axis=1, keepdims=True), total.sum(axis=1, keepdims=True)
    weight = total.sum(axis=0)
    there = weight > 0
    if not there.any():
        return float("nan"), float("nan")
    hits, total, weight = hits[:, there], total[:, there], weight[there]
    f1 = 2 * hits.sum(axis=0) / weight
    influence = ((2 * hits - f1 * total) / weight).mean(axis=1)
    return float(f1.mean()), float(np.sqrt((influence**2).sum()))


def _groups(
    facts: pd.DataFrame, doc_ids: pd.Index, by: str | Sequence[str] | None, time: str
) -> pd.DataFrame:
    """Return the dimensions of each document and its month, missing values as (空)."""
    table = facts.set_index("doc_id") if "doc_id" in facts.columns else facts
    names = [by] if isinstance(by, str) else list(by if by is not None else {"channel"} & set(table.columns))
    for name in names:
        if name not in table.columns:
            raise SchemaError.missing_column("facts", name, table.columns)
    missing = int((~doc_ids.isin(table.index)).sum())
    if missing:
        raise SchemaError(f"facts 里没有 result 的 {missing} 条联络；请用同一批联络的元数据。")
    rows = table.loc[~table.index.duplicated()].reindex(doc_ids)
    groups = {name: rows[name].astype("str").fillna(EMPTY) for name in names}
    if time in rows.columns and pd.api.types.is_datetime64_any_dtype(rows[time]):
        groups[_MONTH] = rows[time].dt.strftime("%Y-%m").astype("str").fillna(EMPTY)
    if not groups:
        raise SchemaError.missing_column("facts", time, table.columns)
    return pd.DataFrame(groups)


def _learning_curve(
    model: Any, corpus: Corpus | None, truth: Annotation, doc_ids: pd.Index, multilabel: bool
) -> pd.DataFrame:
    """Return F1 on one fifth of the annotated documents, learnt from growing parts of the others.

    Parts not learnt from stay in the corpus without annotation, as they would be for the user.
    """
    if corpus is None or not corpus.doc_ids.equals(doc_ids):
        raise ParameterError("学习曲线需要 corpus=，并且它的 doc_id 要与 result 的一致（同样的顺序）。")
    annotated = np.flatnonzero(truth.known)
    texts = pd.factorize(corpus.texts)[0][annotated]
    folds = assign_folds(truth.indicator[annotated], texts, 5)
    test, others = annotated[folds == 0], annotated[folds != 0]
    rest = np.setdiff1d(np.arange(len(doc_ids)), test)
    rows = []
    for draw in range(_DRAWS):
        drawn = np.random.default_rng(draw).permutation(others)
        for share in _SHARES:
            learnt = drawn[: max(round(share * len(drawn)), 1)]
            labels = _as_labels(truth, learnt, rest, multilabel)
            if len({name for names in labels.dropna() for name in names}) < 2:
                continue
            given = labels if multilabel else labels.str[0]
            fitted = model.__class__(**model.get_params(deep=False)).fit(
                corpus[rest], given.set_axis(doc_ids[rest])
            )
            answers = _Answers(_part(truth, test), fitted.transform(corpus[test]), multilabel)
            f1 = _f1_with_error(answers.truth, answers.given, not multilabel)[0]
            rows.append((len(learnt), draw + 1, f1, float(answers.exact.mean()), len(test)))
    names = [column.name for column in LEARNING_CURVE.columns]
    return conform(
        pd.DataFrame(rows, columns=names).sort_values(names[:2], ignore_index=True), LEARNING_CURVE
    )


def _part(truth: Annotation, rows: np.ndarray) -> Annotation:
    return Annotation(truth.classes, truth.indicator[rows], truth.known[rows])


def _as_labels(truth: Annotation, learnt: np.ndarray, rest: np.ndarray, multilabel: bool) -> pd.Series:
    """Return lists of categories for the documents at ``rest``, none for those not in ``learnt``."""
    labels = pd.Series([None] * len(rest), dtype=object)
    chosen = np.isin(rest, learnt)
    for at in np.flatnonzero(chosen):
        labels.iat[at] = truth.classes[truth.indicator[rest[at]]].tolist()
    return labels
