"""Personal data across the turns of a dialogue: values that one speaker dictates over several turns."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from csatext.argument_types import as_table
from csatext.errors import ParameterError, SchemaError
from csatext.privacy.context import TriggerWords
from csatext.privacy.find import locate_column
from csatext.privacy.kinds import Found, check_kinds
from csatext.privacy.normalize import QUESTION_END, TURN_JOIN, normalize
from csatext.privacy.recognizers.digit_runs import DIGITS, GAP
from csatext.privacy.recognizers.names import ASKS_NAME
from csatext.privacy.recognizers.spoken_digits import digit_chunks, digit_extent
from csatext.schema import conform
from csatext.schema.contacts import PERSONAL_DATA
from csatext.strings import string_column

__all__ = ["find_pii_turns", "turn_values"]

_COLUMNS = ("doc_id", "turn_id", "role", "text")
_QUESTION_LENGTH = 40
_MOST_BETWEEN = 3
_WITH_LETTERS = frozenset(("plate", "uscc", "passport", "order", "account", "email", "address"))
_OF_DIGITS = frozenset(
    ("mobile", "landline", "id_card", "bank_card", "order", "account", "otp", "password", "device")
)
_READ_BEFORE, _READ_AFTER = 2, 6
"""Turns before and after a value in which its digits are looked for again: chosen."""
_LEAST_READ, _LEAST_READ_START = 4, 3
_COUNTED = re.compile(r"\s?[元块个次条天月年点折%分度岁斤件号楼路]")
_LAST_CHARACTER = re.compile(r".*[A-Za-z0-9\u3400-\u9fff]", re.DOTALL)
_LONGEST_MINOR, _SHORT_MINOR = 40, 20
_ASKS_NAME = re.compile(ASKS_NAME)
_GO_ON = re.compile(
    "后面|后半|剩下|剩余|其余|余下|接着|继续|下半|往下|接下|后边|下一段|下一组|然后呢|还有呢|说完|没完"
)
_BACKCHANNEL = re.compile(
    r"(?:[\s,.!?~:，。！？、…·\-0-9零一二三四五六七八九幺两]|嗯|啊|哦|噢|喔|呃|额|诶|欸|哎|唉|好的|好|对|是的|是|行|可以|没问题|"
    r"您说|你说|请说|请讲|您讲|你讲|您继续|继续|请继续|说吧|讲|收到|记下了|记着呢|在记|我在听|在听|听着|听着呢|明白|了解|知道了|ok|OK|"
    r"稍等|等一下|慢点|您慢点|慢慢说|然后呢|还有呢|后面呢|接着|接着说|下面呢|呢|吧|哈|呀|啦|了|的|您|谢谢|我记一下|我记下|我登记一下|"
    r"嗯嗯|后四位|后面|没听清|什么|再说一遍)*+"
)


def _is_minor(turns: pd.DataFrame) -> pd.Series:
    """Return which turns are backchannels, or short, without a question and between two turns with digits."""
    texts = turns["text"]
    digits = texts.str.contains(f"[{DIGITS}]", regex=True)
    amid = digits.shift(fill_value=False) & digits.shift(-1, fill_value=False)
    minor = texts.map(lambda text: _BACKCHANNEL.fullmatch(text) is not None)
    short = amid & ~minor & (texts.str.len() <= _LONGEST_MINOR)
    minor[short] = texts[short].map(_asks_nothing_new)
    return minor


def _asks_nothing_new(text: str) -> bool:
    normalized = normalize(text)
    if _GO_ON.search(normalized) is not None:
        return True
    return (
        len(normalized) <= _SHORT_MINOR
        and not TriggerWords(normalized).between(0, len(normalized))
        and _ASKS_NAME.search(normalized) is None
    )


def _chains(turns: pd.DataFrame) -> pd.Series:
    """Return, for turns in order, the number of the group of turns that one speaker says without an answer.

    Backchannels and repeated digits of the other speaker do not end a group.
    """
    minor = _is_minor(turns).to_numpy(dtype=bool)
    place = pd.Series(np.arange(len(turns)), index=turns.index)
    utterances = np.cumsum(~minor)
    by_speaker = [turns["doc_id"], turns["role"]]
    before = place.groupby(by_speaker, sort=False, dropna=False).shift()
    known = before.notna().to_numpy()
    previous = before.fillna(0).to_numpy(dtype=np.int64)
    between = place.to_numpy() - previous - 1
    answered = utterances - (~minor) - utterances[previous]
    new = ~known | ((answered > 0) | (between > _MOST_BETWEEN))
    speaker = pd.Series(np.arange(len(turns)), index=turns.index).where(new)
    return speaker.groupby(by_speaker, sort=False, dropna=False).ffill().astype("int64")


def _questions(turns: pd.DataFrame) -> pd.Series:
    """Return the end of the other speaker's turn before each turn, empty where there is none."""
    before = turns["text"].shift(fill_value="").str[-_QUESTION_LENGTH:]
    other = turns["doc_id"].eq(turns["doc_id"].shift()) & turns["role"].ne(turns["role"].shift())
    return before.where(other, "")


def _extent(normalized: str, start: int, end: int, kind: str) -> tuple[int, int] | None:
    """Return the span of the part of a value that one turn contains."""
    if kind not in _WITH_LETTERS:
        return digit_extent(normalized, start, end)
    lead = GAP.match(normalized, start, end)
    first = lead.end() if lead is not None else start
    last = _LAST_CHARACTER.match(normalized, first, end)
    return (first, last.end()) if last is not None else None


def _parts_by_turn(
    texts: list[str], starts: list[int], normalized: str, found: Found
) -> Iterator[tuple[int, int, int]]:
    """Yield turn, start and end of each part of a value that spans several turns."""
    turn = bisect_right(starts, found.start) - 1
    while turn < len(texts) and starts[turn] < found.end:
        start = max(found.start, starts[turn])
        end = min(found.end, starts[turn] + len(texts[turn]))
        whole = (start, end) == (found.start, found.end)
        extent = (start, end) if whole else _extent(normalized, start, end, found.kind)
        if extent is not None:
            first = start if start == found.start else extent[0]
            last = end if end == found.end else extent[1]
            yield turn, first - starts[turn], last - starts[turn]
        turn += 1


def _texts(column: pd.Series) -> pd.Series:
    try:
        strings = string_column(column).fill_null("")
    except ParameterError as error:
        raise SchemaError.wrong_dtype("turns", "text", column.dtype, "文本（str）") from error
    return pd.Series(strings.to_pylist(), index=column.index, dtype=object)


def turn_values(turns: pd.DataFrame, kinds: frozenset[str]) -> Iterator[tuple[int, int, int, Found]]:
    """Yield row position in ``turns``, start, end and value of each piece of personal data.

    Raises
    ------
    SchemaError
        A column is missing or ``text`` holds no text.
    """
    as_table(turns, "turns", _COLUMNS)
    ordered = turns.loc[:, list(_COLUMNS)].reset_index(drop=True)
    ordered["text"] = _texts(ordered["text"])
    ordered = ordered.sort_values(["doc_id", "turn_id"], kind="stable")
    ordered["question"] = _questions(ordered)
    grouped = ordered.assign(row=ordered.index).groupby(_chains(ordered), sort=True)
    rows = grouped["row"].agg(list).tolist()
    texts = grouped["text"].agg(list).tolist()
    questions = grouped["question"].first().tolist()
    joined = [
        f"{question}{QUESTION_END}{TURN_JOIN.join(utterances)}"
        for question, utterances in zip(questions, texts, strict=True)
    ]
    asked = pc.match_substring_regex(pa.array(questions, type=pa.large_string()), pattern=ASKS_NAME)
    located = locate_column(
        pa.array(map(normalize, joined), type=pa.large_string()),
        kinds,
        named=asked.to_numpy(zero_copy_only=False),
    )
    place = pd.Series(np.arange(len(ordered)), index=ordered.index)
    heard: dict[int, list[tuple[int, int, Found]]] = {}
    for chain in sorted(located):
        text, utterances = joined[chain], texts[chain]
        normalized = normalize(text)
        first = len(questions[chain]) + 1
        lengths = (len(turn) + 1 for turn in utterances[:-1])
        starts = list(accumulate(lengths, initial=first))
        for found in located[chain]:
            if found.start >= first:
                for turn, start, end in _parts_by_turn(utterances, starts, normalized, found):
                    heard.setdefault(int(place[rows[chain][turn]]), []).append((start, end, found))
    yield from _with_read_backs(ordered, heard)


def _with_read_backs(
    ordered: pd.DataFrame, heard: dict[int, list[tuple[int, int, Found]]]
) -> Iterator[tuple[int, int, int, Found]]:
    """Yield the values found, and their read-backs: parts of them repeated in the turns around.

    One group of a number that an agent repeats is no value by itself.
    """
    doc_ids, texts, labels = ordered["doc_id"].tolist(), ordered["text"].tolist(), ordered.index.tolist()
    repeated: dict[int, dict[str, Found]] = {}
    for at, values in heard.items():
        for start, end, found in values:
            yield labels[at], start, end, found
            digits = re.sub("[^0-9]", "", found.value)
            if found.kind in _OF_DIGITS and len(digits) > _LEAST_READ:
                for turn in range(max(0, at - _READ_BEFORE), min(len(texts), at + _READ_AFTER + 1)):
                    if doc_ids[turn] == doc_ids[at]:
                        repeated.setdefault(turn, {})[digits] = found
    for turn, numbers in repeated.items():
        taken = [(start, end) for start, end, _ in heard.get(turn, [])]
        for start, end, digits in _groups(normalize(texts[turn])):
            free = not any(left < end and start < right for left, right in taken)
            source = _number_with(digits, numbers) if free else None
            if source is not None:
                yield labels[turn], start, end, source


def _groups(normalized: str) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and digits of the groups of digits that no measure word follows."""
    for chunk in digit_chunks(normalized):
        if _COUNTED.match(normalized, chunk.end) is None:
            yield chunk.start, chunk.end, chunk.digits


def _number_with(digits: str, numbers: dict[str, Found]) -> Found | None:
    """Return the value that contains the digits: four or more of its digits, or its first or last three."""
    for number, found in numbers.items():
        if len(digits) >= _LEAST_READ and digits in number:
            return found
        if len(digits) == _LEAST_READ_START and (number.startswith(digits) or number.endswith(digits)):
            return found
    return None


def find_pii_turns(turns: pd.DataFrame, *, kinds: Iterable[str] | None = None) -> pd.DataFrame:
    """Return the personal data of dialogues, also where one value is dictated over several turns.

    Turns of one speaker are read together when the other side in between only acknowledges (嗯, 好的, 您说),
    repeats digits, or says a few words between two turns with digits that ask for nothing else; the other
    side's last words before them are context, so that digits after 请报一下订单号 are an order number.

    Parameters
    ----------
    turns : DataFrame
        Columns ``doc_id, turn_id, role, text``; any order; left unchanged.
    kinds : iterable of str, optional
        Kinds to look for; all by default.

    Returns
    -------
    DataFrame
        Columns ``doc_id, turn_id, start, end, kind``; offsets into the turn's text. A value dictated
        over two turns has a row in each.

    Raises
    ------
    SchemaError
        A column is missing.
    ParameterError
        An unknown kind.

    Examples
    --------
    >>> calls = pd.DataFrame({
    ...     "doc_id": "c1", "turn_id": [0, 1, 2], "role": ["customer", "agent", "customer"],
    ...     "text": ["我的号码幺三八零零", "嗯", "幺三八零零零"]})
    >>> find_pii_turns(calls)[["turn_id", "start", "end", "kind"]].values.tolist()
    [[0, 4, 9, 'mobile'], [2, 0, 6, 'mobile']]
    """
    values = [
        (row, start, end, found.kind) for row, start, end, found in turn_values(turns, check_kinds(kinds))
    ]
    table = pd.DataFrame(values, columns=["row", "start", "end", "kind"]).astype({"row": "int64"})
    at = table.pop("row").to_numpy()
    for name in ("doc_id", "turn_id"):
        table[name] = turns[name].to_numpy()[at]
    return conform(
        table.sort_values(["doc_id", "turn_id", "start"], kind="stable", ignore_index=True), PERSONAL_DATA
    )
