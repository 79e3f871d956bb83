"""Estimators over a Corpus that return tables by doc_id; no metadata column is read here."""
