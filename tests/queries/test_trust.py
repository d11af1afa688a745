"""What the trust bar says, over rows that say one thing each."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from queries import trust

AS_OF = datetime(2026, 3, 2, 5)
PLANTS = [{"plant": "Lyon", "instance": "eu"}, {"plant": "Tulsa", "instance": "us"}]


def source(
    name: str, status: str = "ok", instance: str = "eu", hours: float = 0, odoo: int | None = 5, same: bool = True
):
    return {
        "source": name, "status": status, "instance": instance, "row_count": 5, "odoo_count": odoo,
        "is_explained": same, "last_read_at": AS_OF - timedelta(hours=hours),
    }  # fmt: skip


def test_all_is_well():
    found = trust.of([source("a"), source("b", instance="us")], [{"status": "pass", "about": "data"}], PLANTS, AS_OF)
    assert found == trust.Trust(10, (), 2, (), 1, 0, 0, {}, False)


@pytest.mark.parametrize("status", trust.LACKING)
def test_what_was_not_read_is_named_and_what_is_absent_is_not(status):
    found = trust.of([source("a", status), source("b", "absent"), source("c", "field missing")], [], PLANTS, AS_OF)
    assert found.lacking == ("a",)


def test_rows_are_held_against_those_of_odoo_where_they_were_counted():
    found = trust.of([source("a", same=False), source("b"), source("c", odoo=None, same=False)], [], PLANTS, AS_OF)
    assert (found.counted_count, found.differing) == (2, ("a",))


def test_checks_about_master_data_do_not_count():
    checks = [{"status": status, "about": "data"} for status in ("pass", "warn", "warn", "fail")]
    found = trust.of([], [*checks, {"status": "warn", "about": "master data"}], PLANTS, AS_OF)
    assert (found.check_count, found.warned_count, found.failed_count) == (4, 2, 1)


def test_plants_whose_odoo_was_read_earlier_are_behind():
    rows = [source("a"), source("a", instance="us", hours=9), source("b", instance="us", hours=7)]
    assert trust.of(rows, [], PLANTS, AS_OF).behind == {"Tulsa": AS_OF - timedelta(hours=7)}


@pytest.mark.parametrize(
    ("instances", "is_demo"), [((), False), (("demo", "demo"), True), (("demo", "eu"), False), (("eu",), False)]
)
def test_only_plants_that_are_all_invented_are_called_so(instances, is_demo):
    assert trust.is_demo([{"plant": name, "instance": name} for name in instances]) is is_demo
