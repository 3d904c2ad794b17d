"""The page of the dataset: schema.org metadata for search engines, and links for machines.

https://developers.google.com/search/docs/appearance/structured-data/dataset,
https://signposting.org/FAIR/
"""

from __future__ import annotations

import json
from typing import Final

from fastapi import Request

from kg.rdf.vocabulary import DATASET, SCHEMA
from kg.release.dcat import (
    CREATOR,
    DESCRIPTION,
    KEYWORDS,
    PUBLISHER,
    TITLE,
    access_right,
    licence_of,
)
from kg.release.export import ExportFile
from kg.release.manifest import COMPILATION_RIGHTS, Manifest
from kg.release.release import Release
from kg.web import downloads
from kg.web.pages.context import PageContext
from kg.web.pages.description import Description
from kg.web.pages.listings import generic_page
from kg.web.pages.responses import HeaderLink
from kg.web.sparql_endpoint import PATH

#: What the records contain, in the words of the ontology.
_VARIABLES: Final = ("in favour", "against", "abstaining", "non-voting")


async def dataset_page(
    context: PageContext, request: Request, resource: Description
) -> dict[str, object]:
    """Return the template variables of the dataset.

    Raises:
        KgError: if the engine cannot answer.
    """
    release = context.release()
    manifest = release.manifest()
    files = downloads.offered(release, context.dumps)
    metadata = _schema_org(release, manifest, files, context.base_url(request))
    return {
        **await generic_page(context, request, resource),
        "schema_org": json.dumps(metadata, ensure_ascii=False).replace("</", "<\\/"),
        "manifest": manifest,
        "compilation_rights": COMPILATION_RIGHTS,
        "files": files,
        "created": manifest.created,
    }


def dataset_links(context: PageContext, request: Request) -> list[HeaderLink]:
    """Return the links of the page of the dataset to what belongs to it.

    Raises:
        KgError: if there is no release, or its manifest cannot be read.
    """
    release, base_url = context.release(), context.base_url(request)
    files = downloads.offered(release, context.dumps)
    return [
        HeaderLink(f"{SCHEMA.iri}Dataset", "type"),
        HeaderLink(f"{SCHEMA.iri}AboutPage", "type"),
        HeaderLink(PUBLISHER, "author"),
        HeaderLink(f"{base_url}{PATH}", "item", "application/sparql-results+json"),
        *(
            HeaderLink(f"{base_url}{downloads.PATH}{file.name}", "item", file.media_type)
            for file in files
        ),
    ]


def _schema_org(
    release: Release, manifest: Manifest, files: list[ExportFile], base_url: str
) -> dict[str, object]:
    """Return the description of a release as a schema.org Dataset, in JSON-LD."""
    periods = [period for source in manifest.sources for period in source.coverage]
    creator = {"@type": "Organization", "@id": PUBLISHER, "name": CREATOR}
    described: dict[str, object] = {
        "@context": SCHEMA.iri,
        "@type": "Dataset",
        "@id": DATASET,
        "name": TITLE,
        "description": DESCRIPTION,
        "identifier": DATASET,
        "url": f"{base_url}/dataset",
        "version": manifest.name,
        "dateModified": manifest.created,
        "datePublished": manifest.created,
        "keywords": list(KEYWORDS),
        "inLanguage": "en",
        "isAccessibleForFree": True,
        "license": licence_of(manifest.sources),
        "usageInfo": f"{DATASET}/rights",
        "creator": creator,
        "publisher": creator,
        "conditionsOfAccess": access_right(manifest.sources),
        "includedInDataCatalog": {"@type": "DataCatalog", "name": TITLE, "url": f"{base_url}/"},
        "variableMeasured": list(_VARIABLES),
        "distribution": [
            {
                "@type": "DataDownload",
                "name": file.holds,
                "contentUrl": f"{base_url}{downloads.PATH}{file.name}",
                "encodingFormat": file.content_type.partition(";")[0],
                "contentSize": f"{(release.dumps / file.name).stat().st_size} B",
            }
            for file in files
        ],
    }
    if periods:
        first, last = min(p.first for p in periods), max(p.last for p in periods)
        described["temporalCoverage"] = f"{first}/{last}"
    return described
