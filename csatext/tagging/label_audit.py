"""Tags that are likely wrong: a model that has not seen them, or another tag of the text, says otherwise."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.feature_extraction.text import TfidfTransformer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from csatext.argument_types import as_table, check_simple_types
from csatext.errors import ParameterError, SchemaError
from csatext.schema import conform
from csatext.schema.audit import LABEL_AUDIT
from csatext.tagging.sheet_layout import text_code
from csatext.text.corpus import Corpus, checked_corpus

__all__ = ["label_audit"]

_FOLDS = 5
_LEAST = 2
"""Tags of a label below which nothing can be learnt of it."""


@check_simple_types
def label_audit(
    corpus: Corpus, tags: pd.DataFrame, *, label: str = "category", random_state: int = 0
) -> pd.DataFrame:
    """Return the tags that a second look pays for, the most doubtful first.

    Parameters
    ----------
    corpus : Corpus
        Holds the tagged contacts.
    tags : DataFrame
        ``doc_id`` (a column or the index) and the label; rows without a label and contacts that the corpus
        does not hold are left out. Several people's tags of one contact are each looked at.
    label : str, default "category"
        Column of the labels.
    random_state : int, default 0
        Seed of the folds.

    Returns
    -------
    DataFrame
        Table ``label_audit``: ``check`` "same_text" where one text bears several labels, "model" where
        confident learning finds a tag likely wrong. ``attrs``: n_tags, n_left_out (labels with one tag).

    Raises
    ------
    ParameterError, SchemaError
        A column is missing, or fewer than two labels have two tags.

    Notes
    -----
    Confident learning (Northcutt, Jiang and Chuang 2021, Journal of Artificial Intelligence Research 70,
    1373-1411): probabilities by 5-fold cross-validation; a label's threshold is the mean probability of it
    among the contacts that bear it; a tag is flagged where another label passes its own threshold and is more
    probable. Rows are in order of the difference of the two probabilities. The model is logistic regression
    on words and character n-grams.

    Examples
    --------
    >>> import csatext as ct
    >>> texts = ["快递太慢了", "快递还没到", "快递丢了"] * 4 + ["退款没到账", "退款太慢", "不给退款"] * 4
    >>> contacts = pd.DataFrame({"doc_id": range(24), "text": texts})
    >>> corpus = ct.Vectorizer().fit_transform(contacts)
    >>> tags = pd.DataFrame({"doc_id": range(24), "category": ["物流"] * 12 + ["退款"] * 11 + ["物流"]})
    >>> label_audit(corpus, tags)[["doc_id", "label", "suggested", "check"]].head(1).values.tolist()
    [['23', '物流', '退款', 'same_text']]
    """
    checked_corpus(corpus)
    as_table(tags, "tags")
    if "doc_id" not in tags.columns and tags.index.name == "doc_id":
        tags = tags.reset_index()
    for name in ("doc_id", label):
        if name not in tags.columns:
            raise SchemaError.missing_column("tags", name, tags.columns)
    ids = tags["doc_id"].astype("str")
    at = pd.Index(corpus.doc_ids.astype("str")).get_indexer(ids)
    given = tags[label].astype("str").str.strip()
    used = (at >= 0) & tags[label].notna().to_numpy() & (given != "").to_numpy()
    frame = pd.DataFrame({"doc_id": ids[used], "label": given[used], "at": at[used]}).reset_index(drop=True)
    frame = frame.drop_duplicates(["doc_id", "label"], ignore_index=True)
    repeated = _same_text(corpus, frame)
    counts = frame["label"].map(frame["label"].value_counts())
    learnt = frame[counts >= _LEAST].reset_index(drop=True)
    if learnt["label"].nunique() < 2:
        raise ParameterError("至少要有两个类别各有两条标注，才能检查标注；请先多标一些。")
    doubtful = _doubtful(corpus, learnt, random_state)
    table = pd.concat([repeated, doubtful], ignore_index=True)
    table["order"] = table["suggested_probability"] - table["probability"]
    table["order"] = table["order"].where(table["check"] == "model", np.inf)
    table = table.sort_values("order", ascending=False, kind="stable", ignore_index=True)
    table["rank"] = np.arange(1, len(table) + 1)
    table.attrs = {"n_tags": len(frame), "n_left_out": int((counts < _LEAST).sum())}
    if table.empty:
        table.attrs["reason"] = "没有发现可疑的标注。"
    return conform(table, LABEL_AUDIT)


def _same_text(corpus: Corpus, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the tags that are outvoted by, or even with, others of the same text."""
    texts = corpus.texts.iloc[frame["at"]].fillna("").astype("str")
    keyed = frame.assign(code=[text_code(text) for text in texts])
    n_labels = keyed.groupby("code")["label"].transform("nunique")
    mixed = keyed[n_labels > 1]
    counts = mixed.groupby(["code", "label"]).size().rename("n").reset_index()
    counts = counts.sort_values(["n", "label"], ascending=[False, True], kind="stable")
    most = counts.drop_duplicates("code").set_index("code")
    said = counts.assign(said=counts["label"] + " " + counts["n"].astype("str") + " 条")
    said = said.groupby("code")["said"].agg("、".join)
    n_of = mixed.merge(counts, on=["code", "label"])["n"].to_numpy()
    leading = mixed["code"].map(most["label"])
    # The most frequent label is not in doubt, unless another is as frequent.
    second = counts[counts.duplicated("code")].drop_duplicates("code").set_index("code")
    tie = n_of == mixed["code"].map(second["n"]).to_numpy()
    doubtful = (mixed["label"] != leading).to_numpy() | tie
    other = leading.where(mixed["label"] != leading, mixed["code"].map(second["label"]))
    found = mixed.assign(
        suggested=other, probability=np.nan, suggested_probability=np.nan, check="same_text",
        detail="同样的文本标了不同的类别：" + mixed["code"].map(said).astype("str"),
    )  # fmt: skip
    return found[doubtful]


def _doubtful(corpus: Corpus, frame: pd.DataFrame, random_state: int) -> pd.DataFrame:
    """Return the tags that confident learning finds likely wrong."""
    label, names = pd.factorize(frame["label"], sort=True)
    features = _features(corpus, frame["at"].to_numpy())
    folds = min(_FOLDS, int(np.bincount(label).min()))
    if folds < _FOLDS:
        folds = max(folds, 2)
    splits = StratifiedKFold(folds, shuffle=True, random_state=random_state)
    model = LogisticRegression(C=10.0, solver="newton-cg", max_iter=200, tol=1e-3)
    probability = cross_val_predict(model, features, label, cv=splits, method="predict_proba")
    rows = np.arange(len(label))
    own = probability[rows, label]
    threshold = np.array([own[label == one].mean() for one in range(len(names))])
    confident = np.where(probability >= threshold, probability, -1.0)
    confident[rows, label] = -1.0
    best = confident.argmax(axis=1)
    other = confident[rows, best]
    flagged = (other > own) & (other >= 0)
    found = frame[flagged].assign(
        suggested=np.asarray(names, dtype=object)[best[flagged]],
        probability=own[flagged],
        suggested_probability=other[flagged],
        check="model",
    )
    found["detail"] = [
        f"其他标注说这样的文本是「{suggested}」（{theirs:.0%}），不像「{label}」（{ours:.0%}）"
        for suggested, theirs, label, ours in zip(
            found["suggested"],
            found["suggested_probability"],
            found["label"],
            found["probability"],
            strict=True,
        )
    ]
    return found


def _features(corpus: Corpus, rows: np.ndarray) -> sparse.csr_array:
    """Return words and character n-grams of documents, each block by TF-IDF."""
    words = TfidfTransformer(sublinear_tf=True).fit_transform(corpus.dtm[rows].astype("float64"))
    characters = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)
    texts = corpus.texts.iloc[rows].fillna("").astype("str").tolist()
    if not any(text.strip() for text in texts):
        return sparse.csr_array(words)
    return sparse.csr_array(sparse.hstack([words, characters.fit_transform(texts)]))
