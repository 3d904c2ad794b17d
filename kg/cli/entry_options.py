"""Options of the command line for the fields of an entry: ``kg add statement --made-by IND``."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import click
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from kg.sources.statements.entry import Attributed, Coded, Target
from kg.sources.statements.schema import PointEntry


def order_of_keys(model: type[BaseModel]) -> Callable[[str], tuple[bool, int]]:
    """Return the sort key for the keys of an entry: as in the model, common keys last."""
    order = list(model.model_fields)
    common = {*Attributed.model_fields, *Coded.model_fields}
    return lambda key: (key in common, order.index(key))


def option(key: str, field: FieldInfo) -> click.Option:
    """Return the option for a field."""
    flag = f"--{key.replace('_', '-')}"
    if _holds(field, PointEntry):
        return click.Option(
            [flag.removesuffix("s"), key], multiple=True, metavar="TITLE",
            help="The title of a point; repeat for each point, in order.",
        )  # fmt: skip
    listed = is_list(field)
    kind = {True: "KIND=NAME", False: "TEXT"}[_holds(field, Target)]
    if _holds(field, bool) and not listed and field.default is False:
        return click.Option([flag], is_flag=True, help=field.description or None)
    text = (field.description or "") + ("; repeat for several" if listed else "")
    return click.Option([flag], multiple=listed, metavar=kind, help=text.strip("; ") or None)


def value_of(field: FieldInfo, typed: object) -> object:
    """Return the value of a field for the text that was typed."""
    if isinstance(typed, list | tuple):
        return [_single(field, item) for item in typed]
    return _single(field, typed)


def _single(field: FieldInfo, typed: object) -> object:
    if _holds(field, Target):
        kind, equals, name = str(typed).partition("=")
        if not equals:
            raise click.UsageError(
                f"{typed!r}: expected KIND=NAME, such as resolution=A/RES/ES-11/6"
            )
        return {kind: name}
    if _holds(field, PointEntry):
        return {"title": typed}
    if _holds(field, int) and str(typed).isdecimal():
        return int(str(typed))
    return typed


def is_list(field: FieldInfo) -> bool:
    """Whether a field takes several values."""
    return getattr(field.annotation, "__origin__", None) is tuple


def _holds(field: FieldInfo, kind: type) -> bool:
    """Whether a field has a type, or is a list or an optional value of that type."""
    pending = [field.annotation]
    while pending:
        annotation = pending.pop()
        if annotation is kind:
            return True
        pending += get_args(annotation)
    return False
