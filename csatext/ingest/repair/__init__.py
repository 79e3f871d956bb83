"""Repairs of raw tables: broken rows, misaligned cells, header rows, text read in a wrong encoding."""
