"""Plain, immutable records of what the graph is about; nothing here knows RDF, files or HTTP."""
