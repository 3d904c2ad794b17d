"""The releases that are kept, and the paged list of changes in each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from kg.errors import ReleaseError
from kg.limits import CHANGES_PER_PAGE
from kg.rdf.iris import kebab, local_name
from kg.rdf.vocabulary import DCTERMS
from kg.release import change_list
from kg.release.change_list import Releases
from kg.release.changes import Change, ChangeKind
from kg.release.manifest import Manifest
from kg.release.release import Release, kept
from kg.web.http_error import HttpError
from kg.web.pages.context import PageContext
from kg.web.pages.names import labels_of
from kg.web.pages.ontology_terms import label_of_term
from kg.web.pages.queries import QueryRunner, iri_list
from kg.web.pages.request_parameters import requested_number
from kg.web.pages.urls import fallback_label

#: The URL parameters that select a page of changes.
CHANGE_PARAMETERS: Final = ("kind", "page")
#: The kinds of changes as written in addresses.
_KINDS: Final = {kebab(kind): kind for kind in ChangeKind}


@dataclass(frozen=True)
class KeptRelease:
    """A release in the data folder; ``is_current`` if it is the one being served."""

    release: Release
    manifest: Manifest
    is_current: bool

    @property
    def name(self) -> str:
        """The name of the release."""
        return self.release.name


@dataclass(frozen=True)
class ShownChange:
    """A change as a page shows it; ``page`` is the IRI to which its label links, if any."""

    iri: str
    change: Change
    page: str
    before: str
    after: str

    @property
    def anchor(self) -> str:
        """The place of the change within a page."""
        return "c-" + local_name(self.iri)

    @property
    def what(self) -> str:
        """The kind of change, with the property of a statement whose value differs."""
        if self.change.kind is ChangeKind.STATEMENT_CHANGED:
            return f"{self.change.kind}: {label_of_term(self.change.property)}"
        return self.change.kind


@dataclass(frozen=True)
class ChangePage:
    """A page of the changes in a release: of one kind, or of all kinds if ``kind`` is None."""

    kept: KeptRelease
    kind: ChangeKind | None
    number: int

    @property
    def total(self) -> int:
        """The number of changes on all pages."""
        changes = self.kept.manifest.changes
        if changes is None:
            return 0
        return changes.counts.get(self.kind, 0) if self.kind else changes.total

    @property
    def last(self) -> int:
        """The number of the last page."""
        return max(1, -(-self.total // CHANGES_PER_PAGE))

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters of its address, without the page number."""
        return {"kind": kebab(self.kind)} if self.kind else {}

    @property
    def releases(self) -> Releases:
        """The names of the two releases that were compared."""
        changes = self.kept.manifest.changes
        return Releases(changes.since if changes else "", self.kept.name)

    async def changes(self) -> list[Change]:
        """Return the changes on this page.

        Raises:
            ReleaseError: if the list of the release cannot be read.
        """
        if self.kept.manifest.changes is None:
            return []
        return await run_in_threadpool(
            change_list.read_page, self.kept.release, self.kind, self.number, CHANGES_PER_PAGE
        )

    async def shown(self, queries: QueryRunner) -> list[ShownChange]:
        """Return the changes on this page in the form for display.

        Raises:
            KgError: if the list of the release cannot be read, or the engine cannot answer.
        """
        changes = await self.changes()
        # If an event moved, its IRIs differ and its labels may not.
        values = {
            value
            for change in changes
            for value in (change.before, change.after)
            if change.property != DCTERMS.replaces
        }
        names = await labels_of(queries, values)
        pages = await _described(queries, [change.thing for change in changes])

        def shown(value: str) -> str:
            is_resource = value.startswith(("http://", "https://"))
            return names.get(value) or (fallback_label(value) if is_resource else value)

        return [
            ShownChange(
                self.releases.change_iri(change),
                change,
                change.thing if change.thing in pages else "",
                shown(change.before),
                shown(change.after),
            )
            for change in changes
        ]


async def kept_releases(context: PageContext) -> list[KeptRelease]:
    """Return the releases that are kept, latest first; damaged ones are omitted.

    Raises:
        KgError: if there is no current release.
    """

    def read() -> list[KeptRelease]:
        current, releases = context.release(), []
        for release in kept(current.data):
            try:
                manifest = release.manifest()
            except ReleaseError:
                if release.name == current.name:
                    raise
                continue
            releases.append(KeptRelease(release, manifest, release.name == current.name))
        return releases

    return await run_in_threadpool(read)


def release_named(releases: list[KeptRelease], name: str) -> KeptRelease:
    """Return the kept release of a name, or the current one if the name is empty.

    Raises:
        HttpError: with status 404 if it is not kept.
    """
    for release in releases:
        if release.name == name or (not name and release.is_current):
            return release
    raise HttpError(404, "no release with this name; /releases lists the releases")


def release_with_key(releases: list[KeptRelease], key: str) -> KeptRelease:
    """Return the kept release whose IRI has a key.

    Raises:
        HttpError: with status 404 if it is not kept.
    """
    for release in releases:
        if kebab(release.name) == key:
            return release
    raise HttpError(404, "no such release; /releases lists the releases")


def requested_page(request: Request, release: KeptRelease) -> ChangePage:
    """Return the page of changes that a request selects with ``kind`` and ``page``.

    Raises:
        HttpError: with status 400 for an unknown kind, 404 for a page after the last one.
    """
    name = request.query_params.get("kind", "")
    if name and name not in _KINDS:
        raise HttpError(400, f"unknown kind {name[:30]!r}; expected one of {', '.join(_KINDS)}")
    number = requested_number(request, "page", 1, max_digits=6)
    page = ChangePage(release, _KINDS.get(name), number)
    if page.number > page.last:
        raise HttpError(404, f"no page {page.number}; the last page of changes is {page.last}")
    return page


async def page_of_change(release: KeptRelease, iri: str) -> int:
    """Return the number of the page that shows a change, among changes of all kinds.

    Raises:
        HttpError: with status 404 if the release has no such change.
        ReleaseError: if the list of the release cannot be read.
    """
    releases = ChangePage(release, None, 1).releases

    def find() -> int | None:
        changes = change_list.read(release.release) if release.manifest.changes else ()
        for index, change in enumerate(changes):
            if releases.change_iri(change) == iri:
                return index // CHANGES_PER_PAGE + 1
        return None

    number = await run_in_threadpool(find)
    if number is None:
        raise HttpError(404, "no such change in this release")
    return number


async def _described(queries: QueryRunner, resources: list[str]) -> set[str]:
    """Return those resources that are described in the current release."""
    if not resources:
        return set()
    rows = await queries.rows(
        f"SELECT DISTINCT ?thing WHERE {{ VALUES ?thing {{ {iri_list(resources)} }} "
        "?thing a ?class }"
    )
    return {row["thing"] for row in rows}
