"""The base models of the entries of a file of positions.

The docstrings of models and the descriptions of fields appear in the JSON Schema and in
docs/reference/positions.md.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kg.model.discrepancies import Thing
from kg.model.symbol_spelling import document_key, document_kind
from kg.sources.statements.fields import (
    Key,
    ParagraphName,
    PointName,
    Quote,
    RuleKey,
    SourceKey,
    StateKey,
    Symbol,
    TopicKey,
    paragraph_key,
)
from kg.sources.statements.rules import broken

Stance = Literal["supportive", "critical", "reserved"]
#: The labels of ``VoteOption``.
Position = Literal["in favour", "against", "abstaining", "non-voting"]


class Entry(BaseModel):
    """The base of all entries; unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Target(Entry):
    """The subject of an entry: exactly one kind and its name."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    resolution: Annotated[Symbol | None, Field(description="Symbol: A/RES/ES-11/6")] = None
    event: Annotated[
        Symbol | None,
        Field(description="Symbol of the resolution or draft voted on: S/2022/155"),
    ] = None
    paragraph: Annotated[
        ParagraphName | None, Field(description="Symbol, # and number: A/RES/ES-11/6#5")
    ] = None
    proposal: Annotated[Key | None, Field(description="Key: china-12-point")] = None
    point: Annotated[
        PointName | None, Field(description="Proposal and number: china-12-point/3")
    ] = None
    topic: Annotated[TopicKey | None, Field(description="Key: nuclear-safety")] = None
    state: Annotated[StateKey | None, Field(description="Key: RUS")] = None

    @model_validator(mode="after")
    def _has_one_kind(self) -> Target:
        kinds = [name for name in Target.model_fields if getattr(self, name) is not None]
        if len(kinds) != 1:
            raise broken(
                "target",
                f"expected exactly one kind, found {' and '.join(kinds) or 'none'}; write one kind "
                "and its name, such as {resolution: A/RES/ES-11/6}",
            )
        return self

    @property
    def name(self) -> str:
        """The name as in the file."""
        values = (getattr(self, name) for name in Target.model_fields)
        return next(str(value) for value in values if value is not None)

    @property
    def thing(self) -> Thing:
        """Kind and key, as in the IRI of the resource."""
        if self.resolution:
            return document_kind(self.resolution), document_key(self.resolution)
        if self.event:
            return "event", document_key(self.event)
        if self.paragraph:
            return "paragraph", paragraph_key(self.paragraph)
        if self.point:
            return "proposal", self.point
        for kind in ("proposal", "topic", "state"):
            if value := getattr(self, kind):
                return kind, value
        raise AssertionError("a target has one kind")


class Coded(Entry):
    """A judgement with its coder and coding rule."""

    coder: Annotated[str, Field(description="Person or organisation that judged")] = ""
    rule: Annotated[RuleKey, Field(description="Key of the coding rule")] = ""

    def _needs_coder(self, subject: str) -> None:
        """Raise an error for a judgement without a coder or a rule."""
        lacking = [name for name in ("coder", "rule") if not getattr(self, name)]
        if lacking:
            raise broken(
                "coded",
                f"{subject} needs {' and '.join(lacking)}; give them here, or once for the whole "
                "file under defaults",
            )


class Attributed(Entry):
    """A report by a source."""

    source: Annotated[SourceKey, Field(description="Key of the source that reports it")]
    via: Annotated[str, Field(description="The outlet that the source itself cites")] = ""
    quote: Annotated[Quote, Field(description="A quotation of at most 15 words")] = ""
    note: Annotated[str, Field(description="A remark, for example on what was checked")] = ""
