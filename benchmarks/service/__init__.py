"""Our SPARQL service beside another on the same store; ``python -m benchmarks.service``."""
