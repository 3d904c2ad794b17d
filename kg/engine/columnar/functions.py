"""SPARQL functions in SQL: those verified to return the same values in both engines."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from kg.engine.columnar import casts, numerics, regular_expressions
from kg.engine.columnar.columns import UNBOUND, Column, quote_literal
from kg.engine.columnar.comparison import equality
from kg.engine.columnar.scope import Scope
from kg.engine.columnar.term_types import Storage, datatype_of, is_literal, is_opaque, is_text
from kg.rdf.vocabulary import RDF, XSD
from kg.sparql.unsupported import Reason, UnsupportedQueryError

_Function = Callable[[Scope, str, list[Column]], Column]
_STRING: Final = frozenset({"string"})
_BOOLEAN: Final = frozenset({"boolean"})
_DATE_PARTS: Final = {"YEAR": "year", "MONTH": "month", "DAY": "day"}
#: Letters whose case mapping differs between the engines, for some only within a word.
CASE_MAPPING_DIFFERS: Final = (
    r"[\xdf\x{130}\x{149}\x{19b}\x{1f0}\x{264}\x{390}\x{3a3}\x{3b0}\x{587}\x{1c80}-\x{1c8f}"
    r"\x{1e96}-\x{1e9a}\x{1f50}-\x{1fff}\x{a7c0}-\x{a7df}\x{fb00}-\x{fb17}"
    r"\x{10d50}-\x{10d8f}\x{16ea0}-\x{16edf}]"
)
#: Kinds of which it is not known whether they are strings: with a base direction.
UNCERTAIN_TEXTS: Final = frozenset({f"^^{RDF.iri}dirLangString"})
#: Arguments of SUBSTR without a length.
_WITHOUT_LENGTH: Final = 2
_PLAIN_IRI: Final = "https?://[A-Za-z0-9][A-Za-z0-9./_#-]*"
_LANGUAGE: Final = re.compile(r"'([A-Za-z]+|\*)'")


def call(scope: Scope, name: str, arguments: list[Column]) -> Column:
    """Return the value of a function.

    Raises:
        UnsupportedQueryError: if it is not supported, or not for these arguments.
    """
    if name not in _FUNCTIONS:
        raise UnsupportedQueryError(Reason.FUNCTION)
    function, min_arguments, max_arguments = _FUNCTIONS[name]
    if not min_arguments <= len(arguments) <= max_arguments:
        raise UnsupportedQueryError(Reason.SYNTAX)
    if any(argument.is_unbound for argument in arguments):
        return UNBOUND
    try:
        return function(scope, name, arguments)
    except _ValueError:
        return UNBOUND


class _ValueError(Exception):
    """The value is an error for all terms of an argument's kind."""


def string(sql: str, *, nullable: bool, origin: Column | None = None) -> Column:
    """Return a plain string in SQL as a column."""
    return Column(sql, Storage.TEXT, _STRING, nullable, origin)


def str_value(scope: Scope, value: Column) -> Column:
    """Return the value of STR."""
    match value.storage:
        case Storage.INTEGER | Storage.BOOLEAN | Storage.DATE:
            return string(f"CAST({value.sql} AS VARCHAR)", nullable=value.nullable)
        case Storage.DECIMAL:
            return string(numerics.decimal_text(value.sql), nullable=value.nullable)
    if value.kind == "blank":
        raise _ValueError
    if "blank" in value.kinds:
        raise UnsupportedQueryError(Reason.ARGUMENTS)
    text = scope.text(value)
    return string(text.sql, nullable=text.nullable, origin=text.origin)


def _str(scope: Scope, _: str, arguments: list[Column]) -> Column:
    return str_value(scope, arguments[0])


def _lang(scope: Scope, _: str, arguments: list[Column]) -> Column:
    def language(kind: str) -> str:
        if not is_literal(kind):
            return "NULL"
        return quote_literal(kind[1:] if kind.startswith("@") else "")

    (value,) = arguments
    return string(f"({scope.by_kind(value, language)})", nullable=True)


def _langmatches(scope: Scope, _: str, arguments: list[Column]) -> Column:
    tag = _text(scope, arguments[0], _STRING)
    match = _LANGUAGE.fullmatch(arguments[1].sql) if arguments[1].is_constant else None
    if match is None:
        raise UnsupportedQueryError(Reason.ARGUMENTS)
    if match[1] == "*":
        return _truth(f"({tag.sql} <> '')", tag)
    language = match[1].lower()
    return _truth(f"({tag.sql} = '{language}' OR starts_with({tag.sql}, '{language}-'))", tag)


def _strlen(scope: Scope, _: str, arguments: list[Column]) -> Column:
    text = _text(scope, arguments[0])
    return numerics.integer(f"length({text.sql})", nullable=text.nullable)


def _substr(scope: Scope, _: str, arguments: list[Column]) -> Column:
    text = _text(scope, arguments[0])
    if any(numerics.has_no_value(argument) for argument in arguments[1:]):
        raise _ValueError
    if any(argument.storage is not Storage.INTEGER for argument in arguments[1:]):
        raise UnsupportedQueryError(Reason.ARGUMENTS)
    start = arguments[1].sql
    if len(arguments) == _WITHOUT_LENGTH:
        part = f"substring({text.sql}, greatest({start}, 1))"
    else:
        end = f"greatest({start} + {arguments[2].sql}, 1)"
        first = f"greatest({start}, 1)"
        part = f"substring({text.sql}, {first}, greatest({end} - {first}, 0))"
    are_bound = " AND ".join(f"{argument.sql} IS NOT NULL" for argument in arguments[1:])
    nullable = any(argument.nullable for argument in arguments)
    sql = f"(CASE WHEN {are_bound} THEN {part} END)"
    return Column(sql, Storage.TEXT, text.kinds, nullable)


def _iri(scope: Scope, _: str, arguments: list[Column]) -> Column:
    (value,) = arguments
    if value.kind == "iri":
        return value
    text = _text(scope, value, _STRING)
    # Any other may be invalid, or relative, and Oxigraph evaluates the query.
    is_plain = f"regexp_full_match({text.sql}, '{_PLAIN_IRI}') AND NOT contains({text.sql}, '/.')"
    sql = f"(CASE WHEN {is_plain} THEN {text.sql} ELSE error('an unusual IRI') END)"
    bound = f"(CASE WHEN {text.sql} IS NOT NULL THEN {sql} END)"
    return Column(bound, Storage.TEXT, frozenset({"iri"}), text.nullable)


def _change_case(scope: Scope, name: str, arguments: list[Column]) -> Column:
    text = _text(scope, arguments[0])
    function = "lower" if name == "LCASE" else "upper"
    # For a text with such a letter, DuckDB raises an error and Oxigraph evaluates the query. A text
    # of as many bytes as characters is ASCII and has none.
    has_others = f"strlen({text.sql}) > length({text.sql})"
    differs = f"{has_others} AND regexp_matches({text.sql}, '{CASE_MAPPING_DIFFERS}')"
    sql = f"CASE WHEN {differs} THEN error('unlike letters') ELSE {function}({text.sql}) END"
    return Column(f"({sql})", Storage.TEXT, text.kinds, text.nullable)


def _search(scope: Scope, name: str, arguments: list[Column]) -> Column:
    text = _text(scope, arguments[0])
    part = _text(scope, arguments[1])
    if part.kind not in {"string", text.kind}:
        raise _ValueError
    function = {"CONTAINS": "contains", "STRSTARTS": "starts_with", "STRENDS": "ends_with"}[name]
    return _truth(f"{function}({text.sql}, {part.sql})", text, part)


def _split(scope: Scope, name: str, arguments: list[Column]) -> Column:
    text, part = (_text(scope, argument, _STRING) for argument in arguments)
    position = f"instr({text.sql}, {part.sql})"
    if name == "STRBEFORE":
        rest = f"substring({text.sql}, 1, {position} - 1)"
    else:
        rest = f"substring({text.sql}, {position} + length({part.sql}))"
    sql = f"CASE WHEN contains({text.sql}, {part.sql}) THEN {rest} ELSE '' END"
    are_bound = f"{text.sql} IS NOT NULL AND {part.sql} IS NOT NULL"
    nullable = text.nullable or part.nullable
    return string(f"(CASE WHEN {are_bound} THEN {sql} END)", nullable=nullable)


def _concat(scope: Scope, _: str, arguments: list[Column]) -> Column:
    if not arguments:
        return string("''", nullable=False)
    texts = [_text(scope, argument) for argument in arguments]
    kinds = {text.kind for text in texts}
    kind = kinds.pop() if len(kinds) == 1 else "string"
    sql = f"({' || '.join(text.sql for text in texts)})"
    return Column(sql, Storage.TEXT, frozenset({kind}), any(text.nullable for text in texts))


def _date_part(_: Scope, name: str, arguments: list[Column]) -> Column:
    (value,) = arguments
    if value.kind and not is_opaque(value.kind) and value.kind != "date":
        raise _ValueError
    if value.storage is not Storage.DATE:
        raise UnsupportedQueryError(Reason.ARGUMENTS)
    return numerics.integer(f"{_DATE_PARTS[name]}({value.sql})", nullable=value.nullable)


def _is_numeric(scope: Scope, _: str, arguments: list[Column]) -> Column:
    def answer(kind: str) -> str:
        if is_opaque(kind) and kind.startswith(f"^^{XSD.iri}"):
            raise UnsupportedQueryError(Reason.ARGUMENTS)
        return str(kind in numerics.INTEGER | numerics.DECIMAL).lower()

    (value,) = arguments
    return _truth(f"({scope.by_kind(value, answer)})", value)


def _datatype(scope: Scope, _: str, arguments: list[Column]) -> Column:
    def datatype(kind: str) -> str:
        return quote_literal(datatype_of(kind)) if is_literal(kind) else "NULL"

    (value,) = arguments
    sql = f"({scope.by_kind(value, datatype)})"
    return Column(sql, Storage.TEXT, frozenset({"iri"}), nullable=True)


def _round(_: Scope, name: str, arguments: list[Column]) -> Column:
    return numerics.round_number(name, arguments[0])


def _is(scope: Scope, name: str, arguments: list[Column]) -> Column:
    def answer(kind: str) -> str:
        match name:
            case "ISLITERAL":
                return str(is_literal(kind)).lower()
            case "ISBLANK":
                return str(kind == "blank").lower()
        return str(kind == "iri").lower()

    (value,) = arguments
    return _truth(f"({scope.by_kind(value, answer)})", value)


def _sameterm(scope: Scope, _: str, arguments: list[Column]) -> Column:
    left, right = arguments
    if left.is_numeric and right.is_numeric and left.storage is not right.storage:
        sql = f"CASE WHEN {left.sql} IS NOT NULL AND {right.sql} IS NOT NULL THEN false END"
        return _truth(sql, left, right)
    return _truth(equality(scope, left, right), left, right)


def _text(scope: Scope, value: Column, kinds: frozenset[str] = frozenset()) -> Column:
    """Return the text of strings of a single kind, with or without a language."""
    if value.kind and not is_text(value.kind) and value.kind not in UNCERTAIN_TEXTS:
        raise _ValueError
    if not is_text(value.kind) or (kinds and value.kinds != kinds):
        raise UnsupportedQueryError(Reason.ARGUMENTS)
    return scope.text(value)


def _truth(sql: str, *operands: Column) -> Column:
    nullable = any(operand.nullable for operand in operands)
    return Column(sql, Storage.BOOLEAN, _BOOLEAN, nullable)


#: By name: the function that compiles it, and its minimum and maximum number of arguments.
_FUNCTIONS: Final[dict[str, tuple[_Function, int, int]]] = {
    "STR": (_str, 1, 1),
    "LANG": (_lang, 1, 1),
    "LANGMATCHES": (_langmatches, 2, 2),
    "STRLEN": (_strlen, 1, 1),
    "SUBSTR": (_substr, 2, 3),
    "UCASE": (_change_case, 1, 1),
    "LCASE": (_change_case, 1, 1),
    "CONTAINS": (_search, 2, 2),
    "STRSTARTS": (_search, 2, 2),
    "STRENDS": (_search, 2, 2),
    "STRBEFORE": (_split, 2, 2),
    "STRAFTER": (_split, 2, 2),
    "CONCAT": (_concat, 0, 99),
    "YEAR": (_date_part, 1, 1),
    "MONTH": (_date_part, 1, 1),
    "DAY": (_date_part, 1, 1),
    "ROUND": (_round, 1, 1),
    "FLOOR": (_round, 1, 1),
    "CEIL": (_round, 1, 1),
    "ABS": (_round, 1, 1),
    "ISIRI": (_is, 1, 1),
    "ISURI": (_is, 1, 1),
    "ISBLANK": (_is, 1, 1),
    "ISLITERAL": (_is, 1, 1),
    XSD.integer: (casts.to_integer, 1, 1),
    XSD.decimal: (casts.to_decimal, 1, 1),
    XSD.string: (_str, 1, 1),
    "REGEX": (regular_expressions.regex, 2, 3),
    "REPLACE": (regular_expressions.replace, 3, 3),
    "STRDT": (casts.with_datatype, 2, 2),
    "IRI": (_iri, 1, 1),
    "URI": (_iri, 1, 1),
    "ISNUMERIC": (_is_numeric, 1, 1),
    "DATATYPE": (_datatype, 1, 1),
    "SAMETERM": (_sameterm, 2, 2),
}
