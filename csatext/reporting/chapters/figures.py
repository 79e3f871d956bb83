"""Statistics of the facts that the chapters need and no table holds, computed by aggregation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from csatext.aggregation.breakdown import Overview, overview
from csatext.aggregation.episodes import episode_courses
from csatext.aggregation.trend import LatestChange, latest_change

__all__ = ["Figures", "read_figures"]

_BASELINE_PERIODS = 4


@dataclass(frozen=True)
class Figures:
    """Numbers of all facts: chapters receive these, tables and words, and no facts.

    Attributes
    ----------
    overview : Overview
    latest : LatestChange or None
        None where there are too few complete periods.
    courses : DataFrame
        Rate of each episode's cell in every period; empty without episodes.
    measure : str
        The flag that is broken down.
    """

    overview: Overview
    latest: LatestChange | None
    courses: pd.DataFrame
    measure: str


def read_figures(
    facts: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame],
    measure: str,
    history: pd.DataFrame | None = None,
) -> Figures:
    """Return the figures that go with some tables.

    Parameters
    ----------
    facts : DataFrame
    tables : mapping of str to DataFrame
        By their names, as :func:`csatext.reporting.standard_tables.standard_tables` gives them.
    measure : str
        The flag that is broken down.
    history : DataFrame, optional
        The facts with those before them, for the course of episodes; None: there are none before.
    """
    total, causes, found = (tables.get(name) for name in ("trend_total", "root_causes", "episodes"))
    attrs = {} if causes is None else causes.attrs
    back = int(attrs.get("baseline_periods", _BASELINE_PERIODS))
    courses = pd.DataFrame()
    if causes is not None and found is not None and len(found):
        periods = attrs["periods"] if total is None else total.loc[total["is_complete"], "label"].tolist()
        courses = episode_courses(
            facts if history is None else history, found, periods, measure, attrs["freq"]
        )
    latest = None if total is None else latest_change(total, back)
    return Figures(overview(facts, measure), latest, courses, measure)
