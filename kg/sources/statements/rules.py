"""The rules for entries, by name, as given in messages and in docs/reference/positions.md."""

from __future__ import annotations

from typing import Final

from pydantic_core import PydanticCustomError

#: The text of each rule. A message gives the name of the broken rule.
RULES: Final[dict[str, str]] = {
    "yaml": "A file is YAML in UTF-8: one mapping from section names to entries.",
    "known-key": "Only keys of the format may be used, spelt as in the format.",
    "one-value": "A key occurs only once in a mapping, and the key of an entry is unique.",
    "required": "The required keys of an entry are present.",
    "kind-of-value": "A value has the type required by the format: a text, a list or a mapping.",
    "key-form": "A key consists of lower-case letters, digits and single hyphens.",
    "state": "States are identified by keys of kg/data/states.csv, groups and observers by keys of "
    "kg/data/agents.csv.",
    "source": "A source is in the section sources of a file in the folder, or embedded.",
    "topic": "A topic is in the section topics of a file in the folder, or embedded.",
    "coding-rule": "A coding rule is in the section rules of a file in the folder, or embedded.",
    "date": "A date is in ISO 8601: a day, month or year, as precise as known.",
    "symbol": "A document is identified by its symbol.",
    "target": "The subject of an entry is a mapping from one kind to a name.",
    "choice": "A value from a closed list is one of that list.",
    "stance-target": "A stance has an object.",
    "coded": "A stance, a topic or a correspondence has a coder and a coding rule.",
    "quotation": "A quotation has at most 15 words.",
    "count": "A figure is a whole number of 0 or more; a tally has at least one.",
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
    # The message may contain braces, which the template would interpret.
    return PydanticCustomError(rule, "{message}", {"message": message})
