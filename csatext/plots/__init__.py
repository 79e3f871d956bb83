"""Charts of tables: each function takes a table and draws what is in it."""
