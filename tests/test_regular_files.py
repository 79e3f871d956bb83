"""Files that are none, and files that claim less than they are: each door refuses them at once."""

import os
import socket
from pathlib import Path

import pytest

import csatext as ct
from csatext.batch.configuration import load_configuration
from csatext.errors import CsatextError, InputError
from csatext.regular_files import read_whole, special_file

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")


@pytest.fixture
def specials(tmp_path: Path) -> dict[str, Path]:
    os.mkfifo(tmp_path / "a.csv")
    with socket.socket(socket.AF_UNIX) as held:
        held.bind(str(tmp_path / "b.csv"))
    (tmp_path / "c.csv").symlink_to(tmp_path / "nothing")
    (tmp_path / "d.csv").symlink_to("/dev/zero")
    return {
        "管道": tmp_path / "a.csv",
        "套接字": tmp_path / "b.csv",
        "断开的链接": tmp_path / "c.csv",
        "设备": tmp_path / "d.csv",
    }


def test_each_door_refuses_what_is_no_file(specials: dict[str, Path]) -> None:
    for kind, path in specials.items():
        assert special_file(path) == kind
        for read in (ct.read_contacts, ct.read_turns, load_configuration, ct.load):
            with pytest.raises(CsatextError, match=kind):
                read(path)
        for read in (ct.Lexicon.load, ct.Taxonomy.load):
            with pytest.raises(CsatextError, match=path.name):
                read(path)


def test_a_folder_names_what_is_no_file(specials: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "z.csv").write_text("编号,内容\n1,太慢了\n", "utf-8")
    contacts = ct.read_contacts(tmp_path)
    assert contacts["text"].tolist() == ["太慢了"]
    said = {row["check"]: row["detail"] for row in contacts.attrs["quality"]}["file_skipped"]
    for kind, path in specials.items():
        assert f"{path.name}（{kind}）" in said


def test_no_more_is_read_than_allowed(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * 100)
    assert read_whole(path, 100, "请拆分") == b"x" * 100
    with pytest.raises(InputError, match=r"文件超过 99 字节；请拆分"):
        read_whole(path, 99, "请拆分")
