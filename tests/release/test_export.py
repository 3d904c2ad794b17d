"""Exports, read back with the tools for which they are made."""

from __future__ import annotations

import csv
import gzip
import json
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from kg.cli.main import cli
from kg.errors import KgError
from kg.rdf import iris
from kg.rdf.vocabulary import BASE, RDF, UNV, XSD
from kg.release.export import (
    CITATION_FILE,
    CSVW_FILE,
    DATACITE_FILE,
    DICTIONARY_FILE,
    FILES,
    FORMATS,
    TERMS_FILE,
    export,
)
from kg.release.export.dictionary import dictionary
from kg.release.export.files import (
    CHECKSUMS_FILE,
    convert_to_parquet,
    read_checksums,
    write_csv,
)
from kg.release.export.row_reader import RowReader, iri_of, short_value
from kg.release.export.table_schema import AGREEMENT, EVENTS, STATES, TABLES, VOTES, Table
from kg.release.release import require_current
from tests.support.releases import with_manifest

FACTS = ox.DefaultGraph()


def query(folder: Path, text: str) -> list[tuple[object, ...]]:
    """Run a DuckDB query; ``{votes}`` and so on are replaced by the Parquet files."""
    names = {table.name: f"'{folder / table.name}.parquet'" for table in TABLES}
    return duckdb.execute(text.format(**names)).fetchall()


def count(store: ox.Store, table: Table) -> int:
    kind = ox.NamedNode(iri_of(table.ontology_class))
    return sum(1 for _ in store.quads_for_pattern(None, ox.NamedNode(RDF.type), kind, FACTS))


def read_csv(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


# RDF.
def test_an_export_contains_the_facts_of_the_release(small: Path, tmp_path: Path) -> None:
    export(require_current(small), tmp_path, ["nquads", "turtle"])
    store = require_current(small).open_store()
    with gzip.open(tmp_path / "un-votes.nq.gz") as stream:
        everything = stream.read()
    assert set(ox.parse(everything, format=ox.RdfFormat.N_QUADS)) == set(store)
    facts = set(store.quads_for_pattern(None, None, None, FACTS))
    with gzip.open(tmp_path / "un-votes.ttl.gz") as stream:
        text = stream.read()
    assert set(ox.parse(text, format=ox.RdfFormat.TURTLE)) == facts
    assert f"@prefix unv: <{BASE}ontology#>".encode() in text


# Tables.
def test_the_tables_have_a_row_for_each_resource(dump: Path, embedded_store: ox.Store) -> None:
    for table in TABLES:
        rows = read_csv(dump / f"{table.name}.csv.gz")
        expected = count(embedded_store, table)
        assert len(rows) == expected, table.name
        assert query(dump, f"SELECT count(*) FROM {{{table.name}}}") == [(expected,)]
    assert query(dump, "SELECT count(*) FROM {votes}") == [(4667,)]
    assert query(dump, "SELECT count(*) FROM {states}") == [(206,)]


def test_the_votes_add_up_to_the_tally(dump: Path) -> None:
    votes = query(
        dump,
        """SELECT count(*) FILTER (option = 'Yes'), count(*) FILTER (option = 'No'),
           count(*) FILTER (option = 'Abstention'), count(*) FILTER (option = 'NonVoting')
           FROM {votes} WHERE event = 'A-RES-ES-11-6'""",
    )
    events = query(
        dump,
        """SELECT yesCount, noCount, abstentionCount, nonVotingCount FROM {events}
           WHERE symbol = 'A/RES/ES-11/6'""",
    )
    assert votes == events == [(141, 7, 32, 13)]
    differing = """
        SELECT event FROM {events} LEFT JOIN {votes} USING (event) GROUP BY event, yesCount, noCount
        HAVING count(*) FILTER (option = 'Yes') <> yesCount
        OR count(*) FILTER (option = 'No') <> noCount"""
    assert query(dump, differing) == []
    position = "SELECT option FROM {votes} WHERE event = 'A-RES-ES-11-6' AND iso3 = 'IND'"
    assert query(dump, position) == [("Abstention",)]


def test_votes_are_those_of_the_nodes(dump: Path, embedded_store: ox.Store) -> None:
    """Reading votes from the direct properties gives the same rows as reading them by path."""
    rows = RowReader(embedded_store)
    by_path = sorted(rows._row(VOTES, this) for this in rows._things(VOTES.ontology_class))
    assert by_path == sorted(list(row.values()) for row in read_csv(dump / "votes.csv.gz"))


def test_parquet_has_types(dump: Path) -> None:
    for table in TABLES:
        described = query(dump, f"DESCRIBE SELECT * FROM {{{table.name}}}")
        assert [row[:2] for row in described] == [(c.name, c.type) for c in table.columns]
    row = query(
        dump,
        """SELECT title, year(date), month, year, body, session, meeting, len(sources) > 5,
           importantVote, topics FROM {events} WHERE event = 'A-RES-ES-11-6'""",
    )
    title = (
        "Principles of the Charter of the United Nations underlying a comprehensive, just and "
        "lasting peace in Ukraine"
    )
    expected: tuple[object, ...] = (
        title,
        2023,
        "2023-02",
        2023,
        "GeneralAssembly",
        "ES-11",
        "A/ES-11/PV.19",
        True,
        None,
        [],
    )
    assert row == [expected]
    state = "SELECT name, memberUntil, seat, predecessors FROM {states} WHERE state = 'SUN'"
    assert query(dump, state)[0][2] == "RUS"
    assert query(dump, "SELECT predecessors FROM {states} WHERE state = 'RUS'") == [(["SUN"],)]
    former = "SELECT count(*) FROM {states} WHERE memberUntil IS NOT NULL"
    assert query(dump, former) == [(13,)]


def test_csv_and_parquet_have_the_same_content(dump: Path) -> None:
    for table in TABLES:
        shown = ", ".join(
            f"array_to_string(\"{c.name}\", '|')" if c.is_list else f'"{c.name}"::VARCHAR'
            for c in table.columns
        )
        parquet = query(dump, f"SELECT {shown} FROM {{{table.name}}}")
        rows = [tuple(row.values()) for row in read_csv(dump / f"{table.name}.csv.gz")]
        assert [tuple(value or "" for value in row) for row in parquet] == rows


def test_rows_have_an_order(dump: Path) -> None:
    events = [
        (row["date"] or row["month"], row["event"]) for row in read_csv(dump / "events.csv.gz")
    ]
    assert events == sorted(events)
    order = {event: number for number, (_, event) in enumerate(events)}
    votes = [(order[row["event"]], row["state"]) for row in read_csv(dump / "votes.csv.gz")]
    assert votes == sorted(votes)


def test_agreement_is_exported_if_the_release_has_it(tmp_path: Path) -> None:
    """Uses a hand-made store, with a quote and a line break in a description."""
    store = ox.Store()

    def add(subject: str, term: str, value: ox.NamedNode | ox.Literal) -> None:
        store.add(ox.Quad(ox.NamedNode(subject), ox.NamedNode(iri_of(term)), value))

    def number(value: int) -> ox.Literal:
        return ox.Literal(str(value), datatype=ox.NamedNode(XSD.integer))

    for first, second, year in (("IND", "YUG-FR", 2001), ("CHN", "IND", 2019)):
        this = iris.thing("agreement", f"{first}-{second}-{year}")
        add(this, "rdf:type", ox.NamedNode(iri_of(AGREEMENT.ontology_class)))
        for key in (second, first):
            add(this, "unv:between", ox.NamedNode(iris.state(key)))
        for term, value in (("year", year), ("sharedVotes", 67), ("identicalVotes", 5)):
            add(this, f"unv:{term}", number(value))
    event = iris.event("A-RES-1-1")
    add(event, "rdf:type", ox.NamedNode(UNV.VotingEvent))
    add(event, "unv:month", ox.Literal("1946-02", datatype=ox.NamedNode(XSD.gYearMonth)))
    add(event, "dcterms:description", ox.Literal('Say "yes",\r\nor | no', language="en"))
    add(event, "dcterms:description", ox.Literal("Oui", language="fr"))

    rows = RowReader(store)
    for table in (AGREEMENT, EVENTS):
        source = tmp_path / f"{table.name}.csv.gz"
        write_csv(table, rows.rows(table), source)
        convert_to_parquet(table, source, tmp_path / f"{table.name}.parquet", {"title": "It's"})
    assert query(tmp_path, "SELECT * FROM {agreement}") == [
        ("CHN", "IND", 2019, 67, 5),
        ("IND", "YUG-FR", 2001, 67, 5),
    ]
    assert query(tmp_path, "SELECT description, meeting, sources FROM {events}") == [
        ('Say "yes",\r\nor | no', None, [])
    ]
    add(event, "dcterms:identifier", ox.Literal("a|b"))
    with pytest.raises(KgError, match=r"'\|' in an item of identifiers"):
        list(rows.rows(EVENTS))


def test_terms_are_shortened_to_distinct_names() -> None:
    assert short_value(ox.NamedNode(iris.state("YUG-FR"))) == "YUG-FR"
    assert short_value(ox.NamedNode(UNV.Yes)) == "Yes"
    assert short_value(ox.NamedNode("http://www.wikidata.org/entity/Q1")).endswith("entity/Q1")


def dictionary_columns() -> Iterator[tuple[str, list[str]]]:
    table = ""
    for line in dictionary().splitlines():
        if line.startswith("## "):
            table = line[3:]
        elif line.startswith("| ") and not line.startswith("| column |"):
            yield table, [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def test_the_dictionary_has_every_column_and_no_other(dump: Path) -> None:
    listed = [(table, cells[0]) for table, cells in dictionary_columns()]
    assert listed == [(table.name, c.name) for table in TABLES for c in table.columns]
    for table in TABLES:
        with gzip.open(dump / f"{table.name}.csv.gz", "rt", encoding="utf-8") as stream:
            header = stream.readline().strip().split(",")
        assert header == [name for of, name in listed if of == table.name]


def test_the_dictionary_matches_the_ontology() -> None:
    cells = {(table, line[0]): line for table, line in dictionary_columns()}
    assert all(len(line) == 4 for line in cells.values())
    assert cells["events", "yesCount"][1:] == [
        "integer",
        "The number of states in favour: for an event, counted from its votes; for a reported "
        "tally, as printed.",
        f"[unv:yesCount]({UNV.yesCount})",
    ]
    for (table, column), line in cells.items():
        assert line[2], (table, column)


def test_an_export_has_the_requested_formats_and_is_reproducible(
    small: Path, tmp_path: Path
) -> None:
    dump, runner, exported = tmp_path / "all", CliRunner(), set()
    export(require_current(small), dump, FORMATS)
    metadata = {TERMS_FILE, DATACITE_FILE, CITATION_FILE, CHECKSUMS_FILE}
    parts = {
        "one": ([], {"un-votes.nq.gz", *metadata}),
        "two": (
            ["csv", "parquet", "turtle"],
            {f"{table.name}.{suffix}" for table in TABLES for suffix in ("csv.gz", "parquet")}
            | {f"{table.name}.csv-metadata.json" for table in TABLES}
            | {"un-votes.ttl.gz", DICTIONARY_FILE, CSVW_FILE, *metadata},
        ),
    }
    for name, (formats, expected) in parts.items():
        folder = tmp_path / name
        arguments = ["export", str(folder), "--data", str(small)]
        result = runner.invoke(
            cli, arguments + [f"--format={file_format}" for file_format in formats]
        )
        assert result.exit_code == 0
        assert {path.name for path in folder.iterdir()} == expected
        assert all(file in result.output for file in expected)
        for path in folder.iterdir():
            if path.name != CHECKSUMS_FILE:
                assert path.read_bytes() == (dump / path.name).read_bytes(), path.name
        assert set(read_checksums(folder)) == expected - {CHECKSUMS_FILE}
        exported |= expected
    assert exported == set(FILES) == {path.name for path in dump.iterdir()}


def test_tables_are_described_for_tools(dump: Path) -> None:
    metadata = json.loads((dump / CSVW_FILE).read_text(encoding="utf-8"))
    assert metadata["@context"][0] == "http://www.w3.org/ns/csvw"
    assert metadata["dc:license"]["@id"].startswith("https://")
    tables = {table["url"]: table for table in metadata["tables"]}
    for table in TABLES:
        described = tables.pop(f"{table.name}.csv")
        schema = described["tableSchema"]
        with gzip.open(dump / f"{table.name}.csv.gz", "rt", encoding="utf-8", newline="") as text:
            assert next(csv.reader(text)) == [column["name"] for column in schema["columns"]]
        pairs = duckdb.execute(
            "SELECT decode(key), decode(value) FROM parquet_kv_metadata(?)",
            [str(dump / f"{table.name}.parquet")],
        ).fetchall()
        assert json.loads(dict(pairs)["csvw"]) == described
        assert dict(pairs)["release"].startswith(f"{BASE}id/release/")
    assert not tables
    columns = {c["name"]: c for c in metadata["tables"][0]["tableSchema"]["columns"]}
    assert (columns["date"]["datatype"], columns["yesCount"]["datatype"]) == ("date", "integer")
    assert columns["date"]["propertyUrl"] == UNV.date
    # The symbol is that of the document, not of the event of the row.
    assert "propertyUrl" not in columns["symbol"]
    assert columns["sources"]["separator"] == "|"
    keys = metadata["tables"][1]["tableSchema"]["foreignKeys"]
    assert {key["reference"]["resource"] for key in keys} == {"events.csv", "states.csv"}


def test_each_table_is_described_beside_it(dump: Path) -> None:
    for table in TABLES:
        path = dump / f"{table.name}.csv-metadata.json"
        described = json.loads(path.read_text(encoding="utf-8"))
        assert described["url"] == f"{table.name}.csv"
        # It is read alone: nothing refers to tables that are not described.
        assert "foreignKeys" not in described["tableSchema"]
    columns = json.loads((dump / "states.csv-metadata.json").read_text())["tableSchema"]["columns"]
    datatypes = {column["name"]: column["datatype"] for column in columns}
    assert datatypes["m49"] == {"base": "string", "format": "[0-9]{3}"}
    for row in read_csv(dump / "states.csv.gz"):
        for name, datatype in datatypes.items():
            if isinstance(datatype, dict) and row[name]:
                assert re.fullmatch(datatype["format"], row[name]), (name, row[name])
    assert all(
        row["state"] == row["iso3"]
        for row in read_csv(dump / "states.csv.gz")
        if not row["memberUntil"]
    )


# The lines of the dictionary that read the tables, run as they stand there.
def lines_of(dump: Path, language: str) -> str:
    text = (dump / DICTIONARY_FILE).read_text(encoding="utf-8")
    (block,) = re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert isinstance(block, str)
    return block


def test_pandas_reads_the_codes_as_they_are(dump: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(dump)
    names: dict[str, pd.DataFrame] = {}
    exec(lines_of(dump, "python"), names)
    states, votes = names["states"].set_index("state"), names["votes"]
    assert states.loc["NAM", "iso2"] == "NA"
    assert states.loc["AFG", "m49"] == "004"
    assert states["iso2"].isna().sum() == sum(
        not row["iso2"] for row in read_csv(dump / "states.csv.gz")
    )
    assert states.loc["AFG", "admitted"] == pd.Timestamp("1946-11-19")
    assert len(votes) == len(read_csv(dump / "votes.csv.gz"))
    assert (votes["state"] == "NAM").any()


def test_duckdb_reads_the_codes_as_they_are(dump: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(dump)
    with duckdb.connect() as database:
        database.execute(lines_of(dump, "sql"))
        rows = database.execute(
            "SELECT iso2, m49, admitted FROM states WHERE state IN ('AFG', 'NAM') ORDER BY state"
        ).fetchall()
        assert rows == [("AF", "004", date(1946, 11, 19)), ("NA", "516", date(1990, 4, 23))]
        (number,) = database.execute("SELECT count(*) FROM votes").fetchall()[0]
    assert number == len(read_csv(dump / "votes.csv.gz"))


@pytest.mark.skipif(not shutil.which("Rscript"), reason="R is not installed")
def test_r_reads_the_codes_as_they_are(dump: Path) -> None:
    check = (
        'stopifnot(states$iso2[states$state == "NAM"] == "NA", '
        'states$m49[states$state == "AFG"] == "004", class(states$admitted) == "Date")\n'
        "cat(nrow(votes), sum(is.na(states$iso2)))\n"
    )
    result = subprocess.run(
        ["Rscript", "-e", lines_of(dump, "r") + check],
        cwd=dump, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    missing = sum(not row["iso2"] for row in read_csv(dump / "states.csv.gz"))
    assert result.stdout == f"{len(read_csv(dump / 'votes.csv.gz'))} {missing}"


def test_the_query_for_excel_reads_every_column_as_text(dump: Path) -> None:
    query_text = lines_of(dump, "powerquery")
    # Types of columns would be changed by a further step; Csv.Document returns text.
    assert "Csv.Document" in query_text
    assert "TransformColumnTypes" not in query_text
    assert "Encoding = 65001" in query_text


def test_an_export_to_an_unwritable_folder_is_an_error(embedded: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KgError, match="cannot be written"):
        export(require_current(embedded), tmp_path / "file" / "x", ["nquads"])


def test_a_value_of_another_type_stops_the_conversion_and_leaves_no_file(tmp_path: Path) -> None:
    source = tmp_path / "states.csv.gz"
    row = ["someday" if column.type == "DATE" else "" for column in STATES.columns]
    write_csv(STATES, [row], source)
    with pytest.raises(KgError, match="someday"):
        convert_to_parquet(STATES, source, tmp_path / "states.parquet", {})
    assert [path.name for path in tmp_path.iterdir()] == [source.name]


# Terms.
def test_the_terms_accompany_the_files(
    dump: Path, embedded: Path, small: Path, tmp_path: Path
) -> None:
    text = (dump / TERMS_FILE).read_text(encoding="utf-8")
    assert "The terms of all loaded sources allow redistribution." in text
    assert "Copyright United Nations; non-commercial use with attribution" in text
    permissions = Counter(re.findall(r"\((?:.*; )?(redistribution [a-z ]+)\)", text))
    assert permissions == {
        "redistribution allowed": len(require_current(embedded).manifest().sources)
    }

    release = with_manifest(
        require_current(small),
        tmp_path,
        "proposals",
        redistributable=False,
        licence="Ask first",
    )
    export(release, tmp_path / "out", ["csv"])
    text = (tmp_path / "out" / TERMS_FILE).read_text(encoding="utf-8")
    assert "**Do not redistribute this release.**" in text
    assert "it is unknown whether they do: proposals. Ask" in text
    assert "Ask first (redistribution not allowed)" in text
