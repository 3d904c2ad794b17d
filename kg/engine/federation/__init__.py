"""Federated queries: SERVICE clauses answered by other endpoints, within their limits and ours.

The solutions of a SERVICE clause do not depend on the patterns around it (SPARQL is evaluated from
the inside out). They are therefore fetched first and replace the clause as VALUES; the engine then
evaluates a query without SERVICE. The surrounding patterns determine which solutions can join, so
endpoints are queried only for values that can join. See docs/explanation/federation.md.

``engine`` is the entry point for the service. It exchanges ``messages`` with a ``gateway_process``
that runs ``gateway_worker``: its ``rewriter`` parses the query (``parser``, ``ast``), finds the
``constraints`` on each ``service_clause`` and replaces it with ``bindings``. A ``gateway`` queries
the endpoints of the ``allowlist`` through a ``client``, whose connections are checked by the
``address_guard``, with a ``throttle`` for each endpoint and a ``cache`` on disk. ``in_process``
does the same for the command line. ``response_headers`` report the requests behind an answer.
"""
