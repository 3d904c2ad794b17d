"""Our SPARQL service compared with another on the same store; ``python -m benchmarks.service``."""
