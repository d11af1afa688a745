"""Verdicts on the scoreboard: which weeks are judged, and that a baseline stays locked from run to run."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pyarrow as pa
import pytest

from queries import catalog
from queries.config import BaselineStart
from queries.scoreboard import BASELINES, judged

KPIS = catalog.load()
MONDAY = date(2025, 1, 6)
STEADY = [86400.0, 2 * 86400.0] * 12
NONE = BASELINES.empty_table()


def board(values, kpi="release_lead_time", plant=None, n=40, period="week", **changes) -> pa.Table:
    rows = []
    for number, value in enumerate(values):
        start = MONDAY + timedelta(weeks=number)
        row = {
            "kpi": kpi, "plant": plant, "clock": "elapsed", "period": period, "period_start": start,
            "period_end": start + timedelta(days=7), "value": value, "n": n, "is_final": value is not None,
            "reason": "no case" if value is None else None, "baseline": None, "verdict": None,
        }  # fmt: skip
        rows.append(row | {name: values(number) for name, values in changes.items()})
    schema = pa.schema(
        [(name, pa.string()) for name in ("kpi", "plant", "clock", "period", "reason", "verdict")]
        + [("period_start", pa.date32()), ("period_end", pa.date32()), ("value", pa.float64())]
        + [("baseline", pa.float64()), ("n", pa.int64()), ("is_final", pa.bool_())]
    )
    return pa.Table.from_pylist(rows, schema)


def verdicts(table: pa.Table) -> list[str | None]:
    return table["verdict"].to_pylist()


def test_the_first_weeks_are_the_baseline_and_later_ones_are_judged_by_it():
    found, kept = judged(board([*STEADY, 86400.0, 30 * 86400.0]), KPIS, (), NONE)
    assert verdicts(found) == ["baseline"] * 24 + ["normal", "above"]
    last = found.to_pylist()[-1]
    assert last["shift_since"] == MONDAY + timedelta(weeks=25) and last["verdict_reason"] is None
    assert last["limit_low"] < 86400 < last["baseline"] < 2 * 86400 < last["limit_high"]
    [row] = kept.to_pylist()
    assert (row["kpi"], row["plant"], row["points"], row["first"]) == ("release_lead_time", None, 24, MONDAY)


def test_a_baseline_stays_when_its_weeks_are_restated_or_leave_the_scoreboard():
    _, kept = judged(board([*STEADY, 86400.0]), KPIS, (), NONE)
    restated = [value * 5 for value in STEADY]
    found, again = judged(board([*restated, 86400.0]).slice(3), KPIS, (), kept)
    assert again == kept
    assert verdicts(found) == ["baseline"] * 21 + ["normal"]


def test_a_kpi_that_measures_something_else_gets_a_new_baseline():
    _, kept = judged(board([*STEADY, 86400.0]), KPIS, (), NONE)
    other = KPIS | {"release_lead_time": replace(KPIS["release_lead_time"], statistic="p85")}
    _, again = judged(board([value * 5 for value in STEADY]), other, (), kept)
    assert again["centre"] != kept["centre"] and again.num_rows == 1


def test_a_later_start_asked_for_begins_the_baseline_anew_in_its_plant():
    values = [*STEADY, *(value * 4 for value in STEADY), 5 * 86400.0]
    boards = pa.concat_tables([board(values, plant="Lyon"), board(values, plant="Tulsa")])
    _, kept = judged(boards, KPIS, (), NONE)
    start = BaselineStart("release_lead_time", "Lyon", MONDAY + timedelta(weeks=24))
    found, again = judged(boards, KPIS, (start,), kept)
    lyon, tulsa = verdicts(found.slice(0, 49)), verdicts(found.slice(49))
    assert lyon == [None] * 24 + ["baseline"] * 24 + ["normal"]
    assert tulsa[:24] == ["baseline"] * 24 and "above" in tulsa[24:]
    assert found.to_pylist()[0]["verdict_reason"] == "before the baseline"
    assert judged(boards, KPIS, (start,), again)[1] == again, "it is locked again"


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (board([86400.0], n=29), "too few to judge: 29 cases, 30 needed"),
        (board([86400.0], n=1), "too few to judge: 1 case, 30 needed"),
        (board(STEADY[:9]), "too early to judge: 9 of 24 weeks with 30 cases or more"),
        (board([86400.0] * 24), "cannot be judged: its first weeks do not differ at all"),
        (board([86400.0], is_final=lambda number: False), "it can still change"),
        (board([None]), "no case"),
    ],
)
def test_a_week_that_cannot_be_judged_says_why(table, reason):
    found, kept = judged(table, KPIS, (), NONE)
    assert found.to_pylist()[-1]["verdict_reason"] == reason and found.to_pylist()[-1]["verdict"] is None
    assert kept.num_rows == 0


def test_a_share_of_rare_cases_is_not_judged():
    rare = board([0.0, 0.05] * 13, kpi="start_adherence", n=100)
    found, kept = judged(rare, KPIS, (), NONE)
    reason = "too rare to judge: fewer than 5 in a week of its baseline"
    assert found.to_pylist()[-1]["verdict_reason"] == reason and kept.num_rows == 0
    nearly_all = board([1.0, 0.95] * 13, kpi="start_adherence", n=100)
    assert judged(nearly_all, KPIS, (), NONE)[0].to_pylist()[-1]["verdict_reason"] == reason
    common = board([0.04, 0.08] * 13, kpi="start_adherence", n=100)
    assert verdicts(judged(common, KPIS, (), NONE)[0])[-1] == "normal"


def test_queues_and_28_days_are_not_judged():
    for table in (board([*STEADY, 1.0], kpi="open_approval_count"), board([*STEADY, 1.0], period="28 days")):
        found, kept = judged(table, KPIS, (), NONE)
        assert set(verdicts(found)) == {None} and kept.num_rows == 0


def test_weeks_with_few_cases_are_left_out_of_the_baseline():
    few = {3, 7}
    table = board([*STEADY, *STEADY], n=40, value=lambda number: 9e9 if number in few else STEADY[number % 24])
    rows = [row | {"n": 5 if number in few else 40} for number, row in enumerate(table.to_pylist())]
    found, kept = judged(pa.Table.from_pylist(rows, table.schema), KPIS, (), NONE)
    assert kept["last"].to_pylist() == [MONDAY + timedelta(weeks=25)]
    assert verdicts(found)[26:] == ["normal"] * 22


def test_an_empty_scoreboard_stays_empty():
    found, kept = judged(board([]), KPIS, (), NONE)
    assert (found.num_rows, kept.num_rows) == (0, 0) and "verdict_reason" in found.column_names


def test_day_of_a_baseline_is_a_day(tmp_path):
    from queries import config

    path = tmp_path / "ops.toml"
    path.write_text('[baseline]\nrelease_lead_time = 2026-03-02\nstart_adherence = { plant = { "L" = 2026-05-04 } }\n')
    assert config.load(path).baselines == (
        BaselineStart("release_lead_time", "", date(2026, 3, 2)),
        BaselineStart("start_adherence", "L", date(2026, 5, 4)),
    )
    for wrong in ('"2026-03-02"', "2026-03-02T00:00:00", "3"):
        path.write_text(f"[baseline]\nrelease_lead_time = {wrong}\n")
        with pytest.raises(config.ConfigError, match=r"\[baseline\] release_lead_time: .* is no day: write it as"):
            config.load(path)
