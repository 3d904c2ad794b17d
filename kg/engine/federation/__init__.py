"""Federated queries: SERVICE clauses answered by other endpoints, within their rules and ours.

The solutions of a SERVICE clause do not depend on what stands around it (SPARQL is evaluated from
the inside out), so they can be fetched first and put in its place as VALUES; the engine then
evaluates a query without SERVICE. What stands around it decides which of them can join, so only
those are asked for. ``docs/federation.md`` tells it in full.

``engine`` is what the service sees; it talks to a ``process`` that runs ``outpost``, which reads
the query (``tokens``, ``tree``, ``reading``), finds what limits a clause (``binding``) and puts
answers in its place (``join``). A ``gateway`` asks the ``endpoints`` of a list through a ``client``
that connects to checked ``addresses`` only, one fair share at a time (``budget``), and keeps
``results`` on disk (``cache``).
"""
