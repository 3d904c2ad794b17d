"""The page ``/topics``: the topics of each scheme, by letter or by words, in pages."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from fastapi import Request

from kg.model.names import normalized
from kg.web.http_error import UnknownValueError
from kg.web.pages.context import PageContext
from kg.web.pages.request_parameters import requested_page
from kg.web.pages.topic_index import Topic, by_name

#: The URL parameters of the page.
PARAMETERS: Final = ("q", "letter", "page")
#: The topics of a scheme that are listed together; of a larger one, its busiest are.
_LISTED_TOGETHER: Final = 60
_BUSIEST: Final = 30
#: Topics on a page of those with a letter or with words.
_TOPICS_PER_PAGE: Final = 200


@dataclass(frozen=True)
class TopicGroup:
    """The topics of one scheme: ``topics`` are all, or the busiest of ``total``."""

    label: str
    total: int
    topics: tuple[Topic, ...]


async def topics_page(context: PageContext, request: Request) -> dict[str, object]:
    """Return the template variables of the topics that a request selects by words or a letter.

    Raises:
        HttpError: with status 400 for a letter with which no topic begins.
        KgError: if the engine cannot answer.
    """
    topics = (await context.topics.read()).all
    words = normalized(request.query_params.get("q", "")).split()
    letter = request.query_params.get("letter", "").strip()
    large = [t for group in _by_scheme(topics) if len(group) > _LISTED_TOGETHER for t in group]
    letters = dict(sorted(Counter(map(_letter, large)).items()))
    if letter and letter not in letters:
        raise UnknownValueError("letter", letter, {value: value for value in letters})
    page = requested_page(request)
    selected: tuple[Topic, ...] = ()
    if words:
        selected = tuple(
            topic for topic in topics if all(word in normalized(topic.label) for word in words)
        )
    elif letter:
        selected = by_name(topic for topic in large if _letter(topic) == letter)
    start = (page - 1) * _TOPICS_PER_PAGE
    in_url = {"q": request.query_params.get("q", "")} if words else {"letter": letter}
    return {
        "q": request.query_params.get("q", ""),
        "letter": "" if words else letter,
        "letters": letters,
        "is_selection": bool(words or letter),
        "groups": [] if words or letter else _groups(topics),
        "selected": selected[start : start + _TOPICS_PER_PAGE],
        "total": len(selected),
        "page": page,
        "pages": -(-len(selected) // _TOPICS_PER_PAGE),
        "first": start + 1,
        "in_url": in_url,
    }


def _letter(topic: Topic) -> str:
    """Return the letter under which a topic is listed."""
    return normalized(topic.label)[:1].upper()


def _by_scheme(topics: Iterable[Topic]) -> list[list[Topic]]:
    """Return the topics of each scheme, those of small schemes first."""
    schemes: dict[str, list[Topic]] = defaultdict(list)
    for topic in topics:
        schemes[topic.scheme].append(topic)
    return sorted(schemes.values(), key=len)


def _groups(topics: Iterable[Topic]) -> list[TopicGroup]:
    groups = []
    for group in _by_scheme(topics):
        listed = group if len(group) <= _LISTED_TOGETHER else group[:_BUSIEST]
        groups.append(TopicGroup(group[0].scheme, len(group), tuple(listed)))
    return groups
