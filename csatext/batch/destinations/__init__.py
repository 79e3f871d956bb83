"""Where the results of a finished run go: a database, Parquet by date, spreadsheets."""
