"""Tables for statistical programs: recomputed from the tables of votes by DuckDB, and read by R."""

from __future__ import annotations

import csv
import gzip
import json
import re
import shutil
import subprocess
import sys
from itertools import islice, product
from pathlib import Path
from typing import Final

import duckdb
import numpy as np
import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from kg.analysis.tables import dyad_file
from kg.analysis.tables.definitions import STATE_YEAR, TABLES
from kg.analysis.tables.rows import state_years
from kg.analysis.tables.state_codes import StateCodes
from kg.analysis.votes import Record
from kg.cli.main import cli
from kg.model.ideal_points import IdealPoint
from kg.rdf import measure_mapper
from kg.release.export import table_schema
from kg.release.export.files import read_checksums
from kg.release.release import Release, require_current
from kg.settings import Settings
from kg.sparql.saved_queries import library
from kg.web.downloads import offered
from tests.support import releases
from tests.support.paths import ROOT
from tests.support.saved_queries import ask

SIMILARITY: Final = library()["similarity-by-year"]
MEASURES: Final = ("lijphart", "sAbsolute", "sSquared", "kappa", "pi", "kappaNominal", "piNominal")
CELLS: Final = (
    *("yesYes", "yesAbstaining", "yesNo", "abstainingYes", "abstainingBoth", "abstainingNo"),
    *("noYes", "noAbstaining", "noNo"),
)
#: The options in the order of these cells.
OPTIONS: Final = ("Yes", "Abstention", "No")
JOINT_CELLS: Final = (
    *("yesYes", "yesAbstaining", "yesNo", "yesNonVoting"),
    *("abstainingYes", "abstainingBoth", "abstainingNo", "abstainingNonVoting"),
    *("noYes", "noAbstaining", "noNo", "noNonVoting"),
    *("nonVotingYes", "nonVotingAbstaining", "nonVotingNo", "nonVotingBoth"),
)
#: The least number of votes of a topic in the table by topic of the sample.
TOPIC_VOTES: Final = 20
#: Of https://www.stata.com/manuals/u.pdf (11.3), in lower case.
STATA_RESERVED: Final = frozenset(
    "byte double float if in int long strl using with _all _b _coef _cons _n _pi _pred _rc _skip"
    .split()
)  # fmt: skip
#: Positions in the General Assembly by vote, with kind of votes, from the tables of an export.
POSITIONS: Final = """
    CREATE TEMP TABLE positions AS
    WITH counted AS (
      SELECT event, year, voteOn FROM '{tables}/events.parquet'
      WHERE body = 'GeneralAssembly' AND possiblySameAs IS NULL
    ), kinds AS (
      SELECT event, year, 'all votes' AS votes FROM counted
      UNION ALL SELECT event, year, 'final passage' FROM counted
      WHERE coalesce(voteOn, 'document') = 'document'
    )
    SELECT event, year, kinds.votes AS votes, state, option,
      underSuspension IS NOT NULL AS suspended,
      count(DISTINCT option) FILTER (option != 'NonVoting')
        OVER (PARTITION BY event, kinds.votes) > 1 AS contested
    FROM '{tables}/votes.parquet' JOIN kinds USING (event)
"""
Database = duckdb.DuckDBPyConnection


@pytest.fixture(scope="module")
def folder(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables of the sample, as the command writes them beside a file with a checksum."""
    folder = tmp_path_factory.mktemp("tables")
    (folder / "events.parquet").write_bytes(b"an export")
    (folder / "SHA256SUMS").write_text(f"{'0' * 64}  events.parquet\n")
    with pytest.MonkeyPatch.context() as patch:
        # The sample has two sessions.
        patch.setattr(dyad_file, "MIN_TOPIC_VOTES", TOPIC_VOTES)
        result = CliRunner().invoke(cli, ["tables", str(folder)], obj=Settings(data=sample))
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture(scope="module")
def database(folder: Path, sample_tables: Path) -> Database:
    database = duckdb.connect()
    database.execute(POSITIONS.format(tables=sample_tables))
    for table in TABLES:
        database.execute(f"CREATE VIEW {table.name} AS FROM '{folder / table.name}.parquet'")
    return database


@pytest.fixture(scope="module")
def few(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The table of dyads of a third of the states, which programs read sooner."""
    folder = tmp_path_factory.mktemp("few")
    database.execute(
        f"""COPY (FROM dyad_year WHERE (state1 IN ('CHN', 'USA') OR ascii(state1) % 3 = 0)
          AND (state2 IN ('CHN', 'USA') OR ascii(state2) % 3 = 0))
          TO '{folder / "dyad_year.csv.gz"}' (HEADER)"""
    )
    return folder


def test_counts_of_dyads_are_those_of_the_votes(database: Database) -> None:
    both = "a.option != 'NonVoting' AND b.option != 'NonVoting'"
    contested = ", ".join(
        f"count(*) FILTER (a.contested AND a.option = '{option}' AND b.option = '{option}')"
        for option in OPTIONS
    )
    recomputed = f"""
        SELECT a.state, b.state, a.year, a.votes, count(*) FILTER ({both}) AS n,
          {joint_counts((*OPTIONS, "NonVoting"))}, count(*) FILTER (a.contested AND {both}),
          {contested}
        FROM positions a JOIN positions b
          ON a.event = b.event AND a.votes = b.votes AND a.state < b.state
        GROUP BY a.state, b.state, a.year, a.votes HAVING n > 0"""
    written = f"""
        SELECT state1, state2, year, votes, n, {", ".join(JOINT_CELLS)}, nContested,
          yesYesContested, abstainingBothContested, noNoContested FROM dyad_year"""
    database.execute(f"CREATE TEMP TABLE recomputed AS {recomputed}")
    (count,) = database.execute("SELECT count(*) FROM recomputed").fetchall()[0]
    assert count == database.execute("SELECT count(*) FROM dyad_year").fetchall()[0][0] > 0
    assert database.execute(f"FROM recomputed EXCEPT {written}").fetchall() == []


def joint_counts(options: tuple[str, ...]) -> str:
    return ", ".join(
        f"count(*) FILTER (a.option = '{first}' AND b.option = '{second}')"
        for first, second in product(options, repeat=2)
    )


def test_counts_by_topic_are_those_of_the_votes_on_each_topic(
    database: Database, sample: Path
) -> None:
    rows = releases.ask(
        sample,
        """SELECT DISTINCT ?e ?t {
             ?e a unv:VotingEvent ; dcterms:subject|unv:decides/dcterms:subject ?t }""",
    )
    of_event = [tuple(iri.rpartition("/")[2] for iri in row) for row in rows]
    database.execute("CREATE TEMP TABLE subjects (event VARCHAR, topic VARCHAR)")
    if of_event:
        database.executemany("INSERT INTO subjects VALUES (?, ?)", of_event)
    recomputed = f"""
        WITH counted AS (
          SELECT * FROM positions JOIN subjects USING (event)
          WHERE votes = 'final passage' AND option != 'NonVoting'
        ), busy AS (
          SELECT topic FROM counted GROUP BY topic HAVING count(DISTINCT event) >= {TOPIC_VOTES}
        )
        SELECT a.topic, a.state, b.state, a.year, count(*), {joint_counts(OPTIONS)}
        FROM counted a JOIN counted b
          ON a.event = b.event AND a.topic = b.topic AND a.state < b.state
        WHERE a.topic IN (FROM busy) GROUP BY a.topic, a.state, b.state, a.year"""
    written = f"SELECT topic, state1, state2, year, n, {', '.join(CELLS)} FROM dyad_topic_year"
    for left, right in ((written, recomputed), (recomputed, written)):
        assert database.execute(f"({left}) EXCEPT ({right}) LIMIT 3").fetchall() == []
    named = database.execute("SELECT DISTINCT topic, topicName FROM dyad_topic_year").fetchall()
    assert named or len(of_event) < TOPIC_VOTES
    names = dict(
        releases.ask(sample, "SELECT ?t ?n { ?t skos:prefLabel ?n FILTER(LANG(?n)='en') }")
    )
    assert {key.rpartition("/")[2]: name for key, name in names.items()}.items() >= set(named)


def test_positions_with_non_voting_are_those_of_the_query(database: Database, sample: Path) -> None:
    answer = ask(
        require_current(sample).open_store(),
        library()["joint-positions"], state="ISR", other="PLW", votes="all votes",
    )  # fmt: skip
    columns = ", ".join(JOINT_CELLS)
    rows = database.execute(
        f"""SELECT year, {columns} FROM dyad_year
            WHERE state1 = 'ISR' AND state2 = 'PLW' AND votes = 'all votes' ORDER BY year"""
    ).fetchall()
    # A year in which they shared no vote has no row in the table.
    shared = [row for row in answer if any(int(row[cell]) for cell in CELLS)]
    assert [(int(r["year"]), *(int(r[c]) for c in JOINT_CELLS)) for r in shared] == rows
    for row in answer:
        assert int(row["recorded"]) == sum(int(row[cell]) for cell in JOINT_CELLS)


@pytest.mark.parametrize(("state", "other"), [("USA", "ISR"), ("CHN", "IND"), ("BLR", "RUS")])
@pytest.mark.parametrize("votes", ["final passage", "all votes"])
def test_a_pair_has_the_numbers_of_the_query(
    state: str, other: str, votes: str, database: Database, sample: Path
) -> None:
    answer = ask(
        require_current(sample).open_store(), SIMILARITY, state=state, other=other, votes=votes
    )
    first, second = sorted((state, other))
    # Measures do not depend on the order of the two.
    rows = database.execute(
        f"SELECT year, n, {', '.join(MEASURES)} FROM dyad_year WHERE state1 = ? AND state2 = ? "
        "AND votes = ? ORDER BY year",
        [first, second, votes],
    ).fetchall()
    assert [(int(row["year"]), int(row["n"])) for row in answer] == [row[:2] for row in rows]
    assert rows
    for row, solution in zip(rows, answer, strict=True):
        for name, value in zip(MEASURES, row[2:], strict=True):
            assert (value is None) == (solution[name] == "")
            if value is not None:
                assert value == pytest.approx(float(solution[name]), abs=0.51e-4), name


def test_measures_of_contested_events_are_those_of_their_counts(database: Database) -> None:
    """Unanimous events add identical positions only, so that S follows from the other columns."""
    differing = database.execute(
        """SELECT count(*) FROM dyad_year WHERE nContested > 0 AND (
             abs(lijphartContested - (1 - (1 - lijphart) * n / nContested)) > 3e-6 * n / nContested
             OR abs(sAbsoluteContested - (2 * lijphartContested - 1)) > 2e-6)"""
    ).fetchall()
    assert differing == [(0,)]
    (empty,) = database.execute(
        "SELECT count(*) FROM dyad_year WHERE nContested = 0 AND lijphartContested IS NOT NULL"
    ).fetchall()
    assert empty == (0,)


def test_counts_of_states_are_those_of_the_votes(database: Database) -> None:
    written = "SELECT state, year, votes, inFavour, abstaining, against, nonVoting, suspended, "
    recomputed = """
        SELECT state, year, votes, count(*) FILTER (option = 'Yes'),
          count(*) FILTER (option = 'Abstention'), count(*) FILTER (option = 'No'),
          count(*) FILTER (option = 'NonVoting' AND NOT suspended),
          count(*) FILTER (suspended),
          count(*) FILTER (contested AND option != 'NonVoting')
        FROM positions GROUP BY state, year, votes"""
    written += "contested FROM state_year WHERE inFavour + abstaining + against + nonVoting > 0 "
    written += "OR suspended > 0"
    for left, right in ((written, recomputed), (recomputed, written)):
        assert database.execute(f"{left} EXCEPT {right}").fetchall() == []


def test_codes_join_with_other_data(database: Database) -> None:
    rows = database.execute(
        """SELECT DISTINCT state1, state1Iso3, state1Cow FROM dyad_year
           WHERE state1 IN ('ISR', 'IND', 'RUS') ORDER BY ALL"""
    ).fetchall()
    assert rows == [("IND", "IND", "750"), ("ISR", "ISR", "666"), ("RUS", "RUS", "365")]


def test_sponsors_and_memberships_are_those_of_the_graph(database: Database, sample: Path) -> None:
    sponsors = releases.ask(
        sample,
        """SELECT ?document ?role ?sponsor WHERE {
             VALUES (?term ?role) { (unv:sponsor "sponsor") (unv:onBehalfOf "onBehalfOf")
               (unv:additionalSponsor "additionalSponsor") }
             ?document ?term ?sponsor ; unv:symbol ?symbol }""",
    )
    key = re.compile(r".*/id/[a-z]+/")
    expected = {
        (key.sub("", document), role, key.sub("", agent)) for document, role, agent in sponsors
    }
    rows = database.execute("SELECT document, role, sponsor FROM sponsors").fetchall()
    assert len(rows) == len(expected)
    assert set(rows) == expected
    memberships = database.execute(
        """SELECT cowCode, memberFrom, certainUntil, fromAsPrinted, precision FROM groups
           WHERE membership IN ('GBR-EU-1973-01-01', 'ESP-NATO-1982') ORDER BY membership"""
    ).fetchall()
    assert [(row[0], str(row[1]), str(row[2]), row[3], row[4]) for row in memberships] == [
        ("230", "None", "None", "1982", "year"),
        ("200", "1973-01-01", "2020-02-01", None, "day"),
    ]
    (lists,) = database.execute(
        "SELECT count(*) FROM groups WHERE (precision = 'list') != (listedOn IS NOT NULL)"
    ).fetchall()
    assert lists == (0,)


def test_ideal_points_stand_beside_the_votes_they_are_based_on() -> None:
    store = ox.Store()
    estimates = {"voeten-ideal-points": "0.5", "estimated-ideal-points-0123456789ab": "0.7"}
    for source, estimate in estimates.items():
        point = IdealPoint("SUN", 1960, "final passage", estimate, "0.1", "0.9", 80, source)
        lines = "".join(measure_mapper.ideal_point(point))
        store.load(lines.encode(), format=ox.RdfFormat.N_TRIPLES)
    none = np.zeros(0, dtype=np.int64)
    record = Record(none, none, none, [], none, np.zeros(0, dtype=bool), [], [])
    names = [column.name for column in STATE_YEAR.columns]
    (row,) = state_years(record, store, StateCodes(store))
    cells = dict(zip(names, row, strict=True))
    assert (cells["state"], cells["year"], cells["votes"]) == ("SUN", "1960", "final passage")
    assert [cells["publishedPoint"], cells["publishedPointUpper"]] == ["0.5", "0.9"]
    assert cells["publishedPointSource"] == "voeten-ideal-points"
    assert [cells["estimatedPoint"], cells["inFavour"]] == ["0.7", "0"]


def test_a_name_of_a_column_can_be_a_variable_in_stata() -> None:
    for table in (*TABLES, *table_schema.TABLES):
        names = [column.name for column in table.columns]
        for name in names:
            assert re.fullmatch("[A-Za-z][A-Za-z0-9_]{0,31}", name), name
            assert name.lower() not in STATA_RESERVED
        assert len({name.lower() for name in names}) == len(names)


def test_a_row_is_one_line_with_numbers_as_stata_reads_them(
    folder: Path, database: Database
) -> None:
    """``import delimited`` ends a row at a line break, and makes a text of a column with a word."""
    for table in TABLES:
        (rows,) = database.execute(f"SELECT count(*) FROM {table.name}").fetchall()[0]
        numbers = [
            place
            for place, column in enumerate(table.columns)
            if column.type in ("INTEGER", "DOUBLE")
        ]
        with gzip.open(folder / f"{table.name}.csv.gz", "rt", encoding="utf-8") as stream:
            next(stream)
            lines = sum(1 for _ in stream)
        assert lines == rows
        with gzip.open(folder / f"{table.name}.csv.gz", "rt", encoding="utf-8") as stream:
            sample = list(islice(csv.reader(stream), 1, 2000))
        cells = {row[place] for row in sample for place in numbers}
        assert not [cell for cell in cells if not re.fullmatch(r"(-?\d+(\.\d+)?)?", cell)]


def test_every_column_is_described(folder: Path) -> None:
    codebook = (folder / "CODEBOOK.md").read_text(encoding="utf-8")
    for table in TABLES:
        metadata = json.loads((folder / f"{table.name}.csv-metadata.json").read_text())
        schema = metadata["tableSchema"]
        described = {column["name"]: column for column in schema["columns"]}
        with gzip.open(folder / f"{table.name}.csv.gz", "rt", encoding="utf-8") as stream:
            assert list(described) == stream.readline().rstrip("\n").split(",")
        assert set(schema["primaryKey"]) <= set(described)
        for column in table.columns:
            assert f"| {column.name} |" in codebook
            node = described[column.name]
            assert node["dc:description"], column.name
            if column.type in ("INTEGER", "DOUBLE"):
                assert node["schema:unitText"]
            if column.type == "DOUBLE":
                assert "doi.org" in node["dc:bibliographicCitation"]
                assert node["dc:provenance"]


def test_the_keys_identify_the_rows(database: Database) -> None:
    for table in TABLES:
        key = ", ".join(table.key)
        (repeated,) = database.execute(
            f"SELECT count(*) FROM (FROM {table.name} SELECT 1 GROUP BY {key} HAVING count(*) > 1)"
        ).fetchall()
        assert repeated == (0,), table.name


def test_checksums_cover_the_tables_and_the_export_beside_them(folder: Path) -> None:
    names = {path.name for path in folder.iterdir()} - {"SHA256SUMS"}
    assert set(read_checksums(folder)) == names
    assert "events.parquet" in names


def test_a_folder_that_cannot_be_written_is_an_error(sample: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = CliRunner().invoke(
        cli, ["tables", str(tmp_path / "file" / "x")], obj=Settings(data=sample)
    )
    assert result.exit_code != 0
    assert "cannot be written" in str(result.exception)


def test_pandas_finds_the_published_dimension_in_the_dyads(few: Path, real_data: Path) -> None:
    """The script of the guide, with the published ideal points."""
    points = real_data / "idealpoints" / "voeten-2025-even-years.csv"
    result = subprocess.run(
        [sys.executable, ROOT / "docs" / "how-to" / "tables.py", few, points],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    _, *years, median = [line.split() for line in result.stdout.splitlines()]
    assert [year[0] for year in years][-2:] == ["2022", "2024"]
    assert float(median[1]) > 0.7


def test_a_service_offers_the_tables_in_the_folder_of_dumps(
    folder: Path, sample: Path, tmp_path: Path
) -> None:
    source, release = require_current(sample), Release(tmp_path / "release")
    release.dumps.mkdir(parents=True)
    for name in ("manifest.json", "manifest.sha256"):
        shutil.copy(source.path / name, release.path)
    names = {path.name for path in folder.iterdir()}
    for name in names:
        (release.dumps / name).touch()
    assert {file.name for file in offered(release, "all")} == names


@pytest.mark.skipif(not shutil.which("Rscript"), reason="R is not installed")
def test_r_finds_the_agreement_of_the_votes(few: Path, database: Database, tmp_path: Path) -> None:
    """The script of the guide, with the votes of the sample in the form of the published table."""
    votes = tmp_path / "votes.csv"
    database.execute(
        f"""COPY (SELECT dense_rank() OVER (ORDER BY event) AS rcid, state1Cow AS ccode,
          CASE option WHEN 'Yes' THEN 1 WHEN 'Abstention' THEN 2 WHEN 'No' THEN 3 ELSE 8 END
            AS vote,
          '1/1/' || year AS date FROM positions JOIN (
            SELECT DISTINCT state1, state1Cow FROM dyad_year
            UNION SELECT DISTINCT state2, state2Cow FROM dyad_year) ON state = state1
          WHERE votes = 'all votes' AND state1Cow IS NOT NULL) TO '{votes}' (HEADER)"""
    )
    published = tmp_path / "published.RData"
    save = f"x <- read.csv('{votes}'); save(x, file = '{published}', compress = FALSE)"
    subprocess.run(["Rscript", "-e", save], check=True, capture_output=True)
    result = subprocess.run(
        ["Rscript", ROOT / "docs" / "how-to" / "tables.R", few, published],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    lines = [line.split(": ") for line in result.stdout.splitlines()]
    assert lines[0][0].endswith("to 2025")
    # Every number of votes is the same.
    assert lines[1][1] == lines[2][1]
    assert lines[1][1].endswith("by year, correlation 1.0000, mean difference 0.0000")
