"""Probability that a text is negative, neutral or positive, by the numbers of its clauses and its words."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
from scipy.special import expit

from csatext.analysis.sentiment.clause_scores import score_clauses
from csatext.analysis.sentiment.text_numbers import (
    NUMBERS,
    segment_numbers,
    sentence_segments,
    text_segments,
)
from csatext.analysis.sentiment.word_model import word_model
from csatext.lexicon import Lexicon
from csatext.text.clauses.clause_reading import ClauseReading
from csatext.text.joined_texts import JoinedTexts, joined_chunks

__all__ = [
    "TERMS",
    "mixed",
    "polarity_log_odds",
    "polarity_terms",
    "probabilities",
    "shipped_log_odds",
    "talk_share",
    "text_log_odds",
]

_SIGNED = ("balance", "first", "last", "mean", "review")
_SIDES = (("bad", -1), ("good", 1))
_CALM = ("inquiry", "wished", "courtesy", "silent", "absent", "solved", "brief")
_APPEALED = (
    "balance bad",
    "balance good",
    "review bad",
    "review good",
    "worst",
    "best",
    "length",
    "faults",
    "gravest",
)
_WORDS = ("positive", "neutral", "service")
_ASKING = ("desired", "wished", "inquiry", "appeal")
_OFFICIAL = ("balance good", "balance bad", "review good", "review bad", "length")
TERMS = (
    *(name for name in NUMBERS if name not in (*_SIGNED, *_WORDS, "characters")),
    *(f"{name} {side}" for name in _SIGNED for side, _ in _SIDES),
    *(f"review {side} {name}" for name in _CALM for side, _ in _SIDES),
    *(f"{name} appeal" for name in _APPEALED),
    *(f"{name} appealed" for name in _OFFICIAL),
    "worst good",
)
"""Terms of the model: numbers with a sign are cut in two, since neutral lies between; words of a review
mean less in a text that asks, wishes or has no polar word, and polar words less in one that appeals to an
office."""
_MOST = 4.0
_TALK, _SLOPE, _CERTAIN = 110.0, 10.0, 1.0
"""Characters of which the model of sentences counts half as much as of short texts, how fast that changes
with the length, and log-odds at which a text is as likely a review: with less, reviews of hotels and shops
lose."""
_NO_REVIEW = 3.0
"""Log-odds that a text is a review from which an office that is named once counts half: of citizens' letters
as many are negative as without, and reviews of hotels gain .003 of balanced accuracy."""
_SENTENCE_WEIGHT, _SENTENCE_REACH = 0.5, 15.0
"""What the model of single sentences adds to that of whole texts, and the characters over which it fades to
1/e. Reviews of deliveries gain by it; with 30 characters those of hotels lose."""
_REPEATING, _OVERLAP = 100.0, 0.4
"""Characters after which a letter repeats itself, and the power by which its log-odds shrink then: chosen on
half of 495 citizens' letters. What correlation of size and length is left comes from inquiries, which are
short and neutral."""
_OPENING, _OPENING_FAULT, _OPENING_UNPRAISED, _OPENING_SLOPE = -2.0, -1.0, -0.5, 0.2
_SURELY_POLAR, _POLAR = -1.5, -1.0
"""Log-odds of a first sentence from which it is a complaint: of any; of one that praises nothing and tells
of a fault or is surely not neutral; of one that praises nothing and is not neutral, where no later sentence
gives a favourable verdict on the whole (总体满意, 推荐); and how fast that changes. Below them, log-odds of
neutral of a sentence that surely is not, or is not. Chosen on halves of four sets: reviews of shops lose .002
of balanced accuracy, those of restaurants gain .013, others move by .001; without the condition of verdicts
shops lose .003. At -1.5 for every sentence hotels lose .004."""
_COMPLAINING = -1.0
"""Log-odds of positive and of neutral below which a sentence complains, so that its text is not neutral."""
_PRAISED = 0.35
"""Level of the best clause from which a first sentence also praises."""
_LEAST_OPENING, _LEAST_REST = 4, 4
"""Characters of a first sentence that tells what is wrong (枣子生蛆), and of what follows it."""
_POSITIVE_SENTENCE, _FEW_PRAISE, _LONGER = 2.0, 0.15, 60
"""A longer text that asks or wishes something is neutral rather than positive where no sentence has log-odds
of the first, and fewer of its clauses praise: of 495 letters of citizens 12 are counted positive, without it
22. Chosen on half of them. Signs of scores stay what they are."""
WEIGHTS = (
    "positive",
    "neutral",
    "letter_positive",
    "letter_neutral",
    "sentence_positive",
    "sentence_neutral",
)
"""Columns of ``lexicons/polarity_weights.tsv``: of whole texts, of letters, and of single sentences."""


def polarity_terms(numbers: np.ndarray) -> np.ndarray:
    """Return the terms of the model, shape (n_texts, n_terms)."""
    column = dict(zip(NUMBERS, np.clip(numbers, -_MOST, _MOST).T, strict=True))
    values = column | {
        f"{name} {side}": np.maximum(sign * column[name], 0) for name in _SIGNED for side, sign in _SIDES
    }
    for name in _CALM:
        values |= {f"review {side} {name}": values[f"review {side}"] * column[name] for side, _ in _SIDES}
    appeal = np.sqrt(column["appeal"])
    values |= {f"{name} appeal": values[name] * appeal for name in _APPEALED}
    values |= {f"{name} appealed": values[name] * column["appealed"] for name in _OFFICIAL}
    values["worst good"] = -column["worst"] * column["best"]
    return np.column_stack([values[name] for name in TERMS])


def polarity_log_odds(numbers: np.ndarray) -> np.ndarray:
    """Return the log-odds of positive against negative, and of neutral against both, shape (n_texts, 2).

    Notes
    -----
    Of what is said to the service the model learnt from sentences counts, which knows their words; of reviews
    and long texts the sum of balance and review score, which holds on reviews of every trade, to which the
    first adds less the longer they are; of those that name offices that of letters, by half where one is
    named. ``benchmarks/train_sentiment.py`` trains them. The log-odds of positive of a letter shrink with its
    length, since it says the same more than once.
    """
    weights, intercept = _weights()
    terms = polarity_terms(numbers)
    # Not by BLAS, whose last digits depend on how many texts there are.
    odds = np.einsum("ij,jk->ik", terms, weights) + intercept
    whole, letter, single = (odds[:, at : at + 2] for at in (0, 2, 4))
    single = single + numbers[:, [NUMBERS.index(name) for name in ("positive", "neutral")]]
    return mixed(numbers, whole, letter, single)


def mixed(numbers: np.ndarray, whole: np.ndarray, letter: np.ndarray, single: np.ndarray) -> np.ndarray:
    """Return the log-odds of three models as one, each of shape (n_texts, 2)."""
    characters = numbers[:, NUMBERS.index("characters")]
    added = _SENTENCE_WEIGHT * np.exp(-characters / _SENTENCE_REACH) * single[:, 0]
    whole = whole + np.column_stack((added, np.zeros(len(added))))
    appealed = _appealed(numbers)[:, None]
    longer = (1 - appealed) * whole + appealed * letter
    share = talk_share(numbers)[:, None]
    odds = share * single + (1 - share) * longer
    # A long letter says the same again, which is no further evidence; no sign changes.
    odds[:, :1] *= (1 + characters[:, None] / _REPEATING) ** (-_OVERLAP * appealed)
    return np.asarray(odds)


def _appealed(numbers: np.ndarray) -> np.ndarray:
    """Return how far each text is a letter to an office; one that is named once in a review makes it none."""
    appealed, service = (numbers[:, NUMBERS.index(name)] for name in ("appealed", "service"))
    return np.asarray(np.where(appealed < 1, appealed * expit(service + _NO_REVIEW), appealed))


def talk_share(numbers: np.ndarray) -> np.ndarray:
    """Return how much of each text is read by the model of sentences, from 0 to 1.

    What is said to the service is no review: of a sentence that tells, asks or thanks, the words of reviews
    say that it is bad.
    """
    characters, service = (numbers[:, NUMBERS.index(name)] for name in ("characters", "service"))
    return np.asarray(expit((_TALK - characters) / _SLOPE) * expit(service - _CERTAIN))


def shipped_log_odds(joined: JoinedTexts) -> np.ndarray:
    """Return both log-odds of joined texts by the shipped model, shape (n_texts, 2).

    Notes
    -----
    A text that opens with a complaint is one, however many pleasant sentences follow: the log-odds of
    positive are then -2 at most, unless a later sentence says that the trouble is over. Where one gives a
    favourable verdict on the whole, only a grave opening counts so. A first sentence that hedges
    (米饭有点硬) is a remark and no complaint. A text of which a sentence complains is not neutral, however
    much is plainly told around it. A letter that wishes or asks something and holds no sentence of
    praise is neutral rather than positive.
    """
    words = word_model()
    numbers = segment_numbers(joined, text_segments(joined), words)
    odds = polarity_log_odds(numbers)
    column = dict(zip(NUMBERS, numbers.T, strict=True))
    sentences = sentence_segments(joined)
    first = sentences.number[joined.offsets[:-1]]
    size = np.diff(sentences.bounds)[first]
    rest = np.diff(joined.offsets) - 1 - size
    opened = (size >= _LEAST_OPENING) & (rest >= _LEAST_REST)
    opened &= (column["solved"] == 0) & (odds[:, 0] > _OPENING)
    asking = np.any([column[name] > 0 for name in _ASKING], axis=0) & (column["characters"] > _LONGER)
    asking &= (odds[:, 0] > 0) & (column["positive_share"] < _FEW_PRAISE)
    text_of = joined.rows[sentences.bounds[:-1]]
    # A text of one sentence is what that says.
    calm = (odds[:, 1] > _POLAR) & (rest > 0)
    read = (asking | calm)[text_of]
    read[first[opened]] = True
    if not read.any():
        return odds
    told = segment_numbers(joined, sentences, words)
    by_itself = np.zeros((len(read), 2))
    by_itself[read] = polarity_log_odds(told[read])
    odds[:, 1] = np.minimum(odds[:, 1], _least_neutral(by_itself, text_of, calm))
    praised = text_of[by_itself[:, 0] >= _POSITIVE_SENTENCE]
    asking[praised] = False
    odds[asking, 1] = np.maximum(odds[asking, 1], 0.0)
    first = first[opened]
    favoured = _favoured(joined)[opened]
    odds[opened, 0] = _after_opening(joined, odds[opened, 0], first, told[first], by_itself[first], favoured)
    return odds


def _least_neutral(by_itself: np.ndarray, text_of: np.ndarray, calm: np.ndarray) -> np.ndarray:
    """Return the log-odds of neutral that each calm text has at most.

    They are those of the sentence that complains most surely, whatever is told around it.
    """
    complains = calm[text_of] & (by_itself[:, 0] < _COMPLAINING) & (by_itself[:, 1] < _COMPLAINING)
    most = np.full(len(calm), np.inf)
    np.minimum.at(most, text_of[complains], by_itself[complains, 1])
    return most


def _favoured(joined: JoinedTexts) -> np.ndarray:
    """Return which texts give a favourable verdict on the whole after their first sentence."""
    reading, cues = joined.once(ClauseReading), joined.once(score_clauses).cues
    verdicts = cues.having("verdict")
    verdicts = verdicts[~reading.denied(verdicts)]
    row = joined.rows_of(verdicts)
    later = reading.sentence[verdicts] > reading.sentence[joined.offsets[row]]
    return np.bincount(row[later], minlength=len(joined)) > 0


def _after_opening(
    joined: JoinedTexts,
    positive: np.ndarray,
    first: np.ndarray,
    numbers: np.ndarray,
    opening: np.ndarray,
    favoured: np.ndarray,
) -> np.ndarray:
    """Return the log-odds of positive of texts by those of their first sentences, given their numbers."""
    reading = joined.once(ClauseReading)
    best, faults = (numbers[:, NUMBERS.index(name)] for name in ("best", "faults"))
    plain = best <= 0
    least = np.select(
        [
            plain & ~favoured & (opening[:, 1] < _POLAR),
            plain & ((faults > 0) | (opening[:, 1] < _SURELY_POLAR)),
        ],
        [_OPENING_UNPRAISED, _OPENING_FAULT],
        _OPENING,
    )
    hedged = np.isin(first, reading.sentence[reading.cues.starts[reading.cues.having("hedge")]])
    share = np.where(hedged | (best > _PRAISED), 0.0, expit((least - opening[:, 0]) / _OPENING_SLOPE))
    return np.asarray(positive + share * np.minimum(np.maximum(opening[:, 0], _OPENING) - positive, 0.0))


def text_log_odds(texts: pd.Series) -> np.ndarray:
    """Return both log-odds of each text by the shipped model, shape (n_texts, 2)."""
    parts = [joined.once(shipped_log_odds) for joined in joined_chunks(texts)]
    return np.concatenate([np.empty((0, 2)), *parts])


def probabilities(positive: np.ndarray, neutral: np.ndarray) -> np.ndarray:
    """Return the probability of each polarity from the two log-odds."""
    p_neutral, p_positive = expit(neutral), expit(positive)
    return np.column_stack(((1 - p_neutral) * (1 - p_positive), p_neutral, (1 - p_neutral) * p_positive))


@cache
def _weights() -> tuple[np.ndarray, np.ndarray]:
    table = Lexicon.load("polarity_weights").table.set_index("term")[list(WEIGHTS)].astype(float)
    return table.loc[list(TERMS)].to_numpy(), table.loc["intercept"].to_numpy()
