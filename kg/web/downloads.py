"""The downloads of a release at ``/dumps/``, where the terms of its sources allow them."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request, Response
from starlette.responses import HTMLResponse, RedirectResponse, StreamingResponse

from kg.analysis.tables.files import FILES as TABLE_FILES
from kg.errors import KgError
from kg.release.export import FILES, ExportFile
from kg.release.export.files import contents
from kg.release.manifest import COMPILATION_RIGHTS, Manifest
from kg.release.release import Release
from kg.settings import Dumps
from kg.web.http_cache import file_response, matches
from kg.web.http_error import HttpError

PATH: Final = "/dumps/"

_PAGE: Final = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Dumps: UN votes knowledge graph</title>
<link rel="stylesheet" href="../static/site.css">
</head>
<body>
<header class="top"><a class="brand" href="../">UN votes</a>
<nav aria-label="Main"><a href="../about">About the data</a> <a href="../releases">Releases</a>
<a href="../queries">Queries</a> <a href="../sparql">SPARQL</a></nav></header>
<main>
<h1>Dumps</h1>
<p>Release {release} of the UN votes knowledge graph: {events:,} roll calls, {votes:,} votes,
{triples:,} triples. Its <a href="../graph/report">SHACL validation report</a> can be downloaded
too.</p>
{content}
</main>
<footer><p>{record_end}</p></footer>
</body>
</html>
"""
#: The command that builds the release from which dumps may be offered.
_OPEN_RELEASE: Final = "kg build --profile open --fetch"
_RIGHTS: Final = f"{COMPILATION_RIGHTS} TERMS.md lists all of them."
_HEADERS: Final = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'",
}
_LISTING: Final = """\
<table>
<thead>
<tr><th scope="col">File</th><th scope="col">Contents</th><th scope="col">Bytes</th></tr>
</thead>
<tbody>
{rows}
</tbody>
</table>
<p>Sources and their terms of use:</p>
<ul>
{sources}
</ul>
<p>{rights}</p>
<p>To create the latest open release yourself, from every source whose terms allow
redistribution:</p>
<pre tabindex="0">{open_release}</pre>
<p>Without <code>.gz</code> an address leads to the decompressed file. These addresses always lead
to the files of the current release; the entity tag of a file names its release. Interrupted
downloads can be resumed.</p>
"""
_NOT_OFFERED: Final = """\
<p>{reason}</p>
<p>The open release contains every source whose terms allow redistribution. Create it, with its
dumps, by:</p>
<pre tabindex="0">{open_release}</pre>
<p>You can create the dumps of this release from the sources yourself, for your own use:</p>
<pre tabindex="0">{commands}</pre>
"""


def reason_not_offered(manifest: Manifest, setting: Dumps) -> str:
    """Return the reason why the dumps of a release are not offered, empty if they are."""
    if setting == "none":
        return "This service offers no dumps."
    withheld = () if setting == "all" else manifest.withheld
    if not withheld:
        return ""
    named = "; ".join(
        f"{source.title} ({source.name}; terms: {source.licence})" for source in withheld
    )
    return f"This service offers no dumps: redistribution is not known to be permitted for {named}."


def offered(release: Release, setting: Dumps) -> list[ExportFile]:
    """Return the files of a release that are offered.

    Raises:
        ReleaseError: if its manifest cannot be read.
    """
    return [] if reason_not_offered(release.manifest(), setting) else _files(release)


def _files(release: Release) -> list[ExportFile]:
    files = FILES | TABLE_FILES
    return [file for name, file in files.items() if (release.dumps / name).is_file()]


def router(current_release: Callable[..., Release], setting: Dumps) -> APIRouter:
    """Return the routes below ``/dumps/`` for the current release.

    ``current_release`` returns it, or raises an error if one of the named files is damaged.
    """
    routes = APIRouter()

    def current(*files: str) -> tuple[Release, Manifest]:
        try:
            release = current_release(*files)
            return release, release.manifest()
        except KgError as error:
            raise HttpError(503, str(error)) from error

    @routes.api_route(PATH.rstrip("/"), methods=["GET", "HEAD"])
    def without_slash() -> Response:
        return RedirectResponse("dumps/", 308)

    @routes.api_route(PATH, methods=["GET", "HEAD"])
    def page() -> Response:
        return HTMLResponse(_page(*current(), setting), headers=_HEADERS)

    @routes.api_route(PATH + "{name}", methods=["GET", "HEAD"])
    def file(name: str, request: Request) -> Response:
        release, manifest = current()
        reason = reason_not_offered(manifest, setting)
        if reason:
            raise HttpError(403, reason)
        files = {file.name: file for file in _files(release)}
        if compressed := files.get(f"{name}.gz"):
            current(f"dumps/{compressed.name}")
            return _decompressed(request, release, compressed)
        if name not in files:
            raise HttpError(404, f"no such file; {PATH} lists the files")
        current(f"dumps/{name}")
        return file_response(request, release.dumps / name, release.name, files[name].media_type)

    return routes


def _decompressed(request: Request, release: Release, file: ExportFile) -> Response:
    """Return the contents of a compressed file, as descriptions of tables refer to them."""
    headers = {
        "ETag": f'"{release.name}-{file.name.removesuffix(".gz")}"',
        "Cache-Control": "public, no-cache",
    }
    media_type = f"{file.content_type}; charset=utf-8"
    if matches(request.headers.get("if-none-match", ""), headers["ETag"]):
        return Response(status_code=304, headers={"ETag": headers["ETag"]})
    if request.method == "HEAD":
        return Response(headers=headers, media_type=media_type)
    return StreamingResponse(
        contents(release.dumps / file.name), headers=headers, media_type=media_type
    )


def _page(release: Release, manifest: Manifest, setting: Dumps) -> str:
    reason, files = reason_not_offered(manifest, setting), _files(release)
    if reason:
        commands = f"{_commands(manifest, 'kg build')}\nkg export dump"
        content = _NOT_OFFERED.format(
            reason=escape(reason), commands=escape(commands), open_release=_OPEN_RELEASE
        )
    elif files:
        rows = "\n".join(_row(release.dumps, file) for file in files)
        sources = "\n".join(
            f"<li>{escape(source.title)}: {escape(source.licence)}</li>"
            for source in manifest.sources
        )
        content = _LISTING.format(
            rows=rows,
            sources=sources,
            rights=_RIGHTS,
            open_release=_OPEN_RELEASE,
        )
    else:
        reason = "This release was built without dumps. Its operator can create them with:"
        commands = escape(_commands(manifest, "kg build --dumps"))
        content = f'<p>{reason}</p>\n<pre tabindex="0">{commands}</pre>\n'
    return _PAGE.format(
        release=escape(release.name),
        events=manifest.count("events"),
        votes=manifest.count("votes"),
        triples=manifest.count("triples"),
        record_end=escape(manifest.record_end),
        content=content,
    )


def _row(folder: Path, file: ExportFile) -> str:
    size = (folder / file.name).stat().st_size
    link = f'<a href="{escape(file.name)}">{escape(file.name)}</a>'
    return f"<tr><td>{link}</td><td>{escape(file.holds)}</td><td>{size:,}</td></tr>"


def _commands(manifest: Manifest, build: str) -> str:
    """Return the commands that build such a release from its sources."""
    fetched = [source.name for source in manifest.sources if not source.embedded]
    sources = " ".join(f"--source {name}" for name in ("embedded", *fetched))
    lines = [f"kg fetch {name}" for name in fetched]
    return "\n".join([*lines, f"{build} {sources}"])
