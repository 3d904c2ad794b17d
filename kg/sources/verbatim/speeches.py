"""The meeting of a record and its speeches, with the states and agents that speak."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kg.model.speeches import Meeting, MeetingSpeech
from kg.model.state_names import StateNames
from kg.model.state_register import StateRegister
from kg.sources.verbatim.events import SOURCE, agenda_items
from kg.sources.verbatim.parsed import ParsedRecord, ParsedSpeech, Place, Presider

_PRESIDENTS: Final = {
    "GeneralAssembly": "President of the General Assembly",
    "SecurityCouncil": "President of the Security Council",
}
_ENGLISH: Final = "English"


class SpeechMaker:
    """Makes the speeches of records."""

    def __init__(self, states: StateRegister) -> None:
        self._states = states
        self._names = StateNames(states)

    def meeting(self, record: ParsedRecord) -> Meeting:
        """Return the meeting of a record."""
        first = record.presiders[0] if record.presiders else None
        state = self._names.named(first.state, record.date) if first else None
        return Meeting(
            symbol=record.symbol,
            body=record.body,
            session=record.session,
            date=record.date,
            source=SOURCE,
            president=first.name if first else "",
            president_state=state or "",
        )

    def speeches(self, record: ParsedRecord, keys: Mapping[Place, str]) -> list[MeetingSpeech]:
        """Return the speeches in order; ``keys`` are those of decisions by their places."""
        return [
            self._speech(record, speech, number, keys)
            for number, speech in enumerate(record.speeches, 1)
        ]

    def _speech(
        self, record: ParsedRecord, speech: ParsedSpeech, number: int, keys: Mapping[Place, str]
    ) -> MeetingSpeech:
        state = agent = ""
        speaker, role = speech.speaker, speech.office
        if speech.presides:
            presider = _presiding(record, speech.place)
            agent = _PRESIDENTS[record.body]
            speaker = presider.name if presider else ""
            role = presider.office if presider else speech.speaker
        elif speech.office:
            # A rapporteur speaks for the committee, not for the state.
            agent = speech.office
        else:
            state = self._names.named(speech.spoken_for, record.date) or ""
            agent = "" if state else speech.spoken_for or speech.speaker
        name = self._states.name_in(state, record.date) if state else agent
        return MeetingSpeech(
            meeting=record.symbol,
            number=number,
            label=f"{name} at {record.symbol}, speech {number}",
            page=speech.place.page,
            paragraph=speech.place.paragraph,
            source=SOURCE,
            state=state,
            agent=agent,
            group=speech.group,
            speaker=speaker,
            speaker_role=role,
            language=speech.language or _ENGLISH,
            kind=speech.kind,
            agenda_items=tuple(i.key for i in agenda_items(record, speech.agenda_items)),
            about=_explained(record, speech, keys),
        )


def _presiding(record: ParsedRecord, place: Place) -> Presider | None:
    """Return who presides at a place."""
    before = [
        presider
        for presider in record.presiders
        if (presider.place.page, presider.place.paragraph) <= (place.page, place.paragraph)
    ]
    return before[-1] if before else None


def _explained(record: ParsedRecord, speech: ParsedSpeech, keys: Mapping[Place, str]) -> str:
    """Return the event that a speech explains, if only one text was decided on under its item."""
    if not speech.kind or speech.kind == "right of reply":
        return ""
    decided = [
        keys[decision.place]
        for decision in record.decisions
        if decision.agenda_items == speech.agenda_items and decision.place in keys
    ]
    return decided[0] if len(decided) == 1 else ""
