"""Data extension: the values of properties of reconciled resources."""

from __future__ import annotations

import math
from typing import Final

from kg.rdf.vocabulary import XSD
from kg.web.pages.context import PageContext
from kg.web.pages.ontology_terms import label_of_term
from kg.web.pages.reconciliation.property_values import Value, values_of
from kg.web.pages.reconciliation.requests import ExtensionQuery, Json, property_iri

#: The contents of a cell whose value is a resource.
_CONTENTS: Final = {"resource": "Resource with its name", "iri": "IRI as text"}
_LIMIT_HELP: Final = "The largest number of values of a resource; 0 for all"
_CONTENT_HELP: Final = "How values that are resources of this service are written"
_NUMBERS: Final = {XSD.decimal, XSD.double}

#: Values by property and resource, in JSON.
Cells = dict[str, dict[str, list[dict[str, object]]]]


def settings(name_key: str, label_key: str, help_key: str) -> list[dict[str, object]]:
    """Return the settings of properties, with the keys that a version of the API uses."""
    return [
        {
            name_key: "limit",
            label_key: "Limit",
            "type": "number",
            "default": 0,
            help_key: _LIMIT_HELP,
        },
        {
            name_key: "content",
            label_key: "Content",
            "type": "select",
            "default": "resource",
            help_key: _CONTENT_HELP,
            "choices": [{"value": key, "name": label} for key, label in _CONTENTS.items()],
        },
    ]


async def extend(context: PageContext, query: ExtensionQuery) -> Cells:
    """Return the values of the properties by the id of the resource and that of the property.

    Raises:
        KgError: if the engine cannot answer.
    """
    cells: Cells = {identifier: {} for identifier in query.ids}
    for name, chosen in query.properties:
        values = await values_of(context, property_iri(name), query.ids)
        for identifier in query.ids:
            of_resource = values.get(identifier, [])
            limit = _limit(chosen) or len(of_resource)
            cells[identifier][name] = [_cell(value, chosen) for value in of_resource[:limit]]
    return cells


def meta(query: ExtensionQuery) -> list[dict[str, object]]:
    """Return the names of the properties of a query."""
    return [{"id": name, "name": label_of_term(property_iri(name))} for name, _ in query.properties]


def _limit(chosen: Json) -> int:
    """Return the number of values that a setting allows; clients also send it as text."""
    text = str(chosen.get("limit", ""))
    return int(text) if text.isdecimal() else 0


def _cell(value: Value, chosen: Json) -> dict[str, object]:
    if value.is_iri:
        if value.label and chosen.get("content") != "iri":
            return {"id": value.text, "name": value.label}
        return {"str": value.text}
    if value.datatype == XSD.integer:
        return {"int": int(value.text)}
    if value.datatype in _NUMBERS and math.isfinite(float(value.text)):
        return {"float": float(value.text)}
    if value.datatype == XSD.date:
        # The API has no type for a day: it requires the time.
        return {"date": f"{value.text}T00:00:00Z"}
    return {"str": value.text}
