"""Federated queries: SERVICE clauses answered by other endpoints, within their rules and ours.

The solutions of a SERVICE clause do not depend on what stands around it (SPARQL is evaluated from
the inside out), so they can be fetched first and put in its place as VALUES; the engine then
evaluates a query without SERVICE. What stands around it decides which of them can join, so
endpoints are queried only for values that can join. ``docs/explanation/federation.md`` explains it.

``engine`` is what the service uses. It exchanges ``messages`` with a ``gateway_process`` that runs
``gateway_worker``: its ``rewriter`` parses the query (``parser``, ``ast``), finds the
``constraints`` of each ``service_clause`` and puts ``bindings`` in its place. A ``gateway`` queries
the endpoints of the ``allowlist`` through a ``client`` that connects past the ``address_guard``
only, with a ``throttle`` for each endpoint and a ``cache`` on disk. ``in_process`` does the same
for the command line. ``response_headers`` report how an answer came about.
"""
