"""The command ``kg shifts``."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

import click

from kg import resources
from kg.cli.options import with_settings
from kg.cli.output import ERR, line
from kg.errors import KgError
from kg.model.ideal_points import IDEAL_POINT_MODELS, IdealPointModel
from kg.model.similarity import MEASURES
from kg.model.state_register import StateRegister
from kg.release import release
from kg.settings import Settings
from kg.sources.states import embedded_names, read_register

if TYPE_CHECKING:
    from kg.analysis.shifts import Contribution, Shift

_YEARS: Final = re.compile(r"(\d{4})(?:-(\d{4}))?")
_MEANS: Final = [measure.key for measure in MEASURES.values() if measure.is_mean]
#: The rows of the text, and the topics of a row.
_ROWS: Final = 25
_TOPICS: Final = 3


class _Period(click.ParamType[tuple[int, int]]):
    name = "years"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        match = _YEARS.fullmatch(str(value))
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if first > last:
            self.fail(f"{value!r}: expected a year or years, as in 2022 or 2018-2022", param, ctx)
        return first, last


@click.command()
@click.argument("before", metavar="BEFORE", type=_Period())
@click.argument("after", metavar="AFTER", type=_Period())
@click.option(
    "--of",
    "subject",
    type=click.Choice(["pairs", "states"]),
    default="pairs",
    show_default=True,
    help="Pairs of states, or each state with all others: the mean over them.",
)
@click.option(
    "--measure",
    "measure_key",
    type=click.Choice(_MEANS),
    default="lijphart",
    show_default=True,
    help="The measure of similarity.",
)
@click.option(
    "--votes",
    type=click.Choice(IDEAL_POINT_MODELS),
    default=IDEAL_POINT_MODELS[0],
    show_default=True,
    help="The votes that count.",
)
@click.option(
    "--state",
    "names",
    metavar="STATE",
    multiple=True,
    help="Only rows with this state, shifts or not; a key, code or name. Twice: the pair.",
)
@click.option(
    "--rate",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.05,
    show_default=True,
    help="The rate of false discoveries over all pairs, or over all states.",
)
@click.option(
    "-f",
    "--format",
    "format_name",
    type=click.Choice(["text", "csv", "json"]),
    default="text",
    show_default=True,
    help=f"The text has the {_ROWS} largest shifts, the other formats have all rows.",
)
@with_settings
def shifts(
    settings: Settings,
    *,
    before: tuple[int, int],
    after: tuple[int, int],
    subject: str,
    measure_key: str,
    votes: IdealPointModel,
    names: tuple[str, ...],
    rate: float,
    format_name: str,
) -> None:
    """List pairs of states, or states, whose votes shifted between two periods.

    BEFORE and AFTER are years, as in 2018-2022. Each row has the measure and the number of votes in
    both periods, the change with an interval of 95 percent, and the topics that explain it. A
    change within its interval is no shift, and the rate of false discoveries over all rows is
    controlled. States are joined with their predecessors in the seat. Needs
    un-votes-kg[estimates].

    \b
    Examples:
      kg shifts 2012-2016 2018-2022
      kg shifts 2012-2016 2018-2022 --state Brazil --state "United States"
      kg shifts 1986-1988 1992-1994 --of states --format csv
    """
    if before[1] >= after[0]:
        raise click.UsageError("AFTER must begin after the last year of BEFORE")
    if find_spec("scipy") is None:
        raise KgError("kg shifts needs scipy: pip install 'un-votes-kg[estimates]'")
    from kg.analysis.periods import read_periods  # noqa: PLC0415 - scipy is optional
    from kg.analysis.shifts import Shifts  # noqa: PLC0415

    register = read_register(resources.DATA)
    chosen = {register[_key(name)].seat for name in names}
    store = release.require_current(settings.data).open_store()
    with ERR.status("Reading votes"):
        periods = read_periods(store, (before, after), votes)
    with ERR.status("Drawing topics"):
        changes = Shifts(periods, MEASURES[measure_key])
        found = changes.pairs() if subject == "pairs" else changes.of_seats()
    if not found:
        raise KgError("too few topics in these periods: none can be compared")
    listing = _Listing(periods.states, register, rate)
    rows = [shift for shift in found if chosen <= listing.seats(shift)]
    if format_name == "text":
        number = sum(shift.is_shift(rate) for shift in found)
        rows = [shift for shift in rows if chosen or shift.is_shift(rate)]
    rows.sort(key=lambda shift: (-abs(shift.change), shift.seat, shift.other))
    shown = rows[:_ROWS] if format_name == "text" else rows
    entries = [
        (shift, changes.contributions(shift)[:_TOPICS] if shift.is_shift(rate) else [])
        for shift in shown
    ]
    if format_name == "text":
        listing.show(entries)
        of_all = f"{number:,} of {len(found):,} {subject} shifted"
        click.echo(f"{of_all}; {len(shown):,} of {len(rows):,} rows shown", err=True)
    elif format_name == "csv":
        listing.write_csv(entries)
    else:
        listing.write_json(entries)


def _key(name: str) -> str:
    try:
        return embedded_names().key(name)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--state") from error


_Entry = tuple["Shift", Sequence["Contribution"]]


class _Listing:
    """Writes shifts, with the keys and names of the states."""

    def __init__(self, states: Sequence[str], register: StateRegister, rate: float) -> None:
        self._states = states
        self._register = register
        self._rate = rate

    def seats(self, shift: Shift) -> set[str]:
        """Return the seats of a row."""
        return {self._register[key].seat for key in self._keys(shift)}

    def show(self, entries: Sequence[_Entry]) -> None:
        """Show a line for each row, with its topics below."""
        for shift, topics in entries:
            names = [self._register[key].name for key in self._keys(shift)]
            change = f"{shift.change:+.3f} ({shift.lower:+.3f} to {shift.upper:+.3f})"
            verdict = f"q {shift.q:.4f}" if shift.is_shift(self._rate) else "no shift"
            periods = " to ".join(
                f"{value:.3f} ({votes} votes)"
                for value, votes in zip(shift.values, shift.votes, strict=True)
            )
            pair = " and ".join(names if len(names) > 1 else (*names, "all others"))
            line(f"{pair}: {periods}, {change}, {verdict}")
            for part in topics:
                line(f"  {part.change:+.3f} {part.topic or 'votes without a title'}", style="dim")

    def write_csv(self, entries: Sequence[_Entry]) -> None:
        """Write all rows as CSV; topics are separated by semicolons."""
        writer = csv.writer(sys.stdout, lineterminator="\n")
        for number, (shift, topics) in enumerate(entries):
            row = self._row(shift)
            if not number:
                writer.writerow([*row, "topics"])
            parts = (f"{part.change:+.4f} {part.topic.replace(';', ',')}" for part in topics)
            writer.writerow([*row.values(), "; ".join(parts)])

    def write_json(self, entries: Sequence[_Entry]) -> None:
        """Write all rows as JSON."""
        rows = [
            {
                **self._row(shift),
                "topics": [
                    {
                        "topic": part.topic,
                        "votes_before": part.votes[0],
                        "votes_after": part.votes[1],
                        "change": round(part.change, 4),
                    }
                    for part in topics
                ],
            }
            for shift, topics in entries
        ]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))

    def _row(self, shift: Shift) -> dict[str, object]:
        state, *other = self._keys(shift)
        return {
            "state": state,
            "other": other[0] if other else "",
            "votes_before": shift.votes[0],
            "votes_after": shift.votes[1],
            "topics_before": shift.topics[0],
            "topics_after": shift.topics[1],
            "before": round(shift.values[0], 4),
            "after": round(shift.values[1], 4),
            "change": round(shift.change, 4),
            "lower": round(shift.lower, 4),
            "upper": round(shift.upper, 4),
            "p": round(shift.p, 6),
            "q": round(shift.q, 6),
            "shift": shift.is_shift(self._rate),
        }

    def _keys(self, shift: Shift) -> list[str]:
        return [self._states[seat] for seat in (shift.seat, shift.other) if seat >= 0]
