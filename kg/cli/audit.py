"""The command ``kg audit``."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections import Counter
from dataclasses import asdict
from typing import Final

import click
from rich.table import Table

from kg.audit import rdf
from kg.audit.errata import Erratum
from kg.audit.errata import errata as errata_of
from kg.audit.report import Audit
from kg.audit.report import audit as audit_release
from kg.audit.wikidata_links import LinkReport, check_links
from kg.cli.options import with_settings
from kg.cli.output import OUT, accounts, line, section
from kg.release import release, row_lists
from kg.settings import Settings

#: The number of entries of each kind that are listed without ``--all``.
_LISTED_ENTRIES: Final = 20


@click.command()
@with_settings
@click.option(
    "--all", "everything", is_flag=True, help="List all entries, not only the first of each kind."
)
@click.option(
    "--links",
    is_flag=True,
    help="Check the links to Wikidata instead, and look up each item there.",
)
@click.option(
    "--errata",
    "errata_source",
    metavar="SOURCE",
    help="List the errata of a source instead, under its own record numbers, for its publisher.",
)
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["table", "csv", "turtle", "json"]),
    help="Format of the output; turtle is not available with --errata, json only with it.  "
    "[default: table, with --errata csv]",
)
def audit(
    settings: Settings,
    everything: bool,
    links: bool,
    errata_source: str | None,
    format_name: str | None,
) -> None:
    """List where sources, reports and the record disagree, and which rows were refused.

    csv, turtle and json contain all entries; turtle contains the counts (DQV), the rows (CSVW), the
    discrepancies and the SHACL report.

    SOURCE is the name of a source (kg sources) or the key of a source in the graph, such as an
    article. An erratum has a correction only where the evidence decides which value is right.

    \b
    Examples:
      kg audit --all
      kg audit --errata unvotes > errata.csv
    """
    if format_name == ("turtle" if errata_source else "json"):
        raise click.UsageError("--format turtle is not available with --errata, json only with it")
    current = release.require_current(settings.data)
    if errata_source:
        _show_errata(errata_of(current, errata_source), format_name or "csv", everything)
        return
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
    """Show an audit: the first ``shown`` entries of each kind, or all."""
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
        "SHACL warnings",
        [(warning.message, f"at {warning.focus} {warning.value}") for warning in report.warnings],
        shown,
    )
    section(
        "Gaps in numbering",
        [
            (f"{gap.series}: {gap.count:,}", gap.ranges, f"each {gap.meaning}")
            for gap in report.gaps
        ],
        shown,
    )
    section(
        "Records with refused rows",
        [
            (
                f"{record.where}: {record.problem}: {record.value}",
                f"expected {record.expected}",
            )
            for record in report.rejected_records
        ],
        shown,
    )
    section(
        "Rows read by a rule",
        [
            (
                f"{row.file}, row {row.row}: {row.named_value}",
                f"read as {row.read_as or 'nothing'}: {row.rule}",
            )
            for row in report.normalized
        ],
        shown,
    )


def _show_errata(errors: list[Erratum], format_name: str, everything: bool) -> None:
    """Show errata; as a table, the first of each kind or all."""
    if format_name == "csv":
        row_lists.write_csv(Erratum, errors, sys.stdout)
        return
    if format_name == "json":
        json.dump([asdict(erratum) for erratum in errors], sys.stdout, indent=2, ensure_ascii=False)
        click.echo()
        return
    kinds = Counter(erratum.kind for erratum in errors)
    for kind, _ in sorted(kinds.items()):
        of_kind = [_erratum_lines(erratum) for erratum in errors if erratum.kind == kind]
        section(kind.capitalize(), of_kind, None if everything else _LISTED_ENTRIES)


def _erratum_lines(erratum: Erratum) -> tuple[str, ...]:
    place = " ".join(filter(None, (erratum.record, f"({erratum.symbol})" * bool(erratum.symbol))))
    of_state = f" of {erratum.state}" * bool(erratum.state)
    correction = f"; correction: {erratum.correction}" * bool(erratum.correction)
    return (
        f"{place}: {erratum.column}{of_state}: {erratum.value}",
        f"{erratum.assessment}{correction}",
        erratum.evidence,
    )


def _show_links(report: LinkReport) -> None:
    """Show how many resources are linked to Wikidata, and which links are wrong."""
    table = Table(
        "Kind", "Resources", "With an item", "Other matches", header_style="bold", box=None
    )
    for column in table.columns[1:]:
        column.justify = "right"
    for kind in report.coverage:
        table.add_row(kind.kind, f"{kind.resources:,}", f"{kind.linked:,}", f"{kind.matched:,}")
    OUT.print(table)
    section("Missing", [(resource,) for resource in report.missing], None)
    section("Ambiguous", [(sentence,) for sentence in report.ambiguous], None)
    if report.not_checked:
        line(f"\nWikidata was not queried: {report.not_checked}", style="bold")
    else:
        section("Possibly dead", [(sentence,) for sentence in report.dead], None)


def _print_csv(report: Audit) -> None:
    """Print a complete audit as CSV."""
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
    for record in report.rejected_records:
        first = record.rows[0]
        number = f", record {first.record}" if first.record else ""
        where = f"{first.file}{number}, {record.row_numbers}"
        values = "; ".join(dict.fromkeys(row.value for row in record.rows))
        expected = "; ".join(dict.fromkeys(row.expected for row in record.rows))
        writer.writerow((record.problem, where, expected, "", values, first.source))
    for ruled in report.normalized:
        where = f"{ruled.file}, row {ruled.row}: {ruled.rule}"
        writer.writerow(("read by rule", where, ruled.read_as, "", ruled.named_value, ruled.source))
    for gap in report.gaps:
        writer.writerow(("gap", gap.series, "", "", gap.ranges, gap.meaning))
    click.echo(stream.getvalue(), nl=False)
