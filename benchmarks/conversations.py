"""Predicted satisfaction against human votes, noise in turning points, and speed of what looks at dialogues.

Run: ``OMP_NUM_THREADS=1 python -P benchmarks/conversations.py FOLDER`` (the folder with
``weibo_helpdesk_dev.jsonl``). The votes are means of 19 annotators. SnowNLP is the mean of its probabilities
over the customer's turns. After ``fit``: five folds over dialogues, and 50 and 200 ratings drawn from each
training part. The plain weights were chosen on these dialogues (coefficients of a ridge regression, rounded),
so that their figure is a little better than that of new ones; ridge by cross-validation on the signals alone
stands beside it.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import spearmanr
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from snownlp import SnowNLP

import csatext as ct
from csatext.analysis.conversations.talk import talk_of

FILE = "weibo_helpdesk_dev.jsonl"
VOTES = "satisfaction_mean"
WORDS = ["已经登记", "请提供订单", "帮您查询", "需要核实", "稍后回电", "转给仓库", "联系快递", "看一下记录"]
DRAWS = 100


def correlation(predicted: pd.Series, votes: pd.Series) -> float:
    return float(spearmanr(predicted.reindex(votes.index), votes)[0])


def cross_validated(turns: pd.DataFrame, votes: pd.Series, n: int | None = None) -> pd.Series:
    parts = []
    for train, test in KFold(5, shuffle=True, random_state=0).split(votes):
        if n is not None:
            train = np.random.default_rng(0).choice(train, n, replace=False)
        learnt = votes.iloc[train]
        model = ct.SatisfactionModel().fit(turns[turns["doc_id"].isin(learnt.index)], learnt)
        part = turns[turns["doc_id"].isin(votes.index[test])]
        parts.append(model.transform(part)["predicted_satisfaction"])
    return pd.concat(parts)


def satisfaction(turns: pd.DataFrame, votes: pd.Series) -> None:
    customer = turns[turns["role"] == "customer"]
    scores = customer["text"].map(lambda text: SnowNLP(text).sentiments if text.strip() else 0.5)
    plain = ct.SatisfactionModel()
    signals = plain.signals(turns).reindex(votes.index)
    ridge = make_pipeline(StandardScaler(), RidgeCV(np.logspace(-1, 4, 11)))
    folds = KFold(5, shuffle=True, random_state=0)
    on_signals = pd.Series(cross_val_predict(ridge, signals, votes, cv=folds), votes.index)
    course = ct.conversation_sentiment(turns)
    rows = {
        "SnowNLP, mean of customer turns": scores.groupby(customer["doc_id"]).mean(),
        "csatext, mean of customer turns": course["customer_mean"],
        "csatext, last customer turn": course["customer_end"],
        "csatext, plain weights": plain.transform(turns)["predicted_satisfaction"],
        "ridge on the signals, 5 folds": on_signals,
        "csatext after fit, 5 folds": cross_validated(turns, votes),
        "csatext after fit on 200, 5 folds": cross_validated(turns, votes, 200),
        "csatext after fit on 50, 5 folds": cross_validated(turns, votes, 50),
    }
    print(f"Spearman with the mean vote, {len(votes):,} dialogues")
    for name, predicted in rows.items():
        print(f"  {name:36s} {correlation(predicted, votes):.3f}")


def talks(seed: int, planted: float, n: int = 100) -> pd.DataFrame:
    """Return dialogues in half of whose replies a phrase adds ``planted`` to the chance of a recovery."""
    rng = np.random.default_rng(seed)
    rows = []
    for doc in range(n):
        hears = rng.random() < 0.5
        before = rng.choice([-0.9, -0.4])
        after = 0.5 if rng.random() < 0.4 + planted * hears else -0.9
        said = "，".join(rng.choice(WORDS, 3)) + ("，给您申请补偿" if hears else "")
        rows += [(doc, 0, "customer", "怎么办", before), (doc, 1, "agent", said, 0.0)]
        rows.append((doc, 2, "customer", "知道", after))
    return pd.DataFrame(rows, columns=["doc_id", "turn_id", "role", "text", "sentiment"])


def turning() -> None:
    nothing = [ct.turning_points(talks(seed, 0.0)) for seed in range(DRAWS)]
    planted = [ct.turning_points(talks(seed, 0.4)) for seed in range(DRAWS)]
    alarms = np.mean([bool((table["q"] < 0.05).any()) for table in nothing])
    small = np.mean(np.concatenate([table["p"] for table in nothing]) < 0.05)
    hit = np.mean(
        [table["phrase"].iloc[0] == "给您申请补偿" and table["q"].iloc[0] < 0.05 for table in planted]
    )
    print(
        f"turning points, {DRAWS} draws of 100 dialogues: nothing planted: q < .05 in {alarms:.2f} of them,"
    )
    print(f"  p < .05 for {small:.3f} of the phrases; planted (+.4): found first with q < .05 in {hit:.2f}")


def speed(turns: pd.DataFrame) -> None:
    many = pd.concat([turns.assign(doc_id=f"{n}-" + turns["doc_id"]) for n in range(12)], ignore_index=True)
    # No two turns are alike, so that no work is saved by what was seen before.
    many["text"] = many["text"] + (many.index % 9973).astype(str)
    scored = many.assign(sentiment=talk_of(many).score)
    jobs = {
        "conversation_sentiment, scored turns": (ct.conversation_sentiment, scored),
        "conversation_sentiment, with scoring": (ct.conversation_sentiment, many),
        "turning_points, scored turns": (ct.turning_points, scored),
        "script_adherence": (ct.script_adherence, many),
    }
    print(f"turns a second of processor time, {len(many):,} turns")
    for name, (job, table) in jobs.items():
        job(table.head(2000))
        start = time.process_time()
        job(table)
        print(f"  {name:38s} {len(table) / (time.process_time() - start):10,.0f}")


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("../shared/data/dialogues")
    turning()
    if not (folder / FILE).is_file():
        print(f"{FILE}: not in {folder}, left out")
        return
    turns = ct.read_turns(folder / FILE)
    votes = turns.groupby("doc_id", sort=False)[VOTES].first()
    kept = turns[["doc_id", "turn_id", "role", "text"]]
    satisfaction(kept, votes)
    speed(kept)


if __name__ == "__main__":
    main()
