"""Shutting a process off: no network, no life beyond its parent, no memory beyond a limit.

Linux only; elsewhere these steps do nothing, and the parent's own checks remain.
"""

from __future__ import annotations

import ctypes
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

# From <linux/sched.h> and <linux/prctl.h>.
_CLONE_NEWUSER: Final = 0x10000000
_CLONE_NEWNET: Final = 0x40000000
_PR_SET_PDEATHSIG: Final = 1


def cut_network() -> bool:
    """Move this process into a network of its own that leads nowhere; tell whether that worked.

    Root needs no user namespace for it, everybody else does (unshare(2)).
    """
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    return any(
        libc.unshare(flags) == 0 for flags in (_CLONE_NEWNET, _CLONE_NEWUSER | _CLONE_NEWNET)
    )


def die_with_parent() -> None:
    """Have this process killed when its parent ends, however that comes."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def limit_memory(mebibytes: int) -> None:
    """Let this process take that much address space more than it has now."""
    if sys.platform == "linux":
        import resource  # noqa: PLC0415 - there is none on Windows

        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        limit = pages * resource.getpagesize() + mebibytes * 2**20
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (limit, most))


@contextmanager
def more_memory(mebibytes: int) -> Iterator[None]:
    """Let this process take what it needs in the context, and that much more afterwards."""
    if sys.platform == "linux":
        import resource  # noqa: PLC0415 - there is none on Windows

        _, most = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    try:
        yield
    finally:
        limit_memory(mebibytes)
