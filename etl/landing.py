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
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from etl.source import Source

RESUME_WITHIN = timedelta(hours=12)
KEEP_RUNS = 3
RUN_FORMAT = "%Y%m%dT%H%M%SZ"


def start_run(warehouse: Path, now: datetime, signature: str) -> tuple[Path, bool]:
    """The folder of the run to work in, and whether it resumes one that was cut off.

    `signature` says what is read from where; only a run with the same one is resumed.
    """
    root = warehouse / "landing"
    root.mkdir(parents=True, exist_ok=True)
    for folder in sorted(root.iterdir(), reverse=True):
        if not _is_run(folder) or (folder / "loaded").exists():
            continue
        if now - run_started_at(folder) < RESUME_WITHIN and _read_text(folder / "signature") == signature:
            return folder, True
    folder = root / now.strftime(RUN_FORMAT)
    folder.mkdir()
    _write_text(folder / "signature", signature)
    return folder, False


def run_started_at(folder: Path) -> datetime:
    """When a run began, UTC, from its name."""
    return datetime.strptime(folder.name, RUN_FORMAT)


def finish_run(folder: Path) -> None:
    """Marks the run as loaded and drops what is older than the last few runs."""
    _write_text(folder / "loaded", "")
    runs = sorted((f for f in folder.parent.iterdir() if _is_run(f)), reverse=True)
    for old in [f for f in runs if f.name < folder.name][KEEP_RUNS - 1 :]:
        shutil.rmtree(old, ignore_errors=True)


def drop(folder: Path) -> None:
    """Gives up a run that is not worth resuming."""
    shutil.rmtree(folder)


def write_table(path: Path, table: pa.Table) -> None:
    """Writes a Parquet file that is either complete or not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    pq.write_table(table, part, compression="zstd")
    _settle(part, path)


def write_done(folder: Path, source: Source, instance: str, facts: dict) -> None:
    """Marks a source as read completely, with what was found."""
    _write_text(folder / source.name / f"{instance}.done.json", json.dumps(facts, indent=1, sort_keys=True))


def read_done(folder: Path, source: Source, instance: str) -> dict | None:
    """What was found, or None while the source is not read completely."""
    text = _read_text(folder / source.name / f"{instance}.done.json")
    return json.loads(text) if text is not None else None


def plan_path(folder: Path, source: Source, instance: str) -> Path:
    return folder / source.name / f"{instance}.plan.parquet"


def gone_path(folder: Path, source: Source, instance: str) -> Path:
    return folder / source.name / f"{instance}.gone.parquet"


def page_path(folder: Path, source: Source, instance: str, number: int | str) -> Path:
    return folder / source.name / f"{instance}.page-{number}.parquet"


def page_paths(folder: Path, source: Source, instance: str) -> list[Path]:
    return sorted((folder / source.name).glob(f"{instance}.page-*.parquet"))


def write_text_atomically(path: Path, text: str) -> None:
    """Replaces a small file so that a reader sees the old or the new text, never a part."""
    _write_text(path, text)


def _write_text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    _settle(part, path)


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
