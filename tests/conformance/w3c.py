"""Reading the SPARQL 1.1 suites of the W3C, and comparing answers with what they expect."""

from __future__ import annotations

import csv
import io
import tarfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox
from rdflib import RDF, RDFS, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import IdentifiedNode, Node

_MF: Final = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
_QT: Final = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
_UT: Final = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
_HT: Final = Namespace("http://www.w3.org/2011/http#")
_RS: Final = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/result-set#")
_CNT: Final = Namespace("http://www.w3.org/2011/content#")

#: Where the suites are published; the address of a file is its name and its base IRI.
HOME: Final = "https://w3c.github.io/rdf-tests/"
_SUITES: Final = "sparql/sparql11/"

_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_EXACT: Final = frozenset(
    _XSD + name
    for name in (
        "decimal integer int long short byte nonNegativeInteger nonPositiveInteger "
        "positiveInteger negativeInteger unsignedInt unsignedLong unsignedShort unsignedByte"
    ).split()
)
_FLOATING: Final = frozenset((_XSD + "double", _XSD + "float"))

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Row = tuple[Term | None, ...]


@dataclass(frozen=True, order=True)
class DataSet:
    """Files that make up a default graph, and named graphs as pairs of name and file."""

    default: tuple[str, ...] = ()
    named: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Case:
    """A query, the data it is asked of, and the file with the answer, by addresses."""

    name: str
    query: str
    data: DataSet = DataSet()
    result: str = ""

    @property
    def suite(self) -> str:
        """The folder, such as ``aggregates``."""
        return self.name.partition("/")[0]


@dataclass(frozen=True)
class HttpRequest:
    """A request of the protocol suite, and what is expected of its response."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    #: Accepted hundreds of the status, such as {2, 3}.
    statuses: frozenset[int]
    form: str = ""
    boolean: bool | None = None

    @property
    def is_update(self) -> bool:
        """Whether it asks for an update, rightly or wrongly spelled."""
        kind = dict(self.headers).get("content-type", "")
        return "sparql-update" in kind or b"update=" in self.body or "update=" in self.path


@dataclass(frozen=True)
class ProtocolCase:
    """Requests in a row over the same data."""

    name: str
    data: DataSet
    requests: tuple[HttpRequest, ...]


@dataclass(frozen=True)
class Table:
    """The answer to a SELECT, its columns in order of their names; ordered if the query says so."""

    names: tuple[str, ...]
    rows: tuple[Row, ...]


Answer = bool | Table | frozenset[Row]


class Suites:
    """What is in the archive of the suites."""

    def __init__(self, archive: Path) -> None:
        self._files: dict[str, bytes] = {}
        with tarfile.open(archive) as tar:
            for member in tar:
                stream = tar.extractfile(member)
                if stream is not None:
                    self._files[HOME + member.name] = stream.read()
        self._graph = Graph()
        for address, content in self._files.items():
            if address.endswith("/manifest.ttl") and address != f"{HOME}{_SUITES}manifest.ttl":
                self._graph.parse(data=content, format="turtle", publicID=address)

    def file(self, address: str) -> bytes:
        """Return the content of a file."""
        return self._files[address]

    def query(self, case: Case) -> str:
        """Return the text of a query, with the base IRI that the suites give it: its address."""
        return f"BASE <{case.query}> {self.file(case.query).decode()}"

    def evaluations(self) -> list[Case]:
        """Return the tests that compare an answer."""
        cases = []
        for name, test in self._tests("QueryEvaluationTest", "CSVResultFormatTest"):
            action = self._one(test, _MF.action)
            named = sorted(map(str, self._graph.objects(action, _QT.graphData)))
            data = DataSet(
                tuple(sorted(map(str, self._graph.objects(action, _QT.data)))),
                tuple((address, address) for address in named),
            )
            query, result = self._one(action, _QT.query), self._one(test, _MF.result)
            cases.append(Case(name, str(query), data, str(result)))
        return cases

    def syntax(self, kind: str) -> list[Case]:
        """Return the syntax tests of a kind, ``Positive`` or ``Negative``."""
        tests = self._tests(f"{kind}SyntaxTest11", f"{kind}SyntaxTest")
        return [Case(name, str(self._one(test, _MF.action))) for name, test in tests]

    def protocol(self) -> list[ProtocolCase]:
        """Return the tests of the protocol."""
        cases = []
        for name, test in self._tests("ProtocolTest"):
            named = sorted(
                (str(self._one(graph, RDFS.label)), str(self._one(graph, _UT.graph)))
                for graph in self._graph.objects(test, _UT.graphData)
            )
            requests = self._list(self._one(test, _MF.action), _HT.requests)
            data = DataSet((), tuple(named))
            cases.append(ProtocolCase(name, data, tuple(map(self._request, requests))))
        return cases

    def fill(self, store: ox.Store, data: DataSet) -> None:
        """Load a data set into a store."""
        unnamed = ((None, address) for address in data.default)
        for name, address in (*unnamed, *data.named):
            graph = ox.NamedNode(name) if name else ox.DefaultGraph()
            if isinstance(graph, ox.NamedNode):
                store.add_graph(graph)  # also where it is empty
            form = ox.RdfFormat.from_extension(address.rpartition(".")[2])
            store.load(self.file(address), form, base_iri=address, to_graph=graph)

    def _tests(self, *kinds: str) -> Iterator[tuple[str, Node]]:
        """Yield the tests of some kinds that a manifest lists, named by suite and fragment."""
        classes = {_MF.term(kind) for kind in kinds}
        for manifest in sorted(self._graph.subjects(RDF.type, _MF.Manifest), key=str):
            suite = str(manifest).removeprefix(HOME + _SUITES).partition("/")[0]
            for test in self._list(manifest, _MF.entries) if "." not in suite else ():
                if self._one(test, RDF.type) in classes:
                    assert isinstance(test, URIRef)
                    yield f"{suite}/{test.fragment}", test

    def _one(self, subject: Node, predicate: Node) -> Node:
        value = self._graph.value(subject, predicate, any=False)
        assert value is not None, f"{subject} has no {predicate}"
        return value

    def _list(self, subject: Node, predicate: Node) -> list[Node]:
        head = self._graph.value(subject, predicate)
        return list(Collection(self._graph, head)) if isinstance(head, IdentifiedNode) else []

    def _request(self, request: Node) -> HttpRequest:
        response = self._one(request, _HT.resp)
        body = self._graph.value(request, _HT.body)
        content = b""
        if body is not None:
            encoding = str(self._one(body, _CNT.characterEncoding))
            content = str(self._one(body, _CNT.chars)).encode(encoding)
        headers = (
            (str(self._one(header, _HT.fieldName)), str(self._one(header, _HT.fieldValue)))
            for header in self._list(request, _HT.headers)
        )
        statuses = self._graph.objects(response, _MF.expectedStatus)
        boolean = self._graph.value(response, _MF.expectedBoolean)
        return HttpRequest(
            method=str(self._one(request, _HT.methodName)),
            path=str(self._one(request, _HT.absolutePath)),
            headers=tuple(headers),
            body=content,
            statuses=frozenset(int(str(status)[-3]) for status in statuses),
            form=str(self._graph.value(response, _MF.expectedFormat) or ""),
            boolean=bool(boolean.value) if isinstance(boolean, Literal) else None,
        )


def read_answer(content: bytes, extension: str, base: str = HOME) -> Answer:
    """Read an answer as it is written in a file of an extension."""
    if extension == "csv":
        head, *lines = csv.reader(io.StringIO(content.decode(), newline=""))
        return _table(head, (map(_csv_cell, line) for line in lines))
    if results := ox.QueryResultsFormat.from_extension(extension):
        return take_answer(ox.parse_query_results(content, results))
    store = ox.Store()
    store.load(content, ox.RdfFormat.from_extension(extension), base_iri=base)
    if store.query(f"ASK {{ ?answer a <{_RS.ResultSet}> }}"):
        return _table_of_rdf(store)
    return frozenset((quad.subject, quad.predicate, quad.object) for quad in store)


def take_answer(
    answer: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples, *, as_csv: bool = False
) -> Answer:
    """Take in an answer of Oxigraph, reduced to what CSV can express if wanted."""
    if isinstance(answer, ox.QueryBoolean):
        return bool(answer)
    if isinstance(answer, ox.QueryTriples):
        return frozenset((triple.subject, triple.predicate, triple.object) for triple in answer)
    names = [variable.value for variable in answer.variables]
    rows: Iterable[Iterable[Term | None]] = answer
    if as_csv:
        rows = (map(_as_csv, row) for row in answer)
    return _table(names, rows)


def same(answer: Answer, expected: Answer, *, ordered: bool = False) -> bool:
    """Return whether two answers are the same but for names of blank nodes and spelling of values.

    Rows are compared in their order if that is wanted, else as multisets.
    """
    if isinstance(answer, bool) or isinstance(expected, bool):
        return answer is expected
    if isinstance(answer, Table) and isinstance(expected, Table):
        return answer.names == expected.names and _same_rows(answer.rows, expected.rows, ordered)
    if isinstance(answer, Table) or isinstance(expected, Table):
        return False
    return _same_rows(tuple(answer), tuple(expected), ordered=False)


def _table_of_rdf(store: ox.Store) -> Table:
    """Return the answer to a SELECT that is written in RDF."""
    names = [quad.object.value for quad in _quads(store, None, _RS.resultVariable)]
    rows = []
    for solution in _quads(store, None, _RS.solution):
        bound = {}
        for binding in _quads(store, solution.object, _RS.binding):
            (name,) = _quads(store, binding.object, _RS.variable)
            (value,) = _quads(store, binding.object, _RS.value)
            bound[name.object.value] = value.object
        rows.append([bound.get(name) for name in names])
    return _table(names, rows)


def _quads(store: ox.Store, subject: Any, predicate: str) -> list[Any]:
    return list(store.quads_for_pattern(subject, ox.NamedNode(predicate), None))


def _table(names: list[str], rows: Iterable[Iterable[Term | None]]) -> Table:
    order = sorted(range(len(names)), key=names.__getitem__)
    tuples = (tuple(row) for row in rows)
    return Table(
        tuple(names[i] for i in order), tuple(tuple(row[i] for i in order) for row in tuples)
    )


def _csv_cell(text: str) -> Term:
    """Return the term of a cell: a number where it can be one, for CSV has no types."""
    if text.startswith("_:"):
        return ox.BlankNode(text[2:])
    try:
        return ox.Literal(float(text))
    except ValueError:
        return ox.Literal(text)


def _as_csv(term: Term | None) -> Term:
    if isinstance(term, ox.BlankNode):
        return term
    assert not isinstance(term, ox.Triple)
    return _csv_cell("" if term is None else term.value)


def _same_rows(left: tuple[Row, ...], right: tuple[Row, ...], ordered: bool) -> bool:
    left, right = tuple(map(_by_value, left)), tuple(map(_by_value, right))
    if Counter(map(_without_blank, left)) != Counter(map(_without_blank, right)):
        return False
    return _match(left, right, {}, ordered)


def _by_value(row: Row) -> Row:
    return tuple(_valued(term) if isinstance(term, ox.Literal) else term for term in row)


def _valued(literal: ox.Literal) -> ox.Literal:
    """Return a literal with the one spelling of its value, and its language in lower case."""
    kind = literal.datatype
    if literal.language:
        return ox.Literal(literal.value, language=literal.language.lower())
    try:
        if kind.value in _EXACT:
            return ox.Literal(str(Decimal(literal.value).normalize() + 0), datatype=kind)
        if kind.value in _FLOATING:
            return ox.Literal(repr(float(literal.value)), datatype=kind)
        if kind.value == _XSD + "boolean":
            spelled = {"0": "false", "1": "true"}.get(literal.value, literal.value)
            return ox.Literal(spelled, datatype=kind)
    except (InvalidOperation, ValueError):
        pass  # not a number: its spelling counts
    return literal


def _without_blank(row: Row) -> tuple[object, ...]:
    return tuple("blank" if isinstance(term, ox.BlankNode) else term for term in row)


def _match(
    left: tuple[Row, ...], right: tuple[Row, ...], renamings: dict[Term, Term], ordered: bool
) -> bool:
    """Return whether the blank nodes on the left can be renamed, one to one, to give the right."""
    if not left:
        return True
    for index, candidate in enumerate(right[:1] if ordered else right):
        renamed = _rename(left[0], candidate, renamings)
        remaining = right[:index] + right[index + 1 :]
        if renamed is not None and _match(left[1:], remaining, renamed, ordered):
            return True
        if renamed == renamings:
            return False  # equal as it is: another choice would change nothing
    return False


def _rename(left: Row, right: Row, renamings: dict[Term, Term]) -> dict[Term, Term] | None:
    renamed = dict(renamings)
    for term, counterpart in zip(left, right, strict=True):
        if isinstance(term, ox.BlankNode) and isinstance(counterpart, ox.BlankNode):
            if renamed.setdefault(term, counterpart) != counterpart:
                return None
        elif term != counterpart:
            return None
    return renamed if len(set(renamed.values())) == len(renamed) else None
