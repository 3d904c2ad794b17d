"""The licence terms of a release's sources, in the file that accompanies a dump."""

from __future__ import annotations

from typing import Final

import pyoxigraph as ox

from kg.rdf.iris import local_name
from kg.release.manifest import Manifest
from kg.release.store import solutions

_SOURCES: Final = """
    SELECT ?source ?title ?publisher ?rights ?redistributable WHERE {
      ?source a unv:Source ; dcterms:title ?title .
      OPTIONAL { ?source dc:publisher ?publisher }
      OPTIONAL { ?source dc:rights ?rights }
      OPTIONAL { ?source unv:redistributable ?redistributable }
    } ORDER BY ?title ?source
"""
#: Remarks on a loaded source, by its entry in the manifest.
_REDISTRIBUTION: Final = {
    True: "redistribution allowed",
    False: "redistribution not allowed",
    None: "unknown whether redistribution is allowed",
}
#: Remarks on a source of facts, by its value in the graph.
_PERMISSION: Final = {
    "true": "may be redistributed",
    "false": "may not be redistributed itself, only facts and short quotations from it",
}


def licence_terms(manifest: Manifest, store: ox.Store) -> str:
    """Return the licence terms of a release's sources, in Markdown."""
    if manifest.withheld:
        names = ", ".join(source.name for source in manifest.withheld)
        judgement = (
            "**Do not redistribute this release.** The terms of these sources do not allow it, or "
            f"it is unknown whether they do: {names}. Ask their publishers before redistributing "
            "any part."
        )
    else:
        judgement = "The terms of all loaded sources allow redistribution."
    lines = [
        f"# Terms of the data in release {manifest.name}",
        "",
        judgement,
        "",
        "Loaded from:",
        "",
    ]
    for entry in manifest.sources:
        allowed = _REDISTRIBUTION[entry.redistributable]
        lines.append(f"- {entry.name}: {entry.title}: {entry.licence} ({allowed})")
    lines += ["", "The sources of the facts, with their terms where known:", ""]
    for source, title, publisher, rights, redistributable in solutions(store, _SOURCES):
        assert isinstance(source, ox.NamedNode)
        assert isinstance(title, ox.Literal)
        remarks = [term.value for term in (publisher, rights) if isinstance(term, ox.Literal)]
        if isinstance(redistributable, ox.Literal):
            remarks.append(_PERMISSION[redistributable.value])
        key = local_name(source.value)
        lines.append(f"- {key}: {title.value}" + (f" ({'; '.join(remarks)})" if remarks else ""))
    return "\n".join(lines) + "\n"
