"""Workbooks that people have tagged: their tags, contradictions, and every cell that could not be used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike

from csatext.errors import ParameterError
from csatext.tagging.choices import Choices
from csatext.tagging.flag_choices import FlagChoices
from csatext.tagging.found_tags import ImportedTags, import_files
from csatext.tagging.sheet_rows import read_tags_of
from csatext.taxonomy import Taxonomy
from csatext.taxonomy.qa_scorecard import QAScorecard

__all__ = ["choices_of", "read_tagging_workbook"]


def choices_of(
    taxonomy: Taxonomy | None, flags: QAScorecard | Mapping[str, str] | Sequence[str] | None
) -> Choices | FlagChoices:
    """Return what may be answered: categories, or flags.

    Raises
    ------
    ParameterError
        Both or neither of the two are given, or one of another type.
    """
    if flags is None:
        if taxonomy is None:
            raise ParameterError("请给出 taxonomy（标类别）或 flags（评分表或是/否列），二者之一。")
        return Choices(taxonomy)
    if taxonomy is not None:
        raise ParameterError("taxonomy 与 flags 只能给一个；类别和评分项请分成两个工作簿。")
    return FlagChoices(flags)


def read_tagging_workbook(
    paths: str | PathLike[str] | Sequence[str | PathLike[str]],
    *,
    taxonomy: Taxonomy | None = None,
    flags: QAScorecard | Mapping[str, str] | Sequence[str] | None = None,
) -> ImportedTags:
    """Return the tags of one workbook or of several people's.

    A row is known by its identifier and its text together, never by its place: rows and columns may be
    sorted, filtered, inserted, deleted and moved, sheets renamed, files saved by Excel, WPS, LibreOffice or
    Numbers. A row whose identifier and text are not of one contact is refused.

    Parameters
    ----------
    paths : path or list of paths
        Workbooks of :func:`csatext.write_tagging_workbook` (.xlsx, also saved as .xls, .ods or .csv).
    taxonomy : Taxonomy
        The categories that may be answered ...
    flags : QAScorecard, mapping or list
        ... or the flags, as the workbook was written with.

    Returns
    -------
    ImportedTags
        ``tags`` has a row a contact and person: whoever has left 标注人 empty is called as the file. An empty
        category is no tag. Two people's tags of one contact are both tags, and listed in ``conflicts`` where
        they differ; one person's contradictory tags are in ``conflicts`` alone. ``problems`` lists all cells
        that could not be used, in Chinese. Of flags ``tags`` (table ``flag_tags``) has a column for each, so
        that ``audited_rates(facts, tags, "qa_greeting")`` and ``agreement(tags, columns="qa_greeting")`` take
        it as it is. An item that does not apply (不适用) counts as met: nothing was done wrong.

    Raises
    ------
    ParameterError
        ``paths`` is no path, or not one of ``taxonomy`` and ``flags`` is given.
    InputError
        No file can be opened (of several, those that cannot are in ``problems``).

    Examples
    --------
    >>> import csatext as ct
    >>> import pandas as pd
    >>> from tempfile import TemporaryDirectory
    >>> contacts = pd.DataFrame({"doc_id": ["a"], "text": ["退款一直不到账"]})
    >>> corpus, taxonomy = ct.Vectorizer().fit_transform(contacts), ct.Taxonomy.load()
    >>> sample = ct.sample_for_tagging(contacts, 1, strategy="random")
    >>> with TemporaryDirectory() as folder:
    ...     paths = ct.write_tagging_workbook(sample, corpus, f"{folder}/质检.xlsx", taxonomy=taxonomy)
    ...     len(read_tagging_workbook(paths, taxonomy=taxonomy).tags)
    0
    """
    choices = choices_of(taxonomy, flags)
    asked = choices if isinstance(choices, FlagChoices) else None
    return import_files(paths, lambda path: read_tags_of(path, choices), asked)
