"""Tables that reading makes: contacts, turns, rejects, quality."""

from csatext.schema.model import Column, Table

__all__ = ["CONTACTS", "PERSONAL_DATA", "QUALITY", "REJECTS", "TEMPLATES", "TURNS", "TURN_SPANS"]

CONTACTS = Table(
    "contacts",
    "one row a contact (call, chat, ticket, review); every other column of the input is kept",
    (
        Column("doc_id", "str", "identifier, unique"),
        Column("text", "str", "utterances of the customer, as read"),
    ),
    key=("doc_id",),
    open=True,
)

TURNS = Table(
    "turns",
    "one row an utterance of a dialogue; contact columns repeat",
    (
        Column("doc_id", "str", "the dialogue"),
        Column("turn_id", "int", "order in the dialogue, from 0"),
        Column("role", "str", "customer, agent, bot or system"),
        Column("text", "str", "the utterance, as read"),
    ),
    key=("doc_id", "turn_id"),
    open=True,
)

TURN_SPANS = Table(
    "turn_spans",
    "one row a span of a contact's text and the turn that holds it, word for word",
    (
        Column("doc_id", "str", "the contact"),
        Column("turn_id", "int", "the turn"),
        Column("start", "int", "first character in the contact's text"),
        Column("end", "int", "one past the last character in the contact's text"),
        Column("turn_start", "int", "first character in the turn's text"),
        Column("turn_end", "int", "one past the last character in the turn's text"),
    ),
    key=("doc_id", "start"),
)

TEMPLATES = Table(
    "templates",
    "one row a message or sentence that one side sends in many dialogues",
    (
        Column("rank", "int", "1 = in the most dialogues"),
        Column("template", "str", "the words, with ＊ for what differs (numbers, names, orders)"),
        Column("role", "str", "customer, agent, bot or system: who sends it the most"),
        Column("kind", "str", "greeting, hold, closing, survey ...; button, order_card, media of customers"),
        Column("n", "int", "times it was sent"),
        Column("n_dialogues", "int", "dialogues in which it was sent"),
    ),
    key=("template", "role"),
)

PERSONAL_DATA = Table(
    "personal_data",
    "one row a piece of personal data in a turn; a value dictated over several turns has a row in each",
    (
        Column("doc_id", "str", "the dialogue"),
        Column("turn_id", "int", "the turn"),
        Column("start", "int", "first character in the turn's text"),
        Column("end", "int", "character after the last"),
        Column("kind", "str", "one of csatext.privacy.kinds.KINDS"),
    ),
    key=("doc_id", "turn_id", "start"),
)

REJECTS = Table(
    "rejects",
    "one row for each input row that could not be used",
    (
        Column("source", "str", "name of the file"),
        Column("line", "Int", "line in the file, from 1; NA where the source has no lines"),
        Column("reason", "str", "why, in Chinese"),
        Column("raw", "str", "the row as read, personal data masked, at most 500 characters"),
    ),
)

QUALITY = Table(
    "quality",
    "one row for each check of the input",
    (
        Column("check", "str", "name of the check"),
        Column("column", "str", "column it looks at, or empty"),
        Column("n", "int", "rows concerned"),
        Column("total", "int", "rows looked at"),
        Column("rate", "float", "n / total"),
        Column("detail", "str", "what was found or repaired, in Chinese"),
    ),
    key=("check", "column"),
)
