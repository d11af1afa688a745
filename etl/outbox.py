"""What the digest told whom: digest.sqlite in the warehouse folder, to which letters and attempts are added and from
which none is taken away.

A letter says what it tells of each subject; that counts once it was sent. So what could not be delivered is told again,
whatever became of the letter. The words of a letter are kept only as long as it waits to be sent.
"""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

SQL = {path.stem: path.read_text(encoding="utf-8") for path in (Path(__file__).parent / "deliveries").glob("*.sql")}
FILE = "digest.sqlite"
SENT, FAILED, DROPPED = "sent", "failed", "dropped"
OVER = "over"


class OutboxError(Exception):
    """What was told cannot be read or kept, or another digest is at work; the message says what to do."""


@dataclass(frozen=True)
class Told:
    """What a recipient was told of a subject: in which state it is (OVER: in none any more), and what it is called."""

    subject: str
    state: str
    plant: str | None
    about: str


@dataclass(frozen=True)
class Words:
    """A letter as it is read: in webhooks, in chats that set Markdown, and in mails."""

    title: str
    plain: str
    markdown: str
    html: str


@dataclass(frozen=True)
class Waiting:
    """A letter that could not be sent yet, and the moment of its data (UTC)."""

    id: int
    as_of: datetime
    words: Words


class Outbox:
    """An opened digest.sqlite."""

    def __init__(self, con: sqlite3.Connection):
        self._con = con

    def told(self, recipient: str, channel: str) -> dict[str, Told]:
        """What a recipient was told last, by subject."""
        asked = {"recipient": recipient, "channel": channel}
        return {row["subject"]: Told(**row) for row in map(dict, self._con.execute(SQL["told"], asked))}

    def waiting(self, recipient: str, channel: str) -> list[Waiting]:
        """Letters to a recipient that could not be sent yet, the oldest first."""
        rows = self._con.execute(SQL["waiting"], {"recipient": recipient, "channel": channel}).fetchall()
        return [
            Waiting(
                row["id"],
                datetime.fromisoformat(row["as_of"]),
                Words(row["title"], row["plain"], row["markdown"], row["html"]),
            )
            for row in rows
        ]

    def write(
        self, at: datetime, recipient: str, channel: str, version: str, as_of: datetime, title: str,
        told: Sequence[Told],
    ) -> int:  # fmt: skip
        """Adds a letter and what it tells; its number."""
        row = {"written_at": str(at), "recipient": recipient, "channel": channel, "version": version}
        with self._con:
            number = self._con.execute(SQL["add_letter"], row | {"as_of": str(as_of), "title": title}).lastrowid
            self._con.executemany(SQL["add_told"], [asdict(one) | {"letter_id": number} for one in told])
        return number

    def sent(self, letter: int, at: datetime) -> None:
        """The letter was taken by its receiver."""
        self._attempt(letter, at, SENT)

    def dropped(self, letter: int, at: datetime) -> None:
        """The letter is not tried again: its numbers are old."""
        self._attempt(letter, at, DROPPED)

    def failed(self, letter: int, at: datetime, why: str, words: Words) -> None:
        """The letter could not be sent, and is kept for the next run."""
        with self._con:
            self._con.execute(SQL["add_attempt"], {"letter_id": letter, "at": str(at), "outcome": FAILED, "why": why})
            said = {"plain": words.plain, "markdown": words.markdown, "html": words.html}
            self._con.execute(SQL["add_kept"], said | {"letter_id": letter})

    def _attempt(self, letter: int, at: datetime, outcome: str) -> None:
        with self._con:
            self._con.execute(SQL["add_attempt"], {"letter_id": letter, "at": str(at), "outcome": outcome, "why": None})
            self._con.execute(SQL["forget_kept"], {"letter_id": letter})


@contextmanager
def opened(warehouse: Path) -> Iterator[Outbox]:
    """The outbox of a warehouse folder, made when absent and private to its owner; OutboxError while another digest has
    it, or where it cannot be used."""
    path = warehouse / FILE
    try:
        path.touch(mode=0o600, exist_ok=True)
        with path.open("rb") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise OutboxError(f"another digest is at work in {warehouse}: wait until it ends.") from error
            with closing(sqlite3.connect(path, timeout=10)) as con:
                con.row_factory = sqlite3.Row
                con.executescript(SQL["schema"])
                yield Outbox(con)
    except sqlite3.Error as error:
        raise OutboxError(
            f"{path} could not be used ({error}): see that the disk has room and that the file may be written. Where "
            "it is damaged, restore it from a backup, or move it away: everything is told once more then."
        ) from error
