"""Secrets that belong to a warehouse folder: each a file of its own, made on first use, that only its owner may read.

The salt of account numbers stays in the folder and its backups. The key of pseudonyms goes with copies of the folder,
so that a person has one pseudonym on all nodes.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp

SALT, PSEUDONYMS = "salt", "pseudonym.key"
BYTES = 32


class SecretMissing(Exception):
    """A secret can neither be read nor made; the message says what to do."""


def of(folder: Path, name: str) -> bytes:
    """A secret of a folder by the name of its file; the same for all who ask for it at once."""
    path = folder / name
    try:
        if not path.exists():
            _make(path)
        return path.read_bytes()
    except OSError as error:
        raise SecretMissing(
            f"{path} cannot be read or made ({error.strerror}): let who owns the folder run "
            "`.venv/bin/python -m etl refresh`, or, for a node, `.venv/bin/python -m etl copy` again."
        ) from error


def _make(path: Path) -> None:
    """Whole from the first moment on, and never in the place of one that is there."""
    handle, part = mkstemp(prefix=f".copy_{path.name}", dir=path.parent)  # readable by its owner alone
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(BYTES))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(part, path)
    finally:
        os.unlink(part)
