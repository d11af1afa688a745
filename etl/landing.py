"""Landing: pages as they were read, one Parquet file each, durable the moment they are written.

In `landing/<run>/<source>/`: `<instance>.plan.parquet` holds the ids the run looked at and set out to read,
`<instance>.page-<n>.parquet` the n-th page of them, `<instance>.gone.parquet` the ids no longer there and why,
`<instance>.done.json` what was found once all are there. A run that was killed resumes from these files;
`landing/<run>/loaded` says that work.duckdb has them.
"""

from __future__ import annotations

import json
import os
import shutil
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from etl.source import Source

RESUME_WITHIN = timedelta(hours=12)
KEEP_RUNS = 3
LANDING, SAMPLES, SAMPLES_KNOWN = "landing", "sample", "sample.duckdb"
RUN_FORMAT = "%Y%m%dT%H%M%SZ"


def start_run(warehouse: Path, now: datetime, signature: str) -> tuple[Path, bool]:
    """The folder of the run to work in, and whether it resumes one that was cut off.

    `signature` says what is read from where; only a run with the same one is resumed, and only while nothing newer
    was loaded: its older pages would put back what has changed since.
    """
    root = warehouse / LANDING
    root.mkdir(parents=True, exist_ok=True)
    for folder in sorted(root.iterdir(), reverse=True):
        if not _is_run(folder):
            continue
        if (folder / "loaded").exists():
            break
        if now - run_started_at(folder) < RESUME_WITHIN and _read_text(folder / "signature") == signature:
            return folder, True
    while (folder := root / now.strftime(RUN_FORMAT)).exists():
        now += timedelta(seconds=1)  # runs are named by the second
    folder.mkdir()
    write_text_atomically(folder / "signature", signature)
    return folder, False


def run_started_at(folder: Path) -> datetime:
    """When a run began, UTC, from its name."""
    return datetime.strptime(folder.name, RUN_FORMAT)


def finish_run(folder: Path) -> None:
    """Marks the run as loaded and drops what is older than the last few runs."""
    write_text_atomically(folder / "loaded", "")
    runs = sorted((f for f in folder.parent.iterdir() if _is_run(f)), reverse=True)
    for old in [f for f in runs if f.name < folder.name][KEEP_RUNS - 1 :]:
        shutil.rmtree(old, ignore_errors=True)


def drop(folder: Path) -> None:
    """Gives up a run that is not worth resuming."""
    shutil.rmtree(folder)


def drop_source(folder: Path, source: Source, instance: str) -> None:
    """Gives up what was read of a source, to begin it anew."""
    for path in (folder / source.name).glob(f"{instance}.*"):
        path.unlink()


def start_sample(warehouse: Path, now: datetime) -> Path:
    """The folder of a sample; those that were never finished are dropped."""
    root = warehouse / SAMPLES
    root.mkdir(parents=True, exist_ok=True)
    for folder in root.iterdir():
        if not (folder / "taken").exists():
            shutil.rmtree(folder)
    while (folder := root / now.strftime(RUN_FORMAT)).exists():
        now += timedelta(seconds=1)
    folder.mkdir()
    return folder


def finish_sample(folder: Path, as_of: datetime) -> None:
    """From now on it counts, as of this moment (UTC)."""
    write_text_atomically(folder / "taken", str(as_of))


def samples(warehouse: Path) -> list[tuple[Path, datetime]]:
    """The samples that are finished, each with its moment, the oldest first."""
    found = sorted((warehouse / SAMPLES).glob("*/taken"))
    return [(path.parent, datetime.fromisoformat(path.read_text(encoding="utf-8"))) for path in found]


def write_table(path: Path, table: pa.Table) -> None:
    """Writes a Parquet file that is either complete or not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with _removed_on_failure(part):
        pq.write_table(table, part, compression="zstd")
        _settle(part, path)


def write_done(folder: Path, source: Source, instance: str, facts: dict) -> None:
    """Marks a source as read completely, with what was found."""
    write_text_atomically(folder / source.name / f"{instance}.done.json", json.dumps(facts, indent=1, sort_keys=True))


def read_done(folder: Path, source: Source, instance: str) -> dict | None:
    """What was found, or None while the source is not read completely."""
    text = _read_text(folder / source.name / f"{instance}.done.json")
    return json.loads(text) if text is not None else None


def instances(folder: Path, source: Source) -> list[str]:
    """Where a source was read completely, sorted."""
    ends = ".done.json"
    return sorted(path.name.removesuffix(ends) for path in (folder / source.name).glob(f"*{ends}"))


def plan_path(folder: Path, source: Source, instance: str) -> Path:
    return folder / source.name / f"{instance}.plan.parquet"


def gone_path(folder: Path, source: Source, instance: str) -> Path:
    return folder / source.name / f"{instance}.gone.parquet"


def page_path(folder: Path, source: Source, instance: str, number: int | str) -> Path:
    return folder / source.name / f"{instance}.page-{number}.parquet"


def page_paths(folder: Path, source: Source, instance: str) -> list[Path]:
    return sorted((folder / source.name).glob(f"{instance}.page-*.parquet"))


def write_text_atomically(path: Path, text: str, mode: int = 0o600) -> None:
    """Replaces a small file so that a reader sees the old or the new text, never a part, and may read it at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    with _removed_on_failure(part):
        part.write_text(text, encoding="utf-8")
        part.chmod(mode)
        _settle(part, path)


@contextmanager
def _removed_on_failure(part: Path):
    """On a full disk half a file would only be in the way."""
    try:
        yield
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _settle(part: Path, path: Path) -> None:
    with part.open("rb") as handle:
        os.fsync(handle.fileno())
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _read_text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def _is_run(folder: Path) -> bool:
    try:
        run_started_at(folder)
    except ValueError:
        return False
    return folder.is_dir()
