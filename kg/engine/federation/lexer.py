"""The words of a query: what SPARQL's grammar calls terminals.

https://www.w3.org/TR/sparql11-query/#sparqlGrammar, section 19.8. Only queries that Oxigraph has
found valid are read here, to see where their parts begin and end; where its grammar and this one
differ (an ``<`` that could begin an IRI or compare) the query is refused later, or a variable too
many is seen, never one too few.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from kg.errors import ForbiddenServiceError, QueryError

#: Brackets inside brackets, and groups inside groups, that are read.
MAX_DEPTH: Final = 60

_ESCAPE: Final = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_LOCAL: Final = r"[\w:%·]|\\[_~.\-!$&'()*+,;=/?#@%]"
#: Literals in one quotation mark and in three.
_SHORT: Final = r"{0}(?:[^{0}\\\r\n]|\\.)*+{0}"
_LONG: Final = r"{0}{{3}}(?>(?:{0}{{0,2}}+(?:[^{0}\\]|\\.))*){0}{{3}}"
_TOKEN: Final = re.compile(
    rf"""
      (?P<space>[ \t\r\n]++|\#[^\r\n]*+)
    | (?P<iri><(?:[^<>"{{}}|^`\\\x00-\x20]|{_ESCAPE})*+>)
    | (?P<string>{_LONG.format('"')} | {_LONG.format("'")} | {_SHORT.format('"')}
        | {_SHORT.format("'")})
    | (?P<variable>[?$][\w·]++)
    | (?P<blank>_:\w(?:[\w.·-]*[\w·-])?)
    | (?P<name>(?:[^\W\d_][\w.·-]{{0,100}}+(?<!\.))?:
        (?:(?:{_LOCAL})(?:(?:{_LOCAL}|[.-])*(?:{_LOCAL}|-))?)?)
    | (?P<word>[A-Za-z][A-Za-z0-9_]*+)
    | (?P<language>@[A-Za-z][A-Za-z0-9-]*+)
    | (?P<number>\d++(?:\.\d++)?(?:[eE][+-]?\d++)?|\.\d++(?:[eE][+-]?\d++)?)
    | (?P<mark>\{{\||\|\}}|\^\^|&&|\|\||!=|<=|>=|<<|>>|[{{}}()\[\].;,=<>!+*/|^?&~-])
    """,
    re.VERBOSE | re.DOTALL,
)
_OPENING: Final = {"{": "}", "(": ")", "[": "]"}
_CLOSING: Final = frozenset(_OPENING.values())
_VARIABLE_INSIDE: Final = re.compile(r"[?$](\w+)")


class Token(NamedTuple):
    """One word, and where it stands in the query, in characters."""

    kind: str
    text: str
    start: int
    end: int

    def is_word(self, *words: str) -> bool:
        """Tell whether this is one of some keywords, given in upper case."""
        return self.kind == "word" and self.text.upper() in words

    def is_mark(self, mark: str) -> bool:
        """Tell whether this is a certain mark."""
        return self.kind == "mark" and self.text == mark

    @property
    def variables(self) -> frozenset[str]:
        """The variable this is, or that may stand in it if it is no IRI but two comparisons."""
        if self.kind == "variable":
            return frozenset({self.text[1:]})
        if self.kind == "iri":
            return frozenset(_VARIABLE_INSIDE.findall(self.text))
        return frozenset()


def unreadable(text: str, position: int) -> ForbiddenServiceError:
    """Return the error of a query whose SERVICE clauses cannot be told from what is around them."""
    line = text.count("\n", 0, position) + 1
    near = text[position:][:20]
    return ForbiddenServiceError(
        f"SERVICE is not allowed in this spelling: line {line} cannot be read at {near!r}"
    )


END: Final = Token("end", "", 0, 0)


def tokens(text: str) -> list[Token]:
    """Return the words of a query.

    Raises:
        ForbiddenServiceError: if something is no word of SPARQL, or brackets do not match.
        QueryError: if brackets nest too deeply.
    """
    found: list[Token] = []
    waiting: list[str] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise unreadable(text, position)
        assert match.lastgroup is not None
        token = Token(match.lastgroup, match[0], position, match.end())
        position = match.end()
        if token.kind == "space":
            continue
        if token.kind == "mark":
            if closing := _OPENING.get(token.text):
                waiting.append(closing)
                if len(waiting) > MAX_DEPTH:
                    raise QueryError(f"the query nests deeper than {MAX_DEPTH} brackets")
            elif token.text in _CLOSING and (not waiting or waiting.pop() != token.text):
                raise unreadable(text, token.start)
        found.append(token)
    if waiting:
        raise unreadable(text, len(text))
    return found
