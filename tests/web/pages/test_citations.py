"""Citations of pages, as reference managers read them."""

from __future__ import annotations

import json

import httpx
import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares import LatexDecodingMiddleware

from kg.web.pages.citations import CITATION_FORMATS, Citation

TITLE = "50 % of {states} & \\ ~ \n others_#1 – « là »"


def read(extension: str, text: str) -> dict[str, str]:
    """Return title, address, year and release of a citation."""
    if extension == "bib":
        (entry,) = parse_string(text, append_middleware=[LatexDecodingMiddleware()]).entries
        fields = {field.key: str(field.value) for field in entry.fields}
        return {
            "title": fields["title"],
            "url": fields["howpublished"],
            "year": fields["year"],
            "release": fields["note"],
        }
    if extension == "ris":
        (entry,) = rispy.loads(text)
        return {
            "title": entry["title"],
            "url": entry["urls"][0],
            "year": entry["year"],
            "release": entry["edition"],
        }
    (item,) = json.loads(text)
    year = str(item["issued"]["date-parts"][0][0])
    return {
        "title": item["title"], "url": item["URL"], "year": year, "release": item["version"]
    }  # fmt: skip


@pytest.mark.parametrize("extension", CITATION_FORMATS)
def test_reference_managers_read_the_citation_of_a_page(server: str, extension: str) -> None:
    page = httpx.get(f"{server}/page/resolution/A-RES-ES-11-6", headers={"Accept": "text/html"})
    address = f"/cite/resolution/A-RES-ES-11-6.{extension}"
    assert f'href="{address}"' in page.text
    answer = httpx.get(server + address)
    assert answer.headers["content-type"] == CITATION_FORMATS[extension].media_type
    release = httpx.get(f"{server}/health").text.split()[-1]
    fields = read(extension, answer.text)
    assert fields["title"].startswith("A/RES/ES-11/6: Principles of the Charter")
    assert fields["url"] == f"{server}/page/resolution/A-RES-ES-11-6"
    assert fields["year"] == release[:4]
    assert release in fields["release"]


@pytest.mark.parametrize("extension", CITATION_FORMATS)
def test_no_character_of_a_title_is_lost_or_ends_the_citation(extension: str) -> None:
    citation = Citation(TITLE, "https://votes.example/page/state/IND", "r1", "2026-11-29")
    fields = read(extension, CITATION_FORMATS[extension].write(citation))
    # Line breaks are no part of a title.
    assert fields["title"].split() == TITLE.split()
    assert fields["url"] == citation.url


@pytest.mark.parametrize(("path", "status"), [("state/NOWHERE.bib", 404), ("state/IND.docx", 404)])
def test_what_cannot_be_cited_is_not_found(server: str, path: str, status: int) -> None:
    assert httpx.get(f"{server}/cite/{path}").status_code == status
