"""The contacts of a sample as a tool shows them: masked text, what the machine suggests, a code of both."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from csatext.argument_types import as_table
from csatext.errors import SchemaError
from csatext.labels import UNCLASSIFIED
from csatext.tagging.choices import Choices
from csatext.tagging.flag_choices import FlagChoices
from csatext.tagging.sheet_layout import row_code
from csatext.text.corpus import Corpus, checked_corpus

__all__ = ["evidence_spans", "sample_rows"]

_CONFIDENCE = ("confidence", "complaint_probability", "category_probability", "category_lead")
_TERMS_SHOWN = 30


def sample_rows(
    sample: pd.DataFrame,
    corpus: Corpus,
    choices: Choices | FlagChoices,
    suggestions: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the contacts of a sample with what a tool shows and what it must bring back.

    Parameters
    ----------
    sample : DataFrame
        Table ``tag_sample``: ``doc_id``, ``inclusion_probability``, optionally ``stratum``.
    corpus : Corpus
        Holds the contacts of the sample; its texts are masked.
    choices : Choices or FlagChoices
        What may be answered.
    suggestions : DataFrame, optional
        What a machine says, by ``doc_id`` (a column or the index).

    Returns
    -------
    DataFrame
        ``doc_id``, ``text``, ``suggested``, ``suggested_below``, ``evidence``, ``confidence``,
        ``probability``, ``stratum``, ``version`` and ``code``, in the order of the sample.

    Raises
    ------
    ParameterError, SchemaError
        An argument of the wrong type, a column that is missing, a contact that stands twice or that the
        corpus does not hold.
    """
    checked_corpus(corpus)
    as_table(sample, "sample", ["doc_id", "inclusion_probability"])
    ids = sample["doc_id"].astype("str")
    if ids.duplicated().any():
        raise SchemaError.duplicate_key("sample", ["doc_id"], int(ids.duplicated().sum()))
    at = pd.Index(corpus.doc_ids.astype("str")).get_indexer(ids)
    if (at < 0).any():
        raise SchemaError.foreign_index("sample", int((at < 0).sum()))
    texts = corpus.texts.iloc[at].fillna("").astype("str").tolist()
    rows = pd.DataFrame({"doc_id": ids.tolist(), "text": texts})
    rows = rows.assign(**_suggested(suggestions, rows["doc_id"], choices))
    rows["probability"] = sample["inclusion_probability"].astype("float64").tolist()
    rows["stratum"] = sample["stratum"].astype("str").tolist() if "stratum" in sample else ""
    rows["version"] = choices.version
    rows["code"] = [row_code(one, text) for one, text in zip(rows["doc_id"], texts, strict=True)]
    return rows


def _suggested(
    suggestions: pd.DataFrame | None, ids: pd.Series, choices: Choices | FlagChoices
) -> dict[str, Any]:
    """Return suggested categories, confidence and evidence of each contact."""
    none = {name: [""] * len(ids) for name in ("suggested", "suggested_below", "evidence")}
    if suggestions is None:
        return none | {"confidence": [np.nan] * len(ids)}
    as_table(suggestions, "suggestions")
    index = suggestions.get("doc_id", suggestions.index)
    by_id = suggestions.set_axis(pd.Index(index).astype("str"))
    by_id = by_id[~by_id.index.duplicated()].reindex(ids)

    def column(*names: str) -> list[str]:
        name = next((name for name in names if name in by_id), None)
        return [""] * len(ids) if name is None else by_id[name].astype("str").fillna("").tolist()

    if isinstance(choices, FlagChoices):
        said = [
            [f"{choices.layout.headers[name]}：{choices.shown(flag)}" for flag in by_id[name]]
            for name in choices.layout.answers
            if name in by_id
        ]
        lines = [
            "\n".join(line for line in one if not line.endswith("：")) for one in zip(*said, strict=True)
        ]
        evidence = column("qa_evidence", "category_terms", "evidence")
        return none | {
            "suggested": lines or none["suggested"], "evidence": evidence, "confidence": [np.nan] * len(ids),
        }  # fmt: skip
    first, second = column("category", "complaint"), column("subcategory")
    answers = [
        choices.answer(a, "" if b == UNCLASSIFIED else b) if a or b else ("", None)
        for a, b in zip(first, second, strict=True)
    ]
    shown = [
        answer if isinstance(answer, tuple) else (a, b)
        for answer, a, b in zip(answers, first, second, strict=True)
    ]
    confidence = next((name for name in _CONFIDENCE if name in by_id), None)
    return {
        "suggested": [a for a, _ in shown],
        "suggested_below": [b or "" for _, b in shown],
        "evidence": column("category_terms", "evidence"),
        "confidence": [np.nan] * len(ids)
        if confidence is None
        else by_id[confidence].astype("float64").tolist(),
    }


def evidence_spans(text: str, terms: str) -> list[tuple[int, int]]:
    """Return start and end of each place where a text says one of the terms of the machine.

    Examples
    --------
    >>> evidence_spans("退款一直不到账，我要退款", "不到账、退款")
    [(0, 2), (4, 7), (10, 12)]
    """
    words = sorted({word for word in re.split(r"[、；\s]+", terms) if word}, key=len, reverse=True)
    if not words:
        return []
    pattern = "|".join(re.escape(word) for word in words[:_TERMS_SHOWN])
    return [found.span() for found in re.finditer(pattern, text, re.IGNORECASE)]
