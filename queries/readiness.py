"""Whether readers can be served: a published version that can be read and is not stale."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from queries import readable, warehouse


@dataclass(frozen=True)
class Readiness:
    """`as_of` is the moment the data are from (UTC); both are None where nothing can be read. `sentence` says it."""

    version: str | None
    as_of: datetime | None
    is_readable: bool
    is_stale: bool
    sentence: str

    @property
    def is_ready(self) -> bool:
        return self.is_readable and not self.is_stale

    def age_seconds(self, now: datetime | None = None) -> float | None:
        return self.as_of and ((now or readable.utc_now()) - self.as_of).total_seconds()


def of(folder: Path, now: datetime | None = None) -> Readiness:
    """How the warehouse folder stands at this moment (UTC); cheap enough to be asked every second."""
    version = warehouse.current_version(folder)
    try:
        as_of = _as_of(folder, version) if version and (folder / version).exists() else warehouse.as_of(folder)
    except warehouse.WarehouseMissing as error:
        return Readiness(version, None, False, False, str(error))
    age = (now or readable.utc_now()) - as_of
    is_stale = age >= timedelta(seconds=readable.STALE_AFTER)
    sentence = f"{version} is published, data as of {as_of:%Y-%m-%d %H:%M:%S} UTC, {age / timedelta(hours=1):.1f} h old"
    return Readiness(
        version,
        as_of,
        True,
        is_stale,
        sentence + (": stale, run `.venv/bin/python -m etl refresh`." if is_stale else "."),
    )


@lru_cache(maxsize=8)
def _as_of(folder: Path, version: str) -> datetime:
    return warehouse.as_of(folder, version)
