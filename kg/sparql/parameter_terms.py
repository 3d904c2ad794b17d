"""Parameters of a query as terms in its patterns, so that Oxigraph can begin with them.

Oxigraph chooses the order of joins before it knows its own substitutions for variables: a query
about one event then goes through all votes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from kg.sparql.algebra import Term
from kg.sparql.lexer import LexicalError, Token, group_end, query_form, tokenize

_MODIFIERS: Final = ("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES")
_Names = frozenset[str]


def with_terms(query: str, parameters: Mapping[str, Term]) -> str | None:
    """Return a SELECT or ASK with terms in place of the variables with their names.

    A projected variable keeps its name, with the term as its value. A variable of a sub-select that
    does not project it is another one.

    Returns:
        The query, or None if terms may change its meaning. It is not valid if a term stands where
        only a variable can (``BOUND``, ``VALUES``).
    """
    try:
        tokens = tokenize(query)
    except LexicalError:
        return None
    form = query_form(tokens)
    # MINUS has no effect without a common variable.
    if form is None or any(token.is_word("MINUS") for token in tokens):
        return None
    substitution = _Substitution(tokens, parameters)
    try:
        if tokens[form].is_word("SELECT"):
            substitution.select(form, len(tokens), frozenset(parameters), is_outermost=True)
        elif tokens[form].is_word("ASK"):
            substitution.group(form, len(tokens), frozenset(parameters))
        else:
            return None
    except _UnknownFormError:
        return None
    for start, end, text in sorted(substitution.replacements, reverse=True):
        query = query[:start] + text + query[end:]
    return query


class _UnknownFormError(Exception):
    """Terms may change the meaning of the query."""


class _Substitution:
    """Collects replacements, each with its start and end in the text."""

    def __init__(self, tokens: list[Token], parameters: Mapping[str, Term]) -> None:
        self._tokens = tokens
        self._parameters = parameters
        self.replacements: list[tuple[int, int, str]] = []

    def select(self, place: int, end: int, visible: _Names, *, is_outermost: bool) -> None:
        """Replace variables of a SELECT, which ends before a place."""
        start = next((n for n, depth in self._nested(place, end) if self._opens(n, depth)), None)
        if start is None:
            raise _UnknownFormError
        items = list(self._nested(place + 1, start))
        if any(self._tokens[n].is_mark("*") and depth == 0 for n, depth in items):
            raise _UnknownFormError
        projected = {self._name(n) for n, depth in items if depth == 0}
        inner = visible if is_outermost else visible & projected
        after = group_end(self._tokens, start)
        grouped = self._modifiers(after, end, inner, is_outermost=is_outermost)
        for n, depth in items:
            if self._name(n) not in inner or self._tokens[n - 1].is_word("AS"):
                continue
            if depth or not is_outermost:
                self._replace(n, self._term(n) if depth else "")
            elif self._name(n) not in grouped:
                self._replace(n, self._named_term(n))
        if not is_outermost and projected - {""} <= inner and not any(d for _, d in items):
            raise _UnknownFormError  # nothing would be projected
        self.group(start, after, inner)

    def group(self, start: int, end: int, visible: _Names) -> None:
        """Replace variables of a group, and of its sub-selects."""
        place = start
        while place < end:
            if self._tokens[place].is_word("SELECT"):
                closing = group_end(self._tokens, place - 1) - 1
                self.select(place, closing, visible, is_outermost=False)
                place = closing
            elif self._name(place) in visible:
                self._replace(place, self._term(place))
            place += 1

    def _modifiers(self, start: int, end: int, inner: _Names, *, is_outermost: bool) -> _Names:
        """Replace variables of solution modifiers; return those by which solutions are grouped."""
        modifier, kept, grouped = "", 0, dict[str, int]()
        for n, depth in self._nested(start, end):
            token = self._tokens[n]
            if depth == 0 and token.is_word(*_MODIFIERS):
                modifier = token.text
            elif modifier == "GROUP" and depth == 0 and self._name(n) in inner:
                grouped.setdefault(self._name(n), n)
            elif self._name(n) in inner and modifier in {"GROUP", "HAVING"}:
                self._replace(n, self._term(n))
            elif self._name(n) in inner and not (modifier == "ORDER" and is_outermost):
                raise _UnknownFormError
            elif modifier == "GROUP" and not token.is_word("BY"):
                kept += 1
        # A group without keys would have a solution even if it were empty.
        has_named_keys = is_outermost or not kept
        for n in grouped.values():
            self._replace(n, self._named_term(n) if has_named_keys else "")
        return frozenset(grouped)

    def _nested(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield places with the number of parentheses and braces around them."""
        depth = 0
        for n in range(start, end):
            depth -= self._tokens[n].is_mark(")", "}")
            yield n, depth
            depth += self._tokens[n].is_mark("(", "{")

    def _opens(self, place: int, depth: int) -> bool:
        return depth == 0 and self._tokens[place].is_mark("{")

    def _name(self, place: int) -> str:
        """Return the name of the variable at a place, empty for any other token."""
        token = self._tokens[place]
        return token.text[1:] if token.kind == "var" else ""

    def _term(self, place: int) -> str:
        return str(self._parameters[self._name(place)])

    def _named_term(self, place: int) -> str:
        return f"({self._term(place)} AS ?{self._name(place)})"

    def _replace(self, place: int, text: str) -> None:
        token = self._tokens[place]
        self.replacements.append((token.start, token.end, text))
