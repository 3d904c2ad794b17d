"""What all pages share: the engine's answers, templates, links, search, and the words around."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import jinja2
from fastapi import Request
from markupsafe import Markup

import kg
from kg.engine.interface import Engine
from kg.model.vote_option import VoteOption
from kg.rdf.vocabulary import OPTION_TERMS
from kg.release.release import Release
from kg.web.pages.charts import parts_bar
from kg.web.pages.ontology_terms import comment_on_term, label_of_term, short_name
from kg.web.pages.queries import Asker
from kg.web.pages.responses import Deliverer
from kg.web.pages.state_index import StateBook
from kg.web.pages.urls import DATA_FORMATS, Links, is_external
from kg.web.pages.worldmap import BUILT

STATIC: Final = Path(str(files("kg.web.pages") / "static"))
#: The class of the style sheet for each position.
OPTION_STYLE: Final = {
    VoteOption.YES: "yes",
    VoteOption.NO: "no",
    VoteOption.ABSTENTION: "abstaining",
    VoteOption.NON_VOTING: "nonvoting",
}
#: Class, words and property of each position.
POSITIONS: Final = tuple(
    (style, option.label, OPTION_TERMS[option].state_property)
    for option, style in OPTION_STYLE.items()
)
#: The class for each property that leads from an event to a state.
STYLE_OF: Final = {term: style for style, _, term in POSITIONS}


class Site:
    """One application's pages; ``public_url`` is the address to tell, if it is set."""

    def __init__(self, engine: Callable[[], Engine], public_url: str | None) -> None:
        self.asker = Asker(engine)
        self.states = StateBook(self.asker)
        self.deliverer = Deliverer(self.asker)
        self._public_url = public_url
        self._templates = jinja2.Environment(
            loader=jinja2.PackageLoader("kg.web.pages"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            undefined=jinja2.StrictUndefined,
        )
        self._templates.globals |= {
            "version": kg.__version__,
            "positions": POSITIONS,
            "label_of_term": label_of_term,
            "comment_on_term": comment_on_term,
            "short_name": short_name,
            "is_external": is_external,
            "static_tag": static_tag,
            "tally_bar": tally_bar,
            "data_formats": DATA_FORMATS,
        }
        self._templates.filters["count"] = lambda number: f"{int(number):,}"

    def release(self) -> Release:
        """Return the release in force.

        Raises:
            ReleaseError: if there is none.
        """
        return self.asker.engine().release()

    def address(self, request: Request) -> str:
        """Return the address of this service, without a slash at its end."""
        return (self._public_url or str(request.base_url)).rstrip("/")

    def links(self, request: Request) -> Links:
        """Return the maker of addresses for a request."""
        return Links(request.scope.get("root_path", "").rstrip("/"))

    def render(self, request: Request, template: str, **shown: Any) -> str:
        """Return a page from its template."""
        told = {
            "links": self.links(request),
            "address": self.address(request),
            "release": self.release().name,
            "has_editor": (BUILT / "editor.js").is_file(),
            **shown,
        }
        return self._templates.get_template(template).render(told)


def tally_bar(counts: Mapping[str, str]) -> Markup:
    """Return the bar of a tally, given its numbers by style; empty if there are none."""
    parts = [(words, style, int(counts[style] or 0)) for style, words, _ in POSITIONS[:3]]
    return parts_bar(parts) if any(number for _, _, number in parts) else Markup()


def static_file(name: str) -> Path | None:
    """Return a file of ours, or one that was built from npm packages, by its name."""
    for folder in (STATIC, BUILT):
        path = folder / name
        if path.parent == folder and path.is_file():
            return path
    return None


@functools.cache
def static_tag(name: str) -> str:
    """Return what stands in the address of a file so that a new version has a new one."""
    path = static_file(name)
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path else ""
