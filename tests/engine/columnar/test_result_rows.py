"""Results in JSON and CSV are, byte for byte, those that Oxigraph writes of the same terms."""

from __future__ import annotations

import io
import json

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.engine.columnar.answer_columns import AnswerColumn, TermParts
from kg.engine.columnar.writer import write_rows
from kg.rdf.vocabulary import XSD
from kg.sparql.formats import RESULTS

_VARIABLES = ["state", "n", "_other", "never"]
_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
_TERMS = st.one_of(
    st.none(),
    st.tuples(st.just("iri"), st.text("abc,;'()é/").map("http://example.org/{}".format)),
    st.tuples(st.just("blank"), st.text("abc0", min_size=1)),
    st.tuples(st.sampled_from(["string", "@en", "@fr-ca", f"^^{XSD.gYear}", "^^urn:x"]), _TEXT),
    st.tuples(st.just("integer"), st.integers().map(str)),
    st.tuples(st.just("date"), st.dates().map(str)),
)


def _document(rows: list[tuple[TermParts | None, ...]]) -> bytes:
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
            elif kind in {"integer", "date"}:
                member["datatype"] = XSD.iri + kind
            elif kind.startswith("^^"):
                member["datatype"] = kind[2:]
            members[name] = member
        bindings.append(members)
    return json.dumps({"head": {"vars": _VARIABLES}, "results": {"bindings": bindings}}).encode()


@pytest.mark.parametrize("name", ["json", "csv", "tsv"])
@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(_TERMS, _TERMS, _TERMS)), size=st.integers(1, 3))
def test_rows_are_written_as_oxigraph_does(
    name: str, rows: list[tuple[TermParts | None, ...]], size: int
) -> None:
    written_in = next(format_ for format_ in RESULTS if format_.name == name)
    assert isinstance(written_in.oxigraph, ox.QueryResultsFormat)
    # A value stands for itself.
    columns = [AnswerColumn(variable, "", lambda term: term) for variable in _VARIABLES[:3]]
    batches = [rows[start : start + size] for start in range(0, len(rows), size)]
    stream = io.BytesIO()
    assert write_rows(_VARIABLES, columns, batches, written_in, stream) == len(rows)
    results = ox.parse_query_results(_document(rows), ox.QueryResultsFormat.JSON)
    assert stream.getvalue() == results.serialize(format=written_in.oxigraph)
