"""Season of forecasts: each month or quarter of the year has an effect of its own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from csatext.aggregation.calendar import CalendarLike
from csatext.aggregation.panel.panel import CYCLES
from csatext.aggregation.panel.seasonal import Season, calendar_season

__all__ = ["forecast_season"]

# Standard deviation of a month's effect before the data speak (ours), as for the waves it stands for,
# and the part of the calendar's prior that is left beside: two years can hardly tell a festival that
# wanders between two months from the months themselves.
_SCALE = 0.3
_CALENDAR_PART = 0.4
# Columns of shares of working days, holidays and promotions that a longer period's season ends with.
_SHARES = 4


def forecast_season(starts: pd.DatetimeIndex, freq: str, calendar: CalendarLike, known: int) -> Season:
    """Return the regressors of :func:`csatext.aggregation.panel.seasonal.calendar_season` for forecasts.

    With two years of months or quarters the smooth wave through the year gives way to one effect for
    each month (quarter), in the first columns: contracts end and bills come in single months.

    Parameters
    ----------
    starts : DatetimeIndex
        Periods of the past and those ahead.
    freq, calendar
        As in :func:`csatext.aggregation.trend.trend`.
    known : int
        Periods of the past.
    """
    season = calendar_season(starts, freq, calendar)
    if freq not in ("M", "Q") or known < 2 * CYCLES[freq]:
        return season
    cycle = CYCLES[freq]
    position = starts.month.to_numpy() - 1 if freq == "M" else starts.quarter.to_numpy() - 1
    features = np.hstack([np.eye(cycle)[position], season.features[:, -_SHARES:]])
    scale = np.append(np.full(cycle, _SCALE), _CALENDAR_PART * season.scale[-_SHARES:])
    centre = np.append(np.zeros(cycle), season.centre[-_SHARES:])
    return replace(season, features=features, literal=features, scale=scale, centre=centre)
