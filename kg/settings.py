"""Settings read from the environment (contract A4); command options override them."""

from __future__ import annotations

import os
import re
from pathlib import Path

from kg.errors import SettingError

DEFAULT_BASE_IRI = "https://w3id.org/un-votes/"


def base_iri() -> str:
    """Return the base of all IRIs: ``KG_BASE_IRI`` or the public one.

    Raises:
        SettingError: if the value is not an http(s) IRI that ends in a slash.
    """
    value = os.environ.get("KG_BASE_IRI") or DEFAULT_BASE_IRI
    if not re.fullmatch(r"https?://[^\s<>\"{}|\\^`#?]+/", value):
        raise SettingError(
            f"KG_BASE_IRI is {value!r}; expected an http or https IRI that ends in a slash"
        )
    return value


def data_dir() -> Path:
    """Return the folder of the releases: ``KG_DATA`` or ``./kg-data``."""
    return Path(os.environ.get("KG_DATA") or "kg-data")


def public_url() -> str | None:
    """Return the public address of the service (``KG_PUBLIC_URL``), if one is set."""
    return os.environ.get("KG_PUBLIC_URL") or None


def max_refused() -> int:
    """Return how many refused rows a build tolerates: ``KG_MAX_REFUSED`` or 0.

    Raises:
        SettingError: if the value is not a whole number of at least 0.
    """
    value = os.environ.get("KG_MAX_REFUSED") or "0"
    if not value.isdecimal():
        raise SettingError(f"KG_MAX_REFUSED is {value!r}; expected a whole number, 0 or more")
    return int(value)
