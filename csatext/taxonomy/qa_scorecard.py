"""Scorecards of quality assurance: items of a script with points, and vetoes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from csatext.argument_types import as_path
from csatext.errors import LexiconError, ParameterError
from csatext.lexicon.paths import lexicon_path
from csatext.notebook_cards import card
from csatext.regular_files import check_regular
from csatext.taxonomy.service_script import SHIPPED_SCRIPT, ScriptItem, script_content, script_items

__all__ = ["QA_PREFIX", "QAScorecard"]

QA_PREFIX = "qa_"
"""What the flags of items are called by in facts and tags."""
_SHIPPED = "general"
_KEYS = {"name", "label_zh", "version", "script", "items"}
_RESERVED = ("score", "points", "max_points", "vetoes", "vetoed", "evidence")
"""Columns of table ``qa_totals``, which no item may be called by."""


class QAScorecard:
    """What contacts are judged by: items with points, forbidden phrases, vetoes.

    Parameters
    ----------
    items : iterable of ScriptItem
        Things to be said, or never to be said. ``weight`` is the points of an item; ``veto`` takes all points
        of a contact that fails it, and has none itself.
    name, label_zh, version : str
        Of the file.

    Raises
    ------
    ParameterError
        Something is no item, an id repeats or is that of a column of table ``qa_totals``, or there is none.

    See Also
    --------
    csatext.score_conversations : judges contacts by it.

    Examples
    --------
    >>> card = QAScorecard.load()
    >>> [item.label_zh for item in card.items[:3]], sum(item.veto for item in card.items)
    (['开场问候', '核对信息', '安抚致歉'], 4)
    """

    def __init__(
        self, items: Iterable[ScriptItem], *, name: str = "", label_zh: str = "", version: str = ""
    ) -> None:
        self.items = tuple(items)
        self.name, self.label_zh, self.version = name, label_zh, version
        if not self.items or not all(isinstance(item, ScriptItem) for item in self.items):
            raise ParameterError.wrong_type(
                "items", items, "评分项的列表；请先用 ct.QAScorecard.load(路径) 得到"
            )
        ids = [item.id for item in self.items]
        for name_ in ids:
            if ids.count(name_) > 1 or name_ in _RESERVED:
                raise ParameterError.out_of_range(
                    "items", name_, f"互不相同、也不是 {'、'.join(_RESERVED)} 的编号"
                )

    @classmethod
    def load(cls, path: str | PathLike[str] | Mapping[str, Any] = _SHIPPED) -> QAScorecard:
        """Return the scorecard of a file.

        Parameters
        ----------
        path : str, path or mapping
            ``"general"`` is ``lexicons/scorecards/general.yaml``. A YAML file in that form, or what it holds:
            ``items``, each as an item of a script (:func:`csatext.script_adherence`), and as needed
            ``weight`` (its points), ``veto`` and ``definition``; ``name``, ``label_zh``, ``version``.
            ``script: service`` lets an item without ``said`` be the item of that id of the shipped script,
            or of the script whose path stands there, relative to the file.

        Returns
        -------
        QAScorecard

        Raises
        ------
        LexiconError, InputError
            The file cannot be read, or an item cannot be used.
        ParameterError
            ``path`` is something else.

        Examples
        --------
        >>> card = QAScorecard.load({"items": [{"id": "hello", "said": ["您好"], "weight": 10}]})
        >>> card.items[0].weight
        10.0
        """
        given: Any = path
        folder = Path()
        if given == _SHIPPED:
            given = lexicon_path(f"scorecards/{_SHIPPED}.yaml")
        if isinstance(given, (str, PathLike)):
            given = as_path(given)
            folder = given.parent
            check_regular(given, f"请检查路径，或用自带的评分表 {_SHIPPED}")
        place, content = script_content(given, "scorecard")
        if not isinstance(given, (Path, Mapping)):
            raise ParameterError.wrong_type("path", given, f"评分表（YAML）的路径，或自带的 {_SHIPPED}")
        items = content.get("items") if isinstance(content, Mapping) else None
        if not isinstance(items, list) or not items:
            raise LexiconError.bad_item(place, "items", "应是评分项的列表，每项有 id")
        unknown = sorted(map(str, content.keys() - _KEYS))
        if unknown:
            raise LexiconError.bad_item(place, unknown[0], f"不认识的键，可用：{'、'.join(sorted(_KEYS))}")
        known = _script_entries(content.get("script"), folder)
        entries = [_completed(entry, known) for entry in items]
        try:
            return cls(
                script_items(entries, place),
                name=str(content.get("name") or (given.stem if isinstance(given, Path) else "")),
                label_zh=str(content.get("label_zh") or ""),
                version=str(content.get("version") or ""),
            )
        except ParameterError as error:
            raise LexiconError.bad_item(place, "items", str(error).rstrip("。")) from error

    @property
    def flags(self) -> dict[str, tuple[str, str]]:
        """Chinese name and definition of the flag of each item, by the column that it has in facts and tags.

        Examples
        --------
        >>> QAScorecard.load().flags["qa_closing"]
        ('结束语', '最后三句里致谢或道别')
        """
        return {f"{QA_PREFIX}{item.id}": (item.label_zh, item.definition) for item in self.items}

    def __len__(self) -> int:
        """Return the number of items."""
        return len(self.items)

    def __repr__(self) -> str:
        """Return name, version and number of items."""
        return f"QAScorecard({self.name!r}, version={self.version!r}, {len(self)} items)"

    def _repr_html_(self) -> str:
        rows = [
            (item.id, item.label_zh, item.weight, "是" if item.veto else "", "是" if item.forbidden else "")
            for item in self.items
        ]
        table = pd.DataFrame(rows, columns=["编号", "名称", "分值", "一票否决", "禁语"])
        steps = ["ct.score_conversations(turns, card)", "ct.plot_scorecard(scores)"]
        return card(repr(self), [("名称", self.label_zh or self.name)], table, steps)


def _script_entries(script: Any, folder: Path) -> dict[str, Mapping[str, Any]]:
    """Return the items of the script that a scorecard stands on, by id."""
    if script is None:
        return {}
    path = (
        lexicon_path(f"scripts/{SHIPPED_SCRIPT}.yaml") if script == SHIPPED_SCRIPT else folder / str(script)
    )
    check_regular(path, f"评分表里的 script 应是 {SHIPPED_SCRIPT}，或话术文件的路径")
    content = script_content(path, "script")[1]
    entries = content.get("items") if isinstance(content, Mapping) else content
    if not isinstance(entries, Sequence) or isinstance(entries, str):
        raise LexiconError.bad_item(path, "items", "应是话术项的列表")
    return {str(entry.get("id")): entry for entry in entries if isinstance(entry, Mapping)}


def _completed(entry: Any, known: Mapping[str, Mapping[str, Any]]) -> Any:
    if not isinstance(entry, Mapping) or "said" in entry:
        return entry
    return {**known.get(str(entry.get("id")), {}), **entry}
