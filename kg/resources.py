"""Where the files that ship with the package lie: ontology, shapes, queries, embedded data.

In a checkout ``ontology/``, ``shapes/`` and ``queries/`` are top-level folders; a wheel carries
them inside the package.
"""

from __future__ import annotations

from pathlib import Path

from kg.errors import KgError
from kg.settings import DEFAULT_BASE_IRI, base_iri

_PACKAGE = Path(__file__).parent

#: The embedded sources, small CSV files.
DATA = _PACKAGE / "data"


def folder(name: str) -> Path:
    """Return the folder ``ontology``, ``shapes`` or ``queries``.

    Raises:
        KgError: if the installation lacks it.
    """
    for candidate in (_PACKAGE / "resources" / name, _PACKAGE.parent / name):
        if candidate.is_dir():
            return candidate
    raise KgError(f"this installation lacks its folder {name}/; install the package again")


def texts(name: str, suffix: str) -> dict[str, str]:
    """Return the texts of all files of a folder by file name, in the base IRI in force."""
    return {
        path.name: path.read_text(encoding="utf-8").replace(DEFAULT_BASE_IRI, base_iri())
        for path in sorted(folder(name).glob(f"*{suffix}"))
    }
