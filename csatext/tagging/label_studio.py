"""Label Studio: tasks with suggestions and the labelling configuration out, annotations in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd

from csatext.argument_types import as_path
from csatext.atomic_files import prepare_folder, write_text
from csatext.errors import InputError
from csatext.ingest.formats.encodings import decode
from csatext.ingest.formats.files import read_bytes
from csatext.ingest.formats.json_values import loads
from csatext.tagging.annotations import (
    KEPT,
    MarkedSpan,
    ToolAnnotation,
    carried,
    delimited_rows,
    tags_of_annotations,
)
from csatext.tagging.choices import Choices
from csatext.tagging.found_tags import FileTags, ImportedTags, import_files
from csatext.tagging.sample_rows import evidence_spans, sample_rows
from csatext.taxonomy import Taxonomy
from csatext.text.corpus import Corpus

__all__ = [
    "is_label_studio_table",
    "label_studio_config",
    "read_label_studio",
    "tags_of_label_studio",
    "write_label_studio",
]

_CATEGORY, _BELOW, _EVIDENCE, _NOTE, _TEXT = "category", "subcategory", "evidence", "note", "text"
_OWN_COLUMNS = {"annotation_id", "lead_time"}
_EVIDENCE_LABEL = "依据"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 does not allow."""
_WHAT = "请给出 Label Studio 导出的 JSON、JSON_MIN 或 CSV"


def label_studio_config(taxonomy: Taxonomy) -> str:
    """Return the labelling configuration of a project: categories in two levels, evidence and a remark.

    Parameters
    ----------
    taxonomy : Taxonomy
        The categories to choose from; their definitions are shown beside them.

    Returns
    -------
    str
        XML for Settings, Labeling Interface, Code.

    Raises
    ------
    ParameterError
        ``taxonomy`` is none.

    Examples
    --------
    >>> import csatext as ct
    >>> label_studio_config(ct.Taxonomy.load()).splitlines()[1].strip()
    '<Text name="text" value="$text" />'
    """
    choices = Choices(taxonomy)
    hints = {}
    for category in taxonomy.categories:
        path = taxonomy.path(category.id)
        hints[path[0], path[-1]] = category.definition
    view = ElementTree.Element("View")
    ElementTree.SubElement(view, "Text", name=_TEXT, value="$text")
    tree = ElementTree.SubElement(
        view,
        "Taxonomy",
        name=_CATEGORY,
        toName=_TEXT,
        maxUsages="1",
        required="true",
        placeholder="选一个类别",
    )
    for first, below in choices.below.items():
        node = _choice(tree, first, hints.get((first, first), ""))
        for second in below:
            _choice(node, second, hints.get((first, second), ""))
    labels = ElementTree.SubElement(view, "Labels", name=_EVIDENCE, toName=_TEXT)
    ElementTree.SubElement(labels, "Label", value=_EVIDENCE_LABEL, background="#C00000")
    ElementTree.SubElement(
        view, "TextArea", name=_NOTE, toName=_TEXT, placeholder="备注", maxSubmissions="1", editable="true"
    )
    ElementTree.indent(view)
    return ElementTree.tostring(view, encoding="unicode") + "\n"


def _choice(parent: ElementTree.Element, name: str, definition: str) -> ElementTree.Element:
    node = ElementTree.SubElement(parent, "Choice", value=_NOT_XML.sub("", name))
    if definition:
        node.set("hint", _NOT_XML.sub("", definition))
    return node


def write_label_studio(
    sample: pd.DataFrame,
    corpus: Corpus,
    path: str | PathLike[str],
    *,
    taxonomy: Taxonomy,
    suggestions: pd.DataFrame | None = None,
) -> list[Path]:
    """Write a sample of contacts as tasks of Label Studio, with the configuration of the project.

    Parameters
    ----------
    sample : DataFrame
        Table ``tag_sample``: ``doc_id``, ``inclusion_probability``, optionally ``stratum``.
    corpus : Corpus
        Holds the contacts of the sample; its texts are masked.
    path : path
        A ``.json`` file; replaced as a whole.
    taxonomy : Taxonomy
        The categories to choose from.
    suggestions : DataFrame, optional
        What a machine says, as for :func:`csatext.write_tagging_workbook`: shown as predictions, the category
        with its confidence and the words it rests on.

    Returns
    -------
    list of Path
        The tasks, for Import; the configuration (``.xml`` beside them), for Settings.

    Raises
    ------
    ParameterError, SchemaError
        An argument of the wrong type, a column that is missing, contacts that the corpus does not hold.
    InputError
        Another ending.

    See Also
    --------
    csatext.read_label_studio : reads the annotations back.

    Examples
    --------
    >>> import csatext as ct
    >>> from tempfile import TemporaryDirectory
    >>> contacts = pd.DataFrame({"doc_id": ["a", "b"], "text": ["退款一直不到账", "客服态度很差"]})
    >>> corpus, taxonomy = ct.Vectorizer().fit_transform(contacts), ct.Taxonomy.load()
    >>> sample = ct.sample_for_tagging(contacts, 2, strategy="random")
    >>> with TemporaryDirectory() as folder:
    ...     paths = write_label_studio(sample, corpus, Path(folder, "质检.json"), taxonomy=taxonomy)
    ...     [path.name for path in paths]
    ['质检.json', '质检.xml']
    """
    configuration = label_studio_config(taxonomy)
    path = as_path(path)
    if path.suffix.lower() != ".json":
        raise InputError(f"Label Studio 的任务只写成 .json，不能写成「{path.name}」。")
    rows = sample_rows(sample, corpus, Choices(taxonomy), suggestions)
    tasks = []
    for row, kept in zip(rows.to_dict("records"), carried(rows), strict=True):
        task: dict[str, Any] = {"data": {"text": row["text"], **kept}}
        if row["suggested"]:
            task["predictions"] = [_prediction(row)]
        tasks.append(task)
    prepare_folder(path.parent)
    write_text(json.dumps(tasks, ensure_ascii=False, indent=1) + "\n", path)
    beside = path.with_suffix(".xml")
    write_text(configuration, beside)
    return [path, beside]


def _prediction(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the machine says as Label Studio shows it."""
    answer = [row["suggested"], *([row["suggested_below"]] if row["suggested_below"] else [])]
    results: list[dict[str, Any]] = [
        {
            "id": _CATEGORY,
            "from_name": _CATEGORY,
            "to_name": _TEXT,
            "type": "taxonomy",
            "value": {"taxonomy": [answer]},
        }
    ]
    for place, (start, end) in enumerate(evidence_spans(row["text"], row["evidence"])):
        value = {"start": start, "end": end, "text": row["text"][start:end], "labels": [_EVIDENCE_LABEL]}
        results.append(
            {
                "id": f"{_EVIDENCE}{place}",
                "from_name": _EVIDENCE,
                "to_name": _TEXT,
                "type": "labels",
                "value": value,
            }
        )
    score = {} if np.isnan(row["confidence"]) else {"score": float(row["confidence"])}
    return {"model_version": "csatext", **score, "result": results}


def read_label_studio(
    paths: str | PathLike[str] | Sequence[str | PathLike[str]],
    *,
    taxonomy: Taxonomy,
    names: Mapping[Any, str] | None = None,
) -> ImportedTags:
    """Return the tags of one export of Label Studio or of several.

    A task is known by its identifier and its text together, as a row of a workbook is. Predictions and
    skipped tasks are no tags. To import a file twice changes nothing.

    Parameters
    ----------
    paths : path or list of paths
        Exports of a project of :func:`csatext.write_label_studio`: JSON, JSON_MIN or CSV.
    taxonomy : Taxonomy
        The categories that may be answered.
    names : mapping, optional
        Name of each annotator by what Label Studio calls them: a number, or an e-mail address. Those not
        named are called 用户1, or by their address.

    Returns
    -------
    ImportedTags
        ``tags``, ``conflicts``, ``problems`` as of :func:`csatext.read_tagging_workbook` (``row`` is the
        place of the task in its file), and ``evidence``: the marked passages, in characters of the text.

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
    ...     tasks, _ = ct.write_label_studio(sample, corpus, f"{folder}/质检.json", taxonomy=taxonomy)
    ...     len(read_label_studio(tasks, taxonomy=taxonomy).tags)  # nobody has annotated yet
    0
    """
    choices = Choices(taxonomy)
    called = {str(key): str(name) for key, name in (names or {}).items()}

    return import_files(paths, lambda path: tags_of_label_studio(path, choices, called))


def tags_of_label_studio(path: Path, choices: Choices, called: Mapping[str, str]) -> FileTags:
    """Return the tags of an export, and every annotation that could not be used.

    Parameters
    ----------
    path : Path
    choices : Choices
        What may be answered.
    called : mapping
        Name of each annotator by number or address.

    Raises
    ------
    InputError
        The file is no export.
    """
    return tags_of_annotations(path.name, _annotations(path, called), choices)


def is_label_studio_table(text: str) -> bool:
    """Return whether a text is the CSV of Label Studio, by the columns that it adds.

    Examples
    --------
    >>> is_label_studio_table("text,annotation_id,annotator,lead_time"), is_label_studio_table("编号,文本")
    (True, False)
    """
    return set(re.split(r"[,\t;\"\r]+", text.partition("\n")[0].lstrip("\ufeff"))) >= _OWN_COLUMNS


def _annotations(path: Path, called: Mapping[str, str]) -> Iterator[ToolAnnotation]:
    """Yield the annotations of an export in any of its forms."""
    text, _ = decode(read_bytes(path), path)
    if path.suffix.lower() in (".csv", ".tsv"):
        for row, record in enumerate(_csv_records(text, path), start=1):
            yield _of_flat(record, row, called)
        return
    try:
        tasks = loads(text)
    except ValueError as error:
        raise InputError.unreadable(path, "不是合法的 JSON", _WHAT) from error
    if not isinstance(tasks, list) or not all(isinstance(task, dict) for task in tasks):
        raise InputError.unreadable(path, "不是任务的列表", _WHAT)
    for row, task in enumerate(tasks, start=1):
        if "data" in task and not isinstance(task["data"], dict):
            raise InputError.unreadable(path, f"第 {row} 个任务的 data 不是对象", _WHAT)
        if "data" not in task:
            yield _of_flat(task, row, called)
            continue
        done = task.get("annotations")
        for one in done if isinstance(done, list) else []:
            if isinstance(one, dict) and not one.get("was_cancelled"):
                yield _of_task(task["data"], one, row, called)


def _csv_records(text: str, path: Path) -> list[dict[str, str]]:
    rows = delimited_rows(text, path)
    return [dict(zip(rows[0], row, strict=False)) for row in rows[1:] if any(row)] if rows else []


def _of_task(
    data: Mapping[str, Any], done: Mapping[str, Any], row: int, called: Mapping[str, str]
) -> ToolAnnotation:
    """Return the annotation of a task: one of the form with every region."""
    answers: list[list[str]] = []
    notes: list[str] = []
    spans: list[MarkedSpan] = []
    results = done.get("result")
    for region in results if isinstance(results, list) else []:
        value = region.get("value") if isinstance(region, dict) else None
        if not isinstance(value, dict):
            continue
        if region.get("type") in ("taxonomy", "choices"):
            answers += _paths(value)
        elif region.get("type") == "textarea":
            notes += _notes(value.get("text"))
        elif region.get("type") == "labels":
            spans += _spans([value])
    return ToolAnnotation(
        row,
        _text(data),
        _kept(data),
        _annotator(done.get("completed_by"), called),
        answers,
        "；".join(notes),
        spans,
    )


def _of_flat(record: Mapping[str, Any], row: int, called: Mapping[str, str]) -> ToolAnnotation:
    """Return the annotation of a record of JSON_MIN or CSV: a column for each control."""
    answers = [
        path
        for name, value in record.items()
        if name == _CATEGORY or str(name).startswith(_BELOW)
        for path in _paths(_value(value))
    ]
    spans = _spans(_value(record.get(_EVIDENCE)))
    note = "；".join(_notes(_value(record.get(_NOTE))))
    annotator = _annotator(record.get("annotator"), called)
    return ToolAnnotation(row, _text(record), _kept(record), annotator, answers, note, spans)


def _value(cell: Any) -> Any:
    """Return the value of a cell: lists and objects stand in it as JSON."""
    if isinstance(cell, str) and cell.lstrip()[:1] in ("[", "{"):
        try:
            return loads(cell)
        except ValueError:
            return cell
    return cell


def _paths(value: Any) -> list[list[str]]:
    """Return the categories of a value: a name, names, first and second level, or an object of these."""
    if isinstance(value, dict):
        return [path for name in ("taxonomy", "choices") for path in _paths(value.get(name))]
    if isinstance(value, str):
        return [[value]] if value.strip() else []
    if not isinstance(value, list):
        return []
    found: list[list[str]] = []
    for one in value:
        if isinstance(one, list):
            path = [str(name) for name in one if str(name).strip()]
            found += [path] if path else []
        else:
            found += _paths(one)
    return found


def _notes(value: Any) -> list[str]:
    """Return the remarks of a value: one, several, or an object of these."""
    if isinstance(value, dict):
        return _notes(value.get("text"))
    given = value if isinstance(value, list) else [value]
    return [one.strip() for one in given if isinstance(one, str) and one.strip()]


def _spans(value: Any) -> list[MarkedSpan]:
    """Return the marked passages of a value."""
    return [
        MarkedSpan(one["start"], one["end"], str(one.get("text") or ""))
        for one in (value if isinstance(value, list) else [])
        if isinstance(one, dict) and isinstance(one.get("start"), int) and isinstance(one.get("end"), int)
    ]


def _text(data: Mapping[str, Any]) -> str:
    text = data.get(_TEXT)
    return text if isinstance(text, str) else ""


def _kept(data: Mapping[str, Any]) -> dict[str, str]:
    return {name: "" if data.get(name) is None else str(data[name]) for name in KEPT}


def _annotator(given: Any, called: Mapping[str, str]) -> str:
    """Return the name of an annotator whom the tool calls by a number, an address or an object of both."""
    if isinstance(given, dict):
        keys = [str(given[name]) for name in ("id", "email") if given.get(name) not in (None, "")][::-1]
    else:
        keys = [] if given in (None, "") else [str(given)]
    for key in keys:
        if key in called:
            return called[key]
    if not keys:
        return "未署名"
    return f"用户{keys[0]}" if keys[0].isdigit() else keys[0]
