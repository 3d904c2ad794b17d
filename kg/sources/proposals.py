"""The source ``proposals``: plans put forward by states, point by point."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from kg.errors import SourceError
from kg.records import Proposal, ProposalPoint
from kg.sources import tables
from kg.sources.base import Loaded
from kg.sources.describe import describe
from kg.states import StateRegister

FILES = ("proposals.csv", "proposal_points.csv", "sources.csv")


def load(folder: Path, states: StateRegister) -> Loaded:
    """Load the proposals with their points in order.

    Raises:
        SourceError: if a table is unusable, or positions are not 1, 2, 3 and so on.
    """
    points: dict[str, list[ProposalPoint]] = defaultdict(list)
    for row in tables.read(folder / "proposal_points.csv", "proposal position title source"):
        if row["position"] != str(len(points[row["proposal"]]) + 1):
            raise row.fail("position", f"{len(points[row['proposal']]) + 1}, the next position")
        points[row["proposal"]].append(
            ProposalPoint(int(row["position"]), row["title"], row.keys("source"))
        )
    proposals = []
    columns = "key title date proposed_by proponent source note"
    for row in tables.read(folder / "proposals.csv", columns):
        if row["proposed_by"] not in states:
            raise row.fail("proposed_by", "the key of a state")
        proposals.append(
            Proposal(
                key=row["key"],
                title=row["title"],
                date=row["date"],
                proposed_by=row["proposed_by"],
                proponent=row["proponent"],
                points=tuple(points.pop(row["key"], ())),
                sources=row.keys("source"),
                note=row["note"],
            )
        )
    if points:
        raise SourceError(f"{folder / 'proposals.csv'}: no row for {', '.join(points)}")
    used = {key for proposal in proposals for key in proposal.sources}
    used.update(key for p in proposals for point in p.points for key in point.sources)
    return Loaded([*describe(folder, used), *proposals])
