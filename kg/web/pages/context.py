"""The context that all pages share: queries, states, responses, templates and URLs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import quote

from fastapi import Request

from kg.engine.interface import Engine
from kg.release.dcat import licence_of
from kg.release.release import Release
from kg.settings import Settings
from kg.web.pages.check_index import CheckIndex
from kg.web.pages.group_index import GroupIndex
from kg.web.pages.ideal_point_index import IdealPointIndex
from kg.web.pages.page_templates import TEMPLATES
from kg.web.pages.per_release import PerRelease
from kg.web.pages.pictures import PictureMaker
from kg.web.pages.queries import QueryRunner
from kg.web.pages.responses import PageResponder
from kg.web.pages.state_index import StateIndex
from kg.web.pages.static_files import has_editor
from kg.web.pages.topic_index import TopicIndex
from kg.web.pages.urls import UrlBuilder
from kg.web.pages.vote_index import VoteIndex
from kg.web.root_path import root_path

_Value = TypeVar("_Value")


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
        self.groups = GroupIndex(self.queries, self.states)
        self.topics = TopicIndex(self.queries)
        self.ideal_points = IdealPointIndex(self.queries)
        self.votes = VoteIndex(self.queries)
        self.roll_calls = CheckIndex(self.queries)
        self.responder = PageResponder(self.queries)
        self.pictures = PictureMaker()
        self._kept: dict[tuple[Callable[..., Any], tuple[str, ...]], PerRelease[Any]] = {}
        self._public_url = settings.public_url
        self._report_url = settings.report_url

    async def kept(self, make: Callable[..., Awaitable[_Value]], *arguments: str) -> _Value:
        """Return the result of ``make`` with this context and arguments, computed once per release.

        It is for the few addresses whose parts are kept in memory.

        Raises:
            KgError: if the engine cannot answer.
        """
        key = make, arguments
        if key not in self._kept:
            self._kept[key] = PerRelease(self.queries, lambda: make(self, *arguments))
        kept: PerRelease[_Value] = self._kept[key]
        return await kept.get()

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
        return TEMPLATES.get_template(template).render(
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
