"""Tables that the text room makes: boilerplate, explanations of a cut, phrases."""

from csatext.schema.model import Column, Table

__all__ = ["BOILERPLATE", "EXPLANATION", "PHRASES"]

BOILERPLATE = Table(
    "boilerplate",
    "one row a sentence or line that many records share: notices, navigation, templates",
    (
        Column("rank", "int", "1 = in the most records"),
        Column("sentence", "str", "the sentence or line, without its end mark"),
        Column("n_records", "int", "records that hold it"),
        Column("share", "float", "n_records / all records"),
        Column("n_texts", "int", "different texts among these records"),
        Column("expected", "float", "expected records under independence (character bigrams)"),
    ),
    key=("sentence",),
)

EXPLANATION = Table(
    "explanation",
    "one row a token of one text: the reason for its boundaries",
    (
        Column("token", "str", "the word"),
        Column("start", "int", "first character in the text given"),
        Column("end", "int", "one past the last character in the text given"),
        Column("source", "str", "what made it: 添加的词, 词典, HMM 新词, 数量格式, 单字, 字母数字 or 符号"),
        Column("frequency", "Int", "in the engine's dictionary, NA where another source made it"),
        Column("competitors", "str", "words that overlap this place and lost or won it, with what they need"),
        Column("advice", "str", "what to add or set to change it"),
    ),
    key=("start",),
)

PHRASES = Table(
    "phrases",
    "one row a word or fixed phrase that segmentation splits",
    (
        Column("rank", "int", "order, the most certain first, from 1"),
        Column("term", "str", "the characters, as they stand in the prepared text"),
        Column("kind", "str", "collocation: dictionary words of two or more characters; else new_word"),
        Column("n", "int", "occurrences"),
        Column("n_docs", "int", "documents that hold it"),
        Column(
            "pmi", "float", "lower bound of the pointwise mutual information at its weakest joint, in bits"
        ),
        Column("left_entropy", "float", "of what stands before it, in bits"),
        Column("right_entropy", "float", "of what stands after it, in bits"),
        Column(
            "boundary",
            "float",
            "lower bound of the share of its places without its commonest neighbour, 0 to 1",
        ),
        Column("first_seen", "time", "earliest time of a document that holds it, NA without times"),
        Column("examples", "str", "up to three places, in context, one a line"),
    ),
    key=("term",),
)
