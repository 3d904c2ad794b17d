"""Metadata for depositing a release in a repository: DataCite JSON, and a citation file.

The repository adds the identifier (DOI). https://schema.datacite.org/ (version 4.6),
https://citation-file-format.github.io/ (version 1.2.0)
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

import pyoxigraph as ox
import yaml

from kg.model.licences import licence_iri, spdx_identifier
from kg.release.dcat import CREATOR, KEYWORDS, TITLE
from kg.release.manifest import Manifest, SourceEntry, rights_statement
from kg.release.store import solution_texts

_ABSTRACT: Final = (
    "How states vote at the United Nations, what they say about it and what they propose, as one "
    "knowledge graph: {events:,} events with {votes:,} votes by state, each with its sources."
)
_EVENT_SOURCES: Final = """
    SELECT DISTINCT ?page WHERE {
      ?event a unv:VotingEvent ; prov:wasDerivedFrom ?source . ?source foaf:page ?page
    } ORDER BY ?page
"""


def datacite(manifest: Manifest, store: ox.Store) -> str:
    """Return the metadata of a release as DataCite JSON."""
    metadata = {
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Knowledge graph"},
        "creators": [{"name": CREATOR, "nameType": "Organizational"}],
        "titles": [{"title": f"{TITLE}, release {manifest.name}"}],
        "publisher": {"name": CREATOR},
        "publicationYear": manifest.created[:4],
        "dates": [
            {"date": manifest.created, "dateType": "Created"},
            *(
                {
                    "date": f"{period.first}/{period.last}",
                    "dateType": "Coverage",
                    "dateInformation": f"{period.body_name}: {kind}",
                }
                for body in manifest.coverage
                for kind, period in body.periods.items()
            ),
        ],
        "language": "en",
        "version": manifest.name,
        "subjects": [{"subject": keyword} for keyword in KEYWORDS],
        "descriptions": [
            {"description": _abstract(manifest), "descriptionType": "Abstract"},
            {"description": rights_statement(manifest.sources), "descriptionType": "Other"},
        ],
        "rightsList": [_rights(source) for source in manifest.sources],
        "relatedIdentifiers": [
            {
                "relatedIdentifier": page,
                "relatedIdentifierType": "URL",
                "relationType": "IsDerivedFrom",
            }
            for (page,) in solution_texts(store, _EVENT_SOURCES)
        ],
        "schemaVersion": "http://datacite.org/schema/kernel-4",
    }
    return json.dumps(metadata, indent=2, ensure_ascii=False) + "\n"


def citation(manifest: Manifest) -> str:
    """Return the citation file of a release, in the Citation File Format (YAML)."""
    licences = {spdx_identifier(source.licence) for source in manifest.sources}
    content = {
        "cff-version": "1.2.0",
        "message": "If you use this release, please cite it as below, and cite its sources.",
        "title": TITLE,
        "abstract": _abstract(manifest),
        "type": "dataset",
        "authors": [{"name": CREATOR}],
        "version": manifest.name,
        "date-released": manifest.created[:10],
        "keywords": list(KEYWORDS),
        # A release with several licences has no single one; the terms are in the references.
        **({"license": licence} if len(licences) == 1 and (licence := licences.pop()) else {}),
        "references": [
            {
                "type": "data",
                "title": source.title or source.name,
                "authors": [{"name": source.publisher or "unknown"}],
                "notes": f"Terms: {source.licence}",
            }
            for source in manifest.sources
        ],
    }
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100)


def _abstract(manifest: Manifest) -> str:
    text = _ABSTRACT.format(events=manifest.count("events"), votes=manifest.count("votes"))
    return f"{text} {manifest.record_end}".strip()


def _rights(source: SourceEntry) -> Mapping[str, str]:
    """Return the terms of a source, with the identifiers of its licence if it has any."""
    rights = {"rights": f"{source.name}: {source.licence}"}
    if iri := licence_iri(source.licence):
        rights |= {
            "rightsUri": iri,
            "rightsIdentifier": spdx_identifier(source.licence),
            "rightsIdentifierScheme": "SPDX",
            "schemeUri": "https://spdx.org/licenses/",
        }
    return rights
