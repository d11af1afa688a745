"""A week-by-week line small enough for a card, as one picture: the landing page loads no chart engine."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from html import escape
from urllib.parse import quote

from queries import spark

COLOURS = ("#2f93b7", "#7d8a94", "#8a99a528")  # line, target and band: seen well on light and on dark
DOT = 7  # pixels


def draw(
    values: Sequence[float | None],
    target: float | None,
    words: str,
    limits: tuple[float, float] | None = None,
) -> str:
    """HTML of the line; a None is a gap. Between `limits` a week is as ordinary as those of the baseline. `words` says
    the same to a screen reader. Words alone below two points."""
    return _drawn(tuple(values), target, words, limits)


@lru_cache(maxsize=4096)
def _drawn(
    values: tuple[float | None, ...], target: float | None, words: str, limits: tuple[float, float] | None
) -> str:
    drawn = spark.picture(values, target, limits, COLOURS, DOT)
    if not drawn:
        return f'<div class="pp-spark pp-spark-none">{escape(words)}</div>'
    picture = f"url('data:image/svg+xml,{quote(drawn)}')"
    return (
        f'<div class="pp-spark" role="img" aria-label="{escape(words, quote=True)}" '
        f'style="background-image:{picture}"></div>'
    )
