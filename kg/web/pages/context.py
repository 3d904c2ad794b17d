"""The context that all pages share: queries, states, responses, templates and URLs."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final
from urllib.parse import quote, unquote

import jinja2
from fastapi import Request

import kg
from kg.engine.interface import Engine
from kg.model.ideal_points import IDEAL_POINT_MODELS
from kg.rdf.iris import local_name
from kg.rdf.vocabulary import LABEL_LANGUAGE
from kg.release.dcat import licence_of
from kg.release.release import Release
from kg.settings import Settings
from kg.sparql.saved_queries import library
from kg.web.pages.check_index import CheckIndex
from kg.web.pages.citations import CITATION_FORMATS
from kg.web.pages.components.vote_list import tally_bar
from kg.web.pages.group_index import GroupIndex
from kg.web.pages.ideal_point_index import IdealPointIndex
from kg.web.pages.ontology_terms import comment_on_term, label_of_term, short_name
from kg.web.pages.per_release import PerRelease
from kg.web.pages.pictures import PictureMaker, font_file
from kg.web.pages.positions import POSITIONS
from kg.web.pages.queries import QueryRunner, Row
from kg.web.pages.responses import PageResponder
from kg.web.pages.state_index import StateIndex
from kg.web.pages.static_files import has_editor, static_tag
from kg.web.pages.topic_index import TopicIndex
from kg.web.pages.urls import DATA_FORMATS, UrlBuilder, is_external
from kg.web.pages.vote_index import VoteIndex
from kg.web.root_path import root_path

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


@lru_cache(maxsize=2)
def _record_end(release: Release) -> str:
    """Return where the record of a release ends; a release never changes."""
    return release.manifest().record_end


@lru_cache(maxsize=2)
def _last_year(release: Release) -> int:
    """Return the last year of the record of a release, that of the build without a record."""
    periods = [period for body in release.manifest().coverage for period in body.periods.values()]
    return int(max((period.last for period in periods), default=release.name)[:4])


@lru_cache(maxsize=2)
def _licence(release: Release) -> str:
    """Return the IRI of the licence of a release; a release never changes."""
    return licence_of(release.manifest().sources)


class PageContext:
    """The shared context of an application's pages."""

    def __init__(self, engine: Callable[[], Engine], settings: Settings) -> None:
        self.dumps = settings.dumps
        self.queries = QueryRunner(engine)
        self.states = StateIndex(self.queries)
        self.groups = GroupIndex(self.queries)
        self.topics = TopicIndex(self.queries)
        #: The rows of the saved query ``most-divided-votes``, which takes a second.
        self.most_divided = PerRelease(self.queries, self._most_divided)
        self.ideal_points = IdealPointIndex(self.queries)
        self.votes = VoteIndex(self.queries)
        self.roll_calls = CheckIndex(self.queries)
        self.responder = PageResponder(self.queries)
        self.pictures = PictureMaker()
        self._public_url = settings.public_url
        self._report_url = settings.report_url
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
        self._templates.filters |= {
            "count": lambda number: f"{int(number):,}",
            "date": date_text,
            "words": words_of,
            "address": lambda address: unquote(address.removeprefix("https://")),
        }

    async def _most_divided(self) -> list[Row]:
        return await self.queries.rows(library()["most-divided-votes"].text)

    async def prepare(self) -> None:
        """Read what pages share, so that the first reader of a release does not wait for it.

        That of the first release after a start does not wait for templates to be compiled, either.

        Raises:
            KgError: if the engine cannot answer.
        """
        for template in self._templates.list_templates():
            self._templates.get_template(template)
            # Requests are answered between two templates, which take some 15 ms each.
            await asyncio.sleep(0)
        states = await self.states.read()
        await self.votes.table()
        await self.topics.read()
        await self.groups.read(states)
        await self.most_divided.get()
        for _, source in (await self.ideal_points.sources(IDEAL_POINT_MODELS[0]))[:1]:
            await self.ideal_points.points(source, IDEAL_POINT_MODELS[0])
        await self.roll_calls.read()

    def release(self) -> Release:
        """Return the current release.

        Raises:
            ReleaseError: if there is none.
        """
        return self.queries.engine().release()

    def intact_release(self, *files: str) -> Release:
        """Return the current release for reading files that no engine reads.

        Raises:
            ReleaseError: if there is none, or one of the files is known to be damaged.
        """
        release = self.release()
        if files:
            self.queries.engine().monitor.require_intact(*files)
        return release

    def licence(self) -> str:
        """Return the IRI of the licence of the current release, or of the statement of its rights.

        Raises:
            ReleaseError: if there is no release, or its manifest cannot be read.
        """
        return _licence(self.release())

    def last_year(self) -> int:
        """Return the last year of the record of the current release.

        Raises:
            ReleaseError: if there is no release, or its manifest cannot be read.
        """
        return _last_year(self.release())

    def base_url(self, request: Request) -> str:
        """Return the address of this service, without a trailing slash."""
        if self._public_url:
            return self._public_url.rstrip("/")
        return str(request.base_url).rstrip("/") + root_path(request.scope)

    def urls(self, request: Request) -> UrlBuilder:
        """Return the URL builder for a request."""
        return UrlBuilder(root_path(request.scope))

    def _page_address(self, request: Request) -> str:
        page = f"{self.base_url(request)}{request.url.path.removeprefix(root_path(request.scope))}"
        return f"{page}?{request.url.query}" if request.url.query else page

    def _report_address(self, request: Request, release: str) -> str:
        """Return the address for reporting an error on the page of a request, empty for none."""
        page = self._page_address(request)
        return self._report_url.replace("{page}", quote(page, safe="")).replace(
            "{release}", quote(release, safe="")
        )

    def render(self, request: Request, template: str, **variables: object) -> str:
        """Return the page rendered from a template."""
        release = self.release()
        return self._templates.get_template(template).render(
            urls=self.urls(request),
            base_url=self.base_url(request),
            release=release.name,
            record_end=_record_end(release),
            has_editor=has_editor(),
            current_path=request.url.path.removeprefix(root_path(request.scope)),
            page_address=self._page_address(request),
            report_address=self._report_address(request, release.name),
            **variables,
        )
