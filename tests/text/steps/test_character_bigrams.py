"""The shipped counts are those of jieba's dictionary, counted here word by word."""

from __future__ import annotations

import math
from pathlib import Path

import jieba
import pytest

from csatext.text.steps.character_bigrams import are_neighbours, log_likelihoods


@pytest.fixture(scope="module")
def dictionary() -> list[tuple[str, int]]:
    lines = Path(jieba.__file__).with_name("dict.txt").read_text(encoding="utf-8").splitlines()
    return [(word, int(times)) for word, times, _ in (line.split(" ") for line in lines)]


def test_a_probability_is_worked_out_from_the_dictionary(dictionary):
    total = sum(len(word) * times for word, times in dictionary)
    first = sum(word.count("客") * times for word, times in dictionary)
    second = sum(word.count("户") * times for word, times in dictionary)
    both = sum(word.count("客户") * times for word, times in dictionary)
    wanted = [
        math.log(0.4 * (first + 0.5) / total),
        math.log(0.6 * both / first + 0.4 * (second + 0.5) / total),
    ]
    assert log_likelihoods("客户") == pytest.approx(wanted)
    assert log_likelihoods("户", before="的客") == pytest.approx(wanted[1:])


def test_what_the_dictionary_lacks_counts_half():
    lacking = log_likelihoods("\U0002f800")[0]
    assert log_likelihoods("😀") == [lacking]
    assert log_likelihoods("") == []
    assert not are_neighbours("😀", "客")
