"""What is compiled: columns that hold terms, and relations, which are tables of solutions."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from kg.engine.columnar.term_types import Form, is_literal, is_other
from kg.sparql.algebra import Term
from kg.sparql.unsupported import Reason, UnsupportedQueryError


@dataclass(frozen=True, slots=True)
class Column:
    """A column or an expression of SQL that holds terms; NULL is unbound, or an error.

    ``origin`` is the column of numbers whose text this is, if it is such a text.
    """

    sql: str
    form: Form
    kinds: frozenset[str]
    maybe: bool = False
    origin: Column | None = None
    #: Whether it is the same in every solution, and no column of a table.
    constant: bool = False
    #: The term of a constant.
    term: Term | None = None

    @property
    def kind(self) -> str:
        """The one kind of its terms, empty if there are several."""
        return next(iter(self.kinds)) if len(self.kinds) == 1 else ""

    @property
    def is_nothing(self) -> bool:
        """Whether it is never bound."""
        return not self.kinds

    @property
    def is_numeric(self) -> bool:
        """Whether it holds integers or decimals."""
        return self.form in {Form.INTEGER, Form.DECIMAL}

    def called(self, sql: str, *, maybe: bool | None = None) -> Column:
        """Return the same column under another name."""
        kept = self.maybe if maybe is None else maybe
        return self if self.constant else replace(self, sql=sql, maybe=kept, origin=None)


NOTHING = Column("NULL", Form.ID, frozenset(), maybe=True, constant=True)


@dataclass(frozen=True, slots=True)
class Relation:
    """A table of solutions: what stands after FROM, and a column for each variable.

    ``rows`` is an estimate, and so is how many ``distinct`` terms some variables have. A variable
    that is in scope and never bound has the column NOTHING.
    """

    sql: str
    columns: dict[str, Column]
    rows: float
    distinct: dict[str, float] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether it is known to have no solution."""
        return not self.sql

    def stored(self) -> dict[str, Column]:
        """Return the columns that the table has."""
        return {name: one for name, one in self.columns.items() if not one.constant}


def empty(names: object) -> Relation:
    """Return a relation without solutions that has variables in scope."""
    assert isinstance(names, list | set | dict)
    return Relation("", dict.fromkeys(names, NOTHING), 0)


def quoted(text: str) -> str:
    """Return a text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def common_form(columns: list[Column]) -> Form:
    """Return the one form of columns that are bound at times.

    Raises:
        UnsupportedQueryError: if they have none in common.
    """
    forms = {one.form for one in columns}
    kinds = {kind for one in columns for kind in one.kinds}
    if len(forms) == 1 and (forms != {Form.TEXT} or len(kinds) == 1):
        return forms.pop()
    if forms == {Form.ID, Form.TEXT} and len(kinds) == 1:
        return Form.TEXT
    raise UnsupportedQueryError(Reason.MIXED)


def has_order(column: Column) -> bool:
    """Tell whether the SQL order of a column is the order of its terms."""
    if column.form is Form.TEXT:
        return bool(column.kind)
    if column.form is not Form.ID:
        return True
    literals = [kind for kind in column.kinds if is_literal(kind)]
    return "blank" not in column.kinds and len(literals) <= 1 and not any(map(is_other, literals))
