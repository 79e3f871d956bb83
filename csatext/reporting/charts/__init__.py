"""Charts as static SVG, and the fonts that they carry."""
