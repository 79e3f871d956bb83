"""One label of people for each tagged contact, of however many annotators."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from csatext.aggregation.inputs.arguments import as_number, check_columns, is_numeric
from csatext.aggregation.inputs.measures import has_flags, is_flag
from csatext.argument_types import as_table
from csatext.errors import ParameterError, SchemaError
from csatext.labels import ADJUDICATOR

__all__ = ["HumanLabels", "adjudicate", "labels_are_flags", "machine_labels"]

_MOST_STRATA = 5
"""Inclusion probabilities stand for strata where they have as many tags on average."""


@dataclass(frozen=True)
class HumanLabels:
    """Labels of people.

    Attributes
    ----------
    doc_id : Index of str, shape (n_docs,)
        Tagged contacts, each once.
    weight : array, shape (n_docs,)
        1 / inclusion probability.
    stratum : int array, shape (n_docs,)
        Stratum that the contact was drawn from.
    votes : DataFrame
        ``doc`` (position in ``doc_id``), ``label`` and ``share``: one row a contact and label. The label of
        the adjudicator, else that of most annotators; labels of as many annotators share the contact.
    n_divided : int
        Contacts whose annotators are divided.
    n_nameless : int
        Rows with a label but no ``doc_id``; they are left out.
    """

    doc_id: pd.Index
    weight: npt.NDArray[np.float64]
    stratum: npt.NDArray[np.int64]
    votes: pd.DataFrame
    n_divided: int
    n_nameless: int

    def share_of(self, label: object) -> npt.NDArray[np.float64]:
        """Return for each contact the share of ``label``, shape (n_docs,)."""
        chosen = self.votes[self.votes["label"] == label]
        share = np.zeros(len(self.doc_id))
        share[chosen["doc"].to_numpy()] = chosen["share"].to_numpy()
        return share


def labels_are_flags(facts: pd.DataFrame, measure: str) -> bool:
    """Return whether the machine's labels are flags, and not categories.

    Parameters
    ----------
    facts : DataFrame
    measure : str

    Returns
    -------
    bool

    Raises
    ------
    SchemaError
        The column is not there, holds other numbers, or contacts have no label at all.

    Examples
    --------
    >>> facts = pd.DataFrame({"urgent": [True, False], "category": ["物流", "退款"]})
    >>> labels_are_flags(facts, "urgent"), labels_are_flags(facts, "category")
    (True, False)
    """
    check_columns(facts, [measure], "measure")
    if len(facts) and facts[measure].isna().all():
        raise SchemaError(
            f"facts 的列「{measure}」全部为空，没有机器标签可以校正；请先运行 annotate 或并入这一列。"
        )
    flags = has_flags(facts, measure)
    if not flags and is_numeric(facts[measure]) and len(facts):
        raise SchemaError(f"列「{measure}」是数字；能抽检和校正的是是/否标记（True、False）或文字类别。")
    return flags


def machine_labels(
    facts: pd.DataFrame, measure: str, *, flag: bool
) -> tuple[npt.NDArray[np.int64], pd.Index]:
    """Return the code of each machine label, and the labels: flags as 0.0 and 1.0, categories trimmed.

    Parameters
    ----------
    facts : DataFrame
        Contacts with a label.
    measure : str
    flag : bool

    Returns
    -------
    codes : int array, shape (n_contacts,)
    labels : Index
        Sorted.

    Examples
    --------
    >>> codes, labels = machine_labels(pd.DataFrame({"category": ["退款", "物流 "]}), "category", flag=False)
    >>> codes.tolist(), labels.tolist()
    ([1, 0], ['物流', '退款'])
    """
    given = as_number(facts, measure) if flag else facts[measure].astype("str").str.strip()
    codes, labels = pd.factorize(given, sort=True)
    return codes.astype(np.int64), pd.Index(labels)


def adjudicate(tags: pd.DataFrame, measure: str, *, flag: bool) -> HumanLabels:
    """Return one label of people for each tagged contact.

    Parameters
    ----------
    tags : DataFrame
        ``doc_id`` (a column or the index), ``inclusion_probability`` and ``measure``; ``annotator`` and
        ``stratum`` are used where they exist. Rows without a label are not tagged. Of several rows of one
        annotator for a contact the last holds.
    measure : str
        Column of the labels.
    flag : bool
        Whether labels are flags; they become 0.0 and 1.0.

    Returns
    -------
    HumanLabels

    Raises
    ------
    ParameterError, SchemaError
        ``tags`` is no table, a column is missing or of the wrong type, or inclusion probabilities are
        missing, outside 0 to 1, or differ within a contact.

    Examples
    --------
    >>> tags = pd.DataFrame({"doc_id": ["a", "a", "b"], "annotator": ["甲", "乙", "甲"]})
    >>> tags = tags.assign(inclusion_probability=0.1, urgent=[True, False, True])
    >>> adjudicate(tags, "urgent", flag=True).share_of(1.0).tolist()
    [0.5, 1.0]
    """
    as_table(tags, "tags")
    if "doc_id" not in tags.columns and tags.index.name == "doc_id":
        tags = tags.reset_index()
    for name in ("doc_id", "inclusion_probability", measure):
        if name not in tags.columns:
            raise SchemaError.missing_column("tags", name, tags.columns)
    labels = _labels(tags, measure, flag)
    nameless = tags["doc_id"].isna().to_numpy() & labels.notna().to_numpy()
    known = labels.notna().to_numpy() & ~nameless
    used = tags[known]
    ids, names = pd.factorize(used["doc_id"].astype("str"))
    frame = pd.DataFrame({"doc": ids, "label": labels[known].to_numpy()})
    frame["annotator"] = used["annotator"].astype("str").to_numpy() if "annotator" in used else ""
    probability = _probabilities(used, ids, len(names))
    votes, n_divided = _votes(frame)
    strata = _strata(used, ids, probability)
    return HumanLabels(pd.Index(names), 1 / probability, strata, votes, n_divided, int(nameless.sum()))


def _labels(tags: pd.DataFrame, measure: str, flag: bool) -> pd.Series:
    """Return the labels, missing where there is none."""
    column = tags[measure]
    if flag:
        flags = pd.Series(as_number(tags, measure), index=tags.index)
        if not is_flag(flags.to_numpy()):
            other = flags[flags.notna() & ~flags.isin([0, 1])]
            raise SchemaError(
                f"tags 的列「{measure}」有 {len(other)} 个既不是 0 也不是 1 的数（如 {other.iloc[0]:g}），"
                "而 facts 里同名的列是是/否标记；请改为 True、False，没有标的留空。"
            )
        return flags
    if is_numeric(column) and column.notna().any():
        raise SchemaError(
            f"tags 的列「{measure}」是数字或是/否标记，而 facts 里同名的列是文字类别；请让两者一致。"
        )
    texts = column.astype("str").str.strip()
    return texts.where(column.notna() & (texts != ""))


def _probabilities(used: pd.DataFrame, ids: np.ndarray, size: int) -> npt.NDArray[np.float64]:
    """Return the inclusion probability of each contact."""
    given = as_number(used, "inclusion_probability")
    wrong = ~((given > 0) & (given <= 1))
    if wrong.any():
        raise ParameterError(
            f"tags 的列「inclusion_probability」有 {int(wrong.sum())} 行为空或不在 0 与 1 之间；"
            "没有抽中概率就无法推算全体，请从 ct.sample_for_tagging 的结果并入。"
        )
    found = np.zeros(size)
    found[ids] = given
    if (found[ids] != given).any():
        differing = len(np.unique(ids[found[ids] != given]))
        raise ParameterError(
            f"tags 里有 {differing} 条联络的抽中概率前后不一；同一条联络请只保留一次抽样的概率。"
        )
    return found


def _strata(
    used: pd.DataFrame, ids: np.ndarray, probability: npt.NDArray[np.float64]
) -> npt.NDArray[np.int64]:
    """Return the stratum of each contact: as given, else contacts of equal probability."""
    if "stratum" in used.columns and used["stratum"].notna().all():
        codes = np.zeros(len(probability), dtype=np.int64)
        codes[ids] = pd.factorize(used["stratum"].astype("str"))[0]
        return codes
    codes = np.unique(probability.round(12), return_inverse=True)[1].astype(np.int64)
    # Probabilities of their own for nearly every contact are no strata.
    return codes if codes.max(initial=0) * _MOST_STRATA < len(codes) else np.zeros_like(codes)


def _votes(frame: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return the share of each label of each contact, and how many contacts are divided."""
    frame = (
        frame.drop_duplicates(["doc", "annotator"], keep="last")
        if (frame["annotator"] != "").any()
        else frame
    )
    decided = frame["annotator"] == ADJUDICATOR
    frame = frame[decided | ~frame["doc"].isin(frame.loc[decided, "doc"])]
    counts = frame.groupby(["doc", "label"], sort=True).size().rename("n").reset_index()
    most = counts.groupby("doc")["n"].transform("max")
    first = counts[counts["n"] == most]
    rivals = first.groupby("doc")["n"].transform("size")
    divided = int(first.loc[rivals > 1, "doc"].nunique())
    return first.assign(share=1 / rivals)[["doc", "label", "share"]].reset_index(drop=True), divided
