"""What readers do on pages of votes, step by step in a real browser; and maps by every means."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from kg.web.pages.static_files import BUILT
from tests.support.browser import Watched, missing

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "there is a browser")
needs_map = pytest.mark.skipif(
    not ((BUILT / "world.json").is_file() and (BUILT / "map.js").is_file()),
    reason="the package was built without the map: npm could not be reached",
)
VOTE = "/page/resolution/A-RES-ES-11-6"


def test_a_journalist_finds_who_was_against_and_takes_the_list(page: Page) -> None:
    page.goto(VOTE)
    assert page.locator("h1").inner_text().startswith("Principles of the Charter")
    assert "141 in favour, 7 against, 32 abstaining" in page.locator("#outcome .lead").inner_text()
    # The side in the minority is the first list on the page.
    first = page.locator("article dl").first
    assert "Nicaragua" in first.inner_text()
    page.get_by_role("link", name="7 against").click()
    assert page.url.endswith("#no")
    assert page.locator("#no li").count() == 7
    csv = page.get_by_role("link", name="CSV").first.get_attribute("href")
    assert csv is not None
    answer = page.request.get(csv)
    assert sum(",against," in line for line in answer.text().splitlines()) == 7


def test_an_analyst_sees_a_group_on_the_page_and_the_map(page: Page) -> None:
    page.goto(VOTE)
    page.locator("#groups select[name=group]").select_option(label="BRICS")
    page.locator("#chosen-group").wait_for()
    assert "group=BRICS" in page.url
    chosen = page.locator("#chosen-group + ul")
    assert re.findall(r"\d+: (.*)", chosen.inner_text()) == [
        "Brazil", "Russian Federation", "China, India, South Africa",
    ]  # fmt: skip
    page.reload()
    assert "Brazil" in chosen.inner_text()


@needs_map
def test_a_map_is_used_by_keyboard_alone(page: Page) -> None:
    page.goto(VOTE)
    status = page.locator(".map-status")
    status.wait_for()
    page.locator(".map").focus()
    page.keyboard.type("chi")
    assert status.inner_text().startswith("Chile: in favour")
    page.keyboard.press("ArrowRight")
    assert status.inner_text().startswith("Argentina: in favour")
    whole = page.locator(".map").get_attribute("viewBox")
    page.keyboard.press("+")
    enlarged = page.locator(".map").get_attribute("viewBox")
    assert enlarged != whole
    page.keyboard.press("Enter")
    page.wait_for_url("**/page/state/ARG")


@needs_map
def test_small_states_are_selected_by_pointer_and_finger(browser: Browser, server: str) -> None:
    malta = "circle[data-state=MLT]"
    with Watched(browser, server) as page:
        page.goto(VOTE)
        page.get_by_role("button", name="Zoom in").click()
        page.get_by_role("button", name="Whole map").click()
        page.locator(malta).scroll_into_view_if_needed()
        box = page.locator(malta).bounding_box()
        assert box is not None
        # Five pixels beside the circle is near enough.
        page.mouse.click(box["x"] + box["width"] + 4, box["y"] + box["height"] / 2)
        page.wait_for_url("**/page/state/MLT")
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    with Watched(browser, server, **phone) as page:
        page.goto(VOTE)
        page.locator(malta).scroll_into_view_if_needed()
        box = page.locator(malta).bounding_box()
        assert box is not None
        page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.locator(".map-status a").first.wait_for()
        assert "Malta: in favour" in page.locator(".map-status").inner_text()
        page.locator(".map-status a").click()
        page.wait_for_url("**/page/state/MLT")


@needs_map
def test_a_map_that_was_replaced_in_place_is_still_interactive(page: Page) -> None:
    page.goto(VOTE)
    page.locator("#groups select[name=region]").select_option("Africa")
    page.wait_for_function(
        "() => !document.querySelector('.map').getAttribute('viewBox').startsWith('0 0')"
    )
    page.locator(".map-tools").wait_for()
    assert page.locator(".map-tools").count() == 1


def test_a_vote_is_read_without_javascript(browser: Browser, server: str) -> None:
    with Watched(browser, server, java_script_enabled=False) as page:
        page.goto(VOTE)
        page.locator("#groups select[name=group]").select_option(label="European Union")
        page.locator("#groups").get_by_role("button", name="Show").click()
        assert "group=EU" in page.url
        assert page.locator("#chosen-group").inner_text() == "European Union"
        page.get_by_role("link", name="32 abstaining").click()
        page.locator("#abstaining").get_by_role("link", name="India", exact=True).click()
        assert page.locator("h1").inner_text() == "India"


def test_a_student_compares_a_seat_with_and_without_its_predecessor(page: Page) -> None:
    page.goto("/compare")
    page.locator("select[name=states]").nth(0).select_option(label="Russian Federation")
    note = page.locator(".remark")
    note.filter(has_text="Union of Soviet Socialist Republics (until 1991)").wait_for()
    assert "states=RUS" in page.url
    note.get_by_role("link", name="Compare without predecessors").click()
    page.wait_for_url("**seats=separate**")
    assert "are not included" in note.inner_text()
    assert page.locator("select[name=seats]").input_value() == "separate"


def test_an_analyst_lists_where_two_states_were_opposed_on_a_topic(page: Page) -> None:
    page.goto("/compare?states=IND,USA")
    parted = page.locator("#parted caption")
    before = parted.inner_text()
    page.locator("select[name=difference]").select_option("opposed")
    page.wait_for_function(
        "before => document.querySelector('#parted caption')?.innerText !== before", arg=before
    )
    assert "one in favour and another against" in parted.inner_text()
    page.locator("select[name=topic]").select_option(index=1)
    page.wait_for_function("() => document.querySelector('#result h2').innerText.includes(':')")
    assert "topic=" in page.url
    csv = page.locator("#result").get_by_role("link", name="CSV")
    if csv.count():
        address = csv.first.get_attribute("href")
        assert address is not None
        assert page.request.get(address).text().startswith(("state,", "date,"))


def test_a_learner_follows_a_state_through_a_topic_on_a_phone(
    browser: Browser, server: str
) -> None:
    with Watched(browser, server, viewport={"width": 320, "height": 700}) as page:
        for address in ("/page/state/IND", "/compare?states=CHN,IND,USA,FRA", VOTE):
            page.goto(address)
            assert page.evaluate("document.documentElement.scrollWidth") <= 320
        page.goto("/page/state/RUS")
        page.locator("#votes select[name=topic]").select_option(index=1)
        page.wait_for_function(
            "() => document.querySelector('#votes').innerText.includes('on the topic')"
        )
        assert "topic=" in page.url
        assert page.locator("#votes .remark").count() == 1
