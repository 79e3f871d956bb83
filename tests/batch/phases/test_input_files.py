import os
import sys
from pathlib import Path

import pytest

from csatext.batch.configuration import Configuration
from csatext.batch.phases.input_files import input_files
from csatext.errors import InputError

ROWS = "编号,内容\n1,快递太慢了\n"


def silent(step: str) -> None:
    assert step


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are bytes on Linux alone")
def test_a_name_that_is_no_text_is_one_that_can_be_written(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"\xff.csv")).write_text(ROWS, "utf-8")
    (file,) = input_files(tmp_path, Configuration(), silent)
    assert file.name.encode("utf-8").endswith(b".csv")


def test_a_file_that_cannot_be_read_has_no_hash_among_others_and_is_an_error_alone(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(ROWS, "utf-8")
    (tmp_path / "b.csv").symlink_to("b.csv")
    found = {file.name: file.sha256 for file in input_files(tmp_path, Configuration(), silent)}
    assert found["b.csv"] == ""
    assert len(found["a.csv"]) == 64
    with pytest.raises(InputError, match="无法读取"):
        input_files(tmp_path / "b.csv", Configuration(), silent)
