"""Official classes beside the categories of each contact."""

from __future__ import annotations

from functools import cache

import pandas as pd

from csatext.argument_types import as_table, check_simple_types
from csatext.errors import SchemaError
from csatext.labels import UNCLASSIFIED
from csatext.official.schemes import load_scheme
from csatext.taxonomy import Taxonomy
from csatext.taxonomy.packs import PACKS

__all__ = ["WITHOUT_CLASS", "to_official"]

WITHOUT_CLASS = "未对应"
"""Class of a category that the scheme has none for."""


@check_simple_types
def to_official(facts: pd.DataFrame, scheme: str) -> pd.DataFrame:
    """Return the facts with the class of each contact in an official scheme.

    Parameters
    ----------
    facts : DataFrame
        With ``category_id`` (as RuleClassifier gives it), or with ``subcategory`` or ``category`` labels of
        the shipped packs.
    scheme : {"jrt0169", "post12305", "miit", "cca", "auto_codes", "gov_tree"}
        Banking complaints (JR/T 0169-2018), post and parcels (12305), telecom, consumer goods (China
        Consumers Association), problem codes of cars, government hotlines.

    Returns
    -------
    DataFrame
        A new one, with a column ``<scheme>_<level>`` for each level of the scheme and
        ``<scheme>_<level>_code`` where the scheme has codes. 未对应 stands for a category without a class,
        which ``attrs["without_class"]`` lists by label; NA for a contact without a category.
        ``attrs["source"]`` names the scheme's source.

    Raises
    ------
    ParameterError
        There is no such scheme, or ``facts`` is no table.
    SchemaError
        There is no column of categories.

    Examples
    --------
    >>> facts = pd.DataFrame({"category_id": ["attitude.rude", "", "billing.dispute"]})
    >>> to_official(facts, "jrt0169")["jrt0169_原因"].tolist()
    ['服务态度及服务质量', nan, '金融机构管理制度、业务规则与流程']
    """
    known = load_scheme(scheme)
    as_table(facts, "facts")
    ids = _ids(facts)
    distinct = [one for one in pd.unique(ids) if isinstance(one, str) and one]
    result = facts.copy()
    found_any: set[str] = set()
    for level in known.levels:
        found = {one: known.of(level, one) for one in distinct}
        found_any |= {one for one, match in found.items() if match is not None}
        result[f"{scheme}_{level}"] = ids.map(
            {one: WITHOUT_CLASS if match is None else match[0] for one, match in found.items()}
        ).astype("str")
        if any(code for (at, _), (_, code) in known.classes.items() if at == level):
            result[f"{scheme}_{level}_code"] = ids.map(
                {one: "" if match is None else match[1] for one, match in found.items()}
            ).astype("str")
    labels = _labels()
    result.attrs = {
        **facts.attrs,
        "without_class": sorted(labels.get(one, one) for one in distinct if one not in found_any),
        "source": known.source,
    }
    return result


def _ids(facts: pd.DataFrame) -> pd.Series:
    """Return the category id of each contact, empty or missing where there is none."""
    if "category_id" in facts.columns:
        return facts["category_id"].astype(object).where(facts["category_id"].notna(), None)
    for name in ("subcategory", "category", "complaint"):
        if name in facts.columns:
            by_label = {label: one for one, label in reversed(_labels().items())}
            by_label[UNCLASSIFIED] = ""
            return facts[name].astype(object).replace(by_label)
    raise SchemaError.missing_column("facts", "category_id", facts.columns)


@cache
def _labels() -> dict[str, str]:
    """Return the label of every category of the shipped packs, by id."""
    labels: dict[str, str] = {}
    for name in PACKS:
        for category in Taxonomy.load(name).categories:
            labels.setdefault(category.id, category.label_zh)
    return labels
