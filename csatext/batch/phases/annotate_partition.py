"""The function of a partition: contacts in, facts out, nothing kept between two calls but the model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy import sparse

from csatext.batch.contact_analyses import annotate_contacts
from csatext.batch.phases.run_model import RunModel, load_run_model
from csatext.text.corpus import Corpus

__all__ = ["SHOWN", "TEXT", "WORDS", "PartitionTask", "annotate_partition", "counts_of", "partition_table"]

TEXT, WORDS, SHOWN = "csatext.text", "csatext.words", "csatext.shown"
"""Columns beside the facts: the prepared text, and the numbers of its terms as both Vectorizers count them, a
term as often as it occurs. What tables of words are made of, so that no text is segmented twice."""


@dataclass(frozen=True)
class PartitionTask:
    """How partitions are annotated; small, so that every process can be given it.

    Attributes
    ----------
    model : str
        Folder of the model.
    digest : str
        Hash of the model: another model in the same folder is read anew.
    key : str or None
        Key of pseudonyms in texts.
    """

    model: str
    digest: str
    key: str | None = field(default=None, repr=False)


@lru_cache(maxsize=1)
def _model(folder: str, digest: str) -> RunModel:
    """Return a model, read once a process."""
    return load_run_model(folder, digest)


def annotate_partition(contacts: pa.Table, how: PartitionTask, turns: pa.Table | None = None) -> pa.Table:
    """Return the facts of some contacts by a model, with the text and terms of each.

    Facts of a contact depend on it and the model alone: it does not matter how an input is cut. An engine
    calls this for each partition; it is what ``mapInArrow`` of Spark can call.

    Parameters
    ----------
    contacts : Table
        Table ``contacts``, metadata columns masked.
    how : PartitionTask
    turns : Table, optional
        Table ``turns`` of contacts that are dialogues, all turns of each; reading has masked personal data in
        them, and so in the contacts.

    Returns
    -------
    Table
        Columns of the facts, ``doc_id`` first, then ``csatext.text``, ``csatext.words``, ``csatext.shown``.

    Raises
    ------
    InputError
        The model cannot be read.
    """
    model = _model(how.model, how.digest)
    found = annotate_contacts(
        contacts.to_pandas(),
        model,
        redacted=turns is not None,
        turns=None if turns is None else turns.to_pandas(),
        key=how.key,
    )
    facts = partition_table(found.facts.reset_index())
    texts = pa.array(found.corpus.texts.to_numpy(object), pa.large_string())
    for name, column in (
        (TEXT, texts),
        (WORDS, _terms_of(found.corpus)),
        (SHOWN, _terms_of(found.shown)),
    ):
        facts = facts.append_column(name, column)
    return facts


def partition_table(frame: pd.DataFrame) -> pa.Table:
    """Return a table of pandas as one of Arrow; what mixes types is made text.

    Examples
    --------
    >>> partition_table(pd.DataFrame({"a": pd.Series([1, "b"], dtype=object)})).column("a").to_pylist()
    ['1', 'b']
    """
    plain = frame.copy(deep=False)
    plain.attrs = {}
    for name in [name for name, dtype in plain.dtypes.items() if dtype == np.dtype("O")]:
        plain[name] = plain[name].map(str, na_action="ignore").astype("str")
    return pa.Table.from_pandas(plain, preserve_index=False)


def _terms_of(corpus: Corpus) -> pa.ListArray:
    """Return the number of each term of each document, as often as it occurs there."""
    dtm = corpus.dtm
    numbers = np.repeat(dtm.indices, dtm.data).astype(np.int32)
    counted = np.concatenate(([0], np.cumsum(dtm.data)))
    return pa.ListArray.from_arrays(pa.array(counted[dtm.indptr], pa.int32()), pa.array(numbers, pa.int32()))


def counts_of(terms: pa.ChunkedArray, n_terms: int) -> sparse.csr_array:
    """Return the document-term matrix of a column ``csatext.words`` or ``csatext.shown``.

    Examples
    --------
    >>> counts_of(pa.chunked_array([[[0, 2, 2], []]]), 3).toarray().tolist()
    [[1, 0, 2], [0, 0, 0]]
    """
    chunks = list(_lists(terms))
    numbers = np.concatenate([np.empty(0, np.int32), *(numbers for numbers, _ in chunks)])
    lengths = np.concatenate([np.empty(0, np.int64), *(lengths for _, lengths in chunks)])
    offsets = np.concatenate(([0], np.cumsum(lengths)))
    width = np.int32 if offsets[-1] < 2**31 else np.int64
    counts = sparse.csr_array(
        (np.ones(len(numbers), np.int32), numbers.astype(width), offsets.astype(width)),
        shape=(len(lengths), n_terms),
    )
    counts.sum_duplicates()
    return counts


def _lists(column: pa.ChunkedArray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Return the values and the lengths of each chunk of a column of lists."""
    for chunk in column.chunks:
        yield chunk.flatten().to_numpy(), np.diff(chunk.offsets.to_numpy())
