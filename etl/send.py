"""Sends a letter to an address of Apprise: e-mail as HTML, to chats that set it (Teams, Slack) as Markdown, else as
plain text.

An address holds passwords and tokens. It comes from the environment, and no part of it is repeated in what is said of
a failure.
"""

from __future__ import annotations

import logging
import os
import re

import apprise
from apprise.plugins.email import NotifyEmail

from etl.outbox import Words

SECRET = 4  # letters from which on a part of an address is taken out of a reason
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


def send(variable: str, words: Words) -> None:
    """Sends a letter to the address that an environment variable holds; SendError where it is not taken."""
    address = os.environ.get(variable, "").strip()
    if not address:
        raise SendError(f"{variable} is not set: put the address there, as docs/operating.md shows.")
    reasons = _Reasons(address)
    log = logging.getLogger("apprise")
    before = log.propagate, log.level
    log.addHandler(reasons)
    log.propagate = False
    log.setLevel(logging.DEBUG)
    try:
        asset = apprise.AppriseAsset(
            app_id="Plant Pulse", app_desc="Plant Pulse", app_url="", image_url_mask="", storage_mode="memory"
        )
        receiver = apprise.Apprise.instantiate(address, asset=asset, suppress_exceptions=True)
        if receiver is None:
            raise SendError(
                f"the address in {variable} is none that can be sent to: see docs/operating.md for examples."
            )
        kind, body = _body(receiver, words)
        sender = apprise.Apprise(asset=asset)
        sender.add(receiver)
        if not sender.notify(body=body, title=words.title, body_format=kind):
            why = "; ".join(dict.fromkeys(reasons.said)) or "it was not taken"
            raise SendError(f"{variable}: {why}.")
    finally:
        log.removeHandler(reasons)
        log.propagate = before[0]
        log.setLevel(before[1])


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
