"""Candidates for reconciliation queries, by name, identifier and values of properties."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from fastapi.concurrency import run_in_threadpool

from kg.limits import RECONCILIATION_CANDIDATES
from kg.release.release import Release
from kg.release.search import Hit, identified, resources, search
from kg.release.search_index import FILE
from kg.web.pages.context import PageContext
from kg.web.pages.ontology_terms import label_of_term, subclasses
from kg.web.pages.reconciliation.property_values import Value, resources_with, values_of
from kg.web.pages.reconciliation.requests import Condition, ReconciliationQuery

#: Characters of the description of each candidate.
_DESCRIPTION_CHARACTERS: Final = 300
#: The score of a condition that is met; the score of a name is at most as high.
_FULL_SCORE: Final = 100.0

#: Values by property and resource.
_Values = Mapping[str, Mapping[str, Sequence[Value]]]


@dataclass(frozen=True)
class _Rated:
    """A candidate with its scores; ``met`` states by property whether its condition is met."""

    hit: Hit
    has_name: bool
    met: dict[str, bool]

    @property
    def score(self) -> float:
        """The mean of the score of the name and of the conditions, from 0 to 100."""
        scores = [_FULL_SCORE * met for met in self.met.values()]
        if self.has_name:
            scores.append(self.hit.score)
        return round(sum(scores) / len(scores), 2)

    @property
    def is_certain(self) -> bool:
        """Whether the name matches exactly and all conditions are met."""
        return self.score == _FULL_SCORE


async def reconcile(
    context: PageContext, queries: Sequence[ReconciliationQuery]
) -> list[list[dict[str, object]]]:
    """Return the candidates for each query, best first.

    Raises:
        KgError: if the engine cannot answer, or the release has no search index.
    """
    by_value = await _resources_by_value(context, queries)
    release = context.intact_release(FILE)
    hits = await run_in_threadpool(lambda: [_hits(release, query, by_value) for query in queries])
    values = await _values(context, zip(queries, hits, strict=True))
    return [_candidates(query, found, values) for query, found in zip(queries, hits, strict=True)]


def candidate(hit: Hit) -> dict[str, object]:
    """Return the name, description and class of a resource in JSON."""
    # Candidates with one name differ in the period in which they had it.
    about = f"Name {hit.period}. {hit.about}" if hit.period else hit.about
    return {"id": hit.iri, "name": hit.label, "description": about[:_DESCRIPTION_CHARACTERS]}


def type_of(iri: str) -> dict[str, str]:
    """Return a class in JSON."""
    return {"id": iri, "name": label_of_term(iri)}


def _candidates(
    query: ReconciliationQuery, hits: Iterable[Hit], values: _Values
) -> list[dict[str, object]]:
    rated = []
    for hit in hits:
        met: dict[str, bool] = {}
        for condition in query.conditions:
            is_met = _is_met(condition, values[condition.property].get(hit.iri, ()))
            met[condition.property] = met.get(condition.property, True) and is_met
        if all(met[c.property] for c in query.conditions if c.is_required):
            rated.append(_Rated(hit, bool(query.names or query.identifiers), met))
    rated.sort(key=lambda entry: (-entry.score, -entry.hit.score))
    # Certain enough to be accepted without review: no other candidate is certain too.
    is_unique = sum(entry.is_certain for entry in rated) == 1
    return [
        candidate(entry.hit)
        | {
            "type": [type_of(entry.hit.type)],
            "score": entry.score,
            "match": entry.is_certain and is_unique,
            "features": _features(entry),
        }
        for entry in rated[: query.limit]
    ]


def _features(entry: _Rated) -> list[dict[str, object]]:
    features: list[dict[str, object]] = []
    if entry.has_name:
        features.append({"id": "name", "name": "Score of the name", "value": entry.hit.score})
    for iri, is_met in entry.met.items():
        features.append({"id": iri, "name": label_of_term(iri), "value": is_met})
    return features


def _is_met(condition: Condition, values: Sequence[Value]) -> bool:
    equal = [any(value.equals(text) for value in values) for text in condition.values]
    match condition.quantifier:
        case "all":
            return all(equal)
        case "none":
            return not any(equal)
    return any(equal)


def _hits(
    release: Release, query: ReconciliationQuery, by_value: Mapping[str, Mapping[str, list[str]]]
) -> list[Hit]:
    """Return the resources that a query may mean."""
    types = frozenset(query.types) | subclasses(query.types)
    hits: dict[str, Hit] = {}
    for identifier in query.identifiers:
        for hit in identified(release, identifier):
            if not types or hit.type in types:
                hits.setdefault(hit.iri, hit)
    # Conditions may prefer a candidate whose name fits less.
    limit = RECONCILIATION_CANDIDATES if query.conditions else query.limit
    for name in query.names:
        for hit in search(release, name, types=types, limit=limit):
            hits.setdefault(hit.iri, hit)
    if not query.names and not query.identifiers:
        for hit in resources(release, _by_conditions(query, by_value)).values():
            if len(hits) < RECONCILIATION_CANDIDATES and (not types or hit.type in types):
                hits[hit.iri] = hit
    return list(hits.values())


def _by_conditions(
    query: ReconciliationQuery, by_value: Mapping[str, Mapping[str, list[str]]]
) -> list[str]:
    """Return the resources with values of a query, those that meet most conditions first."""
    met: Counter[str] = Counter()
    for condition in query.conditions:
        of_value = by_value[condition.property]
        met.update({iri for text in condition.values for iri in of_value.get(text, ())})
    return sorted(met, key=lambda iri: (-met[iri], iri))


async def _resources_by_value(
    context: PageContext, queries: Iterable[ReconciliationQuery]
) -> dict[str, dict[str, list[str]]]:
    """Return the resources by property and value, for the queries without a name."""
    texts: dict[str, list[str]] = defaultdict(list)
    for query in queries:
        if not query.names and not query.identifiers:
            for condition in query.conditions:
                texts[condition.property] += condition.values
    return {iri: await resources_with(context, iri, values) for iri, values in texts.items()}


async def _values(
    context: PageContext, queries: Iterable[tuple[ReconciliationQuery, list[Hit]]]
) -> dict[str, dict[str, list[Value]]]:
    """Return the values of the candidates by property, as far as conditions need them."""
    candidates: dict[str, list[str]] = defaultdict(list)
    for query, hits in queries:
        for condition in query.conditions:
            candidates[condition.property] += [hit.iri for hit in hits]
    return {iri: await values_of(context, iri, things) for iri, things in candidates.items()}
