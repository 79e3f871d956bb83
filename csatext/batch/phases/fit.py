"""Fit the model of a run to an input, or to a sample of it, and keep it in a folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from csatext.atomic_files import claimed_folder
from csatext.batch.configuration import Configuration
from csatext.batch.contact_analyses import analyse_contacts
from csatext.batch.engines.warehouse import spark_where_needed
from csatext.batch.manifest import library_versions, plain_settings
from csatext.batch.phases.input_files import is_remote
from csatext.batch.phases.input_sample import is_large_input, sampled_input
from csatext.batch.phases.run_model import RunModel, save_run_model
from csatext.batch.pipeline import masked_input, read_source, source_facts
from csatext.errors import ParameterError
from csatext.ingest.contacts import ReadResult
from csatext.ingest.formats.database import source_name
from csatext.privacy.outputs import mask_sentence
from csatext.strings import encodable

__all__ = ["FitResult", "fit"]

Progress = Callable[[str], None]


class FitResult(NamedTuple):
    """The folder of a model, and how many contacts of how many (None: not counted) it was fitted to."""

    folder: Path
    fitted: int
    contacts: int | None


def fit(
    source: str | Path,
    out: str | Path,
    configuration: Configuration,
    progress: Progress,
    *,
    sample: int | None = None,
    learnt_from: str = "",
    when_read: Callable[[int], None] | None = None,
) -> FitResult:
    """Learn what a run learns, and write it into a folder.

    Terms and fixed expressions, the zero point of sentiment, the shares of the kinds of contact, the weights
    of a taxonomy's patterns, topics, categories that the taxonomy lacks, and the trained classifier, where
    the configuration names one.

    Parameters
    ----------
    source : path
        Any input of :func:`csatext.batch.pipeline.run`.
    out : path
        Folder of the model, made when it is not there.
    configuration : Configuration
    progress : callable
        Called with the name of each step when it begins.
    sample : int, optional
        Contacts that are fitted to, drawn by ``analysis.random_state``; None takes all. Of a large input no
        more is read than parts spread over it.
    learnt_from : str, optional
        Kept in the model's card: what it depends on, for :func:`csatext.batch.phases.run_by_model.run_input`.
    when_read : callable, optional
        Called with the number of contacts that are fitted to, before anything is learnt from them.

    Raises
    ------
    CsatextError
        The input, the configuration or the folder cannot be used.
    """
    if sample is not None and sample < 1:
        raise ParameterError.out_of_range("sample", sample, "不小于 1 的整数")
    out = Path(out)
    with claimed_folder(out), spark_where_needed(source):
        # A contact's versions teach what it says: whichever row stays will do.
        once = replace(configuration.input, duplicates=_one_of(configuration.input.duplicates))
        reading = replace(configuration, input=once)
        if sample is not None and is_large_input(source):
            total: int | None
            read, total = sampled_input(source, reading, sample, progress)
        else:
            read = read_source(source, reading, progress)
            total = len(read.contacts)
            read = _sampled(read, sample, configuration)
        read = masked_input(read, configuration.privacy)
        if when_read is not None:
            when_read(len(read.contacts))
        analyses = analyse_contacts(
            read.contacts, configuration, progress, redacted=read.redacted, turns=read.utterances, adapt=True
        )
        card: dict[str, Any] = {
            "input": {"name": encodable(mask_sentence(source_name(source))), **_hash(source)},
            "contacts": total,
            "fitted": len(read.contacts),
            "configuration": plain_settings(configuration),
            "versions": library_versions(),
            **({"learnt_from": learnt_from} if learnt_from else {}),
        }
        model = replace(analyses.model, card=card)
        progress(f"写入 {mask_sentence(str(out))}")
        save_run_model(_fit_for_all(model), out)
    return FitResult(out, len(read.contacts), total)


def _one_of(duplicates: str) -> str:
    return "last" if duplicates == "error" else duplicates


def _hash(source: str | Path) -> dict[str, str]:
    if is_remote(source):
        return {}
    return {"sha256": source_facts(Path(source))["sha256"]}


def _sampled(read: ReadResult, sample: int | None, configuration: Configuration) -> ReadResult:
    """Return the input with a random sample of its contacts, in their order."""
    contacts = read.contacts
    if sample is None or len(contacts) <= sample:
        return read
    random = np.random.default_rng(configuration.analysis.random_state)
    chosen = np.sort(random.choice(len(contacts), sample, replace=False))
    return read._replace(contacts=contacts.iloc[chosen].reset_index(drop=True))


def _fit_for_all(model: RunModel) -> RunModel:
    """Return the model without what belongs to the contacts that it was fitted to: their column names."""
    model.vectorizer.set_params(keep=())
    tables = {name: table for name, table in model.tables.items() if name != "topic_fit"}
    return replace(model, tables=tables)
