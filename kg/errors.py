"""The errors this package raises, all with messages meant for the person at the keyboard.

KgError
├── SettingError        an environment variable or option has an unusable value
├── SourceError         a source is not what it says: a missing file or column, a broken archive
├── TooManyRefusedError a source holds more unusable rows than the build allows
├── InvalidDataError    SHACL found a violation in what was about to be released
├── ReleaseError        no release, a damaged one, or a second build at the same time
├── QueryError          a query that cannot be answered as asked
│   ├── ForbiddenServiceError  a query that names SERVICE
│   └── NotAcceptableError     no format of the answer is one the client takes
└── FetchError          a download failed or its checksum is wrong
"""

from __future__ import annotations


class KgError(Exception):
    """Base of all errors that end a command with a message instead of a traceback."""

    exit_code = 1


class SettingError(KgError):
    """An environment variable or command option has an unusable value."""

    exit_code = 2


class SourceError(KgError):
    """A source as a whole cannot be read; nothing of it is released."""


class TooManyRefusedError(KgError):
    """More rows were refused than ``--max-refused`` allows."""


class InvalidDataError(KgError):
    """The merged facts break a SHACL constraint of severity ``sh:Violation``."""


class ReleaseError(KgError):
    """There is no usable release, or another build is running."""


class QueryError(KgError):
    """A query is malformed or cannot be answered in the form asked for."""


class ForbiddenServiceError(QueryError):
    """A query names ``SERVICE``, which this server does not execute."""


class NotAcceptableError(QueryError):
    """No format of the answer is one the client takes."""


class FetchError(KgError):
    """A source could not be downloaded, or its checksum differs from the known one."""
