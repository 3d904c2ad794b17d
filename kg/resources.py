"""The files that ship with the package: ontology, shapes, queries, embedded data.

In a checkout ``ontology/``, ``shapes/`` and ``queries/`` are top-level folders; a wheel contains
them inside the package.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from kg import DEFAULT_BASE_IRI
from kg.errors import KgError

_PACKAGE = Path(__file__).parent

#: The folder of the embedded sources.
DATA = _PACKAGE / "data"


def _base_iri() -> str:
    """Return the base IRI of this process, from its environment or its settings.

    Processes that this package starts get it in their environment. They start often, and reading
    the settings would take longer than the rest of their start.
    """
    if value := os.environ.get("KG_BASE_IRI"):
        return value
    from kg.settings import Settings  # noqa: PLC0415

    return Settings.load().base_iri


#: The base of all IRIs; fixed for the process, since vocabularies are built from it at import.
BASE_IRI: Final = _base_iri()
#: The base in a text, except where the IRI is that of the ontology, its versions or its terms.
_BASE_OF_RESOURCE: Final = re.compile(re.escape(DEFAULT_BASE_IRI) + r"(?!ontology\b)")


def folder(name: str) -> Path:
    """Return the folder ``ontology``, ``shapes`` or ``queries``.

    Raises:
        KgError: if the installation does not contain it.
    """
    for candidate in (_PACKAGE / "resources" / name, _PACKAGE.parent / name):
        if candidate.is_dir():
            return candidate
    raise KgError(f"the installation has no folder {name}/; reinstall the package")


def texts(name: str, suffix: str) -> dict[str, str]:
    """Return the texts of a folder's files by file name, with the base IRI of this process.

    The ontology keeps its IRIs: with terms of their own, two deployments could not be joined.
    """
    return {
        path.name: _BASE_OF_RESOURCE.sub(lambda _: BASE_IRI, path.read_text(encoding="utf-8"))
        for path in sorted(folder(name).glob(f"*{suffix}"))
    }
