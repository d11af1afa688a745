"""
grain = "one row per theme of defects and plant, or all plants (empty): its words, how often, and whether more lately"
key = ["theme", "plant"]
reads = ["agg_defect_text"]
"""

# Advisory: how texts come together says agg_defect_text. Whether there are more lately is an exact test of two Poisson
# counts over spans of one length (Przyborowski and Wilenski 1940), told at 99 %, as many themes are looked at.

from __future__ import annotations

import math
from collections import Counter, defaultdict
from datetime import timedelta

import pyarrow as pa

LABEL = 3  # words in a label
# Words that are in no label.
LEFT_OUT = frozenset(
    ("a", "an", "and", "at", "by", "for", "from", "in", "is", "it", "of", "on", "the", "to", "with",
    "au", "de", "des", "du", "en", "et", "la", "le", "les", "un", "une", "das", "der", "die")
)  # fmt: skip
SURE = 0.01
LEAST_RECENT = 5  # records of both quarters together
HALF_YEAR = timedelta(weeks=26)

TABLE = pa.schema(
    [("theme", pa.int64()), ("plant", pa.string()), ("label", pa.string()), ("example", pa.string())]
    + [(name, pa.int64()) for name in ("text_count", "n", "n_recent", "n_before", "plant_count")]
    + [(name, pa.float64()) for name in ("share", "coverage")]
    + [("plants", pa.string()), ("first_at", pa.timestamp("us")), ("last_at", pa.timestamp("us"))]
    + [("trend", pa.string()), ("reason", pa.string())]
)


def build(con, as_of) -> pa.Table:
    texts = con.table("agg_defect_text").to_arrow_table().to_pylist()
    spread = Counter(word for text in {row["words"] for row in texts} for word in set(text.split()))
    found = []
    # A row of a plant is made of that plant's texts alone: who sees one plant learns nothing of another.
    for plant in [None, *sorted({row["plant"] for row in texts if row["plant"] is not None})]:
        own = [row for row in texts if plant in (None, row["plant"])]
        total, first = sum(row["n"] for row in own), min((row["first_at"] for row in own), default=as_of)
        covered = sum(row["n"] for row in own if row["is_compared"]) / total if total else None
        members = defaultdict(list)
        for row in own:
            if row["theme"] is not None:
                members[row["theme"]].append(row)
        for theme, rows in sorted(members.items()):
            n, recent, before = (sum(row[name] for row in rows) for name in ("n", "n_recent", "n_before"))
            plants = sorted({row["plant"] for row in rows if row["plant"] is not None})
            trend, reason = _trend(recent, before, is_known=first <= as_of - HALF_YEAR)
            found.append(
                {
                    "theme": theme,
                    "plant": plant,
                    "label": label(rows, spread if plant is None else _spread(own)),
                    "example": max(rows, key=lambda row: (row["n"], row["text"]))["text"],
                    "text_count": len({row["words"] for row in rows}),
                    "n": n,
                    "share": n / total,
                    "coverage": covered,
                    "plant_count": len(plants),
                    "plants": ", ".join(plants),
                    "first_at": min(row["first_at"] for row in rows),
                    "last_at": max(row["last_at"] for row in rows),
                    "n_recent": recent,
                    "n_before": before,
                    "trend": trend,
                    "reason": reason,
                }
            )
    return pa.Table.from_pylist(found, TABLE)


def _spread(rows: list[dict]) -> Counter:
    """In how many wordings each word stands."""
    return Counter(word for text in {row["words"] for row in rows} for word in set(text.split()))


def label(rows: list[dict], spread: Counter) -> str:
    """The words that tell a theme, in the order in which they are mostly written; of leak, leaks and leaking one."""
    count, places = Counter(), defaultdict(list)
    for row in rows:
        text = row["words"].split()
        for place, word in enumerate(dict.fromkeys(text)):
            count[word] += row["n"]
            places[word] += [place / len(text)] * row["n"]
    total = sum(spread.values()) + 1
    told = sorted(count, key=lambda word: (-count[word] * math.log(total / spread[word]), -len(word), word))
    chosen: list[str] = []
    for word in [word for word in told if word not in LEFT_OUT] or told:
        if len(chosen) < LABEL and not any(_alike(word, other) for other in chosen):
            chosen.append(word)
    return " ".join(sorted(chosen, key=lambda word: (sum(places[word]) / len(places[word]), word)))


def _alike(word: str, other: str) -> bool:
    short, long = sorted((word, other), key=len)
    return len(short) >= 4 and long.startswith(short[: max(4, len(short) - 2)])


def _trend(recent: int, before: int, is_known: bool) -> tuple[str | None, str | None]:
    """more, less or as before, and why it cannot be told."""
    if not is_known:
        return None, "cannot be told: the texts go back less than 26 weeks"
    if recent + before < LEAST_RECENT:
        return None, f"cannot be told: {recent + before} of {LEAST_RECENT} records in 26 weeks"
    from scipy.stats import binomtest

    if binomtest(recent, recent + before, 0.5).pvalue >= SURE:
        return "as before", None
    return ("more" if recent > before else "less"), None
