import codecs

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import csatext as ct
from csatext.errors import InputError, LexiconError, ParameterError

WORDS = "首次解决率\n七天无理由\n携号转网\n"


def lexicon(**columns):
    return ct.Lexicon.from_table(pd.DataFrame(columns))


def write(folder, text, name="my.tsv", encoding="utf-8"):
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return file


@pytest.mark.parametrize(
    ("before", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (b"", "gbk"),
        (b"", "gb18030"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (b"", "utf-16-le"),
        (b"", "utf-16-be"),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_load_alike(tmp_path, before, encoding, line_end):
    file = write(tmp_path, before + WORDS.replace("\n", line_end).encode(encoding), "words.txt")
    assert ct.Lexicon.load(file).terms == ("七天无理由", "携号转网", "首次解决率")


def test_big5_is_not_taken_for_gb18030(tmp_path):
    words = ["客訴處理", "線上客服", "資訊安全", "工單系統", "聽不懂", "等候時間"]
    file = write(tmp_path, "\n".join(words), "words.txt", "big5")
    assert set(ct.Lexicon.load(file)) == set(words)


def test_encoding_can_be_given(tmp_path):
    file = write(tmp_path, "café\n", "words.txt", "latin-1")
    assert ct.Lexicon.load(file, encoding="latin-1").terms == ("café",)
    with pytest.raises(InputError, match="不认识编码"):
        ct.Lexicon.load(file, encoding="no-such-code")


def test_header_in_english_or_chinese_tab_or_comma(tmp_path):
    english = ct.Lexicon.load(write(tmp_path, "term\tvalence\tdomain\n秒回\t0.8\tservice\n"))
    chinese = ct.Lexicon.load(write(tmp_path, "词语,极性,领域\n秒回,0.8,service\n", "my.csv"))
    comma = ct.Lexicon.load(write(tmp_path, "term,valence,domain\n秒回,0.8,service\n", "comma.txt"))
    assert english == chinese == comma
    assert english["秒回"].values == (("valence", 0.8), ("domain", "service"))


def test_term_column_need_not_come_first(tmp_path):
    loaded = ct.Lexicon.load(write(tmp_path, "kind\tterm\nlegal\t律师函\n"))
    assert loaded["律师函"].get("kind") == "legal"


def test_jieba_user_dictionary(tmp_path):
    file = write(
        tmp_path, "亲情号 3 n\n云盘 5\n退网 v\n随心选\niPhone 15 Pro\niPhone 15\nA/B 测试\n", "u.txt"
    )
    loaded = ct.Lexicon.load(file)
    assert loaded.columns == ("freq", "tag")
    assert loaded["亲情号"].values == (("freq", 3.0), ("tag", "n"))
    assert loaded["云盘"].get("freq") == 5
    assert loaded["退网"].get("tag") == "v"
    assert {"iPhone 15 Pro", "iPhone 15", "A/B 测试", "随心选"} <= set(loaded)


def test_words_with_commas_stay_whole_in_a_plain_list(tmp_path):
    assert ct.Lexicon.load(write(tmp_path, "买一送一,不送\n", "words.txt")).terms == ("买一送一,不送",)


def test_blank_lines_comments_and_spaces_are_skipped(tmp_path):
    text = "# 我们的词\n\nterm\tcanonical\n \u3000\n 客诉 \t投诉\u3000\n#注\t掉\n"
    loaded = ct.Lexicon.load(write(tmp_path, text))
    assert loaded.terms == ("客诉",)
    assert (loaded["客诉"].get("canonical"), loaded["客诉"].line) == ("投诉", 5)


def test_empty_file_is_an_empty_lexicon(tmp_path):
    empty = ct.Lexicon.load(write(tmp_path, ""))
    assert len(empty) == 0
    assert empty.table.columns.tolist() == ["term", "file", "line"]


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("term\tvalence\n给力\t0.8\n坑\t不好\n", 3, "不好"),
        ("term\tvalence\n给力\t1.5\n", 2, "-1 到 1"),
        ("term\tvalence\n给力\tnan\n", 2, "nan"),
        ("term\tvalence\n\t0.8\n", 2, "空"),
        ("term\tvalence\n给力\t0.8\t多\n", 2, "3 列"),
        ("term\tvalence\tvalence\n", 1, "valence"),
        ("term\tvalence\n坑\t-0.5\n\n坑\t-0.6\n", 4, "第 2 行"),
        ('term\tnote\n坑\t"没有收尾\n', 2, "引号"),
        ("手机号\t电话号码\n", 1, "表头"),
        ("客服\n退款\ufffd\n", 2, "乱码"),
    ],
)
def test_a_bad_line_names_file_and_line(tmp_path, text, line, word):
    with pytest.raises(LexiconError) as caught:
        ct.Lexicon.load(write(tmp_path, text))
    assert "my.tsv" in str(caught.value)
    assert f"第 {line} 行" in str(caught.value)
    assert word in str(caught.value)


def test_bytes_that_are_no_text_name_the_line(tmp_path):
    with pytest.raises(LexiconError, match="第 2 行"):
        ct.Lexicon.load(write(tmp_path, b"abc\n\xff\xff\xff\n"))


def test_identical_lines_are_one_entry_and_remarks_may_differ(tmp_path):
    text = "term\tvalence\tnote\n坑\t-0.5\t早\n坑\t-0.5\t晚\n坑\t-0.50\t早\n"
    loaded = ct.Lexicon.load(write(tmp_path, text))
    assert len(loaded) == 1
    assert loaded["坑"].get("note") == "早"


def test_missing_file_lists_the_shipped_names():
    with pytest.raises(InputError, match=r"negators.*是不是想用自带的「negators」"):
        ct.Lexicon.load("negator")


def test_a_folder_is_read_whole(tmp_path):
    write(tmp_path, "term\tvalence\n坑\t-0.5\n", "a.tsv")
    (tmp_path / "more").mkdir()
    write(tmp_path / "more", "term\tvalence\n坑\t-0.9\n给力\t0.8\n", "b.tsv")
    write(tmp_path, "no list", "readme.md")
    with pytest.raises(LexiconError, match=r"a\.tsv"):
        ct.Lexicon.load(tmp_path)
    assert ct.Lexicon.load(tmp_path, on_conflict="ours")["坑"].get("valence") == -0.5
    assert ct.Lexicon.load(tmp_path, on_conflict="theirs")["坑"].get("valence") == -0.9
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError):
        ct.Lexicon.load(tmp_path / "empty")


def test_a_shipped_list_is_read_once_and_a_file_each_time(tmp_path):
    assert ct.Lexicon.load("negators") is ct.Lexicon.load("negators")
    for valence in (-0.5, -0.9):
        path = write(tmp_path, f"term\tvalence\n坑\t{valence}\n")
        assert ct.Lexicon.load(path)["坑"].get("valence") == valence
    with pytest.raises(ct.ParameterError, match="on_conflict"):
        ct.Lexicon.load("negators", on_conflict=["ours"])


def test_default_holds_the_three_sentiment_lists():
    both = ct.Lexicon.load()
    lists = [ct.Lexicon.load(name) for name in ("polarity", "negators", "intensifiers")]
    assert set(both) == set().union(*lists)
    assert {"valence", "scope", "factor"} <= set(both.columns)


def test_merge_gives_a_new_lexicon_and_changes_neither():
    ours = lexicon(term=["坑", "给力"], valence=[-0.5, 0.8])
    theirs = lexicon(term=["坑", "卷"], valence=[-0.9, -0.3], domain=["x", "y"])
    assert ours.merge(theirs)["坑"].get("valence") == -0.9
    assert ours.merge(theirs, "ours")["坑"].get("valence") == -0.5
    assert ours.merge(theirs).terms == ("卷", "坑", "给力")
    assert ours.merge(theirs).columns == ("valence", "domain")
    assert ours == lexicon(term=["坑", "给力"], valence=[-0.5, 0.8])
    with pytest.raises(LexiconError, match="坑"):
        ours.merge(theirs, "error")
    with pytest.raises(ParameterError, match="theirs"):
        ours.merge(theirs, "his")


def test_merge_of_agreeing_entries_is_no_conflict():
    ours = lexicon(term=["坑"], valence=[-0.5], note=["a"])
    assert ours.merge(lexicon(term=["坑"], valence=[-0.5]), "error") == ours


def test_provenance_survives_a_merge(tmp_path):
    mine = write(tmp_path, "term\tvalence\n给力\t0.9\n")
    merged = ct.Lexicon.load("polarity").merge(ct.Lexicon.load(mine))
    assert (merged["给力"].file, merged["给力"].line) == (str(mine), 2)
    assert merged["敷衍"].file == "polarity.tsv"
    row = merged.table.set_index("term").loc["给力"]
    assert (row["file"], row["line"], row["valence"]) == (str(mine), 2, 0.9)


def test_value_object():
    one = lexicon(term=["坑", "给力"], valence=[-0.5, 0.8])
    two = lexicon(term=["给力", "坑"], valence=[0.8, -0.5])
    assert one == two
    assert hash(one) == hash(two)
    assert len(one) == 2
    assert list(one) == ["坑", "给力"]
    assert "坑" in one
    assert 3 not in one
    assert repr(one) == "Lexicon(terms=2, columns=['valence'])"
    with pytest.raises(AttributeError):
        one.entries = ()
    frame = one.table
    frame.loc[0, "valence"] = 0.0
    assert one["坑"].get("valence") == -0.5


def test_from_table_needs_terms():
    with pytest.raises(LexiconError, match="term"):
        lexicon(word_=["坑"])
    with pytest.raises(LexiconError, match="第 2 行"):
        lexicon(term=["坑", None])


TERM = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"], exclude_characters="\ufffd\ufeff\u200b"),
    min_size=1,
    max_size=8,
)


@pytest.mark.parametrize("name", ["saved.tsv", "saved.csv"])
@settings(max_examples=60, deadline=None)
@given(values=st.dictionaries(TERM, st.integers(-10, 10), max_size=6))
def test_save_and_load_give_an_equal_lexicon(tmp_path_factory, name, values):
    saved = lexicon(term=list(values), valence=[v / 10 for v in values.values()])
    path = saved.save(tmp_path_factory.mktemp("lexicon") / name)
    assert ct.Lexicon.load(path) == saved
