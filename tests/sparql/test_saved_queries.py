"""The query library: every file is well-formed, runs, and returns the known answer.

Known answers are typed from the record (totals and names as printed by the UN) or counted here
from the CSV and YAML files in plain Python, never copied from the result of a query.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import product
from typing import Final

import pyoxigraph as ox
import pytest
from rdflib.plugins.sparql import prepareQuery

from kg.errors import QueryError
from kg.model.symbol_spelling import variants
from kg.model.symbols import slug
from kg.rdf.vocabulary import BASE, DCTERMS, PREFIXES, RDF, RDFS, UNV
from kg.sources.registry import SOURCES
from kg.sparql import saved_queries
from kg.sparql.saved_queries import TYPES, SavedQuery, library, parse, with_values
from kg.sparql.service_guard import check_syntax, uses_service
from tests.support.embedded_files import (
    STATEMENTS,
    Row,
    entries,
    keys_of_downloaded_sources,
    table,
)
from tests.support.saved_queries import QueryableRelease, ask

LIBRARY: Final = library()
#: The queries without SERVICE; tests/engine/federation/test_queries.py tests the others.
OURS: Final = {name: query for name, query in LIBRARY.items() if not uses_service(query.text)}
#: Queries with an empty answer on every release, and the reason.
ALWAYS_EMPTY: Final = {"doubtful-positions": "no statement, stance or proposal has a problem"}
#: Queries with an empty answer on the embedded release, and the reason.
EMPTY: Final = {
    **ALWAYS_EMPTY,
    "general-debate-speakers": "the speeches are in a source to download: test_general_debate.py",
    "ideal-points-in-year": "the estimates are in a source to download: test_ideal_points.py",
    "ideal-points-of-state": "the estimates are in a source to download: test_ideal_points.py",
    "leaders-in-general-debate": "the speeches are in a source to download: test_general_debate.py",
    "explanations-at-meeting": "the records are a source to download: test_explanations.py",
    "decisions-in-record": "the records are a source to download: test_explanations.py",
    "failed-drafts": "no embedded draft failed for want of votes",
    **dict.fromkeys(
        (
            *("co-sponsors", "sponsors-not-in-favour", "abstaining-to-against"),
            *("adopted-without-vote-by-topic", "share-adopted-without-vote"),
        ),
        "no embedded source has sponsors, agenda items or adoptions without a vote",
    ),
}
#: Queries with an empty answer on the whole record, and the reason.
EMPTY_AT_FULL_SIZE: Final = {
    **ALWAYS_EMPTY,
    "explanations-at-meeting": "verbatim records of a few meetings are not in the whole record",
}
EMBEDDED: Final = [name for name, source in SOURCES.items() if source.embedded_in]
WORDS: Final = {"Y": "in favour", "N": "against", "A": "abstaining", "X": "non-voting"}
ROLL: Final[dict[str, dict[str, str]]] = defaultdict(dict)
for _vote in table("ukraine_roll_calls"):
    ROLL[_vote["resolution"]][_vote["state"]] = WORDS[_vote["vote"]]
STATES: Final = {row["key"]: row for row in table("states")}
RESOLUTIONS: Final = {row["symbol"]: row for row in table("ukraine_resolutions")}
#: Votes of the Security Council: symbol, date, and numbers in favour, against and abstaining.
COUNCIL: Final[list[tuple[str, str, list[int]]]] = [
    (
        row["symbol"],
        row["date"],
        [len(row[c].split()) for c in ("in_favour", "against", "abstaining")],
    )
    for row in table("ukraine_council")
]
#: Embedded votes, reports, names and terms also name these tables; no embedded source the others.
DOWNLOADED: Final = (
    keys_of_downloaded_sources()
    - {"undl-ga", "undl-sc", "dgacm-ga-resolutions", "general-debate-speakers"}
    # The sources of corrections to tables of the Council.
    | {
        row["source"]
        for name in ("undl_unanimous", "undl_texts", "unsc_votes_listed")
        for row in table(name)
    }
)
EMBEDDED_SOURCES: Final = [
    (f"source/{row['key']}",) for row in table("sources") if row["key"] not in DOWNLOADED
]
ES1, ES4, ES6 = (ROLL[f"A/RES/ES-11/{number}"] for number in (1, 4, 6))


def body(saved: SavedQuery) -> str:
    """Return a query without header, strings and IRIs."""
    text = "\n".join(line for line in saved.text.splitlines() if not line.startswith("#"))
    return re.sub(r'"[^"\n]*"|<[^>\s]*>', " ", text)


@dataclass(frozen=True)
class Known:
    """A known answer of a query: all rows, or their number (``of``) and some of them."""

    query: str
    columns: str
    rows: Sequence[tuple[str, ...]]
    of: int | None = None
    in_order: bool = True
    #: Parameters and values that differ from the defaults.
    value: str = ""

    def check(self, asked: Callable[..., list[Row]]) -> None:
        values = dict(value.split("=") for value in self.value.split())
        answer = asked(LIBRARY[self.query], **values)
        rows = [tuple(row[column] for column in self.columns.split()) for row in answer]
        if self.of is not None:
            assert len(rows) == self.of
            assert [row for row in self.rows if row not in rows] == []
        elif self.in_order:
            assert rows == list(self.rows)
        else:
            assert sorted(rows) == sorted(self.rows)


def key(state: str) -> str:
    return f"state/{state}"


def agreement(first: str, second: str, years: str = "") -> tuple[int, int]:
    """Return the identical and shared votes of two states, in years with a given prefix."""
    pairs = [
        (votes[first], votes[second])
        for symbol, votes in ROLL.items()
        if RESOLUTIONS[symbol]["date"].startswith(years)
        and votes.keys() >= {first, second}
        and "non-voting" not in (votes[first], votes[second])
    ]
    return sum(vote == other_vote for vote, other_vote in pairs), len(pairs)


def share(identical: int, shared: int) -> str:
    return f"{round(Fraction(identical, shared), 4) * 1.0:.4f}".rstrip("0").rstrip(".")


def similar(years: str = "") -> list[tuple[str, ...]]:
    counts = {state: agreement("IND", state, years) for state in ES6 if state != "IND"}
    shares = {state: Fraction(i, n) for state, (i, n) in counts.items() if n}
    ranks = {s: 1 + sum(other > value for other in shares.values()) for s, value in shares.items()}
    ranked = ((ranks[s], key(s), *counts[s]) for s in ranks)
    return [(str(rank), s, str(i), str(n), share(i, n)) for rank, s, i, n in ranked]


def matrix(states: str, years: str) -> list[tuple[str, ...]]:
    keys = states.split(",")
    pairs = [(first, second) for first in keys for second in keys if first != second]
    counts = {pair: agreement(*pair, years) for pair in pairs}
    return [(key(a), key(b), str(i), str(n), share(i, n)) for (a, b), (i, n) in counts.items()]


def positions_by_year(*states: str) -> list[tuple[str, ...]]:
    """Return how often a group of states took each position, by year."""
    rows = []
    for year in sorted({row["date"][:4] for row in RESOLUTIONS.values()}):
        symbols = [s for s in ROLL if RESOLUTIONS[s]["date"].startswith(year)]
        counts = Counter(ROLL[symbol].get(state) for symbol in symbols for state in states)
        rows.append((year, *(str(counts[word]) for word in WORDS.values())))
    return rows


def closest() -> list[tuple[str, ...]]:
    events = []
    for symbol, votes in ROLL.items():
        counts = Counter(votes.values())
        margin = counts["in favour"] - counts["against"]
        events.append((abs(margin), RESOLUTIONS[symbol]["date"], f"event/{slug(symbol)}", margin))
    return [(event, str(margin)) for _, _, event, margin in sorted(events)]


def by_year() -> list[tuple[str, ...]]:
    years = sorted({row["date"][:4] for row in RESOLUTIONS.values()})
    counts = [(year, *agreement("IND", "CHN", year)) for year in years]
    return [(year, str(i), str(n), share(i, n)) for year, i, n in counts if n]


def divided() -> list[tuple[str, ...]]:
    """Return the votes of the General Assembly by their agreement index, lowest first."""
    indexed = []
    for symbol, votes in ROLL.items():
        counts = [list(votes.values()).count(word) for word in list(WORDS.values())[:3]]
        index = (max(counts) - Fraction(sum(counts) - max(counts), 2)) / sum(counts)
        indexed.append((round(index, 4), RESOLUTIONS[symbol]["date"], symbol, counts))
    return [(symbol, *map(str, counts)) for _, _, symbol, counts in sorted(indexed)]


def groups() -> list[tuple[str, ...]]:
    counts = Counter((STATES[state]["group"], word) for state, word in ES6.items())
    names = sorted({group for group, _ in counts})
    return [(group, *(str(counts[group, word]) for word in WORDS.values())) for group in names]


TOTALS = """
A/RES/68/262 100 11 58 24; A/RES/71/205 70 26 77 20; A/RES/72/190 70 26 76 21;
A/RES/73/194 66 19 72 36; A/RES/73/263 65 27 70 31; A/RES/74/17 63 19 66 45;
A/RES/74/168 65 23 83 22; A/RES/75/29 63 17 62 51; A/RES/75/192 64 23 86 20;
A/RES/76/70 62 22 55 54; A/RES/76/179 65 25 85 18; A/RES/ES-11/1 141 5 35 12;
A/RES/ES-11/2 140 5 38 10; A/RES/ES-11/3 93 24 58 18; A/RES/ES-11/4 143 5 35 10;
A/RES/ES-11/5 94 14 73 12; A/RES/77/229 82 14 80 17; A/RES/ES-11/6 141 7 32 13;
A/RES/78/221 78 15 79 21; A/RES/78/316 99 9 60 25; A/RES/79/184 81 14 80 18;
A/RES/ES-11/7 93 18 65 17; A/RES/ES-11/8 93 8 73 19; A/RES/80/223|79|16|73|"""
INDIA = """
68/262 A; 71/205 N; 72/190 N; 73/194 A; 73/263 N; 74/17 A; 74/168 N; 75/29 A; 75/192 N; 76/70 A;
76/179 N; ES-11/1 A; ES-11/2 A; ES-11/3 A; ES-11/4 A; ES-11/5 A; 77/229 A; ES-11/6 A; 78/221 A;
78/316 A; 79/184 A; ES-11/7 A; ES-11/8 A; 80/223 A"""
UNCONFIRMED = """
A/RES/ES-11/8 181; A/RES/79/184 179; A/RES/78/316 161; A/RES/80/223 153; A/RES/ES-11/2 149;
A/RES/ES-11/4 82; A/RES/ES-11/7 52; A/RES/ES-11/3 43; A/RES/ES-11/5 28; A/RES/ES-11/6 23;
A/RES/71/205 1; A/RES/78/221 1"""
NON_VOTING = """
Azerbaijan; Burkina Faso; Cameroon; Dominica; Equatorial Guinea; Eswatini; Grenada; Guinea-Bissau;
Lebanon; Senegal; Turkmenistan; United Republic of Tanzania; Venezuela (Bolivarian Republic of)"""
POINTS = """
Respecting the sovereignty of all countries; Abandoning the Cold War mentality; Ceasing hostilities;
Resuming peace talks; Resolving the humanitarian crisis;
Protecting civilians and prisoners of war (POWs); Keeping nuclear power plants safe;
Reducing strategic risks; Facilitating grain exports; Stopping unilateral sanctions;
Keeping industrial and supply chains stable; Promoting post-conflict reconstruction"""
#: Topic; paragraphs of A/RES/ES-11/6; points of China, Ukraine, China and Brazil, Africa.
ALIGNED = """
Accountability and justice|9||7||;
Ceasefire, cessation of hostilities, de-escalation|5|3|6|1, 2|3;
Charter, sovereignty, territorial integrity|1, 4|1|5||4;
Civilians and civilian infrastructure|7, 8|6|3|3|;
Energy, finance, supply chains|10|11|3|6|; Environment|10||8||; Food, grain, fertilizer|10|9|2|6|6;
Humanitarian aid and access|7|5||3|7; Negotiations and diplomacy|2, 3|4|10|2|1, 2;
Nuclear and other weapons of mass destruction||8|1|4|;
Prisoners of war, detained and deported persons|6|6|4|3|8;
Reconstruction and compensation||12|7||9; Safety of nuclear plants|10|7|1|5|; Sanctions||10|||;
Security order and guarantees||2|9|6|5; Withdrawal of forces|5||6||"""
IRAN, DPRK = "Iran (Islamic Republic of)", "Democratic People's Republic of Korea"


def items(text: str) -> list[str]:
    return [" ".join(item.split()) for item in text.split(";")]


def cells(text: str) -> list[tuple[str, ...]]:
    """Return a table: rows end with a semicolon, cells with a bar, or with a space if no bar."""
    split = [item.split("|") if "|" in item else item.split() for item in items(text)]
    return [tuple(cell.strip() for cell in row) for row in split]


def attended(session: str) -> list[tuple[str, ...]]:
    """Return by state the votes of a session, those it took part in, and its other votes."""
    rolls = [roll for symbol, roll in ROLL.items() if symbol.startswith(f"A/RES/{session}/")]
    recorded = [roll for roll in rolls if "non-voting" in roll.values()]
    votes = Counter(state for roll in recorded for state in roll)
    absent = Counter(s for roll in recorded for s, word in roll.items() if word == "non-voting")
    return [
        (key(state), str(number), str(number - absent[state]), "0", str(absent[state]), "0")
        for state, number in votes.items()
    ]


#: Answers on the embedded release.
KNOWN: Final[list[Known]] = [
    # tests/sparql/test_general_debate.py has their answers on speeches.
    Known("general-debate-speakers", "year", []),
    Known("ideal-points-in-year", "year", []),
    Known("ideal-points-of-state", "year", []),
    # Of the six votes of 2022 India abstained in all, China in three, and was against in three.
    Known(
        "similarity-by-year",
        "year n abstainingBoth abstainingNo noNo lijphart sAbsolute sSquared kappa pi",
        [
            ("2019", "2", "0", "1", "1", "0.75", "0.5", "0.75", "0", "-0.3333"),
            ("2022", "6", "3", "3", "0", "0.75", "0.5", "0.75", "0", "-0.3333"),
        ],
        of=11,
    ),
    Known(
        "joint-positions",
        "year recorded abstainingBoth abstainingNo noNo yesNonVoting nonVotingBoth",
        [("2019", "2", "0", "1", "1", "0", "0"), ("2022", "6", "3", "3", "0", "0", "0")],
        of=11,
    ),
    # India abstained in all of them, China was against only in ES-11/5, on reparation.
    Known(
        "similarity-by-topic",
        "label n abstainingBoth abstainingNo lijphart sSquared kappa",
        [
            ("Charter, sovereignty, territorial integrity", "3", "3", "0", "1", "1", ""),
            ("Humanitarian aid and access", "1", "1", "0", "1", "1", ""),
            ("Reconstruction and compensation", "1", "0", "1", "0.5", "0.5", "0"),
            ("Safety of nuclear plants", "1", "1", "0", "1", "1", ""),
            ("Withdrawal of forces", "1", "1", "0", "1", "1", ""),
        ],
    ),
    Known("leaders-in-general-debate", "year", []),
    Known("tally", "symbol date inFavour against abstaining nonVoting",
          cells("A/RES/ES-11/6 2023-02-23 141 7 32 13")),
    Known("states-by-position", "state position",
          [(key(s), w) for s, w in ES6.items()], in_order=False),
    Known("states-by-position", "name position", [
          *((name, "against") for name in ("Belarus", DPRK, "Eritrea", "Mali", "Nicaragua",
          "Russian Federation", "Syrian Arab Republic")),
          *((name, "abstaining") for name in ("China", "India", "Pakistan", IRAN))], of=193),
    Known("attendance-by-session", "state votes tookPart suspended absent inferred",
          attended("ES-11"), in_order=False),
    # tests/sparql/test_sponsor_queries.py has answers of these on other data.
    Known("co-sponsors", "sponsor", []), Known("sponsors-not-in-favour", "state", []),
    Known("abstaining-to-against", "state", []),
    Known("adopted-without-vote-by-topic", "topic", []),
    Known("share-adopted-without-vote", "session", []),
    Known("state-on-ukraine", "symbol position", [
          ("A/RES/" + s, WORDS[v]) for s, v in cells(INDIA)], in_order=False),
    Known("ukraine-resolutions", "symbol inFavour against abstaining nonVoting",
          cells(TOTALS), in_order=False),
    Known("ukraine-resolutions", "date symbol title meeting", of=24,
          rows=cells("2022-03-02|A/RES/ES-11/1|Aggression against Ukraine|A/ES-11/PV.5")),
    Known("positions-in-three-votes", "state positionFirst positionSecond positionThird",
          [(key(s), ES1[s], ES4[s], ES6[s]) for s in ES6], in_order=False),
    Known("positions-moved", "state positionFirst positionSecond positionThird",
          [(key(s), ES1[s], ES4[s], ES6[s]) for s in ES6 if len({ES1[s], ES4[s], ES6[s]}) > 1],
          in_order=False),
    Known("similar-voters", "rank other identical shared share", similar(), in_order=False,
          value="top=999"),
    Known("similar-voters", "name identical shared", cells("Kazakhstan 21 23"), of=191,
          value="top=999"),
    Known("similar-voters", "rank other identical shared share",
          [row for row in similar("202") if int(row[0]) <= 5], in_order=False,
          value="from=2020 until=2029 top=5"),
    Known("agreement-matrix", "state other identical shared share",
          matrix("BRA,CHN,IND,RUS,ZAF", "201"), in_order=False),
    Known("agreement-matrix", "state other identical shared share", matrix("IND,PAK", "202"),
          value="states=IND,PAK decade=2020"),
    Known("votes-by-year", "year inFavour against abstaining nonVoting", positions_by_year("RUS")),
    Known("group-votes-by-year", "year inFavour against abstaining nonVoting",
          positions_by_year(*(s for s in ES6 if STATES[s]["group"] == "African Group"))),
    Known("group-vote", "name position", cells("Germany|in favour; Hungary|in favour"), of=27),
    Known("group-vote", "name position listed", cells(
          "China|abstaining|; India|abstaining|; South Africa|abstaining|;"
          "Russian Federation|against|; Brazil|in favour|"), value="group=brics"),
    Known("group-vote", "name position", [("United Kingdom of Great Britain and Northern Ireland",
          "in favour")], of=28, value="group=EU resolution=A/RES/74/168"),
    Known("group-vote", "name listed", [("India", "2021-11-26")], of=133, value="group=G77"),
    Known("group-by-year", "year votes alike inFavour against abstaining",
          cells("2019 2 2 56 0 0; 2020 2 2 54 0 0; 2025 3 1 79 1 1"), of=11),
    Known("cohesion-by-year", "year n rice riceVotes agreement alike positions ranksBroken",
          cells("2025 3 0.9753 3 0.963 1 81 2"), of=11),
    Known("broke-ranks", "event name position majority members voting", cells(
          "event/A-RES-ES-11-7|Hungary|against|in favour|26|27;"
          "event/A-RES-ES-11-8|Hungary|abstaining|in favour|26|27")),
    Known("closest-votes", "event margin", closest()),
    Known("derivations", "term source", [
          (iri, f"source/{source}")
          for iri in (UNV.AgreementObservation, UNV.YearlyTally, UNV.margin)
          for source in sorted({"ukraine-roll-calls", "ukraine-council-votes",
          *(key for row in table("ukraine_roll_calls") for key in row["sources"].split()),
          *(key for row in table("ukraine_council") for key in row["source"].split())})]),
    Known("agreement-of-two-states", "year identical shared share", by_year()),
    Known("agreement-of-two-states", "year identical shared", cells("2014 1 1; 2022 3 6"), of=11),
    Known("central-asia", "name position",
          cells("Kazakhstan abstaining; Kyrgyzstan abstaining; Tajikistan abstaining; "
          "Turkmenistan non-voting; Uzbekistan abstaining")),
    Known("abstaining-on-both", "state",
          [(key(s),) for s in ES6 if ES1[s] == ES6[s] == "abstaining"], in_order=False),
    Known("abstaining-on-both", "name", [("China",), ("India",), ("Pakistan",), (IRAN,)], of=27),
    Known("non-voting-states", "name", [(name,) for name in items(NON_VOTING)]),
    Known("votes-by-regional-group", "group inFavour against abstaining nonVoting", groups()),
    Known("votes-by-regional-group", "group inFavour", [("African Group", "30")], of=5),
    Known("reports-beside-record", "kind about reported recorded agrees", of=18, rows=cells(
          "tally|in favour|141|141|true; tally|against|7|7|true; tally|abstaining|32|32|true;"
          "vote|Belarus|against|against|true; vote|China|abstaining|abstaining|true;"
          "vote|Turkmenistan|non-voting|non-voting|true")),
    Known("reports-against-record", "symbol kind about reported recorded", cells(
          "A/RES/ES-11/1|tally|abstaining|34|35; A/RES/ES-11/1|vote|China|non-voting|abstaining;"
          "A/RES/ES-11/1|vote|India|non-voting|abstaining;"
          "A/RES/ES-11/1|vote|Pakistan|non-voting|abstaining;"
          "A/RES/ES-11/8|vote|Armenia|abstaining|in favour")),
    Known("proposal-points", "position heading",
          [(str(n), p) for n, p in enumerate(items(POINTS), 1)]),
    Known("proposals", "title date name office points", cells(
          "China's Position on the Political Settlement of the Ukraine Crisis|2023-02-24|"
          "China|Ministry of Foreign Affairs of China|12;"
          "Peace Formula|2022-11-15|Ukraine|Volodymyr Zelenskyy|10"), of=110),
    Known("statements", "statement", [
          (f"statement/{statement['key']}",) for statement in STATEMENTS], in_order=False),
    Known("statements", "name speaker about quote via", of=69, rows=cells(
          f"{IRAN}|Amir Saeed Iravani|resolution/A-RES-ES-11-6|polarize them|Sky News;"
          "China|Foreign Ministry of China|proposal/china-12-point||BBC;"
          "Russian Federation|Vladimir Putin||special military operation|")),
    Known("statements-about-resolution", "name speaker stance date", cells(
          "Brazil|Mauro Vieira|supportive|2023-02-23;"
          "India|Ruchira Kamboj|reserved|2023-02-23; India||reserved|"
          + 3 * f"; {IRAN}|Amir Saeed Iravani|critical|2023-02"
          + "; Pakistan|Munir Akram|reserved|2023-02-23; South Africa||reserved|2023-02-23")),
    Known("statements-beside-votes", "symbol name position stance", [
          ("A/RES/" + n, *rest) for n, *rest in cells(
          "78/316|China|abstaining|reserved;"
          "ES-11/1|Belarus|against|supportive; ES-11/1|Brazil|in favour|reserved;"
          "ES-11/1|China|abstaining|reserved; ES-11/1|Cuba|abstaining|supportive;"
          f"ES-11/1|{DPRK}|against|supportive; ES-11/1|India|abstaining|reserved;"
          f"ES-11/1|{IRAN}|abstaining|critical; ES-11/1|Pakistan|abstaining|reserved;"
          "ES-11/1|South Africa|abstaining|reserved;"
          "ES-11/1|Syrian Arab Republic|against|supportive;"
          "ES-11/1|United States of America|in favour|; ES-11/2|China|abstaining|reserved;"
          "ES-11/3|Brazil|abstaining|reserved;"
          "ES-11/4|China|abstaining|reserved; ES-11/4|India|abstaining|reserved;"
          "ES-11/4|Pakistan|abstaining|reserved; ES-11/4|Pakistan|abstaining|;"
          "ES-11/4|Pakistan|abstaining|reserved; ES-11/4|Saudi Arabia|in favour|supportive;"
          "ES-11/4|South Africa|abstaining|reserved; ES-11/4|Türkiye|in favour|supportive;"
          "ES-11/5|Bahamas|against|reserved; ES-11/5|United Arab Emirates|abstaining|reserved"
          "; ES-11/6|Brazil|in favour|supportive"
          + 2 * "; ES-11/6|India|abstaining|reserved"
          + 3 * f"; ES-11/6|{IRAN}|abstaining|critical"
          + "; ES-11/6|Pakistan|abstaining|reserved; ES-11/6|South Africa|abstaining|reserved"
          "; ES-11/8|South Africa|in favour|supportive")]),
    Known("speakers-and-votes", "state statements position",
          [(key(state), str(count), ES6[state]) for state, count in
          Counter(statement["made_by"] for statement in STATEMENTS).items() if state in ES6],
          in_order=False),
    Known("speakers-and-votes", "name position",
          cells("Bahamas|in favour; Cuba|abstaining"), of=20),
    Known("discrepancies", "aspect accepted other", cells(
          "total|35 abstaining|34 abstaining" + 3 * "; vote|abstaining|non-voting"
          + "; vote|in favour|abstaining"), of=8),
    Known("discrepancies", "otherFrom",
          [("Interfax-Ukraine: states that voted on A/RES/ES-11/8",)], of=8),
    Known("names-of-state", "name from until",
          cells("Turkey|1945-10-24|2022-05-26; Türkiye|2022-05-26|")),
    Known("members-on-date", "name from",
          cells("Switzerland|2002-09-10; South Sudan|2011-07-14"), of=193),
    Known("successor-states", "date earlier later relation",
          [(row["date"], key(row["predecessor"]), key(row["state"]),
          row["relation"].capitalize()) for row in table("predecessors")], in_order=False),
    Known("successor-states", "earlierName laterName", of=26,
          rows=[("Union of Soviet Socialist Republics", "Russian Federation"),
          ("Pakistan", "Bangladesh")]),
    Known("seat-votes", "member first last inFavour against abstaining nonVoting",
          cells("state/RUS 2014-03-27 2025-12-18 1 27 0 0")),
    Known("least-confirmed-votes", "symbol votes", cells(UNCONFIRMED), in_order=False),
    Known("sources-of-vote", "position source", [
          ("abstaining", f"source/{name}") for row in table("ukraine_roll_calls")
          if (row["resolution"], row["state"]) == ("A/RES/ES-11/6", "IND")
          for name in row["sources"].split()], in_order=False),
    Known("sources-against-vote", "accepted other source",
          [("abstaining", "non-voting", "source/article-2022-10-09")]),
    Known("sources-against-vote", "source", [], value="event=A/RES/ES-11/6"),
    Known("intended-votes", "event state recorded intended source", cells(
          "event/A-RES-ES-11-5|state/BHS|against|abstaining|source/bahamas-uncensored-2022-11")),
    Known("suspensions", "state name from until ground nonVoting", cells(
          "state/ZAF|South Africa|1974-11-12|1994-06-23|credentials|0")),
    Known("sources", "source", EMBEDDED_SOURCES, in_order=False),
    Known("sources", "source publisher date redistributable address", of=len(EMBEDDED_SOURCES),
          rows=cells(
          "source/article-2022-10-09|Asian Lite News|2022-10-09|false|;"
          "source/article-2022-03-02||2022-03-02|false|")),
    Known("most-divided-votes", "symbol inFavour against abstaining", divided()),
    Known("most-divided-votes", "symbol agreement",
          cells("A/RES/73/263 0.1481; A/RES/72/190 0.1628"), of=24),
    Known("topics", "label events", cells(
          "Charter, sovereignty, territorial integrity|3; Humanitarian aid and access|1;"
          "Reconstruction and compensation|1; Safety of nuclear plants|1; Withdrawal of forces|1")),
    Known("proposal-beside-resolution", "position relation paragraph", [
          (n, r, p and f"paragraph/A-RES-ES-11-6/{p}") for n, r, p in cells(
          "1|overlaps|1; 1|overlaps|4; 2|not in it|; 3|overlaps|5; 4|overlaps|3; 5|agrees|7;"
          "5|overlaps|8; 6|overlaps|6; 6|agrees|7; 6|overlaps|8; 7|overlaps|10; 7|overlaps|8;"
          "8|not in it|;"
          "9|overlaps|10; 10|not in it|; 11|overlaps|10;"
          "12|not in it|")]),
    Known("proposal-beside-resolution", "position relation", cells(
          "4 agrees; 5 agrees; 6 agrees"), of=12, value="proposal=ukraine-peace-formula"),
    # No plan was compared with A/RES/ES-11/1, so nothing is reported as missing from it.
    Known("proposal-beside-resolution", "position", [], value="resolution=A/RES/ES-11/1"),
    Known("proposal-beside-resolution", "position relation", cells("6 overlaps; 1 overlaps"), of=10,
          value="proposal=african-peace-mission"),
    Known("alignment-of-plans", "label paragraphs china ukraine chinaBrazil africa",
          cells(ALIGNED)),
    Known("texts-on-topic", "text", [(f"{kind}/{key}",) for kind, key in cells(
          "paragraph A-RES-ES-11-6/10; proposal china-12-point/7;"
          "proposal china-brazil-6-point/5; proposal friends-for-peace-communique/6;"
          "proposal friends-for-peace-communique/7; proposal peace-framework-communique/1;"
          "proposal ukraine-peace-formula/1;"
          "resolution A-RES-78-316")]),
    Known("resolution-paragraphs", "paragraph position", [
          (f"paragraph/A-RES-ES-11-6/{number}", str(number)) for number in range(1, 12)], of=27),
    Known("positions-over-time", "date kind what stance about", of=41, rows=cells(
          "2022-03-02|vote|abstaining||A/RES/ES-11/1;"
          "2022-10|contact|Many western countries were in contact with Pakistan ahead of the vote, "
          "to seek its support.||A/RES/ES-11/4")),
    Known("positions-over-time", "date kind what about", value="state=RUS", of=39, rows=cells(
          "2022-02-25|vote|against|S/2022/155; 2022-09-30|vote|against|S/2022/720;"
          "2023-02|statement|Russia welcomed the plan and said that it shared China's views.|"
          "China's Position on the Political Settlement of the Ukraine Crisis")),
    Known("press-against-record", "aspect report", [
          (aspect, f"report/{report}") for aspect, report in cells(
          "content article-2023-02-24-parties; content article-2023-02-24-prosecution;"
          "content article-2023-02-24-sanctions; total article-2022-03-02-A-RES-ES-11-1;"
          "vote article-2022-10-09-A-RES-ES-11-1-CHN; vote article-2022-10-09-A-RES-ES-11-1-IND;"
          "vote article-2022-10-09-A-RES-ES-11-1-PAK;"
          "vote interfax-ukraine-es-11-8-A-RES-ES-11-8-ARM")]),
    Known("wrong-numbers", "report printed recorded date publisher", [
          (f"report/{report}", *rest) for report, *rest in cells(
          "article-2022-03-02-A-RES-ES-11-1|34 abstaining|35 abstaining|2022-03-02|;"
          "article-2022-10-09-A-RES-ES-11-1-CHN|non-voting|abstaining|2022-10-09|Asian Lite News;"
          "article-2022-10-09-A-RES-ES-11-1-IND|non-voting|abstaining|2022-10-09|Asian Lite News;"
          "article-2022-10-09-A-RES-ES-11-1-PAK|non-voting|abstaining|2022-10-09|Asian Lite News;"
          "interfax-ukraine-es-11-8-A-RES-ES-11-8-ARM|abstaining|in favour||")]),
    Known("words-against-votes", "state symbol stance towards position difference", cells(
          "Cuba|A/RES/ES-11/1|supportive|Russian Federation|abstaining|apart"
          + 3 * f"; {IRAN}|A/RES/ES-11/6|critical|A/RES/ES-11/6|abstaining|apart")),
    Known("diplomatic-contacts", "contact date initiator party urged", of=30, rows=[
          (f"contact/{key}", *rest) for key, *rest in cells(
          "usa-allies-pak-es-11-4|2022-10|United States of America|Pakistan|in favour;"
          "rus-ukr-talks-second-round|2022-03-03||Russian Federation|;"
          "rus-ukr-talks-second-round|2022-03-03||Ukraine|;"
          "pak-sharif-biden|||Joe Biden|; pak-bajwa-washington||Pakistan|United States of America|"
          )]),
    Known("explanations-of-vote", "symbol state position stance", [
          ("A/RES/" + n, *rest) for n, *rest in cells(
          "78/316|China|abstaining|reserved; ES-11/1|Brazil|in favour|reserved;"
          "ES-11/1|China|abstaining|reserved; ES-11/1|India|abstaining|reserved;"
          f"ES-11/1|{IRAN}|abstaining|critical; ES-11/1|Pakistan|abstaining|reserved;"
          "ES-11/1|South Africa|abstaining|reserved; ES-11/2|China|abstaining|reserved;"
          "ES-11/3|Brazil|abstaining|reserved;"
          "ES-11/4|China|abstaining|reserved; ES-11/4|India|abstaining|reserved;"
          "ES-11/4|Pakistan|abstaining|reserved; ES-11/4|Saudi Arabia|in favour|supportive;"
          "ES-11/4|South Africa|abstaining|reserved; ES-11/5|Bahamas|against|reserved;"
          "ES-11/5|United Arab Emirates|abstaining|reserved;"
          "ES-11/6|India|abstaining|reserved; ES-11/6|Pakistan|abstaining|reserved;"
          "ES-11/6|South Africa|abstaining|reserved")]),
    Known("explanations-at-meeting", "kind name page", []),
    Known("decisions-in-record", "page what event", []),
    Known("responses-to-proposal", "state stance", cells(
          "Russian Federation|supportive; Ukraine|reserved; United States of America|critical")),
    Known("claims-of-source", "kind claim", [
          (kind, claim) for kind, claim in cells(
          "contact contact/usa-ukr-urge-india; tally report/article-2023-02-24-A-RES-ES-11-6;"
          "vote report/article-2023-02-24-S-2022-155-IND;"
          "content report/article-2023-02-24-parties; statement statement/irn-es-11-6-polarize")],
          of=42),
    Known("doubtful-positions", "problem thing value", []),
    Known("vetoed-drafts", "draft date vetoedBy inFavour against abstaining", cells(
          "S/2022/155|2022-02-25|Russian Federation|11|1|3;"
          "S/2022/720|2022-09-30|Russian Federation|10|1|4")),
    Known("failed-drafts", "draft date inFavour against abstaining", []),
    Known("vetoes-by-decade", "decade name vetoes", cells("2020|Russian Federation|2")),
    Known("council-outcomes", "kind votes", cells(
          "vetoed|2; adopted|1; adopted, procedural|1")),
    Known("council-members", "state inFavour against abstaining nonVoting", of=15, rows=[
          (key(state), *numbers, "0") for state, *numbers in cells(
          "RUS 0 3 0; CHN 0 0 3; IND 0 0 3; BRA 2 0 1; ARE 1 0 2; USA 3 0 0")]),
]  # fmt: skip

#: Answers on the full record: totals as printed by the UN at the time (non-voting: the remaining
#: members on that day), names of the members of the Council from its yearbooks, topics counted from
#: un_roll_call_issues.rda.
KNOWN_FULL_RECORD_ANSWERS: Final[list[Known]] = [
    *(Known("tally", "inFavour against abstaining nonVoting", [tuple(totals)],
            value=f"resolution={symbol}")
      for symbol, *totals in cells("A/RES/68/262 100 11 58 24; A/RES/3379(XXX) 72 35 32 3; "
                                   "A/RES/46/86 111 25 13 17; A/RES/67/19 138 9 41 5")),
    Known("states-by-position", "name", [("Ukraine",)], of=193, value="event=A/RES/68/262"),
    Known("non-voting-states", "name", [("Belize",)], of=24, value="resolution=A/RES/68/262"),
    Known("non-voting-states", "name ground", [("South Africa", "credentials")], of=17,
          value="resolution=A/RES/46/86"),
    # The rows of South Africa in the library's table, without three adoptions without a vote.
    Known("suspensions", "state ground nonVoting", cells("state/ZAF credentials 2279")),
    # Typed from A/65/PV.71, pages 9, 19 and 20.
    Known("intended-votes", "event state recorded intended record page", of=5, rows=cells(
          "event/A-RES-65-199|state/COD|non-voting|in favour|A/65/PV.71|9;"
          "event/A-RES-65-206|state/GMB|in favour|abstaining|A/65/PV.71|19;"
          "event/A-RES-65-208|state/SAU|against|abstaining|A/65/PV.71|20;"
          "event/A-RES-79-6|state/SDN|against|abstaining|A/79/PV.29|17")),
    # The corrections are embedded; the record itself is a source to download.
    Known("decisions-in-record", "page paragraph what event state intended", cells(
          "17|2|correction|event/A-RES-79-6|state/SDN|abstaining")),
    # The rows of the library's table of members typed by hand, at 9, 12, 15, 27 and 27 members.
    *(Known("group-vote", "state position", of=members, rows=[
          (f"state/{state}", position) for state in states.split()
      ], value=f"group=EU resolution={symbol}")
      for symbol, members, position, states in (
          ("A/RES/3379(XXX)", 9, "against", "BEL DNK FRA GBR GER IRL ITA LUX NLD"),
          ("A/RES/44/240", 12, "in favour", "ESP"),
          ("A/RES/44/240", 12, "abstaining", "GRC IRL"),
          ("A/RES/58/96", 15, "abstaining", "AUT DEU FIN GBR SWE"),
          ("A/RES/62/149", 27, "in favour", "BGR GBR ROU"),
          ("A/RES/ES-10/21", 27, "against", "AUT CZE HRV HUN"),
          ("A/RES/ES-10/21", 27, "in favour", "BEL ESP FRA IRL LUX MLT PRT SVN"),
      )),
    Known("names-of-state", "name", [("Burma",), ("Myanmar",)], value="state=MMR"),
    # unvotes has a vote in favour there, and agrees on the United States
    # (docs/explanation/sources.md).
    Known("sources-of-vote", "position source", [("non-voting", "source/undl-ga")],
          value="event=A/RES/53/32 state=AFG"),
    Known("sources-against-vote", "accepted other source",
          [("non-voting", "in favour", "source/unvotes-package")],
          value="event=A/RES/53/32 state=AFG"),
    Known("sources-of-vote", "source", [("source/undl-ga",), ("source/unvotes-package",)],
          value="event=A/RES/53/32 state=USA", in_order=False),
    Known("seat-votes", "member", [("state/SUN",), ("state/RUS",)], value="state=RUS"),
    Known("members-on-date", "name", [("Yugoslavia",)], of=51, value="date=1945-12-31"),
    Known("members-on-date", "name until", cells("Yugoslavia|2000-11-01"), of=188,
          value="date=2000-02-17"),
    Known("members-on-date", "name until", cells("Czechoslovakia|1993-01-01"),
          of=179, value="date=1992-12-31"),
    Known("agreement-of-two-states", "year", [], value="state=SUN other=RUS"),
    Known("votes-by-year", "member year nonVoting", cells("state/SUN|1991|3; state/RUS|1992|1"),
          value="state=RUS", of=79),
    Known("council-members", "state", [(f"state/{key}",) for key in
          "AUS BRA CHN EGY FRA MEX NLD POL SUN GBR USA".split()], value="year=1946"),
    Known("council-members", "state abstaining", cells("state/RUS 12; state/CHN 13"),
          value="year=2022", of=15),
    Known("council-members", "state until", cells("state/EGY|1963-01-01; state/UAR|1961-10-13"),
          value="year=1961", of=12),
    # Counted in the file of unsc-votes with pandas: by decade, entries N of permanent members in
    # rows with the outcome "vetoed", without the second row of one oral amendment.
    Known("vetoes-by-decade", "decade state vetoes", [
          (decade, f"state/{key}", vetoes) for decade, key, vetoes in cells(
          "1940 SUN 44; 1940 FRA 1; 1950 SUN 45; 1950 FRA 2; 1950 GBR 2; 1950 CHN 1; 1960 SUN 18;"
          "1960 GBR 1; 1970 USA 21; 1970 GBR 14; 1970 FRA 7; 1970 SUN 7; 1970 CHN 2; 1980 USA 46;"
          "1980 GBR 15; 1980 FRA 7; 1980 SUN 4; 1990 USA 6; 1990 CHN 2; 1990 RUS 2; 2000 USA 10;"
          "2000 RUS 4; 2000 CHN 2; 2010 RUS 19; 2010 CHN 9; 2010 USA 3; 2020 RUS 16; 2020 USA 9;"
          "2020 CHN 5")]),
    # Of the 37 adoptions without a vote in unsc-votes, and two more in the library's table; only
    # dgacm has 2760(2024).
    Known("council-outcomes", "kind votes", cells(
          "adopted|2762; vetoed|269; failed|122; adopted without a vote|39;"
          "adopted, procedural|10")),
    Known("vetoed-drafts", "date vetoedBy inFavour against", cells(
          "1946-02-16|Union of Soviet Socialist Republics|7|1"), of=324),
    Known("failed-drafts", "date draft inFavour against abstaining", cells(
          "2025-09-26|S/2025/539|4|9|2"), of=122),
    # Typed from the verbatim records; adoptions without a vote (0-0-0) are not among them.
    Known("most-divided-votes", "symbol date inFavour against abstaining", of=50, rows=cells(
          "A/RES/37/30|1982-11-23|50|46|50; A/RES/51/103|1996-12-12|57|45|59")),
    Known("closest-votes", "margin inFavour against abstaining", of=50, rows=cells(
          "0|24|24|1; 0|47|47|20; 0|40|40|16")),
    Known("topics", "label events", of=3619, rows=cells(
          # 170 in the library's table, and 50 files of dgacm.
          "PALESTINE QUESTION|220;"
          "Arms control and disarmament|1092; Palestinian conflict|1060; Human rights|1013;"
          "Colonialism|957; Nuclear weapons and nuclear material|854; Economic development|765")),
]  # fmt: skip


each_query = pytest.mark.parametrize("saved", LIBRARY.values(), ids=LIBRARY.keys())
each_of_ours = pytest.mark.parametrize("saved", OURS.values(), ids=OURS.keys())


def check_header(saved: SavedQuery) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", saved.name)
    assert saved.summary.endswith("?")
    assert saved.description
    assert saved.tags
    variables = set(re.findall(r"\?(_\w+)", body(saved)))
    assert variables == {parameter.variable for parameter in saved.parameters}
    for parameter in saved.parameters:
        assert parameter.type in TYPES
        assert re.fullmatch(parameter.pattern, parameter.default)
        assert parameter.description


def check_symbols(saved: SavedQuery) -> None:
    for parameter in saved.parameters:
        if parameter.type not in {"resolution", "event"}:
            continue
        for symbol in ("A/RES/41/68B", "A/RES/1991(XVIII)[A]", "S/RES/2623(2022)", "A/DEC/80/506"):
            term = parameter.term(symbol)
            assert [parameter.term(other) for other in variants(symbol)] == [term] * len(
                variants(symbol)
            )
            assert parameter.term(symbol.lower()) == term


def check_text(saved: SavedQuery) -> None:
    declared = dict(re.findall(r"^PREFIX (\w+): <(.*)>$", saved.text, re.MULTILINE))
    used = set(re.findall(r"(?<![\w?])(\w+):\w", re.sub(r"PREFIX \w+:", "", body(saved))))
    assert declared.keys() == used
    assert all(PREFIXES.get(name, iri) == iri for name, iri in declared.items())
    check_syntax(saved.text)


@pytest.mark.endurance
@each_query
def test_another_parser_reads_a_query(saved: SavedQuery) -> None:
    projected = {str(variable) for variable in prepareQuery(saved.text).algebra["PV"]}
    assert {parameter.variable for parameter in saved.parameters} <= projected


def test_queries_select_labels_in_the_label_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_queries, "LABEL_LANGUAGE", "fr")
    # Not the library that is kept, which is in the language of this process.
    texts = [saved.text for saved in library.__wrapped__().values()]
    assert sum('LANG(?name) = "fr"' in text for text in texts) > 15
    assert not [text for text in texts if '"en"' in text]


@each_of_ours
def test_a_query_has_an_answer_in_total_order(saved: SavedQuery, embedded_store: ox.Store) -> None:
    order = re.findall(r"^ORDER BY (.*)$", saved.text, re.MULTILINE)
    assert len(order) == 1
    names = re.findall(r"\?(\w+)", order[0])
    rows = ask(embedded_store, saved)
    keys = [tuple(row[name] for name in names) for row in rows]
    assert len(set(keys)) == len(keys)
    assert bool(rows) == (saved.name not in EMPTY)
    # Releases without the sources that it requires do not publish it as an example.
    assert saved.is_answered_by(EMBEDDED) == (saved.name not in EMPTY)


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.query)
def test_the_answer_is_the_known_one(known: Known, embedded_store: ox.Store) -> None:
    known.check(partial(ask, embedded_store))


@pytest.mark.parametrize("name", ["closest-votes", "most-divided-votes"])
def test_adoptions_without_a_vote_are_not_close_votes(name: str) -> None:
    """Votes for which only the month is known are listed too."""
    store = ox.Store()
    store.load(
        """@prefix unv: <https://w3id.org/un-votes/ontology#> .
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        @base <https://w3id.org/un-votes/id/> .
        <event/a> rdfs:label "Vote a"@en ; unv:decides <resolution/a> ; unv:margin 0 ;
          unv:body unv:GeneralAssembly ; unv:month "1950-11" ; unv:date "1950-11-02" ;
          unv:yesCount 20 ; unv:noCount 20 ; unv:abstentionCount 3 .
        <event/b> rdfs:label "Vote b"@en ; unv:decides <resolution/b> ; unv:margin 0 ;
          unv:body unv:GeneralAssembly ; unv:month "1950-10" ;
          unv:yesCount 10 ; unv:noCount 10 ; unv:abstentionCount 0 .
        <event/c> rdfs:label "Adoption c"@en ; unv:decides <resolution/c> ; unv:margin 0 ;
          unv:body unv:GeneralAssembly ; unv:month "1950-09" ; unv:date "1950-09-01" ;
          unv:yesCount 0 ; unv:noCount 0 ; unv:abstentionCount 0 .
        <resolution/a> unv:symbol "a" . <draft/b> unv:symbol "b" . <resolution/b> unv:symbol "b" .
        <resolution/c> unv:symbol "c" .
        """,
        format=ox.RdfFormat.TURTLE,
    )
    answer = [(row["event"], row["date"]) for row in ask(store, LIBRARY[name])]
    assert sorted(answer) == [("event/a", "1950-11-02"), ("event/b", "1950-10")]


@pytest.mark.parametrize("name", ["vetoed-drafts", "ukraine-resolutions", "state-on-ukraine"])
def test_a_vote_with_only_a_month_keeps_its_row(name: str) -> None:
    store = ox.Store()
    store.load(
        """@prefix unv: <https://w3id.org/un-votes/ontology#> .
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        @prefix prov: <http://www.w3.org/ns/prov#> .
        @base <https://w3id.org/un-votes/id/> .
        <event/a> unv:decides <resolution/a> ; unv:month "2022-03" ; unv:inFavour <state/IND> ;
          prov:wasDerivedFrom <source/ukraine-roll-calls> ; unv:vetoedBy <state/IND> ;
          unv:yesCount 1 ; unv:noCount 0 ; unv:abstentionCount 0 .
        <event/b> unv:decides <resolution/b> ; unv:month "2022-03" ; unv:date "2022-03-02" ;
          prov:wasDerivedFrom <source/ukraine-roll-calls> ; unv:vetoedBy <state/IND> ;
          unv:inFavour <state/IND> ; unv:draft <draft/b> ;
          unv:yesCount 1 ; unv:noCount 0 ; unv:abstentionCount 0 .
        <resolution/a> unv:symbol "a" . <resolution/b> unv:symbol "b" .
        <state/IND> rdfs:label "India"@en .
        """,
        format=ox.RdfFormat.TURTLE,
    )
    assert [row["date"] for row in ask(store, LIBRARY[name])] == ["2022-03", "2022-03-02"]


def test_an_event_is_counted_once_for_each_topic() -> None:
    """A vote shares the topic of the resolution it decides; a roll call has only its own."""
    store = ox.Store()
    store.load(
        """@prefix unv: <https://w3id.org/un-votes/ontology#> .
        @prefix dcterms: <http://purl.org/dc/terms/> .
        @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
        @base <https://w3id.org/un-votes/id/> .
        <event/a> a unv:VotingEvent ; unv:decides <resolution/a> ; dcterms:subject <topic/t> .
        <resolution/a> dcterms:subject <topic/t> .
        <event/b> a unv:VotingEvent ; dcterms:subject <topic/t> .
        <event/c> a unv:VotingEvent ; unv:decides <resolution/c> .
        <resolution/c> dcterms:subject <topic/t> .
        <paragraph/p> dcterms:subject <topic/t>, <topic/u> .
        <topic/t> skos:prefLabel "t"@en . <topic/u> skos:prefLabel "u"@en .
        """,
        format=ox.RdfFormat.TURTLE,
    )
    answer = ask(store, LIBRARY["topics"])
    assert [(row["label"], row["events"]) for row in answer] == [("t", "3")]


def test_every_query_has_a_known_answer() -> None:
    assert {known.query for known in KNOWN} == OURS.keys()
    assert len(LIBRARY) >= 18


def test_the_most_similar_states_come_first(embedded_store: ox.Store) -> None:
    shares = [float(row["share"]) for row in ask(embedded_store, LIBRARY["similar-voters"])]
    assert shares == sorted(shares, reverse=True)


@pytest.mark.parametrize("state", ["PAK", "ARM", "CHN", "TKM"])
def test_the_state_is_a_parameter(state: str, embedded_store: ox.Store) -> None:
    answer = ask(embedded_store, LIBRARY["state-on-ukraine"], state=state)
    assert {row["symbol"]: row["position"] for row in answer} == {
        symbol: votes[state] for symbol, votes in ROLL.items() if state in votes
    }


def test_every_report_is_compared_with_the_record(embedded_store: ox.Store) -> None:
    expected: Counter[str] = Counter()
    for report in entries("reports"):
        if report["kind"] == "vote":
            expected[report["event"]] += len(report["states"])
        elif report["kind"] == "tally":
            expected[report["event"]] += sum(word.replace("-", "_").replace(" ", "_") in report
                                             for word in WORDS.values())  # fmt: skip
    adopted = {symbol: count for symbol, count in expected.items() if "RES" in symbol}
    assert len(adopted) > 5
    for symbol, count in adopted.items():
        answer = ask(embedded_store, LIBRARY["reports-beside-record"], resolution=symbol)
        assert len(answer) == count


def _discrepancies(store: ox.Store) -> Counter[tuple[str, ...]]:
    """Return the rows of the query ``discrepancies`` from the quads of a store."""

    def values(subject: ox.NamedNode, term: str) -> list[str]:
        quads = store.quads_for_pattern(subject, ox.NamedNode(term), None, ox.DefaultGraph())
        return [getattr(quad.object, "value", "") for quad in quads]

    def titles(subject: ox.NamedNode, term: str) -> list[str]:
        sources = map(ox.NamedNode, values(subject, term))
        return [t for source in sources for t in values(source, DCTERMS.title)] or [""]

    rows: Counter[tuple[str, ...]] = Counter()
    of_type = ox.NamedNode(RDF.type), ox.NamedNode(UNV.Discrepancy)
    for quad in store.quads_for_pattern(None, *of_type, ox.DefaultGraph()):
        this = quad.subject
        assert isinstance(this, ox.NamedNode)
        rows.update(
            product(
                [this.value.removeprefix(f"{BASE}id/")],
                values(this, UNV.aspect),
                values(this, RDFS.label),
                values(this, UNV.acceptedValue),
                titles(this, UNV.acceptedFrom),
                values(this, UNV.otherValue),
                titles(this, UNV.otherFrom),
            )
        )
    return rows


def _check_discrepancies(store: ox.Store) -> None:
    rows = Counter(tuple(row.values()) for row in ask(store, LIBRARY["discrepancies"]))
    assert rows == _discrepancies(store)


def test_every_discrepancy_has_a_row_for_each_source(embedded_store: ox.Store) -> None:
    _check_discrepancies(embedded_store)


INVALID = ('IND" } #', "<IND>", "IND'", "{}", "?x", "", "IND\n", "a\\u003e", "*")


def check_invalid_values(saved: SavedQuery) -> None:
    for parameter in saved.parameters:
        for value in INVALID:
            # White space around the name of a state has no meaning.
            if parameter.type == "state" and value.strip() == "IND":
                continue
            with pytest.raises(QueryError, match=f"parameter {parameter.name}:"):
                saved.bind({parameter.name: value})


@pytest.mark.parametrize("value", ['x" } DELETE {', "x> . ?s ?p ?o . <y", "'''", "\\", "\n#"])
def test_a_value_cannot_alter_the_query(value: str, embedded_store: ox.Store) -> None:
    text = (
        "#+ params: [{name: word, type: text, pattern: '(?s).*', default: a, description: any}]\n"
        'SELECT ?_word ?other WHERE { VALUES ?other { "1" "2" } }'
    )
    answer = ask(embedded_store, parse("echo", text), word=value)
    assert answer == [{"_word": value, "other": "1"}, {"_word": value, "other": "2"}]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT ?_s { }", "SELECT ?_s { VALUES ?_s { <urn:s> } }"),
        ("SELECT ?_s WHERE { ?_s ?p ?o }", "SELECT ?_s WHERE { VALUES ?_s { <urn:s> } ?_s ?p ?o }"),
        ("select distinct $_s\nwhere{ }", "select distinct $_s\nwhere{ VALUES ?_s { <urn:s> } }"),
        (
            "SELECT ?_s FROM <urn:g> WHERE { { SELECT ?_s ?o { ?_s ?p ?o } } }",
            "SELECT ?_s FROM <urn:g> WHERE { VALUES ?_s { <urn:s> } "
            "{ SELECT ?_s ?o { VALUES ?_s { <urn:s> } ?_s ?p ?o } } }",
        ),
        (
            "SELECT ?_s { { SELECT ?o { ?s ?p ?o } } }",
            "SELECT ?_s { VALUES ?_s { <urn:s> } { SELECT ?o { ?s ?p ?o } } }",
        ),
        (
            "SELECT (EXISTS { ?s a ?c } AS ?e) ?_s # { \n{ }",
            "SELECT (EXISTS { ?s a ?c } AS ?e) ?_s # { \n{ VALUES ?_s { <urn:s> } }",
        ),
        (
            "SELECT (EXISTS { SELECT ?_s { ?_s a ?c } } AS ?e) ?_s { }",
            "SELECT (EXISTS { SELECT ?_s { VALUES ?_s { <urn:s> } ?_s a ?c } } AS ?e) ?_s "
            "{ VALUES ?_s { <urn:s> } }",
        ),
        (
            "SELECT ?_s { ?_s ?p 'SELECT ?_s WHERE {' }",
            "SELECT ?_s { VALUES ?_s { <urn:s> } ?_s ?p 'SELECT ?_s WHERE {' }",
        ),
        (
            "# SELECT ?_s WHERE {\nSELECT ?o { ?_s <urn:SELECT> ?o }",
            "# SELECT ?_s WHERE {\nSELECT ?o { ?_s <urn:SELECT> ?o }",
        ),
    ],
)
def test_values_are_added_to_every_select_that_projects_the_parameter(
    text: str, expected: str
) -> None:
    assert with_values(text, {"_s": ox.NamedNode("urn:s"), "_other": ox.Literal(1)}) == expected


def check_values(saved: SavedQuery) -> None:
    terms = saved.bind({})
    text = with_values(saved.text, terms)
    check_syntax(text)
    for name, value in terms.items():
        assert f"VALUES ?{name} {{ {value} }}" in text


@each_query
def test_a_query_is_well_formed(saved: SavedQuery) -> None:
    check_header(saved)
    check_symbols(saved)
    check_text(saved)
    check_invalid_values(saved)
    check_values(saved)


@pytest.mark.parametrize("name", sorted(OURS.keys() - {k.query for k in KNOWN_FULL_RECORD_ANSWERS}))
def test_a_query_has_an_answer_at_full_size(
    name: str, full_record_queries: QueryableRelease
) -> None:
    # The statements of the full record are the embedded ones.
    assert bool(full_record_queries.ask(OURS[name])) == (name not in EMPTY_AT_FULL_SIZE)


@pytest.mark.parametrize("known", KNOWN_FULL_RECORD_ANSWERS, ids=lambda known: known.query)
def test_the_known_answer_at_full_size(known: Known, full_record_queries: QueryableRelease) -> None:
    known.check(full_record_queries.ask)


def test_every_discrepancy_has_a_row_at_full_size(full_record_queries: QueryableRelease) -> None:
    _check_discrepancies(full_record_queries.store)
