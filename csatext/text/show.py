"""Texts with their evidence highlighted, for a notebook."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from csatext.argument_types import as_table, as_whole_number, check_simple_types
from csatext.errors import SchemaError, escape_controls
from csatext.labels import name_of
from csatext.notebook_cards import in_markup
from csatext.strings import encodable
from csatext.text.corpus import Corpus, checked_corpus

__all__ = ["ShownTexts", "show"]

_PLACES = ("doc_id", "start", "end")
_BESIDE = frozenset((*_PLACES, "left", "right", "clause", "sentence", "text", "term"))
"""Columns that repeat the text, or say where in it."""
_LABELS = 4
"""Labels of a passage that its tooltip names."""
_BEFORE = 80
"""Characters shown before the first evidence of a text that is cut."""
_LONGEST = 2**40
_MARK = "background:{};color:#1f2933;border-radius:3px;padding:0 2px"
_COLOURS = {-1: "#f7c4b4", 0: "#ffe49a", 1: "#bfe3c8"}
"""Of a negative weight, none, a positive one; the ink on them has a contrast above 9 to 1."""
_TEXT = "margin:4px 0;white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:plaintext"


class _Piece(NamedTuple):
    """A passage of a text with the labels of the evidence that covers it."""

    text: str
    labels: tuple[str, ...]
    sign: int


class _Shown(NamedTuple):
    """A text, or part of one."""

    doc_id: Hashable
    pieces: list[_Piece]
    cut_before: bool
    cut_after: bool
    length: int


class ShownTexts:
    """Texts with evidence, which a notebook shows highlighted and a console in 【】.

    Parameters
    ----------
    texts : list
        Texts as passages.
    notes : list of str
        What is not shown, and why.
    """

    def __init__(self, texts: list[_Shown], notes: list[str]) -> None:
        self._texts = texts
        self.notes = notes

    def __len__(self) -> int:
        return len(self._texts)

    def __repr__(self) -> str:
        lines = []
        for text in self._texts:
            said = "".join(f"【{piece.text}】" if piece.labels else piece.text for piece in text.pieces)
            ends = "…" * text.cut_before, "…" * text.cut_after
            lines.append(f"{text.doc_id}: {ends[0]}{said}{ends[1]}")
        return escape_controls(encodable("\n".join([*lines, *self.notes])))

    def _repr_html_(self) -> str:
        parts = []
        for text in self._texts:
            said = "".join(map(_marked, text.pieces))
            ends = "…" * text.cut_before, "…" * text.cut_after
            length = f"（共 {text.length:,} 字，只显示一段）" if any(ends) else ""
            name = f"<b>{in_markup(text.doc_id, 80)}</b>{length}"
            parts.append(f'<div style="{_TEXT}">{name}　{ends[0]}{said}{ends[1]}</div>')
        notes = "".join(f"<p>{in_markup(note)}</p>" for note in self.notes)
        return f"<div>{''.join(parts)}{notes}</div>"


def _marked(piece: _Piece) -> str:
    if not piece.labels:
        return in_markup(piece.text)
    style, title = _MARK.format(_COLOURS[piece.sign]), in_markup("；".join(piece.labels), 300)
    return f'<mark style="{style}" title="{title}">{in_markup(piece.text)}</mark>'


@check_simple_types
def show(
    corpus: Corpus, evidence: pd.DataFrame | None = None, *, max_texts: int = 20, max_characters: int = 2000
) -> ShownTexts:
    """Return texts with their evidence highlighted.

    Parameters
    ----------
    corpus : Corpus
        Texts are shown as it holds them: cleaned, personal data masked.
    evidence : DataFrame, optional
        ``doc_id``, ``start`` and ``end`` in the text as it was read, in characters (code points), as the
        methods ``evidence`` of models and :func:`csatext.concordance` return them; other columns are named
        when the pointer rests on a passage. The spans of table ``tag_evidence`` (with ``annotator``) are
        those of the masked text. None shows the texts alone.
    max_texts : int, default 20
        Texts shown: those with evidence, in the order of the corpus. A note says how many are not.
    max_characters : int, default 2000
        Characters of a text that are shown, from shortly before its first evidence on.

    Returns
    -------
    ShownTexts
        Shows itself in a notebook, highlighted, and in a console, with evidence in 【】. Passages with a
        negative ``weight`` are red, with a positive one green, others yellow. Spans may overlap. Those that
        are empty or lie outside of their text, and those of documents that the corpus does not hold, are
        counted in a note.

    Raises
    ------
    ParameterError
        ``corpus`` is no Corpus, ``evidence`` no DataFrame, or a number is under 1.
    SchemaError
        A column is missing, is no number, or no document of the evidence is in the corpus; evidence of turns
        (``turn``) counts in its turn, not in the contact.

    Examples
    --------
    >>> import csatext as ct
    >>> corpus = ct.Vectorizer().fit_transform(["再不解决我就投诉到12315", "很好"])
    >>> ct.show(corpus, ct.ServiceSignals().evidence(corpus))
    0: 再【不解决我就投诉】到【12315】
    1: 【很好】
    """
    checked_corpus(corpus)
    as_whole_number(max_texts, "max_texts", 1)
    as_whole_number(max_characters, "max_characters", 1)
    if evidence is None:
        rows = np.arange(min(len(corpus), max_texts))
        texts = corpus[rows].texts.tolist()
        shown = [_shown(corpus.doc_ids[row], text, [], max_characters) for row, text in enumerate(texts)]
        return ShownTexts(shown, _not_shown(len(corpus) - len(rows), "篇文本"))
    table, notes = _checked(corpus, evidence)
    found = np.unique(table["row"].to_numpy(np.int64))
    rows = found[:max_texts]
    texts = corpus[rows].texts.tolist()
    own = dict(iter(table[table["row"].isin(rows)].groupby("row")))
    shown, lost = [], 0
    for row, text in zip(rows.tolist(), texts, strict=True):
        spans = _spans(corpus, row, own[row], text, is_masked="annotator" in evidence.columns)
        lost += len(own[row]) - len(spans)
        shown.append(_shown(corpus.doc_ids[row], text, spans, max_characters))
    notes += [f"{lost:,} 处证据是空的或在文本之外，没有标出。"] if lost else []
    return ShownTexts(shown, _not_shown(len(found) - len(rows), "篇有证据的文本") + notes)


def _not_shown(number: int, unit: str) -> list[str]:
    return [f"另有 {number:,} {unit}没有显示。"] if number > 0 else []


def _checked(corpus: Corpus, evidence: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return the evidence of documents of the corpus with the row of each, and notes on the rest."""
    as_table(evidence, "evidence", _PLACES)
    if "turn" in evidence.columns and evidence["turn"].notna().any():
        raise SchemaError("这些证据的位置是每一句话里的，不是整条联络里的；请看它自己的列 evidence。")
    for name in ("start", "end"):
        if len(evidence) and not is_numeric_dtype(evidence[name].dtype):
            raise SchemaError.wrong_dtype("evidence", name, evidence[name].dtype, "int64")
    row = corpus.doc_ids.get_indexer(pd.Index(evidence["doc_id"]))
    if len(evidence) and (row < 0).all():
        raise SchemaError.foreign_index("evidence", len(evidence))
    foreign = int((row < 0).sum())
    notes = [f"{foreign:,} 处证据属于这个 corpus 以外的文档，没有显示。"] if foreign else []
    return evidence.assign(row=row)[row >= 0], notes


def _spans(
    corpus: Corpus, row: int, own: pd.DataFrame, text: str, *, is_masked: bool
) -> list[tuple[int, int, str, int]]:
    """Return start, end, label and sign of the evidence of a text, in the text as it is shown."""
    given = own[["start", "end"]].astype("Float64").to_numpy(np.float64, na_value=np.nan)
    kept = (given[:, 0] >= 0) & (given[:, 1] > given[:, 0])
    own, whole = own[kept], np.minimum(given[kept], _LONGEST).astype(np.int64)
    if is_masked:
        starts, ends = np.minimum(whole, len(text)).T
    else:
        starts, ends = corpus.prepared_spans(row, whole[:, 0], whole[:, 1])
    signs = np.sign(own["weight"].fillna(0)).astype(int) if "weight" in own else np.zeros(len(own), int)
    places = zip(starts.tolist(), ends.tolist(), _labels(own), list(signs), strict=True)
    return [(start, end, label, sign) for start, end, label, sign in places if end > start]


def _labels(own: pd.DataFrame) -> Iterator[str]:
    columns = [name for name in own.columns if name not in _BESIDE and name != "row"]
    for values in own[columns].itertuples(index=False, name=None):
        told = [(name, value) for name, value in zip(columns, values, strict=True) if pd.notna(value)]
        yield "，".join(f"{name_of(str(name))} {_plain(value)}" for name, value in told) or "证据"


def _plain(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)[:60]


def _shown(
    doc_id: Hashable, text: str, spans: list[tuple[int, int, str, int]], max_characters: int
) -> _Shown:
    """Return a text as passages that are covered by the same evidence, cut to a length."""
    first = min((span[0] for span in spans), default=0)
    begin = max(0, min(first - _BEFORE, len(text) - max_characters)) if len(text) > max_characters else 0
    stop = min(len(text), begin + max_characters)
    inside = [span for span in spans if span[0] < stop and span[1] > begin]
    ends = [end for span in inside for end in span[:2] if begin < end < stop]
    edges = sorted({begin, stop, *ends})
    by_start = sorted(range(len(inside)), key=lambda at: inside[at][0])
    pieces: list[_Piece] = []
    active: dict[int, tuple[int, int, str, int]] = {}
    waiting = iter([*by_start, -1])
    following = next(waiting)
    for start, end in pairwise(edges):
        active = {at: span for at, span in active.items() if span[1] > start}
        while following >= 0 and inside[following][0] <= start:
            active[following] = inside[following]
            following = next(waiting)
        labels = tuple(dict.fromkeys(span[2] for span in active.values()))
        more = (f"等 {len(labels)} 项",) if len(labels) > _LABELS else ()
        sign = int(np.sign(sum(span[3] for span in active.values())))
        pieces.append(_Piece(text[start:end], (*labels[:_LABELS], *more), sign))
    return _Shown(doc_id, pieces, begin > 0, stop < len(text), len(text))
