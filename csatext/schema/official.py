"""Tables by official classes."""

from csatext.schema.model import Column, Table

__all__ = ["OFFICIAL"]

OFFICIAL = Table(
    "official",
    "complaints by the classes that a regulator counts, and period",
    (
        Column("level", "str", "column of the scheme: 原因, 业务, 类别"),
        Column("class", "str", "official class; 未对应 for categories without one"),
        Column("code", "str", "official code, empty where it is not confirmed"),
        Column("period", "str", "period, such as 2026Q2"),
        Column("n", "int", "complaints"),
        Column("total", "int", "complaints of the period"),
        Column("share", "float", "n / total"),
        Column("low", "float", "lower end of the Wilson interval of the share"),
        Column("high", "float", "upper end of it"),
        Column("change", "float", "n against the period before, NA in the first"),
    ),
)
