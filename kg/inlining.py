"""A saved query with terms where its parameters stand, as text that can be sent anywhere.

A term in a pattern is what every engine plans for; a VALUES in each sub-select, and a join of
sub-selects on it, costs Virtuoso minutes. So a parameter becomes its term everywhere but where the
whole query names it as a column, to group by, or to order by: there one VALUES gives it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum, auto
from typing import Final

import pyoxigraph as ox

from kg.evaluation import Term
from kg.vocabulary import XSD

#: What is left alone (IRIs, strings, comments), parameters, and what begins or ends a part.
_PIECE: Final = re.compile(
    r"""
      <[^<>"{}|^`\\\s]*> | \#[^\n]*
    | "{3}[\s\S]*?"{3} | '{3}[\s\S]*?'{3} | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*'
    | [?$](?P<parameter>_\w+)
    | (?P<mark>[{}()*])
    | \b(?P<word>SELECT|GROUP\s+BY|ORDER\s+BY|HAVING|LIMIT|OFFSET|WHERE)\b
    """,
    re.VERBOSE | re.IGNORECASE,
)


class _Part(Enum):
    """A part of a query: the names of columns, of groups, of an order; or anything else."""

    COLUMNS = auto()
    GROUPS = auto()
    ORDER = auto()
    REST = auto()


_BEGINS: Final = {"SELECT": _Part.COLUMNS, "GROUP": _Part.GROUPS, "ORDER": _Part.ORDER}


def with_terms(text: str, terms: Mapping[str, Term]) -> str:
    """Return a query with a term for each of the variables named.

    A sub-select that names nothing but parameters, or groups by nothing else, does not come out as
    valid SPARQL: without them it would mean something else.
    """
    made: list[str] = []
    part, braces, brackets, end = _Part.REST, 0, 0, 0
    #: What the whole query names, and where its pattern begins in what is made.
    columns: dict[str, None] = {}
    pattern = None
    for piece in _PIECE.finditer(text):
        made.append(text[end : piece.start()])
        end = piece.end()
        kept = piece[0]
        if word := piece["word"]:
            part, brackets = _BEGINS.get(word.split()[0].upper(), _Part.REST), 0
        elif mark := piece["mark"]:
            brackets += {"(": 1, ")": -1}.get(mark, 0)
            if mark == "*" and part is _Part.COLUMNS and not braces + brackets:
                columns |= dict.fromkeys(terms)
            if mark == "{" and not braces and pattern is None:
                pattern = len(made) + 1
            if mark in "{}":
                part, braces = _Part.REST, braces + (1 if mark == "{" else -1)
        elif (name := piece["parameter"]) in terms:
            if part is _Part.REST or brackets:
                kept = _written(terms[name])
            elif braces:
                kept = ""
                end += text.startswith(" ", end)
            else:
                columns[name] = None
        made.append(kept)
    made.append(text[end:])
    if pattern is not None:
        made[pattern:pattern] = [
            f" VALUES ?{name} {{ {_written(terms[name])} }}" for name in columns
        ]
    return "".join(made)


def _written(term: Term) -> str:
    if (
        isinstance(term, ox.Literal)
        and term.datatype.value == XSD.integer
        and term.value.isdecimal()
    ):
        return term.value
    return str(term)
