"""REGEX and REPLACE in SQL, for patterns that both engines understand alike.

DuckDB matches with RE2, Oxigraph with a library made after it. Only constant patterns of letters,
digits, ASCII classes, groups, alternatives and simple repetition are supported; a text with a line
break, where a dot may differ, is left to Oxigraph.
"""

from __future__ import annotations

import re
from typing import Final

import pyoxigraph as ox

from kg.engine.columnar.columns import UNBOUND, Column, quote_literal
from kg.engine.columnar.scope import Scope
from kg.engine.columnar.term_types import Storage, is_text
from kg.sparql.unsupported import Reason, UnsupportedQueryError

_PLAIN: Final = r"[A-Za-z0-9 /_,:;#%&=@~<>\"'-]"
_CLASS: Final = r"\[\^?(?:[A-Za-z0-9]-[A-Za-z0-9]|[A-Za-z0-9 /_])+\]"
_PATTERN: Final = re.compile(rf"\^?(?:(?:{_PLAIN}|{_CLASS}|\.|\(|\)|\|)(?:[+*?](?![+*?]))?)*\$?")
_REPLACEMENT: Final = re.compile(r"(?:[^$\\]|\$[1-9](?![A-Za-z0-9_]))*")


def regex(scope: Scope, _: str, arguments: list[Column]) -> Column:
    """Return the value of REGEX."""
    text = _string(scope, arguments[0])
    if text is None:
        return UNBOUND
    pattern = _pattern(arguments[1])
    flags = _constant(arguments[2]) if arguments[2:] else ""
    if flags not in {"", "i"}:
        raise UnsupportedQueryError(Reason.ARGUMENTS)
    options = f", {quote_literal(flags)}" if flags else ""
    test = f"regexp_matches({text.sql}, {quote_literal(pattern)}{options})"
    sql = _without_line_breaks(text, test, "BOOLEAN")
    return Column(sql, Storage.BOOLEAN, frozenset({"boolean"}), text.nullable)


def replace(scope: Scope, _: str, arguments: list[Column]) -> Column:
    """Return the value of REPLACE without flags."""
    text = _string(scope, arguments[0])
    if text is None:
        return UNBOUND
    pattern, replacement = _pattern(arguments[1]), _constant(arguments[2])
    if re.search(pattern, "") or not _REPLACEMENT.fullmatch(replacement):
        # The engines may differ in what an empty match, or an unusual reference, means.
        raise UnsupportedQueryError(Reason.ARGUMENTS)
    written = quote_literal(re.sub(r"\$([1-9])", r"\\\1", replacement))
    changed = f"regexp_replace({text.sql}, {quote_literal(pattern)}, {written}, 'g')"
    sql = _without_line_breaks(text, changed, "VARCHAR")
    return Column(sql, Storage.TEXT, text.kinds, text.nullable)


def _without_line_breaks(text: Column, sql: str, sql_type: str) -> str:
    return (
        f"(CASE WHEN contains({text.sql}, chr(10)) THEN error('a line break')::{sql_type} "
        f"ELSE {sql} END)"
    )


def _string(scope: Scope, value: Column) -> Column | None:
    """Return the text of strings of a kind, None if it is a kind of other terms."""
    if is_text(value.kind):
        return scope.text(value)
    if value.kind and not value.kind.startswith("^^"):
        return None
    raise UnsupportedQueryError(Reason.ARGUMENTS)


def _pattern(column: Column) -> str:
    pattern = _constant(column)
    if not _PATTERN.fullmatch(pattern):
        raise UnsupportedQueryError(Reason.ARGUMENTS)
    try:
        re.compile(pattern)
    except re.error as error:
        raise UnsupportedQueryError(Reason.ARGUMENTS) from error
    return pattern


def _constant(column: Column) -> str:
    if not isinstance(column.term, ox.Literal) or column.kind != "string":
        raise UnsupportedQueryError(Reason.ARGUMENTS)
    return column.term.value
