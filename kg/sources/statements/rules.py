"""The rules an entry has to keep, by name, as in messages and docs/reference/positions.md."""

from __future__ import annotations

from typing import Final

from pydantic_core import PydanticCustomError

#: What each rule asks. A message names the rule that was broken.
RULES: Final[dict[str, str]] = {
    "yaml": "A file is YAML in UTF-8: one mapping, its sections by name.",
    "known-key": "Only keys of the format are used, spelt as in the format.",
    "one-value": "A key stands once in a mapping, and an entry has a key of its own.",
    "required": "What an entry cannot do without is given.",
    "kind-of-value": "A value is of the kind the format asks for: a text, a list, a mapping.",
    "key-form": "A key is made of small letters, digits and single hyphens.",
    "state": "A state is named by its key, as in kg/data/states.csv.",
    "source": "A source is described: in the section sources of the folder, or embedded.",
    "topic": "A topic is described: in the section topics of the folder, or embedded.",
    "coding-rule": "A coding rule is described: in the section rules of the folder, or embedded.",
    "date": "A date is ISO 8601: a day, a month or a year, as much as is known.",
    "symbol": "A document is named by its symbol.",
    "target": "What something is about is one mapping of a kind to a name.",
    "choice": "A value of a closed list is one of the list.",
    "stance-target": "A stance says what it is towards.",
    "coded": "A stance, a topic or a correspondence names its coder and its coding rule.",
    "quotation": "A quotation has at most 15 words.",
    "count": "A figure is a whole number, 0 or more; a tally has at least one.",
    "points": "A proposal has points, each with a title.",
    "parties": "A contact has at least two parties, one of them contacted.",
    "address": "An address begins with http:// or https:// and has no blanks.",
}


def broken(rule: str, message: str) -> PydanticCustomError:
    """Return the error for a broken rule, to be raised in a validator.

    Raises:
        KeyError: if there is no such rule.
    """
    RULES[rule]
    # The message may hold braces, which the template would take for its own.
    return PydanticCustomError(rule, "{message}", {"message": message})
