"""What a run was made of: input, configuration, versions, counts, files; no clock, no host."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

import csatext
from csatext.batch.configuration import Configuration
from csatext.reporting.files import file_hash

__all__ = ["manifest"]

_PARTS = (
    "numpy",
    "opencc",
    "pandas",
    "pyarrow",
    "rjieba",
    "scikit-learn",
    "scipy",
    "statsmodels",
    "tomotopy",
)


def manifest(
    source: dict[str, Any],
    configuration: Configuration,
    counts: dict[str, int],
    tables: dict[str, pd.DataFrame],
    out: Path,
    written: Sequence[Path],
) -> dict[str, Any]:
    """Return the manifest; the same input, configuration and versions give the same bytes.

    Parameters
    ----------
    source : dict
        Name and hash of the input.
    configuration : Configuration
    counts : dict
        rows, contacts, rejects.
    tables : dict of str to DataFrame
        Their row counts are listed.
    out : Path
        Folder that the names of ``written`` are relative to.
    written : sequence of Path
        Every file of the run but the manifest.
    """
    return {
        "csatext": csatext.__version__,
        "input": source,
        "configuration": configuration.to_dict(),
        "versions": {"python": platform.python_version()} | {name: version(name) for name in _PARTS},
        "rows": counts,
        "tables": {name: len(table) for name, table in tables.items()},
        "files": {path.relative_to(out).as_posix(): file_hash(path) for path in written},
    }
