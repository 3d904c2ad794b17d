"""The YAML format of positions: statements and proposals (docs/reference/positions.md)."""
