"""The deck: chapters with data alone, numbers of the tables, nothing overfull, templates of users."""

import io
import json
import re
import zipfile
from xml.etree import ElementTree

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hostile_facts import hostile_facts, lacking
from pptx import Presentation
from pptx.util import Emu

import csatext as ct
from csatext.reporting.deck import deck_template
from csatext.reporting.deck.text_fit import clip, fitting_size, n_lines, text_ems
from csatext.reporting.deck.write_deck import CHAPTERS, deck_of, slide_plans
from csatext.reporting.office.meeting_tables import meeting_tables
from csatext.reporting.run_tables import RunTables, run_tables
from csatext.reporting.workbook.write_workbook import workbook_of

LINE = re.compile(r"^(\S+) ← (\S+) (\{.*\}) (\S+) = (.+)$")


@pytest.fixture(scope="module")
def run(center):
    """Facts of the simulated centre with what analyses would add, made up from its truth."""
    facts = center.contacts.drop(columns=["text", "region", "carrier", "agent_id"]).set_index("doc_id")
    facts = facts[facts["created_at"] >= "2026-05-11"].copy()  # eight weeks: each costs a search for causes
    n = np.arange(len(facts))
    facts["is_negative"] = n % 5 < 2
    facts["is_complaint"] = n % 5 < 3
    facts["category"] = np.where(n % 3 == 0, "物流配送", np.where(n % 3 == 1, "服务态度", "未归类"))
    facts["journey_stage"] = np.where(n % 3 == 0, "交付", "售后")
    facts["kind"] = np.where(n % 5 < 3, "complaint", "inquiry")
    facts["signal_churn"], facts["signal_effort"] = n % 11 == 0, n % 7 == 0
    facts["signal_disappointment"] = n % 13 == 0
    return meeting_tables(run_tables(facts))


@pytest.fixture(scope="module")
def deck(run, tmp_path_factory):
    return deck_of(run, tmp_path_factory.mktemp("deck") / "report.pptx")


def texts_of(slide):
    for shape in slide.shapes:
        if shape.has_text_frame:
            yield shape.text_frame.text
        if getattr(shape, "has_table", False) and shape.has_table:
            yield from (cell.text for row in shape.table.rows for cell in row.cells)


def test_every_chapter_with_data_has_its_slides(run, deck):
    plans = slide_plans(run)
    order = [name for name, _ in CHAPTERS]
    chapters = [plan.chapter for plan in plans[:-1]]
    assert [name for name in order if name in chapters] == list(dict.fromkeys(chapters))
    missing = set(order) - set(chapters)
    assert missing <= {"建议"}  # nothing need be worse than the rest
    slides = Presentation(deck).slides
    assert len(slides) == len(plans) + 1 >= 17
    assert sum(any(shape.has_chart for shape in slide.shapes) for slide in slides) >= 10
    for plan, slide in zip(plans, list(slides)[1:], strict=True):
        assert slide.shapes.title.text_frame.text
        if plan.chapter != "附录":
            assert re.search(r"\d", str(plan.title)), plan.title
        words = " ".join(texts_of(slide))
        assert "n = " in words
        notes = slide.notes_slide.notes_text_frame.text
        assert "数字出处" in notes


def test_every_number_of_the_notes_is_the_cell_it_names(run, deck):
    checked = 0
    for slide in Presentation(deck).slides:
        if not slide.has_notes_slide:
            continue
        for line in slide.notes_slide.notes_text_frame.text.split("\n"):
            found = LINE.match(line)
            if found is None:
                continue
            _, table, row, column, value = found.groups()
            frame = run.tables[table]
            mask = np.ones(len(frame), dtype=bool)
            for name, wanted in json.loads(row).items():
                mask &= (
                    frame[name].map(lambda cell: None if pd.isna(cell) else str(cell)) == wanted
                ).to_numpy()
            assert mask.any(), line
            assert float(frame[column][mask].iloc[0]) == pytest.approx(float(value)), line
            checked += 1
    assert checked > 150


def test_charts_hold_the_values_of_the_tables_and_text_stays_text(hostile_run, tmp_path):
    run = hostile_run
    path = deck_of(run, tmp_path / "a.pptx", title="=1+1 \u202e</a:t>")
    table = run.tables["breakdown_channel"].set_index("channel")["value"]
    presentation = Presentation(path)
    seen = 0
    for slide in presentation.slides:
        for shape in slide.shapes:
            if not shape.has_chart:
                continue
            book = openpyxl.load_workbook(io.BytesIO(shape.chart.part.chart_workbook.xlsx_part.blob))
            cells = [cell for row in book.active.iter_rows() for cell in row]
            assert "f" not in {cell.data_type for cell in cells}
            plot = shape.chart.plots[0]
            for at, value in enumerate(plot.series[0].values):
                assert (
                    book.active.cell(at + 2, 2).value == pytest.approx(value) if value is not None else True
                )
            if plot.series[0].name == "数值" and "=1+1" in list(plot.categories):
                value = plot.series[0].values[list(plot.categories).index("=1+1")]
                seen += value == pytest.approx(table["=1+1"])
    assert seen
    with zipfile.ZipFile(path) as packed:
        for name in packed.namelist():
            if name.endswith((".xml", ".rels")):
                ElementTree.fromstring(packed.read(name))
    assert path.stat().st_size < 5e6


def test_nothing_runs_over(run, deck):
    presentation = Presentation(deck)
    width, height = presentation.slide_width, presentation.slide_height
    assert width / height == pytest.approx(16 / 9, rel=1e-3)
    for slide in presentation.slides:
        boxes = [(s.left, s.top, s.left + s.width, s.top + s.height) for s in slide.shapes]
        assert all(box[0] >= 0 and box[1] >= 0 and box[2] <= width and box[3] <= height for box in boxes)
        for shape in slide.shapes:
            if getattr(shape, "has_table", False) and shape.has_table:
                assert len(shape.table.rows) <= 11
            if shape.has_text_frame and shape.text_frame.text:
                sizes = [r.font.size.pt for p in shape.text_frame.paragraphs for r in p.runs]
                lines = n_lines(shape.text_frame.text, Emu(shape.width).pt - 14, max(sizes))
                assert lines * max(sizes) * 1.2 <= Emu(shape.height).pt + 8, shape.text_frame.text


def test_fonts_name_the_east_asian_one(deck):
    with zipfile.ZipFile(deck) as packed:
        slides = [
            name for name in packed.namelist() if re.match(r"ppt/(slides/slide|charts/chart)\d+\.xml", name)
        ]
        assert all(b'<a:ea typeface="Microsoft YaHei"/>' in packed.read(name) for name in slides)
        theme = packed.read("ppt/theme/theme1.xml").decode()
    assert theme.count('<a:ea typeface="Microsoft YaHei"/>') == 2


@pytest.mark.parametrize(("name", "facts"), lacking().items())
def test_what_facts_lack_has_no_chapter_and_no_sheet(name, facts, tmp_path):
    run = meeting_tables(run_tables(facts))
    chapters = {plan.chapter for plan in slide_plans(run)}
    assert len(Presentation(deck_of(run, tmp_path / "a.pptx")).slides) >= 2
    absent = {"no channel": {"渠道"}, "no scores": {"满意度", "评分"}, "no times": {"资源"}}
    assert not chapters & absent.get(name, set())
    if name == "none":
        assert chapters == {"附录"}
    names = openpyxl.load_workbook(workbook_of(run, tmp_path / "a.xlsx"), read_only=True).sheetnames
    assert names[:2] == ["封面", "图表"]
    assert names[-2:] == ["口径", "数字出处"]
    if name == "no channel":
        assert not any("渠道" in sheet for sheet in names)


def test_a_rise_is_no_conclusion_without_its_test():
    weeks = pd.date_range("2026-01-05", periods=70, freq="D").repeat(6)
    facts = pd.DataFrame(
        {"created_at": weeks, "is_negative": np.arange(420) % 2 == 0, "csat": np.arange(420) % 5 + 1}
    )
    run = meeting_tables(run_tables(facts))
    said = " ".join(str(plan.title) + " ".join(map(str, plan.points)) for plan in slide_plans(run))
    assert "持续上升" not in said
    assert "持续下降" not in said
    assert "没有明显的升降趋势" in said


def test_a_thousand_categories_are_cut_and_the_cut_is_said(tmp_path):
    shares = pd.DataFrame(
        {"category": [f"类别{at}的很长很长的名字" for at in range(1000)], "rank": range(1, 1001)}
    )
    shares = shares.assign(numerator=2, denominator=2000, value=0.001, low=0.0, high=0.01)
    empty = ("period", "before", "after", "change", "change_low", "change_high", "has_changed")
    shares = shares.assign(**dict.fromkeys(empty))
    facts = pd.DataFrame(
        {"is_complaint": [True] * 4, "is_negative": [True, False] * 2, "category": ["a", "b"] * 2}
    )
    run = RunTables(facts, {"shares_is_complaint_category": shares}, {}, "is_negative")
    path = deck_of(run, tmp_path / "a.pptx")
    slide = next(s for s in Presentation(path).slides if any(shape.has_chart for shape in s.shapes))
    assert "另有 990 个没有画出" in " ".join(texts_of(slide))
    assert "类别0的很长很长的名字" in slide.notes_slide.notes_text_frame.text


def test_layouts_of_a_template_are_used(run, tmp_path):
    template = Presentation()  # 4:3, with a slide of its own
    template.slides.add_slide(template.slide_layouts[1]).shapes.title.text = "旧的一页"
    template.slide_layouts[1]._element.cSld.set("name", "公司内容页")
    path = tmp_path / "模板.pptx"
    template.save(path)
    small = run_tables(hostile_facts(60)[["is_negative", "is_complaint", "csat"]])
    made = Presentation(ct.write_deck(small.facts, tmp_path / "a.pptx", template=path))
    assert made.slide_width == template.slide_width
    assert "旧的一页" not in " ".join(text for slide in made.slides for text in texts_of(slide))
    assert {slide.slide_layout.name for slide in list(made.slides)[1:]} == {"公司内容页"}
    potx = tmp_path / "模板.potx"
    with zipfile.ZipFile(path) as read, zipfile.ZipFile(potx, "w") as written:
        for name in read.namelist():
            data = read.read(name).replace(b"presentation.main+xml", b"template.main+xml")
            written.writestr(name, data)
    assert len(Presentation(ct.write_deck(small.facts, tmp_path / "b.pptx", template=potx)).slides) == len(
        made.slides
    )
    bare = Presentation()
    for layout in list(bare.slide_layouts)[:-1]:
        bare.slide_layouts.remove(layout)
    for holder in list(bare.slide_layouts[0].placeholders):
        holder._element.getparent().remove(holder._element)
    bare.save(path)
    made = Presentation(ct.write_deck(small.facts, tmp_path / "c.pptx", template=path))
    assert all(any(text for text in texts_of(slide)) for slide in made.slides)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "已损坏"),
        (b"PK\x03\x04broken", "已损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "密码"),
        (None, "不存在"),
    ],
)
def test_a_broken_template_is_one_sentence(content, why, tmp_path):
    path = tmp_path / "坏.pptx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ct.InputError, match=why):
        ct.write_deck(pd.DataFrame({"is_negative": [True]}), tmp_path / "a.pptx", template=path)
    assert not (tmp_path / "a.pptx").exists()


def test_a_missing_package_is_one_sentence(monkeypatch, tmp_path):
    def none(_name):
        raise ImportError

    monkeypatch.setattr(deck_template, "import_module", none)
    with pytest.raises(ct.InputError, match=r"csatext\[deck\]"):
        ct.write_deck(pd.DataFrame({"is_negative": [True]}), tmp_path / "a.pptx")
    monkeypatch.undo()
    with pytest.raises(ct.InputError, match=r"只写成 \.pptx"):
        ct.write_deck(pd.DataFrame({"is_negative": [True]}), tmp_path / "a.ppt")


def test_text_is_measured():
    assert text_ems("联络") == 2
    assert n_lines("一二三四五六七八九十", 100, 20) == 3
    assert fitting_size(["一" * 200], 100, 50, (20, 10)) is None
    assert clip("一二三四五", 3) == "一二…"
