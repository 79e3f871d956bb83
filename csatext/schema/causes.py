"""Tables that explain a change: root causes and the decomposition."""

from csatext.schema.model import Column, Table

__all__ = ["DECOMPOSITION", "ROOT_CAUSES"]

ROOT_CAUSES = Table(
    "root_causes",
    "one row a combination of dimension values that explains a change; NA in a dimension means any",
    (
        Column("rank", "int", "1 for the strongest evidence; a cause comes before its alternatives"),
        Column("alternative_to", "Int", "rank of the row that this one competes with; NA for a cause"),
        Column("before", "float", "rate in the baseline, or count a period"),
        Column("after", "float", "rate in the current period, or count"),
        Column("numerator_before", "float", "sum of the numerator over the baseline"),
        Column(
            "denominator_before", "float", "sum of the denominator over the baseline; periods for a count"
        ),
        Column("numerator_after", "float", "sum of the numerator in the current period"),
        Column("denominator_after", "float", "sum of the denominator in the current period; 1 for a count"),
        Column("contribution", "float", "numerator above what was expected, without the rows above"),
        Column("contribution_low", "float", "lower end of the interval of contribution"),
        Column("contribution_high", "float", "upper end of the interval of contribution"),
        Column(
            "share", "float", "contribution divided by the change of all; NA where nothing changed in sum"
        ),
        Column("p", "float", "p value of this combination alone"),
        Column("q", "float", "p corrected for all combinations looked at"),
        Column("words", "str", "words that mark the values of the row; NA without keyness"),
    ),
    key=("rank",),
    at=1,
)

DECOMPOSITION = Table(
    "decomposition",
    "one row a cell and effect; the contributions sum to the change",
    (
        Column("effect", "str", "mix, rate, new or vanished"),
        Column("contribution", "float", "part of the change, in units of the rate or count"),
        Column("before", "float", "rate of the cell in the baseline, or count a period; NA where it is new"),
        Column("after", "float", "rate of the cell in the current period, or count; NA where it vanished"),
        Column("weight_before", "float", "share of the cell in the denominator (count: in the total) before"),
        Column("weight_after", "float", "the same in the current period"),
    ),
    at=0,
)
