"""SHACL for the stream of events, in batches on all cores.

Compiled forms of the shapes (``kg.pipeline.compiled_shapes``) check all events and identify the
shapes to which a batch certainly conforms, usually all of them. pySHACL validates the batch only
against the others, so that all findings come from pySHACL. It validates a sample of batches against
all shapes: a finding there that the compiled forms did not suspect stops the build.
"""

from __future__ import annotations

import gc
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from kg.pipeline.compiled_validation import CompiledValidator
from kg.pipeline.validation import EVENT_SHAPES, Finding
from kg.rdf import iris
from kg.rdf.vocabulary import ORG, RDF, RDFS, UNV

#: One batch in this many, and at least one, is validated by pySHACL against all shapes.
SAMPLED_ONE_IN: Final = 100
#: Starting processes takes longer than validating a few batches.
_BATCHES_IN_THIS_PROCESS: Final = 2
#: A term other than a literal in N-Triples.
TERM: Final = re.compile(r"<[^>]*>|_:\w+")
_MEMBER: Final = f"<{ORG.member}>"
_SEAT: Final = f"<{UNV.seat}>"
_PERMANENT: Final = f"<{UNV.permanentMemberOf}>"
#: The predicates of records that event shapes use.
CONTEXT_PREDICATES: Final = {
    _MEMBER,
    _SEAT,
    _PERMANENT,
    *(f"<{term}>" for term in (RDF.type, RDFS.label, UNV.term("from"), UNV.until)),
    # Properties of sessions and meetings.
    *(f"<{term}>" for term in (UNV.body, UNV.session, UNV.symbol)),
}


@dataclass(frozen=True, slots=True)
class Batch:
    """Events that are validated together: a range of bytes of a file, and their keys."""

    start: int
    end: int
    events: tuple[str, ...]

    def event(self, finding: Finding) -> str:
        """Return the key of the event that is the focus of a finding in this batch."""
        return next(key for key in self.events if finding.focus == f"<{iris.event(key)}>")


def event_context(lines: Iterable[str]) -> dict[str, str]:
    """Return the context lines that event shapes need, by the term to which events refer.

    These are types and labels, the memberships of a state, whether its seat is permanent, and the
    body and session of a meeting; ``lines`` are N-Triples.
    """
    context: dict[str, str] = defaultdict(str)
    member_of: dict[str, str] = {}
    holders: dict[str, list[str]] = defaultdict(list)
    permanent: list[tuple[str, str]] = []
    kept: list[tuple[str, str]] = []
    for line in lines:
        subject, predicate, value = line.split(" ", 2)
        if predicate == _PERMANENT:
            permanent.append((subject, line))
        elif predicate in CONTEXT_PREDICATES:
            kept.append((subject, line))
        if predicate == _MEMBER:
            member_of[subject] = value.removesuffix(" .\n")
        elif predicate == _SEAT:
            holders[value.removesuffix(" .\n")].append(subject)
    for subject, line in kept:
        context[member_of.get(subject, subject)] += line
    for seat, line in permanent:
        for state in holders[seat]:
            context[state] += line
    return context


def in_context(batch: str, context: Mapping[str, str]) -> str:
    """Return the N-Triples of a batch with the context of the terms to which it refers.

    This includes the context of terms referred to in the context, such as the session of a meeting.
    """
    parts, included = [batch], set[str]()
    while named := context.keys() & set(TERM.findall(parts[-1])) - included:
        included |= named
        parts.append("".join(map(context.__getitem__, named)))
    return "".join(parts)


def sample(batches: Sequence[Batch]) -> Sequence[Batch]:
    """Return the batches that pySHACL validates against all shapes, spread over all years.

    The selection depends on the size of the file: it varies with the events and is reproducible.
    """
    if not batches:
        return ()
    return batches[batches[-1].end % min(SAMPLED_ONE_IN, len(batches)) :: SAMPLED_ONE_IN]


def validate_batches(
    path: Path,
    batches: Sequence[Batch],
    context: dict[str, str],
    workers: int | None = None,
    conforming: Set[str] = frozenset(),
) -> Iterator[tuple[Batch, list[Finding]]]:
    """Yield each batch of an N-Triples file with its findings, in order, using all cores.

    ``context`` is the result of ``event_context``. Batches all of whose events are ``conforming``,
    by their keys, are left out unless they are in the sample.

    Raises:
        InvalidDataError: if pySHACL has a finding in the sample that no form suspected.
    """
    sampled = frozenset(sample(batches))
    batches = [batch for batch in batches if batch in sampled or not conforming >= {*batch.events}]
    if len(batches) <= _BATCHES_IN_THIS_PROCESS:
        validator = _BatchValidator(path, context)
        for batch in batches:
            yield batch, validator.findings(batch, batch in sampled)
        return
    with ProcessPoolExecutor(
        workers or os.cpu_count() or 1,
        # Threads of the caller (progress bars) must not be forked.
        mp_context=get_context("spawn"),
        initializer=_start_worker,
        initargs=(path, context),
    ) as pool:
        results = pool.map(_findings_in_worker, batches, (batch in sampled for batch in batches))
        yield from zip(batches, results, strict=True)


class _BatchValidator:
    """Validates batches of a file."""

    def __init__(self, path: Path, context: Mapping[str, str]) -> None:
        self._path = path
        self._context = context
        self._validator = CompiledValidator(EVENT_SHAPES)

    def findings(self, batch: Batch, sampled: bool) -> list[Finding]:
        """Return the findings of a batch; if it is sampled, pySHACL validates all of it."""
        with self._path.open("rb") as stream:
            stream.seek(batch.start)
            text = stream.read(batch.end - batch.start).decode()
        shapes = self._validator.names if sampled else ()
        return self._validator.validate(in_context(text, self._context), shapes)


_validator: _BatchValidator | None = None


def _start_worker(path: Path, context: Mapping[str, str]) -> None:
    global _validator  # noqa: PLW0603 - set once, when a worker starts
    _validator = _BatchValidator(path, context)
    # pySHACL's graphs are cycles of many small objects: collecting once per batch takes a fifth
    # less time, and objects that exist from the start need not be scanned.
    gc.disable()
    gc.freeze()


def _findings_in_worker(batch: Batch, sampled: bool) -> list[Finding]:
    assert _validator is not None
    findings = _validator.findings(batch, sampled)
    gc.collect()
    return findings
