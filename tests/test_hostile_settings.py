"""Lexicons and configurations made to do harm, or damaged: one error that names the place, at once."""

import os
from pathlib import Path

import pandas as pd
import pytest

import csatext as ct
from csatext.batch.configuration import load_configuration
from csatext.errors import ConfigError, CsatextError

RANDOM = bytes((i * 7919 + i // 13) % 256 for i in range(4000))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("慢\n差\0\n".encode(), "第 2 行有误：有无法识别的字符"),
        (b"ok\ncaf\xe9\n", "第 2 行有误：按 gb18030 解码失败"),
        (RANDOM, "解码失败|无法识别"),
        (b"a\n" * (9 << 20), "文件超过 16 MB"),
        (("好\n" + "慢" * 3_000_000).encode(), "第 2 行有误：这一行有 3,000,000 个字"),
        (b"a" + b" " * 5_000_000 + b"b", "第 1 行有误：这一行有 5,000,002 个字"),
        (("term\t" + "\t".join(f"c{i}" for i in range(500))).encode(), "第 1 行有误：有 501 格，上限 100"),
        (("term\tnote\n" + "慢" * 501 + "\tx\n").encode(), "第 2 行有误：词有 501 个字，上限 500"),
        (("好\n" + "a" + " 1" * 9000).encode(), "第 2 行有误：词有 18,001 个字"),
        (b"PK\x03\x04" + RANDOM, "是 Excel 工作簿或压缩文件"),
    ],
)
def test_a_lexicon_that_cannot_be_used(tmp_path: Path, data: bytes, why: str) -> None:
    path = tmp_path / "words.tsv"
    path.write_bytes(data)
    with pytest.raises(CsatextError, match=why):
        ct.Lexicon.load(path)


def test_lexicons_under_other_endings(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_text("term,valence\n慢,-0.5\n", "utf-8")
    assert ct.Lexicon.load(tmp_path / "a.xlsx")["慢"].get("valence") == -0.5
    pd.DataFrame({"词": ["慢"]}).to_excel(tmp_path / "b.xlsx", index=False)
    with pytest.raises(ct.InputError, match="请另存为 UTF-8 的 CSV"):
        ct.Lexicon.load(tmp_path / "b.xlsx")
    for path in ("a\0b", "a" * 5000):
        with pytest.raises(ct.InputError, match="没有这个文件"):
            ct.Lexicon.load(path)
    with pytest.raises(CsatextError, match="解码失败"):
        ct.Lexicon.load(tmp_path / "a.xlsx", encoding="idna")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"a = " + b"[" * 5000 + b"]" * 5000, "嵌套太深"),
        (b"[text]\nterms = " + b"[" * 300 + b"]" * 300, "text.terms"),
        (b"a = " + b"{a=" * 3000 + b"1" + b"}" * 3000, "嵌套太深"),
        (b"[report]\n" + b"a." * 300_000 + b"b = 1", "第 2 行有 300,000 个点"),
        (b"[report]\ntitle = 'x\0y'", "不是合法的 TOML"),
        ("[report]\ntitle='退款'".encode("gb18030"), "不是 UTF-8 编码（第 2 行）"),
        (b"#" * (2 << 20), "文件超过 1 MB"),
        (b"[text]\nmin_df = " + b"9" * 5000, "不能用的数值"),
        (b"PK\x03\x04" + RANDOM, "UTF-8"),
    ],
)
def test_a_configuration_that_cannot_be_used(tmp_path: Path, data: bytes, why: str) -> None:
    path = tmp_path / "c.toml"
    path.write_bytes(data)
    with pytest.raises(ConfigError, match=why):
        load_configuration(path)


def test_paths_of_configurations_that_cannot_be(tmp_path: Path) -> None:
    for path in ("a\0b", "a" * 5000, os.fspath(tmp_path)):
        with pytest.raises(ConfigError):
            load_configuration(path)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("- id: a\n  label_zh: b\n" * 100_000, "文件超过 2 MB"),
        ("- id: a\n  label_zh: b\n  children:\n    - &x [*x]\n", "第 4 行有误：不能用引用"),
        ("- id: a\n  label_zh: b\n  patterns: " + "[" * 400 + "]" * 400, "第 3 行有误：嵌套超过 20 层"),
    ],
)
def test_a_taxonomy_names_the_line(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "t.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(CsatextError, match=why):
        ct.Taxonomy.load(path)
