"""A run in three phases: a model is fitted or given, the input annotated by it, its facts aggregated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from csatext.atomic_files import claimed_folder
from csatext.batch.configuration import Configuration, processes
from csatext.batch.contact_analyses import load_resources
from csatext.batch.engines.java_session import check_spark
from csatext.batch.engines.local import Workers, workers_ahead
from csatext.batch.engines.warehouse import spark_where_needed
from csatext.batch.output import finished_output, refuse_link
from csatext.batch.phases.aggregate import aggregate
from csatext.batch.phases.annotate_input import AnnotateResult, annotate_input
from csatext.batch.phases.facts_store import FactsStore
from csatext.batch.phases.fit import fit
from csatext.batch.phases.input_files import is_remote
from csatext.batch.phases.input_sample import is_large_input
from csatext.batch.pipeline import RunResult, run, unchanged_run
from csatext.batch.run_state import digest_of, hash_where_there, settings_of, state_of_run
from csatext.ingest.formats.database import source_name
from csatext.privacy.outputs import mask_sentence
from csatext.strings import encodable

__all__ = ["aggregate_store", "annotate_store", "run_by_model", "run_input", "runs_in_partitions"]

_MANY = 2_000
"""Contacts from which processes that annotate are started while the model is learnt: a few long texts leave
them nothing to do, and need their memory."""
_SAMPLE = 20_000
"""Contacts of a large input that a model is learnt from: as many as topics are learnt from in any case; with
60,000 the coherence of topics is no better (``TopicModel``)."""
Progress = Callable[[str], None]


def run_input(
    source: str | Path,
    out: str | Path,
    configuration: Configuration,
    progress: Progress,
    *,
    model: str | Path = "",
    audit: str | Path = "",
    n_jobs: int | str = "auto",
    engine: str = "local",
    incremental: bool = False,
) -> RunResult:
    """Read, learn, annotate, aggregate and write: what ``csatext run`` does.

    A small input is learnt from and annotated in one pass and in memory, by
    :func:`csatext.batch.pipeline.run`; facts, rejects and tables are those that the three phases give. Of a
    large one a model is learnt from a sample of 20,000 contacts (the manifest says so), and its files are
    annotated in sections.

    Parameters
    ----------
    source, out, configuration, progress, model, audit, n_jobs, engine, incremental
        As in :func:`run_by_model`.

    Raises
    ------
    CsatextError
        As there.
    OSError
        The disk is full or the like.
    """
    if not runs_in_partitions(source, model=model, engine=engine, incremental=incremental):
        return run(source, out, configuration, progress, audit=audit)
    return run_by_model(
        source,
        out,
        configuration,
        progress,
        model=model,
        audit=audit,
        n_jobs=n_jobs,
        engine=engine,
        incremental=incremental,
        learn=not model and not incremental,
    )


def runs_in_partitions(
    source: str | Path, *, model: str | Path = "", engine: str = "local", incremental: bool = False
) -> bool:
    """Return whether :func:`run_input` goes by partitions on several processes, not in one pass in memory.

    Parameters
    ----------
    source, model, engine, incremental
        As in :func:`run_by_model`.

    Examples
    --------
    >>> runs_in_partitions("missing.csv"), runs_in_partitions("missing.csv", model="model")
    (False, True)
    """
    return bool(model) or incremental or engine == "spark" or is_large_input(source)


def run_by_model(
    source: str | Path,
    out: str | Path,
    configuration: Configuration,
    progress: Progress,
    *,
    model: str | Path = "",
    audit: str | Path = "",
    n_jobs: int | str = "auto",
    engine: str = "local",
    incremental: bool = False,
    learn: bool = False,
) -> RunResult:
    """Annotate an input by a model and write what :func:`csatext.batch.pipeline.run` writes.

    What was annotated by an earlier run into the same folder is not annotated again; where nothing has
    changed nothing is written.

    Parameters
    ----------
    source : path
        A file, a folder or a database URL with ``query``.
    out : path
        Folder: beside facts, tables, report and manifest it holds ``model/``, ``partitions/`` and
        ``annotations.json``.
    configuration : Configuration
        Sections ``text`` and ``analysis`` are those of the model, but for ``analysis.n_keywords``.
    progress : callable
        Called with the name of each step when it begins.
    model : path
        Folder of :func:`csatext.batch.phases.fit.fit`; empty takes the one in ``out``, and fits one to the
        input, or to a sample of a large one, where there is none.
    audit : path
        A store of tags; empty for none.
    n_jobs : int or "auto", default "auto"
        Processes, where the engine is ``local``.
    engine : {"local", "spark"}, default "local"
        Where contacts are annotated; facts do not depend on it.
    incremental : bool, default False
        Whether files that are no longer in the input stay, and rows that share an identifier are versions.
    learn : bool, default False
        Whether the model in ``out`` is fitted anew where input or configuration are others than it was fitted
        to.

    Raises
    ------
    CsatextError
        The input, the model, the configuration or the folder cannot be used.
    OSError
        The disk is full or the like; the next run goes on from what is finished.
    """
    out = Path(out)
    if engine == "spark":
        check_spark()  # before anything is learnt, which takes long
    with claimed_folder(out), spark_where_needed(source), ExitStack() as held:
        refuse_link(out)
        store = FactsStore(out)
        workers: Workers | None = None

        def start_workers(contacts: int) -> None:
            nonlocal workers
            if contacts >= _MANY:
                workers = held.enter_context(workers_ahead(processes(n_jobs), load_resources))

        kept = bool(model)
        if not model:
            sample, learnt_from = _learning(source, configuration)
            is_same = bool(learnt_from) and store.model_card().get("learnt_from") == learnt_from
            if not store.has_model() or (learn and not is_same):
                store.remove_model()
                ahead = start_workers if engine == "local" and sample is not None else None
                fit(
                    source,
                    store.model,
                    configuration,
                    progress,
                    sample=sample,
                    learnt_from=learnt_from,
                    when_read=ahead,
                )
            # Of what it is learnt from, whether by this run or by one that was killed after it had learnt.
            known = store.model_card().get("learnt_from", "")
            kept = known != learnt_from or (incremental and not learnt_from)
        found = annotate_input(
            source,
            store,
            Path(model) if model else store.model,
            configuration,
            progress,
            n_jobs=processes(n_jobs),
            engine=engine,
            incremental=incremental,
            workers=workers,
        )
        held.close()
        state = _state(store, configuration, audit, incremental)
        if not found.changed and (known := finished_output(out, state)) is not None:
            return unchanged_run(out, known)
        name = encodable(mask_sentence(source_name(source)))
        return aggregate(
            store,
            out,
            configuration,
            progress,
            source={"name": name},
            audit=audit,
            versions=incremental,
            state=state,
            kept=kept,
        )


def _learning(source: str | Path, configuration: Configuration) -> tuple[int | None, str]:
    """Return of how many contacts a model is learnt, None for all, and the digest of what it depends on."""
    sample = _SAMPLE if is_large_input(source) else None
    known = "" if is_remote(source) else state_of_run(Path(source), configuration)
    return sample, digest_of({"state": known, "sample": sample}) if known else ""


def annotate_store(
    source: str | Path,
    out: str | Path,
    configuration: Configuration,
    progress: Progress,
    *,
    model: str | Path,
    n_jobs: int | str = "auto",
    engine: str = "local",
) -> AnnotateResult:
    """Annotate an input by a model into a folder of partitions, for :func:`aggregate_store`.

    Parameters
    ----------
    source, out, configuration, progress, model, n_jobs, engine
        As in :func:`run_by_model`.

    Raises
    ------
    CsatextError
        The input, the model or the folder cannot be used.
    """
    out = Path(out)
    with claimed_folder(out), spark_where_needed(source):
        refuse_link(out)
        return annotate_input(
            source,
            FactsStore(out),
            Path(model),
            configuration,
            progress,
            n_jobs=processes(n_jobs),
            engine=engine,
        )


def aggregate_store(
    facts: str | Path,
    out: str | Path,
    configuration: Configuration,
    progress: Progress,
    *,
    audit: str | Path = "",
) -> RunResult:
    """Write tables and report of a folder that :func:`annotate_store` or :func:`run_by_model` filled.

    Parameters
    ----------
    facts : path
    out : path
        Folder of the output; may be the same.
    configuration, progress, audit
        As in :func:`run_by_model`. Rows that share an identifier are versions.

    Raises
    ------
    CsatextError
        The folder is not finished, or the configuration does not fit its contacts.
    """
    out = Path(out)
    store = FactsStore(Path(facts))
    store.records()
    with claimed_folder(out):
        refuse_link(out)
        state = _state(store, configuration, audit, versions=True)
        if (known := finished_output(out, state)) is not None:
            return unchanged_run(out, known)
        return aggregate(store, out, configuration, progress, audit=audit, versions=True, state=state)


def _state(store: FactsStore, configuration: Configuration, audit: str | Path, versions: bool) -> str:
    """Return what the output depends on, as a digest."""
    listed: Mapping[str, Any] = store.listed() or {}
    return digest_of(
        {
            "files": listed.get("files"),
            "runs": len(listed.get("runs", ())),
            "model": listed.get("digest"),
            "configuration": settings_of(configuration),
            "audit": hash_where_there(Path(audit)) if audit else "",
            "versions_of_a_contact": versions,
        }
    )
