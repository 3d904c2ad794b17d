"""Events that need not be validated again, because an earlier build found that they conform.

An event conforms if it was in a batch without findings. It still does if its facts are the same,
and the context of every term in them (``kg.pipeline.event_validation``).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from typing import Final

from kg.pipeline.blocks import Block
from kg.pipeline.event_validation import TERM, Batch


@dataclass(frozen=True)
class Conformity:
    """What a build found: the digests of the events that conform, and of the context by term."""

    events: frozenset[str] = frozenset()
    context: Mapping[str, str] = field(default_factory=dict)


NO_CONFORMITY: Final = Conformity()


def still_conforming(
    earlier: Conformity, keys: Iterable[str], blocks: Iterable[Block], context: Mapping[str, str]
) -> set[str]:
    """Return the keys of events that conform because they did in an earlier build.

    ``keys`` and ``blocks`` are those of all events, ``context`` is the current context.
    """
    if not earlier.events:
        return set()
    changed = _changed_terms(earlier.context, context)
    return {
        key
        for key, block in zip(keys, blocks, strict=True)
        if block.digest in earlier.events
        and not (changed and changed.intersection(TERM.findall(block.lines.decode())))
    }


def of_build(
    batches: Iterable[Batch],
    with_findings: Set[Batch],
    blocks: Iterable[Block],
    context: Mapping[str, str],
) -> Conformity:
    """Return what a build found; ``blocks`` are those of the events of the batches, in order."""
    conform = (batch not in with_findings for batch in batches for _ in batch.events)
    return Conformity(
        frozenset(
            block.digest for conforms, block in zip(conform, blocks, strict=True) if conforms
        ),
        _digests(context),
    )


def _changed_terms(earlier: Mapping[str, str], context: Mapping[str, str]) -> set[str]:
    """Return the terms whose context differs, or refers to one of these."""
    present = _digests(context)
    changed = {
        term for term in earlier.keys() | present.keys() if earlier.get(term) != present.get(term)
    }
    if not changed:
        return changed
    referring: dict[str, set[str]] = defaultdict(set)
    for term, lines in context.items():
        for other in TERM.findall(lines):
            referring[other].add(term)
    latest = changed
    while latest:
        latest = set().union(*(referring.get(term, set()) for term in latest)) - changed
        changed |= latest
    return changed


def _digests(context: Mapping[str, str]) -> dict[str, str]:
    return {
        term: hashlib.sha256(lines.encode()).hexdigest()[:32] for term, lines in context.items()
    }
