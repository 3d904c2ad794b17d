"""The reasons why the columnar engine does not support a query, each with a name and a sentence.

The list in docs/explanation/engine.md is generated from them (``python -m kg.sparql.unsupported``).
"""

from __future__ import annotations

from enum import Enum


class Reason(Enum):
    """Why the columnar engine does not support a query; the value is a sentence for people."""

    NO_COLUMNS = (
        "The release has no columns file, or one written for another release or by another "
        "version of DuckDB."
    )
    CHEAP = "The query starts from a constant with few facts, where Oxigraph is faster."
    FORCED = "The request or the settings select Oxigraph."
    QUERY_FORM = "The query is neither SELECT nor ASK."
    LENGTH = "The query is too long or too deeply nested."
    SYNTAX = "SPARQL syntax that the columnar engine does not parse, or a syntax error."
    DATASET = "The query selects graphs with FROM, GRAPH or parameters of the SPARQL protocol."
    SERVICE = "The query uses SERVICE."
    REDUCED = "SELECT REDUCED, where the number of solutions is up to the engine."
    PATH = "A property path with *, +, ? or !, or alternatives between two terms."
    PREDICATE = (
        "A variable as the predicate of a triple pattern, unless VALUES or a FILTER of its group "
        "names at most 16 predicates."
    )
    COLLECTION = "An RDF collection in parentheses in a triple pattern."
    RELATIVE = "An IRI that must be resolved: BASE, a relative IRI, or dot segments."
    MIXED = "A variable with both decimals of facts and computed decimals."
    FUNCTION = "A function not verified to return the same results in both engines."
    ARGUMENTS = "Arguments with which a function is not verified to return the same results."
    EQUALITY = "A test for equality of terms whose values the columnar engine does not know."
    COMPARISON = "An order comparison of terms whose values the columnar engine does not know."
    ARITHMETIC = (
        "Arithmetic on terms whose values the columnar engine does not know, or of two decimals: "
        "a product without a whole constant, a division by anything but a constant."
    )
    TRUTH = "The truth value of terms whose values the columnar engine does not know."
    UNDEFINED = "An expression in an EXISTS over a variable that is bound only outside it."
    EXISTS = (
        "EXISTS whose pattern may leave a variable unbound that occurs outside, or contains a "
        "MINUS that depends on the pattern outside."
    )
    MINUS = "MINUS on a variable that may be unbound on one side."
    OPTIONAL_JOIN = "A join of too many solutions on a variable that may be unbound."
    PRODUCT = "Patterns without a shared variable and with too many pairs of solutions."
    AGGREGATE = (
        "GROUP_CONCAT of the solutions of a sub-query with ORDER BY, whose order Oxigraph keeps, "
        "with DISTINCT or other patterns beside the sub-query."
    )
    AGGREGATE_OPERANDS = (
        "An aggregate over terms whose values or order the columnar engine does not know, or of "
        "both integers and decimals where either may be the result."
    )
    GROUPED = "A variable used beside aggregates without being in GROUP BY."
    ORDER = (
        "ORDER BY terms that include blank nodes, numbers beside other literals, or literals "
        "whose order the columnar engine does not know."
    )
    INNER_LIMIT = (
        "LIMIT or OFFSET in a sub-query whose ORDER BY leaves open which solutions remain."
    )
    PARAMETERS = "A parameter of a saved query where it is not a constant."
    EVALUATION_ERROR = "An arithmetic or DuckDB error before the first byte of the response."
    INTERNAL_ERROR = "An internal error of the columnar engine; the gate finds none."


class UnsupportedQueryError(Exception):
    """The columnar engine does not support a query; Oxigraph evaluates it instead."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


def as_markdown() -> str:
    """Return the reasons as a Markdown list for the documentation."""
    return "".join(f"- `{reason.name}`: {reason.value}\n" for reason in Reason)


if __name__ == "__main__":
    print(as_markdown(), end="")
