"""The command ``kg`` (contract A4)."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

import click
import pyoxigraph as ox
import uvicorn
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn
from rich.table import Table

import kg
from kg import settings
from kg.audit import rdf
from kg.audit.report import audit as audit_release
from kg.audit.wikidata_links import check_links
from kg.cli import output
from kg.cli.positions import add, coding
from kg.cli.publish import publish
from kg.engine.federation.in_process import federate_here
from kg.engine.federation.response_headers import remarks_on
from kg.errors import KgError
from kg.limits import SHUTDOWN_GRACE_SECONDS
from kg.pipeline import validation
from kg.pipeline.bootstrap import ensure_release
from kg.rdf.vocabulary import with_prefixes
from kg.release import release
from kg.release.export import FORMATS as EXPORT_FORMATS
from kg.release.export import export as export_release
from kg.sources import download as downloads
from kg.sources.registry import LOADERS
from kg.sources.selection import choose, fetched
from kg.sparql import evaluation, saved_queries
from kg.sparql.formats import GRAPHS, RESULTS, by_name
from kg.sparql.service_guard import uses_service

_FORMATS: Final = ["table", *(one.name for one in (*RESULTS, *GRAPHS))]

F = TypeVar("F", bound=Callable[..., object])
_out = output.OUT
_err = Console(stderr=True)


def _data_option(command: F) -> F:
    return click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        help="Folder of the releases.  [default: $KG_DATA, else ./kg-data]",
    )(command)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(kg.__version__, prog_name="kg")
def cli() -> None:
    """How states vote at the United Nations, as a knowledge graph.

    \b
    Start here:
      kg serve                     build the embedded data and answer SPARQL on port 8000
      kg query -e 'SELECT ...'     ask without a server
      kg audit                     see where sources disagree
    \b
    The whole record of 1946 to 2020:
      kg fetch unvotes
      kg build --source embedded --source unvotes
    """


@cli.command()
@click.option(
    "--source",
    "sources",
    multiple=True,
    metavar="NAME[=PATH]",
    help="Load this source; repeat for several. 'embedded' stands for all embedded ones; PATH is "
    "the folder of its files, or the file where it is one. 'states' is always loaded.  "
    "[default: embedded]",
)
@_data_option
@click.option(
    "--max-refused",
    type=click.IntRange(min=0),
    metavar="N",
    help="Release even if up to N rows cannot be used.  [default: $KG_MAX_REFUSED, else 0]",
)
@click.option("--dumps", is_flag=True, help="Make the dumps too that kg serve offers at /dumps/.")
def build(
    sources: tuple[str, ...], data: Path | None, max_refused: int | None, dumps: bool
) -> None:
    """Load, merge, validate and write a new release.

    Only what passes SHACL is released; until then, and if the build fails, the earlier release
    stays in force. kg sources lists what can be loaded.

    \b
    Examples:
      kg build
      kg build --source embedded --source unvotes
      kg build --source unvotes=/data/unvotes --max-refused 10
      kg build --source embedded --source undl-ga=2026_02_06_ga_voting.csv --max-refused 10
    """
    # Imported here: only a build should wait for all that it takes.
    from kg.pipeline.build import build as build_release  # noqa: PLC0415

    folder = data or settings.data_dir()
    allowed = settings.max_refused() if max_refused is None else max_refused
    columns = settings.columnar()
    made = build_release(
        choose(sources, folder), folder, allowed, _out, dumps=dumps, columns=columns
    )
    output.show_build(made)


@cli.command()
@click.argument("source", type=click.Path(path_type=Path), metavar="PATH")
@_data_option
def adopt(source: Path, data: Path | None) -> None:
    """Serve a release that was built elsewhere, or an earlier one again.

    PATH is the directory of a release, or a data folder. The release is copied, checked and put in
    force; a server that runs takes it up from the next query on. So replicas get a new release,
    one after another.

    \b
    Examples:
      kg adopt /mnt/builder/kg-data --data replica-1
      kg adopt kg-data/releases/20261122T162049.437718Z-2942ffe2
    """
    folder = data or settings.data_dir()
    with _err.status(f"Copying and checking {source}"):
        adopted = release.adopt(folder, source)
    click.echo(f"{adopted.name} is in force in {folder}")


@cli.command()
@_data_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
def serve(data: Path | None, host: str, port: int) -> None:
    """Serve the current release over HTTP: SPARQL at /sparql, state of the service at /health.

    Builds the embedded release first if there is none. A release that is built meanwhile is
    served from the next query on.
    """
    # Imported here: the application reads its settings when it is made.
    from kg.web.app import create_app  # noqa: PLC0415

    folder = data or settings.data_dir()
    ensure_release(folder, _err)
    # One line a request, of our own: uvicorn's would hold the text of the query.
    logging.basicConfig(format="%(message)s", stream=sys.stderr)
    # None of it is in the line; the module's documentation says so to make records cheaper.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging.getLogger("kg.access").setLevel(logging.INFO)
    uvicorn.run(
        create_app(folder),
        host=host,
        port=port,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=SHUTDOWN_GRACE_SECONDS,
    )


@cli.command()
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


@cli.command()
@click.argument("file", required=False, metavar="[FILE | NAME | -]")
@click.option("-e", "--expression", "text", metavar="TEXT", help="The query itself.")
@click.option(
    "-f",
    "--format",
    "format_name",
    type=click.Choice(_FORMATS),
    help="Of the answer.  [default: table, for graphs turtle]",
)
@click.option(
    "-p",
    "--param",
    "params",
    multiple=True,
    metavar="NAME=VALUE",
    help="A parameter of a saved query; repeat for several.",
)
@click.option("-l", "--list", "listing", is_flag=True, help="List the saved queries and stop.")
@_data_option
def query(
    file: str | None,
    text: str | None,
    format_name: str | None,
    params: tuple[str, ...],
    listing: bool,
    data: Path | None,
) -> None:
    """Ask the current release, without a server.

    The query is a file, the name of a saved query (kg query --list), - for standard input, or
    the text after -e. The usual prefixes (unv, rdfs, dcterms, prov, skos, xsd, wd) are known.

    \b
    Examples:
      kg query -e 'SELECT ?symbol { ?event unv:decides/unv:symbol ?symbol }'
      kg query similar-voters -p state=IND
      kg query my-question.rq --format csv
    """
    if listing:
        table = Table("Name", "Answers", "Parameters", box=None, header_style="bold")
        for one in saved_queries.library().values():
            names = ", ".join(f"{p.name}={p.default}" for p in one.parameters)
            table.add_row(one.name, one.summary, names)
        _out.print(table)
        return
    saved = _saved(file, text)
    folder = data or settings.data_dir()
    store = release.require(folder).open()
    terms = saved.bind(_values(params))
    asked = saved.text
    if uses_service(asked):
        outcome = federate_here(asked, terms, store, folder, settings.federation())
        asked = outcome.query
        for remark in remarks_on(outcome):
            click.echo(remark, err=True)
    answer = evaluation.evaluate(store, asked, parameters=terms)
    formats = evaluation.formats_of(answer)
    if (format_name or "table") == "table" and not isinstance(answer, ox.QueryTriples):
        output.show_answer(answer)
        return
    written_in = by_name(formats, format_name or "turtle")
    if written_in is None:
        raise click.UsageError(
            f"--format {format_name}: this query can be answered in "
            + ", ".join(one.name for one in formats)
        )
    evaluation.write(answer, written_in, sys.stdout.buffer)


@cli.command()
@_data_option
def sources(data: Path | None) -> None:
    """List what can be loaded: name, contents, publisher, licence, present or not."""
    folder = data or settings.data_dir()
    table = Table("Name", "Holds", "Publisher", "Licence", "Present", header_style="bold")
    for loader in LOADERS.values():
        if loader.embedded:
            present = "embedded"
        else:
            there = fetched(folder, loader.name)
            complete = all(downloads.present(file, there) for file in loader.remote)
            present = f"in {there}" if complete else f"no: kg fetch {loader.name}"
        table.add_row(loader.name, loader.title, loader.publisher, loader.licence, present)
    _out.print(table)


@cli.command()
@click.argument("name", type=click.Choice([n for n, s in LOADERS.items() if not s.embedded]))
@click.option("--from", "base_url", metavar="URL", help="Get the files from this address instead.")
@_data_option
def fetch(name: str, base_url: str | None, data: Path | None) -> None:
    """Download a source and verify its checksums, where they are known.

    The UN Digital Library (undl-ga, undl-sc) lets only browsers in: then this tells which file to
    download, and how to pass it to kg build.
    """
    folder = fetched(data or settings.data_dir(), name)
    with Progress(
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(), console=_out
    ) as progress:
        tasks = {f.name: progress.add_task(f.name, total=None) for f in LOADERS[name].remote}

        def told(file: str, received: int, total: int | None) -> None:
            progress.update(tasks[file], completed=received, total=total)

        paths = downloads.fetch(LOADERS[name], folder, told, base_url)
        for task, path in zip(tasks.values(), paths, strict=True):
            size = path.stat().st_size
            progress.update(task, completed=size, total=size)
    click.echo(f"{name} is in {folder}; load it with: kg build --source embedded --source {name}")


@cli.command()
@_data_option
@click.option("--all", "everything", is_flag=True, help="List everything, not the first of each.")
@click.option("--links", is_flag=True, help="Check the links to Wikidata instead, and ask it.")
@click.option(
    "--format", "format_name", type=click.Choice(["table", "csv", "turtle"]), default="table"
)
def audit(data: Path | None, everything: bool, links: bool, format_name: str) -> None:
    """Show where sources, reports and the record disagree, and what was refused.

    csv and turtle are whole; turtle holds the counts (DQV), the rows (CSVW), the discrepancies and
    the SHACL report.
    """
    folder = data or settings.data_dir()
    current = release.require(folder)
    if links:
        output.show_links(check_links(current.open(), folder, settings.federation()))
        return
    found = audit_release(current)
    if format_name == "csv":
        output.print_audit_csv(found)
    elif format_name == "turtle":
        sys.stdout.buffer.write(rdf.turtle(found, current))
    else:
        output.show_audit(found, None if everything else 20)


@cli.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR")
@click.option(
    "--format",
    "formats",
    multiple=True,
    default=["nquads"],
    show_default=True,
    type=click.Choice(EXPORT_FORMATS),
    help="Repeat for several.",
)
@_data_option
def export(folder: Path, formats: tuple[str, ...], data: Path | None) -> None:
    """Write the current release to a folder, with the terms of its sources.

    nquads holds everything; turtle holds the facts, without ontology, shapes and report; both are
    compressed by gzip. csv (compressed too) and parquet are the tables events, votes, states and
    agreement, with a dictionary of their columns.

    \b
    Examples:
      kg export dump
      kg export tables --format csv --format parquet
    """
    current = release.require(data or settings.data_dir())
    with _err.status(f"Exporting {current.name}"):
        written = export_release(current, folder, formats)
    for path in written:
        click.echo(f"{path} ({path.stat().st_size:,} bytes)")


cli.add_command(add)
cli.add_command(coding)
cli.add_command(publish)


def _saved(file: str | None, text: str | None) -> saved_queries.SavedQuery:
    if (file is None) == (text is None):
        raise click.UsageError("expected a file, the name of a saved query, -, or -e TEXT")
    if text is not None:
        return saved_queries.SavedQuery("-e", with_prefixes(text))
    if file == "-":
        return saved_queries.SavedQuery("-", with_prefixes(sys.stdin.read()))
    assert file is not None
    known = saved_queries.library()
    if file in known:
        return known[file]
    path = Path(file)
    if not path.is_file():
        raise click.UsageError(
            f"{file}: no such file, and no saved query of this name (kg query --list)"
        )
    try:
        return saved_queries.parse(path.name, with_prefixes(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        raise KgError(f"{file}: {error}") from error


def _values(params: tuple[str, ...]) -> dict[str, str]:
    values = {}
    for text in params:
        name, equals, value = text.partition("=")
        if not equals:
            raise click.UsageError(f"--param {text}: expected NAME=VALUE")
        values[name] = value
    return values
