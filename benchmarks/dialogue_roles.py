"""How often the agent is told from the customer where nobody says so.

Run: ``python -P benchmarks/dialogue_roles.py FOLDER`` (the folder with ``retail_chat_dev.tsv`` and
``weibo_helpdesk_dev.jsonl``). The known roles are hidden behind letters that mean another side in each
dialogue (``swapped``), the same side in all (``steady``), or behind nothing at all (``unlabelled``).
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

import csatext as ct
from csatext.ingest.dialogues.role_inference import infer_roles

FILES = ("retail_chat_dev.tsv", "weibo_helpdesk_dev.jsonl")


def hidden(turns: pd.DataFrame, how: str) -> pd.DataFrame:
    known = turns[["doc_id", "role", "text"]].copy()
    agent = known["role"].eq("agent")
    first = np.random.default_rng(0).random(known["doc_id"].nunique()) < 0.5
    swap = pd.Series(first[pd.factorize(known["doc_id"])[0]], index=known.index) & (how == "swapped")
    known["label"] = pd.Series(np.where(agent ^ swap, "B", "A"), index=known.index, dtype="str")
    if how == "unlabelled":
        known["label"] = pd.Series(pd.NA, index=known.index, dtype="str")
    known["role"] = pd.Series(pd.NA, index=known.index, dtype="str")
    return known


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("../shared/data/dialogues")
    rows = []
    for name in FILES:
        if not (folder / name).is_file():
            print(f"{name}: not in {folder}, left out")
            continue
        turns = ct.read_turns(folder / name)
        both = turns.groupby("doc_id")["role"].transform("nunique") > 1
        for how in ("swapped", "steady", "unlabelled"):
            roles, _ = infer_roles(hidden(turns, how))
            right = roles == turns["role"]
            whole = right[both].groupby(turns.loc[both, "doc_id"]).all()
            rows.append((name, how, len(turns), right.mean(), len(whole), whole.mean()))
    names = ["file", "labels", "turns", "turns right", "dialogues", "dialogues wholly right"]
    print(pd.DataFrame(rows, columns=names).round(4).to_string(index=False))


if __name__ == "__main__":
    main()
