"""Whether agents kept to a script: was it said, by whom, at the right moment."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from csatext.analysis.conversations.talk import Talk, group_first, talk_of
from csatext.analysis.rules.compiled_taxonomy import CompiledTaxonomy
from csatext.analysis.rules.conditions import Conversation, Places, turn_hits
from csatext.argument_types import as_table
from csatext.schema import conform
from csatext.schema.feelings import SCRIPT_ADHERENCE, SCRIPT_RATES
from csatext.strings import string_array
from csatext.taxonomy import Category, Taxonomy
from csatext.taxonomy.combinations import Rule
from csatext.taxonomy.service_script import ScriptItem, read_script
from csatext.text.clauses.clause_reading import ClauseReading
from csatext.text.joined_texts import JoinedTexts
from csatext.text.preparation import Preparation

__all__ = ["judged_items", "script_adherence", "script_rates"]

_QUOTED = re.compile(r"“[^“”]*”|「[^「」]*」|『[^『』]*』|\"[^\"]*\"")
_MENTIONING = re.compile(
    r"(?:不能|不会|不可|无法|没法|不得|不允许|禁止|严禁|切勿|请勿|千万别|千万不|不要|从不|绝不"
    r"|有人|任何人|别人|对方|骗子|陌生人|不法分子|所谓"
    r"|您(?:刚才|刚刚|之前|上次)?是?想?(?:问|说|提到|反映|指)的?)[^，。！？；,.!?;\n]{0,8}\Z"
)
"""What an agent says before words that are not done, done by others, or the customer's (chosen)."""
_BEFORE = 20
"""Characters before a word that are looked at."""
_NEVER = np.iinfo(np.int64).max
_IN_TURN = 1 << 24


def script_adherence(
    turns: pd.DataFrame,
    script: str | PathLike[str] | Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
) -> pd.DataFrame:
    """Return for each dialogue and each item of a script whether it was said, by whom, and in time.

    REQUIREMENTS row 26. :func:`csatext.script_rates` makes one row a contact of it.

    Parameters
    ----------
    turns : DataFrame
        Table ``turns``, rows in any order; left unchanged. Roles that are missing are inferred.
    script : path, mapping, list or None
        None is ``lexicons/scripts/service.yaml``. A YAML file, or what it holds: ``items``, each with ``id``,
        ``label_zh``, ``said`` (patterns and rules in the language of taxonomies; what is asked or denied is
        said too), and as needed ``role`` (default agent), ``forbidden``, ``optional``, ``first`` and
        ``last`` (within so many turns of that role from the beginning or the end), ``before`` and ``after``
        (another item), ``only_if`` (rules that make the item due, asserted) with ``within`` (turns of that
        role after it), ``weight``.

    Returns
    -------
    DataFrame
        Table ``script_adherence``, dialogue by dialogue in the order of the script. ``due``: the role speaks
        and ``only_if`` holds. ``said``: by the role; ``by`` is who said it first, another role too. Turn and
        span are those of the first time in time, else of the first time. ``kept``: a due item said in time,
        or a forbidden one not said; NA where it is not due.

    Raises
    ------
    ParameterError
        ``turns`` or ``script`` is of the wrong type.
    LexiconError, InputError
        The script cannot be used.
    SchemaError
        A column of the turns is missing.

    Examples
    --------
    >>> turns = pd.DataFrame({"doc_id": "1", "turn_id": [0, 1, 2], "role": ["agent", "customer", "agent"],
    ...     "text": ["请讲", "退款没到", "您好，这就为您查"]})
    >>> script = [{"id": "hello", "label_zh": "问候", "said": ["您好|你好"], "first": 1},
    ...     {"id": "push", "label_zh": "推诿", "said": ["不归我们管"], "forbidden": True}]
    >>> script_adherence(turns, script)[["item", "said", "turn", "in_time", "kept"]].values.tolist()
    [['hello', True, 2, False, False], ['push', False, <NA>, <NA>, True]]
    """
    return conform(judged_items(talk_of(turns, scored=False), read_script(script)), SCRIPT_ADHERENCE)


def judged_items(talk: Talk, items: list[ScriptItem]) -> pd.DataFrame:
    """Return the rows of table ``script_adherence`` and, in ``place``, the position of the turn in the talk.

    Parameters
    ----------
    talk : Talk
    items : list of ScriptItem
    """
    conversation, redacted = _conversation(talk)
    said, due = (
        _found(items, rules, conversation, asserted=asserted)
        for rules, asserted in (
            ([item.said for item in items], False),
            ([item.only_if for item in items], True),
        )
    )
    spoken = [_Spoken.of(talk, item.roles) for item in items]
    said = [
        _uttered(places, conversation) if item.forbidden else places
        for item, places in zip(items, said, strict=True)
    ]
    hits = [_item_hits(places, talk, spoken[at], conversation) for at, places in enumerate(said)]
    first_at = {item.id: hits[at].first(len(talk)) for at, item in enumerate(items)}
    parts = []
    for at, item in enumerate(items):
        called = _called(due[at], talk, spoken[at], conversation) if item.only_if else None
        parts.append(_judged(item, hits[at], spoken[at], called, first_at, talk))
    frame = pd.concat(parts, ignore_index=True) if len(talk) else parts[0].iloc[:0]
    order = np.argsort(frame["document"].to_numpy(), kind="stable")
    frame = frame.iloc[order].reset_index(drop=True)
    return _with_spans(frame, talk, redacted)


def script_rates(adherence: pd.DataFrame) -> pd.DataFrame:
    """Return how well each dialogue kept to the script, one row a contact for :func:`csatext.build_facts`.

    Parameters
    ----------
    adherence : DataFrame
        Of :func:`csatext.script_adherence`.

    Returns
    -------
    DataFrame
        Table ``script_rates``, indexed by doc_id: items due and kept, their rate by weight (NA where nothing
        was due), how many forbidden items were said. Optional items do not count.

    Raises
    ------
    ParameterError
        ``adherence`` is no DataFrame.
    SchemaError
        A column is missing.

    Examples
    --------
    >>> turns = pd.DataFrame({"doc_id": "1", "turn_id": [0, 1], "role": ["agent", "customer"],
    ...     "text": ["您好", "你好"]})
    >>> script = [{"id": "hello", "said": ["您好"], "weight": 3}, {"id": "bye", "said": ["再见"]}]
    >>> script_rates(script_adherence(turns, script)).loc["1"].tolist()
    [2.0, 1.0, 0.75, 0.0]
    """
    table = conform(as_table(adherence, "adherence"), SCRIPT_ADHERENCE)
    codes, documents = pd.factorize(table["doc_id"])
    n = len(documents)
    counted = (table["due"] & ~table["optional"] & ~table["forbidden"]).to_numpy()
    kept = counted & table["kept"].fillna(False).to_numpy(bool)
    weight = table["weight"].to_numpy()
    total = np.bincount(codes[counted], weight[counted], minlength=n)
    got = np.bincount(codes[kept], weight[kept], minlength=n)
    offended = (table["forbidden"] & table["said"]).to_numpy()
    frame = pd.DataFrame(
        {
            "script_due": np.bincount(codes[counted], minlength=n),
            "script_kept": np.bincount(codes[kept], minlength=n),
            "script_rate": np.where(total > 0, got / np.where(total > 0, total, 1), np.nan),
            "script_forbidden": np.bincount(codes[offended], minlength=n),
        },
        index=pd.Index(documents, name="doc_id"),
    )
    return conform(frame, SCRIPT_RATES)


class _Spoken(NamedTuple):
    """Turns of the roles that an item is asked of: their place from the beginning and from the end."""

    mask: np.ndarray
    before: np.ndarray
    n: np.ndarray

    @classmethod
    def of(cls, talk: Talk, roles: tuple[str, ...]) -> _Spoken:
        """Return the turns of some roles; ``before`` counts those up to and with each turn."""
        mask = talk.table["role"].isin(roles).to_numpy(bool) & talk.said
        total = np.concatenate(([0], np.cumsum(mask)))
        begins = np.searchsorted(talk.row, np.arange(len(talk)))
        return cls(
            mask, total[1:] - total[begins][talk.row], np.bincount(talk.row[mask], minlength=len(talk))
        )


class _Hits(NamedTuple):
    """Places where an item is said, in order."""

    document: np.ndarray
    turn: np.ndarray
    start: np.ndarray
    end: np.ndarray
    own: np.ndarray

    def first(self, n: int) -> np.ndarray:
        """Return the position of the first hit of the item's roles in each dialogue."""
        position = np.full(n, _NEVER)
        np.minimum.at(position, self.document[self.own], self.positions()[self.own])
        return position

    def positions(self) -> np.ndarray:
        """Return one number for each hit, in order of turns and characters."""
        return self.turn * _IN_TURN + np.minimum(self.start, _IN_TURN - 1)


def _conversation(talk: Talk) -> tuple[Conversation, np.ndarray]:
    """Return the turns for the engine of rules, and which texts preparation has changed."""
    source = string_array(talk.texts)
    column = Preparation(redact=False).column(source)
    begins = np.searchsorted(talk.row, np.arange(len(talk)))
    nothing = pd.Series(pd.NaT, index=talk.table.index)
    started, ended = (
        pd.to_datetime(talk.table.get(name, nothing)).to_numpy("datetime64[ns]")
        for name in ("started_at", "ended_at")
    )
    number = np.arange(len(talk.row)) - begins[talk.row] + 1
    texts = pd.Series(pd.array(column, dtype="str"))
    changed = ~np.array(pc.equal(source, column).to_numpy(zero_copy_only=False), bool)
    return Conversation(talk.row, number, talk.table["role"].to_numpy(object), texts, started, ended), changed


def _found(
    items: list[ScriptItem], rules: list[tuple[Rule, ...]], conversation: Conversation, *, asserted: bool
) -> list[Places]:
    """Return where the rules of each item hold."""
    categories = [
        Category(item.id, item.label_zh, rules=given) for item, given in zip(items, rules, strict=True)
    ]
    compiled = CompiledTaxonomy(Taxonomy(categories))
    place = {category.id: at for at, category in enumerate(compiled.categories)}
    nothing = np.empty(0, np.int64)
    found: dict[int, list[Places]] = {}
    for at, places in turn_hits(compiled, conversation, asserted=asserted):
        found.setdefault(at, []).append(places)
    result = []
    for item in items:
        parts = found.get(place.get(item.id, -1), [Places(nothing, nothing, nothing, nothing)])
        result.append(Places(*(np.concatenate(values) for values in zip(*parts, strict=True))))
    return result


def _uttered(places: Places, conversation: Conversation) -> Places:
    """Return the places of forbidden words that are used: not denied (不保本), quoted, or of others."""
    turns, at = np.unique(_turns(places, conversation), return_inverse=True)
    texts = conversation.texts.iloc[turns].reset_index(drop=True)
    joined = JoinedTexts(texts)
    clauses = ClauseReading(joined)
    starts = joined.offsets[at] + places.start
    mentioned = clauses.denied(starts)
    for kind in ("hearsay", "other"):
        mentioned |= clauses.suspended[kind][starts]
    quoted = [[found.span() for found in _QUOTED.finditer(text)] for text in texts]
    mentioned |= np.array(
        [
            any(begin < start and end <= stop for begin, stop in quoted[text])
            or _MENTIONING.search(texts[text], max(0, start - _BEFORE), start) is not None
            for text, start, end in zip(at, places.start, places.end, strict=True)
        ],
        bool,
    )
    return places.take(~mentioned)


def _item_hits(places: Places, talk: Talk, spoken: _Spoken, conversation: Conversation) -> _Hits:
    """Return the hits of an item in order; customers' words are no script unless it is theirs to say."""
    turn = _turns(places, conversation)
    own = spoken.mask[turn]
    kept = np.flatnonzero(own | talk.agent[turn] | talk.bot[turn])
    order = kept[np.lexsort((-places.end[kept], places.start[kept], turn[kept]))]
    return _Hits(places.row[order], turn[order], places.start[order], places.end[order], own[order])


def _turns(places: Places, conversation: Conversation) -> np.ndarray:
    """Return the position of the turn of each place among all turns."""
    return np.asarray(np.searchsorted(conversation.row, places.row) + places.turn - 1)


def _called(
    places: Places, talk: Talk, spoken: _Spoken, conversation: Conversation
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return where an item is called for, in order: dialogue, position, turns of the roles up to there."""
    turn = _turns(places, conversation)
    position = turn * _IN_TURN + np.minimum(places.start, _IN_TURN - 1)
    order = np.argsort(position)
    return places.row[order], position[order], spoken.before[turn[order]]


def _judged(
    item: ScriptItem,
    hits: _Hits,
    spoken: _Spoken,
    called: tuple[np.ndarray, np.ndarray, np.ndarray] | None,
    first_at: dict[str, np.ndarray],
    talk: Talk,
) -> pd.DataFrame:
    """Return one row a dialogue for an item."""
    n, position = len(talk), hits.positions()
    due = spoken.n > 0
    timely = hits.own.copy()
    rank = spoken.before[hits.turn]
    if item.first is not None:
        timely &= rank <= item.first
    if item.last is not None:
        timely &= rank > spoken.n[hits.document] - item.last
    # An item that is never said puts none out of time.
    if item.before is not None:
        timely &= position < first_at[item.before][hits.document]
    if item.after is not None:
        other = first_at[item.after][hits.document]
        timely &= (position > other) | (other == _NEVER)
    if called is not None:
        document, calls, heard = called
        due &= np.bincount(document, minlength=n) > 0
        # The last call before each hit; calls and hits are numbered through all dialogues in order.
        last = np.searchsorted(calls, position) - 1
        answers = last >= 0
        if len(calls):
            answers &= document[np.maximum(last, 0)] == hits.document
            if item.within is not None:
                answers &= rank - heard[np.maximum(last, 0)] <= item.within
        timely &= answers
    # The first hit in time, else the first of the roles, else the first of anybody.
    preference = np.where(timely, 0, np.where(hits.own, 1, 2))
    order = np.lexsort((np.arange(len(position)), preference, hits.document))
    best = order[np.flatnonzero(np.diff(hits.document[order], prepend=-1))]
    shown = np.full(n, -1, np.int64)
    shown[hits.document[best]] = best
    found = shown >= 0
    said = np.bincount(hits.document[hits.own], minlength=n) > 0
    in_time = np.bincount(hits.document[timely], minlength=n) > 0
    first = group_first(hits.document, hits.turn.astype(np.float64), n, empty=-1.0).astype(np.int64)
    role = np.array([*talk.table["role"].tolist(), None], object)
    kept = ~said if item.forbidden else said & in_time
    place = np.append(hits.turn, -1)[shown]
    return pd.DataFrame(
        {
            "document": np.arange(n),
            "doc_id": talk.documents,
            "item": item.id,
            "label": item.label_zh,
            "forbidden": item.forbidden,
            "optional": item.optional,
            "weight": item.weight,
            "due": due,
            "said": said,
            "by": role[np.where(found, np.where(said, place, first), -1)],
            "place": place,
            "in_time": _where_known(said, in_time),
            "start": np.append(hits.start, -1)[shown],
            "end": np.append(hits.end, -1)[shown],
            "kept": _where_known(due, kept),
        }
    )


def _where_known(known: np.ndarray, values: np.ndarray) -> pd.arrays.BooleanArray:
    return pd.arrays.BooleanArray(values.astype(bool), ~known)


def _with_spans(frame: pd.DataFrame, talk: Talk, changed: np.ndarray) -> pd.DataFrame:
    """Return the rows with the turn's number, the words, and spans of the texts as they were read."""
    place = frame["place"].to_numpy(np.int64)
    start, end = frame["start"].to_numpy(np.int64).copy(), frame["end"].to_numpy(np.int64).copy()
    preparation, source = Preparation(redact=False), talk.texts.to_numpy(object)
    found = np.flatnonzero(place >= 0)
    for at in found[changed[place[found]]]:
        # Only what preparation has changed has other positions.
        _, offsets = preparation.one(source[place[at]])
        start[at], end[at] = offsets[start[at]], max(offsets[end[at] - 1] + 1, offsets[start[at]])
    known = place >= 0
    numbers = np.append(talk.turn, 0)[place]
    return frame.assign(
        by=frame["by"].astype("str"),
        turn=pd.array(np.where(known, numbers, np.nan), dtype="Int64"),
        start=pd.array(np.where(known, start, np.nan), dtype="Int64"),
        end=pd.array(np.where(known, end, np.nan), dtype="Int64"),
    )
