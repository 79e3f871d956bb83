"""The workbook of a run: a cover, a sheet a table with native charts, definitions, where each number comes from."""
