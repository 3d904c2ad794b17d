"""Figures in frames of other sites."""

from __future__ import annotations

import asyncio
import csv
import io
import re
import zlib
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest

from kg.errors import BusyError, LimitError
from kg.rdf.vocabulary import BASE
from kg.web.http_error import HttpError
from kg.web.pages.pictures import PictureMaker, font_file
from tests.support.releases import ask


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


needs_pictures = pytest.mark.skipif(
    font_file() is None, reason="the extra pictures is not installed"
)


def _size(picture: bytes) -> tuple[int, int]:
    """Return the width and height of a PNG, whose header has them at fixed places."""
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    return int.from_bytes(picture[16:20]), int.from_bytes(picture[20:24])


@needs_pictures
@pytest.mark.parametrize("path", ["resolution/A-RES-ES-11-6", "state/IND"])
def test_shared_links_have_a_picture_of_the_figure(server: str, path: str) -> None:
    page = httpx.get(f"{server}/page/{path}", headers={"Accept": "text/html"}).text
    (address,) = re.findall(r'<meta property="og:image" content="([^"]+)"', page)
    answer = httpx.get(address)
    assert answer.headers["content-type"] == "image/png"
    assert _size(answer.content) == (1200, 630)
    # More than a white area; the second answer is that of the cache.
    assert len(set(zlib_rows(answer.content))) > 50
    assert httpx.get(address, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    figure = ElementTree.fromstring(httpx.get(f"{server}/embed/{path}.svg").content)
    _, _, width, height = map(float, figure.get("viewBox", "").split())
    picture = httpx.get(f"{server}/embed/{path}.png").content
    assert _size(picture) == (2 * width, 2 * height)


@needs_pictures
def test_a_comparison_is_a_picture_with_the_years_that_are_chosen(server: str) -> None:
    address = f"{server}/data/agreement.png?states=CHN,IND,USA"
    answer = httpx.get(address)
    assert answer.headers["content-type"] == "image/png"
    figure = httpx.get(address.replace(".png", ".svg")).content
    _, _, width, height = map(float, ElementTree.fromstring(figure).get("viewBox", "").split())
    assert _size(answer.content) == (2 * width, 2 * height)
    assert len(set(zlib_rows(answer.content))) > 50
    assert httpx.get(f"{address}&from=2022").content != answer.content


def zlib_rows(picture: bytes) -> list[bytes]:
    """Return the rows of a PNG as they were compressed."""
    data, position = b"", 8
    while position < len(picture):
        size = int.from_bytes(picture[position : position + 4])
        if picture[position + 4 : position + 8] == b"IDAT":
            data += picture[position + 8 : position + 8 + size]
        position += size + 12
    raw, (_, height) = zlib.decompress(data), _size(picture)
    length = len(raw) // height
    return [raw[row * length : (row + 1) * length] for row in range(height)]


def test_the_values_of_a_figure_are_a_table(server: str, embedded: Path) -> None:
    text = httpx.get(f"{server}/embed/event/A-RES-ES-11-6.csv").text
    rows = list(csv.DictReader(io.StringIO(text)))
    against = {row["state"] for row in rows if row["position"] == "against"}
    stored = ask(embedded, f"SELECT ?s {{ <{BASE}id/event/A-RES-ES-11-6> unv:against ?s }}")
    assert against == {row[0].rpartition("/")[2] for row in stored}
    years = list(csv.DictReader(io.StringIO(httpx.get(f"{server}/embed/state/IND.csv").text)))
    (abstained,) = ask(
        embedded,
        f"SELECT (COUNT(*) AS ?n) {{ ?e unv:abstaining <{BASE}id/state/IND> ; "
        "unv:body unv:GeneralAssembly }",
    )
    of_assembly = [row for row in years if row["body"] == "General Assembly"]
    assert sum(int(row["abstaining"]) for row in of_assembly) == int(abstained[0])


def test_without_the_extra_there_is_no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.web.pages.pictures.font_file", lambda: None)
    with pytest.raises(HttpError, match=r"un-votes-kg\[pictures\]") as refused:
        asyncio.run(PictureMaker().png("<svg/>"))
    assert refused.value.status == 404


@needs_pictures
def test_what_is_no_picture_is_an_error_and_waiting_is_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kg.web.pages.pictures.WAITING_PICTURES", 1)

    async def make() -> list[bytes | BaseException]:
        maker = PictureMaker()
        both = (maker.png("<svg"), maker.png("<svg"))
        return list(await asyncio.gather(*both, return_exceptions=True))

    assert [type(error) for error in asyncio.run(make())] == [LimitError, BusyError]
