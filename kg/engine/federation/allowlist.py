"""The endpoints that queries may name in SERVICE: a default list, and a settings file to change it.

``KG_FEDERATION`` names a TOML file; ``docs/how-to/allow-endpoints.md`` documents its settings.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

import kg
from kg import DEFAULT_BASE_IRI
from kg.errors import SettingError


class Endpoint(BaseModel):
    """An endpoint that may be queried, and the limits of doing so."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    #: The address as written in queries.
    iri: str
    #: The address to query instead, if it differs.
    alias: str = ""
    #: Whether the address may be private, link-local or of this machine.
    private: bool = False
    #: Seconds to connect, and for a complete answer.
    connect_timeout: float = Field(default=10, gt=0, le=600)
    timeout: float = Field(default=30, gt=0, le=600)
    #: Maximum bytes and rows of one answer.
    result_bytes: int = Field(default=4 * 2**20, ge=1024, le=2**28)
    result_rows: int = Field(default=20_000, ge=1, le=1_000_000)
    #: Requests of all users together: at once, and per minute.
    concurrency: int = Field(default=2, ge=1, le=64)
    per_minute: int = Field(default=60, ge=1)
    #: Maximum requests per query, and maximum values per request.
    requests: int = Field(default=20, ge=1, le=1000)
    batch: int = Field(default=200, ge=1, le=10_000)
    #: Maximum number of retries, and the longest Retry-After to wait for, in seconds.
    retries: int = Field(default=2, ge=0, le=10)
    longest_wait: float = Field(default=10, ge=0, le=600)
    #: Consecutive failures that open the circuit, and for how long, in seconds.
    failures: int = Field(default=5, ge=1)
    pause: float = Field(default=60, ge=0)
    #: How long an answer is cached, in hours.
    cache_hours: float = Field(default=24, ge=0)
    #: Whether a clause that nothing limits may be sent unchanged.
    unlimited: bool = False

    @property
    def address(self) -> str:
        """The address to query."""
        return self.alias or self.iri

    @field_validator("iri", "alias")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if not value:
            return value
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.fragment:
            raise ValueError("expected an http or https address")
        if parts.username is not None or parts.password is not None:
            raise ValueError("expected an address without a user name and a password")
        if any(character in value for character in '<>"{}|\\^` \t\r\n'):
            raise ValueError("expected an address without spaces and brackets")
        _ = parts.port
        return value


#: The default endpoints, with limits that respect their usage policies.
DEFAULT_ENDPOINTS: Final[dict[str, dict[str, Any]]] = {
    # https://www.wikidata.org/wiki/Wikidata:SPARQL_query_service and its page on the graph split.
    "https://query.wikidata.org/sparql": {"per_minute": 30, "concurrency": 2},
    "https://query-scholarly.wikidata.org/sparql": {"per_minute": 30, "concurrency": 2},
    # Provided by a university as a courtesy: https://github.com/ad-freiburg/qlever
    "https://qlever.dev/api/wikidata": {"per_minute": 20, "concurrency": 1},
    # https://www.dbpedia.org/resources/sparql/
    "https://dbpedia.org/sparql": {"per_minute": 30, "concurrency": 1},
    # https://op.europa.eu/en/web/cellar/cellar-data/metadata/knowledge-graph
    "https://publications.europa.eu/webapi/rdf/sparql": {"per_minute": 30, "concurrency": 1},
    # https://metadata.un.org/
    "https://metadata.un.org/sparql": {"per_minute": 20, "concurrency": 1},
}


class Allowlist(BaseModel):
    """The endpoints that may be queried, and the User-Agent of requests.

    The User-Agent contains a contact, as required by Wikimedia:
    https://foundation.wikimedia.org/wiki/Policy:Wikimedia_Foundation_User-Agent_Policy
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    contact: str = DEFAULT_BASE_IRI
    #: Maximum bytes of answers cached on disk.
    cache_bytes: int = Field(default=256 * 2**20, ge=0)
    #: The endpoints by address as written in queries.
    by_iri: dict[str, Endpoint] = Field(default_factory=dict)

    @field_validator("contact")
    @classmethod
    def _is_printable(cls, value: str) -> str:
        if not value.isascii() or not value.isprintable() or set(value) & set("()\\"):
            raise ValueError("expected an address or e-mail address, in ASCII")
        return value

    @property
    def user_agent(self) -> str:
        """The User-Agent header of requests."""
        return f"un-votes-kg/{kg.__version__} ({self.contact}) httpcore"

    def listing(self) -> str:
        """Return the addresses as a comma-separated list."""
        return ", ".join(self.by_iri)


def load(path: Path | None) -> Allowlist:
    """Return the allowlist of a settings file, or the default one without a file.

    Raises:
        SettingError: if the file cannot be read or contains an invalid setting.
    """
    settings: dict[str, Any] = {}
    if path is not None:
        try:
            settings = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except (OSError, ValueError) as error:
            message = f"KG_FEDERATION names {path}, which cannot be read: {error}"
            raise SettingError(message) from error
    endpoints = dict(DEFAULT_ENDPOINTS) if settings.pop("defaults", True) else {}
    changes = settings.pop("endpoint", {})
    if not isinstance(changes, dict) or not all(isinstance(v, dict) for v in changes.values()):
        raise SettingError(f'{path}: expected one table [endpoint."https://..."] per endpoint')
    for iri, fields in changes.items():
        endpoints[iri] = endpoints.get(iri, {}) | fields
        if not endpoints[iri].pop("allowed", True):
            del endpoints[iri]
    settings["by_iri"] = {iri: {"iri": iri, **fields} for iri, fields in endpoints.items()}
    try:
        return Allowlist.model_validate(settings)
    except ValidationError as error:
        raise SettingError(f"{path}: {_first_error(error)}") from error


def _first_error(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(str(step) for step in first["loc"] if step != "by_iri")
    problem = first["msg"].removeprefix("Value error, ")
    return f"{where}: {problem}, not {first['input']!r}"
