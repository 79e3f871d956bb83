"""Workbooks as LibreOffice saves them: drop-downs, protection, answers and merged cells are still there."""

import os
import shutil
import subprocess

import openpyxl
import pandas as pd
import pytest

import csatext as ct
from csatext.taxonomy.category import Category

SHOP = (
    Category("refund", "退款"),
    Category("refund.slow", "到账慢", "refund"),
    Category("parcel", "物流"),
    Category("parcel.lost", "丢件", "parcel"),
)
_INSTALL = ("apt-get", "install", "-y", "--no-install-recommends", "libreoffice-calc")


@pytest.fixture(scope="module")
def office():
    """Return the program; where tests may install it (CI is set), it is installed."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found is None and os.environ.get("CI") and shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(_INSTALL, check=False, capture_output=True, timeout=300)
        found = shutil.which("soffice")
    if found is None:
        pytest.skip("LibreOffice is not installed: apt-get install libreoffice-calc")
    return found


@pytest.fixture(scope="module")
def saved(office, tmp_path_factory):
    """Return the folder of a workbook that LibreOffice has saved in three formats, and its taxonomy."""
    folder = tmp_path_factory.mktemp("office")
    contacts = pd.DataFrame({"doc_id": [f"00{at}" for at in range(6)]})
    contacts["text"] = [f"=1+{at} 退款一直不到账" for at in range(6)]
    corpus, taxonomy = ct.Vectorizer().fit_transform(contacts), ct.Taxonomy(SHOP, name="shop", version="1")
    sample = ct.sample_for_tagging(contacts, 6, strategy="random")
    written = ct.write_tagging_workbook(sample, corpus, folder / "质检.xlsx", taxonomy=taxonomy)[0]
    home = f"-env:UserInstallation=file://{folder}/profile"
    command = [office, home, "--headless", "--convert-to"]
    subprocess.run(
        [*command, "xlsx", "--outdir", str(folder / "xlsx"), str(written)], check=True, capture_output=True
    )
    book = openpyxl.load_workbook(written)
    page = book["标注"]
    page["H2"], page["I2"], page["H3"], page["H5"] = "退款", "到账慢", "物流", "乱写"
    page.merge_cells("H3:H4")
    for cell in page["B"]:
        cell.data_type = "s"
    book.save(folder / "填好.xlsx")
    for form in ("ods", "xls"):
        subprocess.run(
            [*command, form, "--outdir", str(folder), str(folder / "填好.xlsx")],
            check=True,
            capture_output=True,
        )
    return folder, taxonomy


def test_drop_downs_and_protection_are_in_place(saved):
    book = openpyxl.load_workbook(saved[0] / "xlsx" / "质检.xlsx")
    page = book["标注"]
    rules = {str(rule.sqref): rule.formula1 for rule in page.data_validations.dataValidation}
    assert rules["H2:H7"].replace("$", "").endswith("选项!A1:C1")
    assert rules["I2:I7"].startswith("OFFSET") and "$H2" in rules["I2:I7"]
    assert {rule.type for rule in page.data_validations.dataValidation} == {"list"}
    assert page.protection.sheet
    # LibreOffice writes no empty cells: those of a column are as the column is.
    locked = [page.column_dimensions[column].protection.locked for column in "ABHIJK"]
    assert locked == [True] * 2 + [False] * 4
    assert page["B2"].data_type == "s"
    assert [book[name].sheet_state for name in ("选项", "抽样")] == ["hidden", "hidden"]


@pytest.mark.parametrize("form", ["ods", "xls"])
def test_answers_come_back_and_bad_cells_are_named(saved, form):
    folder, taxonomy = saved
    found = ct.read_tagging_workbook(folder / f"填好.{form}", taxonomy=taxonomy)
    assert found.tags[["doc_id", "category"]].to_numpy().tolist() == [["000", "退款"], ["001", "物流"]]
    assert found.problems[["row", "column"]].to_numpy().tolist() == [[4, "一级类别"], [5, "一级类别"]]
