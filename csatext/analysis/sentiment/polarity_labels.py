"""What people say of a text, as polarities: names, 1 and 0, stars, votes."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from csatext.analysis.classification.annotation import aligned_labels
from csatext.errors import ParameterError
from csatext.labels import EMPTY
from csatext.schema import conform
from csatext.schema.feelings import POLARITIES_READ

__all__ = ["POLARITIES", "SCALES", "PolarityLabels", "read_polarities"]

POLARITIES = ("negative", "neutral", "positive")
SCALES = ("auto", "names", "binary", "stars", "votes")
_NAMES = {
    name: polarity
    for polarity, names in enumerate(
        (
            "negative neg 负面 负向 负 负性 消极 差评 不满意 不满 贬义 贬 bad 负面情感 负面评价",
            "neutral neu 中性 中立 中 中评 一般 无 中性情感 中性评价",
            "positive pos 正面 正向 正 正性 积极 好评 满意 褒义 褒 good 正面情感 正面评价",
        )
    )
    for name in names.split()
}
"""Names that people give, by position in ``POLARITIES``."""
_YES = {"true": 1.0, "false": 0.0, "是": 1.0, "否": 0.0}
_MISSING = frozenset(("", "nan", "none", "<na>", "nat", "null", "na", "n/a"))
_FIVE_STARS = 5
_MIDDLES = {"binary": 0.5, "stars": 3, "votes": 0}


class PolarityLabels(NamedTuple):
    """Polarities by document.

    Attributes
    ----------
    polarity : ndarray of int64, shape (n_docs,)
        Position in ``POLARITIES``, -1 where nothing is given.
    vote : ndarray of float64, shape (n_docs,)
        Stars or votes as given, NaN without; all NaN for names, and for 1 and 0.
    table : DataFrame
        How values were read (schema POLARITIES_READ).
    """

    polarity: np.ndarray
    vote: np.ndarray
    table: pd.DataFrame


def read_polarities(doc_ids: pd.Index, labels: Any, read_as: str = "auto") -> PolarityLabels:
    """Return what people say of documents as polarities.

    Parameters
    ----------
    doc_ids : Index
        The documents.
    labels : Series by doc_id or array-like
        Names (positive, 负面, 好评 and the like), 1 and 0 or True and False, stars from 1 to 5, or votes
        around 0; missing and blank values are not annotated.
    read_as : {"auto", "names", "binary", "stars", "votes"}
        What the values are. ``binary``: 1 is positive, 0 negative. ``stars``: below 3 is negative, 3 neutral,
        above 3 positive. ``votes``: below 0 is negative, 0 neutral, above 0 positive. ``auto`` takes numbers
        for votes where one is below 0, for binary where all are 0 or 1, for stars where all lie from 1 to 5
        and one is above 1.

    Returns
    -------
    PolarityLabels

    Raises
    ------
    ParameterError
        A value cannot be read, or numbers fit no scale.
    SchemaError
        The labels do not belong to the documents.
    """
    if read_as not in SCALES:
        raise ParameterError.not_allowed("read_as", read_as, SCALES)
    given = pd.Series(aligned_labels(doc_ids, labels, "y_true"), dtype=object)
    values = given.map(_plain)
    known = values.notna().to_numpy()
    numbers = values.map(_number).astype("float64").to_numpy()
    numeric = ~np.isnan(numbers)
    named = values.map(lambda value: _NAMES.get(value, -1) if isinstance(value, str) else -1)
    named = np.where(numeric, -1, named.to_numpy(np.int64))
    strange = known & (named < 0) & (~numeric | (read_as == "names"))
    if strange.any():
        allowed = ["positive", "negative", "neutral", "正面", "负面", "中性", "1/0", "1 至 5 星"]
        raise ParameterError.not_allowed("y_true", given[strange].iloc[0], allowed)
    if numeric.any() and (named >= 0).any():
        raise ParameterError("y_true 里既有名称（如「正面」）又有数字；请先统一成一种，再评估。")
    if not numeric.any():
        shown = values.where(known, EMPTY).astype(str)
        return PolarityLabels(named, np.full(len(given), np.nan), _read(shown, named, "names"))
    found = _scale_of(numbers[numeric]) if read_as == "auto" else read_as
    if not _fits(numbers[numeric], found):
        raise ParameterError(f"y_true 的数字不都在 read_as='{found}' 的范围里；请检查，或换 read_as。")
    middle = _MIDDLES[found]
    polarity = np.full(len(given), -1)
    polarity[numeric] = 1 + np.sign(numbers[numeric] - middle).astype(np.int64)
    texts = ("0", "", "1") if found == "binary" else (f"低于 {middle}", f"{middle}", f"高于 {middle}")
    shown = pd.Series(np.array([*texts, EMPTY], object)[polarity])
    vote = np.full(len(given), np.nan) if found == "binary" else numbers
    return PolarityLabels(polarity, vote, _read(shown, polarity, found))


def _plain(value: Any) -> Any:
    """Return a value without blanks around it and in lower case, None where there is none."""
    if isinstance(value, str):
        value = value.strip().lower()
        return None if value in _MISSING else value
    return None if pd.isna(value) else value


def _number(value: Any) -> float:
    """Return a value as a number, NaN where it is none."""
    if value is None or (isinstance(value, str) and value in _NAMES):
        return np.nan
    if isinstance(value, str) and value in _YES:
        return _YES[value]
    try:
        return float(value)
    except (TypeError, ValueError):
        return np.nan


def _scale_of(numbers: np.ndarray) -> str:
    for scale in ("votes", "binary", "stars"):
        if _fits(numbers, scale) and (scale != "votes" or numbers.min() < 0):
            return scale
    raise ParameterError(
        f"看不出 y_true 的数字是哪种：最小 {numbers.min():g}，最大 {numbers.max():g}；"
        "请用 read_as='binary'（1 和 0）、'stars'（1 至 5 星）或 'votes'（以 0 为中性）说明。"
    )


def _fits(numbers: np.ndarray, scale: str) -> bool:
    if scale == "binary":
        return bool(np.isin(numbers, (0, 1)).all())
    if scale == "stars":
        return bool(numbers.min() >= 1 and numbers.max() <= _FIVE_STARS)
    return scale == "votes"


def _read(shown: pd.Series, polarity: np.ndarray, scale: str) -> pd.DataFrame:
    """Return what each value was read as, with its number of documents."""
    names = pd.Series(np.array([*POLARITIES, ""], object)[polarity])
    counts = (
        pd.DataFrame({"given": shown, "polarity": names}).value_counts(sort=False).rename("n").reset_index()
    )
    order = counts["polarity"].map({**{name: at for at, name in enumerate(POLARITIES)}, "": len(POLARITIES)})
    table = counts.iloc[np.lexsort((counts["given"], order))].assign(scale=scale).reset_index(drop=True)
    return conform(table, POLARITIES_READ)
