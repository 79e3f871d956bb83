"""Searches of a column by its bytes agree with those of its texts, also in a slice of a longer one."""

import re

import numpy as np
import pyarrow as pa
import pytest

from csatext.strings import begins_with, digit_shapes, ends_with, holds_bytes, is_ascii, places

TEXTS = ["退款", "", "7天", " 7", "a７b", "T17-09", "慢\n贵", "x" * 300_000 + "末", "0"]


@pytest.fixture(params=["whole", "slice", "empty"])
def texts(request):
    cells = pa.array(["前", *TEXTS, "\n后"], pa.large_string())
    found = {"whole": cells, "slice": cells.slice(1, len(TEXTS)), "empty": cells.slice(2, 0)}
    return found[request.param]


def test_ends_of_cells(texts):
    cells = texts.to_pylist()
    assert begins_with(texts, b"0123456789 ").tolist() == [cell[:1] in set("0123456789 ") for cell in cells]
    assert ends_with(texts, b"0123456789b").tolist() == [cell[-1:] in set("0123456789b") for cell in cells]


@pytest.mark.parametrize("word", ["末", "x末", "\n", "7天", "后", "前退", "不在"])
def test_words_in_a_column(texts, word):
    # A word does not stand in two cells, unless the bytes of one follow on those of the other.
    assert holds_bytes(texts, word.encode()) == (word in "".join(texts.to_pylist()))


def test_shapes(texts):
    shapes, code = digit_shapes(texts)
    assert [shapes[int(i)].as_py() for i in code] == [
        re.sub("[0-9]", "0", text) for text in texts.to_pylist()
    ]
    assert len(set(shapes.to_pylist())) == len(shapes)


def test_ascii_and_places(texts):
    assert is_ascii(texts) == "".join(texts.to_pylist()).isascii()
    data = np.frombuffer("".join(texts.to_pylist()).encode(), dtype=np.uint8)
    assert places(data, ord("7")).tolist() == np.flatnonzero(data == ord("7")).tolist()
