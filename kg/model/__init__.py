"""Plain, immutable records of the data in the graph, independent of RDF, files and HTTP."""
