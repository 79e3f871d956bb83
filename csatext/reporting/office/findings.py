"""What a table says in one sentence: for the cover of a workbook and the titles of slides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from csatext.aggregation.episodes import dimensions_in_episodes
from csatext.inference import ALPHA
from csatext.labels import PLACEHOLDERS, UNCLASSIFIED, flag_names, period_name
from csatext.reporting.office.meeting_tables import freq_of
from csatext.reporting.office.table_words import TableWords, table_words, value_name
from csatext.reporting.run_tables import RunTables
from csatext.reporting.sentences import Figure, Sentence, figure, join, say
from csatext.service.definitions import read_definitions
from csatext.strings import xml_text

__all__ = [
    "clear_cells",
    "compared",
    "conclusions",
    "course",
    "episode_place",
    "finding",
    "latest",
    "leading",
    "lower_is_worse",
    "most_different",
    "named",
    "words_of",
]

_UP_IS_GOOD = frozenset(
    ("csat", "nps", "resolved", "script_rate", "predicted_satisfaction", "signal_praise", "sentiment")
)
_NO_FINDING = PLACEHOLDERS | {UNCLASSIFIED, ""}


def named(value: Any, most: int = 16) -> str:
    r"""Return a value of a table as it is named in a sentence: on one line, shortened.

    Examples
    --------
    >>> named("  江苏\n宽带 "), named("一二三四五", 4)
    ('江苏 宽带', '一二三…')
    """
    text = xml_text(" ".join(str(value).split()))
    return text if len(text) <= most else f"{text[: most - 1]}…"


def lower_is_worse(measure: str) -> bool:
    """Return whether low values of a measure are the bad ones.

    Examples
    --------
    >>> lower_is_worse("csat"), lower_is_worse("is_complaint")
    (True, False)
    """
    return measure in _UP_IS_GOOD


def words_of(run: RunTables, name: str) -> TableWords:
    """Return the words of a table of a run."""
    return table_words(name, run.tables[name], run.facts, run.measure)


def compared(run: RunTables, name: str) -> Sentence:
    """Return which value of a dimension is significantly worse than the rest, or that none is.

    Parameters
    ----------
    run : RunTables
    name : str
        A breakdown by one dimension.
    """
    table, words = run.tables[name], words_of(run, name)
    by, said = words.dimensions[0], words.title.rpartition(" ")[2]
    clear = clear_cells(table, by, words.measure)

    def at(row: Mapping[str, Any], column: str, form: str = words.value_form) -> Figure:
        return figure(name, row, [by], column, form)

    if not len(clear):
        sentence = say("各{by}的{said}没有显著差别", by=words.title.rpartition(" ")[0], said=said)
        known = table[table["value"].notna() & ~table[by].isin(_NO_FINDING)].sort_values("value")
        if len(known) < 2:
            return sentence
        least, most = known.iloc[0].to_dict(), known.iloc[-1].to_dict()
        return sentence + say(
            "（{low} {least} 到{high} {most}）",
            low=named(least[by]),
            least=at(least, "value"),
            high=named(most[by]),
            most=at(most, "value"),
        )
    row = clear.iloc[0].to_dict()
    sentence = say(
        "{cell}的{said} {value}，{more}其余的 {rest}（q {q}）",
        cell=named(row[by]),
        said=said,
        value=at(row, "value"),
        rest=at(row, "rest"),
        q=at(row, "q", "p"),
        more="低于" if row["difference"] < 0 else "高于",
    )
    return sentence + (f"（{len(clear)} 个显著）" if len(clear) > 1 else "")


def clear_cells(table: pd.DataFrame, by: str, measure: str) -> pd.DataFrame:
    """Return the cells that are significantly worse than the rest, worst first; without any, the better ones.

    Parameters
    ----------
    table : DataFrame
        A breakdown by one dimension.
    by : str
        The dimension; placeholders for what is not known are no findings.
    measure : str
    """
    clear = table[(table["q"] < ALPHA) & ~table[by].isin(_NO_FINDING)]
    worse = lower_is_worse(measure)
    bad = clear[(clear["difference"] < 0) if worse else (clear["difference"] > 0)]
    if len(bad):
        return bad.sort_values("difference", ascending=worse, kind="stable")
    return clear.sort_values("difference", ascending=not worse, kind="stable")


def leading(run: RunTables, name: str) -> Sentence:
    """Return the largest shares of a composition, with the change of the first where it holds.

    Parameters
    ----------
    run : RunTables
    name : str
        A table ``composition``.
    """
    table, words = run.tables[name], words_of(run, name)
    by, of = words.dimensions[0], words.title.rpartition(" ")[2].removesuffix("占比")
    known = table[~table[by].isin(_NO_FINDING)].sort_values("numerator", ascending=False, kind="stable")
    if not len(known):
        return Sentence()
    rows = known.head(2).to_dict("records")

    def at(row: Mapping[str, Any], column: str, form: str) -> Figure:
        return figure(name, row, [by], column, form)

    first = rows[0]
    shown = named(value_name(by, first[by], {}))
    sentence = say("{cell}占{of} {share}", cell=shown, of=of, share=at(first, "value", "percent"))
    if pd.notna(first["has_changed"]) and first["has_changed"]:
        sentence += say(
            "，{period} 与之前相比 {change}",
            period=str(first["period"]),
            change=at(first, "change", "points"),
        )
    elif len(rows) > 1:
        second = named(value_name(by, rows[1][by], {}))
        sentence += say("，其次是{cell}，{share}", cell=second, share=at(rows[1], "value", "percent"))
    return sentence


def course(run: RunTables, measure: str, said: str) -> Sentence:
    """Return whether a measure rose or fell over all periods; empty where that was not tested.

    Parameters
    ----------
    run : RunTables
    measure : str
        ``contacts``, or a column of the facts.
    said : str
        Its name.
    """
    table = run.tables.get("trend_tests")
    if table is None or measure not in set(table["measure"]):
        return Sentence()
    row = table[table["measure"] == measure].iloc[0]
    if pd.isna(row["q"]):
        return Sentence()
    freq = period_name(freq_of(run.tables) or "W")

    def at(column: str, form: str) -> Figure:
        return figure("trend_tests", row, ["measure"], column, form)

    went = {"上升": "持续上升", "下降": "持续下降"}.get(str(row["direction"]), "没有明显的升降趋势")
    return say(
        "{said}在 {n} 个完整{freq}里{went}（q {q}）",
        said=said,
        n=at("periods", "whole"),
        freq=freq.removeprefix("个"),
        went=went,
        q=at("q", "p"),
    )


def latest(run: RunTables, said: str) -> Sentence:
    """Return how the rate of the last complete period differs from before; empty where it is not known."""
    table = run.tables.get("latest_change")
    if table is None or not len(table):
        return Sentence()
    row = table.iloc[0]
    if pd.isna(row["difference"]):
        return Sentence()

    def at(column: str, form: str) -> Figure:
        return figure("latest_change", row, [], column, form)

    verdict = "超出随机波动" if row["is_significant"] else "在随机波动之内"
    return say(
        "{period} 的{said} {value}，与之前的 {before} 相比 {change}，{verdict}",
        period=str(row["period"]),
        said=said,
        value=at("value", "percent"),
        before=at("before", "percent"),
        change=at("difference", "points"),
        verdict=verdict,
    )


def finding(run: RunTables, name: str) -> Sentence:
    """Return what a table says: its main finding, or what a reader finds in it."""
    table, words = run.tables[name], words_of(run, name)
    columns = set(table.columns)
    said = Sentence()
    if len(table) and name.startswith("breakdown_") and len(words.dimensions) == 1 and "rest" in columns:
        said = compared(run, name)
    elif len(table) and name.startswith("shares_") and words.dimensions:
        said = leading(run, name)
    elif name == "trend_total":
        said = course(run, "contacts", "联络数")
    elif name.startswith("trend_") and not words.dimensions and words.measure:
        said = course(run, words.measure, words.title.removeprefix("走势 "))
    elif name == "latest_change":
        said = latest(run, _rate_of(run))
    elif name == "episodes" and "is_rise" in columns:
        said = Sentence((f"{len(table)} 起异动，其中 {int(table['is_rise'].sum())} 起升高",))
    elif name == "kpis":
        said = _main_kpis(run)
    return said or Sentence((words.meaning or f"{len(table)} 行",))


def _rate_of(run: RunTables) -> str:
    return flag_names(run.measure).rate


def _main_kpis(run: RunTables) -> Sentence:
    """Return the first KPIs that are rates or scores."""
    known, table = read_definitions(), run.tables["kpis"]
    shown = [
        say(
            "{name} {value}",
            name=known[row["metric"]].name_zh,
            value=figure("kpis", row, ["metric"], "value", "percent"),
        )
        for row in table.to_dict("records")
        if row["metric"] in known and known[row["metric"]].unit == "比率" and pd.notna(row["value"])
    ][:3]
    return join("，", shown)


def conclusions(run: RunTables, most: int = 8) -> list[Sentence]:
    """Return what a run concludes: size, last change, trends that hold, the largest complaint, who is worse.

    Parameters
    ----------
    run : RunTables
    most : int, default 8
        Sentences at most.
    """
    found = [_ongoing(run)]
    for name in ("shares_is_complaint_category", "shares_category"):
        if name in run.tables:
            found.append(leading(run, name))
            break
    found.append(latest(run, _rate_of(run)))
    apart = ("category", "agent_id", "journey_stage")
    for head in ("", "is_complaint_", "csat_"):
        different = most_different(run, f"breakdown_{head}", apart)
        if different is not None:
            found.append(compared(run, different))
    for measure in ("is_complaint", "csat", "nps"):
        if f"trend_{measure}" in run.tables:
            words = words_of(run, f"trend_{measure}")
            found.append(course(run, measure, words.title.removeprefix("走势 ")))
    return [sentence + "。" for sentence in found if sentence][:most]


def most_different(run: RunTables, head: str, apart: Sequence[str] = ("agent_id",)) -> str | None:
    """Return the breakdown of a measure by one dimension whose cells differ most, None where none does.

    Parameters
    ----------
    run : RunTables
    head : str
        What the names of its breakdowns begin with, as ``breakdown_csat_``.
    apart : sequence of str
        Dimensions that are not looked at.
    """
    best, least = None, ALPHA
    for name, table in run.tables.items():
        if not name.startswith(head) or "rest" not in table.columns:
            continue
        by = words_of(run, name).dimensions
        if len(by) != 1 or by[0] in apart or name != f"{head}{by[0]}":
            continue
        q = table.loc[~table[by[0]].isin(_NO_FINDING), "q"].min()
        if pd.notna(q) and q < least:
            best, least = name, float(q)
    return best


def episode_place(row: Mapping[str, Any], by: Sequence[str], most: int = 22) -> str:
    """Return where an episode is: its values, joined.

    Examples
    --------
    >>> episode_place({"product": "宽带", "region": None}, ["product", "region"])
    '宽带'
    """
    return named("·".join(str(row[name]) for name in by if pd.notna(row[name])) or "整体", most)


def _ongoing(run: RunTables) -> Sentence:
    """Return the strongest rise that goes on at the end of the data."""
    table = run.tables.get("episodes")
    attrs = run.tables["root_causes"].attrs if "root_causes" in run.tables else {}
    if table is None or not attrs.get("is_rate", True):
        return Sentence()
    rows = table[table["is_rise"] & table["is_current"] & table["before"].notna()]
    if not len(rows):
        return Sentence()
    row = rows.iloc[0].to_dict()

    def at(column: str, form: str = "percent") -> Figure:
        return figure("episodes", row, ["rank"], column, form)

    where = episode_place(row, dimensions_in_episodes(table))
    return say(
        "{where}的{rate}由 {before} 升到 {after}，仍在持续",
        where=where,
        rate=_rate_of(run),
        before=at("before"),
        after=at("after"),
    )
