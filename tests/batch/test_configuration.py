from dataclasses import fields
from pathlib import Path

import pytest

from csatext.batch.configuration import (
    AnalysisSection,
    Configuration,
    PrivacySection,
    ReportSection,
    TablesSection,
    TextSection,
    as_toml,
    load_configuration,
)
from csatext.errors import ConfigError
from csatext.ingest.options import ReadOptions

FULL = """
[input]
dayfirst = true
columns = {text = "投诉内容"}
encoding = "gb18030"
sheet = "五月"
delimiter = ";"
query = "select 1"
timezone = "UTC"
duplicates = "first"
unreadable_dates = "keep"
since = "2026-05"
until = "2026-06"
kind = "turns"
[text]
terms = ["七天无理由"]
lexicons = []
min_df = 3
simplify = false
stop_words.extra = ["您好"]
n_jobs = 2
[privacy]
keep = ["agent_id"]
pseudonymize = "k"
[analysis]
n_topics = 0
n_keywords = 5
random_state = 7
model = "m.csatext"
[tables]
by = ["channel"]
measure = "resolved"
freq = "M"
baseline_periods = 2
alpha = 0.01
[report]
title = "五月"
"""


def load(tmp_path, text):
    path = tmp_path / "c.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_configuration(path)


def test_every_key_is_read(tmp_path):
    made = load(tmp_path, FULL)
    assert made.input.columns == {"text": "投诉内容"}
    assert made.text.terms == ["七天无理由"]
    assert made.tables.alpha == 0.01
    default, settings = Configuration().to_dict(), made.to_dict()
    same = [(s, k) for s in settings for k in settings[s] if settings[s][k] == default[s][k]]
    assert same == [("analysis", "taxonomy")]


def test_an_empty_file_is_the_default_and_a_bom_is_taken(tmp_path):
    assert load(tmp_path, "") == Configuration()
    assert load(tmp_path, b"\xef\xbb\xbf[report]\ntitle='x'").report.title == "x"
    assert load(tmp_path, "[tables]\nalpha = 0.5").tables.alpha == 0.5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[tables]\nbyy = ['x']", r"「tables.byy」.*是不是想写「tables.by」"),
        ("[table]\nby = ['x']", r"「table」.*是不是想写「tables」"),
        ("[tables]\nby = 'x'", "字符串列表"),
        ("[tables]\nby = [1]", "字符串列表"),
        ("[tables]\nby = ['a', 'a']", "不重复"),
        ("tables = 1", "一节"),
        ("[text]\nn_jobs = 1.5", "整数"),
        ("[text]\nn_jobs = true", "整数"),
        ("[text]\nn_jobs = 0", "不小于 1"),
        ("[text]\nsimplify = 1", "true 或 false"),
        ("[input]\ncolumns = {text = 1}", "键值都是字符串"),
        ("[tables]\nalpha = 0.95", "键 tables.alpha=0.95.*alpha 是误报率"),
        ("[tables]\nlevel = 0.05", "不认识的键「tables.level」"),
        ("[tables]\nalpha = 'x'", "小数"),
        ("[tables]\nfreq = 'H'", "W（周）"),
        ("[analysis]\nn_topics = -1", "不小于 0"),
        ("[analysis]\ntaxonomy = '/none.yaml'", "不存在"),
        ("= 1", "不是合法的 TOML"),
        ("title = '中'".encode("gb18030"), "不是 UTF-8"),
    ],
)
def test_a_bad_file_is_one_sentence_that_names_the_place(tmp_path, text, message):
    with pytest.raises(ConfigError, match=message) as caught:
        load(tmp_path, text)
    assert "c.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_every_section_is_written_as_it_is_read(tmp_path, monkeypatch):
    given = Configuration(
        input=ReadOptions(
            columns={"text": ["标题", '内"容\x7f'], "doc_id": "编号"},
            sheet=1,
            dayfirst=True,
            since="2026-05",
            duplicates="latest",
            delimiter="\t",
            query="select '好'\nfrom t",
            unreadable_dates="keep",
        ),
        text=TextSection(["退款"], ["terms"], {"extra": ["您好"]}, 3, False, 2),
        privacy=PrivacySection(["agent_id"], "s3cret"),
        analysis=AnalysisSection(5, 7, "telecom", "m.csatext", 9),
        tables=TablesSection(["channel"], "is_complaint", "W", 6, 1e-5),
        report=ReportSection("月报 😀"),
    )
    for section in fields(given):
        default = getattr(Configuration(), section.name)
        for item in fields(default):
            changed = getattr(getattr(given, section.name), item.name) != getattr(default, item.name)
            assert changed or item.name in ("encoding", "timezone", "kind", "until", "lexicons"), item.name
    monkeypatch.setenv("CSATEXT_PSEUDONYMIZE", "s3cret")
    for number, configuration in enumerate((given, Configuration())):
        path = tmp_path / f"{number}.toml"
        path.write_text(as_toml(configuration), "utf-8")
        assert load_configuration(path) == configuration
    assert "s3cret" not in as_toml(given)


def test_no_file(tmp_path):
    with pytest.raises(ConfigError, match="请检查路径和权限"):
        load_configuration(tmp_path / "none.toml")
    with pytest.raises(ConfigError, match="请检查路径和权限"):
        load_configuration(tmp_path)


def test_the_command_line_wins():
    made = Configuration().with_given(columns={"text": "内容"}, encoding="big5")
    assert made.input.columns == {"text": "内容"}
    assert made.with_given(columns={}, encoding="").input == made.input


@pytest.mark.parametrize("written", ['["标题", "内容"]', '"标题,内容"', '"标题"'])
def test_the_text_may_be_several_headers(tmp_path: Path, written: str) -> None:
    path = tmp_path / "a.toml"
    path.write_text(f"[input.columns]\ntext = {written}\n", encoding="utf-8")
    assert load_configuration(path).input.columns["text"] in (["标题", "内容"], "标题,内容", "标题")


@pytest.mark.parametrize("written", ["3", "[1, 2]", "true"])
def test_other_values_of_columns_are_refused(tmp_path: Path, written: str) -> None:
    path = tmp_path / "a.toml"
    path.write_text(f"[input.columns]\ntext = {written}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="columns"):
        load_configuration(path)
