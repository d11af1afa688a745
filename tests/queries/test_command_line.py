"""python -m queries, as a script or a person calls it."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from queries import catalog, measure, warehouse
from queries.__main__ import app
from queries.exception_commands import keys_together

ROOT = Path(__file__).parents[2]
KPIS = catalog.load()


@pytest.fixture(scope="module")
def process(demo_warehouse):
    """process(*arguments) -> (exit code, stdout, stderr) of a real python -m queries on the demo plants."""

    def run(*arguments: str) -> tuple[int, str, str]:
        finished = subprocess.run(
            [sys.executable, "-m", "queries", *arguments],
            cwd=ROOT,
            env=os.environ | {"OPS_WAREHOUSE": str(demo_warehouse), "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            encoding="utf-8",
            timeout=60,
        )
        return finished.returncode, finished.stdout, finished.stderr

    return run


@pytest.fixture(scope="module")
def call(demo_warehouse):
    """The same without a process of its own, and each call once: starting Python takes a second."""
    done = {}

    def run(*arguments: str, folder: Path = demo_warehouse) -> tuple[int, str, str]:
        key = (*arguments, folder)
        if key not in done:
            environment = {"OPS_WAREHOUSE": str(folder), "COLUMNS": "200"}
            result = CliRunner().invoke(app, list(arguments), env=environment)
            assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
            done[key] = (result.exit_code, result.stdout, result.stderr)
        return done[key]

    return run


@pytest.fixture(scope="module")
def opened(demo_warehouse):
    return warehouse.open(warehouse=demo_warehouse)


@pytest.fixture(scope="module")
def plant(opened) -> str:
    """One of two plants that share a warehouse code."""
    return next(row["plant"] for row in warehouse.read(opened, "plant").to_pylist() if row["plant"].endswith("/WH"))


def answer(call, *arguments) -> list[dict]:
    code, out, err = call(*arguments, "--json")
    assert (code, err) == (0, "")
    return json.loads(out)


@pytest.mark.parametrize(
    "arguments",
    [("kpi", "--json"), ("rows", "release_lead_time", "--csv"), ("kpi", "relase_lead_time"), ("kpi", "--plant", "X")],
)
def test_a_real_process_says_the_same(process, call, arguments):
    assert process(*arguments) == call(*arguments)


def test_each_row_is_one_whole_line_where_nobody_sees_a_terminal(process, opened):
    results = keys_together(warehouse.read(opened, "check_result").to_pylist())
    code, out, _ = process("checks")
    lines = out.splitlines()
    assert (code, len(lines)) == (0, len(results) + 1)
    assert any("[[marker]]" in row["remedy"] for row in results)
    for row, line in zip(results, lines[1:], strict=True):
        assert row["definition"] in line and row["remedy"] in line


def test_a_value_says_what_it_is_and_what_stands_beside_it(call):
    _, out, _ = call("kpi", "release_lead_time", "integration_failure_rate")
    duration, share = (next(line for line in out.splitlines() if title in line) for title in ("Release", "Integration"))
    assert "(p50, closed only " in duration
    assert re.search(r"[\d.]+ % \(rate, [\d.]+ % to [\d.]+ %\)", share)


def test_misses_of_an_earlier_month(call, opened):
    this = f"{opened.as_of:%Y-%m}"
    earlier = f"{opened.as_of.replace(day=1) - timedelta(days=1):%Y-%m}"
    assert answer(call, "misses", "release_lead_time") == answer(call, "misses", "release_lead_time", "--month", this)
    found = answer(call, "misses", "release_lead_time", "--month", earlier)
    budgets = answer(call, "budget", "release_lead_time", "--months", "2")
    [month] = [one for one in budgets if one["plant"] is None and one["from"].startswith(earlier)]
    assert len(found) == month["n_missed"] > 0 and {row["due_at"][:7] for row in found} == {earlier}
    code, _, err = call("misses", "release_lead_time", "--month", "2001-01")
    assert code == 1 and f"no budget of 2001-01: known are {this}, {earlier}" in err


def test_a_list_refuses_a_plant_that_is_not_there(call):
    given = ("plant=NOPE", "started_at=2026-01-05", "ended_at=")
    code, _, err = call("list", "counted_interval", *given)
    assert code == 1 and "there is no plant 'NOPE': use one of" in err


def test_nothing_found_is_said(call):
    assert call("corrections") == (0, "Nothing found.\n", "")


def test_every_kpi_with_all_it_promises(call, opened):
    found = answer(call, "kpi")
    assert {line["name"] for line in found} == set(KPIS)
    plants = {row["plant"] for row in warehouse.read(opened, "plant").to_pylist()}
    for line in found:
        assert {"name", "kpi", "value", "unit", "n", "plant", "from", "to", "as_of"} <= line.keys()
        assert line["kpi"] == line["name"]
        kpi = KPIS[line["name"]]
        assert line["unit"] == ("seconds" if kpi.unit == "duration" else kpi.unit)
        assert line["plant"] in {None, measure.NONE, *plants}
        assert isinstance(line["n"], int)
        assert (line["value"] is None) == bool(line["reason"])
        assert line["value"] is None or isinstance(line["value"], int | float)
        assert datetime.fromisoformat(line["as_of"]) == opened.as_of
        first, last = date.fromisoformat(line["from"]), date.fromisoformat(line["to"])
        assert last - first == timedelta(days=27)
        assert last == opened.as_of.date()
    for name in KPIS:
        assert next(line["plant"] for line in found if line["name"] == name) is None


def test_without_dates_the_answer_is_the_scoreboard(call, opened):
    board = {
        (row["kpi"], row["plant"]): row
        for row in opened.cursor()
        .sql(
            """select * from agg_kpi where period = '28 days' and clock = 'elapsed'
               and period_start = (select max(period_start) from agg_kpi where period = '28 days')"""
        )
        .to_arrow_table()
        .to_pylist()
    }
    found = {(line["name"], line["plant"]): line for line in answer(call, "kpi")}
    assert found.keys() == board.keys()
    for key, line in found.items():
        for name in ("value", "n", "n_open", "is_final", "reason"):
            assert line[name] == board[key][name], (key, name)


def test_dates_are_measured_live_and_include_the_last_day(call, opened):
    last = opened.as_of.date()
    first = last - timedelta(days=27)
    live = answer(call, "kpi", "release_lead_time", "--from", str(first), "--to", str(last))
    board = [line for line in answer(call, "kpi") if line["name"] == "release_lead_time"]
    assert [(line["plant"], line["value"], line["n"]) for line in live] == [
        (line["plant"], line["value"], line["n"]) for line in board
    ]
    day = last - timedelta(days=40)
    [one, *_] = answer(call, "kpi", "release_lead_time", "--from", str(day), "--to", str(day))
    kpi = KPIS["release_lead_time"]
    assert one["n"] == measure.values(opened, kpi, day, day + timedelta(days=1))["n"][0].as_py()
    assert (one["from"], one["to"]) == (str(day), str(day))


@pytest.mark.parametrize("dates", [(), ("--from", "2026-09-01", "--to", "2026-09-30")])
def test_one_plant(call, plant, dates):
    found = answer(call, "kpi", "release_lead_time", "time_to_ready", "--plant", plant, *dates)
    assert [(line["name"], line["plant"]) for line in found] == [
        ("release_lead_time", plant),
        ("time_to_ready", plant),
    ]


def test_period_without_a_case_is_null_with_a_reason(call):
    found = answer(call, "kpi", "release_lead_time", "--from", "1999-01-01", "--to", "1999-01-31")
    assert found
    for line in found:
        assert (line["value"], line["n"]) == (None, 0)
        assert line["reason"] == "no case started in this period"


@pytest.mark.parametrize("name", ["release_lead_time", "purchase_approval_turnaround", "open_approval_count"])
def test_rows_are_as_many_as_the_number_counts(call, name):
    rows = answer(call, "rows", name)
    [line] = [line for line in answer(call, "kpi") if line["name"] == name and line["plant"] is None]
    assert len(rows) == line["n"] > 0
    for row in rows:
        assert {"record_model", "record_id", "plant"} <= row.keys()


def test_rows_of_one_plant_and_period(call, opened, plant):
    period = ("--from", "2026-09-01", "--to", "2026-09-30", "--plant", plant)
    rows = answer(call, "rows", "release_lead_time", *period)
    [line] = answer(call, "kpi", "release_lead_time", *period)
    assert len(rows) == line["n"] > 0
    assert {row["plant"] for row in rows} == {plant}
    assert all("2026-09-01" <= row["started_at"] < "2026-10-01" for row in rows)


def test_csv_says_what_json_says(call):
    code, out, err = call("kpi", "--csv")
    assert (code, err) == (0, "")
    lines = list(csv.DictReader(io.StringIO(out)))
    found = answer(call, "kpi")
    assert len(lines) == len(found)
    for line, told in zip(lines, found, strict=True):
        assert set(line) == set(told)
        assert (line["name"], line["plant"], int(line["n"])) == (told["name"], told["plant"] or "", told["n"])
        assert (float(line["value"]) if line["value"] else None) == told["value"]


def test_csv_of_rows_has_its_columns_even_without_a_row(call):
    full = list(csv.reader(io.StringIO(call("rows", "release_lead_time", "--csv")[1])))
    empty = list(
        csv.reader(
            io.StringIO(call("rows", "release_lead_time", "--csv", "--from", "1999-01-01", "--to", "1999-01-31")[1])
        )
    )
    assert len(full) > 1
    assert empty == [full[0]]
    assert {"record_model", "record_id", "plant", "started_at", "ended_at"} <= set(full[0])


def test_a_person_reads_a_table(call):
    code, out, _ = call("kpi", "release_lead_time")
    assert code == 0
    assert "Release lead time" in out and "all" in out and "(p50)" in out
    code, out, _ = call("rows", "release_lead_time", "--from", "2026-09-01", "--to", "2026-09-02")
    assert code == 0
    assert "mrp.production" in out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("kpi", "relase_lead_time"), "there is no KPI 'relase_lead_time': use one of"),
        (("rows", "relase_lead_time"), "there is no KPI 'relase_lead_time': use one of"),
        (("kpi", "--plant", "Nowhere"), "there is no plant 'Nowhere': use one of"),
        (("rows", "release_lead_time", "--plant", "Nowhere"), "there is no plant 'Nowhere': use one of"),
        (("kpi", "--from", "2026-03-02", "--to", "2026-03-01"), "--from 2026-03-02 lies after --to 2026-03-01"),
        (("kpi", "--from", "2999-01-01"), "--from 2999-01-01 lies after the data's last day"),
        (("kpi", "--clock", "lapsed"), "there is no lapsed clock: use elapsed or working"),
        (
            ("kpi", "open_approval_count", "--clock", "working"),
            "KPI open_approval_count has no working clock: use elapsed",
        ),
        (("rows", "open_approval_count", "--clock", "working"), "KPI open_approval_count has no working clock"),
        (("list", "counted"), "there is no list 'counted': use one of"),
        (
            ("list", "counted_interval", "plant=x"),
            "list counted_interval asks for started_at=... ended_at=... plant=...",
        ),
        (
            ("list", "counted_interval", "plant=x", "started_at=today", "ended_at="),
            "started_at=today: write a moment (UTC) such as 2026-03-02 08:30.",
        ),
        (
            ("list", "record_header", "instance=x", "record_model=y", "record_id=z"),
            "record_id=z: write a number.",
        ),
    ],
)
def test_slip_is_one_sentence_and_exit_code_1(call, arguments, sentence):
    code, out, err = call(*arguments)
    assert (code, out) == (1, "")
    assert err.startswith(f"Failed: {sentence}")
    assert len(err.splitlines()) == 1


def test_nothing_published_is_one_sentence_and_exit_code_1(call, tmp_path):
    code, out, err = call("kpi", folder=tmp_path)
    assert (code, out) == (1, "")
    assert "nothing is published" in err and len(err.splitlines()) == 1


def test_mistyped_date_is_refused_by_the_option(call):
    code, _, err = call("kpi", "--from", "31.01.2026")
    assert code == 2
    assert "31.01.2026" in err


def test_working_time_of_the_scoreboard_and_of_a_period(call, opened):
    found = json.loads(call("kpi", "release_lead_time", "--clock", "working", "--json")[1])
    board = measure.scoreboard(opened, "release_lead_time", clock="working").to_pylist()
    newest = max(row["period_start"] for row in board)
    assert {row["plant"]: row["value"] for row in found} == {
        row["plant"]: row["value"] for row in board if row["period_start"] == newest
    }
    assert {row["clock"] for row in found} == {"working"}
    day = str(opened.as_of.date())
    elapsed, working = (
        json.loads(call("kpi", "release_lead_time", "--clock", clock, "--from", "2020-01-01", "--to", day, "--json")[1])
        for clock in ("elapsed", "working")
    )
    assert [row["n"] for row in elapsed] == [row["n"] for row in working]
    assert all(0 < fewer["value"] < more["value"] for fewer, more in zip(working, elapsed, strict=True))


def test_rows_by_working_time_are_the_longest_first(call):
    rows = json.loads(call("rows", "material_wait", "--clock", "working", "--json")[1])
    lengths = [row["working_seconds"] for row in rows]
    assert lengths == sorted(lengths, reverse=True)
    assert all(0 <= row["working_seconds"] <= row["elapsed_seconds"] for row in rows)


def test_lists_are_listed_and_read(call, opened):
    assert {row["list"] for row in json.loads(call("list", "--json")[1])} == set(catalog.lists())
    plants = json.loads(call("list", "plant", "--json")[1])
    assert plants == warehouse.read(opened, "plant").to_pylist()
    given = (f"plant={plants[0]['plant']}", f"started_at={opened.as_of - timedelta(days=7)}", "ended_at=")
    counted = json.loads(call("list", "counted_interval", *given, "--json")[1])
    assert sum(row["seconds"] for row in counted) == 7 * 86400
    assert {True, False} == {row["is_counted"] for row in counted}
    [order] = opened.cursor().sql("select instance, record_id from fct_production_order limit 1").fetchall()
    asked = (f"instance={order[0]}", "record_model=mrp.production", f"record_id={order[1]}")
    assert len(json.loads(call("list", "record_header", *asked, "--json")[1])) == 1


def test_what_changed_and_what_became_of_a_kpi(call, opened):
    found = json.loads(call("effects", "release_lead_time", "--json")[1])
    assert {row["name"] for row in found} == {"Release orders at once", "Tell the planner of slipping dates"}
    rule = next(row for row in found if row["name"] == "Release orders at once")
    assert rule["plant"] == "Alder Asia/SIN" and rule["answer"].startswith("9") and " % shorter" in rule["answer"]
    listed = warehouse.read(opened, "change_effect", kpi="release_lead_time", clock="elapsed").to_pylist()
    assert [(row["marker"], row["plant"], row["effect"]) for row in found] == [
        (row["marker"], row["plant"], row["effect"]) for row in listed
    ]
    every = json.loads(call("effects", "--json")[1])
    assert len(every) > len(found) and {row["clock"] for row in every} == {"elapsed"}
    here = json.loads(call("effects", "--plant", "Alder France/WH", "--clock", "working", "--json")[1])
    assert here and {(row["plant"], row["clock"]) for row in here} == {("Alder France/WH", "working")}
    assert all("cannot be told: " in row["answer"] for row in here)
    table, lines = call("effects", "release_lead_time")[1], call("effects", "release_lead_time", "--csv")[1]
    assert "against untouched plants" in table and len(list(csv.DictReader(io.StringIO(lines)))) == len(found)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("effects", "approval_age"), "KPI approval_age is a stock: only durations and shares are compared."),
        (("effects", "harmonization_index"), "KPI harmonization_index is an index: only durations and shares"),
        (("effects", "release_time"), "there is no KPI 'release_time': use one of"),
        (("effects", "--plant", "Atlantis"), "there is no plant 'Atlantis': use one of"),
        (("effects", "start_adherence", "--clock", "working"), "has no working clock: use elapsed."),
    ],
)
def test_effects_that_cannot_be_are_a_sentence(process, arguments, sentence):
    code, _, error = process(*arguments)
    assert code == 1 and sentence in error


def test_how_alike_plants_run_a_workflow(call, opened):
    found = json.loads(call("harmonization", "--json")[1])
    assert len(found) == 2 * (6 + 4) and {row["workflow"] for row in found} == {"production", "purchase"}
    assert {row["period"] for row in found} == {"26 weeks"}
    assert all(row["low"] <= row["value"] <= row["high"] and row["state"] and row["coverage"] for row in found)
    apart = min(found, key=lambda row: row["value"])
    assert "Alder Asia/SIN" in (apart["plant"], apart["other"]) and apart["moves"][0]["explained"] > 0.2
    assert {row["state"] for row in found if not row["moves"]} == {"not distinguishable"}
    here = json.loads(call("harmonization", "purchase", "--plant", "Alder Asia/SIN", "--months", "--json")[1])
    assert {row["plant"] for row in here} == {"Alder Asia/SIN"} and len(here) == 3 + 1 + 12
    assert {row["other"] for row in here if row["period"] == "month"} == {None}
    table, lines = call("harmonization", "purchase")[1], call("harmonization", "purchase", "--csv")[1]
    assert "not distinguishable" in table and "% of the distance" in table and "reference (3 others)" in table
    listed = list(csv.DictReader(io.StringIO(lines)))
    assert len(listed) == 10 and any("approval requested" in row["moves"] for row in listed)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("harmonization", "sales"), "no case of a workflow 'sales' closed: use one of production, purchase."),
        (("harmonization", "--plant", "Atlantis"), "there is no plant 'Atlantis': use one of"),
    ],
)
def test_plants_that_cannot_be_compared_are_a_sentence(process, arguments, sentence):
    code, _, error = process(*arguments)
    assert code == 1 and sentence in error


# Budgets


def test_budgets_are_those_of_the_published_table(call, demo_warehouse):
    """Every line of the running month, as JSON, says what agg_budget says."""
    code, out, _ = call("budget", "--json")
    assert code == 0
    opened = warehouse.open(warehouse=demo_warehouse)
    published = {
        (row["kpi"], row["plant"]): row
        for row in opened.cursor()
        .sql("select * from agg_budget where period_start = (select max(period_start) from agg_budget)")
        .to_arrow_table()
        .to_pylist()
    }
    found = {(row["name"], row["plant"]): row for row in json.loads(out)}
    assert found.keys() == published.keys()
    for key, row in published.items():
        for name in ("n_due", "n_missed", "n_allowed", "objective", "reason"):
            assert found[key][name] == row[name]
        assert found[key]["gone_on"] == (row["gone_on"] and str(row["gone_on"]))


def test_budget_in_words_and_of_more_months(call):
    code, out, _ = call("budget", "release_lead_time", "--months", "2", "--plant", "Alder France/WH")
    assert code == 0
    assert "90 % within 2 d" in out and "used up since" in out and "over since" in out
    assert out.count("Release lead time") == 2


def test_misses_are_as_many_as_the_budget_says_and_link_to_their_records(call):
    [month] = json.loads(call("budget", "release_lead_time", "--plant", "Alder France/WH", "--json")[1])
    found = json.loads(call("misses", "release_lead_time", "--plant", "Alder France/WH", "--json")[1])
    assert len(found) == month["n_missed"] > 5
    assert all(row["elapsed_seconds"] > month["limit"] and row["record_model"] for row in found)
    assert not any(row["is_left_out"] for row in found)
    together = json.loads(call("misses", "release_lead_time", "--json")[1])
    [every] = [row for row in json.loads(call("budget", "release_lead_time", "--json")[1]) if row["plant"] is None]
    assert len(together) == every["n_missed"] > len(found)


def test_days_are_left_out_and_taken_back(own):
    def run(*arguments: str) -> str:
        result = CliRunner().invoke(app, list(arguments), env={"OPS_WAREHOUSE": str(own), "COLUMNS": "200"})
        assert result.exit_code == 0, result.stderr
        return result.stdout

    def month() -> dict:
        return json.loads(run("budget", "release_lead_time", "--plant", "Alder France/WH", "--json"))[0]

    before = month()
    days = ("--from", str(before["from"]), "--until", str(before["to"]))
    reason = ("--who", "Ann", "--why", "closed", "--cause", "shutdown", "--plant", "Alder France/WH")
    assert "Correction 1 holds from now on" in run("correct", "release_lead_time", *days, *reason)
    after = month()
    assert (after["n_due"], after["n_corrected"]) == (0, before["n_due"])
    misses = json.loads(run("misses", "release_lead_time", "--plant", "Alder France/WH", "--json"))
    assert len(misses) == before["n_missed"] and all(row["is_left_out"] for row in misses)
    [kept] = json.loads(run("corrections", "--json"))
    assert (kept["who"], kept["cause"], kept["kpi"]) == ("Ann", "shutdown", "release_lead_time")
    run("withdraw", "1", "--who", "Bo", "--why", "it was open")
    assert month() == before


def test_budgets_as_they_were_known(call, demo_warehouse):
    as_of = warehouse.open(warehouse=demo_warehouse).as_of
    now = json.loads(call("budget", "--json")[1])
    known = json.loads(call("budget", "--as-known", str(as_of.date()), "--json")[1])
    assert [row["n_missed"] for row in known] == [row["n_missed"] for row in now]
    early = call("budget", "--as-known", str(as_of.date() - timedelta(days=30)), "--json")
    assert (early[0], json.loads(early[1])) == (0, [])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("budget", "time_to_ready"), "KPI time_to_ready has no service level: give it one under"),
        (("budget", "nonsense"), "there is no KPI 'nonsense'"),
        (("budget", "--plant", "Atlantis"), "there is no plant 'Atlantis'"),
        (("misses", "time_to_ready"), "has no service level"),
        (("withdraw", "3", "--who", "Bo", "--why", "no"), "there is no decision 3"),
        (
            (
                "correct",
                "--from",
                "2026-01-02",
                "--until",
                "2026-01-01",
                "--who",
                "A",
                "--why",
                "b",
                "--cause",
                "other",
            ),
            "lies before the first",
        ),
        (
            ("correct", "--from", "2026-01-01", "--until", "2026-01-02", "--who", "A", "--why", "b", "--cause", "rain"),
            "cause 'rain' is unknown",
        ),
    ],
)
def test_slips_with_budgets(call, arguments, words):
    code, out, error = call(*arguments)
    assert (code, out) == (1, "")
    assert words in error and error.startswith("Failed: ")


EARLY, LYON = "reported complete before start", "Alder France/WH"


def test_deviations_as_classes_and_as_cases(call):
    found = answer(call, "deviations")
    [early] = [row for row in found if row["rule"] == EARLY and row["plant"] == LYON]
    assert early["n"] > 100 and early["low"] < early["share"] < early["high"] and not early["is_accepted"]
    assert {row["plant"] for row in answer(call, "deviations", "--plant", LYON)} == {LYON}
    cases = answer(call, "deviations", EARLY, "--plant", LYON)
    assert len(cases) == early["n"] and {row["plant"] for row in cases} == {LYON}
    assert {"record_model", "record_id", "record_url", "at", "times", "amount", "delay_seconds"} <= set(cases[0])
    table = call("deviations")[1]
    assert "Nothing breaks: " in table and "confirmed more than once" in table
    assert "ready to close" in call("deviations", EARLY)[1]
    assert call("deviations", "--csv")[1].startswith("rule,plant,workflow,kind,definition")


def test_exposure_is_ranked_among_all_plants_whichever_is_shown(call):
    found = answer(call, "exposure")
    assert [row["place"] for row in found][:2] == [1, 2] and found[0]["score"] == 100
    assert answer(call, "exposure", "--plant", LYON) == [row for row in found if row["plant"] == LYON]
    assert found[0]["rule"] in call("exposure")[1]


def test_conformance_by_workflow_and_plant(call):
    [row] = [row for row in answer(call, "conformance", "--plant", LYON) if row["workflow"] == "production"]
    assert row["conforming_count"] + row["deviating_count"] == row["case_count"] and row["accepted_count"] == 0
    assert row["low"] < row["share"] == row["share_with_accepted"] < row["high"]
    table = call("conformance")[1]
    assert "conform or accepted" in table and f"{row['from']} to {row['to']}" in table
    assert answer(call, "conformance", "--from", "2100-01-01") == []


def test_conformance_says_from_when_to_when_it_stands_and_of_how_many(call):
    whole, later = (
        {(row["workflow"], row["plant"]): row for row in answer(call, "conformance", *since)}
        for since in ((), ("--from", "2026-01-05"))
    )
    assert {row["from"] for row in later.values()} == {"2026-01-05"}
    for key, row in later.items():
        assert whole[key]["from"] < row["from"] < row["to"] == whole[key]["to"]
        assert row["case_count"] < whole[key]["case_count"]
    assert "2026-01-05 to " in call("conformance", "--from", "2026-01-05")[1]


def test_a_deviation_is_accepted_at_once_and_taken_back(own):
    def run(*arguments):
        result = CliRunner().invoke(app, list(arguments), env={"OPS_WAREHOUSE": str(own), "COLUMNS": "200"})
        assert result.exit_code == 0, result.stderr
        return result.stdout

    def seen() -> tuple:
        [row] = [one for one in json.loads(run("exposure", "--json")) if (one["rule"], one["plant"]) == (EARLY, LYON)]
        [share] = [
            one for one in json.loads(run("conformance", "--plant", LYON, "--json")) if one["workflow"] == "production"
        ]
        return row["is_accepted"], row["place"], share["accepted_count"] > 0

    today = str(datetime.now(UTC).date())
    decided = ("--who", "Ann", "--owner", "Bo", "--why", "old gateway", "--until", today, "--plant", LYON)
    assert seen() == (False, 2, False)
    assert f"is accepted in {LYON} until {today}" in run("accept", EARLY, *decided)
    assert seen() == (True, None, True)
    assert f"accepted until {today}" in run("exposure") and "Bo" in run("deviations")
    [kept] = json.loads(run("accepted", "--json"))
    assert (kept["rule"], kept["owner"], kept["until_on"], kept["state"]) == (EARLY, "Bo", today, "holds")
    assert "Decision 1 holds no longer" in run("withdraw", "1", "--who", "Ann", "--why", "new gateway")
    assert seen() == (False, 2, False)
    assert "withdrawn" in run("accepted")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ("deviations", "reported complete before starts"),
            "no process rule 'reported complete before starts': did you",
        ),
        (("deviations", "--plant", "Atlantis"), "there is no plant 'Atlantis'"),
        (("exposure", "--plant", "Atlantis"), "there is no plant 'Atlantis'"),
        (("conformance", "--plant", "Atlantis"), "there is no plant 'Atlantis'"),
        (
            ("accept", "x", "--who", "A", "--owner", "B", "--why", "c", "--until", "2100-01-01"),
            "there is no process rule 'x': use one of ",
        ),
        (
            ("accept", EARLY, "--who", "A", "--owner", "B", "--why", "c", "--until", "2020-01-01"),
            "the last day, 2020-01-01, is over",
        ),
    ],
)
def test_slips_with_deviations(call, arguments, words):
    code, out, error = call(*arguments)
    assert (code, out) == (1, "")
    assert words in error and error.startswith("Failed: ")
