"""Writing a release into another SPARQL server (``kg publish``).

``server`` is a client of that server, ``fingerprint`` is what both sides are compared by, and
``publisher`` loads, compares and switches.
"""
