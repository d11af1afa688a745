"""The morning brief: which weeks make a sentence, in which order, in which words, and how often by chance."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from typer.testing import CliRunner

from queries import brief, catalog, scoreboard, signal
from queries.__main__ import app
from queries.brief import CERTAIN, LIKELY, LIMIT, Shift

KPIS = brief.headlines(catalog.load())
MONDAY = date(2026, 11, 16)
TODAY = MONDAY + timedelta(days=12)
NAMES = {"N": "Nancy", "L": "Lyon"}
DAY, HOUR = 86400.0, 3600.0


def week(kpi="release_lead_time", plant="N", value=3.1 * DAY, verdict="above", ago=0, **changes) -> dict:
    """A row of the list judged_week with a baseline of 1.9 d between 0.95 d and 3.8 d."""
    start = MONDAY - timedelta(weeks=ago)
    row = {
        "kpi": kpi, "plant": plant, "clock": "elapsed", "period_start": start, "period_end": start + timedelta(days=7),
        "value": value, "n": 40, "baseline": 1.9 * DAY, "limit_low": 0.95 * DAY, "limit_high": 3.8 * DAY,
        "verdict": verdict, "shift_since": None if verdict == "normal" else date(2026, 11, 2),
    }  # fmt: skip
    return row | changes


def write(*weeks, effects=(), open_now=(), latest=(), only=()) -> brief.Brief:
    return brief.write(KPIS, weeks, latest, effects, open_now, NAMES, TODAY, only)


def test_a_signal_that_the_week_after_confirms_is_a_sentence_in_plain_words():
    found = write(
        week(), week(ago=1), open_now=[
            {"kpi": "release_lead_time", "plant": "N", "waiting_count": 212, "held_up_amount": 310_000.0,
             "held_up_currency": "EUR"},
            {"kpi": "release_lead_time", "plant": "L", "waiting_count": 5, "held_up_amount": 1.0,
             "held_up_currency": "EUR"},
        ],
    )  # fmt: skip
    [one] = found.sentences
    assert one.sentence == (
        "Nancy takes 3.1 d to release an order, usually 1.9 d: worse, a real shift since 2 Nov; "
        "212 wait now, holding up orders worth up to 310,000 EUR."
    )
    assert (one.number, one.usual, one.unit, one.n, one.period) == (
        3.1 * DAY, 1.9 * DAY, "duration", 40, "week of 16 Nov",
    )  # fmt: skip
    assert (one.kpi, one.plant, one.link) == ("release_lead_time", "N", "kpi?kpi=release_lead_time&plant=N")
    assert one.confidence == LIKELY and one.is_better is False
    assert found.closing == "Nothing else is out of the ordinary among the 1 of 1 headline numbers that can be judged."


@pytest.mark.parametrize(
    ("weeks", "confidence"),
    [
        ([week(), week(ago=1, verdict="normal")], None),  # 2 of 3, not confirmed yet
        ([week()], None),
        ([week(), week(ago=1, verdict="below")], None),
        ([week(verdict="normal"), week(ago=1)], None),  # it is over
        ([week(value=4.1 * DAY), week(ago=1, verdict="normal")], LIKELY),  # rule 1, of a single series
        ([week(value=4.1 * DAY), week(ago=1)], CERTAIN),
        ([week(ago=9), week(ago=10)], None),  # no news
    ],
)
def test_which_weeks_are_told_and_how_surely(weeks, confidence):
    assert [one.confidence for one in write(*weeks).sentences] == ([confidence] if confidence else [])


def test_among_many_series_a_week_must_lie_further_out_to_be_told_at_once():
    assert brief.reach(1) == LIMIT < brief.reach(30) < brief.reach(300)
    quiet = [week(plant=f"P{n}", verdict="normal", value=1.9 * DAY) for n in range(60)]
    beyond = week(value=4.0 * DAY)
    assert write(beyond).sentences and not write(beyond, *quiet).sentences
    assert write(beyond, week(ago=1), *quiet).sentences


def test_the_worst_come_first_what_got_better_last_and_five_are_shown():
    kpis = list(KPIS)
    weeks = [
        week(kpis[0], "N", 4.2 * DAY), week(kpis[0], "N", ago=1),
        week(kpis[1], "N", 9 * DAY), week(kpis[1], "N", ago=1),
        week(kpis[2], "N", 0.2 * DAY, "below"), week(kpis[2], "N", verdict="below", ago=1),
    ]  # fmt: skip
    assert [one.kpi for one in write(*weeks).sentences] == [kpis[1], kpis[0], kpis[2]]
    assert write(*weeks) == write(*reversed(weeks)), "the order of the rows does not matter"
    many = [week(plant=f"P{n}", value=5 * DAY, ago=ago) for n in range(7) for ago in (0, 1)]
    found = write(*many)
    assert [one.plant for one in found.sentences] == ["P0", "P1", "P2", "P3", "P4"] and found.more == 2
    assert found.closing == "2 more are out of the ordinary among the 7 of 7 headline numbers that can be judged."


def test_the_group_is_told_only_where_no_plant_says_the_same():
    group = [week(plant=None), week(plant=None, ago=1)]
    [one] = write(*group).sentences
    assert one.sentence.startswith("The group takes 3.1 d") and one.link == "kpi?kpi=release_lead_time"
    assert [one.plant for one in write(*group, week(), week(ago=1)).sentences] == ["N"]
    assert write(*group, only=("L",)).n_judged == 0


def test_a_change_that_moved_the_kpi_there_is_named():
    effect = {"kpi": "release_lead_time", "plant": "N", "clock": "elapsed", "verdict": "above", "name": "Release rule"}
    near, far = ({"changed_at": datetime(2026, month, 5, 8)} for month in (11, 9))
    [one] = write(week(), week(ago=1), effects=[effect | far, effect | near]).sentences
    assert "since 2 Nov, after “Release rule” of 5 Nov" in one.sentence and one.change == "Release rule"
    for other in (effect | far, effect | near | {"verdict": "normal"}, effect | near | {"plant": "L"}):
        assert write(week(), week(ago=1), effects=[other]).sentences[0].change is None


def test_a_quiet_week_and_one_that_cannot_be_judged_are_told_apart():
    assert (
        write(week(verdict="normal")).closing
        == "Nothing is out of the ordinary among the 1 of 1 headline numbers that can be judged."
    )
    young = {"kpi": "release_lead_time", "plant": "L", "clock": "elapsed", "verdict_reason": "too early to judge"}
    found = write(latest=[young, young | {"clock": "working"}, young | {"kpi": "throughput"}])
    assert found.not_judged == (("release_lead_time", "L", "too early to judge"),)
    assert found.closing.startswith("No number can be judged yet")


def test_amounts_of_several_currencies_are_not_added():
    rows = [
        {"kpi": "release_lead_time", "plant": plant, "waiting_count": 2, "held_up_amount": 5.0, "held_up_currency": it}
        for plant, it in (("N", "EUR"), ("L", "USD"))
    ]
    [one] = write(week(plant=None), week(plant=None, ago=1), open_now=rows).sentences
    assert one.sentence.endswith("; 4 wait now.") and one.held_up_amount is None


PLANTS, CASES, YEAR = 4, 40, 26


def cases(random, kpi: str, count: int) -> np.ndarray:
    """Of each week so many durations, skewed and in the last two KPIs of two kinds; or shares of 60 to 200 cases."""
    if KPIS[kpi].measure == "share":
        return random.random((count, 200)) < {"integration_failure_rate": 0.08, "no_touch_share": 0.3}[kpi]
    seconds = random.lognormal(np.log(2 * DAY), 1.0, (count, CASES))
    if kpi == "purchase_approval_turnaround":
        return np.where(random.random((count, CASES)) < 0.3, seconds / 50, seconds)
    return seconds


def quiet_board(random) -> pa.Table:
    """agg_kpi of half a year after the baselines in which nothing changed: four plants, and all of them together."""
    weeks, rows = signal.LEAST_POINTS + YEAR, []
    for kpi in KPIS:
        found = {f"P{number}": cases(random, kpi, weeks) for number in range(PLANTS)}
        found[None] = np.concatenate(list(found.values()), axis=1)
        middle = np.mean if KPIS[kpi].measure == "share" else np.median
        for plant, of in found.items():
            for number, value in enumerate(middle(of, axis=1)):
                start = date(2025, 1, 6) + timedelta(weeks=number)
                rows.append(
                    {"kpi": kpi, "plant": plant, "clock": "elapsed", "period": "week", "period_start": start}
                    | {"period_end": start + timedelta(days=7), "value": float(value), "n": of.shape[1]}
                    | {"is_final": True, "reason": "", "baseline": 0.0, "verdict": ""}
                )
    return pa.Table.from_pylist(rows)


def told(board: list[dict]) -> list[list[Shift]]:
    """The shifts that the brief of each judged week tells."""
    later = sorted({row["period_start"] for row in board if row["verdict"] not in (None, scoreboard.BASELINE)})
    judged = [row for row in board if row["verdict"] in ("normal", "above", "below")]
    of = {start: [row for row in judged if row["period_start"] == start] for start in later}
    return [
        brief.shifts(KPIS, of[start] + of.get(start - timedelta(weeks=1), []), start + timedelta(days=8))
        for start in later
    ]


def test_at_most_one_false_sentence_in_ten_quiet_weeks():
    random, false, quiet = np.random.default_rng(17), 0, 0
    for _ in range(60):
        board, _ = scoreboard.judged(quiet_board(random), KPIS, (), scoreboard.BASELINES.empty_table())
        weeks = told(board.to_pylist())
        false, quiet = false + sum(map(len, weeks)), quiet + len(weeks)
    assert quiet == 60 * YEAR and 0 < false / quiet <= 0.1


def test_a_step_of_three_standard_deviations_is_told_within_four_weeks_most_of_the_time():
    """Among thirty series that stay as they are."""
    random, seen, trials, spread = np.random.default_rng(5), 0, 400, 0.2
    quiet = [week(plant=f"Q{number}", verdict="normal") for number in range(29)]
    for _ in range(trials):
        values = random.normal(0, spread, signal.LEAST_POINTS + 4)
        values[signal.LEAST_POINTS :] += 3 * spread
        rows = [
            {"kpi": "release_lead_time", "plant": "N", "clock": "elapsed", "period": "week", "n": 40, "reason": ""}
            | {"period_start": MONDAY - timedelta(weeks=ago), "period_end": MONDAY - timedelta(weeks=ago - 1)}
            | {"value": float(DAY * np.exp(value)), "is_final": True, "baseline": 0.0, "verdict": ""}
            for ago, value in zip(range(len(values) - 1, -1, -1), values, strict=True)
        ]
        board, _ = scoreboard.judged(pa.Table.from_pylist(rows), KPIS, (), scoreboard.BASELINES.empty_table())
        judged = [row for row in board.to_pylist() if row["verdict"] != scoreboard.BASELINE]
        seen += any(brief.shifts(KPIS, [*judged[max(0, n - 1) : n + 1], *quiet], TODAY) for n in range(len(judged)))
    assert seen / trials >= 0.8


def test_the_terminal_says_it_in_words_and_as_json(demo_warehouse):
    def answer(*arguments: str) -> str:
        result = CliRunner().invoke(app, ["brief", *arguments], env={"OPS_WAREHOUSE": str(demo_warehouse)})
        assert result.exit_code == 0, result.output
        return result.output

    [one] = [row for row in json.loads(answer("--json")) if row["kpi"] == "release_lead_time"]
    assert one["plant"] == "Alder Asia/SIN" and one["number"] < one["usual"] and one["as_of"]
    text = answer()
    assert one["sentence"] in text and f"{one['period']}, n = {one['n']}, certain" in text
    assert "among the" in text and "data as of" in text
    lyon = answer("--plant", "Alder France/WH")
    assert one["sentence"] not in lyon and "that can be judged" in lyon
    unknown = CliRunner().invoke(app, ["brief", "--plant", "X"], env={"OPS_WAREHOUSE": str(demo_warehouse)})
    assert unknown.exit_code == 1
