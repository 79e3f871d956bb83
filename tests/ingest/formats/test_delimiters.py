"""Delimiters of any form are found without a header; signs within sentences are none."""

import pytest

import csatext as ct
from csatext.ingest.formats.delimiters import sniff_delimiter

TEXTS = ["退款一直没有到账，客服也不回", "送来的东西坏了，要求换货", "等了三天，还没有人联系我"]
ROWS = [(str(1000 + i), f"2026-05-{i + 1:02d}", TEXTS[i % 3], "电话" if i % 2 else "在线") for i in range(12)]
DELIMITERS = [
    *("\x01", "\x02", "\x05", "\x1e", "\x1f", "\x01\x02", "^", "~", "¦", "§", "｜", "；"),
    *("||", "|+|", "^|^", "^^", "~|~", "##", "#|#", "@@", "@|@", "$$", "&&", "::", ";;", "!@#", "||||"),
    *("!", "#", "*", "&", "¬", "þ", "_|_", "-|-", "<|>", "=>", "->", "<>", ">>", "==", "\t|", "\\001", "^A"),
    *(",", "\t", ";", "|"),
]


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize("header", [True, False])
def test_a_table_of_four_columns(tmp_path, delimiter, header):
    rows = [("工单编号", "受理时间", "投诉内容", "渠道"), *ROWS] if header else ROWS
    rows = [[cell.replace("，", " ") if delimiter in ",，" else cell for cell in row] for row in rows]
    path = tmp_path / "a.txt"
    path.write_text("\n".join(delimiter.join(row) for row in rows) + "\n", encoding="utf-8")
    columns = None if header else {"text": "列3"}
    contacts = ct.read_contacts(path, columns=columns)
    assert contacts["text"].tolist() == [row[2] for row in rows[header:]]
    assert contacts["渠道" if "渠道" in contacts else "channel" if header else "列4"].nunique() == 2
    assert contacts.attrs["rows"] == 12
    detail = next(q["detail"] for q in contacts.attrs["quality"] if q["check"] == "delimiter")
    assert ("按各行一致判断" in detail) == (delimiter not in (",", "\t", ";", "|"))


def test_a_full_width_comma(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("".join(f"{row[0]}，{row[1]}，退款太慢了{i}\n" for i, row in enumerate(ROWS)), "utf-8")
    assert ct.read_contacts(path, columns={"text": "列3"})["text"].iloc[11] == "退款太慢了11"


@pytest.mark.parametrize(
    "lines",
    [
        ["太慢了，不想再买", "很差，要求退款", "还行，谢谢你们"],
        ["质量差；物流慢", "东西好；送得快", "价格贵；服务差"],
        ["#退款# 等了很久", "#物流# 还没送到", "#售后# 没人接听"],
        ["@小安 太慢了", "@小明 没人理", "@小白 还不错"],
        ["j***8 东西坏了", "k***2 很好用", "m***7 一般般"],
        ["太慢 http://a.cn/b", "很好 http://c.cn/d", "一般 http://e.cn/f"],
        ["09:00~10:00 没人来", "11:00~12:00 来了", "13:00~14:00 又没来"],
        ["太慢了~~", "很好~~", "一般~~"],
        ["**太慢** 差", "**很好** 行", "**一般** 可"],
        ["好评！！", "差评！！", "中评！！"],
        ["太慢了!差", "很好!行", "一般!可"],
        ["看 http://a.cn/b?x=1&y=2", "看 http://c.cn/d?x=3&y=4", "看 http://e.cn/f?x=5&y=6"],
        ["1、太慢；2、太差", "1、贵；2、坏", "1、好；2、快"],
    ],
)
def test_sentences_are_one_column(lines):
    assert sniff_delimiter("\n".join(f"{line}{'。' * (i % 2)}" for i, line in enumerate(lines * 4))) is None


def test_a_longer_delimiter_in_quotes_stays_in_the_text(tmp_path):
    path = tmp_path / "a.txt"
    rows = [f'{i}||"前半||后半"||电话' for i in range(8)]
    path.write_text("编号||投诉内容||渠道\n" + "\n".join(rows) + "\n", encoding="utf-8")
    contacts = ct.read_contacts(path)
    assert contacts["text"].tolist() == ["前半||后半"] * 8
    assert contacts["channel"].tolist() == ["电话"] * 8


def test_a_torn_row_keeps_the_delimiter_in_the_rejects(tmp_path):
    path = tmp_path / "a.txt"
    rows = [f"{i}|+|2026-05-0{i + 1}|+|第{i}次退款没有到账|+|电话" for i in range(6)]
    path.write_text(
        "编号|+|时间|+|投诉内容|+|渠道\n" + "\n".join([*rows, "甲|+|乙"]) + "\n", encoding="utf-8"
    )
    contacts = ct.read_contacts(path)
    assert contacts.attrs["rows"] == 7
    assert [reject["raw"] for reject in contacts.attrs["rejects"]] == ["甲|+|乙"]
