"""The files of an input one by one, each read as it would be by itself, whatever files lie beside it."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

import pandas as pd

from csatext.atomic_files import file_hash
from csatext.batch.configuration import Configuration
from csatext.batch.engines.warehouse import is_warehouse, warehouse_sections
from csatext.batch.pipeline import masked_input, of_the_time
from csatext.errors import InputError
from csatext.ingest.any_input import read_opened
from csatext.ingest.columns.headers import unknown_names
from csatext.ingest.contacts import REPEATED, WHOLE_ROW, ReadResult
from csatext.ingest.formats.database import is_url, source_name
from csatext.ingest.formats.registry import Source, open_tables
from csatext.ingest.options import ReadOptions
from csatext.ingest.sections.dialogue_sections import whole_dialogues
from csatext.ingest.sections.file_sections import (
    is_large,
    plan_of_cells,
    query_sections,
    reading_plan,
    sections_of,
)
from csatext.ingest.sections.section import InputSection, ReadingPlan
from csatext.privacy.outputs import mask_rejects, mask_sentence
from csatext.privacy.personal_columns import are_agents, are_customers, are_orders
from csatext.reporting.service_tables import with_conversations

__all__ = [
    "ContactsOf",
    "InputFile",
    "files_in_order",
    "input_files",
    "is_pseudonym_column",
    "is_remote",
    "masked_contacts",
    "own_contacts",
    "read_file",
]

_LOG = logging.getLogger(__name__)
_SHOWN = 5
_NUMBER = re.compile(r"(\d+)")
_MADE = "doc_id_made"
_ROW = r"^行\d+$"
_TOKEN = r"\[([^\[\]#]{1,6})#[0-9a-f]{12}\]"
_TOLD_FROM_FILE = "source"
_Item = TypeVar("_Item")


class InputFile(NamedTuple):
    """A file of an input.

    Attributes
    ----------
    name : str
        With its folders within the folder that was given, personal data masked.
    key : str
        What it is known by, whatever its name holds.
    source : Source
    sha256 : str
        Of its content.
    beside : bool
        Whether it lies in a folder that was given as the input.
    query : tuple of str
        URL and SQL of a database, whose rows are known by what they hold when they have been read; empty for
        a file.
    stamp : tuple of int, or None
        Bytes of a file and time of its last change, before its hash was taken.
    """

    name: str
    key: str
    source: Source
    sha256: str
    beside: bool
    query: tuple[str, str] | tuple[()] = ()
    stamp: tuple[int, int] | None = None

    def refuse_changed(self) -> None:
        """Raise where the file is another than the one whose hash was taken: somebody is writing it.

        Raises
        ------
        InputError
            Its size or the time of its last change is another.
        """
        if self.stamp is not None and self.stamp != _stamp_of(self.source):
            raise InputError.unreadable(self.name, "读取时文件被改动", "请等它写完，再运行同一个命令")

    def reading_plan(self, options: ReadOptions) -> ReadingPlan | None:
        """Return how its sections are read; None where it is read whole.

        Raises
        ------
        CsatextError
            Its beginning cannot be read.
        """
        if self.query:
            plan = plan_of_cells(partial(_rows_of, *self.query), self.source.name, options)
            if plan is None and is_warehouse(self.query[0]):
                what = "请检查表；对话的每一行要写明是哪一通"
                raise InputError.unreadable(self.name, "没有行，或看不出各句属于哪一通对话", what)
            return plan
        path = self.source.path
        return reading_plan(path, self.source.name, options) if path is not None and is_large(path) else None

    def sections(self, plan: ReadingPlan, options: ReadOptions) -> Iterator[InputSection]:
        """Yield its sections.

        Raises
        ------
        InputError
            It cannot be read to its end.
        """
        if not self.query:
            path = self.source.path
            return iter(()) if path is None else sections_of(path, plan, options)
        found = partial(_rows_of, *self.query)
        return whole_dialogues(found, plan, options) if plan.conversation else found()


def is_remote(source: str | Path) -> bool:
    """Return whether an input is rows that a database or Spark gives, and no file.

    Examples
    --------
    >>> is_remote("sqlite:///a.db"), is_remote("table:crm.tickets"), is_remote("a.csv")
    (True, True, False)
    """
    return isinstance(source, str) and (is_url(source) or is_warehouse(source))


def _rows_of(url: str, query: str) -> Iterator[InputSection]:
    return warehouse_sections(url) if is_warehouse(url) else query_sections(url, query)


def input_files(
    path: str | Path, configuration: Configuration, progress: Callable[[str], None], *, hashed: bool = True
) -> list[InputFile]:
    """Return the files of an input in order, none of them read but for its hash.

    Parameters
    ----------
    path : path
        A file, a folder, a database URL with ``query``, or what Spark reads
        (:mod:`csatext.batch.engines.warehouse`).
    configuration : Configuration
        Section ``input`` is used.
    progress : callable
        Receives which names of columns are not canonical, and what lies in a folder and is not read: the
        quality of a file tells of nothing that lies beside it.
    hashed : bool, default True
        Whether ``sha256`` is asked for; empty otherwise.

    Raises
    ------
    InputError
        There is none that could be read.
    """
    for sentence in unknown_names(configuration.input.columns):
        progress(sentence)
    if isinstance(path, str) and is_remote(path):
        name = path.split("://")[0]
        known = path if is_warehouse(path) else source_name(path)  # a URL of a database may hold a password
        key = _key(f"{known}\0{configuration.input.query}")
        return [InputFile(name, key, Source(name), "", beside=False, query=(path, configuration.input.query))]
    sources = open_tables(path, configuration.input)
    if skipped := sources[0].skipped:
        shown = mask_sentence("、".join(skipped[:_SHOWN]))
        progress(f"{len(skipped)} 个文件或文件夹未读（格式不读、隐藏的，或不是普通文件）：{shown}")
        sources[0].note_skipped((), 1)
    beside = Path(path).is_dir()
    found = [_input_file(source, hashed=hashed, beside=beside) for source in sources]
    return files_in_order(found, lambda file: (file.name, file.key))


def files_in_order(items: Iterable[_Item], named: Callable[[_Item], tuple[str, str]]) -> list[_Item]:
    """Return files in the order of their names, in which 第9天 stands before 第10天.

    Of two rows of a contact the later file's stays, so the order is one of names and not of arrival: nights
    that are read one by one give what all of them give at once.

    Parameters
    ----------
    items : iterable
    named : callable
        Gives the name and the key of an item.

    Examples
    --------
    >>> files_in_order(["10.csv", "9.csv"], lambda name: (name, ""))
    ['9.csv', '10.csv']
    """

    def order(item: _Item) -> tuple[list[tuple[int, int, str]], str]:
        name, key = named(item)
        parts = [part for part in _NUMBER.split(name) if part]
        return [(0, int(part), part) if part.isdecimal() else (1, 0, part) for part in parts], key

    return sorted(items, key=order)


def _key(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8")).hexdigest()[:16]


def _input_file(source: Source, *, hashed: bool, beside: bool) -> InputFile:
    stamp = _stamp_of(source)
    digest = _hash_of(source, beside=beside) if hashed else ""
    return InputFile(mask_sentence(source.name), _key(source.name), source, digest, beside, stamp=stamp)


def _stamp_of(source: Source) -> tuple[int, int] | None:
    """Return the bytes of a file and the time of its last change; None where there is no file."""
    try:
        found = None if source.path is None else source.path.stat()
    except OSError:
        return None
    return None if found is None else (found.st_size, found.st_mtime_ns)


def _hash_of(source: Source, *, beside: bool) -> str:
    """Return the hash of a file; empty of one in a folder that cannot be read, which is a reject then."""
    try:
        return "" if source.path is None else file_hash(source.path)
    except OSError as error:
        if beside:
            return ""
        raise InputError.unreadable(source.name, error.strerror or "读取出错", "请检查路径和权限") from error


def read_file(
    file: InputFile, configuration: Configuration, progress: Callable[[str], None]
) -> tuple[ReadResult, pd.DataFrame | None]:
    """Return a file's contacts as they were read, and its turns where it holds dialogues.

    Of rows that share an identifier the first stays where ``duplicates`` is ``error``: whether that may be is
    for :func:`own_contacts` to say.

    Parameters
    ----------
    file : InputFile
    configuration : Configuration
        Sections ``input`` and ``privacy`` are used.
    progress : callable
        Receives what is to be said of reading.

    Raises
    ------
    InputError
        The file cannot be used.
    """
    given = configuration.input.duplicates
    return _read_with("first" if given == "error" else given, file, configuration, progress)


def _read_with(
    duplicates: str, file: InputFile, configuration: Configuration, progress: Callable[[str], None]
) -> tuple[ReadResult, pd.DataFrame | None]:
    options = replace(configuration.input, duplicates=duplicates)
    key = configuration.privacy.pseudonymize or None
    source = open_tables(file.query[0], options)[0] if file.query else file.source
    return read_opened([source], str(source.where), options, progress, key)


def own_contacts(
    file: InputFile,
    read: ReadResult,
    turns: pd.DataFrame | None,
    configuration: Configuration,
    secret: str,
    *,
    versions: bool = False,
) -> ReadResult:
    """Return a file's contacts, personal data in metadata columns masked, identifiers its own.

    Parameters
    ----------
    file : InputFile
    read, turns
        From :func:`read_file`.
    configuration : Configuration
        Sections ``input`` and ``privacy`` are used.
    secret : str
        Key by which agents, orders and customers without a key of the user's get the same token in every
        file; other values get masks, as in a run of one file.
    versions : bool, default False
        Whether rows that share an identifier are versions of one contact, of which the latest stays, where
        ``duplicates`` does not say otherwise.

    Raises
    ------
    InputError
        Identifiers repeat and may not, or a time is asked for and there is none.
    """
    repeated = read.rejects["reason"].isin([WHOLE_ROW, REPEATED["first"]])
    if configuration.input.duplicates == "error" and repeated.any():
        if not versions:
            lines = read.rejects.loc[repeated, "line"].dropna().head(3)
            raise InputError.repeated_ids(file.name, int(repeated.sum()), "、".join(map(str, lines)))
        latest = "latest" if "updated_at" in read.contacts else "last"
        read, turns = _read_with(latest, file, configuration, _LOG.debug)
    return masked_contacts(ContactsOf(file.name, file.beside), read, turns, configuration, secret)


@dataclass(frozen=True)
class ContactsOf:
    """Where contacts come from.

    Attributes
    ----------
    name : str
        Of their file, masked.
    beside : bool
        Whether it lies in a folder that was given as the input.
    before : int
        Rows of the file before them.
    """

    name: str
    beside: bool
    before: int = 0


def masked_contacts(
    file: ContactsOf, read: ReadResult, turns: pd.DataFrame | None, configuration: Configuration, secret: str
) -> ReadResult:
    """Return contacts of a file, personal data in metadata columns masked, identifiers its own.

    Parameters
    ----------
    file : ContactsOf
    read, turns
        From :func:`read_file` or :func:`csatext.ingest.sections.read_section.read_section`.
    configuration, secret
        As :func:`own_contacts` takes them.

    Raises
    ------
    InputError
        A time is asked for and there is none.
    """
    read = read._replace(contacts=with_conversations(read.contacts, turns))
    if file.beside:
        read = _told_apart(read, file.name)
    read = of_the_time(read, configuration.input, may_be_none=True)
    if read.contacts.empty:
        return read._replace(rejects=mask_rejects(read.rejects))
    key = configuration.privacy.pseudonymize
    privacy = replace(configuration.privacy, pseudonymize=key or secret)
    name = file.name if file.beside else ""
    masked = masked_input(read, privacy, file_name=name, before=file.before)
    return masked if key else masked._replace(contacts=_without_tokens(masked.contacts))


def _told_apart(read: ReadResult, name: str) -> ReadResult:
    """Return contacts with the name of their file, and with it before identifiers made of row numbers."""
    contacts = read.contacts
    if _TOLD_FROM_FILE in contacts:
        contacts = contacts.rename(columns={_TOLD_FROM_FILE: f"{_TOLD_FROM_FILE}_原列"})
    contacts = contacts.assign(**{_TOLD_FROM_FILE: pd.Series(name, index=contacts.index, dtype="str")})
    made = read.quality.loc[read.quality["check"] == _MADE]
    if len(made):
        ids = contacts["doc_id"]
        own = (
            pd.Series(True, index=ids.index)
            if (made["n"] == made["total"]).all()
            else ids.str.contains(_ROW, regex=True)
        )
        contacts["doc_id"] = ids.where(~own, f"{name}-" + ids)
    return read._replace(contacts=contacts)


def is_pseudonym_column(name: object) -> bool:
    """Return whether the values of a column are told apart by pseudonyms, going by its header.

    Examples
    --------
    >>> is_pseudonym_column("agent_id"), is_pseudonym_column("channel")
    (True, False)
    """
    return are_agents(name) or are_orders(name) or are_customers(name)


def _without_tokens(contacts: pd.DataFrame) -> pd.DataFrame:
    """Return contacts with plain masks where values need not be told apart."""
    plain = contacts.copy(deep=False)
    for name, dtype in contacts.dtypes.items():
        if name in ("doc_id", "text") or is_pseudonym_column(name) or not isinstance(dtype, pd.StringDtype):
            continue
        plain[name] = contacts[name].str.replace(_TOKEN, r"[\1]", regex=True)
    return plain
