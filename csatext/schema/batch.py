"""Tables that only the main job writes."""

from csatext.schema.causes import ROOT_CAUSES
from csatext.schema.model import Column, Table

__all__ = ["CAUSE_EXAMPLES", "EPISODES", "EXAMPLES", "ROOT_CAUSES_BY_PERIOD"]

ROOT_CAUSES_BY_PERIOD = Table(
    "root_causes_by_period",
    "root causes of every complete period against the periods before it",
    (
        Column("period", "str", "period explained, such as 2026-W20"),
        *ROOT_CAUSES.columns,
        Column("top_category", "str", "category that grew most in the row's cell; NA without categories"),
        Column("top_category_n", "Int", "its contacts with the flag in the cell and period"),
    ),
    key=("period", "rank"),
    at=2,
)

EPISODES = Table(
    "episodes",
    "one row a cell that was a root cause in consecutive periods",
    (
        Column("rank", "int", "place from 1: rises first, among them those that go on; then by excess"),
        Column("first_period", "str", "first period in which it was a cause"),
        Column("last_period", "str", "last period in which it was a cause"),
        Column("n_periods", "int", "periods in which it was a cause"),
        Column("is_rise", "bool", "True: the rate rose; False: it fell"),
        Column("is_current", "bool", "the last complete period is one of them"),
        Column(
            "before",
            "float",
            "rate in the baseline of the first period, NA where the cell had no contacts there; contacts a "
            "period where the flag is the same in all of them",
        ),
        Column("after", "float", "the same over the episode"),
        Column(
            "numerator", "float", "contacts with the flag (flag the same in all: contacts) over the episode"
        ),
        Column("denominator", "float", "contacts (flag the same in all: periods) over the episode"),
        Column("excess", "float", "denominator * (after - before)"),
        Column("excess_low", "float", "lower end of the 95 % interval of excess"),
        Column("excess_high", "float", "upper end of the 95 % interval of excess"),
        Column("q", "float", "smallest q of its periods"),
        Column("top_category", "str", "category that grew most; NA without categories"),
        Column("words", "str", "words that mark its first period; NA where none is known"),
    ),
    key=("rank",),
    at=1,
)

EXAMPLES = Table(
    "examples",
    "utterances of customers: the most negative contacts of each category, redacted",
    (
        Column("category", "str", "first-level complaint category"),
        Column("doc_id", "any", "document"),
        Column("sentiment", "float", "-1 (worst) to 1 (best)"),
        Column("polarity", "str", "negative, neutral or positive"),
        Column("text", "str", "redacted, cut to 120 characters"),
    ),
    key=("doc_id",),
)

CAUSE_EXAMPLES = Table(
    "cause_examples",
    "utterances of customers in the cell and period of a root cause, redacted",
    (
        Column("period", "str", "as in root_causes"),
        Column("rank", "int", "as in root_causes"),
        Column("doc_id", "any", "document"),
        Column("sentiment", "float", "-1 (worst) to 1 (best)"),
        Column("polarity", "str", "negative, neutral or positive"),
        Column("text", "str", "redacted, cut to 120 characters"),
    ),
    key=("period", "rank", "doc_id"),
)
