"""Errata of a source: its contradicted values, under its own numbers, for its publisher.

An erratum has a correction only where the evidence decides: a symbol that names its session, the
other votes of a meeting, a membership, a day that another source has. Where sources differ and
nothing decides between them, the correction is empty and ``assessment`` states this. A discrepancy
decided against one source is not an erratum of the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import astuple, dataclass, replace
from typing import Final

import pyoxigraph as ox

from kg.audit.conflicts import Conflict, conflicts
from kg.audit.totals import PrintedTotals
from kg.errors import ReleaseError
from kg.model.sources import NormalizedRow, RejectedRow, SourceRecord
from kg.model.symbols import session_of, slug
from kg.model.vote_option import VoteOption
from kg.rdf import iris
from kg.rdf.vocabulary import DCTERMS, OPTION_TERMS, UNV
from kg.release import row_lists
from kg.release.release import Release
from kg.sources.registry import SOURCES

# Assessments, as written in the column of that name.
ERRS: Final = "this source errs"
ERRS_SOMEHOW: Final = "this source errs; the correct value is unknown"
UNCLEAR: Final = "unclear which side errs"
#: The correction of a vote that the state did not cast.
NO_VOTE: Final = "no vote"


@dataclass(frozen=True, slots=True)
class Erratum:
    """One value of a source against which there is evidence.

    ``record`` and ``symbol`` are the source's own number and spelling of the symbol; ``row`` is the
    row of ``file`` with the value, or the first row of its record, 0 if the source has no rows;
    ``column`` is the source's own. ``correction`` is empty if the evidence does not decide which
    value is right. ``event`` is the IRI of the event, empty for a row without an event.
    """

    kind: str
    record: str
    symbol: str
    file: str
    row: int
    column: str
    state: str
    value: str
    correction: str
    assessment: str
    evidence: str
    event: str


def errata(release: Release, name: str) -> list[Erratum]:
    """Return the errata of a source, by its registered name or the key of a Source in the graph.

    Raises:
        ReleaseError: if the release has no such source, is damaged, or was built by an earlier
            version.
    """
    finder = _Finder(release, name)
    errors = {
        *finder.of_conflicts(),
        *finder.of_days(),
        *finder.of_repeated_records(),
        *finder.of_unknown_symbols(),
        *finder.of_normalized_rows(),
        *finder.of_rejected_rows(),
    }
    return sorted(errors, key=lambda erratum: (erratum.file, erratum.row, *astuple(erratum)))


@dataclass(frozen=True, slots=True)
class _Judgement:
    """A value of the source, its correction if known, an assessment, and the evidence."""

    value: str
    correction: str
    assessment: str
    evidence: str


class _Finder:
    """Finds the errata of one source in a release."""

    def __init__(self, release: Release, name: str) -> None:
        self._store = release.open_store()
        self._name = name
        self._source = SOURCES.get(name)
        self._normalized = row_lists.read(NormalizedRow, release.path / row_lists.NORMALIZED_FILE)
        self._rejected = row_lists.read(RejectedRow, release.path / row_lists.REJECTED_FILE)
        records = row_lists.read(SourceRecord, release.path / row_lists.RECORDS_FILE)
        #: The records of each event.
        self._records: dict[str, list[SourceRecord]] = defaultdict(list)
        for record in records:
            self._records[record.event].append(record)
        self._conflicts = conflicts(self._store)
        self._totals = PrintedTotals(self._store, self._conflicts)
        #: By event, the sources whose votes under its symbol belong to another document.
        self._misfiled = {
            conflict.event: conflict.other_from
            for conflict in self._conflicts
            if conflict.aspect == "symbol" and not self._stands_elsewhere(conflict)
        }
        self._own = [record for record in records if name in (record.name, record.source)]
        self._own_of = {record.event: record for record in self._own}
        self._own_of_number = {record.record: record for record in self._own if record.record}
        self._keys = self._source_keys(release)
        #: The values as read, for those that a rule changed, by source, number and column.
        self._read_as = {
            (row.source, row.record, row.column): row.read_as for row in self._normalized
        }

    def _source_keys(self, release: Release) -> set[str]:
        """Return the keys of the Sources in the graph to which the name refers."""
        if self._own:
            return {record.source for record in self._own}
        described = ox.NamedNode(iris.thing("source", self._name))
        if any(self._store.quads_for_pattern(described, None, None, ox.DefaultGraph())):
            return {self._name}
        loaded = sorted(source.name for source in release.manifest().sources)
        if self._name in loaded:
            return set()
        raise ReleaseError(
            f"no source {self._name} in release {release.name}; expected the key of a source in "
            f"its graph, or one of {', '.join(loaded)}"
        )

    def of_conflicts(self) -> Iterator[Erratum]:
        """Yield the values contradicted by another source, a membership or the source itself."""
        for conflict in self._conflicts:
            against = bool(conflict.other_from & self._keys)
            if against or conflict.accepted_from & self._keys:
                judgement = self._judge(conflict, against=against)
                if judgement:
                    yield self._erratum(
                        conflict.event, conflict.aspect, judgement, state=conflict.state
                    )

    def _judge(self, conflict: Conflict, *, against: bool) -> _Judgement | None:
        """Return the judgement of a conflict; ``against`` if the graph follows the other side.

        It is None if the conflict is decided against the other side, or if its value is listed
        among those read by a rule.
        """
        value, correction, sources = conflict.accepted, conflict.other, conflict.other_from
        if against:
            value, correction, sources = conflict.other, conflict.accepted, conflict.accepted_from
        evidence = f"{self._witnesses(sources, conflict.event)}: {correction}"
        errs = _Judgement(value, correction, ERRS, evidence)
        somehow = _Judgement(value, "", ERRS_SOMEHOW, evidence)
        unclear = _Judgement(value, "", UNCLEAR, evidence)
        judgement: _Judgement | None
        contradicted = against
        match conflict.aspect:
            case _ if conflict.is_reported:
                judgement = somehow if sources & self._keys else errs
            case "date" if conflict.accepted_from == conflict.other_from:
                return _Judgement(conflict.accepted, "", UNCLEAR, conflict.description)
            case "date" | "session" if self._is_listed(conflict.event, conflict.aspect):
                judgement = None
            case "session":
                symbols = [record.symbol for record in self._records[conflict.event]]
                named = next(filter(None, map(session_of, symbols)), "")
                return {value: None, correction: errs}.get(named, unclear)
            case "symbol" if self._stands_elsewhere(conflict):
                evidence = f"the same votes in {self._witnesses(sources, conflict.event)}"
                judgement = replace(errs, value=self._own_symbol(conflict), evidence=evidence)
            case "symbol":
                judgement = replace(somehow, value=self._own_symbol(conflict))
                judgement = replace(judgement, evidence=conflict.description)
            case "vote" if self._misfiled.get(conflict.event, set()) & conflict.other_from:
                judgement = errs
            case "vote" if "vote" not in conflict.concerns:
                judgement = replace(errs, correction=NO_VOTE)
            case "membership":
                judgement = self._outside_membership(conflict, evidence)
            case "vote" if (confirmed := self._totals.confirm_accepted(conflict)) is not None:
                judgement = replace(errs, evidence=f"{evidence}, confirmed by the printed totals")
                contradicted = against == confirmed
            case _:
                return unclear
        # A conflict decided against one side is not an erratum of the other.
        return judgement if contradicted else None

    def _stands_elsewhere(self, conflict: Conflict) -> bool:
        """Return whether a source has the votes of an event under another symbol.

        Otherwise it has the votes of another document under the symbol of the event.
        """
        this, replaces = ox.NamedNode(iris.event(conflict.event)), ox.NamedNode(DCTERMS.replaces)
        former = {
            getattr(quad.object, "value", "")
            for quad in self._store.quads_for_pattern(this, replaces, None, ox.DefaultGraph())
        }
        return iris.event(slug(conflict.other)) in former

    def _own_symbol(self, conflict: Conflict) -> str:
        """Return the symbol as the source writes it."""
        own = self._own_of.get(conflict.event)
        return own.symbol if own else conflict.other

    def _outside_membership(self, conflict: Conflict, evidence: str) -> _Judgement:
        """Return the judgement of a vote outside membership, maybe cast on another day."""
        vote = self._option(conflict)
        if vote == VoteOption.NON_VOTING.label:
            return _Judgement(vote, NO_VOTE, ERRS, evidence)
        return _Judgement(vote, "", ERRS_SOMEHOW, evidence)

    def _is_listed(self, event: str, column: str) -> bool:
        """Return whether a source of an event has a value in a column that was read by a rule."""
        return any(
            (record.name, record.record, column) in self._read_as for record in self._records[event]
        )

    def _option(self, conflict: Conflict) -> str:
        """Return the option of the vote that a conflict concerns."""
        (vote,) = conflict.concerns["vote"]
        event, _, state = vote.rpartition("/")
        this = ox.NamedNode(iris.vote(event, state))
        quads = self._store.quads_for_pattern(this, ox.NamedNode(UNV.option), None, None)
        individual = getattr(next(quads).object, "value", "")
        return next(
            option.label for option, terms in OPTION_TERMS.items() if terms.individual == individual
        )

    def of_days(self) -> Iterator[Erratum]:
        """Yield the days of a source that has only the month, where another has the day."""
        for record in self._own:
            known = [other for other in self._records[record.event] if other.knows_day]
            if record.knows_day or not known:
                continue
            other = known[0]
            day = self._read_as.get((other.name, other.record, "date"), other.date)
            if len(day) == len(record.date) and day[:7] == record.date[:7] and day != record.date:
                evidence = f"{_witness(other)}: {day}" + f", in {other.meeting}" * bool(
                    other.meeting
                )
                judgement = _Judgement(record.date, day, ERRS, evidence)
                yield self._erratum(record.event, "date", judgement, kind="day")

    def of_repeated_records(self) -> Iterator[Erratum]:
        """Yield the records that repeat, or may repeat, another record."""
        for record in self._own:
            if ", " in record.record:
                evidence = "the same votes, symbol and month, and no mention of a vote on a part"
                judgement = _Judgement(record.record, "one record", ERRS, evidence)
                yield self._erratum(record.event, "record", judgement, kind="repeated record")
        same = ox.NamedNode(UNV.possiblySameAs)
        for quad in self._store.quads_for_pattern(None, same, None, ox.DefaultGraph()):
            event, twin = (
                (iris.parse(getattr(term, "value", "")) or ("", ""))[1]
                for term in (quad.subject, quad.object)
            )
            if event in self._own_of:
                number = self._own_of[event].record
                evidence = f"the same votes in the same month: {self._witnesses(set(), twin)}"
                judgement = _Judgement(number, "", UNCLEAR, evidence)
                yield self._erratum(event, "record", judgement, kind="repeated record")

    def of_unknown_symbols(self) -> Iterator[Erratum]:
        """Yield symbols that are missing from a source intended to contain all resolutions."""
        matched_with = self._source.matched_with if self._source else ()
        complete = {name for name in matched_with if SOURCES[name].complete}
        theirs = [
            record
            for records in self._records.values()
            for record in records
            if record.name in complete
        ]
        last = max((record.date for record in theirs), default="")
        known = {record.event for record in theirs}
        for record in self._own:
            named_by_symbol = not record.event.startswith(f"{record.name}-")
            if named_by_symbol and record.event not in known and record.date <= last:
                evidence = f"no vote on it in {theirs[0].source}, which is complete until {last}"
                judgement = _Judgement(record.symbol, "", UNCLEAR, evidence)
                yield self._erratum(record.event, "symbol", judgement)

    def of_normalized_rows(self) -> Iterator[Erratum]:
        """Yield the values that a rule changed, once for equal values of a record."""
        conventions = self._source.conventions if self._source else ()
        alike: dict[tuple[str, ...], list[NormalizedRow]] = defaultdict(list)
        for row in self._normalized:
            if row.source == self._name and row.rule not in conventions:
                alike[row.record, row.column, row.value, row.rule].append(row)
        for rows in alike.values():
            first = rows[0]
            evidence = first.rule + f" ({len(rows)} rows)" * (len(rows) > 1)
            correction, assessment = first.read_as, ERRS
            if not first.read_as:
                correction, assessment = "", ERRS_SOMEHOW
            judgement = _Judgement(first.value, correction, assessment, evidence)
            yield self._of_row(first, "read by a rule", first.column, judgement)

    def of_rejected_rows(self) -> Iterator[Erratum]:
        """Yield the refused rows."""
        for row in self._rejected:
            if row.source == self._name:
                evidence = f"{row.problem}; expected {row.expected}"
                judgement = _Judgement(row.value, "", ERRS_SOMEHOW, evidence)
                yield self._of_row(row, "refused row", "", judgement)

    def _erratum(
        self, event: str, aspect: str, judgement: _Judgement, *, kind: str = "", state: str = ""
    ) -> Erratum:
        """Return an erratum of the source's record of an event, if it has one."""
        column = "vote" if aspect == "membership" else aspect
        own = self._own_of.get(event)
        names = [record.symbol for record in self._records[event]]
        return Erratum(
            kind=kind or aspect,
            record=own.record if own else "",
            symbol=own.symbol if own else next(iter(names), ""),
            file=own.file if own else "",
            row=own.row if own else 0,
            column=self._source.columns.get(column, column) if self._source else column,
            state=state,
            value=judgement.value,
            correction=judgement.correction,
            assessment=judgement.assessment,
            evidence=judgement.evidence,
            event=iris.event(event) if event else "",
        )

    def _of_row(
        self, row: NormalizedRow | RejectedRow, kind: str, column: str, judgement: _Judgement
    ) -> Erratum:
        """Return an erratum of one row of the source."""
        own = self._own_of_number.get(row.record)
        return Erratum(
            kind=kind,
            record=row.record,
            symbol=own.symbol if own else "",
            file=row.file,
            row=row.row,
            column=column,
            state="",
            value=judgement.value,
            correction=judgement.correction,
            assessment=judgement.assessment,
            evidence=judgement.evidence,
            event=iris.event(own.event) if own else "",
        )

    def _witnesses(self, sources: set[str], event: str) -> str:
        """Return the records of an event in some sources, or in all, in words."""
        records = [
            record for record in self._records[event] if not sources or record.source in sources
        ]
        named = [_witness(record) for record in records]
        unrecorded = sources - {record.source for record in records}
        return ", ".join([*named, *sorted(unrecorded)])


def _witness(record: SourceRecord) -> str:
    number = f" {record.record}" if record.record else ""
    return f"{record.source}{number} ({record.symbol})"
