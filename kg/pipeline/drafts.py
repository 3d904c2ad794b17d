"""Merging the records of a draft: those of loaders, and the drafts of voting events.

The record of the most trusted source is accepted; where another source differs, the difference
becomes a Discrepancy. An empty value of a source is not a difference.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from kg.model.discrepancies import Discrepancy
from kg.model.documents import Draft, MergedDraft
from kg.model.sponsorship import UNSPONSORED, Sponsors
from kg.model.symbol_spelling import document_key
from kg.model.symbols import slug
from kg.model.votes import MergedEvent, Outcome


def drafts_of(merged: MergedEvent) -> Iterator[Draft]:
    """Yield the drafts of an event, from each source that names them, with their outcome.

    The outcome of a vote on a part of a draft is not that of the draft.
    """
    event = merged.event
    on_whole = event.vote_on == "document"
    adopted_as = (event.decides.symbol,) if event.decides and on_whole else ()
    outcome: Outcome | None = "adopted" if adopted_as else event.outcome if on_whole else None
    for symbol in event.drafts:
        for source in merged.draft_sources[symbol]:
            yield Draft(
                symbol=symbol,
                body=event.body,
                session=event.session,
                source=source,
                adopted_as=adopted_as,
                outcome=outcome,
            )


def merge_drafts(
    drafts: Iterable[Draft], documents: Collection[str]
) -> tuple[list[MergedDraft], list[Discrepancy]]:
    """Return each draft once, in the order of their keys, and the differences between sources.

    ``drafts`` are in the order of the trust in their sources; ``documents`` are the keys of the
    documents in the record, to which alone a draft refers. Earlier versions are drafts too.
    """
    records: dict[str, list[Draft]] = {}
    for draft in _with_versions(drafts):
        records.setdefault(draft.key, []).append(draft)
    merged: list[MergedDraft] = []
    discrepancies: list[Discrepancy] = []
    for _, of_draft in sorted(records.items()):
        merged.append(_merged(of_draft, documents))
        discrepancies += _differences(of_draft)
    return merged, discrepancies


def _with_versions(drafts: Iterable[Draft]) -> Iterator[Draft]:
    """Yield drafts, and after them their earlier versions, of which nothing else is known."""
    versions: list[Draft] = []
    for draft in drafts:
        yield draft
        versions += (
            Draft(version, draft.body, draft.session, draft.source) for version in draft.versions
        )
    yield from versions


def _merged(records: list[Draft], documents: Collection[str]) -> MergedDraft:
    first = records[0]
    adopted_as = {
        document_key(symbol): symbol for record in records for symbol in record.adopted_as
    }
    draft = replace(
        first,
        session=next((record.session for record in records if record.session), ""),
        date=next((record.date for record in records if record.date), ""),
        versions=_unique(symbol for record in records for symbol in record.versions),
        sponsorship=next(
            (record.sponsorship for record in records if record.sponsorship != UNSPONSORED),
            UNSPONSORED,
        ),
        adopted_as=tuple(symbol for key, symbol in adopted_as.items() if key in documents),
        outcome=_outcome(records),
    )
    return MergedDraft(
        draft=draft,
        sources=tuple(dict.fromkeys(record.source for record in records)),
        variants=tuple(sorted({record.symbol for record in records} - {first.symbol})),
    )


def _outcome(records: list[Draft]) -> Outcome | None:
    """Return the outcome of a draft: a text that was put to the vote again may be adopted then."""
    outcomes = [record.outcome for record in records if record.outcome]
    return "adopted" if "adopted" in outcomes else next(iter(outcomes), None)


def _unique(symbols: Iterable[str]) -> tuple[str, ...]:
    """Return symbols without those of the same document."""
    by_key: dict[str, str] = {}
    for symbol in symbols:
        by_key.setdefault(slug(symbol), symbol)
    return tuple(by_key.values())


def _differences(records: list[Draft]) -> Iterator[Discrepancy]:
    """Yield where the records of other sources differ from that of the most trusted one."""
    for aspect in ("date", "sponsors"):
        stated = [(record, text) for record in records if (text := _text(record, aspect))]
        for other, text in stated[1:]:
            accepted, accepted_text = stated[0]
            if other.source != accepted.source and text != accepted_text:
                yield Discrepancy(
                    key=f"{accepted.key}-{aspect}-{other.source}",
                    aspect=aspect,
                    concerns=(("draft", accepted.key),),
                    accepted=accepted_text,
                    accepted_from=(accepted.source,),
                    other=text,
                    other_from=(other.source,),
                    description=f"{accepted.symbol}: {aspect} {accepted_text} or {text}",
                )


def _text(draft: Draft, aspect: str) -> str:
    if aspect == "date":
        return draft.date
    sponsors = draft.sponsorship
    parts = (_names(sponsors.sponsors), _names(sponsors.additional))
    return "; additional: ".join(filter(None, parts))


def _names(sponsors: Sponsors) -> str:
    return ", ".join(sorted((*sponsors.states, *sponsors.agents)))
