"""The source ``dgacm``: resolutions of the United Nations in machine-readable form.

The Department for General Assembly and Conference Management publishes them in two repositories:
https://github.com/UNxml/GAresolutions and https://github.com/UNxml/SCresolutions.
docs/explanation/sources.md explains the normalisation rules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from kg import resources
from kg.errors import SourceError
from kg.model.state_register import StateRegister
from kg.sources.dgacm import akn, extract
from kg.sources.dgacm.documents import ParsedDocument
from kg.sources.dgacm.events import DRAFT, SOURCES, EventReader, Notes, event_key
from kg.sources.dgacm.files import EXPECTED, containers, open_files
from kg.sources.dgacm.sponsorship import NO_SPONSOR
from kg.sources.dgacm.subjects import topics_of
from kg.sources.loader import LoadResult, RemoteFile
from kg.sources.source_list import read_sources

#: The commits that were read for the figures in the documentation, as archives.
REMOTE: Final = tuple(
    RemoteFile(
        f"{repository}-{commit}.zip",
        f"https://github.com/UNxml/{repository}/archive/{commit}.zip",
        commit=commit,
    )
    for repository, commit in (("GAresolutions", "42a69b6"), ("SCresolutions", "6c4072a"))
)

# Rules, as printed in the list of normalised rows.
LANGUAGE: Final = "a document in another language than English is not read"
NO_DECISION: Final = "a document that was not put to a decision, such as a statement, is not read"
REPEATED: Final = "of several files or lines with one symbol, the fuller is read"
#: The rules that only interpret the notation.
CONVENTIONS: Final = (LANGUAGE, NO_DECISION, NO_SPONSOR, DRAFT)


def load(path: Path, states: StateRegister) -> LoadResult:
    """Load the documents from a folder with clones or zips of the repositories, or from a zip.

    Raises:
        SourceError: if there is no document, or a file is not what it should be.
    """
    notes = Notes()
    loaded = LoadResult(
        rejected=notes.rejected, normalized=notes.normalized, files=containers(path)
    )
    documents = _chosen(_usable(_read(path, loaded), notes), notes)
    if not documents:
        raise SourceError(f"{path}: no resolution in it; {EXPECTED}")
    reader = EventReader(states, notes)
    events = [event for document in documents if (event := reader.event(document))]
    loaded.records += [
        *read_sources(resources.DATA, SOURCES.values()),
        *topics_of(documents),
        *reader.agents,
        *reader.agenda.records(),
    ]
    loaded.drafts += sorted(reader.drafts, key=lambda draft: (draft.key, draft.adopted_as))
    for document in documents:
        loaded.notes[f"resolutions and drafts read from {document.kind}"] += 1
    loaded.rows.update(reader.rows)
    loaded.events = events
    return loaded


def _read(path: Path, loaded: LoadResult) -> Iterator[ParsedDocument]:
    """Yield the document of each file and of each line of an extract, and count them."""
    for name, stream in open_files(path):
        documents = (
            extract.read(stream, name) if name.endswith(".json") else [akn.read(stream, name)]
        )
        for document in documents:
            loaded.notes[f"documents in {document.kind}"] += 1
            yield document


def _usable(documents: Iterable[ParsedDocument], notes: Notes) -> Iterator[ParsedDocument]:
    for document in documents:
        if document.language != "eng":
            notes.normalize(document, "language", document.language, "", LANGUAGE)
        elif not document.outcome:
            notes.normalize(document, "symbol", document.symbol, "", NO_DECISION)
        else:
            yield document


def _chosen(documents: Iterable[ParsedDocument], notes: Notes) -> list[ParsedDocument]:
    """Return one record of each document in the order of their keys: XML before an extract."""
    groups: dict[str, list[ParsedDocument]] = defaultdict(list)
    for document in documents:
        groups[event_key(document)].append(document)
    chosen = []
    for key in sorted(groups):
        group = groups[key]
        best = max(group, key=lambda document: (document.kind != "extract", document.fullness))
        for other in group:
            if other is not best and other.kind == best.kind:
                read_as = f"{best.file}, line {best.line}"
                notes.normalize(other, "symbol", other.symbol, read_as, REPEATED)
        chosen.append(best)
    return chosen
