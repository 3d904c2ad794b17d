"""Compiled forms of SHACL shapes: whether triples certainly conform, at a fraction of the cost.

They are made from the shapes themselves, component by component (``compiler``); only the queries of
SPARQL constraints have forms written by hand, each bound to the text of its query (``queries``).
What has no compiled form is left to pySHACL, and so is every shape that a compiled form suspects to
have a finding: findings are always those of pySHACL.
"""

from kg.pipeline.compiled_shapes.compiler import (
    CompiledShapes,
    Suspect,
    compile_shapes,
    is_target,
    local_name,
)
from kg.pipeline.compiled_shapes.triples import Triples, read

__all__ = [
    "CompiledShapes", "Suspect", "Triples", "compile_shapes", "is_target", "local_name", "read",
]  # fmt: skip
