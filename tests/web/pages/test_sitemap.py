"""The site map and robots.txt: valid, complete, and of the address that was requested."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import httpx

NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def addresses(document: bytes, root: str, entry: str) -> list[str]:
    """Return the addresses of a document, whose structure is that of the protocol."""
    tree = ElementTree.fromstring(document)
    assert tree.tag == NAMESPACE + root
    listed = []
    for child in tree:
        assert child.tag == NAMESPACE + entry
        assert [part.tag for part in child] == [NAMESPACE + "loc", NAMESPACE + "lastmod"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", child[1].text or "")
        listed.append(child[0].text or "")
    assert len(set(listed)) == len(listed) <= 50_000
    return listed


def test_the_site_map_lists_pages_that_exist(server: str) -> None:
    robots = httpx.get(f"{server}/robots.txt").text
    assert f"Sitemap: {server}/sitemap.xml\n" in robots
    assert "Disallow: /sparql\n" in robots
    index = httpx.get(f"{server}/sitemap.xml")
    assert index.headers["content-type"].startswith("application/xml")
    files = addresses(index.content, "sitemapindex", "sitemap")
    assert f"{server}/sitemap/states-1.xml" in files
    listed = {file: addresses(httpx.get(file).content, "urlset", "url") for file in files}
    assert len(listed[f"{server}/sitemap/states-1.xml"]) == 206
    assert (
        f"{server}/page/resolution/A-RES-ES-11-6" in listed[f"{server}/sitemap/resolutions-1.xml"]
    )
    for pages in listed.values():
        assert all(page.startswith(f"{server}/") and len(page) < 2048 for page in pages)
        assert httpx.get(pages[-1], headers={"Accept": "text/html"}).status_code == 200
    for missing in ("states-0", "votes-1", "states-x", "states-1-1"):
        assert httpx.get(f"{server}/sitemap/{missing}.xml").status_code == 404
