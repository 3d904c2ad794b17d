"""The errors this package raises; their messages are meant for its users.

KgError
├── SettingError        a setting or option has an unusable value
├── FileError           a file given to a command cannot be read or written
├── SourceError         a source is not what it says: a missing file or column, a broken archive
│   └── PositionsError         files of positions break rules (kg.sources.statements.reader)
├── FetchError          a download failed, or its checksum is wrong
├── TooManyRefusedError a source holds more unusable rows than the build allows
├── InvalidDataError    SHACL found a violation in what was about to be released
├── ReleaseError        no release, a damaged one, or a second build at the same time
├── NoIndexError        the release has no search index
├── QueryError          a query that cannot be answered as asked
│   ├── ForbiddenServiceError  a query that names SERVICE
│   └── NotAcceptableError     no format of the answer is one the client takes
├── LimitError          a query passed a limit of time, memory or size
├── BusyError           too many queries are running and waiting
├── UnavailableError    the server of the remote engine cannot be reached, or fails
├── InterruptedResponseError   a response broke off after its first bytes
├── HttpError           a request is answered with a status other than 200 (kg.web.http_error)
├── RemoteError         an endpoint that SERVICE names does not answer as it should
└── PublishError        a release could not be published into another server
    └── RefusedRequestError    the server refused a request

An error that carries more than a message is defined beside what it carries; a test compares the
tree with the classes. Exceptions that one part of the package raises and another handles, such as
an unsupported query, are not in it: no person sees them.
"""

from __future__ import annotations


class KgError(Exception):
    """Base of all errors that end a command with a message instead of a traceback."""

    exit_code = 1


class SettingError(KgError):
    """A setting or command option has an unusable value."""

    exit_code = 2


class FileError(KgError):
    """A file given to a command cannot be read or written: it is missing, say, or broken."""

    exit_code = 3


class SourceError(KgError):
    """A source as a whole cannot be read; nothing of it is released."""


class FetchError(KgError):
    """A source could not be downloaded, or its checksum differs from the known one."""


class TooManyRefusedError(KgError):
    """More rows were refused than ``--max-refused`` allows."""


class InvalidDataError(KgError):
    """The merged facts break a SHACL constraint of severity ``sh:Violation``."""


class ReleaseError(KgError):
    """There is no usable release, or another build is running."""


class NoIndexError(KgError):
    """The release was built without a search index, by an earlier version."""


class QueryError(KgError):
    """A query is malformed or cannot be answered in the form asked for."""


class ForbiddenServiceError(QueryError):
    """A query names ``SERVICE``, which this server does not execute."""


class NotAcceptableError(QueryError):
    """No format of the answer is one the client takes."""


class LimitError(KgError):
    """A query passed a limit; the message says which, its value, and what to try."""


class BusyError(KgError):
    """As many queries are running and waiting as there is room for."""


class UnavailableError(KgError):
    """The SPARQL server behind the remote engine cannot be reached, or gives no valid response."""


class InterruptedResponseError(KgError):
    """A response broke off after some of it had been sent to the client."""


class RemoteError(KgError):
    """An endpoint that a query names in ``SERVICE`` did not answer as it should."""


class PublishError(KgError):
    """A release could not be published; what was in force on the server still is."""


class RefusedRequestError(PublishError):
    """The server refused a request."""
