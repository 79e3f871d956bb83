"""A table with one row an utterance under canonical names: which column is the dialogue, role, text, time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import pandas as pd

from csatext.errors import InputError, LexiconError, ParameterError, nearest
from csatext.ingest.columns.date_notes import order_notes
from csatext.ingest.columns.headers import known_headers, normal_header
from csatext.ingest.columns.text_column import prose
from csatext.ingest.columns.values import as_identifiers, as_numbers, as_text, blank, blanks_as_missing
from csatext.ingest.dialogues.message_bodies import plain_texts
from csatext.ingest.dialogues.roles import flag_role, flag_role_of, map_roles
from csatext.ingest.dialogues.turn_clocks import read_clock
from csatext.ingest.raw_table import Note
from csatext.lexicon import lexicon_path

__all__ = [
    "Mapped",
    "candidates",
    "chosen_columns",
    "map_turns",
    "own_dialogues",
    "pick_role",
    "pick_text",
    "turn_headers",
]

_WIDTH = 3
_INSIDE = 10_000
_SAMPLE = 20_000
_FEW_VALUES = 20
_SURE = 0.8
_HALF = 0.5
_TIMES = {"started_at": "start_seconds", "ended_at": "end_seconds"}
_REPEATS = ("externaluserid",)
"""Identifiers, in normal form, that name a dialogue however few of its messages stand in a list."""
_NOT_ALL = 0.8
"""Least share of messages with the identifier of their dialogue: notices often have none."""
_RESERVED = (
    "doc_id",
    "turn_id",
    "role",
    "text",
    "speaker",
    "role_inferred",
    "turn_no",
    "started_at",
    "ended_at",
)


@cache
def turn_headers() -> Mapping[str, tuple[tuple[str, int], ...]]:
    """Return for each header in normal form the columns it may stand for, each with its rank.

    Raises
    ------
    LexiconError
        A line does not have three fields.

    Examples
    --------
    >>> [name for name, _ in turn_headers()["发送时间"]]
    ['started_at']
    """
    path = lexicon_path("turn_columns.tsv")
    found: dict[str, tuple[tuple[str, int], ...]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line or line.startswith("#"):
            continue
        fields = line.split("\t")
        if len(fields) != _WIDTH:
            raise LexiconError.bad_line(path.name, number, "应为三列：规范列名、类型、表头")
        canonical, _, header = fields
        key = normal_header(header)
        if canonical not in (name for name, _ in found.get(key, ())):
            found[key] = (*found.get(key, ()), (canonical, number))
    return found


def candidates(names: Iterable[str], canonical: str) -> list[str]:
    """Return the names that may stand for a column, best first.

    A role may stand inside an object too (``author.role``), behind the names that stand alone.

    Examples
    --------
    >>> candidates(["内容", "发送方", "角色"], "role")
    ['角色', '发送方']
    """
    names = list(names)
    ranked = [
        (rank, name)
        for name in names
        for found, rank in turn_headers().get(normal_header(name), ())
        if found == canonical
    ]
    ranked += [
        (_INSIDE + rank, name)
        for name in names
        if canonical == "role" and "." in name and normal_header(name) not in turn_headers()
        for found, rank in turn_headers().get(normal_header(name.rpartition(".")[2]), ())
        if found == canonical
    ]
    return [name for _, name in sorted(ranked)]


class Mapped(NamedTuple):
    """A turn table under canonical names, and what was decided."""

    frame: pd.DataFrame
    notes: list[Note]


def chosen_columns(names: list[str], columns: Mapping[str, str] | None, path: object) -> dict[str, str]:
    """Return canonical name -> header for the caller's mapping.

    Raises
    ------
    InputError
        A header is not there.
    ParameterError
        Not a mapping of str to str.
    """
    chosen: dict[str, str] = {}
    normal = {normal_header(name): name for name in reversed(names)}
    for canonical, header in (columns or {}).items():
        if not isinstance(canonical, str) or not isinstance(header, str):
            raise ParameterError.wrong_type(
                "columns", (canonical, header), '{"规范列名": "表头"}，都是字符串'
            )
        found = header if header in names else normal.get(normal_header(header))
        if found is None:
            hint = nearest(header, names)
            what = f"是不是想写「{hint}」" if hint else f"现有列：{'、'.join(names[:30])}"
            raise InputError.unreadable(path, f"columns 里写的列「{header}」不存在", what)
        chosen[canonical] = found
    return chosen


def _labels(column: pd.Series) -> pd.Series:
    texts = as_text(column).str.strip()
    return blanks_as_missing(texts)


def _known_share(column: pd.Series) -> tuple[float, int]:
    """Return the share of labels that name a role, and how many different roles they name."""
    labels = _labels(column.iloc[:_SAMPLE]).dropna()
    if labels.empty or labels.nunique() > max(_FEW_VALUES, len(labels) // 2):
        return 0.0, 0
    roles = map_roles(labels)
    return float(roles.notna().mean()), int(roles.nunique())


def pick_text(frame: pd.DataFrame, free: list[str]) -> str | None:
    """Return the column of utterances: the best name with content, else the most sentences or letters."""
    filled = {name: ~blank(as_text(frame[name].iloc[:_SAMPLE])) for name in free}
    named = [name for name in candidates(free, "text") if filled[name].any()]
    if named:
        return named[0]
    sentences = {name: prose(frame[name]).mass for name in free}
    most = max(sentences, key=lambda name: sentences[name], default=None)
    if most is not None and sentences[most] > 0:
        return most
    lengths = {
        name: float(as_text(frame[name].iloc[:_SAMPLE])[filled[name]].str.len().mean())
        for name in free
        if filled[name].any() and candidates([name], "doc_id") == [] and candidates([name], "role") == []
    }
    best = max(lengths, key=lambda name: lengths[name], default=None)
    return best if best is not None and lengths[best] >= 4 else None


def _pick_dialogue(frame: pd.DataFrame, free: list[str]) -> str | None:
    """Return the identifier whose values repeat; a customer's where no dialogue's does."""
    customers = [
        name
        for name in free
        if (known := known_headers().get(normal_header(name))) is not None
        and known.canonical == "customer_id"
    ]
    for name in [*candidates(free, "doc_id"), *customers]:
        ids = as_identifiers(frame[name]).dropna()
        if len(ids) and ids.nunique() < len(ids):
            return name
    return None


def pick_role(frame: pd.DataFrame, free: list[str], doc: pd.Series | None) -> tuple[str | None, str]:
    """Return the column that tells who speaks, and how: name, flag, value, apart or nothing."""
    named = candidates(free, "role")
    shares = {name: _known_share(frame[name]) for name in named}
    best = max(named, key=lambda name: (shares[name][0], shares[name][1] > 1), default=None)
    if best is not None and shares[best][0] >= _HALF:
        return best, "name"
    flag = next((name for name in free if flag_role(name, frame[name]) is not None), None)
    if flag is not None:
        return flag, "flag"
    for name in free:
        share, kinds = _known_share(frame[name]) if name not in shares else (0.0, 0)
        if share >= _SURE and kinds > 1:
            return name, "value"
    for name in named:
        labels = _labels(frame[name])
        speakers = (
            pd.DataFrame({"doc": "" if doc is None else doc, "label": labels}).dropna().drop_duplicates()
        )
        if labels.nunique() > 1 and len(speakers) <= 6 * max(speakers["doc"].nunique(), 1):
            return name, "apart"
    return (best, "name") if best is not None and shares[best][0] > 0 else (None, "")


def _roles(
    frame: pd.DataFrame, header: str, how: str, notes: list[Note]
) -> tuple[pd.Series, pd.Series | None]:
    """Return the role of each row (NA: unknown) and the speaker's label (None: the column flags a side)."""
    n = len(frame)
    flagged = flag_role(header, frame[header])
    if how == "flag" or (flagged is not None and how == ""):
        nobody = pd.Series(pd.NA, index=frame.index, dtype="str")
        roles = nobody if flagged is None else flagged[1]
        seen = pd.DataFrame({"value": as_text(frame[header]), "role": roles.fillna("未知")}).dropna()
        pairs = seen.drop_duplicates().itertuples(index=False)
        detail = f"由标志列「{header}」得到：" + "、".join(f"{value} = {role}" for value, role in pairs)
        notes.append(Note("role_mapping", "role", int(roles.notna().sum()), n, detail))
        return roles, None
    labels = _labels(frame[header])
    roles = map_roles(labels)
    pairs = labels.to_frame("label").assign(role=roles).dropna().drop_duplicates().head(12)
    seen = "、".join(f"{label}={role}" for label, role in zip(pairs["label"], pairs["role"], strict=True))
    detail = ("由说话人的名字得到" if header.startswith("\0") else f"由「{header}」得到") + (
        f"：{seen}" if seen and labels.nunique() <= _FEW_VALUES else ""
    )
    notes.append(Note("role_mapping", "role", int(roles.notna().sum()), n, detail))
    return roles, labels


def _clocks(
    frame: pd.DataFrame, used: dict[str, str], timezone: str, dayfirst: bool | None, notes: list[Note]
) -> dict[str, pd.Series]:
    found: dict[str, pd.Series] = {}
    for name, seconds in _TIMES.items():
        if name not in used:
            continue
        clock = read_clock(frame[used[name]], used[name], timezone, dayfirst)
        if clock.times is not None:
            found[name] = clock.times
        if clock.seconds is not None:
            found[seconds] = clock.seconds
            since = "是当天的时刻，换成从零点起" if clock.of_day else "当作从对话开始起"
            written = "行首的时间" if used[name].startswith("\0") else f"「{used[name]}」"
            detail = f"{written}没有日期，{since}的秒数，见列「{seconds}」"
            notes.append(Note("turn_offset", name, int(clock.seconds.notna().sum()), len(frame), detail))
        if clock.unreadable:
            found[f"{name}_text"] = as_text(frame[used[name]])
            detail = f"{clock.unreadable} 行的时间读不出，时间留空，原文在列「{name}_text」"
            notes.append(Note("date_unreadable", name, clock.unreadable, len(frame), detail))
        if clock.zoned:
            detail = f"{clock.zoned} 行是时间戳或带时区，换算为 {timezone} 当地时间"
            notes.append(Note("date_zone", name, clock.zoned, len(frame), detail))
        if clock.read is not None:
            notes.extend(order_notes(frame[used[name]], clock.read, name))
    return found


def _pick_times(frame: pd.DataFrame, free: list[str], doc: pd.Series | None, used: dict[str, str]) -> None:
    """Add to ``used`` the time columns that change within dialogues; the others are the dialogue's."""
    groups_of = pd.Series("", index=frame.index) if doc is None else doc.fillna("")
    for name in _TIMES:
        if name in used:
            continue
        for header in candidates([n for n in free if n not in used.values()], name):
            values = frame[header].astype(object).where(frame[header].notna(), None).map(str)
            groups = values.groupby(groups_of, sort=False)
            if not len(frame) or (groups.nunique() > 1).any() or groups.ngroups == len(frame):
                used[name] = header
                break


def _field(item: Any, name: str) -> str | None:
    """Return the identifier under a name, in the object itself or one level below (``event.open_kfid``)."""
    values = [item, *item.values()] if isinstance(item, dict) else []
    found = [v[key] for v in values if isinstance(v, dict) for key in v if key == name]
    found += [v for key, v in item.items() if key.endswith(f".{name}")] if isinstance(item, dict) else []
    return next((str(v).strip() for v in found if isinstance(v, str | int) and str(v).strip()), None)


def _filled_down(values: Sequence[str | None]) -> list[str]:
    """Return values with those of the ones before where there are none, those behind at the beginning."""
    last = next((value for value in values if value is not None), "")
    found = []
    for value in values:
        last = last if value is None else value
        found.append(last)
    return found


def own_dialogues(items: Sequence[Any], fields: Mapping[str, Any]) -> tuple[str, list[str]] | None:
    """Return the key by which the messages of one list fall into dialogues, and the dialogue of each.

    None where they are of one dialogue: no identifier with several values that each stand under several
    messages, a better one names the whole list, or it tells the speakers apart.

    Parameters
    ----------
    items : sequence
        Messages as plain records.
    fields : mapping
        What stands beside their list.

    Examples
    --------
    >>> pairs = [("1", "客服"), ("2", "客服"), ("1", "用户"), ("2", "用户")]
    >>> items = [{"session_id": name, "role": who, "text": "在"} for name, who in pairs]
    >>> own_dialogues(items, {})
    ('session_id', ['1', '2', '1', '2'])
    """
    objects = [item for item in items if isinstance(item, dict)]
    names = tuple(dict.fromkeys(name for item in objects for name in item))
    whole = [name for name in fields if fields[name] not in (None, "")]
    for name in candidates(names, "doc_id"):
        if whole and candidates((*whole, name), "doc_id")[0] != name:
            return None
        values = [_field(item, name) for item in items]
        known = [value for value in values if value is not None]
        kinds, ids = len(set(known)), _filled_down(values)
        if kinds and normal_header(name) in _REPEATS:
            return name, _with_desks(items, ids)
        if kinds < 2 or len(known) < _NOT_ALL * len(values):
            continue
        if 2 * kinds <= len(known) and not _tells_speakers(items, ids):
            return name, ids
    return None


def _with_desks(items: Sequence[Any], ids: list[str]) -> list[str]:
    """Return customers of WeChat customer service, each with its desk where one wrote to several."""
    desks = _filled_down([_field(item, "open_kfid") for item in items])
    several = len(set(zip(ids, desks, strict=True))) > len(set(ids))
    return [f"{i}-{desk}" for i, desk in zip(ids, desks, strict=True)] if several else ids


def _tells_speakers(items: Sequence[Any], ids: Sequence[str]) -> bool:
    """Return whether all messages under each identifier have one speaker, so that it may be a speaker's."""
    found: dict[str, set[str]] = {}
    for item, name in zip(items, ids, strict=True):
        keys = tuple(item) if isinstance(item, dict) else ()
        flags = [key for key in keys if flag_role_of(key) is not None]
        who = str([item[key] for key in (*candidates(keys, "role"), *flags)])
        found.setdefault(name, set()).add(who)
    return all(len(speakers) == 1 for speakers in found.values())


def map_turns(
    frame: pd.DataFrame,
    given: Mapping[str, str],
    path: object,
    timezone: str,
    dayfirst: bool | None = None,
) -> Mapped:
    """Return a table with one row an utterance under canonical names.

    Parameters
    ----------
    frame : DataFrame, shape (n, n_columns)
        Unique string column names.
    given : mapping of str to str
        Canonical name -> header that is settled already.
    path : object
        Named in errors.
    timezone : str
        For epochs.
    dayfirst : bool, optional
        As :func:`csatext.read_turns` takes it.

    Returns
    -------
    Mapped
        ``doc_id`` (NA: none), ``role`` (NA: unknown), ``text``, then ``speaker``, ``turn_no``,
        ``started_at``, ``ended_at``, ``start_seconds``, ``end_seconds`` where there are such, then the rest.

    Raises
    ------
    InputError
        No column holds utterances.

    Examples
    --------
    >>> frame = pd.DataFrame({"会话ID": ["1", "1"], "发送方": ["客服", "买家"], "消息": ["在的", "退款呢"]})
    >>> map_turns(frame, {}, "a.csv", "Asia/Shanghai").frame["role"].tolist()
    ['agent', 'customer']
    """
    names = [str(name) for name in frame.columns]
    used, notes, n = dict(given), list[Note](), len(frame)

    def free() -> list[str]:
        return [name for name in names if name not in used.values()]

    if "doc_id" not in used and (header := _pick_dialogue(frame, free())) is not None:
        used["doc_id"] = header
        notes.append(Note("column_mapping", "doc_id", n, n, f"由「{header}」得到"))
    doc = as_identifiers(frame[used["doc_id"]]) if "doc_id" in used else None
    how = ""
    if "role" not in used:
        header, how = pick_role(frame, free(), doc)
        used |= {"role": header} if header is not None and ("text" in used or len(free()) > 1) else {}
    if "text" not in used:
        header = pick_text(frame, free())
        if header is None:
            raise InputError.no_text_column(path, names)
        used["text"] = header
        notes.append(Note("column_mapping", "text", n, n, f"由「{header}」得到"))
    result = pd.DataFrame(index=frame.index)
    result["doc_id"] = doc if doc is not None else pd.Series(pd.NA, index=frame.index, dtype="str")
    label = None
    if "role" in used:
        result["role"], label = _roles(frame, used["role"], how, notes)
    else:
        result["role"] = pd.Series(pd.NA, index=frame.index, dtype="str")
    result["text"] = plain_texts(as_text(frame[used["text"]]))
    if label is not None:
        result["speaker"] = label
    for header in candidates(free(), "turn_no") if "turn_no" not in used else [used["turn_no"]]:
        numbers = as_numbers(as_text(frame[header]))
        if numbers is not None:
            result["turn_no"], used["turn_no"] = numbers, header
            break
    _pick_times(frame, free(), doc, used)
    for name, values in _clocks(frame, used, timezone, dayfirst, notes).items():
        result[name] = values
    flag = used["role"] if how == "flag" else None
    for name in names:
        if name not in used.values() or name == flag:
            result[_kept_name(name, used, result)] = frame[name]
    return Mapped(result, notes)


def _kept_name(name: str, used: Mapping[str, str], taken: pd.DataFrame) -> str:
    """Return the name under which a column that nothing here needs is kept: its canonical one if free."""
    known = known_headers().get(normal_header(name))
    wanted = known.canonical if known is not None else name
    if wanted == "started_at":
        wanted = "created_at"
    # A header such as 来源 or 消息ID means the same as in contacts unless it would pass for a turn's own.
    if wanted in _RESERVED or wanted in taken.columns:
        wanted = name
    return wanted if wanted not in taken.columns and wanted not in _RESERVED else f"{name}_原列"
