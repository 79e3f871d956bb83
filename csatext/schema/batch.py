"""Tables that the main job writes beside the others."""

from csatext.schema.causes import ROOT_CAUSES
from csatext.schema.model import Column, Table

__all__ = ["EXAMPLES", "ROOT_CAUSES_BY_PERIOD"]

ROOT_CAUSES_BY_PERIOD = Table(
    "root_causes_by_period",
    "root causes of every complete period against the periods before it",
    (Column("period", "str", "period explained, such as 2026-W20"), *ROOT_CAUSES.columns),
    key=("period", "rank"),
    at=2,
)

EXAMPLES = Table(
    "examples",
    "what customers said: the most negative contacts of each category, redacted",
    (
        Column("category", "str", "first-level complaint category"),
        Column("doc_id", "any", "document"),
        Column("sentiment", "float", "-1 (worst) to 1 (best)"),
        Column("text", "str", "redacted, cut to 120 characters"),
    ),
    key=("doc_id",),
)
