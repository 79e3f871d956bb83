"""Tables that only the main job writes."""

from csatext.schema.audit import AUDITED_RATES
from csatext.schema.causes import ROOT_CAUSES
from csatext.schema.model import Column, Table
from csatext.schema.time import TREND_TESTS

__all__ = [
    "AUDITED_FLAGS",
    "CASES",
    "CATEGORY_CELLS",
    "CATEGORY_CHANGES",
    "CATEGORY_SHARES",
    "CAUSE_EXAMPLES",
    "COMPLETENESS",
    "CONVERSATION_FIGURES",
    "EPISODES",
    "EXAMPLES",
    "LATEST_CHANGE",
    "OVERVIEW",
    "POLARITIES",
    "RISKS",
    "RISK_CELLS",
    "ROOT_CAUSES_BY_PERIOD",
    "SUBCATEGORY_SHARES",
    "TREND_TESTS_BY_MEASURE",
    "VERIFICATION",
]

AUDITED_FLAGS = Table(
    "audited_flags",
    "one row a flag of the machine that people have tagged: its rate of all contacts, corrected",
    (Column("flag", "str", "column of the flag"), *AUDITED_RATES.columns),
    key=("flag",),
)

_RATE = (
    Column("n", "int", "contacts"),
    Column("numerator", "float", "contacts with the flag; of a score its sum"),
    Column("denominator", "float", "contacts where it is known"),
    Column("value", "float", "numerator / denominator"),
    Column("low", "float", "lower end of its 95 % interval"),
    Column("high", "float", "upper end of its 95 % interval"),
)

OVERVIEW = Table(
    "overview",
    "the figures at the head of a report, of all contacts; attrs: first and last day",
    (
        Column(
            "figure",
            "str",
            "contacts, measure (the flag that is broken down), complaints, classified (complaints with a "
            "category), to_review or csat",
        ),
        Column("n", "int", "contacts"),
        Column("numerator", "float", "contacts with the measure; NA for other figures"),
        Column("denominator", "float", "contacts where the measure is known; NA for other figures"),
        Column("value", "float", "count, share or mean"),
        Column("low", "float", "lower end of the 95 % interval of the measure; NA for other figures"),
        Column("high", "float", "upper end of it"),
    ),
    key=("figure",),
)

LATEST_CHANGE = Table(
    "latest_change",
    "one row: the last complete period against those before it",
    (
        Column("period", "str", "last complete period, such as 2026-W20"),
        Column("n", "float", "its contacts"),
        Column("n_before", "float", "mean contacts of a period before it"),
        Column("periods_before", "int", "periods before it that it is compared with"),
        Column("value", "float", "its rate"),
        Column("before", "float", "pooled rate of the periods before it"),
        Column("difference", "float", "value - before"),
        Column("low", "float", "lower end of the 95 % interval of the difference"),
        Column("high", "float", "upper end of it"),
        Column("is_significant", "bool", "the interval leaves 0 out"),
    ),
)

CATEGORY_SHARES = Table(
    "category_shares",
    "contacts of each category among the complaints (without complaints: those with the measure)",
    (
        Column("category", "str", "first-level complaint category"),
        Column("numerator", "float", "contacts with the flag"),
        Column("denominator", "float", "contacts with the flag in all categories"),
        Column("share", "float", "numerator / denominator"),
        Column("low", "float", "lower end of its 95 % interval (Wilson)"),
        Column("high", "float", "upper end of its 95 % interval"),
    ),
    key=("category",),
)

SUBCATEGORY_SHARES = Table(
    "subcategory_shares",
    "contacts of each subcategory among the complaints (without complaints: those with the measure)",
    (
        Column("category", "str", "first-level complaint category"),
        Column("subcategory", "str", "second-level complaint category"),
        *CATEGORY_SHARES.columns[1:],
    ),
    key=("category", "subcategory"),
)

CATEGORY_CHANGES = Table(
    "category_changes",
    "the share of all contacts that each category has, in the last complete period and before it",
    (
        Column("category", "str", "first-level complaint category"),
        Column("period", "str", "last complete period, such as 2026-W20"),
        Column("n", "float", "its contacts of the category"),
        Column("n_before", "float", "mean contacts of the category in a period before it"),
        Column("periods_before", "int", "periods before it that it is compared with"),
        Column("value", "float", "share of the category in the contacts of the period"),
        Column("before", "float", "pooled share in the periods before it"),
        Column("difference", "float", "value - before"),
        Column("low", "float", "lower end of its interval, which holds for all categories together"),
        Column("high", "float", "upper end of its interval"),
        Column("has_changed", "bool", "the interval leaves 0 out"),
    ),
    key=("category",),
)

CATEGORY_CELLS = Table(
    "category_cells",
    "the share that the largest category has of the contacts, by the values of each dimension",
    (
        Column("category", "str", "the category with most complaints"),
        Column("dimension", "str", "column of the facts"),
        Column("cell", "str", "value of the dimension"),
        *_RATE,
        Column("rest", "float", "share in all other contacts"),
        Column("difference", "float", "value - rest"),
        Column("p", "float", "two-sided p value of the difference"),
        Column("q", "float", "p corrected for all cells (Benjamini-Hochberg)"),
    ),
    key=("dimension", "cell"),
)

COMPLETENESS = Table(
    "completeness",
    "how many contacts have a value in each column of the input",
    (
        Column("column", "str", "column of the facts"),
        Column("n", "int", "contacts with a value"),
        Column("total", "int", "contacts"),
        Column("rate", "float", "n / total"),
    ),
    key=("column",),
)

CASES = Table(
    "cases",
    "contacts to read: the most negative ones, one drawn at random beside each, and those of root causes",
    (
        Column("doc_id", "any", "document"),
        Column("category", "str", "first-level complaint category"),
        Column("period", "str", "month of the contact; NA without a time"),
        Column("polarity", "str", "negative, neutral or positive"),
        Column("sentiment", "float", "-1 (worst) to 1 (best)"),
        Column("cause", "str", "root cause that it is an example of; NA for the others"),
        Column("text", "str", "redacted, cut to 300 characters"),
        Column("evidence", "str", "words of the text that category and feeling rest on, joined by 、"),
    ),
    key=("doc_id",),
    at=2,
)

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

POLARITIES = Table(
    "polarities",
    "share of negative, neutral and positive contacts",
    (Column("polarity", "str", "negative, neutral or positive"), *_RATE),
    key=("polarity",),
)

RISKS = Table(
    "risks",
    "share of contacts with each service signal, and its change in the last complete period",
    (
        Column("signal", "str", "column of the facts, such as signal_escalation"),
        *_RATE,
        Column("period", "str", "last complete period; NA without times"),
        Column("before", "float", "pooled rate of the periods before it"),
        Column("after", "float", "rate of the period"),
        Column("change", "float", "after - before"),
        Column("change_low", "float", "lower end of its interval, which holds for all signals together"),
        Column("change_high", "float", "upper end of its interval"),
        Column("has_changed", "boolean", "the interval of the change leaves 0 out"),
    ),
    key=("signal",),
)

RISK_CELLS = Table(
    "risk_cells",
    "share of contacts with each service signal by the values of each dimension",
    (
        Column("signal", "str", "column of the facts"),
        Column("dimension", "str", "column of the facts"),
        Column("cell", "str", "value of the dimension"),
        *_RATE,
        Column("rest", "float", "rate of all other contacts"),
        Column("difference", "float", "value - rest"),
        Column("p", "float", "two-sided p value of the difference"),
        Column("q", "float", "p corrected for all signals and cells (Benjamini-Hochberg)"),
    ),
    key=("signal", "dimension", "cell"),
)

CONVERSATION_FIGURES = Table(
    "conversation_figures",
    "mean course of the customers' sentiment over the conversations",
    (Column("figure", "str", "column of the facts, such as customer_start"), *_RATE),
    key=("figure",),
)

TREND_TESTS_BY_MEASURE = Table(
    "trend_tests_by_measure",
    "one row a measure of all contacts: is there a monotone trend, how steep; q is of all measures together",
    (
        Column("measure", "str", "contacts (their number), or column of the facts"),
        *TREND_TESTS.columns,
    ),
    key=("measure",),
)

VERIFICATION = Table(
    "verification",
    "one row a thing in a report that does not agree with the run it was made of",
    (
        Column("place", "str", "文件 (a file of the run), 表 (a table of it), 句子 or 表格 (of the page)"),
        Column("table", "str", "file or table"),
        Column("row", "str", "names of the row; NA for files"),
        Column("column", "str", "column; NA for files"),
        Column("shown", "str", "what the page, the table or the manifest says"),
        Column("found", "str", "what the table, the facts or the file says; NA where there is nothing"),
        Column("problem", "str", "what is wrong, in Chinese"),
    ),
)
