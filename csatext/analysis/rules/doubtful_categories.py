"""Contacts whose category by rules a person should look at."""

from __future__ import annotations

import pandas as pd

from csatext.labels import UNCLASSIFIED

__all__ = ["doubtful_categories"]

_LEAST_LEAD = 0.3
"""Lead of the main category below which it is in doubt. Right at least and below it: simulated centre .86 and
.58, citizens .80 and .56, consumer finance (labels of machines) .55 and .33; a seventh to a tenth of the
contacts with a category is below."""


def doubtful_categories(categories: pd.DataFrame, kinds: pd.DataFrame) -> pd.Series:
    """Return which contacts a person should look at: rules promise no precision, but know what they lack.

    Parameters
    ----------
    categories : DataFrame
        From :meth:`csatext.RuleClassifier.transform`.
    kinds : DataFrame
        From :meth:`csatext.ContactKind.transform`, of the same contacts.

    Returns
    -------
    Series of bool
        ``needs_review``: complaints without a category, and contacts whose main category leads the next
        first-level one by little.

    Examples
    --------
    >>> categories = pd.DataFrame({"category": ["物流", "未归类", "物流"], "category_lead": [0.1, None, 1.0]})
    >>> doubtful_categories(categories, pd.DataFrame({"is_complaint": [True, True, True]})).tolist()
    [True, True, False]
    """
    unclaimed = (categories["category"] == UNCLASSIFIED) & kinds["is_complaint"]
    doubtful = unclaimed | (categories["category_lead"] < _LEAST_LEAD)
    return doubtful.fillna(False).astype(bool).rename("needs_review")
