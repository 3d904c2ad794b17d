"""pySHACL (0.40) with a method mended and two steps made faster, without another result."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

_MESSAGE_METHOD: Final = "_format_sparql_based_result_message"
_CHECK_METHOD: Final = "check_invalid_sparql"
_PARAMETERS: Final = "CONSTRAINT_PARAMS"
#: A variable in a message.
_VARIABLE: Final = re.compile(r"\{[?$](\w+)\}")


@cache
def adapted_pyshacl() -> Any:
    """Return the module ``pyshacl``.

    As it is, it reads a value in a message as a template of ``re.sub``, and fails at a backslash;
    it checks the text of a query again for each focus node, which takes a quarter of the time; and
    it compares each predicate of a shape with a list of IRIs, which takes a tenth.
    """
    import pyshacl  # noqa: PLC0415 - takes a quarter of a second, and only validation needs it
    import pyshacl.shape  # noqa: PLC0415
    from pyshacl.constraints import (  # noqa: PLC0415
        ALL_CONSTRAINT_PARAMETERS,
        CONSTRAINT_PARAMETERS_MAP,
    )
    from pyshacl.constraints.constraint_component import ConstraintComponent  # noqa: PLC0415
    from pyshacl.helper.sparql_query_helper import SPARQLQueryHelper  # noqa: PLC0415

    setattr(ConstraintComponent, _MESSAGE_METHOD, _with_bound_values)
    parameters = dict.fromkeys(ALL_CONSTRAINT_PARAMETERS)
    setattr(pyshacl.shape, _PARAMETERS, (parameters, CONSTRAINT_PARAMETERS_MAP))
    setattr(SPARQLQueryHelper, _CHECK_METHOD, _once(getattr(SPARQLQueryHelper, _CHECK_METHOD)))
    return pyshacl


def _with_bound_values(_: Any, message: str, bound: Any) -> str:
    """Return a message with what a query bound: focus node, path, value, and other variables."""
    this, path, value, *others = bound
    terms = {"this": this, "path": path, "value": value}
    for variables in others:
        terms.update(variables)
    return filled(message, {name: str(term) for name, term in terms.items() if term is not None})


def filled(message: str, values: Mapping[str, str]) -> str:
    """Return a message with the values of its variables; unbound variables remain."""
    return _VARIABLE.sub(lambda match: values.get(match[1], match[0]), message)


def _once(check: Callable[..., bool]) -> Callable[..., bool]:
    """Return a check of queries that passes each text and set of variables once."""
    passed = set[tuple[str, bool, frozenset[str]]]()

    def checked(helper: Any, query: str, valuenode: Any = None, extravars: Any = None) -> bool:
        key = (query, valuenode is None, frozenset(extravars or ()))
        if key not in passed:
            check(helper, query, valuenode=valuenode, extravars=extravars)
            passed.add(key)
        return True

    return checked
