"""Local endpoints of other servers, Oxigraph and Virtuoso, and settings that use them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox
import pytest

from benchmarks import servers
from benchmarks import virtuoso as virtuoso_setup

WIKIDATA = "https://query.wikidata.org/sparql"
#: Seconds: time limit of queries at these endpoints.
_QUERY_TIMEOUT = 60


@contextmanager
def oxigraph(folder: Path, *files: Path) -> Iterator[str]:
    """Run ``oxigraph serve`` with files in its default graph; yield the endpoint's address."""
    program = servers.find_oxigraph()
    if program is None:
        pytest.skip("oxigraph is not installed")
    servers.load_oxigraph(program, folder, files)
    with servers.oxigraph(program, folder, _QUERY_TIMEOUT) as server:
        yield server.url


@contextmanager
def virtuoso(folder: Path, *files: Path) -> Iterator[str]:
    """Run Virtuoso with files in one graph; yield the endpoint's address."""
    programs = virtuoso_setup.find()
    if programs is None:
        pytest.skip("virtuoso-t and isql-vt are not installed (Debian: virtuoso-opensource-7)")
    dump = folder / "all.nt"
    with dump.open("wb") as stream:
        for file in files:
            ox.serialize(
                (quad.triple for quad in ox.parse(path=file)), stream, ox.RdfFormat.N_TRIPLES
            )
    virtuoso_setup.load(programs, folder / "database", dump)
    with virtuoso_setup.virtuoso(programs[0], folder / "database", folder) as server:
        # Without these rights it does not execute SERVICE.
        for right in ("EXECUTE ON DB.DBA.SPARQL_SINV_IMP", "SELECT ON DB.DBA.SPARQL_SINV_2"):
            virtuoso_setup.execute(programs[1], folder / "database", f'GRANT {right} TO "SPARQL";')
        yield server.url


def settings(folder: Path, *tables: str, **values: object) -> Path:
    """Write a settings file that allows only the endpoints of the tables; return its path."""
    lines = [f"{name} = {value!r}".replace("'", '"') for name, value in values.items()]
    path = folder / "federation.toml"
    path.write_text("\n".join(["defaults = false", *lines, *tables]) + "\n", encoding="utf-8")
    return path


def alias(iri: str, address: str, **values: object) -> str:
    """Return a table that redirects the queries for an endpoint to an address of this machine."""
    lines = [f'[endpoint."{iri}"]', f'alias = "{address}"', "private = true"]
    return "\n".join([*lines, *(f"{name} = {value}" for name, value in values.items())])
