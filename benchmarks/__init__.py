"""Benchmarks of the project; each is a command of its own."""
