"""Benchmarks of the project, each a separate command."""
