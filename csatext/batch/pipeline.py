"""The main job: a raw export becomes facts, tables, a report and a manifest."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from csatext.aggregation.facts import build_facts
from csatext.analysis.keywords import KeywordExtractor
from csatext.analysis.rules import RuleClassifier
from csatext.analysis.sentiment import Sentiment
from csatext.analysis.topics import TopicModel
from csatext.batch.configuration import Configuration
from csatext.batch.manifest import manifest
from csatext.reporting.files import file_hash, prepare_folder, write_csv, write_json, write_parquet, write_text
from csatext.batch.privacy import mask_columns, mask_rejects
from csatext.errors import InputError
from csatext.ingest.read import ReadResult, read_input
from csatext.reporting.examples import examples
from csatext.reporting.report import render_report
from csatext.reporting.tables import dimensions_of, standard_tables
from csatext.taxonomy import Taxonomy
from csatext.text.corpus import Corpus
from csatext.text.tokenization import Tokenizer
from csatext.text.vectorization import Vectorizer

__all__ = ["RunResult", "analyse", "run"]

_LOG = logging.getLogger(__name__)
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Analysis:
    """What the analyses of one input gave, before anything is written."""

    corpus: Corpus
    facts: pd.DataFrame
    tables: dict[str, pd.DataFrame]


@dataclass(frozen=True)
class RunResult:
    """Where a run wrote and how much.

    Attributes
    ----------
    out : Path
        The folder.
    report : Path
        The page to open.
    rows, contacts, rejects : int
        Rows read; ``rows == contacts + rejects``.
    """

    out: Path
    report: Path
    rows: int
    contacts: int
    rejects: int


def analyse(contacts: pd.DataFrame, configuration: Configuration, progress: Progress = _LOG.info) -> Analysis:
    """Take contacts through the whole road, in memory.

    Parameters
    ----------
    contacts : DataFrame
        Table ``contacts``.
    configuration : Configuration
    progress : callable
        Told the name of each step when it begins.
    """
    settings = configuration.analysis
    progress("清洗、脱敏、分词、计数")
    corpus = Vectorizer(
        tokenizer=Tokenizer(configuration.text.terms),
        min_df=configuration.text.min_df or max(1, min(5, len(contacts) // 200)),
        simplify=configuration.text.simplify,
        n_jobs=configuration.text.n_jobs,
    ).fit_transform(mask_columns(contacts))
    progress("情感、投诉类别")
    taxonomy = Taxonomy.load(settings.taxonomy or None)
    results = [Sentiment().transform(corpus), RuleClassifier(taxonomy).fit(corpus).transform(corpus)]
    tables: dict[str, pd.DataFrame] = {}
    if settings.n_topics:
        progress("主题")
        model = TopicModel(settings.n_topics, random_state=settings.random_state).fit(corpus)
        results.append(model.transform(corpus))
        tables["topics"] = model.topics_
    facts = build_facts(corpus, *results)
    progress("关键词")
    dimensions = configuration.tables.by or dimensions_of(facts)
    extractor = KeywordExtractor(settings.n_keywords)
    tables["frequencies"] = extractor.frequencies(corpus)
    for name in [*dimensions, "category"]:
        tables[f"keywords_{name}"] = extractor.by_group(corpus, facts[name])
    progress("分组、趋势、根因")
    tables |= standard_tables(
        facts,
        by=configuration.tables.by or None,
        measure=configuration.tables.measure,
        freq=configuration.tables.freq,
        baseline_periods=configuration.tables.baseline_periods,
        level=configuration.tables.level,
    )
    return Analysis(corpus, facts, tables)


def run(
    source: str | Path,
    out: str | Path,
    configuration: Configuration | None = None,
    progress: Progress = _LOG.info,
) -> RunResult:
    """Read, analyse, join and write.

    Parameters
    ----------
    source : path
        Any input of :func:`csatext.read_contacts`.
    out : path
        Folder, made when it is not there. Files of an earlier run are replaced one by one, each
        whole; ``manifest.json`` comes last and names every file of the run with its hash.
    configuration : Configuration, optional
    progress : callable
        Told the name of each step when it begins.

    Raises
    ------
    CsatextError
        The input, the configuration or the output folder cannot be used; nothing has been written.
    """
    configuration = configuration or Configuration()
    out = Path(out)
    progress(f"读取 {Path(source).name}")
    given = configuration.input
    read = read_input(
        source, columns=given.columns or None, encoding=given.encoding or None, sheet=given.sheet or None
    )
    return write_analysis(source_facts(Path(source)), read, out, configuration, progress)


def source_facts(path: Path) -> dict[str, Any]:
    """Return what the manifest says of the input: name, bytes and hash."""
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
) -> RunResult:
    """Analyse what was read and write everything; all is computed before the first file."""
    analysis = analyse(read.contacts, configuration, progress)
    tables = {**analysis.tables, "quality": read.quality}
    rejects = mask_rejects(read.rejects)
    shown = examples(analysis.corpus, analysis.facts)
    page = render_report(analysis.facts, tables, title=configuration.report.title, examples=shown)
    progress(f"写入 {out}")
    prepare_folder(out)
    prepare_folder(out / "tables")
    (out / "manifest.json").unlink(missing_ok=True)
    written = [out / "facts.parquet", out / "rejects.parquet"]
    write_parquet(analysis.facts, written[0])
    write_parquet(rejects, written[1])
    for name, table in tables.items():
        for write, ending in ((write_parquet, "parquet"), (write_csv, "csv")):
            written.append(out / "tables" / f"{name}.{ending}")
            write(table, written[-1])
    written.append(out / "report.html")
    write_text(page, written[-1])
    counts = {"rows": read.rows, "contacts": len(read.contacts), "rejects": len(rejects)}
    write_json(manifest(source, configuration, counts, tables, out, written), out / "manifest.json")
    return RunResult(out, out / "report.html", **counts)
