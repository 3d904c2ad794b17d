"""Estimates from the record: ideal points of states."""
