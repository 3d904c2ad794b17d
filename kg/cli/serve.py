"""The command ``kg serve``."""

from __future__ import annotations

import contextlib
import logging
import re
import signal
import sys
from socket import socket
from types import FrameType

import click
import uvicorn
from uvicorn.config import STARTUP_FAILURE

from kg.cli.options import with_settings
from kg.cli.output import ERR
from kg.limits import KEEP_ALIVE_SECONDS, SHUTDOWN_GRACE_SECONDS, SHUTDOWN_SECONDS
from kg.pipeline.bootstrap import ensure_release
from kg.settings import ROOT_PATH, ROOT_PATH_PATTERN, Settings
from kg.web.app import create_app
from kg.web.client_address import is_in, is_loopback
from kg.web.connections import Connections, connection_limit
from kg.web.http_protocol import limited_protocol
from kg.web.service_manager import READY, STOPPING, notify


def _checked_root_path(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """Return the value of the option.

    Raises:
        click.BadParameter: if it is not a path.
    """
    if value and not re.fullmatch(ROOT_PATH_PATTERN, value):
        raise click.BadParameter(f"{value!r}; expected {ROOT_PATH}")
    return value


@click.command()
@with_settings
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 selects a free one.",
)
@click.option(
    "--root-path",
    metavar="PATH",
    callback=_checked_root_path,
    help="Path below which a proxy offers the service, such as /kg.  [default: $KG_ROOT_PATH, "
    "else the path of $KG_PUBLIC_URL]",
)
def serve(settings: Settings, host: str, port: int, root_path: str | None) -> None:
    """Serve the current release over HTTP: SPARQL at /sparql, health check at /health.

    If there is no release, the embedded sources are built first. A release that is built later is
    served once it is prepared, within seconds.
    """
    _stop_gracefully_on_hangup()
    # First, since it fails if the configuration is invalid; a build takes longer.
    settings = settings.with_options(root_path=root_path)
    app = create_app(settings)
    ensure_release(settings, ERR)
    # The service logs one line per request itself: that of uvicorn would contain the query text.
    logging.basicConfig(format="%(message)s", stream=sys.stderr)
    # The lines contain none of these, and no place in the code; the logging documentation
    # recommends this for speed.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None
    logging.getLogger("kg.access").setLevel(logging.INFO)
    is_proxy = is_in(settings.trusted_proxies)

    def is_unlimited(peer: str) -> bool:
        if is_loopback(peer):
            return not settings.limit_loopback
        return is_proxy(peer)

    connections = Connections(is_unlimited, connection_limit())
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=limited_protocol(connections, app.state.metrics.count_refused),
        ws="none",
        access_log=False,
        server_header=False,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=SHUTDOWN_GRACE_SECONDS,
    )
    server = _Server(config)
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit(STARTUP_FAILURE)


class _Server(uvicorn.Server):
    """Ends in every case within ``SHUTDOWN_SECONDS`` after it was asked to.

    The service manager is notified when the port answers.
    """

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Start the application, and open the port."""
        await super().startup(sockets)
        if self.started:
            notify(READY)

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """Close the port, and stop the application."""
        notify(STOPPING)
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to shut down."""
        if hasattr(signal, "setitimer"):
            # The kernel ends the process, whatever it is doing; its workers end with it.
            signal.setitimer(signal.ITIMER_REAL, SHUTDOWN_SECONDS)
        super().handle_exit(sig, frame)


def _stop_gracefully_on_hangup() -> None:
    """Treat SIGHUP, sent when a terminal closes, as SIGTERM, unless it is ignored (nohup)."""
    # Windows has none.
    hangup = getattr(signal, "SIGHUP", None)
    if hangup is None or signal.getsignal(hangup) is signal.SIG_IGN:
        return

    def terminate(number: int, frame: FrameType | None) -> None:
        signal.raise_signal(signal.SIGTERM)

    signal.signal(hangup, terminate)
