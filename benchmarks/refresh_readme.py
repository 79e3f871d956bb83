"""Write the dictionary of tables into README.md, between its two marks.

usage: python benchmarks/refresh_readme.py
"""

from pathlib import Path

from csatext.schema.readme import table_dictionary

BEGIN, END = "<!-- tables: begin -->", "<!-- tables: end -->"


def main() -> None:
    path = Path(__file__).resolve().parents[1] / "README.md"
    before, rest = path.read_text("utf-8").split(BEGIN)
    path.write_text(f"{before}{BEGIN}\n{table_dictionary()}\n{END}{rest.split(END)[1]}", "utf-8")
    print(f"{path.name}: dictionary of tables refreshed")


if __name__ == "__main__":
    main()
