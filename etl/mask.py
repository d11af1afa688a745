"""Takes personal data and secrets out of values before they are landed.

Error texts quote what a system was given: addresses, numbers, keys, whole payloads. They keep what explains the
error. Names of people cannot be told from other words: columns that may hold them are flagged `person` as well.
"""

from __future__ import annotations

import hashlib
import re

READ_CHARACTERS = 4_000  # of a text, before it is masked
KEPT_CHARACTERS = 1_000
SHOWN_CHARACTERS = 4

# In this order: what one pattern takes, the next does not see.
_TEXT = (
    (re.compile(r"\{.*(?:\}|\Z)", re.DOTALL), "{…}"),  # a payload
    (re.compile(r"(?<=://)[^\s/@]+:[^\s/@]+@"), "[secret]@"),
    (re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+"), "[e-mail]"),
    (re.compile(r"\b(bearer|basic)\s+[\w.~+/=-]{8,}", re.IGNORECASE), r"\1 [secret]"),
    (
        re.compile(
            r"""\b([\w-]*(?:api[_-]?key|token|secret|passw(?:or)?d|pwd|signature|authorization))["']?\s*[:=]\s*"""
            r"""["']?(?!\[secret|(?:bearer|basic)\s)[^\s"',;&)]+["']?""",
            re.IGNORECASE,
        ),
        r"\1=[secret]",
    ),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?"), "[secret]"),
    (re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE), "[secret]"),
    (re.compile(r"(?<![\w/.-])(?=[\w+-]*\d)(?=[\w+-]*[A-Za-z])[\w+-]{28,}={0,2}"), "[secret]"),
    (re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b"), "[account]"),
    (re.compile(r"(?<![\w/.:-])(?:\+|00)\d(?:[ ()./-]{0,2}\d){6,14}(?![\w:])"), "[phone]"),
    (re.compile(r"(?<![\w/.:-])0\d{1,4}(?:[ ./-]\d{2,4}){2,5}(?![\w:])"), "[phone]"),
    (re.compile(r"(?<![\w/.:-])\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?![\w:])"), "[phone]"),
    (re.compile(r"(?<![\w/.:-])\d{9,}(?![\w:])"), "[number]"),
)
_TRACEBACK = re.compile(r"Traceback \(most recent call last\):\n(?:[ \t].*\n|\n)*")
_QUOTED = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""", re.DOTALL)
_RECORDS = re.compile(r"(?<![\w.])(?!datetime\.)([a-z_]\w*(?:\.\w+)+)\((\d+(?:, ?\d+)*),?\)")
_CALLED = re.compile(r"([\w.]+)\(((?:\d+(?:, ?\d+)*,?)?)\)\.")
_MAY_HOLD = re.compile(r"[@{]|\d\D{0,3}\d|[:=]|bearer|basic", re.IGNORECASE)


def text(value: str) -> str:
    """The beginning of a text without payloads, e-mail addresses, phone and account numbers, keys and passwords, and
    without tracebacks: of those, what was raised is left."""
    value = _TRACEBACK.sub("", value)
    if len(value) > READ_CHARACTERS:
        value = re.sub(r"\S*\Z", "", value[:READ_CHARACTERS])  # the last word may be half an address
    if not _MAY_HOLD.search(value):
        return value[:KEPT_CHARACTERS]
    for pattern, instead in _TEXT:
        value = pattern.sub(instead, value)
    return value[:KEPT_CHARACTERS]


def records(call: str) -> str:
    """The records that a method is called on, from how Odoo writes the call: `model(1,2)`. Those that its arguments
    name where it is called on none, one after the other with a space; empty where there are none. Nothing else of the
    arguments is kept."""
    called = _CALLED.match(call)
    if called and called[2]:
        named = [(called[1], called[2])]
    else:
        named = _RECORDS.findall(_QUOTED.sub("", call[called.end() :] if called else call))
    return " ".join(f"{model}({ids.replace(' ', '').rstrip(',')})" for model, ids in named)


def account(value: str, salt: bytes) -> str:
    """An account number as a salted hash and its last characters: equal for the same number, however it is spaced."""
    number = re.sub(r"[^0-9A-Z]", "", value.upper())
    digest = hashlib.blake2b(number.encode(), key=salt, digest_size=12).hexdigest()
    shown = number[-SHOWN_CHARACTERS:] if len(number) >= 2 * SHOWN_CHARACTERS else ""
    return f"{digest}…{shown}"
