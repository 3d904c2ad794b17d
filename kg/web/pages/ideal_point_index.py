"""The ideal points of the current release, each source of them read once when a page needs it.

A release has some thousand for each source and kind of votes. One query for all of them takes the
processor time of five for a state or a year, and pages of states need three.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

from kg.model.ideal_points import IdealPoint, IdealPointModel
from kg.rdf.iris import local_name
from kg.sources.estimated_ideal_points import NAME as ESTIMATED
from kg.web.pages.per_release import PerRelease
from kg.web.pages.queries import QueryRunner, Row, iri_text, literal_text

#: Whose estimates there are, by the value in a URL; pages prefer the first.
ESTIMATES: Final = {"published": "published", "record": "estimated from this record"}
#: The years of ideal points by source and model.
_YEARS: Final = """
SELECT ?year ?model ?source (COUNT(*) AS ?n) WHERE {
  ?point a unv:IdealPointObservation ; unv:year ?year ; unv:model ?model ;
    prov:wasDerivedFrom ?source .
} GROUP BY ?year ?model ?source
"""


@dataclass(frozen=True)
class SourcePoints:
    """The ideal points of a source and model: those of a year, the highest first, and of a state.

    Those of a state (key) are in the order of years.
    """

    by_year: dict[int, list[IdealPoint]]
    by_state: dict[str, list[IdealPoint]]


@dataclass
class _Read:
    """What has been read of a release: which years have estimates, and the points by source."""

    available: dict[tuple[str, str], dict[int, str]]
    points: dict[tuple[str, IdealPointModel], SourcePoints] = field(default_factory=dict)


class IdealPointIndex:
    """The ideal points of the current release."""

    def __init__(self, queries: QueryRunner) -> None:
        self._queries = queries
        self._release = PerRelease(queries, self._read)

    async def _read(self) -> _Read:
        available: dict[tuple[str, str], dict[int, str]] = defaultdict(dict)
        for row in await self._queries.rows(_YEARS):
            available[_kind(row["source"]), row["model"]][int(row["year"])] = row["source"]
        return _Read(dict(available))

    async def available(self) -> dict[tuple[str, str], dict[int, str]]:
        """Return the source (IRI) of the estimates by kind and model, and by year.

        Raises:
            KgError: if the engine cannot answer.
        """
        return (await self._release.get()).available

    async def sources(self, model: IdealPointModel) -> list[tuple[str, str]]:
        """Return the kind and the IRI of each source of a model, those of the first choice first.

        Raises:
            KgError: if the engine cannot answer.
        """
        available = await self.available()
        return [
            (kind, source)
            for kind in ESTIMATES
            for source in sorted(set(available.get((kind, model), {}).values()))
        ]

    async def points(self, source: str, model: IdealPointModel) -> SourcePoints:
        """Return the ideal points of a source (IRI) from the votes of a model.

        Raises:
            KgError: if the engine cannot answer.
        """
        read = await self._release.get()
        if (source, model) not in read.points:
            rows = await self._queries.rows(
                f"""
                SELECT ?state ?year ?estimate ?lower ?upper ?votes WHERE {{
                  ?point prov:wasDerivedFrom {iri_text(source)} ; a unv:IdealPointObservation ;
                    unv:model {literal_text(model)} ; unv:state ?state ; unv:year ?year ;
                    unv:estimate ?estimate ; unv:lower ?lower ; unv:upper ?upper ;
                    unv:basedOnVotes ?votes .
                }}
                """
            )
            read.points[source, model] = _source_points(source, model, rows)
        return read.points[source, model]


def _kind(source: str) -> str:
    """Return the value in URLs for estimates from a source."""
    return "record" if local_name(source).startswith(f"{ESTIMATED}-") else "published"


def _source_points(source: str, model: IdealPointModel, rows: list[Row]) -> SourcePoints:
    points = [
        IdealPoint(
            local_name(row["state"]),
            int(row["year"]),
            model,
            row["estimate"],
            row["lower"],
            row["upper"],
            int(row["votes"]),
            local_name(source),
        )
        for row in rows
    ]
    by_year: dict[int, list[IdealPoint]] = defaultdict(list)
    for point in sorted(points, key=lambda point: (-float(point.estimate), point.state)):
        by_year[point.year].append(point)
    by_state: dict[str, list[IdealPoint]] = defaultdict(list)
    for point in sorted(points, key=lambda point: point.year):
        by_state[point.state].append(point)
    return SourcePoints(dict(by_year), dict(by_state))
