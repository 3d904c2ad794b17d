"""Mapping of records to RDF triples."""
