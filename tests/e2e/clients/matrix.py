"""Runs the trials of clients through the recorder, and writes the table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.e2e.clients.browser_client import BROWSER
from tests.e2e.clients.programs import CURL, NODE, R
from tests.e2e.clients.python_clients import CLIENTS
from tests.e2e.clients.recorder import Exchange, recording
from tests.e2e.clients.trials import OPERATIONS, Client, Trial

#: The clients that are there wherever the tests run, and those that are installed for them.
AT_HAND = (*CLIENTS, CURL, BROWSER)
INSTALLED = (R, *NODE)
_TITLE = """\
# Clients

What clients send to `/sparql`, and what they get. Each asks for the states against A/RES/ES-11/1
(5 rows), whether 141 states were in favour (1 if so), their names as a graph (5 triples), and the
description of a vote ({described} triples), on the embedded release. A client without a format
chooses it itself.
"""
_HEAD = """\
| operation | format | sent | Accept | status | answered with | rows |
|---|---|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Outcome:
    """The requests of a trial, and the size of its answer or the error of the client."""

    trial: Trial
    exchanges: tuple[Exchange, ...]
    size: int | str

    @property
    def is_right(self) -> bool:
        """Whether the client has the right answer, and no request failed."""
        failed = [exchange for exchange in self.exchanges if exchange.status >= 400]
        return self.size == OPERATIONS[self.trial.operation].size and not failed


def run(client: Client, server: str) -> list[Outcome]:
    """Run the trials of a client against a server."""
    with recording(server) as recorder:
        endpoints = {trial: f"{recorder.address}/{trial.key}/sparql" for trial in client.trials}
        sizes = client.run(endpoints)
        return [
            Outcome(trial, tuple(recorder.exchanges[trial.key]), sizes[trial])
            for trial in client.trials
        ]


def table(results: Iterable[tuple[Client, str, Sequence[Outcome]]]) -> str:
    """Return the page: for each client its version, or why it is missing, and its outcomes."""
    parts = [_TITLE.format(described=OPERATIONS["DESCRIBE"].size)]
    for client, version, outcomes in results:
        parts.append(f"## {client.name}\n\n{version}\n")
        if outcomes:
            parts.append(_HEAD + "".join(map(_line, outcomes)))
    return "\n".join(parts)


def _line(outcome: Outcome) -> str:
    trial = outcome.trial
    sent = "<br>".join(dict.fromkeys(map(_sent, outcome.exchanges)))
    accepted = "<br>".join(dict.fromkeys(f"`{_short(e.accept)}`" for e in outcome.exchanges))
    statuses = ", ".join(dict.fromkeys(str(exchange.status) for exchange in outcome.exchanges))
    answered = ", ".join(dict.fromkeys(e.answered for e in outcome.exchanges if e.answered))
    cells = (trial.operation, trial.format, sent, accepted, statuses, answered, str(outcome.size))
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |\n"


def _sent(exchange: Exchange) -> str:
    names = ", ".join(f"`{name}`" for name in exchange.parameters)
    kind = f" {exchange.content_type}" if exchange.content_type else ""
    return f"{exchange.method}{kind} {names}".rstrip()


def _short(accept: str) -> str:
    return accept if len(accept) <= 80 else f"{accept[:77]}..."
