"""Engines: what evaluates SPARQL queries on a release, within limits.

``interface`` is what the rest of the service sees of any engine. ``local`` runs queries in worker
processes: a ``pool`` of them (``worker_process`` here, ``worker`` on the other side, ``messages``
between the two, a ``sandbox`` around each), lanes that a ``scheduler`` assigns, and one
``execution`` a query. ``remote`` sends queries to another SPARQL server. ``columnar`` evaluates
analytical queries in a worker, ``federation`` answers SERVICE clauses for any engine.
"""
