"""The engine that sends queries to another SPARQL 1.1 server that holds a published release.

``engine`` answers requests, and ``release_check`` determines which release the server holds.
``request`` prepares a query for the server, ``server`` sends it and interprets status and headers,
``response`` converts the result to the format that the client accepts, and ``scheduled_response``
frees the lane of a response whose client has stopped reading.
"""
