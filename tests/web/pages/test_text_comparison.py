"""Proposals beside resolutions, on the pages of both."""

from __future__ import annotations

import html
import re
import zipfile
from collections import defaultdict
from pathlib import Path

import httpx
import pytest
import yaml

from kg.resources import DATA

_TABLE = re.compile(r"<caption>The points of (.*?) beside.*?</table>", re.DOTALL)
_ROW = re.compile(r'<span class="place">(\d+)</span>(.*?)</tr>', re.DOTALL)
_PAIR = re.compile(r'title="Author[^>]*>(\w+)</a> <a [^>]*>(?:paragraph|point) ([^<]+)</a>')


def page(server: str, path: str) -> str:
    answer = httpx.get(server + path, headers={"Accept": "text/html"})
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text)


@pytest.fixture(scope="module")
def judged() -> dict[str, dict[str, dict[str, str]]]:
    """Relations by proposal, point and paragraph, read from the embedded file alone."""
    judged: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    file = DATA / "proposals" / "correspondences.yaml"
    for entry in yaml.safe_load(file.read_text())["correspondences"]:
        proposal, _, point = entry["one"]["point"].partition("/")
        symbol, _, paragraph = entry["other"]["paragraph"].partition("#")
        assert symbol == "A/RES/ES-11/6"
        judged[proposal][point][paragraph] = entry["relation"]
    return judged


def tables(content: str) -> list[dict[str, dict[str, str]]]:
    """Return the tables of points: relations by point and paragraph."""
    return [
        {
            number: {other: relation for relation, other in _PAIR.findall(row)}
            for number, row in _ROW.findall(table[0])
        }
        for table in _TABLE.finditer(content)
    ]


def test_each_proposal_stands_point_by_point_on_the_page_of_the_resolution(
    server: str, judged: dict[str, dict[str, dict[str, str]]]
) -> None:
    content = page(server, "/page/resolution/A-RES-ES-11-6")
    # The vote was on 2023-02-23; the proposals are of 2023-02-24, 2022-11-15, 2023-06-03,
    # 2023-06-16, 2024-05-23, 2024-06-16 and 2024-09-27.
    in_order = {
        "china-12-point": 12,
        "ukraine-peace-formula": 10,
        "indonesia-peace-plan": 5,
        "african-peace-mission": 10,
        "china-brazil-6-point": 6,
        "peace-framework-communique": 3,
        "friends-for-peace-communique": 9,
    }
    expected = [
        {str(number): judged[key].get(str(number), {}) for number in range(1, points + 1)}
        for key, points in in_order.items()
    ]
    assert tables(content) == expected


def test_both_pages_have_the_same_table_and_each_paragraph_its_points(
    server: str, judged: dict[str, dict[str, dict[str, str]]]
) -> None:
    content = page(server, "/page/proposal/china-12-point")
    (table,) = tables(content)
    assert table == tables(page(server, "/page/event/A-RES-ES-11-6"))[0]
    paragraphs: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for point, others in judged["china-12-point"].items():
        for paragraph, relation in others.items():
            paragraphs[paragraph].add((relation, point))
    rows = re.findall(r'">Paragraph (\d+)</a>(.*?)</tr>', content, re.DOTALL)
    assert {number: set(_PAIR.findall(row)) for number, row in rows} == {
        str(number): paragraphs[str(number)] for number in range(1, 12)
    }


def test_points_are_counted_by_their_closest_relation(server: str) -> None:
    content = page(server, "/page/proposal/china-12-point")
    summary = content[content.index("comparison-summary") : content.index("<caption>")]
    text = " ".join(re.sub("<[^>]*>", " ", summary[summary.index("<li>") :]).split())
    assert text.replace(" ,", ",").replace(" .", ".") == (
        "agrees 2 of 12: points 5, 6 overlaps 6 of 12: points 1, 3, 4, 7, 9, 11 "
        "no counterpart 4 of 12: points 2, 8, 10, 12 "
        "Only in the resolution: paragraph 2, paragraph 9, paragraph 11."
    )
    strip = re.findall(r'<a class="(\w*)" href="#beside-A-RES-ES-11-6-(\d+)" title', content)
    closest = {5: "agreeing", 6: "agreeing"} | dict.fromkeys((1, 3, 4, 7, 9, 11), "overlapping")
    assert strip == [(closest.get(number, ""), str(number)) for number in range(1, 13)]
    for number in range(1, 13):
        assert f'id="beside-A-RES-ES-11-6-{number}"' in content


def test_quotations_of_paragraphs_are_in_the_official_text(real_data: Path) -> None:
    name = "Emergency sessions/ES-11/English/A_RES_ES-11_6-E.xml"
    with zipfile.ZipFile(real_data / "unxml" / "ga-english.zip") as archive:
        official = re.sub("<[^>]*>", " ", archive.read(name).decode())
    texts = yaml.safe_load((DATA / "proposals" / "resolutions.yaml").read_text())["resolutions"]
    (text,) = (text for text in texts if text["symbol"] == "A/RES/ES-11/6")
    quotations = [paragraph["quote"] for paragraph in text["paragraphs"]]
    assert len(quotations) == 11
    words = " ".join(official.split()).casefold()
    assert [quote for quote in quotations if quote.casefold() not in words] == []


def test_the_table_as_data_has_the_same_judgements(server: str) -> None:
    content = page(server, "/page/resolution/A-RES-ES-11-6")
    (address,) = re.findall(r'href="([^"]*format=csv[^"]*china-12-point[^"]*)">CSV', content)
    lines = httpx.get(server + address).text.split()
    assert lines[0].startswith("_proposal,_resolution,position,heading,relation")
    (command,) = re.findall(r"curl [^<]*china-12-point[^<]*", content)
    (url,) = re.findall(r"'(http[^']*)'", command)
    assert httpx.get(url, headers={"Accept": "text/csv"}).text.split() == lines


def test_a_text_without_comparisons_has_no_block(server: str) -> None:
    assert "Proposals beside this text" not in page(server, "/page/resolution/A-RES-ES-11-5")
    assert "Proposals beside this text" in page(server, "/page/resolution/A-RES-ES-11-6")
