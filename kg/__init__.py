"""The United Nations votes knowledge graph: how states vote, what they say and propose."""

__version__ = "0.1.0"

#: The base of all IRIs unless the setting ``base_iri`` names another, as in the files of ontology,
#: shapes and queries. It stands here for what must not wait until settings are read.
DEFAULT_BASE_IRI = "https://w3id.org/un-votes/"
