"""Pages in a real browser: errors, outside requests, the keyboard, axe, and no JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx
import pytest

from kg.web.pages.static_files import BUILT
from tests.support.axe import violations
from tests.support.browser import PAGES, Watched, missing
from tests.support.http import static_site
from tests.support.load import comes

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "there is a browser")

needs_editor = pytest.mark.skipif(
    not (BUILT / "editor.js").is_file(),
    reason="the package was built without the editor: npm could not be reached",
)
needs_map = pytest.mark.skipif(
    not (BUILT / "world.json").is_file(),
    reason="the package was built without the map: npm could not be reached",
)


@pytest.mark.parametrize("kind", PAGES)
def test_pages_load_without_errors_outside_requests_or_barriers(page: Page, kind: str) -> None:
    page.goto(PAGES[kind], wait_until="networkidle")
    assert page.locator("h1").count() == 1
    # Nothing is wider than the window, on the smallest phone either.
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert violations(page) == []


#: Pages of what is not in the embedded sources; the sample has something for each.
_LARGE_SOURCES = (
    "/",
    "/page/event/unvotes-146",
    "/page/resolution/A-RES-68-262",
    "/page/state/YUG",
    "/page/topic/human-rights",
    "/page/session/3",
    "/topics",
    "/body/GeneralAssembly",
    "/compare?states=SUN,USA,IND,CHN,FRA,GBR",
    "/queries/similar-voters",
)


def test_pages_of_the_large_sources_load_as_well(
    browser: Browser, real_data: Path, sample: Path, start_server: Callable[[Path], str]
) -> None:
    with Watched(browser, start_server(sample)) as page:
        for path in _LARGE_SOURCES:
            page.goto(path, wait_until="networkidle")
            assert page.locator("h1").count() == 1
            assert page.locator("main :is(table, .chart, dl, li)").count() > 0


def test_a_figure_is_shown_in_a_frame_of_another_site(
    browser: Browser, server: str, tmp_path: Path
) -> None:
    (tmp_path / "news.html").write_text(
        f'<h1>News</h1><iframe src="{server}/embed/event/A-RES-ES-11-6" title="vote" width="720" '
        'height="640" sandbox="allow-popups allow-top-navigation-by-user-activation"></iframe>',
        encoding="utf-8",
    )
    with static_site(tmp_path) as site, browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{site}/news.html")
        frame = page.frame_locator("iframe")
        assert "141" in frame.locator(".tally").inner_text()
        # The style sheet is loaded, although the frame has no origin.
        assert frame.locator(".tally").evaluate("e => getComputedStyle(e).display") == "flex"
        frame.locator("h1 a").click()
        page.wait_for_url(f"{server}/page/event/A-RES-ES-11-6")


def test_lists_of_changes_load_as_well(
    browser: Browser, corrected: Path, start_server: Callable[[Path], str]
) -> None:
    with Watched(browser, start_server(corrected)) as page:
        for path in ("/releases", "/changes", "/changes?kind=vote-changed"):
            page.set_viewport_size({"width": 360, "height": 800})
            page.goto(path, wait_until="networkidle")
            assert page.locator("main table tbody tr").count() > 0
            assert page.evaluate("document.documentElement.scrollWidth") <= 360
            assert violations(page) == []


def test_ideal_points_load_as_well(
    browser: Browser, ideal_points: Path, start_server: Callable[[Path], str]
) -> None:
    with Watched(browser, start_server(ideal_points)) as page:
        for path in ("/ideal-points", "/page/state/IND"):
            page.set_viewport_size({"width": 320, "height": 800})
            page.goto(path, wait_until="networkidle")
            assert page.locator("main .chart").count() == 1
            assert page.evaluate("document.documentElement.scrollWidth") <= 320
            assert violations(page) == []
        page.goto("/ideal-points")
        page.get_by_label("Estimates").select_option("record")
        page.locator("#result h2", has_text="in 2021").wait_for()
        page.get_by_label("Votes").select_option("all-votes")
        page.locator("#result", has_text="no such estimates").wait_for()
        assert page.locator("h1").count() == 1


@pytest.mark.parametrize(
    "text", ["ES-11/6", "a/res/es-11/6", "A-RES-ES-11-6", "resolution es-11/6", "es 11 6"]
)
def test_search_suggests_while_typing_by_keyboard_alone(page: Page, text: str) -> None:
    page.goto("/")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "find":
            break
    page.keyboard.type(text, delay=10)
    # While one types, the list is still that of fewer letters, and says that it is busy.
    first = page.locator("[role=listbox]:not([aria-busy]) [role=option]:first-child")
    first.filter(has_text="A/RES/ES-11/6").wait_for()
    page.keyboard.press("ArrowDown")
    assert page.locator("[role=option][aria-selected=true]").count() == 1
    page.keyboard.press("Enter")
    page.wait_for_url("**/page/resolution/A-RES-ES-11-6")
    assert page.locator("h1 .symbol").inner_text() == "A/RES/ES-11/6"


def test_suggestions_close_with_escape_and_enter_searches(page: Page) -> None:
    page.goto("/states")
    page.locator("#find").focus()
    page.keyboard.type("Ukra")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("Escape")
    assert page.locator("#find").get_attribute("aria-expanded") == "false"
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=Ukra")


@needs_map
def test_the_map_colours_india_as_it_voted(page: Page) -> None:
    page.goto("/page/resolution/A-RES-ES-11-6")
    colour = "element => getComputedStyle(element).fill"
    india = page.locator(".map path", has=page.locator("title", has_text="India: abstaining"))
    swatch = page.locator(".legend .swatch.abstaining").first
    assert india.evaluate(colour) == swatch.evaluate(
        "element => getComputedStyle(element).backgroundColor"
    )
    russia = page.locator(".map path", has=page.locator("title", has_text="Russian Federation"))
    assert russia.first.evaluate(colour) != india.evaluate(colour)


def test_compare_redraws_on_a_change_and_its_address_follows(page: Page) -> None:
    page.goto("/compare?states=CHN,IND")
    before = page.locator(".chart").get_attribute("aria-label")
    page.locator("select[name=states]").nth(2).select_option("FRA")
    page.wait_for_function("() => document.querySelectorAll('.matrix tbody tr').length === 3")
    assert page.locator(".chart").get_attribute("aria-label") != before
    assert "states=FRA" in page.url
    page.reload()
    assert page.locator(".matrix tbody tr").count() == 3


def test_years_of_agreement_change_in_place(page: Page) -> None:
    page.goto("/page/state/IND")
    before = page.locator("#agreement table").first.inner_text()
    page.locator("#agreement input[name=from]").fill("2022")
    page.locator("#agreement button").click()
    page.wait_for_function(
        "before => document.querySelector('#agreement table').innerText !== before", arg=before
    )
    assert "from=2022" in page.url
    assert page.locator("#agreement h2").count() == 1
    assert page.locator("#agreement form").count() == 1


def test_the_keyboard_skips_long_lists_and_hears_where_it_is(page: Page) -> None:
    page.goto("/states")
    assert page.locator("nav [aria-current=page]").all_inner_texts() == ["States"]
    past = page.get_by_role("link", name="Skip this list").first
    past.focus()
    assert past.evaluate("link => link.getBoundingClientRect().left") >= 0
    page.keyboard.press("Enter")
    # The next link is beyond the list of 193 members.
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Skip this list"


def test_an_unknown_state_is_refused_with_the_list(page: Page) -> None:
    page.goto("/votes?state=ZZZ&position=against")
    assert "Unknown state 'ZZZ'" in page.locator("main").inner_text()
    page.get_by_role("link", name="Zambia").click()
    assert "Zambia against" in page.locator("h1").inner_text()
    page.goto("/queries/similar-voters?state=ZZZ")
    assert page.locator("select[name=state]").input_value() == ""


def test_terms_explain_themselves_on_focus(page: Page) -> None:
    page.goto("/page/state/IND")
    term = page.locator("a.term", has_text="admitted").first
    term.focus()
    tooltip = term.evaluate("element => getComputedStyle(element, '::after').content")
    assert "first day of membership" in tooltip


@needs_editor
def test_the_editor_runs_a_gallery_query_by_keyboard_alone(page: Page) -> None:
    page.goto("/sparql")
    page.locator(".cm-content").wait_for()
    page.locator("[data-example=tally]").focus()
    page.keyboard.press("Enter")
    page.wait_for_function(
        "() => document.querySelector('.cm-content').innerText.includes('A-RES-ES')"
    )
    page.keyboard.press("Control+Enter")
    page.locator("#result table").wait_for()
    assert "141" in page.locator("#result table").inner_text()
    # The address can be shared: opened anew it shows query and result.
    assert "/run?query=" in page.url
    page.reload()
    assert "141" in page.locator("#result table").inner_text()
    page.locator(".cm-content").focus()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "run"


@needs_editor
def test_the_editor_completes_terms_and_resources(page: Page) -> None:
    page.goto("/sparql")
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("SELECT * { ?v unv:inFav")
    page.get_by_role("option", name="unv:inFavour").wait_for()
    # What is completed by an error of the fingers is not taken within the first moment.
    page.wait_for_timeout(150)
    page.keyboard.press("Enter")
    page.keyboard.type(" <india")
    page.get_by_role("option", name="India").first.wait_for()
    page.wait_for_timeout(150)
    page.keyboard.press("Enter")
    text = page.locator(".cm-content").inner_text()
    assert "unv:inFavour" in text
    assert "/id/state/IND>" in text


def _type_query(page: Page, text: str) -> None:
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.type(text)


@needs_editor
def test_a_variable_stays_as_it_is_typed_and_others_are_suggested(page: Page) -> None:
    page.goto("/sparql")
    _type_query(page, "SELECT * { ?option ?p ?o")
    page.get_by_role("option", name="?option").wait_for()
    page.keyboard.press("Enter")
    page.keyboard.type("?op")
    page.get_by_role("option", name="?option").wait_for()
    # Keywords such as OPTIONAL are no variables.
    assert page.get_by_role("option").all_inner_texts() == ["?op", "?option"]
    page.wait_for_timeout(150)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    lines = page.locator(".cm-line").all_inner_texts()
    assert [line.strip("} ") for line in lines[:2]] == ["SELECT * { ?option ?p ?o", "?option"]


@needs_editor
def test_a_completed_term_declares_its_prefix(page: Page) -> None:
    page.goto("/sparql")
    _type_query(page, "SELECT * { ?v unv:inFav")
    page.get_by_role("option", name="unv:inFavour").wait_for()
    page.wait_for_timeout(150)
    page.keyboard.press("Enter")
    page.keyboard.type(" ?state } LIMIT 3")
    assert page.locator(".cm-line").first.inner_text().startswith("PREFIX unv: <")
    page.keyboard.press("Control+Enter")
    page.locator("#result table tbody tr").nth(2).wait_for()


@needs_editor
def test_a_mistake_is_marked_and_a_missing_prefix_is_added(page: Page) -> None:
    page.goto("/sparql")
    _type_query(page, "SELECT nothing")
    page.keyboard.press("Escape")
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+Enter")
    page.get_by_role("alert").wait_for()
    assert "Syntax error in line 1, column 8" in page.get_by_role("alert").inner_text()
    assert page.locator(".cm-mistake").inner_text() == "nothing"
    page.goto("/run?query=" + quote("SELECT * { ?v unv:yesCount 141 }"))
    assert page.locator(".cm-mistake").inner_text() == "unv:yesCount"
    page.get_by_role("link", name="Add this line").click()
    page.locator("#result table").wait_for()
    assert page.locator(".cm-line").first.inner_text().startswith("PREFIX unv: <")
    assert page.locator(".cm-mistake").count() == 0


@needs_editor
def test_a_running_query_can_be_cancelled_which_ends_it_on_the_server(
    page: Page, server: str
) -> None:
    def ended() -> int:
        """Return the number of queries that the server ended because their client left."""
        text = httpx.get(f"{server}/metrics").text
        counts = re.findall(
            r'^kg_requests_total{path="/run",status="499"} (\d+)', text, re.MULTILINE
        )
        return int(*counts or (0,))

    page.goto("/sparql")
    before = ended()
    _type_query(page, "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a = ?i) }")
    page.keyboard.press("Escape")
    page.locator("#run").click()
    page.get_by_text("Running for").wait_for()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("The query was cancelled").wait_for()
    assert comes(lambda: ended() == before + 1)
    assert page.get_by_role("button", name="Cancel").count() == 0


@needs_editor
def test_the_form_of_a_result_is_kept_in_the_link_and_queries_in_the_history(page: Page) -> None:
    query = "SELECT ?name ?n { VALUES (?name ?n) { ('first' 3) ('second' 5) } }"
    page.goto("/sparql")
    _type_query(page, query)
    page.keyboard.press("Escape")
    page.locator("#run").click()
    page.get_by_role("link", name="Bar chart").click()
    page.get_by_role("figure", name="Bar chart").wait_for()
    assert "view=bar" in page.url
    page.get_by_role("link", name="n", exact=True).click()
    page.locator("[aria-sort=ascending]").wait_for()
    page.reload()
    assert page.get_by_role("figure", name="Bar chart").count() == 1
    assert page.locator("[aria-sort=ascending]").count() == 1
    kept = page.locator("#history button.kept-query")
    assert kept.all_inner_texts() == [query]
    page.goto("/sparql")
    kept.first.click()
    assert page.locator(".cm-content").inner_text() == query
    page.get_by_role("button", name="Forget them").click()
    assert not page.locator("#history").is_visible()


def test_the_tutorial_shows_rows_in_place_and_without_javascript_on_their_page(
    browser: Browser, page: Page, server: str
) -> None:
    page.goto("/first-queries")
    page.get_by_role("button", name="Run query 3").click()
    rows = page.locator("#rows-3 table tbody tr")
    rows.first.wait_for()
    # The seven states that voted against, as the resolution's page counts them.
    assert rows.count() == 7
    assert page.url.endswith("/first-queries")
    page.get_by_label("Query 3").fill("SELECT * { ?a unv:b ?c }")
    page.get_by_role("button", name="Run query 3").click()
    page.locator("#rows-3").get_by_role("alert").wait_for()
    with Watched(browser, server, java_script_enabled=False) as plain:
        plain.goto("/first-queries")
        plain.get_by_role("button", name="Run query 3").click()
        assert plain.locator("#result table tbody tr").count() == 7


def test_a_journalist_finds_the_votes_of_a_country_from_the_front_page(page: Page) -> None:
    page.goto("/")
    assert "18 December 2025" in page.locator(".hero").inner_text()
    latest = page.locator("section", has=page.locator("#latest")).locator("tbody tr")
    dates = latest.locator(".date").all_inner_texts()
    assert dates == sorted(dates, reverse=True)
    page.get_by_label("State", exact=True).select_option("India")
    page.get_by_role("button", name="Show its votes").click()
    assert "India" in page.locator("h1").inner_text()
    page.go_back()
    page.locator("#find").fill("russia withdrawal")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=russia*")
    page.get_by_role("link", name="A/RES/ES-11/1").click()
    assert "141" in page.locator(".tally").inner_text()


@needs_map
def test_a_newcomer_finds_a_wrong_number_in_an_article(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="check it against the record").click()
    page.get_by_role("button", name="Try an example").click()
    finding = page.locator("li.verdict-contradicts")
    assert "34 abstaining; the record has 35" in finding.inner_text()
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert violations(page) == []
    # The sentence in the text leads to its finding, and the finding to its vote.
    page.locator(".check-text a.verdict-contradicts").click()
    assert page.url.endswith("#finding-1")
    finding.get_by_role("link", name="A/RES/ES-11/1").click()
    assert "35" in page.locator("main").inner_text()


def test_the_picture_of_the_front_page_leads_to_its_vote(page: Page) -> None:
    page.goto("/", wait_until="networkidle")
    picture = page.locator("section", has=page.locator("#picture")).locator("img")
    assert picture.evaluate("image => image.naturalWidth") > 0
    against = re.search(r"(\d+) against", picture.get_attribute("alt") or "")
    picture.click()
    page.wait_for_url("**/page/event/*")
    assert against
    assert against[1] in page.locator(".tally .no").inner_text()


def test_everything_works_without_javascript(browser: Browser, server: str) -> None:
    with Watched(browser, server, java_script_enabled=False) as page:
        page.goto("/")
        page.locator("#find").fill("es-11/6")
        page.keyboard.press("Enter")
        page.get_by_role("link", name="A/RES/ES-11/6").first.click()
        assert page.locator("h1 .symbol").inner_text() == "A/RES/ES-11/6"
        page.goto("/compare")
        page.locator("select[name=states]").nth(0).select_option("FRA")
        page.get_by_role("button", name="Compare").click()
        assert "states=FRA" in page.url
        page.goto("/queries/tally")
        page.get_by_label("resolution", exact=True).fill("A/RES/ES-11/4")
        page.get_by_role("button", name="Run").click()
        assert "143" in page.locator("#result table").inner_text()
        page.goto("/sparql")
        page.locator("#query").fill("SELECT (6 * 7 AS ?answer) {}")
        page.get_by_role("button", name="Run").click()
        assert "42" in page.locator("#result table").inner_text()
