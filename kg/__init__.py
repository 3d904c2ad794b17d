"""The United Nations votes knowledge graph: how states vote, what they say and propose."""

__version__ = "0.1.0"
