"""The documents of the vocabulary, which are files: the ontology, its versions, its alignments.

They have the same IRIs in every deployment (docs/explanation/ontology.md).
"""

from __future__ import annotations

import functools
from typing import Final

import pyoxigraph as ox

from kg import resources
from kg.web.pages.ontology_terms import ontology_version

ONTOLOGY_PATH: Final = "ontology"
ALIGNMENTS_PATH: Final = "ontology/alignments"


@functools.cache
def earlier_versions() -> dict[str, str]:
    """Return the Turtle text of each earlier version of the ontology, latest first."""
    texts = resources.texts("ontology/versions", ".ttl")
    names = sorted((name.removesuffix(".ttl") for name in texts), key=_number, reverse=True)
    return {name: texts[f"{name}.ttl"] for name in names}


def vocabulary_file(path: str) -> str | None:
    """Return the Turtle text of the document at a path, or None if there is none.

    The path of a version is ``ontology/0.1.0``; that of the current version is the ontology's.
    """
    files = resources.texts("ontology", ".ttl")
    if path in {ONTOLOGY_PATH, f"{ONTOLOGY_PATH}/{ontology_version()}"}:
        return files["un-votes.ttl"]
    if path == ALIGNMENTS_PATH:
        return files["alignments.ttl"]
    return earlier_versions().get(path.removeprefix(f"{ONTOLOGY_PATH}/"))


def triples_of(turtle: str) -> list[ox.Triple]:
    """Return the triples of a Turtle text."""
    return [quad.triple for quad in ox.parse(turtle, format=ox.RdfFormat.TURTLE)]


def _number(version: str) -> tuple[int, ...]:
    """Return a version as numbers, so that 0.10.0 is later than 0.9.0."""
    return tuple(int(part) for part in version.split("."))
