"""Taxonomies that are shipped, one a trade."""

from __future__ import annotations

from pathlib import Path

from csatext.lexicon import lexicon_path

__all__ = ["PACKS", "pack_named", "pack_path"]

PACKS = {
    "general": "通用",
    "telecom": "电信",
    "ecommerce": "电商与配送",
    "banking": "银行与借贷",
    "government": "政务热线",
    "automotive": "汽车",
    "catering": "餐饮与住宿",
    "appliances": "家电与售后",
    "apps": "应用与会员",
    "property": "物业与住房",
}
"""Name of each pack and of its trade; every one extends ``core``."""


def pack_named(given: object) -> str | None:
    """Return the name of the pack that a name, or the name of its trade, means; None for none.

    Examples
    --------
    >>> pack_named("电信"), pack_named("telecom"), pack_named("my.yaml")
    ('telecom', 'telecom', None)
    """
    return next((name for name, label in PACKS.items() if given in (name, label)), None)


def pack_path(name: str) -> Path:
    """Return the path of a shipped taxonomy.

    Examples
    --------
    >>> pack_path("core").name
    'core.yaml'
    """
    return lexicon_path(f"taxonomies/{name}.yaml")
