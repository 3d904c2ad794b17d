"""Tokens of the part of SPARQL that is read here.

A text that Oxigraph takes and this does not is no error: it is left to Oxigraph. So only what can
be told with certainty is read: names in ASCII, no escapes by code point.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from kg.sparql.unsupported import Reason, UnsupportedQueryError

#: Longer texts are not read, in characters.
LONGEST: Final = 20_000
_LOCAL: Final = r"(?:[\w:]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%])"
_TOKEN: Final = re.compile(
    rf"""
    (?P<space>[ \t\r\n]+|\#[^\r\n]*)
  | (?P<iri><[^<>"{{}}|^`\\\x00-\x20]*>)
  | (?P<name>(?:[A-Za-z](?:[\w.\-]*[\w\-])?)?:(?:{_LOCAL}(?:(?:{_LOCAL}|[.\-])*(?:{_LOCAL}|-))?)?)
  | (?P<blank>_:\w+)
  | (?P<var>[?$]\w+)
  | (?P<string>\"\"\"(?:\"{{0,2}}(?:[^"\\]|\\[tbnrf"'\\]))*\"\"\"
      |'''(?:'{{0,2}}(?:[^'\\]|\\[tbnrf"'\\]))*'''
      |"(?:[^"\\\r\n]|\\[tbnrf"'\\])*"
      |'(?:[^'\\\r\n]|\\[tbnrf"'\\])*')
  | (?P<lang>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<double>(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)[eE][+-]?[0-9]+)
  | (?P<decimal>[0-9]*\.[0-9]+)
  | (?P<integer>[0-9]+)
  | (?P<word>[A-Za-z][A-Za-z0-9_]*)
  | (?P<mark>\^\^|&&|\|\||!=|<=|>=|[(){{}}\[\];,.*/+\-=<>!^|?])
    """,
    re.VERBOSE | re.ASCII,
)
_ESCAPED: Final = re.compile(r"\\(.)")
_ESCAPES: Final = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


class Token(NamedTuple):
    """A token: its kind (a name of a group above, ``word`` in capitals) and its text."""

    kind: str
    text: str


def tokens(text: str) -> list[Token]:
    """Return the tokens of a query and one of kind ``end``.

    Raises:
        UnsupportedQueryError: if the text is too long or holds something that is not read here.
    """
    if len(text) > LONGEST:
        raise UnsupportedQueryError(Reason.LENGTH)
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise UnsupportedQueryError(Reason.SYNTAX)
        at = match.end()
        if match.lastgroup == "space":
            continue
        word = match.group()
        found.append(Token(match.lastgroup, word.upper() if match.lastgroup == "word" else word))
    found.append(Token("end", ""))
    return found


def string_of(text: str) -> str:
    """Return what a string in quotes says."""
    quotes = 3 if text[:3] in {'"""', "'''"} else 1
    return _ESCAPED.sub(lambda m: _ESCAPES.get(m[1], m[1]), text[quotes:-quotes])


def local_of(text: str) -> str:
    """Return the local part of a prefixed name without its escapes."""
    return _ESCAPED.sub(r"\1", text)
