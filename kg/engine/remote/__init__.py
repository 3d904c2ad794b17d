"""An engine that asks another SPARQL 1.1 server, into which a release was published.

``engine`` keeps watch over which release the server holds and asks it; ``wording`` says how a
question is put to it, ``server`` sends it and reads what the server means by its status and
headers, and ``answer`` turns what it sends into the format the client takes.
"""
