"""A week-by-week line small enough for a card: where it lies, which chart.js draws; the landing page loads no chart
engine."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from html import escape

from queries import spark


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
    found = spark.shape(values, target, limits)
    if not found:
        return f'<div class="pp-spark pp-spark-none">{escape(words)}</div>'
    band = f' data-band="{found.band[0]:.1f} {found.band[1]:.1f}"' if found.band else ""
    goal = f' data-target="{found.target:.1f}"' if found.target is not None else ""
    return (
        f'<div class="pp-spark" role="img" aria-label="{escape(words, quote=True)}" data-line="{found.line}" '
        f'data-end="{found.end[0]:.1f} {found.end[1]:.1f}"{band}{goal}></div>'
    )
