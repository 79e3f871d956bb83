"""Encodings: the right one for short samples, mixed rows, text encoded twice."""

import random
import tracemalloc

import opencc
import pandas as pd
import pytest

from csatext.errors import InputError, ParameterError
from csatext.ingest.formats.encodings import decode, detect_encoding
from csatext.ingest.repair.mojibake import mend_columns, mend_text

SENTENCES = (
    "退款申请提交了一个星期还没有到账，打了三次电话都说在处理",
    "快递员没有联系我就把包裹放到门口，里面的杯子全碎了",
    "昨天晚上八点开始宽带一直掉线，报修以后没有人上门",
    "客服的态度还可以，但是问题没有解决，让我继续等通知",
    "信用卡年费说好减免，这个月账单又扣了 200 元，请核实",
    "App 升级到 5.2 版本之后打不开，卸载重装也没有用",
    "师傅来得很快，服务很满意，下次还会找你们",
    "小区附近修路，凌晨两点还在施工，希望有关部门管一管",
)
to_traditional = opencc.OpenCC("s2tw").convert


def samples(n: int) -> list[str]:
    rng = random.Random(20)
    made = []
    for i in range(n):
        if i % 2:
            text = "".join(rng.choice(SENTENCES) + rng.choice("。！\n") for _ in range(5))
            start = rng.randrange(30)
            made.append(text[start : start + rng.randrange(40, 90)])
        else:
            rows = [
                f"{rng.randrange(10**6)},{rng.choice(SENTENCES)[:8]},2024/5/{rng.randrange(1, 29)}"
                for _ in range(3)
            ]
            made.append("id,内容,时间\r\n" + "\r\n".join(rows))
    return made


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "big5"]
)
def test_detects_samples_of_forty_characters(encoding: str) -> None:
    wrong = 0
    for text in samples(200):
        text = to_traditional(text) if encoding == "big5" else text
        data = text.encode(encoding)
        name, confidence = detect_encoding(data)
        assert 0 <= confidence <= 1
        wrong += data.decode(name).removeprefix("\ufeff") != text
    assert wrong <= 1


def test_one_codec_of_the_big5_family_is_as_good_as_its_signs() -> None:
    text = to_traditional("退款很慢～～等了一個星期，客服說「處理中」，還是沒有到帳①②")
    for encoding in ("cp950", "big5hkscs"):
        data = text.replace("～", "" if encoding == "big5hkscs" else "～").encode(encoding)
        assert data.decode(detect_encoding(data)[0]) == data.decode(encoding)


def test_two_byte_characters_are_not_enough_for_utf8() -> None:
    data = "编号,内容\n1,哦 谢谢\n".encode("gb18030")
    assert detect_encoding(data)[0] == "gb18030"
    assert detect_encoding("Café, naïve, très déçu, coûte très cher".encode())[0] == "utf-8"


def test_a_sample_cut_within_a_character() -> None:
    for encoding in ("utf-8", "gb18030", "utf-16-le"):
        assert detect_encoding((SENTENCES[0] + SENTENCES[1]).encode(encoding)[:-1])[0] == encoding


def test_rows_of_different_encodings() -> None:
    lines = [SENTENCES[i % 8] for i in range(30)]
    data = b"\n".join(
        line.encode("gb18030")
        if i % 10 == 3
        else to_traditional(line).encode("big5")
        if i == 7
        else line.encode()
        for i, line in enumerate(lines)
    )
    text, notes = decode(data, "a.csv")
    lines[7] = to_traditional(lines[7])
    assert text.split("\n") == lines
    assert sum(note.n for note in notes if note.check == "encoding_rows") == 4


def test_utf8_rows_in_a_gb_file() -> None:
    lines = [SENTENCES[i % 8] for i in range(30)]
    data = b"\n".join(line.encode("utf-8" if i % 10 == 3 else "gb18030") for i, line in enumerate(lines))
    assert decode(data, "a.csv")[0].split("\n") == lines


def test_lost_bytes_are_shown_and_counted() -> None:
    data = b"\n".join(line.encode() for line in SENTENCES)[:-1] + b"\n" + SENTENCES[0].encode()[1:]
    text, notes = decode(data, "a.csv")
    assert text.split("\n")[0] == SENTENCES[0]
    assert "\ufffd" in text.split("\n")[-1]
    assert {note.check: note.n for note in notes}["bad_bytes"] == 2


def test_override_and_its_errors() -> None:
    data = to_traditional(SENTENCES[0]).encode("big5")
    assert decode(data, "a.csv", "big5")[0] == to_traditional(SENTENCES[0])
    assert decode("退款".encode("gbk"), "a.csv", "gb2312")[0] == "退款"
    for name in ("nope", "base64"):
        with pytest.raises(ParameterError, match="encoding"):
            decode(data, "a.csv", name)
    with pytest.raises(InputError, match="不是文本"):
        decode(bytes(range(256)) * 10, "a.csv")


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("cp1252", "utf-8"), ("latin-1", "utf-8"), ("latin-1", "gb18030"), ("big5", "gb18030")],
)
def test_text_encoded_twice_is_undone(wrong: str, right: str) -> None:
    tried = 0
    for text in SENTENCES:
        try:
            garbled = text.encode(right).decode(wrong)
        except UnicodeDecodeError:
            continue
        tried += 1
        assert mend_text(garbled) == text
    assert tried or wrong in ("cp1252", "big5")


def test_utf8_read_as_gbk_with_losses() -> None:
    for text in SENTENCES:
        mended = mend_text(text.encode().decode("gbk", "replace"))
        assert mended is not None
        kept = [c for c in mended if c != "\ufffd"]
        assert len(kept) >= 0.6 * len(text)
        assert set(kept) <= set(text)


def test_sound_text_is_left_alone() -> None:
    odd = [
        "囧rz",
        "锟斤拷",
        "饕餮盛宴",
        "Café crème",
        "😀😀😀",
        "ありがとう",
        "서비스",
        "???",
        "嘅啲咗佢喺",
        "",
        "鑫淼犇",
        "Привет",
    ]
    for text in [*odd, *SENTENCES, *map(to_traditional, SENTENCES)]:
        assert mend_text(text) is None
    frame = pd.DataFrame({"text": [*odd, *SENTENCES], "n": range(len(odd) + len(SENTENCES))})
    mended, notes = mend_columns(frame)
    assert notes == []
    pd.testing.assert_frame_equal(mended, frame)


HONG_KONG = "呢間餐廳嘅嘢食好好味，啲侍應都好有禮貌，下次仲會嚟幫襯"


@pytest.mark.parametrize("encoding", ["big5hkscs", "cp950"])
def test_rows_of_the_wider_big5_in_a_file_of_utf8(encoding: str) -> None:
    other = HONG_KONG if encoding == "big5hkscs" else "服務很差，只退了五百€，要求客服主管親自回覆"
    lines = [f"{i},退款一直沒有到帳，客服也不回覆".encode() for i in range(20)]
    lines[7] = b"7," + other.encode(encoding)
    text, notes = decode(b"\n".join(lines), "a.csv")
    assert text.split("\n")[7] == f"7,{other}"
    assert [(note.check, note.n) for note in notes[1:]] == [("encoding_rows", 1)]


@pytest.mark.parametrize("wrong", ["latin-1", "cp1252"])
def test_big5_read_as_a_western_encoding_is_undone(wrong: str) -> None:
    text = "服務態度很差，退款一直沒有到帳"
    garbled = "".join(
        bytes([byte]).decode(wrong)
        if wrong == "latin-1" or byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
        else chr(byte)
        for byte in text.encode("big5")
    )
    frame, notes = mend_columns(pd.DataFrame({"text": ["很好", garbled]}))
    assert frame["text"].tolist() == ["很好", text]
    assert notes[0].n == 1


TABLE = "编号,内容,金额\n" + "".join(f"{i},{text},20{i}\n" for i, text in enumerate(SENTENCES))
PADDINGS = {
    "fixed width": lambda line: b",".join(cell.ljust(200, b"\0") for cell in line.split(b",")),
    "a few cells": lambda line: line + b"\0" * 20,
    "one": lambda line: line[:5] + b"\0" + line[5:],
}


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5"])
@pytest.mark.parametrize("padding", list(PADDINGS))
def test_nul_does_not_make_a_text_binary_or_another_encoding(padding: str, encoding: str) -> None:
    table = to_traditional(TABLE) if encoding == "big5" else TABLE
    lines = table.encode(encoding).split(b"\n")
    few = lines if padding == "fixed width" else lines[:3]
    data = b"\n".join([*map(PADDINGS[padding], few), *lines[len(few) :]])
    assert detect_encoding(data)[0] == encoding
    text, notes = decode(data, "a.csv")
    assert text == table
    assert {note.check: note.n for note in notes}["nul_characters"] == data.rstrip(b"\0").count(b"\0")


def test_short_and_plain_texts_with_nul() -> None:
    for encoding in ("utf-8", "gb18030"):
        data = "编号,内容\n1,太慢\n2,很差\n".encode(encoding).replace(b"\n1", b"\0" * 200 + b"\n1")
        assert decode(data, "a.csv")[0] == "编号,内容\n1,太慢\n2,很差\n"
    assert decode(b"id,text\n1,slow" + b"\0" * 90 + b"\n2,late\n", "a.csv")[0] == "id,text\n1,slow\n2,late\n"
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        for text in (TABLE, "id,text\n1,slow\n2,late\n", "编号,内容\n1,太慢\n"):
            assert decode(text.encode(encoding), "a.csv")[0] == text


GIVEN = (
    "utf-8",
    "gb18030",
    "gbk",
    "big5",
    "cp950",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "latin-1",
    "cp1252",
    "shift_jis",
)


@pytest.mark.parametrize(
    "true", ["utf-8", "utf-8-sig", "gb18030", "big5", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_a_wrong_encoding_is_refused_by_what_comes_out(true: str) -> None:
    table = to_traditional(TABLE) if true == "big5" else TABLE
    data = table.encode(true)
    read = []
    for given in GIVEN:
        try:
            text = decode(data, "a.csv", given)[0]
        except InputError as error:
            assert f"这个文件像是 {true}，" in str(error)
        else:
            assert text == table
            read.append(given)
    assert (
        read
        == {
            "utf-8": ["utf-8"],
            "utf-8-sig": ["utf-8"],
            "gb18030": ["gb18030", "gbk"],
            "big5": ["big5", "cp950"],
            "utf-16": ["utf-16", "utf-16-le"],
            "utf-16-le": ["utf-16", "utf-16-le"],
            "utf-16-be": ["utf-16-be"],
        }[true]
    )


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("latin-1", "déjà payé, très déçu, ça coûte"),
        ("cp1252", "Größe übel für möglich"),
        ("shift_jis", "商品がまだ届いていません。返金をお願いします。"),
        ("euc-kr", "환불이 아직 처리되지 않았습니다"),
        ("cp1251", "Деньги ещё не вернули"),
        ("latin-1", "slow, late"),
        ("utf-8", "slow, late"),
        ("gb18030", "好"),
    ],
)
def test_an_encoding_that_may_be_right_is_believed(encoding: str, text: str) -> None:
    assert decode((text + "\n").encode(encoding), "a.csv", encoding)[0] == text + "\n"


def test_ascii_read_in_pairs_is_refused() -> None:
    with pytest.raises(InputError, match="像是 utf-8"):
        decode(b"id,text\n1,slow refund\n", "a.csv", "utf-16")


def test_a_damaged_line_is_judged_in_little_memory():
    line = "退款".encode() + b"x" * (8 << 20) + b"\xff"
    tracemalloc.start()
    text, _ = decode(line, "a.csv")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert text.startswith("退款x")
    # Two bytes a character, a few copies and one reading at a time: twelve bytes a character for each was 35.
    assert peak < 14 * len(line)
