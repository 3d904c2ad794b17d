"""The columnar engine: the same SPARQL and the same answers, faster for analytical queries.

``build`` writes the facts of a release as DuckDB tables; ``engine`` uses them to answer the queries
that ``compiler`` can translate to equivalent SQL, and raises ``UnsupportedQueryError`` for the
rest. See docs/explanation/engine.md.
"""
