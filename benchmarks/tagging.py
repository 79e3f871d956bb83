"""Round trips of tagging workbooks through whatever people do to them; speed of 50,000 rows.

Run: python benchmarks/tagging.py [--trips 10000] [--first 0] [--rows 50000] [--office 20]

A trip writes a workbook for one to three people, fills it in, treats it badly (sorts, deletes and inserts
rows and columns, renames columns and sheets, merges cells, moves identifiers, pastes rows, types nonsense,
saves it as GBK text), reads it back and compares: ``lost`` are tags that came back neither as such nor in a
report, ``wrong`` are tags of a contact that nobody gave it, ``unnamed`` are bad cells that no report names by
file, row and column. ``--office`` trips go through LibreOffice, where it is installed.
"""

import argparse
import csv
import shutil
import subprocess
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
import openpyxl
import pandas as pd

import csatext as ct
from csatext.taxonomy.category import Category

WORDS = (
    "退款一直不到账",
    "=SUM(A1)看不懂",
    "+86 打不通",
    "@客服 没有人回",
    "-5 分都不想给",
    "快递太慢\n三天没动",
    "态度很差",
)
OTHER_HEADERS = {
    "编号": ("编号", "联络编号", " 编 号 "),
    "一级类别": ("一级类别", "一级类别（必填）", "大类", "一级", "质检结果"),
    "二级类别": ("二级类别", "二级 类别", "小类", "细项"),
    "标注人": ("标注人", "质检员"),
}
REMOVABLE = ("对话", "建议一级", "建议二级", "置信度", "依据", "抽中概率", "抽样分层", "分类版本", "校验码")
NONSENSE = ("乱写", "#N/A", "1", "退退", "True")


class Sheet:
    """Cells of a tagging sheet: rows as dicts by header, with what was meant by each."""

    def __init__(self, path):
        book = openpyxl.load_workbook(path)
        cells = [list(row) for row in book["标注"].iter_rows(values_only=True)]
        self.drawn = [list(row) for row in book["抽样"].iter_rows(values_only=True)]
        self.header = cells[0]
        self.rows = [dict(zip(self.header, row, strict=True)) for row in cells[1:]]


def answers(taxonomy):
    """Return every pair of a first level and a category below it, or none."""
    below = {category.label_zh: [None] for category in taxonomy.first_level}
    for category in taxonomy.categories:
        path = taxonomy.path(category.id)
        if len(path) > 1:
            below[path[0]].append(path[-1])
    return [(first, second) for first, names in below.items() for second in names]


def fill(rng, sheet, choices, person):
    """Fill some rows in; return what is meant, and which cells are bad."""
    meant, bad = {}, {}
    for row in sheet.rows:
        kind = rng.random()
        if kind < 0.3:
            continue
        first, second = choices[rng.integers(len(choices))]
        row["标注人"] = person if rng.random() < 0.9 else f"{person} "
        if kind < 0.38:
            row["一级类别"] = NONSENSE[rng.integers(len(NONSENSE))]
            bad[row["编号"]] = "一级类别"
            continue
        row["一级类别"] = first + (" " if rng.random() < 0.2 else "")
        if kind < 0.44:
            row["二级类别"] = NONSENSE[rng.integers(len(NONSENSE))]
            bad[row["编号"]] = "二级类别"
            continue
        row["二级类别"] = second
        row["备注"] = "=1+1" if rng.random() < 0.1 else None
        meant[row["编号"]] = (first, second)
    return meant, bad


def mistreat(rng, sheet, meant, bad, choices):
    """Do to rows and columns what people do, and to what is meant by them; return merged rows."""
    if rng.random() < 0.5:
        sheet.rows = [sheet.rows[at] for at in rng.permutation(len(sheet.rows))]
    for _ in range(rng.integers(0, 3) if len(sheet.rows) > 4 else 0):
        gone = sheet.rows.pop(rng.integers(len(sheet.rows)))
        meant.pop(gone["编号"], None)
        bad.pop(gone["编号"], None)
    merged = []
    if rng.random() < 0.2 and len(sheet.rows) > 3:
        at = int(rng.integers(len(sheet.rows) - 1))
        upper, lower = sheet.rows[at], sheet.rows[at + 1]
        if upper["编号"] in meant:
            lower["一级类别"] = lower["二级类别"] = None
            bad.pop(lower["编号"], None)
            meant.pop(lower["编号"], None)
            bad[lower["编号"]] = "一级类别"
            merged.append((upper, lower))
    if rng.random() < 0.2:
        one, other = (sheet.rows[at] for at in rng.choice(len(sheet.rows), 2, replace=False))
        if not any(row is one or row is other for pair in merged for row in pair):
            one["编号"], other["编号"] = other["编号"], one["编号"]
            for row, was in ((one, other["编号"]), (other, one["编号"])):
                meant.pop(was, None)
                bad.pop(was, None)
                if row["一级类别"] or row["二级类别"]:
                    bad[id(row)] = "编号"
    if rng.random() < 0.2:
        row = sheet.rows[rng.integers(len(sheet.rows))]
        if not merged:
            sheet.rows.insert(rng.integers(len(sheet.rows)), dict(row))
    for _ in range(rng.integers(0, 3)):
        sheet.rows.insert(rng.integers(len(sheet.rows) + 1), {})
    for name in REMOVABLE:
        if rng.random() < 0.15:
            sheet.header = [header for header in sheet.header if header != name]
    if rng.random() < 0.3:
        sheet.header.insert(rng.integers(len(sheet.header) + 1), "复核意见")
        for row in sheet.rows:
            row["复核意见"] = "待定" if rng.random() < 0.3 else None
    if rng.random() < 0.4:
        sheet.header = [sheet.header[at] for at in rng.permutation(len(sheet.header))]
    return merged


def save(rng, sheet, merged, path):
    """Write the sheet under names of its own; return the row number of each row."""
    shown = {
        name: forms[rng.integers(len(forms))] if rng.random() < 0.3 else name
        for name, forms in OTHER_HEADERS.items()
    }
    titles = int(rng.integers(0, 3)) if rng.random() < 0.2 else 0
    cells = [["质检五月"]] * titles + [[shown.get(name, name) for name in sheet.header]]
    cells += [[row.get(name) for name in sheet.header] for row in sheet.rows]
    numbers = {id(row): titles + 2 + at for at, row in enumerate(sheet.rows)}
    if path.suffix == ".csv":
        with path.open("w", encoding="gbk", newline="") as file:
            csv.writer(file).writerows([["" if cell is None else cell for cell in row] for row in cells])
        return numbers, shown
    book = openpyxl.Workbook()
    page = book.active
    page.title = ("标注", "Sheet1", "张三 5月")[rng.integers(3)]
    for at, row in enumerate(cells, start=1):
        for place, value in enumerate(row, start=1):
            if value is not None:
                page.cell(at, place, value).data_type = "n" if isinstance(value, (int, float)) else "s"
    column = sheet.header.index("一级类别") + 1
    for upper, lower in merged:
        if are_adjacent(numbers, upper, lower):
            page.merge_cells(
                start_row=numbers[id(upper)],
                end_row=numbers[id(lower)],
                start_column=column,
                end_column=column,
            )
    page = book.create_sheet("抽样")
    for row in sheet.drawn:
        page.append(row)
    book.save(path)
    return numbers, shown


def are_adjacent(numbers, upper, lower):
    """Return whether two rows still stand below each other."""
    return numbers[id(lower)] == numbers[id(upper)] + 1


def trip(seed, folder, contacts, corpus, taxonomy):
    """Return tags lost, tags that are wrong, and bad cells that are not named, of one round trip."""
    files, intended, named = given_back(seed, folder, contacts, corpus, taxonomy)
    return compare(ct.read_tagging_workbook(files, taxonomy=taxonomy), intended, named)


def given_back(seed, folder, contacts, corpus, taxonomy):
    """Return the files that people give back, what they mean, and which cells are bad."""
    rng = np.random.default_rng(seed)
    choices = answers(taxonomy)
    people = ["张三", "李四", "王五"][: rng.integers(1, 4)]
    sample = ct.sample_for_tagging(contacts, int(rng.integers(6, 14)), strategy="random", random_state=seed)
    paths = ct.write_tagging_workbook(
        sample,
        corpus,
        folder / "质检.xlsx",
        taxonomy=taxonomy,
        annotators=people,
        shared=0.5,
        random_state=seed,
    )
    files, intended, named = [], {}, []
    for person, path in zip(people, paths, strict=True):
        sheet = Sheet(path)
        meant, bad = fill(rng, sheet, choices, person)
        as_text = rng.random() < 0.1
        merged = mistreat(rng, sheet, meant, bad, choices)
        target = folder / f"{person}-{seed}.{'csv' if as_text and not merged else 'xlsx'}"
        if target.suffix == ".csv":
            sheet.header = [*dict.fromkeys([*sheet.header, "校验码", "抽中概率"])]
        numbers, shown = save(rng, sheet, merged, target)
        files.append(target)
        for upper, lower in merged:
            if not are_adjacent(numbers, upper, lower):  # a row came between, so that nothing was merged
                bad.pop(lower["编号"], None)
        intended |= {(doc, person): answer for doc, answer in meant.items()}
        rows = {id(row): row for row in sheet.rows}
        for key, column in bad.items():
            mine = [row for at, row in rows.items() if at == key or row.get("编号") == key]
            header = shown.get(column, column).strip()
            named += [(target.name, numbers[id(row)], header) for row in mine[:1]]
    return files, intended, named


def office_trips(office, folder, seeds, contacts, corpus, taxonomy):
    """Yield seed and result of trips whose workbooks LibreOffice has saved, all in one go."""
    trips = {seed: given_back(seed, folder, contacts, corpus, taxonomy) for seed in seeds}
    books = [str(path) for files, _, _ in trips.values() for path in files if path.suffix == ".xlsx"]
    command = [office, "--headless", "--convert-to", "xlsx", "--outdir", str(folder / "office"), *books]
    subprocess.run(command, check=True, capture_output=True, timeout=3600)
    for seed, (files, intended, named) in trips.items():
        saved = [folder / "office" / path.name if path.suffix == ".xlsx" else path for path in files]
        yield seed, compare(ct.read_tagging_workbook(saved, taxonomy=taxonomy), intended, named)


def compare(found, intended, named):
    """Return tags lost, wrong and bad cells not named."""
    came = {
        (row.doc_id, row.annotator): (
            row.category,
            row.subcategory if isinstance(row.subcategory, str) else None,
        )
        for row in found.tags.itertuples()
    }
    whole = found.problems["row"].isna() & (found.problems["column"] != "分类版本")
    columns = whole.any()
    wrong = [
        key
        for key, answer in came.items()
        if intended.get(key) != answer and not (columns and key in intended and intended[key][0] == answer[0])
    ]
    lost = [key for key in intended if key not in came and not columns]
    seen = set(zip(found.problems["file"], found.problems["row"], found.problems["column"], strict=True))
    unnamed = [cell for cell in named if cell not in seen and not columns]
    return lost, wrong, unnamed


def material():
    """Return contacts, their corpus and the taxonomy of the trips."""
    texts = [f"{WORDS[at % len(WORDS)]}，第{at // 2}次" for at in range(60)]
    contacts = pd.DataFrame({"doc_id": [f"c{at}" for at in range(60)], "text": texts})
    corpus = ct.Vectorizer().fit_transform(contacts)
    shop = [
        Category("refund", "退款"), Category("refund.slow", "到账慢", "refund", definition="钱没有退回来"),
        Category("refund.refused", "不肯退", "refund"), Category("parcel", "物流"),
        Category("parcel.late", "送得慢", "parcel"), Category("parcel.lost", "丢件", "parcel"),
        Category("service", "服务"), Category("service.rude", "态度差", "service"),
    ]  # fmt: skip
    return contacts, corpus, ct.Taxonomy(shop, name="shop", version="1")


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
    parser.add_argument("--office", type=int, default=20)
    given = parser.parse_args()
    contacts, corpus, taxonomy = material()
    office = shutil.which("soffice") or shutil.which("libreoffice")
    totals = np.zeros(3, dtype=int)
    seeds = range(given.first, given.first + given.trips)
    through = seeds[: given.office] if office else seeds[:0]
    with TemporaryDirectory() as name:
        folder = Path(name)
        results = chain(
            office_trips(office, folder, through, contacts, corpus, taxonomy) if through else (),
            ((seed, trip(seed, folder, contacts, corpus, taxonomy)) for seed in seeds[len(through) :]),
        )
        for seed, found in results:
            if any(found):
                print(f"trip {seed}: lost {found[0]}, wrong {found[1]}, unnamed {found[2]}", flush=True)
            totals += [len(part) for part in found]
            for path in folder.glob(f"*-{seed}.*"):
                path.unlink()
    how = f"{len(through)} through LibreOffice" if office else "LibreOffice is not installed"
    print(f"{given.trips} trips ({how}): lost {totals[0]}, wrong {totals[1]}, unnamed {totals[2]}")
    if given.rows:
        speed(given.rows)


if __name__ == "__main__":
    main()
