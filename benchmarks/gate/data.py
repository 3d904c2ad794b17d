"""A small set of facts on which engines tend to disagree: votes, and all kinds of odd literals."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kg.engine.columnar import build
from kg.engine.columnar.sorted_copies import SortedCopies
from kg.engine.columnar.wide_tables import WideTables
from kg.release.fact_table import fact_table

PREFIX: Final = "PREFIX ex: <http://example.org/> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "
_TEXTS: Final = (
    "", "a", "b", "ab", "Ab", "a b", "ä", "é", "e\u0301", "ß", "İ", "Σας", "𝄞x", "日本", "a\"b",
    "a\\b", "a\nb", "a\tb", "a\rb", "\u0001", "\u007f", "1", "01", "2020-01-01", "true", "<a>", "'",
)  # fmt: skip
_NUMBERS: Final = (
    '"1"^^xsd:integer', '"007"^^xsd:integer', '"1.50"^^xsd:decimal', '"1.0"^^xsd:decimal',
    '"NaN"^^xsd:double', '"INF"^^xsd:double', '"1e0"^^xsd:double', '"1.5"^^xsd:float',
    '"-0.0"^^xsd:double', '"abc"^^xsd:integer', '""^^xsd:decimal', '"5"^^xsd:int',
    '"99999999999999999999"^^xsd:integer',
)  # fmt: skip
_DATES: Final = (
    '"2020-01-01"^^xsd:date', '"2020-01-01Z"^^xsd:date', '"2020-01-01+05:00"^^xsd:date',
    '"2020-02-30"^^xsd:date', '"2020"^^xsd:gYear', '"2020-01-01T24:00:00"^^xsd:dateTime',
    '"2020-01-01T10:00:00Z"^^xsd:dateTime', '"-0044-03-15"^^xsd:date', '"soon"^^xsd:date',
)  # fmt: skip
_MIXED: Final = (
    "ex:state1", "ex:event2", "_:one", '"a"', '"a"@en', '"a"@en-GB', '"1"', "1", "1.5", "true",
    '"x"^^ex:own', '"2020-01-01"^^xsd:date',
)  # fmt: skip
#: By state; each is a decimal.
_SHARES: Final = ("0.5", "-1.25", "0.0", "0.333333333333333333", "2.0", "0.5", "100000.001")
#: Few, since a random query may be the cross product of all facts.
_EVENTS: Final = 12
_STATES: Final = 7
_OPTIONS: Final = ("ex:Yes", "ex:No", "ex:Abstention")


def turtle(seed: int = 1) -> str:
    """Return the facts as Turtle; the same for the same seed."""
    rng = random.Random(seed)  # noqa: S311 - reproducible, not secret
    lines = []
    for number in range(_EVENTS):
        lines += _thing(f"ex:event{number}", "ex:Event", rng)
        day = f"{2018 + number % 4}-{1 + number % 12:02}-{1 + number % 28:02}"
        lines.append(f'ex:event{number} ex:date "{day}"^^xsd:date')
        lines += [f"ex:event{number} ex:total {rng.choice((0, 3, 7, 12, -4))}"]
        for state in range(_STATES):
            if rng.random() < 0.8:
                option = rng.choice(_OPTIONS)
                vote = f"ex:vote{number}-{state}"
                lines.append(f"{vote} a ex:Vote ; ex:event ex:event{number}")
                lines.append(f"{vote} ex:state ex:state{state} ; ex:option {option}")
                if option == "ex:Yes":
                    lines.append(f"ex:event{number} ex:inFavour ex:state{state}")
    for number in range(_STATES):
        lines += _thing(f"ex:state{number}", "ex:State", rng)
        lines.append(f'ex:state{number} ex:title "State {number % 5}"@en')
        lines.append(f"ex:state{number} ex:knows ex:state{rng.randrange(_STATES)}")
        lines.append(f"ex:state{number} ex:share {_SHARES[number]}")
        if number % 3 == 0:
            lines.append(f'ex:state{number} ex:title "État {number}"@fr')
            lines.append(f"ex:state{number} ex:seat _:seat{number % 2}")
    return PREFIX + "".join(f"{line} .\n" for line in lines)


def _thing(name: str, kind: str, rng: random.Random) -> list[str]:
    """Return the properties that all resources have: a name, counts, and odd literals."""
    lines = [f"{name} a {kind}", f"{name} ex:name {_quoted(rng.choice(_TEXTS))}"]
    lines.append(f"{name} ex:code {_quoted(rng.choice('abcde') * rng.randrange(4))}")
    lines.append(f"{name} ex:label {_quoted(rng.choice(_TEXTS))}@{rng.choice(('en', 'fr', 'EN'))}")
    for _ in range(rng.randrange(3)):
        lines.append(f"{name} ex:count {rng.choice((0, 1, 2, 2, 3, -5, 10, 1000))}")
    for predicate, terms in (("number", _NUMBERS), ("moment", _DATES), ("mixed", _MIXED)):
        if rng.random() < 0.7:
            lines.append(f"{name} ex:{predicate} {rng.choice(terms)}")
    if rng.random() < 0.5:
        lines.append(f"{name} ex:flag {rng.choice(('true', 'false'))}")
    return lines


def _quoted(text: str) -> str:
    return str(ox.Literal(text))


def release(folder: Path, seed: int = 1) -> ox.Store:
    """Write a store and its columns into a folder, as in a release; return the store."""
    store = ox.Store(str(folder / "store"))
    store.load(turtle(seed), ox.RdfFormat.TURTLE)
    store.flush()
    name = f"hostile-{seed}"
    (folder / "manifest.json").write_text(f'{{"name": "{name}"}}', encoding="utf-8")
    dump = folder / "facts.nt"
    store.dump(str(dump), ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())
    with fact_table(folder) as facts:
        facts.read([dump])
        # Wide tables of a few rows, also with gaps.
        build.write_columns(
            facts, folder, name, WideTables(min_facts=1, min_common=0.4), SortedCopies(1, 1, 1)
        )
    dump.unlink()
    return store
