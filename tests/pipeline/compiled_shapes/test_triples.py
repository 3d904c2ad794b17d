"""Reading triples whose terms can be compared as text."""

from __future__ import annotations

import pytest

from kg.pipeline.compiled_shapes import read

XSD = "http://www.w3.org/2001/XMLSchema#"
READ = [
    "<a:a>",
    '""',
    '"a"',
    '"a"@en',
    '"a"@zh-hant',
    r'"a \"quotation\" and a \\, on\ntwo lines"',
    '"{"',
    *(
        f'"{value}"^^<{XSD}{datatype}>'
        for value, datatype in (
            ("0", "integer"), ("-12", "integer"), ("1980-05-10", "date"), ("1980-05", "gYearMonth"),
            ("1980", "gYear"), ("true", "boolean"), ("1", "decimal"), ("-0.05", "decimal"),
        )
    ),
]  # fmt: skip
REFUSED = [
    "_:a",
    "<a b>",
    r"<a:\u0041>",
    r'"\u0041"',
    r'"\t"',
    '"a"@EN',
    *(
        f'"{value}"^^<{XSD}{datatype}>'
        for value, datatype in (
            ("a", "string"), ("01", "integer"), ("+1", "integer"), ("-0", "integer"),
            (" 1", "integer"), ("1", "boolean"), ("1980-05-10Z", "date"), ("1980-13-01", "date"),
            ("1.0", "decimal"), ("-0", "decimal"), (".5", "decimal"), ("80", "gYear"),
        )
    ),
]  # fmt: skip


@pytest.mark.parametrize("value", READ)
def test_terms_in_canonical_form_are_read(value: str) -> None:
    triples = read(f"<a:s> <a:p> {value} .\n<a:s> <a:p> <a:o> .\n<a:s> <a:p> {value} .\n")
    assert triples is not None
    assert list(triples.values("<a:s>", "<a:p>")) == [value, "<a:o>"]
    assert triples.by_value("<a:p>")[value] == ["<a:s>"]


@pytest.mark.parametrize("value", REFUSED)
def test_other_terms_are_rejected(value: str) -> None:
    assert read(f"<a:s> <a:p> <a:o> .\n<a:s> <a:p> {value} .\n") is None


@pytest.mark.parametrize(
    "text",
    ["junk\n", "<a:s> <a:p> <a:o> .", "# comment\n<a:s> <a:p> <a:o> .\n", "<a:s>  <a:p> <a:o> .\n"],
)
def test_other_layouts_are_rejected(text: str) -> None:
    assert read(text) is None


def test_subclasses_are_rejected() -> None:
    assert read("<a:s> <http://www.w3.org/2000/01/rdf-schema#subClassOf> <a:o> .\n") is None
