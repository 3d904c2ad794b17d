"""The templates of pages, and what all of them can use."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

import jinja2

import kg
from kg.rdf.iris import local_name
from kg.rdf.vocabulary import LABEL_LANGUAGE
from kg.web.pages.citations import CITATION_FORMATS
from kg.web.pages.components.vote_list import tally_bar
from kg.web.pages.ontology_terms import comment_on_term, label_of_term, short_name
from kg.web.pages.pictures import font_file
from kg.web.pages.positions import POSITIONS
from kg.web.pages.static_files import static_tag
from kg.web.pages.urls import DATA_FORMATS, is_external

#: A capital letter that begins a word in the name of a variable.
_CAPITAL: Final = re.compile(r"(?<=[a-z])[A-Z](?=[a-z])")
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def date_text(value: str) -> str:
    """Return an ISO date as pages show it: a month in words, any other value unchanged.

    >>> date_text("1951-03"), date_text("1951-03-15"), date_text("")
    ('March 1951', '1951-03-15', '')
    """
    year, _, month = value.partition("-")
    return f"{_MONTHS[int(month) - 1]} {year}" if len(month) == len("03") else value


def words_of(name: str) -> str:
    """Return the name of a variable as words.

    >>> words_of("inFavour"), words_of("nonVoting"), words_of("year")
    ('in favour', 'non-voting', 'year')
    """
    words = _CAPITAL.sub(lambda match: f" {match[0].lower()}", name).replace("_", " ")
    return words.strip().replace("non voting", "non-voting")


#: One environment for all applications of a process: a template is compiled once.
TEMPLATES: Final = jinja2.Environment(
    loader=jinja2.PackageLoader("kg.web.pages"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
    undefined=jinja2.StrictUndefined,
)
TEMPLATES.globals |= {
    "version": kg.__version__,
    "positions": POSITIONS,
    "label_language": LABEL_LANGUAGE,
    "label_of_term": label_of_term,
    "comment_on_term": comment_on_term,
    "short_name": short_name,
    "local_name": local_name,
    "is_external": is_external,
    "static_tag": static_tag,
    "has_pictures": font_file() is not None,
    "tally_bar": tally_bar,
    "data_formats": DATA_FORMATS,
    "citation_formats": CITATION_FORMATS,
}
TEMPLATES.filters |= {
    "count": lambda number: f"{int(number):,}",
    "date": date_text,
    "words": words_of,
    "address": lambda address: unquote(address.removeprefix("https://")),
}
