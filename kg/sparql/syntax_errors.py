"""Descriptions of syntax errors in queries, in a sentence with line and column.

Oxigraph decides whether a query is valid. Its message lists the terminals of its grammar that would
have been possible at the furthest position it reached, which is often behind the mistake. This
module first looks for the usual mistakes among the tokens, and only then repeats the position.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from itertools import pairwise
from typing import Final, NamedTuple

from kg.errors import QueryError
from kg.rdf.vocabulary import PREFIXES, with_prefixes
from kg.sparql.lexer import LexicalError, Token, tokenize

_POSITION: Final = re.compile(r"error at (\d+):(\d+): ")
_UNBOUND: Final = "The SELECT contains a variable that is unbound"
_FORMS: Final = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_UPDATES: Final = frozenset(
    ("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH")
)
_CLOSING: Final = {"{": "}", "(": ")", "[": "]"}
_AGGREGATES: Final = ("COUNT", "SUM", "AVG", "MIN", "MAX", "SAMPLE", "GROUP_CONCAT")
#: The kinds of tokens that can be a subject or, but for blank nodes, a predicate.
_TERMS: Final = frozenset({"var", "iri", "name", "blank"})
#: Typographic quotation marks, which word processors insert, and the straight ones.
_STRAIGHT: Final = {"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'"}


class _Mistake(NamedTuple):
    """A mistake at a position, in characters."""

    position: int
    message: str


def syntax_error(query: str, error: Exception) -> QueryError:
    """Return the error for a query that a parser rejected: the first mistake, with its place.

    The line of prefixes that ``with_prefixes`` adds to a query is not counted.

    >>> print(syntax_error("SELEC ?s {}", SyntaxError("error at 1:10: expected CONSTRUCT")))
    syntax error in line 1, column 1: expected SELECT, ASK, CONSTRUCT or DESCRIBE, found SELEC; \
did you mean SELECT?
    """
    added = with_prefixes("")
    start = len(added) if query.startswith(added) else 0
    mistake = _mistake(query, start, str(error))
    line, column = _line_and_column(query[start:], mistake.position - start)
    return QueryError(f"syntax error in line {line}, column {column}: {mistake.message}")


def _mistake(query: str, start: int, error: str) -> _Mistake:
    try:
        tokens = tokenize(query)
    except LexicalError as lexical:
        return _Mistake(lexical.position, _no_token(query[lexical.position]))
    searches = (_form, _brackets, _prefixes, _selection, _triples)
    usual = next((found for search in searches for found in search(query, tokens, start)), None)
    if usual:
        return usual
    if _UNBOUND in error:
        message = "SELECT has a variable that is neither in GROUP BY nor inside an aggregate"
        return _Mistake(_first(tokens, start).start, message)
    token = _last_reached(query, tokens, error)
    text = query[token.start : token.end][:60]
    return _Mistake(token.start, f"the query is not valid SPARQL at or before {text}")


def _no_token(character: str) -> str:
    if straight := _STRAIGHT.get(character):
        return f"expected a straight quotation mark ({straight}), found {character}"
    if character in _STRAIGHT.values():
        return f"the text that begins with {character} has no end in its line"
    return f"{character!r} cannot begin a part of a query here"


def _form(query: str, tokens: Sequence[Token], start: int) -> Iterator[_Mistake]:
    """Find a query without its form, or an update."""
    token = _first(tokens, start)
    if token.is_word(*_FORMS):
        return
    expected = f"expected {', '.join(_FORMS[:-1])} or {_FORMS[-1]}"
    if token.is_word(*_UPDATES):
        yield _Mistake(
            token.start, f"{expected}, found the update {token.text}; data are read-only"
        )
    elif token.kind == "end":
        yield _Mistake(token.start, f"{expected}, found no query")
    else:
        original = query[token.start : token.end]
        close = get_close_matches(token.text, _FORMS, n=1) if token.kind == "word" else []
        hint = f"; did you mean {close[0]}?" if close else ""
        yield _Mistake(token.start, f"{expected}, found {original[:60]}{hint}")


def _brackets(query: str, tokens: Sequence[Token], start: int) -> Iterator[_Mistake]:
    """Find brackets without their counterparts."""
    opened: list[Token] = []
    for token in tokens:
        if token.is_mark(*_CLOSING):
            opened.append(token)
        elif token.is_mark(*_CLOSING.values()):
            if not opened:
                yield _Mistake(token.start, f"this {token.text} closes nothing")
            elif _CLOSING[opened[-1].text] != token.text:
                line, column = _line_and_column(query[start:], opened[-1].start - start)
                message = (
                    f"expected {_CLOSING[opened[-1].text]} for the {opened[-1].text} in line "
                    f"{line}, column {column}, found {token.text}"
                )
                yield _Mistake(token.start, message)
            else:
                opened.pop()
                continue
            return
    if opened:
        yield _Mistake(opened[-1].start, f"this {opened[-1].text} is never closed")


def _prefixes(query: str, tokens: Sequence[Token], start: int) -> Iterator[_Mistake]:
    """Find prefixes that are not declared."""
    declared = {
        name.text.partition(":")[0]
        for word, name in pairwise(tokens)
        if word.is_word("PREFIX") and name.kind == "name"
    }
    for token in tokens:
        prefix = token.text.partition(":")[0]
        if token.kind == "name" and prefix not in declared:
            hint = f"; add PREFIX {prefix}: <{PREFIXES[prefix]}>" if prefix in PREFIXES else ""
            yield _Mistake(token.start, f"the prefix {prefix}: is not declared{hint}")


def _selection(query: str, tokens: Sequence[Token], start: int) -> Iterator[_Mistake]:
    """Find expressions after SELECT without parentheses or name."""
    for before, token, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if (
            token.is_word(*_AGGREGATES)
            and after.is_mark("(")
            and (before.is_word("SELECT", "DISTINCT", "REDUCED") or before.kind == "var")
        ):
            message = f"expected an expression with a name: ({token.text}(...) AS ?name)"
            yield _Mistake(token.start, message)
        if token.is_word("AS") and after.kind in {"word", "name", "string"}:
            original = query[after.start : after.end]
            yield _Mistake(after.start, f"expected a variable after AS, such as ?{original}")


def _triples(query: str, tokens: Sequence[Token], start: int) -> Iterator[_Mistake]:
    """Find triples without an object."""
    for number, token in enumerate(tokens[:-3]):
        is_block = token.is_mark("{") and _is_values_block(tokens, number)
        subject, predicate, end = tokens[number + 1 : number + 4]
        if (
            token.is_mark("{", ".")
            and not is_block
            and subject.kind in _TERMS
            and (predicate.kind in _TERMS or predicate.is_word("A"))
            and end.is_mark("}", ".")
        ):
            yield _Mistake(end.start, f"expected the object of a triple, found {end.text}")


def _is_values_block(tokens: Sequence[Token], brace: int) -> bool:
    before = tokens[max(brace - 2, 0) : brace]
    return any(token.is_word("VALUES") or token.is_mark(")") for token in before)


def _first(tokens: Sequence[Token], start: int) -> Token:
    """Return the first token after the declarations."""
    rest = (token for token in tokens if token.start >= start)
    for token in rest:
        if token.is_word("PREFIX"):
            next(rest, None)
            next(rest, None)
        elif token.is_word("BASE"):
            next(rest, None)
        else:
            return token
    return tokens[-1]


def _last_reached(query: str, tokens: Sequence[Token], error: str) -> Token:
    """Return the last token that Oxigraph reached."""
    match = _POSITION.match(error)
    if match is None:
        return tokens[-1]
    line, column = int(match[1]), int(match[2])
    starts = [0, *(found.end() for found in re.finditer("\n", query))]
    reached = starts[min(line, len(starts)) - 1] + column - 1
    at_or_before = [token for token in tokens[:-1] if token.start <= reached]
    return at_or_before[-1] if at_or_before else tokens[-1]


def _line_and_column(query: str, position: int) -> tuple[int, int]:
    """Return line and column of a position, both counted from 1."""
    return query.count("\n", 0, position) + 1, position - query.rfind("\n", 0, position)
