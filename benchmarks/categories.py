"""Rules and kinds of contact: speed against one expression a category, and what the packs leave unclaimed.

Run: python benchmarks/categories.py [--data FOLDER] [--n 20000]
Without ``--data`` the simulated centre alone is measured. With it, the complaint-only sets and the reviews of
the folder are read: how many complaints have no category with the pack of their trade, and how many positive
reviews have one. Figures of sets without tags say nothing about precision.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from csatext import ContactKind, RuleClassifier, Taxonomy, Vectorizer, choose_packs, simulate_center
from csatext.labels import UNCLASSIFIED
from csatext.taxonomy import Category
from csatext.taxonomy.patterns import parse_pattern
from csatext.text.corpus import Corpus

COMPLAINTS = {
    "complaints/car_merged.csv": ("desc", "automotive"),
    "complaints/finance_6class_dev.csv": ("text", "banking"),
    "complaints/gov_fujian2_raw_sample495.csv": ("留言详情", "government"),
    "complaints/gov_fujian3.csv": ("留言详情", "government"),
    "complaints/gov_fujian4.csv": ("留言详情", "government"),
}
REVIEWS = {
    "sentiment/online_shopping_dev.csv": ("review", "ecommerce"),
    "sentiment/waimai_dev.csv": ("review", "ecommerce"),
}
FIRST_LEVEL = {
    "物流超时": ("物流配送",), "商品破损": ("物流配送", "产品质量"), "少发错发": ("产品质量", "物流配送"),
    "重复扣费": ("计费与扣费",), "退款缓慢": ("退换退款",), "应用故障": ("系统与应用",),
    "服务态度": ("服务态度",), "虚假宣传": ("营销与宣传",), "断网故障": ("网络通信",),
    "商品质量": ("产品质量",), "维修安装": ("安装与维修",), "人工难接通": ("受理与响应",),
    "网速慢": ("网络通信",), "发票问题": ("发票与凭证",), "价格争议": ("价格与优惠",),
    "骚扰泄露": ("营销与宣传", "账户与安全"), "解约受阻": ("合同与办理", "退换退款"),
}  # fmt: skip
"""First-level categories that fit each cause of the simulated centre; the first is its own."""


def per_second(n: int, work: Callable[[], object]) -> float:
    """Return documents a processor second, the best of three."""
    best = float("inf")
    for _ in range(3):
        before = time.process_time()
        work()
        best = min(best, time.process_time() - before)
    return n / best


def expressions(taxonomy: Taxonomy) -> list[re.Pattern[str]]:
    """Return one regular expression a category: the usual way, whose time grows with their number."""
    compiled = []
    for category in taxonomy.categories:
        parts = []
        for text in category.patterns:
            pattern = parse_pattern(text)
            slots = ["(?:" + "|".join(map(re.escape, slot)) + ")" for slot in pattern.slots]
            joined = slots[0] if slots else pattern.expression
            for gap, slot in zip(pattern.gaps, slots[1:], strict=True):
                joined += rf"[^。！？!?\n]{{0,{gap}}}?{slot}"
            parts.append(joined)
        if parts:
            compiled.append(re.compile("|".join(parts)))
    return compiled


def many_rules(n: int) -> Taxonomy:
    """Return a taxonomy of ``n`` rules of two slots, made of words that texts use."""
    rng = np.random.default_rng(0)
    words = sorted(
        {word for category in Taxonomy.load().categories for text in category.patterns
         for slot in parse_pattern(text).slots for word in slot}
    )  # fmt: skip
    pairs = rng.choice(len(words), (n, 2))
    patterns = (f"{words[a]} .. {words[b]}" for a, b in pairs)
    return Taxonomy(Category(f"r{at}", f"规则{at}", patterns=(one,)) for at, one in enumerate(patterns))


def speed(corpus: Corpus) -> None:
    texts, few = corpus.texts.tolist(), corpus.texts.tolist()[:2000]
    taxonomy = Taxonomy.load()
    rules, kinds = RuleClassifier(taxonomy).fit(corpus), ContactKind().fit(corpus)
    usual = expressions(taxonomy)
    length = np.mean([len(text) for text in texts])
    print(f"{len(texts):,} contacts of {length:.0f} characters, a processor second:")
    rows = {
        "RuleClassifier.transform, general taxonomy": per_second(len(texts), lambda: rules.transform(corpus)),
        "one expression a category, re": per_second(
            len(few), lambda: [[one.search(text) is not None for one in usual] for text in few]
        ),
        "ContactKind.transform": per_second(len(texts), lambda: kinds.transform(corpus)),
    }
    big = RuleClassifier(many_rules(3000))
    rows["RuleClassifier.transform, 3,000 rules"] = per_second(len(texts), lambda: big.transform(corpus))
    for name, value in rows.items():
        print(f"  {name:46} {value:10,.0f}")


def simulated(n: int) -> Corpus:
    center = simulate_center(n, random_state=0)
    corpus = Vectorizer().fit_transform(center.contacts)
    truth = center.truth.reindex(corpus.doc_ids)
    kind = ContactKind().fit(corpus).transform(corpus)
    rules = RuleClassifier().fit(corpus).transform(corpus)
    found, real = kind["is_complaint"], truth["is_complaint"]
    cause = truth.loc[real, "cause"]
    second = truth.loc[real, "second_cause"].fillna("")
    fits = [one in FIRST_LEVEL[name] for one, name in zip(rules.loc[real, "category"], cause, strict=True)]
    free = np.mean(rules.loc[real, "category"] == UNCLASSIFIED)
    print(
        f"simulated centre: complaints found {found[real].mean():.3f} at precision {real[found].mean():.3f}"
    )
    either = [
        fit or one in FIRST_LEVEL.get(name, ())
        for fit, one, name in zip(fits, rules.loc[real, "category"], second, strict=True)
    ]
    print(f"  main category {np.mean(fits):.3f}, either cause {np.mean(either):.3f}, unclaimed {free:.3f}")
    top = rules.loc[found & (rules["category"] != UNCLASSIFIED), "category"].value_counts()
    wanted = pd.Series([FIRST_LEVEL[name][0] for name in cause]).value_counts()
    print(f"  found: {'、'.join(top.index[:4])}; true: {'、'.join(wanted.index[:4])}")
    return corpus


def real_sets(folder: Path) -> None:
    print(f"{'complaint-only set, pack':62}{'unclaimed':>10}{'complaint':>10}  chosen by hits")
    for name, (column, pack) in COMPLAINTS.items():
        texts = pd.read_csv(folder / name)[column].astype("str")
        corpus = Vectorizer().fit_transform(texts.tolist())
        taxonomy = Taxonomy.load(pack)
        rules = RuleClassifier(taxonomy).fit(corpus).transform(corpus)
        kind = ContactKind(taxonomy).fit(corpus).transform(corpus)
        chosen = choose_packs(corpus).query("chosen")["pack"].tolist()
        free = (rules["category"] == UNCLASSIFIED).mean()
        print(f"{name + ', ' + pack:62}{free:10.3f}{kind['is_complaint'].mean():10.3f}  {'+'.join(chosen)}")
    print(f"{'reviews, pack':62}{'tagged':>10}{'complaint':>10}")
    for name, (column, pack) in REVIEWS.items():
        table = pd.read_csv(folder / name)
        corpus = Vectorizer().fit_transform(table[column].astype("str").tolist())
        taxonomy = Taxonomy.load(pack)
        rules = RuleClassifier(taxonomy).fit(corpus).transform(corpus)
        kind = ContactKind(taxonomy).fit(corpus).transform(corpus)
        for label, word in ((1, "positive"), (0, "negative")):
            mine = (table["label"] == label).to_numpy()
            tagged = (rules["category"] != UNCLASSIFIED)[mine].mean()
            both = ((rules["category"] != UNCLASSIFIED) & kind["is_complaint"])[mine].mean()
            complaint = kind["is_complaint"][mine].mean()
            print(f"{name + ', ' + word:62}{tagged:10.3f}{complaint:10.3f}  both {both:.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--n", type=int, default=20_000)
    given = parser.parse_args()
    speed(simulated(given.n))
    if given.data is not None:
        real_sets(given.data)


if __name__ == "__main__":
    main()
