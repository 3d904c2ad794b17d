"""Construction of the engine that answers the queries of the service."""

from __future__ import annotations

from kg.engine.federation import allowlist
from kg.engine.federation.engine import FederatedEngine
from kg.engine.federation.gateway_process import GatewayProcess
from kg.engine.interface import Engine, Limits
from kg.engine.local import LocalEngine
from kg.engine.remote.engine import RemoteEngine
from kg.settings import Settings


def create_engine(settings: Settings) -> Engine:
    """Return the engine over the releases of the data folder.

    Raises:
        SettingError: if the file of the endpoints that SERVICE may name is invalid.
    """
    limits = Limits(
        workers=settings.workers,
        seconds=settings.query_timeout,
        memory_mib=settings.query_memory,
    )
    engine: Engine
    if settings.engine:
        engine = RemoteEngine(settings.data, settings.engine, limits)
    else:
        engine = LocalEngine(settings.data, limits, columnar=settings.columnar)
    if not allowlist.load(settings.federation).by_iri:
        return engine
    return FederatedEngine(engine, GatewayProcess(settings.data, settings.federation))
