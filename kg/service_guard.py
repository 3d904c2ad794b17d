"""Telling a query that uses SERVICE from one that only contains the word.

Oxigraph calls whatever address a SERVICE names and cannot be told not to, so such queries must not
reach it. Its grammar reads characters, not tokens: ``SERVICESILENT<…>``, ``SERVICEex:a{`` and
``SERVICE:a{`` are all federation to it, and where ``<'>`` could be an IRI or a comparison with a
text, it may take either. The reader here follows the terminals of SPARQL 1.1
(https://www.w3.org/TR/sparql11-query/#sparqlGrammar), goes down both ways where the text is
ambiguous, and refuses when any way meets the keyword.
"""

from __future__ import annotations

import re
from typing import Final

_WORD: Final = "service"
_NAME_START = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME = _NAME_START + r"_0-9\u00b7\u0300-\u036f\u203f-\u2040\-"
_CODE_POINT = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"

_TOKEN = re.compile(
    rf"""
      (?P<skip>[\x20\t\r\n]+|\#[^\r\n]*)
    | (?P<iri><(?:[^<>"{{}}|^`\\\x00-\x20]|{_CODE_POINT})*>)
    | (?P<text>
          '''(?:'{{0,2}}(?:[^'\\]|\\.))*''' | \"\"\"(?:"{{0,2}}(?:[^"\\]|\\.))*\"\"\"
        | '(?:[^'\\\r\n]|\\.)*' | "(?:[^"\\\r\n]|\\.)*"
      )
    | (?P<variable>[?$][{_NAME[:-2]}]+)
    | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    | (?P<blank>_:[{_NAME}.]+)
    | (?P<name>[{_NAME}.]*:(?:[{_NAME}.:]|%[0-9A-Fa-f]{{2}}|\\.)*)
    | (?P<bare>[{_NAME}.]+)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
#: Keywords that a graph name follows, so that a brace after the name does not make it a service.
_BEFORE_GRAPH: Final = frozenset({"graph", "from", "named", "describe"})


def uses_service(query: str) -> bool:
    """Tell whether any reading of a query holds the keyword SERVICE.

    >>> uses_service("SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }")
    True
    >>> uses_service("PREFIX service: <http://service/> SELECT * { ?service service:a 'service' }")
    False
    """
    if _WORD not in query.lower() and "\\" not in query:
        return False
    decoded = re.sub(
        _CODE_POINT,
        lambda match: chr(min(int(match[0][2:], 16), 0x10FFFF)),
        query,
    )
    return _read(query) or (decoded != query and _read(decoded))


def _read(query: str) -> bool:
    """Follow every way to read the text; ``True`` as soon as one meets the keyword."""
    ways = [(0, "")]
    seen: set[tuple[int, str]] = set()
    while ways:
        position, previous = ways.pop()
        # Ways that come together again are followed once, so that the time stays linear.
        while position < len(query) and (position, previous) not in seen:
            seen.add((position, previous))
            match = _TOKEN.match(query, position)
            assert match is not None
            kind, token = match.lastgroup, match[0]
            if kind == "bare" and _WORD in token.lower():
                return True
            if kind == "name" and _WORD in token.partition(":")[0].lower():
                brace = _next_is_brace(query, match.end())
                if brace and previous not in _BEFORE_GRAPH:
                    return True
            if kind == "iri" and "'" in token:
                ways.append((position + 1, ""))
            if kind != "skip":
                previous = token.lower() if kind == "bare" else ""
            position = match.end()
    return False


def _next_is_brace(query: str, position: int) -> bool:
    while (match := _TOKEN.match(query, position)) and match.lastgroup == "skip":
        position = match.end()
    return query.startswith("{", position)
