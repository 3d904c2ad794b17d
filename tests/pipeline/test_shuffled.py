"""The same rows in any order give the same facts, byte for byte."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.release.release import Release
from tests.support.real_files import LAST, RealRows, in_sample, sources
from tests.support.releases import make_release


def digest(release: Release) -> str:
    """Return a digest of the default graph without the description, in any order."""
    description = ox.Store()
    # A store spells times in canonical form.
    description.load(path=str(release.path / "description.nt"))
    described = {quad.triple for quad in description}
    facts = sorted(
        str(quad.triple)
        for quad in release.open_store().quads_for_pattern(None, None, None, ox.DefaultGraph())
        # Only the description has blank nodes.
        if quad.triple not in described
        and not isinstance(quad.subject, ox.BlankNode)
        and not isinstance(quad.object, ox.BlankNode)
    )
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def _is_early(file: str, day: str) -> bool:
    """Return whether a row is of the part of the sample whose roll calls match by their votes."""
    return in_sample(file, day) and (day < "1950" or file == "sc_voting")


def _is_last(_: str, day: str) -> bool:
    """Return whether a row is of the last part, a session of both publishers and what follows."""
    return day[:7] >= LAST


@pytest.mark.parametrize(
    ("is_kept", "embedded"),
    [
        (_is_early, []),
        pytest.param(_is_last, ["embedded"], marks=pytest.mark.endurance),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_shuffled_rows_give_the_same_facts(
    real_rows: RealRows,
    tmp_path: Path,
    is_kept: Callable[[str, str], bool],
    embedded: list[str],
) -> None:
    rows = real_rows.part(is_kept)
    digests, counts = [], []
    for number in (1, 2):
        files = tmp_path / f"files-{number}"
        rows.write(files, random.Random(number))
        named = sources(files)
        if number == 2:
            named.reverse()
        release = make_release(tmp_path / f"data-{number}", *embedded, *named, max_refused=10)
        digests.append(digest(release))
        counts.append(release.manifest().counts)
    assert counts[0]["events in several sources"] > 10
    assert counts[0] == counts[1]
    assert digests[0] == digests[1]
