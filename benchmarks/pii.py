"""Recall and precision of find_pii on generated sentences: written, spoken, across turns, traps.

Run: python benchmarks/pii.py [--n 2000] [--seed 0] [--show 40] [--reviews FILE.csv]
Every value is made up: numbers are drawn at random and given a valid check digit where the kind has one.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import pyarrow as pa
from personal_data.fifth_forms import FIFTH_FORMS, FIFTH_TRAPS
from personal_data.first_forms import FORMS, Form
from personal_data.first_forms import TRAPS as FORM_TRAPS
from personal_data.fourth_forms import FOURTH_FORMS, FOURTH_TRAPS
from personal_data.second_forms import MORE_FORMS, MORE_TRAPS
from personal_data.sentences import CARRIERS, TRAPS, TURN_CARRIERS, values
from personal_data.sixth_forms import SIXTH_FORMS, SIXTH_TRAPS
from personal_data.third_forms import THIRD_FORMS, THIRD_TRAPS

from csatext.datasets.simulate import simulate_center
from csatext.privacy.across_turns import find_pii_turns
from csatext.privacy.find import find_pii
from csatext.privacy.redact import redact, redact_column
from csatext.strings import string_array

Span = tuple[int, int, str]
_ESSENTIAL = re.compile(r"[0-9A-Za-z\u3400-\u9fff]")


def sentence(rng: random.Random) -> tuple[str, list[Span]]:
    """Return a sentence with one or two values in place, and their spans."""
    kinds = rng.sample(sorted(CARRIERS), 2 if rng.random() < 0.2 else 1)
    text, spans = "", []
    for kind in kinds:
        before, after = rng.choice(CARRIERS[kind]).split("{}")
        value = values(kind, rng)
        start = len(text) + len(before)
        spans.append((start, start + len(value), kind))
        text += before + value + after + rng.choice(["，", "。", " "])
    return text, spans


def dialogue(number: int, rng: random.Random) -> tuple[list[dict[str, object]], list[tuple[int, Span]]]:
    """Return turns in which the customer says one number in two parts, and the parts' spans."""
    kind = rng.choice(sorted(TURN_CARRIERS))
    question, before, between, spoken = rng.choice(TURN_CARRIERS[kind])
    value = values(kind, rng, spoken=spoken, plain=True)
    cut = rng.randint(3, len(value) - 4)
    said = [("agent", question), ("customer", before + value[:cut])]
    said += [("agent", between)] if between else []
    said += [("customer", value[cut:])]
    turns = [
        {"doc_id": f"d{number}", "turn_id": i, "role": role, "text": text}
        for i, (role, text) in enumerate(said)
    ]
    return turns, [(1, (len(before), len(before) + cut, kind)), (len(said) - 1, (0, len(value) - cut, kind))]


def score(gold: list[Span], found: list[Span], tally: dict[str, Counter[str]]) -> bool:
    """Count values found (overlap and same kind, exact) and findings that are none; True if all is right."""
    right = True
    for start, end, kind in gold:
        overlap = [f for f in found if f[0] < end and start < f[1]]
        tally["gold"][kind] += 1
        tally["any"][kind] += bool(overlap)
        tally["kind"][kind] += any(f[2] == kind for f in overlap)
        tally["exact"][kind] += (start, end, kind) in found
        right &= (start, end, kind) in found
    for start, end, kind in found:
        real = any(start < g[1] and g[0] < end for g in gold)
        tally["found"][kind] += 1
        tally["false"][kind] += not real
        right &= real
    return right


def measure(n: int, seed: int, show: int) -> pd.DataFrame:
    """Return the table of counts and rates by kind."""
    rng = random.Random(seed)
    tally: dict[str, Counter[str]] = {
        name: Counter() for name in ("gold", "any", "kind", "exact", "found", "false")
    }
    turns: list[dict[str, object]] = []
    parts: list[tuple[str, int, Span]] = []
    for i in range(n):
        draw = rng.random()
        if draw < 0.1:
            said, spans = dialogue(i, rng)
            turns += said
            parts += [(f"d{i}", turn, span) for turn, span in spans]
            continue
        text, gold = (rng.choice(TRAPS), []) if draw < 0.4 else sentence(rng)
        found = [tuple(f) for f in find_pii(text)]
        if not score(gold, found, tally) and show > 0:
            show -= 1
            print([text[s:e] + ":" + k for s, e, k in gold], [text[s:e] + ":" + k for s, e, k in found], text)
    frame = pd.DataFrame(turns)
    table = find_pii_turns(frame)
    by_turn = {
        key: list(zip(rows["start"], rows["end"], rows["kind"], strict=True))
        for key, rows in table.groupby(["doc_id", "turn_id"])
    }
    texts = frame.set_index(["doc_id", "turn_id"])["text"]
    wanted = {(d, t): span for d, t, span in parts}
    for key, text in texts.items():
        gold = [wanted[key]] if key in wanted else []
        if not score(gold, by_turn.get(key, []), tally) and show > 0:
            show -= 1
            print("turn", [text[s:e] + ":" + k for s, e, k in gold], by_turn.get(key), text)
    result = pd.DataFrame(tally).fillna(0).astype(int)
    result.loc["all"] = result.sum()
    result["recall"] = result["any"] / result["gold"]
    result["recall_kind"] = result["kind"] / result["gold"]
    result["recall_exact"] = result["exact"] / result["gold"]
    result["precision"] = 1 - result["false"] / result["found"]
    return result.round(4)


def measure_forms(forms: Iterable[Form], traps: Iterable[str], n: int, seed: int, show: int) -> pd.DataFrame:
    """Return recall by form, over equal numbers of each, and what is found in sentences without values.

    A value counts as found where every letter, digit and Chinese character of it is masked.
    """
    rng = random.Random(seed)
    rows: list[dict[str, object]] = []
    for form in forms:
        row = {"form": form.form, "gold": n, "hit": 0, "kind": 0, "found": 0, "false": 0}
        shown = 0
        for i in range(n):
            before, after = form.sentences[i % len(form.sentences)].split("{}")
            value = form.make(rng)
            start, end = len(before), len(before) + len(value)
            found = find_pii(before + value + after)
            masked = {at for one in found for at in range(one.start, one.end)}
            hit = all(
                at in masked for at in range(start, end) if _ESSENTIAL.match(text := before + value, at)
            )
            row["hit"] += hit
            row["kind"] += hit and any(f.kind == form.kind for f in found if f.start < end and start < f.end)
            row["found"] += len(found)
            false = [f for f in found if f.end <= start or f.start >= end]
            row["false"] += len(false)
            if shown < show and (not hit or false):
                shown += 1
                print(
                    form.form,
                    "|",
                    before + value + after,
                    "|",
                    [(text + after)[f.start : f.end] for f in found],
                )
        rows.append(row)
    trapped = {"form": "none", "gold": 0, "hit": 0, "kind": 0, "found": 0, "false": 0}
    for text in traps:
        found = find_pii(text)
        trapped["found"] += len(found)
        trapped["false"] += len(found)
        if found and show:
            print("none |", text, "|", [text[f.start : f.end] for f in found])
    table = pd.DataFrame([*rows, trapped]).set_index("form")
    table.loc["all"] = table.sum()
    table["recall"] = table["hit"] / table["gold"]
    table["precision"] = 1 - table["false"] / table["found"]
    return table.round(4)


def speed(path: Path) -> str:
    """Return rows a second of redact_column on the last column of a CSV, and its agreement with redact."""
    texts = pa.array(pd.read_csv(path).iloc[:, -1].fillna("").astype(str), type=pa.string())
    redact_column(texts[:10])
    best = min(_timed(texts) for _ in range(5))
    same = redact_column(texts).to_pylist() == [redact(text) for text in texts.to_pylist()]
    return (
        f"{len(texts) / best:,.0f} rows a second over {len(texts)} rows; equal to redact row by row: {same}"
    )


def contacts_speed(n: int) -> str:
    """Return simulated contacts a second of redact_column on one core, and the share that changes."""
    texts = string_array(simulate_center(n, random_state=0).contacts["text"])
    redact_column(texts[:10])
    best = min(_timed(texts) for _ in range(5))
    changed = sum(a != b for a, b in zip(texts.to_pylist(), redact_column(texts).to_pylist(), strict=True))
    return f"{len(texts) / best:,.0f} simulated contacts a second; {changed / len(texts):.0%} of them change"


def _timed(texts: pa.Array) -> float:
    start = time.process_time()
    redact_column(texts)
    return time.process_time() - start


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", type=int, default=0)
    parser.add_argument("--reviews", type=Path)
    parser.add_argument("--forms", type=int, default=0, help="values of each form")
    given = parser.parse_args()
    if given.forms:
        for forms, traps in (
            (FORMS, FORM_TRAPS),
            (MORE_FORMS, MORE_TRAPS),
            (THIRD_FORMS, THIRD_TRAPS),
            (FOURTH_FORMS, FOURTH_TRAPS),
            (FIFTH_FORMS, FIFTH_TRAPS),
            (SIXTH_FORMS, SIXTH_TRAPS),
        ):
            print(measure_forms(forms, traps, given.forms, given.seed, given.show).to_string())
        return
    print(measure(given.n, given.seed, given.show).to_string())
    print(contacts_speed(20_000))
    print(speed(given.reviews) if given.reviews else "speed not measured: give --reviews FILE.csv")


if __name__ == "__main__":
    main()
