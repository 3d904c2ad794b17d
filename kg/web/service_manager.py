"""Messages to the service manager that started the service: ready, and stopping.

The protocol of systemd, which container runtimes also use: a datagram to the socket named by
NOTIFY_SOCKET. https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html
"""

from __future__ import annotations

import logging
import os
import socket
from typing import Final

READY: Final = "READY=1"
STOPPING: Final = "STOPPING=1"

_LOG: Final = logging.getLogger("kg.web")


def notify(state: str) -> None:
    """Send a state to the service manager; without one, do nothing."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    # A leading @ stands for the NUL of an abstract address.
    target = "\0" + address[1:] if address.startswith("@") else address
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
            sender.sendto(state.encode(), target)
    except OSError as error:
        _LOG.warning("the service manager cannot be notified of %s: %s", state, error.strerror)
