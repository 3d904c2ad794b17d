"""The sources that can be loaded, by name (contract A4)."""

from __future__ import annotations

from kg.sources import states, ukraine
from kg.sources.loader import Loader
from kg.sources.statements import loader as statements
from kg.sources.undl import loader as undl
from kg.sources.unvotes import loader as unvotes

_OURS = "UN Votes Knowledge Graph, compiled from the sources its rows name"

#: Every source by name, in the order they are loaded: the states come first.
LOADERS: dict[str, Loader] = {
    loader.name: loader
    for loader in (
        Loader(
            name="states",
            title="Members past and present: 206 states, 198 seats, names and memberships",
            publisher=_OURS,
            licence="CC0-1.0",
            load=states.load,
            embedded=True,
            files=states.FILES,
        ),
        Loader(
            name="ukraine",
            title="23 roll calls of the General Assembly on Ukraine, 2014 to 2025",
            publisher=_OURS,
            licence="CC0-1.0",
            load=ukraine.load,
            embedded=True,
            files=ukraine.FILES,
        ),
        Loader(
            name="proposals",
            title="Four peace plans, what is known of two resolutions' text, and how they relate",
            publisher=_OURS,
            licence="CC0-1.0 (headings quoted from the plans)",
            load=statements.load,
            embedded=True,
            files=(),
            place=statements.PROPOSALS,
            adds_up=True,
        ),
        Loader(
            name="statements",
            title="What was said for states and who urged whom, as articles and documents tell it",
            publisher=_OURS,
            licence="CC0-1.0 (short quotations from the sources)",
            load=statements.load,
            embedded=True,
            files=(),
            place=statements.STATEMENTS,
            adds_up=True,
        ),
        Loader(
            name="reports",
            title="Votes, tallies and texts as articles and press releases told them",
            publisher=_OURS,
            licence="CC0-1.0 (short quotations from the articles)",
            load=statements.load,
            embedded=True,
            files=(),
            place=statements.REPORTS,
            adds_up=True,
        ),
        Loader(
            name="undl-ga",
            title="General Assembly: votes on adopted resolutions since 1946 (UN Digital Library)",
            publisher="United Nations, Dag Hammarskjöld Library",
            licence="Copyright, United Nations; non commercial use, with attribution",
            load=undl.load_ga,
            embedded=False,
            files=(),
            remote=(undl.REMOTE_GA,),
            redistributable=False,
        ),
        Loader(
            name="undl-sc",
            title="Security Council: votes on adopted resolutions since 1946 (UN Digital Library)",
            publisher="United Nations, Dag Hammarskjöld Library",
            licence="Copyright, United Nations; non commercial use, with attribution",
            load=undl.load_sc,
            embedded=False,
            files=(),
            remote=(undl.REMOTE_SC,),
            redistributable=False,
        ),
        Loader(
            name="unvotes",
            title="General Assembly roll calls 1946 to January 2020 (R package unvotes)",
            publisher="David Robinson, from Voeten, Strezhnev and Bailey",
            licence="MIT; data dedicated under CC0 according to its notes",
            load=unvotes.load,
            embedded=False,
            files=unvotes.FILES,
            remote=unvotes.REMOTE,
        ),
    )
}
