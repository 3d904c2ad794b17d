"""A damaged block of the store that a query reads before all files have been verified."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from kg.engine.interface import Limits, QueryRequest
from kg.engine.local import LocalEngine
from kg.release import monitor
from kg.release.damage import DamagedReleaseError
from kg.release.release import require_current
from tests.support.damage import flip


def test_the_cause_is_the_damage_and_not_a_limit(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    shutil.copytree(small, data)
    for file in (require_current(data).path / "store").glob("*.sst"):
        if file.stat().st_size > 50_000:
            flip(file)
    # As in a large release: contents are verified in the background.
    monkeypatch.setattr(monitor, "VERIFIED_AT_ONCE_BYTES", 0)
    query = "SELECT ?s (COUNT(?o) AS ?n) { ?s ?p ?o } GROUP BY ?s ORDER BY ?n"

    async def ask() -> None:
        engine = LocalEngine(data, Limits(workers=1, seconds=60, memory_mib=512), columnar=False)
        # The first use of a release begins its verification.
        engine.release()
        await engine.start()
        try:
            await engine.execute(QueryRequest(query, format="csv"))
        finally:
            await engine.close()

    with pytest.raises(DamagedReleaseError, match=r"\.sst: ") as caught:
        asyncio.run(ask())
    assert str(tmp_path) not in str(caught.value)
