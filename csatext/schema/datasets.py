"""Tables that the simulated contact centre makes in addition to contacts and turns."""

from csatext.schema.model import Column, Table

__all__ = ["INCIDENTS", "TRUTH"]

TRUTH = Table(
    "truth",
    "one row a simulated contact: what it really was, for measuring what an analysis finds",
    (
        Column("kind", "str", "complaint, inquiry, order or praise"),
        Column("cause", "str", "complaint cause in Chinese; 咨询, 办理 or 表扬 where it is no complaint"),
        Column(
            "second_cause",
            "str",
            "cause of a second complaint in the same contact; NA where there is one at most",
        ),
        Column("is_complaint", "bool", "the contact is a complaint"),
        Column("is_negative", "bool", "the customer's wording is negative; a calm complaint is not"),
        Column("incident", "str", "name of the planted incident that caused the contact; NA where none did"),
    ),
    index="doc_id",
)

INCIDENTS = Table(
    "incidents",
    "one row a planted incident of the simulated contact centre",
    (
        Column("name", "str", "what happened, in Chinese"),
        Column("channel", "str", "channel it is limited to; NA = any"),
        Column("product", "str", "product it is limited to; NA = any"),
        Column("region", "str", "region it is limited to; NA = any"),
        Column("carrier", "str", "parcel carrier it is limited to; NA = any"),
        Column("first_week", "str", "first ISO 8601 week, such as 2026-W10"),
        Column("last_week", "str", "last ISO 8601 week, included"),
        Column("cause", "str", "complaint cause of the contacts it adds, in Chinese"),
        Column("multiplier", "float", "times the usual complaints of its cell in these weeks, at least 1"),
        Column("n_contacts", "int", "contacts it caused"),
    ),
    key=("name",),
)
