"""The format of positions: what states said and proposed, in YAML (docs/reference/positions.md)."""
