"""The engine that sends queries to another SPARQL 1.1 server, into which a release was published.

``engine`` answers requests while ``release_check`` finds out which release the server holds.
``request`` prepares a query for the server, ``server`` sends it and interprets status and headers,
``response`` converts what comes back into the format that the client accepts, and
``scheduled_response`` frees the lane of a response whose client does not read on.
"""
