import os

import pyarrow as pa
import pytest

from csatext.batch.engines.local import annotate_locally, workers_ahead
from csatext.batch.phases.partition_files import ContactsPartition, LoadedPartition, known_partition
from csatext.errors import InputError


def told(contacts, turns):
    """Annotate like the function of a run, but for one word that ends the process and one that fails."""
    texts = contacts["text"].to_pylist()
    if "毒" in texts:
        os._exit(1)
    if "错" in texts:
        raise KeyError("错")
    if "停" in texts:
        raise InputError("模型不可用。")
    n_turns = 0 if turns is None else turns.num_rows
    return pa.table({"doc_id": contacts["doc_id"], "n": [len(text) + 10 * n_turns for text in texts]})


def partitions(folder, *texts_of, turns=None):
    return [
        ContactsPartition(
            LoadedPartition(
                pa.table({"doc_id": [f"{at}-{row}" for row in range(len(texts))], "text": texts}), turns
            ),
            folder / f"{at:016x}-00000.parquet",
            f"print {at}",
        )
        for at, texts in enumerate(texts_of)
    ]


def rows(folder, at):
    table = pa.parquet.read_table(folder / f"{at:016x}-00000.parquet")
    return list(zip(*table.to_pydict().values(), strict=True)) if table.num_columns else []


def test_a_record_that_ends_its_process_is_found_by_halving_and_left_out(tmp_path):
    given = partitions(tmp_path, ["一", "二二"], ["甲", "乙", "毒", "丁", "戊"], ["错"], ["三三三"], ["四"])
    found = {one.path.name[15]: one for one in annotate_locally(told, given, n_jobs=2)}
    assert {at: (one.rows, one.lost) for at, one in found.items()} == {
        "0": (2, ()),
        "1": (4, ("1-2",)),
        "2": (0, ("2-0",)),
        "3": (1, ()),
        "4": (1, ()),
    }
    assert rows(tmp_path, 0) == [("0-0", 1), ("0-1", 2)]
    assert rows(tmp_path, 1) == [("1-0", 1), ("1-1", 1), ("1-3", 1), ("1-4", 1)]
    assert rows(tmp_path, 2) == []
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_processes_that_were_started_ahead_do_the_work_and_are_ended(tmp_path):
    with workers_ahead(1, os.getpid) as workers:
        assert workers is None
    with workers_ahead(2, os.getpid) as workers:
        given = partitions(tmp_path, ["一", "毒"], ["二二"], ["三三三"])
        found = {
            one.path.name[15]: one.lost for one in annotate_locally(told, given, n_jobs=2, workers=workers)
        }
        # The one that the record ended was replaced by others.
        assert found == {"0": ("0-1",), "1": (), "2": ()}
    with workers_ahead(2, os.getpid) as workers:
        ours = workers.submit(os.getpid).result()
        assert ours != os.getpid()
    with pytest.raises(ProcessLookupError):
        os.kill(ours, 0)


def test_what_nobody_foresaw_costs_one_record_in_this_process_too(tmp_path):
    turns = pa.table({"doc_id": ["0-0", "0-1", "0-1"], "text": ["a", "b", "c"]})
    given = partitions(tmp_path, ["一", "错", "二二"], turns=turns)
    found = list(annotate_locally(told, given))
    assert found[0].lost == ("0-1",)
    # A part of a partition has the turns of its own contacts: one of the first, none of the last.
    assert rows(tmp_path, 0) == [("0-0", 1 + 10), ("0-2", 2)]


@pytest.mark.parametrize("texts", [[["停"]], [["停"], ["一"]]], ids=["here", "workers"])
def test_an_error_about_the_model_ends_the_run(tmp_path, texts):
    with pytest.raises(InputError, match="模型不可用"):
        list(annotate_locally(told, partitions(tmp_path, *texts), n_jobs=2))


def test_partitions_are_taken_as_workers_become_free(tmp_path):
    taken = []

    def source():
        for one in partitions(tmp_path, *[["一"]] * 9):
            taken.append(one)
            yield one

    for n_done, _ in enumerate(annotate_locally(told, source(), n_jobs=1), start=1):
        assert len(taken) <= n_done + 2
    assert len(taken) == 9


def test_a_partition_knows_what_it_depends_on(tmp_path):
    (one,) = annotate_locally(told, partitions(tmp_path, ["错", "一"]))
    assert known_partition(one.path, "print 0") == one
    assert known_partition(one.path, "print 1") is None
    one.path.write_bytes(one.path.read_bytes()[:-9])
    assert known_partition(one.path, "print 0") is None
