"""Analytical queries from columns: same SPARQL, same answers, sooner (docs/explanation/engine.md).

``build`` writes the facts of a release as DuckDB tables; ``engine`` answers from them the queries
that ``compiler`` can translate to SQL with certainty, and raises ``UnsupportedQueryError`` for the
rest.
"""
