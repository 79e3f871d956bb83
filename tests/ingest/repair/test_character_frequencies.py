"""The shipped frequencies are those of ``lexicons/hanzi.tsv``."""

from __future__ import annotations

import math

from csatext.ingest.repair.character_frequencies import per_character
from csatext.lexicon import lexicon_path


def test_frequencies_are_those_of_the_list():
    lines = lexicon_path("hanzi.tsv").read_text(encoding="utf-8").splitlines()
    rows = dict(line.split("\t") for line in lines if line and not line.startswith(("#", "character\t")))
    found = per_character("".join(rows))
    assert len(rows) > 3_900
    # Six characters in ten are hanzi; a character that is another's Traditional form may be likelier.
    wanted = [math.log10(float(value) / 1e6 * 0.6) for value in rows.values()]
    higher = [a - b for a, b in zip(found.tolist(), wanted, strict=True)]
    assert min(higher) > -1e-5
    assert sum(difference > 1e-5 for difference in higher) < 40


def test_a_traditional_form_is_as_likely():
    simplified, traditional, unknown = per_character("丽麗龘")
    assert simplified == traditional > unknown
