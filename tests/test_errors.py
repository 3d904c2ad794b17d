"""The tree of errors in the docstring of kg.errors matches the classes."""

from __future__ import annotations

import importlib
import pkgutil
import re

import kg
from kg import errors
from kg.errors import KgError


def drawn() -> list[tuple[str, str]]:
    """Return the classes of the tree in the docstring, each with its parent."""
    above: list[str] = []
    pairs = []
    for branch, name in re.findall(r"^([│├└─ ]*)(\w+Error)\b", errors.__doc__ or "", re.MULTILINE):
        depth = len(branch) // 4
        above[depth:] = [name]
        if depth:
            pairs.append((name, above[depth - 1]))
    return pairs


def defined(parent: type[KgError] = KgError) -> list[tuple[str, str]]:
    pairs = []
    for child in parent.__subclasses__():
        pairs += [(child.__name__, parent.__name__), *defined(child)]
    return pairs


def test_the_tree_contains_all_classes() -> None:
    for module in pkgutil.walk_packages(kg.__path__, "kg."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    assert sorted(drawn()) == sorted(
        (name, parent) for name, parent in defined() if not name.startswith("_")
    )


def test_errors_defined_elsewhere_are_marked_with_their_module() -> None:
    defined = {name for name, value in vars(errors).items() if isinstance(value, type)}
    elsewhere = {name for name, _ in drawn()} - defined
    assert all(
        re.search(rf"─ {name} .*\(kg\.[\w.]+\)$", errors.__doc__ or "", re.MULTILINE)
        for name in elsewhere
    )
