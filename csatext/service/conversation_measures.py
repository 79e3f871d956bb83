"""Dialogues to measures: how many messages, how fast the replies, how long, by contact or by agent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from csatext.argument_types import check_simple_types
from csatext.errors import ParameterError, SchemaError
from csatext.ingest.dialogues.templates import mark_templates
from csatext.schema import conform, with_reason
from csatext.schema.service import AGENT_MEASURES, CONVERSATION_MEASURES
from csatext.service.inputs.records import (
    NO_ROWS,
    Absent,
    check_positive,
    column_of,
    flags,
    numbers,
    records_of,
    seconds_of,
    times_of,
)
from csatext.strings import string_array

__all__ = ["conversation_measures"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_CUSTOMER, _AGENT, _BOT = 0, 1, 2
_ROLES = {"customer": _CUSTOMER, "agent": _AGENT, "bot": _BOT}
_UNITS = ("contact", "agent")
_TIMED = (
    "contacted_at", "first_response_seconds", "first_response_seconds_human", "response_seconds",
    "mean_response_seconds", "slowest_response_seconds", "slow", "span_seconds", "span_without_gaps_seconds",
)  # fmt: skip
_SPOKEN = (
    "silence_seconds", "overlap_seconds", "n_interruptions", "agent_talk_seconds", "customer_talk_seconds",
    "talk_share", "characters_per_minute",
)  # fmt: skip
_CANNED = ("n_canned", "canned_share")
_CONTACT = ("customer_id", "channel", "product", "region", "team", "category", "is_filtered")
"""Columns of a contact that its rows by agent keep."""
_LEAST_QUESTION = 4
"""Characters of a message that can be a question asked again (chosen): 在吗 said twice is none."""


@dataclass(frozen=True)
class _Messages:
    """Messages of customer, agent and bot in order: dialogue, group that a row counts for, role, clock."""

    doc: Codes
    group: Codes
    size: int
    role: npt.NDArray[np.int8]
    start: Array
    end: Array
    canned: Flags | None
    text: pa.LargeStringArray | None
    agent: Codes
    anchored: npt.NDArray[np.datetime64] | None

    def total(self, weight: Array | Flags, group: Codes | None = None) -> Array:
        """Return the sum of what each message (or each of ``group``) adds to its group."""
        codes = self.group if group is None else group
        return np.bincount(codes, np.asarray(weight, dtype="float64"), minlength=self.size).astype("float64")


@check_simple_types
def conversation_measures(
    turns: pd.DataFrame,
    *,
    slow_seconds: float = 60.0,
    longest_wait: float = 600.0,
    unit: str = "contact",
    agent: str | None = None,
    templates: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return what can be counted and timed in each dialogue: messages, replies, waits, length.

    Messages of customer, agent and bot count, those of the system do not. Messages of one role in a row
    are one turn. A response lasts from the first message of a customer's turn to the first message of the
    agent or bot that follows it; what is said before the customer's first message is no reply. REQUIREMENTS
    rows 34 to 40, 46, 67, 68, 114.

    Parameters
    ----------
    turns : DataFrame
        Table ``turns`` (``doc_id``, ``turn_id``, ``role``; ``text``, ``started_at``, ``ended_at`` or
        ``start_seconds``, ``end_seconds``); left unchanged. Rows are taken by ``turn_id`` in each
        dialogue. ``is_template`` (:func:`csatext.mark_templates`) says what is canned; without it, it is
        learnt where there is ``text``.
    slow_seconds : float, default 60
        A contact is slow when any response took longer. Unanswered ones are not slow but not ``replied``.
    longest_wait : float, default 600
        Pauses longer than this are left out of ``span_without_gaps_seconds`` (002: 平均接待时长).
    unit : {"contact", "agent"}, default "contact"
        One row a contact, or one a contact and agent.
    agent : str, optional
        Column that names who speaks. Default: ``agent_id``, else ``speaker``.
    templates : DataFrame, optional
        Table of :func:`csatext.find_templates` to mark canned messages by, where ``is_template`` is not
        there.

    Returns
    -------
    DataFrame
        Table ``conversation_measures`` by ``doc_id``, in the order in which dialogues first appear, to be
        joined with :func:`csatext.build_facts`; for ``unit="agent"`` table ``agent_measures`` with the
        columns ``doc_id`` and ``agent_id``, and what the turns tell of the contact (customer_id, channel,
        product, region, team, category, is_filtered). ``attrs``: ``absent`` (measure -> missing column),
        ``repairs`` (what was wrong with clocks and rows -> how often), ``slow_seconds``,
        ``longest_wait``, and ``reason``, a sentence where something is amiss.

    Raises
    ------
    SchemaError
        A column is missing (role too), or times cannot be read.
    ParameterError
        A threshold is not above 0, or an unknown unit.

    See Also
    --------
    csatext.kpis : the metrics made of these measures.

    Notes
    -----
    By agent: a contact counts once for each agent who spoke in it (``customer_spoke``); a reply counts for
    the agent who gave it; customers' messages and pauses before a hand-over belong to the agent before it,
    those before any agent spoke to the first. What a bot says and answers, and the pause after it, stands in
    a row without agent. A contact nobody answered counts for the agent its rows name, if any. What agents
    have adds up to what the contact has, but for turns.

    Dirty clocks: a message twice (same doc_id, turn_id, role, text and time) counts once; a response, pause
    or utterance of negative length is unknown and left out, and the times of a dialogue are what lies
    between the earliest and the latest. Wall clocks of a zone are read as Beijing time.

    Examples
    --------
    >>> turns = pd.DataFrame({"doc_id": "a", "turn_id": [0, 1, 2],
    ...     "role": ["customer", "customer", "agent"],
    ...     "started_at": ["2026-05-01 09:00:00", "2026-05-01 09:01:00", "2026-05-01 09:02:30"]})
    >>> found = conversation_measures(turns)
    >>> found[["n_customer_messages", "n_customer_turns"]].values.tolist(), found["slow"].tolist()
    ([[2, 1]], [True])
    >>> found["first_response_seconds"].tolist()
    [150.0]
    """
    check_positive(slow_seconds, "slow_seconds")
    check_positive(longest_wait, "longest_wait")
    if unit not in _UNITS:
        raise ParameterError.not_allowed("unit", unit, _UNITS)
    frame = records_of(turns, "turns", ("doc_id", "turn_id"))
    if "role" not in frame.columns:
        raise SchemaError(
            "表「turns」没有 role 列，分不清谁是客户、谁是客服；请用 ct.read_turns 读入，"
            "或自己补一列 role，取值 customer、agent、bot、system，"
            '例如 turns["role"] = 列.map({"买家": "customer"})。'
        )
    if agent is not None and agent not in frame.columns:
        raise SchemaError.missing_column("turns", agent, frame.columns)
    absent = Absent()
    repairs: dict[str, int] = {}
    frame = _ordered(frame, repairs)
    messages, labels = _messages(frame, unit, agent, templates, absent, repairs)
    columns = _counts(messages) | _clocks(messages, slow_seconds, longest_wait, absent, repairs)
    columns |= _speech(messages, absent, repairs)
    for name in [name for name in absent if name != "n_handovers"]:
        columns[name] = np.full(messages.size, np.nan)
    _set_types(columns, absent)
    table = AGENT_MEASURES if unit == "agent" else CONVERSATION_MEASURES
    if messages.anchored is None:
        columns["contacted_at"] = pd.array([pd.NaT] * messages.size, dtype="datetime64[us]")
    result = pd.DataFrame({**({} if unit == "contact" else dict(labels)), **columns})
    if unit == "agent":
        result = result.join(_of_contact(frame), on="doc_id")
    if unit == "contact":
        result = result.set_axis(pd.Index(labels["doc_id"], name="doc_id"))
    result.attrs = {
        "absent": dict(absent), "repairs": {name: n for name, n in repairs.items() if n},
        "slow_seconds": float(slow_seconds), "longest_wait": float(longest_wait),
    }  # fmt: skip
    reason = _reason(frame, messages, absent)
    if reason:
        result.attrs["reason"] = reason
    return with_reason(conform(result, table))


def _of_contact(frame: pd.DataFrame) -> pd.DataFrame:
    """Return what turns tell of their whole contact, by ``doc_id``: its customer, channel, product ..."""
    there = [name for name in _CONTACT if name in frame.columns] if len(frame) else []
    return frame.groupby("doc_id", sort=False)[there].first() if there else pd.DataFrame(index=[])


def _ordered(frame: pd.DataFrame, repairs: dict[str, int]) -> pd.DataFrame:
    """Return the rows dialogue by dialogue as they first appear, by turn_id; messages there twice once."""
    doc = pd.factorize(frame["doc_id"])[0]
    repairs["没有会话编号"] = int((doc < 0).sum())
    if (doc < 0).any():
        frame, doc = frame[doc >= 0].reset_index(drop=True), doc[doc >= 0]
    place = numbers(frame, "turn_id")
    step = np.diff(doc)
    if (step < 0).any() or ((step == 0) & (np.diff(place) < 0)).any():
        order = np.lexsort((place, doc))
        frame, doc, place = frame.iloc[order].reset_index(drop=True), doc[order], place[order]
    alike = (np.diff(doc) == 0) & (np.diff(place) == 0)
    if not alike.any():
        return frame
    same = ["doc_id", "turn_id", *(name for name in ("role", "text", "started_at") if name in frame.columns)]
    suspects = np.append(alike, False) | np.append(False, alike)
    twice = np.zeros(len(frame), dtype=bool)
    twice[suspects] = frame.loc[suspects, same].duplicated().to_numpy()
    repairs["重复的行"] = int(twice.sum())
    return frame[~twice].reset_index(drop=True)


def _messages(
    frame: pd.DataFrame,
    unit: str,
    agent: str | None,
    templates: pd.DataFrame | None,
    absent: Absent,
    repairs: dict[str, int],
) -> tuple[_Messages, dict[str, Any]]:
    """Return the messages that count, and what names the groups."""
    all_docs, doc_names = pd.factorize(frame["doc_id"])
    role = np.full(len(frame), -1, dtype=np.int8)
    codes, names = pd.factorize(frame["role"])
    for code, name in enumerate(names):
        role[codes == code] = _ROLES.get(name, -1)
    if len(frame):
        repairs["没有角色的话"] = int(
            (codes < 0).sum() + (~pd.Index(names).isin([*_ROLES, "system"]))[codes[codes >= 0]].sum()
        )
    said = role >= 0
    start, end, anchored = _clock(frame, absent, repairs)
    who = agent or column_of(frame, "agent_id", "speaker")
    if who is None or (who == "speaker" and frame.loc[role == _AGENT, who].nunique() < 2):
        # one name for all agents is that of their side
        absent["n_handovers"] = "agent_id"
    if unit == "agent" and who is None:
        raise SchemaError(
            "表「turns」没有客服的列（agent_id 或 speaker），不能按客服统计；"
            '请用 agent="列名" 指定，或用 unit="contact"。'
        )
    person, people = pd.factorize(frame[who]) if who else (np.full(len(frame), -1), [])
    doc, kept_role, person = all_docs[said].astype(np.int64), role[said], person.astype(np.int64)
    canned = _canned(frame, said & (role != _CUSTOMER), templates, absent)
    speaker = np.where(kept_role == _AGENT, person[said], -1)
    group, labels = doc, {"doc_id": doc_names}
    size = len(doc_names)
    if unit == "agent":
        owner = _owners(doc, speaker, kept_role == _AGENT, all_docs, person, size)
        # what a bot says counts for no agent
        owner = np.where(kept_role == _BOT, -1, owner)
        pair = doc * (len(people) + 1) + owner + 1
        found, group = np.unique(pair, return_inverse=True)
        size = len(found)
        named = np.array([*people, None], dtype=object)
        place = found % (len(people) + 1) - 1
        labels = {
            "doc_id": pd.Index(doc_names)[found // (len(people) + 1)],
            "agent_id": pd.array(named[place], dtype="str"),
        }
    text = string_array(frame["text"]).filter(pa.array(said)) if "text" in frame.columns else None
    if text is None:
        absent.update({"n_reasked": "text"})
    messages = _Messages(
        doc, group.astype(np.int64), size, kept_role, start[said], end[said],
        None if canned is None else canned[said], text, speaker, None if anchored is None else anchored[said],
    )  # fmt: skip
    return messages, labels


def _owners(doc: Codes, speaker: Codes, is_agent: Flags, all_docs: Codes, person: Codes, size: int) -> Codes:
    """Return the agent that each message counts for; -1 where nobody is named."""
    rows = np.arange(len(doc))
    spoke = is_agent & (speaker >= 0)
    last = np.maximum.accumulate(np.where(spoke, rows, -1)) if len(rows) else rows
    here = (last >= 0) & (doc[np.maximum(last, 0)] == doc)
    first = np.full(size, -1)
    first[doc[spoke][::-1]] = speaker[spoke][::-1]
    named = np.full(size, -1)
    known = person >= 0
    named[all_docs[known][::-1]] = person[known][::-1]
    fallback = np.where(first >= 0, first, named)
    return np.where(here, speaker[np.maximum(last, 0)], fallback[doc])


def _clock(
    frame: pd.DataFrame, absent: Absent, repairs: dict[str, int]
) -> tuple[Array, Array, npt.NDArray[np.datetime64] | None]:
    """Return the seconds at which messages begin and end, and the wall clock where there is one."""
    nothing = np.full(len(frame), np.nan)
    if "started_at" in frame.columns:
        anchored = times_of(frame, "started_at")
        start = seconds_of(anchored)
        end = seconds_of(times_of(frame, "ended_at")) if "ended_at" in frame.columns else nothing
    elif "start_seconds" in frame.columns:
        anchored, start = None, numbers(frame, "start_seconds")
        end = numbers(frame, "end_seconds") if "end_seconds" in frame.columns else nothing
        absent["contacted_at"] = "started_at"
    else:
        absent.update(dict.fromkeys((*_TIMED, *_SPOKEN), "started_at"))
        return nothing, nothing, None
    early = end < start
    repairs["先结束后开始"] = int(early.sum())
    end = np.where(early, np.nan, end)
    # an export that repeats the start as the end knows no ends
    if not (end > start).any():
        end = nothing
        absent.update(dict.fromkeys(_SPOKEN, "ended_at"))
    return start, end, anchored


def _canned(
    frame: pd.DataFrame, service: Flags, templates: pd.DataFrame | None, absent: Absent
) -> Flags | None:
    """Return which messages of the service side are canned; None where nothing tells."""
    if "is_template" in frame.columns and templates is None:
        return (np.nan_to_num(flags(frame, "is_template")) == 1) & service
    if "text" not in frame.columns:
        absent.update(dict.fromkeys(_CANNED, "is_template、text"))
        return None
    found = np.zeros(len(frame), dtype=np.bool_)
    part = frame.loc[service, ["doc_id", "turn_id", "role", "text"]]
    if len(part):
        part = part.assign(text=part["text"].fillna(""))
        found[service] = mark_templates(part, templates)["is_template"].to_numpy()
    return found


def _counts(m: _Messages) -> dict[str, Any]:
    """Return what needs no clock."""
    fresh = np.append(True, np.diff(m.doc) != 0)[: len(m.doc)]
    run = fresh | np.append(True, np.diff(m.role) != 0)[: len(m.doc)]
    # a turn of the service side also ends where another group (agent) goes on
    own = run | np.append(True, (np.diff(m.group) != 0))[: len(m.doc)]
    customer, agent, bot = (m.role == role for role in (_CUSTOMER, _AGENT, _BOT))
    heard_of = np.bincount(m.doc, customer, minlength=int(m.doc.max(initial=-1)) + 1) > 0
    columns: dict[str, Any] = {"customer_spoke": np.zeros(m.size, dtype=np.bool_)}
    columns["customer_spoke"][m.group] = heard_of[m.doc]
    for name, side, starts in (("customer", customer, run), ("agent", agent, own), ("bot", bot, run)):
        columns[f"n_{name}_messages"] = m.total(side)
        columns[f"n_{name}_turns"] = m.total(side & starts)
    heard = agent & (m.agent >= 0)
    rows = np.arange(len(m.doc))
    last = np.append(-1, np.maximum.accumulate(np.where(heard, rows, -1))[:-1])[: len(rows)]
    here = heard & (last >= 0)
    here[here] = m.doc[last[here]] == m.doc[here]
    moved = here.copy()
    moved[here] = m.agent[last[here]] != m.agent[here]
    columns["n_handovers"] = m.total(np.ones(int(moved.sum())), m.group[last[moved]])
    columns["n_canned"] = m.total(m.canned & agent) if m.canned is not None else np.full(m.size, np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        columns["canned_share"] = np.where(
            columns["n_agent_messages"] > 0, columns["n_canned"] / columns["n_agent_messages"], np.nan
        )
    again = _asked_again(m, customer)
    columns["n_reasked"] = m.total(again)
    humans = np.bincount(m.doc, agent, minlength=int(m.doc.max(initial=-1)) + 1)
    bots = np.bincount(m.doc, bot, minlength=len(humans))
    of_group = np.full(m.size, -1)
    of_group[m.group] = m.doc
    repeated = np.bincount(m.doc, again, minlength=len(humans)) > 0
    alone = (humans == 0) & (bots > 0) & ~repeated
    asked = of_group >= 0
    solved = np.full(m.size, np.nan)
    solved[asked] = alone[of_group[asked]]
    columns["self_service"] = np.where(
        columns["n_customer_messages"] + columns["n_agent_messages"] > 0, solved, np.nan
    )
    return columns


def _asked_again(m: _Messages, customer: Flags) -> Flags:
    """Return which messages of the customer repeat an earlier one of the dialogue, by letters and digits."""
    found = np.zeros(len(m.doc), dtype=np.bool_)
    if m.text is None or not customer.any():
        return found
    words = pc.replace_substring_regex(m.text.filter(pa.array(customer)), r"[^\pL\pN]+", "")
    long = pc.fill_null(pc.greater_equal(pc.utf8_length(words), _LEAST_QUESTION), False)
    kept = np.flatnonzero(customer)[long.to_numpy(zero_copy_only=False)]
    codes = pc.dictionary_encode(words.filter(long)).indices.to_numpy()
    pair = m.doc[kept] * (int(codes.max(initial=0)) + 1) + codes
    found[kept] = pd.Series(pair).duplicated().to_numpy()
    return found


def _clocks(
    m: _Messages, slow_seconds: float, longest_wait: float, absent: Absent, repairs: dict[str, int]
) -> dict[str, Any]:
    """Return replies and everything that is timed."""
    rows = np.arange(len(m.doc))
    customer = m.role == _CUSTOMER
    fresh = np.append(True, np.diff(m.doc) != 0)[: len(rows)]
    after_customer = np.append(False, customer[:-1])[: len(rows)] & ~fresh
    opens = customer & ~after_customer
    block = np.maximum.accumulate(np.where(opens, rows, -1)) if len(rows) else rows
    reply = ~customer & after_customer
    waits = m.start[reply] - m.start[block[reply]]
    repairs["倒退的时间"] = int((waits < 0).sum())
    waits = np.where(waits < 0, np.nan, waits)
    given = m.group[reply]
    known = ~np.isnan(waits)
    # a question counts for who answered it, an unanswered one for whom it was left with
    answered = np.zeros(len(rows), dtype=np.bool_)
    answered[block[reply]] = True
    questions = m.total(opens & ~answered) + m.total(np.ones(len(given)), given)
    n_responses = m.total(np.ones(len(given)), given)
    timed = m.total(known, given)
    total = m.total(np.where(known, waits, 0.0), given)
    slowest = np.full(m.size, -np.inf)
    np.maximum.at(slowest, given[known], waits[known])
    slowest = np.where(np.isinf(slowest), np.nan, slowest)
    docs = int(m.doc.max(initial=-1)) + 1
    first_asked = np.full(docs, -1)
    first_asked[m.doc[customer][::-1]] = rows[customer][::-1]
    columns: dict[str, Any] = {
        "n_questions": questions, "n_responses": n_responses, "n_timed_responses": timed,
        "response_seconds": np.where(timed > 0, total, np.nan),
        "mean_response_seconds": np.where(timed > 0, total / np.maximum(timed, 1), np.nan),
        "slowest_response_seconds": slowest,
        "slow": np.where(timed > 0, slowest > slow_seconds, np.nan),
    }  # fmt: skip
    later = ~customer & (first_asked[m.doc] >= 0) & (rows > first_asked[m.doc])
    human = later & (m.role == _AGENT) & (~m.canned if m.canned is not None else True)
    asked = np.zeros(m.size, dtype=np.bool_)
    asked[m.group] |= first_asked[m.doc] >= 0
    for name, replies in (("", later), ("_human", human)):
        has = m.total(replies) > 0
        columns[f"replied{name}"] = np.where(asked, has, np.nan)
        first = np.full(docs, -1)
        first[m.doc[replies][::-1]] = rows[replies][::-1]
        at = first[first >= 0]
        delay = m.start[at] - m.start[first_asked[m.doc[at]]]
        seconds = np.full(m.size, np.nan)
        seconds[m.group[at]] = np.where(delay < 0, np.nan, delay)
        columns[f"first_response_seconds{name}"] = seconds
    columns |= _lengths(m, fresh, longest_wait, repairs)
    if m.anchored is not None:
        moment = np.full(m.size, np.datetime64("NaT"), dtype="datetime64[us]")
        of_group = np.full(m.size, -1)
        of_group[m.group] = m.doc
        some = of_group >= 0
        some[some] = first_asked[of_group[some]] >= 0
        moment[some] = m.anchored[first_asked[of_group[some]]]
        columns["contacted_at"] = moment
    return columns


def _lengths(m: _Messages, fresh: Flags, longest_wait: float, repairs: dict[str, int]) -> dict[str, Any]:
    """Return span and span without long pauses; a pause belongs to who had the contact before it."""
    known = np.flatnonzero(~np.isnan(m.start))
    doc, group, start = m.doc[known], m.group[known], m.start[known]
    backwards = (np.diff(doc) == 0) & (np.diff(start) < 0)
    if backwards.any():
        order = np.lexsort((start, doc))
        doc, group, start = doc[order], group[order], start[order]
    together = np.diff(doc) == 0
    gap, owner = np.diff(start)[together], group[:-1][together]
    timed = np.bincount(group, minlength=m.size) > 0
    span = np.bincount(owner, gap, minlength=m.size)
    short = np.bincount(owner, np.where(gap > longest_wait, 0.0, gap), minlength=m.size)
    return {
        "span_seconds": np.where(timed, span, np.nan),
        "span_without_gaps_seconds": np.where(timed, short, np.nan),
    }


def _speech(m: _Messages, absent: Absent, repairs: dict[str, int]) -> dict[str, Any]:
    """Return silence, overlap, shares and rate of speech, where messages have ends."""
    if "silence_seconds" in absent:
        return {}
    known = ~(np.isnan(m.start) | np.isnan(m.end))
    length = np.where(known, m.end - m.start, 0.0)
    customer, agent = m.role == _CUSTOMER, m.role == _AGENT
    spoken = {side: m.total(np.where(rows, length, 0.0)) for side, rows in (("c", customer), ("a", agent))}
    rows = np.flatnonzero(known)
    doc, start = m.doc[rows], m.start[rows]
    order = np.lexsort((start, doc))
    rows, doc, start, end = rows[order], doc[order], start[order], m.end[rows][order]
    same = np.diff(doc) == 0
    # the latest end so far, of this dialogue alone: dialogues are set apart by more than any length
    opening = start[
        np.maximum.accumulate(np.where(np.append(True, ~same)[: len(rows)], np.arange(len(rows)), 0))
    ]
    begins, ends = start - opening, end - opening
    apart = (ends.max(initial=0.0) + 1.0) * doc
    latest = np.maximum.accumulate(ends + apart) if len(rows) else ends
    gap = (begins[1:] + apart[1:] - latest[:-1])[same]
    owner, side = m.group[rows[:-1]][same], m.role[rows]
    changes = (side[1:] != side[:-1])[same]
    overlap = np.where(changes, np.minimum(np.maximum(-gap, 0.0), (end - start)[1:][same]), 0.0)
    cut_in = changes & (gap < 0) & (side[1:] == _AGENT)[same]
    # of chats an export writes one moment for begin and end: nothing is known of silence there
    voiced = np.bincount(m.doc, known & (length > 0), minlength=int(m.doc.max(initial=-1)) + 1) > 0
    has = m.total(known & voiced[m.doc]) > 0
    both = spoken["c"] + spoken["a"]
    columns: dict[str, Any] = {
        "silence_seconds": np.bincount(owner, np.maximum(gap, 0.0), minlength=m.size),
        "overlap_seconds": np.bincount(owner, overlap, minlength=m.size),
        "n_interruptions": np.bincount(owner, cut_in, minlength=m.size),
        "agent_talk_seconds": spoken["a"],
        "customer_talk_seconds": spoken["c"],
        "talk_share": np.where(both > 0, spoken["a"] / np.where(both > 0, both, 1), np.nan),
    }
    if m.text is None:
        absent["characters_per_minute"] = "text"
    else:
        words = pc.fill_null(pc.utf8_length(m.text), 0).to_numpy(zero_copy_only=False)
        timed = agent & known & (length > 0)
        letters, seconds = m.total(np.where(timed, words, 0)), m.total(np.where(timed, length, 0.0))
        columns["characters_per_minute"] = np.where(
            seconds > 0, 60 * letters / np.where(seconds > 0, seconds, 1), np.nan
        )
    return {
        name: values if name == "characters_per_minute" else np.where(has, values, np.nan)
        for name, values in columns.items()
    }


def _set_types(columns: dict[str, Any], absent: Absent) -> None:
    """Make flags and counts of what was computed as floats."""
    for name in ("replied", "replied_human", "slow", "self_service"):
        columns[name] = pd.array(columns[name], dtype="Float64").astype("boolean")
    for name in ("n_canned", "n_handovers", "n_reasked", "n_interruptions"):
        columns[name] = pd.array(columns[name], dtype="Float64").astype("Int64")


def _reason(frame: pd.DataFrame, m: _Messages, absent: Absent) -> str:
    """Return what is amiss with the whole table and what to do, or nothing."""
    if not len(frame):
        return NO_ROWS
    said = []
    names = frame["role"].dropna().unique()
    strange = [str(name) for name in names if name not in (*_ROLES, "system")]
    if strange and len(strange) == len(names):
        shown = "、".join(strange[:5])
        return (
            f"role 列的取值「{shown}」认不出，所有的话都没有计入；请改成 customer、agent、bot、system，"
            'turns["role"] = turns["role"].map({"客户": "customer", "客服": "agent"})。'
        )
    roles = [name for name, code in _ROLES.items() if (m.role == code).any()]
    if roles in (["customer"], ["agent"], ["bot"], []):
        only = {"customer": "客户", "agent": "客服", "bot": "机器人"}.get(roles[0] if roles else "", "系统")
        said.append(
            f"所有的话都是同一种角色（{only}），回复率和响应时间没有意义；"
            '请检查 role 列是否认错了人，或用 ct.read_turns(columns={"role": "列名"}) 重新读入。'
        )
    if "span_seconds" in absent:
        said.append(
            "没有每句话的时间（started_at），响应时间和时长都算不了；"
            '请导出带发送时间的聊天记录，或用 ct.read_turns(columns={"started_at": "列名"}) 指定时间列。'
        )
    elif np.isnan(m.start).all():
        said.append("时间列 started_at 全是空的，响应时间和时长都算不了；请检查导出。")
    return "".join(said)
