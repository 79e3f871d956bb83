"""Tables of taxonomies."""

from csatext.schema.model import Column, Table

__all__ = ["RELABELLED", "TAXONOMY"]

TAXONOMY = Table(
    "taxonomy",
    "one row a category of a taxonomy",
    (
        Column("id", "str", "identifier, unique"),
        Column("parent", "str", "identifier of the category above, NA on the first level"),
        Column("label_zh", "str", "name"),
        Column("owner", "str", "department that answers for it"),
        Column("stage", "str", "stage of the customer's journey: 咨询, 下单, 交付, 使用, 售后"),
        Column("cause", "str", "family of root causes: 产品, 流程, 沟通"),
        Column("severity", "int", "1 minor, 2 ordinary, 3 grave"),
        Column("n_patterns", "int", "patterns and rules that identify it"),
        Column("definition", "str", "what belongs here"),
        Column("remedy", "str", "what is done about it"),
    ),
    key=("id",),
)

RELABELLED = Table(
    "relabelled",
    "tags of an earlier version of a taxonomy as categories of this one",
    (
        Column("old", "str", "tag as it was given"),
        Column("category_id", "str", "category of this version, NA where it is not decided"),
        Column("label_zh", "str", "its name"),
        Column("candidates", "str", "identifiers that may take its place, joined by 、"),
        Column("needs_review", "bool", "a person must decide: the category was split, or is unknown"),
    ),
    index="doc_id",
)
