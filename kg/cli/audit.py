"""The command ``kg audit``."""

from __future__ import annotations

import csv
import io
import sys
from typing import Final

import click
from rich.table import Table

from kg.audit import rdf
from kg.audit.report import Audit
from kg.audit.report import audit as audit_release
from kg.audit.wikidata_links import LinkReport, check_links
from kg.cli.options import with_settings
from kg.cli.output import OUT, accounts, line, section
from kg.release import release
from kg.settings import Settings

#: How many entries of each kind are listed without ``--all``.
_LISTED_ENTRIES: Final = 20


@click.command()
@with_settings
@click.option("--all", "everything", is_flag=True, help="List everything, not the first of each.")
@click.option("--links", is_flag=True, help="Check the links to Wikidata instead, and ask it.")
@click.option(
    "--format", "format_name", type=click.Choice(["table", "csv", "turtle"]), default="table"
)
def audit(settings: Settings, everything: bool, links: bool, format_name: str) -> None:
    """Show where sources, reports and the record disagree, and what was refused.

    csv and turtle are whole; turtle holds the counts (DQV), the rows (CSVW), the discrepancies and
    the SHACL report.
    """
    current = release.require_current(settings.data)
    if links:
        _show_links(check_links(current.open_store(), settings.data, settings.federation))
        return
    report = audit_release(current)
    if format_name == "csv":
        _print_csv(report)
    elif format_name == "turtle":
        sys.stdout.buffer.write(rdf.turtle(report, current))
    else:
        _show(report, None if everything else _LISTED_ENTRIES)


def _show(report: Audit, shown: int | None) -> None:
    """Show an audit, of each kind the first ``shown`` entries or all."""
    line(f"Audit of release {report.manifest.name}", style="bold")
    table = Table("Checked", "Found", "For example", header_style="bold", box=None)
    table.columns[1].justify = "right"
    for check in report.checks():
        table.add_row(check.name, f"{check.count:,}", check.example)
    OUT.print(table)
    OUT.print(accounts(report.manifest))
    section(
        "Discrepancies",
        [
            (
                f"{difference.kind}: {difference.description}",
                f"in the graph: {difference.accepted} ({difference.accepted_from})",
                f"otherwise: {difference.other} ({difference.other_from})",
            )
            for difference in report.differences
        ],
        shown,
    )
    section(
        "Warnings of SHACL",
        [(warning.message, f"at {warning.focus} {warning.value}") for warning in report.warnings],
        shown,
    )
    section(
        "Refused rows",
        [
            (
                f"{row.file}, row {row.row}: {row.problem}: {row.value}",
                f"expected {row.expected}",
            )
            for row in report.rejected
        ],
        shown,
    )
    section(
        "Rows read by a rule",
        [
            (f"{row.file}, row {row.row}: {row.value}", f"read as {row.read_as}: {row.rule}")
            for row in report.normalized
        ],
        shown,
    )


def _show_links(report: LinkReport) -> None:
    """Show how many things are linked to Wikidata, and which links are wrong."""
    table = Table("Kind", "Things", "With an item", "Other matches", header_style="bold", box=None)
    for column in table.columns[1:]:
        column.justify = "right"
    for kind in report.coverage:
        table.add_row(kind.kind, f"{kind.things:,}", f"{kind.linked:,}", f"{kind.matched:,}")
    OUT.print(table)
    section("Missing", [(thing,) for thing in report.missing], None)
    section("Doubled", [(sentence,) for sentence in report.ambiguous], None)
    if report.not_checked:
        line(f"\nWikidata was not asked: {report.not_checked}", style="bold")
    else:
        section("Dead, by the look of them", [(sentence,) for sentence in report.dead], None)


def _print_csv(report: Audit) -> None:
    """Print an audit as CSV, whole."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(("kind", "what", "accepted", "accepted_from", "other", "other_from"))
    for difference in report.differences:
        writer.writerow(
            (
                difference.kind,
                difference.description,
                difference.accepted,
                difference.accepted_from,
                difference.other,
                difference.other_from,
            )
        )
    for warning in report.warnings:
        writer.writerow(
            (
                "warning",
                warning.message,
                "",
                "",
                f"{warning.focus} {warning.value}".strip(),
                "SHACL",
            )
        )
    for row in report.rejected:
        where = f"{row.file}, row {row.row}"
        writer.writerow((row.problem, where, row.expected, "", row.value, row.source))
    for ruled in report.normalized:
        where = f"{ruled.file}, row {ruled.row}: {ruled.rule}"
        writer.writerow(("read by rule", where, ruled.read_as, "", ruled.value, ruled.source))
    click.echo(stream.getvalue(), nl=False)
