"""The vocabularies in use, as closed namespaces: an unknown term raises an AttributeError.

``UNV`` mirrors ``ontology/un-votes.ttl``; a test compares the two in both directions.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from kg import DEFAULT_BASE_IRI
from kg.model.vote_option import VoteOption
from kg.resources import BASE_IRI

BASE: Final = BASE_IRI
#: The ontology, which has this IRI in every deployment, whatever its base.
ONTOLOGY: Final = DEFAULT_BASE_IRI + "ontology"


class Namespace:
    """A closed set of terms under one IRI.

    >>> Namespace("http://example.org/", "knows").knows
    'http://example.org/knows'
    """

    def __init__(self, iri: str, terms: str) -> None:
        self.iri = iri
        self.terms = frozenset(terms.split())
        # Attributes, because mappers use terms millions of times.
        self.__dict__.update({term: iri + term for term in self.terms})

    def __getattr__(self, term: str) -> str:
        raise AttributeError(f"{term!r} is not a term of {self.iri}")

    def term(self, name: str) -> str:
        """Return the IRI of a term whose name is a Python keyword or a value."""
        iri: str = getattr(self, name)
        return iri


UNV: Final = Namespace(
    ONTOLOGY + "#",
    """
    AgreementObservation IdealPointObservation YearlyTally
    basedOnVotes estimate lower model upper
    AgendaItem Committee Draft Group GroupMembership Observer Officer
    certainFrom certainUntil fromAsPrinted group groupMember listedOn
    AttributedPosition Body CodingRule Correspondence CouncilMembership DebateSpeech
    Decision DiplomaticContact Discrepancy
    Document ExplanationOfVote Meeting MeetingSpeech OperativeParagraph Proposal ProposalPoint
    ProposalResponse
    RecordPlace RegionalGroup ReportedContent ReportedTally ReportedVote Resolution Seat Session
    Source SourceSet Speech Stance State StateName Statement Suspension TextRelation Vote VoteOption
    VotingEvent
    Abstention No NonVoting Yes GeneralAssembly SecurityCouncil Critical Reserved Supportive
    Agreeing Contradicting Overlapping
    addressedTo codedBy codingRule contacted expected forum hasParagraph initiatedBy oneText
    otherText place relation reportsOn says secondRelation towards urged
    additionalSponsor adoptedAs agendaDocument committee draft inferred itemNumber onBehalfOf
    sponsor sustainableDevelopmentGoal votingMethod
    about abstaining acceptedFrom acceptedValue abstentionCount admitted adoptedWithoutVote
    against agendaItem alternativeName aspect between body castAs castBy committeeReport
    compilationsAgreeing concerns correctedAt correctedIn councilMember cowAbbreviation cowCode
    date decidedBy decides document event formalName from ground
    hasName hasPoint heldBy identicalVotes importantVote inFavour intendedOption iso2 iso3
    libraryRecord m49 madeAt madeBy madeUnder margin meeting month memberUntil noCount
    nonVoting nonVotingCount option otherFrom otherValue outcome page paragraphOnPage
    permanentMemberOf pointOf position possiblySameAs predecessor presidentName presidentState
    printedAt proposedBy quote
    recordOf recordedBy recordedIn redistributable regionalGroup relatesTo reports retrieved seat
    session sharedVotes speaker speakerName speakerRole speechKind spokenLanguage stance state
    successor suspends symbol symbolVariant tallyBody
    timesAbstaining timesAgainst timesInFavour timesNonVoting tookPart underSuspension
    unrecordedEvents
    until untilAsPrinted vetoedBy via voteNote voteOn wikidata year yesCount
    """,
)
RDF: Final = Namespace(
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "Statement dirLangString langString object predicate subject type",
)
OWL: Final = Namespace("http://www.w3.org/2002/07/owl#", "NamedIndividual")
RDFS: Final = Namespace("http://www.w3.org/2000/01/rdf-schema#", "label comment")
XSD: Final = Namespace(
    "http://www.w3.org/2001/XMLSchema#",
    "anyURI boolean date dateTime decimal double gYear gYearMonth hexBinary integer "
    "nonNegativeInteger string",
)
DCTERMS: Final = Namespace(
    "http://purl.org/dc/terms/",
    "LicenseDocument LinguisticSystem MediaType PeriodOfTime RightsStatement Standard accessRights "
    "conformsTo created creator date description identifier issued language license modified "
    "publisher replaces rights source subject temporal title",
)
PROV: Final = Namespace(
    "http://www.w3.org/ns/prov#",
    "Activity Agent hadMember used wasDerivedFrom wasGeneratedBy wasQuotedFrom wasRevisionOf",
)
SKOS: Final = Namespace(
    "http://www.w3.org/2004/02/skos/core#",
    "Concept ConceptScheme altLabel closeMatch definition editorialNote exactMatch inScheme "
    "notation prefLabel",
)
ORG: Final = Namespace(
    "http://www.w3.org/ns/org#",
    "ChangeEvent Membership member organization originalOrganization resultingOrganization",
)
DC: Final = Namespace("http://purl.org/dc/elements/1.1/", "publisher rights")
VOID: Final = Namespace(
    "http://rdfs.org/ns/void#",
    "Dataset Linkset class classPartition classes dataDump entities exampleResource inDataset "
    "linkPredicate objectsTarget properties property propertyPartition sparqlEndpoint "
    "subjectsTarget triples uriSpace vocabulary",
)
VOID_EXT: Final = Namespace("http://ldf.fi/void-ext#", "datatype datatypePartition")
DCAT: Final = Namespace(
    "http://www.w3.org/ns/dcat#",
    "Catalog DataService Dataset DatasetSeries Distribution accessService accessURL byteSize "
    "compressFormat dataset distribution downloadURL endDate endpointDescription endpointURL "
    "hasCurrentVersion hasVersion inSeries isVersionOf keyword landingPage mediaType prev "
    "previousVersion servesDataset service startDate theme version",
)
SPDX: Final = Namespace(
    "http://spdx.org/rdf/terms#",
    "Checksum ChecksumAlgorithm algorithm checksum checksumAlgorithm_sha256 checksumValue",
)
ADMS: Final = Namespace("http://www.w3.org/ns/adms#", "versionNotes")
DQV: Final = Namespace(
    "http://www.w3.org/ns/dqv#", "Metric QualityMeasurement computedOn isMeasurementOf value"
)
CS: Final = Namespace(
    "http://purl.org/vocab/changeset/schema#",
    "ChangeSet addition changeReason removal subjectOfChange",
)
CSVW: Final = Namespace("http://www.w3.org/ns/csvw#", "Row rownum")
SCHEMA: Final = Namespace(
    "https://schema.org/", "SoftwareSourceCode encodingFormat exampleOfWork keywords target text"
)
#: The vocabulary of query examples: https://github.com/sib-swiss/sparql-examples
SPEX: Final = Namespace("https://purl.expasy.org/sparql-examples/ontology#", "federatesWith")
SH: Final = Namespace(
    "http://www.w3.org/ns/shacl#",
    "SPARQLExecutable SPARQLSelectExecutable ValidationReport ValidationResult Violation Warning "
    "conforms declare focusNode message namespace path prefix prefixes result resultMessage "
    "resultPath resultSeverity select sourceConstraintComponent sourceShape sparql value",
)
SD: Final = Namespace(
    "http://www.w3.org/ns/sparql-service-description#",
    "BasicFederatedQuery Dataset Graph SPARQL11Query Service defaultDataset defaultGraph endpoint "
    "feature graph name "
    "namedGraph resultFormat supportedLanguage",
)
FOAF: Final = Namespace("http://xmlns.com/foaf/0.1/", "Agent name page primaryTopic")

#: The language tag of labels, titles and descriptions. A resource has exactly one label in this
#: language.
LABEL_LANGUAGE: Final = "en"
#: The United Nations, the organisation of which states are members.
UNITED_NATIONS: Final = "http://www.wikidata.org/entity/Q1065"
WIKIDATA_ENTITY: Final = "http://www.wikidata.org/entity/"
#: Prefix of the IRIs of the Sustainable Development Goals: http://metadata.un.org/sdg/
SUSTAINABLE_DEVELOPMENT_GOALS: Final = "http://metadata.un.org/sdg/"
#: Prefix of the IRIs of countries in the authority tables of the European Union:
#: https://op.europa.eu/en/web/eu-vocabularies/concept-scheme/-/resource?uri=http://publications.europa.eu/resource/authority/country
EU_COUNTRY: Final = "http://publications.europa.eu/resource/authority/country/"
#: Prefix of the IRIs of GeoNames features: https://www.geonames.org/ontology/
GEONAMES: Final = "https://sws.geonames.org/"


class OptionTerms(NamedTuple):
    """The terms of a vote option."""

    #: The individual of the class ``unv:VoteOption``.
    individual: str
    #: The direct property from an event to the states that took the position.
    state_property: str
    #: The number of these states, on events and reported tallies.
    count_property: str
    #: The number of times a state took the position, on yearly tallies.
    times_property: str


OPTION_TERMS: Final[dict[VoteOption, OptionTerms]] = {
    VoteOption.YES: OptionTerms(UNV.Yes, UNV.inFavour, UNV.yesCount, UNV.timesInFavour),
    VoteOption.NO: OptionTerms(UNV.No, UNV.against, UNV.noCount, UNV.timesAgainst),
    VoteOption.ABSTENTION: OptionTerms(
        UNV.Abstention, UNV.abstaining, UNV.abstentionCount, UNV.timesAbstaining
    ),
    VoteOption.NON_VOTING: OptionTerms(
        UNV.NonVoting, UNV.nonVoting, UNV.nonVotingCount, UNV.timesNonVoting
    ),
}

#: The named graphs of a release, which contain metadata rather than facts.
ONTOLOGY_GRAPH: Final = BASE + "graph/ontology"
SHAPES_GRAPH: Final = BASE + "graph/shapes"
REPORT_GRAPH: Final = BASE + "graph/report"
NAMED_GRAPHS: Final = (ONTOLOGY_GRAPH, SHAPES_GRAPH, REPORT_GRAPH)

#: The data set, and the node that declares its prefixes.
DATASET: Final = BASE + "dataset"

#: On a server into which releases are published: the prefix of each release's facts graph (followed
#: by the name of the release), and the graph whose single triple identifies the current facts.
FACTS_GRAPHS: Final = BASE + "graph/facts/"
CURRENT_GRAPH: Final = BASE + "graph/current"

#: Prefixes available in all queries.
PREFIXES: Final[dict[str, str]] = {
    "unv": UNV.iri,
    "rdf": RDF.iri,
    "rdfs": RDFS.iri,
    "xsd": XSD.iri,
    "dc": DC.iri,
    "dcterms": DCTERMS.iri,
    "prov": PROV.iri,
    "skos": SKOS.iri,
    "org": ORG.iri,
    "foaf": FOAF.iri,
    "wd": WIKIDATA_ENTITY,
}


def with_prefixes(query: str) -> str:
    """Return a query preceded by the usual prefixes; its own declarations override them."""
    return "".join(f"PREFIX {name}: <{iri}> " for name, iri in PREFIXES.items()) + "\n" + query
