"""Round trips of tagging workbooks through whatever people do to them; speed of 50,000 rows.

Run: python benchmarks/tagging.py [--trips 10000] [--first 0] [--rows 50000] [--office 400]

A trip writes a workbook for one to three people (of categories, of a scorecard or of yes and no, in turn),
fills it in, treats it badly (sorts, deletes, inserts, pastes and repeats rows; deletes, inserts, moves,
repeats and renames columns; merges cells, moves and clears identifiers, types nonsense, adds titles, sheets
and copies, saves it as text in GBK), reads it back and compares:

lost      what somebody meant and neither came back nor is in a conflict
wrong     a tag that nobody gave, or gave to another contact
unnamed   a bad cell that no report names by file, row and column
alarms    a report of a cell that is right

The first ``--office`` trips go through LibreOffice, where it is installed, to .xlsx, .ods, .xls and .csv.
"""

import argparse
import csv
import shutil
import subprocess
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
import openpyxl
import pandas as pd
import python_calamine

import csatext as ct
from csatext.labels import name_of
from csatext.taxonomy.category import Category

WORDS = (
    "退款一直不到账", "=SUM(A1)看不懂", "+86 打不通", "@客服 没有人回", "-5 分都不想给", "快递太慢\n三天没动",
    "态度很差 😡", "'引号开头, 还有逗号;分号\t制表", "ＡＰＰ闪退（ｉＯＳ）",
)  # fmt: skip
IDS = ("c{}", "000{}", "2026050100000012{}", "=A{}", "1e{}", "工单-{}", "{}", " a b {} ")
OTHER_HEADERS = {
    "编号": ("联络编号", " 编 号 ", "【编号】"),
    "一级类别": ("一级类别（必填）", "大类", "一级", "一级类别*"),
    "二级类别": ("二级 类别", "小类", "二级类别(可选)"),
    "标注人": ("质检员", "标注人："),
    "备注": ("说明", "备注 "),
}
REMOVABLE = (
    "对话", "建议一级", "建议二级", "置信度", "依据", "机器判断", "备注", "标注人", "抽中概率", "抽样分层",
    "分类版本", "校验码",
)  # fmt: skip
NONSENSE = ("乱写", "#N/A", "退退", "？", "待定吧")
SHOP = (
    Category("refund", "退款"), Category("refund.slow", "到账慢", "refund", definition="钱没有退回来"),
    Category("refund.refused", "不肯退", "refund"), Category("refund.other", "其他", "refund"),
    Category("app", "APP故障"), Category("app.crash", "闪退(iOS)", "app"),
    Category("app.other", "其他", "app"),
    Category("parcel", "物流"), Category("parcel.late", "送得慢", "parcel"), Category("service", "服务"),
)  # fmt: skip
ITEMS = (
    {"id": "hello", "label_zh": "问候", "said": ["您好"]},
    {"id": "rude", "label_zh": "服务忌语", "said": ["烦不烦"], "forbidden": True},
    {"id": "closing", "label_zh": "结束语(致谢)", "said": ["再见"]},
)
YES_NO = {"is_negative": "客户表达了不满", "要回访": "客户要人再打来"}
SPELLED = {
    "通过": ("合格", "√", "通过 "), "不通过": ("不合格", "×", "Ｘ"), "不适用": ("N/A", "不适用\u3000"),
    "是": ("Y", "是 ", "ＹＥＳ", True, 1), "否": ("n", "不是", False, 0),
}  # fmt: skip
KINDS = ("categories", "scorecard", "yes and no")
FORMATS = ("xlsx", "ods", "xls", "csv")


@dataclass
class Row:
    """A row of the sheet: its cells, and what somebody meant by them."""

    cells: dict
    owner: str = ""
    meant: dict = field(default_factory=dict)
    bad: set = field(default_factory=set)
    is_torn: bool = False
    """Whether identifier and text are not of one contact any more."""
    has_other_text: bool = False
    is_exchanged: bool = False
    """Whether the identifier was exchanged before it was cleared, so that only the code tells."""


@dataclass
class Page:
    """A tagging sheet with what is done to it as a whole."""

    header: list
    rows: list
    drawn: list
    person: str
    texts: Counter
    shown: dict = field(default_factory=dict)
    titles: int = 0
    above: int = 0
    """Rows that stand above the header."""
    merged: list = field(default_factory=list)
    lost: set = field(default_factory=set)
    """Columns that no header names any more."""
    copies: int = 0

    def header_row(self):
        return [self.shown.get(name, name) for name in self.header]

    def number(self, row):
        at = next(at for at, one in enumerate(self.rows) if one is row)
        return self.titles + at + (1 if at < self.above else 2)


class Asked:
    """What is asked in a workbook: columns of answers, what may stand there, what it means."""

    def __init__(self, kind):
        self.kind = kind
        if kind == "categories":
            self.arguments = {"taxonomy": ct.Taxonomy(SHOP, name="shop", version="1")}
            self.columns = {"一级类别": "category", "二级类别": "category"}
            below = {one.label_zh: [None] for one in SHOP if not one.parent}
            labels = {one.id: one.label_zh for one in SHOP}
            for one in SHOP:
                if one.parent:
                    below[labels[one.parent]].append(one.label_zh)
            self.pairs = [(first, second) for first, names in below.items() for second in names]
        elif kind == "scorecard":
            card = ct.QAScorecard.load({"name": "shop", "version": "1", "items": list(ITEMS)})
            self.arguments = {"flags": card}
            self.columns = {item["label_zh"]: f"qa_{item['id']}" for item in ITEMS}
            self.answers = {"通过": True, "不通过": False, "不适用": True}
        else:
            self.arguments = {"flags": YES_NO}
            self.columns = {name_of(name): name for name in YES_NO}
            self.answers = {"是": True, "否": False}

    def column(self, measure):
        """Return the header of a flag."""
        return next(name for name, one in self.columns.items() if one == measure)

    def fill(self, rng, row):
        """Fill a row in."""
        row.meant, row.bad = {}, set()
        for name in self.columns:
            row.cells[name] = None
        if rng.random() < 0.3:
            return
        if self.kind != "categories":
            for name, flag in self.columns.items():
                if rng.random() < 0.7:
                    answer = [*self.answers][rng.integers(len(self.answers))]
                    row.cells[name] = varied(rng, answer, SPELLED[answer])
                    row.meant[flag] = answer
                elif rng.random() < 0.2:
                    row.cells[name] = NONSENSE[rng.integers(len(NONSENSE))]
                    row.bad.add(name)
        else:
            self._fill_category(rng, row)
        if row.meant and "备注" in row.cells:
            row.cells["备注"] = f"=1+{rng.integers(9)}，听录音" if rng.random() < 0.3 else None

    def _fill_category(self, rng, row):
        first, second = self.pairs[rng.integers(len(self.pairs))]
        forms = (f"{first} ", f"\u3000{first}", wide(first), first.lower())
        if rng.random() < 0.1:
            row.cells["一级类别"] = NONSENSE[rng.integers(len(NONSENSE))]
            row.bad.add("一级类别")
            return
        row.cells["一级类别"] = varied(rng, first, forms)
        if rng.random() < 0.1:
            row.cells["二级类别"] = NONSENSE[rng.integers(len(NONSENSE))]
            row.bad.add("二级类别")
            return
        if second is not None:
            row.cells["二级类别"] = varied(rng, second, (f"{second} ", wide(second), second.upper()))
        row.meant["category"] = (first, second)


def varied(rng, value, forms):
    """Return a value, sometimes as people write it."""
    return forms[rng.integers(len(forms))] if rng.random() < 0.25 else value


def wide(text):
    """Return a text with letters as wide as Chinese characters."""
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)


def page_of(path, person, asked):
    """Return the tagging sheet of a workbook as it was written."""
    book = python_calamine.CalamineWorkbook.from_path(path)
    sheet, drawn = (book.get_sheet_by_name(name).to_python() for name in ("标注", "抽样"))
    header = sheet[0]
    ids = {str(one[0]).strip(): str(one[0]) for one in drawn}
    rows = [
        Row({name: None if cell == "" else cell for name, cell in zip(header, row, strict=True)})
        for row in sheet[1:]
    ]
    for row in rows:
        row.owner = ids[row.cells["编号"].strip()]
    texts = Counter(row.cells["文本"] for row in rows)
    return Page(header, rows, drawn, person, texts)


def treat_rows(rng, page, asked):
    """Do to rows what people do."""
    rows = page.rows
    if rng.random() < 0.5:
        rows[:] = [rows[at] for at in rng.permutation(len(rows))]
    for _ in range(rng.integers(0, 3) if len(rows) > 3 else 0):
        rows.pop(rng.integers(len(rows)))
    if rng.random() < 0.2:  # answers of one row pasted onto others
        source = rows[rng.integers(len(rows))]
        for row in (rows[at] for at in rng.integers(len(rows), size=2)):
            row.cells |= {name: source.cells[name] for name in asked.columns}
            row.meant, row.bad = dict(source.meant), set(source.bad)
    if rng.random() < 0.25 and len(rows) > 1:
        one, other = (rows[at] for at in rng.choice(len(rows), 2, replace=False))
        tear(rng, one, other)
    if rng.random() < 0.15:  # an identifier lost its leading zeros, or was cleared: the text still tells
        row = rows[rng.integers(len(rows))]
        # One that was exchanged is right again by its text.
        row.is_exchanged = row.is_torn
        row.is_torn = row.has_other_text or page.texts[row.cells["文本"] or ""] != 1
        row.cells["编号"] = None if rng.random() < 0.5 else f"X{row.owner}"
    if rng.random() < 0.2:  # a row is repeated, perhaps with another answer
        source = rows[rng.integers(len(rows))]
        again = replace(source, cells=dict(source.cells), meant=dict(source.meant), bad=set(source.bad))
        if rng.random() < 0.4:
            asked.fill(rng, again)
        rows.insert(rng.integers(len(rows) + 1), again)
    for _ in range(rng.integers(0, 3)):
        rows.insert(rng.integers(len(rows) + 1), Row({}))
    if rng.random() < 0.1:  # the header pasted among the rows
        rows.insert(rng.integers(len(rows) + 1), Row({name: name for name in page.header}))


def tear(rng, one, other):
    """Part identifiers from their texts."""
    kind = rng.integers(3) if one.cells["文本"] != other.cells["文本"] else 2
    if kind == 0:
        one.cells["编号"], other.cells["编号"] = other.cells["编号"], one.cells["编号"]
        torn = (one, other)
    elif kind == 1:
        one.cells["文本"], other.cells["文本"] = other.cells["文本"], one.cells["文本"]
        torn = (one, other)
    else:
        one.cells["文本"] = "改写过的文本"
        torn = (one,)
    for row in torn:
        row.is_torn, row.has_other_text = True, kind > 0


def treat_columns(rng, page, asked):
    """Do to columns what people do."""
    for name in REMOVABLE:
        if rng.random() < 0.12 and name in page.header:
            page.header.remove(name)
    if rng.random() < 0.3:
        page.header.insert(rng.integers(len(page.header) + 1), "复核意见")
        for row in page.rows:
            if row.owner:
                row.cells["复核意见"] = (
                    ("待定", "同意", "一级不对")[rng.integers(3)] if rng.random() < 0.3 else None
                )
    if rng.random() < 0.4:
        page.header = [page.header[at] for at in rng.permutation(len(page.header))]
    for name in page.header:
        forms = OTHER_HEADERS.get(name, (f" {name}", f"{name}（必填）"))
        if rng.random() < 0.15 and (name in OTHER_HEADERS or name in asked.columns):
            page.shown[name] = forms[rng.integers(len(forms))]
    if rng.random() < 0.06:
        name = [*asked.columns][rng.integers(len(asked.columns))]
        page.lost.add(name)
        if rng.random() < 0.5:
            page.shown[name] = "第几列"
        else:
            page.header.remove(name)
    if rng.random() < 0.05:  # an answer column stands there twice, with the same cells
        name = [*asked.columns][rng.integers(len(asked.columns))]
        if name in page.header:
            page.header.append(name)


def merge(rng, page, asked):
    """Merge cells of a column of answers over rows; all but the first lose their value."""
    names = [name for name in asked.columns if page.header.count(name) == 1 and name not in page.lost]
    if rng.random() > 0.25 or len(page.rows) < 3 or not names:
        return
    name = names[rng.integers(len(names))]
    first = int(rng.integers(len(page.rows) - 1))
    last = min(first + int(rng.integers(1, 3)), len(page.rows) - 1)
    upper, covered = page.rows[first], page.rows[first + 1 : last + 1]
    page.merged.append((first, last, page.header.index(name)))
    for row in covered:
        row.cells[name] = None
        row.bad.discard(name)
        if not row.owner:
            continue
        if asked.kind != "categories":
            row.meant.pop(asked.columns[name], None)
            if upper.cells.get(name) not in (None, "") and upper.owner and row.owner:
                row.bad.add(name)
            continue
        first_level, second = row.cells.get("一级类别"), row.cells.get("二级类别")
        meant = row.meant.pop("category", None)
        row.bad = set()
        if not first_level and not second:
            if upper.cells.get(name) not in (None, "") and upper.owner and row.owner:
                row.bad.add("一级类别")
        elif name == "二级类别":
            if not first_level or str(first_level) in NONSENSE:
                row.bad.add("一级类别")
            else:
                row.meant["category"] = (meant[0] if meant else first_of(asked, first_level), None)
        elif second and meant is not None and [pair[1] for pair in asked.pairs].count(meant[1]) == 1:
            row.meant["category"] = meant
        else:
            row.bad.add("一级类别")


def first_of(asked, cell):
    """Return the first level that a cell names."""
    plain = cell.strip().casefold()
    return next(first for first, _ in asked.pairs if plain in (first.casefold(), wide(first).casefold()))


def save(rng, page, path):
    """Write the sheet as it was treated."""
    cells = [["质检五月", "内部"]] * page.titles + [page.header_row()]
    cells += [[row.cells.get(name) for name in page.header] for row in page.rows]
    cells.insert(page.titles + page.above, cells.pop(page.titles))
    if path.suffix == ".csv":
        encoding = ("gb18030", "utf-8-sig", "utf-16")[rng.integers(3)]
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file, delimiter="\t" if encoding == "utf-16" else ",").writerows(
                [["" if cell is None else cell for cell in row] for row in cells]
            )
        return
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = ("标注", "Sheet1", "张三 5月")[rng.integers(3)]
    write(sheet, cells)
    for first, last, column in page.merged:
        top = page.titles + 2
        sheet.merge_cells(
            start_row=top + first, end_row=top + last, start_column=column + 1, end_column=column + 1
        )
    for at in range(page.copies):
        write(book.create_sheet(f"副本{at}"), cells if not page.merged else cells[: page.titles + 1])
    if rng.random() < 0.1:
        write(book.create_sheet("汇总"), [["一级类别", "条数"], ["退款", 3]])
    if page.drawn:
        write(book.create_sheet("抽样"), page.drawn)
        if rng.random() < 0.5:
            book["抽样"].sheet_state = "hidden"
    book.save(path)


def write(sheet, cells):
    """Write cells; what looks like a formula stays a text."""
    for at, row in enumerate(cells, start=1):
        for place, value in enumerate(row, start=1):
            if value is not None and value != "":
                cell = sheet.cell(at, place, value)
                if isinstance(value, str):
                    cell.data_type = "s"


@dataclass
class Expected:
    """What must come back."""

    claims: dict = field(default_factory=lambda: defaultdict(set))
    """Answer and the file that must bring it (None: may) by contact, person and measure."""
    notes: dict = field(default_factory=lambda: defaultdict(set))
    """Remarks of answered rows by contact and person."""
    bad: set = field(default_factory=set)
    """File, row and column of each bad cell: its header, and that of a copy of the header among the rows."""
    quiet: set = field(default_factory=set)
    """Rows (file and number) of which a report may speak though no cell is wrong."""
    lost: dict = field(default_factory=dict)
    """Columns that no header names, by file."""

    def add(self, page, path, asked):
        """Add what a file must bring back."""
        if page.lost:
            self.lost[path.name] = page.lost
        for row in page.rows:
            if not row.owner:
                continue
            place, file = (path.name, page.number(row)), path.name
            names = [name for name in asked.columns if name in page.header and name not in page.lost]
            if row.is_torn:
                self.quiet.add(place)
                if any(row.cells.get(name) not in (None, "") for name in names):
                    self.bad.add((*place, page.shown.get("编号", "编号").strip(), "编号"))
                continue
            if row.bad & page.lost:
                self.quiet.add(place)
                if "一级类别" in names and "一级类别" not in row.bad and row.cells.get("一级类别"):
                    row.meant["category"] = (first_of(asked, row.cells["一级类别"]), None)
                    file = None  # where the column is known by its cells, the bad one is reported instead
            if not any(row.cells.get(name) for name in names):  # a remark alone is no tag
                self.quiet.add(place)
            if "抽中概率" not in page.header and not page.drawn:
                self.quiet.add(place)
            self.bad |= {(*place, page.shown.get(name, name).strip(), name) for name in row.bad - page.lost}
            person = str(row.cells.get("标注人") or "") if "标注人" in page.header else ""
            person = person.strip() or (page.person if page.drawn else "") or path.stem
            for measure, answer in row.meant.items():
                if measure == "category" or asked.column(measure) not in page.lost:
                    self.claims[row.owner, person, measure].add((file, answer))
                    if "备注" in page.header and row.cells.get("备注"):
                        self.notes[row.owner, person].add(row.cells["备注"])


def given_back(seed, folder, contacts, corpus, asked):
    """Return the files that people give back, and what must come of them."""
    rng = np.random.default_rng(seed)
    people = ["张三", "李四", "王五"][: rng.integers(1, 4)] if rng.random() < 0.6 else [""]
    sample = ct.sample_for_tagging(contacts, int(rng.integers(4, 10)), strategy="random", random_state=seed)
    paths = ct.write_tagging_workbook(
        sample, corpus, folder / f"质检{seed}.xlsx", annotators=1 if people == [""] else people, shared=0.5,
        random_state=seed, **asked.arguments,
    )  # fmt: skip
    files, expected = [], Expected()
    for person, path in zip(people, paths, strict=True):
        page = page_of(path, person, asked)
        path.unlink()
        for row in page.rows:
            asked.fill(rng, row)
            if person and rng.random() < 0.1:
                row.cells["标注人"] = f"{person} "
        is_text = rng.random() < 0.15
        if is_text or rng.random() < 0.05:
            page.drawn = []
        treat_rows(rng, page, asked)
        treat_columns(rng, page, asked)
        if not page.drawn:  # the code alone tells whether a row is whole; without identifiers none is known
            page.header += [name for name in ("校验码",) if name not in page.header]
            for row in page.rows:
                row.is_torn |= bool(row.owner) and row.cells["编号"] != row.owner
        if "校验码" not in page.header:
            for row in page.rows:
                row.is_torn |= row.is_exchanged
        page.titles = int(rng.integers(1, 3)) if rng.random() < 0.2 else 0
        if not page.titles and rng.random() < 0.05:  # sorted with the header
            page.above = int(rng.integers(len(page.rows) + 1))
        page.copies = int(rng.random() < 0.08)
        if not is_text and not page.above:
            merge(rng, page, asked)
        target = folder / f"{person or '交回'}-{seed}.{'csv' if is_text else 'xlsx'}"
        save(rng, page, target)
        expected.add(page, target, asked)
        files.append(target)
    return files, expected


def compare(found, asked, expected):
    """Return what was lost, is wrong, is not named, and is named for nothing."""
    came, notes = {}, {}
    for row in found.tags.to_dict("records"):
        notes[row["doc_id"], row["annotator"]] = row["note"]
        for measure in dict.fromkeys(asked.columns.values()):
            key = row["doc_id"], row["annotator"], measure
            if measure == "category":
                came[key] = (
                    row["category"],
                    row["subcategory"] if isinstance(row["subcategory"], str) else None,
                )
            elif not pd.isna(row[measure]):
                came[key] = bool(row[measure])
                known = [one for _, one in expected.claims[key] if asked.answers[one] == came[key]]
                came[key] = known[0] if known else came[key]
    for row in found.conflicts.itertuples():
        notes[row.doc_id, row.annotator] = f"{notes.get((row.doc_id, row.annotator), '')}；{row.note}"
    clashes = {(row.doc_id, row.annotator) for row in found.conflicts.itertuples()}
    places = [
        (row.file, None if pd.isna(row.row) else int(row.row), row.column)
        for row in found.problems.itertuples()
    ]
    without = {file for file, row, _ in places if row is None}
    refused = without & expected.lost.keys() if asked.kind == "categories" else set()
    lost, wrong = [], []
    for key, claims in expected.claims.items():
        needed = {answer for file, answer in claims if file not in refused and file is not None}
        if key not in came and needed and not (len(needed) > 1 and key[:2] in clashes):
            lost.append(key)
    for key, answer in came.items():
        claims = expected.claims.get(key, set())
        allowed = {one for _, one in claims} | {(one[0], None) for file, one in claims if file in refused}
        certain = {one for file, one in claims if file not in refused and file is not None}
        if answer not in allowed or len(certain) > 1:
            wrong.append((key, answer))
    lost += [
        (key, one) for key, said in expected.notes.items() for one in said if one not in notes.get(key, one)
    ]
    unnamed = [
        cell
        for cell in expected.bad
        if cell[:3] not in places and (*cell[:2], cell[3]) not in places and cell[0] not in refused
    ]
    unnamed += [file for file in expected.lost.keys() - without if asked.kind != "categories"]
    named = {cell[:2] for cell in expected.bad} | expected.quiet
    alarms = [one for one in places if one[1] is not None and one[:2] not in named and one[0] not in refused]
    alarms += without - expected.lost.keys()
    return lost, wrong, unnamed, alarms


def trip(seed, folder, contacts, corpus, asked):
    """Return what one round trip lost, got wrong, did not name, and named for nothing."""
    files, expected = given_back(seed, folder, contacts, corpus, asked)
    return compare(ct.read_tagging_workbook(files, **asked.arguments), asked, expected)


def office_trips(office, folder, seeds, contacts, corpus, kinds):
    """Yield seed and result of trips whose workbooks LibreOffice has saved, each format in one go."""
    trips = {seed: given_back(seed, folder, contacts, corpus, kinds[seed % len(kinds)]) for seed in seeds}
    saved, batches = {}, defaultdict(list)
    for seed, (files, _) in trips.items():
        for path in files:
            # A text file keeps one sheet and no merged cells.
            plain = path.suffix == ".xlsx" and is_plain(path)
            forms = FORMATS if plain else FORMATS[:-1]
            form = forms[seed % len(forms)]
            saved[path] = folder / form / f"{path.stem}.{form}"
            if path.suffix == ".xlsx":
                batches[form].append(str(path))
            else:
                saved[path] = path
    for form, books in batches.items():
        convert(office, form, books, folder / form)
    for seed, (files, expected) in trips.items():
        asked = kinds[seed % len(kinds)]
        back = ct.read_tagging_workbook([saved[path] for path in files], **asked.arguments)
        back.problems["file"] = back.problems["file"].map({saved[path].name: path.name for path in files})
        yield seed, compare(back, asked, expected)


def is_plain(path):
    """Return whether a workbook has one sheet without merged cells, the tagging sheet."""
    book = python_calamine.CalamineWorkbook.from_path(path)
    return len(book.sheet_names) == 1 and not book.get_sheet_by_index(0).merged_cell_ranges


def convert(office, form, books, folder):
    """Let LibreOffice save workbooks in another format; text in GBK (67)."""
    target = "csv:Text - txt - csv (StarCalc):44,34,67" if form == "csv" else form
    for at in range(0, len(books), 100):
        command = [
            office,
            "--headless",
            "--convert-to",
            target,
            "--outdir",
            str(folder),
            *books[at : at + 100],
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=3600)


def material():
    """Return contacts, their corpus and what may be asked of them; some texts are equal, one is empty."""
    texts = [f"{WORDS[at % len(WORDS)]}，第{at // 2}次" for at in range(36)] + ["快递还没到"] * 3 + [""]
    ids = [IDS[at % len(IDS)].format(at) for at in range(40)]
    contacts = pd.DataFrame({"doc_id": ids, "text": texts})
    return contacts, ct.Vectorizer().fit_transform(contacts), [Asked(kind) for kind in KINDS]


def speed(n):
    """Print how long many rows take."""
    contacts, taxonomy = material()[0], ct.Taxonomy.load()
    many = pd.concat([contacts] * (n // len(contacts) + 1), ignore_index=True).head(n)
    many["doc_id"] = [f"c{at}" for at in range(n)]
    corpus = ct.Vectorizer().fit_transform(many)
    found = ct.RuleClassifier(taxonomy).fit(corpus).transform(corpus)
    with TemporaryDirectory() as folder:
        sample = ct.sample_for_tagging(many, n, strategy="random")
        began = perf_counter()
        paths = ct.write_tagging_workbook(
            sample, corpus, Path(folder, "a.xlsx"), taxonomy=taxonomy, suggestions=found
        )
        written = perf_counter()
        ct.read_tagging_workbook(paths, taxonomy=taxonomy)
        print(f"{n} rows: written in {written - began:.1f} s, read in {perf_counter() - written:.1f} s")


def main():
    """Print totals."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--trips", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--office", type=int, default=400)
    given = parser.parse_args()
    contacts, corpus, kinds = material()
    office = shutil.which("soffice") or shutil.which("libreoffice")
    totals = np.zeros(4, dtype=int)
    seeds = range(given.first, given.first + given.trips)
    through = seeds[: given.office] if office else seeds[:0]
    with TemporaryDirectory() as name:
        folder = Path(name)

        def results():
            if through:
                yield from office_trips(office, folder, through, contacts, corpus, kinds)
            for seed in seeds[len(through) :]:
                yield seed, trip(seed, folder, contacts, corpus, kinds[seed % len(kinds)])

        for seed, found in results():
            if any(found):
                print(
                    f"trip {seed}: lost {found[0]}, wrong {found[1]}, unnamed {found[2]}, alarms {found[3]}",
                    flush=True,
                )
            totals += [len(part) for part in found]
            for path in folder.glob(f"*-{seed}.*"):
                path.unlink()
    how = f"{len(through)} through LibreOffice" if office else "LibreOffice is not installed"
    lost, wrong, unnamed, alarms = totals
    print(f"{given.trips} trips ({how}): lost {lost}, wrong {wrong}, unnamed {unnamed}, alarms {alarms}")
    if given.rows:
        speed(given.rows)


if __name__ == "__main__":
    main()
