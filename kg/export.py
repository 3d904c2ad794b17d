"""Dumps of a release, with the terms of its sources beside them (contract A4)."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kg.errors import KgError
from kg.release import Release
from kg.vocabulary import PREFIXES

#: The formats of ``kg export``: N-Quads hold everything, Turtle the facts of the default graph.
FORMATS: Final = {
    "nquads": (ox.RdfFormat.N_QUADS, "un-votes.nq"),
    "turtle": (ox.RdfFormat.TURTLE, "un-votes.ttl"),
}
TERMS_FILE: Final = "TERMS.md"


def export(release: Release, folder: Path, format_name: str) -> list[Path]:
    """Write a dump and the terms to a folder and return the files.

    Raises:
        KgError: if the folder cannot be written.
    """
    written_in, name = FORMATS[format_name]
    store = release.open()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        dump, terms = folder / name, folder / TERMS_FILE
        if format_name == "turtle":
            graph = ox.DefaultGraph()
            store.dump(str(dump), written_in, from_graph=graph, prefixes=PREFIXES)
        else:
            store.dump(str(dump), written_in)
        terms.write_text(_terms(release, store), encoding="utf-8")
    except OSError as error:
        raise KgError(f"{folder}: cannot be written: {error}") from error
    return [dump, terms]


def _terms(release: Release, store: ox.Store) -> str:
    manifest = release.manifest()
    lines = [
        f"# Terms of the data in release {manifest['name']}",
        "",
        "Loaded from:",
        "",
        *(f"- {one['title']}: {one['licence']}" for one in manifest["sources"]),
        "",
        "The sources that the facts name, as far as their terms are known:",
        "",
    ]
    found = store.query(
        """
        SELECT ?title ?publisher ?rights WHERE {
          ?source a unv:Source ; dcterms:title ?title .
          OPTIONAL { ?source dc:publisher ?publisher }
          OPTIONAL { ?source dc:rights ?rights }
        } ORDER BY ?title
        """,
        prefixes=PREFIXES,
    )
    assert isinstance(found, ox.QuerySolutions)
    for title, publisher, rights in found:
        said = [term.value for term in (publisher, rights) if isinstance(term, ox.Literal)]
        assert isinstance(title, ox.Literal)
        lines.append(f"- {title.value}" + (f" ({'; '.join(said)})" if said else ""))
    return "\n".join(lines) + "\n"
