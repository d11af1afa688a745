"""A week-by-week line small enough for a card: where its points lie, and as a picture that needs no chart library."""

from __future__ import annotations

from collections.abc import Sequence

WIDTH, HEIGHT, PAD = 100.0, 40.0, 4.0
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


def svg(line: Points, colour: str = "#000", below: str = "", above: str = "", beside: float = 0.0) -> str:
    """The line as SVG that stretches to the room it is given; `below` and `above` are further elements, `beside` is
    room to the right of its end."""
    path, pen_down = [], False
    for point in line:
        if point is not None:
            x, y = f"{point[0]:.1f}", f"{point[1]:.1f}"
            path.append(f"L{x} {y}" if pen_down else f"M{x} {y}h0")  # h0: a week alone is a dot
        pen_down = point is not None
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH + beside:g} {HEIGHT:g}" '
        'preserveAspectRatio="none">'
        f'{below}<path d="{"".join(path)}" fill="none" stroke="{colour}" stroke-width="1.8" stroke-linejoin="round" '
        f'stroke-linecap="round" vector-effect="non-scaling-stroke"/>{above}</svg>'
    )


def picture(
    values: Sequence[float | None],
    target: float | None,
    limits: tuple[float, float] | None,
    colours: tuple[str, str, str] = ("#1f4e79", "#9a6700", "#e8edf3"),
    dot: float = 3.6,
) -> str:
    """The line with its target (dashed), the ordinary between the limits (a band, as far as there is room for it) and a
    dot at the last value, as one SVG; `colours` are those of line, target and band. Empty below two values."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    low, high = span(known, target, *(limits or ()))
    line, below = points(values, low, high), ""
    if limits:
        top, bottom = (HEIGHT * (1 - min(max(up(limit, low, high), 0.0), 100.0) / 100) for limit in reversed(limits))
        below += f'<rect x="0" y="{top:.1f}" width="{WIDTH:.0f}" height="{bottom - top:.1f}" fill="{colours[2]}"/>'
    if target is not None and low <= target <= high:
        y = HEIGHT * (1 - up(target, low, high) / 100)
        below += f'<path d="M0 {y:.1f}H{WIDTH:.0f}" stroke="{colours[1]}" stroke-width="0.8" '
        below += 'stroke-dasharray="3 2" vector-effect="non-scaling-stroke"/>'
    x, y = next(point for point in reversed(line) if point)
    last = (
        f'<path d="M{x:.1f} {y:.1f}h0" stroke="{colours[0]}" stroke-width="{dot:g}" '
        'stroke-linecap="round" vector-effect="non-scaling-stroke"/>'
    )
    return svg(line, colours[0], below, last, beside=1.8)
