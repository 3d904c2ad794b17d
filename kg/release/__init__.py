"""Releases on disk: the store, its description, the search index, exports and publishing."""
