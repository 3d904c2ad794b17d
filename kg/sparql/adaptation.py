"""Queries that Oxigraph answers otherwise than SPARQL 1.1 or its users expect, rewritten for it.

A rewritten query has the same answer wherever Oxigraph has the right one. What cannot be mended in
this way is in ``docs/known-differences.md``.
"""

from __future__ import annotations

from typing import Final

from kg.rdf.vocabulary import RDF, XSD
from kg.sparql.lexer import LexicalError, Token, group_end, query_form, tokenize

#: GROUP_CONCAT joins strings only: with an IRI or a number in the group it has no value.
_AS_STRING: Final = "IF(isLITERAL({0}) && DATATYPE({0}) IN (<{1}>, <{2}>), {0}, STR({0}))"
#: The variable of a sub-select whose value does not matter.
_ANY: Final = "?any_solution"


def adapted(query: str) -> str:
    """Return a query that Oxigraph answers as it should; most queries are returned unchanged.

    - GROUP_CONCAT of a variable joins IRIs, numbers and other literals by their text.
    - The solution modifiers of ASK, which Oxigraph does not parse, are those of a sub-select.
    """
    upper = query.upper()
    if "GROUP_CONCAT" not in upper and "HAVING" not in upper:
        return query
    try:
        tokens = tokenize(query)
    except LexicalError:
        return query
    replacements = [*_group_concat(tokens), *_ask(tokens)]
    for start, end, text in sorted(replacements, reverse=True):
        query = query[:start] + text + query[end:]
    return query


def in_query_order(query: str, variables: list[str]) -> list[str]:
    """Return the variables of a valid query; those of ``SELECT *`` in the order of the query.

    Oxigraph has them in alphabetical order.
    """
    return _ordered(query, variables)[1] if "*" in query else variables


def with_named_variables(query: str, variables: list[str]) -> str:
    """Return a query whose ``SELECT *`` names its variables in the order of the query.

    ``variables`` are those that Oxigraph has. A query of another form is returned unchanged.
    """
    star, ordered = _ordered(query, variables) if "*" in query else (None, variables)
    if star is None or ordered == variables:
        return query
    names = " ".join(f"?{name}" for name in ordered)
    return f"{query[: star.start]}{names}{query[star.end :]}"


def _ordered(query: str, variables: list[str]) -> tuple[Token | None, list[str]]:
    """Return the star of a query, if any, and the variables in order."""
    try:
        tokens = tokenize(query)
    except LexicalError:
        return None, variables
    place = query_form(tokens)
    if place is None or not tokens[place].is_word("SELECT"):
        return None, variables
    star = tokens[place + 1]
    if star.is_word("DISTINCT", "REDUCED"):
        star = tokens[place + 2]
    if not star.is_mark("*"):
        return None, variables
    used = dict.fromkeys(token.text[1:] for token in tokens if token.kind == "var")
    ordered = [name for name in used if name in variables]
    # Oxigraph may name a variable otherwise than the lexer.
    is_complete = len(ordered) == len(variables)
    return (star, ordered) if is_complete else (None, variables)


def _group_concat(tokens: list[Token]) -> list[tuple[int, int, str]]:
    replacements = []
    for place, token in enumerate(tokens):
        if not token.is_word("GROUP_CONCAT") or not tokens[place + 1].is_mark("("):
            continue
        variable = place + (3 if tokens[place + 2].is_word("DISTINCT") else 2)
        if tokens[variable].kind == "var" and tokens[variable + 1].is_mark(")", ";"):
            name = tokens[variable].text
            text = _AS_STRING.format(name, XSD.string, RDF.langString)
            replacements.append((tokens[variable].start, tokens[variable].end, text))
    return replacements


def _ask(tokens: list[Token]) -> list[tuple[int, int, str]]:
    """Return the insertions by which an ASK with HAVING becomes one of a sub-select."""
    place = query_form(tokens)
    if place is None or not tokens[place].is_word("ASK"):
        return []
    group = next((n for n in range(place, len(tokens)) if tokens[n].is_mark("{")), None)
    if group is None:
        return []
    modifiers = tokens[group_end(tokens, group) :]
    if not any(token.is_word("HAVING") for token in modifiers):
        return []
    is_named = tokens[group - 1].is_word("WHERE")
    start = tokens[group - 1 if is_named else group].start
    end = tokens[-2].end
    return [(start, start, f"{{ SELECT (1 AS {_ANY}) "), (end, end, " }")]
