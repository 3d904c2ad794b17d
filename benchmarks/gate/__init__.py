"""The release gate: both engines must give the same answers (docs/explanation/engine.md)."""
