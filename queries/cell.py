"""A cell of a CSV file: what a spreadsheet would run is text."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

# OWASP, CSV injection: a spreadsheet takes these for the beginning of a formula, also in full width and behind blanks.
FORMULA = tuple("=+-@＝＋－＠")
# The same as a pattern of RE2; its blanks are those that str.lstrip takes away.
BLANK = r"[\t-\r\x1c-\x20\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]"
RUN = rf"^(?:[\t\r\n]|{BLANK}*[{re.escape(''.join(FORMULA))}])"


def safe(value: object) -> object:
    """A text that a spreadsheet would run as a formula is led by an apostrophe; what is no text stays as it is."""
    if not isinstance(value, str):
        return value
    text = value.encode("utf-8", "backslashreplace").decode().replace("\0", "")
    return f"'{text}" if text[:1] in ("\t", "\r", "\n") or text.lstrip().startswith(FORMULA) else text


def safe_column(texts: pa.Array) -> pa.Array:
    """A column of texts, each as `safe` has it: for files of millions of rows. Texts of Arrow are UTF-8 already."""
    if not pc.any(pc.match_substring_regex(texts, rf"\x00|{RUN}")).as_py():  # as nearly always
        return texts
    texts = pc.replace_substring(texts, "\0", "")
    return pc.if_else(pc.match_substring_regex(texts, RUN), pc.binary_join_element_wise("'", texts, ""), texts)
