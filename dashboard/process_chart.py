"""The map of a process: activities below each other as cases go through them, steps to the next activity between them,
steps past others on the right, and steps back on the left; those of a second plant dashed beside those of the first.

A plain dict for st.echarts_chart, which redraws it to any width: across, places are shares of the width; down, an
activity is one row of ROW pixels.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dashboard.charts import QUIET
from queries import readable
from queries.process_map import Passage, Step

ROW = 86
HALF_WIDTH, HALF_HEIGHT = 0.42, 0.22  # of the box of an activity
LANE, ROOM = 0.17, 0.5  # between steps beside each other; for the words of the last of them
WIDEST = 8  # pixels, of a step that every case takes
APART = 0.035  # of the lines of two plants
EDGE = 0.35  # rows above the middle of the first box and below that of the last
BENT = 0.1  # rows that a step leaves or reaches a box below or above its middle
COLOURS = {  # of the first plant, of the second, of the ground, and of names
    "light": ("#1F7A9C", "#A84A10", "#FFFFFF", "#16222C"),
    "dark": ("#62C3E1", "#FF9D66", "#141D25", "#E4EAEF"),
}
DASHES = ("solid", "dashed")


@dataclass(frozen=True)
class Lane:
    """How a step runs: `across` is the lane it takes (0: straight down), right of the boxes or (less than 0) left of
    them; `at` is the row at which its words stand."""

    across: float
    at: float


def draw(steps: Sequence[Step], order: Sequence[str], usual: Iterable[str], theme: str) -> dict:
    """`order`: activities from the top; `usual`: those of the most frequent way, which stand out; `theme`: light or
    dark."""
    rows = {name: number for number, name in enumerate(order)}
    shown = [step for step in steps if step.before in rows and step.after in rows]
    lanes = _lanes(shown, rows)
    *inks, ground, text = COLOURS[theme]
    edges = [lane.across for lane in lanes.values()]
    left, right = min(edges, default=0), max(edges, default=0)
    hidden = {"show": False, "type": "value"}
    return {
        "animation": False,
        "grid": {"left": 0, "right": 0, "top": 0, "bottom": 0},
        "xAxis": hidden | {"min": min(left - ROOM, -HALF_WIDTH - 0.1), "max": max(right + ROOM, HALF_WIDTH + 0.1)},
        "yAxis": hidden | {"min": -EDGE, "max": len(order) - 1 + EDGE, "inverse": True},
        "tooltip": {"show": False},
        "series": [
            _boxes(rows, set(usual), text),
            {
                "type": "lines", "coordinateSystem": "cartesian2d", "silent": True, "z": 3, "clip": False,
                "symbol": ["none", "none"],
                "data": [line for step in shown for line in _lines(step, lanes[step], rows, inks)],
            },
            {
                "type": "scatter", "symbolSize": 0, "silent": True, "z": 5, "clip": False,
                "data": [words for step in shown for words in _words(step, lanes[step], inks, ground)],
            },
        ],
    }  # fmt: skip


def height(order: Sequence[str]) -> int:
    return round(ROW * (len(order) - 1 + 2 * EDGE))


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


def _boxes(rows: Mapping[str, int], usual: set[str], text: str) -> dict:
    plain = {"color": "rgba(132,145,156,0.16)", "borderColor": QUIET, "borderWidth": 1}
    return {
        "type": "scatter", "data": [], "silent": True,
        "markArea": {
            "silent": True,
            "label": {"position": "inside", "color": text, "textBorderWidth": 0, "fontSize": 12, "lineHeight": 13}
            | {"overflow": "break", "width": 104},
            "data": [
                [
                    {
                        "name": name,
                        "coord": [-HALF_WIDTH, row - HALF_HEIGHT],
                        "itemStyle": plain | ({} if name in usual else {"borderType": "dashed"}),
                        "label": {"fontWeight": "bold" if name in usual else "normal"},
                    },
                    {"coord": [HALF_WIDTH, row + HALF_HEIGHT]},
                ]
                for name, row in rows.items()
            ],
        },
    }  # fmt: skip


def _lines(step: Step, lane: Lane, rows: Mapping[str, int], inks: Sequence[str]) -> list[dict]:
    """The lines of a step, one or three for each plant that takes it; the last ends in an arrow."""
    start, end = rows[step.before], rows[step.after]
    found = []
    for number, passage in enumerate(step.passages):
        if passage is None:
            continue
        apart = 0.0 if len(step.passages) < 2 else APART * (1 if number else -1)
        if not lane.across:
            path = [(apart, start + HALF_HEIGHT), (apart, end - HALF_HEIGHT)]
        else:
            edge, across = (HALF_WIDTH if lane.across > 0 else -HALF_WIDTH), lane.across + apart
            out, into = start + BENT + apart, end - BENT + apart
            path = [(edge, out), (across, out), (across, into), (edge, into)]
        width = max(1.0, WIDEST * min(passage.per_case, 1.0))
        style = {"width": width, "type": DASHES[number], "color": inks[number], "opacity": 0.85}
        for place, (one, other) in enumerate(pairwise(path), start=1):
            line = {"coords": [one, other], "lineStyle": style}
            if place == len(path) - 1:
                line |= {"symbol": ["none", "arrow"], "symbolSize": max(7.0, width + 5)}
            found.append(line)
    return found


def _words(step: Step, lane: Lane, inks: Sequence[str], ground: str) -> list[dict]:
    """How often and how long, of each plant in its ink: beside a line that goes straight down one on either side, else
    below each other."""
    plain = {"show": True, "fontSize": 11, "fontWeight": "bold", "lineHeight": 13}
    told_of = [(number, told(passage)) for number, passage in enumerate(step.passages) if passage]
    if not lane.across:
        return [
            {
                "value": [3 * APART * (1 if number else -1), lane.at],
                "label": plain
                | {"formatter": words, "color": inks[number], "position": "right" if number else "left", "distance": 0},
            }
            for number, words in told_of
        ]
    rich = {f"p{number}": {"color": inks[number], "fontSize": 11, "fontWeight": "bold"} for number, _ in told_of}
    side = 1 if lane.across > 0 else -1
    return [
        {
            "value": [lane.across + side * 2 * APART, lane.at],
            "label": plain
            | {"formatter": "\n".join(f"{{p{number}|{words}}}" for number, words in told_of), "rich": rich}
            | {"position": "right" if side > 0 else "left", "distance": 0, "backgroundColor": ground, "padding": 1},
        }
    ]
