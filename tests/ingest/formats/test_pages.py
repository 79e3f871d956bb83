"""HTML and Excel's XML of 2003 saved as .xls: the table is read, a page without one is refused."""

import gzip
import time

import pytest

import csatext as ct
from csatext.errors import InputError
from csatext.ingest.formats.pages import read_page

TABLE = (
    "<table><tr><th>工单编号</th><th>投诉内容</th><th>渠道</th></tr>"
    "<tr><td>1</td><td>退款&amp;换货<br>都没有人管</td><td>电话</td></tr>"
    "<tr><td>2<td>送来的是坏的&nbsp;<td>在线</table>"
)
META = '<meta http-equiv="Content-Type" content="text/html; charset={}">'
LEADS = [
    "<html><body>",
    "<div>",
    "<style>td{mso-number-format:'\\@'}</style>",
    META.format("gb2312"),
    META.format("utf-8"),
    "",
    "<!-- export --><center>",
    "<!DOCTYPE html><html><head><title>导出</title></head>",
    "\r\n  <font><b></b></font>",
    "<table><tr><td>菜单</td></tr></table>",
    "<table><tr><td>",
    '<html xmlns:o="urn:x"><!--[if gte mso 9]><xml><x:Name>甲</x:Name></xml><![endif]-->',
]


@pytest.mark.parametrize("lead", LEADS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("name", ["a.xls", "a.xls.gz"])
def test_the_table_of_a_page(tmp_path, lead, encoding, name):
    data = (lead + TABLE).encode(encoding)
    path = tmp_path / name
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    contacts = ct.read_contacts(path)
    assert contacts["text"].tolist() == ["退款&换货\n都没有人管", "送来的是坏的"]
    assert contacts["channel"].tolist() == ["电话", "在线"]
    assert contacts["doc_id"].tolist() == ["1", "2"]


def test_spans_of_titles_headers_and_cells():
    page = (
        "<table><tr><td colspan=3>五月投诉</td></tr>"
        "<tr><th rowspan=2>编号</th><th colspan=2>来电</th></tr><tr><th>投诉内容</th><th>渠道</th></tr>"
        "<tr><td>1</td><td>太慢</td><td rowspan=2>电话</td></tr><tr><td>2</td><td>太贵</td></tr>"
        "<tr><td>3</td><td>坏的</td><td>在线</td></tr></table>"
    )
    raw = read_page(page, "a.xls")
    assert raw.frame.to_numpy().tolist() == [
        ["1", "太慢", "电话"],
        ["2", "太贵", "电话"],
        ["3", "坏的", "在线"],
    ]
    assert raw.frame.columns.tolist() == ["编号", "投诉内容", "渠道"]
    assert raw.lines.tolist() == [4, 5, 6]


def test_a_workbook_of_xml(tmp_path):
    def sheet(name, rows):
        cells = "".join(
            "<Row>" + "".join(f'<Cell><Data ss:Type="String">{c}</Data></Cell>' for c in row) + "</Row>"
            for row in rows
        )
        return f'<Worksheet ss:Name="{name}"><Table><Column/>{cells}</Table></Worksheet>'

    head = ["编号", "投诉内容"]
    book = '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">'
    book += '<Styles><Style ss:ID="a"/></Styles>'
    book += (
        sheet("1月", [head, ["1", "太慢&#10;没人管"]]) + sheet("2月", [head, ["2", "太贵"]]) + "</Workbook>"
    )
    (tmp_path / "a.xls").write_text(book, "utf-8")
    contacts = ct.read_contacts(tmp_path / "a.xls")
    assert contacts["text"].tolist() == ["太慢\n没人管", "太贵"]
    assert contacts["工作表"].tolist() == ["1月", "2月"]


@pytest.mark.parametrize(
    "page", ["<html><p>请登录</p></html>", "<style>a{}</style>", "<div>无</div>", "<?xml?><a/>"]
)
@pytest.mark.parametrize("read", [ct.read_contacts, ct.read_turns])
def test_a_page_without_a_table_is_refused(tmp_path, page, read):
    (tmp_path / "a.xls").write_text(page, "utf-8")
    with pytest.raises(InputError, match="网页或 XML，里面没有表格"):
        read(tmp_path / "a.xls")


def test_texts_with_tags_stay_texts(tmp_path):
    (tmp_path / "a.txt").write_text("<p>退款太慢</p>\n<p>送来的是坏的</p>\n", "utf-8")
    assert len(ct.read_contacts(tmp_path / "a.txt")) == 2


def test_dialogues_of_a_page(tmp_path):
    rows = [
        ("D1", "客服", "您好"),
        ("D1", "用户", "退款没到"),
        ("D2", "客服", "您好"),
        ("D2", "用户", "太慢"),
    ]
    cells = "".join("<tr>" + "".join(f"<td>{cell}" for cell in row) for row in rows)
    (tmp_path / "a.xls").write_text(f"<table><tr><td>会话ID<td>角色<td>内容{cells}</table>", "utf-8")
    assert ct.read_turns(tmp_path / "a.xls")["role"].tolist() == ["agent", "customer"] * 2


@pytest.mark.parametrize(
    "piece",
    ["<", "<!--", "<td", "<style>", "<table>", "<![CDATA[", "</", '<td "<', "<tr><td rowspan=60000>", "&#x"],
)
def test_a_page_takes_linear_time(piece):
    def seconds(n):
        start = time.process_time()
        with pytest.raises(InputError):
            read_page("<table>" + piece * n, "a.xls")
        return time.process_time() - start

    few = min(seconds(4_000) for _ in range(2))
    # Sixteen times the text: 256 times the time where it were quadratic.
    assert min(seconds(64_000) for _ in range(2)) < 80 * few + 0.05
