"""Reading Akoma Ntoso for the United Nations (AKN4UN): one document from its XML file.

The parser is expat, with the document type declaration refused: without one there are no entities
to expand and nothing to load. Only the metadata, the cover and the conclusions are read; the text
passes through the parser, which thereby checks that the file is complete.

The vocabulary: http://docs.oasis-open.org/legaldocml/akn-core/v1.0/akn-core-v1.0-part1-vocabulary.html
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final
from xml.parsers import expat

from kg.errors import SourceError
from kg.model.vote_option import VoteOption
from kg.model.votes import BodyName
from kg.sources.dgacm.days import day
from kg.sources.dgacm.documents import (
    FileKind,
    ParsedDocument,
    PrintedAgendaItem,
    PrintedSubject,
)

_SPACE: Final = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
_SEPARATOR: Final = " "
_PREFIX: Final = f"{_SPACE}{_SEPARATOR}"
_ROOT: Final = f"{_PREFIX}akomaNtoso"
#: Elements whose text is read, and those of which only attributes are.
_TEXTS: Final = frozenset(
    ("docNumber", "docTitle", "docProponent", "inline", "location", "organization", "docDate")
)
_ATTRIBUTES: Final = frozenset(
    ("FRBRdate", "FRBRlanguage", "FRBRauthor", "step", "voting", "count")
)
_BODIES: Final[dict[str, tuple[BodyName, FileKind]]] = {
    "ga": ("GeneralAssembly", "XML of the Assembly"),
    "sc": ("SecurityCouncil", "XML of the Council"),
}
_OPTIONS: Final = {
    "inFavour": VoteOption.YES,
    "against": VoteOption.NO,
    "abstaining": VoteOption.ABSTENTION,
}
#: Elements with which the text of a document begins.
_TEXT_BODIES: Final = frozenset(
    ("preamble", "mainBody", "collectionBody", "attachments", "components")
)
#: What the files have for a day that is not known.
_NO_DATE: Final = "0001-01-01"
#: The step by which a document was decided, and its outcomes in lower case.
_DECIDED: Final = frozenset(("adopted", "notadopted", "veto"))
#: The classification that contains the library's own headings, and the goals' one.
_LIBRARY: Final = "DHLAUTH"
_GOALS: Final = re.compile(r"https?://metadata\.un\.org/sdg")
_THESAURUS: Final = re.compile(r"http://metadata\.un\.org/thesaurus/\w+")
#: The dictionary of the Council's agenda, and that of the index to its proceedings of a year.
_COUNCIL_AGENDA: Final = "S/"
_INDEX: Final = re.compile(r"S/\d+")
_INDEX_NUMBER: Final = re.compile(r"\[(\d+)\]")


@dataclass
class _Element:
    """An element whose attributes or text are read."""

    name: str
    attributes: dict[str, str]
    parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text without superfluous white space."""
        return " ".join("".join(self.parts).split())


def read(stream: BinaryIO, file: str) -> ParsedDocument:
    """Return the document of an XML file; ``file`` is its path in the repository.

    Raises:
        SourceError: if it is not a complete AKN4UN file, or has a document type declaration.
    """
    collector = _Collector(file)
    try:
        collector.parser.ParseFile(stream)
    except expat.ExpatError as error:
        raise SourceError(
            f"{file}, line {error.lineno}: not a complete XML file ({error})"
        ) from error
    return _document(file, _Elements(collector.elements))


class _Collector:
    """Collects the elements of the first document of a file; footnotes are left out."""

    def __init__(self, file: str) -> None:
        self.elements: list[_Element] = []
        self.parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start_root
        self._file = file
        self._open: list[_Element] = []
        self._classification = ""
        self._in_footnote = False

    def _refuse(self, name: str, *_: object) -> None:
        line = self.parser.CurrentLineNumber
        raise SourceError(
            f"{self._file}, line {line}: a document type declaration ({name}) is not allowed; "
            "expected an Akoma Ntoso file without entities"
        )

    def _start_root(self, name: str, _: dict[str, str]) -> None:
        if name != _ROOT:
            local = name.rpartition(_SEPARATOR)[2]
            raise SourceError(
                f"{self._file}, line {self.parser.CurrentLineNumber}: the root element is "
                f"{local!r}; expected akomaNtoso in the namespace {_SPACE}"
            )
        self._read_metadata()

    def _read_metadata(self) -> None:
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def _skip_text(self) -> None:
        """Pass over the text; the conclusions follow it."""
        self.parser.StartElementHandler = self._start_in_text
        self.parser.EndElementHandler = None

    def _start_in_text(self, name: str, _: dict[str, str]) -> None:
        if name == f"{_PREFIX}conclusions":
            self._read_metadata()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.removeprefix(_PREFIX)
        if name in _TEXT_BODIES:
            self._skip_text()
        elif name == "classification":
            self._classification = attributes.get("source", "")
        elif name == "keyword":
            attributes["classification"] = self._classification
            self.elements.append(_Element(name, attributes))
        elif name in _ATTRIBUTES:
            self.elements.append(_Element(name, attributes))
        elif name in _TEXTS and not self._in_footnote:
            element = _Element(name, attributes)
            self.elements.append(element)
            self._open.append(element)
            self.parser.CharacterDataHandler = self._characters
        elif name == "authorialNote":
            self._in_footnote = True

    def _end(self, name: str) -> None:
        name = name.removeprefix(_PREFIX)
        if name == "authorialNote":
            self._in_footnote = False
        elif self._open and name == self._open[-1].name and not self._in_footnote:
            self._open.pop()
            if not self._open:
                self.parser.CharacterDataHandler = None
        elif name == "conclusions":
            self._skip_text()

    def _characters(self, text: str) -> None:
        if not self._in_footnote:
            for element in self._open:
                element.parts.append(text)


class _Elements:
    """The collected elements of a file, by name and attributes."""

    def __init__(self, elements: list[_Element]) -> None:
        self._elements = elements

    def __iter__(self) -> Iterator[_Element]:
        return iter(self._elements)

    def all(self, name: str, /, **attributes: str) -> list[_Element]:
        """Return the elements with this name and these attributes (``as_`` for ``as``)."""
        wanted = {key.rstrip("_"): value for key, value in attributes.items()}.items()
        return [
            element
            for element in self._elements
            if element.name == name and wanted <= element.attributes.items()
        ]

    def text(self, name: str, /, **attributes: str) -> str:
        """Return the text of the first such element that has one."""
        return next(filter(None, (e.text for e in self.all(name, **attributes))), "")

    def attribute(self, attribute: str, name: str, /, **attributes: str) -> str:
        """Return an attribute of the first such element that has it."""
        values = (e.attributes.get(attribute, "") for e in self.all(name, **attributes))
        return " ".join(next(filter(None, values), "").split())


def _document(file: str, elements: _Elements) -> ParsedDocument:
    author = elements.attribute("href", "FRBRauthor", as_="author")
    if author not in _BODIES:
        raise SourceError(
            f"{file}: the author of the document is {author!r}; expected ga (General Assembly) or "
            "sc (Security Council) in FRBRauthor"
        )
    body, kind = _BODIES[author]
    symbol = elements.text("docNumber", refersTo="#symbol")
    if not symbol:
        raise SourceError(f"{file}: no symbol; expected a docNumber that refers to #symbol")
    decided = _decision(elements)
    counts, names = _votes(file, elements)
    return ParsedDocument(
        kind=kind,
        file=file,
        line=1,
        body=body,
        symbol=symbol,
        language=elements.attribute("language", "FRBRlanguage"),
        date=_date(elements, decided),
        title=_title(elements),
        record=decided.get("as", ""),
        meeting=_meeting(elements, decided),
        committee=elements.text("docProponent"),
        draft=elements.attribute("as", "step", outcome="draftResolution"),
        draft_date=elements.attribute("date", "step", outcome="draftResolution"),
        report=elements.attribute("as", "step", outcome="recommendedForAdoption"),
        agenda=_agenda(elements),
        method=elements.attribute("outcome", "voting") or decided.get("by", ""),
        outcome=decided.get("outcome", ""),
        names=names,
        counts=counts,
        sponsors=_sponsors(elements, "draftResolution"),
        additional_sponsors=_sponsors(elements, "draftResolutionAdditionalSponsors"),
        subjects=_subjects(elements),
        sdgs=_goals(elements),
    )


def _decision(elements: _Elements) -> dict[str, str]:
    """Return the attributes of the step by which the document was decided."""
    steps = [step.attributes for step in elements.all("step")]
    return next((step for step in steps if step.get("outcome", "").lower() in _DECIDED), {})


def _date(elements: _Elements, decided: dict[str, str]) -> str:
    """Return the day of the decision: that of the work, else of the text or the workflow."""
    days = (
        elements.attribute("date", "FRBRdate"),
        elements.attribute("date", "docDate", refersTo="#adoptionDate"),
        decided.get("date", ""),
    )
    return next((day for day in days if day not in ("", _NO_DATE)), "")


def _meeting(elements: _Elements, decided: dict[str, str]) -> str:
    """Return the meeting in the text, unless the text gives another day than the metadata."""
    in_text = elements.text("docDate", refersTo="#adoptionDate")
    if in_text and day(in_text) != _date(elements, decided):
        return ""
    meeting = elements.text("location", refersTo="#adoptionMeeting")
    return meeting or elements.text("inline", name="adoptionMeeting")


def _title(elements: _Elements) -> str:
    """Return the title; resolutions of the Council have the library's."""
    title = elements.text("docTitle", refersTo="#resolutionTitle")
    return title or elements.attribute("value", "keyword", refersTo="title")


def _agenda(elements: _Elements) -> tuple[PrintedAgendaItem, ...]:
    """Return the item on the cover of a document of the Assembly, or the Council's items."""
    keywords = [keyword.attributes for keyword in elements.all("keyword", refersTo="agenda")]
    number = elements.text("inline", name="agenda item")
    if number:
        document = next((k["dictionary"] for k in keywords if "/" in k.get("dictionary", "")), "")
        return (
            PrintedAgendaItem(elements.text("inline", name="agenda item name"), number, document),
        )
    items = map(_council_item, keywords)
    return tuple(dict.fromkeys(item for item in items if item and item.title))


def _council_item(keyword: dict[str, str]) -> PrintedAgendaItem | None:
    """Return an item of the Council's agenda, or a heading of the yearly index to proceedings."""
    title, document = keyword.get("showAs", ""), keyword.get("dictionary", "")
    if document == _COUNCIL_AGENDA:
        return PrintedAgendaItem(title)
    number = _INDEX_NUMBER.fullmatch(keyword.get("value", ""))
    if not number or not _INDEX.fullmatch(document):
        return None
    return PrintedAgendaItem(keyword.get("shortForm") or title, number[1], document)


def _votes(
    file: str, elements: _Elements
) -> tuple[dict[VoteOption, str], dict[VoteOption, tuple[str, ...]]]:
    """Return the printed totals and the names of states by option."""
    counts: dict[VoteOption, str] = {}
    names: dict[VoteOption, list[str]] = {}
    option = None
    for element in elements:
        if element.name == "count":
            word = element.attributes.get("refersTo", "")
            option = _OPTIONS.get(word)
            if option is None:
                raise SourceError(f"{file}: a count of {word!r}; expected {', '.join(_OPTIONS)}")
            counts[option] = element.attributes.get("value", "")
        elif element.name == "organization" and option is not None:
            names.setdefault(option, []).append(sys.intern(element.text))
    return counts, {option: tuple(listed) for option, listed in names.items()}


def _sponsors(elements: _Elements, outcome: str) -> tuple[str, ...]:
    text = elements.attribute("by", "step", outcome=outcome)
    return (text,) if text else ()


def _subjects(elements: _Elements) -> tuple[PrintedSubject, ...]:
    """Return the library's headings; keywords of the goals are not about the text itself."""
    subjects = {}
    for keyword in elements.all("keyword", classification=_LIBRARY):
        label = " ".join(keyword.attributes.get("value", "").split())
        if label and "refersTo" not in keyword.attributes:
            iri = keyword.attributes.get("href", "")
            subjects[label] = PrintedSubject(label, iri if _THESAURUS.fullmatch(iri) else "")
    return tuple(subjects.values())


def _goals(elements: _Elements) -> tuple[str, ...]:
    goals = (
        keyword.attributes.get("value", "")
        for keyword in elements.all("keyword", dictionary="SDGO")
        if _GOALS.match(keyword.attributes["classification"])
    )
    return tuple(dict.fromkeys(filter(None, goals)))
