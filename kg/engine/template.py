"""A process that has imported what workers need and forks them, started by ``template_process``.

Imports take ten times as long as the rest of a worker's start. The file descriptor of the first
argument is a socket: a request contains a JSON object with ``id`` and the ``arguments`` of
``kg.engine.worker.main``, and carries the worker's standard input, output and error. An answer
contains ``id`` and ``pid``; another one ``id`` and ``code`` when that process has ended.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import socket
import sys
import traceback
from typing import Final

import duckdb  # noqa: F401 - imported for the workers; it starts threads only when it is used

from kg.engine import sandbox, worker

#: Bytes of the longest request: a folder's path and a few numbers.
_MAX_MESSAGE_BYTES: Final = 65_536
#: Standard input, output and error.
_STANDARD_FILES: Final = (0, 1, 2)


def main() -> None:
    """Fork a worker for each request, until the other end of the socket is closed."""
    sandbox.die_with_parent()
    sandbox.leave_signals_to_parent()
    control = socket.socket(fileno=int(sys.argv[1]))
    ended, wakeup = os.pipe()
    os.set_blocking(wakeup, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakeup, warn_on_full_buffer=False)
    # The collector would write to the pages that are shared with the workers.
    gc.freeze()
    numbers: dict[int, int] = {}
    while True:
        readable, _, _ = select.select([control.fileno(), ended], [], [])
        if ended in readable:
            os.read(ended, _MAX_MESSAGE_BYTES)
            _report_ended(control, numbers)
        if control.fileno() in readable:
            content, files, _, _ = socket.recv_fds(
                control, _MAX_MESSAGE_BYTES, len(_STANDARD_FILES)
            )
            if not content:
                return
            request = json.loads(content)
            pid = os.fork()
            if pid == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for descriptor in (ended, wakeup, control.detach()):
                    os.close(descriptor)
                _run_worker(files, *request["arguments"])
            for descriptor in files:
                os.close(descriptor)
            numbers[pid] = request["id"]
            _send(control, id=request["id"], pid=pid)


def _run_worker(files: list[int], release: str, memory_mib: int, is_columnar: int) -> None:
    """Become a worker with these standard files; do not return."""
    code = 1
    try:
        for descriptor, standard in zip(files, _STANDARD_FILES, strict=True):
            os.dup2(descriptor, standard)
            os.close(descriptor)
        worker.main(release, memory_mib, is_columnar)
        code = 0
    except BaseException:  # As the interpreter does at the end of a process.
        traceback.print_exc()
    finally:
        os._exit(code)


def _report_ended(control: socket.socket, numbers: dict[int, int]) -> None:
    """Report the processes that have ended, each before another one can have its number."""
    for pid in list(numbers):
        status = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if status:
            has_exited = status.si_code == os.CLD_EXITED
            code = status.si_status if has_exited else -status.si_status
            _send(control, id=numbers.pop(pid), code=code)
            os.waitpid(pid, 0)


def _send(control: socket.socket, **answer: int) -> None:
    # Without the server, the kernel ends this process in a moment.
    with contextlib.suppress(ConnectionError):
        control.send(json.dumps(answer).encode())


if __name__ == "__main__":
    main()
