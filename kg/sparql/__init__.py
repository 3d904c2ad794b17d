"""SPARQL: parsing, result formats, evaluation in this process, saved queries."""
