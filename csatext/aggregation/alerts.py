"""Grouped early warnings with a controlled rate of false alarms; one incident gives one alert."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from csatext.aggregation.audit.audited_cells import refuse_audit
from csatext.aggregation.inputs.dimensions import free_dimensions
from csatext.aggregation.inputs.kpi_measures import kpi_named, unwatchable
from csatext.aggregation.panel.calendar import CalendarLike
from csatext.aggregation.panel.panel import Panel, labels, make_panel
from csatext.aggregation.panel.seasonal import calendar_season
from csatext.aggregation.prediction.surveillance import FEWEST, Exceedance, watch
from csatext.argument_types import check_simple_types
from csatext.errors import ParameterError
from csatext.schema import conform
from csatext.schema.time import ALERTS
from csatext.service.definitions import Definition

__all__ = ["alerts"]

# Periods in 30 days.
_MONTH = {"h": 720.0, "D": 30.0, "W": 30 / 7, "M": 1.0, "Q": 1 / 3, "Y": 1 / 12}

_UNITS = {"h": "小时", "D": "天", "W": "周", "M": "个月", "Q": "个季度", "Y": "年"}


@check_simple_types
def alerts(
    facts: pd.DataFrame,
    time: str = "created_at",
    freq: str = "D",
    by: str | Sequence[str] | None = None,
    measure: str | None = None,
    *,
    denominator: str | None = None,
    false_alarms: float = 1.0,
    min_count: float = 5,
    recent: int | None = 60,
    calendar: CalendarLike = "CN",
    count: str | None = None,
    start: object = None,
    end: object = None,
    audit: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return one row an incident: a series above its expectation under the baseline.

    Each period is judged with the data before it: level, weekday, holidays and promotions,
    overdispersion and serial correlation of each series, shrunken towards those of all; sums of 1, 2, 3
    and 7 days are tested, so that strong rises are seen within a day or two and weak ones within a
    week. ``benchmarks/alerts.py`` prints delays and false alarms on simulated series, beside those of
    a detector that knows the true mean and dispersion.

    Parameters
    ----------
    facts : DataFrame
        One row a contact, or any long table of counts with ``count``. Topics and new words: one row a
        document and topic (word), see the second example.
    time, freq, by, denominator, calendar, count, start, end
        As in :func:`csatext.aggregation.trend.trend`. A group that was never seen before counts as
        one whose level was near zero.
    measure : str, optional
        A flag: its rate is watched, the number of contacts with a known flag being given; with
        ``denominator`` a number of contacts out of it; the id of a KPI that is a rate or counts
        (:func:`csatext.kpi_definitions`): of one that ought to be high (首次解决率) the contacts without it
        are watched, so that a fall is the alert. None: the number of contacts is watched.
    false_alarms : float
        Promise: at most so many false alerts are expected in 100 series within 30 days. It sets the error
        rate ``alpha`` of one series and period, which ``attrs`` tells: 1 in days is 1 / 3,000.
    min_count : float
        Contacts (or flags) in a window below which nothing is an alert.
    recent : int, optional
        Incidents are reported that went on within so many last periods; None: all since the first
        period that can be judged (28 days, 14 days of hours, 12 weeks or months).
    audit : DataFrame, optional
        Refused, with what to use instead: tags of a sample are too few to correct single periods.

    Returns
    -------
    DataFrame
        Table ``alerts``, strongest evidence first. ``attrs``: ``n_series``, ``n_periods`` (judged),
        ``expected_false`` (false alerts expected in the table), ``alpha`` and, where the table is
        empty, ``reason``. REQUIREMENTS rows 80, 90.

    Raises
    ------
    ParameterError, SchemaError
        As ``trend``; a measure that is no flag or part of its denominator; ``false_alarms`` outside (0, 100];
        ``audit`` is given.

    Notes
    -----
    Negative binomial tails whose variance holds the uncertainty of level, season and dispersion, incidents of
    the past weighted down (Farrington et al. 1996; Noufaily et al. 2013).

    Examples
    --------
    >>> days = pd.date_range("2026-03-02", periods=45).repeat([10] * 42 + [40, 41, 39])
    >>> found = alerts(pd.DataFrame({"created_at": days}))
    >>> found[["start", "delay", "observed"]].astype(str).values.tolist()
    [['2026-04-13', '0', '120.0']]

    New words: one row a document and word it contains, words of several documents only.

    >>> days = pd.date_range("2026-03-02", periods=45).repeat(10)
    >>> documents = pd.DataFrame({"created_at": days, "token": [["物流", "慢", "物流"]] * 450})
    >>> documents.loc[430:, "token"] = pd.Series([["物流", "闪退"]] * 20, index=range(430, 450))
    >>> words = documents.explode("token").reset_index(names="doc_id").dropna(subset="token")
    >>> words = words.drop_duplicates(["doc_id", "token"])
    >>> common = words["token"].value_counts().loc[lambda seen: seen >= 20].index
    >>> words = words[words["token"].isin(common)]
    >>> alerts(words, by="token", start="2026-03-02")[["token", "detected_at"]].astype(str).values.tolist()
    [['闪退', '2026-04-14']]
    """
    refuse_audit("alerts", audit, "抽检的条数不够逐时段校正，预警看的是机器标签的变化")
    if not 0 < false_alarms <= 100:
        raise ParameterError.out_of_range(
            "false_alarms", false_alarms, "大于 0、不大于 100（每 100 个序列 30 天）"
        )
    if recent is not None and recent < 1:
        raise ParameterError.out_of_range("recent", recent, "至少 1 个时段，或 None（全部）")
    dimensions = free_dimensions(by, ALERTS)
    named = kpi_named(facts, measure) if denominator is None and count is None else None
    if named is not None and named.kind in ("mean", "ratio", "sum"):
        raise unwatchable(named, "预警")
    panel = make_panel(
        facts, time, freq, dimensions, measure, denominator=denominator, count=count, start=start, end=end
    )
    is_fall = named is not None and named.kind == "rate" and named.direction == "up"
    if is_fall:
        panel = replace(panel, numerator=panel.denominator - panel.numerator)
    if panel.kind in ("mean", "ratio"):
        raise ParameterError(
            f"参数 measure={measure!r} 不是真假列，也不是分母的一部分；预警只看数量或比率，"
            "请先把它变成真假列（如 低于 3 分），或用条数加 denominator。"
            f"如果「{measure}」是每行代表的条数，请写 count={measure!r}，不给 measure。"
        )
    exposure = np.ones(panel.n.shape) if panel.kind == "count" else panel.denominator
    if panel.kind != "count" and panel.is_late.any():
        # late data would look like a fall, or hide a rise
        exposure = np.where(panel.is_late, 0.0, exposure)
        panel = replace(panel, numerator=np.where(panel.is_late, 0.0, panel.numerator))
    alpha = min(false_alarms / 100 / _MONTH[panel.freq], 0.05)
    season = calendar_season(panel.starts, panel.freq, calendar)
    found, judged = watch(panel.numerator, exposure, season, panel.freq, alpha, min_count, recent)
    periods = len(panel.starts)
    if recent is not None:
        found = [incident for incident in found if incident.end >= periods - recent]
        judged = min(judged, recent)
    chances = judged * len(panel.groups)
    found.sort(key=lambda incident: (incident.p, -incident.observed + incident.expected, incident.group))
    frame = panel.groups.iloc[[incident.group for incident in found]].reset_index(drop=True)
    frame["rank"] = np.arange(1, len(found) + 1)
    for column, name in (("start", "start"), ("end", "end"), ("detected_at", "detected")):
        frame[column] = panel.starts[[getattr(incident, name) for incident in found]]
    frame["delay"] = [incident.detected - incident.start for incident in found]
    for name in ("is_open", "observed", "expected", "p"):
        frame[name] = [getattr(incident, name) for incident in found]
    frame["is_open"] = frame["is_open"].astype(bool)
    frame["ratio"] = frame["observed"] / frame["expected"]
    frame["expected_false"] = frame["p"].astype(float) * chances
    frame["message"] = pd.Series(
        [_message(panel, incident, named if is_fall else None) for incident in found], dtype="str"
    )
    frame.attrs = {
        **panel.notes,
        "n_series": len(panel.groups),
        "n_periods": judged,
        "alpha": alpha,
        "expected_false": alpha * chances,
    }
    if not found:
        frame.attrs["reason"] = _reason(panel, judged)
    return conform(frame, ALERTS, dimensions)


def _message(panel: Panel, incident: Exceedance, fallen: Definition | None) -> str:
    """Return one sentence: what rose (or fell), since when, by how much, and whether it is open."""
    names = [str(value) for value in panel.groups.iloc[incident.group]] if panel.groups.shape[1] else ["全部"]
    since, until = labels(panel.starts[[incident.start, incident.end]], panel.freq)
    more = incident.observed / incident.expected - 1
    what = "数量异常" if panel.kind == "count" else "比率异常"
    if fallen is not None:
        what = f"{fallen.name_zh}下降，未达到的"
    rise = f"多 {more:.0%}" if more < 9 else f"是预期的 {more + 1:.0f} 倍"
    delay = incident.detected - incident.start
    speed = "当期发现" if delay == 0 else f"{delay} {_UNITS[panel.freq]}后发现"
    state = "仍在持续" if incident.is_open else f"到 {until} 为止"
    return (
        f"「{'·'.join(names)}」自 {since} 起{what}：实际 {incident.observed:.0f} 条，"
        f"预期 {incident.expected:.1f} 条（{rise}），{speed}，{state}。"
    )


def _reason(panel: Panel, judged: int) -> str:
    """Return the reason why the table is empty."""
    if judged:
        return f"没有预警：检查了 {len(panel.groups)} 个序列、最近 {judged} 个时段，都在预期范围内。"
    return f"数据太短：至少需要 {FEWEST[panel.freq] + 1} 个时段，现有 {len(panel.starts)} 个。"
