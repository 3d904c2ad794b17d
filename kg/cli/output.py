"""What the command line shows: answers, a finished build, an audit."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Final

import click
import pyoxigraph as ox
from rich.console import Console
from rich.table import Table
from rich.text import Text

from kg.audit.report import Audit
from kg.audit.wikidata_links import Links
from kg.rdf import iris
from kg.rdf.vocabulary import PREFIXES
from kg.release.manifest import Manifest, SourceEntry
from kg.release.release import Release

OUT: Final = Console()


def show_answer(answer: ox.QuerySolutions | ox.QueryBoolean) -> None:
    """Show the answer of a SELECT as a table, of an ASK as yes or no.

    The table leaves out the parameters of a saved query, which have the same value in each row.
    """
    if isinstance(answer, ox.QueryBoolean):
        click.echo("yes" if answer else "no")
        return
    shown = [name for name in (v.value for v in answer.variables) if not name.startswith("_")]
    table = Table(*shown, header_style="bold")
    for solution in answer:
        table.add_row(*(Text(_short(solution[name])) for name in shown))
    OUT.print(table)
    click.echo(f"{table.row_count} rows", err=True)


def show_build(made: Release) -> None:
    """Show what a finished build holds."""
    manifest = made.manifest()
    table = Table("", "", show_header=False, box=None)
    table.columns[1].justify = "right"
    for name, count in manifest.counts.items():
        table.add_row(name, f"{count:,}")
    for kind, counts in (
        ("discrepancies", manifest.discrepancies),
        ("warnings", manifest.warnings),
    ):
        for name, count in counts.items():
            table.add_row(f"{kind}: {name}", f"{count:,}")
    table.add_row("refused rows", f"{manifest.refused:,}")
    table.add_row("rows read by a rule", f"{manifest.read_by_rule:,}")
    for source in manifest.sources:
        for name, count in source.notes.items():
            table.add_row(f"{source.name}: {name}", f"{count:,}")
    OUT.print(table)
    OUT.print(_accounts(manifest))
    click.echo(f"Released {made.name} in {made.path}")


def _accounts(manifest: Manifest) -> Table:
    """Return what became of the rows of votes of each source."""
    names = SourceEntry(name="").outcomes()
    table = Table("Rows of votes", "read", *(name.replace("_", " a ") for name in names))
    for column in table.columns[1:]:
        column.justify = "right"
    for source in manifest.sources:
        if source.rows:
            numbers = [source.rows, *source.outcomes().values()]
            table.add_row(source.name, *(f"{number:,}" for number in numbers))
    return table


def show_audit(found: Audit, shown: int | None) -> None:
    """Show an audit, of each kind the first ``shown`` entries or all."""
    _line(f"Audit of release {found.manifest.name}", style="bold")
    table = Table("Checked", "Found", "For example", header_style="bold", box=None)
    table.columns[1].justify = "right"
    for check in found.checks():
        table.add_row(check.what, f"{check.found:,}", check.example)
    OUT.print(table)
    OUT.print(_accounts(found.manifest))
    _section(
        "Discrepancies",
        [
            (
                f"{one.kind}: {one.told}",
                f"in the graph: {one.accepted} ({one.accepted_from})",
                f"otherwise: {one.other} ({one.other_from})",
            )
            for one in found.differences
        ],
        shown,
    )
    _section(
        "Warnings of SHACL",
        [(message, f"at {focus} {value}") for message, focus, value in found.warnings],
        shown,
    )
    _section(
        "Refused rows",
        [
            (
                f"{row.file}, row {row.row}: {row.problem}: {row.value}",
                f"expected {row.expected}",
            )
            for row in found.refused
        ],
        shown,
    )
    _section(
        "Rows read by a rule",
        [
            (f"{row.file}, row {row.row}: {row.value}", f"read as {row.read_as}: {row.rule}")
            for row in found.read_by_rule
        ],
        shown,
    )


def show_links(found: Links) -> None:
    """Show how many things are linked to Wikidata, and which links are wrong."""
    table = Table("Kind", "Things", "With an item", "Other matches", header_style="bold", box=None)
    for column in table.columns[1:]:
        column.justify = "right"
    for one in found.coverage:
        table.add_row(one.kind, f"{one.things:,}", f"{one.linked:,}", f"{one.matched:,}")
    OUT.print(table)
    _section("Missing", [(one,) for one in found.missing], None)
    _section("Doubled", [(one,) for one in found.doubled], None)
    if found.unasked:
        _line(f"\nWikidata was not asked: {found.unasked}", style="bold")
    else:
        _section("Dead, by the look of them", [(one,) for one in found.dead], None)


def print_audit_csv(found: Audit) -> None:
    """Print an audit as CSV, whole."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(("kind", "what", "accepted", "accepted_from", "other", "other_from"))
    for one in found.differences:
        writer.writerow(
            (one.kind, one.told, one.accepted, one.accepted_from, one.other, one.other_from)
        )
    for message, focus, value in found.warnings:
        writer.writerow(("warning", message, "", "", f"{focus} {value}".strip(), "SHACL"))
    for row in found.refused:
        where = f"{row.file}, row {row.row}"
        writer.writerow((row.problem, where, row.expected, "", row.value, row.source))
    for ruled in found.read_by_rule:
        where = f"{ruled.file}, row {ruled.row}: {ruled.rule}"
        writer.writerow(("read by rule", where, ruled.read_as, "", ruled.value, ruled.source))
    click.echo(stream.getvalue(), nl=False)


def _section(title: str, entries: list[tuple[str, ...]], shown: int | None) -> None:
    _line(f"\n{title}: {len(entries):,}", style="bold")
    for first, *rest in entries[:shown]:
        _line(f"  {first}")
        _lines(f"    {text}" for text in rest)
    if shown is not None and len(entries) > shown:
        _line(f"  and {len(entries) - shown:,} more: kg audit --all")


def _lines(texts: Iterable[str]) -> None:
    for text in texts:
        _line(text, style="dim")


def _line(text: str, style: str = "") -> None:
    OUT.print(text, style=style, highlight=False, markup=False, soft_wrap=True)


def _short(term: object) -> str:
    """Return a term as a person reads it: things by kind and key, terms prefixed, texts bare."""
    value = getattr(term, "value", None)
    if not isinstance(value, str):
        return "" if term is None else str(term)
    if isinstance(term, ox.NamedNode):
        if thing := iris.parse(value):
            return "/".join(thing)
        for prefix, iri in PREFIXES.items():
            if value.startswith(iri) and "/" not in value[len(iri) :]:
                return f"{prefix}:{value[len(iri) :]}"
    return value
