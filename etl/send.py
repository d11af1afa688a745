"""Sends a letter to an address of Apprise: e-mail to each of its readers by itself, as HTML; to chats that set it
(Teams, Slack) as Markdown, else as plain text.

An address holds passwords and tokens. It comes from the environment, and no part of it is repeated in what is said of
a failure.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

import apprise
from apprise.plugins.email import NotifyEmail

from etl.outbox import Words

SECRET = 4  # letters from which on a part of an address is taken out of a reason
ASSET = apprise.AppriseAsset(
    app_id="Plant Pulse", app_desc="Plant Pulse", app_url="", image_url_mask="", storage_mode="memory"
)
AGAIN = ("Connection error while submitting", "Sending email to")  # what Apprise warns of, without the cause
CAUSE = "Socket Exception: "  # with it, the cause stands in what Apprise tells only who debugs
REMEDIES = {  # words of what went wrong with a mail server -> what to do
    "AUTH extension not supported": "it takes no password on this port: use mailtos://, or leave user and pass out",
    "STARTTLS extension not supported": "it has no TLS on this port: mend the port, or use mailto:// and mode=insecure",
    "(530,": "it wants a sign-in: add user and pass to the address",
    "(534,": "user or password is wrong: mend user and pass in the address",
    "(535,": "user or password is wrong: mend user and pass in the address",
    "certificate verify failed": "its certificate does not hold: use the name that the certificate is for",
    "(4": "a later try may pass",
    "(5": "ask who runs it, or mend the senders and receivers in the address",
    "": "mend the name and the port of the mail server in the address",
}
NOT_SECRET = re.compile(r"https?|localhost|[\w-]+(\.[\w-]+)+")


class SendError(Exception):
    """A letter could not be sent; the message says why and what to do."""


class _Reasons(logging.Handler):
    """Collects what Apprise says went wrong with an address, and of a mail server its cause and what to do."""

    def __init__(self, address: str):
        super().__init__(logging.DEBUG)
        self.address, self.said = address, []

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if text.startswith(CAUSE):
            remedy = next(remedy for words, remedy in REMEDIES.items() if words in text)
            cause = _without(self.address, text.removeprefix(CAUSE))
            self.said.append(f"the mail server did not take it ({cause}): {remedy}")
        elif record.levelno >= logging.WARNING and not text.startswith(AGAIN):
            self.said.append(_without(self.address, text))


def readers(variable: str) -> list[str]:
    """Who gets a letter from the address that an environment variable holds: each e-mail address that it names, so that
    one that is refused holds up no other; [""] where it is no mail."""
    address = os.environ.get(variable, "").strip()
    with _quietly(address):
        receiver = _receiver(address)
    if not isinstance(receiver, NotifyEmail):
        return [""]
    named = [address for _, address in receiver.targets]
    return list(dict.fromkeys((*named, *sorted(receiver.cc), *sorted(receiver.bcc)))) or [""]


def send(variable: str, words: Words, reader: str = "") -> None:
    """Sends a letter to the address that an environment variable holds, of a mail to one of its readers; SendError
    where it is not taken."""
    address = os.environ.get(variable, "").strip()
    if not address:
        raise SendError(f"{variable} is not set: put the address there, as docs/operating.md shows.")
    with _quietly(address) as reasons:
        receiver = _receiver(address)
        if receiver is None:
            raise SendError(
                f"the address in {variable} is none that can be sent to: see docs/operating.md for examples."
            )
        if reader:
            receiver.targets, receiver.cc, receiver.bcc = [(receiver.names.get(reader, False), reader)], set(), set()
        kind, body = _body(receiver, words)
        sender = apprise.Apprise(asset=ASSET)
        sender.add(receiver)
        if not sender.notify(body=body, title=words.title, body_format=kind):
            why = "; ".join(dict.fromkeys(reasons.said)) or "it was not taken"
            raise SendError(f"{variable}: {why}.")


@contextmanager
def _quietly(address: str) -> Iterator[_Reasons]:
    """What Apprise says meanwhile of an address is collected and printed nowhere: it repeats addresses."""
    reasons, log = _Reasons(address), logging.getLogger("apprise")
    before = log.propagate, log.level
    log.addHandler(reasons)
    log.propagate = False
    log.setLevel(logging.DEBUG)
    try:
        yield reasons
    finally:
        log.removeHandler(reasons)
        log.propagate = before[0]
        log.setLevel(before[1])


def _receiver(address: str) -> apprise.NotifyBase | None:
    """What an address leads to; None where it is none that can be sent to."""
    return apprise.Apprise.instantiate(address, asset=ASSET, suppress_exceptions=True) if address else None


def _body(receiver: apprise.NotifyBase, words: Words) -> tuple[apprise.NotifyFormat, str]:
    """The words in the form that a receiver sets."""
    if isinstance(receiver, NotifyEmail):
        return apprise.NotifyFormat.HTML, words.html
    own = receiver.notify_format
    first = own[0] if isinstance(own, tuple) else own
    if first == apprise.NotifyFormat.MARKDOWN:
        return apprise.NotifyFormat.MARKDOWN, words.markdown
    return apprise.NotifyFormat.TEXT, words.plain


def _without(address: str, said: str) -> str:
    """What was said, without any part of the address but names of hosts; in one line."""
    parts = {part for part in re.split(r"[/?&=:@,\s]+", address) if len(part) >= SECRET}
    for part in sorted(parts, key=len, reverse=True):
        if not NOT_SECRET.fullmatch(part):
            said = said.replace(part, "…")
    return " ".join(said.split()).rstrip(".")
