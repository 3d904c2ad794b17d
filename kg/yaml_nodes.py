"""YAML without what would make a small file large or deep: aliases and deep nesting."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import yaml
from yaml.composer import ComposerError
from yaml.error import Mark

from kg.limits import YAML_DEPTH


class _Loader(yaml.SafeLoader):
    """Refuses deep nesting before it recurses, aliases, and keys that are not texts."""

    _depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """See ``yaml.composer.Composer``; the index of a value in a mapping is its key."""
        event = cast("Callable[[], yaml.Event]", self.peek_event)()
        is_key = isinstance(parent, yaml.MappingNode) and not isinstance(index, yaml.Node)
        problem = ""
        if isinstance(event, yaml.AliasEvent):
            # A few lines of aliases of aliases stand for billions of values.
            problem = "aliases (*name) are not supported"
        elif is_key and not isinstance(event, yaml.ScalarEvent):
            problem = "expected a text as key"
        elif self._depth == YAML_DEPTH:
            problem = f"nested more than {YAML_DEPTH} deep"
        if problem:
            assert isinstance(event.start_mark, Mark)
            raise ComposerError(None, None, problem, event.start_mark)
        self._depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1


def compose(text: str) -> yaml.Node | None:
    """Return the node of a YAML document, None if it is empty.

    Raises:
        yaml.YAMLError: if it is not YAML, is nested too deeply, or contains aliases.
    """
    return yaml.compose(text, Loader=_Loader)


def load(text: str) -> object:
    """Return the value of a YAML document, None if it is empty.

    Raises:
        yaml.YAMLError: as ``compose``.
    """
    return cast("object", yaml.load(text, Loader=_Loader))  # noqa: S506
