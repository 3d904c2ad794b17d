"""Preparation of pages: what they share is read before a release is served."""

from __future__ import annotations

import asyncio
import gc
import logging
from typing import Final

from kg.errors import KgError
from kg.limits import PREPARATION_INTERVAL_SECONDS, PREPARATION_SECONDS
from kg.model.ideal_points import IDEAL_POINT_MODELS
from kg.release.release import Release
from kg.sources.states import embedded_names
from kg.web.pages.cohesion_counts import suspended_votes, votes_on_parts
from kg.web.pages.components.land import territories
from kg.web.pages.components.world_map import atlas
from kg.web.pages.context import PageContext
from kg.web.pages.front_page import front_lists
from kg.web.pages.listings import body_lists
from kg.web.pages.names import label_triples
from kg.web.pages.page_templates import TEMPLATES
from kg.web.pages.state_page import decided_texts_of_release
from kg.web.pages.vote_filter import BODIES
from kg.web.pages.votes import agenda_of_release, sets_of_release
from kg.web.pages.wrong_numbers import wrong_numbers_page

_LOG: Final = logging.getLogger("kg.web")
#: Topics whose names are read at a time: a result of some 200 kB.
_NAMED_AT_ONCE: Final = 1000


async def prepare_pages(context: PageContext) -> None:
    """Prepare the pages of each release before it is served, until cancelled.

    The first one after a start is served at once, and prepared beside the first requests.
    """
    prepared = ""
    while True:
        await asyncio.sleep(PREPARATION_INTERVAL_SECONDS)
        try:
            async with context.queries.engine().next_release() as release:
                is_new = release.name != prepared
                if is_new:
                    await _prepare_in_time(context, release)
        except KgError as error:
            # The engine logs why it serves no release, or not this one.
            _LOG.debug("the current release cannot be served: %s", error)
            continue
        if is_new:
            prepared = release.name
            context.queries.forget_other_releases()
            _exempt_from_collection()


async def _prepare_in_time(context: PageContext, release: Release) -> None:
    """Prepare the pages of a release; log why that was not possible, if it was not."""
    try:
        async with asyncio.timeout(PREPARATION_SECONDS):
            await _prepare(context)
    except (KgError, TimeoutError) as error:
        reason = str(error) or f"it takes longer than {PREPARATION_SECONDS:g} seconds"
        # The first page that needs what is missing reads it, and reports an error that lasts.
        _LOG.warning("release %s is served without all preparation: %s", release.name, reason)


def _exempt_from_collection() -> None:
    """Exempt what is kept of a release from garbage collection.

    On the whole record a full collection would go through it for a sixth of a second, in the midst
    of a page. What was kept of the release before is collected now.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


async def _prepare(context: PageContext) -> None:
    """Read what pages share, so that the first reader of a release does not wait for it.

    That of the first release after a start does not wait for what the software has in files,
    either: templates, names of states, territories and the map.
    """
    for template in TEMPLATES.list_templates():
        TEMPLATES.get_template(template)
        # Requests are answered between two templates, which take some 15 ms each.
        await asyncio.sleep(0)
    for embedded in (embedded_names, atlas):
        await asyncio.to_thread(embedded)
    # It asks for the holders of all days, which are kept.
    await asyncio.to_thread(territories().best_day, ())
    states = await context.states.read()
    await label_triples(context.queries, (state.iri for state in states.by_key.values()))
    await context.votes.table()
    topics = [topic.iri for topic in (await context.topics.read()).all]
    for start in range(0, len(topics), _NAMED_AT_ONCE):
        await label_triples(context.queries, topics[start : start + _NAMED_AT_ONCE])
    await context.groups.read()
    for _, source in (await context.ideal_points.sources(IDEAL_POINT_MODELS[0]))[:1]:
        await context.ideal_points.points(source, IDEAL_POINT_MODELS[0])
    await context.kept(front_lists)
    for body in BODIES.values():
        await context.kept(body_lists, body)
    await context.kept(wrong_numbers_page)
    await context.kept(agenda_of_release)
    await context.kept(sets_of_release)
    await context.kept(decided_texts_of_release)
    await context.kept(votes_on_parts)
    await context.kept(suspended_votes)
    keys = list(states.by_key)
    await context.votes.of_all(keys)
    for key in keys[:1]:
        # The topics of votes are read with the first state.
        await context.votes.by_topic(key)
    await context.roll_calls.read()
