"""Rates of machine labels corrected by a tagged sample, with intervals that hold the truth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from csatext.aggregation.audit.adjudication import (
    HumanLabels,
    adjudicate,
    labels_are_flags,
    machine_labels,
)
from csatext.aggregation.audit.prediction_powered import (
    Array,
    Codes,
    Population,
    Rates,
    Sample,
    estimate_rates,
    share_interval,
)
from csatext.aggregation.inputs.arguments import check_columns
from csatext.aggregation.inputs.dimensions import distinct_combinations, encode_dimension, free_dimensions
from csatext.aggregation.panel.panel import as_freq, labels
from csatext.aggregation.panel.period_length import check_width
from csatext.aggregation.statistics.intervals import divide, shrink
from csatext.argument_types import check_simple_types
from csatext.dates.period_names import read_times
from csatext.errors import ParameterError, SchemaError
from csatext.inference import benjamini_hochberg, check_level, wilson
from csatext.labels import cell_name
from csatext.schema import conform
from csatext.schema.audit import AUDITED_RATES

__all__ = ["audited_rates"]

_ENOUGH = 30
"""Tags from which on a cell has a correction of its own (chosen, as a cell of fewer rows is small in every
other table)."""
_LEAST = 10
"""Tags of all contacts below which nothing is corrected (chosen)."""
_SIBLINGS = 3
"""Cells with a correction of their own from which it can be seen how much corrections differ (chosen)."""


@check_simple_types
def audited_rates(
    facts: pd.DataFrame,
    tags: pd.DataFrame,
    measure: str,
    *,
    by: str | Sequence[str] | None = None,
    time: str | None = None,
    freq: str | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return the rates of a machine's labels, corrected by what people said of a sample.

    Parameters
    ----------
    facts : DataFrame
        One row a contact with ``doc_id`` (a column or the index) and the machine's label. Rows without one
        are left out and counted in ``attrs["n_missing"]``.
    tags : DataFrame
        What people said: ``doc_id``, ``inclusion_probability``, and a column named as the measure; of several
        annotators (``annotator``) the tag of 裁定 holds, else that of most, and where they are divided the
        contact counts by shares. ``stratum`` is used where it is there, else contacts of equal probability
        make a stratum. Tags of contacts that are not in ``facts`` are left out
        (``attrs["n_outside"]``).
    measure : str
        A flag, or a category (text).
    by : str or list of str, optional
        Dimensions; a missing value is ``(空)``.
    time : str, optional
        Column of times; rows without one are left out (``attrs["n_missing_time"]``).
    freq : {"h", "D", "W", "M", "Q", "Y"}, optional
        Length of a period; weeks where only ``time`` is given, and ``created_at`` where only ``freq`` is.
    level : float, default 0.95
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        Table ``audited_rates``: the dimensions; ``period`` and ``label`` with a time; ``category`` where the
        measure is one, a row a cell and category, largest rates first; then n, n_tagged, raw_rate, rate, low,
        high, bias, q_bias, precision and recall with intervals, correction and corrected_by. A cell with
        fewer than 30 tags borrows the correction of the next larger cell with 30: without the period, then
        without the last dimension, and so on; of all contacts where 10 are tagged. ``attrs``: measure,
        level, n_tagged, n_missing, n_missing_time, n_outside, n_divided.

    Raises
    ------
    ParameterError, SchemaError
        A column is missing or of the wrong type, inclusion probabilities are missing or outside 0 to 1,
        contacts repeat in ``facts``, or no tag is of a contact in ``facts``.

    See Also
    --------
    csatext.sample_for_tagging : draws the sample.
    csatext.tag_budget : how many tags an interval costs.

    Notes
    -----
    The estimate is prediction-powered (Angelopoulos et al. 2023, Science 382, 669-674; with the tuned
    weight of Angelopoulos, Duchi and Zrnic 2023, arXiv 2311.01453) and design-based: it is right for any
    sample with known inclusion probabilities and whatever the machine does; see
    :func:`csatext.aggregation.audit.prediction_powered.estimate_rates` for the intervals. Rates of categories
    are corrected one by one and need not add up to 1 exactly. A borrowed correction assumes that the machine
    errs alike in the cell and in the larger one; its interval has a term for how much the corrections of
    other cells differ (DerSimonian and Laird 1986), where three of them show it.

    ``q_bias`` corrects McNemar's test (1947) over all rows (Benjamini and Hochberg 1995).

    Examples
    --------
    >>> facts = pd.DataFrame({"doc_id": range(1000), "urgent": [True, False, False, False] * 250})
    >>> tags = pd.DataFrame({"doc_id": range(0, 1000, 5), "inclusion_probability": 0.2})
    >>> tags["urgent"] = (tags["doc_id"] % 20 == 0) | (tags["doc_id"] % 40 == 15)
    >>> audited_rates(facts, tags, "urgent")[["n", "n_tagged", "raw_rate", "rate", "bias"]].round(3)
          n  n_tagged  raw_rate   rate   bias
    0  1000       200      0.25  0.375 -0.125
    """
    check_level(level)
    is_flag = labels_are_flags(facts, measure)
    dimensions = free_dimensions(by, AUDITED_RATES)
    check_columns(facts, dimensions, "by")
    if time is None and freq is not None:
        time = "created_at"
    taken = {"period", "label"} if time is not None else set()
    taken |= set() if is_flag else {"category"}
    clash = sorted(taken & {*dimensions})
    if clash:
        raise ParameterError.reserved_columns("by", clash, AUDITED_RATES.name)
    human = adjudicate(tags, measure, flag=is_flag)
    grid = _Grid.of(facts, measure, dimensions, time, freq or "W")
    rows = _rows_of(human.doc_id, grid.doc_id)
    audit = _Audit(grid, human, rows, *machine_labels(facts.iloc[grid.rows], measure, flag=is_flag), level)
    parts = [audit.table(one) for one in _categories(is_flag, audit)] or [audit.table("").head(0)]
    table = pd.concat(parts, ignore_index=True)
    table["q_bias"] = benjamini_hochberg(table.pop("p"))
    places = [*dimensions, *(["period", "label"] if time is not None else [])]
    if not is_flag:
        places.append("category")
        table = table.sort_values("rate", ascending=False, kind="stable", na_position="last")
        table = table.sort_values("cell", kind="stable").reset_index(drop=True)
    table.attrs = {
        "measure": measure, "level": level, "n_tagged": int((rows >= 0).sum()),
        "n_missing": grid.n_missing, "n_missing_time": grid.n_missing_time,
        "n_outside": int((rows < 0).sum()) + human.n_nameless, "n_divided": human.n_divided,
    }  # fmt: skip
    return conform(table, AUDITED_RATES, places)


class _Grid(NamedTuple):
    """The cells of the table at each level of joining, from the finest to all contacts."""

    doc_id: pd.Index
    rows: npt.NDArray[np.int64]
    codes: list[Codes]
    cells: list[pd.DataFrame]
    dimensions: list[str]
    n_missing: int
    n_missing_time: int

    @classmethod
    def of(
        cls, facts: pd.DataFrame, measure: str, dimensions: list[str], time: str | None, freq: str
    ) -> _Grid:
        """Return the cells of the contacts that have a label and, where one is asked for, a time."""
        if "doc_id" in facts.columns:
            ids = pd.Index(facts["doc_id"].astype("str"))
        elif facts.index.name == "doc_id":
            ids = pd.Index(facts.index.astype("str"))
        else:
            raise SchemaError.missing_column("facts", "doc_id", facts.columns)
        if not ids.is_unique:
            raise SchemaError.duplicate_key("facts", ["doc_id"], int(ids.duplicated().sum()))
        known = facts[measure].notna().to_numpy()
        parts = [(encode_dimension(facts[name]), name) for name in dimensions]
        encoded = [(codes, pd.Index(values)) for (codes, values), _ in parts]
        names = list(dimensions)
        dated = np.ones(len(facts), dtype=bool)
        if time is not None:
            check_columns(facts, [time], "time")
            code = as_freq(freq)
            check_width(facts[time], time, code)
            times = read_times(facts[time], time)
            dated = times.notna().to_numpy()
            unit = (
                times.dt.floor("h")
                if code == "h"
                else (times.dt.to_period({"W": "W-SUN"}.get(code, code)).dt.start_time)
            )
            period, starts = pd.factorize(unit.astype("datetime64[us]"), sort=True)
            encoded.append((np.maximum(period, 0), pd.Index(starts)))
            names.append("period")
        rows = np.flatnonzero(known & dated)
        codes, cells = [], []
        for depth in range(len(names), -1, -1):
            if depth == 0:
                codes.append(np.zeros(len(rows), dtype=np.int64))
                cells.append(pd.DataFrame(index=pd.RangeIndex(1)))
                continue
            stacked = np.stack([part[rows] for part, _ in encoded[:depth]])
            first, cell = distinct_combinations(stacked, [len(values) for _, values in encoded[:depth]])
            codes.append(cell.astype(np.int64))
            cells.append(
                pd.DataFrame(
                    {
                        name: values[stacked[place, first]]
                        for place, (name, (_, values)) in enumerate(
                            zip(names[:depth], encoded[:depth], strict=True)
                        )
                    }
                )
            )
        if time is not None:
            for frame in cells:
                if "period" in frame:
                    frame["label"] = labels(pd.DatetimeIndex(frame["period"]), code)
        missing = int((~known).sum())
        return cls(ids[rows], rows, codes, cells, dimensions, missing, int((known & ~dated).sum()))

    def names(self, depth: int, cells: Codes) -> npt.NDArray[np.object_]:
        """Return what cells are called in Chinese; each that occurs is named once."""
        occurring, place = np.unique(cells, return_inverse=True)
        rows = self.cells[depth].iloc[occurring]
        dimensions = [name for name in self.dimensions if name in rows]
        said = [cell_name(row, dimensions) for row in rows.to_dict("records")]
        if "label" in rows:
            periods = rows["label"].astype("str")
            said = (
                [f"{one}，{at}" for one, at in zip(said, periods, strict=True)] if dimensions else [*periods]
            )
        return np.array(said, dtype=object)[place]


def _rows_of(tagged: pd.Index, contacts: pd.Index) -> npt.NDArray[np.int64]:
    """Return the position of each tagged contact, -1 where it is not there."""
    rows = contacts.get_indexer(tagged)
    if len(tagged) and len(contacts) and (rows < 0).all():
        raise SchemaError(
            f"tags 的 {len(tagged)} 个 doc_id 没有一个在 facts 里（或 facts 里没有机器标签）；"
            f"请检查编号是否同一套，例如 tags 里是「{tagged[0]}」。"
        )
    return rows


@dataclass(frozen=True)
class _Audit:
    """Contacts of a table, their machine labels and the tags of people."""

    grid: _Grid
    human: HumanLabels
    rows: npt.NDArray[np.int64]
    machine: Codes
    labels: pd.Index
    level: float

    def sample(self, label: object, flagged: Array, depth: int) -> Sample:
        """Return the tags with the cells of a level of joining."""
        used = self.rows >= 0
        at = self.rows[used]
        return Sample(
            self.grid.codes[depth][at],
            self.human.stratum[used],
            self.human.weight[used],
            self.human.share_of(label)[used],
            flagged[at],
        )

    def population(self, sample: Sample, flagged: Array, depth: int) -> Population:
        """Return what the machine says of the contacts that are not tagged."""
        size = len(self.grid.cells[depth])
        n = np.bincount(self.grid.codes[depth], minlength=size).astype("float64")
        hits = np.bincount(self.grid.codes[depth], flagged, minlength=size).astype("float64")
        tagged_hits = np.bincount(sample.cell, sample.machine, minlength=size).astype("float64")
        return Population(n - np.bincount(sample.cell, minlength=size), hits - tagged_hits)

    def table(self, label: object) -> pd.DataFrame:
        """Return the rows of a flag or category, every cell once."""
        flagged = (self.machine == self.labels.get_indexer([label])[0]).astype("float64")
        grid = self.grid
        size = len(grid.cells[0])
        n = np.bincount(grid.codes[0], minlength=size)
        raw = divide(np.bincount(grid.codes[0], flagged, minlength=size), n)
        sample = self.sample(label, flagged, 0)
        own = estimate_rates(sample, self.population(sample, flagged, 0), self.level)
        rate, low, high, p = own.rate.copy(), own.low.copy(), own.high.copy(), own.p_bias.copy()
        few = own.n_tagged < (_ENOUGH if len(grid.cells) > 1 else _LEAST)
        correction = np.where(few, "none", "own").astype(object)
        by_whom = np.full(size, f"抽检不足 {_LEAST} 条，无法校正", dtype=object)
        by_whom[~few] = grid.names(0, np.flatnonzero(~few))
        rate[few] = low[few] = high[few] = p[few] = np.nan
        for depth in range(1, len(grid.cells)):
            waiting = np.flatnonzero(correction == "none")
            if not len(waiting):
                break
            larger = self.sample(label, flagged, depth)
            found = estimate_rates(larger, self.population(larger, flagged, depth), self.level)
            parent = np.zeros(size, dtype=np.int64)
            parent[grid.codes[0]] = grid.codes[depth]
            enough = _ENOUGH if depth < len(grid.cells) - 1 else _LEAST
            lent = waiting[found.n_tagged[parent[waiting]] >= enough]
            between = self._between(label, flagged, sample, found, parent, few)
            ends = _borrowed(found, parent[lent], raw[lent], n[lent], between, self.level)
            rate[lent], low[lent], high[lent] = ends
            correction[lent] = "parent"
            by_whom[lent] = grid.names(depth, parent[lent])
        frame = grid.cells[0].assign(
            cell=np.arange(size), category=label, n=n, n_tagged=own.n_tagged, raw_rate=raw, rate=rate,
            low=low, high=high, bias=raw - rate, p=p, correction=correction, corrected_by=by_whom,
        )  # fmt: skip
        shares = {
            "precision": (sample.human, sample.weight * sample.machine),
            "recall": (sample.machine, sample.weight * sample.human),
        }
        for name, (hit, weight) in shares.items():
            ends = share_interval(hit, weight, sample.cell, size, self.level)
            for column, values in zip((name, f"{name}_low", f"{name}_high"), ends, strict=True):
                frame[column] = values
        return frame

    def _between(
        self,
        label: object,
        flagged: Array,
        sample: Sample,
        found: Rates,
        parent: Codes,
        few: npt.NDArray[np.bool_],
    ) -> float:
        """Return how much the corrections of cells with many tags vary about that of the larger cell."""
        if (~few).sum() < _SIBLINGS:
            return 0.0
        fixed = estimate_rates(
            sample, self.population(sample, flagged, 0), self.level, weight=found.weight[parent]
        )
        off = fixed.intercept - found.intercept[parent]
        return shrink(off[~few], fixed.variance[~few])[1]


def _borrowed(
    found: Rates, parent: Codes, raw: Array, n: npt.NDArray[np.int64], between: float, level: float
) -> tuple[Array, Array, Array]:
    """Return rate and interval of cells by the correction of larger cells.

    The machine's error is that of the larger cell: its weight and intercept with the cell's raw rate. The
    variance adds that of the correction, that of the cell's machine labels and that between cells.
    """
    weight = found.weight[parent]
    rate = np.clip(weight * raw + found.intercept[parent], 0.0, 1.0)
    variance = weight**2 * raw * (1 - raw) / n + found.variance[parent] + between
    least = 1 / (4 * found.n_tagged[parent])
    inner = np.clip(rate, least, 1 - least)
    size = inner * (1 - inner) / variance
    low, high = wilson(rate * size, size, level)
    return rate, low, high


def _categories(is_flag: bool, audit: _Audit) -> Iterator[object]:
    """Yield the labels that get rows: the flag, or every category of machine or people."""
    if is_flag:
        yield 1.0
        return
    used = audit.human.votes["doc"].isin(np.flatnonzero(audit.rows >= 0))
    yield from sorted({*audit.labels, *audit.human.votes.loc[used, "label"]}, key=str)
