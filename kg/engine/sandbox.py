"""Restrictions on a process: no network, a memory limit, and a life that only its parent ends.

Linux only; on other systems these functions do nothing, and only the checks of the parent remain.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

# From <linux/sched.h> and <linux/prctl.h>.
_CLONE_NEWUSER: Final = 0x10000000
_CLONE_NEWNET: Final = 0x40000000
_PR_SET_PDEATHSIG: Final = 1


def isolate_network() -> bool:
    """Move this process into an empty network namespace; return whether that succeeded.

    Other users than root also need a user namespace for it (unshare(2)).
    """
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    return any(
        libc.unshare(flags) == 0 for flags in (_CLONE_NEWNET, _CLONE_NEWUSER | _CLONE_NEWNET)
    )


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent ends for any reason."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def write_no_core_dumps() -> None:
    """Have the kernel write no core dump of this process: it would fill disks and hold queries."""
    if sys.platform == "linux":
        import resource  # noqa: PLC0415 - there is none on Windows

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def leave_signals_to_parent() -> None:
    """Ignore what a terminal or a supervisor sends to a whole group: the parent ends this process.

    Otherwise running queries would fail while the parent still waits for their results.
    """
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        # Windows has no SIGHUP.
        if number := getattr(signal, name, None):
            signal.signal(number, signal.SIG_IGN)


def limit_memory(mebibytes: int) -> None:
    """Limit the address space of this process to its current size plus ``mebibytes``."""
    if sys.platform == "linux":
        import resource  # noqa: PLC0415 - there is none on Windows

        # After each query: through Path.read_text this takes four times as long.
        descriptor = os.open("/proc/self/statm", os.O_RDONLY)
        pages = int(os.read(descriptor, 128).split()[0])
        os.close(descriptor)
        limit = pages * resource.getpagesize() + mebibytes * 2**20
        _, hard_limit = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard_limit))


@contextmanager
def without_memory_limit(mebibytes: int) -> Iterator[None]:
    """Lift the memory limit within the context; at its end, call ``limit_memory`` again."""
    if sys.platform == "linux":
        import resource  # noqa: PLC0415 - there is none on Windows

        _, hard_limit = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (hard_limit, hard_limit))
    try:
        yield
    finally:
        limit_memory(mebibytes)
