"""The kinds of terms that expressions can have as values.

An expression that is an error has no value. Kinds are those of
``kg.engine.columnar.term_types.typed_kind``.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Final

from kg.engine.columnar.term_types import typed_kind
from kg.rdf.vocabulary import RDF, XSD
from kg.sparql.algebra import Aggregate, Call, Const, Exists, Expression, Var

#: None if nothing is known.
Kinds = frozenset[str] | None

_INTEGER: Final = frozenset({"integer"})
_DECIMAL: Final = frozenset({"decimal"})
_DOUBLE: Final = frozenset({"double"})
_STRING: Final = frozenset({"string"})
_IRI: Final = frozenset({"iri"})
#: Numbers by precedence: the result of an operation has the last type of its operands.
_NUMBERS: Final = ("integer", "decimal", "double")
#: Kinds that no arithmetic accepts.
_NO_OPERANDS: Final = frozenset({"iri", "blank", "string", "boolean"})
_RESULTS: Final[dict[str, frozenset[str]]] = {
    **dict.fromkeys(
        (
            *("=", "!=", "<", ">", "<=", ">=", "IN", "&&", "||", "!"),
            *("BOUND", "ISIRI", "ISURI", "ISBLANK", "ISLITERAL", "ISNUMERIC", "SAMETERM"),
            *("CONTAINS", "STRSTARTS", "STRENDS", "LANGMATCHES", "REGEX", XSD.boolean),
        ),
        frozenset({"boolean"}),
    ),
    **dict.fromkeys(("STRLEN", "YEAR", "MONTH", "DAY", "HOURS", "MINUTES", XSD.integer), _INTEGER),
    **dict.fromkeys(("SECONDS", XSD.decimal), _DECIMAL),
    **dict.fromkeys(("RAND", XSD.double), _DOUBLE),
    **dict.fromkeys(
        (
            *("STR", "LANG", "ENCODE_FOR_URI", "STRUUID", "TZ", XSD.string),
            *("MD5", "SHA1", "SHA256", "SHA384", "SHA512"),
        ),
        _STRING,
    ),
    **dict.fromkeys(("IRI", "URI", "UUID", "DATATYPE"), _IRI),
    "NOW": frozenset({"dateTime"}),
}


def union(*kinds: Kinds) -> Kinds:
    """Return the kinds of several sources."""
    known = [kind for kind in kinds if kind is not None]
    return frozenset().union(*known) if len(known) == len(kinds) else None


def expression_kinds(
    expression: Expression, kinds_of: Callable[[str], Kinds], *, has_keys: bool
) -> Kinds:
    """Return the kinds of the values of an expression.

    ``kinds_of`` returns those of a variable; ``has_keys`` states whether aggregates are over the
    groups of GROUP BY, which are never empty.
    """

    def kinds(part: Expression) -> Kinds:
        match part:
            case Var(name):
                return kinds_of(name)
            case Const(term):
                return frozenset({typed_kind(term)})
            case Exists():
                return _RESULTS["BOUND"]
            case Aggregate(name, argument):
                if argument is None:
                    return _INTEGER
                values = kinds(argument)
                if name == "GROUP_CONCAT":
                    is_variable = isinstance(argument, Var)
                    return _joined_kinds(values, is_variable=is_variable, has_keys=has_keys)
                return _aggregate_kinds(name, values, has_keys=has_keys)
            case Call(name, arguments):
                if name in _RESULTS:
                    return _RESULTS[name]
                return _call_kinds(name, [kinds(argument) for argument in arguments])

    return kinds(expression)


def _aggregate_kinds(name: str, values: Kinds, *, has_keys: bool) -> Kinds:
    match name:
        case "COUNT":
            return _INTEGER
        case "MIN" | "MAX" | "SAMPLE":
            return values
        case "SUM" | "AVG":
            # Of nothing, both are the integer 0.
            nothing = frozenset[str]() if has_keys else _INTEGER
            operator = "+" if name == "SUM" else "/"
            return union(_arithmetic_kinds(operator, values, values), nothing)
    return None


def _joined_kinds(values: Kinds, *, is_variable: bool, has_keys: bool) -> Kinds:
    """Return the kinds of a GROUP_CONCAT; see ``kg.sparql.adaptation`` for that of a variable."""
    if values is None:
        return None
    if not is_variable and f"^^{RDF.dirLangString}" in values:
        return None
    strings = _strings(values) or frozenset()
    if is_variable and strings != values:
        strings |= _STRING
    # Of several languages, or of nothing, it is a string without a language.
    return strings if len(strings) == 1 and has_keys else strings | _STRING


def _call_kinds(name: str, arguments: list[Kinds]) -> Kinds:
    match name:
        case "IF":
            return union(*arguments[1:])
        case "COALESCE":
            return union(*arguments)
        case "+" | "-" | "*" | "/":
            return _arithmetic_kinds(name, *arguments[:2])
        case "NEGATE" | "ABS" | "ROUND" | "FLOOR" | "CEIL":
            return _arithmetic_kinds("+", arguments[0], arguments[0])
        case "UCASE" | "LCASE" | "SUBSTR" | "REPLACE":
            return _strings(arguments[0])
        case "STRBEFORE" | "STRAFTER":
            # Without a match, a string without a language.
            return union(_strings(arguments[0]), _STRING)
        case "CONCAT":
            return union(_STRING, *map(_strings, arguments))
    return None


def _strings(kinds: Kinds) -> Kinds:
    """Return those of the kinds that functions on strings accept."""
    if kinds is None:
        return None
    return frozenset(kind for kind in kinds if kind == "string" or kind.startswith("@"))


def _arithmetic_kinds(operator: str, left: Kinds, right: Kinds) -> Kinds:
    if left is None or right is None:
        return None
    numbers = [_operands(left), _operands(right)]
    if not frozenset().union(*numbers) <= set(_NUMBERS):
        return None
    results = set()
    for pair in product(*numbers):
        result = max(pair, key=_NUMBERS.index)
        results.add("decimal" if operator == "/" and result == "integer" else result)
    return frozenset(results)


def _operands(kinds: frozenset[str]) -> frozenset[str]:
    return frozenset(kind for kind in kinds if kind not in _NO_OPERANDS and kind[0] != "@")
