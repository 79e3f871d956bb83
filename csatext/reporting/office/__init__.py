"""What workbook and slides share: further tables, Chinese names of tables and columns, what a table says."""
