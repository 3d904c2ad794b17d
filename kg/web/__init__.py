"""The HTTP service (contract A5): the SPARQL endpoint, pages, downloads and their middleware."""
