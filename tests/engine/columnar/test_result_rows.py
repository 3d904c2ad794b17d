"""Results in JSON, CSV and TSV are, byte for byte, those that Oxigraph writes of the same terms."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.engine.columnar.answer_columns import AnswerColumn, KindColumn, MixedColumn, TermParts
from kg.engine.columnar.term_types import VALUE_DATATYPES
from kg.engine.columnar.writer import write_rows
from kg.rdf.vocabulary import XSD
from kg.sparql.formats import RESULTS

_VARIABLES = ["state", "n", "_other", "never"]
_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
#: Numbers as Turtle writes them, and others.
_NUMBER = r"[+-]?[0-9]{0,2}\.?[0-9]{0,2}([eE][+-]?[0-9]{0,2})?|x"
_TEXTS = {
    "iri": st.text("abc,;'()é/").map("http://example.org/{}".format),
    "blank": st.text("abc0", min_size=1),
    **dict.fromkeys(["string", "@en", "@fr-ca", f"^^{XSD.gYear}", "^^urn:x"], _TEXT),
    "integer": st.integers().map(str),
    "date": st.dates().map(str),
    "boolean": st.booleans().map(lambda value: str(value).lower()),
    "decimal": st.from_regex(r"-?[0-9]{1,3}(\.[0-9]{1,3})?", fullmatch=True),
    **{
        f"^^{datatype}": st.from_regex(_NUMBER, fullmatch=True)
        for datatype in (XSD.integer, XSD.decimal, XSD.double, XSD.boolean)
    },
}
_TERMS = st.sampled_from(sorted(_TEXTS)).flatmap(
    lambda kind: st.tuples(st.just(kind), _TEXTS[kind])
)


def _document(rows: Sequence[tuple[TermParts | None, ...]]) -> bytes:
    """Return rows as JSON by the recommendation, without this engine."""
    bindings = []
    for row in rows:
        members = {}
        for name, term in zip(_VARIABLES, row, strict=False):
            if term is None:
                continue
            kind, text = term
            member = {"type": {"iri": "uri", "blank": "bnode"}.get(kind, "literal"), "value": text}
            if kind.startswith("@"):
                member["xml:lang"] = kind[1:]
            elif kind in VALUE_DATATYPES:
                member["datatype"] = XSD.iri + kind
            elif kind.startswith("^^"):
                member["datatype"] = kind[2:]
            members[name] = member
        bindings.append(members)
    return json.dumps({"head": {"vars": _VARIABLES}, "results": {"bindings": bindings}}).encode()


@pytest.mark.parametrize("name", ["json", "csv", "tsv"])
@settings(max_examples=60, deadline=None)
@given(data=st.data(), kind=st.sampled_from(sorted(_TEXTS)), size=st.integers(1, 3))
def test_rows_are_written_as_oxigraph_does(
    name: str, data: st.DataObject, kind: str, size: int
) -> None:
    written_in = next(format_ for format_ in RESULTS if format_.name == name)
    assert isinstance(written_in.oxigraph, ox.QueryResultsFormat)
    mixed, texts = st.none() | _TERMS, st.none() | _TEXTS[kind]
    rows = data.draw(st.lists(st.tuples(mixed, texts, mixed)))
    # A value stands for itself.
    columns: list[AnswerColumn] = [
        MixedColumn(_VARIABLES[0], "", lambda term: term),
        KindColumn(_VARIABLES[1], "", kind, str),
        MixedColumn(_VARIABLES[2], "", lambda term: term),
    ]
    batches = [rows[start : start + size] for start in range(0, len(rows), size)]
    stream = io.BytesIO()
    assert write_rows(_VARIABLES, columns, batches, written_in, stream) == len(rows)
    terms = [(first, None if text is None else (kind, text), last) for first, text, last in rows]
    results = ox.parse_query_results(_document(terms), ox.QueryResultsFormat.JSON)
    assert stream.getvalue() == results.serialize(format=written_in.oxigraph)
