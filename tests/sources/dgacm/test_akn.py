"""Hostile and broken XML: it is refused with file and line, and nothing is loaded for it."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import SourceError
from kg.sources.dgacm import akn
from tests.support.dgacm_files import assembly_xml

XML = assembly_xml(votes={"inFavour": ("FRANCE",)})
BOMB = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
EXTERNAL = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
PARAMETER = '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/evil.dtd">'


def _read(text: str) -> None:
    akn.read(io.BytesIO(text.encode()), "file.xml")


@pytest.mark.parametrize("declaration", [BOMB, EXTERNAL, PARAMETER, "<!DOCTYPE a>"])
def test_a_document_type_declaration_is_refused(declaration: str) -> None:
    with pytest.raises(SourceError, match=r"file\.xml, line 1: a document type declaration"):
        _read(declaration + XML)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not a complete XML file"),
        ("<a/>", "the root element is 'a'; expected akomaNtoso in the namespace"),
        (XML.replace("legaldocml/ns/akn/3.0", "other"), "expected akomaNtoso in the namespace"),
        (XML.replace("France", "&unknown;").replace("FRANCE", "&x;"), "undefined entity"),
        (XML.replace('href="ga"', 'href="hrc"'), "the author of the document is 'hrc'"),
        (XML.replace("#symbol", "#other"), "no symbol"),
        (XML.replace("inFavour", "inDoubt"), "a count of 'inDoubt'"),
    ],
)
def test_what_is_not_a_resolution_is_refused(text: str, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        _read(text)


@given(st.integers(0, len(XML) - 1))
def test_a_file_that_is_cut_anywhere_is_refused(end: int) -> None:
    with pytest.raises(SourceError, match=r"file\.xml"):
        _read(XML[:end])


def test_deep_nesting_is_read_in_constant_time_for_each_element() -> None:
    document = XML.replace("<mainBody>", "<mainBody>" + "<p>" * 50_000 + "</p>" * 50_000)
    _read(document)
