"""The command ``kg validate``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.pipeline import validation


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def validate(files: tuple[Path, ...]) -> None:
    """Check RDF files, taken together, against the SHACL shapes.

    Any format by its extension: .ttl, .nt, .nq, .trig, .rdf, .jsonld. Exit code 1 if there is a
    violation; warnings are listed only.
    """
    ntriples = "".join(validation.read_ntriples(path) for path in files)
    findings = validation.validate(ntriples, validation.shape_files())
    violations = sum(finding.is_violation for finding in findings)
    if findings:
        click.echo(validation.listing(findings))
    click.echo(
        f"{len(ntriples.splitlines())} triples in {len(files)} files: {violations} violations, "
        f"{len(findings) - violations} warnings"
    )
    sys.exit(1 if violations else 0)
