"""Derived facts: compared with naive counting, on the embedded release and at full size."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from itertools import chain, combinations
from pathlib import Path
from random import Random

import duckdb
import numpy as np
import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import InvalidDataError
from kg.model.derived import AgreementObservation, DerivedFact, Margin, YearlyTally
from kg.model.vote_option import VoteOption
from kg.model.votes import MergedEvent, VotingEvent
from kg.pipeline.derivation import VoteMatrices, check_agreement, yearly_agreement
from kg.pipeline.derived_facts import Sample, validate
from kg.rdf import derived_mapper, iris
from kg.rdf.vocabulary import BASE, PREFIXES, UNV, XSD
from kg.release import release
from tests.support.releases import ask

Y, N, A, X = VoteOption

STATES = ("AAA", "BBB", "YUG", "YUG-FR")
POSITIONS = ("inFavour", "against", "abstaining")


def event(date: str, votes: dict[str, VoteOption], **changes: object) -> MergedEvent:
    base = VotingEvent(
        key="unvotes-1",
        source="unvotes-package",
        body="GeneralAssembly",
        date=date,
        session="34",
        votes=votes,
        records_non_voting=True,
    )
    return MergedEvent(replace(base, **changes), ("first",), ("first", "second"))  # type: ignore[arg-type]


def facts(events: Iterable[MergedEvent], states: Iterable[str] = STATES) -> list[DerivedFact]:
    positions = VoteMatrices(states)
    for merged in events:
        positions.add(merged)
    return list(chain.from_iterable(positions.groups()))


def naive_facts(events: list[MergedEvent]) -> list[DerivedFact]:
    """Return the facts counted one pair and one state at a time, directly from the definition."""
    expected_facts: list[DerivedFact] = []
    bodies = defaultdict(list)
    for merged in events:
        event = merged.event
        if event.votes:
            expected_facts.append(Margin(event.key, event.count(Y) - event.count(N)))
        bodies[event.body, int(event.date[:4])].append(event)
    for (body, year), body_events in bodies.items():
        unrecorded = sum(
            not (event.records_non_voting or event.without_vote) for event in body_events
        )
        for state in STATES:
            cast = Counter(event.votes[state] for event in body_events if state in event.votes)
            counts = {option: cast[option] for option in VoteOption}
            if any(counts.values()):
                expected_facts.append(YearlyTally(body, state, year, counts, unrecorded))
        for pair in combinations(STATES, 2) if body == "GeneralAssembly" else ():
            cast_by = [[event.votes.get(state, X) for state in pair] for event in body_events]
            shared = [votes for votes in cast_by if X not in votes]
            if shared:
                identical = sum(first == second for first, second in shared)
                expected_facts.append(AgreementObservation(pair, year, len(shared), identical))
    return expected_facts


voting = st.dictionaries(st.sampled_from(STATES), st.sampled_from(VoteOption))
roll_calls = st.lists(
    st.builds(
        event,
        date=st.builds(
            lambda day, length: day.isoformat()[:length],
            st.dates(min_value=date(1990, 11, 1), max_value=date(1992, 2, 28)),
            st.sampled_from([10, 7]),
        ),
        votes=voting,
        body=st.sampled_from(["GeneralAssembly", "GeneralAssembly", "SecurityCouncil"]),
        records_non_voting=st.booleans(),
        without_vote=st.booleans(),
    )
).map(
    lambda events: [
        replace(merged, event=replace(merged.event, key=f"unvotes-{number}"))
        for number, merged in enumerate(events)
    ]
)


@given(roll_calls)
def test_facts_are_those_of_naive_counting(events: list[MergedEvent]) -> None:
    assert Counter(map(derived_mapper.lines, facts(events))) == Counter(
        derived_mapper.lines(fact) for fact in naive_facts(events)
    )


@given(roll_calls, st.randoms())
def test_order_does_not_matter(events: list[MergedEvent], random: Random) -> None:
    shuffled = random.sample(events, len(events))
    states = random.sample(STATES, len(STATES))
    assert facts(shuffled, states) == facts(events)


def test_an_agreement_observation_has_the_terms_of_the_contract() -> None:
    (observation,) = (
        fact
        for fact in facts([event("2019-12-12", {"YUG-FR": Y, "AAA": A})])
        if isinstance(fact, AgreementObservation)
    )
    iri = f"{BASE}id/agreement/AAA-YUG-FR-2019"
    assert derived_mapper.subject(observation) == iris.agreement("YUG-FR", "AAA", 2019) == iri
    assert iris.parse(iri) == ("agreement", "AAA-YUG-FR-2019")
    assert set(derived_mapper.lines(observation).splitlines()) == {
        f"<{iri}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{UNV.AgreementObservation}> .",
        f"<{iri}> <{UNV.between}> <{BASE}id/state/AAA> .",
        f"<{iri}> <{UNV.between}> <{BASE}id/state/YUG-FR> .",
        f'<{iri}> <{UNV.year}> "2019"^^<{XSD.integer}> .',
        f'<{iri}> <{UNV.sharedVotes}> "1"^^<{XSD.integer}> .',
        f'<{iri}> <{UNV.identicalVotes}> "0"^^<{XSD.integer}> .',
    }


def test_a_tally_and_a_margin() -> None:
    derived_facts = facts([event("1980-05", {"AAA": N, "BBB": X})])
    assert derived_facts == [
        Margin("unvotes-1", -1),
        YearlyTally("GeneralAssembly", "AAA", 1980, {Y: 0, N: 1, A: 0, X: 0}),
        YearlyTally("GeneralAssembly", "BBB", 1980, {Y: 0, N: 0, A: 0, X: 1}),
    ]
    assert [derived_mapper.subject(fact).removeprefix(BASE) for fact in derived_facts] == [
        "id/event/unvotes-1", "id/tally/GeneralAssembly-AAA-1980",
        "id/tally/GeneralAssembly-BBB-1980",
    ]  # fmt: skip


def test_a_state_succeeded_within_a_year_has_two_observations() -> None:
    derived_facts = facts(
        [
            event("1992-03-02", {"YUG": Y, "AAA": Y}),
            event("1992-11-02", {"YUG-FR": N, "AAA": Y}, key="unvotes-2"),
        ]
    )
    assert [fact for fact in derived_facts if isinstance(fact, AgreementObservation)] == [
        AgreementObservation(("AAA", "YUG"), 1992, 1, 1),
        AgreementObservation(("AAA", "YUG-FR"), 1992, 1, 0),
    ]


def test_votes_of_the_council_are_counted_but_not_compared() -> None:
    votes: dict[str, VoteOption] = {"AAA": Y, "BBB": Y}
    assert facts([event("1980-05-01", votes, body="SecurityCouncil")]) == [
        Margin("unvotes-1", 2),
        YearlyTally("SecurityCouncil", "AAA", 1980, {Y: 1, N: 0, A: 0, X: 0}),
        YearlyTally("SecurityCouncil", "BBB", 1980, {Y: 1, N: 0, A: 0, X: 0}),
    ]


def test_an_unknown_state_is_an_error() -> None:
    with pytest.raises(KeyError, match="CCC"):
        facts([event("1980-05-01", {"CCC": Y})])


@pytest.mark.parametrize(
    ("matrix", "cell", "value", "rule"),
    [
        ("identical", (0, 1), 9, "identical votes are shared votes; agreement has no direction"),
        ("identical", (0, 1), -1, "no count is negative"),
        ("shared", (1, 0), 2, "agreement has no direction"),
        ("shared", (0, 1), 2, "shared votes add up"),
        ("identical", (0, 1), 0, "identical votes add up"),
    ],
)
def test_a_wrong_count_is_found(matrix: str, cell: tuple[int, int], value: int, rule: str) -> None:
    positions = np.array([[1, 1, 2], [3, 3, 0], [1, 2, 4]], dtype=np.int8)
    agreement = yearly_agreement(1980, positions)
    check_agreement(agreement, positions)
    getattr(agreement, matrix)[cell] = value
    with pytest.raises(InvalidDataError, match=rule):
        check_agreement(agreement, positions)


@given(st.integers(1, 20), st.integers(0, 200))
def test_a_sample_is_even_and_bounded(limit: int, length: int) -> None:
    sample: Sample[str] = Sample(limit)
    for number in range(length):
        sample.extend([str(number)])
    assert len(sample.kept) <= limit
    assert len(sample.kept) >= min(length, (limit + 1) // 2)
    kept = [int(item) for item in sample.kept]
    step = kept[1] if len(kept) > 1 else 1
    assert kept == list(range(0, len(kept) * step, step))


def test_the_embedded_agreement_equals_that_of_the_direct_triples(
    embedded: Path, dump: Path, tmp_path: Path
) -> None:
    values = " ".join(f"unv:{position}" for position in POSITIONS)
    direct = ask(embedded, f"""
        SELECT ?event ?year ?position ?state {{
          VALUES ?position {{ {values} }}
          ?event ?position ?state ; unv:body unv:GeneralAssembly ; unv:year ?year .
        }}""")  # fmt: skip
    table = tmp_path / "positions.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            (event, year, position, iris.local_name(state))
            for event, year, position, state in direct
        )
    duckdb.execute(f"""
        CREATE OR REPLACE TEMP TABLE counted AS
        WITH cast_by AS (
          FROM read_csv('{table}', header = false, names = ['event', 'year', 'option', 'state'])
        )
        SELECT a.state, b.state, a.year, count(*), count(*) FILTER (a.option = b.option)
        FROM cast_by a JOIN cast_by b ON a.event = b.event AND a.state < b.state
        GROUP BY a.state, b.state, a.year""")
    observed = f"(FROM '{dump / 'agreement.parquet'}')"
    assert duckdb.execute(f"SELECT count(*) FROM {observed}").fetchall()[0][0] > 100_000
    for first, second in (("counted", observed), (observed, "counted")):
        assert duckdb.execute(f"FROM {first} EXCEPT ALL FROM {second}").fetchall() == []


def test_the_embedded_tallies_and_margins_equal_those_of_the_votes(embedded: Path) -> None:
    counts = {
        "Yes": "InFavour", "No": "Against", "Abstention": "Abstaining", "NonVoting": "NonVoting"
    }  # fmt: skip
    for option, name in counts.items():
        counted = ask(embedded, f"""
            SELECT ?body ?state ?year (COUNT(?vote) AS ?n) {{
              ?vote unv:option unv:{option} ; unv:castBy ?state ; unv:event ?event .
              ?event unv:year ?year ; unv:body ?body .
            }} GROUP BY ?body ?state ?year""")  # fmt: skip
        rows = ask(embedded, f"""
            SELECT ?body ?state ?year ?n {{
              ?tally a unv:YearlyTally ; unv:tallyBody ?body ; unv:state ?state ; unv:year ?year ;
                unv:times{name} ?n .
              FILTER (?n > 0)
            }}""")  # fmt: skip
        assert sorted(rows) == sorted(counted)
    margins = ask(
        embedded,
        """
        SELECT ?margin (COUNT(DISTINCT ?yes) - COUNT(DISTINCT ?no) AS ?counted) {
          ?event unv:margin ?margin . { ?event unv:inFavour ?yes } UNION { ?event unv:against ?no }
        } GROUP BY ?event ?margin""",
    )
    assert len(margins) == 28
    assert all(margin == counted for margin, counted in margins)


def test_the_manifest_counts_derived_facts(embedded: Path) -> None:
    counts = release.require_current(embedded).manifest().counts
    for name, term in (
        ("agreement observations", "AgreementObservation"),
        ("yearly tallies", "YearlyTally"),
    ):
        ((number,),) = ask(embedded, f"SELECT (COUNT(*) AS ?n) {{ ?x a unv:{term} }}")
        assert counts[name] == int(number)
    assert counts["margins"] == counts["events"]


def test_a_broken_observation_in_the_store_is_found(embedded: Path) -> None:
    observation = ox.NamedNode(iris.agreement("CHN", "IND", 2022))
    store = ox.Store()
    store.extend(
        release.require_current(embedded).open_store().quads_for_pattern(observation, None, None)
    )
    assert {finding.shape for finding in validate(store, [observation.value])} == {
        "agreement-between"
    }
    for state in ("CHN", "IND"):
        kind = (ox.NamedNode(iris.state(state)), ox.NamedNode(PREFIXES["rdf"] + "type"))
        store.add(ox.Quad(*kind, ox.NamedNode(UNV.State)))
    assert validate(store, [observation.value]) == []
    store.add(ox.Quad(observation, ox.NamedNode(UNV.sharedVotes), ox.Literal(7)))
    assert {finding.shape for finding in validate(store, [observation.value])} == {
        "agreement-shared"
    }


@pytest.mark.parametrize(
    ("record", "fewest"),
    [("sample", 3_000), pytest.param("full_record", 800_000, marks=pytest.mark.endurance)],
)
def test_every_pair_and_year_equals_the_count_of_duckdb(
    request: pytest.FixtureRequest, record: str, fewest: int, tmp_path: Path
) -> None:
    current = release.require_current(request.getfixturevalue(record))
    store = current.open_store()
    database = duckdb.connect()
    for name, term in {
        **{position: UNV.term(position) for position in POSITIONS},
        **{"year": UNV.year, "body": UNV.body, "same": UNV.possiblySameAs},
        **{"sides": UNV.between, "shared": UNV.sharedVotes, "identical": UNV.identicalVotes},
    }.items():
        # Nothing but single properties is read from the store: DuckDB joins and counts.
        file = tmp_path / f"{name}.csv"
        pairs = store.query(f"SELECT ?s ?o {{ ?s <{term}> ?o }}")
        assert isinstance(pairs, ox.QuerySolutions)
        pairs.serialize(str(file), format=ox.QueryResultsFormat.CSV)
        database.execute(
            f"CREATE TABLE {name} AS FROM read_csv('{file}', header = true, all_varchar = true)"
        )
    cast = " UNION ALL ".join(
        f"SELECT s, o, {number} AS option FROM {name}" for number, name in enumerate(POSITIONS)
    )
    # Numbers instead of IRIs: the join has 75 million rows.
    database.execute(f"""
        CREATE TABLE number AS SELECT o, row_number() OVER (ORDER BY o) AS n
          FROM (SELECT o FROM sides UNION SELECT o FROM ({cast}));
        CREATE TABLE observations AS
        SELECT min(number.n) AS first, max(number.n) AS second, any_value(year.o)::INT AS year,
          any_value(shared.o)::INT AS shared, any_value(identical.o)::INT AS identical
        FROM sides JOIN number USING (o) JOIN year USING (s) JOIN shared USING (s)
          JOIN identical USING (s)
        GROUP BY s;
        CREATE TABLE event AS SELECT s, year.o::INT AS year, row_number() OVER () AS n
          FROM year JOIN body USING (s)
          WHERE body.o = '{UNV.GeneralAssembly}' AND s NOT IN (SELECT s FROM same);
        CREATE TABLE positions AS
        SELECT event.n AS event, year, option, number.n AS key
        FROM ({cast}) JOIN event USING (s) JOIN number USING (o);
        CREATE TABLE counted AS
        SELECT a.key AS first, b.key AS second, a.year AS year,
          count(*) AS shared, count(*) FILTER (a.option = b.option) AS identical
        FROM positions a JOIN positions b ON a.event = b.event AND a.key < b.key
        GROUP BY a.key, b.key, a.year;
    """)
    columns = "first, second, year, shared, identical"
    for left, right in (("counted", "observations"), ("observations", "counted")):
        rows = database.execute(
            f"SELECT {columns} FROM {left} EXCEPT SELECT {columns} FROM {right}"
        )
        assert rows.fetchall() == []
    counted = database.execute("SELECT count(*) FROM observations").fetchall()
    assert counted == [(current.manifest().counts["agreement observations"],)]
    assert counted > [(fewest,)]
