"""The format of positions: what states said and proposed, in YAML (docs/how-to/positions.md)."""
