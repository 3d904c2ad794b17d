"""The cohesion of a group by year on its page: the rows of a saved query, as figure and table."""

from __future__ import annotations

from typing import Final

from kg.rdf.iris import local_name
from kg.sparql.saved_queries import library
from kg.web.pages.cohesion_counts import cohesion_rows
from kg.web.pages.components.agreement_chart import AgreementSeries, Scale, agreement_chart
from kg.web.pages.context import PageContext
from kg.web.pages.description import Description
from kg.web.pages.queries import Row

#: The URL parameter that asks for it, with the votes that count as value.
PARAMETER: Final = "cohesion"
#: The votes that count by the value in a URL, as the query has them.
VOTES: Final = {"final-passage": "final passage", "all-votes": "all votes"}
QUERY: Final = "cohesion-by-year"
#: Years before and after in the mean of five years.
_REACH: Final = 2
_SCALE: Final = Scale((0, 0.25, 0.5, 0.75, 1))
#: The measures: name, column, and the column with the number of votes.
_MEASURES: Final = (("Agreement index", "agreement", "n"), ("Rice index", "rice", "riceVotes"))


async def cohesion_by_year(
    context: PageContext, group: Description, votes: str, topic: str
) -> dict[str, object]:
    """Return the rows by year, the figure, and the parameters of the query.

    ``votes`` is a key of ``VOTES``, ``topic`` an IRI or empty.

    Raises:
        KgError: if the engine cannot answer.
    """
    asked = {"group": group.label, "votes": VOTES[votes], "topic": local_name(topic)}
    values = library()[QUERY].values({name: value for name, value in asked.items() if value})
    groups = await context.groups.read()
    members = [member for other in groups if other.iri == group.iri for member in other.members]
    rows = await cohesion_rows(context, members, topic, with_parts=votes == "all-votes")
    series = [_series(group.label, rows, number) for number in range(len(_MEASURES))]
    chart = ""
    if rows:
        years = int(rows[0]["year"]), int(rows[-1]["year"])
        words = "; ".join(
            f"{line.name} {line.values[year]:.2f} in {year}"
            for line in series
            if line.values
            for year in (max(line.values),)
        )
        chart = agreement_chart(
            series, years, _SCALE, f"Cohesion by year, {years[0]} to {years[1]}: {words}"
        )
    return {"rows": rows, "chart": chart, "series": series, "parameters": values}


def _series(group: str, rows: list[Row], number: int) -> AgreementSeries:
    name, column, count = _MEASURES[number]
    votes = {int(row["year"]): int(row[count]) for row in rows if int(row[count])}
    values = {int(row["year"]): float(row[column]) for row in rows if int(row[count])}

    def mean(year: int) -> float:
        near = [n for n in range(year - _REACH, year + _REACH + 1) if n in votes]
        return sum(votes[n] * values[n] for n in near) / sum(votes[n] for n in near)

    means = {year: mean(year) for year in votes}
    return AgreementSeries((name, group), f"c{number}", votes, values, means, link="of")
