"""The first release: built from the embedded sources if a data folder has none yet."""

from __future__ import annotations

from rich.console import Console

from kg.release import release
from kg.settings import Settings


def ensure_release(settings: Settings, console: Console) -> None:
    """Build a release of the embedded sources if the data folder has none yet.

    Raises:
        KgError: if the build fails or the current release is damaged.
    """
    data = settings.data
    if release.current(data) is not None:
        return
    # Imported here: where a release exists, the build modules should not slow the start.
    from kg.pipeline.build import build  # noqa: PLC0415
    from kg.sources.selection import select_sources  # noqa: PLC0415

    console.print(f"No release in {data} yet: building the embedded one.", highlight=False)
    build(select_sources((), data), data, 0, console, dumps=True, columns=settings.columnar)
