"""Comparing the answers of both engines to a query.

SPARQL leaves some of them open: which value SAMPLE returns and how GROUP_CONCAT orders (see
``choices``), and which of equal rows a LIMIT keeps.
"""

from __future__ import annotations

import io
import json
import re
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, TypedDict

import pyoxigraph as ox

from benchmarks.gate.choices import ChoosingStore, closing
from kg.engine.columnar.engine import ColumnarEngine
from kg.errors import QueryError
from kg.sparql import evaluation
from kg.sparql.algebra import Query, Term, Var
from kg.sparql.formats import RESULTS
from kg.sparql.lexer import tokenize
from kg.sparql.parser import parse
from kg.sparql.unsupported import UnsupportedQueryError

_JSON: Final = RESULTS[0]
_MEMORY: Final = 1024
#: bytes: cross products with longer answers are not compared.
_MAX_ANSWER: Final = 20_000_000
#: Seconds of the columnar engine after which the solutions of a random query are counted first.
_LONG_SECONDS: Final = 0.2
#: Of these, Oxigraph holds all solutions in memory.
_ORDER_AND_LIMIT: Final = re.compile(r"\sORDER BY\s[^{}]*\sLIMIT\s[^{}]*\Z")


Binding = dict[str, dict[str, str]]


class _Bindings(TypedDict):
    bindings: list[Binding]


class _AnswerDocument(TypedDict, total=False):
    """An answer in SPARQL's JSON."""

    head: dict[str, list[str]]
    boolean: bool
    results: _Bindings


class Outcome(StrEnum):
    """The outcome of comparing the answers to a query."""

    EQUAL = "equal"
    DIFFERENT = "different"
    REFUSED = "refused"
    #: A cross product so large that it exhausts the memory of an engine, or not worth comparing.
    LIMITED = "limited"


class _TooManyValuesError(Exception):
    """A group has too many values to collect them."""


@dataclass(frozen=True)
class Result:
    """The outcome for a query, the reason if it is unsupported, and its number of rows."""

    outcome: Outcome
    reason: str = ""
    rows: int = 0
    difference: str = ""


class EnginePair:
    """The columnar engine and Oxigraph on one release.

    With ``max_solutions``, random queries whose patterns have more are not compared.
    """

    def __init__(
        self, folder: Path, store: ox.Store | None = None, max_solutions: int | None = None
    ) -> None:
        self._max_solutions = max_solutions
        self.columns = ColumnarEngine(folder, _MEMORY, nullcontext)
        self.store = store or ox.Store.read_only(str(folder / "store"))

    def forget_plans(self) -> None:
        """Have all queries compiled again."""
        # A cached property, which is set anew when it is next needed.
        vars(self.columns).pop("_plans", None)

    def compare(self, query: str, parameters: Mapping[str, Term] | None = None) -> Result:
        """Compare the answers of both engines to a query."""
        parameters = parameters or {}
        stream = io.BytesIO()
        started = time.process_time()
        try:
            answer = self.columns.query(query, parameters, include_cheap=True)
            answer.write(_JSON, stream)
        except UnsupportedQueryError as refusal:
            return Result(Outcome.REFUSED, refusal.reason.name)
        except MemoryError:
            return Result(Outcome.LIMITED)
        except QueryError as error:
            return Result(Outcome.DIFFERENT, difference=f"interrupted: {error}")
        if stream.tell() > _MAX_ANSWER:
            return Result(Outcome.LIMITED)
        ours: _AnswerDocument = json.loads(stream.getvalue())
        is_long = time.process_time() - started > _LONG_SECONDS or _ORDER_AND_LIMIT.search(query)
        if self._max_solutions and is_long and self._has_too_many_solutions(query):
            return Result(Outcome.LIMITED)
        try:
            theirs = self._query_store(query, parameters)
            difference = self._difference(query, parameters, ours, theirs)
        except _TooManyValuesError:
            return Result(Outcome.LIMITED)
        except QueryError as error:
            return Result(Outcome.DIFFERENT, difference=f"an error only in Oxigraph: {error}")
        if difference:
            return Result(Outcome.DIFFERENT, difference=difference)
        return Result(Outcome.EQUAL, rows=len(_rows(ours)) or int(ours.get("boolean", False)))

    def _has_too_many_solutions(self, query: str) -> bool:
        """Return whether the pattern of a query has more solutions than Oxigraph should visit."""
        tokens = tokenize(query)
        first = next(place for place, token in enumerate(tokens) if token.is_mark("{"))
        pattern = query[tokens[first].start : tokens[closing(tokens, first, "{}")].end]
        prologue = query[: next(token.start for token in tokens if token.is_word("SELECT", "ASK"))]
        more = f"{prologue}SELECT (1 AS ?x) {pattern} LIMIT 1 OFFSET {self._max_solutions}"
        stream = io.BytesIO()
        try:
            self.columns.query(more, {}, include_cheap=True).write(_JSON, stream)
        except (UnsupportedQueryError, MemoryError):
            return False
        document: _AnswerDocument = json.loads(stream.getvalue())
        return bool(_rows(document))

    def _query_store(self, query: str, parameters: Mapping[str, Term]) -> _AnswerDocument:
        stream = io.BytesIO()
        store = ChoosingStore(self.store)
        answer = evaluation.evaluate(store.as_store, query, None, parameters)
        evaluation.write(answer, _JSON, stream)
        if store.has_too_many_values:
            raise _TooManyValuesError
        document: _AnswerDocument = json.loads(stream.getvalue())
        return document

    def _difference(
        self,
        query: str,
        parameters: Mapping[str, Term],
        ours: _AnswerDocument,
        theirs: _AnswerDocument,
    ) -> str:
        """Return how answers differ beyond what SPARQL allows; empty if they do not."""
        if ours["head"] != theirs["head"] or ours.get("boolean") != theirs.get("boolean"):
            return f"{ours['head']} {ours.get('boolean')}: {theirs['head']} {theirs.get('boolean')}"
        our_rows, their_rows = _rows(ours), _rows(theirs)
        parsed = parse(query)
        if len(our_rows) != len(their_rows):
            return f"{len(our_rows)} rows: {len(their_rows)}; {our_rows[:3]}: {their_rows[:3]}"
        keys = _order(parsed)
        if [_key_values(row, keys) for row in our_rows] != [
            _key_values(row, keys) for row in their_rows
        ]:
            return f"different order of {keys}: {our_rows[:5]}: {their_rows[:5]}"
        if missing := Counter(our_rows) - Counter(their_rows):
            if parsed.select.limit is None and not parsed.select.offset:
                return f"{missing} instead of {Counter(their_rows) - Counter(our_rows)}"
            # SPARQL does not define which of equal rows a LIMIT keeps; they must be rows of the
            # complete answer.
            uncut_answer = self._query_store(_uncut(query), parameters)
            if wrong := Counter(our_rows) - Counter(_rows(uncut_answer)):
                return f"{wrong} not among the rows of the complete answer"
        return ""


def _rows(answer: _AnswerDocument) -> list[str]:
    bindings = answer["results"]["bindings"] if "results" in answer else []
    return [json.dumps(row, sort_keys=True) for row in bindings]


def _order(query: Query) -> list[str]:
    """Return the leading sort keys of a query that are projected variables."""
    keys = []
    projection = query.select.projection
    for expression, _ in query.select.order:
        is_projected = isinstance(expression, Var) and (
            projection is None or expression.name in {name for name, _ in projection}
        )
        if not is_projected:
            break
        assert isinstance(expression, Var)
        keys.append(expression.name)
    return keys


def _key_values(row: str, keys: list[str]) -> list[dict[str, str] | None]:
    binding: Binding = json.loads(row)
    return [binding.get(key) for key in keys]


def _uncut(query: str) -> str:
    """Return a query without the LIMIT and the OFFSET at its end."""
    head, _, _ = query.rpartition(" LIMIT ")
    return head
