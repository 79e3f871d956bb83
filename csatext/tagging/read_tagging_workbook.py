"""Workbooks that people have tagged: their tags, contradictions, and every cell that could not be used."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike

from csatext.tagging.choices import Choices
from csatext.tagging.found_tags import ImportedTags, import_files
from csatext.tagging.sheet_rows import read_tags_of
from csatext.taxonomy import Taxonomy

__all__ = ["read_tagging_workbook"]


def read_tagging_workbook(
    paths: str | PathLike[str] | Sequence[str | PathLike[str]], *, taxonomy: Taxonomy
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
        The categories that may be answered.

    Returns
    -------
    ImportedTags
        ``tags`` has a row a contact and person: whoever has left 标注人 empty is called as the file. An empty
        category is no tag. Two people's tags of one contact are both tags, and listed in ``conflicts`` where
        they differ; one person's contradictory tags are in ``conflicts`` alone. ``problems`` lists all cells
        that could not be used, in Chinese.

    Raises
    ------
    ParameterError
        ``paths`` is no path, or ``taxonomy`` none.
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
    choices = Choices(taxonomy)
    return import_files(paths, lambda path: read_tags_of(path, choices))
