"""Labels flipped at random: how many of them stand among the first that ``label_audit`` flags.

Run: python benchmarks/label_audit.py FILE.csv [--text text] [--label label] [--rows 2000] [--seeds 5]

``found`` is the share of flipped labels among the first n rows, n being how many were flipped; ``all`` the
share of them in the whole table, whose length is ``flagged``. Labels wrong before count as mistakes.
"""

import argparse

import numpy as np
import pandas as pd

import csatext as ct


def main():
    """Print a row for each share of flipped labels."""
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--text", default="text")
    parser.add_argument("--label", default="label")
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--seeds", type=int, default=5)
    given = parser.parse_args()
    table = pd.read_csv(given.file, dtype=str).dropna(subset=[given.text, given.label])
    for share in (0.05, 0.10):
        seen = []
        for seed in range(given.seeds):
            part = table.sample(min(given.rows, len(table)), random_state=seed)
            contacts = pd.DataFrame({"doc_id": np.arange(len(part)), "text": part[given.text].to_numpy()})
            corpus = ct.Vectorizer().fit_transform(contacts)
            rng = np.random.default_rng(seed)
            labels = part[given.label].to_numpy(object).copy()
            names = np.unique(labels.astype(str))
            flipped = rng.choice(len(labels), round(share * len(labels)), replace=False)
            for at in flipped:
                labels[at] = rng.choice(names[names != labels[at]])
            tags = contacts[["doc_id"]].assign(category=labels)
            found = ct.label_audit(corpus, tags, random_state=seed)
            ids = found["doc_id"].astype(int).drop_duplicates().to_numpy()
            hit = np.isin(ids, flipped)
            seen.append((hit[: len(flipped)].sum() / len(flipped), hit.sum() / len(flipped), len(ids)))
        first, whole, flagged = np.mean(seen, axis=0)
        print(f"flipped {share:.0%} of {len(part)}: found {first:.2f} all {whole:.2f} flagged {flagged:.0f}")


if __name__ == "__main__":
    main()
