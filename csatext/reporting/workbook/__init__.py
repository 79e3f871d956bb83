"""The workbook of a run: a cover, a sheet a table with native charts, definitions, the ledger of numbers."""
