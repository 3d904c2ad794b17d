"""The settings (docs/reference/settings.md): one validated, immutable object, read once.

Command options take precedence over environment variables (``KG_WORKERS``), environment variables
over the TOML file that ``KG_SETTINGS`` names (``workers``), and the file over the defaults. An
empty value means that the setting is not set.
"""

from __future__ import annotations

import difflib
import functools
import ipaddress
import os
import re
import sys
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal, NamedTuple

from pydantic import Field, GetCoreSchemaHandler, PrivateAttr, SecretStr, ValidationError
from pydantic_core import ErrorDetails, core_schema
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from kg import DEFAULT_BASE_IRI
from kg.errors import SettingError

#: Which dumps the service offers: those whose sources permit it, all, or none.
Dumps = Literal["permitted", "all", "none"]
_PREFIX: Final = "KG_"
#: The variable that names the settings file.
_FILE: Final = "KG_SETTINGS"
#: How similar to a setting, from 0 to 1, a variable must be to count as a misspelling; the
#: variables of the tests (KG_TEST_DATA) are less similar.
_SIMILARITY: Final = 0.8


@dataclass(frozen=True)
class _Rule:
    """The values that a setting accepts, and their description in messages."""

    expected: str
    #: Returns the value to use, or raises ValueError.
    accept: Callable[[object], object]

    def __get_pydantic_core_schema__(
        self, source: type, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(self.accept, handler(source))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("not a string")
    return value


def _matching(pattern: str, expected: str) -> _Rule:
    def accept(value: object) -> str:
        if not re.fullmatch(pattern, _text(value)):
            raise ValueError("not in this form")
        return _text(value)

    return _Rule(expected, accept)


def _whole_number(value: object) -> int:
    if isinstance(value, str) and value.isdecimal():
        return int(value)
    # In Python bool is a subclass of int; in a settings file a Boolean is not an integer.
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError("not a whole number")


def _at_least(minimum: int) -> _Rule:
    def accept(value: object) -> int:
        if _whole_number(value) < minimum:
            raise ValueError("too small")
        return _whole_number(value)

    return _Rule(f"a whole number, {minimum} or more", accept)


def _flag(value: object) -> bool:
    return value if isinstance(value, bool) else bool(_COUNT.accept(value))


def _proxies(value: object) -> str:
    """Accept addresses and networks; ``none`` trusts nobody, since an empty value is not set."""
    if value == "none":
        return ""
    networks = [ipaddress.ip_network(part.strip()) for part in _text(value).split(",")]
    return ", ".join(str(network) for network in networks)


_COUNT: Final = _at_least(0)
_FLAG: Final = _Rule(_COUNT.expected, _flag)
_PATH: Final = _Rule("a path", lambda value: value if isinstance(value, Path) else _text(value))
_DUMPS: Final = _Rule("all, none, or permitted (the default)", _text)
_IRI: Final = _matching(
    r"https?://[^\s<>\"{}|\\^`#?]+/", "an http or https IRI that ends in a slash"
)
_ADDRESS: Final = _matching(r"https?://[^\s<>\"{}|\\^`#?]+", "an http or https address")
#: An address with places for the address of a page and for the name of a release.
_REPORT_ADDRESS: Final = _matching(
    r"(?:https?://|mailto:)[^\s<>\"|\\^`]+",
    "an http, https or mailto address",
)
#: A path of plain characters, so that it can be written into any page or header as it is.
ROOT_PATH_PATTERN: Final = r"(?:/[A-Za-z0-9][A-Za-z0-9._~-]*)+"
ROOT_PATH: Final = "a path such as /kg, of letters, digits and . _ ~ -, without a slash at its end"
_ROOT_PATH: Final = _matching(ROOT_PATH_PATTERN, ROOT_PATH)
_RATE: Final = _matching(
    r"[1-9]\d*/(?:second|minute|hour|day)", "a number and a unit such as 300/minute"
)
#: An address that may contain a user name and a password.
_ENDPOINT: Final = _matching(
    r"https?://(?:[^\s/@]+@)?[^\s<>\"{}|\\^`#/?@]+(?:[/?][^\s<>\"{}|\\^`#]*)?",
    "the http or https address of a SPARQL endpoint",
)
_PROXIES: Final = _Rule("IP addresses or networks, separated by commas, or none", _proxies)
_PASSWORD: Final = _Rule("a string", lambda value: SecretStr(_text(value)))


class Origin(NamedTuple):
    """The origin of the value of a setting."""

    kind: Literal["default", "file", "environment", "option"]
    #: The path of the file, the variable or the option.
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.name}".rstrip()


class Settings(BaseSettings):
    """The settings of a process.

    ``Settings.load()`` returns those of this process. ``Settings(...)`` reads them anew; arguments
    take precedence over everything else.

    Raises:
        SettingError: if a value is invalid.
    """

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX,
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        validate_default=False,
    )

    #: The folder of the releases.
    data: Annotated[Path, _PATH] = Path("kg-data")
    #: The base of all IRIs, fixed for the life of a process (see kg.resources).
    base_iri: Annotated[str, _IRI] = DEFAULT_BASE_IRI
    #: The public address of the service; without it, that of the request.
    public_url: Annotated[str | None, _ADDRESS] = None
    #: The path below which a proxy offers the service; without it, the path of `KG_PUBLIC_URL`.
    root_path: Annotated[str, _ROOT_PATH] = ""
    #: The address to which readers of pages report errors; in it, `{page}` and `{release}` are
    #: replaced by the address of the page and the name of the release.
    report_url: Annotated[str, _REPORT_ADDRESS] = ""
    #: The number of refused rows that a build tolerates.
    max_refused: Annotated[int, _COUNT] = 0
    #: How many queries may run at the same time until their time limit.
    workers: Annotated[int, _at_least(1)] = 2
    #: The computing time of a query, in seconds.
    query_timeout: Annotated[int, _at_least(1)] = 60
    #: The memory that a query may use, in MiB.
    query_memory: Annotated[int, _at_least(64)] = 1024
    #: How many requests one client may send in a period.
    rate_limit: Annotated[str, _RATE] = "300/minute"
    #: How many requests of one client may be in progress at once.
    client_concurrency: Annotated[int, _at_least(1)] = 8
    #: Whether these two limits, and that of connections, apply to loopback addresses too.
    limit_loopback: Annotated[bool, _FLAG] = False
    #: The proxies whose X-Forwarded-For and X-Forwarded-Proto headers are believed.
    trusted_proxies: Annotated[str, _PROXIES] = "127.0.0.1, ::1"
    #: Whether the access log contains the text of queries.
    log_queries: Annotated[bool, _FLAG] = False
    #: Whether builds write columns, from which queries are answered where this is faster.
    columnar: Annotated[bool, _FLAG] = True
    #: Which dumps the service offers.
    dumps: Annotated[Dumps, _DUMPS] = "permitted"
    #: The file with the endpoints that SERVICE may name.
    federation: Annotated[Path | None, _PATH] = None
    #: The address of the SPARQL server that answers queries, empty for none.
    engine: Annotated[str, _ENDPOINT] = Field(default="", repr=False)
    #: The password for publishing, empty for none.
    publish_password: Annotated[SecretStr, _PASSWORD] = SecretStr("")

    _origins: dict[str, Origin] = PrivateAttr(default_factory=dict)

    def __init__(self, **options: object) -> None:
        path = os.environ.get(_FILE, "")
        values: dict[str, object] = {}
        origins: dict[str, Origin] = {}
        if path:
            values |= _read_file(path)
            origins |= {name: Origin("file", path) for name in values}
        environment = EnvSettingsSource(type(self))()
        origins |= {name: Origin("environment", _variable(name)) for name in environment}
        origins |= {name: Origin("option", _option(name)) for name in options}
        try:
            super().__init__(**{**values, **environment, **options})
        except ValidationError as error:
            problems = error.errors(include_url=False)
            raise SettingError(
                "\n".join(_message(problem, origins) for problem in problems)
            ) from None
        self._origins = origins

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Leave the merging of sources to ``__init__``, which keeps their origins."""
        return (init_settings,)

    @classmethod
    def load(cls) -> Settings:
        """Return the settings of this process; the first call reads them.

        Raises:
            SettingError: if a value is invalid.
        """
        return _load()

    def with_options(self, **options: object) -> Settings:
        """Return these settings with the given command options, except those that are None.

        Options are validated by the command line.
        """
        overrides = {name: value for name, value in options.items() if value is not None}
        changed = self.model_copy(update=overrides)
        changed._origins = self._origins | {
            name: Origin("option", _option(name)) for name in overrides
        }
        return changed

    def origin(self, name: str) -> Origin:
        """Return the origin of the value of a setting."""
        return self._origins.get(name, Origin("default"))

    def without_passwords(self) -> dict[str, object]:
        """Return the settings by name, without passwords, in JSON types."""
        return {name: _shown(getattr(self, name)) for name in type(self).model_fields}


@functools.cache
def _load() -> Settings:
    return Settings()


def _shown(value: object) -> object:
    """Return the value of a setting for display: without a password, as a JSON type."""
    if isinstance(value, SecretStr):
        return "..." if value.get_secret_value() else ""
    if isinstance(value, str | Path):
        return re.sub(r"//.*@", "//...@", str(value))
    return value


def warn_of_misspelt_variables() -> None:
    """Report environment variables whose name resembles that of a setting, on standard error."""
    names = [*Settings.model_fields, _FILE.removeprefix(_PREFIX).lower()]
    for variable in sorted(os.environ):
        name = variable.removeprefix(_PREFIX).lower()
        if variable.startswith(_PREFIX) and name not in names:
            for similar in difflib.get_close_matches(name, names, 1, _SIMILARITY):
                meant = _variable(similar)
                sys.stderr.write(f"kg: unknown setting {variable}; did you mean {meant}?\n")


def _read_file(path: str) -> dict[str, object]:
    """Return the settings of a TOML file, without the empty ones.

    Raises:
        SettingError: if it cannot be read, or contains anything but settings.
    """
    try:
        content = tomllib.loads(Path(path).read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise SettingError(f"{_FILE} names {path}, which cannot be read: {error}") from error
    names = list(Settings.model_fields)
    for name, value in content.items():
        if name not in names:
            (nearest,) = difflib.get_close_matches(name, names, 1, 0.0)
            raise SettingError(
                f"{path}: unknown setting {name}; expected one of {', '.join(names)}; "
                f"did you mean {nearest}?"
            )
        if not isinstance(value, str | int):
            raise SettingError(
                f"{path}: {name} is {value!r}; expected a string, an integer or a Boolean"
            )
    return {name: value for name, value in content.items() if value != ""}


def _message(problem: ErrorDetails, origins: Mapping[str, Origin]) -> str:
    """Return the message for an invalid value of a setting, with the expected values."""
    name = str(problem["loc"][0])
    if name not in Settings.model_fields:
        return f"unknown setting {name}"
    origin = origins[name]
    where = f"{name} in {origin.name}" if origin.kind == "file" else origin.name
    field = Settings.model_fields[name]
    (rule,) = (rule for rule in field.metadata if isinstance(rule, _Rule))
    value = "..." if field.annotation is SecretStr else _shown(problem["input"])
    shown = str(value).lower() if isinstance(value, bool) else repr(value)
    return f"{where} is {shown}; expected {rule.expected}"


def _variable(name: str) -> str:
    return f"{_PREFIX}{name.upper()}"


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
