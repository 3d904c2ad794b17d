"""The command ``kg check``."""

from __future__ import annotations

import asyncio
import csv
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import click

from kg.check.checker import SentenceRow, check_article, check_sentence, counts_of
from kg.check.claim_review import claim_reviews
from kg.check.entries import SourceDetails, findings_entries
from kg.check.findings import Finding
from kg.check.rdf import findings_turtle
from kg.check.record import Asks, Record, asks_store, read_index
from kg.check.text import Article, read
from kg.cli.options import with_settings
from kg.cli.output import line
from kg.errors import KgError
from kg.limits import CHECKED_CHARACTERS
from kg.release import release
from kg.settings import Settings

_COLUMNS: Final = ("id", "sentence", "context", "date")
_RESULTS: Final = ("id", "verdict", "event", "reason")
#: Formats that describe an article as a whole.
_ARTICLE_FORMATS: Final = ("turtle", "claimreview", "positions")
_DAY: Final = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("file", required=False, metavar="[FILE | -]")
@click.option(
    "--sentences",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Check single sentences instead: a CSV file with the columns id, sentence, context "
    "(the sentences before it) and date (of the article).",
)
@click.option(
    "--date",
    type=_DAY,
    help="Day on which the article was published.  [default: as a saved page states it]",
)
@click.option(
    "-f",
    "--format",
    "format_name",
    type=click.Choice(["text", "json", "csv", "turtle", "claimreview", "positions"]),
    help="Format of the output; turtle, claimreview (JSON-LD) and positions (YAML, for kg add "
    "check and kg build) are not available with --sentences.  [default: text]",
)
@click.option("--key", default="", help="Key of the article as a source, with -f positions.")
@click.option("--publisher", default="", help="Its publisher, with -f positions.")
@click.option("--address", default="", help="Its address (URL), with -f positions.")
@with_settings
def check(
    settings: Settings,
    *,
    file: str | None,
    sentences: Path | None,
    date: object,
    format_name: str | None,
    key: str,
    publisher: str,
    address: str,
) -> None:
    """Compare what an article states of recorded votes with the record.

    The article is a text or a saved page in HTML; - is standard input. Each sentence agrees with
    the record, contradicts it, cannot be decided (undecidable), or is about no roll call that is
    certain (unbound). The reason and the query that decides are part of each finding.

    \b
    Examples:
      kg check article.html --format json
      pbpaste | kg check - --date 2022-03-03
      kg check --sentences claims.csv --format csv
      kg check article.html -f positions --key times-2022-03-03 > mine/times.yaml
    """
    if (file is None) == (sentences is None):
        raise click.UsageError("expected a file, -, or --sentences FILE.csv")
    if sentences is not None and format_name in _ARTICLE_FORMATS:
        raise click.UsageError(f"--format {format_name} is not available with --sentences")
    rows = _rows(sentences) if sentences is not None else []
    article = read(_text(file)) if file is not None else Article("")
    asks = asks_store(release.require_current(settings.data).open_store())
    if sentences is not None:
        findings = asyncio.run(_check_rows(asks, rows))
        _print(findings, format_name or "text", [row.key for row in rows])
        return
    day = f"{date:%Y-%m-%d}" if date else article.date
    details = SourceDetails(key, publisher, address)
    asyncio.run(_check_article(asks, article, day, format_name or "text", details))


async def _check_article(
    asks: Asks, article: Article, day: str, format_name: str, details: SourceDetails
) -> None:
    record = Record(await read_index(asks), asks)
    findings = await check_article(article, record, day)
    if format_name == "turtle":
        click.echo(await findings_turtle(findings, article, day, record), nl=False)
    elif format_name == "positions":
        click.echo(findings_entries(findings, article, day, details), nl=False)
    elif format_name == "claimreview":
        click.echo(json.dumps(claim_reviews(findings, day), indent=2, ensure_ascii=False))
    else:
        _print(findings, format_name, [str(number) for number in range(1, len(findings) + 1)])


async def _check_rows(asks: Asks, rows: list[SentenceRow]) -> list[Finding]:
    record = Record(await read_index(asks), asks)
    return [await check_sentence(row, record) for row in rows]


def _text(file: str) -> str:
    """Return the text of a file, or of standard input for a hyphen.

    Raises:
        KgError: if it cannot be read, is not UTF-8 text or too long.
    """
    try:
        content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        text = content.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise KgError(f"{file}: expected a text in UTF-8: {error}") from error
    if len(text) > CHECKED_CHARACTERS:
        raise KgError(
            f"{file}: {len(text):,} characters; expected an article of at most "
            f"{CHECKED_CHARACTERS:,}"
        )
    return text


def _rows(path: Path) -> list[SentenceRow]:
    """Return the sentences of a CSV file.

    Raises:
        KgError: if it is no CSV file in UTF-8, or has no column id or sentence.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, strict=True)
            missing = [name for name in _COLUMNS[:2] if name not in (reader.fieldnames or ())]
            if missing:
                raise KgError(
                    f"{path}: no column {' and '.join(missing)}; expected {', '.join(_COLUMNS)}"
                )
            return [SentenceRow(*(row.get(name) or "" for name in _COLUMNS)) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise KgError(f"{path}: expected a CSV file in UTF-8: {error}") from error


def _print(findings: list[Finding], format_name: str, keys: list[str]) -> None:
    if format_name == "json":
        entries = [finding.as_json() for finding in findings]
        json.dump(entries, sys.stdout, indent=2, ensure_ascii=False)
        click.echo()
    elif format_name == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(_RESULTS)
        writer.writerows(
            (key, finding.verdict, finding.event, finding.reason)
            for key, finding in zip(keys, findings, strict=True)
        )
    else:
        _show(findings)


def _show(findings: Iterable[Finding]) -> None:
    """Show each sentence that is bound, or about a vote, with its verdict and its reason."""
    findings = list(findings)
    for finding in findings:
        if finding.verdict == "unbound" and not finding.claim.is_checkable:
            continue
        line(f"{finding.verdict}: {finding.sentence.text}", style="bold")
        if finding.event:
            line(f"  {finding.name}, {finding.date}: {finding.tally}")
        line(f"  {finding.reason}", style="dim")
    summary = ", ".join(f"{number} {verdict}" for verdict, number in counts_of(findings).items())
    line(f"{len(findings)} sentences: {summary}")
