"""Scores in words, stars, labelled options, fractions and per cent; signs of no score."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import csatext as ct
from csatext.ingest.columns.ratings import read_ratings

NO = float("nan")
FORMS = [
    (["非常满意", "满意", "一般", "不满意", "非常不满意"], [5, 4, 3, 2, 1]),
    (["很满意", "一般", "不满意"], [5, 3, 2]),
    (["非常滿意", "滿意", "很不滿意"], [5, 4, 1]),
    (["好评", "中评", "差评"], [5, 3, 1]),
    (["Very satisfied", "Neutral", "very dissatisfied"], [5, 3, 1]),
    (["5-非常满意", "3-一般", "1-非常不满意"], [5, 3, 1]),
    (["5：非常满意", "4 满意", "2、不满意"], [5, 4, 2]),
    (["非常满意(5分)", "一般（3分）", "满意 4"], [5, 3, 4]),
    (["A.非常满意", "B.满意", "C.一般"], [5, 4, 3]),
    (["1-非常满意", "2-满意", "5-非常不满意"], [5, 4, 1]),
    (["五星", "四星半", "一星"], [5, 4.5, 1]),
    (["5星好评", "1星差评", "3颗星"], [5, 1, 3]),
    (["★★★★☆", "★★★★★", "★☆☆☆☆"], [4, 5, 1]),
    (["⭐⭐⭐⭐", "⭐", "⭐⭐⭐"], [4, 1, 3]),
    (["★★★½☆", "★★", "★★★"], [3.5, 2, 3]),
    (["95%", "80.5%", "100%"], [95, 80.5, 100]),
    (["9５％", "60%", "0%"], [95, 60, 0]),
    (["8/10", "10/10", "3/10"], [8, 10, 3]),
    (["4/5", "5 / 5", "4.5/5"], [4, 5, 4.5]),
    (["9分(满分10分)", "7分，满分10分", "6 out of 10"], [9, 7, 6]),
    (["4.5分", "3分", "５"], [4.5, 3, 5]),
    (["10", "8", "非常满意", "一般"], [10, 8, 10, 6]),
    (["90", "60", "★★★★☆"], [90, 60, 80]),
]


@pytest.mark.parametrize(("cells", "wanted"), FORMS)
def test_forms_of_scores(cells: list[str], wanted: list[float]) -> None:
    found = read_ratings(pd.Series(cells), "csat")
    assert found is not None
    assert found.values.tolist() == wanted
    assert not found.unread.any()


NOT_GIVEN = [
    (["5", "4", "0", "-1", "99", "未评价"], [5, 4, NO, NO, NO, NO]),
    (["5", "3", "999", "-9", "88"], [5, 3, NO, NO, NO]),
    (["非常满意", "一般", "0", "系统默认好评"], [5, 3, NO, NO]),
    (["5-满意", "3-一般", "99-拒答", "0-未评价"], [5, 3, NO, NO]),
    (["5星", "3星", "0星"], [5, 3, NO]),
    (["★★★★★", "☆☆☆☆☆"], [5, NO]),
    (["9", "10", "99", "N/A", "拒评"], [9, 10, NO, NO, NO]),
    (["Not rated", "4", "skipped"], [NO, 4, NO]),
]


@pytest.mark.parametrize(("cells", "wanted"), NOT_GIVEN)
def test_signs_of_no_score_are_left_out_and_counted(cells: list[str], wanted: list[float]) -> None:
    found = read_ratings(pd.Series(cells), "csat")
    assert found is not None
    np.testing.assert_array_equal(found.values.to_numpy(), wanted)
    told = sum(note.n for note in found.notes if note.check == "score_not_given")
    assert told == sum(np.isnan(wanted)) - sum(cell == "N/A" for cell in cells)


SCALES_FROM_ZERO = [
    ("csat", ["0", "1", "1", "0"], [0, 1, 1, 0]),
    ("csat", ["10", "8", "0", "7"], [10, 8, 0, 7]),
    ("csat", ["100", "99", "0", "60"], [100, 99, 0, 60]),
    ("csat", ["0-非常不满意", "5-非常满意", "3-一般"], [0, 5, 3]),
    ("csat", ["0", "0.25", "1", "5"], [0, 0.25, 1, 5]),
    ("nps", ["0", "5", "10"], [0, 5, 10]),
    ("nps", ["0-绝不推荐", "10-非常愿意", "5-一般"], [0, 10, 5]),
]


@pytest.mark.parametrize(("name", "cells", "wanted"), SCALES_FROM_ZERO)
def test_nought_is_a_score_where_the_scale_begins_there(
    name: str, cells: list[str], wanted: list[float]
) -> None:
    found = read_ratings(pd.Series(cells), name)
    assert found is not None
    assert found.values.tolist() == wanted


@pytest.mark.parametrize("cells", [["再议", "改天说", "5"], ["慢", "贵"], ["13:05", "12分钟"], [None, ""]])
def test_a_column_of_other_words_is_no_column_of_scores(cells: list[str | None]) -> None:
    assert read_ratings(pd.Series(cells, dtype="str"), "csat") is None


def test_a_file_with_words_for_scores(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    words = ["非常满意", "不满意", "未评价", "请回电", "★★★★☆", "3"]
    rows = [f"T{i},第{i}次反映退款没到账,{word}" for i, word in enumerate(words)]
    path.write_text("工单号,投诉内容,满意度评价\n" + "\n".join(rows), encoding="utf-8")
    contacts = ct.read_contacts(path)
    assert contacts["csat"].fillna(-1).tolist() == [5, 2, -1, -1, 4, 3]
    assert contacts["csat_text"].dropna().tolist() == ["未评价", "请回电"]
    told = {row["check"]: row["n"] for row in contacts.attrs["quality"]}
    assert (told["score_words"], told["score_not_given"], told["number_unreadable"]) == (3, 1, 1)
