"""Any file becomes contacts and turns: readers, encodings and repair, column names, quality."""
