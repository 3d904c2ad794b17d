"""Requests of reconciliation clients: JSON of version 0.2 and of the draft of version 1.0."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from kg.limits import (
    RECONCILIATION_CANDIDATES,
    RECONCILIATION_CONDITIONS,
    RECONCILIATION_QUERIES,
    RECONCILIATION_VALUES,
)
from kg.web.http_error import HttpError
from kg.web.pages.ontology_terms import full_name

#: Candidates for a query, unless it requests another number.
_DEFAULT_CANDIDATES: Final = 10
_QUANTIFIERS: Final = ("any", "all", "none")

Json = Mapping[str, object]


@dataclass(frozen=True)
class Condition:
    """Values that a property of the candidates should have.

    ``quantifier`` states which of the values a candidate has: any, all or none of them.
    """

    property: str
    values: tuple[str, ...]
    is_required: bool = False
    quantifier: str = "any"


@dataclass(frozen=True)
class ReconciliationQuery:
    """What is known of a resource: its names, identifiers, classes and values of properties."""

    names: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    limit: int = _DEFAULT_CANDIDATES


@dataclass(frozen=True)
class ExtensionQuery:
    """The resources whose values are requested, by IRI, and the properties with their settings."""

    ids: tuple[str, ...]
    properties: tuple[tuple[str, Json], ...]


def read_json(name: str, text: str | bytes) -> object:
    """Return the JSON value of a parameter or of the body of a request.

    Raises:
        HttpError: with status 400 if it is not JSON.
    """
    try:
        value: object = json.loads(text)
    except ValueError as error:
        raise HttpError(400, f"{name} is not valid JSON: {error}") from error
    except RecursionError as error:
        raise HttpError(400, f"{name} is nested too deeply") from error
    return value


def read_batch(value: object) -> dict[str, ReconciliationQuery]:
    """Return the queries of a batch of version 0.2 by their key.

    Raises:
        HttpError: with status 400 or 413 if the batch is invalid or too long.
    """
    batch = _object("'queries'", value)
    _check_number("queries", batch, RECONCILIATION_QUERIES)
    return {key: _read_query(f"query {key[:40]!r}", entry) for key, entry in batch.items()}


def _read_query(place: str, value: object) -> ReconciliationQuery:
    query = _object(place, value)
    conditions = _list(f"{place}: 'properties'", query.get("properties", []))
    if "query" not in query and not conditions:
        raise HttpError(400, f"{place}: expected 'query' or 'properties', found neither")
    _check_number("properties", conditions, RECONCILIATION_CONDITIONS)
    types = query.get("type") or []
    return ReconciliationQuery(
        names=tuple(filter(None, _texts(f"{place}: 'query'", query.get("query", [])))),
        types=_texts(f"{place}: 'type'", types),
        conditions=tuple(_condition(place, entry, "pid", "v") for entry in conditions),
        limit=_limit(query),
    )


def read_draft_batch(value: object) -> list[ReconciliationQuery]:
    """Return the queries of a batch of the draft of version 1.0.

    Raises:
        HttpError: with status 400 or 413 if the batch is invalid or too long.
    """
    batch = _list("'queries'", _object("the body", value).get("queries"))
    _check_number("queries", batch, RECONCILIATION_QUERIES)
    return [_read_draft_query(f"query {number}", entry) for number, entry in enumerate(batch)]


def _read_draft_query(place: str, value: object) -> ReconciliationQuery:
    query = _object(place, value)
    entries = [
        _object(f"{place}: condition", entry)
        for entry in _list(f"{place}: 'conditions'", query.get("conditions"))
    ]
    if not entries:
        raise HttpError(400, f"{place}: expected a condition, found none")
    _check_number("conditions", entries, RECONCILIATION_CONDITIONS)
    by_type: dict[object, list[Json]] = {"name": [], "id": [], "property": []}
    for entry in entries:
        if entry.get("matchType") not in by_type:
            expected = ", ".join(map(str, by_type))
            raise HttpError(400, f"{place}: expected 'matchType' to be one of {expected}")
        by_type[entry["matchType"]].append(entry)

    def values(kind: str) -> tuple[str, ...]:
        texts = (_texts(f"{place}: {kind}", entry.get("propertyValue")) for entry in by_type[kind])
        return tuple(text for group in texts for text in group)

    return ReconciliationQuery(
        names=values("name"),
        identifiers=values("id"),
        types=_texts(f"{place}: 'type'", query.get("type") or []),
        conditions=tuple(
            _condition(place, entry, "propertyId", "propertyValue") for entry in by_type["property"]
        ),
        limit=_limit(query),
    )


def read_extension(value: object) -> ExtensionQuery:
    """Return a data extension query; both versions have the same form.

    Raises:
        HttpError: with status 400 or 413 if it is invalid or too long.
    """
    query = _object("the data extension query", value)
    ids = _texts("'ids'", query.get("ids"))
    _check_number("ids", ids, RECONCILIATION_QUERIES)
    entries = [
        _object("property", entry) for entry in _list("'properties'", query.get("properties"))
    ]
    _check_number("properties", entries, RECONCILIATION_CONDITIONS)
    properties = [
        (
            _text("the 'id' of a property", entry.get("id")),
            _object("settings", entry.get("settings") or {}),
        )
        for entry in entries
    ]
    return ExtensionQuery(ids, tuple(properties))


def property_iri(name: str) -> str:
    """Return the IRI of a property from its IRI or its prefixed name (``unv:iso3``)."""
    return full_name(name) or name


def _condition(place: str, value: object, property_key: str, value_key: str) -> Condition:
    entry = _object(f"{place}: property", value)
    name = _text(f"{place}: {property_key!r}", entry.get(property_key))
    values = _texts(f"{place}: {value_key!r}", entry.get(value_key))
    quantifier = entry.get("matchQuantifier") or "any"
    if quantifier not in _QUANTIFIERS:
        expected = ", ".join(_QUANTIFIERS)
        raise HttpError(400, f"{place}: expected 'matchQuantifier' to be one of {expected}")
    return Condition(property_iri(name), values, bool(entry.get("required")), str(quantifier))


def _limit(query: Json) -> int:
    limit = query.get("limit")
    if not isinstance(limit, int | float) or not 0 < limit < float("inf"):
        return _DEFAULT_CANDIDATES
    return min(max(int(limit), 1), RECONCILIATION_CANDIDATES)


def _object(place: str, value: object) -> Json:
    if not isinstance(value, dict):
        raise HttpError(400, f"{place}: expected a JSON object, found {_kind(value)}")
    return value


def _list(place: str, value: object) -> list[object]:
    if not isinstance(value, list):
        raise HttpError(400, f"{place}: expected a JSON array, found {_kind(value)}")
    return value


def _texts(place: str, value: object) -> tuple[str, ...]:
    """Return one value or an array of values as text; resources are replaced by their id."""
    values = value if isinstance(value, list) else [value]
    _check_number(f"values of {place}", values, RECONCILIATION_VALUES)
    return tuple(_text(place, item) for item in values)


def _text(place: str, value: object) -> str:
    match value:
        case str():
            return value
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case {"id": str(identifier)}:
            return identifier
    raise HttpError(400, f"{place}: expected a string, found {_kind(value)}")


def _kind(value: object) -> str:
    kinds = {dict: "an object", list: "an array", str: "a string", type(None): "nothing"}
    return kinds.get(type(value), "another value")


def _check_number(kind: str, values: Iterable[object], limit: int) -> None:
    number = len(list(values))
    if number > limit:
        raise HttpError(413, f"expected at most {limit} {kind}, found {number}")
