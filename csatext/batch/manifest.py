"""Provenance of a run: input, configuration, versions, counts, files; no clock, no host."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

import pandas as pd

import csatext
from csatext.batch.configuration import Configuration
from csatext.privacy.outputs import mask_sentence
from csatext.strings import encodable

__all__ = ["RunOutput", "library_versions", "manifest", "plain_settings"]

_PARTS = ("numpy", "opencc", "pandas", "pyarrow", "rjieba", "scikit-learn", "scipy", "tomotopy")


@dataclass(frozen=True)
class RunOutput:
    """Everything a run writes, complete in memory.

    Attributes
    ----------
    facts, rejects : DataFrame
    tables : mapping of str to DataFrame
    report : callable
        Returns the page, given the hash over facts and tables that it bears.
    source : dict
        Name and hash of the input.
    rows : int
        Rows read.
    absent : mapping of str to str
        What could not be made, with the reason.
    turns : int or None
        Turns that the contacts were made of, where the input was dialogues.
    outside : int
        Contacts that are not of the time asked for.
    provenance : mapping of str to object
        Further entries of the manifest, masked: the model, the runs that made the facts.
    """

    facts: pd.DataFrame
    rejects: pd.DataFrame
    tables: Mapping[str, pd.DataFrame]
    report: Callable[[str], str]
    source: dict[str, Any]
    rows: int
    absent: Mapping[str, str]
    turns: int | None = None
    outside: int = 0
    provenance: Mapping[str, Any] = field(default_factory=dict)


def manifest(output: RunOutput, configuration: Configuration, files: Mapping[str, str]) -> dict[str, Any]:
    """Return the manifest; the same input, configuration and versions give the same bytes.

    Parameters
    ----------
    output : RunOutput
    configuration : Configuration
        Listed without ``text.n_jobs``, which no result depends on, and without the key of pseudonyms.
    files : mapping of str to str
        Every file of the run but the manifest, by its name in the folder, and its SHA-256.
    """
    reasons = output.rejects["reason"].value_counts().sort_index()
    turns = {} if output.turns is None else {"turns": output.turns}
    kind = {"kind": "turns"} if turns else {}
    return {
        "csatext": csatext.__version__,
        "input": output.source | {"name": encodable(mask_sentence(output.source["name"]))} | kind,
        "configuration": plain_settings(configuration),
        "versions": library_versions(),
        **{name: value for name, value in output.provenance.items() if value},
        "rows": {
            "rows": output.rows,
            **turns,
            "contacts": len(output.facts),
            **({"outside": output.outside} if output.outside else {}),
            "rejects": len(output.rejects),
        },
        "rejects": {str(reason): int(n) for reason, n in reasons.items()},
        "tables": {name: len(table) for name, table in output.tables.items()},
        "absent": _masked(dict(output.absent)),
        "files": dict(files),
    }


def plain_settings(configuration: Configuration) -> dict[str, Any]:
    """Return a configuration as it may be written: masked, without number of processes and key of pseudonyms.

    Examples
    --------
    >>> plain_settings(Configuration())["privacy"]
    {'keep': [], 'pseudonymize': False}
    """
    settings = configuration.to_dict()
    del settings["text"]["n_jobs"]
    settings["privacy"]["pseudonymize"] = bool(configuration.privacy.pseudonymize)
    return dict(_masked(settings))


def library_versions() -> dict[str, str]:
    """Return the versions of what results depend on.

    Examples
    --------
    >>> list(library_versions())[:2]
    ['python', 'numpy']
    """
    return {"python": platform.python_version()} | {name: version(name) for name in _PARTS}


def _masked(value: Any) -> Any:
    """Return nested values with every string masked: headers and paths of a configuration are the user's."""
    if isinstance(value, dict):
        return {_masked(key): _masked(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_masked(inner) for inner in value]
    return encodable(mask_sentence(value)) if isinstance(value, str) else value
