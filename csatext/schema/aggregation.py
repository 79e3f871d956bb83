"""Tables that aggregation makes."""

from csatext.schema.model import Column, Table

__all__ = ["ASSOCIATION", "BREAKDOWN", "COMPOSITION", "DISTRIBUTION", "DRIVERS", "FACTS", "RESIDUALS"]

FACTS = Table(
    "facts",
    "one row a contact: its columns but the text, then each analysis; date, week, month where dated",
    (),
    key=("doc_id",),
    open=True,
    index="doc_id",
)

BREAKDOWN = Table(
    "breakdown",
    "one row a cell (combination of dimension values; NA = any) with its rate, mean or ratio",
    (
        Column("rank", "int", "place in the table, from 1: margins first, then by shrunken value"),
        Column("n", "int", "rows in the cell; of a counted table the contacts that they stand for"),
        Column("numerator", "float", "sum of the measure (for a rate: rows where it is true)"),
        Column("denominator", "float", "rows where the measure is known, or sum of the denominator"),
        Column("value", "float", "numerator / denominator; NA in a suppressed cell"),
        Column("low", "float", "lower end of the interval"),
        Column("high", "float", "upper end of the interval"),
        Column("rest", "float", "value of all other rows; NA where there are none"),
        Column("difference", "float", "value - rest"),
        Column("p", "float", "two-sided p value of the difference"),
        Column("q", "float", "p corrected for all cells shown (Benjamini-Hochberg)"),
        Column(
            "shrunken",
            "float",
            "value shrunken towards the common value by its sampling variance (empirical Bayes)",
        ),
        Column("small", "bool", "n known is below 30: read with care"),
        Column("suppressed", "bool", "n known is below min_n: value, interval and tests not shown"),
    ),
    at=1,
)

COMPOSITION = Table(
    "composition",
    "one row a value of a column: its share of all contacts, and its change in the last complete period",
    (
        Column("rank", "int", "place in the table, from 1: by numerator, or in the order of the values"),
        Column("numerator", "int", "contacts with the value"),
        Column("denominator", "int", "contacts with any value, missing ones too"),
        Column("value", "float", "numerator / denominator"),
        Column("low", "float", "lower end of the interval of value"),
        Column("high", "float", "upper end of the interval of value"),
        Column("period", "str", "last complete period; NA without times"),
        Column("before", "float", "pooled share in the periods before it"),
        Column("after", "float", "share in the period"),
        Column("change", "float", "after - before"),
        Column("change_low", "float", "lower end of its interval, which holds for all values together"),
        Column("change_high", "float", "upper end of its interval"),
        Column("has_changed", "boolean", "the interval of the change leaves 0 out"),
    ),
    at=1,
)

ASSOCIATION = Table(
    "association",
    "one row a pair of columns and method, strongest evidence first",
    (
        Column("rank", "int", "place by q, then by effect size, from 1"),
        Column("x", "str", "first column"),
        Column("y", "str", "second column"),
        Column("method", "str", "cramers_v, spearman, kendall, correlation_ratio or kruskal"),
        Column("n", "int", "rows used: both columns and all confounders known"),
        Column("strata", "int", "strata of the confounders that could be used; 1 where none is named"),
        Column(
            "statistic", "float", "test statistic (chi-square, rho, tau, F or H; pooled z when stratified)"
        ),
        Column("uncorrected", "float", "effect size without correction for bias"),
        Column("estimate", "float", "effect size corrected for bias; correlations -1 to 1, others 0 to 1"),
        Column("low", "float", "lower end of the interval of the estimate"),
        Column("high", "float", "upper end of the interval of the estimate"),
        Column("p", "float", "p value of no association"),
        Column("q", "float", "p corrected over the grid (Benjamini-Hochberg)"),
    ),
    key=("x", "y", "method"),
)

RESIDUALS = Table(
    "residuals",
    "one row a cell of a cross table of two columns, largest residual first",
    (
        Column("rank", "int", "place by absolute residual, from 1"),
        Column("n", "int", "rows seen in the cell"),
        Column("expected", "float", "rows expected without association (within strata, where named)"),
        Column("lift", "float", "n / expected"),
        Column("residual", "float", "adjusted Pearson residual, standard normal without association"),
        Column("p", "float", "two-sided p value of the residual"),
        Column("q", "float", "p corrected over the cells (Benjamini-Hochberg)"),
    ),
    at=1,
)

DRIVERS = Table(
    "drivers",
    "one row a feature with its part of the explained variance of a score",
    (
        Column("rank", "int", "place by importance, from 1"),
        Column("feature", "str", "column"),
        Column("importance", "float", "part of R squared (Shapley, LMG); the column sums to R squared"),
        Column("low", "float", "lower end of the bootstrap interval of the importance"),
        Column("high", "float", "upper end of the bootstrap interval of the importance"),
        Column("share", "float", "importance / R squared"),
        Column("slope", "float", "score units a unit of the feature, others held; NA for categories"),
        Column("slope_low", "float", "lower end of the bootstrap interval of the slope"),
        Column("slope_high", "float", "upper end of the bootstrap interval of the slope"),
    ),
    key=("feature",),
)

DISTRIBUTION = Table(
    "distribution",
    "one row a group of values: location, dispersion and modality",
    (
        Column("n", "int", "values known"),
        Column("missing", "int", "values missing"),
        Column("mean", "float", "mean"),
        Column("median", "float", "median"),
        Column("variance", "float", "variance, n - 1 in the denominator"),
        Column("sd", "float", "standard deviation, square root of the variance"),
        Column("cv", "float", "sd / |mean|; NA where the mean is 0"),
        Column("iqr", "float", "third quartile - first quartile"),
        Column("skewness", "float", "skewness, corrected for bias"),
        Column("kurtosis", "float", "excess kurtosis, corrected for bias; 0 for a normal distribution"),
        Column("normality_p", "float", "p value of a normal distribution"),
        Column("dip", "float", "dip statistic (Hartigan): distance from the nearest one-peaked distribution"),
        Column("dip_p", "float", "p value of one peak"),
        Column("dip_q", "float", "dip_p corrected over the groups (Benjamini-Hochberg)"),
        Column("bimodal", "boolean", "more than one peak, dip_q under alpha; NA where it was not tested"),
        Column("advice", "str", "what to do, in Chinese"),
    ),
    at=0,
)
