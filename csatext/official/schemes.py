"""Official classification schemes: the class of each category, with source and version."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from csatext.errors import ParameterError
from csatext.lexicon import lexicon_path

__all__ = ["SCHEMES", "Scheme", "load_scheme"]

SCHEMES = {
    "jrt0169": "银行业金融消费者投诉分类（JR/T 0169-2018）",
    "post12305": "邮政业用户申诉（12305）",
    "miit": "电信用户申诉",
    "cca": "消费者协会投诉分类",
    "auto_codes": "汽车投诉问题代码",
    "gov_tree": "政务热线分类",
}
"""Name of each scheme, and what it is called."""


class Scheme(NamedTuple):
    """Classes of one scheme.

    Attributes
    ----------
    name, label_zh, version, source, checked : str
        ``checked`` says what of the names and codes could be confirmed.
    levels : tuple of str
        Columns of the scheme, such as 原因 and 业务, in order of appearance.
    classes : dict of (str, str) to (str, str)
        Level and category id to class and code; the code is empty where it is not confirmed.
    """

    name: str
    label_zh: str
    version: str
    source: str
    checked: str
    levels: tuple[str, ...]
    classes: dict[tuple[str, str], tuple[str, str]]

    def of(self, level: str, category_id: str) -> tuple[str, str] | None:
        """Return the class and code of a category: its own, or of the nearest above (``a.b`` below ``a``)."""
        while category_id:
            found = self.classes.get((level, category_id))
            if found is not None:
                return found
            category_id = category_id.rpartition(".")[0]
        return None


@cache
def load_scheme(name: str) -> Scheme:
    """Return a shipped scheme.

    Raises
    ------
    ParameterError
        There is no such scheme.

    Examples
    --------
    >>> load_scheme("jrt0169").of("原因", "attitude.rude")
    ('服务态度及服务质量', '')
    """
    if name not in SCHEMES:
        raise ParameterError.not_allowed("scheme", name, list(SCHEMES))
    lines = lexicon_path(f"official/{name}.tsv").read_text("utf-8").splitlines()
    remarks = dict(line[1:].strip().partition(": ")[::2] for line in lines if line.startswith("#"))
    rows = [line.split("\t") for line in lines if line.strip() and not line.startswith("#")][1:]
    levels = tuple(dict.fromkeys(row[3] for row in rows))
    classes = {(level, category): (label, code) for category, label, code, level in rows}
    return Scheme(
        name, SCHEMES[name], remarks.get("version", ""), remarks.get("source", ""), remarks.get("checked",
        ""), levels, classes,
    )  # fmt: skip
