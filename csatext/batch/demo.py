"""The main job on a contact centre that is simulated, so that anyone can see it work."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from csatext.atomic_files import claimed_folder
from csatext.batch.configuration import Configuration, ReportSection
from csatext.batch.pipeline import RunResult, write_analysis
from csatext.datasets.simulate import simulate_center
from csatext.ingest.contacts import ReadResult
from csatext.schema import conform
from csatext.schema.contacts import QUALITY, REJECTS

__all__ = ["demo"]


def demo(
    out: Path, n_contacts: int, random_state: int, progress: Callable[[str], None]
) -> tuple[RunResult, list[str]]:
    """Simulate, run and write; return the result and the names of the planted incidents."""
    progress("模拟客服中心")
    center = simulate_center(n_contacts, random_state)
    read = ReadResult(
        center.contacts,
        conform(pd.DataFrame({column.name: [] for column in REJECTS.columns}), REJECTS),
        conform(pd.DataFrame({column.name: [] for column in QUALITY.columns}), QUALITY),
        len(center.contacts),
    )
    source = {"name": "simulate_center", "n_contacts": n_contacts, "random_state": random_state}
    configuration = Configuration(report=ReportSection(title="模拟客服中心：客户之声分析报告"))
    with claimed_folder(out):
        result = write_analysis(source, read, out, configuration, progress)
    return result, center.incidents["name"].tolist()
