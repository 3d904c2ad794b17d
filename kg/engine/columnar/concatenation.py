"""GROUP_CONCAT in SQL: the values in the order of their texts, or in that of a sub-query.

SPARQL leaves the order open, but queries rely on that of a sub-query, which Oxigraph keeps.

As in Oxigraph, the result has a language if all values have it, and a value that is no string is an
error; of a variable, the texts of other terms are joined too (``kg.sparql.adaptation``).
"""

from __future__ import annotations

from kg.engine.columnar.columns import Column, quote_literal
from kg.engine.columnar.functions import UNCERTAIN_TEXTS, str_value, string
from kg.engine.columnar.mixed_terms import encoded
from kg.engine.columnar.scope import Scope
from kg.engine.columnar.term_types import Storage, is_text
from kg.sparql.algebra import Aggregate, Var
from kg.sparql.unsupported import Reason, UnsupportedQueryError


def concatenation(
    scope: Scope, aggregate: Aggregate, value: Column, sort_keys: list[str], *, may_be_empty: bool
) -> Column:
    """Return the GROUP_CONCAT of the values of its argument.

    ``sort_keys`` are those of a sub-query that orders the values; ``may_be_empty`` states whether
    there may be a group without solutions.

    Raises:
        UnsupportedQueryError: if it is not known which values are strings.
    """
    is_variable = isinstance(aggregate.argument, Var)
    if not is_variable and value.kinds & UNCERTAIN_TEXTS:
        raise UnsupportedQueryError(Reason.AGGREGATE_OPERANDS)
    # The kind of the string that is joined, for each kind of values that is not an error.
    joined_as = {kind: kind for kind in value.kinds if is_text(kind)}
    if is_variable:
        joined_as = dict.fromkeys(value.kinds - {"blank"}, "string") | joined_as
    kinds = sorted(set(joined_as.values()))
    if not kinds:
        return string("(CASE WHEN count(*) = 0 THEN '' END)", nullable=True)
    text = _text(scope, value, joined_as)
    separator = quote_literal(aggregate.separator)
    distinct = "DISTINCT " if aggregate.distinct else ""
    # DuckDB does not order by a constant.
    order = "" if value.is_constant else f" ORDER BY {', '.join([*sort_keys, text])}"
    joined = f"coalesce(string_agg({distinct}{text}, {separator}{order}), '')"
    storage = Storage.TEXT
    if len(kinds) > 1 or (may_be_empty and kinds != ["string"]):
        places = {kind: str(kinds.index(joined_as[kind])) for kind in joined_as}
        place = f"({scope.by_kind(value, lambda kind: places.get(kind, 'NULL'))})"
        if len(kinds) > 1 and aggregate.distinct:
            # Equal texts of different languages are different strings.
            terms = f"list_sort(list(DISTINCT {{'text': {text}, 'place': {place}}}))"
            texts = f"list_transform({terms}, lambda term: term.text)"
            joined = f"coalesce(array_to_string({texts}, {separator}), '')"
        cases = [
            f"WHEN min({place}) = {n} AND max({place}) = {n} THEN {encoded(kind, joined)}"
            for n, kind in enumerate(kinds)
        ]
        joined = f"(CASE {' '.join(cases)} ELSE {encoded('string', joined)} END)"
        storage = Storage.TERM
        kinds = sorted({*kinds, "string"})
    is_nullable = value.nullable or len(joined_as) < len(value.kinds)
    if is_nullable:
        joined = f"(CASE WHEN count(*) = count({text}) THEN {joined} END)"
    return Column(joined, storage, frozenset(kinds), is_nullable)


def _text(scope: Scope, value: Column, joined_as: dict[str, str]) -> str:
    """Return the SQL of the text of each value, NULL for an error."""
    if value.storage not in {Storage.ID, Storage.TEXT, Storage.TERM}:
        return str_value(scope, value).sql
    text = scope.text(value).sql
    if len(joined_as) == len(value.kinds):
        return text
    return f"({scope.by_kind(value, lambda kind: text if kind in joined_as else 'NULL')})"
