"""Clients of the endpoint: what each sends, and what it makes of the answer.

``python -m tests.e2e.clients docs/reference/clients.md`` writes the table.
"""
