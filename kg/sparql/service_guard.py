"""Detecting whether a query uses SERVICE or only contains the word.

Oxigraph calls any address that a SERVICE clause names, and this cannot be disabled, so such queries
must not reach it. A search for the word would reject harmless queries, and a separate parser would
have to reproduce the quirks of Oxigraph's: its grammar works on characters and backtracks, so it
treats ``SERVICESILENT<…>``, ``SERVICEex:a{`` and some spellings inside what looks like a string or
an IRI as federation. Therefore Oxigraph's own parser decides: a query uses SERVICE if it is valid,
but no longer valid once every occurrence of the word is replaced by another word of the same
length. In names, strings, IRIs and comments any word is valid; as a keyword only SERVICE is.
"""

from __future__ import annotations

import re
from itertools import product
from typing import Final

import pyoxigraph as ox

from kg.errors import QueryError
from kg.rdf.vocabulary import BASE
from kg.sparql.complexity import check_complexity
from kg.sparql.syntax_errors import syntax_error

_CODE_POINT: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_EMPTY_STORE: Final = ox.Store()


def check_syntax(query: str) -> None:
    """Have Oxigraph parse a query without evaluating it.

    The base IRI is the same as for evaluation: a query that is malformed only without a base must
    not be considered harmless.

    Raises:
        QueryError: if it is malformed, or too complex to be parsed.
    """
    check_complexity(query)
    # Substituting a variable that is not projected fails after parsing, before evaluation.
    variable = "parsed"
    while variable in query:
        variable += "_"
    try:
        _EMPTY_STORE.query(
            query, base_iri=BASE, substitutions={ox.Variable(variable): ox.Literal("")}
        )
    except RuntimeError:
        return
    except SyntaxError as error:
        raise syntax_error(query, error) from error
    except ValueError as error:
        raise QueryError(str(error)) from error
    raise AssertionError("Oxigraph evaluated a query that it should only have parsed")


def uses_service(query: str) -> bool:
    """Return whether a query uses SERVICE; False for a malformed query.

    >>> uses_service("SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }")
    True
    >>> uses_service("PREFIX service: <http://service/> SELECT * { ?service service:a 'service' }")
    False
    """
    if "service" not in query.lower() and "\\" not in query:
        return False
    if _is_valid(query):
        return uses_keyword(query, "service")
    # SPARQL resolves code point escapes before parsing, Oxigraph only in strings and IRIs: it
    # rejects such a query as malformed, but the error should name SERVICE as the reason.
    decoded = _CODE_POINT.sub(_character, query)
    return decoded != query and _is_valid(decoded) and uses_keyword(decoded, "service")


def uses_keyword(query: str, keyword: str) -> bool:
    """Return whether a valid query uses a word, given in lower case, as a keyword.

    >>> uses_keyword("SELECT * FROM <http://example.org/> { ?s ?p ?o }", "from")
    True
    >>> uses_keyword("SELECT ?from { ?s <http://example.org/from> ?from }", "from")
    False
    """
    return keyword in query.lower() and not _is_valid(_without_word(query, keyword))


def _without_word(query: str, keyword: str) -> str:
    """Return a query with a keyword replaced by a word that does not occur in it."""
    lower = query.lower()
    # No hexadecimal digits, which would be an escape after a percent sign.
    words = map("".join, product("ghijklmnopqrstuwxyz", repeat=len(keyword)))
    substitute = next(word for word in words if word not in lower)

    def replace(match: re.Match[str]) -> str:
        # The case is kept, so that names which differ only in case still differ.
        pairs = zip(match[0], substitute, strict=True)
        return "".join(new.upper() if old.isupper() else new for old, new in pairs)

    return re.sub(keyword, replace, query, flags=re.IGNORECASE | re.ASCII)


def _character(match: re.Match[str]) -> str:
    code = int(match[1] or match[2], 16)
    return chr(code) if code <= 0x10FFFF else match[0]


def _is_valid(query: str) -> bool:
    try:
        check_syntax(query)
    except QueryError:
        return False
    return True
