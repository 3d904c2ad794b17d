"""Asking both engines and comparing what they say."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from kg.engine.columnar.engine import ColumnarEngine
from kg.errors import QueryError
from kg.sparql import evaluation
from kg.sparql.algebra import Query, Term, Var
from kg.sparql.formats import RESULTS
from kg.sparql.parser import parse
from kg.sparql.unsupported import UnsupportedQueryError

_JSON: Final = RESULTS[0]
_MEMORY: Final = 1024


class Outcome(StrEnum):
    """What came of a query."""

    EQUAL = "equal"
    DIFFERENT = "different"
    REFUSED = "refused"
    #: A product so large that DuckDB's memory was used up: a server answers 503.
    LIMITED = "limited"


@dataclass(frozen=True)
class Result:
    """What came of a query, why it was refused if it was, and how many rows it has."""

    outcome: Outcome
    reason: str = ""
    rows: int = 0
    told: str = ""


class Both:
    """Both engines on one release."""

    def __init__(self, folder: Path, store: ox.Store | None = None) -> None:
        self.columns = ColumnarEngine(folder, _MEMORY, nullcontext)
        self.store = store or ox.Store.read_only(str(folder / "store"))

    def compare(self, query: str, parameters: Mapping[str, Term] | None = None) -> Result:
        """Put a query to both."""
        parameters = parameters or {}
        stream = io.BytesIO()
        try:
            answer = self.columns.ask(query, parameters, even_cheap=True)
            answer.write(_JSON, stream)
        except UnsupportedQueryError as refusal:
            return Result(Outcome.REFUSED, refusal.reason.name)
        except MemoryError:
            return Result(Outcome.LIMITED)
        except QueryError as error:
            return Result(Outcome.DIFFERENT, told=f"broke off: {error}")
        ours = json.loads(stream.getvalue())
        try:
            theirs = self._ask(query, parameters)
        except QueryError as error:
            return Result(Outcome.DIFFERENT, told=f"an error of Oxigraph alone: {error}")
        if told := self._difference(query, parameters, ours, theirs):
            return Result(Outcome.DIFFERENT, told=told)
        return Result(Outcome.EQUAL, rows=len(_rows(ours)) or int(ours.get("boolean", False)))

    def _ask(self, query: str, parameters: Mapping[str, Term]) -> Any:
        stream = io.BytesIO()
        answer = evaluation.evaluate(self.store, query, None, parameters)
        evaluation.write(answer, _JSON, stream)
        return json.loads(stream.getvalue())

    def _difference(
        self, query: str, parameters: Mapping[str, Term], ours: Any, theirs: Any
    ) -> str:
        """Tell in what answers differ beyond what SPARQL leaves open; nothing if they do not."""
        if ours["head"] != theirs["head"] or ours.get("boolean") != theirs.get("boolean"):
            return f"{ours['head']} {ours.get('boolean')}: {theirs['head']} {theirs.get('boolean')}"
        one, other = _rows(ours), _rows(theirs)
        asked = parse(query)
        if len(one) != len(other):
            return f"{len(one)} rows: {len(other)}; {one[:3]}: {other[:3]}"
        keys = _order(asked)
        if [_keyed(row, keys) for row in one] != [_keyed(row, keys) for row in other]:
            return f"another order of {keys}: {one[:5]}: {other[:5]}"
        if missing := Counter(one) - Counter(other):
            if asked.select.limit is None and not asked.select.offset:
                return f"{missing} besides: {Counter(other) - Counter(one)}"
            # Which of equal rows a LIMIT leaves is open; they must be rows of the whole answer.
            whole = self._ask(_uncut(query), parameters)
            if wrong := Counter(one) - Counter(_rows(whole)):
                return f"{wrong} that are no rows of the whole answer"
        return ""


def _rows(answer: Any) -> list[str]:
    bindings = answer.get("results", {}).get("bindings", [])
    return [json.dumps(row, sort_keys=True) for row in bindings]


def _order(asked: Query) -> list[str]:
    """Return the variables that are shown and come first in the order of a query."""
    keys = []
    shown = asked.select.projection
    for expression, _ in asked.select.order:
        is_shown = isinstance(expression, Var) and (
            shown is None or expression.name in {name for name, _ in shown}
        )
        if not is_shown:
            break
        assert isinstance(expression, Var)
        keys.append(expression.name)
    return keys


def _keyed(row: str, keys: list[str]) -> list[Any]:
    told = json.loads(row)
    return [told.get(key) for key in keys]


def _uncut(query: str) -> str:
    """Return a query without the LIMIT and the OFFSET at its end."""
    head, _, _ = query.rpartition(" LIMIT ")
    return head
