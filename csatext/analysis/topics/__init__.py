"""Topics: learning, shown terms and names, quality, tables of documents."""
