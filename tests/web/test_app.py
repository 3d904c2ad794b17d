"""The settings with which the application is started."""

from __future__ import annotations

from pathlib import Path

from tests.support.http import TALLY, query_endpoint
from tests.support.live import serving


def test_settings_from_a_file(embedded: Path, tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('rate_limit = "3/minute"\nlimit_loopback = true\nworkers = 1\n')
    with serving(embedded, KG_SETTINGS=file) as live:
        assert [query_endpoint(live.address, TALLY).status_code for _ in range(4)] == [200] * 3 + [
            429
        ]
    with serving(embedded, KG_SETTINGS=file, KG_RATE_LIMIT="4/minute") as live:
        assert [query_endpoint(live.address, TALLY).status_code for _ in range(5)] == [200] * 4 + [
            429
        ]
