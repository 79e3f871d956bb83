"""The course of feelings in a dialogue, one row a contact."""

from __future__ import annotations

import numpy as np
import pandas as pd

from csatext.analysis.conversations.customer_effort import repeats, transfers
from csatext.analysis.conversations.satisfaction_model import SatisfactionModel, predicted
from csatext.analysis.conversations.satisfaction_signals import sides
from csatext.analysis.conversations.talk import Talk, group_first, group_last, group_means, talk_of
from csatext.analysis.conversations.talk_cues import CUES, find_cues, threatening
from csatext.analysis.sentiment.score import Sentiment
from csatext.errors import ParameterError
from csatext.schema import conform
from csatext.schema.feelings import CONVERSATIONS

__all__ = ["conversation_sentiment"]

_LEAST_CHANGE = 0.35
"""Difference of the mean scores before and after a turn that is a turn of the talk (chosen: as far as a score
is from neutral where it is called positive or negative)."""
_FALL = 0.5
"""A course that ends so far below where it began has got worse (chosen)."""


def conversation_sentiment(
    turns: pd.DataFrame,
    *,
    sentiment: Sentiment | None = None,
    satisfaction: SatisfactionModel | None = None,
) -> pd.DataFrame:
    """Return how customer and agent feel in the course of each dialogue, one row a contact.

    Each turn of a customer and of an agent is scored. Turns without words, buttons, order cards and, where
    the table has a column ``is_template`` (:func:`csatext.mark_templates`), canned messages do not count;
    those of bots and systems are neither side's. REQUIREMENTS rows 16 and 17.

    Parameters
    ----------
    turns : DataFrame
        Table ``turns``, rows in any order; left unchanged. Roles that are missing are inferred. A column
        ``sentiment`` (-1 to 1) is taken as the scores of the turns.
    sentiment : Sentiment, optional
        Scores the turns; None is ``Sentiment()``.
    satisfaction : SatisfactionModel, optional
        Predicts satisfaction; None is ``SatisfactionModel()`` with its plain weights.

    Returns
    -------
    DataFrame
        Table ``conversations``, indexed by doc_id in order of first appearance, for
        :func:`csatext.build_facts`. Of the customer and of the agent: ``start``, ``worst``, ``end`` and
        ``mean`` of the scores, NA where that side says nothing. Of the customer: ``recovery`` (end - worst);
        ``turning_turn`` and ``turning_change``: the turn that parts the course best, and the mean from it on
        less the mean before it; ``escalated``; ``customer_repeats`` and ``transfers``: what it cost the
        customer (row 67); ``predicted_satisfaction``.

    Raises
    ------
    ParameterError
        An argument is of the wrong type.
    SchemaError
        A column of table ``turns`` is missing, or ``sentiment`` is no score.

    Notes
    -----
    The turn that parts the course is the change point of least squares (Hinkley 1970): of ``n`` scores the
    ``k`` for which ``k (n - k) / n (mean after - mean before)**2`` is greatest, the first of equals. It is NA
    where the two means differ by less than .35. ``escalated``: the customer threatens in earnest (words of
    ``lexicons/service_signals.tsv`` with the use ``pressure`` on law, media, authorities, police, superiors,
    crowds or violence, and after a reply that of a complaint, asserted), or ends below 0 and at least .5
    below the start.

    References
    ----------
    Hinkley (1970), "Inference about the change-point in a sequence of random variables", Biometrika 57, 1-17.

    Examples
    --------
    >>> turns = pd.DataFrame({"doc_id": "1", "turn_id": range(5),
    ...     "role": ["customer", "agent", "customer", "agent", "customer"],
    ...     "text": ["你们太差了", "抱歉", "气死我了", "已为您退款", "好的，谢谢，很满意"],
    ...     "sentiment": [-0.6, 0.0, -0.9, 0.1, 0.8]})
    >>> course = conversation_sentiment(turns).loc["1"]
    >>> float(course["customer_worst"]), round(float(course["recovery"]), 3), int(course["turning_turn"])
    (-0.9, 1.7, 4)
    """
    if satisfaction is not None and not isinstance(satisfaction, SatisfactionModel):
        raise ParameterError.wrong_type(
            "satisfaction", satisfaction, "SatisfactionModel，如 ct.SatisfactionModel().fit(turns, 评分)"
        )
    talk = talk_of(turns, sentiment)
    cues = find_cues(prepared := talk.prepared)
    course = {
        f"{side}_{name}": values
        for side, mask in (("customer", talk.customer), ("agent", talk.agent))
        for name, values in _course(talk, mask).items()
    }
    turn, change = _turning(talk)
    possible = cues[:, [CUES.index("threat"), CUES.index("demand")]].any(axis=1)
    threats = threatening(prepared, possible & talk.customer & talk.said, sides(talk)["later"])
    threatened = np.bincount(talk.row[threats], minlength=len(talk)) > 0
    end, start = course["customer_end"], course["customer_start"]
    with np.errstate(invalid="ignore"):
        fallen = (end < 0) & (start - end >= _FALL)
    model = SatisfactionModel() if satisfaction is None else satisfaction
    frame = pd.DataFrame(
        {
            **course,
            "recovery": end - course["customer_worst"],
            "turning_turn": turn,
            "turning_change": change,
            "escalated": threatened | fallen,
            "customer_repeats": repeats(talk, prepared),
            "transfers": transfers(talk, prepared),
            "predicted_satisfaction": predicted(model, talk, cues),
        },
        index=talk.documents,
    )
    return conform(frame, CONVERSATIONS)


def _course(talk: Talk, side: np.ndarray) -> dict[str, np.ndarray]:
    """Return the first, least, last and mean score of a side in each dialogue, NaN where it has none."""
    kept = side & ~np.isnan(talk.score)
    row, score, n = talk.row[kept], talk.score[kept], len(talk)
    worst = np.full(n, np.inf)
    np.minimum.at(worst, row, score)
    return {
        "start": group_first(row, score, n),
        "worst": np.where(np.isinf(worst), np.nan, worst),
        "end": group_last(row, score, n),
        "mean": group_means(row, score, n),
    }


def _turning(talk: Talk) -> tuple[pd.api.extensions.ExtensionArray, np.ndarray]:
    """Return the customer's turn that parts each course best, and how far the means differ; NA for none."""
    kept = np.flatnonzero(talk.customer & ~np.isnan(talk.score))
    row, score = talk.row[kept], talk.score[kept]
    n = np.bincount(row, minlength=len(talk))
    first = np.concatenate(([0], np.cumsum(n)))[:-1]
    place = np.arange(len(row)) - first[row]
    total = np.concatenate(([0.0], np.cumsum(score)))
    before = total[:-1] - total[first[row]]
    after = np.bincount(row, score, minlength=len(talk))[row] - before
    follow = n[row] - place
    difference = after / follow - before / np.maximum(place, 1)
    gain = np.where(place > 0, place * follow / n[row] * difference**2, -1.0)
    # Sums of many scores differ in their last digits: gains that agree to nine digits are equal.
    order = np.lexsort((place, -np.round(gain, 9), row))
    best = order[np.flatnonzero(np.diff(row[order], prepend=-1))]
    best = best[(place[best] > 0) & (np.abs(difference[best]) >= _LEAST_CHANGE - 1e-9)]
    turn, change = np.full(len(talk), np.nan), np.full(len(talk), np.nan)
    turn[row[best]] = talk.turn[kept[best]]
    change[row[best]] = difference[best]
    return pd.array(turn, dtype="Int64"), change
