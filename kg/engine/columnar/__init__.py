"""Analytical queries from columns: the same SPARQL and the same answers, sooner (docs/columnar.md).

``build`` writes the facts of a release as tables of DuckDB; ``engine`` answers from them what
``compiler`` can put into SQL with certainty, and refuses the rest (``refusals``).
"""
