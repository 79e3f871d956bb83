"""What a person may answer to flags: yes or no, or whether an item of a scorecard is met."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from csatext.errors import ParameterError
from csatext.labels import name_of
from csatext.tagging.choices import Answer, WrongCell, clean_cell, folded_cell
from csatext.tagging.sheet_layout import flag_layout
from csatext.taxonomy.qa_scorecard import QAScorecard

__all__ = ["FlagChoices"]

_YES_NO = {
    "是": ("是", "对", "yes", "y", "true", "1", "1.0", "√", "✓", "✔"),
    "否": ("否", "不是", "错", "no", "n", "false", "0", "0.0", "×", "✗", "✘", "x"),
}
_MET = {
    "通过": ("通过", "合格", "达标", "pass", "√", "✓", "✔"),
    "不通过": ("不通过", "不合格", "不达标", "未通过", "fail", "×", "✗", "✘", "x"),
    "不适用": ("不适用", "不涉及", "n/a", "na", "免评"),
}
"""Whether an item is met is not asked by yes and no: yes to 服务忌语 may be read in two ways."""
_TRUE = ("是", "通过", "不适用")
"""Where an item does not apply nothing was done wrong: it is met."""


class FlagChoices:
    """The answers to flags, each in a column of its own.

    Parameters
    ----------
    flags : QAScorecard, mapping of str to str, or sequence of str
        A scorecard; columns of flags with what yes means; or columns alone.

    Raises
    ------
    ParameterError
        ``flags`` is none of these, is empty, or names a column that the sheet has already.

    Examples
    --------
    >>> choices = FlagChoices({"is_negative": "客户表达了不满"})
    >>> list(choices.read({"is_negative": " Y"})), choices.value("是")
    ([Answer(measure='is_negative', category='是', subcategory=None)], True)
    >>> [wrong.reason for wrong in choices.read({"is_negative": "也许"})]
    ['「也许」不是可选的答案；请填 是、否']
    """

    needed: tuple[str, ...] = ()

    def __init__(self, flags: QAScorecard | Mapping[str, str] | Sequence[str]) -> None:
        if isinstance(flags, QAScorecard):
            self.version = f"{flags.name} {flags.version}".strip()
            self.definitions = {name: meaning for name, (_, meaning) in flags.flags.items()}
            headers = {name: label for name, (label, _) in flags.flags.items()}
            self._answers = _MET
        else:
            self.version = ""
            self.definitions = _definitions(flags)
            headers = {name: name_of(name) for name in self.definitions}
            self._answers = _YES_NO
        self.layout = flag_layout(headers)
        self._spelt = {form: answer for answer, forms in self._answers.items() for form in forms}

    @property
    def answers(self) -> list[str]:
        """The answers of the drop-down lists."""
        return list(self._answers)

    def value(self, answer: str) -> bool:
        """Return the flag that an answer stands for."""
        return answer in _TRUE

    def shown(self, flag: Any) -> str:
        """Return the answer that a machine's flag stands for; a missing one is that it is not due."""
        if pd.isna(flag):
            return self.answers[-1] if len(self.answers) > 2 else ""
        return self.answers[0] if flag else self.answers[1]

    def read(self, cells: Mapping[str, str]) -> Iterator[Answer | WrongCell]:
        """Yield the answer of each filled cell of a row, or what is wrong with it."""
        for name, cell in cells.items():
            given = clean_cell(cell)
            answer = self._spelt.get(folded_cell(given))
            if answer is not None:
                yield Answer(name, answer)
            elif given:
                yield WrongCell(name, cell, f"「{given}」不是可选的答案；请填 {'、'.join(self.answers)}")

    def renamed(self, name: str, cell: str) -> bool:
        """Return False: which flag a column of yes and no is cannot be seen."""
        return False

    def of_another_version(self, version: str) -> str:
        """Return what is said of a workbook by another scorecard."""
        return (
            f"标注时用的评分表是「{version}」，现在的是「{self.version}」；同名的项照常导入，"
            "请确认各项的含义没有变，或用导出时的评分表读取。"
        )


def _definitions(flags: Any) -> dict[str, str]:
    if isinstance(flags, Mapping):
        found = {str(name): str(meaning) for name, meaning in flags.items()}
    elif isinstance(flags, Sequence) and not isinstance(flags, str):
        found = {str(name): "" for name in flags}
    else:
        found = {}
    if not found or any(not name.strip() for name in found):
        wanted = "QAScorecard，或是/否列的列表，如 ['is_negative']，或列与含义的字典"
        raise ParameterError.wrong_type("flags", flags, wanted)
    return found
