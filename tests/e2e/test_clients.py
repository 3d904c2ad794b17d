"""Every client has the right answer to every operation in every format it reads.

Browsers read the data of resources from other origins too.
"""

from __future__ import annotations

import pytest

from kg.rdf.vocabulary import BASE
from tests.e2e.clients.browser_client import other_origin
from tests.e2e.clients.matrix import AT_HAND, INSTALLED, run
from tests.e2e.clients.trials import Client
from tests.support.browser import chromium, missing

#: More than 128 bytes with quotation marks: a browser asks the server whether it may send it.
_PROFILE = (
    'application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted '
    'http://www.w3.org/ns/json-ld#flattened", application/ld+json;q=0.9, text/turtle;q=0.5'
)
_FETCH = """async ([address, accept]) => {
  const headers = { Accept: accept, Authorization: "Basic eDp5", "X-Requested-With": "fetch" };
  const answer = await fetch(address, { headers });
  return [String(answer.status), answer.headers.get("Content-Type"), answer.headers.get("Link"),
    await answer.text()];
}"""


def _check(client: Client, server: str) -> None:
    if reason := client.missing():
        pytest.skip(reason)
    outcomes = run(client, server)
    assert len(outcomes) == len(client.trials) > 0
    assert [outcome for outcome in outcomes if not outcome.is_right] == []


@pytest.mark.parametrize("client", AT_HAND, ids=lambda client: client.name)
def test_a_client_at_hand_has_the_right_answers(server: str, client: Client) -> None:
    _check(client, server)


@pytest.mark.endurance
@pytest.mark.parametrize("client", INSTALLED, ids=lambda client: client.name)
def test_a_client_to_install_has_the_right_answers(server: str, client: Client) -> None:
    _check(client, server)


@pytest.mark.skipif(bool(missing()), reason=missing() or "there is a browser")
def test_a_page_of_another_origin_reads_data_and_errors(server: str) -> None:
    with other_origin() as origin, chromium() as browser:
        page = browser.new_page()
        page.goto(origin)

        def fetch(path: str) -> list[str]:
            answer: list[str] = page.evaluate(_FETCH, [f"{server}{path}", _PROFILE])
            return answer

        status, kind, links, text = fetch("/id/state/IND")
        assert (status, kind) == ("200", "application/ld+json")
        assert f"<{BASE}id/state/IND>" in links
        assert "India" in text
        for path in ("/ontology", "/.well-known/void", "/queries/tally", "/dataset"):
            assert fetch(path)[:2] == ["200", "application/ld+json"]
        assert fetch("/id/state/NOWHERE")[0] == "404"
        assert "syntax error" in fetch("/sparql?query=SELECT")[3]
