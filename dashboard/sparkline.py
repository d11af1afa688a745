"""A week-by-week line small enough for a card, drawn without a chart library.

The line is an SVG used as a mask over the theme's accent colour, so it follows light and dark without knowing them,
and the landing page loads no chart engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import quote

WIDTH, HEIGHT, PAD = 100.0, 40.0, 4.0


def draw(values: Sequence[float | None], target: float | None, words: str) -> str:
    """HTML of the line; a None is a gap. `words` says the same to a screen reader. Empty below two points."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return f'<div class="pp-spark pp-spark-none">{escape(words)}</div>'
    low, high = _range(known, target)
    height = {value: PAD + (HEIGHT - 2 * PAD) * (1 - (value - low) / (high - low)) for value in known}
    step = WIDTH / (len(values) - 1)
    points = [(i * step, height[value]) if value is not None else None for i, value in enumerate(values)]
    goal = ""
    if target is not None and low <= target <= high:
        goal = f'<i class="pp-spark-target" style="bottom:{_up(target, low, high):.1f}%"></i>'
    last = max(i for i, point in enumerate(points) if point)
    dot = f'<i class="pp-spark-dot" style="left:{points[last][0]:.1f}%;bottom:{_up(values[last], low, high):.1f}%"></i>'
    mask = f"url('data:image/svg+xml,{quote(_svg(points))}')"
    return (
        f'<div class="pp-spark" role="img" aria-label="{escape(words, quote=True)}">{goal}'
        f'<i class="pp-spark-line" style="-webkit-mask-image:{mask};mask-image:{mask}"></i>{dot}</div>'
    )


def _range(known: Sequence[float], target: float | None) -> tuple[float, float]:
    """Room for the target too, unless it lies so far away that it would flatten the line."""
    low, high = min(known), max(known)
    if target is not None and low - 2 * (high - low) <= target <= high + 2 * (high - low):
        low, high = min(low, target), max(high, target)
    return (low - 1, high + 1) if high == low else (low, high)


def _up(value: float, low: float, high: float) -> float:
    return 100 * (PAD + (HEIGHT - 2 * PAD) * (value - low) / (high - low)) / HEIGHT


def _svg(points: Sequence[tuple[float, float] | None]) -> str:
    path, pen_down = [], False
    for point in points:
        if point is not None:
            x, y = f"{point[0]:.1f}", f"{point[1]:.1f}"
            path.append(f"L{x} {y}" if pen_down else f"M{x} {y}h0")  # h0: a week alone is a dot
        pen_down = point is not None
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" preserveAspectRatio="none">'
        f'<path d="{"".join(path)}" fill="none" stroke="#000" stroke-width="1.8" stroke-linejoin="round" '
        'stroke-linecap="round" vector-effect="non-scaling-stroke"/></svg>'
    )
