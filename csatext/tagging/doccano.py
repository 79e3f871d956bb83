"""doccano: texts and the labels of a project out, annotations in."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from csatext.argument_types import as_path
from csatext.atomic_files import prepare_folder, write_text
from csatext.errors import InputError
from csatext.ingest.formats.encodings import decode
from csatext.ingest.formats.files import read_bytes
from csatext.ingest.formats.json_values import json_lines
from csatext.tagging.annotations import KEPT, MarkedSpan, ToolAnnotation, carried, tags_of_annotations
from csatext.tagging.choices import Choices
from csatext.tagging.found_tags import FileTags, ImportedTags, Problem, import_files
from csatext.tagging.sample_rows import sample_rows
from csatext.taxonomy import Taxonomy
from csatext.text.corpus import Corpus

__all__ = ["read_doccano", "tags_of_doccano", "write_doccano"]

_SUGGESTED = {"suggested": "建议一级", "suggested_below": "建议二级", "evidence": "依据"}
_LABELS, _SPANS, _COMMENTS = ("label", "labels", "cats"), "entities", "Comments"
"""Names that doccano gives to categories (by kind of project), passages and remarks in an export."""
_COLORS = ("#1565C0", "#2E7D32", "#AD1457", "#6A1B9A", "#00695C", "#E65100", "#4E342E", "#37474F")
_LONGEST_LABEL = 100
"""Characters of a label that doccano holds."""


def write_doccano(
    sample: pd.DataFrame,
    corpus: Corpus,
    path: str | PathLike[str],
    *,
    taxonomy: Taxonomy,
    suggestions: pd.DataFrame | None = None,
) -> list[Path]:
    """Write a sample of contacts as JSON lines for doccano, with the labels of the project.

    For projects of the types text classification, and intent detection and slot filling, where passages are
    marked too. What a machine says stands among the metadata beside the text and is no label: doccano would
    export it as the answer of whoever imported the file.

    Parameters
    ----------
    sample : DataFrame
        Table ``tag_sample``: ``doc_id``, ``inclusion_probability``, optionally ``stratum``.
    corpus : Corpus
        Holds the contacts of the sample; its texts are masked.
    path : path
        A ``.jsonl`` file; replaced as a whole.
    taxonomy : Taxonomy
        The categories to choose from.
    suggestions : DataFrame, optional
        What a machine says, as for :func:`csatext.write_tagging_workbook`.

    Returns
    -------
    list of Path
        The texts, for Dataset, Import (format JSONL); the labels (``-类别.json`` beside them), for Labels,
        Import.

    Raises
    ------
    ParameterError, SchemaError
        An argument of the wrong type, a column that is missing, contacts that the corpus does not hold.
    InputError
        Another ending, or a category whose name is longer than doccano holds.

    See Also
    --------
    csatext.read_doccano : reads the annotations back.

    Examples
    --------
    >>> import csatext as ct
    >>> from tempfile import TemporaryDirectory
    >>> contacts = pd.DataFrame({"doc_id": ["a", "b"], "text": ["退款一直不到账", "客服态度很差"]})
    >>> corpus, taxonomy = ct.Vectorizer().fit_transform(contacts), ct.Taxonomy.load()
    >>> sample = ct.sample_for_tagging(contacts, 2, strategy="random")
    >>> with TemporaryDirectory() as folder:
    ...     paths = write_doccano(sample, corpus, Path(folder, "质检.jsonl"), taxonomy=taxonomy)
    ...     [path.name for path in paths]
    ['质检.jsonl', '质检-类别.json']
    """
    choices = Choices(taxonomy)
    path = as_path(path)
    if path.suffix.lower() != ".jsonl":
        raise InputError(f"doccano 的数据只写成 .jsonl，不能写成「{path.name}」。")
    rows = sample_rows(sample, corpus, choices, suggestions)
    labels = _labels(choices)
    lines = []
    for row, kept in zip(rows.to_dict("records"), carried(rows), strict=True):
        record: dict[str, object] = {"text": row["text"], **kept}
        if suggestions is not None:
            record |= {header: row[name] for name, header in _SUGGESTED.items()}
            record["置信度"] = None if np.isnan(row["confidence"]) else round(float(row["confidence"]), 2)
        # A field that is missing or null in one line makes doccano 1.8 refuse the file (NaN in its database).
        whole = {name: "" if value is None else value for name, value in record.items()}
        lines.append(json.dumps(whole, ensure_ascii=False) + "\n")
    prepare_folder(path.parent)
    write_text("".join(lines), path)
    beside = path.with_name(f"{path.stem}-类别.json")
    write_text(json.dumps(labels, ensure_ascii=False, indent=1) + "\n", beside)
    return [path, beside]


def _labels(choices: Choices) -> list[dict[str, str]]:
    """Return the labels of a project: each first level, and each category with the level above."""
    labels = []
    for place, (first, below) in enumerate(choices.below.items()):
        for name in (first, *(f"{first}/{second}" for second in below)):
            if len(name) > _LONGEST_LABEL:
                raise InputError(
                    f"类别「{name}」有 {len(name)} 个字，doccano 的标签最多 {_LONGEST_LABEL} 个字；请改短。"
                )
            labels.append(
                {"text": name, "background_color": _COLORS[place % len(_COLORS)], "text_color": "#ffffff"}
            )
    return labels


def read_doccano(
    paths: str | PathLike[str] | Sequence[str | PathLike[str]],
    *,
    taxonomy: Taxonomy,
    names: Mapping[str, str] | None = None,
) -> ImportedTags:
    """Return the tags of one export of doccano or of several people's.

    A text is known by its identifier and itself together, as a row of a workbook is. To import a file twice
    changes nothing.

    Parameters
    ----------
    paths : path or list of paths
        Files of an export as JSONL (unpacked: doccano writes one a person), of a project of
        :func:`csatext.write_doccano`.
    taxonomy : Taxonomy
        The categories that may be answered.
    names : mapping, optional
        Name of each annotator by the name of the file without its ending, which doccano calls as the user.

    Returns
    -------
    ImportedTags
        As of :func:`csatext.read_label_studio`; ``row`` is the line of the file.

    Raises
    ------
    ParameterError
        ``paths`` is no path, or ``taxonomy`` none.
    InputError
        No file can be read (of several, those that cannot are in ``problems``).

    Examples
    --------
    >>> import csatext as ct
    >>> from tempfile import TemporaryDirectory
    >>> contacts = pd.DataFrame({"doc_id": ["a"], "text": ["退款一直不到账"]})
    >>> corpus, taxonomy = ct.Vectorizer().fit_transform(contacts), ct.Taxonomy.load()
    >>> sample = ct.sample_for_tagging(contacts, 1, strategy="random")
    >>> with TemporaryDirectory() as folder:
    ...     data, _ = ct.write_doccano(sample, corpus, f"{folder}/质检.jsonl", taxonomy=taxonomy)
    ...     len(read_doccano(data, taxonomy=taxonomy).tags)  # nobody has annotated yet
    0
    """
    choices = Choices(taxonomy)
    called = names or {}
    return import_files(paths, lambda path: tags_of_doccano(path, choices, called))


def tags_of_doccano(path: Path, choices: Choices, called: Mapping[str, str]) -> FileTags:
    """Return the tags of one person's export, and every annotation that could not be used.

    Parameters
    ----------
    path : Path
    choices : Choices
        What may be answered.
    called : mapping
        Name of each annotator by the name of the file without its ending.

    Raises
    ------
    InputError
        The file is no export.
    """
    data = read_bytes(path)
    if data.startswith(b"PK\x03\x04"):
        raise InputError.unreadable(path, "是压缩包", "请先解压，里面每个标注人一个文件")
    text, _ = decode(data, path)
    values, lines, broken = json_lines(text)
    if not values:
        raise InputError.unreadable(path, "里面没有 JSON 行", "请给出 doccano 以 JSONL 导出的文件")
    annotator = called.get(path.stem, path.stem)
    annotations = _annotations(values, lines, annotator)
    found = tags_of_annotations(path.name, annotations, choices)
    found.problems += [
        Problem(path.name, "", one.line, "", one.raw[:200], f"这一行{one.why}，没有导入。") for one in broken
    ]
    return found


def _annotations(values: list[Any], lines: list[int], annotator: str) -> Iterator[ToolAnnotation]:
    for value, line in zip(values, lines, strict=True):
        if not isinstance(value, dict):
            continue
        labels: list[Any] = next((value[name] for name in _LABELS if isinstance(value.get(name), list)), [])
        comments = value.get(_COMMENTS)
        comments = comments if isinstance(comments, list) else []
        text = value.get("text")
        yield ToolAnnotation(
            row=line,
            text=text if isinstance(text, str) else "",
            kept={name: "" if value.get(name) is None else str(value[name]) for name in KEPT},
            annotator=annotator,
            answers=[[one] for one in labels if isinstance(one, str)],
            note="；".join(one.strip() for one in comments if isinstance(one, str) and one.strip()),
            spans=[span for span in map(_span, value.get(_SPANS) or []) if span is not None],
        )


def _span(given: Any) -> MarkedSpan | None:
    """Return a passage: first character, end and label."""
    if not isinstance(given, list) or len(given) < 2 or not all(isinstance(at, int) for at in given[:2]):
        return None
    return MarkedSpan(given[0], given[1])
