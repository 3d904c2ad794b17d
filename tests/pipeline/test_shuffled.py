"""The same rows in any order give the same facts, byte for byte."""

from __future__ import annotations

import csv
import gzip
import hashlib
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdata

from kg.release.release import Release
from tests.support.releases import make_release

#: Builds of all years take an hour; any roll calls do.
SINCE = "2019-11"


def facts(release: Release) -> list[str]:
    """Return the default graph without the description, as sorted N-Triples."""
    described = {quad.triple for quad in ox.parse(path=str(release.path / "description.nt"))}
    return sorted(
        str(quad.triple)
        for quad in release.open().quads_for_pattern(None, None, None, ox.DefaultGraph())
        # Only the description has blank nodes.
        if quad.triple not in described
        and not isinstance(quad.subject, ox.BlankNode)
        and not isinstance(quad.object, ox.BlankNode)
    )


@dataclass(frozen=True)
class Inputs:
    """The later rows of the real files: lists of rows under a header, and data frames of R."""

    lists: dict[str, tuple[list[str], list[list[str]]]]
    tables: dict[str, Any]

    @classmethod
    def read(cls, source: Path) -> Inputs:
        """Read the files of both publishers from one folder."""
        lists = {}
        for name in ("ga_voting", "sc_voting"):
            path = source / "undl" / f"{name}.csv.gz"
            with gzip.open(path, "rt", encoding="utf-8") as stream:
                header, *rows = csv.reader(stream)
            day = header.index("date")
            lists[name] = header, [row for row in rows if row[day] >= SINCE]
        tables = {
            name: rdata.read_rda(source / "unvotes" / f"{name}.rda")[name]
            for name in ("un_votes", "un_roll_calls", "un_roll_call_issues")
        }
        calls = tables["un_roll_calls"]
        days = (calls["date"].astype("float") * 86_400).astype("datetime64[s]").astype(str)
        kept = set(calls["rcid"][days >= SINCE])
        return cls(lists, {name: t[t["rcid"].isin(kept)] for name, t in tables.items()})

    def write(self, target: Path, chance: random.Random) -> None:
        """Write the rows in another order, under other names of files."""
        for name, (header, rows) in self.lists.items():
            path = target / f"{chance.randrange(2000, 3000)}_01_01_{name}.csv"
            with path.open("w", encoding="utf-8", newline="") as stream:
                csv.writer(stream).writerows([header, *chance.sample(rows, len(rows))])
        for name, table in self.tables.items():
            mixed = table.sample(frac=1, random_state=chance.randrange(10**6))
            rdata.write_rda(target / f"{name}.rda", {name: mixed.reset_index(drop=True)})


@pytest.mark.filterwarnings("ignore")
def test_shuffled_rows_give_the_same_facts(real_data: Path, tmp_path: Path) -> None:
    digests, counts, real = [], [], Inputs.read(real_data)
    for number in (1, 2):
        inputs, data = tmp_path / f"inputs-{number}", tmp_path / f"data-{number}"
        inputs.mkdir()
        real.write(inputs, random.Random(number))
        sources = [f"{name}={inputs}" for name in ("undl-ga", "undl-sc", "unvotes")]
        if number == 2:
            sources.reverse()
        release = make_release(data, "embedded", *sources, max_refused=10)
        digests.append(hashlib.sha256("\n".join(facts(release)).encode()).hexdigest())
        counts.append(release.manifest().counts)
    assert counts[0]["events in several sources"] > 20
    assert counts[0] == counts[1]
    assert digests[0] == digests[1]
