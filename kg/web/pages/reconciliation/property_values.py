"""Values of properties of resources, and resources by the values of their properties."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from kg.limits import RECONCILIATION_PROPERTY_VALUES, RECONCILIATION_RESOURCES
from kg.model.names import normalized
from kg.rdf.iris import local_name
from kg.rdf.vocabulary import BASE, LABEL_LANGUAGE, WIKIDATA_ENTITY, XSD
from kg.web.http_error import HttpError
from kg.web.pages.context import PageContext
from kg.web.pages.names import labels_of
from kg.web.pages.queries import iri_list, iri_text

#: Resources in a query to the engine.
_RESOURCES_PER_QUERY: Final = 1000
_WIKIDATA_ID: Final = re.compile(r"Q\d+")
#: The datatypes of literals by the form of their text.
_DATATYPES: Final = (
    (re.compile(r"\d{4}-\d\d-\d\d"), XSD.date),
    (re.compile(r"\d{4}-\d\d"), XSD.gYearMonth),
    (re.compile(r"-?\d+"), XSD.integer),
)


@dataclass(frozen=True)
class Value:
    """A value of a property: the text of a literal with its datatype, or an IRI with its label.

    The datatype of an IRI is empty.
    """

    text: str
    datatype: str = ""
    label: str = ""

    @property
    def is_iri(self) -> bool:
        """Whether the value is an IRI."""
        return not self.datatype

    def equals(self, text: str) -> bool:
        """Return whether the value is the one that a text means, in any case.

        For a resource this is its IRI, the last part of it, or its label.
        """
        forms = [self.text]
        if self.is_iri:
            forms += [local_name(self.text), self.label]
        text = text.strip()
        return bool(text) and any(
            form.casefold() == text.casefold()
            or (normalized(text) != "" and normalized(form) == normalized(text))
            for form in forms
        )


async def values_of(
    context: PageContext, property_iri: str, resources: Iterable[str]
) -> dict[str, list[Value]]:
    """Return the values of a property by the IRI of the resource.

    What is not an IRI has no values.

    Raises:
        HttpError: with status 413 if there are too many values.
        KgError: if the engine cannot answer.
    """
    ours = [iri for iri in dict.fromkeys(resources) if iri.startswith(BASE) and _is_iri(iri)]
    if not _is_iri(property_iri):
        return {}
    values: dict[str, list[Value]] = defaultdict(list)
    number = 0
    for start in range(0, len(ours), _RESOURCES_PER_QUERY):
        batch = ours[start : start + _RESOURCES_PER_QUERY]
        table = await context.queries.table(
            f"SELECT ?thing ?value WHERE {{ VALUES ?thing {{ {iri_list(batch)} }} "
            f"?thing {iri_text(property_iri)} ?value }} "
            f"LIMIT {RECONCILIATION_PROPERTY_VALUES + 1}",
            is_page=True,
        )
        number += len(table.rows)
        if number > RECONCILIATION_PROPERTY_VALUES:
            raise HttpError(
                413,
                f"the resources have more than {RECONCILIATION_PROPERTY_VALUES:,} values of "
                f"{property_iri}; request fewer resources",
            )
        for row in table.rows:
            values[row["thing"]["value"]].append(_value(row["value"]))
    iris = [value.text for group in values.values() for value in group if value.is_iri]
    labels = await labels_of(context.queries, iris)
    return {
        iri: sorted(
            (Value(v.text, v.datatype, labels.get(v.text, "")) if v.is_iri else v for v in group),
            key=lambda value: (value.label, value.text),
        )
        for iri, group in values.items()
    }


async def resources_with(
    context: PageContext, property_iri: str, texts: Iterable[str]
) -> dict[str, list[str]]:
    """Return the resources of which a property has a value, by the text of the value.

    Raises:
        KgError: if the engine cannot answer.
    """
    if not _is_iri(property_iri):
        return {}
    text_of = {str(term): text for text in texts for term in _terms(text)}
    rows = await context.queries.table(
        f"SELECT ?thing ?value WHERE {{ VALUES ?value {{ {' '.join(text_of)} }} "
        f"?thing {iri_text(property_iri)} ?value }} LIMIT {RECONCILIATION_RESOURCES}",
        is_page=True,
    )
    resources: dict[str, list[str]] = defaultdict(list)
    for row in rows.rows:
        text = text_of[str(_term(row["value"]))]
        if row["thing"]["value"] not in resources[text]:
            resources[text].append(row["thing"]["value"])
    return resources


def _terms(text: str) -> list[ox.Literal | ox.NamedNode]:
    """Return the terms that a text may mean."""
    text = text.strip()
    terms: list[ox.Literal | ox.NamedNode] = [
        ox.Literal(text),
        ox.Literal(text, language=LABEL_LANGUAGE),
    ]
    terms += [
        ox.Literal(text, datatype=ox.NamedNode(datatype))
        for form, datatype in _DATATYPES
        if form.fullmatch(text)
    ]
    if _WIKIDATA_ID.fullmatch(text):
        terms.append(ox.NamedNode(WIKIDATA_ENTITY + text))
    if text.startswith(("http://", "https://")) and _is_iri(text):
        terms.append(ox.NamedNode(text))
    return terms


def _is_iri(text: str) -> bool:
    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return True


def _value(term: dict[str, str]) -> Value:
    if term["type"] == "literal":
        return Value(term["value"], term.get("datatype", XSD.string))
    return Value(term["value"])


def _term(term: dict[str, str]) -> ox.Literal | ox.NamedNode:
    if term["type"] == "uri":
        return ox.NamedNode(term["value"])
    if "xml:lang" in term:
        return ox.Literal(term["value"], language=term["xml:lang"])
    datatype = ox.NamedNode(term.get("datatype", XSD.string))
    return ox.Literal(term["value"], datatype=datatype)
