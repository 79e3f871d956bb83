"""Offset maps: against a brute-force map, composition, alignment of unknown edits."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from csatext.text.offsets import align, apply_edits, compose, edit_offsets, identity


@st.composite
def edited(draw):
    text = draw(st.text(alphabet="客户很满意ab ", max_size=20))
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=6)))
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))
    return text, [(start, end, draw(st.text(alphabet="xyz", max_size=4))) for start, end in spans]


def brute_force(text, edits):
    changed, back, position = "", [], 0
    for start, end, new in [*edits, (len(text), len(text), "")]:
        changed += text[position:start] + new
        back += list(range(position, start))
        back += [start + k * (end - start) // len(new) for k in range(len(new))]
        position = end
    return changed, [*back, len(text)]


@settings(max_examples=200, deadline=None)
@given(edited())
def test_edits_and_their_map_agree_with_brute_force(case):
    text, edits = case
    changed, back = brute_force(text, edits)
    assert apply_edits(text, edits) == changed
    assert edit_offsets(len(text), edits).tolist() == back


@settings(max_examples=100, deadline=None)
@given(edited(), st.data())
def test_composition_is_one_map_after_the_other(case, data):
    text, edits = case
    changed = apply_edits(text, edits)
    cut = data.draw(st.integers(0, len(changed)))
    first, second = edit_offsets(len(text), edits), edit_offsets(len(changed), [(0, cut, "")])
    both = compose(first, second)
    assert both.tolist() == [int(first[i]) for i in second]
    assert compose(identity(len(text)), first).tolist() == first.tolist()


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="客户很满意ab ", max_size=30), st.text(alphabet="客户很满意ab ", max_size=30))
def test_alignment_of_any_two_texts(before, after):
    offsets = align(before, after)
    assert len(offsets) == len(after) + 1
    assert offsets[-1] == len(before)
    assert (np.diff(offsets) >= 0).all()


def test_alignment_finds_what_stayed():
    assert align("一二三四五", "一三五").tolist() == [0, 2, 4, 5]
    assert align("同", "同").tolist() == [0, 1]
    assert align("", "加").tolist() == [0, 0]
    long = "甲乙" * 2_000
    # Too long to compare: the ends are exact, the middle is spread evenly.
    offsets = align("头" + long + "尾", "头" + long[::-1] + "尾")
    assert offsets[0] == 0
    assert offsets[-2:].tolist() == [4_001, 4_002]
