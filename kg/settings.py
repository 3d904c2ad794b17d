"""Settings read from the environment (contract A4); command options override them."""

from __future__ import annotations

import os
import re
from pathlib import Path

from limits import RateLimitItem
from limits import parse as parse_rate

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
    """Return how many refused rows a build tolerates: ``KG_MAX_REFUSED`` or 0."""
    return _number("KG_MAX_REFUSED", default=0, least=0)


def workers() -> int:
    """Return how many queries may run for their full time at once: ``KG_WORKERS`` or 2."""
    return _number("KG_WORKERS", default=2, least=1)


def query_timeout() -> int:
    """Return the seconds a query may compute: ``KG_QUERY_TIMEOUT`` or 60."""
    return _number("KG_QUERY_TIMEOUT", default=60, least=1)


def query_memory() -> int:
    """Return the MiB of memory a query may take: ``KG_QUERY_MEMORY`` or 1024."""
    return _number("KG_QUERY_MEMORY", default=1024, least=64)


def rate_limit() -> RateLimitItem:
    """Return how often one client may ask: ``KG_RATE_LIMIT`` or 300 a minute.

    Raises:
        SettingError: if the value is not of the form ``300/minute``.
    """
    value = os.environ.get("KG_RATE_LIMIT") or "300/minute"
    try:
        return parse_rate(value)
    except ValueError as error:
        raise SettingError(
            f"KG_RATE_LIMIT is {value!r}; expected a number and a unit such as 300/minute"
        ) from error


def client_concurrency() -> int:
    """Return how many requests of one client may be under way: ``KG_CLIENT_CONCURRENCY`` or 8."""
    return _number("KG_CLIENT_CONCURRENCY", default=8, least=1)


def limits_on_loopback() -> bool:
    """Return whether these limits hold for loopback addresses too: ``KG_LIMIT_LOOPBACK``."""
    return _number("KG_LIMIT_LOOPBACK", default=0, least=0) > 0


def log_queries() -> bool:
    """Return whether the access log holds the text of queries: ``KG_LOG_QUERIES``."""
    return _number("KG_LOG_QUERIES", default=0, least=0) > 0


def _number(name: str, default: int, least: int) -> int:
    """Return a setting that is a whole number.

    Raises:
        SettingError: if it is none, or smaller than the least allowed.
    """
    value = os.environ.get(name) or str(default)
    if not value.isdecimal() or int(value) < least:
        raise SettingError(f"{name} is {value!r}; expected a whole number, {least} or more")
    return int(value)
