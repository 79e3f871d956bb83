"""The page as a reader meets it: drawn offline in Chromium, filtered, sorted, searched, read by axe."""

from __future__ import annotations

import base64
import html
import io
import json
import re
import shutil

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from fontTools.ttLib import TTFont
from playwright.sync_api import expect, sync_playwright

from csatext.reporting.report import render_report

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium here: apt-get install chromium, or run .ci/run as root"
)


@pytest.fixture(scope="module")
def report(small_run, tmp_path_factory):
    """Return the page of a small centre whose channels and products are hostile text."""
    path = tmp_path_factory.mktemp("page") / "report.html"
    columns = ["check", "column", "n", "total", "rate", "detail"]
    tables = small_run.tables | {"quality": pd.DataFrame(columns=columns)}
    path.write_text(render_report(small_run.facts, tables, title="浏览器 <b>里的</b>报告"), "utf-8")
    return path


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def opened(browser, report):
    """Return the page, opened without a network, with everything that the console said."""
    context = browser.new_context(offline=True, viewport={"width": 1200, "height": 900})
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: said.append(dialog.message) or dialog.dismiss())
    page.on("request", lambda request: said.append(request.url) if request.url[:4] == "http" else None)
    page.goto(report.as_uri())
    page.wait_for_selector("html[data-ready]", timeout=10_000)
    return page, said


def wait_for_charts(page):
    page.evaluate("dispatchEvent(new Event('beforeprint'))")  # all of them, wherever the page is scrolled to
    expect(page.locator("[data-chart]:not(:has(svg))")).to_have_count(0)


def test_every_chart_is_drawn_offline_and_the_console_is_silent(opened):
    page, said = opened
    wait_for_charts(page)
    drawn = page.evaluate(
        "[...document.querySelectorAll('[data-chart] svg')].map(one => one.getBoundingClientRect().height)"
    )
    assert len(drawn) >= 12
    assert min(drawn) > 20
    assert page.evaluate("document.querySelectorAll('main section').length") == 14
    assert page.evaluate("document.querySelectorAll('main img, main script').length") == 0
    assert said == []


def test_every_character_has_a_glyph(report):
    text = report.read_text("utf-8")
    encoded = re.search(r"font/otf;base64,([^)]*)\)", text)[1]
    known = set(TTFont(io.BytesIO(base64.b64decode(encoded))).getBestCmap())
    shown = re.sub(r"<(script|style)[^>]*>.*?</\1>", "", text, flags=re.DOTALL)
    shown = html.unescape(re.sub(r"<[^>]+>", "", shown))
    shown += str(json.loads(re.search(r'id="page-data">(.*?)</script>', text, re.DOTALL)[1]))
    assert "[表情]" in shown  # the customers of the centre write some
    missing = {sign for sign in set(shown) if ord(sign) > 32 and ord(sign) not in known}
    assert missing == set()


def test_tables_are_sorted_searched_and_downloaded(opened, tmp_path):
    page, _ = opened
    table = page.locator("table[data-table='breakdown_product']")
    page.locator("details", has=table).evaluate("one => { one.open = true; }")
    head = table.locator("thead th", has_text="联络数")
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    column = "one => [...one.tBodies[0].rows].map(row => Number(row.cells[1].dataset.value))"
    numbers = table.evaluate(column)
    assert numbers == sorted(numbers, reverse=True)
    head.locator("button").click()
    assert table.evaluate(column) == sorted(numbers)

    box = page.locator(".table", has=page.locator("table[data-table='completeness']"))
    box.locator("input").fill("产品")
    assert box.locator("tbody tr:visible").count() == 1
    box.locator("input").fill("")
    with page.expect_download() as waited:
        page.locator(".table", has=table).locator("button", has_text="CSV").click()
    waited.value.save_as(tmp_path / "a.csv")
    text = (tmp_path / "a.csv").read_bytes().decode("utf-8")
    assert text.startswith('\ufeff"产品",')
    assert '"\'=HYPERLINK(1)"' in text  # a formula stays text in a spreadsheet


def test_a_click_on_a_bar_filters_the_cases_and_says_so(opened):
    page, _ = opened
    wait_for_charts(page)
    count = page.locator("#case-count")
    whole = int(re.search(r"\d+", count.inner_text())[0])
    first = page.locator("#categories [data-chart]").first
    first.locator("[aria-roledescription='bar']").nth(0).click()
    said = page.locator("#chosen").inner_text()
    chosen = page.locator("select[data-filter='category']").evaluate("one => one.selectedOptions[0].text")
    assert f"投诉类别：{chosen}" in said
    found = int(re.search(r"\d+", count.inner_text())[0])
    assert 0 < found < whole
    assert page.locator(".cases li").first.locator(".source").inner_text().startswith(chosen)
    page.locator("#chosen button", has_text="清除筛选").click()
    assert int(re.search(r"\d+", count.inner_text())[0]) == whole

    word = page.locator(".cases mark").first.inner_text()
    page.locator("#case-search").fill(word)
    expect(count).not_to_contain_text(f"{whole} 条")
    texts = page.locator(".cases li p:first-child").all_inner_texts()
    assert texts and all(word.lower() in text.lower() for text in texts)
    page.locator(".filters button").click()


def test_axe_finds_nothing_serious_by_day_and_by_night(opened):
    page, _ = opened
    # Inside a drawing there is an image to a reader; rows further down are built as those above.
    whole = {"exclude": [[".drawing svg"], ["tbody tr:nth-child(n+4)"], [".cases li:nth-child(n+4)"]]}
    part = {"include": [["header"], ["nav"], ["#summary"], ["#categories"], ["#methods"]]}
    contrast = {"runOnly": ["color-contrast"]}
    for theme, read, options in (("light", whole, None), ("dark", part, contrast)):
        page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        found = Axe().run(page, context=read, options=options).response["violations"]
        serious = [one for one in found if one["impact"] in ("serious", "critical")]
        assert {one["id"]: one["nodes"][0]["html"][:200] for one in serious} == {}


def test_a_phone_shows_legible_charts_without_scrolling_sideways(opened):
    page, said = opened
    page.set_viewport_size({"width": 390, "height": 800})
    page.wait_for_timeout(400)
    wait_for_charts(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    sizes = page.evaluate(
        """[...document.querySelectorAll('[data-chart] svg')].flatMap(one => {
             const scale = one.getBoundingClientRect().width / one.viewBox.baseVal.width;
             const size = text => parseFloat(getComputedStyle(text).fontSize) * scale;
             return [...one.querySelectorAll('text')].map(size);
           })"""
    )
    assert min(sizes) >= 9
    assert said == []


def test_without_a_script_sentences_tables_and_cases_stand_there(browser, report):
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto(report.as_uri())
    assert page.locator(".answers dd").count() == 5
    assert page.locator("table[data-table='breakdown_product'] tbody tr").first.is_visible()
    assert page.locator(".cases li").count() == 20
    assert "<noscript>图要用 JavaScript 画" in page.content()
    context.close()
