"""How many transactions failed at least once, how many never succeeded, and how many attempts failed."""

from datetime import date

import pytest

from tests.marts.test_fct_integration_event import SUBTYPES, day, failed, job, run

EVER = (date(2000, 1, 1), date(2100, 1, 1))


@pytest.fixture(scope="module")
def built(build):
    return build(
        queue_job=[
            job(1, "done", started="05 08:05", done="05 08:06"),
            job(2, "failed", started="05 09:00"),
            job(3, "done", started="12 09:00", done="12 09:01"),  # failed a week before
            job(4, "done", started="05 09:00", done="06 10:00"),  # done by hand
            job(5, "pending", eligible_at=day("20 08:00")),
            job(6, "cancelled", cancelled_at=day("06 10:00")),
            job(7, "done", done="06 10:00"),  # by hand, without a failure
            job(8, "pending", company_id=1),  # failed and requeued
        ],
        mail_message=[
            failed(1, 2, "05 09:01"),
            failed(2, 3, "05 09:01"),
            failed(3, 4, "05 09:01"),
            failed(4, 8, "06 09:01"),
        ],
        mail_message_subtype=SUBTYPES,
        ir_cron_progress=[run(9, 1, "05:00")],
    )


def rows(built, kpi: str) -> dict[tuple, tuple]:
    return {(r["source"], r["record_id"]): (r["at"].day, r["is_bad"]) for r in built.kpi_rows(kpi, *EVER)}


def test_transactions_that_failed_at_least_once(built):
    assert rows(built, "integration_failure_rate") == {
        ("queue_job", 1): (5, False),
        ("queue_job", 2): (5, True),
        ("queue_job", 3): (5, True),  # although it succeeded later
        ("queue_job", 4): (5, True),
        ("queue_job", 8): (6, True),
        ("cron", 1): (7, False),
    }  # 5 waits, 6 was cancelled and 7 done by hand without ever failing
    [value] = built.kpi("integration_failure_rate", *EVER)
    assert (value["value"], value["n"]) == (pytest.approx(4 / 6), 6)


def test_transactions_that_never_succeeded(built):
    assert rows(built, "integration_loss_rate") == {
        ("queue_job", 1): (5, False),
        ("queue_job", 2): (5, True),
        ("queue_job", 3): (12, False),
        ("queue_job", 4): (6, True),
        ("cron", 1): (7, False),
    }  # 8 is open again


def test_attempts(built):
    [value] = built.kpi("integration_attempt_failure_rate", *EVER)
    assert (value["value"], value["n"]) == (pytest.approx(4 / 7), 6)


def test_by_plant_and_source(built):
    plants = {row["cut"]: (row["value"], row["n"]) for row in built.kpi("integration_failure_rate", *EVER, by="plant")}
    assert plants == {"South/WH": (0.75, 4), "Nord/WH": (1.0, 1), "(none)": (0.0, 1)}
    sources = {row["cut"]: row["n"] for row in built.kpi("integration_failure_rate", *EVER, by="source")}
    assert sources == {"queue_job": 5, "cron": 1}
