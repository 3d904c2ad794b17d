"""Records to triples."""
