"""The lexer of SPARQL 1.1: the terminals of its grammar, with their positions in the query.

https://www.w3.org/TR/sparql11-query/#sparqlGrammar, section 19.8. It serves two parsers: that of
the columnar engine (``kg.sparql.parser``) and that of federated queries
(``kg.engine.federation.parser``). Oxigraph decides what is valid SPARQL, so a token may be slightly
wider than in the grammar (letters of names, escapes in strings); a parser that relies on the
narrower form calls ``is_plain``.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

#: Some editors begin a text with it.
BYTE_ORDER_MARK: Final = "\ufeff"
_ESCAPE: Final = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_LOCAL: Final = r"[\w:·]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
#: String literals in single and in triple quotation marks; possessive, so that they fail at once.
_SHORT: Final = r"{0}(?:[^{0}\\\r\n]|\\.)*+{0}"
_LONG: Final = r"{0}{{3}}(?>(?:{0}{{0,2}}+(?:[^{0}\\]|\\.))*){0}{{3}}"
#: White space and comments belong to the token that follows, which halves the number of matches.
#: The length of a prefix is bounded; otherwise a text such as ``a.a.a`` would be searched for a
#: colon from each of its letters.
_TOKEN: Final = re.compile(
    rf"""
    (?:[ \t\r\n]++|\#[^\r\n]*+)*+
    (?:
      (?P<var>[?$][\w·]++)
    | (?P<iri><(?:[^<>"{{}}|^`\\\x00-\x20]|{_ESCAPE})*+>)
    | (?P<name>(?:[^\W\d_][\w.·-]{{0,100}}+(?<!\.))?:
        (?:(?:{_LOCAL})(?:(?:{_LOCAL}|[.-])*(?:{_LOCAL}|-))?)?)
    | (?P<word>[A-Za-z][A-Za-z0-9_]*+)
    | (?P<string>{_LONG.format('"')}|{_LONG.format("'")}|{_SHORT.format('"')}|{_SHORT.format("'")})
    | (?P<blank>_:\w(?:[\w.·-]*[\w·-])?)
    | (?P<lang>@[A-Za-z]++(?:-[A-Za-z0-9]++)*+)
    | (?P<double>(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)[eE][+-]?[0-9]++)
    | (?P<decimal>[0-9]*+\.[0-9]++)
    | (?P<integer>[0-9]++)
    | (?P<mark>\{{\||\|\}}|\^\^|&&|\|\||!=|<=|>=|<<|>>|[{{}}()\[\].;,=<>!+*/|^?&~-])
    | (?P<end>\Z)
    | (?P<error>.)
    )
    """,
    re.VERBOSE | re.DOTALL,
)
#: The escapes of strings in the grammar's narrower form, without those by code point.
_PLAIN_STRING: Final = re.compile(r"""(?:[^\\]|\\[tbnrf"'\\])*+""", re.DOTALL)
_ESCAPED: Final = re.compile(r"\\(.)")
_ESCAPES: Final = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


class LexicalError(Exception):
    """No token begins at ``position``, in characters."""

    def __init__(self, position: int) -> None:
        super().__init__(f"no SPARQL token begins at character {position}")
        self.position = position


class Token(NamedTuple):
    """A token: its kind (a group of the pattern above), its text, and its position.

    The text of a ``word`` is in upper case; its original spelling is the query from ``start`` to
    ``end``, in characters.
    """

    kind: str
    text: str
    start: int
    end: int

    def is_word(self, *words: str) -> bool:
        """Return whether this is one of the keywords, given in upper case."""
        return self.kind == "word" and self.text in words

    def is_mark(self, *marks: str) -> bool:
        """Return whether this is one of the punctuation marks or operators."""
        return self.kind == "mark" and self.text in marks


def tokenize(text: str) -> list[Token]:
    """Return the tokens of a query; the last is of kind ``end``.

    Raises:
        LexicalError: if a part of the text is not a token.
    """
    tokens: list[Token] = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        assert kind is not None
        start, end = match.span(kind)
        token = text[start:end]
        if kind == "error":
            raise LexicalError(start)
        tokens.append(Token(kind, token.upper() if kind == "word" else token, start, end))
        if kind == "end":
            break
    return tokens


def query_form(tokens: list[Token]) -> int | None:
    """Return the place of the word that states the form of a query."""
    words = (n for n, t in enumerate(tokens) if t.is_word("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"))
    return next(words, None)


def group_end(tokens: list[Token], group: int) -> int:
    """Return the place after the group that begins at a place."""
    depth = 0
    for place in range(group, len(tokens)):
        depth += tokens[place].is_mark("{") - tokens[place].is_mark("}")
        if depth == 0:
            return place + 1
    return len(tokens)


def is_plain(text: str, tokens: list[Token]) -> bool:
    """Return whether all names are ASCII and only strings and local names contain escapes.

    All parsers of SPARQL agree on the meaning of such tokens.
    """
    if text.isascii() and "\\" not in text:
        return True
    for token in tokens:
        if token.kind == "string":
            if not _PLAIN_STRING.fullmatch(token.text):
                return False
        elif token.kind == "iri":
            if "\\" in token.text:
                return False
        elif not token.text.isascii():
            return False
    return True


def string_value(token: str) -> str:
    """Return the value of a string literal."""
    quotes = 3 if token[:3] in {'"""', "'''"} else 1
    text = token[quotes:-quotes]
    return _ESCAPED.sub(lambda m: _ESCAPES.get(m[1], m[1]), text) if "\\" in text else text


def unescaped(local: str) -> str:
    """Return the local part of a prefixed name without its escapes."""
    return _ESCAPED.sub(r"\1", local) if "\\" in local else local
