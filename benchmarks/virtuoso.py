"""Virtuoso with a release in it: its settings, loading, and running it to be asked."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.servers import Server, free_port, running

#: Virtuoso keeps every triple in a graph with a name: the facts go into this one.
GRAPH: Final = "https://w3id.org/un-votes/"

#: Buffers of 8 KiB as its manual proposes for 4 GiB of memory. There is no limit on rows and none
#: on time: at its own limit it answers with what it has so far as if that were all.
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
ResultSetMaxRows = {most_rows}
DeferInferenceRulesInit = 0
"""


def find() -> tuple[str, str] | None:
    """Return where ``virtuoso-t`` and its client for SQL are, or None if either is missing."""
    server = shutil.which("virtuoso-t")
    client = shutil.which("isql-vt") or shutil.which("isql-v")
    return (server, client) if server and client else None


def version(program: str) -> str:
    """Return the version the program tells."""
    told = subprocess.run([program, "-?"], capture_output=True, text=True, check=False)
    for line in (told.stdout + told.stderr).splitlines():
        if line.startswith("Version "):
            return line.removeprefix("Version ").split()[0]
    return "unknown"


def execute(client: str, folder: Path, statement: str) -> str:
    """Run a statement on the server that runs on the database in a folder; return what it tells.

    Raises:
        RuntimeError: if it refuses the statement.
    """
    said = (folder / "virtuoso.ini").read_text("utf-8")
    port = int(said.partition("[Parameters]")[2].partition("127.0.0.1:")[2].split()[0])
    return _execute(client, port, statement)


@contextlib.contextmanager
def virtuoso(program: str, folder: Path, dumps: Path) -> Iterator[Server]:
    """Run Virtuoso on the database in a folder, which is made if there is none."""
    with _running(program, folder, dumps) as (server, _):
        yield server


def load(programs: tuple[str, str], folder: Path, dump: Path) -> None:
    """Load a dump in N-Triples into a new database.

    Raises:
        RuntimeError: if not all of it could be loaded.
    """
    program, client = programs
    folder.mkdir(parents=True)
    with _running(program, folder, dump.parent) as (_, sql_port):
        _execute(client, sql_port, f"ld_dir('{dump.parent}', '{dump.name}', '{GRAPH}');")
        _execute(client, sql_port, "rdf_loader_run();")
        _execute(client, sql_port, "checkpoint;")
        told = _execute(
            client,
            sql_port,
            "SELECT COUNT(*) FROM DB.DBA.LOAD_LIST WHERE ll_state <> 2 OR ll_error IS NOT NULL;",
        )
        if told.split() != ["0"]:
            raise RuntimeError(f"Virtuoso could not load {dump.name}: {told}")


def settings(
    folder: Path,
    dumps: Path,
    port: int,
    sql_port: int,
    *,
    buffers: int = 340_000,
    most_rows: int = 10_000_000,
) -> str:
    """Return the settings for a database in one folder that may read dumps from another."""
    return _SETTINGS.format(
        folder=folder,
        dumps=dumps,
        port=port,
        sql_port=sql_port,
        buffers=buffers,
        dirty=buffers * 3 // 4,
        most_rows=most_rows,
    )


def _execute(client: str, port: int, statement: str) -> str:
    command = [client, f"127.0.0.1:{port}", "dba", "dba", "ERRORS=STDOUT", "VERBOSE=OFF"]
    command += ["BANNER=OFF", "PROMPT=OFF", f"EXEC={statement}"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "*** Error" in told:
        raise RuntimeError(f"Virtuoso refused {statement}: {told}")
    return told


@contextlib.contextmanager
def _running(program: str, folder: Path, dumps: Path) -> Iterator[tuple[Server, int]]:
    port, sql_port = free_port(), free_port()
    file = folder / "virtuoso.ini"
    file.write_text(settings(folder, dumps, port, sql_port), "utf-8")
    # What a process that was ended left behind: the checkpoint holds everything.
    for left in ("virtuoso.lck", "virtuoso.trx"):
        (folder / left).unlink(missing_ok=True)
    command = [program, "+foreground", "+configfile", str(file)]
    with running("virtuoso", "/sparql", port, command, {}, GRAPH) as server:
        yield server, sql_port
