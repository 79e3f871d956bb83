"""Write docs/tables.md, the dictionary of tables, from csatext/schema.

Usage: python benchmarks/refresh_tables.py
"""

from pathlib import Path

from csatext.schema.dictionary import table_dictionary


def main() -> None:
    path = Path(__file__).resolve().parents[1] / "docs" / "tables.md"
    path.write_text(table_dictionary(), "utf-8")
    print(f"{path.name}: dictionary of tables refreshed")


if __name__ == "__main__":
    main()
