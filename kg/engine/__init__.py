"""Engines evaluate SPARQL queries on a release, within limits.

``interface`` defines what the rest of the service uses of any engine. ``local`` runs queries in
worker processes: a ``pool`` of them (``worker_process`` in the server, ``worker`` in the process,
``messages`` between the two, a ``sandbox`` around each), lanes assigned by a ``scheduler``, and one
``execution`` per query. ``remote`` sends queries to another SPARQL server. ``columnar`` evaluates
analytical queries in a worker, and ``federation`` answers SERVICE clauses for any engine.
"""
