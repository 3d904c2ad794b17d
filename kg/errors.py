"""The errors this package raises; their messages are meant for its users.

KgError
├── SettingError        a setting or option has an unusable value
├── FileError           a file given to a command cannot be read or written
├── SourceError         a source is invalid: a missing file or column, a damaged archive
│   └── PositionsError         files of positions break rules (kg.sources.statements.reader)
├── FetchError          a download failed, or its checksum is wrong
├── TooManyRefusedError a source contains more unusable rows than the build allows
├── InvalidDataError    SHACL found a violation in what was about to be released
├── ReleaseError        no release, one of a later format, or a second build at the same time
│   └── DamagedReleaseError    files are missing or damaged (kg.release.damage)
├── StorageError        a file of a store is damaged
├── NoIndexError        the release has no search index
├── QueryError          a query is invalid, or is not supported in this form
│   ├── ForbiddenServiceError  a query contains SERVICE
│   └── NotAcceptableError     no supported format is acceptable to the client
├── LimitError          a query exceeded a limit of time, memory or size
├── BusyError           too many queries are running and waiting
├── UnavailableError    the server of the remote engine cannot be reached, or fails
├── InterruptedResponseError   a response was interrupted after its first bytes
├── HttpError           a request is answered with a status other than 200 (kg.web.http_error)
│   └── UnknownValueError      a parameter has none of its values (kg.web.http_error)
├── RemoteError         an endpoint that SERVICE names gave no valid response
└── PublishError        a release could not be published to another server
    └── RefusedRequestError    the server refused a request

An error with data in addition to its message is defined in the module of these data; a test
compares the tree with the classes. Exceptions that one part of the package raises and another
handles, such as an unsupported query, are not in the tree: users never see them.
"""

from __future__ import annotations

from pathlib import Path


class KgError(Exception):
    """Base of all errors that end a command with a message instead of a traceback."""

    exit_code = 1

    def for_operator(self) -> str:
        """Return the message for the command line and the log, which clients do not see."""
        return str(self)


class SettingError(KgError):
    """A setting or command option has an unusable value."""

    exit_code = 2


class FileError(KgError):
    """A file given to a command cannot be read or written, for example because it is missing."""

    exit_code = 3


class SourceError(KgError):
    """A source as a whole cannot be read; none of its facts are released."""


class FetchError(KgError):
    """A source could not be downloaded, or its checksum differs from the known one."""


class TooManyRefusedError(KgError):
    """More rows were refused than ``--max-refused`` allows."""


class InvalidDataError(KgError):
    """The merged facts break a SHACL constraint of severity ``sh:Violation``."""


class ReleaseError(KgError):
    """There is no usable release, or another build is running; ``folder`` is its data folder."""

    def __init__(self, message: str, folder: Path | None = None) -> None:
        super().__init__(message)
        self.folder = folder

    def for_operator(self) -> str:
        """See ``KgError``."""
        return f"{self} (data folder: {self.folder})" if self.folder else str(self)


class StorageError(KgError):
    """A file of a store cannot be read, or is damaged."""


class NoIndexError(KgError):
    """The release was built without a search index, by an earlier version."""


class QueryError(KgError):
    """A query is malformed, or cannot be answered in the requested form."""


class ForbiddenServiceError(QueryError):
    """A query contains ``SERVICE``, which this server does not execute."""


class NotAcceptableError(QueryError):
    """No supported format is acceptable to the client."""


class LimitError(KgError):
    """A query exceeded a limit; the message names it, its value, and a remedy."""


class BusyError(KgError):
    """The maximum number of queries is already running and waiting."""


class UnavailableError(KgError):
    """The SPARQL server of the remote engine cannot be reached, or gave no valid response."""


class InterruptedResponseError(KgError):
    """A response was interrupted after part of it had been sent to the client."""


class RemoteError(KgError):
    """An endpoint that a query names in ``SERVICE`` gave no valid response."""


class PublishError(KgError):
    """A release could not be published; the server still has the release it had before."""


class RefusedRequestError(PublishError):
    """The server refused a request."""
