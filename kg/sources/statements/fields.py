"""The types of the fields of entries, with their validators and error messages.

The validation context is a ``References``: the states, sources, topics and coding rules to which a
field may refer. Without it, as for the JSON Schema, only the form is checked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Annotated, Final

from pydantic import AfterValidator, Field, ValidationInfo

from kg.model.agents import AgentRegister
from kg.model.state_register import StateRegister, plain_name
from kg.model.symbol_spelling import document_key
from kg.sources.statements.rules import broken

MAX_QUOTE_WORDS: Final = 15
_KEY: Final = r"[a-z0-9]+(-[a-z0-9]+)*"
_DATE: Final = r"\d{4}(-\d\d(-\d\d)?)?"
_SYMBOL: Final = r"[AS]/[A-Za-z0-9/(). \[\]-]*\d[A-Za-z0-9/(). \[\]-]*"
#: The number of an operative paragraph or of a part of it, or a preambular paragraph.
_PARAGRAPH: Final = r"[1-9]\d*(-[a-z])?|preamble-[1-9]\d*"
_ADDRESS: Final = r"https?://[^\s<>\"{}|\\^`]+"


@dataclass(frozen=True)
class References:
    """The states, agents, sources, topics and coding rules to which entries may refer.

    ``paragraphs`` maps former keys with a word, such as "A-RES-ES-11-6/peace", to numbers.
    """

    states: StateRegister
    agents: AgentRegister = field(default_factory=AgentRegister)
    sources: Collection[str] = ()
    topics: Collection[str] = ()
    rules: Collection[str] = ()
    paragraphs: Mapping[str, str] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)

    def state_named(self, text: str) -> str:
        """Return the key of the state with a name, or with the closest name; empty for none."""
        if not self._names:
            self._names.update({n: key for key in self.states for n in self.states.names(key)})
        wanted = plain_name(text)
        if wanted in self._names:
            return self._names[wanted]
        near = get_close_matches(wanted, self._names, 1, 0.75)
        if near:
            return self._names[near[0]]
        return next(iter(get_close_matches(text.upper(), list(self.states), 1, 0.6)), "")


def hint(text: str, known: Iterable[str]) -> str:
    """Return a question that suggests a similar value; empty if there is none.

    >>> hint("critcal", ["critical", "reserved"])
    "; did you mean 'critical'?"
    """
    near = get_close_matches(text, list(known), 1, 0.6)
    return f"; did you mean {near[0]!r}?" if near else ""


def _references(info: ValidationInfo) -> References | None:
    return info.context if isinstance(info.context, References) else None


def _described(rule: str, noun: str, section: str) -> Callable[[str, ValidationInfo], str]:
    def check(value: str, info: ValidationInfo) -> str:
        references = _references(info)
        if references is not None:
            described = getattr(references, section)
            if value not in described:
                raise broken(
                    rule,
                    f"{value!r} is not the key of {noun}; write an existing key, or add {noun} in "
                    f"the section {section}{hint(value, described)}",
                )
        return value

    return check


def _form(rule: str, pattern: str, expected: str) -> AfterValidator:
    """Return the check of a pattern; the message gives the ``expected`` value."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise broken(rule, f"{value!r} is not {expected}")
        return value

    return AfterValidator(check)


def _state(value: str, info: ValidationInfo) -> str:
    references = _references(info)
    if references is not None and value not in references.states:
        near = references.state_named(value)
        meant = f"; did you mean {near} ({references.states[near].name})?" if near else ""
        raise broken(
            "state",
            f"{value!r} is not the key of a state; write a key such as IND, or SUN or YUG-FR for "
            f"a former state{meant}",
        )
    return value


def _state_or_agent(value: str, info: ValidationInfo) -> str:
    references = _references(info)
    if references is None or value in references.agents or value in references.states:
        return value
    if agent := references.agents.named(value):
        raise broken("state", f"{value!r} is a name; write the key {agent.key} ({agent.name})")
    near = references.state_named(value)
    meant = f"; did you mean {near} ({references.states[near].name})?" if near else ""
    raise broken(
        "state",
        f"{value!r} is not the key of a state, a group or an observer; write a key such as IND, EU "
        f"or PSE{meant}",
    )


def _group(value: str, info: ValidationInfo) -> str:
    references = _references(info)
    if references is not None and value not in references.agents:
        agent = references.agents.named(value)
        meant = f"; did you mean {agent.key} ({agent.name})?" if agent else ""
        raise broken("state", f"{value!r} is not the key of a group, such as EU or G77{meant}")
    return value


def _when(value: str) -> str:
    if not re.fullmatch(_DATE, value):
        raise broken(
            "date",
            f"{value!r} is not an ISO date; write 2023-02-24, or 2023-02 or 2023 if that is all "
            "that is known, and omit an unknown date",
        )
    try:
        date.fromisoformat(value + "-01-01"[len(value) - 4 :])
    except ValueError as error:
        raise broken("date", f"{value!r} is not a calendar date") from error
    return value


def _day(value: str) -> str:
    if len(_when(value)) != 10:
        raise broken("date", f"{value!r} is not a day; write it as 2023-02-24")
    return value


def _quote(value: str) -> str:
    words = len(value.split())
    if words > MAX_QUOTE_WORDS:
        raise broken(
            "quotation",
            f"the quotation has {words} words; quote at most {MAX_QUOTE_WORDS}, and put the rest "
            "in summary, in your own words",
        )
    return value


def _paragraph(value: str, info: ValidationInfo) -> str:
    symbol, _, number = value.partition("#")
    if re.fullmatch(_SYMBOL, symbol) and re.fullmatch(_PARAGRAPH, number):
        return value
    references = _references(info)
    present = references.paragraphs.get(paragraph_key(value)) if references else None
    raise broken(
        "target",
        f"{value!r} identifies a paragraph by a word; write its number, {symbol}#{present}"
        if present
        else f"{value!r} is not a paragraph; write its symbol and number, as in A/RES/ES-11/6#5",
    )


Text = Annotated[str, Field(min_length=1)]
Key = Annotated[
    str,
    _form(
        "key-form",
        _KEY,
        "a key; use lower-case letters, digits and single hyphens, as in ind-es-11-6-dialogue",
    ),
    Field(json_schema_extra={"pattern": f"^{_KEY}$"}),
]
StateKey = Annotated[str, AfterValidator(_state)]
AgentKey = Annotated[str, AfterValidator(_state_or_agent)]
GroupKey = Annotated[str, AfterValidator(_group)]
SourceKey = Annotated[str, AfterValidator(_described("source", "a source", "sources"))]
TopicKey = Annotated[str, AfterValidator(_described("topic", "a topic", "topics"))]
RuleKey = Annotated[str, AfterValidator(_described("coding-rule", "a coding rule", "rules"))]
When = Annotated[str, AfterValidator(_when), Field(json_schema_extra={"pattern": f"^{_DATE}$"})]
Day = Annotated[str, AfterValidator(_day), Field(json_schema_extra={"format": "date"})]
Symbol = Annotated[
    str,
    _form(
        "symbol",
        _SYMBOL,
        "a document symbol; write it as printed, such as A/RES/ES-11/6 or S/2022/155",
    ),
    Field(json_schema_extra={"pattern": f"^{_SYMBOL}$"}),
]
Quote = Annotated[str, AfterValidator(_quote)]
Address = Annotated[
    str,
    _form("address", _ADDRESS, "an address; write it in the form https://example.org/x"),
    Field(json_schema_extra={"format": "uri"}),
]
PointName = Annotated[
    str,
    _form(
        "target",
        rf"{_KEY}/[1-9]\d*",
        "a point; write its proposal and number, as in china-12-point/3",
    ),
]
ParagraphName = Annotated[str, AfterValidator(_paragraph)]


def paragraph_key(name: str) -> str:
    """Return the key of a paragraph from its symbol and number.

    >>> paragraph_key("A/RES/ES-11/6#5")
    'A-RES-ES-11-6/5'
    """
    symbol, _, number = name.partition("#")
    return f"{document_key(symbol)}/{number}"
