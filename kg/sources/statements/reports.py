"""The models of reports: votes, totals and texts as reported by a source."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field, model_validator

from kg.model.vote_option import VoteOption
from kg.sources.statements.entry import Attributed, Entry, Position, Target
from kg.sources.statements.fields import Key, SourceKey, StateKey, Symbol, Text
from kg.sources.statements.rules import broken


class TallyReport(Attributed):
    """The totals of a vote as printed by a source; omit figures that it does not give."""

    kind: Literal["tally"]
    event: Annotated[Symbol, Field(description="Symbol of the resolution or draft voted on")]
    in_favour: Annotated[int | None, Field(ge=0)] = None
    against: Annotated[int | None, Field(ge=0)] = None
    abstaining: Annotated[int | None, Field(ge=0)] = None
    non_voting: Annotated[int | None, Field(ge=0)] = None

    @property
    def counts(self) -> dict[VoteOption, int]:
        """The reported figures, by option."""
        figures = (self.in_favour, self.against, self.abstaining, self.non_voting)
        return {
            option: figure
            for option, figure in zip(VoteOption, figures, strict=True)
            if figure is not None
        }

    @model_validator(mode="after")
    def _figure(self) -> TallyReport:
        if not self.counts:
            raise broken(
                "count",
                "a tally needs at least one figure; write in_favour, against, abstaining or "
                "non_voting",
            )
        return self


class VoteReport(Attributed):
    """The votes of states as reported by a source."""

    kind: Literal["vote"]
    event: Annotated[Symbol, Field(description="Symbol of the resolution or draft voted on")]
    option: Position
    states: Annotated[tuple[StateKey, ...], Field(min_length=1)]


class RecordSide(Entry):
    """The content of the text itself, where a report differs from it."""

    says: Text
    source: SourceKey


class ContentReport(Attributed):
    """A report on the content of a text; with ``record`` where the text differs."""

    kind: Literal["content"]
    key: Key
    of: Annotated[Target, Field(description="A resolution, paragraph, proposal or point")]
    says: Annotated[Text, Field(description="The reported content, in your own words")]
    text_by: Annotated[
        tuple[StateKey, ...], Field(description="The states that wrote a proposal or point")
    ] = ()
    record: RecordSide | None = None

    @model_validator(mode="after")
    def _owned(self) -> ContentReport:
        if self.record and (self.of.proposal or self.of.point) and not self.text_by:
            raise broken(
                "required",
                "text_by is missing; where a report differs from a proposal, list the states that "
                "put it forward",
            )
        return self


Report = Annotated[TallyReport | VoteReport | ContentReport, Discriminator("kind")]
