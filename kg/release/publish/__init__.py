"""Writing a release into another SPARQL server (``kg publish``).

``target`` is that server, ``sums`` what both sides are compared by, ``steps`` the order of things,
``command`` the command line.
"""
