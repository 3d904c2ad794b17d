"""Figures in frames of other sites."""

from __future__ import annotations

import re
from html import unescape
from xml.etree import ElementTree

import httpx
import pytest


@pytest.mark.parametrize(
    ("path", "figure", "canonical"),
    [
        ("resolution/A-RES-ES-11-6", "<strong>141</strong> in favour", "resolution/A-RES-ES-11-6"),
        ("event/A-RES-ES-11-6", "Borders are from Natural Earth", "resolution/A-RES-ES-11-6"),
        ("state/IND", "<h2>General Assembly</h2>", "state/IND"),
    ],
)
def test_a_page_offers_its_figure_for_a_frame(
    server: str, path: str, figure: str, canonical: str
) -> None:
    page = httpx.get(f"{server}/page/{path}", headers={"Accept": "text/html"})
    (code,) = re.findall(r"<code>(&lt;iframe.*?)</code>", page.text)
    (address,) = re.findall(r'src="([^"]+)"', unescape(code))
    frame = httpx.get(address)
    assert figure in frame.text
    assert "<script" not in frame.text
    assert "<nav" not in frame.text
    # Other pages cannot be framed, and a frame can do nothing but open links.
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    policy = frame.headers["content-security-policy"]
    assert "frame-ancestors *" in policy
    assert "sandbox allow-popups allow-top-navigation-by-user-activation" in policy
    assert f'<link rel="canonical" href="{server}/page/{canonical}">' in frame.text


@pytest.mark.parametrize(
    ("path", "shapes"), [("event/A-RES-ES-11-6", 200), ("state/IND", 5), ("state/RUS", 5)]
)
def test_a_figure_is_a_file_with_its_colours_and_source(
    server: str, path: str, shapes: int
) -> None:
    answer = httpx.get(f"{server}/embed/{path}.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    image = ElementTree.fromstring(answer.content)
    assert image.tag == "{http://www.w3.org/2000/svg}svg"
    style = image.findtext("{*}style", "")
    assert "var(" not in style
    classes = {name for e in image.iter() for name in e.get("class", "").split()}
    assert {name for name in classes if name.startswith("fill-")} <= set(
        re.findall(r"\.([\w-]+)", style)
    )
    assert sum(1 for e in image.iter() if e.get("class", "").startswith("fill-")) > shapes
    assert f"{server}/page/{path}" in image.findtext("{*}desc", "")


@pytest.mark.parametrize("path", ["state/NOWHERE", "proposal/china-12-point"])
def test_what_has_no_figure_is_not_found(server: str, path: str) -> None:
    assert httpx.get(f"{server}/embed/{path}").status_code == 404
