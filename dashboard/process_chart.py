"""The map of a process: activities below each other as cases go through them, steps to the next activity between them,
steps past others on the right, and steps back on the left; those of a second plant dashed beside those of the first.

HTML that fits any width and needs no chart engine: across, places are shares of the width; down, an activity is one row
of ROW pixels. Colours are those of style.css.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from queries import readable
from queries.process_map import Passage, Step

ROW = 86
HALF_WIDTH, HALF_HEIGHT = 0.42, 0.22  # of the box of an activity
LANE, ROOM = 0.19, 0.28  # between steps beside each other; for the words on the last of them
WIDEST = 8  # pixels, of a step that every case takes
APART = 0.035  # of the lines of two plants
EDGE = 0.35  # rows above the middle of the first box and below that of the last
BENT = 0.1  # rows that a step leaves or reaches a box below or above its middle
PLANTS = ("pp-one", "pp-two")
NAME = "process_map"  # of the picture that chart.js makes of it


@dataclass(frozen=True)
class Scale:
    """Where a place of the map is in HTML: across in per cent, down in pixels."""

    left: float
    right: float

    def x(self, place: float) -> float:
        return 100 * (place - self.left) / (self.right - self.left)

    def y(self, row: float) -> float:
        return ROW * (row + EDGE)


@dataclass(frozen=True)
class Lane:
    """How a step runs: `across` is the lane it takes (0: straight down), right of the boxes or (less than 0) left of
    them; `at` is the row at which its words stand."""

    across: float
    at: float


def draw(steps: Sequence[Step], order: Sequence[str], usual: Iterable[str], alt: str) -> str:
    """HTML of the map. `order`: activities from the top; `usual`: those of the most frequent way, which stand out;
    `alt` says the same to a screen reader."""
    rows = {name: number for number, name in enumerate(order)}
    shown = [step for step in steps if step.before in rows and step.after in rows]
    lanes = _lanes(shown, rows)
    edges = [lane.across for lane in lanes.values()]
    left, right = min(edges, default=0), max(edges, default=0)
    scale = Scale(min(left - ROOM, -HALF_WIDTH - 0.1), max(right + ROOM, HALF_WIDTH + 0.1))
    parts = [_box(name, row, name in set(usual), scale) for name, row in rows.items()]
    parts += [_lines(step, lanes[step], rows, scale) for step in shown]
    parts += [_words(step, lanes[step], scale) for step in shown]
    height = round(ROW * (len(order) - 1 + 2 * EDGE))
    label = escape(alt, quote=True)
    place = f'id="{NAME}" role="img" aria-label="{label}" style="height:{height}px"'
    return f'<div class="pp-map" {place}>{"".join(parts)}</div>'


def told(passage: Passage) -> str:
    """68 · 21 h: how often 100 cases take a step, and the median wait in it."""
    often = 100 * passage.per_case
    count = f"{often:.0f}" if often >= 1 else "<1"
    return count if passage.wait_seconds is None else f"{count} · {roughly(passage.wait_seconds)}"


def roughly(seconds: float) -> str:
    """at once, 12 min, 21 h, 3.2 d."""
    if seconds < 1:
        return "at once"
    is_hours = readable.HOUR <= seconds < readable.DAY
    return readable.duration(round(seconds / readable.HOUR) * readable.HOUR if is_hours else seconds)


def _lanes(steps: Sequence[Step], rows: Mapping[str, int]) -> dict[Step, Lane]:
    """Each step in the lane nearest to the boxes that is free; the shortest steps first."""
    taken: dict[int, list[tuple[float, float]]] = {}
    words: set[tuple[bool, float]] = set()
    found: dict[Step, Lane] = {}
    for step in sorted(steps, key=lambda one: (abs(rows[one.after] - rows[one.before]), -one.most)):
        start, end = rows[step.before], rows[step.after]
        if end == start + 1:
            found[step] = Lane(0, start + 0.5)
            continue
        side = 1 if end > start else -1
        low, high = min(start, end), max(start, end)
        span = (low, high) if high > low else (low - 0.4, high + 0.4)
        number = next(
            n for n in range(1, len(steps) + 2)
            if all(span[1] <= a or span[0] >= b for a, b in taken.get(side * n, []))
        )  # fmt: skip
        taken.setdefault(side * number, []).append(span)
        places = sorted((low + 0.25 + k / 2 for k in range(2 * (high - low))), key=lambda y: abs(y - (low + high) / 2))
        at = next((y for y in places if (side > 0, y) not in words), places[0] if places else float(low))
        words.add((side > 0, at))
        found[step] = Lane(side * (HALF_WIDTH + LANE * number), at)
    return found


def _box(name: str, row: int, is_usual: bool, scale: Scale) -> str:
    left, right = scale.x(-HALF_WIDTH), scale.x(HALF_WIDTH)
    place = f"left:{left:.2f}%;width:{right - left:.2f}%;top:{scale.y(row - HALF_HEIGHT):.0f}px"
    kind = "pp-box" if is_usual else "pp-box pp-rare"
    return f'<span class="{kind}" style="{place};height:{2 * HALF_HEIGHT * ROW:.0f}px">{escape(name)}</span>'


def _lines(step: Step, lane: Lane, rows: Mapping[str, int], scale: Scale) -> str:
    """The lines of a step, one or three for each plant that takes it; the last ends in an arrow."""
    start, end = rows[step.before], rows[step.after]
    found = ""
    for plant, passage in zip(PLANTS, step.passages, strict=False):
        if passage is None:
            continue
        apart = 0.0 if len(step.passages) < 2 else APART * (1 if plant == PLANTS[1] else -1)
        if not lane.across:
            path = [(apart, start + HALF_HEIGHT), (apart, end - HALF_HEIGHT)]
        else:
            edge, across = (HALF_WIDTH if lane.across > 0 else -HALF_WIDTH), lane.across + apart
            out, into = start + BENT + apart, end - BENT + apart
            path = [(edge, out), (across, out), (across, into), (edge, into)]
        width = max(1.0, WIDEST * min(passage.per_case, 1.0))
        tip = max(7.0, width + 5)
        places = [(scale.x(x), scale.y(y)) for x, y in path]
        for number, (one, other) in enumerate(pairwise(places), start=1):
            found += _line(plant, one, other, width, tip if number == len(places) - 1 else 0)
        found += _arrow(plant, places[-2][0], places[-1], tip)
    return found


def _line(plant: str, one: tuple[float, float], other: tuple[float, float], width: float, short: float) -> str:
    """A line along or down the map; `short` are the pixels it lacks for its arrow."""
    (x, y), (to_x, to_y) = one, other
    if x == to_x:  # down or up, over the corners at both ends unless an arrow follows
        over = 0 if short else width / 2
        top, height = min(y, to_y) - over, abs(to_y - y) + 2 * over - short
        place = f"left:calc({x:.2f}% - {width / 2:.1f}px);top:{top:.1f}px;height:{height:.1f}px"
        return f'<i class="{plant}" style="{place};border-left-width:{width:.1f}px"></i>'
    begin = min(x, to_x)
    left = f"calc({begin:.2f}% + {short:.1f}px)" if to_x < x else f"{begin:.2f}%"
    place = f"left:{left};width:calc({abs(to_x - x):.2f}% - {short:.1f}px);top:{y - width / 2:.1f}px"
    return f'<i class="{plant}" style="{place};border-top-width:{width:.1f}px"></i>'


def _arrow(plant: str, x: float, end: tuple[float, float], tip: float) -> str:
    """The arrow at the end of a line that comes from `x`, as long and as wide as `tip` pixels."""
    to_x, to_y = end
    if x == to_x:
        place, way = f"left:calc({to_x:.2f}% - {tip / 2:.1f}px);top:{to_y - tip:.1f}px", "down"
    else:
        way = "left" if to_x < x else "right"
        left = f"{to_x:.2f}%" if way == "left" else f"calc({to_x:.2f}% - {tip:.1f}px)"
        place = f"left:{left};top:{to_y - tip / 2:.1f}px"
    return f'<i class="{plant} pp-tip pp-{way}" style="{place};width:{tip:.1f}px;height:{tip:.1f}px"></i>'


def _words(step: Step, lane: Lane, scale: Scale) -> str:
    """How often and how long, of each plant in its ink: one on either side of lines that go straight down, else on the
    lines, below each other."""
    told_of = [(plant, told(passage)) for plant, passage in zip(PLANTS, step.passages, strict=False) if passage]
    top = f"top:{scale.y(lane.at):.0f}px"
    if not lane.across:
        return "".join(
            f'<b class="{plant} {"pp-before" if plant == PLANTS[0] else ""}" '
            f'style="left:{scale.x(3 * APART * (-1 if plant == PLANTS[0] else 1)):.2f}%;{top}">{escape(words)}</b>'
            for plant, words in told_of
        )
    words = "<br>".join(f'<span class="{plant}">{escape(words)}</span>' for plant, words in told_of)
    return f'<b class="pp-on-lane" style="left:{scale.x(lane.across):.2f}%;{top}">{words}</b>'
