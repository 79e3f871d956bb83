"""The search for the cells that explain a change: cells, likelihood ratio, selection."""
