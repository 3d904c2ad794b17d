"""What the columnar engine does not support: each reason has a name and a sentence.

The list in docs/explanation/engine.md is generated from it (``python -m kg.sparql.unsupported``).
"""

from __future__ import annotations

from enum import Enum


class Reason(Enum):
    """Why a query is left to Oxigraph; the value is a sentence for people."""

    NO_COLUMNS = (
        "The release has no file of columns, or one of another release or version of DuckDB."
    )
    CHEAP = "It begins at a constant with few facts, which Oxigraph looks up sooner."
    FORCED = "The request or the settings ask for the other engine."
    QUERY_FORM = "It is no SELECT or ASK."
    LENGTH = "Its text is longer or more deeply nested than is read here."
    SYNTAX = "A form of SPARQL's syntax that is not read here, or an error in it."
    DATASET = "It names graphs: FROM, GRAPH, or the protocol's parameters for them."
    SERVICE = "It uses SERVICE."
    REDUCED = "SELECT REDUCED lets an engine choose how many solutions there are."
    PATH = "A property path other than a sequence (/) or an inverse (^)."
    PREDICATE = "A variable in the place of a predicate."
    COLLECTION = "A collection in parentheses among the triples."
    RELATIVE = "An IRI that has to be resolved first."
    MIXED = "A variable that holds terms of kinds that have no column in common."
    CONSTANT = "A constant of a datatype that has no column of its own."
    FUNCTION = "A function that has not been proven equal in both engines."
    ARGUMENTS = "Arguments of a function for which it has not been proven equal."
    EQUALITY = "Equality of terms whose values are not known here."
    COMPARISON = "An order between terms of kinds that have none in common."
    ARITHMETIC = (
        "Arithmetic on anything but integers and decimals, a product of two decimals, "
        "or a division by one."
    )
    TRUTH = "A truth value of terms that are no booleans, integers or plain strings."
    UNDEFINED = "Something computed of a variable that is never bound."
    EXISTS = "EXISTS whose inside uses a variable of the outside in an expression or not at all."
    MINUS = "MINUS with a variable that may be unbound on one side."
    OPTIONAL_JOIN = "A join on a variable that may be unbound, of too many solutions."
    PRODUCT = "Patterns that share no variable, with too many pairs of solutions."
    AGGREGATE = "GROUP_CONCAT or SAMPLE: which value or order comes out is up to the engine."
    AGGREGATE_OPERANDS = "An aggregate of terms of several kinds, or of kinds it has no value for."
    GROUPED = "A variable that is used beside aggregates without being grouped by."
    ORDER = "ORDER BY terms of several kinds of literal, or of blank nodes or other datatypes."
    INNER_LIMIT = "LIMIT or OFFSET within a query: which solutions remain is up to the engine."
    PARAMETERS = "A parameter of a saved query in a place where it is not a constant."
    EVALUATION_ERROR = "An error of arithmetic or of DuckDB before the first byte of the answer."
    INTERNAL_ERROR = "An error in this engine itself; the gate finds none."


class UnsupportedQueryError(Exception):
    """The columnar engine does not support a query; Oxigraph answers it."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


def as_markdown() -> str:
    """Return the list of reasons, for the documentation."""
    return "".join(f"- `{reason.name}`: {reason.value}\n" for reason in Reason)


if __name__ == "__main__":
    print(as_markdown(), end="")
