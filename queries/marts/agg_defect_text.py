"""
grain = "one row per plant, text of a defect and what it names besides: how often, and the theme it belongs to"
key = ["plant", "text", "about"]
reads = ["fct_defect_text"]
"""

# Themes of defects, advisory. Texts are compared by their words and pieces of words, weighted by how rare they are
# (TF-IDF: Sparck Jones, A statistical interpretation of term specificity, 1972), by the cosine of their angle, and put
# together by average linkage (Sokal and Michener 1958) as long as they are alike on average. Words with a digit and
# words of the product or machine are left out: they say where, not what. The same rows give the same themes.
# Texts in two languages share no words: they make two themes.

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from datetime import timedelta

import numpy as np
import pyarrow as pa

MOST = 3000  # distinct wordings that are compared, the most frequent ones: their distances take 72 MB
APART = 0.7  # average cosine distance up to which texts are one theme
LEAST = 5  # records of a theme
QUARTER = timedelta(weeks=13)

TABLE = pa.schema(
    [("plant", pa.string()), ("text", pa.string()), ("about", pa.string()), ("words", pa.string())]
    + [("theme", pa.int64()), ("is_compared", pa.bool_())]
    + [(name, pa.int64()) for name in ("n", "n_recent", "n_before")]
    + [("first_at", pa.timestamp("us")), ("last_at", pa.timestamp("us"))]
)


def build(con, as_of) -> pa.Table:
    recent, before = (f"timestamp '{as_of - weeks * QUARTER}'" for weeks in (1, 2))
    rows = (
        con.table("fct_defect_text")
        .aggregate(
            "plant, text, coalesce(about, '') as about, count(*) as n, min(found_at) as first_at, "
            "max(found_at) as last_at, "
            f"count(*) filter (where found_at >= {recent}) as n_recent, "
            f"count(*) filter (where found_at >= {before} and found_at < {recent}) as n_before",
            "plant, text, coalesce(about, '')",
        )
        .order("plant nulls last, text, about")
        .to_arrow_table()
        .to_pylist()
    )
    for row in rows:
        row["words"] = " ".join(words(row["text"], row["about"]))
    theme_of = themes(_counted(rows))
    for row in rows:
        row |= {"is_compared": row["words"] in theme_of, "theme": theme_of.get(row["words"])}
    return pa.Table.from_pylist(rows, TABLE)


def words(text: str, about: str = "") -> list[str]:
    """The words of a text in their order, without accents, words with a digit, and words of what it is about."""
    named = set(_split(about))
    return [word for word in _split(text) if len(word) > 1 and word not in named and not any(c.isdigit() for c in word)]


def _split(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return re.findall(r"\w+", "".join(c for c in plain if not unicodedata.combining(c)).replace("_", " "))


def _counted(rows: list[dict]) -> Counter:
    found = Counter()
    for row in rows:
        if row["words"]:
            found[row["words"]] += row["n"]
    return found


def themes(counts: Counter) -> dict[str, int | None]:
    """The theme of each wording that is compared, the largest first (1, 2, ...); None where it has too few records."""
    compared = [text for text, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST]]
    if not compared:
        return {}
    label = _together(compared)
    size = Counter()
    for text, one in zip(compared, label, strict=True):
        size[one] += counts[text]
    first = {one: min(text for text, other in zip(compared, label, strict=True) if other == one) for one in size}
    large = sorted((one for one in size if size[one] >= LEAST), key=lambda one: (-size[one], first[one]))
    number = {one: place for place, one in enumerate(large, start=1)}
    return {text: number.get(one) for text, one in zip(compared, label, strict=True)}


def _together(texts: list[str]) -> list[int]:
    """For each text the number of the group it is in."""
    if len(texts) == 1:
        return [0]
    from sklearn.cluster import AgglomerativeClustering
    from sklearn.feature_extraction.text import TfidfVectorizer

    likeness = sum(
        (matrix @ matrix.T).toarray()
        for matrix in (
            TfidfVectorizer(token_pattern=r"\w+", sublinear_tf=True).fit_transform(texts),
            TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True).fit_transform(texts),
        )
    )
    distance = np.clip(1 - likeness / 2, 0, 1)
    np.fill_diagonal(distance, 0)
    grouping = AgglomerativeClustering(None, metric="precomputed", linkage="average", distance_threshold=APART)
    return grouping.fit_predict(distance).tolist()
