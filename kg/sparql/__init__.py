"""SPARQL as text and in this process: reading, formats, evaluation, saved queries."""
