import io
import zipfile

import pytest

from csatext.ingest.formats.opendocument_merges import merged_of_opendocument

HEAD = (
    '<c xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><table:table table:name="五月">'
)
ROWS = (
    '<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>'
    '<table:table-row><table:table-cell table:number-columns-repeated="3"/>'
    '<table:table-cell table:number-rows-spanned="3" table:number-columns-spanned="1"/></table:table-row>'
    '<table:table-row><table:covered-table-cell/><table:table-cell table:number-columns-spanned="2"/>'
    "</table:table-row></table:table></c>"
)


def package(content, name="content.xml"):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        file.writestr(name, content)
    return data.getvalue()


def test_ranges_are_counted_over_repeated_rows_and_columns():
    assert merged_of_opendocument(package(HEAD + ROWS)) == {"五月": [((2, 3), (4, 3)), ((3, 1), (3, 2))]}


@pytest.mark.parametrize(
    "data",
    [
        b"no package",
        package(HEAD, "xl/workbook.xml"),
        package(HEAD + "<unclosed"),
        package('<!DOCTYPE c [<!ENTITY a "aa">]>' + HEAD + ROWS),
        package(HEAD + ROWS.replace('"3"', '"many"')),
    ],
)
def test_what_is_no_spreadsheet_has_none(data):
    assert merged_of_opendocument(data) in ({}, {"五月": []})
