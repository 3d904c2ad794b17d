"""The measures of similarity, recomputed from the votes by their definitions, without SPARQL."""

from __future__ import annotations

import shutil
import subprocess
from collections import defaultdict
from fractions import Fraction
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyoxigraph as ox
import pytest

from kg.rdf.vocabulary import BASE, with_prefixes
from kg.release.release import require_current
from kg.sparql.saved_queries import library
from tests.support.saved_queries import ask

SIMILARITY: Final = library()["similarity-by-year"]
PAIRS: Final = (("USA", "ISR"), ("IND", "CHN"), ("RUS", "BLR"), ("FRA", "DEU"))
CELLS: Final = (
    ("yesYes", "yesAbstaining", "yesNo"),
    ("abstainingYes", "abstainingBoth", "abstainingNo"),
    ("noYes", "noAbstaining", "noNo"),
)
PLACES: Final = {"inFavour": 0, "abstaining": 1, "against": 2}
#: Distances between positions: ordinal, squared, and any difference.
ABSOLUTE: Final = np.abs(np.subtract.outer(range(3), range(3)))
SQUARED: Final = ABSOLUTE**2
NOMINAL: Final = (ABSOLUTE > 0).astype(int)
#: Half of the last digit, and the error of the numbers themselves.
ROUNDING: Final = 0.5e-4 + 1e-9
Table = npt.NDArray[np.int64]
#: Positions by state, in each vote: its IRI, its year, and what was voted on.
Votes = dict[tuple[str, int, str], dict[str, int]]
_VOTES: Final = """SELECT ?event ?year ?kind ?state ?term WHERE {
  ?event unv:body unv:GeneralAssembly ; unv:year ?year ; ?term ?state .
  FILTER(?term IN (unv:inFavour, unv:abstaining, unv:against))
  FILTER NOT EXISTS { ?event unv:possiblySameAs ?another }
  OPTIONAL { ?event unv:voteOn ?kind } }"""

#: Kappa without weights and with squared ones, of each table of three by three.
_PSYCH: Final = """
    tables <- as.matrix(read.table(file("stdin")))
    for (n in seq_len(nrow(tables))) {
      kappa <- suppressWarnings(psych::cohen.kappa(matrix(tables[n, ], 3, byrow = TRUE)))
      cat(kappa$kappa, kappa$weighted.kappa, "\\n")
    }
"""


@pytest.fixture(scope="module")
def store(sample: Path) -> ox.Store:
    return require_current(sample).open_store()


@pytest.fixture(scope="module")
def votes(store: ox.Store) -> Votes:
    """The positions of states, by key, in each vote."""
    votes: Votes = defaultdict(dict)
    solutions = store.query(with_prefixes(_VOTES))
    assert isinstance(solutions, ox.QuerySolutions)
    for row in solutions:
        event, year, kind, state, term = (getattr(value, "value", "") for value in row)
        place = PLACES[term.rpartition("#")[2]]
        votes[event, int(year), kind][state.rpartition("/")[2]] = place
    return votes


@pytest.fixture(scope="module")
def tables(votes: Votes) -> dict[tuple[str, str, str, int], Table]:
    """Counts by pair, votes and year: a row for each position of the first state."""
    counted: dict[tuple[str, str, str, int], Table] = {}
    for (_, year, kind), places in votes.items():
        for one, other in PAIRS:
            if one in places and other in places:
                for which in ("final passage", "all votes"):
                    if which == "all votes" or kind in ("", "document"):
                        key = (one, other, which, year)
                        table = counted.setdefault(key, np.zeros((3, 3), dtype=np.int64))
                        table[places[one], places[other]] += 1
    return counted


def corrected(table: Table, weights: Table, *, pooled: bool) -> Fraction | None:
    """Return 1 minus observed by expected distance, None where no distance is expected."""
    n = int(table.sum())
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    expected = np.outer(rows + columns, rows + columns) / 4 if pooled else np.outer(rows, columns)
    by_chance = Fraction(float((weights * expected).sum())) / n
    return 1 - Fraction(int((weights * table).sum())) / by_chance if by_chance else None


def measures(table: Table) -> dict[str, Fraction | None]:
    n = int(table.sum())
    half = int(table[ABSOLUTE == 1].sum())
    return {
        "lijphart": Fraction(int(np.trace(table))) / n + Fraction(half, 2 * n),
        "sAbsolute": 1 - 2 * Fraction(int((ABSOLUTE * table).sum()), 2 * n),
        "sSquared": 1 - 2 * Fraction(int((SQUARED * table).sum()), 4 * n),
        "kappa": corrected(table, SQUARED, pooled=False),
        "pi": corrected(table, SQUARED, pooled=True),
        "kappaNominal": corrected(table, NOMINAL, pooled=False),
        "piNominal": corrected(table, NOMINAL, pooled=True),
    }


@pytest.mark.parametrize("which", ["final passage", "all votes"])
@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_the_measures_equal_their_definitions(
    one: str,
    other: str,
    which: str,
    store: ox.Store,
    tables: dict[tuple[str, str, str, int], Table],
) -> None:
    answer = ask(store, SIMILARITY, state=one, other=other, votes=which)
    expected = {key[3]: table for key, table in tables.items() if key[:3] == (one, other, which)}
    assert [int(row["year"]) for row in answer] == sorted(expected)
    assert answer
    for row in answer:
        table = expected[int(row["year"])]
        assert [[int(row[cell]) for cell in line] for line in CELLS] == table.tolist()
        assert int(row["n"]) == table.sum()
        for name, value in measures(table).items():
            if value is None:
                assert row[name] == ""
            else:
                assert abs(float(row[name]) - float(value)) < ROUNDING, name


@pytest.mark.usefixtures("real_data")
def test_by_topic_the_votes_are_those_of_the_topic_in_the_period(
    store: ox.Store, votes: Votes
) -> None:
    pairs = store.query(
        with_prefixes(
            "SELECT ?event ?topic { ?event dcterms:subject|unv:decides/dcterms:subject ?topic }"
        )
    )
    assert isinstance(pairs, ox.QuerySolutions)
    topics = defaultdict[str, set[str]](set)
    for row in pairs:
        topics[row["event"].value].add(row["topic"].value.removeprefix(f"{BASE}id/"))
    expected = defaultdict[str, Table](lambda: np.zeros((3, 3), dtype=np.int64))
    for (event, year, kind), places in votes.items():
        if year == 2013 and kind in ("", "document") and {"USA", "ISR"} <= places.keys():
            for topic in topics[event]:
                expected[topic][places["USA"], places["ISR"]] += 1
    values = {"state": "USA", "other": "ISR", "from": "2013", "until": "2013"}
    answer = ask(store, library()["similarity-by-topic"], **values)
    assert len(answer) == len(expected) > 10
    assert [int(row["n"]) for row in answer] == sorted(
        (int(table.sum()) for table in expected.values()), reverse=True
    )
    for row in answer:
        table = expected[row["topic"]]
        assert [[int(row[cell]) for cell in line] for line in CELLS] == table.tolist()
        for name, value in measures(table).items():
            assert row[name] == "" if value is None else abs(float(row[name]) - value) < ROUNDING


def has_psych() -> bool:
    """Whether R and its package psych are here."""
    command = ["Rscript", "-e", "quit(status = !requireNamespace('psych', quietly = TRUE))"]
    return bool(shutil.which("Rscript")) and not subprocess.run(command, check=False).returncode


def test_kappa_is_that_of_the_r_package_psych(store: ox.Store) -> None:
    if not has_psych():
        pytest.skip("R and its package psych are not installed (Debian: r-cran-psych)")
    rows = [
        row
        for one, other in PAIRS
        for row in ask(store, SIMILARITY, state=one, other=other, votes="all votes")
        if row["kappa"] and row["kappaNominal"]
    ]
    # Without the real files the sample has ten.
    assert len(rows) >= 10
    tables = "\n".join(" ".join(row[cell] for line in CELLS for cell in line) for row in rows)
    answer = subprocess.run(
        ["Rscript", "-e", _PSYCH], input=tables, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    theirs = [[float(value) for value in line.split()] for line in answer.stdout.splitlines()]
    ours = [[float(row["kappaNominal"]), float(row["kappa"])] for row in rows]
    assert theirs == [pytest.approx(pair, abs=ROUNDING) for pair in ours]


def test_the_numbers_of_votes_are_those_of_the_agreement(store: ox.Store) -> None:
    similar = ask(store, SIMILARITY, state="IND", other="CHN", votes="all votes")
    agreement = ask(store, library()["agreement-of-two-states"], state="IND", other="CHN")
    same = [
        (row["year"], row["n"], sum(int(row[line[i]]) for i, line in enumerate(CELLS)))
        for row in similar
    ]
    assert same == [(row["year"], row["shared"], int(row["identical"])) for row in agreement]


def test_always_the_same_position_leaves_nothing_to_correct(store: ox.Store) -> None:
    del store
    table = np.array([[5, 0, 0], [0, 0, 0], [0, 0, 0]])
    assert measures(table)["kappa"] is None
