"""The shipped lists: form, coherence, and the table in ``lexicons/README.md``.

If a hash or a count differs, run ``python benchmarks/refresh_lexicon_readme.py`` and commit the README.
"""

import runpy
from pathlib import Path

import pytest

import csatext as ct

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "lexicons"
LISTS = (
    "fillers",
    "intensifiers",
    "negators",
    "polarity",
    "ratings",
    "service_signals",
    "stopwords",
    "synonyms",
    "units",
)
COMPLAINTS = (
    *("敷衍", "推诿", "踢皮球", "乱扣费", "石沉大海", "态度恶劣", "不作为"),
    *("掉线", "卡顿", "爆仓", "缺斤少两", "没人管", "打不通"),
)
THREATS = ["12315", "12345", "曝光", "起诉", "律师函", "银保监", "消协", "已报警", "黑猫投诉"]
SIGNALS = {
    *("anger", "anxiety", "disappointment", "urgency", "effort", "escalation"),
    *("churn", "praise", "suggestion", "safety", "legal"),
}
AUTHORITIES = ["12315", "12345", "曝光", "起诉", "律师函", "工信部申诉", "银保监", "消协", "报警", "黑猫投诉"]


@pytest.fixture(scope="module")
def polarity():
    return ct.Lexicon.load("polarity").table


def test_readme_table_matches_the_files():
    tool = runpy.run_path(str(ROOT / "benchmarks" / "refresh_lexicon_readme.py"))
    text = (FOLDER / "README.md").read_text("utf-8")
    fresh = tool["table"](FOLDER, text)
    stale = sorted(set(fresh.splitlines()) ^ set(text[text.index(tool["HEADER"]) :].splitlines()))
    assert not stale, "run: python benchmarks/refresh_lexicon_readme.py"
    assert " ? |" not in text, "fill in origin and licence of the new file in lexicons/README.md"


@pytest.mark.parametrize("name", LISTS)
def test_lists_are_utf8_sorted_unique_and_sourced(name):
    data = (FOLDER / f"{name}.tsv").read_bytes()
    assert not data.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in data
    assert data.endswith(b"\n")
    lines = data.decode("utf-8").splitlines()
    terms = [line.split("\t")[0] for line in lines[1:]]
    assert terms == sorted(set(terms))
    assert all(term == term.strip() for term in terms)
    loaded = ct.Lexicon.load(name)
    assert len(loaded) == len(terms)
    assert loaded.table["source"].notna().all()


def test_stop_words_hold_no_negator_and_no_polar_word(polarity):
    stop = set(ct.Lexicon.load("stopwords"))
    polar = set(polarity.loc[polarity["valence"] != 0, "term"])
    assert not stop & set(ct.Lexicon.load("negators"))
    assert not stop & polar
    assert not stop & {
        "不",
        "没",
        "没有",
        "不能",
        "别",
        "未",
        "无",
        "非",
        "不会",
        "不要",
        "未能",
        "毫无",
        "从不",
    }
    assert {"的", "了", "我", "您好", "请问", "谢谢"} <= stop
    assert 400 <= len(stop) <= 700


def test_sentiment_lists_do_not_overlap(polarity):
    negators, intensifiers = set(ct.Lexicon.load("negators")), set(ct.Lexicon.load("intensifiers"))
    assert not negators & intensifiers
    assert not set(polarity["term"]) & (negators | intensifiers)


def test_polarity_size_balance_and_neutral_lines(polarity):
    polar = polarity[polarity["valence"] != 0]
    assert len(polar) >= 2_500
    assert 0.55 <= (polar["valence"] < 0).mean() <= 0.70
    assert ((polarity["valence"] == 0) == (polarity["domain"] == "neutral")).all()


@pytest.mark.parametrize("term", COMPLAINTS)
def test_complaint_words_are_negative(polarity, term):
    assert polarity.set_index("term").loc[term, "valence"] < 0


@pytest.mark.parametrize("term", ["秒回", "给力", "耐心", "靠谱", "点赞", "贴心", "物超所值", "性价比高"])
def test_praise_words_are_positive(polarity, term):
    assert polarity.set_index("term").loc[term, "valence"] > 0


def test_neutral_lines_cover_a_polar_word(polarity):
    """A neutral line is of use only where it holds a polar, negating or strengthening word."""
    others = {t for name in ("negators", "intensifiers", "service_events") for t in ct.Lexicon.load(name)}
    polar = set(polarity.loc[polarity["valence"] != 0, "term"]) | others
    neutral = polarity.loc[polarity["valence"] == 0, "term"]
    idle = [
        term
        for term in neutral
        if not any(term[i:j] in polar for i in range(len(term)) for j in range(i + 1, len(term) + 1))
    ]
    assert idle == []


def test_service_events_are_of_a_kind_and_have_its_sign():
    events = ct.Lexicon.load("service_events").table
    assert set(events["kind"]) == {"fault", "mishap", "solved", "thanks"}
    bad = events["kind"].isin(["fault", "mishap"])
    assert (events.loc[bad, "valence"] < 0).all()
    assert (events.loc[~bad, "valence"] > 0).all()


def test_sentiment_cues_have_known_roles():
    roles = ct.Lexicon.load("sentiment_cues").table["roles"].str.split(",").explode()
    known = {"inquiry", "aggravation", "reproach", "courtesy", "threat", "desire", "nodesire"}
    known |= {"appeal", "office", "unwelcome", "moderation", "blame", "excess", "nothing_to", "verdict"}
    known |= {"not_desire"}
    assert set(roles) == known


def test_intensifiers_have_a_factor_other_than_one():
    factors = ct.Lexicon.load("intensifiers").table.set_index("term")["factor"]
    assert factors.between(0.3, 2.5).all()
    assert (factors != 1).all()
    assert factors["非常"] > factors["比较"] > 1 > factors["有点"]


def test_synonyms_lead_to_their_canonical_in_one_step():
    synonyms = ct.Lexicon.load("synonyms")
    assert len(synonyms) >= 300
    assert synonyms.table["canonical"].notna().all()
    assert not set(synonyms) & set(synonyms.table["canonical"])
    assert synonyms["客訴"].get("canonical") == synonyms["客诉"].get("canonical") == "投诉"


def test_signals_severities_and_uses():
    table = ct.Lexicon.load("service_signals").table.set_index("term")
    given = table["signals"].dropna().str.split(",")
    counts = given.explode().value_counts()
    assert set(counts.index) == SIGNALS
    assert (counts >= 290).all()
    assert set(table.loc[given.index, "severity"]) == {"1", "2", "3"}
    assert set(table["use"].dropna()) == {"formula", "intent", "inquiry", "pressure"}
    # Who turns to an authority puts pressure on the centre; who leaves does not.
    assert (table.loc[AUTHORITIES, "use"] == "pressure").all()
    assert (table.loc[["退网", "销户"], "use"] != "pressure").all()
    assert set(table["takes_back"].dropna().str.split(",").explode()) <= SIGNALS
    assert all("escalation" in given[term] or "legal" in given[term] for term in THREATS)
    assert all("churn" in given[term] for term in ("退网", "销户"))


def test_units_and_fillers_cover_the_usual_ones():
    units, fillers = set(ct.Lexicon.load("units")), set(ct.Lexicon.load("fillers"))
    assert {"元", "块", "毛", "天", "小时", "分钟", "G", "M", "兆", "斤", "公斤", "GB", "kg", "%"} <= units
    assert {"嗯", "呃", "那个", "就是说", "这个这个", "然后"} <= fillers
