"""A week-by-week line small enough for a card, drawn without a chart library.

The line is an SVG used as a mask over the theme's accent colour, so it follows light and dark without knowing them,
and the landing page loads no chart engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import quote

from queries import spark


def draw(
    values: Sequence[float | None],
    target: float | None,
    words: str,
    limits: tuple[float, float] | None = None,
) -> str:
    """HTML of the line; a None is a gap. Between `limits` a week is as ordinary as those of the baseline. `words` says
    the same to a screen reader. Empty below two points."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return f'<div class="pp-spark pp-spark-none">{escape(words)}</div>'
    low, high = spark.span(known, target, *(limits or ()))
    points = spark.points(values, low, high)
    goal = _band(limits, low, high) if limits else ""
    if target is not None and low <= target <= high:
        goal += f'<i class="pp-spark-target" style="bottom:{spark.up(target, low, high):.1f}%"></i>'
    last = max(i for i, point in enumerate(points) if point)
    height = spark.up(values[last], low, high)
    dot = f'<i class="pp-spark-dot" style="left:{points[last][0]:.1f}%;bottom:{height:.1f}%"></i>'
    mask = f"url('data:image/svg+xml,{quote(spark.svg(points))}')"
    return (
        f'<div class="pp-spark" role="img" aria-label="{escape(words, quote=True)}">{goal}'
        f'<i class="pp-spark-line" style="-webkit-mask-image:{mask};mask-image:{mask}"></i>{dot}</div>'
    )


def _band(limits: tuple[float, float], low: float, high: float) -> str:
    """The ordinary, as far as there is room for it."""
    bottom, top = (min(max(spark.up(limit, low, high), 0.0), 100.0) for limit in limits)
    return f'<i class="pp-spark-band" style="bottom:{bottom:.1f}%;height:{top - bottom:.1f}%"></i>'
