"""Writing a release into another SPARQL server (``kg publish``).

``server`` is a client of that server, ``fingerprint`` compares both sides, and ``publisher`` loads,
compares and switches.
"""
