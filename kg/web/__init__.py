"""The HTTP service: SPARQL endpoint, pages, downloads and middleware (docs/reference/http.md)."""
