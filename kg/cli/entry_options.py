"""Options of the command line for the fields of an entry: ``kg add statement --made-by IND``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import get_args

import click
from pydantic import AfterValidator, BaseModel
from pydantic.fields import FieldInfo

from kg.sources.agents import read_agents
from kg.sources.statements.entry import Attributed, Coded, Target
from kg.sources.statements.fields import GROUP, STATE, STATE_OR_AGENT
from kg.sources.statements.schema import PointEntry
from kg.sources.states import embedded_names


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


def keys_of_names(model: type[BaseModel], entry: Mapping[str, object]) -> dict[str, object]:
    """Return an entry with the keys of states and agents that were given by a name or a code.

    A name that several states had means the one that had it on the day of the entry. What is no
    name stays as it is: the check of the entry reports it.

    Raises:
        UsageError: if a name is that of several states, and no day tells which is meant.
    """
    day = str(entry.get("date", ""))
    keys: dict[str, object] = {}
    for name, value in entry.items():
        if not (mark := _mark(model.model_fields[name])):
            keys[name] = value
        elif isinstance(value, list):
            keys[name] = [_key_of_name(name, mark, str(item), day) for item in value]
        else:
            keys[name] = _key_of_name(name, mark, str(value), day)
    return keys


def _key_of_name(field: str, mark: AfterValidator, text: str, day: str) -> str:
    if mark is not STATE and (agent := read_agents().named(text)):
        return agent.key
    if mark is GROUP:
        return text
    names = embedded_names()
    try:
        return names.key(text, day)
    except ValueError as error:
        if names.is_name(text):
            flag = field.replace("_", "-")
            raise click.UsageError(f"--{flag}: {error}, or give the day of the entry") from error
        return text


def _mark(field: FieldInfo) -> AfterValidator | None:
    """Return the mark of a field that identifies states or agents, None for other fields."""
    pending: list[object] = [field.annotation, *field.metadata]
    while pending:
        part = pending.pop()
        if isinstance(part, AfterValidator) and part in (STATE, STATE_OR_AGENT, GROUP):
            return part
        pending += get_args(part)
    return None


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
