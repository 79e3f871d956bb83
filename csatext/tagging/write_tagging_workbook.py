"""A sample of contacts as a workbook for people to tag."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter

from csatext.argument_types import as_path, as_table, check_simple_types
from csatext.atomic_files import prepare_folder, whole_workbook
from csatext.errors import InputError, ParameterError
from csatext.labels import UNCLASSIFIED
from csatext.tagging.choices import Choices
from csatext.tagging.flag_choices import FlagChoices
from csatext.tagging.read_tagging_workbook import choices_of
from csatext.tagging.sample_rows import evidence_spans, sample_rows
from csatext.tagging.sheet_layout import (
    CHOICES_SHEET,
    CODE_PREFIX,
    DEFINITIONS_SHEET,
    DRAWN_SHEET,
    HELP_SHEET,
    MOST_CHARACTERS,
    TAGS_SHEET,
    SheetLayout,
    text_code,
)
from csatext.taxonomy import Taxonomy
from csatext.taxonomy.qa_scorecard import QAScorecard
from csatext.text.corpus import Corpus

__all__ = ["write_tagging_workbook"]

_NO_CLOCK = datetime(2000, 1, 1)
_MOST_ROWS = 1_048_575
_A4 = 9
_LINE, _HIGHEST = 15.0, 405.0
"""Points of a line, and of the highest row: Excel allows 409."""
_ARROW = 3
"""Width that the arrow of a filter takes from a header."""
_HELP_CATEGORIES = (
    "只填白色的格子：一级类别、二级类别、备注、标注人。灰色的格子不用改，改了也不算。",
    "先选一级类别，二级类别的下拉列表随之变化；拿不准二级可以只填一级。",
    "建议一级、建议二级是机器的建议，依据是它找到的词（在文本里标红）；请按客户说的话判断，不必迎合建议。",
    f"都不属于的，一级类别填「{UNCLASSIFIED}」。一级类别空着的行视为没有标注。",
)
_HELP_FLAGS = (
    "只填白色的格子：各项、备注、标注人。灰色的格子不用改，改了也不算。",
    "每一项填{}，含义见「{}」；拿不准的空着，空着的格子视为没有标注。",
    "机器判断是机器的答案，依据是它找到的词（标红）；请按对话判断，不必迎合机器。",
)
_HELP = (
    "可以排序、筛选、调列宽，可以分几次填；请不要合并单元格，不要把格子粘贴到别的行。",
    "有一部分联络会同时交给另一个人标注，用来计算两人的一致性；请各自判断，不要互相商量。",
    "个人信息已经遮盖。填好后保存，把文件交回即可；WPS、LibreOffice 保存的也可以。",
)


@check_simple_types
def write_tagging_workbook(
    sample: pd.DataFrame,
    corpus: Corpus,
    path: str | PathLike[str],
    *,
    taxonomy: Taxonomy | None = None,
    flags: QAScorecard | Mapping[str, str] | Sequence[str] | None = None,
    suggestions: pd.DataFrame | None = None,
    annotators: int | Sequence[str] = 1,
    shared: float = 0.2,
    turns: pd.DataFrame | None = None,
    random_state: int = 0,
) -> list[Path]:
    """Write a sample of contacts as a workbook for people to tag, or one for each person.

    Parameters
    ----------
    sample : DataFrame
        Table ``tag_sample``: ``doc_id``, ``inclusion_probability``, optionally ``stratum``.
    corpus : Corpus
        Holds the contacts of the sample; its texts are masked.
    path : path
        An ``.xlsx`` file; replaced as a whole.
    taxonomy : Taxonomy
        The categories to choose from ...
    flags : QAScorecard, mapping of str to str, or list of str
        ... or what is to be answered in a column each: the items of a scorecard (通过, 不通过, 不适用), or
        columns of flags (是, 否), of a mapping with what yes means.
    suggestions : DataFrame, optional
        What a machine says, by ``doc_id`` (a column or the index): ``category`` and ``subcategory``, or
        ``complaint``; a probability; ``category_terms``, which are highlighted in the text. Of flags:
        columns of their names (:func:`csatext.qa_totals`) and ``qa_evidence``.
    annotators : int or list of str, default 1
        People, or their names. Of several each has a file (``质检-1.xlsx`` or ``质检-张三.xlsx``).
    shared : float, default 0.2
        Of several people: share of contacts that two of them get, unknown to both.
    turns : DataFrame, optional
        ``doc_id``, ``role`` and ``text``: the dialogue is shown beside the text, masked as the corpus is.
    random_state : int, default 0
        Seed of who gets what.

    Returns
    -------
    list of Path
        The files: one a person.

    Raises
    ------
    ParameterError, SchemaError
        An argument of the wrong type, not one of ``taxonomy`` and ``flags``, a column that is missing,
        contacts that the corpus does not hold.
    InputError
        Another ending, or more contacts than a sheet holds.

    See Also
    --------
    csatext.read_tagging_workbook : reads it back.

    Examples
    --------
    >>> import csatext as ct
    >>> from tempfile import TemporaryDirectory
    >>> contacts = pd.DataFrame({"doc_id": ["a", "b"], "text": ["退款一直不到账", "客服态度很差"]})
    >>> corpus, taxonomy = ct.Vectorizer().fit_transform(contacts), ct.Taxonomy.load()
    >>> sample = ct.sample_for_tagging(contacts, 2, strategy="random")
    >>> with TemporaryDirectory() as folder:
    ...     paths = write_tagging_workbook(sample, corpus, Path(folder, "质检.xlsx"), taxonomy=taxonomy)
    ...     [path.name for path in paths]
    ['质检.xlsx']
    """
    choices = choices_of(taxonomy, flags)
    as_table(sample, "sample")
    if not 0 <= shared <= 1:
        raise ParameterError.out_of_range("shared", shared, "0 与 1 之间")
    path = as_path(path)
    if path.suffix.lower() != ".xlsx":
        raise InputError(f"标注工作簿只写成 .xlsx，不能写成「{path.name}」。")
    if len(sample) > _MOST_ROWS:
        raise InputError(f"共 {len(sample):,} 条，超过一张工作表的 {_MOST_ROWS:,} 行；请分批抽样。")
    people = _people(annotators)
    rows = sample_rows(sample, corpus, choices, suggestions)
    rows["text"] = rows["text"].str.slice(0, MOST_CHARACTERS)
    rows["code"] = CODE_PREFIX + rows["code"]
    rows["dialogue"] = _dialogues(turns, corpus, rows["doc_id"])
    prepare_folder(path.parent)
    written = []
    for place, (name, mine) in enumerate(_shares(len(rows), people, shared, random_state)):
        target = path if len(people) == 1 else path.with_name(f"{path.stem}-{name or place + 1}{path.suffix}")
        part = rows.iloc[mine].assign(annotator=name)
        _write(target, part, choices, taxonomy)
        written.append(target)
    return written


def _people(annotators: int | Sequence[str]) -> list[str]:
    """Return the names of the people; one who is not named has none."""
    if isinstance(annotators, (int, np.integer)) and not isinstance(annotators, bool):
        if annotators < 1:
            raise ParameterError.out_of_range("annotators", annotators, "至少 1")
        return [""] if annotators == 1 else [f"标注人{place + 1}" for place in range(annotators)]
    if isinstance(annotators, str) or not isinstance(annotators, Sequence) or not annotators:
        raise ParameterError.wrong_type("annotators", annotators, "人数，或人名的列表")
    names = [str(name).strip() for name in annotators]
    if len(set(names)) < len(names) or any(not name or re.search(r'[\\/:*?"<>|]', name) for name in names):
        raise ParameterError.out_of_range("annotators", annotators, "互不相同、能作文件名的人名")
    return names


def _shares(n: int, people: list[str], shared: float, random_state: int) -> list[tuple[str, np.ndarray]]:
    """Return the rows of each person: their part, and the contacts that they share with another."""
    owner = np.arange(n) % len(people)
    if len(people) == 1:
        return [(people[0], np.arange(n))]
    rng = np.random.default_rng(random_state)
    owner = rng.permutation(owner)
    twice = rng.permutation(n)[: round(shared * n)]
    second = np.full(n, -1)
    second[twice] = (owner[twice] + rng.integers(1, len(people), len(twice))) % len(people)
    return [(name, np.flatnonzero((owner == place) | (second == place))) for place, name in enumerate(people)]


def _dialogues(turns: pd.DataFrame | None, corpus: Corpus, ids: pd.Series) -> list[str]:
    """Return the dialogue of each contact, a line a turn, masked."""
    if turns is None:
        return [""] * len(ids)
    as_table(turns, "turns", ["doc_id", "role", "text"])
    used = turns[turns["doc_id"].astype("str").isin(ids)]
    said = corpus.prepared(used["text"].reset_index(drop=True))
    roles = (
        used["role"]
        .astype("str")
        .map({"customer": "客户", "agent": "坐席", "system": "系统", "bot": "机器人"})
    )
    roles = roles.fillna(used["role"].astype("str"))
    lines = roles.reset_index(drop=True) + "：" + said
    joined = lines.groupby(used["doc_id"].astype("str").to_numpy(), sort=False).agg("\n".join)
    return joined.reindex(ids).fillna("").str.slice(0, MOST_CHARACTERS).tolist()


def _write(path: Path, rows: pd.DataFrame, choices: Choices | FlagChoices, taxonomy: Taxonomy | None) -> None:
    """Write one workbook."""
    with whole_workbook(path) as book:
        book.set_properties({"created": _NO_CLOCK})
        sheet = book.add_worksheet(TAGS_SHEET)
        definitions, guide = book.add_worksheet(DEFINITIONS_SHEET), book.add_worksheet(HELP_SHEET)
        lists, drawn = book.add_worksheet(CHOICES_SHEET), book.add_worksheet(DRAWN_SHEET)
        head = book.add_format({"bold": True, "bg_color": "#D9E1F2", "border": 1, "text_wrap": True})
        cell = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#BFBFBF"}
        fixed = book.add_format(cell | {"bg_color": "#F2F2F2"})
        free = book.add_format(cell | {"locked": False, "num_format": "@"})
        share = book.add_format(cell | {"num_format": "0.00", "bg_color": "#F2F2F2"})
        red = book.add_format({"bold": True, "font_color": "#C00000"})
        _fill(sheet, rows, choices.layout, head, fixed, free, share, red)
        if isinstance(choices, FlagChoices):
            help_lines = [line.format("、".join(choices.answers), DEFINITIONS_SHEET) for line in _HELP_FLAGS]
            meanings = {"列": list(choices.layout.answers), "含义": [*choices.definitions.values()]}
            names = [choices.layout.headers[name] for name in choices.layout.answers]
            _fill_definitions(definitions, {"项": names, **meanings}, head, fixed)
            _validate_flags(sheet, len(rows), choices)
        else:
            help_lines = list(_HELP_CATEGORIES)
            _fill_choices(lists, choices)
            _validate(sheet, len(rows), choices)
            if taxonomy is not None:
                _fill_definitions(definitions, _defined(taxonomy), head, fixed)
        _fill_drawn(drawn, rows)
        guide.set_column(0, 0, 100)
        for place, line in enumerate([*help_lines, *_HELP]):
            guide.write_string(place, 0, f"{place + 1}. {line}", fixed)
        for one in (sheet, definitions, guide):
            one.set_landscape()
            one.set_paper(_A4)
            one.fit_to_pages(1, 0)
        for one in (sheet, definitions):
            one.repeat_rows(0)
        for one in (definitions, guide, lists, drawn):
            one.protect()
        lists.hide()
        drawn.hide()


def _fill(
    sheet: Any,
    rows: pd.DataFrame,
    layout: SheetLayout,
    head: Any,
    fixed: Any,
    free: Any,
    share: Any,
    red: Any,
) -> None:
    """Write the tagging sheet."""
    for at, column in enumerate(layout.columns):
        sheet.write_string(0, at, column.header, head)
        hidden = column.is_hidden or (column.name == "dialogue" and not rows["dialogue"].any())
        sheet.set_column(at, at, column.width, free if column.is_filled_in else fixed, {"hidden": hidden})
        if column.is_filled_in:
            given = rows["annotator"].tolist() if column.name == "annotator" else [""] * len(rows)
            for row, value in enumerate(given, start=1):
                sheet.write_string(row, at, value, free) if value else sheet.write_blank(row, at, None, free)
        elif column.name in ("text", "dialogue"):
            marked = _marked(rows[column.name], rows["evidence"])
            for row, (text, parts) in enumerate(zip(rows[column.name], marked, strict=True), start=1):
                if parts is None:
                    sheet.write_string(row, at, text, fixed)
                else:
                    pieces = [piece for plain, part in parts for piece in ((part,) if plain else (red, part))]
                    sheet.write_rich_string(row, at, *pieces, fixed)
        elif column.name in ("confidence", "probability"):
            for row, number in enumerate(rows[column.name], start=1):
                if not np.isnan(number):
                    sheet.write_number(row, at, number, share if column.name == "confidence" else fixed)
        else:
            for row, value in enumerate(rows[column.name], start=1):
                sheet.write_string(row, at, value[:MOST_CHARACTERS], fixed)
    for row, height in enumerate(_heights(rows, layout), start=1):
        sheet.set_row(row, height)
    sheet.set_row(0, _LINE * max(_lines(column.header, column.width - _ARROW) for column in layout.columns))
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(len(rows), 1), len(layout.columns) - 1)
    allowed = ("autofilter", "sort", "format_cells", "format_columns", "format_rows")
    sheet.protect("", dict.fromkeys(allowed, True))


def _heights(rows: pd.DataFrame, layout: SheetLayout) -> list[float]:
    """Return the height of each row in points: not every program fits rows to wrapped texts by itself."""
    shown = [
        column for column in layout.columns if not column.is_hidden and not column.is_filled_in
        and column.name in rows and pd.api.types.is_string_dtype(rows[column.name])
    ]  # fmt: skip
    lines = [[_lines(text, column.width) for text in rows[column.name]] for column in shown]
    return [min(_LINE * max(one), _HIGHEST) for one in zip(*lines, strict=True)]


def _lines(text: str, width: int) -> int:
    """Return how many lines a text takes; a character beyond ASCII is as wide as two digits."""
    return sum(1 + max(len(line.encode("gb18030", "replace")) - 1, 0) // width for line in text.split("\n"))


def _marked(texts: pd.Series, evidence: pd.Series) -> list[list[tuple[bool, str]] | None]:
    """Return each text cut into pieces: whether a piece is plain, and the piece; None without evidence."""
    found: list[list[tuple[bool, str]] | None] = []
    for text, terms in zip(texts, evidence, strict=True):
        pieces: list[tuple[bool, str]] = []
        last = 0
        for start, end in evidence_spans(text, terms):
            pieces += [(True, text[last:start]), (False, text[start:end])]
            last = end
        pieces = [(plain, part) for plain, part in [*pieces, (True, text[last:])] if part]
        # A text without a hit, or that is one whole, is no rich text.
        found.append(pieces if len(pieces) > 1 else None)
    return found


def _fill_choices(sheet: Any, choices: Choices) -> None:
    """Write the lists of the drop-downs: first levels in row 1, how many below in row 2, then these."""
    for at, (first, below) in enumerate(choices.below.items()):
        sheet.write_string(0, at, first)
        sheet.write_number(1, at, max(len(below), 1))
        for row, name in enumerate(below, start=2):
            sheet.write_string(row, at, name)


def _validate(sheet: Any, n: int, choices: Choices) -> None:
    """Give the two columns their drop-downs; the second depends on the first of its row."""
    place = {column.name: at for at, column in enumerate(choices.layout.columns)}
    last = xlsxwriter.utility.xl_col_to_name(len(choices.below) - 1)
    first = xlsxwriter.utility.xl_col_to_name(place["category"], True)
    found = f"MATCH({first}2,{CHOICES_SHEET}!$A$1:${last}$1,0)"
    common = {"validate": "list", "error_title": "不在列表里", "ignore_blank": True}
    sheet.data_validation(
        1, place["category"], max(n, 1), place["category"],
        common | {"source": f"={CHOICES_SHEET}!$A$1:${last}$1", "error_message": "请从下拉列表里选一项。"},
    )  # fmt: skip
    below = f"=OFFSET({CHOICES_SHEET}!$A$3,0,{found}-1,INDEX({CHOICES_SHEET}!$A$2:${last}$2,1,{found}),1)"
    sheet.data_validation(
        1, place["subcategory"], max(n, 1), place["subcategory"],
        common | {"source": below, "error_message": "请先选一级类别，再从下拉列表里选二级类别。"},
    )  # fmt: skip


def _fill_drawn(sheet: Any, rows: pd.DataFrame) -> None:
    """Write what was drawn, so that a row is known again whatever becomes of its cells."""
    columns: Mapping[str, list[Any]] = {
        "编号": rows["doc_id"].tolist(),
        "文本码": [text_code(text) for text in rows["text"]],
        "抽中概率": rows["probability"].tolist(),
        "抽样分层": rows["stratum"].tolist(),
        "分类版本": rows["version"].tolist(),
        "标注人": rows["annotator"].tolist(),
    }
    for at, (header, values) in enumerate(columns.items()):
        sheet.write_string(0, at, header)
        for row, value in enumerate(values, start=1):
            if isinstance(value, str):
                sheet.write_string(row, at, value)
            elif not np.isnan(value):
                sheet.write_number(row, at, value)


def _validate_flags(sheet: Any, n: int, choices: FlagChoices) -> None:
    """Give the column of each flag its drop-down."""
    for at, column in enumerate(choices.layout.columns):
        if column.name in choices.layout.answers:
            rule = {"validate": "list", "source": choices.answers, "ignore_blank": True}
            message = {"error_title": "不在列表里", "error_message": f"请填 {'、'.join(choices.answers)}。"}
            sheet.data_validation(1, at, max(n, 1), at, rule | message)


_WIDTHS = {"所属一级": 14, "所属二级": 18, "定义": 50, "正例": 50, "反例": 50, "责任部门": 14, "含义": 70}


def _fill_definitions(sheet: Any, columns: Mapping[str, Sequence[str]], head: Any, fixed: Any) -> None:
    """Write what the answers mean."""
    for at, (header, values) in enumerate(columns.items()):
        sheet.set_column(at, at, _WIDTHS.get(header, 22))
        sheet.write_string(0, at, header, head)
        for row, value in enumerate(values, start=1):
            sheet.write_string(row, at, value[:MOST_CHARACTERS], fixed)
    sheet.freeze_panes(1, 0)


def _defined(taxonomy: Taxonomy) -> dict[str, list[str]]:
    """Return the categories with what belongs to them and what does not."""
    columns: dict[str, list[str]] = {}
    for category in taxonomy.categories:
        path = taxonomy.path(category.id)
        cells = {
            "所属一级": path[0],
            "所属二级": path[-1] if len(path) > 1 else "",
            "定义": category.definition,
            "正例": "\n".join(category.examples[:3]),
            "反例": "\n".join(category.counterexamples[:3]),
            "责任部门": taxonomy.owner(category.id),
            "类别编号": category.id,
        }
        for header, value in cells.items():
            columns.setdefault(header, []).append(value)
    return columns
