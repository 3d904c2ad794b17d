"""The command ``kg serve``."""

from __future__ import annotations

import logging
import sys

import click
import uvicorn

from kg.cli.options import with_settings
from kg.cli.output import ERR
from kg.limits import SHUTDOWN_GRACE_SECONDS
from kg.pipeline.bootstrap import ensure_release
from kg.settings import Settings
from kg.web.app import create_app


@click.command()
@with_settings
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
def serve(settings: Settings, host: str, port: int) -> None:
    """Serve the current release over HTTP: SPARQL at /sparql, state of the service at /health.

    Builds the embedded release first if there is none. A release that is built meanwhile is
    served from the next query on.
    """
    # First, since it fails if the service is not configured as it should be; a build takes longer.
    app = create_app(settings)
    ensure_release(settings, ERR)
    # One line a request, of our own: uvicorn's would hold the text of the query.
    logging.basicConfig(format="%(message)s", stream=sys.stderr)
    # None of it is in the line; the module's documentation says so to make records cheaper.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging.getLogger("kg.access").setLevel(logging.INFO)
    uvicorn.run(
        app,
        host=host,
        port=port,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=SHUTDOWN_GRACE_SECONDS,
    )
