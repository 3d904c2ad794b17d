"""The page ``/votes``: one list of all votes, selected and sorted by the reader; and its feed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from kg.rdf.iris import local_name
from kg.rdf.vocabulary import BASE, with_prefixes
from kg.web.pages.components.vote_list import (
    VOTES_PER_PAGE,
    VoteOrder,
    votes_matching,
    votes_query,
)
from kg.web.pages.context import PageContext
from kg.web.pages.group_index import Group
from kg.web.pages.ontology_terms import label_of_term
from kg.web.pages.request_parameters import requested_page
from kg.web.pages.state_index import States
from kg.web.pages.topic_index import Topics
from kg.web.pages.urls import UrlBuilder
from kg.web.pages.vote_filter import (
    BODIES,
    METHODS,
    OUTCOMES,
    PARAMETERS,
    POSITION_NAMES,
    VoteFilter,
    requested_filter,
    requested_order,
)


@dataclass(frozen=True)
class _Selection:
    """What a request selects, and what is needed to describe it."""

    filter: VoteFilter
    states: States
    groups: tuple[Group, ...]
    topics: Topics

    @classmethod
    async def of(cls, context: PageContext, request: Request) -> _Selection:
        """Return the selection of a request.

        Raises:
            HttpError: with status 400 if it selects by an unknown value.
            KgError: if the engine cannot answer.
        """
        states, topics = await asyncio.gather(context.states.read(), context.topics.read())
        groups = await context.groups.read()
        last_year = context.last_year()
        selected = requested_filter(request, states, groups, topics.by_key, last_year)
        return cls(selected, states, groups, topics)

    def heading(self) -> str:
        """Return what the list contains, as a heading."""
        return _heading(self.filter, self.states, self.topics)


async def vote_list_page(context: PageContext, request: Request) -> dict[str, object]:
    """Return the template variables of the list that a request selects.

    Raises:
        HttpError: with status 400 if it selects by an unknown value.
        KgError: if the engine cannot answer.
    """
    selection = await _Selection.of(context, request)
    selected, order = selection.filter, requested_order(request)
    page = requested_page(request)
    pattern = selected.pattern() if selected.values else ""
    votes = await votes_matching(context.queries, context.votes, pattern, page, order=order)
    return {
        "votes": votes.votes,
        "total": votes.total,
        "page": page,
        "pages": -(-votes.total // VOTES_PER_PAGE),
        "first": (page - 1) * VOTES_PER_PAGE + 1,
        "order": order,
        "selected": {name: selected.values.get(name, "") for name in PARAMETERS},
        "in_url": {**selected.values, **_order_in_url(order)},
        "sort_urls": _sort_urls(context, request, selected, order),
        "caption": _caption(selected, votes.total),
        "heading": selection.heading(),
        "query": with_prefixes(votes_query(selected.pattern(), order)).strip(),
        "states": selection.states.by_key.values(),
        "groups": selection.groups,
        "topics": _offered_topics(selection.topics, selected.values.get("topic")),
        "bodies": {name: label_of_term(iri) for name, iri in BODIES.items()},
        "position_names": {name: position.label for name, position in POSITION_NAMES.items()},
        "methods": METHODS,
        "outcomes": OUTCOMES,
    }


async def vote_feed(context: PageContext, request: Request) -> dict[str, object]:
    """Return the template variables of the feed of the latest votes that a request selects.

    Raises:
        HttpError: with status 400 if it selects by an unknown value.
        KgError: if the engine cannot answer.
    """
    selection = await _Selection.of(context, request)
    selected = selection.filter
    pattern = selected.pattern() if selected.values else ""
    votes = await votes_matching(context.queries, context.votes, pattern)
    manifest = await run_in_threadpool(context.release().manifest)
    return {
        "votes": votes.votes,
        "total": votes.total,
        "in_url": selected.values,
        "heading": selection.heading(),
        "created": manifest.created,
        "absolute_urls": UrlBuilder(context.base_url(request)),
        "base_iri": BASE,
    }


def _caption(selected: VoteFilter, total: int) -> str:
    """Return the number of votes; no state takes a position in an adoption without a vote."""
    votes = f"{total:,} {'vote' if total == 1 else 'votes'}"
    if {"state", "group", "margin"} & selected.values.keys() or selected.values.get(
        "method"
    ) == "recorded":
        return votes
    return f"{votes} and adoptions without a vote"


def _offered_topics(topics: Topics, selected: str | None) -> list[tuple[str, str]]:
    """Return the keys and labels of the most frequent topics and of the selected one, by label."""
    labels = {local_name(iri): label for iri, label in topics.offered.items()}
    if selected:
        labels[selected] = topics.by_key[selected].label
    return sorted(labels.items(), key=lambda pair: pair[1].casefold())


def _order_in_url(order: VoteOrder) -> dict[str, str]:
    """Return the parameters of an order, without those that are the default."""
    default = VoteOrder()
    values = {}
    if order.name != default.name:
        values["sort"] = order.name
    if order.descending != default.descending:
        values["order"] = "asc"
    return values


def _sort_urls(
    context: PageContext, request: Request, selected: VoteFilter, order: VoteOrder
) -> dict[str, str]:
    """Return for each column the URL that sorts by it, or reverses the order if it is sorted."""
    urls = context.urls(request)
    orders = {name: VoteOrder(name) for name in VoteOrder.TERMS}
    orders[order.name] = replace(order, descending=not order.descending)
    return {
        name: urls.path("votes", **selected.values, **_order_in_url(by))
        for name, by in orders.items()
    }


def _heading(selected: VoteFilter, states: States, topics: Topics) -> str:
    """Return what the list contains, as a heading."""
    values = selected.values
    body = values.get("body")
    parts = [f"Votes of the {label_of_term(BODIES[body])}" if body else "Votes"]
    if state := values.get("state"):
        position = POSITION_NAMES[values["position"]].label if "position" in values else "voting"
        parts.append(f"{states.label(state)} {position}")
    if group := selected.group:
        is_listed = group.listed and not group.is_regional
        members = f"members listed on {group.listed}" if is_listed else "members"
        if "position" in values:
            position = POSITION_NAMES[values["position"]].label
            parts.append(f"{group.name}, most {members} {position}")
        else:
            parts.append(f"{group.name}, {members} voting")
    if topic := values.get("topic"):
        parts.append(topics.by_key[topic].label)
    if sponsor := values.get("sponsor"):
        parts.append(f"sponsored by {states.label(sponsor)}")
    if method := values.get("method"):
        parts.append(METHODS[method])
    if outcome := values.get("outcome"):
        parts.append(outcome)
    if margin := values.get("margin"):
        parts.append(f"margin of at most {margin}")
    if "from" in values or "until" in values:
        parts.append("{} to {}".format(*selected.years))
    return ": ".join([parts[0], ", ".join(parts[1:])]) if parts[1:] else parts[0]
