"""Facts of all partitions to tables and a report: the latest version of each contact, nothing read anew."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from pandas.api import types

from csatext.aggregation.episodes import PERIOD_COLUMNS, period_labels
from csatext.batch.columns.required_columns import checked_tables
from csatext.batch.columns.reserved_columns import RESULT_COLUMNS
from csatext.batch.configuration import Configuration
from csatext.batch.manifest import RunOutput
from csatext.batch.output import write_output
from csatext.batch.phases.annotate_partition import SHOWN, TEXT, WORDS
from csatext.batch.phases.facts_store import FactsStore, FileRecord
from csatext.batch.phases.input_files import is_pseudonym_column
from csatext.batch.phases.new_topics import new_topics
from csatext.batch.phases.partition_files import read_partition
from csatext.batch.phases.run_model import RunModel, load_run_model
from csatext.batch.phases.stored_contacts import StoredCounts, StoredTexts
from csatext.batch.pipeline import LEFT_OUT, RunResult, tables_of
from csatext.dates.parse import parse_times
from csatext.errors import InputError
from csatext.ingest.contacts import REPEATED
from csatext.ingest.quality.checks import summed_quality
from csatext.ingest.raw_table import Note
from csatext.privacy.outputs import mask_sentence
from csatext.privacy.personal_columns import are_agents, are_orders
from csatext.reporting.audited_tables import audited_tables
from csatext.reporting.report import render_report
from csatext.schema import conform
from csatext.schema.aggregation import FACTS
from csatext.schema.contacts import REJECTS
from csatext.tagging.tag_store import tags_for
from csatext.text.corpus import Corpus
from csatext.text.vectorization import restored

__all__ = ["aggregate"]

_TOKEN = re.compile(r"\[[^\[\]#]{1,6}#[0-9a-f]{12}\]")
_OF_WORDS = (TEXT, WORDS, SHOWN)
_FITTED = 20_000
"""Contacts, evenly spread, by which it is judged how well topics fit."""
Progress = Callable[[str], None]


class _Contacts(NamedTuple):
    """The contacts of all partitions, each once: facts by doc_id, texts, and the terms of each as numbers."""

    facts: pd.DataFrame
    texts: StoredTexts
    words: StoredCounts
    shown: StoredCounts
    replaced: pd.DataFrame
    runs: list[dict[str, Any]]


@contextmanager
def _memory_given_back() -> Iterator[None]:
    """Let Arrow take memory from the system, which gets it back.

    Its own allocator keeps pages that reading three hundred partitions has left half empty: 180 MB for each
    million contacts.
    """
    before = pa.default_memory_pool()
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(before)


@_memory_given_back()
def aggregate(
    store: FactsStore,
    out: Path,
    configuration: Configuration,
    progress: Progress,
    *,
    source: Mapping[str, Any] | None = None,
    audit: str | Path = "",
    versions: bool = False,
    state: str = "",
    kept: bool = True,
) -> RunResult:
    """Write the tables and the report of annotated contacts.

    Parameters
    ----------
    store : FactsStore
        All of it finished.
    out : Path
        Folder, claimed by this process.
    configuration : Configuration
        Sections ``tables`` and ``report``, ``input.duplicates`` and ``analysis.n_keywords`` are used.
    progress : callable
        Called with the name of each step when it begins.
    source : mapping, optional
        Name and hash of the input, for the manifest.
    audit : path
        A store of tags; empty for none.
    versions : bool, default False
        Whether rows that share an identifier are versions of one contact, where ``duplicates`` does not say
        otherwise: the latest by ``updated_at``, else the one of the later file, stays.
    state : str, optional
        What the output depends on, for the manifest.
    kept : bool, default True
        Whether the model was learnt before, so that topics may be new to it.

    Raises
    ------
    CsatextError
        The store is not finished, holds no contacts, or the configuration does not fit them.
    OSError
        The disk is full or the like; there is no ``manifest.json`` then.
    """
    progress("汇总各分区")
    records = store.records()
    model = load_run_model(store.model)
    contacts = _contacts(store, records, model, configuration, versions)
    facts = contacts.facts
    columns = facts.drop(columns=[name for name in facts if name in RESULT_COLUMNS])
    given = checked_tables(columns, configuration.tables)
    docs = pd.DataFrame(index=facts.index)
    pa.default_memory_pool().release_unused()
    corpus = restored(model.vectorizer, docs, contacts.texts, contacts.words)
    shown = restored(model.shown, docs, contacts.texts, contacts.shown)
    tables, absent = _learnt(model, shown)
    if kept and (emerged := new_topics(model, facts, contacts.texts)) is not None:
        tables["emerging_topics"] = emerged
    made, unmade = tables_of(corpus, shown, facts, given, configuration.analysis.n_keywords, progress)
    rejects, quality = _beside(store, records, contacts.replaced, _of_sample(model, len(facts)))
    tables |= made | {"quality": quality}
    progress("报告")
    tags = tags_for(facts, audit)
    if tags is not None:
        tables |= audited_tables(facts, tables, tags, given.measure)
    page = partial(
        render_report,
        facts,
        tables,
        title=configuration.report.title,
        measure=given.measure,
        absent=absent | unmade,
    )
    progress(f"写入 {mask_sentence(str(out))}")
    turns = [record.turns for record in records if record.turns is not None]
    rows, outside = sum(record.rows for record in records), sum(record.outside for record in records)
    provenance: dict[str, Any] = {"model": dict(model.card), "runs": contacts.runs, "state": state}
    output = RunOutput(
        facts,
        rejects,
        tables,
        lambda digest: page(run_hash=digest),
        dict(source or {"name": store.folder.name}) | {"files": _files(records)},
        rows,
        absent | unmade,
        sum(turns) if turns else None,
        outside,
        provenance,
    )
    write_output(output, out, configuration)
    left_out = tuple(quality.loc[quality["check"].isin(LEFT_OUT), "detail"])
    return RunResult(
        out,
        out / "report.html",
        rows,
        len(facts),
        len(rejects),
        sum(turns) if turns else None,
        left_out,
        outside,
        replaced=len(contacts.replaced),
        revised=tuple(contacts.runs[-1].get("revised_periods", ())) if contacts.runs else (),
    )


def _files(records: Sequence[FileRecord]) -> dict[str, str]:
    return {record.name: record.sha256 for record in records}


def _learnt(model: RunModel, shown: Corpus) -> tuple[dict[str, pd.DataFrame], dict[str, str]]:
    """Return the tables of a model, how well its topics fit these contacts, and what it could not learn."""
    tables = dict(model.tables)
    topics = model.topics
    if topics is not None and np.array_equal(getattr(topics, "terms_", ()), shown.terms):
        every = max(1, len(shown) // _FITTED)
        tables["topic_fit"] = topics.goodness_of_fit(shown[slice(0, None, every)])
    return tables, dict(model.absent)


# The contacts of all partitions


def _contacts(
    store: FactsStore,
    records: Sequence[FileRecord],
    model: RunModel,
    configuration: Configuration,
    versions: bool,
) -> _Contacts:
    tables: list[pa.Table] = []
    files: list[Path] = []
    origin: list[int] = []
    for at, record in enumerate(records):
        for name in record.partitions:
            path = store.partitions / name
            part = read_partition(path, lambda name: name not in _OF_WORDS)
            if part.num_rows:
                tables.append(part)
                files.append(path)
                origin.append(at)
    if not tables:
        why = "里面没有联络" if records else "里面没有文件"
        raise InputError.unreadable(store.folder, why, "请检查输入，或改 --since、--until、--month")
    sizes = [table.num_rows for table in tables]
    file = np.repeat(origin, sizes)
    facts = _together(tables, configuration)
    listed = store.listed()
    if listed is not None and not listed["keyed"]:
        facts = _numbered_pseudonyms(facts)
    kept = _kept(facts, configuration.input.duplicates, versions, records, file)
    is_lost = np.ones(len(facts), bool)
    is_lost[kept] = False
    lost = np.flatnonzero(is_lost)
    gone = facts.iloc[lost]
    replaced = pd.DataFrame(
        {
            "source": [records[at].name for at in file[lost]],
            "line": pd.array([pd.NA] * len(lost), dtype="Int64"),
            "reason": REPEATED[_mode(facts, configuration.input.duplicates, versions)] if len(lost) else "",
            "raw": gone["doc_id"].to_numpy(object),
        }
    )
    runs = _history(store, facts, np.array([record.run for record in records])[file], configuration)
    if len(lost):
        facts = facts.iloc[kept]
    facts = conform(facts.set_index("doc_id"), FACTS)
    texts = StoredTexts(files, sizes, kept, TEXT)
    words = StoredCounts(files, sizes, kept, WORDS, len(model.vectorizer.terms_))
    shown = StoredCounts(files, sizes, kept, SHOWN, len(model.shown.terms_))
    return _Contacts(facts, texts, words, shown, replaced, runs)


def _together(tables: list[pa.Table], configuration: Configuration) -> pd.DataFrame:
    """Return partitions under each other; a column that some have as another type becomes one of both.

    The list is emptied, so that nothing is held twice.
    """
    frames: list[pd.DataFrame] = []
    waiting: list[pa.Table] = []
    while tables:
        table = tables.pop(0)
        plain = table.replace_schema_metadata(_of_pandas(table))
        if waiting and not plain.schema.equals(waiting[0].schema, check_metadata=True):
            frames.append(pa.concat_tables(waiting).to_pandas())
            waiting = []
        waiting.append(plain)
    frames.append(pa.concat_tables(waiting).to_pandas())
    names = list(dict.fromkeys(name for frame in frames for name in frame.columns))
    names.sort(key=lambda name: name in RESULT_COLUMNS)
    if len(frames) == 1:
        return frames[0][names]
    for name in names:
        _align(frames, name, configuration)
    return pd.concat([frame[names] for frame in frames], ignore_index=True)


def _of_pandas(table: pa.Table) -> dict[bytes, bytes]:
    """Return what pandas wrote about a table's types, without what says which partition it is."""
    metadata = table.schema.metadata or {}
    return {key: value for key, value in metadata.items() if key == b"pandas"}


def _align(frames: list[pd.DataFrame], name: str, configuration: Configuration) -> None:
    """Give a column one type in all frames, where it has several; frames without it get it empty."""
    there = {frame[name].dtype for frame in frames if name in frame}
    if len(there) == 1 and all(name in frame for frame in frames):
        return
    filled = [name in frame and bool(frame[name].notna().any()) for frame in frames]
    dtypes = {frame[name].dtype for frame, has in zip(frames, filled, strict=True) if has} or there
    given = configuration.input
    if any(types.is_datetime64_any_dtype(dtype) for dtype in dtypes):
        wanted: Any = None
    elif all(types.is_bool_dtype(dtype) for dtype in dtypes):
        wanted = "boolean"
    elif all(types.is_integer_dtype(dtype) for dtype in dtypes):
        wanted = "Int64"
    elif all(types.is_numeric_dtype(dtype) and not types.is_bool_dtype(dtype) for dtype in dtypes):
        wanted = "Float64" if any(types.is_extension_array_dtype(dtype) for dtype in dtypes) else "float64"
    else:
        wanted = "str"
    for at, frame in enumerate(frames):
        if not filled[at]:
            values = pd.Series(pd.NA, index=frame.index, dtype=wanted or "datetime64[us]")
        elif wanted is not None:
            values = frame[name].astype(wanted)
        elif types.is_datetime64_any_dtype(frame[name].dtype):
            values = frame[name].astype("datetime64[us]")
        else:
            values = parse_times(frame[name], given.timezone, given.dayfirst).values.astype("datetime64[us]")
        frames[at] = frame.assign(**{name: values})


def _numbered_pseudonyms(facts: pd.DataFrame) -> pd.DataFrame:
    """Return facts in which the tokens of agents, orders and customers are numbers, as in a run of one file.

    Numbers are given in order of first appearance, all versions of a contact counted, so that those of
    earlier files stay when later ones are added.
    """
    numbered = facts.copy(deep=False)
    for name in [name for name in facts if is_pseudonym_column(name)]:
        column = facts[name]
        if not isinstance(column.dtype, pd.StringDtype):
            continue
        values = column.dropna().unique()
        tokens = [value for value in values if _TOKEN.fullmatch(value)]
        if tokens:
            label = "坐席" if are_agents(name) else "单号" if are_orders(name) else "客户"
            taken = [value for value in values if re.fullmatch(rf"{label}-\d+", value)]
            first = 1 + max((int(value.rpartition("-")[2]) for value in taken), default=0)
            names = {token: f"{label}-{number}" for number, token in enumerate(tokens, start=first)}
            numbered[name] = column.map(lambda value, names=names: names.get(value, value)).astype("str")
    return numbered


def _mode(facts: pd.DataFrame, duplicates: str, versions: bool) -> str:
    if duplicates != "error" or not versions:
        return duplicates
    return "latest" if "updated_at" in facts else "last"


def _kept(
    facts: pd.DataFrame,
    duplicates: str,
    versions: bool,
    records: Sequence[FileRecord],
    file: np.ndarray,
) -> np.ndarray:
    """Return the rows that stay of those that share an identifier, in order.

    Raises
    ------
    InputError
        There are some, and there may not be.
    """
    ids = facts["doc_id"]
    repeated = ids.duplicated()
    mode = _mode(facts, duplicates, versions)
    if not repeated.any() or mode == "first":
        return np.flatnonzero(~repeated)
    if mode == "error":
        first = records[file[np.flatnonzero(repeated)[0]]].name
        raise InputError.repeated_ids(first, int(repeated.sum()), "")
    if mode == "last" or "updated_at" not in facts:
        return np.flatnonzero(~ids.duplicated(keep="last"))
    order = facts["updated_at"].sort_values(kind="stable", na_position="first").index
    return np.sort(order[~ids.loc[order].duplicated(keep="last").to_numpy()].to_numpy())


def _history(
    store: FactsStore, facts: pd.DataFrame, run: np.ndarray, configuration: Configuration
) -> list[dict[str, Any]]:
    """Return the runs of a folder; each with the rows it replaced and the earlier periods it changed."""
    listed = store.listed()
    runs = [] if listed is None else listed["runs"]
    for entry in runs:
        entry |= {"replaced": 0, "revised_periods": []}
    if len(np.unique(run)) < 2:
        return runs
    freq = configuration.tables.freq if configuration.tables.freq in PERIOD_COLUMNS else "W"
    is_dated = "created_at" in facts or "date" in facts
    period, names = pd.factorize(period_labels(facts, freq)) if is_dated else (None, [])
    contact = pd.factorize(facts["doc_id"])[0]
    for entry in runs:
        mine, before = run == entry["run"], run < entry["run"]
        again = before & np.isin(contact, contact[mine])
        entry["replaced"] = int(again.sum())
        if period is not None:
            touched = np.intersect1d(period[mine | again], period[before])
            entry["revised_periods"] = sorted(names[at] for at in touched if at >= 0)
    return runs


# Rejects and quality


def _beside(
    store: FactsStore, records: Sequence[FileRecord], replaced: pd.DataFrame, more: Sequence[Note]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rejects of all files and versions that others replaced, and the checks of all files."""
    found = [store.beside(record) for record in records]
    parts = [rejects for rejects, _ in found if len(rejects)]
    rejects = pd.concat([*parts, replaced], ignore_index=True) if parts or len(replaced) else found[0][0]
    notes = [
        Note(row.check, row.column, int(row.n), int(row.total), row.detail)
        for _, quality in found
        for row in quality.itertuples(index=False)
    ]
    return conform(rejects.astype({"line": "Int64"}), REJECTS), summed_quality([*notes, *more])


def _of_sample(model: RunModel, n: int) -> list[Note]:
    """Return what a reader must know of a model that was not learnt from all contacts of its input."""
    fitted = model.card.get("fitted")
    if not isinstance(fitted, int) or fitted == model.card.get("contacts"):
        return []
    detail = f"主题、建议的类别、情感零点和要数的词从随机抽取的 {fitted:,} 条联络学出，再用到 {n:,} 条"
    return [Note("model_sample", "", fitted, max(n, fitted), detail)]
