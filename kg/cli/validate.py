"""The command ``kg validate``."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import pyoxigraph as ox
from rich.console import Console

from kg.errors import FileError
from kg.pipeline import rdf_files, store_validation
from kg.pipeline.rdf_files import BY_EXTENSION, RdfFile
from kg.pipeline.store_validation import StoreFindings
from kg.pipeline.validation import listing
from kg.pipeline.validation_report import report as validation_report
from kg.progress import ProgressReporter
from kg.rdf.vocabulary import PREFIXES, SH
from kg.sparql.formats import GRAPHS

_STANDARD_INPUT = "-"


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "-f",
    "--format",
    "format_name",
    type=click.Choice([rdf.name for rdf in GRAPHS]),
    help="Format of the input.  [default: by the extension of each file]",
)
@click.option(
    "-o",
    "--report",
    "report_file",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write the findings to this file as a SHACL validation report; the extension of the file "
    "selects the RDF format.",
)
def validate(files: tuple[str, ...], format_name: str | None, report_file: Path | None) -> None:
    """Validate RDF files, taken together, against the SHACL shapes.

    FILE has any of the formats .ttl, .nt, .nq, .trig, .rdf, .jsonld and .n3, optionally compressed
    with gzip, or is - for standard input, which requires --format. Relative IRIs are resolved
    against the address of the file. Named graphs are merged, except the graphs of a release that
    contain its ontology, shapes and report. Files of any size can be validated: their contents are
    stored temporarily on disk, in the folder named by TMPDIR.

    \b
    Exit codes:
      0  the files conform; warnings are only listed
      1  there are violations
      2  the command was used incorrectly
      3  a file is missing, invalid or of an unknown format, or a file cannot be written

    \b
    Examples:
      kg validate dump/un-votes.nq.gz
      kg validate mine.ttl states.ttl --report report.ttl
      curl https://example.org/votes.nt | kg validate - --format ntriples
    """
    if report_file:
        _check_report_file(report_file)
    inputs = [_input(name, format_name) for name in files]
    progress = ProgressReporter(Console(stderr=True, quiet=not sys.stderr.isatty()))
    try:
        with TemporaryDirectory(prefix="kg-validate-") as folder:
            triples = _load(inputs, Path(folder), progress)
            result = store_validation.validate(Path(folder), progress)
    except OSError as error:
        raise FileError(f"the contents of the files cannot be stored on disk: {error}") from error
    if result.findings:
        click.echo(listing(result.findings))
    violations = sum(finding.is_violation for finding in result.findings)
    click.echo(
        f"{triples:,} triples in {len(files)} files: {violations:,} violations, "
        f"{len(result.findings) - violations:,} warnings"
    )
    if report_file:
        _write_report(report_file, result, f"{triples:,} triples of {', '.join(files)}.")
    sys.exit(1 if violations else 0)


def _check_report_file(path: Path) -> None:
    if path.suffix not in BY_EXTENSION:
        expected = ", ".join(BY_EXTENSION)
        raise click.UsageError(f"--report {path}: expected one of the extensions {expected}")
    if not path.parent.is_dir():
        raise click.UsageError(f"--report {path}: folder {path.parent} does not exist")


def _input(name: str, format_name: str | None) -> RdfFile:
    if name != _STANDARD_INPUT:
        return rdf_files.rdf_file(Path(name), format_name)
    if not format_name:
        raise click.UsageError("standard input: expected the option --format")
    return rdf_files.standard_input(format_name)


def _load(inputs: list[RdfFile], folder: Path, progress: ProgressReporter) -> int:
    """Write the triples of files to a store in a folder, close it, and return their number."""
    store = ox.Store(str(folder))
    for file in inputs:
        with progress.step("read", f"Reading {file.name}"):
            rdf_files.load(store, file, sys.stdin.buffer)
    store.flush()
    counted = store.query("SELECT (COUNT(*) AS ?triples) { ?subject ?predicate ?value }")
    assert isinstance(counted, ox.QuerySolutions)
    return int(next(counted)["triples"].value)


def _write_report(path: Path, result: StoreFindings, validated: str) -> None:
    text = validation_report(result.findings, f"{validated} {result.method}")
    rdf_format = BY_EXTENSION[path.suffix].oxigraph
    assert isinstance(rdf_format, ox.RdfFormat)
    triples = (quad.triple for quad in ox.parse(text, ox.RdfFormat.N_TRIPLES))
    try:
        with path.open("wb") as stream:
            ox.serialize(triples, stream, rdf_format, prefixes={"sh": SH.iri, **PREFIXES})
    except OSError as error:
        raise FileError(f"{path}: cannot be written: {error}") from error
