"""Virtuoso: its settings, loading a dump, and running the server."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.servers import Server, free_port, running

#: Virtuoso has no default graph: facts are loaded into this one.
GRAPH: Final = "https://w3id.org/un-votes/"

#: Buffers of 8 KiB: the number that its manual recommends for 4 GiB of memory.
FULL_RECORD_BUFFERS: Final = 340_000
#: Rows: Virtuoso silently truncates longer answers, so the limit exceeds any answer of ours.
_MAX_ROWS: Final = 10_000_000
#: There is no time limit: at its own limit Virtuoso returns partial results as if complete.
_SETTINGS: Final = """[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
FileExtend = 200
MaxCheckpointRemap = 2000
Striping = 0
TempStorage = TempDatabase

[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx
MaxCheckpointRemap = 2000
Striping = 0

[Parameters]
ServerPort = 127.0.0.1:{sql_port}
DisableUnixSocket = 1
DirsAllowed = {folder}, {dumps}
NumberOfBuffers = {buffers}
MaxDirtyBuffers = {dirty}
MaxQueryMem = 2G
ThreadsPerQuery = 2
CheckpointInterval = 0
CaseMode = 2

[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerRoot = {folder}
ServerThreads = 10
MaxClientConnections = 10
MaxKeepAlives = 10
KeepAliveTimeout = 120

[SPARQL]
ResultSetMaxRows = {max_rows}
DeferInferenceRulesInit = 0
"""


def find() -> tuple[str, str] | None:
    """Return the paths of ``virtuoso-t`` and its SQL client, or None if either is missing."""
    server = shutil.which("virtuoso-t")
    client = shutil.which("isql-vt") or shutil.which("isql-v")
    return (server, client) if server and client else None


def version(program: str) -> str:
    """Return the version of the program."""
    usage = subprocess.run([program, "-?"], capture_output=True, text=True, check=False)
    for line in (usage.stdout + usage.stderr).splitlines():
        if line.startswith("Version "):
            return line.removeprefix("Version ").split()[0]
    return "unknown"


def execute(client: str, folder: Path, statement: str) -> str:
    """Execute a statement on the running server of a database folder; return its output.

    Raises:
        RuntimeError: if the statement fails.
    """
    ini = (folder / "virtuoso.ini").read_text("utf-8")
    port = int(ini.partition("[Parameters]")[2].partition("127.0.0.1:")[2].split()[0])
    command = [client, f"127.0.0.1:{port}", "dba", "dba", "ERRORS=STDOUT", "VERBOSE=OFF"]
    command += ["BANNER=OFF", "PROMPT=OFF", f"EXEC={statement}"]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "*** Error" in output:
        raise RuntimeError(f"Virtuoso could not execute {statement}: {output}")
    return output


@contextlib.contextmanager
def virtuoso(
    program: str,
    folder: Path,
    dumps: Path,
    *,
    graph: str = GRAPH,
    buffers: int = FULL_RECORD_BUFFERS,
    max_rows: int = _MAX_ROWS,
    keep_transactions: bool = False,
) -> Iterator[Server]:
    """Run Virtuoso on the database in a folder; an empty folder gets a new database.

    Queries go to ``graph``. Unless ``keep_transactions``, the transaction log of an earlier process
    is removed; this is for a loaded database whose checkpoint is complete.
    """
    port = free_port()
    file = folder / "virtuoso.ini"
    text = settings(folder, dumps, port, free_port(), buffers=buffers, max_rows=max_rows)
    file.write_text(text, "utf-8")
    # A killed process leaves its lock file behind.
    (folder / "virtuoso.lck").unlink(missing_ok=True)
    if not keep_transactions:
        (folder / "virtuoso.trx").unlink(missing_ok=True)
    command = [program, "+foreground", "+configfile", str(file)]
    with running("virtuoso", "/sparql", port, command, {}, graph) as server:
        yield server


def load(programs: tuple[str, str], folder: Path, dump: Path) -> None:
    """Load a dump in N-Triples into a new database.

    Raises:
        RuntimeError: if the dump could not be loaded completely.
    """
    program, client = programs
    folder.mkdir(parents=True)
    with virtuoso(program, folder, dump.parent):
        execute(client, folder, f"ld_dir('{dump.parent}', '{dump.name}', '{GRAPH}');")
        execute(client, folder, "rdf_loader_run();")
        execute(client, folder, "checkpoint;")
        failed = execute(
            client,
            folder,
            "SELECT COUNT(*) FROM DB.DBA.LOAD_LIST WHERE ll_state <> 2 OR ll_error IS NOT NULL;",
        )
        if failed.split() != ["0"]:
            raise RuntimeError(f"Virtuoso could not load {dump.name}: {failed}")


def settings(
    folder: Path,
    dumps: Path,
    port: int,
    sql_port: int,
    *,
    buffers: int = FULL_RECORD_BUFFERS,
    max_rows: int = _MAX_ROWS,
) -> str:
    """Return the settings for a database in one folder that may load dumps from another."""
    return _SETTINGS.format(
        folder=folder,
        dumps=dumps,
        port=port,
        sql_port=sql_port,
        buffers=buffers,
        dirty=buffers * 3 // 4,
        max_rows=max_rows,
    )
