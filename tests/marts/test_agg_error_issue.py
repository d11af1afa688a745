"""Failures put together into issues: how often, since when, whether more lately, back again, and what is stuck."""

from datetime import timedelta

import pytest

from queries import catalog, warehouse
from tests.marts.test_fct_integration_event import day, job
from tests.rows import at, order, purchase, versions

AS_OF = at("2026-03-02 00:00")
CONNECTION = "requests.exceptions.ConnectionError"


def ago(days: float):
    return AS_OF - timedelta(days=days)


@pytest.fixture
def issues(build):
    """issues(event, ...) -> the marts over runs of which only what matters is written."""

    def make(*events: dict, **records):
        built = build(AS_OF, **records).need("fct_integration_event")
        columns = built._connection.table("fct_integration_event").columns
        for number, event in enumerate(events):
            row = {"event_key": f"n8n:prod:{number}", "source": "n8n", "instance": "prod", "flow_key": "w1"}
            row |= {"flow_name": "Send orders", "is_kpi": True, "status": "failed", "error_text": f"no order S{number}"}
            row |= {"root_key": f"n8n:prod:{number}", "error_code": "500", "failure_class": "technical"}
            row |= {"source_version": "7"} | event
            row |= {"has_failed": row["status"] == "failed", "first_failed_at": row["ended_at"]} | event
            assert set(row) <= set(columns)
            names, values = ", ".join(row), ", ".join(f"${name}" for name in row)
            built._connection.execute(f"insert into fct_integration_event ({names}) values ({values})", row)
        return built

    return make


def lines(built) -> list[dict]:
    """The issues over all plants."""
    return built.rows("select * from agg_error_issue where plant is null order by first_seen_at")


def listed(built, name: str = "error_issue", plant: str | None = None, **given) -> list[dict]:
    return warehouse.read(built._reading(catalog.lists()[name].sql), name, plant=plant, **given).to_pylist()


def runs(built) -> dict[str, dict]:
    return {row["event_key"].rpartition(":")[2]: row for row in built.rows("select * from fct_error_issue_run")}


def test_failures_that_say_the_same_are_one_issue(issues):
    built = issues(
        {"ended_at": ago(20), "plant": "Nord/WH"},
        {"ended_at": ago(10), "plant": "South/WH"},
        {"ended_at": ago(3), "plant": "Nord/WH"},
        {"ended_at": ago(1), "plant": None},
        {"ended_at": ago(1), "status": "success", "error_text": None},
        {"ended_at": ago(1), "is_kpi": False},
        {"ended_at": ago(1), "flow_key": "w2", "flow_name": "Send bills"},
        {"ended_at": ago(0.5), "error_text": "Access Denied"},
    )
    one, bills, denied = lines(built)
    assert (one["run_count"], one["recent_count"], one["before_count"]) == (4, 2, 1)
    assert (one["first_seen_at"], one["last_seen_at"]) == (ago(20), ago(1))
    assert (one["pattern"], one["example"], one["plants"]) == ("no order …", "no order S3", "Nord/WH, South/WH")
    assert (one["flow_name"], bills["flow_name"], denied["pattern"]) == ("Send orders", "Send bills", "Access Denied")
    of_plants = built.rows("select plant, run_count from agg_error_issue where issue = $issue", issue=one["issue"])
    assert {row["plant"]: row["run_count"] for row in of_plants} == {
        None: 4, "Nord/WH": 2, "South/WH": 1, "(none)": 1,
    }  # fmt: skip


def test_every_failed_run_leads_to_its_issue(issues):
    built = issues(
        {"ended_at": ago(2)}, {"ended_at": ago(1), "error_text": None}, {"ended_at": ago(1), "is_kpi": False}
    )
    found = runs(built)
    assert set(found) == {"0", "1"} and found["0"]["issue"] != found["1"]["issue"]
    assert found["1"]["pattern"] == ""


@pytest.mark.parametrize(
    ("days", "wanted"),
    [
        ([1] * 3, "new"),
        ([30], "quiet"),
        ([30, 1], "as before"),
        ([30] + [1] * 8 + [8], "as before"),
        ([30] + [1] * 12 + [8], "more"),
        ([30] + [8] * 9, "less"),
    ],
)
def test_the_trend_compares_two_weeks(issues, days, wanted):
    [line] = lines(issues(*({"ended_at": ago(number)} for number in days)))
    assert line["trend"] == wanted


def test_it_is_a_regression_after_two_quiet_weeks(issues):
    [line] = lines(issues(*({"ended_at": ago(number)} for number in (60, 44, 31, 16.5, 5))))
    assert (line["regressed_at"], line["regression"]) == (ago(16.5), "after 14 quiet days")
    [line] = lines(issues(*({"ended_at": ago(number)} for number in (30, 20, 6.5))))
    assert (line["regressed_at"], line["regression"]) == (None, None)


def test_a_run_that_went_on_failing_is_not_quiet(issues):
    [line] = lines(issues({"first_failed_at": ago(40), "ended_at": ago(12)}, {"ended_at": ago(10)}))
    assert line["regressed_at"] is None and line["last_seen_at"] == ago(10)


def test_it_is_a_regression_with_another_version_of_its_source(issues):
    built = issues(
        {"ended_at": ago(5), "source_version": "7", "plant": "Nord/WH"},
        {"ended_at": ago(4), "source_version": None},
        {"ended_at": ago(3), "source_version": "8", "plant": "South/WH"},
        {"ended_at": ago(2), "source_version": "8", "plant": "South/WH"},
    )
    [line] = lines(built)
    assert (line["regressed_at"], line["regression"]) == (ago(3), "with version 8")
    of_plants = built.rows("from agg_error_issue where plant is not null")
    assert all(row["regressed_at"] is None for row in of_plants)


def test_a_job_failed_with_the_version_that_odoo_then_had(build):
    failing = {"exc_name": CONNECTION, "exc_message": "no answer"}
    built = build(
        AS_OF,
        queue_job=versions(job(1, "failed", seen="2026-02-01", **failing))
        + versions(job(2, "failed", seen="2026-02-11", **failing)),
    )
    built._connection.execute(
        """insert into odoo_version values ('test', '18.0', timestamp '2026-01-01', timestamp '2026-02-09'),
            ('test', '19.0', timestamp '2026-02-10', timestamp '2026-03-01')"""
    )
    assert {row["source_version"] for row in runs(built).values()} == {"18.0", "19.0"}
    [line] = lines(built)
    assert (line["regressed_at"], line["regression"]) == (at("2026-02-11"), "with version 19.0")


def test_stuck_is_what_did_not_succeed_since(issues):
    record = {"odoo_model": "purchase.order", "odoo_res_id": 1}
    several = [{"odoo_model": "purchase.order", "odoo_res_id": id} for id in (1, 4)]
    built = issues(
        {"ended_at": ago(9), **record},  # 0: a run for the same record succeeded
        {"ended_at": ago(8), "status": "success", **record},
        {"ended_at": ago(7), **record, "odoo_res_id": 2},  # 2: never
        {"ended_at": ago(9), "status": "success", **record, "odoo_res_id": 2},
        {"ended_at": ago(6)},  # 4: its retry succeeded
        {"ended_at": ago(5), "status": "success", "root_key": "n8n:prod:4"},
        {"ended_at": ago(4), "status": "cancelled", "has_failed": True, "first_failed_at": ago(5)},
        {"ended_at": None, "status": "retrying", "has_failed": True, "first_failed_at": ago(3)},
        {"ended_at": ago(8), "status": "success", "flow_key": "w2", **record, "odoo_res_id": 3},
        {"ended_at": ago(9), **record, "odoo_res_id": 3},  # 9: only another flow succeeded for it
        {"ended_at": ago(9), "odoo_records": several},  # 10: for one of its records only
    )
    assert {key for key, row in runs(built).items() if row["is_stuck"]} == {"2", "7", "9", "10"}
    [line] = listed(built)
    assert (line["run_count"], line["stuck_run_count"], line["stuck_record_count"]) == (7, 4, 4)


def test_a_later_run_by_schedule_makes_up_for_those_that_failed(issues):
    scheduled = {"trigger": "schedule", "flow_key": "w2"}
    built = issues(
        {"ended_at": ago(9), **scheduled},
        {"ended_at": ago(8), "trigger": "webhook", "flow_key": "w2"},
        {"ended_at": ago(7), **scheduled, "status": "success"},
        {"ended_at": ago(6), **scheduled},
    )
    assert {key for key, row in runs(built).items() if row["is_stuck"]} == {"1", "3"}


def test_what_waits_for_the_records_counts_once(issues):
    """Each record holds up what it is worth, whatever number of runs failed for it, in the only Odoo there is."""
    bought = [purchase(number, state="purchase", untaxed_amount=1000.0 * number) for number in (1, 2)]
    stuck = ((3, 1, "Nord/WH"), (2, 1, "Nord/WH"), (1, 2, "South/WH"), (1, 99, "South/WH"))
    built = issues(
        *(
            {"ended_at": ago(days), "odoo_model": "purchase.order", "odoo_res_id": id, "plant": plant}
            for days, id, plant in stuck
        ),
        purchase_order=bought,
        mrp_production=[order(1)],
    )
    [line] = listed(built)
    held_up = built.rows("from fct_held_up where record_model = 'purchase.order'")
    worth = {row["record_id"]: row["amount"] for row in held_up}
    assert worth[1] and worth[2]
    assert (line["held_up_amount"], line["held_up_currency"]) == (worth[1] + worth[2], "EUR")
    assert (line["stuck_run_count"], line["stuck_record_count"]) == (4, 3)
    [nord] = listed(built, plant="Nord/WH")
    assert (nord["run_count"], nord["stuck_record_count"], nord["held_up_amount"]) == (2, 1, worth[1])
    assert (nord["plants"], line["plants"]) == ("Nord/WH", "Nord/WH, South/WH")
    found = listed(built, "error_issue_run", issue=line["issue"])
    assert [row["record_id"] for row in found] == [2, 99, 1, 1]
    assert (found[0]["name"], found[0]["held_up_amount"]) == ("P00002", worth[2])
    assert found[0]["record_url"].endswith("/odoo/purchase.order/2") and found[1]["name"] is None
    assert len(listed(built, "error_issue_run", plant="Nord/WH", issue=line["issue"])) == 2


def test_a_job_that_failed_and_is_done_is_a_run_of_its_issue(build):
    failing = {"exc_name": CONNECTION, "exc_message": "no answer for WH/MO/00012"}
    built = build(
        AS_OF,
        queue_job=[
            *versions(
                job(1, "failed", started="05 09:00", seen="2026-01-05 12:00", **failing),
                job(1, "done", started="06 09:00", done="06 09:01", seen="2026-01-06 12:00"),
            ),
            job(2, "failed", started="07 09:00", exc_name=CONNECTION, exc_message="no answer for WH/MO/00077"),
        ],
    )
    [line] = lines(built)
    assert (line["run_count"], line["stuck_run_count"]) == (2, 1)
    assert {row["status"]: row["failed_at"] for row in runs(built).values()} == {
        "success": day("05 12:00"),
        "failed": at("2000-01-01"),
    }


def test_nothing_failed(issues):
    built = issues({"ended_at": ago(1), "status": "success", "error_text": None})
    assert lines(built) == [] and runs(built) == {}
