"""What the output of a run depends on, as one digest: where it is the same, nothing need be done again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import csatext
from csatext.atomic_files import file_hash
from csatext.batch.configuration import Configuration
from csatext.batch.manifest import library_versions

__all__ = ["digest_of", "hash_where_there", "keyed_digest", "settings_of", "state_of_run"]


def state_of_run(source: Path, configuration: Configuration, audit: str | Path = "") -> str:
    """Return what a run that learns from its input depends on; empty where that is no file or folder.

    Content of the input, configuration, content of the files that it names, tags, version of csatext and of
    the libraries.

    Parameters
    ----------
    source : Path
    configuration : Configuration
    audit : path
        A store of tags; empty for none.

    Examples
    --------
    >>> state_of_run(Path("missing.csv"), Configuration())
    ''
    """
    content = hash_where_there(source)
    if not content:
        return ""
    analysis = configuration.analysis
    named = [*configuration.text.lexicons, analysis.taxonomy, analysis.model, str(audit)]
    return digest_of(
        {
            "name": source.name,
            "input": content,
            "configuration": settings_of(configuration),
            "named": [hash_where_there(Path(name)) if name else "" for name in named],
        }
    )


def settings_of(configuration: Configuration) -> dict[str, Any]:
    """Return a configuration as plain values, its key as what it is known by, without number of processes."""
    settings = configuration.to_dict()
    del settings["text"]["n_jobs"]
    settings["privacy"]["pseudonymize"] = keyed_digest(configuration.privacy.pseudonymize)
    return settings


def digest_of(given: Mapping[str, Any]) -> str:
    """Return the digest of plain values, and of the versions of what works on them.

    Examples
    --------
    >>> digest_of({"a": 1}) == digest_of({"a": 1}), digest_of({"a": 1}) == digest_of({"a": 2})
    (True, False)
    """
    values = {**given, "csatext": csatext.__version__, "versions": library_versions()}
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def hash_where_there(path: Path) -> str:
    """Return the hash of a file or folder; empty where it is neither, or may not be read.

    Examples
    --------
    >>> hash_where_there(Path("missing.csv"))
    ''
    """
    try:
        return file_hash(path) if path.is_file() or path.is_dir() else ""
    except (OSError, ValueError):
        return ""


def keyed_digest(key: str) -> str:
    """Return what a key is known by, from which it cannot be had without great effort; empty for none.

    Examples
    --------
    >>> keyed_digest("")
    ''
    """
    if not key:
        return ""
    return hashlib.pbkdf2_hmac("sha256", key.encode("utf-8", "surrogatepass"), b"csatext", 200_000).hex()
