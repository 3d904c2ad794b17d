"""Compiled forms of SHACL shapes, which decide cheaply whether triples certainly conform.

They are compiled from the shapes, component by component (``compiler``); only the queries of SPARQL
constraints have hand-written forms, each bound to the text of its query (``queries``). Shapes
without a compiled form are left to pySHACL, as is every shape for which a compiled form suspects a
violation: all findings come from pySHACL.
"""

from kg.pipeline.compiled_shapes.compiler import (
    CompiledShapes,
    Suspect,
    compile_shapes,
    is_target,
)
from kg.pipeline.compiled_shapes.triples import Triples, read

__all__ = [
    "CompiledShapes", "Suspect", "Triples", "compile_shapes", "is_target", "read",
]  # fmt: skip
