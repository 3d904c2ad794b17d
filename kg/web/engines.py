"""Construction of the engine that answers the queries of the service."""

from __future__ import annotations

from pathlib import Path

from kg.engine.federation import allowlist
from kg.engine.federation.engine import FederatedEngine
from kg.engine.federation.gateway_process import GatewayProcess
from kg.engine.interface import Engine, Limits
from kg.engine.local import LocalEngine
from kg.engine.remote.engine import RemoteEngine


def create_engine(
    folder: Path, limits: Limits, *, remote: str, columnar: bool, federation: Path | None
) -> Engine:
    """Return the engine over the releases of a data folder.

    ``remote`` is the address of another SPARQL server that is to answer, empty for none;
    ``federation`` is the file of the endpoints that SERVICE may name.

    Raises:
        SettingError: if that file cannot be used.
    """
    engine: Engine
    if remote:
        engine = RemoteEngine(folder, remote, limits)
    else:
        engine = LocalEngine(folder, limits, columnar=columnar)
    if not allowlist.load(federation).listed:
        return engine
    return FederatedEngine(engine, GatewayProcess(folder, federation))
