"""Write docs/tables.md, the dictionary of tables, docs/kpis.md, that of KPIs, and docs/sql.md, that of SQL.

Usage: python benchmarks/refresh_tables.py
"""

from pathlib import Path

from csatext.batch.destinations.sql_dictionary import sql_dictionary
from csatext.schema.dictionary import table_dictionary
from csatext.service.kpi_dictionary import kpi_dictionary


def main() -> None:
    folder = Path(__file__).resolve().parents[1] / "docs"
    pages = {"tables.md": table_dictionary(), "kpis.md": kpi_dictionary(), "sql.md": sql_dictionary()}
    for name, page in pages.items():
        (folder / name).write_text(page, "utf-8")
        print(f"{name}: refreshed")


if __name__ == "__main__":
    main()
