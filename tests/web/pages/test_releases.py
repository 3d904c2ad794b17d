"""The pages of releases and of the changes in them, with their data and feeds."""

from __future__ import annotations

import csv
import gzip
import io
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pyoxigraph as ox
import pytest

from kg.limits import CHANGES_PER_PAGE
from kg.rdf import iris
from kg.rdf.vocabulary import ADMS, BASE, CS, DATASET, DCAT, RDF, UNV
from kg.release import change_list, manifest
from kg.release.change_list import Releases
from kg.release.changes import Change, ChangeKind
from kg.release.release import Release
from tests.support.atom import ATOM, valid_feed
from tests.support.changes import corrected_releases
from tests.support.crawl import crawl

_BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


#: The names of a release with a long list of changes, and of the release compared with it.
_LONG = "20200102T000000.000000Z-00000000"
_BEFORE_LONG = "20200101T000000.000000Z-00000000"


class Site:
    """A live server on two releases, the later with corrections, and on a long list of changes."""

    def __init__(self, address: str, earlier: Release, later: Release) -> None:
        self.address, self.earlier, self.later = address, earlier, later

    def get(self, path: str, accept: str = _BROWSER, status: int = 200) -> httpx.Response:
        answer = httpx.get(self.address + path, headers={"Accept": accept}, timeout=60)
        assert answer.status_code == status, answer.text
        return answer

    def triples(self, path: str, accept: str = "text/turtle") -> set[tuple[str, str, str]]:
        answer = self.get(path, accept)
        assert answer.headers["content-type"].startswith(accept)
        rdf_format = ox.RdfFormat.from_media_type(accept)
        assert rdf_format
        quads = ox.parse(answer.content, format=rdf_format)
        return {(str(q.subject), str(q.predicate), str(q.object)) for q in quads}

    def feed(self, path: str, accept: str = "application/atom+xml") -> ElementTree.Element:
        answer = self.get(path, accept)
        assert answer.headers["content-type"] == "application/atom+xml"
        return ElementTree.fromstring(answer.content)


@pytest.fixture(scope="module")
def site(
    corrected: Path,
    tmp_path_factory: pytest.TempPathFactory,
    start_server: Callable[[Path], str],
) -> Site:
    data = tmp_path_factory.mktemp("releases") / "data"
    shutil.copytree(corrected, data)
    earlier, later = corrected_releases(data)
    _write_long_list(Release(later.path.with_name(_LONG)))
    return Site(start_server(data), earlier, later)


def _write_long_list(release: Release) -> None:
    """Write a release that consists only of a list of changes, which fills more than two pages."""
    release.path.mkdir()
    changes = [
        Change(
            iris.vote("A-RES-68-100", f"A{number:03}"), ChangeKind.VOTE_CHANGED, "A vote",
            UNV.option, "against", "in favour",
        )
        for number in range(2 * CHANGES_PER_PAGE + 1)
    ]  # fmt: skip
    counts = change_list.write(release.path, Releases(_BEFORE_LONG, _LONG), changes)
    created = "2020-01-02T00:00:00+00:00"
    content = manifest.Manifest(name=_LONG, created=created, changes=counts)
    manifest.write(release.manifest_file, content)


def test_the_kept_releases_are_listed_latest_first(site: Site) -> None:
    page = site.get("/releases").text
    # The footer of every page, and the table.
    assert f"<p>{site.later.manifest().record_end} Not a service" in page
    assert "<td>General Assembly</td><td>Recorded votes</td>" in page
    assert page.index(f"/changes/{site.later.name}") < page.index(f"/changes/{site.earlier.name}")
    assert page.count('<span class="chip">current</span>') == 1
    assert "1 vote changed" in page
    assert "Not compared with an earlier release" in page


def test_releases_are_versions_of_a_dataset(site: Site) -> None:
    triples = site.triples("/releases")
    later, earlier = (f"<{iris.release(r.name)}>" for r in (site.later, site.earlier))
    assert (f"<{DATASET}>", f"<{DCAT.hasCurrentVersion}>", later) in triples
    assert {o for s, p, o in triples if p == f"<{DCAT.hasVersion}>"} == {
        later,
        earlier,
        f"<{iris.release(_LONG)}>",
    }
    assert (later, f"<{DCAT.previousVersion}>", earlier) in triples
    assert (later, f"<{DCAT.version}>", f'"{site.later.name}"') in triples
    (notes,) = (o for s, p, o in triples if (s, p) == (later, f"<{ADMS.versionNotes}>"))
    assert "1 symbol changed" in notes


def test_the_changes_in_the_current_release_are_shown(site: Site) -> None:
    page = site.get("/changes").text
    rows = [
        [re.sub(r"<[^>]*>", "", cell) for cell in re.findall(r"<td>(.*?)</td>", row)]
        for row in re.findall(r"<tr id=.*?</tr>", page)
    ]
    assert rows == [
        ["Date changed", "Vote on A/RES/68/101", "2013-12-05", "2013-10-06"],
        ["Event removed", "Vote on A/RES/68/103", "2013-12-05", ""],
        ["Event moved", "Vote on A/RES/68/109", "event A-RES-68-102", "event A-RES-68-109"],
        ["Symbol changed", "Vote on A/RES/68/109", "A/RES/68/102", "A/RES/68/109"],
        ["Vote changed", "Vote on A/RES/68/100, IND", "abstaining", "in favour"],
    ]
    # A removed resource has no page.
    assert 'href="/page/vote/A-RES-68-100/IND"' in page
    assert 'href="/page/event/A-RES-68-103"' not in page
    assert site.get(f"/changes/{site.later.name}").text.count("<tr id=") == 5


def test_changes_are_shown_by_kind(site: Site) -> None:
    page = site.get("/changes?kind=vote-changed").text
    assert page.count("<tr id=") == 1
    assert "Vote on A/RES/68/100, IND" in page
    assert site.get("/changes?kind=vote-added").text.count("<tr id=") == 0
    assert "expected one of event-added" in site.get("/changes?kind=x", status=400).text


def test_the_first_release_has_no_changes(site: Site) -> None:
    page = site.get(f"/changes/{site.earlier.name}").text
    assert "It was not compared with an earlier release" in page
    assert "<tr id=" not in page
    site.get(f"/data/changes/{site.earlier.name}.csv", status=404)
    assert site.feed(f"/data/changes/{site.earlier.name}.atom").find("a:entry", ATOM) is None


@pytest.mark.parametrize(
    "path",
    [
        "/changes/20200101T000000.000000Z-00000000",
        "/data/changes/20200101T000000.000000Z-00000000.ttl",
        "/data/changes/20200101T000000.000000Z-00000000.csv",
        "/data/releases.pdf",
        "/changes?page=2",
        "/id/release/none",
        "/id/change/none/0123",
    ],
)
def test_a_release_that_is_not_kept_is_not_found(site: Site, path: str) -> None:
    site.get(path, status=404)


def test_changes_are_sets_of_removed_and_added_statements(site: Site) -> None:
    triples = site.triples("/changes")
    changes = {s for s, p, o in triples if (p, o) == (f"<{RDF.type}>", f"<{CS.ChangeSet}>")}
    releases = Releases(site.earlier.name, site.later.name)
    listed = list(change_list.read(site.later))
    assert changes == {f"<{releases.change_iri(change)}>" for change in listed}
    for extension, accept in (("jsonld", "application/ld+json"), ("rdf", "application/rdf+xml")):
        assert site.triples(f"/data/changes/{site.later.name}.{extension}", accept) == triples


def test_all_changes_can_be_downloaded(site: Site) -> None:
    path = f"/data/changes/{site.later.name}"
    table = site.get(path + ".csv")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert len(list(csv.DictReader(io.StringIO(table.text)))) == 5
    lines = gzip.decompress(site.get(path + ".nt.gz").content).decode().splitlines()
    shown = {line for line in lines if CS.ChangeSet in line}
    assert len(shown) == 5
    tag = {"If-None-Match": table.headers["etag"]}
    assert httpx.get(site.address + path + ".csv", headers=tag).status_code == 304


def test_iris_of_releases_and_changes_redirect_to_their_descriptions(site: Site) -> None:
    last = list(change_list.read(site.later))[-1]
    change = Releases(site.earlier.name, site.later.name).change_iri(last)
    path = change.removeprefix(BASE.rstrip("/"))
    answer = site.get(path, status=303)
    assert answer.headers["location"] == (
        f"/changes/{site.later.name}#c-{change.rpartition('/')[2]}"
    )
    assert f'id="c-{change.rpartition("/")[2]}"' in site.get("/changes").text
    assert site.get(path, "text/turtle", 303).headers["location"] == (
        f"/data/changes/{site.later.name}.ttl"
    )
    site.get(path + "/removal", status=303)
    site.get(path[:-1], status=404)


def test_pages_and_data_agree_and_no_link_is_broken(site: Site) -> None:
    later, earlier = site.later.name, site.earlier.name
    names = ["releases", "changes", f"changes/{later}", f"changes/{earlier}"]
    things = [BASE + name for name in names] + [iris.release(later), iris.release(earlier)]
    crawled = crawl(site.address, things)
    assert crawled.wrong == []
    assert crawled.things == len(things)


@pytest.mark.parametrize(
    ("path", "entries"), [("/releases", 3), ("/changes", 5), ("/changes?kind=date-changed", 1)]
)
def test_feeds_have_what_atom_requires(site: Site, path: str, entries: int) -> None:
    answer = site.get(path, "application/atom+xml")
    assert len(valid_feed(answer)) == entries
    feed = ElementTree.fromstring(answer.content)
    (self_link,) = feed.findall("a:link[@rel='self']", ATOM)
    href = self_link.get("href", "").removeprefix(site.address)
    assert ElementTree.tostring(site.feed(href, "*/*")) == ElementTree.tostring(feed)


def test_an_entry_describes_a_change_and_links_to_its_page(site: Site) -> None:
    entry = site.feed("/changes?kind=vote-changed").find("a:entry", ATOM)
    assert entry is not None
    assert entry.findtext("a:title", "", ATOM) == "Vote on A/RES/68/100, IND: vote changed"
    assert entry.findtext("a:summary", "", ATOM) == "abstaining → in favour"
    link = entry.find("a:link", ATOM)
    assert link is not None
    assert link.get("href") == f"{site.address}/page/vote/A-RES-68-100/IND"


def test_every_page_links_to_the_feed(site: Site) -> None:
    (link,) = re.findall(r'<link [^>]*title="Releases of[^>]*>', site.get("/states").text)
    assert 'rel="alternate"' in link
    assert 'type="application/atom+xml"' in link
    assert 'href="/data/releases.atom"' in link


def test_an_entity_tag_changes_with_the_list_of_kept_releases(site: Site) -> None:
    answer = site.get("/releases")
    tag = answer.headers["etag"]
    again = httpx.get(
        site.address + "/releases", headers={"Accept": _BROWSER, "If-None-Match": tag}
    )
    assert again.status_code == 304
    aside = site.earlier.path.with_name("aside")
    site.earlier.manifest_file.rename(aside)
    try:
        alone = site.get("/releases")
    finally:
        aside.rename(site.earlier.manifest_file)
    assert alone.headers["etag"] != tag
    assert f"/changes/{site.earlier.name}" not in alone.text


def test_long_lists_are_divided_into_linked_pages(site: Site) -> None:
    path = f"/changes/{_LONG}?kind=vote-changed"
    page = site.get(path + "&page=2")
    assert page.text.count("<tr id=") == CHANGES_PER_PAGE
    assert f"{2 * CHANGES_PER_PAGE + 1} changes, page 2 of 3" in page.text
    assert 'rel="next"' in page.headers["link"]
    assert "page=3" in page.text
    last = site.triples(path + "&page=3")
    assert len([s for s, p, o in last if o == f"<{CS.ChangeSet}>"]) == 1
    feed = site.feed(path)
    assert len(feed.findall("a:entry", ATOM)) == CHANGES_PER_PAGE
    links = {link.get("rel"): link.get("href", "") for link in feed.findall("a:link", ATOM)}
    assert links.keys() == {"self", "alternate", "next"}
    after = site.feed(links["next"].removeprefix(site.address))
    assert after.findtext("a:id", "", ATOM) == feed.findtext("a:id", "", ATOM)
    # The IRI of a change leads to its page in the list of all changes.
    listed = list(change_list.read(Release(site.later.path.with_name(_LONG))))
    iri = Releases(_BEFORE_LONG, _LONG).change_iri(listed[-1])
    location = site.get("/" + iri.removeprefix(BASE), status=303).headers["location"]
    assert location == f"/changes/{_LONG}?page=3#c-{iri.rpartition('/')[2]}"
