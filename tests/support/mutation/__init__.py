"""Mutation of facts: whether the shapes detect changes in good data.

A mutant is a copy of a resource of a release, under its own IRI, with an error. Many mutants are
validated together: findings at the IRIs of a copy belong to that mutant. Copies without a change
show that copying itself breaks nothing.
"""
