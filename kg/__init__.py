"""The United Nations votes knowledge graph: how states vote, what they say and propose."""

__version__ = "0.1.0"

#: The default of the setting ``base_iri``, and the base used in the files of ontology, shapes and
#: queries. It is defined here for code that must not read the settings.
DEFAULT_BASE_IRI = "https://w3id.org/un-votes/"
