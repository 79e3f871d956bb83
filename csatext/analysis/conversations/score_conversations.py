"""Contacts judged by a scorecard: each item with its evidence, and the total."""

from __future__ import annotations

import numpy as np
import pandas as pd

from csatext.analysis.conversations.script_adherence import judged_items
from csatext.analysis.conversations.talk import Talk, talk_of
from csatext.argument_types import as_table
from csatext.errors import ParameterError
from csatext.privacy.across_turns import turn_values
from csatext.privacy.kinds import KIND_NAMES
from csatext.privacy.redact import mask_of
from csatext.schema import conform
from csatext.schema.feelings import QA_SCORES, QA_TOTALS
from csatext.taxonomy.qa_scorecard import QA_PREFIX, QAScorecard

__all__ = ["qa_totals", "score_conversations"]


def score_conversations(turns: pd.DataFrame, scorecard: QAScorecard | None = None) -> pd.DataFrame:
    """Return for each dialogue and item of a scorecard whether it was met, its points and its evidence.

    REQUIREMENTS rows 25 and 27. :func:`csatext.qa_totals` makes one row a contact of it.

    Parameters
    ----------
    turns : DataFrame
        Table ``turns``, rows in any order; left unchanged. Roles that are missing are inferred. ``agent_id``
        is used where it is there.
    scorecard : QAScorecard, optional
        None is ``QAScorecard.load("general")``.

    Returns
    -------
    DataFrame
        Table ``qa_scores``, dialogue by dialogue in the order of the scorecard. An item is judged as one of
        :func:`csatext.script_adherence`: by what the agent says (asked and denied things are said too), due
        where the agent speaks and ``only_if`` holds. ``evidence`` has the words of the first time in time,
        else of the first time, personal data masked; spans are those of the texts as they were read.

    Raises
    ------
    ParameterError
        ``turns`` or ``scorecard`` is of the wrong type.
    SchemaError
        A column of the turns is missing.

    Examples
    --------
    >>> turns = pd.DataFrame({"doc_id": "1", "turn_id": [0, 1, 2], "role": ["agent", "customer", "agent"],
    ...     "text": ["您好", "退款没到", "谁让您不早说"], "agent_id": "A7"})
    >>> card = QAScorecard.load({"items": [{"id": "hello", "said": ["您好|你好"], "weight": 10},
    ...     {"id": "blame", "said": ["谁让您"], "forbidden": True, "veto": True}]})
    >>> scores = score_conversations(turns, card)
    >>> scores[["agent_id", "item", "passed", "points", "evidence"]].values.tolist()
    [['A7', 'hello', True, 10.0, '您好'], ['A7', 'blame', False, nan, '谁让您']]
    >>> qa_totals(scores)[["qa_score", "qa_vetoes", "qa_hello", "qa_blame"]].to_dict("records")
    [{'qa_score': 0.0, 'qa_vetoes': 1, 'qa_hello': True, 'qa_blame': False}]
    """
    card = QAScorecard.load() if scorecard is None else scorecard
    if not isinstance(card, QAScorecard):
        raise ParameterError.wrong_type(
            "scorecard", scorecard, "QAScorecard；请先用 ct.QAScorecard.load(路径) 得到"
        )
    talk = talk_of(turns, scored=False)
    frame = judged_items(talk, list(card.items))
    place = frame["place"].to_numpy(np.int64)
    vetoes = {item.id for item in card.items if item.veto}
    veto = frame["item"].isin(vetoes).to_numpy(bool)
    counted = frame["due"].to_numpy(bool) & ~frame["optional"].to_numpy(bool) & ~veto
    passed = frame["kept"].fillna(False).to_numpy(bool)
    weight = frame["weight"].to_numpy(np.float64)
    # Words of a bot, or of another role than the item's, are no evidence.
    own = frame["said"].to_numpy(bool)
    result = frame.assign(
        agent_id=_agents(talk, np.where(own, place, -1), frame["document"].to_numpy(np.int64)),
        veto=veto,
        passed=frame["kept"],
        points=np.where(counted, np.where(passed, weight, 0.0), np.nan),
        max_points=np.where(counted, weight, np.nan),
        evidence=pd.array(_evidence(talk, frame, own), dtype="str"),
        **{name: frame[name].where(own) for name in ("turn", "start", "end")},
    )
    return conform(result, QA_SCORES)


def _agents(talk: Talk, place: np.ndarray, document: np.ndarray) -> pd.Series:
    """Return the agent of the turn of each row, else the one who speaks most in its dialogue."""
    if "agent_id" not in talk.table:
        return pd.Series(pd.NA, index=range(len(place)), dtype="str")
    names = talk.table["agent_id"].astype("str").where(talk.agent)
    counts = (
        pd.DataFrame({"row": talk.row, "name": names}).dropna().groupby(["row", "name"], sort=False).size()
    )
    most = counts.sort_values(ascending=False, kind="stable").reset_index().drop_duplicates("row")
    usual = most.set_index("row")["name"].reindex(range(len(talk))).to_numpy(object)
    said = np.array([*names, None], dtype=object)[place]
    return pd.Series(np.where(pd.isna(said), usual[document], said), dtype="str")


def _evidence(talk: Talk, rows: pd.DataFrame, own: np.ndarray) -> list[str | None]:
    """Return the words of each row that has some, with masks in place of the personal data in them."""
    masks: dict[int, list[tuple[int, int, str]]] = {}
    if own.any():
        for row, start, end, found in turn_values(talk.table, KIND_NAMES):
            masks.setdefault(row, []).append((start, end, mask_of(found, None)))
    texts = talk.texts.to_numpy(object)
    evidence: list[str | None] = [None] * len(rows)
    for at in np.flatnonzero(own):
        place, start, end = (int(rows[name].iloc[at]) for name in ("place", "start", "end"))
        words = str(texts[place])[start:end]
        for first, last, mask in sorted(masks.get(place, ()), reverse=True):
            if first < end and last > start:
                words = words[: max(first - start, 0)] + mask + words[last - start :]
        evidence[at] = words
    return evidence


def qa_totals(scores: pd.DataFrame) -> pd.DataFrame:
    """Return the score of each dialogue and a flag for each item, one row a contact.

    The flags are measures of :func:`csatext.build_facts`: ``breakdown(facts, "agent_id", "qa_greeting")`` has
    their rates by agent with intervals, ``audited_rates(facts, tags, "qa_greeting")`` the corrected ones.

    Parameters
    ----------
    scores : DataFrame
        Of :func:`csatext.score_conversations`.

    Returns
    -------
    DataFrame
        Table ``qa_totals``, indexed by doc_id. ``qa_score`` is 100 x points / points that could be got; 0
        where a veto is failed, NA where nothing was due. ``attrs["labels"]`` names the item of each flag.

    Raises
    ------
    ParameterError
        ``scores`` is no DataFrame.
    SchemaError
        A column is missing.

    Examples
    --------
    >>> turns = pd.DataFrame({"doc_id": "1", "turn_id": [0, 1], "role": ["agent", "customer"],
    ...     "text": ["您好", "你好"]})
    >>> items = [{"id": "hello", "said": ["您好"], "weight": 3}, {"id": "bye", "said": ["再见"]}]
    >>> qa_totals(score_conversations(turns, QAScorecard.load({"items": items})))["qa_score"].tolist()
    [75.0]
    """
    table = conform(as_table(scores, "scores"), QA_SCORES)
    codes, documents = pd.factorize(table["doc_id"])
    n = len(documents)
    failed = table["veto"].to_numpy(bool) & ~table["passed"].fillna(True).to_numpy(bool)
    vetoes = np.bincount(codes[failed], minlength=n)
    judged = table["veto"].to_numpy(bool) & table["passed"].notna().to_numpy(bool)
    points, most = (
        np.bincount(codes, table[name].fillna(0.0).to_numpy(np.float64), minlength=n)
        for name in ("points", "max_points")
    )
    share = np.where(most > 0, 100 * points / np.where(most > 0, most, 1.0), np.nan)
    words = table.dropna(subset=["evidence"]).groupby("doc_id")["evidence"].agg("、".join)
    index = pd.Index(documents, name="doc_id", dtype="str")
    totals = pd.DataFrame(
        {
            "qa_score": np.where(vetoes > 0, 0.0, share),
            "qa_points": points,
            "qa_max_points": most,
            "qa_vetoes": vetoes,
            "qa_vetoed": pd.arrays.BooleanArray(vetoes > 0, np.bincount(codes[judged], minlength=n) == 0),
            "qa_evidence": words.reindex(index).fillna("").to_numpy(object),
        },
        index=index,
    )
    flags = table.pivot(index="doc_id", columns="item", values="passed").reindex(index)
    names = list(dict.fromkeys(table["item"]))
    result = conform(totals.join(flags[names].astype("boolean").add_prefix(QA_PREFIX)), QA_TOTALS)
    labels = table.drop_duplicates("item").set_index("item")["label"]
    result.attrs["labels"] = {f"{QA_PREFIX}{item}": str(label) for item, label in labels.items()}
    return result
