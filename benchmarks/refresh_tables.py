"""Write docs/tables.md, the dictionary of tables, and docs/kpis.md, that of KPIs.

Usage: python benchmarks/refresh_tables.py
"""

from pathlib import Path

from csatext.schema.dictionary import table_dictionary
from csatext.service.kpi_dictionary import kpi_dictionary


def main() -> None:
    folder = Path(__file__).resolve().parents[1] / "docs"
    for name, page in (("tables.md", table_dictionary()), ("kpis.md", kpi_dictionary())):
        (folder / name).write_text(page, "utf-8")
        print(f"{name}: refreshed")


if __name__ == "__main__":
    main()
