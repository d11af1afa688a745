"""A cell of a CSV file: what a spreadsheet would run is text."""

from __future__ import annotations

# OWASP, CSV injection: a spreadsheet takes these for the beginning of a formula, also in full width and behind blanks.
FORMULA = tuple("=+-@＝＋－＠")


def safe(value: object) -> object:
    """A text that a spreadsheet would run as a formula is led by an apostrophe; what is no text stays as it is."""
    if not isinstance(value, str):
        return value
    text = value.encode("utf-8", "backslashreplace").decode().replace("\0", "")
    return f"'{text}" if text[:1] in ("\t", "\r", "\n") or text.lstrip().startswith(FORMULA) else text
