"""What seven people come for, step by step in a browser, on the whole record."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from bibtexparser.entrypoint import parse_string

from kg.web.pages.static_files import BUILT
from tests.support.axe import violations
from tests.support.browser import Watched, missing
from tests.support.releases import ask

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "there is a browser")
needs_scripts = pytest.mark.skipif(
    not ((BUILT / "editor.js").is_file() and (BUILT / "map.js").is_file()),
    reason="the package was built without editor and map: npm could not be reached",
)
_ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def server(start_server: Callable[[Path], str], full_record: Path) -> str:
    """The address of a live server with the whole record."""
    return start_server(full_record)


def test_a_journalist_finds_the_resolution_on_the_withdrawal_of_russia(page: Page) -> None:
    page.goto("/")
    # The record itself has the misspelt word once.
    page.locator("#find").fill("russia withdrawl")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="russia withdrawal").click()
    page.wait_for_url("**/search?q=russia*")
    page.get_by_role("link", name="A/RES/ES-11/1").first.click()
    assert "141 in favour, 5 against, 35 abstaining" in page.locator("#outcome .lead").inner_text()
    page.get_by_role("link", name="5 against").click()
    assert page.locator("#no li").count() == 5


def test_an_analyst_lists_the_votes_of_ethiopia_on_palestine(page: Page, full_record: Path) -> None:
    page.goto("/page/state/ETH")
    row = page.locator("#topics tr", has_text="Palestinian conflict")
    row.get_by_role("link").last.click()
    page.wait_for_url("**/votes?**position=abstaining**")
    form = page.locator("details", has=page.locator("[name=from]"))
    form.locator("summary").click()
    form.locator("[name=from]").fill("1990")
    form.locator("[name=until]").fill("2020")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**from=1990**")
    query = """SELECT (COUNT(DISTINCT ?e) AS ?n) { ?e unv:abstaining ?state ; unv:year ?year ;
        unv:decides?/dcterms:subject ?topic . ?topic skos:prefLabel "Palestinian conflict"@en .
        ?state unv:iso3 "ETH" FILTER(?year >= 1990 && ?year <= 2020) }"""
    ((number,),) = ask(full_record, query)
    assert int(number) > 0
    assert page.locator("caption").first.inner_text() == f"{number} votes"
    page.set_viewport_size({"width": 320, "height": 640})
    # Nothing is beyond the edge, within the frame of the table either.
    for place in ("html", ".scroll"):
        width = page.locator(place).first.evaluate("e => [e.scrollWidth, e.clientWidth]")
        assert width[0] <= width[1]
    assert violations(page) == []
    csv = page.get_by_role("link", name="CSV").first.get_attribute("href")
    assert csv
    assert len(page.request.get(csv).text().splitlines()) == int(number) + 1


def test_a_student_follows_russia_over_eighty_years(page: Page) -> None:
    page.goto("/compare?states=RUS,USA")
    note = page.locator(".remark").first.inner_text()
    assert "Union of Soviet Socialist Republics (until 1991)" in note
    page.locator("summary", has_text="By year").click()
    years = page.locator("details tbody th").all_inner_texts()
    assert years[0] == "1946"
    assert len(years) > 75
    svg = page.get_by_role("link", name="SVG").get_attribute("href")
    assert svg
    picture = page.request.get(svg)
    assert picture.headers["content-type"] == "image/svg+xml"
    assert "Russian Federation, United States of America" in picture.text()


@needs_scripts
def test_a_learner_corrects_the_first_mistake_in_the_editor(page: Page) -> None:
    page.goto("/sparql")
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("SELECT ?state { ?state a unv:State } LIMIT 3")
    page.keyboard.press("Escape")
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+Enter")
    mistake = page.locator(".cm-mistake")
    mistake.wait_for()
    assert mistake.inner_text() == "unv:State"
    page.get_by_role("link", name="Add this line").click()
    page.locator("#result tbody tr").nth(2).wait_for()


@needs_scripts
def test_a_historian_sees_both_germanies_on_a_map_of_1983(page: Page) -> None:
    page.goto("/page/resolution/A-RES-38-7")
    germany = page.locator(".map title", has_text="Germany, Federal Republic of").first
    assert germany.text_content() == (
        "Germany, Federal Republic of: abstaining; German Democratic Republic: in favour"
    )
    assert "striped in the colours of both" in page.locator("figcaption").first.inner_text()
    page.locator("#abstaining").get_by_role("link", name="Germany, Federal Republic of").click()
    assert page.locator("h1").inner_text() == "Germany, Federal Republic of"


def test_an_editor_takes_figure_feed_and_citation_away(page: Page, server: str) -> None:
    page.goto("/page/resolution/A-RES-38-7")
    frame = page.locator("pre code").first.text_content() or ""
    assert frame.startswith(f'<iframe src="{server}/embed/')
    bibtex = page.get_by_role("link", name="BibTeX").get_attribute("href")
    assert bibtex
    (entry,) = parse_string(page.request.get(bibtex).text()).entries
    assert "A/RES/38/7" in entry.fields_dict["title"].value
    page.goto("/votes?body=SecurityCouncil")
    feed_link = page.locator("link[href*='votes.atom']").get_attribute("href")
    assert feed_link
    feed = ET.fromstring(page.request.get(feed_link).text())
    entries = feed.findall(f"{_ATOM}entry")
    assert len(entries) == 50
    # What RFC 4287 requires of a feed and of each entry.
    for element in (feed, *entries):
        for name in ("id", "title", "updated"):
            assert len(element.findall(_ATOM + name)) == 1
        datetime.fromisoformat((element.findtext(f"{_ATOM}updated") or "").replace("Z", "+00:00"))
    assert len({entry.findtext(f"{_ATOM}id") for entry in entries}) == len(entries)
    assert feed.find(f"{_ATOM}author/{_ATOM}name") is not None


def test_a_reader_on_a_small_phone_without_scripts_goes_from_topic_to_vote(
    browser: Browser, server: str
) -> None:
    options = {"viewport": {"width": 320, "height": 640}, "java_script_enabled": False}
    with Watched(browser, server, **options) as page:
        page.goto("/topics")
        page.get_by_label("Only topics with the words").fill("nuclear disarmament")
        page.get_by_role("button", name="Show").click()
        page.get_by_role("link", name="NUCLEAR DISARMAMENT", exact=True).click()
        page.locator("tbody a").first.click()
        assert page.locator("#outcome .lead").inner_text()
        page.get_by_role("link", name="By group").click()
        assert page.url.endswith("#groups")
        page.goto("/body/GeneralAssembly")
        assert page.locator("caption").first.inner_text().startswith("The latest of ")
