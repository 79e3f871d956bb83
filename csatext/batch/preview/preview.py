"""What a command would do, told from the head of its input; nothing is written, no file read to its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from csatext.atomic_files import check_folder
from csatext.batch.annotate import ENDINGS
from csatext.batch.columns.required_columns import checked_tables
from csatext.batch.configuration import Configuration, processes
from csatext.batch.contact_analyses import annotate_contacts
from csatext.batch.phases.facts_store import FactsStore
from csatext.batch.phases.run_model import load_run_model
from csatext.batch.pipeline import analyse, masked_input
from csatext.batch.preview.estimate import Estimate, Timing, estimated, timed_on
from csatext.batch.preview.input_head import InputHead, input_head
from csatext.ingest.any_input import read_opened
from csatext.ingest.contacts import ReadResult
from csatext.labels import name_of
from csatext.privacy.outputs import mask_sentence
from csatext.privacy.redact import redact_column
from csatext.regular_files import in_megabytes
from csatext.reporting.service_tables import with_conversations
from csatext.reporting.standard_tables import absent_tables, standard_tables
from csatext.strings import string_array

__all__ = ["preview"]

_CONTACTS, _BY_MODEL = 600, 4_000
"""Contacts that are analysed: some seconds of work."""
_SHOWN, _EXAMPLE = 20, 24
_MINUTE = 60
_HOW = (
    "估计的方法：行数按开头占全部字节的份额推算（Parquet 按文件里写的行数）；"
    "时间按开头 {n:,} 条实际计时外推，机器忙时会偏长；内存按实测的每千条用量推算。误差常在一半以内。"
)
Progress = Callable[[str], None]


class _Command(NamedTuple):
    """What is asked for: where it goes, by which model, whether tables are made and partitions kept."""

    out: Path
    model: str
    annotates: bool
    in_partitions: bool

    @property
    def is_file(self) -> bool:
        return self.annotates and self.out.suffix.lower() in ENDINGS

    @property
    def is_store(self) -> bool:
        return self.in_partitions and not self.is_file


def preview(
    source: str | Path,
    out: str | Path,
    configuration: Configuration,
    progress: Progress,
    *,
    model: str = "",
    n_jobs: int | str = "auto",
    annotates: bool = False,
    in_partitions: bool = False,
) -> list[str]:
    """Return lines that say what ``csatext run`` or ``csatext annotate`` would do with an input.

    Parameters
    ----------
    source, out, configuration, progress
        As of :func:`csatext.batch.pipeline.run`.
    model : path
        Folder of a model; empty for none.
    n_jobs : int or "auto"
        Processes.
    annotates : bool
        Whether contacts are annotated and no tables are made.
    in_partitions : bool
        Whether contacts are annotated in partitions, which stay in the folder
        (:func:`csatext.batch.phases.run_by_model.runs_in_partitions`).

    Raises
    ------
    CsatextError
        As the command would raise it: the input, the configuration or the place of the output cannot be used.
    """
    command = _Command(Path(out), model, annotates, in_partitions)
    check_folder(command.out.parent if command.is_file else command.out)
    progress("读取开头")
    head = input_head(source, configuration.input)
    read = _read(head, source, configuration)
    progress("试算")
    contacts = read.contacts.iloc[: _BY_MODEL if in_partitions else _CONTACTS]
    lines = [*_of_input(head, read), *_of_columns(read)]
    timing, made, absent = _tried(read._replace(contacts=contacts), configuration, command)
    if made:
        lines.append(f"开头 {len(contacts.iloc[:_CONTACTS]):,} 条做得出的表：{'、'.join(made)}")
    if absent:
        lines += ["开头做不出的表：", *(f"  {name}：{why}" for name, why in absent.items())]
    lines.append(f"会写出：{_files(command)}")
    lines += _known(head, command)
    total = None if head.share is None else round(len(read.contacts) / max(head.share, 1e-9))
    characters = float(read.contacts["text"].str.len().mean())
    told = estimated(timing, total, characters, processes=processes(n_jobs), by_model=in_partitions)
    return [*lines, _sentence(told, timing), _HOW.format(n=timing.contacts), "这是预演，什么都没有写。"]


def _read(head: InputHead, source: str | Path, configuration: Configuration) -> ReadResult:
    """Return the head of an input as contacts, masked; rows that repeat in it are no error yet."""
    given = configuration.input
    options = replace(given, duplicates="first") if given.duplicates == "error" else given
    key = configuration.privacy.pseudonymize or None
    read, turns = read_opened(head.sources, source, options, _silent, key)
    read = read._replace(contacts=with_conversations(read.contacts, turns))
    return masked_input(read, configuration.privacy)


def _silent(_: str) -> None:
    """Nothing is told of work on the head."""


def _of_input(head: InputHead, read: ReadResult) -> list[str]:
    files = f"{len(head.names):,} 个文件，" if len(head.names) > 1 else ""
    skipped = f"，另有 {head.skipped} 个不读" if head.skipped else ""
    size = "数据库" if head.share is None else in_megabytes(head.size) if head.size else "空"
    lines = [f"输入：{mask_sentence(head.names[0])}{' 等' if files else ''}（{files}{size}{skipped}）"]
    part = "" if head.share is None else f"，约占全部的 {head.share:.1%}"
    what = "句对话" if read.turns is not None else "行"
    rows = read.rows if read.turns is None else read.turns
    lines.append(
        f"只读了开头：{rows:,} {what}，{len(read.contacts):,} 条联络，{len(read.rejects):,} 行剔除{part}"
    )
    kind = "对话，只取客户说的话（turns）" if read.turns is not None else "一行一条联络（contacts）"
    return [*lines, f"种类：{kind}"]


def _of_columns(read: ReadResult) -> list[str]:
    """Return a line a column: its name here, where it comes from, one value of it, masked."""
    notes = read.quality[read.quality["check"] == "column_mapping"]
    origins = dict(zip(notes["column"], notes["detail"], strict=True))
    names = [str(name) for name in read.contacts.columns]
    lines = ["列（名字\t来历\t例子）："]
    for name in names[:_SHOWN]:
        shown = f"{name_of(name)}（{name}）" if name_of(name) != name else name
        lines.append(f"  {shown}\t{origins.get(name, '同名')}\t{_example(read.contacts[name], name)}")
    if len(names) > _SHOWN:
        lines.append(f"  等 {len(names)} 列")
    return [mask_sentence(line) for line in lines]


def _example(column: pd.Series, name: str) -> str:
    filled = column.dropna()
    if filled.empty:
        return "（空）"
    value = " ".join(str(filled.iloc[0]).split())
    if name == "text":
        value = str(redact_column(string_array(pd.Series([value], dtype="str"))).to_pylist()[0])
    return value if len(value) <= _EXAMPLE else value[:_EXAMPLE] + "…"


def _tried(
    read: ReadResult, configuration: Configuration, command: _Command
) -> tuple[Timing, list[str], dict[str, str]]:
    """Return what the head took, and the tables that it gives and does not give."""
    given = checked_tables(read.contacts, configuration.tables)
    last: list[Any] = []

    def work(contacts: pd.DataFrame) -> None:
        last[:] = [one(contacts)]

    given_turns: dict[str, Any] = {"redacted": read.redacted, "turns": read.utterances}
    one: Callable[[pd.DataFrame], Any] = partial(
        analyse, configuration=configuration, progress=_silent, **given_turns
    )
    few = read.contacts.iloc[:_CONTACTS]
    if not command.model and not command.in_partitions:
        timing = timed_on(few, work)
        return (
            (timing, [], {}) if command.annotates else (timing, sorted(last[0].tables), dict(last[0].absent))
        )
    learnt = load_run_model(command.model) if command.model else one(few).model
    one = partial(annotate_contacts, model=learnt, **given_turns)
    timing = timed_on(read.contacts, work)
    if not command.model:
        timing = timing.with_learning()
    if command.annotates:
        return timing, [], {}
    by = given.by or None
    work(few)
    tables = standard_tables(last[0].facts, by=by, measure=given.measure, freq=given.freq)
    return timing, sorted(tables), absent_tables(last[0].facts, by=by)


def _files(command: _Command) -> str:
    if command.is_file:
        return str(command.out)
    names = ["model/", "partitions/", "annotations.json"] if command.is_store else []
    if not command.annotates:
        names += ["facts.parquet", "rejects.parquet", "tables/（每表 .parquet 和 .csv）", "report.html"]
        names += ["manifest.json"]
    return f"{command.out} 里的 {'、'.join([*names, 'metrics.json'])}"


def _known(head: InputHead, command: _Command) -> list[str]:
    """Return what earlier runs into the same place have left: known by name, since no content is read."""
    if command.is_file:
        return ["已有同名文件，会被替换。"] if command.out.exists() else []
    if not command.is_store:
        there = (command.out / "manifest.json").is_file()
        return ["已有一次完成的运行：输入和配置都相同就不会重算，否则被替换。"] if there else []
    store = FactsStore(command.out)
    listed = store.listed()
    if listed is None:
        return []
    records = [store.record(key) for key in listed["files"]]
    names = {record.name for record in records if record is not None}
    known = sum(mask_sentence(name) in names for name in head.names)
    new = len(head.names) - known
    return [f"已标注过 {known} 个同名文件（内容没变就不再标注），另有 {new} 个新文件。"]


def _sentence(told: Estimate, timing: Timing) -> str:
    if told.contacts is None or told.seconds is None or told.megabytes is None:
        each = timing.each * 10_000
        return f"估计：行数要查询完才知道；启动约 {timing.start:.0f} 秒，每 1 万条约 {each:.0f} 秒"
    took, held = _duration(told.seconds), f"{told.megabytes:,.0f} MB"
    return f"估计：约 {told.contacts:,} 条联络，用时约 {took}，内存约 {held}"


def _duration(seconds: float) -> str:
    if seconds < 2 * _MINUTE:
        return f"{max(seconds, 1):.0f} 秒"
    if seconds < 2 * _MINUTE * _MINUTE:
        return f"{seconds / _MINUTE:.0f} 分钟"
    return f"{seconds / _MINUTE / _MINUTE:.1f} 小时"
