"""SHACL validation with compiled shapes, which leave to pySHACL only what may have a finding."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final
from zlib import crc32

from kg.errors import InvalidDataError
from kg.pipeline.compiled_shapes import Suspect, Triples, compile_shapes, read
from kg.pipeline.validation import Finding, listing, shapes_graph, validate

#: The share of the shapes of records against which pySHACL validates the records of a build.
SAMPLED_SHAPES_ONE_IN: Final = 20
#: The focus nodes of such a shape that it validates; a thousand take several seconds.
MAX_SAMPLED_NODES: Final = 250


class CompiledValidator:
    """Validates N-Triples against the shapes of some files, using pySHACL where needed."""

    def __init__(self, shapes: tuple[str, ...]) -> None:
        self.shapes = shapes
        self.compiled = compile_shapes(shapes_graph(shapes))

    @property
    def names(self) -> frozenset[str]:
        """The names of the shapes with a compiled form."""
        return frozenset(self.compiled.shapes)

    def sample(self, ntriples: str) -> frozenset[str]:
        """Return one in ``SAMPLED_SHAPES_ONE_IN`` of these names, selected by the triples."""
        names = sorted(self.names)
        return frozenset(
            names[crc32(ntriples.encode()) % SAMPLED_SHAPES_ONE_IN :: SAMPLED_SHAPES_ONE_IN]
        )

    def validate(self, ntriples: str, sampled: Collection[str] = ()) -> list[Finding]:
        """Return the findings of pySHACL.

        Shapes to which the triples conform by their compiled form have no findings; pySHACL
        verifies this for the ``sampled`` shapes, on up to ``MAX_SAMPLED_NODES`` nodes of each.

        Raises:
            InvalidDataError: if pySHACL has a finding that no form suspected.
        """
        triples = read(ntriples)
        if triples is None:
            return validate(ntriples, self.shapes)
        suspects = self.compiled.suspects(triples)
        validated = {*suspects, *sampled, *self.compiled.not_compiled}
        if not validated:
            return []
        nodes = {name: self._nodes(name, triples) for name in {*sampled} - suspects.keys()}
        findings = validate(ntriples, self.shapes, self.names - validated, nodes)
        self._compare(findings, suspects)
        return findings

    def _nodes(self, shape: str, triples: Triples) -> list[str]:
        """Return focus nodes of a shape, spread over all of them."""
        nodes = sorted(self.compiled.shapes[shape].focus_nodes(triples))
        return nodes[:: -(-len(nodes) // MAX_SAMPLED_NODES) or 1]

    def _compare(self, findings: list[Finding], suspects: Mapping[str, list[Suspect]]) -> None:
        """Stop a build if a compiled form did not suspect a finding of pySHACL."""
        compiled = self.compiled.names
        expected = {suspect for of_shape in suspects.values() for suspect in of_shape}
        missed = [
            finding
            for finding in findings
            if finding.shape in compiled and Suspect(finding.shape, finding.focus) not in expected
        ]
        if missed:
            raise InvalidDataError(
                f"the compiled shapes missed {len(missed)} findings of pySHACL "
                "and are wrong; nothing is released\n" + listing(missed)
            )
