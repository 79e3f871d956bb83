"""Tables that the text room makes: boilerplate."""

from csatext.schema.model import Column, Table

__all__ = ["BOILERPLATE"]

BOILERPLATE = Table(
    "boilerplate",
    "one row a sentence or line that many records share: notices, navigation, templates",
    (
        Column("rank", "int", "1 = in the most records"),
        Column("sentence", "str", "the sentence or line, without its end mark"),
        Column("n_records", "int", "records that hold it"),
        Column("share", "float", "n_records / all records"),
        Column("n_texts", "int", "different texts among these records"),
        Column("expected", "float", "records that would hold it by chance (character bigrams)"),
    ),
    key=("sentence",),
)
