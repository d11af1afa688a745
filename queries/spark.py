"""A week-by-week line small enough for a card: where its points lie, and as a picture that needs no chart library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, PAD = 100.0, 40.0, 4.0
BESIDE = 1.8  # room to the right, for the dot at the end
Points = Sequence[tuple[float, float] | None]


def span(known: Sequence[float], *others: float | None) -> tuple[float, float]:
    """From which value to which the line goes: with room for the target and the limits too, unless they lie so far away
    that they would flatten it."""
    low, high = min(known), max(known)
    reach = 2 * (high - low)
    near = [one for one in others if one is not None and low - reach <= one <= high + reach]
    low, high = min([low, *near]), max([high, *near])
    return (low - 1, high + 1) if high == low else (low, high)


def up(value: float, low: float, high: float) -> float:
    """How far up a value lies, in per cent of the height."""
    return 100 * (PAD + (HEIGHT - 2 * PAD) * (value - low) / (high - low)) / HEIGHT


def points(values: Sequence[float | None], low: float, high: float) -> Points:
    """Where the values lie in a picture of WIDTH and HEIGHT; a None is a gap."""
    step = WIDTH / (len(values) - 1)
    return [
        (i * step, HEIGHT * (1 - up(value, low, high) / 100)) if value is not None else None
        for i, value in enumerate(values)
    ]


@dataclass(frozen=True)
class Shape:
    """What a picture of WIDTH and HEIGHT shows: the path of the line, where it ends, from where to where down the
    ordinary lies, and how far down the target."""

    line: str
    end: tuple[float, float]
    band: tuple[float, float] | None = None
    target: float | None = None


def shape(
    values: Sequence[float | None], target: float | None, limits: tuple[float, float] | None = None
) -> Shape | None:
    """The line with its target and the ordinary between the limits, as far as there is room for it. None below two
    values."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return None
    low, high = span(known, target, *(limits or ()))
    found, band = points(values, low, high), None
    if limits:
        top, bottom = (HEIGHT * (1 - min(max(up(limit, low, high), 0.0), 100.0) / 100) for limit in reversed(limits))
        band = (top, bottom)
    is_near = target is not None and low <= target <= high
    end = next(point for point in reversed(found) if point)
    return Shape(_path(found), end, band, HEIGHT * (1 - up(target, low, high) / 100) if is_near else None)


def _path(line: Points) -> str:
    found, pen_down = [], False
    for point in line:
        if point is not None:
            x, y = f"{point[0]:.1f}", f"{point[1]:.1f}"
            found.append(f"L{x} {y}" if pen_down else f"M{x} {y}h0")  # h0: a week alone is a dot
        pen_down = point is not None
    return "".join(found)


def picture(values: Sequence[float | None], target: float | None, limits: tuple[float, float] | None) -> str:
    """The shape as SVG that stretches to the room it is given: the line with a dot at its end, the target dashed, the
    ordinary a band. Empty below two values."""
    found = shape(values, target, limits)
    if not found:
        return ""
    below = ""
    if found.band:
        top, bottom = found.band
        below += f'<rect x="0" y="{top:.1f}" width="{WIDTH:.0f}" height="{bottom - top:.1f}" fill="#e8edf3"/>'
    plain = 'fill="none" vector-effect="non-scaling-stroke"'
    if found.target is not None:
        path = f"M0 {found.target:.1f}H{WIDTH:.0f}"
        below += f'<path d="{path}" stroke="#9a6700" stroke-width="0.8" stroke-dasharray="3 2" {plain}/>'
    ink = f'stroke="#1f4e79" stroke-linecap="round" {plain}'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH + BESIDE:g} {HEIGHT:g}" '
        f'preserveAspectRatio="none">{below}<path d="{found.line}" stroke-width="1.8" stroke-linejoin="round" {ink}/>'
        f'<path d="M{found.end[0]:.1f} {found.end[1]:.1f}h0" stroke-width="3.6" {ink}/></svg>'
    )
