"""The page about the record, and the link for reporting an error."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from kg.errors import SettingError
from kg.release.release import require_current
from kg.settings import Settings
from tests.support.live import serving


def test_the_page_states_what_the_release_covers(server: str, embedded: Path) -> None:
    manifest = require_current(embedded).manifest()
    text = unescape(httpx.get(f"{server}/about", headers={"Accept": "text/html"}).text)
    assert f"{manifest.count('votes'):,} positions of states" in text
    assert all(source.title in text for source in manifest.sources)
    periods = [period for source in manifest.sources for period in source.coverage]
    assert min(period.first for period in periods) in text
    assert f"In {sum(manifest.discrepancies.values())} places" in text


def test_readers_report_an_error_with_page_and_release(small: Path) -> None:
    address = "https://tracker.example/new?title=Error&body={page}%20{release}"
    with serving(small, KG_REPORT_URL=address) as ours:
        page = f"{ours.address}/votes?state=IND"
        text = httpx.get(page, headers={"Accept": "text/html"}).text
    (link,) = re.findall(r'<a href="(https://tracker[^"]+)"', text)
    parameters = parse_qs(urlsplit(unescape(link)).query)
    release = require_current(small).name
    assert parameters == {"title": ["Error"], "body": [f"{page} {release}"]}


@pytest.mark.parametrize("value", ["javascript:alert(1)", "tracker", 'https://x.example/">'])
def test_another_address_is_refused(value: str) -> None:
    with pytest.raises(SettingError, match="expected an http, https or mailto address"):
        Settings(report_url=value)
