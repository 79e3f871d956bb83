import json
import re
from html.parser import HTMLParser

import pandas as pd
import pytest

import csatext as ct
from csatext.errors import SchemaError
from csatext.labels import cell_name, flag_names
from csatext.reporting.chapters.page import text_table
from csatext.reporting.format import (
    format_interval,
    format_number,
    format_p_value,
    format_percent,
    format_points,
)
from csatext.reporting.report import render_report, write_report
from csatext.reporting.standard_tables import standard_tables

VOID = {"meta", "br"}


class Outline(HTMLParser):
    """Collects what the tests look at, and holds that every element is closed in order."""

    def __init__(self):
        super().__init__()
        self.open, self.headings, self.ids, self.links, self.scopes, self.cells = [], [], [], [], [], 0
        self.language = None

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "html":
            self.language = given.get("lang")
        if "id" in given:
            self.ids.append(given["id"])
        if tag in ("h1", "h2", "h3"):
            self.headings.append(int(tag[1]))
        if tag == "th":
            self.scopes.append(given.get("scope"))
        self.links += [given[name] for name in ("src", "href", "xlink:href") if name in given]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def spoken(page):
    """Return a page without the marks of its numbers."""
    return re.sub(r"</?data[^>]*>", "", page)


def without_library(page):
    """Return a page without its script: the drawing library names the addresses of its schemas."""
    return re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)


def data_of(page):
    return json.loads(re.search(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.DOTALL)[1])


def charts(page):
    return data_of(page)["charts"]


def outline(page):
    parser = Outline()
    parser.feed(page)
    assert parser.open == []
    return parser


@pytest.fixture(scope="module")
def facts(corpus):
    sentiment = ct.Sentiment().transform(corpus)
    rules = ct.RuleClassifier().fit_transform(corpus)
    return ct.build_facts(corpus, sentiment, rules)


@pytest.fixture(scope="module")
def recent(facts):
    """The last eight weeks: for pages that are looked at for their words, since each week costs time."""
    return facts[facts["created_at"] >= "2026-05-11"]


@pytest.fixture(scope="module")
def page(facts):
    quality = pd.DataFrame(
        {
            "check": ["rejected", "doc_id_made"],
            "column": ["", "doc_id"],
            "n": [3, 2],
            "total": [2003, 2003],
            "rate": [3 / 2003, 2 / 2003],
            "detail": ["文本为空 3 行", "2 行没有编号，用行号代替"],
        }
    )
    tables = standard_tables(facts) | {"quality": quality}
    return render_report(facts, tables, title="五月 <报告>", absent={"主题": "联络太少"})


def test_the_page_is_well_formed_and_accessible(page):
    seen = outline(page)
    assert seen.language == "zh-CN"
    assert seen.headings[:2] == [1, 2]
    assert all(after - before <= 1 for before, after in zip(seen.headings, seen.headings[1:], strict=False))
    assert set(seen.scopes) == {"col", "row"}
    assert len(seen.ids) == len(set(seen.ids))


def test_every_link_stays_in_the_page(page):
    seen = outline(page)
    targets = {f"#{name}" for name in seen.ids}
    assert set(seen.links) <= targets
    assert not re.search(r"https?://", without_library(page))
    assert set(re.findall(r"url\(([a-z]+:)", without_library(page))) == {"data:"}


def test_chapters_in_the_order_of_need(page):
    titles = re.findall(r"<h2[^>]*>\d+\. ([^<]+)</h2>", page)
    # What needs the texts is not there: keywords, topics, cases, and remedies of a taxonomy.
    made = "摘要 数据质量 投诉分类 情感与风险 渠道×产品 趋势与预警 根因 服务指标 方法与口径"
    assert titles == made.split()
    for name in ("关键词", "主题", "典型案例"):
        assert f"章节「{name}」" in page
    assert "要有文本：请对 csatext run 的输出文件夹做报告" in page


def test_the_title_is_text_not_markup(page):
    assert "<h1>五月 &lt;报告&gt;</h1>" in page


def test_the_summary_says_how_much_and_what_was_lost(page, facts):
    rate = facts["is_negative"].mean()
    assert f"负面率 {rate:.1%}（{facts['is_negative'].sum():,}/2,000，95% 区间" in spoken(page)
    assert "读入时剔除 3 行：文本为空 3 行。" in spoken(page)
    assert "联络太少" in page


def test_dimensions_of_many_values_have_no_chart(facts, page):
    assert facts["agent_id"].nunique() > 30
    assert "取值较多" in page
    assert "坐席的负面率走势" not in page
    assert "未归类" in str(charts(page)[0]["spec"])  # the largest class of all is drawn as what it is


def test_same_facts_same_page(recent):
    tables = standard_tables(recent)
    assert render_report(recent, tables) == render_report(recent, tables)


def test_words_of_the_data_cannot_break_the_page(recent):
    bad = "</script><img src=x onerror=alert(1)>"
    odd = recent.assign(product=recent["product"].where(recent["product"] != recent["product"].iloc[0], bad))
    page = render_report(odd, standard_tables(odd))
    assert "<img" not in page
    outline(page)
    assert bad in str(charts(page))


def test_a_page_loads_nothing_and_its_words_cannot_turn_the_text(recent, page):
    assert "default-src 'none'" in page.split("<style>")[0]
    odd = recent.assign(channel=recent["channel"].astype("str").replace({"电话": "电话\u202e\x1b[2J"}))
    shown = render_report(odd, standard_tables(odd))
    assert "\u202e" not in shown
    assert "\x1b" not in shown
    assert "电话\\u202e\\x1b[2J" in shown


def test_size(page):
    assert len(page.encode()) < 2_000_000


def test_write_report_from_facts_alone(facts, tmp_path):
    bare = facts[["is_negative"]]
    path = write_report(bare, tmp_path / "r.html")
    page = path.read_text("utf-8")
    outline(page)
    assert "没有列「created_at」" in page
    with pytest.raises(SchemaError, match="is_negative"):
        write_report(facts.drop(columns="is_negative"), tmp_path / "none.html")
    assert [item.name for item in tmp_path.iterdir()] == ["r.html"]


def test_facts_from_elsewhere_need_no_column_of_periods(facts, tmp_path):
    bare = facts[["created_at", "channel", "product", "is_negative"]]
    bare, facts = bare.head(600), facts.head(600)
    for freq in ("W", "Q"):
        found = standard_tables(bare, by=["channel"], freq=freq)["root_causes"]
        assert found.equals(standard_tables(facts, by=["channel"], freq=freq)["root_causes"][found.columns])
    assert ct.write_report(bare, tmp_path / "r.html").exists()


def test_another_flag(recent):
    flagged = recent.assign(转人工=recent["n_transfers"] > 0)
    page = render_report(flagged, standard_tables(flagged, measure="转人工"), measure="转人工")
    assert "转人工率" in page
    assert "转人工率走势" in page and "负面率走势" not in page
    assert flag_names("resolved") == ("解决率", "解决数")


def test_cells():
    assert [format_number(x) for x in (1234567, 0.5, -3, None)] == ["1,234,567", "0.50", "-3", "—"]
    assert [format_percent(x) for x in (0.0, 1.0, 0.12345)] == ["0.0%", "100.0%", "12.3%"]
    assert format_points(0.05) == "+5.0 个百分点"
    assert [format_p_value(x) for x in (0.0009, 0.04999, float("nan"))] == ["<0.001", "0.05", "—"]
    assert format_interval(None, 1, format_percent) == "—"
    table = text_table(
        pd.DataFrame({"a": ["x", None], "n": [1, 2]}), [("a", "甲", None), ("n", "数", format_number)], 1
    )
    assert table.rows == (("x", "1"),)
    assert table.left_out == 1
    assert cell_name({"channel": "电话", "机型": None}, ["channel", "机型"]) == "渠道=电话"
    assert cell_name({"channel": None}, ["channel"]) == "整体"


def dated(weeks, rows):
    """Return facts of (week from 0, product, channel, whether bad), from Monday 2026-01-05 on."""
    made = pd.DataFrame(rows, columns=["at", "product", "channel", "is_negative"])
    day = pd.to_timedelta(made["at"] * 7 + made.index % 7, unit="D")
    created = pd.Timestamp("2026-01-05") + day
    assert made["at"].max() == weeks - 1
    return made.drop(columns="at").assign(created_at=created, week=created.dt.strftime("%G-W%V"))


def test_a_new_product_is_said_to_be_new(tmp_path):
    rows = [
        (week, product, ["电话", "在线"][at % 2], at < 15)
        for week in range(6)
        for product in ("A1", "B2", "C3")
        for at in range(100)
    ]
    rows += [(5, "新品X", ["电话", "在线"][at % 2], at < 190) for at in range(200)]
    facts = dated(6, rows)
    page = spoken(write_report(facts, tmp_path / "r.html").read_text("utf-8"))
    assert "产品=新品X：首次出现，190/200（负面率 95.0%）" in page
    assert "首次出现 → 95.0%（190/200）" in page
    found = standard_tables(facts)["episodes"].iloc[0]
    assert pd.isna(found["before"]) and pd.isna(found["excess"])
    # A product that was sold before the baseline, and comes back, is no new one.
    back = dated(6, [(0, "新品X", "电话", False), *rows])
    page = spoken(render_report(back, standard_tables(back, baseline_periods=4)))
    assert "产品=新品X：此前 4 周没有，190/200" in page and "首次出现，" not in page


@pytest.mark.parametrize(("flag", "rate"), [(True, "100.0%"), (False, "0.0%")])
def test_a_constant_flag_has_its_contacts_explained(flag, rate):
    rows = [(week, "宽带", ["电话", "在线"][at % 2], flag) for week in range(8) for at in range(20)]
    rows += [(6, "宽带", "在线", flag)] * 30
    facts = dated(8, rows)
    tables = standard_tables(facts)
    row = tables["episodes"].iloc[0]
    # Ten a week in each channel, and 30 more: 40 against 4 x 10.
    assert (row["channel"], row["first_period"], row["before"], row["after"]) == ("在线", "2026-W08", 10, 40)
    assert (row["numerator"], row["denominator"], row["excess"]) == (40, 1, 30)
    assert (round(row["excess_low"], 1), round(row["excess_high"], 1)) == (18.0, 44.7)
    page = spoken(render_report(facts, tables))
    assert f"全部联络的负面率都是 {rate}，率没有变化可言，这里解释的是联络数。" in page
    assert "渠道=在线：联络数由每期 10 条升到 40 条，比原来的水平多出约 30 条（区间 18 – 45）" in page


def test_a_window_without_variation_of_a_flag_that_varies_is_a_rate():
    # Weeks 2 to 6 are all negative, and the number of contacts rises: the rate did not move.
    rows = [
        (week, "宽带", ["电话", "在线"][at % 2], week > 0 or at > 5) for week in range(7) for at in range(20)
    ]
    rows += [(5, "宽带", "在线", True)] * 60
    tables = standard_tables(dated(7, rows))
    assert tables["root_causes"].attrs["is_rate"] and not len(tables["episodes"])


def test_rates_of_a_machine_are_called_so_until_people_have_tagged_a_sample(tmp_path):
    facts = pd.DataFrame({"doc_id": range(400), "is_negative": [True, False] * 200, "category": "物流"})
    page = spoken(write_report(facts, tmp_path / "a.html").read_text("utf-8"))
    assert "负面率、投诉类别由机器判断，未经抽检校正。" in page
    said = write_report(facts.assign(promised=True), tmp_path / "b.html", measure="promised").read_text(
        "utf-8"
    )
    assert "负面率、" not in said
    # A quarter of the machine's flags are wrong in a sample of 100: 50 % becomes 37.5 %.
    tags = pd.DataFrame({"doc_id": range(0, 400, 4), "inclusion_probability": 0.25, "is_negative": True})
    tags["is_negative"] = tags["doc_id"] % 16 != 0
    odd = pd.DataFrame({"doc_id": range(1, 400, 4), "inclusion_probability": 0.25, "is_negative": False})
    page = spoken(write_report(facts, tmp_path / "c.html", audit=pd.concat([tags, odd])).read_text("utf-8"))
    assert "按 200 条抽检校正后为 37.5%" in page


def test_every_chapter_says_whether_its_rates_are_corrected(tmp_path):
    n = 640
    facts = pd.DataFrame(
        {
            "doc_id": range(n),
            "channel": ["电话", "在线"] * (n // 2),
            "created_at": pd.date_range("2026-01-05", periods=n, freq="3h"),
            "category": ["物流", "物流", "物流", "退款"] * (n // 4),
            "is_negative": [True, False, False, False] * (n // 4),
            "signal_anger": [True] + [False] * (n - 1),
        }
    )
    page = spoken(write_report(facts, tmp_path / "a.html").read_text("utf-8"))
    titles = [part.split("</h2>")[0].split(". ")[-1] for part in page.split("<h2")[1:]]
    chapters = dict(zip(titles, page.split("<h2")[1:], strict=True))
    by_machine = ("摘要", "根因", "趋势与预警", "投诉分类", "情感与风险", "按维度分组")
    assert [title for title in by_machine if "未经抽检校正" not in chapters[title]] == []

    # People find half of the machine's flags wrong: 25 % become 12.5 %.
    tags = facts[facts["doc_id"] // 4 % 2 == 0][["doc_id", "category"]].assign(inclusion_probability=0.5)
    tags["is_negative"] = (tags["doc_id"] % 16 == 0).to_numpy()
    page = spoken(write_report(facts, tmp_path / "b.html", audit=tags).read_text("utf-8"))
    chapters = dict(zip(titles, page.split("<h2")[1:], strict=True))
    for title in ("摘要", "趋势与预警", "按维度分组"):
        assert "按 320 条抽检校正后为 12.5%" in chapters[title], title
    assert "负面率（抽检校正）" in chapters["摘要"]
    assert "机器判断" in chapters["趋势与预警"]
    assert "各类别的占比（抽检校正）" in chapters["投诉分类"]
    assert "未经抽检校正" in chapters["根因"]  # causes compare labels of the machine
    with pytest.raises(ct.SchemaError, match="is_negative"):
        write_report(facts, tmp_path / "c.html", audit=tags[["doc_id", "inclusion_probability"]])
