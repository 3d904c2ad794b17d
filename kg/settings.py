"""Settings from the environment, or a settings file (contract A4); command options override them.

``KG_SETTINGS`` may name a TOML file that holds them under their names in lower case without
``kg_``; what stands in the environment goes before it.
"""

from __future__ import annotations

import functools
import os
import re
import tomllib
from pathlib import Path
from typing import Literal, get_args

from kg.errors import SettingError

DEFAULT_BASE_IRI = "https://w3id.org/un-votes/"
#: Which dumps the service offers: those whose sources permit it, all, or none.
Dumps = Literal["permitted", "all", "none"]
#: An http(s) address, perhaps with a user name and a password.
_ENDPOINT = r"https?://(?:[^\s/@]+@)?[^\s<>\"{}|\\^`#/?@]+(?:[/?][^\s<>\"{}|\\^`#]*)?"
_NAMES = (
    "data",
    "base_iri",
    "public_url",
    "max_refused",
    "workers",
    "query_timeout",
    "query_memory",
    "rate_limit",
    "client_concurrency",
    "limit_loopback",
    "log_queries",
    "columnar",
    "dumps",
    "federation",
    "engine",
    "publish_password",
)


def base_iri() -> str:
    """Return the base of all IRIs: ``KG_BASE_IRI`` or the public one.

    Raises:
        SettingError: if the value is not an http(s) IRI that ends in a slash.
    """
    value = _value("base_iri") or DEFAULT_BASE_IRI
    if not re.fullmatch(r"https?://[^\s<>\"{}|\\^`#?]+/", value):
        raise SettingError(
            f"{_told('base_iri')} is {value!r}; expected an http or https IRI that ends in a slash"
        )
    return value


def data_dir() -> Path:
    """Return the folder of the releases: ``KG_DATA`` or ``./kg-data``."""
    return Path(_value("data") or "kg-data")


def public_url() -> str | None:
    """Return the public address of the service (``KG_PUBLIC_URL``), if one is set.

    Raises:
        SettingError: if the value is no http(s) address.
    """
    value = _value("public_url")
    if value and not re.fullmatch(r"https?://[^\s<>\"{}|\\^`#?]+", value):
        raise SettingError(f"{_told('public_url')} is {value!r}; expected an http(s) address")
    return value or None


def max_refused() -> int:
    """Return how many refused rows a build tolerates: ``KG_MAX_REFUSED`` or 0."""
    return _number("max_refused", default=0, least=0)


def workers() -> int:
    """Return how many queries may run for their full time at once: ``KG_WORKERS`` or 2."""
    return _number("workers", default=2, least=1)


def query_timeout() -> int:
    """Return the seconds a query may compute: ``KG_QUERY_TIMEOUT`` or 60."""
    return _number("query_timeout", default=60, least=1)


def query_memory() -> int:
    """Return the MiB of memory a query may take: ``KG_QUERY_MEMORY`` or 1024."""
    return _number("query_memory", default=1024, least=64)


def rate_limit() -> str:
    """Return how often one client may ask: ``KG_RATE_LIMIT`` or 300/minute.

    Raises:
        SettingError: if the value is not of that form.
    """
    value = _value("rate_limit") or "300/minute"
    if not re.fullmatch(r"[1-9]\d*/(?:second|minute|hour|day)", value):
        raise SettingError(
            f"{_told('rate_limit')} is {value!r}; expected a number and a unit such as 300/minute"
        )
    return value


def client_concurrency() -> int:
    """Return how many requests of one client may be under way: ``KG_CLIENT_CONCURRENCY`` or 8."""
    return _number("client_concurrency", default=8, least=1)


def limits_on_loopback() -> bool:
    """Return whether these limits hold for loopback addresses too: ``KG_LIMIT_LOOPBACK``."""
    return _number("limit_loopback", default=0, least=0) > 0


def log_queries() -> bool:
    """Return whether the access log holds the text of queries: ``KG_LOG_QUERIES``."""
    return _number("log_queries", default=0, least=0) > 0


def columnar() -> bool:
    """Return whether the columnar engine answers what it is sooner for: ``KG_COLUMNAR``."""
    return _number("columnar", default=1, least=0) > 0


def dumps() -> Dumps:
    """Return which dumps the service offers: ``KG_DUMPS``, or those that may be passed on.

    Raises:
        SettingError: if the value is none of these words.
    """
    value = _value("dumps") or "permitted"
    for known in get_args(Dumps):
        if value == known:
            return known  # type: ignore[no-any-return]
    raise SettingError(
        f"{_told('dumps')} is {value!r}; expected all, none, or permitted, which is the default"
    )


def federation() -> Path | None:
    """Return the file that says which endpoints SERVICE may name: ``KG_FEDERATION``, if set."""
    value = _value("federation")
    return Path(value) if value else None


def engine() -> str:
    """Return the address of the SPARQL server to answer from: ``KG_ENGINE``, empty for none.

    Raises:
        SettingError: if the value is no http(s) address; a password in it is not told.
    """
    value = _value("engine")
    if value and not re.fullmatch(_ENDPOINT, value):
        told = re.sub(r"//.*@", "//...@", value)
        raise SettingError(
            f"{_told('engine')} is {told!r}; expected the http(s) address of a SPARQL endpoint"
        )
    return value


def publish_password() -> str:
    """Return the password to publish with: ``KG_PUBLISH_PASSWORD``, empty for none."""
    return _value("publish_password")


def _number(name: str, default: int, least: int) -> int:
    """Return a setting that is a whole number.

    Raises:
        SettingError: if it is none, or smaller than the least allowed.
    """
    value = _value(name) or str(default)
    if not value.isdecimal() or int(value) < least:
        raise SettingError(f"{_told(name)} is {value!r}; expected a whole number, {least} or more")
    return int(value)


def _value(name: str) -> str:
    """Return a setting as it stands in the environment or in the file, empty for none."""
    path = os.environ.get("KG_SETTINGS", "")
    return os.environ.get(f"KG_{name.upper()}") or (_file(path).get(name, "") if path else "")


def _told(name: str) -> str:
    """Return how to name a setting to whoever made it."""
    variable = f"KG_{name.upper()}"
    return variable if os.environ.get(variable) else f"{name} in {os.environ['KG_SETTINGS']}"


@functools.cache
def _file(path: str) -> dict[str, str]:
    try:
        content = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingError(f"KG_SETTINGS names {path}, which cannot be read: {error}") from error
    for name, value in content.items():
        if name not in _NAMES:
            raise SettingError(f"{path}: no setting {name}; expected one of {', '.join(_NAMES)}")
        if not isinstance(value, str | int):
            raise SettingError(f"{path}: {name} is {value!r}; expected a text, a number or a flag")
    return {name: str(int(v)) if isinstance(v, int) else v for name, v in content.items()}
