"""The functions that have been proven equal in both engines, in SQL."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from kg.engine.columnar import numerics
from kg.engine.columnar.columns import NOTHING, Column, quoted
from kg.engine.columnar.comparison import equality
from kg.engine.columnar.scope import Scope
from kg.engine.columnar.term_types import Form, is_literal
from kg.sparql.unsupported import Reason, UnsupportedQueryError

_Function = Callable[[Scope, str, list[Column]], Column]
_STRING: Final = frozenset({"string"})
_BOOLEAN: Final = frozenset({"boolean"})
_DATE_PARTS: Final = {"YEAR": "year", "MONTH": "month", "DAY": "day"}
#: Letters that the two engines map differently between cases, some only within a word.
UNLIKE: Final = (
    r"[\xdf\x{130}\x{149}\x{19b}\x{1f0}\x{264}\x{390}\x{3a3}\x{3b0}\x{587}\x{1c80}-\x{1c8f}"
    r"\x{1e96}-\x{1e9a}\x{1f50}-\x{1fff}\x{a7c0}-\x{a7df}\x{fb00}-\x{fb17}"
    r"\x{10d50}-\x{10d8f}\x{16ea0}-\x{16edf}]"
)
_INTEGER: Final = re.compile(r"\(([0-9]{1,9})\)::BIGINT")
_LANGUAGE: Final = re.compile(r"'([A-Za-z]+|\*)'")


def call(scope: Scope, name: str, arguments: list[Column]) -> Column:
    """Return the value of a function.

    Raises:
        UnsupportedQueryError: if it is not known to be equal, or not for these arguments.
    """
    if name not in _FUNCTIONS:
        raise UnsupportedQueryError(Reason.FUNCTION)
    function, least, most = _FUNCTIONS[name]
    if not least <= len(arguments) <= most:
        raise UnsupportedQueryError(Reason.SYNTAX)
    if any(one.is_nothing for one in arguments):
        return NOTHING
    return function(scope, name, arguments)


def string(sql: str, *, maybe: bool, origin: Column | None = None) -> Column:
    """Return a plain string in SQL as a column."""
    return Column(sql, Form.TEXT, _STRING, maybe, origin)


def spelling(scope: Scope, value: Column) -> Column:
    """Return what STR tells of a term."""
    match value.form:
        case Form.INTEGER | Form.BOOLEAN | Form.DATE:
            return string(f"CAST({value.sql} AS VARCHAR)", maybe=value.maybe)
        case Form.DECIMAL:
            return string(numerics.decimal_text(value.sql), maybe=value.maybe)
    if "blank" in value.kinds:
        raise UnsupportedQueryError(Reason.ARGUMENTS)
    told = scope.text(value)
    return string(told.sql, maybe=told.maybe, origin=told.origin)


def _str(scope: Scope, _: str, arguments: list[Column]) -> Column:
    return spelling(scope, arguments[0])


def _lang(scope: Scope, _: str, arguments: list[Column]) -> Column:
    def told(kind: str) -> str:
        if not is_literal(kind):
            return "NULL"
        return quoted(kind[1:] if kind.startswith("@") else "")

    (value,) = arguments
    if value.form not in {Form.ID, Form.TEXT}:
        return string(f"CASE WHEN {value.sql} IS NOT NULL THEN '' END", maybe=value.maybe)
    return string(scope.by_kind(value, told), maybe=True)


def _langmatches(scope: Scope, _: str, arguments: list[Column]) -> Column:
    tag = _text(scope, arguments[0], _STRING)
    found = _LANGUAGE.fullmatch(arguments[1].sql) if arguments[1].constant else None
    if found is None:
        raise UnsupportedQueryError(Reason.ARGUMENTS)
    if found[1] == "*":
        return _truth(f"({tag.sql} <> '')", tag)
    wanted = found[1].lower()
    return _truth(f"({tag.sql} = '{wanted}' OR starts_with({tag.sql}, '{wanted}-'))", tag)


def _strlen(scope: Scope, _: str, arguments: list[Column]) -> Column:
    told = _text(scope, arguments[0])
    return numerics.integer(f"length({told.sql})", maybe=told.maybe)


def _substr(scope: Scope, _: str, arguments: list[Column]) -> Column:
    told = _text(scope, arguments[0])
    places = [_INTEGER.fullmatch(one.sql) for one in arguments[1:] if one.constant]
    found = [int(place[1]) for place in places if place]
    if len(found) != len(arguments) - 1 or found[0] < 1:
        raise UnsupportedQueryError(Reason.ARGUMENTS)
    sql = f"substring({told.sql}, {', '.join(map(str, found))})"
    return Column(sql, Form.TEXT, told.kinds, told.maybe)


def _cased(scope: Scope, name: str, arguments: list[Column]) -> Column:
    told = _text(scope, arguments[0])
    function = "lower" if name == "LCASE" else "upper"
    # A text with a letter that the two engines may map differently ends the attempt.
    sql = (
        f"CASE WHEN regexp_matches({told.sql}, '{UNLIKE}') THEN error('unlike letters') "
        f"ELSE {function}({told.sql}) END"
    )
    return Column(f"({sql})", Form.TEXT, told.kinds, told.maybe)


def _searched(scope: Scope, name: str, arguments: list[Column]) -> Column:
    told = _text(scope, arguments[0])
    part = _text(scope, arguments[1], _STRING)
    function = {"CONTAINS": "contains", "STRSTARTS": "starts_with", "STRENDS": "ends_with"}[name]
    return _truth(f"{function}({told.sql}, {part.sql})", told, part)


def _split(scope: Scope, name: str, arguments: list[Column]) -> Column:
    told, part = (_text(scope, one, _STRING) for one in arguments)
    at = f"instr({told.sql}, {part.sql})"
    if name == "STRBEFORE":
        cut = f"substring({told.sql}, 1, {at} - 1)"
    else:
        cut = f"substring({told.sql}, {at} + length({part.sql}))"
    sql = f"CASE WHEN contains({told.sql}, {part.sql}) THEN {cut} ELSE '' END"
    known = f"{told.sql} IS NOT NULL AND {part.sql} IS NOT NULL"
    return string(f"(CASE WHEN {known} THEN {sql} END)", maybe=told.maybe or part.maybe)


def _concat(scope: Scope, _: str, arguments: list[Column]) -> Column:
    if not arguments:
        return string("''", maybe=False)
    told = [_text(scope, one) for one in arguments]
    kinds = {one.kind for one in told}
    kind = kinds.pop() if len(kinds) == 1 else "string"
    sql = f"({' || '.join(one.sql for one in told)})"
    return Column(sql, Form.TEXT, frozenset({kind}), any(one.maybe for one in told))


def _date_part(_: Scope, name: str, arguments: list[Column]) -> Column:
    (value,) = arguments
    if value.form is not Form.DATE:
        raise UnsupportedQueryError(Reason.ARGUMENTS)
    return numerics.integer(f"{_DATE_PARTS[name]}({value.sql})", maybe=value.maybe)


def _rounded(_: Scope, name: str, arguments: list[Column]) -> Column:
    return numerics.rounded(name, arguments[0])


def _is(scope: Scope, name: str, arguments: list[Column]) -> Column:
    def told(kind: str) -> str:
        match name:
            case "ISLITERAL":
                return str(is_literal(kind)).lower()
            case "ISBLANK":
                return str(kind == "blank").lower()
        return str(kind == "iri").lower()

    (value,) = arguments
    if value.form in {Form.ID, Form.TEXT}:
        return _truth(scope.by_kind(value, told), value)
    said = told(value.kind)
    return _truth(f"CASE WHEN {value.sql} IS NOT NULL THEN {said} END", value)


def _sameterm(scope: Scope, _: str, arguments: list[Column]) -> Column:
    one, other = arguments
    if one.is_numeric and other.is_numeric and one.form is not other.form:
        sql = f"CASE WHEN {one.sql} IS NOT NULL AND {other.sql} IS NOT NULL THEN false END"
        return _truth(sql, one, other)
    return _truth(equality(scope, one, other), one, other)


def _text(scope: Scope, value: Column, kinds: frozenset[str] = frozenset()) -> Column:
    """Return the text of a string of one kind, with or without a language."""
    is_string = value.kind == "string" or value.kind.startswith("@")
    if not is_string or (kinds and value.kinds != kinds):
        raise UnsupportedQueryError(Reason.ARGUMENTS)
    return scope.text(value)


def _truth(sql: str, *of: Column) -> Column:
    return Column(sql, Form.BOOLEAN, _BOOLEAN, any(one.maybe for one in of))


#: By name: what computes it, and how many arguments it takes at least and at most.
_FUNCTIONS: Final[dict[str, tuple[_Function, int, int]]] = {
    "STR": (_str, 1, 1),
    "LANG": (_lang, 1, 1),
    "LANGMATCHES": (_langmatches, 2, 2),
    "STRLEN": (_strlen, 1, 1),
    "SUBSTR": (_substr, 2, 3),
    "UCASE": (_cased, 1, 1),
    "LCASE": (_cased, 1, 1),
    "CONTAINS": (_searched, 2, 2),
    "STRSTARTS": (_searched, 2, 2),
    "STRENDS": (_searched, 2, 2),
    "STRBEFORE": (_split, 2, 2),
    "STRAFTER": (_split, 2, 2),
    "CONCAT": (_concat, 0, 99),
    "YEAR": (_date_part, 1, 1),
    "MONTH": (_date_part, 1, 1),
    "DAY": (_date_part, 1, 1),
    "ROUND": (_rounded, 1, 1),
    "FLOOR": (_rounded, 1, 1),
    "CEIL": (_rounded, 1, 1),
    "ABS": (_rounded, 1, 1),
    "ISIRI": (_is, 1, 1),
    "ISURI": (_is, 1, 1),
    "ISBLANK": (_is, 1, 1),
    "ISLITERAL": (_is, 1, 1),
    "SAMETERM": (_sameterm, 2, 2),
}
