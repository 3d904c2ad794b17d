"""Citations of a page for reference managers: BibTeX, RIS and CSL-JSON.

The release is cited as the version, because a later one may have other facts.

https://ctan.org/pkg/bibtex, https://github.com/citation-style-language/schema,
https://en.wikipedia.org/wiki/RIS_(file_format)
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from kg.release.dcat import CREATOR, TITLE

#: Characters with a meaning in BibTeX, and how they are written.
_BIBTEX: Final = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{character: f"\\{character}" for character in "&%$#_{}"},
}
_NO_KEY: Final = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True)
class Citation:
    """What is cited: the title and address of a page, the release and its day (an ISO date)."""

    title: str
    url: str
    release: str
    day: str


def _bibtex(citation: Citation) -> str:
    """Return an entry of the type that BibTeX has for web pages."""
    year, month, _ = citation.day.split("-")
    fields = {
        "title": citation.title,
        "author": "{" + CREATOR + "}",
        "year": year,
        "month": str(int(month)),
        "howpublished": f"\\url{{{citation.url}}}",
        "note": f"{TITLE}, release {citation.release}",
    }
    key = _NO_KEY.sub("-", citation.url.rpartition("/page/")[2]).strip("-").lower()
    plain = {"author", "howpublished"}
    lines = (
        f"  {name} = {{{value if name in plain else _escaped(value)}}}"
        for name, value in fields.items()
    )
    return "@misc{unvotes-" + key + ",\n" + ",\n".join(lines) + "\n}\n"


def _escaped(value: str) -> str:
    return "".join(_BIBTEX.get(character, character) for character in value)


def _ris(citation: Citation) -> str:
    """Return a reference of the type for electronic sources."""
    lines = (
        ("TY", "ELEC"),
        ("TI", citation.title),
        ("AU", CREATOR),
        ("PY", citation.day[:4]),
        ("DA", citation.day.replace("-", "/")),
        ("ET", f"release {citation.release}"),
        ("T2", TITLE),
        ("UR", citation.url),
        ("ER", ""),
    )
    return "".join(f"{tag}  - {_one_line(value)}\r\n" for tag, value in lines)


def _one_line(value: str) -> str:
    return " ".join(value.split())


def _csl_json(citation: Citation) -> str:
    """Return a list with one item."""
    item = {
        "id": citation.url,
        "type": "webpage",
        "title": citation.title,
        "author": [{"literal": CREATOR}],
        "issued": {"date-parts": [[int(part) for part in citation.day.split("-")]]},
        "version": citation.release,
        "container-title": TITLE,
        "URL": citation.url,
    }
    return json.dumps([item], ensure_ascii=False, indent=2) + "\n"


class CitationFormat(NamedTuple):
    """A format of citations: its usual name, its media type, and what writes it."""

    label: str
    media_type: str
    write: Callable[[Citation], str]


#: The formats by the extension of an address.
CITATION_FORMATS: Final = {
    "bib": CitationFormat("BibTeX", "application/x-bibtex; charset=utf-8", _bibtex),
    "ris": CitationFormat("RIS", "application/x-research-info-systems", _ris),
    "csl": CitationFormat("CSL-JSON", "application/vnd.citationstyles.csl+json", _csl_json),
}
