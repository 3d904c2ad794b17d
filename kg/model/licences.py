"""The licences that have an IRI, by the name with which the terms of a source begin."""

from __future__ import annotations

from typing import Final, NamedTuple

CC0: Final = "https://creativecommons.org/publicdomain/zero/1.0/"


class _Licence(NamedTuple):
    spdx: str
    iri: str


_CC_BY: Final = _Licence("CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/")
#: The licences by SPDX identifier and by other usual names.
_LICENCES: Final = {
    "CC0-1.0": _Licence("CC0-1.0", CC0),
    "CC0 1.0": _Licence("CC0-1.0", CC0),
    "CC0": _Licence("CC0-1.0", CC0),
    "CC-BY-4.0": _CC_BY,
    "CC BY 4.0": _CC_BY,
    "MIT": _Licence("MIT", "https://opensource.org/license/mit"),
    "Unicode-3.0": _Licence("Unicode-3.0", "https://www.unicode.org/license.txt"),
    "ODC-PDDL-1.0": _Licence("PDDL-1.0", "https://opendatacommons.org/licenses/pddl/1-0/"),
}


def licence_iri(terms: str) -> str:
    """Return the IRI of the licence with which the terms of a source begin, empty without one.

    >>> licence_iri("CC0-1.0 (headings quoted from the plans)")
    'https://creativecommons.org/publicdomain/zero/1.0/'
    >>> licence_iri("Copyright, United Nations"), licence_iri("MITRE"), licence_iri("CC0-9.9")
    ('', '', '')
    """
    licence = _licence(terms)
    return licence.iri if licence else ""


def spdx_identifier(terms: str) -> str:
    """Return the SPDX identifier of the licence with which terms begin, empty without one.

    >>> spdx_identifier("MIT (package); data dedicated under CC0 according to its notes")
    'MIT'
    """
    licence = _licence(terms)
    return licence.spdx if licence else ""


def _licence(terms: str) -> _Licence | None:
    for name, licence in _LICENCES.items():
        rest = terms.removeprefix(name)
        if rest != terms and not rest[:1].isalnum() and not rest.startswith("-"):
            return licence
    return None
