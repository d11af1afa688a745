"""What a refresh did, as one JSON object per line, for those who collect logs.

Events go to the standard logger "etl" and are written only where a file was asked for; the terminal is not touched.
Facts are names, counts, times and the sentences users see; secrets never reach this module.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from pathlib import Path

_log = logging.getLogger("etl")
_log.addHandler(logging.NullHandler())
_log.propagate = False


def event(name: str, level: int = logging.INFO, **facts) -> None:
    """One thing that happened: run, source, page, retry, error, published."""
    _log.log(level, name, extra={"facts": facts})


class JsonLines(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"at": at, "level": record.levelname.lower(), "event": record.getMessage()}
        return json.dumps(line | getattr(record, "facts", {}), default=str, ensure_ascii=False)


def to_file(path: Path) -> logging.Handler:
    """Appends events to a file from now on; OSError when it cannot be written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(JsonLines())
    handler.handleError = lambda record: None  # a full disk is told by the run itself
    _log.addHandler(handler)
    _log.setLevel(logging.INFO)
    return handler


def remove(handler: logging.Handler) -> None:
    """Ends what to_file began."""
    _log.removeHandler(handler)
    handler.close()
