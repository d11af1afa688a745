"""Values that nobody expects, out of a seed: what is tried depends on the kind and number of a case alone.

The suite tries the first tenth of every kind, `make soak` all.
"""

from __future__ import annotations

import random
from datetime import date, datetime
from html.parser import HTMLParser

from tests.conftest import SOAK

# An element that no page has: where one is found, a text was taken for HTML.
EVIL = "x-evil"
HTML = (
    f"<{EVIL}>",
    f'"><{EVIL} onmouseover="alert(1)">',
    f"'><{EVIL} style='x'>",
    f"</td></table><{EVIL}>",
    f"</script><{EVIL}><script>alert(1)</script>",
    f"<img src=x onerror=alert(1)><{EVIL}>",
    f"&lt;{EVIL}&gt;",
    f"[link](javascript:alert(1)) ![pic](http://192.0.2.1/{EVIL}) **bold** $\\frac{{1}}{{2}}$ :material/home: `code`",
)
SQL = (
    "'; drop table fct_case; --",
    "' or '1'='1",
    "$plant",
    "%' or true --",
    "\"; attach 'x'; \"",
    "\\'); select 1; --",
    "?",
)
FORMULAS = (
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "＝1+1",
    '=HYPERLINK("http://x")',
)
ODD = (
    "",
    " ",
    "\u00a0",
    "\x00",
    "a\x00b",
    "\ufeffBOM",
    "\u202eright to left\u202c",
    "שלום עולם",
    "مرحبا",
    "😀👩‍👩‍👧‍👦🏳️‍🌈",
    "e\u0301\u0301\u0301",
    "\u200b",
    "\u2028line\u2029",
    "\x1b[31mred\x1b[0m",
    "\x7f\x85\x9f",
    "ﬀ①Ⅷ",
    "İıßẞ",
    "\uffff\ufffe",
    "\U0010ffff",
    "../../../../etc/passwd",
    "C:\\CON",
    "%00%0a%0d",
    "{{7*7}}",
    "${jndi:ldap://x}",
    "%s%n%d",
    "{0.__class__}",
    "null",
    "None",
    "NaN",
    "inf",
    "-0",
    "1e400",
    "0x10",
    "true",
    "１２３",
    "line\nbreak\r\nand\ttab",
)
SURROGATES = ("\ud800", "a\udfffb", "\udc80bytes")  # no text can hold these; bytes that were no UTF-8 are read so
NUMBERS = (0, -1, 1, 2**31, 2**53 + 1, 2**63 - 1, 2**63, -(2**63) - 1, 10**30, 10**400)
FLOATS = (0.0, -0.0, 1e-320, 1e308, -1e308, float("inf"), float("-inf"), float("nan"), 0.1)
DAYS = (date(1, 1, 1), date(1582, 10, 10), date(1899, 12, 31), date(1970, 1, 1), date(2038, 1, 20), date(9999, 12, 31))


def cases(count: int) -> range:
    """The numbers of the cases of one kind: all in `make soak`, else a tenth."""
    return range(count if SOAK else count // 10)


def seeded(kind: str, number: int) -> random.Random:
    """Chance, the same for the same case."""
    return random.Random(f"{kind} {number}")


def text(chance: random.Random, surrogates: bool = False) -> str:
    """A nasty text, now and then a megabyte long."""
    kinds = [HTML, SQL, FORMULAS, ODD, *([SURROGATES] if surrogates else [])]
    found = chance.choice(chance.choice(kinds))
    if chance.random() < 0.2:
        found += chance.choice(chance.choice(kinds))
    if chance.random() < 0.05:
        found += chance.choice(["x", "𝔘", "<b>", "'", " a"]) * (1_000_000 // 3)
    return found


def value(chance: random.Random, depth: int = 0) -> object:
    """A nasty value of any type that a file of settings can hold."""
    kind = chance.randrange(8 if depth < 2 else 6)
    if kind < 2:
        return text(chance)
    if kind == 2:
        return chance.choice(NUMBERS)
    if kind == 3:
        return chance.choice(FLOATS)
    if kind == 4:
        return chance.random() < 0.5
    if kind == 5:
        day = chance.choice(DAYS)
        return chance.choice([day, datetime(day.year, day.month, day.day, 23, 59, 59, 999_999)])
    size = chance.choice([0, 1, 3])
    if kind == 6:
        return [value(chance, depth + 1) for _ in range(size)]
    return {text(chance): value(chance, depth + 1) for _ in range(size)}


class _Elements(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag, attrs):
        self.found |= {tag, *(f"{tag} {name}" for name, _ in attrs)}
        self.found |= {
            f"{tag} {name}=javascript" for name, value in attrs if (value or "").strip()[:11] == "javascript:"
        }


def elements(html: str) -> set[str]:
    """Names of the elements of a page, and of the attributes of each ("a href")."""
    reader = _Elements()
    reader.feed(html)
    reader.close()
    return reader.found


def hostile(html: str) -> set[str]:
    """What of its elements and attributes runs something, or is none of ours."""
    return {
        name
        for name in elements(html)
        if name.split()[0] in (EVIL, "script", "iframe", "object", "embed", "base", "form")
        or name.partition(" ")[2].startswith("on")
        or name.endswith("=javascript")
    }
