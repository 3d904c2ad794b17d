"""The command ``kg query``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import click
import pyoxigraph as ox
from rich.table import Table
from rich.text import Text

from kg.cli.options import with_settings
from kg.cli.output import OUT, short
from kg.engine.column_types import column_types
from kg.engine.columnar import statistics
from kg.engine.federation.in_process import rewrite_in_process
from kg.engine.federation.response_headers import remarks
from kg.errors import KgError
from kg.rdf.vocabulary import with_prefixes
from kg.release import release
from kg.settings import Settings
from kg.sparql import evaluation, saved_queries
from kg.sparql.formats import ARROW, GRAPHS, PARQUET, RESULTS, Format, by_name, table_hint
from kg.sparql.lexer import BYTE_ORDER_MARK
from kg.sparql.service_guard import uses_service

_FORMATS: Final = [
    "table",
    *(known_format.name for known_format in (*RESULTS, ARROW, PARQUET, *GRAPHS)),
]


@click.command()
@click.argument("file", required=False, metavar="[FILE | NAME | -]")
@click.option("-e", "--expression", "text", metavar="TEXT", help="The text of the query.")
@click.option(
    "-f",
    "--format",
    "format_name",
    type=click.Choice(_FORMATS),
    help="Format of the result.  [default: table, for graphs turtle]",
)
@click.option(
    "-p",
    "--param",
    "params",
    multiple=True,
    metavar="NAME=VALUE",
    help="A parameter of a saved query; repeat for several.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    metavar="FILE",
    help="Write the result to a file, not to standard output.",
)
@click.option("-l", "--list", "listing", is_flag=True, help="List the saved queries and exit.")
@with_settings
def query(
    settings: Settings,
    file: str | None,
    text: str | None,
    format_name: str | None,
    params: tuple[str, ...],
    output: Path | None,
    listing: bool,
) -> None:
    """Run a query on the current release, without a server.

    The query is a file, the name of a saved query (kg query --list), - for standard input, or
    the text given with -e. The prefixes unv, rdfs, dcterms, prov, skos, xsd and wd are predefined.

    \b
    Examples:
      kg query -e 'SELECT ?symbol { ?event unv:decides/unv:symbol ?symbol }'
      kg query similar-voters -p state=IND
      kg query my-question.rq --format csv
      kg query votes-by-year --format parquet --output votes.parquet
    """
    if listing:
        _list()
        return
    saved = _saved_query(file, text)
    current = release.require_current(settings.data)
    store = current.open_store()
    parameters = saved.bind(_values(params))
    resolved = saved.text
    columns = column_types(resolved, parameters, statistics.read(current.path))
    if uses_service(resolved):
        rewritten = rewrite_in_process(
            resolved, parameters, store, settings.data, settings.federation
        )
        resolved = rewritten.query
        for remark in remarks(rewritten):
            click.echo(remark, err=True)
    answer = evaluation.evaluate(store, resolved, parameters=parameters)
    if (format_name or "table") == "table" and not isinstance(answer, ox.QueryTriples):
        if output is not None:
            raise click.UsageError("--output needs a --format other than table")
        _show(answer)
        return
    written_in = _format(answer, format_name or "turtle")
    if output is None:
        if written_in.is_compressed and sys.stdout.isatty():
            raise click.UsageError(
                f"{written_in.name} is binary: name a file with --output, or redirect the output"
            )
        evaluation.write(answer, written_in, sys.stdout.buffer, columns)
        return
    try:
        with output.open("wb") as stream:
            evaluation.write(answer, written_in, stream, columns)
    except KgError:
        output.unlink()
        raise
    except OSError as error:
        raise KgError(f"{output}: {error.strerror}") from error


def _format(answer: evaluation.Answer, name: str) -> Format:
    formats = evaluation.formats_of(answer)
    written_in = by_name(formats, name)
    if written_in is None:
        raise click.UsageError(
            f"--format {name} is not supported for this query; expected one of "
            + ", ".join(known_format.name for known_format in formats)
            + table_hint(formats, name)
        )
    return written_in


def _list() -> None:
    table = Table("Name", "Question", "Parameters", box=None, header_style="bold")
    for saved in saved_queries.library().values():
        defaults = ", ".join(f"{p.name}={p.default}" for p in saved.parameters)
        table.add_row(saved.name, saved.summary, defaults)
    OUT.print(table)


def _saved_query(file: str | None, text: str | None) -> saved_queries.SavedQuery:
    if (file is None) == (text is None):
        raise click.UsageError("expected a file, the name of a saved query, -, or -e TEXT")
    if text is not None:
        return saved_queries.SavedQuery("-e", with_prefixes(text.removeprefix(BYTE_ORDER_MARK)))
    if file == "-":
        text = sys.stdin.read().removeprefix(BYTE_ORDER_MARK)
        return saved_queries.SavedQuery("-", with_prefixes(text))
    assert file is not None
    library = saved_queries.library()
    if file in library:
        return library[file]
    path = Path(file)
    if not path.is_file():
        raise click.UsageError(
            f"{file}: no such file or saved query; kg query --list lists the saved queries"
        )
    try:
        return saved_queries.parse(path.name, with_prefixes(path.read_text(encoding="utf-8-sig")))
    except (OSError, UnicodeDecodeError) as error:
        raise KgError(f"{file}: {error}") from error


def _values(params: tuple[str, ...]) -> dict[str, str]:
    values = {}
    for param in params:
        name, equals, value = param.partition("=")
        if not equals:
            raise click.UsageError(f"--param {param}: expected NAME=VALUE")
        values[name] = value
    return values


def _show(answer: ox.QuerySolutions | ox.QueryBoolean) -> None:
    """Show the result of SELECT as a table, of ASK as yes or no.

    The table omits the parameters of a saved query, which have the same value in each row.
    """
    if isinstance(answer, ox.QueryBoolean):
        click.echo("yes" if answer else "no")
        return
    shown = [name for name in (v.value for v in answer.variables) if not name.startswith("_")]
    table = Table(*shown, header_style="bold")
    for solution in answer:
        table.add_row(*(Text(short(solution[name])) for name in shown))
    OUT.print(table)
    click.echo(f"{table.row_count} rows", err=True)
