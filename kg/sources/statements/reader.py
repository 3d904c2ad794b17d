"""Reading entries from YAML, with messages that give file, line and rule.

Files are composed into nodes, not loaded: a node has its line, and every value remains the text in
the file, so that NO is Norway's code and 2023-02-24 remains as written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from kg import yaml_nodes
from kg.errors import SourceError
from kg.sources.statements import reports, schema
from kg.sources.statements.fields import References, hint
from kg.sources.statements.rules import RULES
from kg.sources.statements.schema import PositionsFile

SUFFIXES: Final = (".yaml", ".yml")
#: The number of errors listed in a message; further ones are counted.
_LISTED_ERRORS: Final = 50
#: The rules for errors reported by the validator itself.
_BUILT_IN: Final = {
    "missing": "required",
    "extra_forbidden": "known-key",
    "literal_error": "choice",
    "union_tag_invalid": "choice",
    "union_tag_not_found": "required",
    "int_parsing": "count",
    "int_type": "count",
    "greater_than_equal": "count",
    "bool_parsing": "choice",
    "bool_type": "choice",
    "string_too_short": "required",
    "too_short": "required",
}
_KINDS: Final = {
    "string_type": "a text",
    "tuple_type": "a list; write each item on its own line, beginning with -",
    "list_type": "a list; write each item on its own line, beginning with -",
    "model_type": "a mapping of keys to values",
    "model_attributes_type": "a mapping of keys to values",
    "dict_type": "a mapping of keys to values",
}


@dataclass(frozen=True, order=True)
class FormatError:
    """A broken rule of the format, with file, line, entry and key."""

    file: str
    line: int
    where: str
    rule: str
    message: str

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{self.file}:{self.line}: {place}{self.message} [rule {self.rule}]"


class PositionsError(SourceError):
    """Files of positions break rules; ``errors`` contains all errors."""

    def __init__(self, errors: Sequence[FormatError]) -> None:
        self.errors = sorted(errors)
        lines = [str(error) for error in self.errors[:_LISTED_ERRORS]]
        if len(self.errors) > _LISTED_ERRORS:
            lines.append(f"and {len(self.errors) - _LISTED_ERRORS} more")
        super().__init__("\n".join(lines))


@dataclass(frozen=True)
class Document:
    """A composed file: its nodes and its content as plain values."""

    path: Path
    node: yaml.Node | None
    values: dict[str, Any]

    def line(self, location: Sequence[str | int]) -> int:
        """Return the line of a location, or of the innermost enclosing node that exists."""
        node, line = self.node, 1
        for step in location:
            child = None
            if isinstance(node, yaml.MappingNode):
                for key, value in node.value:
                    if key.value == step:
                        child, line = value, key.start_mark.line + 1
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
                child = node.value[step] if step < len(node.value) else None
                line = child.start_mark.line + 1 if child is not None else line
            if child is None:
                break  # a missing node has no line: use that of the enclosing node
            node = child
        return line

    def entries(self, section: str) -> list[dict[str, Any]]:
        """Return the entries of a section that are mappings."""
        items = self.values.get(section)
        return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []

    def keys(self, section: str) -> list[str]:
        """Return the keys of the entries of a section that have one."""
        return [str(entry["key"]) for entry in self.entries(section) if entry.get("key")]


def files(path: Path) -> list[Path]:
    """Return the files of a folder and its subfolders, or the file itself.

    Raises:
        SourceError: if there is no such file or folder, or no YAML file in it.
    """
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise SourceError(f"{path}: no such file or folder")
    files_found = sorted(file for suffix in SUFFIXES for file in path.rglob(f"*{suffix}"))
    if not files_found:
        raise SourceError(f"{path}: the folder contains no *.yaml file")
    return files_found


def compose(paths: Iterable[Path]) -> list[Document]:
    """Return files as documents.

    Raises:
        PositionsError: if a file is not a YAML mapping, or a mapping has a duplicate key.
    """
    documents: list[Document] = []
    errors: list[FormatError] = []
    for path in paths:
        try:
            node = yaml_nodes.compose(path.read_text(encoding="utf-8-sig"))
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else 1
            message = f"not YAML: {error.problem}; check the indentation of the line"
            errors.append(FormatError(str(path), line, "", "yaml", message))
            continue
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            errors.append(FormatError(str(path), 1, "", "yaml", f"not YAML in UTF-8 ({error})"))
            continue
        if node is not None and not isinstance(node, yaml.MappingNode):
            message = "the file is not a mapping; begin with a section such as statements:"
            errors.append(FormatError(str(path), node.start_mark.line + 1, "", "yaml", message))
            continue
        errors += [
            FormatError(str(path), line, "", "one-value", f"duplicate key {key!r} in a mapping")
            for key, line in _repeated(node)
        ]
        values = _plain(node) if node is not None else {}
        documents.append(Document(path, node, values))
    if errors:
        raise PositionsError(errors)
    return documents


def read(documents: Sequence[Document], references: References) -> list[PositionsFile]:
    """Return the entries of documents.

    Raises:
        PositionsError: with every broken rule in any of them.
    """
    read_files, errors = [], list(_same_keys(documents))
    for document in documents:
        values = _with_defaults(document.values)
        try:
            read_files.append(PositionsFile.model_validate(values, context=references))
        except ValidationError as error:
            details = error.errors(include_url=False)
            errors += [
                _format_error(document, detail)
                for detail in details
                if not _is_of_default(document, detail, details)
            ]
    if errors:
        raise PositionsError(errors)
    return read_files


def _plain(node: yaml.Node) -> Any:
    """Return a node as dictionaries, lists, texts or None."""
    if isinstance(node, yaml.MappingNode):
        return {str(key.value): _plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(value) for value in node.value]
    assert isinstance(node, yaml.ScalarNode)
    empty = node.tag == "tag:yaml.org,2002:null" and node.style is None
    return None if empty else node.value


def _repeated(node: yaml.Node | None) -> Iterator[tuple[str, int]]:
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if key.value in seen:
                yield str(key.value), key.start_mark.line + 1
            seen.add(key.value)
            yield from _repeated(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _repeated(value)


def _with_defaults(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a file with its defaults applied to each entry that accepts them."""
    defaults = values.get("defaults")
    if not isinstance(defaults, dict):
        return values
    filled = dict(values)
    for section, model in _SECTIONS.items():
        items = values.get(section)
        if isinstance(items, list):
            usable = {k: v for k, v in defaults.items() if k in _fields(model)}
            filled[section] = [
                {**usable, **item} if isinstance(item, dict) else item for item in items
            ]
    return filled


#: The sections to which defaults apply.
_SECTIONS: Final[dict[str, type[BaseModel]]] = {
    "statements": schema.StatementEntry,
    "contacts": schema.ContactEntry,
    "proposals": schema.ProposalEntry,
    "resolutions": schema.ResolutionEntry,
    "correspondences": schema.CorrespondenceEntry,
    "reports": reports.TallyReport,
}


def _fields(model: type[BaseModel]) -> set[str]:
    # The date of a proposal is the day it was made public, not that of a debate.
    own = {"date"} if model is schema.ProposalEntry else set()
    return set(model.model_fields) - own


def _is_of_default(document: Document, error: ErrorDetails, errors: Sequence[ErrorDetails]) -> bool:
    """Whether an error comes from a default, which is reported once, at the default itself."""
    location = error["loc"]
    if len(location) < 3 or ("defaults", location[-1]) not in [other["loc"] for other in errors]:
        return False
    entry = document.values[str(location[0])][location[1]]
    return location[-1] not in entry


def _same_keys(documents: Sequence[Document]) -> Iterator[FormatError]:
    for section in ("sources", "topics", "rules", "statements", "contacts", "proposals"):
        seen: dict[str, str] = {}
        for document in documents:
            for number, key in enumerate(document.keys(section)):
                line = document.line((section, number, "key"))
                if key in seen:
                    message = f"duplicate key {key!r}; it is already used at {seen[key]}"
                    where = f"{section}[{number + 1}].key"
                    yield FormatError(str(document.path), line, where, "one-value", message)
                seen.setdefault(key, f"{document.path}:{line}")


def _format_error(document: Document, error: ErrorDetails) -> FormatError:
    location, kind = _without_tags(error["loc"]), error["type"]
    where = _where(document, location)
    line = document.line(location)
    if kind in RULES:
        return FormatError(str(document.path), line, where, kind, error["msg"])
    context = error.get("ctx", {})
    value = error["input"]
    last = str(location[-1]) if location else ""
    if kind == "missing":
        message = f"required key {last!r} is missing"
    elif kind == "extra_forbidden":
        allowed = _allowed(error["loc"])
        message = f"unknown key {last!r}{hint(last, allowed)}"
        if allowed:
            message += f"; expected one of {', '.join(allowed)}"
    elif kind in ("literal_error", "union_tag_invalid"):
        expected = str(context.get("expected") or context.get("expected_tags"))
        invalid = value.get("kind") if isinstance(value, dict) else value
        choices = [choice.strip(" '") for choice in expected.replace(" or ", ",").split(",")]
        message = f"{invalid!r} is not one of {', '.join(choices)}{hint(str(invalid), choices)}"
    elif kind == "union_tag_not_found":
        message = "'kind' is missing; write kind: tally, kind: vote or kind: content"
    elif kind in ("bool_parsing", "bool_type"):
        message = f"{value!r} is neither true nor false"
    elif kind in ("int_parsing", "int_type", "greater_than_equal"):
        message = f"{value!r} is not a whole number of at least {context.get('ge', 0)}"
    elif kind in ("string_too_short", "too_short"):
        message = f"required key {last!r} is empty"
    elif kind in _KINDS:
        return FormatError(
            str(document.path), line, where, "kind-of-value", f"expected {_KINDS[kind]}"
        )
    else:
        message = error["msg"]
    return FormatError(
        str(document.path), line, where, _BUILT_IN.get(kind, "kind-of-value"), message
    )


def _without_tags(location: Sequence[str | int]) -> list[str | int]:
    """Return a location without the names of the models selected by the kind of a report."""
    return [
        step
        for before, step in zip((None, *location), location, strict=False)
        if not (isinstance(before, int) and step in _REPORTS)
    ]


def _where(document: Document, location: Sequence[str | int]) -> str:
    """Return the path of a location in a file, such as ``statements[2] (ind-talks).stance``."""
    text = ""
    inside: Any = document.values
    for step in location:
        if isinstance(step, int):
            inside = inside[step] if isinstance(inside, list) and step < len(inside) else None
            text += f"[{step + 1}]"
            if isinstance(inside, dict) and isinstance(inside.get("key"), str):
                text += f" ({inside['key']})"
        else:
            inside = inside.get(step) if isinstance(inside, dict) else None
            text += f".{step}" if text else step
    return text


def _allowed(location: Sequence[str | int]) -> list[str]:
    """Return the keys that are allowed at the location of an unknown key."""
    model: Any = PositionsFile
    for step in location[:-1]:
        if isinstance(step, int):
            continue
        if step in _REPORTS:
            model = _REPORTS[step]
            continue
        field = model.model_fields.get(step)
        if field is None:
            return []
        model = _model_in(field.annotation)
        if model is None:
            return []
    return sorted(model.model_fields)


_REPORTS: Final[dict[str, type[BaseModel]]] = {
    "tally": reports.TallyReport,
    "vote": reports.VoteReport,
    "content": reports.ContentReport,
}


def _model_in(annotation: Any) -> Any:
    """Return the first model in an annotation, such as the item type of a tuple."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        model = _model_in(inner)
        if model is not None:
            return model
    return None
