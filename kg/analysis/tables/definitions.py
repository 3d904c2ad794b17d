"""The tables for statistical programs: their columns, with unit, processing and citation.

Names of columns are those of the query ``similarity-by-year`` where it has the same number, and can
be names of variables in Stata and R.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Final

from kg.release.export.table_schema import Column, Table

#: The positions in the order of options in ``kg.analysis.votes``, as parts of names of columns.
POSITIONS: Final = ("no", "abstaining", "yes")
#: What a state without a position did, as the fourth option.
NON_VOTING: Final = "nonVoting"
_WORDS: Final = {
    "yes": "in favour",
    "abstaining": "abstaining",
    "no": "against",
    NON_VOTING: "non-voting",
}
#: The end of the names of columns without unanimous events.
CONTESTED: Final = "Contested"

_HAEGE: Final = (
    "Häge, F. M. (2011). Choice or Circumstance? Adjusting Measures of Foreign Policy Similarity "
    "for Chance Agreement. Political Analysis 19(3). https://doi.org/10.1093/pan/mpr023"
)
_SIGNORINO_RITTER: Final = (
    "Signorino, C. S., and Ritter, J. M. (1999). Tau-b or Not Tau-b: Measuring the Similarity of "
    "Foreign Policy Positions. International Studies Quarterly 43(1). "
    "https://doi.org/10.1111/0020-8833.00113"
)
_LIJPHART: Final = (
    "Lijphart, A. (1963). The Analysis of Bloc Voting in the General Assembly. American Political "
    "Science Review 57(4). https://doi.org/10.2307/1952608"
)
_BAILEY: Final = (
    "Bailey, M. A., Strezhnev, A., and Voeten, E. (2017). Estimating Dynamic State Preferences "
    "from United Nations Voting Data. Journal of Conflict Resolution 61(2). "
    "https://doi.org/10.1177/0022002715595700"
)
_COUNTED: Final = (
    "Votes of the General Assembly on which both states took a position. Events that may be "
    "another one recorded twice (unv:possiblySameAs) are left out."
)
_MEASURED: Final = "Computed from the counts; rounded to six decimals."
_YEAR: Final = Column("year", ("unv:year",), "INTEGER", unit="calendar year")
_VOTES: Final = Column(
    "votes",
    (),
    note="'final passage', without votes on paragraphs, amendments and motions (events whose "
    "voteOn is 'document' or unknown), or 'all votes'; the former are known only until January "
    "2020.",
)


def _codes(prefix: str, path: tuple[str, ...]) -> Iterator[Column]:
    """Yield the columns of the codes of a state: ISO 3166-1 alpha-3, and Correlates of War."""
    iso, cow = (f"{prefix}Iso3", f"{prefix}Cow") if prefix else ("iso3", "cowCode")
    yield Column(iso, (*path, "unv:iso3"), pattern="[A-Z]{3}")
    joined = "Here both have it: the number of their seat."
    yield Column(cow, (*path, "unv:cowCode"), note=joined, pattern="[1-9][0-9]{0,2}")


def cell_name(first: str, second: str) -> str:
    """Return the name of the column of a cell: the position of state1 and that of state2.

    >>> cell_name("yes", "no"), cell_name("no", "no"), cell_name("abstaining", "abstaining")
    ('yesNo', 'noNo', 'abstainingBoth')
    >>> cell_name("yes", NON_VOTING), cell_name(NON_VOTING, NON_VOTING)
    ('yesNonVoting', 'nonVotingBoth')
    """
    if first == second and first in ("abstaining", NON_VOTING):
        return f"{first}Both"
    return first + second[0].upper() + second[1:]


def cells(suffix: str) -> list[tuple[str, str]]:
    """Return the positions of each cell that has a column with a suffix: all, or the diagonal."""
    pairs = product(reversed(POSITIONS), repeat=2)
    return [(first, second) for first, second in pairs if not suffix or first == second]


def non_voting_cells() -> list[tuple[str, str]]:
    """Return the cells with non-voting of either state."""
    options = (*reversed(POSITIONS), NON_VOTING)
    pairs = product(options, repeat=2)
    return [(first, second) for first, second in pairs if NON_VOTING in (first, second)]


def _counts(suffix: str) -> Iterator[Column]:
    total = "The sum of the nine counts."
    if suffix:
        total = (
            "n without unanimous events: only those are counted on which states (any, not only "
            "these two) took at least two of the positions in favour, abstaining and against. The "
            "six counts of different positions are the same as above."
        )
    yield Column(f"n{suffix}", (), "INTEGER", total, unit="votes", processing=_COUNTED)
    for first, second in cells(suffix):
        yield Column(
            cell_name(first, second) + suffix,
            (),
            "INTEGER",
            _meaning(first, second) + (", contested events only." if suffix else "."),
            unit="votes",
            processing=_COUNTED,
        )


def _meaning(first: str, second: str) -> str:
    who = "both" if first == second else f"state1 {_WORDS[first]}, state2"
    return f"{who} {_WORDS[second]}".capitalize()


def _non_voting() -> Iterator[Column]:
    for first, second in non_voting_cells():
        yield Column(
            cell_name(first, second),
            (),
            "INTEGER",
            f"{_meaning(first, second)}; not in n.",
            unit="votes",
            processing="Votes of the General Assembly for which a source records the non-voting, "
            "also under a suspension. Never inferred from a missing record.",
        )


def _measures(suffix: str) -> Iterator[Column]:
    which = " On contested events only." if suffix else ""
    empty = " Empty if both states always took one and the same position."
    agreement = " Of 'all votes' this is the agreement of Voeten's data, by calendar year."
    for name, definition, citation in (
        (
            "lijphart",
            "Lijphart's index of agreement: identical positions, and half of those where only one "
            "of the states abstained, as a share of n.",
            _LIJPHART,
        ),
        ("sAbsolute", "S with absolute distances: 2 lijphart - 1.", _SIGNORINO_RITTER),
        ("sSquared", "S with squared distances between positions.", _SIGNORINO_RITTER),
        (
            "kappa",
            "Cohen's kappa with squared distances: corrected for the distance expected by chance "
            f"from the positions of each state.{empty}",
            _HAEGE,
        ),
        (
            "pi",
            "Scott's pi with squared distances: corrected for the distance expected by chance from "
            f"the positions of both states together.{empty}",
            _HAEGE,
        ),
        ("kappaNominal", f"Kappa where any difference counts as one.{empty}", _HAEGE),
        ("piNominal", f"Pi where any difference counts as one.{empty}", _HAEGE),
    ):
        further = which + (agreement if suffix and name == "lijphart" else "")
        yield Column(
            name + suffix,
            (),
            "DOUBLE",
            definition + further,
            unit="index",
            processing=_MEASURED,
            citation=citation,
        )


_DYAD: Final = (
    Column("state1", (), note="The key of a state, the first of the two in order."),
    *_codes("state1", ()),
    Column("state2", (), note="The key of the other state."),
    *_codes("state2", ()),
)
DYAD_YEAR: Final = Table(
    "dyad_year",
    "",
    (
        *_DYAD,
        _YEAR,
        _VOTES,
        *_counts(""),
        *_non_voting(),
        *_measures(""),
        *_counts(CONTESTED),
        *_measures(CONTESTED),
    ),
    note="Two states in a calendar year: how often each took which position in the General "
    "Assembly, as a table of three by three, and the measures of similarity computed from it. Each "
    "pair has two rows in a year: final passage and all votes.",
    key=("state1", "state2", "year", "votes"),
)

#: Topics of fewer votes have no rows in the table by topic, which would be several times as long.
MIN_TOPIC_VOTES: Final = 100
DYAD_TOPIC_YEAR: Final = Table(
    "dyad_topic_year",
    "",
    (
        Column("topic", ("dcterms:subject",), note="Its key."),
        Column("topicName", ("dcterms:subject", "skos:prefLabel"), note="In English."),
        *_DYAD,
        _YEAR,
        *_counts(""),
    ),
    note="Two states in a calendar year, as in dyad_year, on a topic of the vote or of its text: "
    "the table of three by three on final passage. A vote counts for each of its topics. Topics "
    f"of fewer than {MIN_TOPIC_VOTES} votes are left out.",
    key=("topic", "state1", "state2", "year"),
)

#: The columns of ideal points by kind of estimate, in the order of estimate, bounds and source.
IDEAL_POINT_COLUMNS: Final = {
    kind: (kind, f"{kind}Lower", f"{kind}Upper", f"{kind}Source")
    for kind in ("publishedPoint", "estimatedPoint")
}


def _points(kind: str, unit: str, note: str, processing: str) -> Iterator[Column]:
    *numbers, source = IDEAL_POINT_COLUMNS[kind]
    for name, term in zip(numbers, ("unv:estimate", "unv:lower", "unv:upper"), strict=True):
        yield Column(
            name,
            (term,),
            "DOUBLE",
            note,
            unit=unit,
            processing=processing,
            citation=_BAILEY,
        )
    yield Column(source, (), note="The key of the source of that estimate.")


STATE_YEAR: Final = Table(
    "state_year",
    "",
    (
        Column("state", (), note="The key of a state."),
        *_codes("", ()),
        Column("seat", ("unv:seat",), note="Its key."),
        _YEAR,
        _VOTES,
        *(
            Column(
                name,
                (),
                "INTEGER",
                definition,
                unit="votes",
                processing="Counted in the General Assembly. Events that may be another one "
                "recorded twice (unv:possiblySameAs) are left out.",
            )
            for name, definition in (
                ("inFavour", "Votes in favour."),
                ("abstaining", "Abstentions."),
                ("against", "Votes against."),
                (
                    "nonVoting",
                    "Votes for which the state is recorded as non-voting, absent or present, "
                    "without those under a suspension. Never inferred from a missing record.",
                ),
                (
                    "suspended",
                    "Votes for which it is recorded as non-voting during a suspension whose dates "
                    "a source gives (unv:underSuspension).",
                ),
                (
                    "contested",
                    "Its positions on contested events, those on which states took at least two of "
                    "the positions in favour, abstaining and against.",
                ),
            )
        ),
        *_points(
            "publishedPoint",
            "scale of the source",
            "From the source ideal-points, empty if the release does not have it.",
            "As published.",
        ),
        *_points(
            "estimatedPoint",
            "standard deviations over all states and years",
            "From the source estimated-ideal-points, empty if the release does not have it.",
            "Estimated by kg ideal-points from the votes of a release, by a model of the kind of "
            "the cited one with its own priors.",
        ),
    ),
    note="A state in a calendar year: its positions in the General Assembly, and its ideal point.",
    key=("state", "year", "votes"),
)

SPONSORS: Final = Table(
    "sponsors",
    "",
    (
        Column("document", (), note="The key of a draft, or of an adopted document."),
        Column("symbol", ("unv:symbol",), note="As in the columns symbol and drafts of events."),
        Column("sponsor", (), note="The key of a state, or of a group or another agent."),
        Column("sponsorType", (), note="'state' or 'agent'."),
        Column("sponsorName", ("rdfs:label",), note="In English."),
        *_codes("", ()),
        Column(
            "role",
            (),
            note="'sponsor'; 'additionalSponsor', which joined after the submission; or "
            "'onBehalfOf', a group for which a sponsor submitted the text. A group is never "
            "replaced by its members.",
        ),
    ),
    note="A sponsor of a text, where a source prints the sponsors.",
    key=("document", "sponsor", "role"),
)

GROUPS: Final = Table(
    "groups",
    "unv:GroupMembership",
    (
        Column("membership", (), note="Its key: the last part of its IRI."),
        Column("group", ("unv:group",), note="Its key."),
        Column("groupName", ("unv:group", "rdfs:label"), note="In English."),
        Column("member", ("unv:groupMember",), note="Its key."),
        Column("memberName", ("unv:groupMember", "rdfs:label"), note="In English."),
        *_codes("", ("unv:groupMember",)),
        Column("memberFrom", ("unv:from",), "DATE"),
        Column("memberUntil", ("unv:until",), "DATE"),
        Column("certainFrom", ("unv:certainFrom",), "DATE"),
        Column("certainUntil", ("unv:certainUntil",), "DATE"),
        Column("fromAsPrinted", ("unv:fromAsPrinted",)),
        Column("untilAsPrinted", ("unv:untilAsPrinted",)),
        Column("listedOn", ("unv:listedOn",)),
        Column(
            "precision",
            (),
            note="Of the beginning: 'day', 'month' or 'year'; 'list' if there is only a list of "
            "members of a date.",
        ),
        Column("sources", ("prov:wasDerivedFrom",), "VARCHAR[]", "The keys of its sources."),
    ),
    key=("membership",),
)

TABLES: Final = (STATE_YEAR, DYAD_YEAR, DYAD_TOPIC_YEAR, SPONSORS, GROUPS)
