"""Surveys to measures: satisfied, promoter, detractor, invited, answered."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from csatext.argument_types import check_simple_types
from csatext.errors import ParameterError, SchemaError
from csatext.schema import conform, with_reason
from csatext.schema.service import SURVEY_MEASURES
from csatext.service.inputs.records import (
    Absent,
    as_flags,
    finished,
    flags,
    numbers,
    one_row_each,
    records_of,
    times_of,
)

__all__ = ["survey_measures"]

Array = npt.NDArray[np.float64]

_SHORT = {"invited": "survey_invited", "answered": "survey_answered", "commented": "survey_commented"}
_SCALES = {5: 4.0, 10: 8.0, 100: 80.0}
"""Greatest score of a scale, and the least that is satisfied (the two best of five, and the same part of
longer ones)."""


@check_simple_types
def survey_measures(
    surveys: pd.DataFrame,
    *,
    csat_scale: int | None = None,
) -> pd.DataFrame:
    """Return of each contact whether it was invited, answered, satisfied, a promoter or a detractor.

    Parameters
    ----------
    surveys : DataFrame
        One row a contact or survey: ``doc_id`` and what there is of ``csat``, ``nps`` (0 to 10),
        ``survey_invited`` (or ``invited``, ``invited_at``), ``survey_answered`` (``answered`` beside
        ``invited``), ``comment``. Left unchanged.
    csat_scale : {5, 10, 100}, optional
        Greatest score of ``csat``. Default: the least that holds all scores.

    Returns
    -------
    DataFrame
        Table ``survey_measures`` by ``doc_id``. ``attrs``: ``absent``, ``repairs``, ``scale``,
        ``satisfied_range`` (least and greatest share of satisfied that the silent ones allow: all of them
        dissatisfied, or satisfied). REQUIREMENTS rows 52 to 55, 109.

    Raises
    ------
    SchemaError
        Neither ``csat`` nor ``nps`` is there, or a column cannot be read.
    ParameterError
        An unknown scale.

    See Also
    --------
    csatext.aspect_performance : importance, performance and gap of single aspects.

    Notes
    -----
    NPS is the mean of ``promoter - detractor`` (9 and 10 against 0 to 6; Reichheld 2003), which has an
    interval and a trend as any mean: ``csatext.kpis(..., metrics=["nps"])``. Scores off the scale are
    unknown and counted. The range without assumptions about who stays silent: Manski (1989), Journal of Human
    Resources 24, 343-360.

    Examples
    --------
    >>> surveys = pd.DataFrame({"doc_id": ["1", "2", "3"], "csat": [5, 3, None], "nps": [9, 6, None]})
    >>> found = survey_measures(surveys.assign(survey_invited=True))
    >>> found["promoter"].tolist(), [round(end, 3) for end in found.attrs["satisfied_range"]]
    ([True, False, <NA>], [0.333, 0.667])
    """
    absent, repairs = Absent(), dict[str, int]()
    frame = one_row_each(records_of(surveys, "surveys"), "surveys", repairs)
    if "invited" in frame.columns:
        # without it, answered is a column of calls
        frame = frame.rename(columns={old: new for old, new in _SHORT.items() if new not in frame.columns})
    if not {"csat", "nps"} & {*frame.columns}:
        raise SchemaError(
            "表「surveys」没有 csat（满意度评分）也没有 nps（0–10 分推荐意愿）列；"
            '请先改名，例如 surveys.rename(columns={"评分": "csat"})。'
        )
    nothing = np.full(len(frame), np.nan)
    csat, nps, scale = nothing, nothing, None
    if absent.need(frame, ["csat", "satisfied"], "csat"):
        csat = numbers(frame, "csat")
        scale = _scale(csat, csat_scale)
        csat = _on_scale(csat, 0.0, float(scale), "满意度", repairs)
    if absent.need(frame, ["nps", "promoter", "detractor"], "nps"):
        nps = _on_scale(numbers(frame, "nps"), 0.0, 10.0, "推荐意愿", repairs)
    rated = ~np.isnan(csat) | ~np.isnan(nps)
    answered = (
        flags(frame, "survey_answered") if "survey_answered" in frame.columns else rated.astype("float64")
    )
    invited = _invited(frame, answered, absent, repairs)
    commented = nothing
    if "survey_commented" in frame.columns:
        commented = flags(frame, "survey_commented")
    elif absent.need(frame, ["survey_commented"], "comment"):
        text = frame["comment"].astype("str").str.strip()
        commented = (frame["comment"].notna() & (text != "")).to_numpy(dtype="float64")
    satisfied = nothing if scale is None else np.where(np.isnan(csat), np.nan, csat >= _SCALES[scale])
    columns = {
        "survey_invited": as_flags(invited), "survey_answered": as_flags(answered),
        "survey_commented": as_flags(commented), "csat": csat, "nps": nps, "satisfied": as_flags(satisfied),
        "promoter": as_flags(np.where(np.isnan(nps), np.nan, nps >= 9)),
        "detractor": as_flags(np.where(np.isnan(nps), np.nan, nps <= 6)),
    }  # fmt: skip
    result = finished(columns, frame["doc_id"], absent, repairs)
    result.attrs |= {"scale": scale, "satisfied_range": _range(satisfied, invited)}
    return with_reason(conform(result, SURVEY_MEASURES))


def _scale(scores: Array, given: int | None) -> int:
    if given is not None:
        if given not in _SCALES:
            raise ParameterError.not_allowed("csat_scale", given, list(_SCALES))
        return int(given)
    known = scores[~np.isnan(scores)]
    # as check does: a hundredth of slips of entry makes no longer scale
    high = float(np.quantile(known, 0.99)) if len(known) else 5.0
    return next((scale for scale in _SCALES if high <= scale), 100)


def _on_scale(scores: Array, low: float, high: float, name: str, repairs: dict[str, int]) -> Array:
    off = (scores < low) | (scores > high)
    repairs[f"{name}越界"] = int(off.sum())
    return np.where(off, np.nan, scores)


def _invited(frame: pd.DataFrame, answered: Array, absent: Absent, repairs: dict[str, int]) -> Array:
    """Return who was invited; who answered was."""
    if "survey_invited" in frame.columns:
        invited = flags(frame, "survey_invited")
    elif "invited_at" in frame.columns:
        invited = (~np.isnat(times_of(frame, "invited_at"))).astype("float64")
    else:
        absent["survey_invited"] = "survey_invited"
        return np.full(len(frame), np.nan)
    unasked = (answered == 1) & (invited == 0)
    repairs["没有邀请却有评价"] = int(unasked.sum())
    return np.where(unasked, 1.0, invited)


def _range(satisfied: Array, invited: Array) -> list[float] | None:
    """Return the least and greatest share of satisfied customers among the invited."""
    asked = invited == 1
    n = int(asked.sum())
    if not n or np.isnan(satisfied).all():
        return None
    known = asked & ~np.isnan(satisfied)
    yes = float(np.nansum(satisfied[known]))
    return [yes / n, (yes + n - int(known.sum())) / n]
