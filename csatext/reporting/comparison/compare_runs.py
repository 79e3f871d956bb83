"""Two runs compared: this month against last."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from typing import Any

import pandas as pd

from csatext.aggregation.inputs.arguments import as_list
from csatext.argument_types import check_simple_types
from csatext.errors import ParameterError, SchemaError
from csatext.inference import check_alpha, check_level
from csatext.performance.run_changes import RunSide, run_changes
from csatext.reporting.run_tables import RunTables, run_tables
from csatext.reporting.standard_tables import dimensions_of

__all__ = ["compare_runs"]


@check_simple_types
def compare_runs(
    run_a: pd.DataFrame | str | PathLike[str] | Any,
    run_b: pd.DataFrame | str | PathLike[str] | Any,
    *,
    by: str | Sequence[str] | None = None,
    measure: str | None = None,
    alpha: float = 0.05,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return what rose, what fell, what is new and what is gone between two runs.

    Parameters
    ----------
    run_a, run_b : DataFrame, path or RunResult
        The earlier run and the later one: facts, the folder of a run, or what a run returned. Facts alone
        have no keywords and no topics to compare.
    by : str or sequence of str, optional
        Dimensions; None takes those that the report takes.
    measure : str, optional
        Flag or score that is compared and taken apart; None takes that of the runs, and where they differ
        that of the later one, which a note says.
    alpha : float, default 0.05
        A change is named where its q is below: of the changes named, at most this part is false on average.
    level : float, default 0.95
        Coverage of the intervals of changes.

    Returns
    -------
    DataFrame
        Table ``run_comparison``: flags, contacts a day, KPIs, signals, categories, dimensions with the change
        of the measure taken apart (:func:`csatext.decompose`), topics and words, each with both values, the
        change, its interval, p and q. ``attrs``: ``notes`` (sentences in Chinese: what could not be compared,
        contacts in both runs, other taxonomies), ``measure``, ``alpha``, ``level``, ``n_before``,
        ``n_after``, ``span_before``, ``span_after``, ``run_before`` and ``run_after`` (hashes of the runs,
        empty for facts).

    Raises
    ------
    ParameterError
        An argument is of another type, or a run has no contacts.
    InputError
        A folder is no finished run.
    SchemaError
        A run lacks the measure, or neither has a dimension named in ``by``.

    Notes
    -----
    Rates by contacts: score test, or Fisher's exact test where counts are small; means: Welch's test with
    Hall's correction; with days as sampling units, Cochran (1977), section 6. The larger p counts, as days
    differ by more than chance. All p values are corrected together (Benjamini, Hochberg 1995), each section
    with the same total weight (Genovese, Roeder and Wasserman 2006). Contacts that both runs hold (identifier
    and time alike) count once, in the earlier run.

    Examples
    --------
    >>> last = pd.DataFrame({"channel": ["电话", "在线"] * 100, "is_negative": [1, 0, 0, 0] * 50})
    >>> this = last.assign(is_negative=[1, 0] * 100)
    >>> table = compare_runs(last, this)
    >>> table.loc[table["section"] == "cell", ["item", "status", "before", "after"]].values.tolist()
    [['电话', 'rose', 0.5, 1.0], ['在线', 'unclear', 0.0, 0.0]]
    """
    alpha, level = check_alpha(alpha), check_level(level)
    wanted = as_list(by, "by")
    runs = [run_tables(run_a), run_tables(run_b)]
    for which, run in zip(("前", "后"), runs, strict=True):
        if not len(run.facts):
            raise ParameterError(f"{which}一次运行里没有联络，不能比较；请检查输入。")
    notes: list[str] = []
    chosen = _measure(runs, measure, notes)
    if by is None:
        wanted = list(dict.fromkeys(name for run in runs for name in dimensions_of(run.facts)))
    for name in wanted:
        if not any(name in run.facts.columns for run in runs):
            raise SchemaError.missing_column("facts", name, runs[1].facts.columns)
    if runs[0].run_hash and runs[0].run_hash == runs[1].run_hash:
        notes.append("两次给的是同一次运行，没有变化可比；请给出前后两次运行的文件夹。")
    sides = [RunSide(run.facts, run.tables) for run in runs]
    table = run_changes(sides[0], sides[1], measure=chosen, by=wanted, alpha=alpha, level=level)
    hashes = {"run_before": runs[0].run_hash, "run_after": runs[1].run_hash}
    table.attrs = {**table.attrs, **hashes, "notes": [*notes, *table.attrs["notes"]]}
    return table


def _measure(runs: list[RunTables], given: str | None, notes: list[str]) -> str:
    """Return what is compared; say where the runs differ in it."""
    chosen = given or runs[1].measure
    if given is None and runs[0].measure != runs[1].measure:
        notes.append(
            f"两次运行的指标不同（前 {runs[0].measure}，后 {runs[1].measure}），这里都比较 {chosen}；"
            "要比较另一个，请用 measure 或 --measure 指定。"
        )
    for run in runs:
        if chosen not in run.facts.columns:
            raise SchemaError.missing_column("facts", chosen, run.facts.columns)
    return chosen
