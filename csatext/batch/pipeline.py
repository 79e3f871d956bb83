"""The main job: a raw export becomes facts, tables, a report and a manifest."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from csatext.aggregation.episodes import episodes
from csatext.analysis.keywords import KeywordExtractor
from csatext.atomic_files import claimed_folder, file_hash
from csatext.batch.columns.required_columns import checked_tables
from csatext.batch.columns.reserved_columns import free_names
from csatext.batch.configuration import Configuration, PrivacySection, TablesSection
from csatext.batch.contact_analyses import analyse_contacts
from csatext.batch.manifest import RunOutput
from csatext.batch.output import finished_output, refuse_link, write_output
from csatext.batch.phases.run_model import RunModel
from csatext.batch.run_state import state_of_run
from csatext.errors import InputError
from csatext.ingest.any_input import read_any
from csatext.ingest.contacts import ReadResult
from csatext.ingest.formats.database import source_name
from csatext.ingest.options import ReadOptions
from csatext.ingest.quality.checks import quality_table
from csatext.ingest.raw_table import Note
from csatext.privacy.outputs import hold_names, mask_columns, mask_doc_ids, mask_rejects, mask_sentence
from csatext.reporting.audited_tables import audited_tables
from csatext.reporting.cause_words import with_words
from csatext.reporting.examples import cases, cause_examples, examples
from csatext.reporting.report import render_report
from csatext.reporting.service_tables import service_tables, with_conversations
from csatext.reporting.standard_tables import (
    CHART_VALUES,
    PERSONS,
    absent_tables,
    dimensions_of,
    standard_tables,
)
from csatext.schema import conform
from csatext.schema.contacts import QUALITY
from csatext.tagging.tag_store import tags_for
from csatext.text.corpus import Corpus

__all__ = [
    "Analysis",
    "RunResult",
    "analyse",
    "masked_input",
    "of_the_time",
    "read_source",
    "run",
    "source_facts",
    "tables_of",
    "unchanged_run",
    "write_analysis",
]

_LOG = logging.getLogger(__name__)
_WORDS_COMPARED = 3000
"""Words of a run that another run is compared with."""
_OF_TEXT = ("doc_id", "text")
LEFT_OUT = (
    "file_failed",
    "file_skipped",
    "sheets_repeated",
    "sheets_unread",
    "sheet_full",
    "columns_unread",
)
"""Checks that tell of what stands in the input and not in the row count."""
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Analysis:
    """Results of the analyses of one input, before anything is written.

    Attributes
    ----------
    corpus : Corpus
    facts : DataFrame
    tables : dict of str to DataFrame
    absent : dict of str to str
        What could not be made, with the reason.
    model : RunModel
        What was learnt.
    """

    corpus: Corpus
    facts: pd.DataFrame
    tables: dict[str, pd.DataFrame]
    absent: dict[str, str]
    model: RunModel


@dataclass(frozen=True)
class RunResult:
    """Paths and counts of a run.

    Attributes
    ----------
    out : Path
        The folder.
    report : Path
        The page to open.
    rows, contacts, rejects : int
        Rows read; ``rows == contacts + rejects``, and ``rows == turns + rejects`` for dialogues.
    turns : int or None
        Turns of the dialogues that the contacts were made of; None for an input of contacts.
    outside : int
        Contacts that are not of the time asked for; they are in ``rows`` and not in ``contacts``.
    left_out : tuple of str
        Files and sheets of the input that were not read, in the words of the quality table.
    replaced : int
        Rows that later versions of the same contact replaced; they are among the rejects.
    revised : tuple of str
        Periods of earlier runs that the last one changed.
    unchanged : bool
        Whether all was there already, so that nothing was done.
    """

    out: Path
    report: Path
    rows: int
    contacts: int
    rejects: int
    turns: int | None = None
    left_out: tuple[str, ...] = ()
    outside: int = 0
    replaced: int = 0
    revised: tuple[str, ...] = ()
    unchanged: bool = False


def run(
    source: str | Path,
    out: str | Path,
    configuration: Configuration | None = None,
    progress: Progress = _LOG.info,
    *,
    audit: str | Path = "",
) -> RunResult:
    """Read, analyse, join and write.

    Parameters
    ----------
    source : path
        Any input of :func:`csatext.read_contacts` or :func:`csatext.read_turns`; of dialogues the
        customer's side is analysed, personal data masked over turns first.
    out : path
        Folder, made when it is not there. Files of an earlier run are replaced one by one, each
        whole; ``manifest.json`` comes last and names every file of the run with its hash. Where it is
        the output of the same input and configuration, nothing is done.
    configuration : Configuration, optional
    progress : callable
        Called with the name of each step when it begins.
    audit : path
        A store of tags of the same contacts (``csatext tag import``): rates are corrected by them. Empty
        for none.

    Raises
    ------
    CsatextError
        The input, the configuration, the tags or the output folder cannot be used; nothing has been written.
    """
    configuration = configuration or Configuration()
    out = Path(out)
    with claimed_folder(out):
        refuse_link(out)
        state = state_of_run(Path(source), configuration, audit)
        if (known := finished_output(out, state)) is not None:
            return unchanged_run(out, known)
        read = read_source(source, configuration, progress)
        return write_analysis(source_facts(Path(source)), read, out, configuration, progress, audit, state)


def unchanged_run(out: Path, known: Mapping[str, Any]) -> RunResult:
    """Return the result of a run that was done before, from its manifest.

    Parameters
    ----------
    out : Path
    known : mapping of str to object
        From :func:`csatext.batch.output.finished_output`.
    """
    rows = known["rows"]
    counts = (rows["rows"], rows["contacts"], rows["rejects"], rows.get("turns"))
    return RunResult(out, out / "report.html", *counts, outside=rows.get("outside", 0), unchanged=True)


def read_source(
    source: str | Path, configuration: Configuration, progress: Progress = _LOG.info
) -> ReadResult:
    """Return an input, read with the options of section ``[input]``.

    Raises
    ------
    InputError
        The input cannot be used, or identifiers repeat and ``duplicates`` is ``error``.
    """
    given = configuration.input
    progress(f"读取 {mask_sentence(source_name(source))}")
    read, turns = read_any(source, given, progress, configuration.privacy.pseudonymize or None)
    return of_the_time(read._replace(contacts=with_conversations(read.contacts, turns)), given)


def of_the_time(read: ReadResult, given: ReadOptions, *, may_be_none: bool = False) -> ReadResult:
    """Return the input with the contacts of the time span asked for.

    Raises
    ------
    InputError
        There are none, unless there may be none, or the contacts have no time.
    """
    if not (given.since or given.until):
        return read
    if "created_at" not in read.contacts:
        raise InputError(
            "按时间选取要有时间列；请用 --column created_at=列名 指定，或去掉 --since、--until、--month。"
        )
    first, last = given.span
    times = read.contacts["created_at"]
    inside = read.contacts[((times >= first) & (times <= last)).to_numpy()]
    if inside.empty and not may_be_none:
        span = f"{times.min():%Y-%m-%d} 至 {times.max():%Y-%m-%d}" if times.notna().any() else "都没有时间"
        raise InputError(f"所选时间里没有联络；这些联络的时间：{span}。请改 --since、--until 或 --month。")
    outside = len(read.contacts) - len(inside)
    detail = f"按 {given.since or '最早'} 至 {given.until or '最晚'} 选取，{outside} 条不在其中（或没有时间）"
    note = quality_table([Note("outside_the_time", "created_at", outside, len(read.contacts), detail)])
    quality = conform(pd.concat([read.quality, note], ignore_index=True), QUALITY)
    return read._replace(contacts=inside.reset_index(drop=True), quality=quality, outside=outside)


def source_facts(path: Path) -> dict[str, Any]:
    """Return name and hash of the input, for the manifest."""
    try:
        return {"name": path.name, "sha256": file_hash(path)}
    except OSError as error:
        raise InputError.unreadable(path, error.strerror or "读取出错", "请检查路径和权限") from error


def write_analysis(
    source: dict[str, Any],
    read: ReadResult,
    out: Path,
    configuration: Configuration,
    progress: Progress = _LOG.info,
    audit: str | Path = "",
    state: str = "",
) -> RunResult:
    """Analyse the input and write the output; all is computed before the first file is written.

    ``state`` is what the output depends on, so that the same need not be done again.
    """
    read = masked_input(read, configuration.privacy)
    analysis = analyse(read.contacts, configuration, progress, redacted=read.redacted, turns=read.utterances)
    progress("报告")
    tables = {**analysis.tables, "quality": read.quality}
    tags = tags_for(analysis.facts, audit)
    if tags is not None:
        tables |= audited_tables(analysis.facts, tables, tags, configuration.tables.measure)
    page = partial(
        render_report,
        analysis.facts,
        tables,
        title=configuration.report.title,
        measure=configuration.tables.measure,
        absent=analysis.absent,
    )
    progress(f"写入 {mask_sentence(str(out))}")
    output = RunOutput(
        analysis.facts,
        read.rejects,
        tables,
        lambda digest: page(run_hash=digest),
        source,
        read.rows,
        analysis.absent,
        read.turns,
        read.outside,
        {"state": state},
    )
    write_output(output, out, configuration)
    contacts, rejects = len(read.contacts), len(read.rejects)
    left_out = tuple(read.quality.loc[read.quality["check"].isin(LEFT_OUT), "detail"])
    return RunResult(
        out, out / "report.html", read.rows, contacts, rejects, read.turns, left_out, read.outside
    )


def masked_input(
    read: ReadResult, privacy: PrivacySection | None = None, *, file_name: str = "", before: int = 0
) -> ReadResult:
    """Return the input with masked metadata columns, without names that result columns use.

    Identifiers that are masked bear the number of their row, ``before`` rows of the file being elsewhere, and
    ``file_name`` where that is not enough.
    """
    contacts, masked_ids = mask_doc_ids(read.contacts, before)
    if masked_ids and file_name:
        ids = contacts["doc_id"]
        contacts = contacts.assign(doc_id=ids.where(ids == read.contacts["doc_id"], ids + "@" + file_name))
    given = privacy or PrivacySection()
    masked = mask_columns(contacts, keep=given.keep, key=given.pseudonymize or None)
    named, renamed = free_names(masked)
    total, notes = len(named), [read.quality.assign(detail=read.quality["detail"].map(mask_sentence))]
    for old, new in renamed.items():
        detail = f"列「{old}」改名为「{new}」，原来的名字留给分析结果"
        notes.append(quality_table([Note("column_renamed", new, total, total, detail)]))
    if masked_ids:
        detail = f"{masked_ids} 个编号是个人信息，已遮盖，#后是行号"
        notes.append(quality_table([Note("personal_id", "doc_id", masked_ids, total, detail)]))
    quality = conform(pd.concat(notes, ignore_index=True), QUALITY)
    metadata = [name for name in read.contacts.columns if name not in _OF_TEXT]
    people = any(hold_names(read.contacts[name]) for name in metadata) if len(read.rejects) else False
    rejects = mask_rejects(read.rejects, read.contacts.columns, named=people)
    turns = read.utterances
    if turns is not None:
        # The turns of the contacts that are analysed, under the names that these bear now.
        names = dict(zip(read.contacts["doc_id"], named["doc_id"], strict=True))
        turns = turns[turns["doc_id"].isin(names)]
        turns = turns.assign(doc_id=turns["doc_id"].map(names).astype("str"))
    return read._replace(contacts=named, rejects=rejects, quality=quality, utterances=turns)


def analyse(
    contacts: pd.DataFrame,
    configuration: Configuration,
    progress: Progress = _LOG.info,
    *,
    redacted: bool = False,
    turns: pd.DataFrame | None = None,
) -> Analysis:
    """Return the corpus, the facts and the tables of contacts, in memory.

    Parameters
    ----------
    contacts : DataFrame
        Table ``contacts``, from :func:`masked_input`.
    configuration : Configuration
    progress : callable
        Called with the name of each step when it begins.
    redacted : bool, default False
        Whether reading has masked personal data in the texts.
    turns : DataFrame, optional
        Table ``turns`` of contacts that are dialogues.

    Raises
    ------
    ConfigError
        A dimension or the measure is not there, or cannot serve as one.
    """
    given = checked_tables(contacts, configuration.tables)
    corpus, shown, facts, tables, absent, model = analyse_contacts(
        contacts, configuration, progress, redacted=redacted, turns=turns, adapt=True
    )
    made, unmade = tables_of(corpus, shown, facts, given, configuration.analysis.n_keywords, progress)
    return Analysis(corpus, facts, tables | made, absent | unmade, model)


def tables_of(
    corpus: Corpus,
    shown: Corpus,
    facts: pd.DataFrame,
    given: TablesSection,
    n_keywords: int,
    progress: Progress = _LOG.info,
) -> tuple[dict[str, pd.DataFrame], dict[str, str]]:
    """Return the tables that are made of facts and of the words of their texts, and what could not be made.

    Parameters
    ----------
    corpus, shown : Corpus
        The contacts, counted by every word, and by what says something.
    facts : DataFrame
        Of the same contacts.
    given : TablesSection
        From :func:`csatext.batch.columns.required_columns.checked_tables`.
    n_keywords : int
        Keywords a group.
    progress : callable
        Called with the name of each step when it begins.
    """
    tables: dict[str, pd.DataFrame] = {}
    by = given.by or None
    progress("关键词")
    extractor = KeywordExtractor(n_keywords)
    tables["frequencies"] = extractor.frequencies(shown)
    tables["vocabulary"] = KeywordExtractor(_WORDS_COMPARED).frequencies(shown)
    for name in dict.fromkeys([*(by or dimensions_of(facts)), "category"]):
        if 2 <= facts[name].nunique() <= CHART_VALUES:
            tables[f"keywords_{name}"] = extractor.by_group(shown, facts[name])
    progress("分组、趋势、根因")
    tables |= standard_tables(
        facts,
        by=by,
        measure=given.measure,
        freq=given.freq,
        baseline_periods=given.baseline_periods,
        alpha=given.alpha,
    )
    if "root_causes" in tables:
        tables["root_causes"] = with_words(tables["root_causes"], corpus, facts)
        tables["episodes"] = episodes(tables["root_causes"])
        tables["cause_examples"] = cause_examples(corpus, facts, tables["root_causes"])
    tables["examples"] = examples(corpus, facts)
    looked_by = [name for name in by or dimensions_of(facts) if name not in PERSONS]
    tables["cases"] = cases(corpus, facts, looked_by, tables.get("root_causes"))
    progress("服务指标")
    service, unmade = service_tables(facts)
    return tables | service, unmade | absent_tables(facts, by=by)
