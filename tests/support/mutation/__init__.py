"""Mutation of facts: whether the shapes notice what is changed in good data.

A mutant is a copy of a thing of a release, under an IRI of its own, in which something is wrong.
Many of them are validated together, each beside the others: what the shapes find at the IRIs of a
copy is about that mutant. Copies without a change show that copying itself breaks nothing.
"""
