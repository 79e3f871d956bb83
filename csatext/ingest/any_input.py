"""An input as contacts, whether it holds contacts or dialogues: what it is, and the road it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from csatext.ingest.columns.headers import unknown_names
from csatext.ingest.contacts import ReadResult, read_sources
from csatext.ingest.formats.registry import Source, only_tables, open_tables
from csatext.ingest.input_kind import is_dialogues
from csatext.ingest.options import ReadOptions
from csatext.ingest.quality.checks import quality_table
from csatext.ingest.raw_table import Note
from csatext.ingest.turns import contacts_from_turns, turns_of_sources
from csatext.privacy.redact import redact_turns
from csatext.progress import counted
from csatext.schema import conform
from csatext.schema.contacts import QUALITY, REJECTS
from csatext.schema.model import Table

__all__ = ["are_dialogues", "contacts_of_turns", "read_any", "read_opened"]

_MUTE = "对话里没有客户说的话"


def read_any(
    source: str | Path, given: ReadOptions, progress: Callable[[str], None], key: str | None = None
) -> tuple[ReadResult, pd.DataFrame | None]:
    """Return the contacts of an input, read as what it is or as ``given.kind`` says, and its turns.

    Parameters
    ----------
    source : path
    given : ReadOptions
    progress : callable
        Receives which names of ``given.columns`` are not canonical, and how much was read where the input is
        dialogues.
    key : str, optional
        Key of pseudonyms in turns, as :func:`csatext.redact_turns` takes it.

    Returns
    -------
    read : ReadResult
        For dialogues its contacts are the customer's side of each, personal data masked.
    turns : DataFrame or None
        Table ``turns`` of dialogues, personal data masked; None for contacts.

    Raises
    ------
    InputError
        The input cannot be used, or is a folder of both.
    """
    for sentence in unknown_names(given.columns):
        progress(sentence)
    with counted("读取", None):
        sources = open_tables(source, given)
    return read_opened(sources, source, given, progress, key)


def read_opened(
    sources: Sequence[Source],
    source: str | Path,
    given: ReadOptions,
    progress: Callable[[str], None],
    key: str | None = None,
) -> tuple[ReadResult, pd.DataFrame | None]:
    """Return the contacts of some of the sources of an input, as :func:`read_any` does of all.

    Parameters
    ----------
    sources : sequence of Source
        Of :func:`csatext.ingest.formats.registry.open_tables`.
    source : path
        Named in errors.
    given, progress, key
        As there.

    Raises
    ------
    InputError
        As there.
    """
    if are_dialogues(sources, source, given):
        return _dialogues(sources, source, given, progress, key)
    with counted("读取", None):
        return read_sources(only_tables(sources, source), source, given), None


def are_dialogues(sources: Sequence[Source], source: str | Path, given: ReadOptions) -> bool:
    """Return whether sources are read as dialogues: as ``given.kind`` says, or as what they are.

    Parameters
    ----------
    sources, source, given
        As :func:`read_opened` takes them.

    Raises
    ------
    InputError
        They are of both kinds.
    """
    if given.kind != "auto":
        return given.kind == "turns"
    if any(not isinstance(header, str) for header in given.columns.values()):
        # Title and body are parts of one contact; a turn has neither.
        return False
    return "role" in given.columns or is_dialogues(sources, source, given.single_columns())


def _dialogues(
    sources: Sequence[Source],
    path: str | Path,
    given: ReadOptions,
    progress: Callable[[str], None],
    key: str | None,
) -> tuple[ReadResult, pd.DataFrame]:
    """Return the customer's side of dialogues as contacts, and the turns with personal data masked."""
    turns = turns_of_sources(sources, path, given)
    attrs = dict(turns.attrs)
    turns = redact_turns(turns, pseudonymize=key)
    turns.attrs = attrs
    read = contacts_of_turns(turns, Path(path).name)._replace(redacted=True, utterances=turns)
    progress(
        f"按对话读入：{read.turns} 句，合成 {len(read.contacts)} 条联络，只取客户说的话；"
        "要逐行当作联络，请加 --kind contacts"
    )
    return read, turns


def contacts_of_turns(turns: pd.DataFrame, name: str = "") -> ReadResult:
    """Return the customer's side of dialogues; each turn of a dialogue without one is a reject.

    Parameters
    ----------
    turns : DataFrame
        As :func:`csatext.read_turns` returns it, personal data masked.
    name : str, optional
        Source of the rejects where the turns are of one file.

    Examples
    --------
    >>> turns = pd.DataFrame({"doc_id": ["1", "1", "2"], "turn_id": [0, 1, 0], "text": "退款"})
    >>> turns["role"] = ["agent", "customer", "agent"]
    >>> read = contacts_of_turns(turns)
    >>> read.contacts["text"].tolist(), read.turns, read.rows, len(read.rejects)
    (['退款'], 2, 3, 1)
    """
    contacts = contacts_from_turns(turns)
    contacts.attrs = {}
    mute = turns[~turns["doc_id"].isin(contacts["doc_id"])]
    lost = _table(turns.attrs.get("rejects", []), REJECTS)
    if len(mute):
        names = mute["source"] if "source" in mute else pd.Series(name, index=mute.index)
        more = {"source": names, "line": pd.NA, "reason": _MUTE, "raw": mute["text"]}
        lost = pd.concat([lost, pd.DataFrame(more)], ignore_index=True)
    rejects = conform(lost.astype({"line": "Int64"}), REJECTS)
    n_utterances = len(turns) - len(mute)
    rows = n_utterances + len(rejects)
    detail = f"按对话读：{n_utterances} 句合成 {len(contacts)} 条联络，只取客户说的话"
    quality = [
        _table(turns.attrs.get("quality", []), QUALITY),
        quality_table([Note("dialogues", "", n_utterances, rows, detail)]),
    ]
    if len(mute):
        n = mute["doc_id"].nunique()
        quality.append(
            quality_table(
                [
                    Note(
                        "dialogues_mute",
                        "",
                        len(mute),
                        rows,
                        f"{n} 个对话里没有客户说的话，{len(mute)} 句剔除",
                    )
                ]
            )
        )
    table = conform(pd.concat([part for part in quality if len(part)], ignore_index=True), QUALITY)
    return ReadResult(contacts, rejects, table, rows, n_utterances)


def _table(rows: Sequence[Mapping[str, object]], table: Table) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=[column.name for column in table.columns])
